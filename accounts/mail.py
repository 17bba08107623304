"""E-mail about people: plain, short, one link."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Invitation
from common.text import one_line


def send_invitation(invitation: Invitation, secret: str) -> None:
    """Send the link in the organization's language. Raises what the mail server raises."""
    with translation.override(invitation.organization.language):
        subject = _("%(inviter)s invites you to %(organization)s's customer-experience program") % {
            "inviter": invitation.invited_by or "cxprogram",
            "organization": invitation.organization.name,
        }
        body = render_to_string(
            "accounts/mail/invitation.txt",
            {"invitation": invitation, "link": settings.SITE_URL + reverse("join", args=[secret])},
        )
        send_mail(one_line(subject), body, settings.DEFAULT_FROM_EMAIL, [invitation.email])
