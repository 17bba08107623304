"""What the worker does for accounts."""

from celery import shared_task
from django.utils import timezone

from accounts.models import EventDelivery
from common.outbox import deliver


@shared_task(name="accounts.tasks.deliver_events")  # type: ignore[untyped-decorator]
def deliver_events() -> None:
    deliver(EventDelivery, now=timezone.now())
