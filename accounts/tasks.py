"""What the worker does for accounts."""

from celery import shared_task
from django.utils import timezone

from accounts import services
from accounts.models import EventDelivery, Letter
from common.outbox import deliver


@shared_task(name="accounts.tasks.deliver_events")  # type: ignore[untyped-decorator]
def deliver_events() -> None:
    deliver(EventDelivery, now=timezone.now())


@shared_task(name="accounts.tasks.send_letter")  # type: ignore[untyped-decorator]
def send_letter(pk: int) -> None:
    letter = Letter.objects.filter(pk=pk).first()
    if letter is not None:
        services.send_letter(letter=letter)


@shared_task(name="accounts.tasks.send_letters")  # type: ignore[untyped-decorator]
def send_letters() -> None:
    services.send_lot()


@shared_task(name="accounts.tasks.forget_letters")  # type: ignore[untyped-decorator]
def forget_letters() -> None:
    services.forget_letters(now=timezone.now())


@shared_task(name="accounts.tasks.send_reminders")  # type: ignore[untyped-decorator]
def send_reminders() -> None:
    """Of days that are ahead, where it is morning."""
    services.send_due_reminders()
