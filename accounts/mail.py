"""E-mail about people: plain, short, one link. Its host is that of the site, never that of a request."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import ORGANIZATION_HEADER, SecurityChange
from accounts.models import Invitation, Membership, User
from accounts.reading import written_for, written_to
from common.dates import DateAhead
from common.text import one_line
from wording.formats import reader


def invitation_link(secret: str) -> str:
    return settings.SITE_URL + reverse("join", args=[secret])


def send_invitation(invitation: Invitation, secret: str) -> None:
    """Send the link in the organization's language. Where it cannot be delivered, the invitation stands."""
    with written_for(invitation.organization):
        subject = _("%(inviter)s invites you to %(organization)s's customer-experience program") % {
            "inviter": invitation.invited_by or "cxprogram",
            "organization": invitation.organization.name,
        }
        _send(
            to=invitation.email,
            subject=subject,
            template="accounts/mail/invitation.txt",
            context={"invitation": invitation, "link": invitation_link(secret)},
            organization_id=invitation.organization_id,
        )


def send_reset_link(user: User, path: str) -> None:
    """The link that sets a new password, in the person's own language."""
    with _read_by(user):
        _send(
            to=user.email,
            subject=_("Set a new password"),
            template="accounts/mail/reset.txt",
            context={
                "user": user,
                "site": urlsplit(settings.SITE_URL).netloc,
                "link": settings.SITE_URL + path,
                "days": settings.PASSWORD_RESET_TIMEOUT // 86400,
            },
        )


def send_security_notice(user: User, change: SecurityChange, detail: str = "") -> None:
    """Tell a person that their way in changed, in their own language."""
    with _read_by(user):
        _send(
            to=user.email,
            subject=str(SecurityChange(change).label),
            template="accounts/mail/security.txt",
            context={
                "user": user,
                "what": SecurityChange(change).label,
                "detail": detail,
                "at": timezone.now(),
                "link": settings.SITE_URL + reverse("account_reset_password"),
            },
        )


def send_reminders(person: Membership, due: Sequence[DateAhead]) -> None:
    """One letter about days that are ahead of a member, the next one first, each with its page."""
    with written_to(person):
        slug = person.organization.slug
        rows = [
            {
                "what": str(one.title) % one.words,
                "day": reader().day(one.on),
                "link": settings.SITE_URL + reverse(one.page, args=[slug, *one.address]),
            }
            for one in due
        ]
        first = rows[0]
        if len(rows) == 1:
            subject = _("By %(day)s: %(what)s") % first
        else:
            subject = ngettext(
                "By %(day)s: %(what)s, and %(more)s more",
                "By %(day)s: %(what)s, and %(more)s more",
                len(rows) - 1,
            ) % {**first, "more": len(rows) - 1}
        _send(
            to=person.user.email,
            subject=subject,
            template="accounts/mail/reminders.txt",
            context={
                "person": person,
                "rows": rows,
                "settings_link": settings.SITE_URL + reverse("accounts:reminders", args=[slug]),
            },
            organization_id=person.organization_id,
        )


def _read_by(user: User) -> AbstractContextManager[Any]:
    """What is said inside is said to this person, a member or not."""
    member = Membership.objects.active().filter(user=user).select_related("organization").first()
    return written_to(member) if member else translation.override(user.language or settings.LANGUAGE_CODE)


def _send(
    *, to: str, subject: str, template: str, context: dict[str, Any], organization_id: int | None = None
) -> None:
    headers = {} if organization_id is None else {ORGANIZATION_HEADER: str(organization_id)}
    # a line break in a name must not end the header
    EmailMessage(one_line(subject), render_to_string(template, context), to=[to], headers=headers).send()
