"""Keys for programs."""

import base64
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.choices import KEY_LIFETIMES, SecurityChange
from accounts.mail import send_security_notice
from accounts.models import ApiToken, Membership, User
from accounts.services.organizations import acting
from accounts.services.trail import record_event
from common.digests import digest_of_secret
from common.errors import InvalidValues
from common.text import one_line
from wording.joining import listed

PREFIX = "cxp_"
DOUBLE_CLICK = timedelta(minutes=2)


@transaction.atomic
def create_api_token(
    *, member: Membership, name: str, is_read_only: bool = True, valid_days: int | None = 365, once: str = ""
) -> tuple[ApiToken, str]:
    """Make a key; returns it with its secret, which is shown once and not stored. Raises InvalidValues.

    The same call with the same random word `once`, within some minutes, is a double click: its answer is the
    key that was made, with its secret, since the first answer is never seen.
    """
    member = acting(member)
    if not one_line(name):
        message = _("Say what the key is for.")
        raise InvalidValues(message, fields={"name": message})
    if valid_days not in KEY_LIFETIMES:
        message = _("Choose one of the answers.")
        raise InvalidValues(message, fields={"valid_days": message})
    secret = PREFIX + (
        _repeatable(member, once, (name, is_read_only, valid_days)) or secrets.token_urlsafe(32)
    )
    known = ApiToken.objects.filter(
        member=member,
        token_digest=digest_of_secret(secret),
        revoked_at=None,
        created_at__gt=timezone.now() - DOUBLE_CLICK,
    ).first()
    if known is not None:
        return known, secret
    token = ApiToken.objects.create(
        member=member,
        name=one_line(name),
        prefix=secret[:10],
        token_digest=digest_of_secret(secret),
        is_read_only=is_read_only,
        expires_at=None if valid_days is None else timezone.now() + timedelta(days=valid_days),
    )
    record_event(
        organization=member.organization,
        actor=member.user,
        verb="token.created",
        subject=token,
        after={"name": token.name, "is_read_only": is_read_only, "valid_days": valid_days},
    )
    send_security_notice(member.user, SecurityChange.KEY_MADE, token.name)
    return token, secret


def _repeatable(member: Membership, once: str, said: tuple[object, ...]) -> str:
    """A secret that the server alone can make, and make again; empty without a word to make it from."""
    if not once:
        return ""
    found = salted_hmac("accounts.api_token", repr((member.pk, once, *said)), algorithm="sha256")
    return base64.urlsafe_b64encode(found.digest()).rstrip(b"=").decode()


@transaction.atomic
def revoke_api_token(*, by: Membership, token: ApiToken) -> None:
    if _revoke(by, token):
        send_security_notice(by.user, SecurityChange.KEY_REVOKED, token.name)


@transaction.atomic
def revoke_all_api_tokens(*, member: Membership) -> int:
    """Every usable key of the member, in this organization; returns how many."""
    tokens = list(ApiToken.objects.usable(timezone.now()).filter(member=member))
    for token in tokens:
        _revoke(member, token)
    if tokens:
        names = listed(token.name for token in tokens)
        send_security_notice(member.user, SecurityChange.KEY_REVOKED, names)
    return len(tokens)


@transaction.atomic
def revoke_keys_of_person(*, user: User) -> int:
    """Every usable key of the person, in all organizations; the caller tells the person. Returns how many."""
    tokens = list(
        ApiToken.objects.usable(timezone.now())
        .filter(member__user=user)
        .select_related("member__organization", "member__user")
    )
    for token in tokens:
        _revoke(token.member, token)
    return len(tokens)


def _revoke(by: Membership, token: ApiToken) -> bool:
    """The key stops working; says whether it worked until now: twice is one entry of the trail."""
    token.revoked_at = timezone.now()
    if not ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=token.revoked_at):
        return False
    record_event(organization=by.organization, actor=by.user, verb="token.revoked", subject=token)
    return True
