"""`Authorization: Bearer cxp_...`"""

from typing import Any

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiToken, User
from common.digests import digest_of_secret


class ApiTokenAuthentication(BaseAuthentication):
    """The request acts as the token's member, in the member's organization only."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        if len(parts) != 2:
            raise AuthenticationFailed("Send the header as: Authorization: Bearer TOKEN")
        token = (
            ApiToken.objects.usable(timezone.now())
            .select_related("member__user", "member__organization", "member__function")
            .filter(token_digest=digest_of_secret(parts[1].decode(errors="replace")))
            .first()
        )
        if token is None or not token.member.is_active or not token.member.user.is_active:
            raise AuthenticationFailed("This token is unknown, revoked or expired.")
        now = timezone.now()
        if token.last_used_at is None or (now - token.last_used_at).total_seconds() > 60:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        return token.member.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class ApiTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.api.authentication.ApiTokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
