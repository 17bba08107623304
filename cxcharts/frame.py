"""Parts that every chart shares: the outer specification, the time axis, labelled rules, hover."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Any

from cxcharts.locale import Locale, Period, milliseconds
from cxcharts.scales import Scale
from cxcharts.text import clean, spread, width_of, wrap

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
NARROW = 480  # below this page width a chart uses its phone layout
DEFAULT_WIDTH = 720
TEXT_SIZE = 12
SMALL = 11
LINE = 14
LANE = 17  # height of one row of event labels
TICKS = 100  # the engine thins given ticks above its own wish; ours are already chosen
MOST_POINTS = 40  # above that many, a line carries no dots

Layer = dict[str, Any]


class RuleKind(StrEnum):
    """What a vertical rule marks."""

    GO_LIVE = "go_live"
    SURVEY_CHANGE = "survey_change"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """Something that happened at a date: a go-live, a change of the survey."""

    at: date
    label: str
    kind: RuleKind = RuleKind.GO_LIVE


def view(
    *,
    height: float,
    layers: Sequence[Layer],
    narrow_height: float | None = None,
) -> dict[str, Any]:
    """A single-view specification. `page` is its outer width in pixels, set where it is drawn."""
    return {
        "$schema": SCHEMA,
        "width": "container",
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "params": [{"name": "page", "value": DEFAULT_WIDTH}],
        "padding": {"top": 4, "right": 4, "bottom": 2, "left": 0},
        "layer": list(layers),
        "usermeta": {"cxcharts": {"heights": [height, narrow_height or height], "narrow": NARROW}},
    }


def wide_only() -> list[dict[str, Any]]:
    """Transform that keeps a layer from the phone layout."""
    return [{"filter": f"page >= {NARROW}"}]


def narrow_only() -> list[dict[str, Any]]:
    """Transform that shows a layer in the phone layout alone."""
    return [{"filter": f"page < {NARROW}"}]


def without_axis(encoding: dict[str, Any]) -> dict[str, Any]:
    """The same scale without saying again how its axis looks."""
    return {key: value for key, value in encoding.items() if key != "axis"}


def axes_layer(first: date, x: dict[str, Any], y: dict[str, Any]) -> Layer:
    """Carries the axes, draws nothing."""
    return {
        "name": "axes",
        "data": {"values": [{"x": first.isoformat()}]},
        "mark": {"type": "rule", "opacity": 0, "strokeWidth": 0},
        "encoding": {"x": x, "y": {**y, "datum": y["scale"]["domain"][0]}},
    }


def literal(text: str) -> str:
    """A string as an expression literal: labels never become code."""
    return json.dumps(clean(text), ensure_ascii=True)


def y_axis(ticks: Sequence[float], scale: Scale, locale: Locale) -> tuple[dict[str, Any], float]:
    """Axis definition with gridlines, and the room its labels need."""
    step = min((b - a for a, b in pairwise(ticks)), default=1.0)
    texts = [scale.value.axis_text(v, locale, step=step) for v in ticks]
    room = max(width_of(t, TEXT_SIZE) for t in texts) + 10
    lookup = "[" + ",".join(literal(t) for t in texts) + "]"
    marks = "[" + ",".join(repr(float(v)) for v in ticks) + "]"
    return (
        {
            "values": list(ticks),
            "tickCount": TICKS,
            "title": None,
            "grid": True,
            "labelPadding": 8,
            "minExtent": room,
            "maxExtent": room,
            "labelExpr": f"{lookup}[indexof({marks}, datum.value)]",
        },
        room,
    )


def _starts(days: Sequence[date], period: Period, most: int) -> list[date]:
    """Periods that get a tick, at most about `most`, on round steps of the calendar."""
    if len(days) <= 1:
        return list(days)
    if period is Period.YEAR:
        every = max(1, -(-len(days) // most))
        return [d for i, d in enumerate(days) if i % every == 0]
    months = (days[-1].year - days[0].year) * 12 + days[-1].month - days[0].month + 1
    if period in (Period.DAY, Period.WEEK) and months <= 3:
        every = max(1, -(-len(days) // most))
        return [d for i, d in enumerate(days) if i % every == 0]
    step = next((s for s in (1, 2, 3, 6, 12, 24, 60, 120) if months / s <= most), 240)
    if period is Period.QUARTER:
        step = max(3, step)
    picked: list[date] = []
    year, month = days[0].year, days[0].month
    while (year, month) <= (days[-1].year, days[-1].month):
        first = date(year, month, 1)
        absolute = year * 12 + month - 1
        if absolute % step == 0 and days[0] <= first <= days[-1]:
            picked.append(first)
        month += 1
        if month > 12:
            year, month = year + 1, 1
    return picked or [days[0]]


def _time_labels(days: Sequence[date], period: Period, locale: Locale) -> list[list[str]]:
    labels: list[list[str]] = []
    fine = period in (Period.DAY, Period.WEEK) and any(d.day != 1 for d in days)
    yearly = period is Period.YEAR or (len(days) > 1 and all(d.month == days[0].month for d in days))
    year = None
    for day in days:
        year_text = f"{day.year}年" if locale.key == "zh-hans" else str(day.year)
        if yearly and not fine:
            labels.append([year_text])
            continue
        if fine:
            head = f"{day.month}月{day.day}日" if locale.key == "zh-hans" else f"{day.day} {day:%b}"
        elif period is Period.QUARTER:
            head = f"Q{(day.month + 2) // 3}"
        elif locale.key == "zh-hans":
            head = f"{day.month}月"
        else:
            head = locale.time["shortMonths"][day.month - 1]
        labels.append([head, year_text] if day.year != year else [head])
        year = day.year
    return labels


def time_x(
    days: Sequence[date], period: Period, locale: Locale, *, plot_wide: float = 560, plot_narrow: float = 230
) -> dict[str, Any]:
    """Horizontal time encoding from the first to the last of `days` (sorted), in UTC."""
    fine = period in (Period.DAY, Period.WEEK)
    widest = ("00 Sep" if fine else "2000") if locale.key == "en" else ("00月00日" if fine else "2000年")
    room = width_of(widest, TEXT_SIZE) + 16
    branches = []
    labels: dict[int, list[str]] = {}
    for plot in (plot_narrow, plot_wide):
        ticks = _starts(days, period, max(2, int(plot / room)))
        texts = _time_labels(ticks, period, locale)
        stamps = [milliseconds(d) for d in ticks]
        branches.append(("[" + ",".join(map(str, stamps)) + "]", json.dumps(texts, ensure_ascii=True)))
        labels.update(zip(stamps, texts, strict=True))
    first, last = milliseconds(days[0]), milliseconds(days[-1])
    if first == last:
        first, last = first - 86_400_000, last + 86_400_000
    narrow, wide = branches
    switch = f"page < {NARROW}"
    return {
        "field": "x",
        "type": "temporal",
        # As expressions: a plain number would become datetime(number), which the interpreter misreads.
        "scale": {"type": "utc", "domain": [{"expr": str(first)}, {"expr": str(last)}], "nice": False},
        "axis": {
            "title": None,
            "tickCount": TICKS,
            "grid": False,
            "values": {"expr": f"{switch} ? {narrow[0]} : {wide[0]}"},
            "labelExpr": (
                f"{switch} ? {narrow[1]}[indexof({narrow[0]}, +datum.value)]"
                f" : {wide[1]}[indexof({wide[0]}, +datum.value)]"
            ),
            "domain": True,
            "ticks": True,
            "tickSize": 4,
            "labelPadding": 4,
            "minExtent": 38,
            "maxExtent": 38,
            "labelFlush": False,
        },
    }


def _placed(labels: Sequence[tuple[float, str]], plot: float, spare: float) -> list[tuple[int, bool, str]]:
    """Row (0 on top), side and text of each rule's label.

    No label meets another; no rule crosses a label, because rules start at their label's row and a rule
    under a label gets a lower row. `spare` is free room right of the plot.
    """
    sides: list[tuple[bool, str, tuple[float, float]]] = []
    for at, label in labels:
        whole = width_of(label, TEXT_SIZE) + 10
        left = at + whole > plot + spare and at + 20 > plot + spare - at
        room = at + 20 if left else plot + spare - at
        text = wrap(label, TEXT_SIZE, max(60.0, room - 10), lines=1)[0]
        length = min(whole, width_of(text, TEXT_SIZE) + 10)
        sides.append((left, text, (at - length, at) if left else (at, at + length)))
    lanes = [0] * len(labels)
    for _ in range(len(labels) ** 2):
        moved = False
        for i, (_, _, (start, end)) in enumerate(sides):
            for j, (at, _) in enumerate(labels):
                if i == j:
                    continue
                under = start < at < end or (at == labels[i][0] and i < j)
                meets = (
                    lanes[i] == lanes[j] and i < j and sides[j][2][0] < end + 4 and start < sides[j][2][1] + 4
                )
                if (under and lanes[j] <= lanes[i] and lanes[i] < len(labels)) or meets:
                    lanes[j] = lanes[i] + 1
                    moved = True
        if not moved:
            break
    rank = {lane: order for order, lane in enumerate(sorted(set(lanes)))}
    return [(rank[lane], left, text) for lane, (left, text, _) in zip(lanes, sides, strict=True)]


def rule_layers(
    rules: Sequence[Rule],
    *,
    first: date,
    last: date,
    x: dict[str, Any],
    plot_wide: float = 560,
    plot_narrow: float = 230,
) -> list[Layer]:
    """Labelled vertical rules inside first..last.

    Labels that would meet go to another row; labels near the right end are set to the left of their rule.
    """
    inside = sorted((r for r in rules if first <= r.at <= last), key=lambda r: (r.at, r.label))
    if not inside:
        return []
    start, end = milliseconds(first), milliseconds(last)
    span = max(end - start, 1)
    rows: list[dict[str, Any]] = [
        {"x": rule.at.isoformat(), "kind": rule.kind.value, "label": rule.label} for rule in inside
    ]
    lanes_used = []
    for name, plot, spare in (("wide", plot_wide, 60.0), ("narrow", plot_narrow, 60.0)):
        at = [(milliseconds(rule.at) - start) / span * plot for rule in inside]
        placed = _placed([(x_, rule.label) for x_, rule in zip(at, inside, strict=True)], plot, spare)
        for (lane, left, text), row in zip(placed, rows, strict=True):
            row[name] = {"lane": lane, "left": left, "text": text}
        lanes_used.append(1 + max(lane for lane, _, _ in placed))
    layers: list[Layer] = []
    for name, only, lanes in (
        ("wide", wide_only(), lanes_used[0]),
        ("narrow", narrow_only(), lanes_used[1]),
    ):
        values = [
            {
                "x": row["x"],
                "kind": row["kind"],
                "text": row[name]["text"],
                "top": -6 - LANE * (lanes - 1 - row[name]["lane"]) - 12,
                "align": "right" if row[name]["left"] else "left",
                "dx": -5 if row[name]["left"] else 5,
            }
            for row in rows
        ]
        layers.append(
            {
                "data": {"values": values},
                "transform": only,
                "mark": {
                    "type": "rule",
                    "style": "line-rule",
                    "strokeWidth": 1,
                    "y": {"expr": "datum.top"},
                    "y2": "height",
                    "strokeDash": {"expr": "datum.kind === 'go_live' ? [1, 0] : [2, 3]"},
                },
                "encoding": {"x": x},
            }
        )
        layers.append(
            {
                "data": {"values": values},
                "transform": only,
                "mark": {
                    "type": "text",
                    "style": ["muted"],
                    "y": {"expr": "datum.top"},
                    "dx": {"expr": "datum.dx"},
                    "align": {"expr": "datum.align"},
                    "baseline": "top",
                },
                "encoding": {"x": x, "text": {"field": "text"}},
            }
        )
    return layers


PIXELS: dict[str, Any] = {"field": "row", "type": "quantitative", "scale": None, "axis": None}


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyItem:
    """One sign of a key."""

    text: str
    style: str
    shape: str
    hollow: bool = False
    size: float = 70


def key_layers(items: Sequence[KeyItem], *, above: tuple[float, float], left_wide: float = 0) -> list[Layer]:
    """Signs with their names in one line above the plot, more lines on a phone.

    `above` is the distance of the lowest line from the plot (page, phone).
    """
    layers: list[Layer] = []
    for only, page, offset, start in (
        (wide_only(), 610.0, above[0], left_wide),
        (narrow_only(), 312.0, above[1], 0.0),
    ):
        lines: list[list[tuple[float, KeyItem]]] = [[]]
        at = 0.0
        for item in items:
            length = 16 + width_of(item.text, TEXT_SIZE) + 16
            if at and at + length - 16 > page:
                lines.append([])
                at = 0.0
            lines[-1].append((at, item))
            at += length
        texts = []
        for index, line in enumerate(lines):
            y = -offset - (len(lines) - 1 - index) * 18
            for left, item in line:
                texts.append({"row": y, "left": start + left + 14, "text": item.text})
                mark: dict[str, Any] = {
                    "type": "point",
                    "style": [item.style, "hollow"] if item.hollow else item.style,
                    "filled": not item.hollow,
                    "shape": item.shape,
                    "size": item.size,
                    "opacity": 1,
                    "x": start + left + 5,
                    "y": y,
                }
                if item.shape == "stroke":
                    mark |= {"angle": 90, "filled": False, "strokeWidth": 2, "size": item.size}
                layers.append({"data": {"values": [{}]}, "transform": only, "mark": mark, "encoding": {}})
        layers.append(
            {
                "data": {"values": texts},
                "transform": only,
                "mark": {
                    "type": "text",
                    "style": "muted",
                    "align": "left",
                    "baseline": "middle",
                    "x": {"expr": "datum.left"},
                },
                "encoding": {"y": PIXELS, "text": {"field": "text"}},
            }
        )
    return layers


def top_axis(ticks: Sequence[float]) -> dict[str, Any]:
    """Gridlines of a horizontal value axis; `tick_texts` writes its labels."""
    return {
        "orient": "top",
        "values": list(ticks),
        "tickCount": TICKS,
        "title": None,
        "grid": True,
        "labels": False,
    }


def tick_texts(
    ticks: Sequence[float],
    wide: Sequence[Sequence[str]],
    narrow: Sequence[Sequence[str]],
    x: dict[str, Any],
    *,
    flush: bool = True,
) -> tuple[list[Layer], tuple[float, float]]:
    """Labels of a value axis on top, in one or more lines, and their height (page, phone).

    With `flush` the outer labels stay inside the plot.
    """
    layers: list[Layer] = []
    heights = []
    for only, texts, inside in ((wide_only(), wide, flush), (narrow_only(), narrow, True)):
        lines = max(len(t) for t in texts)
        heights.append(lines * LINE + 4.0)
        for align in ("left", "center", "right"):
            values = [
                {"x": tick, "text": list(text)}
                for i, (tick, text) in enumerate(zip(ticks, texts, strict=True))
                if any(text)
                and align
                == ("left" if inside and i == 0 else "right" if inside and i == len(ticks) - 1 else "center")
            ]
            if values:
                layers.append(
                    {
                        "data": {"values": values},
                        "transform": only,
                        "mark": {"type": "text", "style": ["muted", "small"], "align": align,
                                 "baseline": "top", "y": -4 - lines * LINE, "lineHeight": LINE},
                        "encoding": {"x": x, "text": {"field": "text"}},
                    }
                )  # fmt: skip
    return layers, (heights[0], heights[1])


def thinned(texts: Sequence[str], ticks: Sequence[float], room: float) -> list[list[str]]:
    """Tick labels with every second (third, ...) left out until they fit into `room`; zero stays."""
    widest = max(width_of(t, SMALL) for t in texts) + 12
    every = 1
    while len(texts) / every * widest > room + widest and every < len(texts):
        every += 1
    keep = next((i for i, v in enumerate(ticks) if abs(v) < 1e-12), 0) % every
    return [[t] if i % every == keep else [""] for i, t in enumerate(texts)]


@dataclass(frozen=True, kw_only=True, slots=True)
class EndLabel:
    """Words beside the right end of a line, at value pixel `y`; `detail` is a second, quieter line."""

    y: float
    text: str
    style: str
    detail: str = ""


def end_labels(
    labels: Sequence[EndLabel],
    *,
    height: float,
    room_wide: float = 150,
    room_narrow: float = 84,
    dx: float = 10,
) -> list[Layer]:
    """Text layers in the right margin, moved apart so that none meets another."""
    layers: list[Layer] = []
    for only, room, size in ((wide_only(), room_wide, TEXT_SIZE), (narrow_only(), room_narrow, SMALL)):
        blocks = []
        line = LINE if size == TEXT_SIZE else 13
        for label in labels:
            head = wrap(label.text, size * 1.05, room, lines=4)
            detail = wrap(label.detail, size, room, lines=4) if label.detail else []
            blocks.append((head, detail))
        heights = [line * (len(head) + len(detail)) + 2.0 for head, detail in blocks]
        centers = spread([b.y for b in labels], heights, low=-10, high=height + 12, gap=3)
        by_style: dict[str, list[dict[str, Any]]] = {}
        for label, (head, detail), center, tall in zip(labels, blocks, centers, heights, strict=True):
            top = center - tall / 2 + 1
            by_style.setdefault(label.style, []).append({"y": top, "text": head})
            if detail:
                by_style.setdefault("muted", []).append({"y": top + line * len(head), "text": detail})
        for style, values in by_style.items():
            layers.append(
                {
                    "data": {"values": values},
                    "transform": only,
                    "mark": {
                        "type": "text",
                        "style": [style] if size == TEXT_SIZE else ["small", style],
                        "align": "left",
                        "baseline": "top",
                        "x": "width",
                        "dx": dx,
                        "y": {"expr": "datum.y"},
                    },
                    "encoding": {"text": {"field": "text"}},
                }
            )
    return layers


def hover_layer(
    values: list[dict[str, Any]],
    *,
    encoding: dict[str, Any],
    tooltips: Sequence[tuple[str, str]],
    name: str = "hover",
) -> Layer:
    """Invisible points that answer the pointer with a tooltip; the printed drawing leaves them out.

    `tooltips` are (field, heading); fields hold finished text.
    """
    return {
        "name": f"hover_{name}",
        "data": {"values": values},
        "params": [
            {
                "name": f"pointed_{name}",
                "select": {"type": "point", "on": "pointerover", "clear": "pointerout", "nearest": True},
            }
        ],
        "mark": {"type": "point", "style": "hover", "filled": True, "size": 70},
        "encoding": {
            **encoding,
            "opacity": {
                "condition": {"param": f"pointed_{name}", "empty": False, "value": 1},
                "value": 0,
            },
            "tooltip": [{"field": f, "type": "nominal", "title": heading} for f, heading in tooltips],
        },
    }


def pixel(value: float, low: float, high: float, height: float) -> float:
    """Vertical pixel of `value` on a plot of `height`."""
    return height if high == low else height * (high - value) / (high - low)


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """Pixel rows of one layout."""

    wide: bool
    centers: tuple[float, ...]
    height: float
    names: tuple[tuple[str, ...], ...]
    room: float

    @property
    def key(self) -> str:
        return "wide" if self.wide else "narrow"


def grids(
    names: Sequence[str], *, wide_room: float = 190, narrow_room: float = 300, tall: float = 32
) -> tuple[Grid, Grid]:
    """Layouts for page and phone: names beside their row, or above it where the page is narrow."""
    longest = max(width_of(n, TEXT_SIZE) for n in names)
    room = min(wide_room, longest + 4)
    wide_names = tuple(tuple(wrap(n, TEXT_SIZE, room, lines=3)) for n in names)
    narrow_names = tuple(tuple(wrap(n, TEXT_SIZE, narrow_room, lines=2)) for n in names)
    grids = []
    for is_wide, lines in ((True, wide_names), (False, narrow_names)):
        at = 0.0
        centers = []
        for one in lines:
            if is_wide:
                room_needed = max(tall, len(one) * LINE + 10.0)
                centers.append(at + room_needed / 2)
            else:
                room_needed = len(one) * LINE + 31.0
                centers.append(at + len(one) * LINE + 14.0)
            at += room_needed
        grids.append(
            Grid(
                wide=is_wide,
                centers=tuple(centers),
                height=at + (0 if is_wide else 4),
                names=lines,
                room=room if is_wide else 0,
            )
        )
    return grids[0], grids[1]


def only(grid: Grid) -> list[dict[str, Any]]:
    """Transform that keeps a layer in the grid's own layout."""
    return wide_only() if grid.wide else narrow_only()


