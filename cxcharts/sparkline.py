"""Tiny series for table rows and cards: a line, its last point, nothing else."""

from collections.abc import Sequence
from typing import Any

from cxcharts.chart import Cell, Chart, Table
from cxcharts.frame import SCHEMA
from cxcharts.labels import ENGLISH, Labels
from cxcharts.locale import MISSING, Locale, locale_for
from cxcharts.palette import slot
from cxcharts.scales import Scale, finite


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
    where = locale_for(locale)
    if len(periods) != len(values):
        raise ValueError("a sparkline needs one value per period")
    known = finite(values)
    if not known:
        raise ValueError("a sparkline needs at least one value")
    bottom = min(known) if low is None else min(low, *known)
    top = max(known) if high is None else max(high, *known)
    spread = max(top - bottom, scale.smallest_span, abs(top) * 1e-3, 1e-9)
    middle = (top + bottom) / 2
    bottom, top = middle - spread / 2, middle + spread / 2
    x: dict[str, Any] = {
        "field": "x",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0, max(1, len(values) - 1)], "nice": False, "zero": False},
    }
    y: dict[str, Any] = {
        "field": "y",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [bottom, top], "nice": False, "zero": False},
    }
    last = max(i for i, v in enumerate(values) if v is not None)
    first = min(i for i, v in enumerate(values) if v is not None)
    hue = slot(key)
    alone = [
        i
        for i, v in enumerate(values)
        if v is not None
        and (i == 0 or values[i - 1] is None)
        and (i + 1 == len(values) or values[i + 1] is None)
    ]
    dots = sorted({last, *alone})
    layers: list[dict[str, Any]] = []
    if len(known) > 1:
        layers.append(
            {
                "data": {"values": [{"x": i, "y": v} for i, v in enumerate(values)]},
                "mark": {
                    "type": "line",
                    "style": f"line-hue-{hue}",
                    "strokeWidth": 1.6,
                    "strokeJoin": "round",
                    "invalid": "break-paths-filter-domains",
                },
                "encoding": {"x": x, "y": y},
            }
        )
    layers.append(
        {
            "data": {"values": [{"x": i, "y": values[i]} for i in dots]},
            "mark": {"type": "point", "filled": True, "style": f"fill-hue-{hue}", "size": 24, "opacity": 1},
            "encoding": {"x": x, "y": y},
        }
    )
    spec = {
        "$schema": SCHEMA,
        "width": width,
        "height": height,
        "padding": 4,
        "autosize": {"type": "none"},
        "layer": layers,
        "usermeta": {"cxcharts": {"fixed": True}},
    }
    spec["width"], spec["height"] = width - 8, height - 8

    def value(number: float | None) -> str:
        return MISSING if number is None else scale.value.text(number, where)

    if first == last:
        sentence = labels.sentence_point.format(
            name=name, last=value(values[last]), last_period=periods[last]
        )
    else:
        lowest = min((i for i, v in enumerate(values) if v is not None), key=lambda i: values[i] or 0.0)
        highest = max((i for i, v in enumerate(values) if v is not None), key=lambda i: values[i] or 0.0)
        sentence = labels.sentence_series.format(
            name=name,
            first=value(values[first]),
            first_period=periods[first],
            last=value(values[last]),
            last_period=periods[last],
            lowest=value(values[lowest]),
            lowest_period=periods[lowest],
            highest=value(values[highest]),
            highest_period=periods[highest],
        )
    rows = tuple((Cell(p), Cell(value(v), v)) for p, v in zip(periods, values, strict=True))
    return Chart(name, "", spec, sentence, Table((labels.period, labels.value), rows))
