"""The one list of what somebody can owe the program, and what of it waits for one member.

Home reads it and nothing else decides what needs a person. A new state, day or job in which somebody owes
something gets its line here; `tests/overview/test_needs.py` walks all of them and fails without one.
"""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Membership
from overview.selectors import owed, owed_after_waves, owed_seats
from overview.selectors.desk import Desk, Owed
from overview.selectors.kinds import Kind, Need
from overview.selectors.needs_at_touchpoints import TOUCHPOINTS
from overview.selectors.needs_of_reviews import REVIEW, SCHEDULES
from overview.selectors.needs_to_prove import PROVE

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
        dates=("vote",),
    ),
    Kind(
        key="vote_to_confirm",
        who="the person of a seat whose alternate has voted",
        rows=owed.votes_to_confirm,
        icon="checkbox",
        title=_("%(name)s voted for your seat on “%(title)s”"),
        detail=_("As your alternate. Confirm this vote or replace it; then you see what the others said."),
        button=_("See the vote"),
        page="coalition:vote",
        dates=("vote",),
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
        dates=("vote",),
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
        key="withdrawn",
        who="the owner of the initiative",
        rows=owed.withdrawn_drafts,
        icon="pencil",
        title=_("Continue or close “%(title)s”"),
        detail=_("It was withdrawn from the vote. Submit it again, or cancel it."),
        button=pgettext_lazy("button", "Open"),
        page="coalition:initiative_detail",
    ),
    Kind(
        key="start",
        who="the owner of the initiative",
        rows=owed.to_start,
        icon="player-play",
        title=_("Start the work on “%(title)s”"),
        detail=_("The coalition approved it."),
        button=pgettext_lazy("button", "Open"),
        page="coalition:initiative_detail",
        dates=("go_live",),
    ),
    Kind(
        key="go_live",
        who="the owner of the initiative",
        rows=owed.to_go_live,
        icon="calendar",
        title=_("Record the go-live of “%(title)s”"),
        detail=_("The planned day has come. If it is not live yet, plan another day."),
        button=pgettext_lazy("button", "Open"),
        page="coalition:initiative_detail",
        dates=("go_live",),
    ),
    Kind(
        key="milestone",
        who="the owner of the initiative",
        rows=owed.late_milestones,
        icon="calendar",
        title=_("Finish the milestone “%(milestone)s”"),
        detail=_("Of “%(title)s”."),
        button=pgettext_lazy("button", "Open"),
        page="coalition:initiative_detail",
        dates=("milestone",),
    ),
    Kind(
        key="paused",
        who="the owner of the initiative",
        rows=owed.paused_too_long,
        icon="clock",
        title=_("Resume or cancel “%(title)s”"),
        detail=_("It is on hold, and its planned day has passed."),
        button=pgettext_lazy("button", "Open"),
        page="coalition:initiative_detail",
        dates=("go_live", "review"),
    ),
    Kind(
        key="owner_missing",
        who="who seats the coalition and may draft",
        rows=owed.without_owner,
        icon="user-question",
        title=_("Find a new owner for “%(title)s”"),
        detail=_("%(name)s can no longer look after it."),
        button=pgettext_lazy("button", "Open"),
        page="coalition:initiative_detail",
    ),
    Kind(
        key="seat_left",
        who="who assigns the seats of the coalition",
        rows=owed_seats.seats_left,
        icon="armchair",
        title=_("Find another person for the seat “%(seat)s”"),
        detail="",
        button=pgettext_lazy("button", "Open"),
        page="coalition:seat_edit",
    ),
    *REVIEW,
    *PROVE,
    *TOUCHPOINTS,
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
        dates=("answers",),
    ),
    Kind(
        key="round_overdue",
        who="who opened the round",
        rows=owed.rounds_past_their_day,
        icon="clipboard-check",
        title=_("Close “%(title)s”"),
        detail=_("Its last day has passed. %(given)s of %(seats)s people have submitted."),
        button=pgettext_lazy("button", "Open"),
        page="assessments:assessment_detail",
        dates=("round",),
    ),
    Kind(
        key="round_complete",
        who="who opened the round",
        rows=owed.rounds_all_answered,
        icon="clipboard-check",
        title=_("Close “%(title)s”"),
        detail=_("Everyone has submitted."),
        button=pgettext_lazy("button", "Open"),
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
    Kind(
        key="calls_failed",
        who="who may import feedback",
        rows=owed.calls_failed,
        icon="webhook",
        title="%(what)s",
        detail=_("Change what its values are, then try again."),
        button=_("See why"),
        page="customer_voice:webhook_detail",
    ),
    Kind(
        key="mailbox_failing",
        who="who may import feedback",
        rows=owed.mailboxes_failing,
        icon="mail",
        title=_("The mailbox %(name)s cannot be read"),
        detail="",
        button=_("See why"),
        page="customer_voice:mailbox_detail",
    ),
    Kind(
        key="folder_failing",
        who="who may import feedback",
        rows=owed.folders_failing,
        icon="folder",
        title=_("The folder %(name)s needs you"),
        detail="",
        button=_("See why"),
        page="customer_voice:folder_detail",
    ),
    Kind(
        key="survey_mail_failed",
        who="who started the mailing; who may build surveys where that person can no longer",
        rows=owed.mailings_failed,
        icon="mail",
        title=_("The e-mails of “%(survey)s” stopped"),
        detail="",
        button=_("See why"),
        page="customer_voice:survey_mail",
    ),
    # Employees
    Kind(
        key="wave_failed",
        who="who manages employee surveys",
        rows=owed_after_waves.waves_stopped,
        icon="alert-triangle",
        title=_("%(work)s stopped: “%(title)s”"),
        detail=_("Nothing is lost. Open the wave and try again."),
        button=_("See why"),
        page="employee_voice:wave_detail",
    ),
    Kind(
        key="wave_unpublished",
        who="who manages employee surveys",
        rows=owed_after_waves.waves_unpublished,
        icon="message-2",
        title=_("Publish the results of “%(title)s”"),
        detail=_("The wave has closed. Nobody sees its results yet."),
        button=pgettext_lazy("button", "Open"),
        page="employee_voice:wave_detail",
    ),
    Kind(
        key="comments",
        who="the CX leader, and the member named for the wave as far as the lines are not hers",
        rows=owed_after_waves.comments_waiting,
        icon="message-2",
        title=_("Read the comments of “%(title)s”"),
        detail="",
        button=_("Read"),
        page="employee_voice:comment_list",
    ),
    Kind(
        key="comments_stuck",
        who="the CX leader, who names a reader from outside",
        rows=owed_after_waves.comments_stuck,
        icon="message-2",
        title=_("Name who reads comments of “%(title)s”"),
        detail="",
        button=_("Name someone"),
        page="employee_voice:comment_list",
    ),
    Kind(
        key="action",
        who="the owner of an action after a wave",
        rows=owed_after_waves.function_actions,
        icon="circle-check",
        title=_("Finish or drop “%(text)s”"),
        detail=_("An action after “%(wave)s”."),
        button=pgettext_lazy("button", "Open"),
        page="employee_voice:wave_results",
        dates=("action",),
    ),
    Kind(
        key="action_owner_missing",
        who="the CX leader",
        rows=owed_after_waves.actions_left,
        icon="user-question",
        title=_("Find a new owner for “%(text)s”"),
        detail=_("%(name)s can no longer look after it."),
        button=pgettext_lazy("button", "Open"),
        page="employee_voice:wave_results",
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
    *SCHEDULES,
    # People and the worker
    Kind(
        key="confirm_finance",
        who="a second manager of people",
        rows=owed.finance_unconfirmed,
        icon="user-check",
        title=_("Confirm %(name)s as finance reviewer"),
        detail=_("Until then this person cannot sign off value."),
        button=pgettext_lazy("button", "Open"),
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
    return needs_at(Desk(member=member))


def needs_at(desk: Desk) -> tuple[Need, ...]:
    """The same at a desk that a page reads more of."""
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