def name_layer(grid: Grid, style: str = "ink", skip: Collection[int] = ()) -> Layer:
    """Names of the rows whose position is not in `skip`."""
    values = []
    for position, (lines, center) in enumerate(zip(grid.names, grid.centers, strict=True)):
        if position in skip:
            continue
        top = center + 1.5 - len(lines) * LINE / 2 if grid.wide else center - 12 - len(lines) * LINE
        values.append({"row": top, "text": list(lines)})
    return {
        "data": {"values": values},
        "transform": only(grid),
        "mark": {
            "type": "text",
            "style": style,
            "align": "left",
            "baseline": "top",
            "x": -(grid.room + 14) if grid.wide else 0,
        },
        "encoding": {"y": PIXELS, "text": {"field": "text"}},
    }


def value_axes(low: float, x: dict[str, Any]) -> Layer:
    """Carries the horizontal value axis, draws nothing."""
    return {
        "name": "axes",
        "data": {"values": [{"x": low}]},
        "mark": {"type": "rule", "opacity": 0, "strokeWidth": 0},
        "encoding": {"x": x},
    }


def value_rules(
    marks: Sequence[tuple[float, str, bool]], *, low: float, high: float, x: dict[str, Any]
) -> tuple[list[Layer], tuple[int, int]]:
    """Labelled vertical rules at values (value, label, strong), and the rows of labels (page, phone)."""
    layers: list[Layer] = []
    rows = []
    ordered = sorted((m for m in marks if low <= m[0] <= high), key=lambda m: m[0])
    if not ordered:
        return [], (0, 0)
    for keep, plot in ((wide_only(), 600.0), (narrow_only(), 310.0)):
        placed = _placed([((v - low) / (high - low) * plot, t) for v, t, _ in ordered], plot, 20)
        count = 1 + max(lane for lane, _, _ in placed)
        rows.append(count)
        values = [
            {
                "x": value,
                "top": -LANE * (count - lane) - 2,
                "text": text,
                "align": "right" if left else "left",
                "dx": -5 if left else 5,
                "strong": strong,
            }
            for (value, _, strong), (lane, left, text) in zip(ordered, placed, strict=True)
        ]
        layers.append(
            {
                "data": {"values": values},
                "transform": keep,
                "mark": {
                    "type": "rule",
                    "style": "line-ink",
                    "strokeWidth": {"expr": "datum.strong ? 1.8 : 1"},
                    "strokeDash": {"expr": "datum.strong ? [1, 0] : [4, 3]"},
                    "y": {"expr": "datum.top"},
                    "y2": "height",
                },
                "encoding": {"x": x},
            }
        )
        for strong, style in ((False, "muted"), (True, "strong")):
            chosen = [v for v in values if v["strong"] is strong]
            if chosen:
                layers.append(
                    {
                        "data": {"values": chosen},
                        "transform": keep,
                        "mark": {
                            "type": "text",
                            "style": style,
                            "baseline": "top",
                            "y": {"expr": "datum.top"},
                            "dx": {"expr": "datum.dx"},
                            "align": {"expr": "datum.align"},
                        },
                        "encoding": {"x": x, "text": {"field": "text"}},
                    }
                )
    return layers, (rows[0], rows[1])
