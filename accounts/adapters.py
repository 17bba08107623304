"""Sign-in rules: who may make an account, when a password is asked once more, and which letters leave.

How wrong guesses are counted stands in `accounts.guessing`.
"""

import logging
import time
from typing import Any, ClassVar

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.choices import SecurityChange
from accounts.guessing import Guess, Step, count_guess, count_sign_in, forget_guesses, remember_device
from accounts.mail import send_reset_link
from accounts.models import User
from accounts.selectors import SIGNED_IN_KEY

log = logging.getLogger("cxprogram.accounts")

# Notices of the sign-in package that we turn into ours; passwords are told by our own services.
SECOND_FACTOR_NOTICES = {
    "mfa/email/totp_activated": SecurityChange.SECOND_FACTOR_ON,
    "mfa/email/totp_deactivated": SecurityChange.SECOND_FACTOR_OFF,
    "mfa/email/recovery_codes_generated": SecurityChange.RECOVERY_CODES_MADE,
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": _("Too many failed attempts. Wait five minutes, then try again."),
        "email_password_mismatch": _("The e-mail address or the password is wrong."),
        "invalid_password_reset": _("This link no longer works. Ask for a new one."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by themselves: invitations and the operator's command make accounts."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Only a path of this site leads on after signing in: no address with a host, not even our own.

        Behind a proxy that does not check the host, "our own" is whatever the request says.
        """
        is_path = bool(url) and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
        return is_path and str(url).startswith("/")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not within minutes of signing in: password and code were just given."""
        return super().is_reauthentication_required(app=app, **kwargs) and not _just_signed_in(self.request)

    _guess: Guess | None = None

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Raises the refusal of too many guesses."""
        email = _email_of(credentials)
        self._guess = (
            count_guess(request, email=email, step=Step.PASSWORD)
            if count_sign_in(request, email=email)
            else None
        )
        if self._guess is None:
            raise self.validation_error("too_many_login_attempts")

    def _rollback_login_failed_rl_usage(self) -> None:
        if self._guess is not None:
            self._guess.was_right()

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        forget_guesses(request, email=_email_of(credentials))

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **hints: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **hints)
        remember_device(response, user.get_username())
        return response

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Once every step is passed, a second factor included."""
        super().login(request, user)
        note_session(request)
        if isinstance(user, User):
            services.record_sign_in(user=user, address=self.get_client_ip(request))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        services.record_failed_sign_in(
            email=str(credentials.get("email") or ""), address=self.get_client_ip(request)
        )

    def send_password_reset_mail(self, user: AbstractBaseUser, email: str, context: dict[str, Any]) -> None:
        """Our letter, to the address of the account; the package's would name the host that was asked."""
        if isinstance(user, User):
            names = {"uidb36": context["uid"], "key": context["key"]}
            send_reset_link(user, reverse("account_reset_password_from_key", kwargs=names))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """No letter of the package leaves: those that people need are ours, with the host of our settings."""
        log.error("no letter was sent for %s", template_prefix)

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


def _email_of(credentials: dict[str, Any]) -> str:
    return str(credentials.get("email") or credentials.get("username") or "").strip().lower()


def note_session(request: HttpRequest) -> None:
    """Write into the session when and with what it began, for the person's list of sessions."""
    request.session[SIGNED_IN_KEY] = {
        "at": timezone.now().isoformat(),
        "device": request.headers.get("user-agent", "")[:200],
    }


def _just_signed_in(request: HttpRequest) -> bool:
    """Whether the secrets of whoever is signed in were given in this session within the last minutes.

    The package counts those alone that were given once more.
    """
    moments = [record["at"] for record in get_authentication_records(request, request.user)]
    return bool(moments) and time.time() - max(moments) < app_settings.REAUTHENTICATION_TIMEOUT


def sign_in(request: HttpRequest, user: User) -> None:
    """Begin a session for somebody who just joined by a link and chose a password."""
    AccountAdapter(request).login(request, user)
    record_authentication(request, user, method="password")
