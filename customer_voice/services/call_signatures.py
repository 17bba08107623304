"""Who sent a call of an incoming webhook: its signature, its age and its size."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from common.sealed import SecretUnreadable, unseal
from common.text import is_storable, one_line
from customer_voice.feed_choices import MOST_BODY_BYTES, TOLERANCE_SECONDS
from customer_voice.models import IncomingWebhook

_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
MOST_ID = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the sender is told: an HTTP status, a stable code, a sentence, and reasons by place."""

    status: int
    code: str
    title: str
    reasons: Mapping[str, str] = field(default_factory=dict)
    created: int = 0
    updated: int = 0
    removed: int = 0


class CallRefused(Exception):
    """A call that is not taken. `answer` says why."""

    def __init__(self, status: int, code: str, title: str) -> None:
        self.answer = Answer(status=status, code=code, title=title)
        super().__init__(code)


def verified(webhook: IncomingWebhook, headers: Mapping[str, str], body: bytes) -> tuple[str, str]:
    """The ID and the text of a call whose signature holds. Raises CallRefused."""
    given = {name: headers.get(name, "") for name in _HEADERS}
    missing = [name for name in _HEADERS if not given[name]]
    if missing:
        raise CallRefused(401, "unsigned", _("The header %(name)s is missing.") % {"name": missing[0]})
    message_id = given["webhook-id"]
    if len(message_id) > MOST_ID or message_id != one_line(message_id) or not is_storable(message_id):
        raise CallRefused(
            422, "bad_id", _("webhook-id is a text of at most %(most)d characters.") % {"most": MOST_ID}
        )
    if len(body) > MOST_BODY_BYTES:
        raise CallRefused(413, "too_large", too_large_text())
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise CallRefused(422, "not_utf8", _("The body is not written in UTF-8.")) from None
    _ask_the_time(given["webhook-timestamp"])
    if not any(_is_signed(secret, text, given) for secret in _secrets(webhook)):
        raise CallRefused(401, "wrong_signature", _("The signature does not fit the secret of this webhook."))
    if not webhook.is_on:
        raise CallRefused(409, "switched_off", _("This webhook is switched off."))
    return message_id, text


def _ask_the_time(said: str) -> None:
    if not (said.isascii() and said.isdecimal() and len(said) < 12):
        raise CallRefused(401, "bad_time", _("webhook-timestamp is a number of seconds since 1970."))
    if abs(timezone.now().timestamp() - int(said)) > TOLERANCE_SECONDS:
        raise CallRefused(
            401, "stale", _("The time of this call is more than five minutes from now: it may be a replay.")
        )


def _secrets(webhook: IncomingWebhook) -> list[str]:
    sealed = [webhook.sealed_secret]
    if webhook.former_until is not None and webhook.former_until > timezone.now():
        sealed.append(webhook.sealed_former)
    try:
        return [unseal(one) for one in sealed]
    except SecretUnreadable as error:
        raise CallRefused(401, "secret_unreadable", str(error.message)) from error


def _is_signed(secret: str, text: str, headers: Mapping[str, str]) -> bool:
    try:
        Webhook(secret).verify(text, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError):  # ValueError: signatures that are none
        return False
    return True


def too_large_text() -> str:
    return _("The body is larger than %(most)d kB.") % {"most": MOST_BODY_BYTES // 1024}
