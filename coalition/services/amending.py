"""After the work has begun: dated entries with a reason beside the approved content, which stays as fixed."""

from dataclasses import replace
from datetime import date

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.services import acting, record_event
from coalition.choices import AFTER_GO_LIVE, AMENDABLE_STATES, AmendedField
from coalition.errors import NotEditable, TransitionNotAllowed, UnchangedContent
from coalition.fields import INITIATIVE, InitiativeValues
from coalition.models import Initiative, InitiativeAmendment
from coalition.selectors.content import plan_of
from coalition.selectors.lots import starts_before
from coalition.selectors.votes import latest_approval
from coalition.services.drafting import (
    refusal_of_owner,
    refusal_to_edit,
    refuse_conflict,
    remember_owner,
)
from coalition.services.looking_back import refuse_another_day
from coalition.services.plausible import far_days, passed_day
from coalition.services.states import locked
from common.errors import InvalidValues
from cxstats.codec import encoded
from wording.formats import reader
from wording.joining import listed

type Amended = str | list[str] | None  # a name, a day, a milestone's day and title; None where there is none


@transaction.atomic
def amend_initiative(
    *, by: Membership, initiative: Initiative, values: InitiativeValues, lock_version: int, reason: str
) -> Initiative:
    """Give it another owner or another planned go-live once the work has begun; nothing else changes here.

    What was approved stays as fixed, its digest and the design grade with it. Raises NotEditable,
    EditConflict, InvalidValues, UnchangedContent.
    """
    by, row = acting(by), locked(initiative)
    if row.state not in AMENDABLE_STATES or _touches_what_was_approved(row, values):
        raise NotEditable(refusal_to_edit(row))
    refuse_conflict(row, lock_version, values)
    _check(row, values)
    if values.owner.pk != row.owner_id:
        former, before, row.owner = row.owner, str(row.owner), values.owner
        remember_owner(row, former, by=by)
        enter_amendment(row, by, AmendedField.OWNER, before=before, after=str(row.owner), reason=reason)
    if values.planned_go_live_on != row.planned_go_live_on:
        old, row.planned_go_live_on = row.planned_go_live_on, values.planned_go_live_on
        enter_amendment(
            row,
            by,
            AmendedField.PLANNED_GO_LIVE,
            before=encoded(old),
            after=encoded(row.planned_go_live_on),
            reason=reason,
        )
    row.lock_version += 1
    row.save(update_fields=["owner", "planned_go_live_on", "lock_version"])
    return row


@transaction.atomic
def correct_go_live(*, by: Membership, initiative: Initiative, on: date, reason: str) -> Initiative:
    """Correct the day from which customers met the change. New studies use the new day; older ones stay as
    they are and say which day they used.

    Raises TransitionNotAllowed, InvalidValues.
    """
    by, row = acting(by), locked(initiative)
    if row.went_live_on is None or row.state not in AFTER_GO_LIVE:
        raise TransitionNotAllowed(
            _("%(reference)s has no go-live that could be corrected.") % {"reference": row.reference}
        )
    if on == row.went_live_on:
        _refuse("on", _("This is the day that is recorded."))
    refuse_another_day(row)
    check_go_live(row, on)
    if row.completed_on is not None and on > row.completed_on:
        _refuse(
            "on",
            _("It was completed on %(day)s and cannot have gone live after that.")
            % {"day": reader().day(row.completed_on)},
        )
    if early := starts_before(row, on):
        _refuse(
            "on",
            _(
                "It is recorded to have started before that: %(starts)s. Correct these starts first, or "
                "choose an earlier day."
            )
            % {"starts": listed(one.text for one in early)},
        )
    before, row.went_live_on = row.went_live_on, on
    enter_amendment(row, by, AmendedField.WENT_LIVE, before=encoded(before), after=encoded(on), reason=reason)
    row.save(update_fields=["went_live_on"])
    return row


def check_go_live(row: Initiative, on: date) -> None:
    """Raises InvalidValues for a day to come, or one before the approval."""
    approval = latest_approval(row)
    clock = row.organization.clock
    approved_on = clock.day_of(approval.decided_at) if approval else None
    if on > clock.today():
        _refuse("on", _("This date is in the future. Record the go-live once it has happened."))
    if approved_on is not None and on < approved_on:
        _refuse(
            "on",
            _("It was approved on %(day)s and cannot have gone live before.")
            % {"day": reader().day(approved_on)},
        )


def enter_amendment(
    row: Initiative, by: Membership, field: AmendedField, *, before: Amended, after: Amended, reason: str
) -> None:
    """Add the dated entry and the trail. Raises InvalidValues without a reason."""
    if not reason.strip():
        message = _("Give a reason for this change.")
        raise InvalidValues(message, fields={"reason": message})
    InitiativeAmendment.objects.create(
        initiative=row,
        field=field,
        before=_in_one(before),
        after=_in_one(after),
        reason=reason.strip(),
        by=by,
    )
    record_event(
        organization=row.organization,
        actor=by.user,
        verb=f"initiative.amended_{field}",
        subject=row,
        before={str(field): before},
        after={str(field): after, "reason": reason.strip()},
    )


def _in_one(value: Amended) -> str:
    """The value as the entry's column holds it: a milestone with its day before its title."""
    return (" ".join(value) if isinstance(value, list) else value or "")[:200]


def _touches_what_was_approved(row: Initiative, values: InitiativeValues) -> bool:
    kept = INITIATIVE.values_of(row, owner=values.owner, planned_go_live_on=values.planned_go_live_on)
    if replace(kept, touchpoints=()) != replace(values, touchpoints=()):
        return True
    return set(kept.touchpoints) != set(values.touchpoints)


def _check(row: Initiative, values: InitiativeValues) -> None:
    wrong: dict[str, str | Promise] = {}
    owner, planned = values.owner, values.planned_go_live_on
    if owner.pk == row.owner_id and planned == row.planned_go_live_on:
        raise UnchangedContent(_("Nothing has changed."))
    if owner.pk != row.owner_id and (unfit := refusal_of_owner(row.organization, owner, kept=None)):
        wrong["owner"] = unfit
    if planned != row.planned_go_live_on:
        plan = plan_of(row)
        if row.went_live_on is not None:
            wrong["planned_go_live_on"] = _("It is live. Correct the go-live day instead.")
        elif planned is None:
            wrong["planned_go_live_on"] = _("Enter the new date.")
        elif plan is not None and plan.review_on and planned >= plan.review_on:
            wrong["planned_go_live_on"] = _(
                "The review is on %(day)s and must come after the go-live. Change the review day in the "
                "evaluation plan first."
            ) % {"day": reader().day(plan.review_on)}
        elif passed := passed_day(row.organization, planned):
            wrong["planned_go_live_on"] = passed
        elif plan is not None and plan.baseline_from and planned <= plan.baseline_from:
            wrong["planned_go_live_on"] = _(
                "The baseline begins on %(day)s and must begin before the go-live."
            ) % {"day": reader().day(plan.baseline_from)}
        wrong.update(far_days(row.organization, [("planned_go_live_on", planned)]))
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)


def _refuse(field: str, message: str) -> None:
    raise InvalidValues(message, fields={field: message})
