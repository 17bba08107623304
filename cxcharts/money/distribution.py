"""The distribution of a value."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor
from typing import Any

from cxcharts.chart import Cell, Chart, Table
from cxcharts.frame import (
    LANE,
    NARROW,
    TICKS,
    KeyItem,
    Layer,
    hover_boxes,
    key_layers,
    layer,
    level_x,
    listed,
    numbers,
    thinned,
    value_axes,
    value_rules,
    view,
    without_axis,
)
from cxcharts.labels import ENGLISH, Labels
from cxcharts.locale import Locale, locale_for
from cxcharts.scales import Scale, domain, finite
from cxcharts.writer import Writer

ZERO = 1e-9  # edges of bins are products and may miss zero by less than this


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
    if not bins:
        raise ValueError("a distribution chart needs at least one bin")
    finite(v for b in bins for v in (b.low, b.high, b.share))
    finite((p5, mean, p95, loss_share))
    ordered = sorted(bins, key=lambda b: b.low)
    low, high = ordered[0].low, ordered[-1].high
    writer = _writer([(p5, mean), (mean, p95)], scale, labels, locale)
    finer = _writer([(b.low, b.high) for b in ordered], scale, labels, locale)
    named = (
        (writer.locale.share(0.05), p5),
        (labels.expected_value, mean),
        (writer.locale.share(0.95), p95),
    )
    loss = _loss_text(loss_share, writer.locale)
    x_axes = _axis(low, high, writer)
    x = without_axis(x_axes)
    rules, lanes = value_rules(
        [(value, f"{name} {writer.text(value)}", name == labels.expected_value) for name, value in named],
        low=low,
        high=high,
        x=x,
    )
    layers = [
        value_axes(low, x_axes),
        *_shares(ordered, x),
        *_line_at_zero(low, high, x),
        *rules,
        *_key(loss, lanes, labels),
        _hover(ordered, x, finer),
    ]
    sentence = labels.sentence_distribution.format(
        p5=writer.text(p5), mean=writer.text(mean), p95=writer.text(p95), loss=loss
    )
    return Chart(
        title,
        subtitle,
        view(height=height, layers=layers),
        writer.alternative(title, subtitle, [sentence]),
        _table(ordered, named, Cell(loss, loss_share), finer),
    )


def _writer(
    pairs: Sequence[tuple[float, float]], scale: Scale, labels: Labels, locale: str | Locale
) -> Writer:
    """Values with as many digits as tell the two ends of each pair apart."""
    reader = locale_for(locale)
    return Writer(value=scale.value.telling_apart(pairs, reader), labels=labels, locale=reader)


def _loss_text(share: float, where: Locale) -> str:
    """A simulation never proves that a loss is certain or impossible."""
    if share > 0.99:
        return f">{where.share(0.99)}"
    return f"<{where.share(0.01)}" if share < 0.01 else where.share(share, is_never_zero=True)


def _axis(low: float, high: float, writer: Writer) -> dict[str, Any]:
    """From the first to the last bin: ticks beyond them would make room for nothing."""
    _, _, ticks = domain([low, high], Scale(value=writer.value), ticks=7)
    ticks = [t for t in ticks if low <= t <= high] or [low, high]
    step = ticks[1] - ticks[0] if len(ticks) > 1 else 1.0
    wide = [writer.value.axis_text(v, writer.locale, step=step) for v in ticks]
    narrow = [text for (text,) in thinned(wide, ticks, 250, flush=True)]
    axis: dict[str, Any] = {
        "values": ticks,
        "tickCount": TICKS,
        "title": None,
        "grid": False,
        "domain": True,
        "ticks": True,
        "tickSize": 4,
        "labelExpr": f"(page < {NARROW} ? {listed(narrow)} : {listed(wide)})"
        f"[indexof({numbers(ticks)}, datum.value)]",
        "labelFlush": True,
    }
    return level_x(low, high, axis)


def _shares(bins: Sequence[Bin], x: dict[str, Any]) -> list[Layer]:
    """The outline of all bins as steps, losses in a color of their own."""
    top = max(b.share for b in bins) * 1.04
    y = {"type": "quantitative", "scale": {"domain": [0, top], "nice": False}, "axis": None, "field": "y"}
    layers = []
    for style, part in (
        ("soft-bad", [b for b in bins if b.high <= ZERO]),
        ("soft-good", [b for b in bins if b.high > ZERO]),
    ):
        if part:
            # A step needs its end: the last bin's share is said once more at its upper edge.
            steps = [{"x": b.low, "y": b.share} for b in part] + [{"x": part[-1].high, "y": part[-1].share}]
            mark = {"type": "area", "style": style, "interpolate": "step-after", "line": False}
            layers.append(layer(steps, mark, {"x": x, "y": y}))
    return layers


def _line_at_zero(low: float, high: float, x: dict[str, Any]) -> list[Layer]:
    if not low < 0 < high:
        return []
    return [layer([{"x": 0}], {"type": "rule", "style": "line-ink", "strokeWidth": 1.4}, {"x": x})]


def _key(loss: str, lanes: tuple[int, int], labels: Labels) -> list[Layer]:
    """The chance of a loss, above the `lanes` of labels (page, phone)."""
    item = KeyItem(text=labels.loss_chance.format(share=loss), style="soft-bad", shape="square")
    return key_layers([item], above=(12 + LANE * lanes[0], 12 + LANE * lanes[1]))


def _hover(bins: Sequence[Bin], x: dict[str, Any], writer: Writer) -> Layer:
    values = [
        {
            "x": b.low,
            "x2": b.high,
            "range": writer.span(b.low, b.high),
            "share": writer.locale.share(b.share, 1),
        }
        for b in bins
    ]
    tips = [("range", writer.labels.value), ("share", writer.labels.probability)]
    return hover_boxes(values, {"x": x, "x2": {"field": "x2"}}, tips, name="bins", y=0, y2="height")


def _table(bins: Sequence[Bin], named: Sequence[tuple[str, float]], loss: Cell, writer: Writer) -> Table:
    """Every bin; below them the named values and the chance of a loss."""
    labels, share = writer.labels, writer.locale.share
    ends = [end for one in bins for end in (one.low, one.high)]
    writer = writer.in_column([*ends, *(value for _name, value in named)])
    rows = [(writer.cell(b.low), writer.cell(b.high), Cell(share(b.share, 1), b.share)) for b in bins]
    rows += [(Cell(name), writer.cell(value), Cell("")) for name, value in named]
    rows.append((Cell(labels.loss_chance.format(share="").strip()), Cell(""), loss))
    return Table((labels.from_value, labels.to_value, labels.probability), tuple(rows))
