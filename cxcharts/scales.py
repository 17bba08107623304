"""Measures and the part of their scale that a chart shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, inf, isfinite, log10

from cxcharts.labels import Labels
from cxcharts.locale import ValueFormat

PLAIN = ValueFormat()


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """A measure's bounds and how its values and differences are written.

    `smallest_span` keeps noise from filling the page: the axis never shows less than that.
    `whole` shows the scale from bound to bound, whatever the data.
    """

    low: float | None = None
    high: float | None = None
    value: ValueFormat = PLAIN
    difference: ValueFormat = PLAIN
    smallest_span: float = 0.0
    whole: bool = False

    @property
    def crosses_zero(self) -> bool:
        """Whether the scale has a middle at zero, which then says something (NPS, differences)."""
        return self.low is not None and self.high is not None and self.low < 0 < self.high


def nps(labels: Labels) -> Scale:
    """Points, −100..100."""
    return Scale(
        low=-100,
        high=100,
        value=ValueFormat(decimals=0),
        difference=ValueFormat(decimals=1, suffix=labels.points),
        smallest_span=30,
    )


def share(labels: Labels, *, decimals: int = 0) -> Scale:
    """A share, 0..1, written as a percentage; differences in percentage points."""
    return Scale(
        low=0,
        high=1,
        value=ValueFormat(decimals=decimals, multiplier=100, is_percentage=True),
        difference=ValueFormat(decimals=1, multiplier=100, suffix=labels.percentage_points),
        smallest_span=0.2,
    )


def rating(low: float, high: float, *, decimals: int = 2) -> Scale:
    """A mean on an answer scale such as 1..5 or 1..7."""
    return Scale(
        low=low,
        high=high,
        value=ValueFormat(decimals=decimals),
        difference=ValueFormat(decimals=decimals),
        smallest_span=(high - low) / 4,
    )


def level() -> Scale:
    """Maturity, 1..5, always shown whole."""
    return Scale(low=1, high=5, value=ValueFormat(decimals=1), difference=ValueFormat(decimals=1), whole=True)


def hours(labels: Labels, *, decimals: int = 1) -> Scale:
    """A duration in hours, from 0."""
    unit = ValueFormat(decimals=decimals, suffix=labels.hours)
    return Scale(low=0, value=unit, difference=unit)


def money(*, prefix: str = "", suffix: str = "") -> Scale:
    """Money, compact; the currency's sign is given by the caller."""
    unit = ValueFormat(decimals=0, prefix=prefix, suffix=suffix, compact=True)
    return Scale(value=unit, difference=unit)


def plain(*, decimals: int = 0, low: float | None = None, high: float | None = None) -> Scale:
    """Any other number."""
    unit = ValueFormat(decimals=decimals)
    return Scale(low=low, high=high, value=unit, difference=unit)


def finite(values: Iterable[float | None]) -> list[float]:
    """The values that exist. Raises ValueError for NaN or infinity."""
    kept = [float(v) for v in values if v is not None]
    if not all(isfinite(v) for v in kept):
        raise ValueError("a chart needs finite numbers")
    return kept


def _step(span: float, count: int, multiplier: float) -> float:
    raw = span * multiplier / max(count, 1)
    size = 10.0 ** floor(log10(raw))
    nice = next(m for m in (1, 2, 2.5, 5, 10) if raw <= m * size * 1.0001)
    return nice * size / multiplier


def domain(
    values: Iterable[float | None], scale: Scale, *, ticks: int = 5
) -> tuple[float, float, list[float]]:
    """Lower end, upper end and tick values of an axis that shows `values`.

    Ends are the ticks next to the data; an axis shorter than `smallest_span` grows where the data are
    nearest to its end. Zero is shown where the scale runs through it and it is no farther away than the
    axis is long; bounds of the scale are never passed; scales without bounds below (money, hours) start
    at zero or include it.
    """
    known = finite(values)
    if not known:
        raise ValueError("a chart needs at least one value")
    low, high = min(known), max(known)
    span = max(high - low, scale.smallest_span, abs(high) * 1e-3, 1e-9)
    if scale.whole and scale.low is not None and scale.high is not None:
        low, high = min(low, scale.low), max(high, scale.high)
    elif scale.crosses_zero:
        if 0 < low <= span:
            low = 0.0
        if -span <= high < 0:
            high = 0.0
    else:
        if low > 0 and (low < 0.45 * high or scale.high is None):
            low = 0.0
        if high < 0 and high > 0.45 * low:
            high = 0.0
    step = _step(max(high - low, span), ticks, scale.value.multiplier)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    least = -inf if scale.low is None or min(known) < scale.low else ceil(scale.low / step - 1e-9)
    most = inf if scale.high is None or max(known) > scale.high else floor(scale.high / step + 1e-9)
    while (last - first) * step < span * (1 - 1e-9) and (first > least or last < most):
        below, above = low - first * step, last * step - high
        if last < most and (above <= below or first <= least):
            last += 1
        else:
            first -= 1
    first, last = int(max(first, least)), int(min(last, most))
    if first >= last:
        last = first + 1
    marks = [round(i * step, 12) + 0.0 for i in range(first, last + 1)]
    start, end = marks[0], marks[-1]
    if scale.low is not None and start > min(known):
        start = max(scale.low, min(start, min(known)))
    if scale.high is not None and end < max(known):
        end = min(scale.high, max(end, max(known)))
    return min(start, min(known)), max(end, max(known)), marks
