"""What the worker does by the clock for every app."""

from celery import shared_task
from django.utils import timezone

from common.jobs import restart_stale_jobs


@shared_task(name="common.tasks.restart_stale_jobs")  # type: ignore[untyped-decorator]
def restart_stale() -> None:
    restart_stale_jobs(timezone.now())
