"""Schedules whose day has come: each due document is asked for once, made once and sent once.

The row of a run is unique for its schedule and occasion and is written in the transaction that moves the
schedule to its next day. Its document is remembered before it is drawn, and the letters are written in the
transaction that ends the run: a worker that dies in between leaves a row that is taken up where it stood.
"""

from datetime import date, datetime, timedelta
from functools import partial
from itertools import takewhile
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import Action
from accounts.models import Membership, Organization
from accounts.permissions import may
from accounts.reading import written_for
from accounts.services import written_together
from assessments.access import results_for
from common.errors import DomainError
from common.jobs import JobState, TryAgain, enqueue, run
from common.reckoning import months_later
from employee_voice.selectors import newest_published_wave
from impact.models import RoiCase, Study
from impact.selectors import latest_program
from reports import mail
from reports.access import reports_for
from reports.choices import Frequency, LeftOut, ReportKind
from reports.due_days import MONTHS_A_QUARTER, day_in, due_days, next_due
from reports.errors import NothingToReport, ScheduleStopped
from reports.models import Report, Schedule, ScheduleRecipient, ScheduleRun
from reports.services.making import (
    make_report,
    request_board_pack,
    request_maturity_report,
    request_program_report,
    request_roi_report,
    request_summary,
    request_wave_report,
)
from reports.services.schedules import can_keep, settle_keeper
from reports.services.sharing import address_of, refuse_sharing, share_report

_WITH = ("organization", "owner__user", "owner__organization", "heir__user", "heir__organization")

STILL_OPEN: dict[str, Any] = {"closure": ""}  # annotated by `with_closure`


def queue_due_schedules() -> int:
    """Ask for every document whose day has come where its organization is. Returns how many were asked for.

    Asking twice, or by two workers at once, asks once.
    """
    ahead = timezone.now().date() + timedelta(days=1)  # no place on earth is further
    due = Schedule.objects.due(ahead).order_by("next_on", "pk").values_list("pk", flat=True)
    return sum(_queue(pk) for pk in list(due))


@transaction.atomic
def _queue(pk: int) -> bool:
    """The last day that has come is made; days before it that passed unseen are named with it."""
    row = _held(pk)
    if row is None or row.pause or row.next_on is None:
        return False
    today = row.organization.clock.today()
    if row.next_on > today or not settle_keeper(row, left_by=str(row.owner)):
        return False
    rule: dict[str, Any] = {
        "frequency": row.frequency,
        "day": row.day,
        "year_begins": row.organization.year_begins,
    }
    days = list(takewhile(lambda day: day <= today, due_days(since=row.next_on, **rule))) or [row.next_on]
    row.next_on = next_due(since=today + timedelta(days=1), **rule)
    row.save(update_fields=["next_on"])
    return _ask(row, days[-1].isoformat(), days[-1], missed=[day.isoformat() for day in days[:-1]])


@transaction.atomic
def queue_after_decision(*, organization: Organization, occasion: str, initiative: int, at: datetime) -> int:
    """Documents that are made after each decision of the coalition, the ROI report after one on its own
    initiative alone. `occasion` names the decision: told twice it is one. What was decided before a schedule
    was set up (`at`) is no news to it. Returns how many were asked for."""
    rows = Schedule.objects.of(organization).running()
    rows = rows.filter(frequency=Frequency.DECISION, created_at__lte=at)
    found, on = 0, organization.clock.day_of(at)
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        row = _held(pk)
        if row is None or row.pause or (row.initiative_id is not None and row.initiative_id != initiative):
            continue
        if settle_keeper(row, left_by=str(row.owner)):
            found += _ask(row, occasion, on, missed=[])
    return found


def _held(pk: int) -> Schedule | None:
    rows = Schedule.objects.select_for_update(of=("self",)).select_related(*_WITH, "initiative")
    found: Schedule | None = rows.filter(pk=pk).first()
    return found


def _ask(row: Schedule, occasion: str, on: date, *, missed: list[str]) -> bool:
    asked, is_new = ScheduleRun.objects.get_or_create(
        schedule=row,
        occasion=occasion,
        defaults={"organization": row.organization, "due_on": on, "missed": missed},
    )
    if is_new:
        enqueue(asked)
    return is_new


def make_scheduled(*, asked: ScheduleRun) -> bool:
    """Make the document of a run and send it. False when another worker has it, it has ended, or it waits.

    What cannot be made fails the run with its reason, which its owner sees.
    """
    with written_for(asked.organization, asked.schedule.language):
        return run(
            asked,
            partial(_make, asked),
            unknown=gettext_lazy("Something went wrong while the document was made. It can be run again."),
        )


def _make(asked: ScheduleRun) -> None:
    schedule = Schedule.objects.select_related(*_WITH, "initiative", "survey").get(pk=asked.schedule_id)
    if not can_keep(schedule.owner):
        raise ScheduleStopped(_("The owner of this schedule can no longer look after it."))
    if asked.report_id is None:
        with transaction.atomic():  # remembered before it is drawn: taken up again, it is the same document
            asked.write(report=document_of(schedule, schedule.owner))
    report = Report.objects.get(pk=asked.report_id or 0)
    if report.job_state != JobState.DONE:
        make_report(report=report)
        report.refresh_from_db()
    if report.job_state == JobState.FAILED:
        raise DomainError(report.failure)
    if report.job_state != JobState.DONE:
        raise TryAgain(gettext_lazy("The document is being made."))
    asked.beat(80)
    with transaction.atomic(), written_together():
        is_unchanged = _is_unchanged(asked)
        told, left_out = _send(asked, schedule, report, is_unchanged=is_unchanged)
        asked.finish(
            is_unchanged=is_unchanged,
            told=told,
            left_out=left_out,
            finished_at=timezone.now(),
            failure="",
        )


