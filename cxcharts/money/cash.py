"""Cash flow by year."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cxcharts.chart import Cell, Chart, Table
from cxcharts.frame import (
    END_MARGIN,
    NARROW,
    TICKS,
    EndLabel,
    KeyItem,
    Layer,
    Plane,
    band,
    dots,
    end_labels,
    hover_dots,
    key_layers,
    layer,
    level_x,
    line,
    listed,
    upright,
    view,
)
from cxcharts.labels import ENGLISH, Labels
from cxcharts.locale import Locale, locale_for
from cxcharts.scales import Scale, finite
from cxcharts.writer import Writer

HEIGHT = 260.0
HALF = 0.27  # of a bar, where years stand one apart
NAMES_ON_A_PHONE = 5  # at most about so many years are named there


@dataclass(frozen=True, kw_only=True, slots=True)
class CashYear:
    """One year. `benefit` and `cost` are amounts >= 0; `cumulative` net since the start, with its range."""

    name: str
    benefit: float
    cost: float
    cumulative: float
    low: float | None = None
    high: float | None = None


def cash_flow(
    *,
    title: str,
    subtitle: str,
    years: Sequence[CashYear],
    scale: Scale,
    labels: Labels = ENGLISH,
    locale: str | Locale = "en",
    height: float = HEIGHT,
) -> Chart:
    """Benefits up, costs down, cumulative net as a line with its range. Raises ValueError without years."""
    _check(years)
    writer = Writer(value=scale.value, labels=labels, locale=locale_for(locale))
    plane = _plane(years, scale, writer, height)
    layers = [
        _axes(plane),
        _bars("soft-hue-0", [year.benefit for year in years], plane),
        _bars("soft-hue-1", [-year.cost for year in years], plane),
        *_range(years, plane),
        _ground(plane),
        *_cumulative_line(years, plane),
        *_end_name(years[-1], plane, writer),
        *_key(labels),
        _hover(years, plane, writer),
    ]
    return Chart(
        title,
        subtitle,
        view(height=height, layers=layers, right=END_MARGIN),
        writer.alternative(title, subtitle, [_sentence(year, writer) for year in years]),
        _table(years, writer),
    )


def _check(years: Sequence[CashYear]) -> None:
    """Raises ValueError for what cannot be drawn."""
    if not years:
        raise ValueError("a cash-flow chart needs at least one year")
    finite(v for year in years for v in (year.benefit, year.cost, year.cumulative, year.low, year.high))
    if any(year.benefit < 0 or year.cost < 0 for year in years):
        raise ValueError("a cash-flow chart needs benefits and costs of zero or more")


def _plane(years: Sequence[CashYear], scale: Scale, writer: Writer, height: float) -> Plane:
    """Years lie at 0, 1, 2, ... and are named by expression; on a phone every second (third, ...) one."""
    values = [0.0, *(v for y in years for v in (y.benefit, -y.cost, y.cumulative, y.low, y.high))]
    names = listed([year.name for year in years])
    every = max(1, -(-len(years) // NAMES_ON_A_PHONE))
    axis: dict[str, Any] = {
        "values": list(range(len(years))),
        "tickCount": TICKS,
        "title": None,
        "labelExpr": f"page < {NARROW} && datum.value % {every} != 0 ? '' : {names}[datum.value]",
        "labelPadding": 8,
    }
    x_axes = level_x(-0.5, len(years) - 0.5, axis)
    return upright(values, scale, writer.locale, x_axes=x_axes, height=height)


def _axes(plane: Plane) -> Layer:
    """Carries the axes, draws nothing."""
    mark = {"type": "rule", "opacity": 0, "strokeWidth": 0}
    encoding = {"x": plane.x_axes, "y": {**plane.y_axes, "field": "y"}}
    return layer([{"x": 0, "y": 0}], mark, encoding, name="axes")


def _bars(style: str, amounts: Sequence[float], plane: Plane) -> Layer:
    """A bar from zero for every year that has something to show."""
    values = [
        {"x": i - HALF, "x2": i + HALF, "y": amount, "y2": 0} for i, amount in enumerate(amounts) if amount
    ]
    encoding = {**plane.spot(), "x2": {"field": "x2"}, "y2": {"field": "y2"}}
    return layer(values, {"type": "rect", "style": style, "cornerRadius": 1}, encoding)


def _range(years: Sequence[CashYear], plane: Plane) -> list[Layer]:
    """The range of the cumulative net: a band, or a single line where only one year has it."""
    values = [
        {"x": i, "low": year.low, "high": year.high}
        for i, year in enumerate(years)
        if year.low is not None and year.high is not None
    ]
    if not values:
        return []
    if len(values) == 1:
        return [layer(values, {"type": "rule", "style": "line-ink", "strokeWidth": 1.4}, plane.stretch())]
    return [band(values, plane.stretch(), "band-ink")]


def _ground(plane: Plane) -> Layer:
    """The line between gains and losses."""
    return layer([{"y": 0}], {"type": "rule", "style": "line-rule", "strokeWidth": 1.4}, plane.level())


def _cumulative_line(years: Sequence[CashYear], plane: Plane) -> list[Layer]:
    values = [{"x": i, "y": year.cumulative} for i, year in enumerate(years)]
    layers = [dots(values, plane.spot(), "fill-ink", size=40)]
    if len(values) > 1:
        layers.insert(0, line(values, plane.spot(), "line-ink", strokeWidth=2.2))
    return layers


def _end_name(last: CashYear, plane: Plane, writer: Writer) -> list[Layer]:
    name = EndLabel(
        y=plane.pixel(last.cumulative),
        text=f"{writer.labels.cumulative} {writer.text(last.cumulative)}",
        style="strong",
        detail=writer.in_brackets(last.low, last.high),
    )
    return end_labels([name], height=plane.height, room_wide=120)


def _key(labels: Labels) -> list[Layer]:
    items = [
        KeyItem(text=labels.benefit, style="soft-hue-0", shape="square"),
        KeyItem(text=labels.cost, style="soft-hue-1", shape="square"),
    ]
    return key_layers(items, above=(16, 16))


def _hover(years: Sequence[CashYear], plane: Plane, writer: Writer) -> Layer:
    labels = writer.labels
    values = [
        {
            "x": i,
            "y": year.cumulative,
            "name": year.name,
            "benefit": writer.text(year.benefit),
            "cost": writer.text(year.cost),
            "cumulative": writer.with_range(writer.text(year.cumulative), year.low, year.high),
        }
        for i, year in enumerate(years)
    ]
    tips = [
        ("name", labels.year),
        ("benefit", labels.benefit),
        ("cost", labels.cost),
        ("cumulative", labels.cumulative),
    ]
    return hover_dots(values, plane.spot(), tips, name="years", size=500)


def _sentence(year: CashYear, writer: Writer) -> str:
    labels = writer.labels
    low, high = writer.text(year.low), writer.text(year.high)
    has_range = year.low is not None and year.high is not None
    return labels.sentence_year.format(
        year=year.name,
        benefit=writer.text(year.benefit),
        cost=writer.text(year.cost),
        cumulative=writer.text(year.cumulative),
        range=labels.sentence_year_range.format(low=low, high=high) if has_range else "",
    )


def _table(years: Sequence[CashYear], writer: Writer) -> Table:
    labels = writer.labels
    columns = (labels.year, labels.benefit, labels.cost, labels.net, labels.cumulative, labels.low,
               labels.high)  # fmt: skip
    lines = [
        (year.benefit, year.cost, year.benefit - year.cost, year.cumulative, year.low, year.high)
        for year in years
    ]
    writer = writer.in_column(number for line in lines for number in line)
    rows = [(Cell(year.name), *map(writer.cell, line)) for year, line in zip(years, lines, strict=True)]
    return Table(columns, tuple(rows))
