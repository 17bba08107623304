"""Recording what went live before it was recorded here: without a vote, its plan fixed before a study."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.services import acting, record_event
from coalition.choices import LOOKS_BACK, InitiativeState
from coalition.errors import PlanIncomplete, TransitionNotAllowed
from coalition.models import Initiative
from coalition.selectors.content import initiative_content, plan_of
from coalition.selectors.initiatives import missing_to_record
from coalition.services.states import fix_plan, locked, move
from cxstats.codec import encoded
from wording.joining import listed


@transaction.atomic
def record_look_back(*, by: Membership, initiative: Initiative) -> Initiative:
    """Fix the plan of a draft that is live already, and take the draft as live since that day.

    Nobody votes: what has happened cannot be approved. The plan is fixed by digest before any study can be
    run, and stays. Raises TransitionNotAllowed for anything but a draft that says since when it is live and
    never was put to a vote; PlanIncomplete.
    """
    by, row = acting(by), locked(initiative)
    if row.already_live_on is None or row.state != InitiativeState.DRAFT:
        raise TransitionNotAllowed(
            _("%(reference)s is not a draft of something that is live already.")
            % {"reference": row.reference}
        )
    missing = missing_to_record(row)
    if missing:
        raise PlanIncomplete(
            _("Before it can be recorded, please add: %(what)s.")
            % {"what": listed(item.text for item in missing)},
            fields={item.field: _("Needed to record it.") for item in missing},
        )
    plan = plan_of(row)
    if plan is None:
        raise ValueError("the metric, and with it the plan, is among what is needed")
    fix_plan(plan, initiative_content(row)["plan"])
    move(initiative=row, to=InitiativeState.LIVE, by=by, allowed=LOOKS_BACK)
    row.went_live_on = row.already_live_on
    row.save(update_fields=["went_live_on"])
    record_event(
        organization=row.organization,
        actor=by.user,
        verb="initiative.recorded_afterwards",
        subject=row,
        after={"went_live_on": encoded(row.went_live_on)},
    )
    return row


def refuse_another_day(row: Initiative) -> None:
    """The day of a look back is part of what was fixed. Raises TransitionNotAllowed."""
    if row.is_look_back:
        raise TransitionNotAllowed(
            _(
                "%(reference)s was recorded afterwards, with its plan and its day, before its first study. "
                "Cancel it and record it again if the day is wrong; both stay visible."
            )
            % {"reference": row.reference}
        )
