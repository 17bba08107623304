"""One queue a person that never lies: every state in which somebody owes something is in the list."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import models
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Membership, Organization
from accounts.services import confirm_member, deactivate_member, invite_person
from assessments.choices import AssessmentState
from assessments.models import Assessment
from assessments.services import close_assessment, record_consensus
from coalition.choices import Choice, InitiativeState
from coalition.models import Coalition, EvaluationPlan, Initiative
from coalition.services import add_milestone, finish_milestone, submit_initiative, withdraw_initiative
from common.jobs import JobState, job_models
from customer_voice.choices import ImportStage
from customer_voice.models import ImportBatch
from cxstats.design import Verdict
from impact.choices import SignOff
from impact.models import LedgerYear, RoiCase, Study, ValueModel
from impact.selectors import refusal_of_ledger_review
from impact.services import (
    LedgerLineValues,
    LedgerYearValues,
    dispute,
    ledger_mark,
    review_ledger_year,
    save_ledger_year,
    sign_off,
)
from overview.selectors import KINDS, needs_of
from reports.models import Report
from tests.factories.accounts import EventDeliveryFactory, LetterFactory, MembershipFactory
from tests.factories.assessments import answer_all, make_assessment, make_result, make_submitted
from tests.factories.coalition import (
    CoalitionFactory,
    EvaluationPlanFactory,
    InitiativeFactory,
    SeatFactory,
    cast,
    ready_initiative,
    submitted,
)
from tests.factories.customer_voice import SourceFactory
from tests.factories.impact import metric_of
from tests.factories.reports import proved, waiting_report

pytestmark = pytest.mark.django_db

S = InitiativeState
# state -> what its owner owes where the planned go-live and the review day are past and no study was made.
OWNERS_DUTIES = {
    S.DRAFT: [],  # nobody was promised anything
    S.SUBMITTED: [],  # the seats owe their votes
    S.CHANGES_REQUESTED: ["changes_requested"],
    S.NO_DECISION: ["no_decision"],
    S.APPROVED: ["start"],
    S.REJECTED: [],  # decided
    S.IN_PROGRESS: ["go_live"],
    S.LIVE: ["review"],
    S.COMPLETED: ["review"],
    S.EVALUATED: [],  # over
    S.ON_HOLD: ["paused"],
    S.CANCELLED: [],  # over
}
# kind of job -> the kind that tells who asked for it that it failed.
FAILED_JOBS = {
    "customer_voice.ImportBatch": "import_failed",
    "impact.Study": "study_failed",
    "reports.Report": "report_failed",
    "accounts.Letter": "letters_failed",  # told to who runs the organization
    "customer_voice.SurveyMailing": "survey_mail_failed",
    "employee_voice.WaveWork": "wave_failed",  # told to who manages employee surveys
    "reports.SlipSheets": "",  # the page on which one waits for them says so and offers it again
    "customer_voice.Mailbox": "mailbox_failing",  # told to who may import feedback
    "customer_voice.WatchedFolder": "folder_failing",
    "customer_voice.CalendarVersion": "",  # the list of calendars says so
    "customer_voice.ServiceLevel": "",  # the page of the metric says so
    "impact.ProgramCase": "",  # the page of the program's return says so and offers it again
    "reports.ScheduleRun": "schedule_failed",  # told to the owner of the schedule
    "reports.Slides": "",  # the page of the document says so and offers them again
    "journeys.MapSheet": "",  # the page on which one waits for it says so and offers it again
    "impact.AssociationRun": "",  # its page says so and offers it again
    "impact.DriverRun": "",  # asked for by looking at a page, which says so and offers it again
}
# every calendar day in the database -> the kinds that its coming brings, or none.
DAYS = {
    "customer_voice.CalendarVersion.covers_from": set(),  # the hours are extended by themselves
    "customer_voice.CalendarVersion.covers_until": set(),
    "customer_voice.CustomerSurvey.first_day": set(),  # the survey opens and closes by itself
    "customer_voice.CustomerSurvey.last_day": set(),
    "customer_voice.SurveyReply.day": set(),
    "assessments.Assessment.due_on": {"answers", "round_overdue"},
    "coalition.ApprovalRound.due_on": {"vote", "vote_as_alternate"},
    "coalition.EvaluationPlan.review_on": {"study", "review", "completion", "paused", "review_open"},
    "coalition.Review.next_on": {"review_open", "review_decide"},
    "coalition.Review.last_day": {"review_vote"},
    "coalition.Initiative.planned_go_live_on": {"start", "go_live", "paused"},
    "coalition.Milestone.due_on": {"milestone"},
    "reports.Schedule.next_on": set(),  # the document is made by itself
    # what has happened, or where a measurement begins and ends
    "accounts.Organization.reminded_on": set(),
    "accounts.Reminder.on": set(),
    "accounts.ReminderLetter.sent_on": set(),
    "coalition.Review.due_on": set(),
    "reports.ScheduleRun.due_on": set(),
    "impact.ExchangeRate.day": set(),
    "impact.LibraryFigure.day": set(),
    "employee_voice.Wave.opened_on": set(),
    "employee_voice.Wave.closed_on": set(),
    "coalition.Coalition.founded_on": set(),
    "coalition.EvaluationPlan.baseline_from": set(),
    "coalition.EvaluationPlan.selected_from": set(),
    "coalition.EvaluationPlan.selected_until": set(),
    "coalition.Initiative.already_live_on": {"study", "review"},  # recorded, and not studied yet
    "coalition.Initiative.completed_on": set(),
    "coalition.Initiative.went_live_on": set(),
    "coalition.Seat.ends_on": set(),  # the seat ends by itself and its votes are settled
    "coalition.Seat.starts_on": set(),
    "coalition.Milestone.done_on": set(),
    "employee_voice.FunctionAction.due_on": {"action"},
    # a wave opens and closes by itself; a line of home says when
    "employee_voice.Wave.opens_on": set(),
    "employee_voice.Wave.closes_on": set(),
    "customer_voice.CustomerAccount.started_on": set(),
    "customer_voice.CustomerAccount.renews_on": set(),  # of a customer; no page asks anybody to act by it
    "customer_voice.CustomerAccount.left_on": set(),
    "customer_voice.AccountDurationPoint.day": set(),
    "customer_voice.AccountMetricPoint.day": set(),
    "customer_voice.AccountStepPoint.day": set(),
    "customer_voice.AccountTotalPoint.day": set(),
    "customer_voice.DurationPoint.day": set(),
    "customer_voice.MetricPoint.day": set(),
    "customer_voice.PeriodPoint.first": set(),
    "customer_voice.StepPoint.day": set(),
    "customer_voice.TotalPoint.day": set(),
    "impact.AssociationFile.until": set(),
    "impact.AssociationRun.until": set(),
    "impact.Study.data_cutoff": set(),
    "impact.Study.go_live": set(),
}
IMPORTS = {
    ImportStage.MAPPING: ["import_columns"],
    ImportStage.CHECKING: [],
    ImportStage.CHECKED: ["import_checked"],
    ImportStage.IMPORTING: [],
    ImportStage.IMPORTED: [],
    ImportStage.UNDOING: [],
    ImportStage.UNDONE: [],
    ImportStage.FAILED: ["import_failed"],
}
# kinds that have no state, day or job of their own
OTHERS = {
    "calls_failed",
    "comments_stuck",
    "vote_to_confirm",
    "seat_left",
    "value_missing",
    "withdrawn",
    "study_outdated",
    "owner_missing",
    "value_review",
    "ledger_review",
    "value_disputed",
    "value_waits",
    "value_without_reviewer",
    "value_outdated",
    "round_complete",
    "consensus",
    "confirm_finance",
    "events_stuck",
    "wave_unpublished",
    "comments",
    "action_owner_missing",
    "review_answer",
    "schedule_stopped",
    "touchpoint_left",
    "suggestion",
    "suggestion_taken_up",
    "suggestion_declined",
}


def kinds(member: Membership) -> list[str]:
    member = Membership.objects.select_related("organization", "user").get(pk=member.pk)
    return [need.kind for need in needs_of(member)]


def day(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


@pytest.fixture
def fay(organization) -> Membership:
    return MembershipFactory(organization=organization, role=Role.FINANCE_REVIEWER, user__name="Fay")


@pytest.fixture
def chief(organization) -> Membership:
    return MembershipFactory(organization=organization, role=Role.ADMINISTRATOR, user__name="Chief")


def overdue(owner: Membership, state: str, **changes) -> Initiative:
    live = state in {S.LIVE, S.COMPLETED, S.EVALUATED}
    values = {
        "planned_go_live_on": day(-40),
        "went_live_on": day(-40) if live else None,
        "completed_on": day(-2) if state in {S.COMPLETED, S.EVALUATED} else None,
        **changes,
    }
    initiative = InitiativeFactory(organization=owner.organization, owner=owner, state=state, **values)
    EvaluationPlanFactory(
        initiative=initiative, review_on=day(-1), metric=metric_of(owner.organization, "nps")
    )
    return initiative


def studied(initiative: Initiative, until: date, **changes) -> Study:
    values = {"job_state": JobState.DONE, "finding": {}, **changes}
    return Study.objects.create(
        organization=initiative.organization,
        initiative=initiative,
        number=initiative.studies.count() + 1,
        data_cutoff=until,
        **values,
    )


# --- nothing is missing -----------------------------------------------------------------------------


def test_every_state_of_an_initiative_is_decided(organization, ben):
    assert set(OWNERS_DUTIES) == set(InitiativeState)
    owed = {}
    for state in InitiativeState:
        owner = MembershipFactory(organization=organization, role=Role.COALITION_MEMBER)
        overdue(owner, state)
        owed[state] = kinds(owner)
    assert owed == OWNERS_DUTIES


def test_every_kind_of_work_that_can_fail_is_decided():
    assert {model._meta.label for model in job_models()} == set(FAILED_JOBS)


def test_every_calendar_day_is_decided():
    there = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.fields
        if type(field) is models.DateField
    }
    assert there == set(DAYS)


def test_every_stage_of_an_import_is_decided(organization, ada, ben):
    rows = {
        ImportStage.MAPPING: {"job_state": JobState.DONE},
        ImportStage.CHECKING: {"job_state": JobState.RUNNING},
        ImportStage.CHECKED: {"job_state": JobState.DONE, "mapping": {"score": "score"}},
        ImportStage.IMPORTING: {"job_state": JobState.QUEUED, "is_dry_run": False},
        ImportStage.IMPORTED: {
            "job_state": JobState.DONE,
            "is_dry_run": False,
            "mapping": {"score": "score"},
        },
        ImportStage.UNDOING: {"job_state": JobState.RUNNING, "is_dry_run": False, "is_undo": True},
        ImportStage.UNDONE: {"job_state": JobState.DONE, "is_dry_run": False, "is_undo": True},
        ImportStage.FAILED: {"job_state": JobState.FAILED, "failure": "No such column."},
    }
    assert set(rows) == set(IMPORTS) == set(ImportStage)
    for stage, values in rows.items():
        batch = ImportBatch.objects.create(
            organization=organization,
            source=SourceFactory(organization=organization),
            created_by=ada,
            filename="a.csv",
            file_bytes=1,
            **values,
        )
        assert batch.stage == stage
        assert kinds(ada) == IMPORTS[stage]
        assert kinds(ben) == []
        batch.delete()


def test_every_word_of_finance_and_every_state_of_a_round_is_decided():
    assert set(SignOff) == {SignOff.OPEN, SignOff.SIGNED, SignOff.DISPUTED}
    assert set(AssessmentState) == {AssessmentState.OPEN, AssessmentState.CLOSED}


def test_every_kind_stands_for_something_walked_here():
    walked = {kind for found in OWNERS_DUTIES.values() for kind in found}
    walked |= {kind for found in IMPORTS.values() for kind in found}
    walked |= {kind for kind in FAILED_JOBS.values() if kind}
    walked |= {kind for found in DAYS.values() for kind in found}
    assert sorted(kind.key for kind in KINDS) == sorted(walked | OTHERS)
    assert all(kind.who for kind in KINDS)


# --- initiatives ------------------------------------------------------------------------------------


def test_whoever_does_not_own_it_owes_nothing(organization, ben, cleo, fay):
    for state in (S.CHANGES_REQUESTED, S.NO_DECISION, S.APPROVED, S.IN_PROGRESS, S.LIVE, S.ON_HOLD):
        overdue(ben, state)
    assert kinds(cleo) == []
    assert kinds(fay) == []


@pytest.mark.parametrize(("planned", "expected"), [(1, []), (0, ["go_live"]), (-1, ["go_live"])])
def test_a_go_live_is_owed_from_its_planned_day_on(ben, planned, expected):
    overdue(ben, S.IN_PROGRESS, planned_go_live_on=day(planned))
    needs = needs_of(ben)
    assert [need.kind for need in needs] == expected
    assert [need.is_overdue for need in needs] == [planned < 0] * len(expected)


def test_an_approved_initiative_is_to_be_started_before_its_planned_day(ben):
    overdue(ben, S.APPROVED, planned_go_live_on=day(10))
    (need,) = needs_of(ben)
    assert (need.kind, need.due_on, need.is_overdue) == ("start", day(10), False)


def test_a_pause_is_nobody_s_business_until_its_day_has_passed(ben):
    overdue(ben, S.ON_HOLD, planned_go_live_on=day(0))
    assert kinds(ben) == []
    overdue(ben, S.ON_HOLD, planned_go_live_on=day(-1))
    assert kinds(ben) == ["paused"]


def test_paused_after_its_go_live_the_review_day_counts(ben):
    initiative = overdue(ben, S.ON_HOLD, went_live_on=day(-30))
    EvaluationPlan.objects.filter(initiative=initiative).update(review_on=day(5))
    assert kinds(ben) == []
    EvaluationPlan.objects.filter(initiative=initiative).update(review_on=day(-5))
    (need,) = needs_of(ben)
    assert (need.kind, need.due_on) == ("paused", day(-5))


def test_late_milestones_are_one_line_for_each_initiative(ben):
    initiative = overdue(ben, S.IN_PROGRESS, planned_go_live_on=day(30))
    first = add_milestone(by=ben, initiative=initiative, title="Train", due_on=day(-3), reason="agreed")
    add_milestone(by=ben, initiative=initiative, title="Pilot", due_on=day(0), reason="agreed")
    add_milestone(by=ben, initiative=initiative, title="Roll out", due_on=day(1), reason="agreed")
    (need,) = needs_of(ben)
    assert (need.kind, need.title, need.due_on, need.is_overdue) == (
        "milestone",
        "Finish the milestone “Train”",
        day(-3),
        True,
    )
    assert need.detail == f"Of “{initiative.title}”, and 1 more milestone is due."
    finish_milestone(by=ben, milestone=first)
    (need,) = needs_of(ben)
    assert (need.title, need.is_overdue) == ("Finish the milestone “Pilot”", False)
    assert need.detail == f"Of “{initiative.title}”."


@pytest.mark.parametrize("state", [S.DRAFT, S.ON_HOLD, S.COMPLETED, S.CANCELLED])
def test_milestones_of_what_is_not_at_work_are_not_owed(ben, state):
    initiative = overdue(ben, state, planned_go_live_on=day(30))
    EvaluationPlan.objects.filter(initiative=initiative).update(review_on=day(30))
    initiative.milestones.create(title="Train", due_on=day(-3))
    assert kinds(ben) == []


@pytest.mark.parametrize(("review", "expected"), [(1, []), (0, ["review"]), (-1, ["review"])])
def test_a_review_is_owed_from_its_day_on_by_the_owner_and_by_who_runs_studies(ada, ben, review, expected):
    initiative = overdue(ben, S.LIVE)
    EvaluationPlan.objects.filter(initiative=initiative).update(review_on=day(review))
    assert kinds(ben) == expected
    assert kinds(ada) == ["study"] * len(expected)


def test_an_owner_who_runs_studies_is_told_once(ada):
    overdue(ada, S.LIVE)
    assert kinds(ada) == ["study"]


def test_what_was_recorded_afterwards_is_to_be_studied_at_once_and_once(ada, ben):
    """Its data are there; no review day has to come first."""
    initiative = overdue(ben, S.LIVE, already_live_on=day(-40), planned_go_live_on=None)
    EvaluationPlan.objects.update(review_on=None)
    assert (kinds(ada), kinds(ben)) == (["study"], ["review"])
    studied(initiative, day(-1))
    assert (kinds(ada), kinds(ben)) == ([], [])


def test_a_study_up_to_the_review_day_leaves_the_completion(ada, ben):
    initiative = overdue(ben, S.LIVE)
    studied(initiative, day(-2))  # the day before the review
    assert kinds(ben) == ["review"]
    running = studied(initiative, day(-1), job_state=JobState.RUNNING)
    assert (kinds(ben), kinds(ada)) == ([], [])
    Study.objects.filter(pk=running.pk).update(job_state=JobState.DONE)
    assert (kinds(ben), kinds(ada)) == (["completion"], [])


def test_who_left_or_cannot_act_any_more_needs_a_successor(organization, ada, ben, chief):
    overdue(ben, S.IN_PROGRESS)
    assert kinds(ada) == []
    Membership.objects.filter(pk=ben.pk).update(role=Role.CONTRIBUTOR)
    assert (kinds(ada), kinds(ben), kinds(chief)) == (["owner_missing"], [], [])
    Membership.objects.filter(pk=ben.pk).update(role=Role.COALITION_MEMBER, is_active=False)
    (need,) = needs_of(ada)
    assert need.detail == "Ben can no longer look after it."
    Initiative.objects.update(owner=ada)
    assert kinds(ada) == ["go_live"]


def test_a_draft_waits_for_somebody_else_once_its_owner_has_left(ada, ben):
    overdue(ben, S.DRAFT)
    assert (kinds(ada), kinds(ben)) == ([], [])  # whoever writes it decides what becomes of it
    deactivate_member(by=ada, member=ben)
    (need,) = needs_of(ada)
    assert (need.kind, need.detail) == ("owner_missing", "Ben can no longer look after it.")


@pytest.mark.parametrize("state", [S.SUBMITTED, S.EVALUATED, S.CANCELLED, S.REJECTED])
def test_where_nothing_can_be_handed_over_no_successor_is_asked_for(ada, ben, state):
    overdue(ben, state)
    deactivate_member(by=ada, member=ben)
    assert kinds(ada) == []


# --- votes ------------------------------------------------------------------------------------------


def test_a_vote_waits_for_the_seat_and_its_alternate_until_one_has_voted(organization, ada, ben, cleo):
    coalition = CoalitionFactory(organization=organization)
    alternate = MembershipFactory(organization=organization, role=Role.EXECUTIVE)
    seat = SeatFactory(coalition=coalition, membership=ben, alternate=alternate)
    other = SeatFactory(coalition=coalition)
    initiative = submitted(ada)
    assert kinds(ben) == ["vote"]
    assert kinds(alternate) == ["vote_as_alternate"]
    assert kinds(ada) == []
    cast(initiative, seat)
    assert (kinds(ben), kinds(alternate)) == ([], [])
    assert kinds(other.membership) == ["vote"]
    withdraw_initiative(by=ada, initiative=initiative)
    assert kinds(other.membership) == []


def test_a_withdrawn_draft_waits_for_its_owner_until_it_is_submitted_or_closed(organization, ada, ben):
    CoalitionFactory(organization=organization)
    SeatFactory(coalition=Coalition.objects.get())
    initiative = submitted(ben)
    assert kinds(ben) == []
    withdraw_initiative(by=ben, initiative=initiative)
    (need,) = needs_of(ben)
    assert (need.kind, need.title) == ("withdrawn", f"Continue or close “{initiative.title}”")
    assert kinds(ada) == []
    submit_initiative(by=ben, initiative=Initiative.objects.get(pk=initiative.pk))
    assert kinds(ben) == []
    withdraw_initiative(by=ben, initiative=Initiative.objects.get(pk=initiative.pk))
    assert kinds(ben) == ["withdrawn"]
    Initiative.objects.update(state=S.CANCELLED)
    assert kinds(ben) == []


def test_changes_that_the_coalition_asked_for_wait_for_the_owner(organization, ada, ben):
    coalition = CoalitionFactory(organization=organization)
    seat = SeatFactory(coalition=coalition)
    initiative = submitted(ben)
    cast(initiative, seat, Choice.REQUEST_CHANGES, "Say who pays.")
    assert kinds(ben) == ["changes_requested"]
    Initiative.objects.update(proposal="Call every new customer. Service pays.")
    submit_initiative(by=ben, initiative=Initiative.objects.get(pk=initiative.pk))
    assert kinds(ben) == []


# --- value ------------------------------------------------------------------------------------------


@pytest.fixture
def case(organization, ben, ada) -> RoiCase:
    """Ben owns it, Ada computed it and wrote its model; evaluated, so that only its value waits."""
    known = proved(ada)
    Initiative.objects.filter(pk=known.simulated.initiative.pk).update(owner=ben, state=S.EVALUATED)
    assert known.case is not None
    return RoiCase.objects.get(pk=known.case.pk)


def test_an_open_value_waits_for_another_pair_of_eyes(organization, case, ada, ben, fay):
    assert kinds(fay) == ["value_review"]
    assert (kinds(ada), kinds(ben)) == ([], [])
    sign_off(case=case, by=fay)
    assert kinds(fay) == []


@pytest.mark.parametrize("tie", ["computed", "model", "earlier model", "owner", "invited", "role"])
def test_a_value_does_not_wait_for_who_may_not_sign_it(organization, case, ada, fay, tie):
    if tie == "computed":
        RoiCase.objects.update(computed_by=fay)
    if tie == "model":
        ValueModel.objects.update(changed_by=fay)
    if tie == "owner":
        Initiative.objects.update(owner=fay)
    if tie == "invited":
        invitation, _secret = invite_person(by=ada, email="x@northwind.example", role=Role.AUDITOR)
        invitation.accepted_at, invitation.accepted_by = timezone.now(), fay
        invitation.save()
    if tie == "role":
        Membership.objects.filter(pk=fay.pk).update(role_given_by=ada)
    if tie == "earlier model":  # the last hand over it is another's, and so is the figure
        boss = MembershipFactory(organization=organization, role=Role.EXECUTIVE)
        ValueModel.objects.update(changed_by=boss)
        RoiCase.objects.update(computed_by=boss)
        Membership.objects.filter(pk=fay.pk).update(role_given_by=ada)
    assert "value_review" not in kinds(fay)


def test_a_year_of_the_ledger_waits_for_finance_until_it_is_signed_and_again_when_it_is_changed(
    organization, ada, ben, fay
):
    year = organization.clock.today().year
    line = LedgerLineValues(kind="people", amount=Decimal(80_000), currency="EUR", source="Cost center 4711")

    def save(year: int, lines: tuple[LedgerLineValues, ...]) -> LedgerYear:
        seen = LedgerYear.objects.filter(year=year).values_list("version", flat=True).first() or 0
        save_ledger_year(by=ada, values=LedgerYearValues(year=year, lines=lines), seen=seen)
        return LedgerYear.objects.get(year=year)

    row = save(year, (line,))
    save(year + 1, (line,))  # a plan
    (need,) = needs_of(Membership.objects.select_related("organization", "user").get(pk=fay.pk))
    assert (need.kind, need.title) == ("ledger_review", f"Review the program's costs of {year}")
    assert need.url == reverse("impact:ledger_year", args=["northwind", year])
    assert (kinds(ada), kinds(ben)) == ([], [])
    review_ledger_year(row=row, by=fay, decision="signed", seen=ledger_mark(row))
    assert kinds(fay) == []
    save(year, (replace(line, amount=Decimal(81_000)),))
    (need,) = needs_of(Membership.objects.select_related("organization", "user").get(pk=fay.pk))
    assert (need.kind, need.detail) == ("ledger_review", "It was changed since it was last reviewed.")


@pytest.mark.parametrize("tie", ["written", "role", "unconfirmed"])
def test_a_year_of_the_ledger_does_not_wait_for_who_may_not_sign_it(organization, ada, fay, tie):
    by = fay if tie == "written" else ada
    line = LedgerLineValues(kind="people", amount=Decimal(80_000), currency="EUR", source="Cost center 4711")
    year = organization.clock.today().year
    save_ledger_year(by=by, values=LedgerYearValues(year=year, lines=(line,)), seen=0)
    if tie == "role":
        Membership.objects.filter(pk=fay.pk).update(role_given_by=ada)
    if tie == "unconfirmed":
        MembershipFactory(organization=organization, role=Role.ADMINISTRATOR)
    assert kinds(fay) == ([] if tie != "unconfirmed" else kinds(fay))
    may_sign = refusal_of_ledger_review(LedgerYear.objects.get(year=year), fay) == ""
    assert ("ledger_review" in kinds(fay)) is may_sign


def test_a_reviewer_who_is_not_confirmed_waits_and_who_may_confirm_is_told(
    organization, case, ada, chief, fay
):
    assert kinds(fay) == []
    assert kinds(chief) == ["confirm_finance"]
    assert kinds(ada) == ["confirm_finance"]
    Membership.objects.filter(pk=fay.pk).update(role_given_by=ada)
    # her own doing needs the other's eyes; and who came in through her cannot sign what she computed
    assert kinds(ada) == ["value_without_reviewer"]
    confirm_member(by=chief, member=Membership.objects.get(pk=fay.pk))
    assert kinds(chief) == ["value_without_reviewer"]


def test_an_outdated_value_waits_for_who_changed_its_model_and_not_for_finance(case, ada, ben, fay):
    ValueModel.objects.update(changed_at=timezone.now() + timedelta(minutes=1))
    assert (kinds(ada), kinds(ben), kinds(fay)) == (["value_outdated"], [], [])


def test_a_disputed_value_waits_for_the_owner_and_for_who_computed_it(case, ada, ben, fay):
    dispute(case=case, by=fay, comment="The margin is last year's.")
    (need,) = needs_of(ben)
    assert (need.kind, need.detail) == ("value_disputed", "The margin is last year's.")
    assert (kinds(ada), kinds(fay)) == (["value_disputed"], [])


def test_a_value_computed_after_a_dispute_waits_for_finance_and_who_runs_the_program_sees_it(
    organization, case, ada, ben, fay
):
    dispute(case=case, by=fay, comment="The margin is last year's.")
    newer = RoiCase.objects.get(pk=case.pk)
    newer.pk, newer.number, newer.input_digest = None, case.number + 1, "other"
    newer.sign_off, newer.sign_off_by, newer.sign_off_at = SignOff.OPEN, None, None
    newer.sign_off_comment, newer.current_since = "", timezone.now()
    newer.save()
    (need,) = needs_of(fay)
    assert need.kind == "value_review"
    assert need.detail.startswith("Finance disputed the previous value: “The margin is last year's.”, Fay, ")
    leader = MembershipFactory(organization=organization, role=Role.CX_LEADER)
    for member in (ada, ben, leader):
        (need,) = [one for one in needs_of(member) if one.kind.startswith("value")]
        assert need.kind == "value_waits"
        assert need.title == f"The new value of “{case.study.initiative.title}” waits for finance"
        assert "The margin is last year's." in need.detail
    other = MembershipFactory(organization=organization, role=Role.EXECUTIVE)
    assert kinds(other) == []
    signed = {"sign_off": SignOff.SIGNED, "sign_off_by": fay, "sign_off_at": timezone.now()}
    RoiCase.objects.filter(pk=newer.pk).update(**signed)
    for member in (ada, ben, fay, leader):
        assert not [kind for kind in kinds(member) if kind.startswith("value")]


def test_only_the_newest_value_of_the_study_that_counts_waits(case, fay):
    newer = RoiCase.objects.get(pk=case.pk)
    newer.pk, newer.number = None, case.number + 1
    newer.save()
    assert kinds(fay) == ["value_review"]
    RoiCase.objects.filter(pk=newer.pk).update(sign_off=SignOff.SIGNED, sign_off_by=fay)
    assert kinds(fay) == []
    initiative = case.study.initiative
    studied(initiative, case.study.data_cutoff + timedelta(days=7))
    RoiCase.objects.filter(pk=newer.pk).update(sign_off=SignOff.OPEN, sign_off_by=None)
    assert kinds(fay) == []


def test_a_new_study_asks_for_its_value_also_where_the_old_one_was_disputed(case, ada, ben, fay):
    dispute(case=case, by=fay, comment="The margin is last year's.")
    assert (kinds(ada), kinds(ben)) == (["value_disputed"], ["value_disputed"])
    study = studied(case.study.initiative, case.study.data_cutoff + timedelta(days=7), requested_by=None)
    (need,) = needs_of(ada)
    assert (need.kind, need.title) == (
        "value_missing",
        f"Compute the value of “{case.study.initiative.title}”",
    )
    assert (kinds(ben), kinds(fay)) == ([], [])  # the owner may not compute; finance did not ask for it
    running = studied(case.study.initiative, day(-1), job_state=JobState.RUNNING)
    assert kinds(ada) == []
    running.delete()
    Study.objects.filter(pk=study.pk).update(verdict=Verdict.NOT_ESTIMABLE)
    assert kinds(ada) == []  # no effect, nothing to value
    Study.objects.filter(pk=study.pk).update(verdict=Verdict.SUPPORTED)
    RoiCase.objects.filter(pk=case.pk).update(study=study)
    assert kinds(ada) == ["value_disputed"]


def test_a_value_that_nobody_here_computed_is_everybody_s_who_may(organization, case, ada, ben, fay):
    studied(case.study.initiative, case.study.data_cutoff + timedelta(days=7))
    assert (kinds(ada), kinds(fay)) == (["value_missing"], [])
    other = MembershipFactory(organization=organization, role=Role.CX_LEADER)
    assert "value_missing" not in kinds(other)
    deactivate_member(by=other, member=ada)
    assert "value_missing" in kinds(other)
    RoiCase.objects.all().delete()
    assert "value_missing" in kinds(other)  # a model says what it would be worth
    ValueModel.objects.all().delete()
    assert "value_missing" not in kinds(other)  # nobody has asked what it is worth


def test_a_corrected_go_live_asks_for_a_new_study(case, ada, ben, fay):
    study = Study.objects.get(pk=case.study.pk)
    Initiative.objects.update(went_live_on=study.go_live + timedelta(days=3))
    (need,) = needs_of(ada)
    assert (need.kind, need.detail) == (
        "study_outdated",
        "The go-live was corrected after the study that counts.",
    )
    assert kinds(ben) == []
    running = studied(study.initiative, study.data_cutoff, job_state=JobState.QUEUED)
    assert kinds(ada) == []
    Study.objects.filter(pk=running.pk).update(
        job_state=JobState.DONE, go_live=study.go_live + timedelta(days=3)
    )
    assert kinds(ada) == ["value_missing"]


def test_a_plan_changed_after_the_study_asks_for_a_new_one_unless_no_grade_can_fall(case, ada, fay):
    study = Study.objects.get(pk=case.study.pk)
    EvaluationPlan.objects.update(changed_after_approval_at=timezone.now())
    (need,) = needs_of(ada)
    assert (need.kind, need.detail) == (
        "study_outdated",
        "The plan was changed after the study that counts.",
    )
    Study.objects.filter(pk=study.pk).update(grade="D")
    assert kinds(ada) == []
    study.inputs["design"]["changed_after_approval"] = True
    Study.objects.filter(pk=study.pk).update(grade="C", inputs=study.inputs)
    assert kinds(ada) == []


# --- assessments ------------------------------------------------------------------------------------


def test_answers_wait_for_the_respondent_and_the_closing_for_who_opened_the_round(organization, ada, cleo):
    other = MembershipFactory(organization=organization, role=Role.CX_LEADER)
    current = make_assessment(ada, due_on=day(3))
    seat = current.responses.create(member=cleo)
    answer_all(seat, {"ask": 3})
    (need,) = needs_of(cleo)
    assert (need.kind, need.detail, need.due_on) == ("answers", "1 of 3 practices answered", day(3))
    assert kinds(ada) == []
    Assessment.objects.update(due_on=day(0))
    assert kinds(ada) == []
    Assessment.objects.update(due_on=day(-1))
    (need,) = needs_of(ada)
    assert (need.kind, need.is_overdue) == ("round_overdue", True)
    assert need.detail == "Its last day has passed. 0 of 1 people have submitted."
    assert kinds(other) == []
    seat.submitted_at = timezone.now()
    seat.save()
    assert (kinds(ada), kinds(cleo)) == (["round_complete"], [])
    close_assessment(by=ada, assessment=current)
    assert kinds(ada) == []


def test_a_round_whose_lead_has_left_is_everybody_s_who_runs_rounds(organization, ada, ben):
    other = MembershipFactory(organization=organization, role=Role.CX_LEADER)
    make_assessment(ada, due_on=day(0))
    Assessment.objects.update(due_on=day(-1))
    assert kinds(other) == []
    deactivate_member(by=other, member=ada)
    assert (kinds(other), kinds(ben)) == (["round_overdue"], [])


def test_answers_far_apart_wait_for_a_consensus(organization, ada, ben):
    current = make_assessment(ada)
    for level in (1, 1, 5, 5):
        person = MembershipFactory(organization=organization, role=Role.CONTRIBUTOR)
        make_submitted(person, current, ask=level, answer=level, improve=3)
    close_assessment(by=ada, assessment=current)
    (need,) = needs_of(ada)
    assert (need.kind, need.detail) == ("consensus", "Answers are far apart for 2 practices.")
    assert kinds(ben) == []
    record_consensus(by=ada, assessment=current, practice="ask", level=3, reason="Seen together.")
    assert kinds(ada) == []


def test_after_a_month_or_a_newer_round_nobody_asks_for_a_consensus(organization, ada):
    current = make_assessment(ada)
    for level in (1, 1, 5, 5):
        make_submitted(MembershipFactory(organization=organization), current, ask=level, answer=3, improve=3)
    close_assessment(by=ada, assessment=current)
    Assessment.objects.update(closed_at=timezone.now() - timedelta(days=29))
    assert kinds(ada) == ["consensus"]
    Assessment.objects.update(closed_at=timezone.now() - timedelta(days=32))
    assert kinds(ada) == []
    Assessment.objects.update(closed_at=timezone.now() - timedelta(days=1))
    make_result(ada, ask=3, answer=3, improve=3)
    assert kinds(ada) == []


# --- files, documents, the worker -------------------------------------------------------------------


def test_a_failed_study_waits_for_who_asked_for_it_until_a_later_one(ada, ben):
    other = MembershipFactory(organization=ada.organization, role=Role.CX_LEADER)
    initiative = overdue(ben, S.LIVE)
    EvaluationPlan.objects.filter(initiative=initiative).update(review_on=day(30))
    studied(initiative, day(-1), job_state=JobState.FAILED, failure="No memory.", requested_by=ada)
    (need,) = needs_of(ada)
    assert (need.kind, need.detail) == ("study_failed", "No memory.")
    assert (kinds(ben), kinds(other)) == ([], [])
    studied(initiative, day(-1), job_state=JobState.QUEUED)
    assert kinds(ada) == []


def test_a_failed_document_waits_for_who_asked_for_it_until_a_later_one(ada, ben, fay):
    known = proved(ada)
    Initiative.objects.update(state=S.EVALUATED)
    waiting_report(ben, known)
    assert kinds(ben) == []
    Report.objects.update(job_state=JobState.FAILED, failure="No fonts.")
    (need,) = needs_of(ben)
    assert (need.kind, need.detail) == ("report_failed", "No fonts.")
    assert kinds(ada) == []
    waiting_report(ada, known)
    assert kinds(ben) == []


def test_what_the_worker_could_not_do_waits_for_who_runs_the_organization(
    organization, elsewhere, chief, ada, ben, dora
):
    LetterFactory(recipient=ben.user.email)
    LetterFactory(recipient=ben.user.email, job_state=JobState.QUEUED)  # tried, and tried again by itself
    LetterFactory(recipient=dora.user.email)
    EventDeliveryFactory(event__organization=organization)
    EventDeliveryFactory(event__organization=organization)
    EventDeliveryFactory(event__organization=organization, stuck_at=None)
    assert kinds(ben) == []
    for member in (chief, ada):
        assert [(need.kind, need.title) for need in needs_of(member)] == [
            ("letters_failed", "1 e-mail could not be sent"),
            ("events_stuck", "2 steps of background work are stuck"),
        ]
    assert kinds(dora) == ["letters_failed"]


def test_letters_that_wait_for_a_quarter_of_an_hour_are_told(ada, ben):
    letter = LetterFactory(recipient=ben.user.email, job_state=JobState.QUEUED)
    assert kinds(ada) == []
    type(letter).objects.update(created_at=timezone.now() - timedelta(minutes=16))
    assert [need.title for need in needs_of(ada)] == ["1 e-mail could not be sent"]


# --- the queue --------------------------------------------------------------------------------------


def test_overdue_comes_first_then_by_day_then_without_a_day(ben):
    overdue(ben, S.CHANGES_REQUESTED)
    overdue(ben, S.APPROVED, planned_go_live_on=day(20))
    overdue(ben, S.APPROVED, planned_go_live_on=day(5))
    overdue(ben, S.IN_PROGRESS, planned_go_live_on=day(-1))
    overdue(ben, S.IN_PROGRESS, planned_go_live_on=day(-9))
    assert [need.due_on for need in needs_of(ben)] == [day(-9), day(-1), day(5), day(20), None]


def test_the_day_is_the_organization_s(organization, ben, monkeypatch):
    moment = timezone.now().replace(hour=23, minute=30, second=0)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    overdue(ben, S.IN_PROGRESS, planned_go_live_on=moment.date() + timedelta(days=1))
    assert kinds(ben) == []
    Organization.objects.update(time_zone="Asia/Tokyo")
    assert kinds(ben) == ["go_live"]


def test_another_organization_s_duties_are_not_mine(ada, dora, elsewhere):
    overdue(MembershipFactory(organization=elsewhere), S.LIVE)
    overdue(dora, S.CHANGES_REQUESTED)
    proved(dora, number=900)  # initiatives made before have the numbers that are free
    make_assessment(dora, due_on=day(0))
    Assessment.objects.update(due_on=day(-1))
    assert kinds(ada) == []


def test_home_shows_what_waits_with_its_day(ben, client_of):
    initiative = overdue(ben, S.IN_PROGRESS, title="Two-hour windows")
    page = client_of(ben).get(reverse("home", args=["northwind"])).content.decode()
    assert "One thing needs you." in page
    assert "Record the go-live of “Two-hour windows”" in page
    assert "was due" in page
    assert reverse("coalition:initiative_detail", args=["northwind", initiative.number]) in page


def test_who_owes_nothing_reads_so(client_of):
    known = proved(MembershipFactory(role=Role.CX_LEADER))
    Initiative.objects.update(state=S.EVALUATED)
    auditor = MembershipFactory(organization=known.study.organization, role=Role.AUDITOR)
    slug = auditor.organization.slug
    assert "Nothing needs you right now." in (
        client_of(auditor).get(reverse("home", args=[slug])).content.decode()
    )
    assert ready_initiative(auditor).state == S.DRAFT
    assert Coalition.objects.count() == 0
