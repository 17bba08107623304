"""What people say about a map, and whom they mention."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.services import acting, record_event
from common.rows import locked
from journeys.maps.choices import LONGEST_TEXT
from journeys.maps.mail import tell_mentioned
from journeys.maps.models import JourneyMap, MapComment
from journeys.maps.operations import wrong


@transaction.atomic
def comment_on_map(
    *, by: Membership, map: JourneyMap, text: str, step: str = "", mentioned: Iterable[Membership] = ()
) -> MapComment:
    """A comment on the map or one of its steps; whoever is mentioned gets a letter. Raises InvalidValues: no
    text, a step that is gone, somebody who is no active member."""
    by = acting(by)
    row = locked(map, no_key=True)
    text = text.strip()
    if not text or len(text) > LONGEST_TEXT:
        raise wrong("text", _("Write a comment of at most %(most)d characters.") % {"most": LONGEST_TEXT})
    if step and f"name.{step}" not in row.content:
        raise wrong("step", _("This is no longer on the map. Reload it to see what it is now."))
    people = list({person.pk: person for person in mentioned}.values())
    if any(person.organization_id != by.organization_id or not person.has_access for person in people):
        raise wrong("mentioned", _("Choose active members of your organization."))
    comment = MapComment.objects.create(map=row, step=step, author=by, text=text)
    comment.mentioned.set(people)
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="map.commented",
        subject=row,
        after={"part": row.content.get(f"name.{step}", ""), "mentioned": [str(one) for one in people]},
    )
    tell_mentioned(comment, [person for person in people if person.pk != by.pk])
    return comment


@transaction.atomic
def resolve_comment(*, by: Membership, comment: MapComment, is_resolved: bool = True) -> MapComment:
    """Put a comment aside, or take it up again. Doing it twice does no harm."""
    by = acting(by)
    row = locked(comment, "map", no_key=True)
    if (row.resolved_at is not None) != is_resolved:
        row.resolved_at = timezone.now() if is_resolved else None
        row.save(update_fields=["resolved_at"])
        record_event(
            organization=by.organization,
            actor=by.user,
            verb="map.comment_resolved" if is_resolved else "map.comment_reopened",
            subject=row.map,
        )
    return row
