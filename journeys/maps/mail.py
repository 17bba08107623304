"""E-mail about maps: whoever is mentioned in a comment is told, in one letter with one link."""

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage, mailers
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.choices import ORGANIZATION_HEADER
from accounts.models import Membership
from accounts.reading import written_to
from common.text import one_line
from journeys.maps.models import MapComment


def tell_mentioned(comment: MapComment, people: Sequence[Membership]) -> None:
    """One letter to each of the people. Raises what the mail server raises."""
    row = comment.map
    path = reverse("overview:map_detail", args=[row.organization.slug, row.key])
    letters = []
    for person in people:
        with written_to(person):
            subject = _("%(name)s mentioned you on the journey map %(map)s") % {
                "name": comment.author,
                "map": row.name,
            }
            context = {
                "comment": comment,
                "map": row,
                "step": row.content.get(f"name.{comment.step}", ""),
                "link": f"{settings.SITE_URL}{path}#comments",
                "person": person,
            }
            letters.append(
                EmailMessage(
                    subject=one_line(subject),
                    body=render_to_string("journeys/mail/mentioned.txt", context),
                    from_email=settings.DEFAULT_FROM_EMAIL,
                    to=[person.user.email],
                    headers={ORGANIZATION_HEADER: str(person.organization_id)},
                )
            )
    if letters:
        mailers.default.send_messages(letters)
