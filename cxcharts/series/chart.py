"""One or more metric series on one axis."""

from collections.abc import Sequence
from typing import Any

from cxcharts.chart import Chart
from cxcharts.frame import (
    EndLabel,
    Layer,
    Rule,
    axes_layer,
    end_labels,
    pixel,
    rule_layers,
    time_x,
    view,
    without_axis,
    y_axis,
)
from cxcharts.labels import ENGLISH, Labels
from cxcharts.locale import Locale, Period, locale_for
from cxcharts.palette import slots
from cxcharts.scales import Scale, domain
from cxcharts.series.marks import gap_layers, level_layers, series_marks
from cxcharts.series.points import ControlLimits, Series, are_few, drawable
from cxcharts.series.words import alternative, table

HEIGHT = 260.0


def series_chart(
    *,
    title: str,
    subtitle: str,
    series: Sequence[Series],
    scale: Scale,
    period: Period | str = Period.MONTH,
    rules: Sequence[Rule] = (),
    target: float | None = None,
    limits: ControlLimits | None = None,
    minimum_n: int = 0,
    labels: Labels = ENGLISH,
    locale: str | Locale = "en",
    height: float = HEIGHT,
) -> Chart:
    """One or more metric series on one axis.

    Periods with fewer than `minimum_n` answers become gaps; their values enter neither drawing nor
    table. Raises ValueError without any value.
    """
    where, kind = locale_for(locale), Period(period)
    ready, hidden = drawable(series, minimum_n)
    hues = slots(s.key for s in ready)
    days = sorted({p.period for s in ready for p in s.points})
    extra = [target] if target is not None else []
    if limits is not None:
        extra += [limits.center, limits.low, limits.high]
    values = [v for s in ready for p in s.points for v in (p.value, p.low, p.high)]
    low, high, ticks = domain([*values, *extra], scale)
    axis, _ = y_axis(ticks, scale, where)
    y: dict[str, Any] = {
        "type": "quantitative",
        "scale": {"domain": [low, high], "nice": False, "zero": False},
        "axis": axis,
    }
    x = time_x(days, kind, where)
    layers: list[Layer] = [axes_layer(days[0], x, y)]
    if scale.crosses_zero and low < 0 < high:
        layers += level_layers([(0.0, "", [1, 0])], y, "line-rule")
    layers += rule_layers(rules, first=days[0], last=days[-1], x=without_axis(x))
    if limits is not None:
        layers += level_layers(
            [(limits.low, "", [2, 3]), (limits.high, "", [2, 3]), (limits.center, "", [1, 0])], y, "line-rule"
        )
    if target is not None:
        layers += level_layers([(target, "", [5, 3])], y)
    layers += series_marks(
        ready,
        hues,
        x=x,
        y=y,
        locale=where,
        scale=scale,
        period=kind,
        labels=labels,
        dots_shown=are_few(ready),
    )
    if minimum_n and hidden:
        layers += gap_layers(
            ready,
            x,
            height=height,
            note=labels.gap_note.format(minimum=minimum_n),
            short=labels.too_few.format(minimum=minimum_n),
        )
    ends = []
    for one, hue in zip(ready, hues, strict=True):
        last = next(p for p in reversed(one.points) if p.value is not None)
        if last.value is None:
            continue
        value = scale.value.text(last.value, where)
        name = f"{value}" if len(ready) == 1 else f"{one.name} {value}"
        detail = (
            labels.value_n.format(n=where.count(last.n)) if len(ready) == 1 and last.n is not None else ""
        )
        ends.append(
            EndLabel(
                y=pixel(last.value, low, high, height), text=name, style=f"text-hue-{hue}", detail=detail
            )
        )
    if target is not None:
        text = f"{labels.target} {scale.value.text(target, where)}"
        ends.append(EndLabel(y=pixel(target, low, high, height), text=text, style="muted"))
    if limits is not None:
        named = (
            (limits.high, labels.upper_limit),
            (limits.center, labels.center),
            (limits.low, labels.lower_limit),
        )
        for value_, name in named:
            ends.append(
                EndLabel(
                    y=pixel(value_, low, high, height),
                    text=f"{name} {scale.value.text(value_, where)}",
                    style="muted",
                )
            )
    layers += end_labels(ends, height=height)
    spec = view(height=height, layers=layers)
    return Chart(
        title,
        subtitle,
        spec,
        alternative(
            title, subtitle, ready, scale, where, kind, labels, rules, target, limits, hidden, minimum_n
        ),
        table(ready, scale, where, kind, labels, rules, target, limits, minimum_n, series),
    )
