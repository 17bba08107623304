"""Editing: freely before the vote, visibly after it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.services import acting, record_event
from coalition.choices import AMENDABLE_STATES, EDITABLE_STATES, FIXED_PLAN_STATES, InitiativeState
from coalition.errors import NotEditable, UnchangedContent
from coalition.fields import InitiativeValues, PlanValues
from coalition.models import Initiative
from coalition.selectors.content import as_written, changed_values, is_same_content, is_same_plan
from coalition.services.amending import amend_initiative
from coalition.services.drafting import (
    apply_initiative,
    apply_plan,
    check_initiative,
    check_plan,
    refusal_to_edit,
    refuse_conflict,
)
from coalition.services.states import locked
from coalition.services.voting import open_round
from common.errors import InvalidValues


@transaction.atomic
def edit_initiative(
    *, by: Membership, initiative: Initiative, values: InitiativeValues, lock_version: int, reason: str = ""
) -> Initiative:
    """Change the content. Before the vote at will; once approved it needs a reason and a new vote; once the
    work has begun only owner and planned go-live change, as dated entries (`amend_initiative`).

    Raises InvalidValues, EditConflict, NotEditable, and what `change_after_approval` raises.
    """
    by, row = acting(by), locked(initiative)
    if row.state in AMENDABLE_STATES:
        return amend_initiative(
            by=by, initiative=row, values=values, lock_version=lock_version, reason=reason
        )
    if row.state not in EDITABLE_STATES:
        return change_after_approval(
            by=by, initiative=row, lock_version=lock_version, reason=reason, values=values
        )
    refuse_conflict(row, lock_version, values)
    check_initiative(row.organization, values, row)
    before = as_written(row)
    apply_initiative(row, values)
    _record_change(row, by, before, verb="initiative.changed")
    return row


@transaction.atomic
def edit_plan(
    *, by: Membership, initiative: Initiative, values: PlanValues, lock_version: int, reason: str = ""
) -> Initiative:
    """Write or change the evaluation plan; the same rules as for the content."""
    by, row = acting(by), locked(initiative)
    if row.state not in EDITABLE_STATES:
        return change_after_approval(
            by=by, initiative=row, lock_version=lock_version, reason=reason, plan=values
        )
    refuse_conflict(row, lock_version, values)
    check_plan(row, values)
    before = as_written(row)
    apply_plan(row, values)
    _record_change(row, by, before, verb="plan.changed")
    return row


@transaction.atomic
def change_after_approval(
    *,
    by: Membership,
    initiative: Initiative,
    lock_version: int,
    reason: str,
    values: InitiativeValues | None = None,
    plan: PlanValues | None = None,
) -> Initiative:
    """A material change of what was approved, with its reason.

    Approved, work not begun: the change opens a new vote on the new version. Later: only the plan can
    change; what was fixed stays on record, the change is marked and lowers the design grade.
    Raises InvalidValues, EditConflict, NotEditable, PlanIncomplete; UnchangedContent where nothing differs.
    """
    by, row = acting(by), locked(initiative)
    votes_again = row.state == InitiativeState.APPROVED
    if not votes_again and (values is not None or row.state not in FIXED_PLAN_STATES or row.is_look_back):
        raise NotEditable(refusal_to_edit(row))
    for part in (values, plan):
        if part is not None:
            refuse_conflict(row, lock_version, part)
    if not reason.strip():
        message = _("Give a reason for changing the approved content.")
        raise InvalidValues(message, fields={"reason": message})
    before = as_written(row)
    if values is not None:
        check_initiative(row.organization, values, row)
        apply_initiative(row, values)
    if plan is not None:
        check_plan(row, plan)
        written = apply_plan(row, plan)
        if not votes_again and not is_same_plan(as_written(row), before):
            written.changed_after_approval_at = timezone.now()
            written.save(update_fields=["changed_after_approval_at"])
    after = as_written(row)
    if after == before:
        raise UnchangedContent(_("Nothing has changed, so nothing was saved."))
    _record_change(row, by, before, verb="initiative.changed_after_approval", reason=reason.strip())
    if votes_again and not is_same_content(after, before):
        open_round(row, by=by, note=reason.strip())
    return row


def _record_change(
    row: Initiative, by: Membership, before: dict[str, object], *, verb: str, reason: str = ""
) -> None:
    old, new = changed_values(before, as_written(row))
    if not new:
        return
    record_event(
        organization=row.organization,
        actor=by.user,
        verb=verb,
        subject=row,
        before=old,
        after={**new, "reason": reason} if reason else new,
    )
