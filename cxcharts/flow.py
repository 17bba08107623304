"""What customers do after each step: a bar of three shares, and the part that goes on flowing to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cxcharts.chart import Cell, Chart, Table
from cxcharts.frame import (
    PIXELS,
    SMALL,
    Grid,
    KeyItem,
    Layer,
    box_in_row,
    grids,
    hover_boxes,
    in_row,
    key_layers,
    layer,
    level_x,
    name_layer,
    only,
    view,
)
from cxcharts.labels import ENGLISH, Labels
from cxcharts.locale import MISSING, Locale, ValueFormat, locale_for
from cxcharts.text import width_of
from cxcharts.writer import Writer

HALF = 11.0  # of a bar's height
GAP = 2.0  # between a bar and what flows out of it
TALL = 62  # of a row, with what flows to the next
PLOT_WIDE, PLOT_NARROW = 470.0, 250.0


@dataclass(frozen=True, kw_only=True, slots=True)
class FlowShare:
    """A share of the customers, 0 to 1, with its range."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True, slots=True)
class FlowStep:
    """One step. Shares are None where they are not shown, and `note` then says why. `time` until a customer
    goes on and `aside_to` (to what they turn) are finished words, or empty. `n` is None where so few came
    that their number is not told, and `few` says how few."""

    name: str
    n: int | None
    few: str = ""
    on: FlowShare | None = None
    aside: FlowShare | None = None
    out: FlowShare | None = None
    time: str = ""
    aside_to: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class FlowWords:
    """What the chart calls its parts, in the reader's language."""

    step: str
    customers: str
    on: str
    aside: str
    out: str
    time: str
    aside_to: str


def flow(
    *,
    title: str,
    subtitle: str,
    steps: Sequence[FlowStep],
    words: FlowWords,
    labels: Labels = ENGLISH,
    locale: str | Locale = "en",
) -> Chart:
    """One row a step, from the first to the last. Raises ValueError where no step has shares."""
    if not any(step.on for step in steps):
        raise ValueError("a flow needs a step with shares")
    writer = Writer(value=ValueFormat(), labels=labels, locale=locale_for(locale))
    wide, narrow = grids([step.name for step in steps], wide_room=170, narrow_room=290, tall=TALL)
    layers = [
        layer_
        for grid, plot in ((wide, PLOT_WIDE), (narrow, PLOT_NARROW))
        for layer_ in (
            *_going_on(steps, grid),
            *_bars(steps, grid),
            *_ranges(steps, grid),
            *_texts(steps, grid, plot, writer),
            name_layer(grid),
            _hover(steps, grid, words, writer),
        )
    ]
    layers += key_layers(_key(steps, words), above=(14, 22))
    return Chart(
        title,
        subtitle,
        view(height=wide.height, narrow_height=narrow.height, layers=layers),
        writer.alternative(title, subtitle, [_sentence(step, words, writer) for step in steps]),
        _table(steps, words, writer),
    )


def _x() -> dict[str, Any]:
    return level_x(0, 1, axis=None)


def _going_on(steps: Sequence[FlowStep], grid: Grid) -> list[Layer]:
    """From the part of a bar that goes on down to the next bar. Not on a phone, where names stand between."""
    values = [
        {
            "x": 0,
            "x2": step.on.value,
            "row": grid.centers[i] + HALF + GAP,
            "row2": grid.centers[i + 1] - HALF - GAP,
        }
        for i, step in enumerate(steps[:-1])
        if step.on and grid.wide
    ]
    mark = {"type": "rect", "style": "band-hue-0"}
    return [layer(values, mark, box_in_row(_x()), keep=only(grid))] if values else []


def _parts(step: FlowStep) -> list[tuple[str, float, float, FlowShare]]:
    """Style, begin and end of each part of the bar."""
    if step.on is None or step.aside is None or step.out is None:
        return []
    first, second = step.on.value, step.on.value + step.aside.value
    return [
        ("soft-hue-0", 0.0, first, step.on),
        ("soft-hue-1", first, second, step.aside),
        ("soft-calm", second, 1.0, step.out),
    ]


def _bars(steps: Sequence[FlowStep], grid: Grid) -> list[Layer]:
    found: dict[str, list[dict[str, Any]]] = {}
    for step, center in zip(steps, grid.centers, strict=True):
        for style, begin, end, _share in _parts(step):
            box = {"x": begin, "x2": end, "row": center - HALF, "row2": center + HALF}
            found.setdefault(style, []).append(box)
    return [
        layer(values, {"type": "rect", "style": style}, box_in_row(_x()), keep=only(grid))
        for style, values in found.items()
    ]


def _ranges(steps: Sequence[FlowStep], grid: Grid) -> list[Layer]:
    """Below the bar, how far the share that goes on may reach."""
    values = [
        {"x": step.on.low, "x2": step.on.high, "row": center + HALF + 3}
        for step, center in zip(steps, grid.centers, strict=True)
        if step.on
    ]
    mark = {"type": "rule", "style": "line-hue-0", "strokeWidth": 2.5}
    return [layer(values, mark, {**in_row(_x()), "x2": {"field": "x2"}}, keep=only(grid))]


