"""Days of rounds that somebody is to act by, for reminders."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from assessments.choices import AssessmentState
from assessments.models import Assessment, Response
from common.dates import DateAhead, DateKind, DateQuestion


def kinds_of_dates(_question: None) -> Iterator[DateKind]:
    yield DateKind(
        key="answers",
        label=_("An assessment waits for my answers"),
        who=_("who has not submitted yet"),
        days_before=3,
    )
    yield DateKind(
        key="round",
        label=_("The last day of an assessment comes"),
        who=_("who opened it"),
        days_before=3,
    )


def dates_ahead(question: DateQuestion) -> Iterator[DateAhead]:
    """Open rounds with a last day: for who has not answered, and for who opened it. Two queries."""
    rounds = list(
        Assessment.objects.of(question.organization)
        .filter(
            state=AssessmentState.OPEN,
            is_private=False,
            due_on__gte=question.first,
            due_on__lte=question.last,
        )
        .select_related("framework", "organization")
        .order_by("due_on", "pk")
    )
    outstanding = defaultdict[int, list[int]](list)
    rows = Response.objects.outstanding().filter(assessment__in=[row.pk for row in rounds])
    for assessment, member in rows.values_list("assessment", "member").order_by("pk"):
        outstanding[assessment].append(member)
    for row in rounds:
        if row.due_on is None:
            continue
        about: dict[str, Any] = {
            "subject": f"assessment:{row.pk}",
            "on": row.due_on,
            "words": {"title": row.label},
        }
        yield DateAhead(
            kind="answers",
            people=tuple(outstanding[row.pk]),
            title=_("Answer “%(title)s”"),
            page="assessments:answer_start",
            address=(row.pk,),
            **about,
        )
        yield DateAhead(
            kind="round",
            people=(row.opened_by_id,),
            title=_("Last day of “%(title)s”"),
            page="assessments:assessment_detail",
            address=(row.pk,),
            **about,
        )
