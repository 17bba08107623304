"""Sign-in rules: people join by invitation, or by setting up the first organization."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils import timezone

from accounts import services
from accounts.choices import SecurityChange
from accounts.models import User
from accounts.selectors import SIGNED_IN_KEY

# Notices of the sign-in package that we turn into ours; passwords are told by our own services.
SECOND_FACTOR_NOTICES = {
    "mfa/email/totp_activated": SecurityChange.SECOND_FACTOR_ON,
    "mfa/email/totp_deactivated": SecurityChange.SECOND_FACTOR_OFF,
    "mfa/email/recovery_codes_generated": SecurityChange.RECOVERY_CODES_MADE,
}


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by themselves: invitations and the operator's command make accounts."""
        return False

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Once every step is passed, a second factor included."""
        super().login(request, user)
        remember_device(request)
        if isinstance(user, User):
            services.record_sign_in(user=user, address=self.get_client_ip(request))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        services.record_failed_sign_in(
            email=str(credentials.get("email") or ""), address=self.get_client_ip(request)
        )

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """One way of telling people, whatever the package would send by itself."""
        change = SECOND_FACTOR_NOTICES.get(template_prefix)
        if change is not None and isinstance(user, User):
            services.record_second_factor(user=user, change=change)


def remember_device(request: HttpRequest) -> None:
    """Write into the session when and with what it began, for the person's list of sessions."""
    request.session[SIGNED_IN_KEY] = {
        "at": timezone.now().isoformat(),
        "device": request.headers.get("user-agent", "")[:200],
    }


def sign_in(request: HttpRequest, user: User) -> None:
    """Begin a session for somebody who just joined by a link."""
    AccountAdapter(request).login(request, user)
