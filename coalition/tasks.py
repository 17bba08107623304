"""What the worker runs by the clock."""

from celery import shared_task

from coalition.services import settle_overdue_votes


@shared_task(name="coalition.tasks.settle_overdue_votes")  # type: ignore[untyped-decorator]
def settle_overdue() -> None:
    """Votes whose last day is over where their organization is get their decision."""
    settle_overdue_votes()
