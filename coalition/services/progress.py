"""From the approval to the end: start, go-live, completion, pauses, reports of progress."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.services import acting, record_event, require_as_seen
from coalition.choices import MOVES_BY_HAND, InitiativeState, RiskColor
from coalition.errors import TransitionNotAllowed
from coalition.models import Initiative, InitiativeUpdate
from coalition.services.amending import check_go_live, correct_go_live
from coalition.services.states import locked, move
from common.errors import InvalidValues
from cxstats.codec import encoded
from wording.formats import reader


@transaction.atomic
def move_initiative(
    *, by: Membership, initiative: Initiative, to: str, note: str = "", seen: str | None = None
) -> Initiative:
    """Start, pause, resume, cancel, or reopen a rejected initiative as a draft.

    Resumed after a pause it is live again if it was live before. Raises TransitionNotAllowed;
    InvalidValues when a pause or a cancellation gives no reason; DecidedMeanwhile where it is no longer in
    the state that was `seen`: whoever cancels a plan has not decided to cancel what customers meet by now.
    """
    by, row = acting(by), locked(initiative)
    if to not in MOVES_BY_HAND or row.state == InitiativeState.SUBMITTED:
        raise TransitionNotAllowed(_("This state follows from a vote or a date; it cannot be set by hand."))
    if to in {InitiativeState.ON_HOLD, InitiativeState.CANCELLED} and not note.strip():
        raise InvalidValues(_("Give a reason."), fields={"note": _("Give a reason.")})
    if to != row.state:
        require_as_seen(
            seen,
            now=row.state,
            said=row.get_state_display(),
            subject=row,
            organization=row.organization,
            state=row.state,
        )
    is_resumed = row.state == InitiativeState.ON_HOLD and to == InitiativeState.IN_PROGRESS
    if is_resumed and row.went_live_on is not None:
        to = InitiativeState.LIVE
    move(initiative=row, to=to, by=by, note=note.strip())
    return row


@transaction.atomic
def record_go_live(*, by: Membership, initiative: Initiative, on: date) -> Initiative:
    """Record the day from which customers met the change: the date that the evaluation starts from.

    Raises TransitionNotAllowed; InvalidValues for a day to come or before the approval.
    """
    by, row = acting(by), locked(initiative)
    if row.went_live_on is not None:
        raise TransitionNotAllowed(
            _("It went live on %(day)s. Correct this day with a reason if it is wrong.")
            % {"day": reader().day(row.went_live_on)}
        )
    check_go_live(row, on)
    move(initiative=row, to=InitiativeState.LIVE, by=by)
    row.went_live_on = on
    row.save(update_fields=["went_live_on"])
    _record(row, by, "initiative.went_live", {"went_live_on": encoded(on)})
    return row


@transaction.atomic
def record_completion(*, by: Membership, initiative: Initiative, on: date) -> Initiative:
    """Record the day the work was finished. Raises TransitionNotAllowed; InvalidValues for a wrong day."""
    by, row = acting(by), locked(initiative)
    if on > row.organization.clock.today():
        _refuse("on", _("This date is in the future."))
    if row.went_live_on is not None and on < row.went_live_on:
        _refuse(
            "on",
            _("It went live on %(day)s and cannot have been completed before.")
            % {"day": reader().day(row.went_live_on)},
        )
    move(initiative=row, to=InitiativeState.COMPLETED, by=by)
    row.completed_on = on
    row.save(update_fields=["completed_on"])
    _record(row, by, "initiative.was_completed", {"completed_on": encoded(on)})
    return row


def change_state(
    *, by: Membership, initiative: Initiative, to: str, on: date | None = None, note: str = ""
) -> Initiative:
    """The one call for programs: go-live and completion with their day (today if none is given), else by
    hand. Another go-live day for what has gone live corrects it, `note` being the reason; without one, what
    was paused while live is resumed."""
    day = on or by.organization.clock.today()
    if to == InitiativeState.LIVE and initiative.went_live_on is not None:
        if initiative.state == InitiativeState.ON_HOLD and on in (None, initiative.went_live_on):
            return move_initiative(by=by, initiative=initiative, to=InitiativeState.IN_PROGRESS, note=note)
        if not note.strip():
            _refuse("note", _("Give a reason for this change."))
        return correct_go_live(by=by, initiative=initiative, on=day, reason=note)
    if to == InitiativeState.LIVE:
        return record_go_live(by=by, initiative=initiative, on=day)
    if to == InitiativeState.COMPLETED:
        return record_completion(by=by, initiative=initiative, on=day)
    return move_initiative(by=by, initiative=initiative, to=to, note=note)


@transaction.atomic
def record_evaluation(*, by: Membership | None, initiative: Initiative, note: str = "") -> Initiative:
    """Called when the evidence of a completed initiative is in. Raises TransitionNotAllowed."""
    row = locked(initiative)
    move(initiative=row, to=InitiativeState.EVALUATED, by=by, note=note)
    return row


@transaction.atomic
def add_update(*, by: Membership, initiative: Initiative, color: str, text: str) -> InitiativeUpdate:
    """Report progress. Raises InvalidValues."""
    if color not in RiskColor.values:
        _refuse("color", _("Choose one of the states."))
    if not text.strip():
        _refuse("text", _("Say what happened."))
    by = acting(by)
    update = InitiativeUpdate.objects.create(initiative=initiative, color=color, text=text.strip(), by=by)
    _record(initiative, by, "initiative.update_added", {"color": color, "text": update.text})
    return update


def _refuse(field: str, message: str) -> None:
    raise InvalidValues(message, fields={field: message})


def _record(row: Initiative, by: Membership, verb: str, after: dict[str, str]) -> None:
    record_event(organization=row.organization, actor=by.user, verb=verb, subject=row, after=after)
