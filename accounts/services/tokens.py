"""Keys for programs."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import ApiToken, Membership
from accounts.services.trail import record_event
from common.digests import digest_of_secret
from common.errors import InvalidValues

PREFIX = "cxp_"


@transaction.atomic
def create_api_token(
    *, member: Membership, name: str, is_read_only: bool = True, valid_days: int | None = 365
) -> tuple[ApiToken, str]:
    """Make a key; returns it with its secret, which is shown once and not stored. Raises InvalidValues."""
    if not name.strip():
        message = _("Say what the key is for.")
        raise InvalidValues(message, fields={"name": message})
    secret = PREFIX + secrets.token_urlsafe(32)
    token: ApiToken = ApiToken.objects.create(
        member=member,
        name=name.strip(),
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
        after={"name": token.name, "is_read_only": is_read_only},
    )
    return token, secret


@transaction.atomic
def revoke_api_token(*, by: Membership, token: ApiToken) -> None:
    """The key stops working. Doing it twice does no harm and is one entry of the trail."""
    token.revoked_at = timezone.now()
    if not ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=token.revoked_at):
        return
    record_event(organization=by.organization, actor=by.user, verb="token.revoked", subject=token)
