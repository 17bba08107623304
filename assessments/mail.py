"""E-mail to respondents: plain text, short, one link."""

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.choices import ORGANIZATION_HEADER
from accounts.reading import written_to
from accounts.services import written_together
from assessments.content import localized, minutes_to_answer
from assessments.models import Response
from common.text import one_line


def send_invitations(response_ids: Sequence[int], invited_by: str) -> int:
    """One message per seat, in the reader's language, one link each. Returns how many went out."""
    seats = Response.objects.filter(pk__in=response_ids).select_related(
        "member__user", "assessment__organization", "assessment__framework"
    )
    with written_together():
        return sum(_invitation(seat, invited_by).send() for seat in seats)


def _invitation(seat: Response, invited_by: str) -> EmailMessage:
    assessment = seat.assessment
    path = reverse("assessments:answer_start", args=[assessment.organization.slug, assessment.pk])
    content = assessment.framework.content
    with written_to(seat.member) as language:
        context = {
            "seat": seat,
            "assessment": assessment,
            "framework_name": localized(assessment.framework.name, language),
            "invited_by": invited_by,
            "practices": sum(len(item["practices"]) for item in content["dimensions"]),
            "minutes": minutes_to_answer(content),
            "url": f"{settings.SITE_URL.rstrip('/')}{path}",
        }
        subject = render_to_string("assessments/mail/invitation_subject.txt", context)
        body = render_to_string("assessments/mail/invitation.txt", context)
    headers = {ORGANIZATION_HEADER: str(assessment.organization_id)}
    return EmailMessage(one_line(subject), body, to=[seat.member.user.email], headers=headers)
