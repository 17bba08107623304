"""Labelled rules: at dates and at values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from cxcharts.frame.sheet import LANE, TEXT_SIZE, Layer, narrow_only, wide_only
from cxcharts.locale import milliseconds
from cxcharts.text import width_of, wrap

NARROWEST_PLOT = 410.0  # of the page layout, with names at the lines' ends


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
    plot_wide: float = NARROWEST_PLOT,
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
