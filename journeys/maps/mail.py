"""E-mail about maps: to who is mentioned in a comment, and to who drew a map whose touchpoint was merged."""

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage, mailers
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.choices import ORGANIZATION_HEADER
from accounts.models import Membership
from accounts.reading import written_to
from common.registry import Merging
from common.text import one_line
from journeys.maps.models import JourneyMap, MapComment


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
            letters.append(_letter(person, subject, render_to_string("journeys/mail/mentioned.txt", context)))
    if letters:
        mailers.default.send_messages(letters)


def tell_merged(merging: Merging, people: Sequence[tuple[Membership, Sequence[JourneyMap]]]) -> None:
    """One letter to each of the people, about their maps. Raises what the mail server raises."""
    letters = []
    for person, maps in people:
        with written_to(person):
            slug = person.organization.slug
            lines = [
                (row.name, settings.SITE_URL + reverse("overview:map_detail", args=[slug, row.key]))
                for row in sorted(maps, key=lambda row: row.name.casefold())
            ]
            words = {"gone": merging.gone, "kept": merging.kept}
            subject = _("%(gone)s is part of %(kept)s now: your journey maps") % words
            context = {**words, "person": person, "lines": lines, "by": merging.by}
            letters.append(_letter(person, subject, render_to_string("journeys/mail/merged.txt", context)))
    if letters:
        mailers.default.send_messages(letters)


def _letter(person: Membership, subject: str, body: str) -> EmailMessage:
    return EmailMessage(
        subject=one_line(subject),
        body=body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[person.user.email],
        headers={ORGANIZATION_HEADER: str(person.organization_id)},
    )
