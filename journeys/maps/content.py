"""The drawing of a map as a document: place -> value, and how it is read. Pure.

Places: `stages`, `lanes` (keys in order), `stage.K` (name), `lane.K` ({kind, name}), `order.STAGE` (keys of
its steps in order), and of a step `name.K`, `emotion.K` (-2..2), `touchpoints.K` (keys), `owner.K` (key of
a function), `nested.K` (key of a map); `cell.COLUMN.LANE` (text), where a column is a stage or a step. A
place without a value is absent. Keys are made of the
map and the version in which they appeared, and never used again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

type Value = Any  # what JSON holds: a text, a number, a list of keys, a small object; None where absent
type Flat = Mapping[str, Value]
type Updates = dict[str, Value]
type Patch = dict[str, tuple[Value, Value]]

OF_A_STEP = ("name", "emotion", "touchpoints", "owner", "nested")


@dataclass(frozen=True, kw_only=True, slots=True)
class Lane:
    key: str
    kind: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step; `emotion` None where nobody has drawn one."""

    key: str
    stage: str
    number: int  # in the map, from 1
    name: str
    emotion: int | None
    touchpoints: tuple[str, ...]
    owner: str
    nested: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    key: str
    name: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawing:
    stages: tuple[Stage, ...]
    lanes: tuple[Lane, ...]
    cells: Mapping[tuple[str, str], str]

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(step for stage in self.stages for step in stage.steps)

    @property
    def columns(self) -> tuple[str, ...]:
        """Keys of what has cells, in the map's order: the steps of a stage, or the stage where it has
        none."""
        return tuple(key for stage in self.stages for key in ([s.key for s in stage.steps] or [stage.key]))

    def step(self, key: str) -> Step | None:
        return next((step for step in self.steps if step.key == key), None)


def drawing_of(flat: Flat) -> Drawing:
    """The document as stages, lanes and cells. What it does not know is passed over, so that an older or a
    newer document still opens."""
    number, stages = 0, []
    for stage in flat.get("stages", ()):
        steps = []
        for key in flat.get(f"order.{stage}", ()):
            number += 1
            steps.append(
                Step(
                    key=key,
                    stage=stage,
                    number=number,
                    name=flat.get(f"name.{key}") or "",
                    emotion=flat.get(f"emotion.{key}"),
                    touchpoints=tuple(flat.get(f"touchpoints.{key}") or ()),
                    owner=flat.get(f"owner.{key}") or "",
                    nested=flat.get(f"nested.{key}") or "",
                )
            )
        stages.append(Stage(key=stage, name=flat.get(f"stage.{stage}") or "", steps=tuple(steps)))
    lanes = [
        Lane(key=key, kind=flat[f"lane.{key}"]["kind"], name=flat[f"lane.{key}"]["name"])
        for key in flat.get("lanes", ())
        if f"lane.{key}" in flat
    ]
    return Drawing(stages=tuple(stages), lanes=tuple(lanes), cells=dict(_cells(flat)))


def _cells(flat: Flat) -> Iterator[tuple[tuple[str, str], str]]:
    for place, value in flat.items():
        if place.startswith("cell."):
            _word, column, lane = place.split(".")
            yield (column, lane), value


def changed(flat: Flat, updates: Mapping[str, Value]) -> Patch:
    """What the updates change, place by place; those that change nothing are left out."""
    return {place: (flat.get(place), value) for place, value in updates.items() if flat.get(place) != value}


def applied(flat: Flat, patch: Mapping[str, Any]) -> dict[str, Value]:
    """The document after a change."""
    result = dict(flat)
    for place, (_before, after) in patch.items():
        if after is None:
            result.pop(place, None)
        else:
            result[place] = after
    return result


def reversed_patch(patch: Mapping[str, Any]) -> Patch:
    return {place: (after, before) for place, (before, after) in patch.items()}


def difference(before: Flat, after: Flat) -> Patch:
    """What leads from one document to another."""
    places = dict.fromkeys([*before, *after])
    return {
        place: (before.get(place), after.get(place))
        for place in places
        if before.get(place) != after.get(place)
    }


def is_structure(place: str) -> bool:
    """Whether a place is an order: two people who add or move things do not stand in each other's way."""
    return place in {"stages", "lanes"} or place.startswith("order.")


def loose_ends(flat: Flat) -> set[str]:
    """Places that hang in the air, or that are missed: of a step that is in no stage or in two, a stage or a
    lane that is not in the order, a text under what is not there. Empty for a whole drawing."""
    stages, lanes = list(flat.get("stages", ())), list(flat.get("lanes", ()))
    found: set[str] = set()
    homes: dict[str, list[str]] = {}
    for stage in stages:
        found |= {place for place in (f"stage.{stage}", f"order.{stage}") if place not in flat}
        for step in flat.get(f"order.{stage}", ()):
            homes.setdefault(step, []).append(f"order.{stage}")
    for step, orders in homes.items():
        if len(orders) > 1 or f"name.{step}" not in flat:
            found |= {*orders, f"name.{step}"}
    found |= {f"lane.{lane}" for lane in lanes} - set(flat)
    for place in flat:
        word, _dot, key = place.partition(".")
        if word in OF_A_STEP and key not in homes:
            found |= {place, f"name.{key}"}
        elif word in {"stage", "order"} and key not in stages:
            found |= {place, f"stage.{key}"}
        elif word == "lane" and key not in lanes:
            found.add(place)
        elif word == "cell":
            column, _dot, lane = key.partition(".")
            found |= {place, f"name.{column}"} if column not in homes and column not in stages else set()
            found |= {place, f"lane.{lane}"} if lane not in lanes else set()
    return found
