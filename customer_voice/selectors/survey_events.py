"""Events that a survey follows: what waits, and what became of the others."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from customer_voice.choices import EARLIER_ENDS, EventState
from customer_voice.models import CustomerSurvey, Feedback, SurveyEvent, SurveyEventRule


@dataclass(frozen=True, kw_only=True, slots=True)
class EventFigures:
    """`counts`: what became of the events of a survey, states without one left out."""

    rule: SurveyEventRule | None
    waiting: int
    counts: tuple[tuple[EventState, int], ...]


def event_figures(survey: CustomerSurvey) -> EventFigures:
    """Two queries."""
    rows = SurveyEvent.objects.filter(survey=survey).order_by().values_list("state")
    found = dict(rows.annotate(n=Count("pk")))
    return EventFigures(
        rule=SurveyEventRule.objects.filter(survey=survey).first(),
        waiting=found.get(EventState.WAITING, 0),
        counts=tuple(
            (state, found[state]) for state in EventState if state != EventState.WAITING and state in found
        ),
    )


def rule_of(survey: CustomerSurvey) -> SurveyEventRule | None:
    """How it follows events, if it does. One query."""
    return SurveyEventRule.objects.filter(survey=survey).first()


def waiting_events(survey: CustomerSurvey) -> "QuerySet[SurveyEvent]":
    """What is to be sent, the next one first."""
    return SurveyEvent.objects.filter(survey=survey, state=EventState.WAITING)


def events_of(survey: CustomerSurvey) -> "QuerySet[SurveyEvent]":
    """All of them, the latest first."""
    return SurveyEvent.objects.filter(survey=survey).select_related("contact").order_by("-received_at", "-pk")


def still_resolved(submissions: Iterable[int]) -> set[int]:
    """Which of these tickets are resolved, not merged, and still here. One query."""
    rows = Feedback.objects.filter(submission__in=[*submissions], resolved_at__isnull=False, merged_into="")
    return set(rows.exclude(metric__kind__in=EARLIER_ENDS).values_list("submission", flat=True))
