"""What customers answered in one survey, counted: days, ways, each question with its n."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from customer_voice import survey_content as plain
from customer_voice.choices import SurveyWay
from customer_voice.models import (
    CustomerSurvey,
    HalfAnswer,
    MetricDefinition,
    SurveyReply,
    SurveyTally,
)
from customer_voice.rules import Figure, FileRow
from customer_voice.selectors.mailings import MailFigures, mail_figures
from customer_voice.selectors.survey_counts import SurveyCounts, counts_of_tally, survey_counts
from questionnaires.answering import Answer, evaluate
from questionnaires.content import SPECIAL, Question, QuestionKind
from questionnaires.presentation import Speech
from questionnaires.stored import number_text
from questionnaires.wording import said_in

MOST_DAYS = 31


@dataclass(frozen=True, kw_only=True, slots=True)
class OptionCount:
    """One answer on offer. `share` is of those who answered the question, 0..1."""

    label: str
    count: int
    share: float


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionResult:
    """One question. `n`: who answered it; shares of several choices add up to more than 1. `half`: who
    answered it, has not sent, and is not within n; of a metric those are within n whom the survey counts.
    """

    key: str
    kind: str
    text: str
    n: int
    options: tuple[OptionCount, ...] = ()
    metric: MetricDefinition | None = None
    figure: Figure | None = None
    half: int = 0

    @property
    def is_words(self) -> bool:
        return self.kind == QuestionKind.TEXT


@dataclass(frozen=True, kw_only=True, slots=True)
class DayCount:
    day: date
    ways: tuple[tuple[SurveyWay, int], ...]  # in the order of `SurveyResults.ways`
    total: int

    @property
    def named(self) -> list[tuple[str, int]]:
        return [(str(way.label), count) for way, count in self.ways]


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveyResults:
    survey: CustomerSurvey
    replies: int
    ways: tuple[tuple[SurveyWay, int], ...]  # those by which somebody came
    days: tuple[DayCount, ...]  # the latest first, at most MOST_DAYS
    all_days: int
    mail: MailFigures
    questions: tuple[QuestionResult, ...]
    half: int  # began and have not sent
    half_counted: int  # of them: those whose score counts
    counted_at: datetime | None = None  # when, where it was not at this moment


def survey_results(survey: CustomerSurvey, language: str) -> SurveyResults:
    """Counted anew from the answers that are there: what was erased is in no figure. Nine queries.

    Of a survey with many replies the counts are those of its last tally: three queries, however many came.
    """
    tally = SurveyTally.objects.filter(survey=survey).first()
    counts = survey_counts(survey) if tally is None else counts_of_tally(tally)
    per_day: dict[date, Counter[str]] = {}
    for day, way, count in counts.days:
        per_day.setdefault(day, Counter())[way] = count
    totals = sum(per_day.values(), Counter[str]())
    ways = tuple((way, totals[way.value]) for way in SurveyWay if totals[way.value])
    days = [
        DayCount(day=day, ways=tuple((way, found[way.value]) for way, _n in ways), total=found.total())
        for day, found in sorted(per_day.items(), reverse=True)
    ]
    half_of, counted = Counter(counts.half_answered), Counter(counts.half_counted_answered)
    return SurveyResults(
        survey=survey,
        replies=totals.total(),
        ways=ways,
        days=tuple(days[:MOST_DAYS]),
        all_days=len(days),
        mail=mail_figures(survey),
        questions=tuple(
            replace(one, half=half_of[one.key] - (counted[one.key] if one.metric else 0))
            for one in _questions(survey, language, counts)
        ),
        half=counts.half,
        half_counted=counts.half_counted,
        counted_at=None if tally is None else tally.counted_at,
    )


def _questions(survey: CustomerSurvey, language: str, counts: SurveyCounts) -> Iterator[QuestionResult]:
    content = plain.survey_content(survey.content)
    speech = Speech.of(content, language)
    metrics = {one.question: one.metric for one in survey.metrics.select_related("metric")}
    scores: dict[int, Counter[Decimal]] = {}
    for metric, score, count in counts.scores:
        scores.setdefault(metric, Counter())[Decimal(score)] = count
    taken: dict[str, Counter[str]] = {}
    for key, value, count in counts.marks:
        taken.setdefault(key, Counter())[value] = count
    people = {key: found.total() for key, found in taken.items()}  # one mark each, but of several choices
    people |= counts.people
    for question in content.questions:
        text = said_in(question.text, language, default=content.default_language).text
        found = _Counted(question=question, text=text, speech=speech)
        if question.key in metrics:
            yield found.of_metric(metrics[question.key], scores.get(metrics[question.key].pk, Counter()))
        elif question.is_answerable:
            yield found.of_marks(taken.get(question.key, Counter()), people.get(question.key, 0))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Counted:
    question: Question
    text: str
    speech: Speech = field(repr=False)

    def of_metric(self, metric: MetricDefinition, scores: Counter[Decimal]) -> QuestionResult:
        scale, n = self.question.scale, scores.total()
        assert scale is not None  # asked by a metric
        values = [*scale.values()] if not scale.is_typed else sorted(scores)
        options = [(self._step(value), scores[value]) for value in values]
        return self._result(options, n, metric=metric, figure=_figure(metric, scores))

    def of_marks(self, taken: Mapping[str, int], n: int) -> QuestionResult:
        """Answers that are no longer on offer stand last, under their keys: nothing counted is hidden."""
        labels = {choice.key: self.speech.text(choice.label).text for choice in self.question.choices}
        labels |= {key: self.speech.phrase(key).text for key in SPECIAL if key in taken}
        labels |= {key: key for key in taken if key and key not in labels}
        return self._result([(label, taken.get(key, 0)) for key, label in labels.items()], n)

    def _step(self, value: Decimal) -> str:
        scale = self.question.scale
        label = self.speech.text(scale.label_of(value)).text if scale is not None else ""
        return label or self.speech.number(value)

    def _result(self, options: Sequence[tuple[str, int]], n: int, **more: Any) -> QuestionResult:
        return QuestionResult(
            key=self.question.key,
            kind=self.question.kind.value,
            text=self.text,
            n=n,
            options=tuple(
                OptionCount(label=label, count=count, share=count / n if n else 0.0)
                for label, count in options
            ),
            **more,
        )


def _figure(metric: MetricDefinition, scores: Counter[Decimal]) -> Figure | None:
    """The metric of exactly these answers, with its interval; none without answers."""
    if not scores:
        return None
    rule, tally, now = metric.calculation, Counter[str](), timezone.now()
    for score, count in scores.items():
        row = FileRow(score=score, exposure=None, occurred_at=now, resolved_at=None, day=now.date(), now=now)
        for key, amount in rule.entry(row).items():
            tally[key] += Decimal(amount) * count  # type: ignore[assignment]
    counts = rule.of_tally({key: Decimal(value) for key, value in tally.items()})
    return rule.figures([counts])[0]


# --- as a table -----------------------------------------------------------------------------------------


def reply_columns(survey: CustomerSurvey) -> list[str]:
    """The head of the table of replies: what is known of each, then the questions by their texts."""
    content = plain.survey_content(survey.content)
    asked = [one.text[content.default_language] for one in content.questions if _has_column(one)]
    return ["id", "day", "way", "language", "version", "sent", *asked, "comment"]


def reply_rows(survey: CustomerSurvey, *, at_once: int = 2000) -> Iterator[list[object]]:
    """One row a reply, the first one first; nobody is named. Two queries for each `at_once` replies."""
    content = plain.survey_content(survey.content)
    asked = [one for one in content.questions if _has_column(one)]
    metrics = {one.question: one.metric_id for one in survey.metrics.all()}
    last = 0
    while True:
        found = SurveyReply.objects.filter(survey=survey, pk__gt=last).order_by("pk")
        replies = list(
            found.select_related("submission", "version").prefetch_related("marks", "submission__answers")[
                :at_once
            ]
        )
        if not replies:
            return
        last = replies[-1].pk
        for reply in replies:
            answers = list(reply.submission.answers.all())
            scores = {one.metric_id: one.score for one in answers if one.score is not None}
            marks: dict[str, list[str]] = {}
            for mark in reply.marks.all():
                marks.setdefault(mark.question, []).append(mark.value)
            words = "\n\n".join(one.text for one in answers if one.text)
            yield [
                reply.submission.external_id,
                reply.day,
                reply.way,
                reply.language,
                reply.version.number,
                "no" if reply.is_half else "yes",
                *(_cell(one, metrics, scores, marks) for one in asked),
                words,
            ]


def half_rows(survey: CustomerSurvey) -> Iterator[list[object]]:
    """The same of those who began, have not sent and count in no score: what the rules show of what they
    typed. One query.
    """
    content = plain.survey_content(survey.content)
    asked = [one for one in content.questions if _has_column(one)]
    for half in HalfAnswer.objects.filter(survey=survey, reply=None).iterator(chunk_size=2000):
        answers = evaluate(content, half.typed).answers
        day = survey.organization.clock.day_of(half.saved_at)
        words = "\n\n".join(answer.text for answer in answers.values() if answer.text)
        yield [
            half.key,
            day,
            half.way,
            half.language,
            "",
            "no",
            *(_typed_cell(one, answers.get(one.key)) for one in asked),
            words,
        ]


def _typed_cell(question: Question, answer: Answer | None) -> object:
    if answer is None:
        return ""
    if answer.number is not None:
        return number_text(answer.number)
    language = next(iter(question.text))
    labels = {choice.key: choice.label.get(language, choice.key) for choice in question.choices}
    return "; ".join(labels.get(value, value) for value in answer.choices) or answer.status.value


def _has_column(question: Question) -> bool:
    return question.kind not in {QuestionKind.TEXT, QuestionKind.STATEMENT}


def _cell(
    question: Question,
    metrics: Mapping[str, int],
    scores: Mapping[int | None, Any],
    marks: Mapping[str, list[str]],
) -> object:
    if question.key in metrics:
        score = scores.get(metrics[question.key])
        return "" if score is None else number_text(Decimal(score))
    language = next(iter(question.text))
    labels = {choice.key: choice.label.get(language, choice.key) for choice in question.choices}
    return "; ".join(labels.get(value, value) for value in marks.get(question.key, []))
