"""What came back of one survey as bare counts: of this moment, or as they were kept when counted."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q

from customer_voice import survey_content as plain
from customer_voice.models import (
    CustomerSurvey,
    Feedback,
    HalfAnswer,
    SurveyMark,
    SurveyReply,
    SurveyTally,
)
from questionnaires.content import QuestionKind


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveyCounts:
    """No person and no word is in them. `people` are those who answered a question of several choices."""

    days: tuple[tuple[date, str, int], ...]  # day, way, replies
    scores: tuple[tuple[int, str, int], ...]  # metric, score, answers
    marks: tuple[tuple[str, str, int], ...]  # question, choice, replies
    people: dict[str, int]
    half: int
    half_counted: int
    half_answered: dict[str, int]  # question -> those who answered it and have not sent
    half_counted_answered: dict[str, int]  # of them: those whose score counts


def survey_counts(survey: CustomerSurvey) -> SurveyCounts:
    """Six queries that read every reply: with hundreds of thousands of them they take seconds."""
    replies = SurveyReply.objects.filter(survey=survey, is_half=False).order_by()
    half = HalfAnswer.objects.filter(survey=survey).aggregate(
        all=Count("pk"), counted=Count("pk", filter=Q(reply__isnull=False))
    )
    scored = Feedback.objects.filter(submission__reply__survey=survey, score__isnull=False).order_by()
    marks = SurveyMark.objects.filter(reply__survey=survey, reply__is_half=False).order_by()
    questions = plain.survey_content(survey.content).questions
    several = [one.key for one in questions if one.kind == QuestionKind.SEVERAL_CHOICES]
    of_several = marks.filter(question__in=several).values_list("question")
    answered, counted = _half_by_question(survey)
    return SurveyCounts(
        days=tuple(replies.values_list("day", "way").annotate(n=Count("pk"))),
        scores=tuple(
            (metric, str(score), n)
            for metric, score, n in scored.values_list("metric", "score").annotate(n=Count("pk"))
        ),
        marks=tuple(marks.values_list("question", "value").annotate(n=Count("pk"))),
        people=dict(of_several.annotate(n=Count("reply", distinct=True))) if several else {},
        half=half["all"],
        half_counted=half["counted"],
        half_answered=dict(answered),
        half_counted_answered=dict(counted),
    )


def _half_by_question(survey: CustomerSurvey) -> tuple[Counter[str], Counter[str]]:
    """How many answered each question and have not sent: all of them, and those whose score counts. One
    query.
    """
    rows = HalfAnswer.objects.filter(survey=survey).values_list("answered", "reply")
    everybody, counted = Counter[str](), Counter[str]()
    for answered, reply in rows.iterator(chunk_size=2000):
        everybody.update(answered)
        if reply is not None:
            counted.update(answered)
    return everybody, counted


def counts_as_json(counts: SurveyCounts) -> dict[str, Any]:
    return {
        "days": [[day.isoformat(), way, n] for day, way, n in counts.days],
        "scores": [list(row) for row in counts.scores],
        "marks": [list(row) for row in counts.marks],
        "people": counts.people,
        "half": counts.half,
        "half_counted": counts.half_counted,
        "half_answered": counts.half_answered,
        "half_counted_answered": counts.half_counted_answered,
    }


def counts_of_tally(tally: SurveyTally) -> SurveyCounts:
    kept: dict[str, Any] = dict(tally.counts)
    days = tuple((date.fromisoformat(day), way, n) for day, way, n in kept.pop("days"))
    scores, marks = (tuple(tuple(row) for row in kept.pop(name)) for name in ("scores", "marks"))
    return SurveyCounts(days=days, scores=scores, marks=marks, **kept)
