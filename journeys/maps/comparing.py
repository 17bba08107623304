"""What differs between two maps, or between a map and its copy."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from journeys.maps.selectors import MapView, StepView, UsedTouchpoint
from wording.joining import listed


@dataclass(frozen=True, kw_only=True, slots=True)
class Differing:
    """One thing that differs: where, what it is in the first map and what in the second."""

    where: str
    what: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MapComparison:
    """`added` and `removed` are steps; a step is the same where it has the same name or, as in a copy, the
    same name."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    differing: tuple[Differing, ...]


def comparison(first: MapView, second: MapView) -> MapComparison:
    """What differs between the drawings, in the order of the second map. No query."""
    before = {step.step.key: step for step in first.steps}
    by_name = {step.step.name.casefold(): step for step in first.steps}
    new_names = {step.step.name.casefold() for step in second.steps}
    pairs, met = list[tuple[StepView, StepView]](), set[str]()
    added = []
    for step in second.steps:
        twin = by_name.get(step.step.name.casefold()) or _renamed(before.get(step.step.key), new_names)
        if twin is None or twin.step.key in met:
            added.append(step.step.name)
            continue
        met.add(twin.step.key)
        pairs.append((twin, step))
    return MapComparison(
        added=tuple(added),
        removed=tuple(step.step.name for step in first.steps if step.step.key not in met),
        differing=tuple(one for old, new in pairs for one in _differing(old, new)),
    )


def _renamed(twin: StepView | None, new_names: set[str]) -> StepView | None:
    """The step of the same key, unless its name goes on in another step."""
    return None if twin is None or twin.step.name.casefold() in new_names else twin


def _differing(old: StepView, new: StepView) -> Iterator[Differing]:
    where = new.step.name
    yield from _one(where, _("Name"), old.step.name, new.step.name)
    yield from _one(where, _("Emotion"), old.emotion, new.emotion)
    yield from _one(where, _("Touchpoints"), _names(old.touchpoints), _names(new.touchpoints))
    yield from _one(where, pgettext("of a step", "Owner"), old.owner, new.owner)
    texts = {cell.label: cell.text for cell in old.cells}
    for cell in new.cells:
        yield from _one(where, cell.label, texts.pop(cell.label, ""), cell.text)
    for label, text in texts.items():
        yield from _one(where, label, text, "")


def _one(where: str, what: str, before: str, after: str) -> Iterator[Differing]:
    if before != after:
        yield Differing(where=where, what=what, before=before, after=after)


def _names(used: Sequence[UsedTouchpoint]) -> str:
    return listed([one.touchpoint.name for one in used]) if used else ""
