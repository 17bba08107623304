"""What the worker runs by the clock."""

from celery import shared_task

from journeys.change_services import discard_forgotten_changes


@shared_task(name="journeys.tasks.discard_forgotten_changes")  # type: ignore[untyped-decorator]
def discard_forgotten() -> None:
    """Proposals for the inventory that nobody applied are thrown away."""
    discard_forgotten_changes()
