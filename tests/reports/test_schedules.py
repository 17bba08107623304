"""Scheduled documents: the right days, each made once, sent to who may have it, never without an owner."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

import pytest
from django.utils import timezone

from accounts.choices import Role
from accounts.models import AuditEvent, EventDelivery, Letter, Membership
from accounts.services import change_member, deactivate_member
from coalition.services import cast_review_vote, open_review_vote
from common.errors import InvalidValues
from common.jobs import JobState
from common.outbox import deliver
from reports import services
from reports.choices import Frequency, LeftOut, Pause, ReportKind
from reports.due_days import due_days, next_due
from reports.errors import ScheduleStopped
from reports.models import Report, Schedule, ScheduleRecipient, ScheduleRun, ShareLink
from reports.services import ScheduleValues, save_schedule, scheduled
from tests.conftest import _member
from tests.factories.assessments import make_result
from tests.factories.coalition import approved, seated
from tests.factories.reports import proved

pytestmark = pytest.mark.django_db


def days(frequency: str, day: int, since: date, *, count: int = 4, year_begins: int = 1) -> list[str]:
    found = due_days(frequency=frequency, day=day, year_begins=year_begins, since=since)
    return [one.isoformat() for one in islice(found, count)]


def test_the_31st_is_the_last_day_of_a_shorter_month():
    assert days("monthly", 31, date(2027, 12, 31), count=5) == [
        "2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30",
    ]  # fmt: skip
    assert days("monthly", 30, date(2026, 1, 31), count=2) == ["2026-02-28", "2026-03-30"]
    assert days("monthly", 29, date(2027, 2, 1), count=2) == ["2027-02-28", "2027-03-29"]


def test_a_day_counts_itself_and_a_day_that_has_passed_is_next_months():
    assert days("monthly", 15, date(2026, 5, 15), count=2) == ["2026-05-15", "2026-06-15"]
    assert days("monthly", 15, date(2026, 5, 16), count=1) == ["2026-06-15"]


def test_quarters_are_those_of_the_fiscal_year():
    assert days("quarterly", 1, date(2026, 1, 2)) == ["2026-04-01", "2026-07-01", "2026-10-01", "2027-01-01"]
    assert days("quarterly", 31, date(2026, 2, 1), year_begins=2) == [
        "2026-02-28", "2026-05-31", "2026-08-31", "2026-11-30",
    ]  # fmt: skip
    assert days("quarterly", 1, date(2026, 6, 1), count=1, year_begins=12) == ["2026-06-01"]


def test_what_waits_for_decisions_has_no_day():
    assert next_due(frequency="after_decision", day=1, year_begins=1, since=date(2026, 1, 1)) is None


# --- the world ------------------------------------------------------------------------------------------


@pytest.fixture
def at(monkeypatch) -> Callable[[datetime], None]:
    """Set the present moment for whoever asks."""

    def set_now(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return set_now


@pytest.fixture(autouse=True)
def _postbox(settings) -> None:
    """Letters are rows of the transaction that writes them, as in the product."""
    settings.MAILERS = {
        "default": {"BACKEND": "accounts.postbox.PostboxBackend"},
        "outgoing": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"},
    }


@pytest.fixture
def paula(organization) -> Membership:
    return _member(organization, "Paula", Role.ADMINISTRATOR)


@pytest.fixture
def result(ada) -> Any:
    return make_result(ada)


@pytest.fixture
def schedule(ada, ben, hugo, result, short) -> Schedule:
    """The maturity result, on the first of each month, to Ben and somebody outside; Hugo inherits it."""
    return save_schedule(by=ada, values=wishes(ben, result, heir=hugo, addresses=("Board@Bank.example",)))


def wishes(*members: Any, **changes: Any) -> ScheduleValues:
    *people, result = members
    given: dict[str, Any] = {
        "kind": ReportKind.MATURITY,
        "framework": result.assessment.framework.key,
        "members": tuple(people),
    }
    return ScheduleValues(**{**given, **changes})


def due(schedule: Schedule, day: date) -> Schedule:
    Schedule.objects.filter(pk=schedule.pk).update(next_on=day)
    schedule.refresh_from_db()
    return schedule


def run_all() -> None:
    for asked in ScheduleRun.objects.unfinished().select_related("organization", "schedule").order_by("pk"):
        services.make_scheduled(asked=asked)


def letters() -> list[tuple[str, str]]:
    return [(letter.recipient, letter.subject) for letter in Letter.objects.order_by("pk")]


def verbs() -> list[str]:
    return list(AuditEvent.objects.filter(verb__startswith="schedule.").values_list("verb", flat=True))[::-1]


# --- setting one up -------------------------------------------------------------------------------------


def test_a_schedule_has_its_writer_as_owner_and_every_recipient_once(ada, ben, result, at):
    at(datetime(2026, 5, 1, 9, tzinfo=UTC))
    made = save_schedule(
        by=ada, values=wishes(ben, ben, result, addresses=("a@b.example", " A@B.example ", "c@d.example"))
    )
    assert (made.owner, made.pause, made.next_on) == (ada, "", date(2026, 6, 1))  # today has begun already
    assert [str(one) for one in made.recipients.all()] == [str(ben), "a@b.example", "c@d.example"]
    assert verbs() == ["schedule.created"]


def test_the_first_day_is_that_of_the_organization(ada, ben, result, at):
    ada.organization.time_zone = "Asia/Tokyo"
    ada.organization.save()
    at(datetime(2026, 6, 30, 23, 0, tzinfo=UTC))  # 1 July, 08:00 there
    assert save_schedule(by=ada, values=wishes(ben, result)).next_on == date(2026, 8, 1)
    ada.organization.time_zone = "America/Los_Angeles"
    ada.organization.save()
    assert save_schedule(by=ada, values=wishes(ben, result)).next_on == date(2026, 7, 1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"framework": ""}, "framework"),
        ({"kind": "poem"}, "kind"),
        ({"kind": ReportKind.ROI_EVIDENCE}, "initiative"),
        ({"kind": ReportKind.EMPLOYEE_WAVE}, "survey"),
        ({"frequency": "weekly"}, "frequency"),
        ({"day": 0}, "day"),
        ({"day": 32}, "day"),
        ({"link_days": 31}, "link_days"),
        ({"language": "tlh"}, "language"),
        ({"paper": "A0"}, "paper"),
        ({"members": ()}, "members"),
        ({"addresses": ("not an address",)}, "addresses"),
        ({"addresses": tuple(f"p{number}@x.example" for number in range(100))}, "members"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(ada, ben, result, changes, field):
    with pytest.raises(InvalidValues) as refused:
        save_schedule(by=ada, values=wishes(ben, result, **changes))
    assert field in refused.value.fields
    assert not Schedule.objects.exists()


def test_an_heir_must_be_able_to_create_documents_and_be_another(ada, ben, cleo, dora, result):
    for wrong in (cleo, dora):
        with pytest.raises(InvalidValues) as refused:
            save_schedule(by=ada, values=wishes(ben, result, heir=wrong))
        assert set(refused.value.fields) == {"heir"}
    made = save_schedule(by=ada, values=wishes(ben, result, heir=ben))
    with pytest.raises(InvalidValues):
        save_schedule(by=ada, values=wishes(ben, result, heir=ada), schedule=made)


def test_nobody_of_another_organization_gets_anything(ada, dora, result):
    with pytest.raises(InvalidValues) as refused:
        save_schedule(by=ada, values=wishes(dora, result))
    assert set(refused.value.fields) == {"members"}


def test_another_day_moves_the_next_one_and_recipients_are_replaced(ada, ben, hugo, schedule, result, at):
    at(datetime(2026, 5, 10, 9, tzinfo=UTC))
    changed = save_schedule(by=ada, values=wishes(hugo, result, day=31, heir=ben), schedule=schedule)
    assert changed.next_on == date(2026, 5, 31)
    assert [str(one) for one in changed.recipients.all()] == [str(hugo)]
    assert changed.heir == ben
    assert verbs() == ["schedule.created", "schedule.changed"]


def test_saving_what_stands_writes_nothing(ada, ben, hugo, schedule, result):
    values = wishes(ben, result, heir=hugo, addresses=("board@bank.example",))
    save_schedule(by=ada, values=values, schedule=schedule)
    assert verbs() == ["schedule.created"]


# --- the clock ------------------------------------------------------------------------------------------


def test_a_document_is_due_when_its_day_begins_there_and_not_before(schedule, at):
    schedule.organization.time_zone = "Asia/Tokyo"
    schedule.organization.save()
    due(schedule, date(2026, 7, 1))
    at(datetime(2026, 6, 30, 14, 59, tzinfo=UTC))  # 23:59 in Tokyo
    assert services.queue_due_schedules() == 0
    at(datetime(2026, 6, 30, 15, 0, tzinfo=UTC))  # midnight in Tokyo
    assert services.queue_due_schedules() == 1
    asked = ScheduleRun.objects.get()
    assert (asked.occasion, asked.due_on, asked.missed) == ("2026-07-01", date(2026, 7, 1), [])
    schedule.refresh_from_db()
    assert schedule.next_on == date(2026, 8, 1)
    assert services.queue_due_schedules() == 0


@pytest.mark.parametrize(
    ("zone", "day", "before", "after"),
    [  # the nights of clock changes; in Asuncion's of 2024 there was no midnight
        ("Europe/Berlin", date(2026, 3, 29), (2026, 3, 28, 22, 59), (2026, 3, 28, 23, 0)),
        ("Europe/Berlin", date(2026, 10, 26), (2026, 10, 25, 22, 59), (2026, 10, 25, 23, 0)),
        ("America/Los_Angeles", date(2026, 11, 1), (2026, 11, 1, 6, 59), (2026, 11, 1, 7, 0)),
        ("Pacific/Kiritimati", date(2026, 6, 1), (2026, 5, 31, 9, 59), (2026, 5, 31, 10, 0)),
    ],
)
def test_clock_changes_move_midnight_and_make_no_second_document(schedule, at, zone, day, before, after):
    schedule.organization.time_zone = zone
    schedule.organization.save()
    due(schedule, day)
    at(datetime(*before, tzinfo=UTC))
    assert services.queue_due_schedules() == 0
    for hours in range(24):
        at(datetime(*after, tzinfo=UTC) + timedelta(hours=hours))
        services.queue_due_schedules()
    assert ScheduleRun.objects.count() == 1


def test_after_a_long_stand_still_the_latest_day_is_made_and_the_missed_ones_are_named(schedule, at):
    due(schedule, date(2026, 2, 1))
    at(datetime(2026, 5, 3, 6, tzinfo=UTC))
    assert services.queue_due_schedules() == 1
    asked = ScheduleRun.objects.get()
    assert asked.due_on == date(2026, 5, 1)
    assert asked.missed == ["2026-02-01", "2026-03-01", "2026-04-01"]
    schedule.refresh_from_db()
    assert schedule.next_on == date(2026, 6, 1)
    run_all()
    body = Letter.objects.order_by("pk").first().body
    assert "3 times" in body
    assert "Apr 1, 2026" in body


def test_two_clocks_at_once_ask_once(schedule, at):
    due(schedule, date(2026, 6, 1))
    at(datetime(2026, 6, 1, 1, tzinfo=UTC))
    assert scheduled._queue(schedule.pk) is True
    due(schedule, date(2026, 6, 1))  # as a second clock has read it
    assert scheduled._queue(schedule.pk) is False
    assert ScheduleRun.objects.count() == 1


def test_a_paused_schedule_is_not_made_by_hand_either(ada, schedule):
    services.pause_schedule(by=ada, schedule=schedule)
    with pytest.raises(ScheduleStopped, match="Resume it first"):
        services.run_schedule_now(by=ada, schedule=schedule)
    assert not ScheduleRun.objects.exists()


def test_nobody_inherits_from_themselves_from_the_first_day_on(ada, ben, result):
    with pytest.raises(InvalidValues) as refused:
        save_schedule(by=ada, values=wishes(ben, result, heir=ada))
    assert set(refused.value.fields) == {"heir"}
    assert not Schedule.objects.exists()


def test_a_paused_schedule_makes_nothing_and_resumed_it_makes_up_for_nothing(ada, schedule, at):
    at(datetime(2026, 1, 20, 6, tzinfo=UTC))
    services.pause_schedule(by=ada, schedule=schedule)
    services.pause_schedule(by=ada, schedule=schedule)
    at(datetime(2026, 5, 3, 6, tzinfo=UTC))
    assert services.queue_due_schedules() == 0
    services.resume_schedule(by=ada, schedule=schedule)
    services.resume_schedule(by=ada, schedule=schedule)
    schedule.refresh_from_db()
    assert (schedule.pause, schedule.next_on) == ("", date(2026, 6, 1))
    assert services.queue_due_schedules() == 0
    assert verbs() == ["schedule.created", "schedule.paused", "schedule.resumed"]


# --- one document ---------------------------------------------------------------------------------------


def test_everybody_on_the_list_is_told_once_and_the_outside_one_gets_a_link_that_ends(ada, ben, schedule):
    services.run_schedule_now(by=ada, schedule=schedule)
    run_all()
    run_all()
    asked = ScheduleRun.objects.get()
    assert (asked.job_state, asked.told, asked.left_out) == (JobState.DONE, 2, [])
    assert asked.report.job_state == JobState.DONE
    title = asked.report.title
    assert letters() == [(ben.user.email, f"To read: {title}"), ("board@bank.example", f"To read: {title}")]
    link = ShareLink.objects.get()
    assert (link.recipient, link.created_by, link.report) == ("board@bank.example", ada, asked.report)
    assert link.expires_at - link.created_at == timedelta(days=30)
    inside, outside = Letter.objects.order_by("pk").values_list("body", flat=True)
    assert services.address_of(link) in outside
    assert services.address_of(link) not in inside
    assert f"/reports/{asked.report_id}/" in inside
    assert ada.user.email in outside
    assert Letter.objects.order_by("pk").last().headers["Reply-To"] == ada.user.email


def test_the_same_figures_are_the_same_document_and_the_letter_says_so(ada, schedule):
    for _time in range(2):
        services.run_schedule_now(by=ada, schedule=schedule)
        run_all()
    first, second = ScheduleRun.objects.order_by("pk")
    assert first.report == second.report
    assert (first.is_unchanged, second.is_unchanged) == (False, True)
    bodies = Letter.objects.order_by("pk").values_list("body", flat=True)
    assert ["Nothing has changed" in body for body in bodies] == [False, False, True, True]


def test_who_may_not_open_it_is_left_out_and_named(ada, cleo, ben, result, short):
    made = save_schedule(by=ada, values=wishes(cleo, ben, result))
    services.run_schedule_now(by=ada, schedule=made)
    run_all()
    asked = ScheduleRun.objects.get()
    row = ScheduleRecipient.objects.get(member=cleo)
    assert asked.left_out == [{"recipient": row.pk, "why": LeftOut.NO_RIGHT.value}]
    assert [recipient for recipient, _subject in letters()] == [ben.user.email]


def test_a_second_wish_while_the_first_is_under_way_is_the_same_one(ada, schedule):
    first = services.run_schedule_now(by=ada, schedule=schedule)
    assert services.run_schedule_now(by=ada, schedule=schedule) == first
    run_all()
    assert services.run_schedule_now(by=ada, schedule=schedule) != first


def test_nothing_to_report_is_a_failure_that_says_why(ada, ben, result, short):
    made = save_schedule(by=ada, values=ScheduleValues(kind=ReportKind.PROGRAM, members=(ben,)))
    services.run_schedule_now(by=ada, schedule=made)
    run_all()
    asked = ScheduleRun.objects.get()
    assert asked.job_state == JobState.FAILED
    assert "no return of the program" in str(asked.failure)
    assert not letters()


def test_a_page_for_executives_needs_a_return_and_a_board_pack_tells_from_the_one_before(
    ada, ben, result, short
):
    summary = save_schedule(by=ada, values=ScheduleValues(kind=ReportKind.SUMMARY, members=(ben,)))
    services.run_schedule_now(by=ada, schedule=summary)
    run_all()
    assert "no return of the program" in str(ScheduleRun.objects.get(schedule=summary).failure)
    pack = save_schedule(by=ada, values=ScheduleValues(kind=ReportKind.BOARD, day=31, members=(ben,)))
    asked = services.run_schedule_now(by=ada, schedule=pack)
    run_all()
    asked.refresh_from_db()
    today = ada.organization.clock.today()
    before = date.fromisoformat(asked.report.content["since"])
    assert (today.year * 12 + today.month) - (before.year * 12 + before.month) == 1
    ScheduleRun.objects.filter(pk=asked.pk).update(due_on=today - timedelta(days=9))
    again = services.run_schedule_now(by=ada, schedule=pack)
    run_all()
    again.refresh_from_db()
    assert again.report.content["since"] == (today - timedelta(days=9)).isoformat()


def test_a_document_of_the_first_of_a_month_holds_nothing_of_the_week_that_is_not_over(
    organization, ada, ben, short, at
):
    """Its data end with the study that counts, and the letter says until when."""
    known = proved(ada)
    values = ScheduleValues(
        kind=ReportKind.ROI_EVIDENCE, initiative=known.simulated.initiative, members=(ben,)
    )
    made = due(save_schedule(by=ada, values=values), date(2031, 6, 1))
    at(datetime(2031, 6, 1, 12, tzinfo=UTC))  # a Sunday: its week has a day to go
    assert services.queue_due_schedules() == 1
    run_all()
    report = made.runs.get().report
    assert report.study == known.study
    body = Letter.objects.get().body
    day = known.last_day
    assert f"It holds what was known until {day:%b} {day.day}, {day.year}." in body
    assert "2031" not in body


class Killed(BaseException):
    """The worker is gone: nothing that the code catches."""


@pytest.mark.parametrize(
    "moment",
    [
        "reports.services.scheduled.document_of",
        "reports.services.making._draw",
        "reports.services.making._store",
        "reports.services.scheduled._send",
        "reports.mail.tell_outside",
    ],
)
def test_a_worker_that_is_killed_in_the_middle_leaves_one_document_and_one_letter_each(
    ada, schedule, monkeypatch, moment
):
    services.run_schedule_now(by=ada, schedule=schedule)
    asked = ScheduleRun.objects.select_related("organization", "schedule").get()

    def die(*_args: Any, **_kwargs: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(moment, die)
        with pytest.raises(Killed):
            services.make_scheduled(asked=asked)
    assert not letters()
    assert not ShareLink.objects.exists()
    long_ago = timezone.now() - timedelta(hours=1)
    for model in (ScheduleRun, Report):  # silent since: the periodic task takes both up again
        model.objects.unfinished().update(heartbeat_at=long_ago)
    run_all()
    asked.refresh_from_db()
    assert (asked.job_state, asked.told) == (JobState.DONE, 2)
    assert Report.objects.count() == 1
    assert len(letters()) == 2
    assert ShareLink.objects.count() == 1


def test_a_document_that_another_worker_draws_is_waited_for(ada, schedule, monkeypatch):
    services.run_schedule_now(by=ada, schedule=schedule)
    monkeypatch.setattr(scheduled, "make_report", lambda *, report: False)
    run_all()
    asked = ScheduleRun.objects.get()
    assert asked.job_state == JobState.RUNNING
    assert not letters()


# --- decisions ------------------------------------------------------------------------------------------


def test_after_each_decision_its_documents_are_asked_for_once(ada, ben, result, at):
    at(datetime(2026, 5, 4, 9, tzinfo=UTC))
    made = save_schedule(by=ada, values=wishes(ben, result, frequency=Frequency.DECISION))
    assert made.next_on is None
    told = {"organization": ada.organization, "initiative": 7, "at": timezone.now()}
    assert services.queue_after_decision(occasion="decision-17", **told) == 1
    assert services.queue_after_decision(occasion="decision-17", **told) == 0
    assert services.queue_after_decision(occasion="review-17", **told) == 1
    long_ago = {**told, "at": timezone.now() - timedelta(seconds=1)}
    assert services.queue_after_decision(occasion="decision-3", **long_ago) == 0
    services.pause_schedule(by=ada, schedule=made)
    assert services.queue_after_decision(occasion="decision-19", **told) == 0
    occasions = ScheduleRun.objects.order_by("pk").values_list("occasion", "due_on")
    assert list(occasions) == [("decision-17", date(2026, 5, 4)), ("review-17", date(2026, 5, 4))]


def test_a_decision_of_the_coalition_and_a_review_make_the_documents(ada, ben, result, organization):
    made = save_schedule(by=ada, values=wishes(ben, result, frequency=Frequency.DECISION))
    seats = seated(organization, 3)
    initiative = approved(ada)
    deliver(EventDelivery, now=timezone.now())
    decision = initiative.decisions.get()
    assert [run.occasion for run in made.runs.all()] == [f"decision-{decision.pk}"]
    type(initiative.plan).objects.update(review_on=timezone.localdate())
    open_review_vote(by=ada, initiative=initiative)
    for seat in seats:
        cast_review_vote(by=seat.membership, initiative=initiative, choice="confirm")
    deliver(EventDelivery, now=timezone.now())
    assert made.runs.filter(occasion=f"review-{initiative.reviews.get().pk}").count() == 1


def test_the_report_of_an_initiative_follows_decisions_on_that_one_alone(ada, ben, organization):
    seated(organization, 3)
    mine, other = approved(ada), approved(ada)
    values = ScheduleValues(
        kind=ReportKind.ROI_EVIDENCE, initiative=mine, frequency=Frequency.DECISION, members=(ben,)
    )
    save_schedule(by=ada, values=values)
    told = {"organization": organization, "at": timezone.now()}
    assert services.queue_after_decision(occasion="decision-1", initiative=other.pk, **told) == 0
    assert services.queue_after_decision(occasion="decision-2", initiative=mine.pk, **told) == 1


# --- whose it is ----------------------------------------------------------------------------------------


def test_the_heir_takes_over_when_the_owner_leaves_and_is_told(ada, paula, hugo, schedule):
    deactivate_member(by=paula, member=ada)
    schedule.refresh_from_db()
    assert (schedule.owner, schedule.heir, schedule.pause) == (hugo, None, "")
    assert verbs() == ["schedule.created", "schedule.inherited"]
    recipient, subject = letters()[-1]
    assert recipient == hugo.user.email
    assert subject.startswith("You now look after a scheduled document")


def test_the_heir_takes_over_when_the_owner_loses_the_right(ada, paula, hugo, schedule):
    change_member(by=paula, member=ada, role=Role.CONTRIBUTOR, function=None)
    schedule.refresh_from_db()
    assert (schedule.owner, schedule.heir) == (hugo, None)


def test_another_role_that_creates_documents_changes_nothing(ada, paula, schedule):
    change_member(by=paula, member=ada, role=Role.EXECUTIVE, function=None)
    schedule.refresh_from_db()
    assert (schedule.owner, schedule.pause) == (ada, "")


def test_without_an_heir_it_stops_and_whoever_resumes_it_owns_it(ada, paula, ben, hugo, result, at):
    made = save_schedule(by=ada, values=wishes(ben, result))
    deactivate_member(by=paula, member=ada)
    made.refresh_from_db()
    assert (made.owner, made.pause, made.next_on) == (ada, Pause.NO_OWNER, None)
    with pytest.raises(ScheduleStopped):
        services.run_schedule_now(by=paula, schedule=made)
    services.resume_schedule(by=paula, schedule=made)
    made.refresh_from_db()
    assert (made.owner, made.pause) == (paula, "")
    assert made.next_on is not None


def test_an_heir_who_leaves_is_nobodys_heir_and_a_recipient_who_leaves_gets_nothing(
    ada, paula, ben, hugo, schedule
):
    deactivate_member(by=paula, member=hugo)
    deactivate_member(by=paula, member=ben)
    schedule.refresh_from_db()
    assert (schedule.owner, schedule.heir) == (ada, None)
    assert [str(one) for one in schedule.recipients.all()] == ["board@bank.example"]


def test_an_owner_whose_account_was_closed_elsewhere_is_noticed_when_it_is_due(ada, hugo, schedule, at):
    ada.user.is_active = False  # by whoever runs the installation: no event tells it
    ada.user.save()
    due(schedule, date(2026, 6, 1))
    at(datetime(2026, 6, 1, 1, tzinfo=UTC))
    assert services.queue_due_schedules() == 1
    schedule.refresh_from_db()
    assert schedule.owner == hugo


def test_removing_a_schedule_keeps_its_documents(ada, schedule):
    services.run_schedule_now(by=ada, schedule=schedule)
    run_all()
    services.remove_schedule(by=ada, schedule=schedule)
    assert not ScheduleRun.objects.exists()
    assert Report.objects.filter(job_state=JobState.DONE).count() == 1
    assert verbs()[-1] == "schedule.removed"


def test_a_role_that_sees_no_employees_answers_schedules_none(paula, ben):
    with pytest.raises(InvalidValues) as refused:
        save_schedule(by=paula, values=ScheduleValues(kind=ReportKind.EMPLOYEE_WAVE, members=(ben,)))
    assert "kind" in refused.value.fields
