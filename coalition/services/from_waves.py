"""Drafts from what employees said."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.errors import RoleTooSmall
from accounts.models import Membership
from accounts.services import acting
from coalition.choices import InitiativeState
from coalition.fields import INITIATIVE, InitiativeValues
from coalition.models import Initiative
from coalition.services.drafting import new_initiative, tell_of_draft
from common.errors import InvalidValues
from employee_voice.selectors import driver_seed, may_act_for


@transaction.atomic
def draft_from_wave(*, by: Membership, wave: Any, function: str, driver: str) -> Initiative:
    """A draft from a driver of a published wave, by whoever leads the function's line, or the CX leader; else
    PermissionDenied. `wave` was given to the member by `employee_voice.access`, `function` is a key of its
    results.

    Clicking twice gives the same draft, not two. Raises InvalidValues for a driver of which the wave tells
    nothing there.
    """
    by = acting(by)
    if not may_act_for(by, wave, function):
        raise RoleTooSmall(by.role, Action.VIEW_EMPLOYEE_RESULTS)
    seed = driver_seed(wave, function, driver)
    if seed is None:
        raise InvalidValues(_("Choose a driver of which this wave shows a figure."))
    origin = {"wave": wave, "wave_function": seed.function, "driver": driver}
    known: Initiative | None = (
        Initiative.objects.of(by.organization)
        .filter(**origin)
        .exclude(state=InitiativeState.CANCELLED)
        .first()
    )
    if known is not None:
        return known
    values = InitiativeValues(
        title=seed.title[: INITIATIVE["title"].column.max_length], problem=seed.problem, owner=by
    )
    initiative = new_initiative(by=by, values=values, **origin)
    tell_of_draft(initiative, by, verb="initiative.drafted")
    return initiative
