"""Labelled rules: at dates and at values."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from cxcharts.frame.sheet import LANE, TEXT_SIZE, Layer, layer, narrow_only, wide_only
from cxcharts.locale import milliseconds
from cxcharts.text import width_of, wrap

NARROWEST_PLOT = 410.0  # of the page layout, with names at the lines' ends
SPARE = 60.0  # of the room for those names, which a rule's label may use too: it stands above them


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


# From the label's row above the plot down to its foot.
_UPRIGHT: dict[str, Any] = {"type": "rule", "y": {"expr": "datum.top"}, "y2": "height"}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Label:
    """A rule's label in pixels: from `start` to `end`, in row `lane` (0 on top)."""

    at: float
    text: str
    is_left: bool
    start: float
    end: float
    lane: int = 0

    @property
    def beside(self) -> dict[str, Any]:
        """How the drawing sets it beside its rule."""
        return {"align": "right" if self.is_left else "left", "dx": -5 if self.is_left else 5}


def _placed(labels: Sequence[tuple[float, str]], plot: float, spare: float) -> list[_Label]:
    """Where each rule's label stands.

    No label meets another; no rule crosses a label, because rules start at their label's row and a rule
    under a label gets a lower row. `spare` is free room right of the plot.
    """
    sides = [_beside(at, text, plot + spare) for at, text in labels]
    lanes = [0] * len(sides)
    for _ in range(len(sides) ** 2):  # each round moves a label down by one row at least, or is the last
        moved = False
        for i, one in enumerate(sides):
            for j, other in enumerate(sides):
                if i == j:
                    continue
                # A rule that stands under this label, or at the same place and later, starts below it.
                under = one.start < other.at < one.end or (other.at == one.at and i < j)
                meets = (
                    i < j and lanes[i] == lanes[j] and other.start < one.end + 4 and one.start < other.end + 4
                )
                if (under and lanes[j] <= lanes[i] < len(sides)) or meets:
                    lanes[j] = lanes[i] + 1
                    moved = True
        if not moved:
            break
    rank = {lane: order for order, lane in enumerate(sorted(set(lanes)))}
    return [replace(one, lane=rank[lane]) for one, lane in zip(sides, lanes, strict=True)]


def _beside(at: float, label: str, edge: float) -> _Label:
    """Right of its rule; left where it would pass the `edge` and there is more room on that side."""
    whole = width_of(label, TEXT_SIZE) + 10
    is_left = at + whole > edge and at + 20 > edge - at
    room = at + 20 if is_left else edge - at
    text = wrap(label, TEXT_SIZE, max(60.0, room - 10), lines=1)[0]
    length = min(whole, width_of(text, TEXT_SIZE) + 10)
    start, end = (at - length, at) if is_left else (at, at + length)
    return _Label(at=at, text=text, is_left=is_left, start=start, end=end)


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
    start = milliseconds(first)
    span = max(milliseconds(last) - start, 1)
    layers: list[Layer] = []
    for keep, plot in ((wide_only(), plot_wide), (narrow_only(), plot_narrow)):
        at = [((milliseconds(rule.at) - start) / span * plot, rule.label) for rule in inside]
        placed = _placed(at, plot, SPARE)
        lanes = 1 + max(label.lane for label in placed)
        values = [
            {
                "x": rule.at.isoformat(),
                "kind": rule.kind.value,
                "text": label.text,
                "top": -6 - LANE * (lanes - 1 - label.lane) - 12,
                **label.beside,
            }
            for rule, label in zip(inside, placed, strict=True)
        ]
        mark = {**_UPRIGHT, "style": "line-rule", "strokeWidth": 1,
                "strokeDash": {"expr": "datum.kind === 'go_live' ? [1, 0] : [2, 3]"}}  # fmt: skip
        layers += [layer(values, mark, {"x": x}, keep=keep), _label_texts(values, ["muted"], x, keep)]
    return layers


def value_rules(
    marks: Sequence[tuple[float, str, bool]], *, low: float, high: float, x: dict[str, Any]
) -> tuple[list[Layer], tuple[int, int]]:
    """Labelled vertical rules at values (value, label, strong), and the rows of labels (page, phone)."""
    ordered = sorted((m for m in marks if low <= m[0] <= high), key=lambda m: m[0])
    if not ordered:
        return [], (0, 0)
    layers: list[Layer] = []
    rows = []
    for keep, plot in ((wide_only(), 600.0), (narrow_only(), 310.0)):
        placed = _placed([((v - low) / (high - low) * plot, t) for v, t, _ in ordered], plot, 20)
        count = 1 + max(label.lane for label in placed)
        rows.append(count)
        values = [
            {
                "x": value,
                "top": -LANE * (count - label.lane) - 2,
                "text": label.text,
                **label.beside,
                "strong": strong,
            }
            for (value, _, strong), label in zip(ordered, placed, strict=True)
        ]
        mark = {**_UPRIGHT, "style": "line-ink",
                "strokeWidth": {"expr": "datum.strong ? 1.8 : 1"},
                "strokeDash": {"expr": "datum.strong ? [1, 0] : [4, 3]"}}  # fmt: skip
        layers.append(layer(values, mark, {"x": x}, keep=keep))
        for strong, style in ((False, "muted"), (True, "strong")):
            chosen = [value for value in values if value["strong"] is strong]
            if chosen:
                layers.append(_label_texts(chosen, style, x, keep))
    return layers, (rows[0], rows[1])


def _label_texts(
    values: list[dict[str, Any]], style: str | list[str], x: dict[str, Any], keep: list[dict[str, Any]]
) -> Layer:
    """Labels beside the tops of their rules, as their data say."""
    mark = {
        "type": "text",
        "style": style,
        "y": {"expr": "datum.top"},
        "dx": {"expr": "datum.dx"},
        "align": {"expr": "datum.align"},
        "baseline": "top",
    }
    return layer(values, mark, {"x": x, "text": {"field": "text"}}, keep=keep)
