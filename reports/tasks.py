"""What the worker does for documents."""

from celery import shared_task

from reports.models import Report
from reports.services import make_report


@shared_task(name="reports.tasks.run_report")  # type: ignore[untyped-decorator]
def run_report(pk: int) -> None:
    report = Report.objects.select_related("organization").filter(pk=pk).first()
    if report is not None:
        make_report(report=report)