def document_of(schedule: Schedule, owner: Membership) -> Report:
    """The document of what counts today, as far as the owner sees it. Raises NothingToReport."""
    wishes: dict[str, Any] = {"by": owner, "language": schedule.language, "paper": schedule.paper}
    if schedule.kind == ReportKind.ROI_EVIDENCE:
        studies = Study.objects.of(schedule.organization).filter(initiative=schedule.initiative_id)
        study = studies.finished().headline_first().select_related("initiative__organization").first()
        if study is None:
            raise NothingToReport(_("There is no finding yet, so there is nothing to report on."))
        case = RoiCase.objects.filter(study=study).headline_first().first()
        return request_roi_report(study=study, roi_case=case, **wishes)
    if schedule.kind == ReportKind.MATURITY:
        results = results_for(owner).filter(
            assessment__framework__key=schedule.framework, assessment__is_private=False
        )
        result = results.order_by("-computed_at", "-pk").first()
        if result is None:
            raise NothingToReport(_("No round of this framework has a result yet."))
        return request_maturity_report(result=result, **wishes)
    if schedule.kind == ReportKind.EMPLOYEE_WAVE:
        if not may(owner.role, Action.VIEW_EMPLOYEE_RESULTS):
            raise ScheduleStopped(_("The role of its owner does not see results of employee surveys."))
        wave = newest_published_wave(schedule.survey)
        if wave is None:
            raise NothingToReport(_("No wave of this survey is published, so there is nothing to report on."))
        return request_wave_report(wave=wave, **wishes)
    if schedule.kind == ReportKind.BOARD:
        return request_board_pack(since=_told_until(schedule), **wishes)
    case_of_all = latest_program(schedule.organization)
    if case_of_all is None:
        raise NothingToReport(_("There is no return of the program to report on yet."))
    is_summary = schedule.kind == ReportKind.SUMMARY
    return (request_summary if is_summary else request_program_report)(case=case_of_all, **wishes)


def _told_until(schedule: Schedule) -> date:
    """The day from which on a board pack tells of decisions: that of the one sent before it, or, for the
    first, a quarter or a month ago."""
    sent = ScheduleRun.objects.filter(schedule=schedule).finished().order_by("-due_on", "-pk")
    last: date | None = sent.values_list("due_on", flat=True).first()
    today = schedule.organization.clock.today()
    if last is not None:
        return min(last, today)
    back = MONTHS_A_QUARTER if schedule.frequency == Frequency.QUARTERLY else 1
    first = months_later(today.replace(day=1), -back)
    return day_in(first.year, first.month, today.day)


def _is_unchanged(asked: ScheduleRun) -> bool:
    """Whether the run before it sent the very same document."""
    runs = ScheduleRun.objects.filter(schedule=asked.schedule_id).finished().exclude(pk=asked.pk)
    last = runs.order_by("-finished_at", "-pk").values_list("report", flat=True).first()
    return last is not None and last == asked.report_id


def _send(
    asked: ScheduleRun, schedule: Schedule, report: Report, *, is_unchanged: bool
) -> tuple[int, list[dict[str, Any]]]:
    """Write to everybody on the list who may have it. Returns how many, and who was left out and why."""
    told, left_out = 0, list[dict[str, Any]]()
    rows = ScheduleRecipient.objects.filter(schedule=schedule)
    for one in rows.select_related("member__user", "member__organization"):
        why = _send_to(one, asked, schedule, report, is_unchanged=is_unchanged)
        if why:
            left_out.append({"recipient": one.pk, "why": str(why)})
        else:
            told += 1
    return told, left_out


def _send_to(
    one: ScheduleRecipient, asked: ScheduleRun, schedule: Schedule, report: Report, *, is_unchanged: bool
) -> str:
    """Why this recipient does not get it; empty where the letter is written."""
    if one.member is not None:
        if not one.member.has_access or not may(one.member.role, Action.MAKE_REPORT):
            return LeftOut.NO_RIGHT
        if not reports_for(one.member).filter(pk=report.pk).filter(**STILL_OPEN).exists():
            return LeftOut.NO_RIGHT
        mail.tell_member(asked, schedule, report, one.member, is_unchanged=is_unchanged)
        return ""
    shown = Report.objects.with_closure().select_related("organization").get(pk=report.pk)
    if shown.wave_id is not None:
        return LeftOut.NOT_SHARED
    try:
        refuse_sharing(shown)
        link = share_report(by=schedule.owner, report=shown, recipient=one.address, days=schedule.link_days)
    except DomainError:
        return LeftOut.REFUSED
    mail.tell_outside(
        asked, schedule, link, leads_to=address_of(link), to=one.address, is_unchanged=is_unchanged
    )
    return ""
