"""The one list of what somebody can owe the program, and what of it waits for one member.

Home reads it and nothing else decides what needs a person. A new state, day or job in which somebody owes
something gets its line here; `tests/overview/test_needs.py` walks all of them and fails without one.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from overview.selectors import owed
from overview.selectors.desk import Desk, Owed


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """One kind of thing that is owed. `title` and `detail` are filled with the words of the row."""

    key: str
    who: str  # owes it, in words for who reads this list
    rows: Callable[[Desk], Iterable[Owed]]
    icon: str
    title: str | Promise
    detail: str | Promise  # unless the row says more
    button: str | Promise
    page: str  # name of the address; takes what the row gives


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """One thing that waits for this member."""

    kind: str
    icon: str
    title: str
    detail: str
    url: str
    button: str
    due_on: date | None = None
    is_overdue: bool = False


KINDS: tuple[Kind, ...] = (
    # Decide
    Kind(
        key="vote",
        who="the person of a seat that has not voted",
        rows=owed.votes_of_own_seat,
        icon="checkbox",
        title=_("Vote on “%(title)s”"),
        detail="",
        button=_("Read and vote"),
        page="coalition:vote",
    ),
    Kind(
        key="vote_as_alternate",
        who="the alternate of a seat that has not voted",
        rows=owed.votes_as_alternate,
        icon="checkbox",
        title=_("Vote on “%(title)s” as an alternate"),
        detail=_("For the seat %(seat)s, if its holder does not vote."),
        button=_("Read and vote"),
        page="coalition:vote",
    ),
    Kind(
        key="changes_requested",
        who="the owner of the initiative",
        rows=owed.changes_requested,
        icon="pencil",
        title=_("Revise “%(title)s”"),
        detail=_("The coalition asked for changes. Answer its requests and submit it again."),
        button=_("See the requests"),
        page="coalition:initiative_detail",
    ),
    Kind(
        key="no_decision",
        who="the owner of the initiative",
        rows=owed.no_decision,
        icon="refresh",
        title=_("Submit “%(title)s” again"),
        detail=_("The vote ended without a decision."),
        button=_("See why"),
        page="coalition:initiative_detail",
    ),
    Kind(
        key="start",
        who="the owner of the initiative",
        rows=owed.to_start,
        icon="player-play",
        title=_("Start the work on “%(title)s”"),
        detail=_("The coalition approved it."),
        button=_("Open"),
        page="coalition:initiative_detail",
    ),
    Kind(
        key="go_live",
        who="the owner of the initiative",
        rows=owed.to_go_live,
        icon="calendar",
        title=_("Record the go-live of “%(title)s”"),
        detail=_("The planned day has come. If it is not live yet, plan another day."),
        button=_("Open"),
        page="coalition:initiative_detail",
    ),
    Kind(
        key="milestone",
        who="the owner of the initiative",
        rows=owed.late_milestones,
        icon="calendar",
        title=_("Finish the milestone “%(milestone)s”"),
        detail=_("Of “%(title)s”."),
        button=_("Open"),
        page="coalition:initiative_detail",
    ),
    Kind(
        key="paused",
        who="the owner of the initiative",
        rows=owed.paused_too_long,
        icon="clock",
        title=_("Resume or cancel “%(title)s”"),
        detail=_("It is on hold, and its planned day has passed."),
        button=_("Open"),
        page="coalition:initiative_detail",
    ),
    Kind(
        key="owner_missing",
        who="who seats the coalition and may draft",
        rows=owed.without_owner,
        icon="user-question",
        title=_("Find a new owner for “%(title)s”"),
        detail=_("%(name)s can no longer look after it."),
        button=_("Open"),
        page="coalition:initiative_detail",
    ),
    # Prove
    Kind(
        key="study",
        who="who may run studies",
        rows=owed.to_study,
        icon="chart-dots",
        title=_("Run the study of “%(title)s”"),
        detail=_("The day on which its effect is to be reviewed has come."),
        button=_("Open"),
        page="impact:initiative_impact",
    ),
    Kind(
        key="review",
        who="the owner of the initiative, who cannot run the study",
        rows=owed.to_review,
        icon="chart-dots",
        title=_("Review the effect of “%(title)s”"),
        detail=_("Its review day has come. Ask a CX leader to run the study."),
        button=_("Open"),
        page="impact:initiative_impact",
    ),
    Kind(
        key="completion",
        who="the owner of the initiative",
        rows=owed.to_complete,
        icon="circle-check",
        title=_("Complete “%(title)s”"),
        detail=_("Its effect has been studied. Decide by your rule and record the completion."),
        button=_("Open"),
        page="coalition:initiative_detail",
    ),
    Kind(
        key="study_failed",
        who="who asked for the study",
        rows=owed.failed_studies,
        icon="alert-triangle",
        title=_("The study of “%(title)s” stopped"),
        detail="",
        button=_("See why"),
        page="impact:initiative_impact",
    ),
    Kind(
        key="value_review",
        who="a confirmed finance reviewer who did not make the figures",
        rows=owed.values_to_review,
        icon="coin",
        title=_("Review the value of “%(title)s”"),
        detail=_("Sign it off, or say what you dispute."),
        button=_("Review"),
        page="impact:initiative_impact",
    ),
    Kind(
        key="value_disputed",
        who="the owner of the initiative, and who computed the value",
        rows=owed.disputed_values,
        icon="coin",
        title=_("Settle the disputed value of “%(title)s”"),
        detail="",
        button=_("See the dispute"),
        page="impact:initiative_impact",
    ),
    Kind(
        key="value_outdated",
        who="who changed the value model",
        rows=owed.outdated_values,
        icon="coin",
        title=_("Compute the value of “%(title)s” again"),
        detail=_("The value model was changed after the value was computed."),
        button=_("Open"),
        page="impact:initiative_impact",
    ),
    # Assess
    Kind(
        key="answers",
        who="the respondent of an open round",
        rows=owed.answers_wanted,
        icon="clipboard-check",
        title=_("Answer “%(title)s”"),
        detail=_("%(answered)d of %(practices)d practices answered"),
        button=_("Answer"),
        page="assessments:answer_start",
    ),
    Kind(
        key="round_overdue",
        who="who opened the round",
        rows=owed.rounds_past_their_day,
        icon="clipboard-check",
        title=_("Close “%(title)s”"),
        detail=_("Its last day has passed. %(given)s of %(seats)s people have submitted."),
        button=_("Open"),
        page="assessments:assessment_detail",
    ),
    Kind(
        key="round_complete",
        who="who opened the round",
        rows=owed.rounds_all_answered,
        icon="clipboard-check",
        title=_("Close “%(title)s”"),
        detail=_("Everyone has submitted."),
        button=_("Open"),
        page="assessments:assessment_detail",
    ),
    Kind(
        key="consensus",
        who="who opened the round",
        rows=owed.disagreements,
        icon="users-group",
        title=_("Agree on the levels of “%(title)s”"),
        detail="",
        button=_("See the answers"),
        page="assessments:result_detail",
    ),
    # Listen
    Kind(
        key="import_columns",
        who="who uploaded the file",
        rows=owed.imports_without_columns,
        icon="file-spreadsheet",
        title=_("Choose the columns of %(file)s"),
        detail=_("The file is waiting. Nothing has been imported yet."),
        button=_("Continue"),
        page="customer_voice:import_detail",
    ),
    Kind(
        key="import_checked",
        who="who uploaded the file",
        rows=owed.imports_checked,
        icon="file-spreadsheet",
        title=_("Import %(file)s"),
        detail=_("Checked, not imported: %(good)s rows are good, %(rejected)s are not."),
        button=_("Continue"),
        page="customer_voice:import_detail",
    ),
    Kind(
        key="import_failed",
        who="who uploaded the file",
        rows=owed.imports_failed,
        icon="file-alert",
        title=_("The import of %(file)s stopped"),
        detail="",
        button=_("See why"),
        page="customer_voice:import_detail",
    ),
    # Report
    Kind(
        key="report_failed",
        who="who asked for the document",
        rows=owed.reports_failed,
        icon="file-alert",
        title=_("“%(title)s” could not be made"),
        detail="",
        button=_("See why"),
        page="reports:report_detail",
    ),
    # People and the worker
    Kind(
        key="confirm_finance",
        who="a second manager of people",
        rows=owed.finance_unconfirmed,
        icon="user-check",
        title=_("Confirm %(name)s as finance reviewer"),
        detail=_("Until then this person cannot sign off value."),
        button=_("Open"),
        page="accounts:people",
    ),
    Kind(
        key="letters_failed",
        who="who runs the organization",
        rows=owed.letters_failed,
        icon="mail",
        title="%(what)s",
        detail=_("The people concerned have not been told."),
        button=_("See why"),
        page="accounts:work",
    ),
    Kind(
        key="events_stuck",
        who="who runs the organization",
        rows=owed.events_stuck,
        icon="alert-triangle",
        title="%(what)s",
        detail=_("It was tried many times. Look at the reason and try it again."),
        button=_("See why"),
        page="accounts:work",
    ),
)


def needs_of(member: Membership) -> tuple[Need, ...]:
    """What waits for this member: overdue first, then by day, then in the order of the list.

    The number of queries does not grow with rows.
    """
    desk = Desk(member=member)
    needs = [_need(kind, row, desk) for kind in KINDS for row in kind.rows(desk)]
    return tuple(sorted(needs, key=lambda need: (not need.is_overdue, need.due_on or date.max)))


def _need(kind: Kind, row: Owed, desk: Desk) -> Need:
    return Need(
        kind=kind.key,
        icon=kind.icon,
        title=str(kind.title) % row.words,
        detail=row.detail or str(kind.detail) % row.words,
        url=reverse(kind.page, args=[desk.member.organization.slug, *row.address]),
        button=str(kind.button),
        due_on=row.due_on,
        is_overdue=row.due_on is not None and row.due_on < desk.today,
    )
