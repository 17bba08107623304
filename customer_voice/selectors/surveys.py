"""Surveys for their pages: what is open, what is asked, which translations are missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count

from accounts.models import Organization
from customer_voice import survey_content as plain
from customer_voice.choices import SurveyOpenness, SurveyState
from customer_voice.models import CustomerSurvey, MetricDefinition, SurveyReply, SurveyTally
from questionnaires.content import Questionnaire
from questionnaires.forms import own_name
from questionnaires.translations import missing_translations
from questionnaires.wording import Said, said_in


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveyRow:
    """One survey in the list."""

    survey: CustomerSurvey
    openness: SurveyOpenness
    metric: str
    replies: int  # sent, as on its page
    counted_at: datetime | None = None  # when, where it was not at this moment


@dataclass(frozen=True, kw_only=True, slots=True)
class AskedQuestion:
    """One question in the builder. `rule` says in words when it is shown."""

    key: str
    kind: str
    text: str
    choices: tuple[str, ...]
    is_required: bool
    is_more: bool
    rule: str
    metric: MetricDefinition | None


@dataclass(frozen=True, kw_only=True, slots=True)
class MissingIn:
    """What one language of a survey lacks; the default language stands in."""

    code: str
    name: str
    texts: tuple[str, ...]  # what stands in, in the order of the survey


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveyEditor:
    """What the page of one survey shows to whoever builds it."""

    survey: CustomerSurvey
    openness: SurveyOpenness
    questions: tuple[AskedQuestion, ...]
    languages: tuple[tuple[str, str], ...]
    missing: tuple[MissingIn, ...]
    has_opened: bool
    can_add: bool
    replaced: tuple[MetricDefinition, ...]  # definitions that are out of use by now


@dataclass(frozen=True, kw_only=True, slots=True)
class EditedText:
    """One text with its translations: (language, its name, text)."""

    place: str
    question: str  # of which question, in the first language; empty for texts around them
    part: str  # text, help, low, high, step, choice, title, intro, thanks, thanks-low, ..., consent
    texts: tuple[tuple[str, str, str], ...]


def openness_of(survey: CustomerSurvey, today: date) -> SurveyOpenness:
    """What whoever opens its address finds on this day. A draft is known to nobody outside."""
    if survey.state == SurveyState.DRAFT:
        return SurveyOpenness.UNKNOWN
    if survey.state != SurveyState.OPEN or (survey.last_day is not None and today > survey.last_day):
        return SurveyOpenness.CLOSED
    if survey.first_day is not None and today < survey.first_day:
        return SurveyOpenness.NOT_YET
    return SurveyOpenness.OPEN


def follower_of(survey: CustomerSurvey) -> CustomerSurvey | None:
    """The version that takes this survey's place by now, the latest one; none where it stands by itself. One
    query a step.
    """
    found, step, seen = None, survey, {survey.pk}
    while True:
        later = CustomerSurvey.objects.filter(follows=step).exclude(state=SurveyState.DRAFT)
        following = later.order_by("pk").last()
        if following is None or following.pk in seen:
            return found
        step = following
        seen.add(step.pk)
        if step.state == SurveyState.OPEN:
            found = step


def survey_rows(organization: Organization, *, archived: bool = False) -> list[SurveyRow]:
    """Surveys with the number of their replies, of those with many as they were counted last; archived ones
    apart. Four queries, whatever the number of replies."""
    today = organization.clock.today()
    found = CustomerSurvey.objects.of(organization).select_related("touchpoint")
    if archived:
        found = found.filter(state=SurveyState.ARCHIVED)
    else:
        found = found.exclude(state=SurveyState.ARCHIVED)
    rows = list(found.prefetch_related("metrics__metric"))
    kept = SurveyTally.objects.filter(survey__in=rows).values_list("survey", "counts__days", "counted_at")
    tallies = {key: (sum(n for _day, _way, n in days), counted_at) for key, days, counted_at in kept}
    few = [survey for survey in rows if survey.pk not in tallies]
    sent = SurveyReply.objects.filter(survey__in=few, is_half=False).order_by().values_list("survey")
    fresh = dict(sent.annotate(n=Count("pk")))
    return [
        SurveyRow(
            survey=survey,
            openness=openness_of(survey, today),
            metric=next((str(one.metric) for one in survey.metrics.all() if one.question == plain.SCORE), ""),
            replies=tallies[survey.pk][0] if survey.pk in tallies else fresh.get(survey.pk, 0),
            counted_at=tallies[survey.pk][1] if survey.pk in tallies else None,
        )
        for survey in rows
    ]


def metrics_to_ask(organization: Organization) -> list[MetricDefinition]:
    """Definitions in use that customers answer on a scale. One query."""
    found = MetricDefinition.objects.of(organization).filter(is_retired=False)
    return [metric for metric in found if metric.calculation.counts_answers]


def survey_editor(survey: CustomerSurvey) -> SurveyEditor:
    """Three queries."""
    content = plain.survey_content(survey.content)
    metrics = {one.question: one.metric for one in survey.metrics.select_related("metric")}
    bands = {key: plain.bands_of(metric.calculation) for key, metric in metrics.items()}  # type: ignore[arg-type]
    options = plain.rule_options(survey.content, bands)
    more = {one["key"] for one in plain.more_questions(survey.content)}
    rows = []
    for question in plain.questions_of(survey.content):
        chosen = plain.option_of(question, options, bands)
        rule = next((f"{one.text}: {one.label}" for one in options if one.key == chosen), "")
        rows.append(
            AskedQuestion(
                key=question["key"],
                kind=question["kind"],
                text=question["text"].get(content.default_language, ""),
                choices=tuple(
                    choice["label"].get(content.default_language, "")
                    for choice in question.get("choices", [])
                ),
                is_required=bool(question.get("required")),
                is_more=question["key"] in more,
                rule=rule,
                metric=metrics.get(question["key"]),
            )
        )
    has_opened = survey.versions.exists()
    return SurveyEditor(
        survey=survey,
        openness=openness_of(survey, survey.organization.clock.today()),
        questions=tuple(rows),
        languages=tuple((code, own_name(code)) for code in content.languages),
        missing=missing_in(content, survey.words),
        has_opened=has_opened,
        can_add=not has_opened and len(more) < plain.MOST_MORE and survey.state != SurveyState.ARCHIVED,
        replaced=tuple(metric for metric in metrics.values() if metric.is_retired),
    )


def missing_in(content: Questionnaire, words: Mapping[str, Mapping[str, str]]) -> tuple[MissingIn, ...]:
    """What each further language lacks, the texts around the questions too. No query."""
    by_language = missing_translations(content)
    first = content.default_language
    found = []
    for code in content.languages:
        texts = [
            one.stand_in
            for one in by_language[code]
            if not one.place.startswith("phrases.") or one.stand_in_language != code
        ]
        texts += [said[first] for said in words.values() if said.get(first) and not said.get(code)]
        if texts and code != first:
            found.append(MissingIn(code=code, name=own_name(code), texts=tuple(texts)))
    return tuple(found)


def edited_texts(survey: CustomerSurvey) -> tuple[EditedText, ...]:
    """Every text that can be worded, with its translations. No query."""
    content = plain.survey_content(survey.content)
    languages = [(code, own_name(code)) for code in content.languages]
    first = content.default_language
    known = {one["key"]: one["text"].get(first, "") for one in plain.questions_of(survey.content)}
    places: list[tuple[str, Mapping[str, str]]] = [
        *plain.text_places(survey.content),
        *((name, survey.words.get(name, {})) for name in plain.WORDS),
    ]
    found = []
    for place, text in places:
        key, _dot, part = place.partition(".")
        found.append(
            EditedText(
                place=place,
                question=known.get(key, "") if part else "",
                part=part.partition(".")[0] or place,
                texts=tuple((code, name, text.get(code, "")) for code, name in languages),
            )
        )
    return tuple(found)


def said_around(survey: CustomerSurvey, name: str, language: str) -> Said:
    """One of the texts around the questions, as a customer gets it; nothing where there is none."""
    text: Mapping[str, Any] = survey.words.get(name, {})
    return said_in(text, language, default=survey.content["default_language"])


def thanks_of(survey: CustomerSurvey, band: str, language: str) -> Said:
    """What is said after sending: the words for this score, else those for everybody, else nothing."""
    for name in (f"{plain.THANKS}-{band}", plain.THANKS):
        said = said_around(survey, name, language)
        if said:
            return said
    return Said(text="", language=language)
