"""What the worker does for documents."""

from celery import shared_task
from django.utils import timezone

from reports.models import Report, ScheduleRun, Slides, SlipSheets
from reports.services import (
    drop_slips,
    make_report,
    make_scheduled,
    make_slides,
    make_slips,
    queue_due_schedules,
)


@shared_task(name="reports.tasks.run_report")  # type: ignore[untyped-decorator]
def run_report(pk: int) -> None:
    report = Report.objects.select_related("organization").filter(pk=pk).first()
    if report is not None:
        make_report(report=report)


@shared_task(name="reports.tasks.run_slides")  # type: ignore[untyped-decorator]
def run_slides(pk: int) -> None:
    slides = Slides.objects.select_related("report__organization", "organization").filter(pk=pk).first()
    if slides is not None:
        make_slides(slides=slides)


@shared_task(name="reports.tasks.run_slips")  # type: ignore[untyped-decorator]
def run_slips(pk: int) -> None:
    rows = SlipSheets.objects.select_related("wave__survey__organization", "group", "by__user")
    sheets = rows.filter(pk=pk).first()
    if sheets is not None:
        make_slips(sheets=sheets)


@shared_task(name="reports.tasks.forget_slips")  # type: ignore[untyped-decorator]
def forget_slips() -> None:
    drop_slips(now=timezone.now())


@shared_task(name="reports.tasks.run_scheduled")  # type: ignore[untyped-decorator]
def run_scheduled(pk: int) -> None:
    asked = ScheduleRun.objects.select_related("organization", "schedule").filter(pk=pk).first()
    if asked is not None:
        make_scheduled(asked=asked)


@shared_task(name="reports.tasks.queue_schedules")  # type: ignore[untyped-decorator]
def queue_schedules() -> None:
    """Documents whose day has come where their organization is."""
    queue_due_schedules()
