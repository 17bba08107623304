"""What the worker runs by the clock."""

from celery import shared_task

from coalition.services import open_due_reviews, settle_ripe_reviews, settle_ripe_votes


@shared_task(name="coalition.tasks.settle_ripe_votes")  # type: ignore[untyped-decorator]
def settle_ripe() -> None:
    """Votes whose last day is over, or whose last missing seat has ended, get their decision."""
    settle_ripe_votes()
    settle_ripe_reviews()


@shared_task(name="coalition.tasks.open_due_reviews")  # type: ignore[untyped-decorator]
def open_reviews() -> None:
    """Approvals whose review day has come."""
    open_due_reviews()
