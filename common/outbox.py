"""What happened, told to higher floors: written in the transaction of the change, delivered after it.

A service of a lower app says what happened (`accounts.services.emit`); it knows nobody who listens. A higher
app declares in its `events.py` what it does about it:

    @reads("accounts.member_deactivated")
    def end_seats(event: EventView) -> None: ...

The worker calls each reader at least once, and in the order of the events of one subject. A reader runs in
one transaction with the note that it has read, so what it writes is written once; what leaves the
machine may happen twice and must bear it. A reader that fails is tried again, later and later; after
`MOST_TRIES` its delivery is stuck: it is shown, and later events of that subject wait behind it. A database
that is away or locked is nobody's fault and counts for no delivery being stuck.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, connection, models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

log = logging.getLogger("cxprogram.events")

MOST_TRIES = 8
FIRST_PAUSE_SECONDS = 5
LONGEST_PAUSE_SECONDS = 3600


@dataclass(frozen=True, kw_only=True, slots=True)
class EventView:
    """What a reader sees of an event: plain values, no row."""

    id: int
    kind: str  # "accounts.member_deactivated"
    subject: str  # "accounts.membership:7"
    organization_id: int
    content: dict[str, Any]
    at: datetime


type Reader = Callable[[EventView], None]

_readers: dict[str, dict[str, Reader]] = {}  # kind -> name -> reader


def reads(*kinds: str) -> Callable[[Reader], Reader]:
    """Declare a reader of these kinds. Its name, kept with each delivery, is its module and function."""

    def declare(reader: Reader) -> Reader:
        name = f"{reader.__module__}.{reader.__qualname__}"
        for kind in kinds:
            _readers.setdefault(kind, {})[name] = reader
        return reader

    return declare


def readers_of(kind: str) -> dict[str, Reader]:
    """The declared readers of one kind, by name."""
    return dict(_readers.get(kind, {}))


class OutboxEvent(models.Model):
    """Abstract. One row is one thing that happened; the rows of one subject are read in their order."""

    kind = models.CharField(max_length=80)
    subject = models.CharField(max_length=100)  # label and key of the row it is about
    content = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class OutboxDelivery(models.Model):
    """Abstract. One row is one event for one reader. Subclasses add the foreign key `event`."""

    reader = models.CharField(max_length=120)
    subject = models.CharField(max_length=100)  # repeated from the event: the order is kept by it
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    failure = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    stuck_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.subject} for {self.reader}"


def deliver(deliveries: type[OutboxDelivery], *, now: datetime, most: int = 500) -> int:
    """Call the readers of what waits; returns how many were called and did their work.

    Safe to run in several workers at once: each delivery is locked while its reader works.
    """
    done = 0
    tried: set[int] = set()
    while len(tried) < most:
        waiting = _due(deliveries, now).exclude(pk__in=tried)[:50].values_list("pk", flat=True)
        keys = list(waiting)
        if not keys:
            break
        for key in keys:
            tried.add(key)
            done += _deliver_one(deliveries, key, now)
    return done


def _due(deliveries: type[OutboxDelivery], now: datetime) -> models.QuerySet[Any]:
    """Deliveries whose time has come and that no earlier one of the same reader and subject holds back."""
    manager: Any = deliveries._default_manager
    same = {"reader": OuterRef("reader"), "subject": OuterRef("subject")}
    earlier = manager.filter(**same, done_at=None, event_id__lt=OuterRef("event_id"))
    due: models.QuerySet[Any] = manager.filter(
        ~Exists(earlier), done_at=None, stuck_at=None, next_try_at__lte=now
    ).order_by("event_id", "pk")
    return due


def _deliver_one(deliveries: type[OutboxDelivery], key: int, now: datetime) -> bool:
    try:
        with transaction.atomic():
            locked: Any = deliveries._default_manager.select_for_update(
                skip_locked=connection.features.has_select_for_update_skip_locked, of=("self",)
            )
            delivery = locked.select_related("event").filter(pk=key, done_at=None, stuck_at=None).first()
            if delivery is None:  # another worker has it, or had it
                return False
            reader = _readers.get(delivery.event.kind, {}).get(delivery.reader)
            if reader is not None:  # a reader that no longer exists has nothing left to do
                reader(_view(delivery.event))
            delivery.done_at, delivery.failure = timezone.now(), ""
            delivery.save(update_fields=["done_at", "failure"])
    except Exception as error:  # whatever a reader raises: the others go on
        _note_failure(deliveries, key, error, now)
        return False
    return True


def _note_failure(deliveries: type[OutboxDelivery], key: int, error: Exception, now: datetime) -> None:
    delivery = deliveries._default_manager.get(pk=key)
    delivery.attempts += 1
    pause = min(FIRST_PAUSE_SECONDS * 4 ** (delivery.attempts - 1), LONGEST_PAUSE_SECONDS)
    delivery.next_try_at = now + timedelta(seconds=pause)
    delivery.failure = f"{type(error).__name__}: {error}"[:300]
    if delivery.attempts >= MOST_TRIES and not isinstance(error, OperationalError):
        delivery.stuck_at = now
    delivery.save(update_fields=["attempts", "next_try_at", "failure", "stuck_at"])
    log.error("%s failed on delivery %d (try %d)", delivery.reader, key, delivery.attempts, exc_info=error)


def _view(event: Any) -> EventView:
    return EventView(
        id=event.pk,
        kind=event.kind,
        subject=event.subject,
        organization_id=event.organization_id,
        content=event.content,
        at=event.at,
    )
