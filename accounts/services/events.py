"""Telling higher floors what happened."""

from typing import Any

from django.db import models, transaction
from django.utils import timezone

from accounts.models import Event, EventDelivery, Membership, Organization
from accounts.services.trail import record_event
from common.messages import send
from common.outbox import readers_of

DELIVER = "accounts.tasks.deliver_events"


def emit(*, kind: str, organization: Organization, subject: models.Model, content: dict[str, Any]) -> Event:
    """Write down what happened, in the caller's transaction, and have it delivered after the commit.

    `content` holds JSON values: what a reader needs, with keys of rows rather than rows. Say it where the
    change is written: the event exists exactly when the change does.
    """
    event = Event.objects.create(
        organization=organization,
        kind=kind,
        subject=f"{subject._meta.label_lower}:{subject.pk}",
        content=content,
    )
    readers = readers_of(kind)
    EventDelivery.objects.bulk_create(
        EventDelivery(event=event, reader=name, subject=event.subject) for name in readers
    )
    if readers:
        transaction.on_commit(_wake, robust=True)
    return event


@transaction.atomic
def try_again(*, by: Membership, delivery: EventDelivery) -> None:
    """Have a reader that was given up on an event try it once more. Raises nothing for one that is done."""
    EventDelivery.objects.filter(pk=delivery.pk, done_at=None).update(
        attempts=0, stuck_at=None, next_try_at=timezone.now()
    )
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="event.tried_again",
        subject=delivery,
        after={"reader": delivery.reader},
    )
    transaction.on_commit(_wake, robust=True)


def _wake() -> None:
    """Ask the worker to deliver at once; if it cannot be asked, it looks by the clock anyway."""
    send(DELIVER, about="events wait")
