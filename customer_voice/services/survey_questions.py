"""The questions of a survey beyond the score: added, changed, moved, left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership
from common.errors import InvalidValues
from common.rows import fresh
from common.text import one_line
from customer_voice import survey_content as plain
from customer_voice.choices import FollowUp
from customer_voice.models import CustomerSurvey, MetricDefinition, SurveyMetric
from customer_voice.services.survey_versions import revise
from customer_voice.services.surveys import can_be_asked, locked_survey
from customer_voice.services.targets import refuse_retired
from questionnaires.content import QuestionKind

MOST_CHOICES, MOST_TEXT = 30, 300
MOST_WORDS = 1500  # of one answer: ten of them with their questions fit into one feedback row


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionPlan:
    """What somebody wants to ask, in the survey's first language. `rule` is the key of a `RuleOption`."""

    kind: str
    text: str = ""
    metric: MetricDefinition | None = None
    choices: Sequence[str] = ()
    has_none: bool = False  # of several choices: the last one goes with no other
    is_required: bool = False
    rule: str = ""


@transaction.atomic
def save_question(
    *, by: Membership, survey: CustomerSurvey, plan: QuestionPlan, key: str = ""
) -> CustomerSurvey:
    """Add a question, or change the one with this key; translations of words that stay are kept.

    Raises InvalidValues, MetricRetired, SurveyMeaningWouldChange once it has opened, SurveyNotInState.
    """
    survey = locked_survey(survey)
    known = {one["key"]: one for one in plain.more_questions(survey.content)}
    if key and key not in known:
        raise InvalidValues(_("This question has been removed in the meantime."))
    if not key and len(known) >= plain.MOST_MORE:
        raise InvalidValues(
            _("At most %(most)d further questions: a long form is not finished.") % {"most": plain.MOST_MORE}
        )
    metric = fresh(plan.metric, "organization") if plan.metric is not None else None
    question = _question(survey, plan, key or plain.free_key(survey.content), known.get(key, {}), metric)
    survey = revise(by, survey, content=plain.with_question(survey.content, question), words=survey.words)
    SurveyMetric.objects.filter(survey=survey, question=question["key"]).delete()
    if metric is not None:
        SurveyMetric.objects.create(survey=survey, question=question["key"], metric=metric)
    return survey


@transaction.atomic
def remove_question(*, by: Membership, survey: CustomerSurvey, key: str) -> CustomerSurvey:
    """Leave a further question out; twice does no harm. Raises InvalidValues where a rule needs it."""
    survey = locked_survey(survey)
    if key not in {one["key"] for one in plain.more_questions(survey.content)}:
        return survey
    needing = [
        one
        for one in plain.questions_of(survey.content)
        if any(rule["question"] == key for rule in one.get("show_when", []))
    ]
    if needing:
        language = survey.content["default_language"]
        text = _("“%(question)s” is shown depending on this one. Change that first.")
        raise InvalidValues(text % {"question": needing[0]["text"].get(language, "")})
    survey = revise(by, survey, content=plain.without_question(survey.content, key), words=survey.words)
    SurveyMetric.objects.filter(survey=survey, question=key).delete()
    return survey


@transaction.atomic
def move_question(*, by: Membership, survey: CustomerSurvey, key: str, is_up: bool) -> CustomerSurvey:
    """Earlier or later by one place. Raises InvalidValues where it would come before what its rule asks."""
    survey = locked_survey(survey)
    content = plain.moved(survey.content, key, is_up=is_up)
    seen: set[str] = set()
    for question in plain.questions_of(content):
        if any(rule["question"] not in seen for rule in question.get("show_when", [])):
            raise InvalidValues(_("A question must come after the one it depends on."))
        seen.add(question["key"])
    return revise(by, survey, content=content, words=survey.words)


@transaction.atomic
def set_follow_up(*, by: Membership, survey: CustomerSurvey, follow_up: str) -> CustomerSurvey:
    """Whether and how the reason is asked. Raises InvalidValues, SurveyMeaningWouldChange."""
    if follow_up not in FollowUp.values:
        raise InvalidValues(
            _("Choose one of the answers."), fields={"follow_up": _("Choose one of the answers.")}
        )
    survey = locked_survey(survey)
    if follow_up == follow_up_of(survey):
        return survey
    bands = bands_by_question(survey)[plain.SCORE]
    questions = plain.questions_of(survey.content)
    score = [one for one in questions if one["key"] == plain.SCORE]
    asked = plain.follow_ups(follow_up, bands, tuple(survey.content["languages"]))
    content = plain.with_questions(survey.content, [*score, *asked, *plain.more_questions(survey.content)])
    return revise(by, survey, content=content, words=survey.words)


