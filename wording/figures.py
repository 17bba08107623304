"""Levels, changes and ranges of what the engine estimates, as a reader writes them, with their unit."""

from cxstats.design import EstimandKind
from cxstats.sizes import size_read
from wording import intervals, units
from wording.formats import Reader

_DECIMALS = {
    EstimandKind.NPS: 1,
    EstimandKind.SHARE: 1,
    EstimandKind.MEAN: 2,
    EstimandKind.LOG_DURATION: 0,
    EstimandKind.COUNT: 0,
}


def value_text(form: Reader, kind: EstimandKind, value: float | None) -> str:
    """A level of the metric: 42.1, 61.3 %, 7.42, 5.2 hours, 3.14 a thousand; a dash for None."""
    if value is None:
        return "–"
    if kind is EstimandKind.SHARE:
        return form.percent(value, 1)
    if kind is EstimandKind.LOG_DURATION:
        return units.duration(form, value)
    if kind is EstimandKind.COUNT:
        return form.number(value, 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0)
    return form.number(value, _DECIMALS[kind])


def amount_text(form: Reader, kind: EstimandKind, effect: float, *, signed: bool = False) -> str:
    """The size of a change with its unit: 8.4 points, 4.2 percentage points, 0.31, 12 %."""
    size, digits = size_read(kind, effect), _DECIMALS[kind]
    figure = form.signed(size, digits) if signed else form.number(abs(size), digits)
    return _with_unit(form, kind, figure, 1 if round(abs(size), digits) == 1 else 2)


def typed_text(form: Reader, kind: EstimandKind, size: float) -> str:
    """A size as somebody typed it and a plan was fixed with it, to the last decimal: shares in percentage
    points, times in percent."""
    return _with_unit(form, kind, form.shortest(size), 1 if size == 1 else 2)


def range_text(form: Reader, kind: EstimandKind, low: float, high: float, *, signed: bool = False) -> str:
    """From the smaller to the larger size where both have one sign; `signed` beside a signed change."""
    write = intervals.of_change if signed else intervals.of_size
    return write(form, size_read(kind, low), size_read(kind, high), _DECIMALS[kind])


def range_with_unit(
    form: Reader, kind: EstimandKind, low: float, high: float, *, signed: bool = False
) -> str:
    """The range with the sign of percent where the change is one of percents."""
    text = range_text(form, kind, low, high, signed=signed)
    return form.in_percents(text) if kind.is_ratio else text


def moved(kind: EstimandKind, effect: float) -> int:
    """1 up, -1 down, 0 where the figure shown is zero."""
    shown = round(size_read(kind, effect), _DECIMALS[kind])
    return (shown > 0) - (shown < 0)


def _with_unit(form: Reader, kind: EstimandKind, figure: str, count: int) -> str:
    if kind is EstimandKind.NPS:
        return units.points(figure, count)
    if kind is EstimandKind.SHARE:
        return units.percentage_points(figure, count)
    return form.in_percents(figure) if kind.is_ratio else figure
