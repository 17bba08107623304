"""Estimates with their intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import Any

from cxcharts.chart import Cell, Chart, Table
from cxcharts.frame import (
    LINE,
    PIXELS,
    TEXT_SIZE,
    Grid,
    KeyItem,
    Layer,
    grids,
    hover_dots,
    in_row,
    key_layers,
    layer,
    level_x,
    name_layer,
    only,
    thinned,
    tick_texts,
    top_axis,
    upright_rule,
    value_axes,
    view,
    without_axis,
)
from cxcharts.labels import ENGLISH, Labels
from cxcharts.locale import MISSING, Locale, locale_for
from cxcharts.scales import Scale, domain, finite
from cxcharts.text import width_of
from cxcharts.writer import Writer


class State(StrEnum):
    """What an interval allows to say."""

    BETTER = "better"
    WORSE = "worse"
    UNDECIDED = "undecided"
    ASIDE = "aside"  # nobody relies on it, whatever its interval says


@dataclass(frozen=True, kw_only=True, slots=True)
class IntervalRow:
    """One estimate. `state` None: read from the interval and the zero line."""

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    state: State | None = None


def reading(row: IntervalRow, zero: float, *, higher_is_better: bool = True) -> State:
    """What the row's interval allows to say; without an interval nothing can be said."""
    if row.state is not None:
        return row.state
    if row.low is None or row.high is None:
        return State.UNDECIDED
    if row.low > zero:
        return State.BETTER if higher_is_better else State.WORSE
    if row.high < zero:
        return State.WORSE if higher_is_better else State.BETTER
    return State.UNDECIDED


_STATE_STYLES = {State.BETTER: "good", State.WORSE: "bad", State.UNDECIDED: "calm", State.ASIDE: "calm"}
# What is decided lies above what is not; rows without a reading come last.
_DRAWN_IN_ORDER = (State.ASIDE, State.UNDECIDED, State.WORSE, State.BETTER, None)


