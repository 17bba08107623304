"""What customers answer in our own surveys: one transaction from the form to the counts, no worker needed."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.core.cache import cache
from django.db import transaction
from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone

from common.collisions import done_again
from common.named_locks import hold
from customer_voice import survey_content as plain
from customer_voice.choices import Band, SurveyOpenness, SurveyWay
from customer_voice.errors import AnswerKept, AnswerRefused
from customer_voice.models import (
    CustomerSurvey,
    HalfAnswer,
    MetricDefinition,
    Submission,
    SurveyInvitation,
    SurveyMark,
    SurveyMetric,
    SurveyReply,
)
from customer_voice.selectors.surveys import openness_of
from customer_voice.services.corrections import correctable, invitation_key, take_back_others
from customer_voice.services.erasure import erase_nothing_meanwhile
from customer_voice.services.feedback import record_reply
from customer_voice.services.survey_versions import answered_version
from questionnaires.answering import Answer, AnswerStatus
from questionnaires.content import QuestionKind, Questionnaire
from questionnaires.stored import number_text

MOST_OF_A_QUESTION = 200  # characters, above what was answered to it
MOST_A_MINUTE = 300  # answers to one survey: far above a mailing's rush, far below what a robot sends
_KEY = re.compile(r"[A-Za-z0-9_-]{16,40}")


def is_form_key(key: str) -> bool:
    """Whether this can be the hidden name of one loaded form."""
    return _KEY.fullmatch(key) is not None


def is_too_fast(survey: CustomerSurvey, *, is_half: bool = False) -> bool:
    """Count one answer on its way in; whether this minute had too many. By survey and never by address: an
    office has one address for all. Pages that are kept on the way have a count of their own.
    """
    minute = int(timezone.now().timestamp()) // 60
    name = f"customer_voice.{'half' if is_half else 'survey'}:{survey.pk}:{minute}"
    cache.add(name, 0, timeout=120)
    try:
        return bool(cache.incr(name) > MOST_A_MINUTE)
    except ValueError:  # it was dropped between the two
        return False


@done_again
@transaction.atomic
def take_reply(
    *,
    survey: CustomerSurvey,
    questionnaire: Questionnaire,
    answers: Mapping[str, Answer],
    language: str,
    way: str,
    key: str,
    invitation: SurveyInvitation | None = None,
    half: HalfAnswer | None = None,
) -> SurveyReply:
    """Store the answers of one form as a submission with its feedback.

    `answers` are those of visible questions (`questionnaires.answering.evaluate`). The same `key` again
    replaces them within CORRECTED_WITHIN; with an `invitation` the key is its own: its link lets one answer
    in, which is of its contact. `half`: they were typed and never sent. Raises AnswerKept where an earlier
    answer stays, or was erased, AnswerRefused where the survey takes none at present.
    """
    organization = survey.organization
    erase_nothing_meanwhile(organization)
    if invitation is not None:
        way, key = SurveyWay.EMAIL, invitation_key(invitation)
    hold(f"customer_voice.reply:{survey.pk}:{key}")  # the same form twice at once is one answer
    if invitation is not None:
        invitation = SurveyInvitation.objects.select_related("contact").get(pk=invitation.pk)
    survey = _as_it_stands(survey)
    known = correctable(survey, key, invitation)
    if half is None and openness_of(survey, organization.clock.today()) != SurveyOpenness.OPEN:
        raise AnswerRefused("The survey takes no answers.")  # the page says it in the customer's language
    metrics = _asked(survey)
    values = {
        "external_id": key,
        "occurred_at": (half.saved_at if half else organization.clock.now()).isoformat(),
        "channel": survey.channel.name if survey.channel else "",
    }
    contact = invitation.contact if invitation is not None else None
    if contact is not None and contact.external_reference:
        values["customer"] = contact.external_reference
    given = _feedback(questionnaire, answers, metrics, language)
    recorded = record_reply(
        organization=organization,
        source=survey.source,
        touchpoint=survey.touchpoint,
        values=values,
        answers=given,
        language=language,
        replaces_known=known is not None,
    )
    submission_id = recorded.begun.get(key)
    if submission_id is None:
        submission_id = _continued(survey, key, language, is_known=known is not None, given=given)
    reply = known or SurveyReply(survey=survey, submission_id=submission_id)
    reply.version_id, reply.language, reply.is_half = answered_version(survey), language, half is not None
    reply.way = way if way in SurveyWay.values else SurveyWay.LINK
    reply.day = organization.clock.day_of(half.saved_at) if half else organization.clock.today()
    reply.save()
    SurveyMark.objects.bulk_create(_marks(reply, questionnaire, answers))
    if half is None:
        HalfAnswer.objects.filter(survey=survey, key=key).delete()
        if invitation is not None:
            invitation.reply, invitation.is_answered = reply, True
            invitation.save(update_fields=["reply", "is_answered"])
    return reply


def band_of_answer(survey: CustomerSurvey, answers: Mapping[str, Answer]) -> Band | None:
    """Which thanks the score gets. One query, none where the answer was taken by this very object."""
    answer = answers.get(plain.SCORE)
    metric = _asked(survey).get(plain.SCORE)
    if metric is None or answer is None or answer.number is None:
        return None
    return plain.bands_of(metric.calculation).of(answer.number)  # type: ignore[arg-type]


def _asked(survey: CustomerSurvey) -> dict[str, MetricDefinition]:
    """The metrics of a survey by their questions. One query, none where this object has asked before."""
    metrics = Prefetch("metrics", queryset=SurveyMetric.objects.select_related("metric"))
    prefetch_related_objects([survey], metrics)
    return {one.question: one.metric for one in survey.metrics.all()}


def _as_it_stands(survey: CustomerSurvey) -> CustomerSurvey:
    """The survey whose form was just read, with the state that it has by now. One query; read as a whole
    where it points elsewhere since, or where its caller has not read what it points at."""
    rows = CustomerSurvey.objects.filter(pk=survey.pk)
    pointed = {name: getattr(survey, f"{name}_id") for name in ("touchpoint", "source", "channel")}
    are_read = all(
        CustomerSurvey._meta.get_field(name).is_cached(survey)  # type: ignore[union-attr]
        for name, key in pointed.items()
        if key is not None
    )
    now = rows.values("state", "first_day", "last_day", *(f"{name}_id" for name in pointed)).get()
    if not are_read or any(now[f"{name}_id"] != key for name, key in pointed.items()):
        return rows.select_related("touchpoint", "source", "channel", "organization").get()
    survey.state, survey.first_day, survey.last_day = now["state"], now["first_day"], now["last_day"]
    return survey


def _continued(
    survey: CustomerSurvey,
    key: str,
    language: str,
    *,
    is_known: bool,
    given: Sequence[tuple[MetricDefinition | None, Mapping[str, str]]],
) -> int:
    """The key of the submission that was there before; what the later form does not answer is taken back.
    Raises AnswerKept where it was erased."""
    submission = Submission.objects.filter(
        organization=survey.organization_id, source=survey.source_id, external_id=key
    ).first()
    if submission is None:
        raise AnswerKept("These answers were erased.")
    if is_known:
        take_back_others(submission, {metric.key if metric else "" for metric, _own in given})
    submission.language = language
    submission.save(update_fields=["language"])
    return int(submission.pk)


def _feedback(
    questionnaire: Questionnaire,
    answers: Mapping[str, Answer],
    metrics: Mapping[str, MetricDefinition],
    language: str,
) -> list[tuple[MetricDefinition | None, Mapping[str, str]]]:
    """Scores by metric, the reason with the main one; words of other questions as feedback of no metric."""
    found: list[tuple[MetricDefinition | None, Mapping[str, str]]] = []
    reason = "\n\n".join(answers[name].text for name in plain.WHYS if name in answers)
    for key, metric in metrics.items():
        answer = answers.get(key)
        if answer is not None and answer.number is not None:
            words = reason if key == plain.SCORE else ""
            found.append((metric, {"score": _typed(answer.number), "text": words}))
    said = [
        (question, answers[question.key].text)
        for question in questionnaire.questions
        if question.kind == QuestionKind.TEXT and question.key not in plain.WHYS and question.key in answers
    ]
    if said:
        several = len([one for one in questionnaire.questions if one.kind == QuestionKind.TEXT]) > 1
        asked = [
            (question.text.get(language) or next(iter(question.text.values())))[:MOST_OF_A_QUESTION]
            for question, _text in said
        ]
        lines = [
            f"{question}\n{text}" if several else text
            for question, (_question, text) in zip(asked, said, strict=True)
        ]
        found.append((None, {"text": "\n\n".join(lines)}))
    return found


def _marks(
    reply: SurveyReply, questionnaire: Questionnaire, answers: Mapping[str, Answer]
) -> list[SurveyMark]:
    """Choices that were taken, and which questions got words: neither the words nor scores."""
    found = []
    for question in questionnaire.questions:
        answer = answers.get(question.key)
        if answer is None or question.kind == QuestionKind.SCALE:
            continue
        values: tuple[str, ...] = ("",)
        if answer.status != AnswerStatus.GIVEN:
            values = (answer.status.value,)
        elif answer.choices:
            values = answer.choices
        found += [SurveyMark(reply=reply, question=question.key, value=value) for value in values]
    return found


def _typed(score: Decimal) -> str:
    return number_text(score)