def _texts(steps: Sequence[FlowStep], grid: Grid, plot: float, writer: Writer) -> list[Layer]:
    """Shares in their parts where there is room, times in what flows on, and why nothing is shown."""
    shares, times, notes = list[dict[str, Any]](), list[dict[str, Any]](), list[dict[str, Any]]()
    for step, center in zip(steps, grid.centers, strict=True):
        for _style, begin, end, share in _parts(step):
            text = _percent(share.value, writer)
            if width_of(text, SMALL) + 6 <= (end - begin) * plot:
                shares.append({"x": (begin + end) / 2, "row": center, "text": text})
        if step.note:
            notes.append({"row": center, "text": step.note})
        if grid.wide and step.time and step is not steps[-1]:
            times.append({"row": center + TALL / 2, "text": step.time})
    left = {"type": "text", "align": "left", "baseline": "middle", "x": 6}
    layers = []
    if shares:
        mark = {"type": "text", "style": ["ink", "small"], "align": "center", "baseline": "middle"}
        layers.append(layer(shares, mark, {**in_row(_x()), "text": {"field": "text"}}, keep=only(grid)))
    for values, style in ((times, ["ink", "small"]), (notes, ["muted", "small"])):
        if values:
            encoding = {"y": PIXELS, "text": {"field": "text"}}
            layers.append(layer(values, {**left, "style": style}, encoding, keep=only(grid)))
    return layers


def _percent(value: float, writer: Writer) -> str:
    return writer.locale.share(value, is_never_zero=True)


def _customers(step: FlowStep, writer: Writer) -> Cell:
    return Cell(step.few or MISSING) if step.n is None else writer.count_cell(step.n)


def _said(share: FlowShare | None, writer: Writer) -> str:
    if share is None:
        return MISSING
    span = writer.labels.span.format(low=_percent(share.low, writer), high=_percent(share.high, writer))
    return writer.labels.closer.format(text=_percent(share.value, writer), closer=span)


def _hover(steps: Sequence[FlowStep], grid: Grid, words: FlowWords, writer: Writer) -> Layer:
    tips = [
        ("step", words.step),
        ("n", words.customers),
        ("on", words.on),
        ("time", words.time),
        ("aside", words.aside),
        ("to", words.aside_to),
        ("out", words.out),
    ]
    values = [
        {
            "x": 0,
            "x2": 1,
            "row": center - HALF,
            "row2": center + HALF,
            "step": step.name,
            "n": _customers(step, writer).text,
            "on": _said(step.on, writer) if step.on else step.note,
            "time": step.time or MISSING,
            "aside": _said(step.aside, writer),
            "to": step.aside_to or MISSING,
            "out": _said(step.out, writer),
        }
        for step, center in zip(steps, grid.centers, strict=True)
    ]
    return hover_boxes(values, box_in_row(_x()), tips, name=f"steps_{grid.key}", keep=only(grid))


def _key(steps: Sequence[FlowStep], words: FlowWords) -> list[KeyItem]:
    return [
        KeyItem(text=words.on, style="fill-hue-0", shape="square"),
        KeyItem(text=words.aside, style="fill-hue-1", shape="square"),
        KeyItem(text=words.out, style="line-calm", shape="square"),
    ]


def _sentence(step: FlowStep, words: FlowWords, writer: Writer) -> str:
    if step.on is None:
        return writer.labels.sentence_covered.format(row=step.name, cells=step.note)
    parts = [
        f"{words.customers} {_customers(step, writer).text}",
        f"{words.on} {_said(step.on, writer)}",
        f"{words.aside} {_said(step.aside, writer)}",
        f"{words.out} {_said(step.out, writer)}",
    ]
    if step.time:
        parts.append(f"{words.time} {step.time}")
    if step.aside_to:
        parts.append(f"{words.aside_to} {step.aside_to}")
    return writer.labels.sentence_covered.format(
        row=step.name, cells=writer.labels.list_separator.join(parts)
    )


def _table(steps: Sequence[FlowStep], words: FlowWords, writer: Writer) -> Table:
    columns = (words.step, words.customers, words.on, words.time, words.aside, words.aside_to, words.out)
    rows = tuple(
        (
            Cell(step.name),
            _customers(step, writer),
            _cell(step.on, writer) if step.on else Cell(step.note),
            Cell(step.time or MISSING),
            _cell(step.aside, writer),
            Cell(step.aside_to or MISSING),
            _cell(step.out, writer),
        )
        for step in steps
    )
    return Table(columns, rows)


def _cell(share: FlowShare | None, writer: Writer) -> Cell:
    return Cell(MISSING) if share is None else Cell(_said(share, writer), share.value)
