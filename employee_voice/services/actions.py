"""What functions do about a driver after a wave."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Action, Role
from accounts.errors import RoleTooSmall
from accounts.models import Membership
from accounts.permissions import may
from accounts.services import record_event, require_as_seen
from common.errors import InvalidValues
from common.rows import locked as locked_row
from common.rows import put
from cxstats.anonymity import Telling
from cxstats.engagement import MeasureKind
from employee_voice.choices import ActionState, WaveState
from employee_voice.models import FunctionAction, Wave
from employee_voice.results import EVERYBODY
from employee_voice.scope import WaveTree, tree_of
from employee_voice.selectors.results import results_of
from employee_voice.services.states import locked, require_state


@dataclass(frozen=True, kw_only=True, slots=True)
class ActionPlan:
    """`function` and `driver` are keys of the wave's results."""

    function: str
    driver: str
    text: str
    owner: Membership
    due_on: date


@transaction.atomic
def plan_action(*, by: Membership, wave: Wave, plan: ActionPlan) -> FunctionAction:
    """By whoever leads the line, and by the CX leader; else PermissionDenied.

    Raises InvalidValues for a driver of which the wave shows nothing in this function, an owner from
    elsewhere, a day in the past or no words; WaveNotInState.
    """
    wave = locked(wave)
    require_state(wave, WaveState.PUBLISHED)
    tree = tree_of(wave)
    _require_line(by, tree, plan.function)
    _check(wave, plan)
    action = FunctionAction.objects.create(
        wave=wave,
        wave_function=tree.rows.get(plan.function),
        driver=plan.driver,
        text=plan.text.strip(),
        owner=plan.owner,
        due_on=plan.due_on,
    )
    record_event(
        organization=wave.survey.organization,
        actor=by.user,
        verb="function_action.created",
        subject=action,
        after={
            "wave": str(wave),
            "function": tree.name(plan.function),
            "driver": plan.driver,
            "text": action.text,
            "owner": str(plan.owner),
            "due_on": plan.due_on.isoformat(),
        },
    )
    return action


@transaction.atomic
def move_action(
    *, by: Membership, action: FunctionAction, state: str, seen: str | None = None
) -> FunctionAction:
    """Done, dropped, or planned again: by its owner, whoever leads the line, and the CX leader; else
    PermissionDenied. Raises InvalidValues for another state, DecidedMeanwhile where it is no longer in the
    one that was `seen`.
    """
    action = locked_row(action, "wave__survey__organization")
    if action.owner_id != by.pk:
        _require_line(by, tree_of(action.wave), _key(action))
    if state not in ActionState.values:
        message = _("Choose one of the states.")
        raise InvalidValues(message, fields={"state": message})
    before = action.state
    if state != before:
        require_as_seen(
            seen,
            now=before,
            said=action.get_state_display(),
            subject=action,
            organization=action.wave.survey.organization,
            state=before,
        )
    if not put(action, {"state": state}):
        return action
    record_event(
        organization=action.wave.survey.organization,
        actor=by.user,
        verb="function_action.changed",
        subject=action,
        before={"state": before},
        after={"state": state},
    )
    return action


@transaction.atomic
def hand_over_action(*, by: Membership, action: FunctionAction, owner: Membership) -> FunctionAction:
    """Another owner: by whoever leads the line, and by the CX leader; else PermissionDenied.

    Raises InvalidValues for an owner who cannot see the action's page.
    """
    action = locked_row(action, "wave__survey__organization", "owner__user")
    _require_line(by, tree_of(action.wave), _key(action))
    if refusal := _refusal_of_owner(owner, action.wave):
        raise InvalidValues(refusal, fields={"owner": refusal})
    before = str(action.owner)
    if not put(action, {"owner": owner}):
        return action
    record_event(
        organization=action.wave.survey.organization,
        actor=by.user,
        verb="function_action.changed",
        subject=action,
        before={"owner": before},
        after={"owner": str(owner)},
    )
    return action


def _refusal_of_owner(owner: Membership, wave: Wave) -> str:
    """Why this member cannot own an action, or nothing."""
    if owner.organization_id != wave.survey.organization_id or not owner.has_access:
        return _("Choose a member of the organization.")
    if not may(owner.role, Action.VIEW_EMPLOYEE_RESULTS):
        return _("The role “%(role)s” of %(name)s does not see the results of the survey.") % {
            "role": owner.get_role_display(),
            "name": owner,
        }
    return ""


def _key(action: FunctionAction) -> str:
    return EVERYBODY if action.wave_function_id is None else str(action.wave_function_id)


def _require_line(by: Membership, tree: WaveTree, key: str) -> None:
    if by.role != Role.CX_LEADER and key not in tree.line(by):
        raise RoleTooSmall(by.role, Action.VIEW_EMPLOYEE_RESULTS)


def _check(wave: Wave, plan: ActionPlan) -> None:
    fields = dict[str, str]()
    if not _is_told(wave, plan.function, plan.driver):
        fields["driver"] = _("Choose a driver of which this wave shows a figure.")
    if refusal := _refusal_of_owner(plan.owner, wave):
        fields["owner"] = refusal
    if plan.due_on < wave.survey.organization.clock.today():
        fields["due_on"] = _("Choose today or a later day.")
    if not plan.text.strip():
        fields["text"] = _("Say what you will do.")
    if fields:
        raise InvalidValues(next(iter(fields.values())), fields=fields)


def _is_told(wave: Wave, function: str, driver: str) -> bool:
    publication = results_of(wave).publication
    drivers = {measure.key for measure in publication.measures if measure.kind is MeasureKind.DRIVER}
    return driver in drivers and any(
        figure.measure == driver and figure.how is not Telling.HIDDEN and bool(figure.n)
        for result in publication.functions
        if result.key == function
        for figure in result.figures
    )
