"""Who sends a survey again with other answers: for a short time the later ones count, then the earlier ones
stay.
"""

from collections.abc import Collection
from datetime import timedelta

from django.utils import timezone

from customer_voice.errors import AnswerKept
from customer_voice.models import CustomerSurvey, Feedback, Submission, SurveyInvitation, SurveyReply
from customer_voice.services.recounts import note_changes

CORRECTED_WITHIN = timedelta(minutes=30)


def invitation_key(invitation: SurveyInvitation) -> str:
    """The ID of the answer that a personal link lets in, however often its form is loaded."""
    return f"invitation-{invitation.pk}"


def correctable(survey: CustomerSurvey, key: str, invitation: SurveyInvitation | None) -> SurveyReply | None:
    """The reply that an answer with this key takes the place of, emptied of its marks; none where it is the
    first.

    Raises AnswerKept where it came too long ago, or was erased. One that was never sent (`is_half`) gives way
    at any time.
    """
    known = (
        SurveyReply.objects.select_related("submission")
        .filter(survey=survey, submission__source=survey.source, submission__external_id=key)
        .first()
    )
    if known is None:
        if invitation is not None and invitation.is_answered:
            raise AnswerKept("The answer of this link was erased.")
        return None
    if not known.is_half and timezone.now() - known.submission.received_at > CORRECTED_WITHIN:
        raise AnswerKept("The earlier answer counts.")
    known.marks.all().delete()
    return known


def take_back_others(submission: Submission, keys: Collection[str]) -> None:
    """Remove the answers of a submission to metrics that the later form does not answer; their days are
    counted anew.
    """
    gone = list(Feedback.objects.filter(submission=submission).exclude(metric_key__in=keys))
    changed = [
        (one.metric_id, one.touchpoint_id, one.occurred_at, one.occurred_at)
        for one in gone
        if one.metric_id is not None
    ]
    Feedback.objects.filter(pk__in=[one.pk for one in gone]).delete()
    note_changes(organization=submission.organization, spans=changed)
