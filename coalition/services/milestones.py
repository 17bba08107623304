"""Steps with a due day: written freely before the vote, changed with a reason once they were approved."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.services import record_event
from coalition.choices import EDITABLE_STATES, RUNNING_STATES, AmendedField
from coalition.errors import NotEditable
from coalition.models import Initiative, Milestone
from coalition.services.amending import enter_amendment
from coalition.services.drafting import refusal_to_edit
from coalition.services.states import locked
from common.errors import InvalidValues
from common.text import one_line
from cxstats.codec import encoded

type Step = list[str]  # its day and its title, as the trail keeps them


@transaction.atomic
def add_milestone(
    *, by: Membership, initiative: Initiative, title: str, due_on: date, reason: str = ""
) -> Milestone:
    """Add a step; once it was approved, with a reason. Raises NotEditable (a vote runs, or it is over),
    InvalidValues."""
    row = locked(initiative)
    _refuse_nameless(title)
    milestone = Milestone(initiative=row, title=one_line(title), due_on=due_on)
    _enter(row, by, before=None, after=_step(milestone), reason=reason, verb="milestone.added")
    milestone.save()
    return milestone


@transaction.atomic
def change_milestone(
    *, by: Membership, milestone: Milestone, title: str, due_on: date, reason: str = ""
) -> Milestone:
    """Rename or move a step; once it was approved, with a reason. A change of nothing does nothing. Raises
    NotEditable, InvalidValues."""
    row = locked(milestone.initiative)
    _refuse_nameless(title)
    before = _step(milestone)
    milestone.title, milestone.due_on = one_line(title), due_on
    if _step(milestone) != before:
        _enter(row, by, before=before, after=_step(milestone), reason=reason, verb="milestone.changed")
        milestone.save(update_fields=["title", "due_on"])
    return milestone


@transaction.atomic
def remove_milestone(*, by: Membership, milestone: Milestone, reason: str = "") -> None:
    """Take a step out; once it was approved, with a reason. Raises NotEditable, InvalidValues."""
    row = locked(milestone.initiative)
    _enter(row, by, before=_step(milestone), after=None, reason=reason, verb="milestone.removed")
    milestone.delete()


@transaction.atomic
def finish_milestone(*, by: Membership, milestone: Milestone, done_on: date | None = None) -> Milestone:
    """Record that a step is done. Raises InvalidValues for a day to come."""
    today = milestone.initiative.organization.clock.today()
    day = done_on or today
    if day > today:
        raise InvalidValues(
            _("This date is in the future."), fields={"done_on": _("This date is in the future.")}
        )
    before = {"title": milestone.title, "done_on": encoded(milestone.done_on)} if milestone.done_on else {}
    milestone.done_on = day
    milestone.save(update_fields=["done_on"])
    record_event(
        organization=milestone.initiative.organization,
        actor=by.user,
        verb="milestone.done",
        subject=milestone.initiative,
        before=before,
        after={"title": milestone.title, "done_on": encoded(day)},
    )
    return milestone


def _enter(
    row: Initiative, by: Membership, *, before: Step | None, after: Step | None, reason: str, verb: str
) -> None:
    """Before the vote a line of the trail; once it was approved a dated entry with its reason."""
    if row.state in EDITABLE_STATES:
        record_event(
            organization=row.organization,
            actor=by.user,
            verb=verb,
            subject=row,
            before={"milestone": before} if before else {},
            after={"milestone": after} if after else {},
        )
    elif row.state in RUNNING_STATES:
        enter_amendment(row, by, AmendedField.MILESTONE, before=before, after=after, reason=reason)
    else:
        raise NotEditable(refusal_to_edit(row))


def _step(milestone: Milestone) -> Step:
    return [milestone.due_on.isoformat(), milestone.title]


def _refuse_nameless(title: str) -> None:
    if not one_line(title):
        raise InvalidValues(_("Name the milestone."), fields={"title": _("Name the milestone.")})
