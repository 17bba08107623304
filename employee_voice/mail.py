"""Letters to the people of a wave: plain text, short, one link."""

from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.reading import written_for
from common.text import one_line
from employee_voice.credentials.key_list import short_digest
from employee_voice.models import Invitation, Wave


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    subject: str
    body: str


def link_of(wave: Wave, group: int, secret: str) -> str:
    """Everything that identifies stands behind the #, which browsers keep to themselves."""
    path = reverse("answer:invitation", args=[wave.public_id])
    return f"{settings.SITE_URL.rstrip('/')}{path}#i={secret}&g={group}&k={wave.keys_digest}"


def draft_of(wave: Wave, invitation: Invitation, secret: str, *, is_reminder: bool) -> Draft:
    """In the language of the person, else of the organization. No query: the group is there."""
    organization = wave.survey.organization
    group = invitation.group
    assert group is not None  # of everybody who was drawn
    with written_for(organization, invitation.language):
        context = {
            "organization": organization,
            "wave": wave,
            "link": link_of(wave, group.number, secret),
            "promise": settings.SITE_URL.rstrip("/") + reverse("answer:promise", args=[wave.public_id]),
            "keys": short_digest(wave.keys_digest),
            "is_reminder": is_reminder,
        }
        return Draft(
            subject=one_line(render_to_string("employee_voice/mail/invitation_subject.txt", context)),
            body=render_to_string("employee_voice/mail/invitation.txt", context),
        )
