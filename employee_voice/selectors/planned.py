"""Before a wave opens: which functions are too small by themselves, and with what they are counted."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from accounts.models import BusinessFunction
from employee_voice.choices import WaveState
from employee_voice.errors import WaveNotInState
from employee_voice.grouping import NobodyProtected, Unit, groups_of
from employee_voice.models import Invitation, Wave, WaveFunction
from employee_voice.results import EVERYBODY, meeting_of

BEFORE_OPENING = (WaveState.DRAFT, WaveState.OPENING)


@dataclass(frozen=True, kw_only=True, slots=True)
class AskedOf:
    """A function and how many of its own people are asked, without its parts."""

    name: str
    people: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Together:
    """Functions whose answers are counted together. `at`: the name of the larger one at which they are; none:
    they have no figures of their own, and stand in those of the whole organization alone.
    """

    functions: tuple[AskedOf, ...]
    at: str | None
    people: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedGroups:
    """`alone`: functions that stand by themselves; `together`: all others, those with a larger function
    first. `is_too_few`: all people together are fewer than the minimum, so the wave cannot open.
    """

    minimum: int
    people: int
    alone: tuple[AskedOf, ...]
    together: tuple[Together, ...]
    is_too_few: bool = False


def planned_groups(wave: Wave) -> PlannedGroups:
    """As the wave would open now, with its sample. Three queries. Raises WaveNotInState after that."""
    if wave.state not in BEFORE_OPENING:
        raise WaveNotInState(_("This wave has opened: its functions are fixed."))
    rows = list(BusinessFunction.objects.of(wave.survey.organization).order_by("name", "pk"))
    people = _people_by_function(wave)
    units = {
        str(row.pk): Unit(
            key=str(row.pk),
            parent=None if row.parent_id is None else str(row.parent_id),
            people=people.get(row.pk, 0),
        )
        for row in rows
    }
    names = {str(row.pk): row.name for row in rows}
    everybody = sum(unit.people for unit in units.values())
    try:
        groups = groups_of(units, minimum=wave.minimum)
    except NobodyProtected:
        return PlannedGroups(minimum=wave.minimum, people=everybody, alone=(), together=(), is_too_few=True)
    parents: dict[str, str | None] = {key: unit.parent or EVERYBODY for key, unit in units.items()}
    parents[EVERYBODY] = None
    alone, together = [], []
    for members, number in groups:
        at = meeting_of(members, parents)
        asked = tuple(AskedOf(name=names[key], people=units[key].people) for key in members if key != at)
        if not asked:
            alone.append(AskedOf(name=names[at], people=number))
        else:
            together.append(Together(functions=asked, at=names.get(at), people=number))
    together.sort(key=lambda one: one.at is None)
    return PlannedGroups(minimum=wave.minimum, people=everybody, alone=tuple(alone), together=tuple(together))


def _people_by_function(wave: Wave) -> Mapping[int, int]:
    """Who would be drawn, and slips; people of functions that are gone leave the list when the wave opens."""
    listed = Invitation.objects.filter(wave=wave).still_there(wave.survey.organization)
    counted = listed.values_list("wave_function__function").annotate(people=Count("pk"))
    found = {
        function: math.ceil(people * wave.sample_pct / 100)
        for function, people in counted
        if function is not None
    }
    slips = WaveFunction.objects.filter(wave=wave, slips__gt=0).exclude(function=None)
    for function, number in slips.values_list("function").annotate(number=Sum("slips")):
        found[function] = found.get(function, 0) + number
    return found