def interval_dots(
    *,
    title: str,
    subtitle: str,
    rows: Sequence[IntervalRow],
    scale: Scale,
    zero: float | None = 0.0,
    higher_is_better: bool = True,
    differences: bool = True,
    sort: bool = True,
    aside: str = "",
    labels: Labels = ENGLISH,
    locale: str | Locale = "en",
) -> Chart:
    """Estimates as dots on their intervals, largest first, with a zero line.

    Rows whose interval spans zero are "cannot tell": hollow, in calm grey. With `differences` values are
    written signed in the scale's difference format. `zero=None` draws no line and reads no state.
    `aside` is the word for rows that are set aside.
    Raises ValueError without rows or any value.
    """
    if not rows:
        raise ValueError("an interval chart needs at least one row")
    if not finite(v for r in rows for v in (r.value, r.low, r.high)):
        raise ValueError("an interval chart needs at least one value")
    value = scale.difference if differences else scale.value
    writer = Writer(value=value, labels=labels, locale=locale_for(locale), is_signed=differences)
    ordered = sorted(rows, key=lambda r: (r.value is None, -(r.value or 0.0))) if sort else list(rows)
    words = {**_state_words(labels), State.ASIDE: aside}
    estimates = tuple(_estimate(row, writer, zero, higher_is_better, words) for row in ordered)
    wide, narrow = grids([e.row.name for e in estimates], wide_room=180, narrow_room=230)
    column = max(width_of(e.figure + e.range, TEXT_SIZE) for e in estimates)
    shown = _shown(scale, differences=differences)
    axis, heights, x = _axis(estimates, zero, shown, writer, plot=max(160.0, 620 - wide.room - column - 32))
    layers = [*axis]
    if zero is not None:
        layers += upright_rule(zero, x, narrow, style="line-rule", half=13)
    for grid in (wide, narrow):
        layers += [
            name_layer(grid),
            *_intervals(estimates, grid, x),
            *_figures(estimates, grid, column),
            _hover(estimates, grid, x, writer, has_state=zero is not None),
        ]
    if zero is not None:
        layers += _key(estimates, heights, left=-(wide.room + 14))
    return Chart(
        title,
        subtitle,
        view(height=wide.height, narrow_height=narrow.height, layers=layers),
        writer.alternative(title, subtitle, [_sentence(e, writer) for e in estimates]),
        _table(estimates, writer, has_state=zero is not None),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Estimate:
    """A row with what may be said of it, and its figure and range as they are written beside it."""

    row: IntervalRow
    state: State | None
    word: str
    figure: str
    range: str

    @property
    def is_closed(self) -> bool:
        """Whether the interval has both ends."""
        return self.row.low is not None and self.row.high is not None


def _estimate(
    row: IntervalRow,
    writer: Writer,
    zero: float | None,
    higher_is_better: bool,
    words: Mapping[State | None, str],
) -> _Estimate:
    # The range repeats the figure's unit only where it is a sign; a word would be read twice.
    short = replace(writer, value=writer.value.bare())
    state = None if zero is None else reading(row, zero, higher_is_better=higher_is_better)
    return _Estimate(
        row=row,
        state=state,
        word=words[state],
        figure=writer.text(row.value),
        range=short.with_range("", row.low, row.high),
    )


def _state_words(labels: Labels) -> dict[State | None, str]:
    return {
        State.BETTER: labels.better,
        State.WORSE: labels.worse,
        State.UNDECIDED: labels.undecided,
        None: "",
    }


def _shown(scale: Scale, *, differences: bool) -> Scale:
    """The scale of the axis: differences know neither the measure's bounds nor its smallest span."""
    if differences:
        return Scale(value=scale.difference, difference=scale.difference)
    return replace(scale, difference=scale.value)


def _axis(
    estimates: Sequence[_Estimate], zero: float | None, shown: Scale, writer: Writer, *, plot: float
) -> tuple[list[Layer], tuple[float, float], dict[str, Any]]:
    """Value axis on top, the height of its labels (page, phone), and the scale that all marks share."""
    known = finite(v for e in estimates for v in (e.row.value, e.row.low, e.row.high))
    low, high, ticks = domain([*known, *([zero] if zero is not None else [])], shown)
    step = min((b - a for a, b in pairwise(ticks)), default=1.0)
    texts = [shown.value.bare().axis_text(v, writer.locale, step=step) for v in ticks]
    x_axes = level_x(low, high, top_axis(ticks))
    x = without_axis(x_axes)
    labels, heights = tick_texts(
        ticks, thinned(texts, ticks, plot), thinned(texts, ticks, 250, flush=True), x, flush=False
    )
    return [value_axes(low, x_axes), *labels], heights, x


def _intervals(estimates: Sequence[_Estimate], grid: Grid, x: dict[str, Any]) -> list[Layer]:
    """Lines and dots, all of one reading in one layer; "cannot tell" is hollow."""
    layers = []
    for state in _DRAWN_IN_ORDER:
        style = "hue-0" if state is None else _STATE_STYLES[state]
        members = [(e, c) for e, c in zip(estimates, grid.centers, strict=True) if e.state is state]
        lines = [{"x": e.row.low, "x2": e.row.high, "row": c} for e, c in members if e.is_closed]
        marks = [{"x": e.row.value, "row": c} for e, c in members if e.row.value is not None]
        if lines:
            mark = {"type": "rule", "style": f"line-{style}", "strokeWidth": 2.4, "strokeCap": "round"}
            if state is State.ASIDE:
                mark["strokeDash"] = [2, 5]
            encoding = {"x": x, "x2": {"field": "x2"}, "y": PIXELS}
            layers.append(layer(lines, mark, encoding, keep=only(grid)))
        if marks:
            hollow = state is State.UNDECIDED
            mark = {
                "type": "point",
                "style": [f"line-{style}", "hollow"] if hollow else f"fill-{style}",
                "filled": not hollow,
                "shape": "cross" if state is State.ASIDE else "circle",
                "size": 62 if hollow else 80,
                "opacity": 1,
            }
            layers.append(layer(marks, mark, in_row(x), keep=only(grid)))
    return layers


def _figures(estimates: Sequence[_Estimate], grid: Grid, column: float) -> list[Layer]:
    """Figures right of the plot, `column` pixels wide; on a phone above it, without their range."""
    layers = []
    for state in _DRAWN_IN_ORDER:
        values = []
        for e, center, name in zip(estimates, grid.centers, grid.names, strict=True):
            if e.state is state:
                above = center - 12 - len(name) * LINE + LINE / 2
                values.append(
                    {"row": center, "text": e.figure + e.range}
                    if grid.wide
                    else {"row": above, "text": e.figure}
                )
        if values:
            style = "strong" if state is None else f"text-{_STATE_STYLES[state]}"
            mark = {
                "type": "text",
                "style": [style] if grid.wide else ["small", style],
                "align": "right",
                "baseline": "middle",
                "x": "width",
                "dx": round(column + 18) if grid.wide else 0,
            }
            layers.append(layer(values, mark, {"y": PIXELS, "text": {"field": "text"}}, keep=only(grid)))
    return layers


def _hover(
    estimates: Sequence[_Estimate], grid: Grid, x: dict[str, Any], writer: Writer, *, has_state: bool
) -> Layer:
    labels = writer.labels
    values = [
        {"x": e.row.value, "row": c, "name": e.row.name, "text": e.figure,
         "range": e.range.strip(" ()（）") or MISSING, "state": e.word, "n": writer.count(e.row.n)}
        for e, c in zip(estimates, grid.centers, strict=True)
        if e.row.value is not None
    ]  # fmt: skip
    tips = [("name", labels.name), ("text", labels.value), ("range", labels.range)]
    tips += [("state", labels.state)] if has_state else []
    tips.append(("n", labels.n))
    return hover_dots(values, in_row(x), tips, name=f"rows_{grid.key}", size=300, keep=only(grid))


def _key(estimates: Sequence[_Estimate], heights: tuple[float, float], *, left: float) -> list[Layer]:
    """What the colors mean, of the readings that occur."""
    words = {e.state: e.word for e in estimates}
    items = [
        KeyItem(
            text=words[state],
            style=f"line-{_STATE_STYLES[state]}"
            if state is State.UNDECIDED
            else f"fill-{_STATE_STYLES[state]}",
            shape="cross" if state is State.ASIDE else "circle",
            hollow=state is State.UNDECIDED,
            size=56,
        )
        for state in (State.BETTER, State.WORSE, State.UNDECIDED, State.ASIDE)
        if state in words
    ]
    return key_layers(items, above=(heights[0] + 18, heights[1] + 16), left_wide=left)


def _sentence(estimate: _Estimate, writer: Writer) -> str:
    row, labels = estimate.row, writer.labels
    value = writer.text(row.value)
    if estimate.state is not None and estimate.is_closed:
        return labels.sentence_interval.format(
            name=row.name,
            value=value,
            low=writer.text(row.low),
            high=writer.text(row.high),
            state=estimate.word,
        )
    return labels.sentence_interval_open.format(
        name=row.name, value=writer.with_range(value, row.low, row.high)
    )


def _table(estimates: Sequence[_Estimate], writer: Writer, *, has_state: bool) -> Table:
    labels = writer.labels
    columns = [labels.name, labels.value, labels.low, labels.high, labels.n]
    columns += [labels.state] if has_state else []
    rows = []
    writer = writer.in_column(v for e in estimates for v in (e.row.value, e.row.low, e.row.high))
    for e in estimates:
        row = [Cell(e.row.name), *map(writer.cell, (e.row.value, e.row.low, e.row.high))]
        row.append(writer.count_cell(e.row.n))
        row += [Cell(e.word)] if has_state else []
        rows.append(row)
    return Table.filled(columns, rows)
