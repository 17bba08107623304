"""The distribution of a value."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor
from typing import Any

from cxcharts.chart import Cell, Chart, Table
from cxcharts.frame import (
    NARROW,
    TICKS,
    KeyItem,
    Layer,
    key_layers,
    literal,
    thinned,
    value_axes,
    value_rules,
    view,
    without_axis,
)
from cxcharts.labels import ENGLISH, Labels
from cxcharts.locale import Locale, closed, locale_for
from cxcharts.scales import Scale, domain, finite


@dataclass(frozen=True, kw_only=True, slots=True)
class Bin:
    """Share (0..1) of outcomes in low..high."""

    low: float
    high: float
    share: float


def histogram(values: Sequence[float], *, count: int = 40) -> tuple[Bin, ...]:
    """Equal bins with an edge at zero, so that losses and gains never share one.

    The lowest and highest 0.2 % of the values go into the outer bins. Raises ValueError without values.
    """
    known = sorted(finite(values))
    if not known:
        raise ValueError("a histogram needs at least one value")
    low, high = known[int(0.002 * (len(known) - 1))], known[-1 - int(0.002 * (len(known) - 1))]
    if low == high:
        low, high = known[0], known[-1]
    if low == high:
        return (Bin(low=low - max(abs(low) * 0.01, 0.5), high=high + max(abs(high) * 0.01, 0.5), share=1.0),)
    size = (high - low) / count
    first, last = floor(low / size), floor(high / size)
    tallies = [0] * (last - first + 1)
    for value in known:
        tallies[min(max(floor(value / size), first), last) - first] += 1
    return tuple(
        Bin(low=(first + i) * size, high=(first + i + 1) * size, share=tally / len(known))
        for i, tally in enumerate(tallies)
    )


def value_distribution(
    *,
    title: str,
    subtitle: str,
    bins: Sequence[Bin],
    p5: float,
    mean: float,
    p95: float,
    loss_share: float,
    scale: Scale,
    labels: Labels = ENGLISH,
    locale: str | Locale = "en",
    height: float = 190,
) -> Chart:
    """Distribution of a value (NPV): expected value, P5 and P95; the part below zero in the color of loss.

    `bins` come from `histogram` or from elsewhere, in ascending order with an edge at zero. Raises
    ValueError without bins.
    """
    where = locale_for(locale)
    if not bins:
        raise ValueError("a distribution chart needs at least one bin")
    finite(v for b in bins for v in (b.low, b.high, b.share))
    finite((p5, mean, p95, loss_share))
    ordered = sorted(bins, key=lambda b: b.low)
    low, high = ordered[0].low, ordered[-1].high
    _, _, ticks = domain([low, high], Scale(value=scale.value), ticks=7)
    ticks = [t for t in ticks if low <= t <= high] or [low, high]
    step = ticks[1] - ticks[0] if len(ticks) > 1 else 1.0
    texts = [scale.value.axis_text(v, where, step=step) for v in ticks]
    lookup = "[" + ",".join(literal(t) for t in texts) + "]"
    thin = [t[0] for t in thinned(texts, ticks, 250)]
    narrow_lookup = "[" + ",".join(literal(t) for t in thin) + "]"
    marks = "[" + ",".join(repr(float(v)) for v in ticks) + "]"
    x_axes: dict[str, Any] = {
        "field": "x",
        "type": "quantitative",
        "scale": {"domain": [low, high], "nice": False, "zero": False},
        "axis": {
            "values": ticks,
            "tickCount": TICKS,
            "title": None,
            "grid": False,
            "domain": True,
            "ticks": True,
            "tickSize": 4,
            "labelExpr": f"(page < {NARROW} ? {narrow_lookup} : {lookup})[indexof({marks}, datum.value)]",
            "labelFlush": True,
        },
    }
    x = without_axis(x_axes)
    top = max(b.share for b in ordered) * 1.04
    y: dict[str, Any] = {
        "type": "quantitative",
        "scale": {"domain": [0, top], "nice": False},
        "axis": None,
    }
    layers: list[Layer] = [value_axes(low, x_axes)]
    for style, part in (
        ("soft-bad", [b for b in ordered if b.high <= 1e-9]),
        ("soft-good", [b for b in ordered if b.high > 1e-9]),
    ):
        if part:
            steps = [{"x": b.low, "y": b.share} for b in part] + [{"x": part[-1].high, "y": part[-1].share}]
            layers.append(
                {
                    "data": {"values": steps},
                    "mark": {"type": "area", "style": style, "interpolate": "step-after", "line": False},
                    "encoding": {"x": x, "y": {**y, "field": "y"}},
                }
            )
    if low < 0 < high:
        layers.append(
            {
                "data": {"values": [{"x": 0}]},
                "mark": {"type": "rule", "style": "line-ink", "strokeWidth": 1.4},
                "encoding": {"x": x},
            }
        )

    def money(number: float) -> str:
        return scale.value.text(number, where)

    low_share, high_share = where.share(0.05), where.share(0.95)
    rules, _rows = value_rules(
        [
            (p5, f"{low_share} {money(p5)}", False),
            (mean, f"{labels.expected_value} {money(mean)}", True),
            (p95, f"{high_share} {money(p95)}", False),
        ],
        low=low,
        high=high,
        x=x,
    )
    layers += rules
    loss = where.share(loss_share, is_never_zero=True)
    if loss_share > 0.99:
        loss = f">{where.share(0.99)}"
    elif loss_share < 0.01:
        loss = f"<{where.share(0.01)}"
    layers += key_layers(
        [KeyItem(text=labels.loss_chance.format(share=loss), style="soft-bad", shape="square")],
        above=(12 + 17 * _rows[0], 12 + 17 * _rows[1]),
    )
    layers.append(
        {
            "name": "hover_bins",
            "data": {
                "values": [
                    {
                        "x": b.low,
                        "x2": b.high,
                        "range": labels.span.format(low=money(b.low), high=money(b.high)),
                        "share": where.share(b.share, 1),
                    }
                    for b in ordered
                ]
            },
            "mark": {"type": "rect", "opacity": 0, "y": 0, "y2": "height"},
            "encoding": {
                "x": x,
                "x2": {"field": "x2"},
                "tooltip": [
                    {"field": "range", "type": "nominal", "title": labels.value},
                    {"field": "share", "type": "nominal", "title": labels.probability},
                ],
            },
        }
    )
    parts = [
        closed(title, where),
        closed(subtitle, where),
        labels.sentence_distribution.format(p5=money(p5), mean=money(mean), p95=money(p95), loss=loss),
    ]
    rows = [
        (Cell(money(b.low), b.low), Cell(money(b.high), b.high), Cell(where.share(b.share, 1), b.share))
        for b in ordered
    ]
    for name, number in ((low_share, p5), (labels.expected_value, mean), (high_share, p95)):
        rows.append((Cell(name), Cell(money(number), number), Cell("")))
    rows.append((Cell(labels.loss_chance.format(share="").strip()), Cell(""), Cell(loss, loss_share)))
    return Chart(
        title,
        subtitle,
        view(height=height, layers=layers),
        labels.separator.join(p for p in parts if p),
        Table((labels.from_value, labels.to_value, labels.probability), tuple(rows)),
    )
