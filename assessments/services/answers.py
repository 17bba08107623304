"""Answers: saved as they are given, submitted once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership
from accounts.services import record_event
from assessments.choices import (
    LEVELS,
    MOST_COMMENT_CHARACTERS,
    MOST_LINK_CHARACTERS,
    AnswerStatus,
    Confidence,
)
from assessments.content import Framework
from assessments.errors import AlreadySubmitted, NotAnAnswerPossible
from assessments.models import Answer, MaturityResult, Response
from assessments.services.frameworks import content_of
from assessments.services.rounds import close_assessment, locked, refuse_closed
from common.errors import InvalidValues
from cxstats.codec import digest_of, encoded

_web_address = URLValidator(schemes=["http", "https"])


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """One answer as a person gives it."""

    practice: str
    status: str = AnswerStatus.ANSWERED
    level: int | None = None
    confidence: str = ""
    comment: str = ""
    evidence_url: str = ""


@transaction.atomic
def save_answer(
    *,
    response: Response,
    practice: str,
    status: str = AnswerStatus.ANSWERED,
    level: int | None = None,
    confidence: str = "",
    comment: str = "",
    evidence_url: str = "",
) -> Answer:
    """Keep one answer as it is typed; what is missing may come later, before submitting.

    Only the seat's own member reaches this (access gives nobody else's seat). Raises RoundClosed,
    AlreadySubmitted, NotAnAnswerPossible.
    """
    response = _open_seat(response)
    given = Given(
        practice=practice,
        status=status,
        level=level,
        confidence=confidence,
        comment=comment,
        evidence_url=evidence_url,
    )
    now = timezone.now()
    values = _values(content_of(response.assessment.framework), given, now)
    answer, _created = Answer.objects.update_or_create(response=response, practice=practice, defaults=values)
    _note_start(response, now)
    return answer


@transaction.atomic
def save_answers(*, response: Response, given: Iterable[Given]) -> None:
    """Keep several answers of one seat, all of them or none; see `save_answer`.

    Of two for the same practice the later one counts.
    """
    response = _open_seat(response)
    framework, now = content_of(response.assessment.framework), timezone.now()
    values = {one.practice: _values(framework, one, now) for one in given}
    Answer.objects.bulk_create(
        [Answer(response=response, practice=practice, **its) for practice, its in values.items()],
        update_conflicts=True,
        unique_fields=["response", "practice"],
        update_fields=["status", "level", "confidence", "comment", "evidence_url", "saved_at"],
    )
    if values:
        _note_start(response, now)


@transaction.atomic
def submit_response(*, by: Membership, response: Response) -> MaturityResult | None:
    """Hand in all answers. Pressing twice hands in once.

    A quick check that its opener takes for herself closes by itself and gives its result. Raises
    RoundClosed, InvalidValues naming each practice that is not ready (by practice key).
    """
    response = _locked_seat(response)
    if response.is_submitted:
        return response.assessment.results.first() if not response.assessment.is_open else None
    refuse_closed(response.assessment)
    framework = content_of(response.assessment.framework)
    answers = {answer.practice: answer for answer in response.answers.order_by("practice")}
    missing = what_is_missing(framework, answers.values())
    if missing:
        message = ngettext(
            "%(count)d practice is not ready yet.", "%(count)d practices are not ready yet.", len(missing)
        ) % {"count": len(missing)}
        raise InvalidValues(message, code="answers_missing", fields=missing)
    response.submitted_at = timezone.now()
    response.save(update_fields=["submitted_at"])
    record_event(
        organization=response.assessment.organization,
        actor=by.user,
        verb="assessment.submitted",
        subject=response.assessment,
        after={
            "response": response.pk,
            # Keyed: a plain digest of a dozen levels beside a name could be tried out
            "answers_digest": salted_hmac(
                "assessments.answers",
                digest_of([[key, item.status, item.level] for key, item in answers.items()], version=1),
                algorithm="sha256",
            ).hexdigest(),
        },
    )
    if response.assessment.is_private:
        return close_assessment(by=by, assessment=response.assessment)
    return None


@transaction.atomic
def take_back_response(*, by: Membership, response: Response) -> Response:
    """While the round is open a person may change what they submitted. Raises RoundClosed."""
    response = _locked_seat(response)
    refuse_closed(response.assessment)
    if response.is_submitted:
        before = response.submitted_at
        response.submitted_at = None
        response.save(update_fields=["submitted_at"])
        record_event(
            organization=response.assessment.organization,
            actor=by.user,
            verb="assessment.taken_back",
            subject=response.assessment,
            before={"response": response.pk, "submitted_at": encoded(before)},
        )
    return response


def what_is_missing(framework: Framework, answers: Iterable[Answer]) -> dict[str, str]:
    """Practice key -> what keeps this response from being handed in."""
    given = {answer.practice: answer for answer in answers}
    missing: dict[str, str] = {}
    for practice in framework.practices:
        answer = given.get(practice.key)
        if answer is None or answer.status == AnswerStatus.BLANK:
            missing[practice.key] = _("No level chosen yet. “Don't know” is an answer too.")
        elif unexplained := without_reason(answer):
            missing[practice.key] = unexplained
        elif answer.evidence_url and not is_web_address(answer.evidence_url):
            missing[practice.key] = _("The link to evidence is not a web address.")
    return missing


def without_reason(answer: Answer) -> str:
    """The refusal of "does not apply" where nobody says why, or nothing."""
    if answer.status == AnswerStatus.NOT_APPLICABLE and not answer.comment.strip():
        return _("Say in a few words why this does not apply.")
    return ""


def is_web_address(text: str) -> bool:
    try:
        _web_address(text)
    except ValidationError:
        return False
    return True


def _locked_seat(response: Response) -> Response:
    """The seat as it is now, behind the lock of its round (always the round first)."""
    assessment = locked(response.assessment)
    seat: Response = (
        Response.objects.select_for_update(of=("self",)).select_related("member__user").get(pk=response.pk)
    )
    seat.assessment = assessment
    return seat


def _open_seat(response: Response) -> Response:
    response = _locked_seat(response)
    refuse_closed(response.assessment)
    if response.is_submitted:
        raise AlreadySubmitted(_("You have submitted your answers. Withdraw them to change one."))
    return response


def _note_start(response: Response, now: datetime) -> None:
    if response.started_at is None:
        response.started_at = now
        response.save(update_fields=["started_at"])


def _values(framework: Framework, given: Given, now: datetime) -> dict[str, Any]:
    """The columns of this answer. Raises NotAnAnswerPossible."""
    _refuse_impossible(framework, given.practice, given.status, given.level, given.confidence)
    if len(given.comment) > MOST_COMMENT_CHARACTERS or len(given.evidence_url) > MOST_LINK_CHARACTERS:
        name = "comment" if len(given.comment) > MOST_COMMENT_CHARACTERS else "evidence_url"
        message = _("This is too long.")
        raise NotAnAnswerPossible(message, fields={name: message})
    return {
        "status": given.status,
        "level": given.level if given.status == AnswerStatus.ANSWERED else None,
        "confidence": given.confidence,
        "comment": given.comment,
        "evidence_url": given.evidence_url.strip(),
        "saved_at": now,
    }


def _refuse_impossible(
    framework: Framework, practice: str, status: str, level: int | None, confidence: str
) -> None:
    wrong: dict[str, str] = {}
    if practice not in {item.key for item in framework.practices}:
        wrong["practice"] = _("This framework has no such practice.")
    if status not in AnswerStatus.values:
        wrong["status"] = _("Choose one of the answers.")
    if status == AnswerStatus.ANSWERED and level not in LEVELS:
        wrong["level"] = _("Choose a level from 1 to 5.")
    if status != AnswerStatus.ANSWERED and level is not None:
        wrong["level"] = _("A level can only be given with an answer.")
    if confidence and confidence not in Confidence.values:
        wrong["confidence"] = _("Choose one of the answers.")
    if wrong:
        raise NotAnAnswerPossible(_("This answer cannot be saved."), fields=wrong)
