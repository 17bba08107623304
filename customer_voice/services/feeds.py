"""What all feeds share: who changes one, and what the trail says of it."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.services import record_event
from common.errors import InvalidValues
from common.text import one_line
from customer_voice.choices import SourceKind
from customer_voice.models import IncomingWebhook, Mailbox, Source, WatchedFolder
from customer_voice.services.sources import source_named

type Feed = IncomingWebhook | Mailbox | WatchedFolder
MOST_FEEDS = 50  # of one kind in one organization


def record_feed(
    by: Membership | None, feed: Feed, *, verb: str, before: dict[str, Any] | None = None, **after: Any
) -> None:
    """An entry of the trail about a feed, of nobody where the product has done it. No secret is in it."""
    record_event(
        organization=feed.organization,
        actor=by.user if by else None,
        verb=verb,
        subject=feed,
        before=before,
        after=after,
    )


def feed_source(by: Membership, name: str, kind: SourceKind) -> Source:
    """The source of this name, made where it is new. Raises InvalidValues for none."""
    name = one_line(name)
    if not 0 < len(name) <= 60:
        text = _("Name the source.") if not name else _("At most %(limit)d characters.") % {"limit": 60}
        raise InvalidValues(text, fields={"source": text})
    return source_named(by.organization, name, kind)


def refuse_too_many(by: Membership, model: type[Feed]) -> None:
    """Raises InvalidValues where an organization has as many feeds of a kind as it may."""
    if model.objects.of(by.organization).count() >= MOST_FEEDS:
        raise InvalidValues(_("At most %(limit)d of this kind.") % {"limit": MOST_FEEDS})


def switched(by: Membership, feed: Feed, *, is_on: bool) -> bool:
    """Switch a locked feed on or off; False where it was so. The caller saves."""
    if feed.is_on == is_on:
        return False
    feed.is_on = is_on
    record_feed(by, feed, verb="feed.switched_on" if is_on else "feed.switched_off")
    return True


def remove_feed(by: Membership, feed: Feed) -> None:
    """Take a locked feed away. What it brought stays."""
    record_feed(by, feed, verb="feed.removed", source=feed.source.name)
    feed.delete()
