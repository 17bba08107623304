"""Incoming webhooks as people set them up: made, their secret shown once and rolled, mapped, live, gone."""

import base64
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from common.errors import InvalidValues
from common.rows import locked
from common.sealed import seal, unseal
from common.text import one_line
from customer_voice.choices import SourceKind
from customer_voice.errors import FeedNotReady
from customer_voice.feed_choices import SECRET_OVERLAP_HOURS
from customer_voice.models import CustomerSurvey, IncomingWebhook
from customer_voice.services.feeds import feed_source, record_feed, refuse_too_many, remove_feed, switched
from customer_voice.services.webhook_mapping import CallMapping, checked

_PREFIX = "whsec_"  # by which the scheme knows a secret
_SECRET_BYTES = 32
LONGEST_NAME = 80
_RELATED = ("organization", "source", "survey")


@transaction.atomic
def create_webhook(*, by: Membership, name: str, source: str) -> IncomingWebhook:
    """An address for calls of another system, switched on, not live. Raises InvalidValues by field."""
    refuse_too_many(by, IncomingWebhook)
    name = _named(name)
    hook = IncomingWebhook.objects.create(
        organization=by.organization,
        name=name,
        source=feed_source(by, source or name, SourceKind.WEBHOOK),
        public_id=secrets.token_urlsafe(18),
        sealed_secret=seal(_new_secret()),
    )
    record_feed(by, hook, verb="feed.added", source=hook.source.name)
    return hook


@transaction.atomic
def show_secret(*, webhook: IncomingWebhook) -> str:
    """The secret with which calls are signed, the first time it is asked for. Raises FeedNotReady after
    that, SecretUnreadable.
    """
    hook = locked(webhook)
    if hook.is_secret_seen:
        raise FeedNotReady(_("This secret has been shown before. Make a new one if it was lost."))
    secret = unseal(hook.sealed_secret)
    hook.is_secret_seen = True
    hook.save(update_fields=["is_secret_seen"])
    return secret


@transaction.atomic
def roll_secret(*, by: Membership, webhook: IncomingWebhook) -> IncomingWebhook:
    """A new secret, to be shown once; the one before holds for a day more."""
    hook = locked(webhook, *_RELATED)
    hook.sealed_former, hook.sealed_secret = hook.sealed_secret, seal(_new_secret())
    hook.former_until = timezone.now() + timedelta(hours=SECRET_OVERLAP_HOURS)
    hook.is_secret_seen = False
    hook.save(update_fields=["sealed_former", "sealed_secret", "former_until", "is_secret_seen"])
    record_feed(by, hook, verb="feed.secret_rolled")
    return hook


@transaction.atomic
def rename_webhook(*, by: Membership, webhook: IncomingWebhook, name: str) -> IncomingWebhook:
    """Another name; address, source and secret stay. Raises InvalidValues."""
    hook, name = locked(webhook, *_RELATED), _named(name)
    if hook.name != name:
        before, hook.name = {"name": hook.name}, name
        hook.save(update_fields=["name"])
        record_feed(by, hook, verb="feed.changed", before=before, name=name)
    return hook


@transaction.atomic
def map_webhook(
    *, by: Membership, webhook: IncomingWebhook, mapping: CallMapping, survey: CustomerSurvey | None = None
) -> IncomingWebhook:
    """Say what the values of the calls mean. Later calls are read so; earlier ones stay as they came in.

    Raises MappingRefused by field.
    """
    hook = locked(webhook, *_RELATED)
    checked(hook.organization, mapping, follows_survey=survey is not None)
    if survey is not None and not hasattr(survey, "event_rule"):
        text = _("This survey follows no events. Set the delay on its page “Events” first.")
        raise InvalidValues(text, fields={"survey": text})
    told = mapping.as_json()
    if (hook.mapping, hook.survey_id) != (told, survey.pk if survey else None):
        hook.mapping, hook.survey = told, survey
        hook.save(update_fields=["mapping", "survey"])
        record_feed(by, hook, verb="feed.mapped", values=len(mapping.places))
    return hook


@transaction.atomic
def set_live(*, by: Membership, webhook: IncomingWebhook, is_live: bool) -> IncomingWebhook:
    """Have calls taken in as they come, or kept only. Twice does no harm. Raises FeedNotReady without a
    mapping, MappingRefused where what it names is no longer there.
    """
    hook = locked(webhook, *_RELATED)
    if hook.is_live == is_live:
        return hook
    if is_live:
        if not hook.mapping:
            raise FeedNotReady(_("Say first what the values of a call mean."))
        checked(
            hook.organization, CallMapping.of_json(hook.mapping), follows_survey=hook.survey_id is not None
        )
    hook.is_live = is_live
    hook.save(update_fields=["is_live"])
    record_feed(by, hook, verb="feed.went_live" if is_live else "feed.held_back")
    return hook


@transaction.atomic
def switch_webhook(*, by: Membership, webhook: IncomingWebhook, is_on: bool) -> IncomingWebhook:
    """Take calls, or refuse them all. Twice does no harm."""
    hook = locked(webhook, *_RELATED)
    if switched(by, hook, is_on=is_on):
        hook.save(update_fields=["is_on"])
    return hook


@transaction.atomic
def remove_webhook(*, by: Membership, webhook: IncomingWebhook) -> None:
    """Take the address away, with its log and the calls that wait. Answers stay."""
    remove_feed(by, locked(webhook, *_RELATED))


def _new_secret() -> str:
    return _PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def _named(name: str) -> str:
    name = one_line(name)
    if not 0 < len(name) <= LONGEST_NAME:
        text = _("Give it a name of at most %(limit)d characters.") % {"limit": LONGEST_NAME}
        raise InvalidValues(text, fields={"name": text})
    return name