def follow_up_of(survey: CustomerSurvey) -> str:
    keys = {one["key"] for one in plain.questions_of(survey.content)}
    if plain.WHY in keys:
        return FollowUp.ONE
    return FollowUp.BY_SCORE if keys & set(plain.WHYS) else FollowUp.NONE


def bands_by_question(survey: CustomerSurvey) -> dict[str, plain.Bands]:
    """How the scale of each metric question is parted. One query, unless the metrics are there."""
    return {
        asked.question: plain.bands_of(asked.metric.calculation)  # type: ignore[arg-type]
        for asked in survey.metrics.select_related("metric")
    }


def _question(
    survey: CustomerSurvey,
    plan: QuestionPlan,
    key: str,
    known: Mapping[str, Any],
    metric: MetricDefinition | None,
) -> dict[str, Any]:
    """The question as plain values. Raises InvalidValues."""
    languages, language = tuple(survey.content["languages"]), survey.content["default_language"]
    bands = bands_by_question(survey)
    options = plain.rule_options(survey.content, bands, before=key)
    known_rules = {one.key for one in options}
    if plan.rule and not {plan.rule} <= known_rules:
        raise _wrong("rule", _("Choose a question that comes before this one."))
    if metric is not None:
        question = _of_metric(survey, plan, key, metric, languages)
    elif plan.kind in {QuestionKind.ONE_CHOICE, QuestionKind.SEVERAL_CHOICES}:
        question = {"key": key, "kind": str(plan.kind), "choices": _choices(plan, known, language)}
    elif plan.kind == QuestionKind.TEXT:
        question = {"key": key, "kind": "text", "most_characters": MOST_WORDS, "lines": 4}
    else:
        raise _wrong("kind", _("Choose one of the answers."))
    said = one_line(plan.text)
    if len(said) > MOST_TEXT:
        raise _wrong("text", _("At most %(most)d characters.") % {"most": MOST_TEXT})
    if not said and metric is None:
        raise _wrong("text", _("Write the question."))
    if said and question.get("text", {}).get(language) != said:
        question["text"] = {**known.get("text", {}), language: said}
    if "help" in known:
        question["help"] = known["help"]
    if plan.is_required:
        question["required"] = True
    if plan.rule:
        question["show_when"] = plain.rule_from(plan.rule, bands)
    return question


def _of_metric(
    survey: CustomerSurvey, plan: QuestionPlan, key: str, metric: MetricDefinition, languages: tuple[str, ...]
) -> dict[str, Any]:
    refuse_retired(metric)
    if not can_be_asked(metric):
        raise _wrong("metric", _("This metric is not an answer on a scale, so it cannot be asked."))
    taken = SurveyMetric.objects.filter(survey=survey, metric__key=metric.key).exclude(question=key)
    if taken.exists():
        raise _wrong("metric", _("This survey already asks for this metric."))
    wording = one_line(plan.text) or metric.wording or metric.name
    return plain.scale_question(key, metric.key, wording, metric.calculation, languages)  # type: ignore[arg-type]


def _choices(plan: QuestionPlan, known: Mapping[str, Any], language: str) -> list[dict[str, Any]]:
    """One for each line; a line that was there keeps its key and translations."""
    lines = list(dict.fromkeys(one_line(line) for line in plan.choices if line.strip()))
    if not 2 <= len(lines) <= MOST_CHOICES:
        text = _("Write two to %(most)d answers, each on a line of its own.") % {"most": MOST_CHOICES}
        raise _wrong("choices", text)
    there = {choice["label"].get(language): choice for choice in known.get("choices", [])}
    taken = {there[line]["key"] for line in lines if line in there}
    found, number = [], 0
    for line in lines:
        choice = {name: value for name, value in there.get(line, {}).items() if name != "exclusive"}
        if not choice:
            number += 1
            while f"c-{number}" in taken:
                number += 1
            choice = {"key": f"c-{number}", "label": {language: line}}
        found.append(choice)
    if plan.has_none and plan.kind == QuestionKind.SEVERAL_CHOICES:
        found[-1] = {**found[-1], "exclusive": True}
    return found


def _wrong(field: str, text: str) -> InvalidValues:
    return InvalidValues(text, fields={field: text})
