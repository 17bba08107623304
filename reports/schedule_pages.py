"""What the pages of scheduled documents show. Reads alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Prefetch, Subquery
from django.utils.functional import Promise

from accounts.models import Membership, Organization
from assessments.models import Assessment
from assessments.selectors import framework_names
from coalition.choices import InitiativeState
from coalition.models import Initiative
from common.jobs import JobState
from employee_voice.selectors import surveys_in_use
from reports.access import may_change_schedule, reports_for, schedules_for
from reports.choices import RUNS_SHOWN, Frequency, LeftOut, ReportKind
from reports.due_days import due_days
from reports.models import Report, Schedule, ScheduleRecipient, ScheduleRun
from reports.wording import frequency_text, missed_text, subject_text
from wording.joining import listed

NOT_STUDIED = (InitiativeState.DRAFT, InitiativeState.REJECTED)


@dataclass(frozen=True, kw_only=True, slots=True)
class RunLine:
    """One time that a schedule was due. `report` is what the reader may open of it."""

    run: ScheduleRun
    report: Report | None
    missed: str
    left_out: str
    tone: str

    @property
    def is_failed(self) -> bool:
        return self.run.job_state == JobState.FAILED


@dataclass(frozen=True, kw_only=True, slots=True)
class ScheduleLine:
    """One schedule: what, when, for whom, what came of it last, and whether the reader may change it."""

    schedule: Schedule
    document: str
    when: str
    recipients: tuple[str, ...]
    last: RunLine | None
    may_change: bool
    next_days: tuple[date, ...] = ()

    @property
    def is_stopped(self) -> bool:
        return bool(self.schedule.pause)

    @property
    def language(self) -> str:
        """Of the document, as the reader calls it."""
        return str(dict(settings.LANGUAGES).get(self.schedule.language, self.schedule.language))

    @property
    def waits_for_decision(self) -> bool:
        return self.schedule.frequency == Frequency.DECISION


def schedule_lines(member: Membership) -> list[ScheduleLine]:
    """Every schedule of the organization. Six queries, for who has documents of a line three more."""
    rows = _with_recipients(schedules_for(member))
    last = ScheduleRun.objects.filter(schedule=OuterRef("pk")).order_by("-created_at", "-pk")
    rows = rows.annotate(last_run=Subquery(last.values("pk")[:1]))
    found = list(rows)
    runs = ScheduleRun.objects.filter(pk__in=[row.last_run for row in found if row.last_run])
    lines = {line.run.pk: line for line in _lines(member, list(runs))}
    names = framework_names(member.organization)
    return [_line(member, row, names, lines.get(row.last_run)) for row in found]


def schedule_line(member: Membership, schedule: Schedule) -> ScheduleLine:
    """One schedule with its next days. At most six queries."""
    row = _with_recipients(schedules_for(member)).get(pk=schedule.pk)
    names = framework_names(member.organization)
    return _line(member, row, names, None, next_days=_next_days(row))


def run_lines(member: Membership, schedule: Schedule) -> list[RunLine]:
    """What came of the last days, newest first. Three queries."""
    return _lines(member, list(schedule.runs.select_related("asked_by__user")[:RUNS_SHOWN]))


def _with_recipients(rows: Any) -> Any:
    people = ScheduleRecipient.objects.select_related("member__user")
    return rows.prefetch_related(Prefetch("recipients", people))


def _line(
    member: Membership,
    row: Schedule,
    names: dict[str, str],
    last: RunLine | None,
    *,
    next_days: tuple[date, ...] = (),
) -> ScheduleLine:
    return ScheduleLine(
        schedule=row,
        document=subject_text(row, framework=names.get(row.framework, "")),
        when=frequency_text(row),
        recipients=tuple(str(one) for one in row.recipients.all()),
        last=last,
        may_change=may_change_schedule(member, row),
        next_days=next_days,
    )


def _next_days(row: Schedule) -> tuple[date, ...]:
    if row.pause or row.next_on is None:
        return ()
    days = due_days(
        frequency=row.frequency,
        day=row.day,
        year_begins=row.organization.year_begins,
        since=row.next_on,
    )
    return tuple(day for day, _number in zip(days, range(3), strict=False))


def _lines(member: Membership, runs: Sequence[ScheduleRun]) -> list[RunLine]:
    wanted = {run.report_id for run in runs if run.report_id}
    open_to = reports_for(member).filter(pk__in=wanted).defer("content") if wanted else ()
    documents = {report.pk: report for report in open_to}
    left = {row["recipient"] for run in runs for row in run.left_out}
    names = {
        one.pk: str(one)
        for one in ScheduleRecipient.objects.filter(pk__in=left).select_related("member__user")
    }
    tones = {JobState.DONE: "done", JobState.FAILED: "bad"}
    return [
        RunLine(
            run=run,
            report=documents.get(run.report_id or 0),
            missed=missed_text([date.fromisoformat(day) for day in run.missed]),
            left_out=listed(
                f"{names[row['recipient']]} ({LeftOut(row['why']).label})"
                for row in run.left_out
                if row["recipient"] in names
            ),
            tone=tones.get(JobState(run.job_state), "warn"),
        )
        for run in runs
    ]


def document_choices(organization: Organization) -> list[tuple[str | Promise, list[tuple[str, str]]]]:
    """What a schedule can be about, by kind; each is named by kind and key. Four queries."""
    initiatives = Initiative.objects.of(organization).exclude(state__in=NOT_STUDIED).order_by("-number")
    names = framework_names(organization)
    used = (
        Assessment.objects.of(organization)
        .filter(is_private=False)
        .order_by("framework__key")
        .values_list("framework__key", flat=True)
        .distinct()
    )
    kinds: dict[ReportKind, list[tuple[str, str]]] = {
        ReportKind.PROGRAM: [("", str(ReportKind.PROGRAM.label))],
        ReportKind.SUMMARY: [("", str(ReportKind.SUMMARY.label))],
        ReportKind.BOARD: [("", str(ReportKind.BOARD.label))],
        ReportKind.ROI_EVIDENCE: [(str(row.number), str(row)) for row in initiatives],
        ReportKind.MATURITY: [(key, names.get(key, key)) for key in used],
        ReportKind.EMPLOYEE_WAVE: [(str(row.pk), str(row)) for row in surveys_in_use(organization)],
    }
    return [
        (kind.label, [(f"{kind.value}:{key}", text) for key, text in rows])
        for kind, rows in kinds.items()
        if rows
    ]
