"""Steps with a due day: written freely before the vote, changed with a reason once they were approved."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.services import acting, record_event
from coalition.choices import EDITABLE_STATES, RUNNING_STATES, AmendedField
from coalition.errors import NotEditable
from coalition.models import Initiative, Milestone
from coalition.services.amending import enter_amendment
from coalition.services.drafting import refusal_to_edit
from coalition.services.plausible import far_days
from coalition.services.states import locked
from common import rows
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
    by, row = acting(by), locked(initiative)
    _refuse_nameless(title)
    _refuse_far(row, "due_on", due_on)
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
    by, row = acting(by), locked(milestone.initiative)
    _refuse_nameless(title)
    step = rows.locked(milestone)
    values = rows.merged_row({"title": one_line(title), "due_on": due_on}, seen=milestone, now=step)
    if values["due_on"] != step.due_on:
        _refuse_far(row, "due_on", values["due_on"])
    before = _step(step)
    if rows.put(step, values):
        _enter(row, by, before=before, after=_step(step), reason=reason, verb="milestone.changed")
    return step


@transaction.atomic
def remove_milestone(*, by: Membership, milestone: Milestone, reason: str = "") -> None:
    """Take a step out; once it was approved, with a reason. Raises NotEditable, InvalidValues."""
    by, row = acting(by), locked(milestone.initiative)
    step = rows.locked(milestone)
    _enter(row, by, before=_step(step), after=None, reason=reason, verb="milestone.removed")
    step.delete()


@transaction.atomic
def finish_milestone(*, by: Membership, milestone: Milestone, done_on: date | None = None) -> Milestone:
    """Record that a step is done; a second click is no second entry, and without a day, which only a page
    that shows it as not done leaves out, the day that somebody has recorded stays. Raises InvalidValues for a
    day to come."""
    by = acting(by)
    today = milestone.initiative.organization.clock.today()
    day = done_on or today
    if day > today:
        raise InvalidValues(
            _("This date is in the future."), fields={"done_on": _("This date is in the future.")}
        )
    _refuse_far(locked(milestone.initiative), "done_on", day)
    step = rows.locked(milestone, "initiative__organization")
    if done_on is None and step.done_on is not None:
        return step
    before = {"title": step.title, "done_on": encoded(step.done_on)} if step.done_on else {}
    if not rows.put(step, {"done_on": day}):
        return step
    record_event(
        organization=step.initiative.organization,
        actor=by.user,
        verb="milestone.done",
        subject=step.initiative,
        before=before,
        after={"title": step.title, "done_on": encoded(day)},
    )
    return step


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


def _refuse_far(row: Initiative, name: str, day: date) -> None:
    wrong = far_days(row.organization, [(name, day)])
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)


def _refuse_nameless(title: str) -> None:
    if not one_line(title):
        raise InvalidValues(_("Name the milestone."), fields={"title": _("Name the milestone.")})
