"""What customers typed page by page and have not sent: kept, named apart, counted where the survey says so.

A score counts only if its question was answered, the survey says that such scores count, the customer was
told beside the button, and nobody with the customer's address has said no (`selectors.customers`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import batched, chain, groupby
from operator import itemgetter

from django.db import transaction
from django.utils import timezone

from accounts.models import Organization
from customer_voice import survey_content as plain
from customer_voice.choices import HalfUse, SurveyOpenness, SurveyWay
from customer_voice.errors import AnswerKept
from customer_voice.models import CustomerSurvey, HalfAnswer, SurveyInvitation, SurveyReply
from customer_voice.selectors.customers import unsubscribed
from customer_voice.selectors.surveys import openness_of
from customer_voice.services.corrections import invitation_key
from customer_voice.services.replies import take_reply
from questionnaires.answering import evaluate
from questionnaires.content import Questionnaire

SILENT_FOR = timedelta(hours=1)  # whoever has not gone on for so long is taken to have stopped
TYPED_KEPT = timedelta(days=30)
AT_ONCE = 200


def keep_half(
    *,
    survey: CustomerSurvey,
    questionnaire: Questionnaire,
    typed: Mapping[str, Sequence[str]],
    language: str,
    way: str,
    key: str,
    invitation: SurveyInvitation | None = None,
) -> HalfAnswer | None:
    """Keep what somebody has typed up to this page; the same `key` again takes its place. What a rule hides
    is not kept, and a form that was sent stays sent. None where the survey keeps none, or nothing was
    answered.
    """
    is_open = openness_of(survey, survey.organization.clock.today()) == SurveyOpenness.OPEN
    if survey.half_answers == HalfUse.NONE or not is_open:
        return None
    found = evaluate(questionnaire, typed)
    if not found.answers:
        return None
    if invitation is not None:
        way, key = SurveyWay.EMAIL, invitation_key(invitation)
    with transaction.atomic():
        sent = SurveyReply.objects.filter(
            survey=survey, submission__source=survey.source_id, submission__external_id=key, is_half=False
        )
        if sent.exists() or (invitation is not None and invitation.is_answered):
            return None
        now = timezone.now()
        half, _is_new = HalfAnswer.objects.update_or_create(
            survey=survey,
            key=key,
            defaults={
                "invitation": invitation,
                "language": language,
                "way": way if way in SurveyWay.values else SurveyWay.LINK,
                "typed": {name: [*typed[name]] for name in found.answers},
                "answered": [*found.answers],
                "saved_at": now,
            },
        )
    return half


def begun_by(invitation: SurveyInvitation) -> Mapping[str, Sequence[str]]:
    """What the person of a personal link has typed before, to go on from there. One query."""
    half = HalfAnswer.objects.filter(invitation=invitation).first()
    return {} if half is None else half.typed


def settle_half_answers(*, now: datetime) -> int:
    """Count the scores of those who stopped, where the survey says that they count; how many. What was typed
    is emptied after a month.
    """
    HalfAnswer.objects.filter(saved_at__lt=now - TYPED_KEPT).exclude(typed={}).update(typed={})
    waiting = (
        HalfAnswer.objects.filter(
            survey__half_answers=HalfUse.SCORED, saved_at__lte=now - SILENT_FOR, reply=None
        )
        .exclude(typed={})
        .exclude(invitation__stopped_at__isnull=False)
        .order_by("survey__organization", "pk")
        .values_list(
            "survey__organization", "pk", "answered", "invitation__email", "invitation__contact__email"
        )
    )
    asked = [row for row in waiting if plain.SCORE in row[2]]
    settled = 0
    for key, rows in groupby(asked, key=itemgetter(0)):
        organization = Organization.objects.get(pk=key)
        for lot in batched(rows, AT_ONCE, strict=False):
            # where somebody was written to, and where her record is written to today
            reached = {pk: {email.lower() for email in emails if email} for _one, pk, _said, *emails in lot}
            refused = unsubscribed(organization, chain.from_iterable(reached.values()))
            settled += sum(_settle(pk, now) for pk, emails in reached.items() if refused.isdisjoint(emails))
    return settled


@transaction.atomic
def _settle(pk: int, now: datetime) -> bool:
    """Count one of them; it can still be sent, and then gives way."""
    half = (
        HalfAnswer.objects.select_for_update(of=("self",))
        .select_related("survey__organization", "invitation")
        .filter(pk=pk, saved_at__lte=now - SILENT_FOR, reply=None)
        .first()
    )
    if half is None or plain.SCORE not in half.answered:
        return False
    questionnaire = plain.survey_content(half.survey.content)
    answers = evaluate(questionnaire, half.typed).answers
    if plain.SCORE not in answers:
        return False
    try:
        half.reply = take_reply(
            survey=half.survey,
            questionnaire=questionnaire,
            answers=answers,
            language=half.language,
            way=half.way,
            key=half.key,
            invitation=half.invitation,
            half=half,
        )
    except AnswerKept:  # sent in the meantime, or erased: nothing is left to count
        half.delete()
        return False
    half.save(update_fields=["reply"])
    return True
