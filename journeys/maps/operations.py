"""What can be done to a drawing: each operation says which places get which values. No rows, no people.

An operation reads the document, checks what it was told and returns updates; `None` empties a place. New
keys come from `Keys`, which makes them of the version that is being written. Raises InvalidValues with the
field that is wrong.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from common.errors import InvalidValues
from common.text import legible, one_line
from journeys.maps.choices import (
    LONGEST_NAME,
    LONGEST_TEXT,
    MOST_LANES,
    MOST_PASTED,
    MOST_STAGES,
    MOST_STEPS,
    Emotion,
    LaneKind,
)
from journeys.maps.content import OF_A_STEP, Flat, Updates


@dataclass(kw_only=True, slots=True)
class Keys:
    """Keys for what is new: of the map and its version, and counted within it. Nothing of a copy that was
    added later has the key of something else in the first map."""

    map: int
    version: int
    given: int = field(default=0)

    def next(self, letter: str) -> str:
        self.given += 1
        return f"{letter}{self.map}-{self.version}-{self.given}"


def wrong(name: str, text: str) -> InvalidValues:
    return InvalidValues(text, fields={name: text})


def _name(value: str, *, where: str = "name") -> str:
    name = one_line(value)
    if not name:
        raise wrong(where, _("Give it a name."))
    if len(name) > LONGEST_NAME:
        raise wrong(where, _("A name has at most %(most)d characters.") % {"most": LONGEST_NAME})
    return name


def _text(value: str, *, where: str = "text") -> str:
    text = legible(value).replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(text) > LONGEST_TEXT:
        raise wrong(where, _("A cell has at most %(most)d characters.") % {"most": LONGEST_TEXT})
    return text


def _known(flat: Flat, letter: str, key: str, where: str) -> str:
    if f"{letter}.{key}" not in flat:
        raise wrong(where, _("This is no longer on the map. Reload it to see what it is now."))
    return key


def stage_of(flat: Flat, step: str) -> str:
    return next((stage for stage in flat["stages"] if step in flat.get(f"order.{stage}", ())), "")


def _with(keys: Sequence[str], new: str, after: str = "") -> list[str]:
    """The keys with a new one behind `after`, or at the end."""
    rest = list(keys)
    rest.insert(rest.index(after) + 1 if after in rest else len(rest), new)
    return rest


def _shifted(keys: Sequence[str], key: str, by: int) -> list[str]:
    rest = [one for one in keys if one != key]
    place = max(0, min(len(rest), list(keys).index(key) + by))
    return [*rest[:place], key, *rest[place:]]


def _of_column(flat: Flat, column: str) -> list[str]:
    return [place for place in flat if place.startswith(f"cell.{column}.")]


def count_steps(flat: Flat) -> int:
    return sum(len(flat.get(f"order.{stage}", ())) for stage in flat.get("stages", ()))


# --- stages -------------------------------------------------------------------------------------


def add_stage(flat: Flat, keys: Keys, *, name: str, after: str = "") -> Updates:
    if len(flat["stages"]) >= MOST_STAGES:
        raise wrong("name", _("A map has at most %(most)d stages.") % {"most": MOST_STAGES})
    key = keys.next("s")
    return {"stages": _with(flat["stages"], key, after), f"stage.{key}": _name(name), f"order.{key}": []}


def rename_stage(flat: Flat, _keys: Keys, *, stage: str, name: str) -> Updates:
    return {f"stage.{_known(flat, 'stage', stage, 'stage')}": _name(name)}


def move_stage(flat: Flat, _keys: Keys, *, stage: str, by: int) -> Updates:
    return {"stages": _shifted(flat["stages"], _known(flat, "stage", stage, "stage"), by)}


def remove_stage(flat: Flat, keys: Keys, *, stage: str) -> Updates:
    """With its steps and all that stands under them. The last one stays: a map has a column."""
    _known(flat, "stage", stage, "stage")
    if len(flat["stages"]) == 1:
        raise wrong("stage", _("A map needs at least one stage."))
    updates: Updates = {}
    for step in flat[f"order.{stage}"]:
        updates.update(remove_step(flat, keys, step=step))
    rest = [key for key in flat["stages"] if key != stage]
    gone = dict.fromkeys([f"stage.{stage}", f"order.{stage}", *_of_column(flat, stage)])
    return {**updates, **gone, "stages": rest}


# --- lanes --------------------------------------------------------------------------------------


def add_lane(flat: Flat, keys: Keys, *, kind: str, name: str = "", after: str = "") -> Updates:
    """A lane of a kind; one of its own needs a name."""
    if kind not in LaneKind.values:
        raise wrong("kind", _("Choose one of the lanes."))
    if len(flat["lanes"]) >= MOST_LANES:
        raise wrong("kind", _("A map has at most %(most)d lanes.") % {"most": MOST_LANES})
    said = _name(name) if kind == LaneKind.OWN or one_line(name) else ""
    key = keys.next("l")
    return {"lanes": _with(flat["lanes"], key, after), f"lane.{key}": {"kind": kind, "name": said}}


def rename_lane(flat: Flat, _keys: Keys, *, lane: str, name: str) -> Updates:
    """An empty name gives a lane of a kind its usual one."""
    kind = flat[f"lane.{_known(flat, 'lane', lane, 'lane')}"]["kind"]
    said = _name(name) if kind == LaneKind.OWN or one_line(name) else ""
    return {f"lane.{lane}": {"kind": kind, "name": said}}


def move_lane(flat: Flat, _keys: Keys, *, lane: str, by: int) -> Updates:
    return {"lanes": _shifted(flat["lanes"], _known(flat, "lane", lane, "lane"), by)}


def remove_lane(flat: Flat, _keys: Keys, *, lane: str) -> Updates:
    _known(flat, "lane", lane, "lane")
    cells = [place for place in flat if place.startswith("cell.") and place.endswith(f".{lane}")]
    rest = [key for key in flat["lanes"] if key != lane]
    return {**dict.fromkeys([f"lane.{lane}", *cells]), "lanes": rest}


# --- steps --------------------------------------------------------------------------------------


def add_step(flat: Flat, keys: Keys, *, stage: str, name: str, after: str = "") -> Updates:
    """At the end of the stage, or behind a step of it. The first one takes over what stands under the
    stage, which has no cells of its own from then on."""
    _known(flat, "stage", stage, "stage")
    _room_for_steps(flat, 1)
    key, order = keys.next("p"), list(flat[f"order.{stage}"])
    updates: Updates = {f"order.{stage}": _with(order, key, after), f"name.{key}": _name(name)}
    return updates if order else {**updates, **_handed_down(flat, stage, key)}


def _handed_down(flat: Flat, stage: str, step: str) -> Updates:
    """The texts under a stage go to its only step, each where the step has none; what finds no place stays
    under the stage until it is empty again."""
    updates: Updates = {}
    for place in _of_column(flat, stage):
        target = f"cell.{step}.{place.rpartition('.')[2]}"
        if target not in flat:
            updates |= {place: None, target: flat[place]}
    return updates


def _room_for_steps(flat: Flat, new: int) -> None:
    if count_steps(flat) + new > MOST_STEPS:
        raise wrong(
            "name",
            _("A map has at most %(most)d steps. Give a part of it a map of its own and open it from a step.")
            % {"most": MOST_STEPS},
        )


def move_step(flat: Flat, _keys: Keys, *, step: str, by: int = 0, stage: str = "") -> Updates:
    """By places within its stage and beyond its ends, or to the end of another stage."""
    _known(flat, "name", step, "step")
    home = stage_of(flat, step)
    steps = list(flat[f"order.{home}"])
    if stage and stage != home:
        _known(flat, "stage", stage, "stage")
        return _to_stage(flat, step, home, stage, at_end=True)
    place = steps.index(step) + by
    if 0 <= place < len(steps):
        return {f"order.{home}": _shifted(steps, step, by)}
    number = flat["stages"].index(home) + (1 if by > 0 else -1)
    if not 0 <= number < len(flat["stages"]):
        return {}
    return _to_stage(flat, step, home, flat["stages"][number], at_end=by < 0)


def _to_stage(flat: Flat, step: str, home: str, stage: str, *, at_end: bool) -> Updates:
    rest = [key for key in flat[f"order.{home}"] if key != step]
    there = list(flat[f"order.{stage}"])
    order = [*there, step] if at_end else [step, *there]
    updates: Updates = {f"order.{home}": rest, f"order.{stage}": order}
    return updates if there else {**updates, **_handed_down(flat, stage, step)}


def copy_step(flat: Flat, keys: Keys, *, step: str) -> Updates:
    """Behind the step, with all that stands under it."""
    _known(flat, "name", step, "step")
    _room_for_steps(flat, 1)
    key, stage = keys.next("p"), stage_of(flat, step)
    updates: Updates = {f"order.{stage}": _with(flat[f"order.{stage}"], key, step)}
    for part in OF_A_STEP:
        if f"{part}.{step}" in flat:
            updates[f"{part}.{key}"] = flat[f"{part}.{step}"]
    for place in _of_column(flat, step):
        updates[f"cell.{key}.{place.rpartition('.')[2]}"] = flat[place]
    name = _("%(name)s (copy)") % {"name": flat[f"name.{step}"]}
    updates[f"name.{key}"] = name[:LONGEST_NAME]
    return updates


def split_step(flat: Flat, keys: Keys, *, step: str, name: str) -> Updates:
    """The second half becomes a step of its own behind it, with the same touchpoints and owner; what is
    written under the step stays under the first half."""
    updates = add_step(
        flat, keys, stage=stage_of(flat, _known(flat, "name", step, "step")), name=name, after=step
    )
    key = next(place for place in updates if place.startswith("name.")).partition(".")[2]
    for part in ("touchpoints", "owner"):
        if f"{part}.{step}" in flat:
            updates[f"{part}.{key}"] = flat[f"{part}.{step}"]
    return updates


def remove_step(flat: Flat, _keys: Keys, *, step: str) -> Updates:
    _known(flat, "name", step, "step")
    stage = stage_of(flat, step)
    parts = [f"{part}.{step}" for part in OF_A_STEP if f"{part}.{step}" in flat]
    rest = [key for key in flat[f"order.{stage}"] if key != step]
    return {**dict.fromkeys([*parts, *_of_column(flat, step)]), f"order.{stage}": rest}


def set_step(
    flat: Flat,
    _keys: Keys,
    *,
    step: str,
    name: str | None = None,
    emotion: int | str | None = None,
    touchpoints: Sequence[str] | None = None,
    owner: str | None = None,
    nested: str | None = None,
) -> Updates:
    """What is given; an emotion of "" takes the emotion away. Keys are checked by the service, which knows
    rows."""
    _known(flat, "name", step, "step")
    updates: Updates = {}
    if name is not None:
        updates[f"name.{step}"] = _name(name)
    if emotion is not None:
        if emotion != "" and emotion not in Emotion.values:
            raise wrong("emotion", _("Choose one of the five emotions."))
        updates[f"emotion.{step}"] = None if emotion == "" else int(emotion)
    if touchpoints is not None:
        updates[f"touchpoints.{step}"] = list(dict.fromkeys(touchpoints)) or None
    if owner is not None:
        updates[f"owner.{step}"] = owner or None
    if nested is not None:
        updates[f"nested.{step}"] = nested or None
    return updates


# --- cells --------------------------------------------------------------------------------------


def set_cell(flat: Flat, _keys: Keys, *, column: str, lane: str, text: str) -> Updates:
    """Under a step, or under a stage that has none."""
    if f"name.{column}" not in flat and flat[f"order.{_known(flat, 'stage', column, 'column')}"]:
        raise wrong("column", _("This stage has steps now. Reload the map and write under one of them."))
    _known(flat, "lane", lane, "lane")
    return {f"cell.{column}.{lane}": _text(text) or None}


def paste(flat: Flat, _keys: Keys, *, column: str, lane: str, rows: Sequence[Sequence[str]]) -> Updates:
    """Cells of a spreadsheet from this cell on to the right and down. What would fall off the map is refused,
    and so is a paste of more than 2,000 cells: nothing is pasted by half."""
    columns = [key for stage in flat["stages"] for key in (flat[f"order.{stage}"] or [stage])]
    lanes = list(flat["lanes"])
    _known(flat, "lane", lane, "lane")
    if column not in columns:
        raise wrong("column", _("This is no longer on the map. Reload it to see what it is now."))
    width, height = max((len(row) for row in rows), default=0), len(rows)
    if sum(map(len, rows)) > MOST_PASTED:
        raise wrong(
            "rows",
            _("At most %(most)d cells can be pasted at once; these are %(number)d. Import a file instead.")
            % {"most": MOST_PASTED, "number": sum(map(len, rows))},
        )
    across, down = len(columns) - columns.index(column), len(lanes) - lanes.index(lane)
    if width > across or height > down:
        raise wrong(
            "rows",
            _(
                "There is room for %(across)d columns and %(down)d lanes from here on; what you pasted has "
                "%(width)d and %(height)d. Nothing was pasted."
            )
            % {"across": across, "down": down, "width": width, "height": height},
        )
    updates: Updates = {}
    for row, key in zip(rows, lanes[lanes.index(lane) :], strict=False):
        for text, target in zip(row, columns[columns.index(column) :], strict=False):
            updates[f"cell.{target}.{key}"] = _text(text, where="rows") or None
    return updates


type Operation = Callable[..., Updates]
# The word of a program for each -> what does it, and which fields it may say.
OPERATIONS: Mapping[str, tuple[Operation, frozenset[str]]] = {
    "add_stage": (add_stage, frozenset({"name", "after"})),
    "rename_stage": (rename_stage, frozenset({"stage", "name"})),
    "move_stage": (move_stage, frozenset({"stage", "by"})),
    "remove_stage": (remove_stage, frozenset({"stage"})),
    "add_lane": (add_lane, frozenset({"kind", "name", "after"})),
    "rename_lane": (rename_lane, frozenset({"lane", "name"})),
    "move_lane": (move_lane, frozenset({"lane", "by"})),
    "remove_lane": (remove_lane, frozenset({"lane"})),
    "add_step": (add_step, frozenset({"stage", "name", "after"})),
    "move_step": (move_step, frozenset({"step", "by", "stage"})),
    "copy_step": (copy_step, frozenset({"step"})),
    "split_step": (split_step, frozenset({"step", "name"})),
    "remove_step": (remove_step, frozenset({"step"})),
    "set_step": (set_step, frozenset({"step", "name", "emotion", "touchpoints", "owner", "nested"})),
    "set_cell": (set_cell, frozenset({"column", "lane", "text"})),
    "paste": (paste, frozenset({"column", "lane", "rows"})),
}
NEEDED: Mapping[str, frozenset[str]] = {
    "add_stage": frozenset({"name"}),
    "add_lane": frozenset({"kind"}),
    "add_step": frozenset({"stage", "name"}),
    "move_step": frozenset({"step"}),
    "set_step": frozenset({"step"}),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Doing:
    """One operation with what it is told."""

    do: str
    told: Mapping[str, Any]

    def updates(self, flat: Flat, keys: Keys) -> Updates:
        """Raises InvalidValues: no such operation, a field that it does not know or needs."""
        if self.do not in OPERATIONS:
            raise wrong("do", _("This cannot be done to a map."))
        act, known = OPERATIONS[self.do]
        strange = [name for name in self.told if name not in known]
        if strange:
            raise wrong(strange[0], _("This operation does not know the field."))
        missing = sorted(NEEDED.get(self.do, known) - set(self.told))
        if missing:
            raise wrong(missing[0], _("This operation needs the field."))
        return act(flat, keys, **self.told)

    def subject(self, flat: Flat) -> str:
        """What it is done to, by its present name; what is new by the name that it gets."""
        for name, letter in (("step", "name"), ("stage", "stage"), ("column", "name"), ("column", "stage")):
            said = flat.get(f"{letter}.{self.told.get(name)}")
            if said and not self.do.startswith("add_"):
                return str(said)
        lane = flat.get(f"lane.{self.told.get('lane')}")
        return str(self.told.get("name") or (lane or {}).get("name") or "")
