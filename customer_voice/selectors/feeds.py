"""What comes in by itself, for pages and home: feeds with what waits, their calls, files and failures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Max, Q
from django.utils import timezone

from accounts.models import Organization
from customer_voice.feed_choices import (
    FAILURES_TOLD,
    MOST_PASSWORD_TRIES,
    MOST_SAMPLES,
    CallState,
    FileState,
    LetterLeftOut,
)
from customer_voice.models import (
    CustomerSurvey,
    IncomingWebhook,
    Mailbox,
    MetricDefinition,
    WatchedFile,
    WatchedFolder,
    WebhookCall,
)
from customer_voice.rules import RowKind

TOLD_DAYS = 7  # failed calls older than this are no news on home
_WAITING = Count("calls", filter=Q(calls__state=CallState.WAITING))
_FAILED = Count("calls", filter=Q(calls__state=CallState.FAILED))


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedLists:
    """All feeds of an organization. Webhooks carry `waiting`, `failed`, `last_at`; mailboxes and folders
    `count`: messages taken in, files."""

    webhooks: Sequence[Any]
    mailboxes: Sequence[Any]
    folders: Sequence[Any]

    @property
    def is_empty(self) -> bool:
        return not (self.webhooks or self.mailboxes or self.folders)


def feed_lists(organization: Organization) -> FeedLists:
    """Three queries."""
    hooks = IncomingWebhook.objects.of(organization).select_related("source")
    boxes = Mailbox.objects.of(organization).select_related("source", "touchpoint")
    folders = WatchedFolder.objects.of(organization).select_related("source")
    return FeedLists(
        webhooks=list(hooks.annotate(waiting=_WAITING, failed=_FAILED, last_at=Max("calls__received_at"))),
        mailboxes=list(boxes.annotate(count=F("taken"))),
        folders=list(folders.annotate(count=Count("files"))),
    )


def webhook_address(webhook: IncomingWebhook) -> str:
    """Where another system sends its calls. No query."""
    return f"{settings.SITE_URL}/hooks/{webhook.public_id}/"


def call_counts(webhook: IncomingWebhook) -> dict[str, int]:
    """State -> number of calls in the log. One query."""
    rows = WebhookCall.objects.filter(webhook=webhook).order_by().values_list("state")
    return dict(rows.annotate(Count("pk")))


def calls_of(webhook: IncomingWebhook) -> Any:
    """The log, newest first, without bodies."""
    return WebhookCall.objects.filter(webhook=webhook).defer("body")


def samples_of(webhook: IncomingWebhook) -> list[WebhookCall]:
    """Calls whose content is kept, newest first, at most MOST_SAMPLES. One query."""
    rows = WebhookCall.objects.filter(webhook=webhook).exclude(body="")
    return list(rows[:MOST_SAMPLES])


def call_metrics(organization: Organization) -> list[MetricDefinition]:
    """Metrics in use that are made of answers or of cases, by name. One query."""
    rows = MetricDefinition.objects.of(organization).filter(is_retired=False).order_by("name", "-version")
    newest = {metric.key: metric for metric in sorted(rows, key=lambda one: one.version)}
    found = [one for one in newest.values() if one.calculation.row in {RowKind.ANSWER, RowKind.CASE}]
    return sorted(found, key=lambda one: one.name)


def surveys_with_events(organization: Organization) -> Any:
    """Surveys that follow events."""
    return CustomerSurvey.objects.of(organization).exclude(event_rule=None)


def left_out_lines(mailbox: Mailbox) -> list[tuple[str, int]]:
    """Why messages were left out, and how many."""
    return [(str(why.label), mailbox.left_out[why]) for why in LetterLeftOut if mailbox.left_out.get(why)]


def files_of(folder: WatchedFolder) -> Any:
    """Files that were seen, newest first, with their imports."""
    return WatchedFile.objects.filter(folder=folder).select_related("batch")


@dataclass(frozen=True, kw_only=True, slots=True)
class FailingFeed:
    """A feed that needs a person. `kind` is "webhook", "mailbox" or "folder"."""

    kind: str
    pk: int
    name: str
    reason: str = ""
    calls: int = 0
    files: int = 0
    is_stopped: bool = False  # the product has switched it off


def failing_feeds(organization: Organization) -> list[FailingFeed]:
    """Mailboxes and folders that failed several times in a row, folders with files that could not be opened,
    webhooks with calls of the last days that could not be read. Three queries.
    """
    since = timezone.now() - timedelta(days=TOLD_DAYS)
    failed = Count("calls", filter=Q(calls__state=CallState.FAILED, calls__received_at__gte=since))
    hooks = IncomingWebhook.objects.of(organization).annotate(failed=failed).filter(failed__gt=0)
    boxes = Mailbox.objects.of(organization).filter(
        Q(is_on=True, failures_in_row__gte=FAILURES_TOLD) | Q(wrong_passwords__gte=MOST_PASSWORD_TRIES)
    )
    unopened = Count("files", filter=Q(files__state=FileState.UNREADABLE, files__seen_at__gte=since))
    folders = WatchedFolder.objects.of(organization).annotate(unopened=unopened)
    folders = folders.filter(Q(is_on=True, failures_in_row__gte=FAILURES_TOLD) | Q(unopened__gt=0))
    return [
        *(FailingFeed(kind="webhook", pk=one.pk, name=str(one), calls=one.failed) for one in hooks),
        *(
            FailingFeed(
                kind="mailbox",
                pk=one.pk,
                name=str(one),
                reason=one.failure,
                is_stopped=one.wrong_passwords >= MOST_PASSWORD_TRIES,
            )
            for one in boxes
        ),
        *(
            FailingFeed(kind="folder", pk=one.pk, name=str(one), reason=one.failure, files=one.unopened)
            for one in folders
        ),
    ]
