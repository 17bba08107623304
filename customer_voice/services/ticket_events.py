"""Surveys that follow tickets: one that was resolved is an event like those that other systems send.

What came in is told through the outbox in the transaction that stores it (decision 9). Tickets of a file ask
nobody unless whoever imports it says so. The answers themselves say what happened, whatever was told: a
ticket that was reopened or merged before its question is due is not asked about.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from accounts.models import Organization
from accounts.services import emit
from customer_voice.choices import EARLIER_ENDS, EventState, SurveyState, TicketScope
from customer_voice.models import (
    CustomerSurvey,
    Feedback,
    ImportBatch,
    MetricDefinition,
    Source,
    SurveyEvent,
    SurveyEventRule,
)
from customer_voice.services.survey_events import MOST_ID, event_state_at_first, language_of_survey
from customer_voice.services.surveys import locked_survey

RECORDED = "customer_voice.tickets_recorded"
AT_ONCE = 500
# what a ticket that comes again may still change: it is waited for, or was called off because it was open
_OPEN_STATES = (EventState.WAITING, EventState.REOPENED)


def rules_of(organization: Organization) -> "QuerySet[SurveyEventRule]":
    """The surveys of an organization that follow tickets."""
    return (
        SurveyEventRule.objects.filter(survey__organization=organization)
        .exclude(tickets=TicketScope.NONE)
        .exclude(survey__state=SurveyState.ARCHIVED)
    )


def is_ticket_metric(metric: MetricDefinition | None) -> bool:
    """Whether its answers are tickets that get resolved; a first reply solves nothing, and what was resolved
    once may be open again."""
    return metric is not None and metric.calculation.counts_cases and metric.kind not in EARLIER_ENDS


def recent_since(organization: Organization, now: datetime) -> datetime | None:
    """From when on a resolved ticket would be asked about by some survey; None where none follows tickets.
    One query.
    """
    oldest = rules_of(organization).aggregate(days=Max("age_days"))["days"]
    return None if oldest is None else now - timedelta(days=oldest)


def note_tickets(organization: Organization, *, source: Source, external_ids: Sequence[str]) -> None:
    """Tell, in the transaction that stores them, that tickets came in by another door than a file."""
    if external_ids and rules_of(organization).exists():
        content = {"source": source.pk, "tickets": list(external_ids)}
        emit(kind=RECORDED, organization=organization, subject=source, content=content)


def note_imported_tickets(batch: ImportBatch) -> None:
    """The same for a file whose importer said that customers are to be asked."""
    if batch.asks_about_tickets and rules_of(batch.organization).exists():
        content = {"batch": batch.pk}
        emit(kind=RECORDED, organization=batch.organization, subject=batch.source, content=content)


@transaction.atomic
def follow_tickets(
    *,
    organization: Organization,
    source: int | None = None,
    tickets: Iterable[str] = (),
    batch: int | None = None,
) -> int:
    """Have surveys follow these tickets, or all of a file; how many are newly waited for. Twice does no harm.

    Once for each ticket and survey: what was asked or left out stays so, however often it comes again. One
    that is open again is called off, and waited for anew from when it is resolved for good.
    """
    now = timezone.now()
    rows = Feedback.objects.of(organization).filter(contact__isnull=False)
    if batch is not None:
        rows = rows.filter(batch=batch)
    else:
        rows = rows.filter(submission__source=source, submission__external_id__in=[*tickets])
    every = MetricDefinition.objects.of(organization)
    rows = rows.filter(metric__in=[metric.pk for metric in every if is_ticket_metric(metric)])
    rows = rows.select_related("submission__source", "contact").order_by("pk")
    found = 0
    for rule in rules_of(organization).select_related("survey__organization"):
        survey = locked_survey(rule.survey)
        lately = Q(resolved_at__gte=now - timedelta(days=rule.age_days)) | Q(resolved_at=None)
        of_rule = rows.filter(lately)
        if rule.tickets == TicketScope.TOUCHPOINT:
            of_rule = of_rule.filter(touchpoint=survey.touchpoint_id)
        for ticket in of_rule.iterator(chunk_size=AT_ONCE):
            found += _follow(survey, rule, ticket, now)
    return found


def _follow(survey: CustomerSurvey, rule: SurveyEventRule, ticket: Feedback, now: datetime) -> bool:
    event_id = event_id_of(ticket.submission.source.name, ticket.submission.external_id)
    event = SurveyEvent.objects.filter(survey=survey, event_id=event_id).first()
    is_over = ticket.resolved_at is not None and not ticket.merged_into
    if event is not None and event.state not in _OPEN_STATES:
        return False
    if not is_over:
        if event is not None and event.state == EventState.WAITING:
            event.state, event.settled_at = EventState.REOPENED, now
            event.save(update_fields=["state", "settled_at"])
        return False
    assert ticket.resolved_at is not None and ticket.contact is not None  # noqa: PT018
    if event is not None and event.state == EventState.WAITING and event.happened_at == ticket.resolved_at:
        return False
    contact, is_new = ticket.contact, event is None
    event = event or SurveyEvent(survey=survey, event_id=event_id, ticket=ticket.submission_id)
    event.email, event.name, event.contact = contact.email.strip().lower(), contact.name, contact
    event.language = language_of_survey(survey, contact.language)
    event.happened_at = ticket.resolved_at
    event.due_at = ticket.resolved_at + timedelta(hours=rule.delay_hours)
    event.state = event_state_at_first(event, rule, now)
    event.settled_at = None if event.state == EventState.WAITING else now
    event.save()
    return is_new and event.state == EventState.WAITING


def event_id_of(source: str, external_id: str) -> str:
    """How the event of a ticket is called: by its source as well, for numbers of two systems are alike."""
    told = f"{source}: {external_id}"
    return told if len(told) <= MOST_ID else f"{told[:80]}… {sha256(told.encode()).hexdigest()[:32]}"
