"""Tiny series for table rows and cards: a line, its last point, nothing else."""

from collections.abc import Sequence
from typing import Any

from cxcharts.chart import Cell, Chart, Table
from cxcharts.frame import GAPS, SCHEMA, Layer, dots, level_x, line, linear
from cxcharts.labels import ENGLISH, Labels
from cxcharts.locale import Locale, locale_for
from cxcharts.palette import slot
from cxcharts.scales import Scale, finite
from cxcharts.writer import Writer

EDGE = 4  # pixels around the line, so that the last dot is whole


def sparkline(
    *,
    name: str,
    key: str,
    periods: Sequence[str],
    values: Sequence[float | None],
    scale: Scale,
    low: float | None = None,
    high: float | None = None,
    width: int = 120,
    height: int = 28,
    labels: Labels = ENGLISH,
    locale: str | Locale = "en",
) -> Chart:
    """One small line; `periods` are finished texts, None values are gaps.

    `low` and `high` fix the vertical range, so that sparklines in one table compare. Raises ValueError
    without any value or if periods and values differ in number.
    """
    if len(periods) != len(values):
        raise ValueError("a sparkline needs one value per period")
    known = finite(values)
    if not known:
        raise ValueError("a sparkline needs at least one value")
    writer = Writer(value=scale.value, labels=labels, locale=locale_for(locale))
    encoding = {
        "x": level_x(0, max(1, len(values) - 1), axis=None),
        "y": {
            "field": "y",
            "type": "quantitative",
            "axis": None,
            "scale": linear(*_ends(known, low, high, scale.smallest_span)),
        },
    }
    rows = tuple((Cell(p), writer.cell(v)) for p, v in zip(periods, values, strict=True))
    return Chart(
        name,
        "",
        _sheet(_marks(values, encoding, slot(key)), width, height),
        _sentence(name, periods, values, writer),
        Table((labels.period, labels.value), rows),
    )


def _ends(
    known: Sequence[float], low: float | None, high: float | None, smallest_span: float
) -> tuple[float, float]:
    """The vertical range: at least the scale's smallest span, around the middle, so that noise stays flat."""
    bottom = min(known) if low is None else min(low, *known)
    top = max(known) if high is None else max(high, *known)
    spread = max(top - bottom, smallest_span, abs(top) * 1e-3, 1e-9)
    middle = (top + bottom) / 2
    return middle - spread / 2, middle + spread / 2


def _marks(values: Sequence[float | None], encoding: dict[str, Any], hue: int) -> list[Layer]:
    """The line, a dot on its last point and on every point between two gaps."""
    at = [i for i, value in enumerate(values) if value is not None]
    alone = [i for i in at if i - 1 not in at and i + 1 not in at]
    layers = []
    if len(at) > 1:
        course = [{"x": i, "y": value} for i, value in enumerate(values)]
        layers.append(line(course, encoding, f"line-hue-{hue}", strokeWidth=1.6, **GAPS))
    dotted = [{"x": i, "y": values[i]} for i in sorted({at[-1], *alone})]
    layers.append(dots(dotted, encoding, f"fill-hue-{hue}", size=24))
    return layers


def _sheet(layers: list[Layer], width: int, height: int) -> dict[str, Any]:
    """A specification of fixed size: a table's row does not follow the page."""
    return {
        "$schema": SCHEMA,
        "width": width - 2 * EDGE,
        "height": height - 2 * EDGE,
        "padding": EDGE,
        "autosize": {"type": "none"},
        "layer": layers,
        "usermeta": {"cxcharts": {"fixed": True}},
    }


def _sentence(name: str, periods: Sequence[str], values: Sequence[float | None], writer: Writer) -> str:
    known = [(value, period) for value, period in zip(values, periods, strict=True) if value is not None]
    (first, first_period), (last, last_period) = known[0], known[-1]
    if len(known) == 1:
        return writer.labels.sentence_point.format(name=name, last=writer.text(last), last_period=last_period)
    lowest, lowest_period = min(known, key=lambda pair: pair[0])
    highest, highest_period = max(known, key=lambda pair: pair[0])
    return writer.labels.sentence_series.format(
        name=name,
        first=writer.text(first),
        first_period=first_period,
        last=writer.text(last),
        last_period=last_period,
        lowest=writer.text(lowest),
        lowest_period=lowest_period,
        highest=writer.text(highest),
        highest_period=highest_period,
    )
