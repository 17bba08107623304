"""Sign-in rules: who may make an account, and how wrong guesses are counted.

Guesses are counted by address and account together, so that somebody elsewhere who guesses wrong does not
lock the right person out. All guesses on one account from places that were never signed in have a limit of
their own, far above what a person mistypes. A browser that signed in before carries a signed cookie (OWASP's
"device cookie"): its guesses are counted apart from everybody else's, so it can always sign in.
"""

import secrets
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from accounts import services
from accounts.choices import SecurityChange
from accounts.models import User
from accounts.selectors import SIGNED_IN_KEY
from common.digests import digest_of_secret

DEVICE_COOKIE = "known_device"
DEVICE_DAYS = 180
DEVICE_SALT = "accounts.known_device"
# Guesses on one account from all unknown places together: 100 an hour are no dictionary, and no one person.
ACCOUNT_WIDE = {"unknown_places": "100/1h/key"}

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

    def is_safe_url(self, url: str | None) -> bool:
        """Only a path of this site leads on after signing in: no address with a host, not even our own.

        Behind a proxy that does not check the host, "our own" is whatever the request says.
        """
        is_path = bool(url) and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
        return is_path and str(url).startswith("/")

    _account_wide_usage: ratelimit.RateLimitUsage | None = None

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Raises the refusal of too many guesses: from here, or from all unknown places together."""
        self._account_wide_usage = None
        email = _email_of(credentials)
        if device_of(request, email):  # whoever else guesses from the same address
            self._login_failed_rl_usage = ratelimit.consume(
                request,
                app="allauth.account",
                action="login_failed",
                config={"login_failed": _of_one_account()},
                key=self._get_login_attempts_cache_key(request, **credentials),
            )
            if not self._login_failed_rl_usage:
                raise self.validation_error("too_many_login_attempts")
            return
        super().pre_authenticate(request, **credentials)
        self._account_wide_usage = ratelimit.consume(
            request, app="allauth.account", action="unknown_places", config=ACCOUNT_WIDE, key=email
        )
        if self._account_wide_usage is None:
            raise self.validation_error("too_many_login_attempts")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Counted by account and by the known browser, or else by account and client address."""
        key = super()._get_login_attempts_cache_key(request, **credentials)
        place = device_of(request, _email_of(credentials)) or ratelimit.get_ip(request)
        return f"{key}:{place}"

    def _rollback_login_failed_rl_usage(self) -> None:
        super()._rollback_login_failed_rl_usage()
        if self._account_wide_usage is not None:
            self._account_wide_usage.rollback()

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """After a reset of the password the account is free again, from here and from everywhere."""
        super()._delete_login_attempts_cached_email(request, **credentials)
        key = _email_of(credentials)
        ratelimit.clear(request, app="allauth.account", action="unknown_places", config=ACCOUNT_WIDE, key=key)

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


def device_of(request: HttpRequest, email: str) -> str:
    """The mark of a browser in which this account was signed in before; empty for any other."""
    try:
        known = signing.loads(
            request.COOKIES.get(DEVICE_COOKIE, ""), salt=DEVICE_SALT, max_age=DEVICE_DAYS * 86400
        )
    except signing.BadSignature:
        return ""
    if not isinstance(known, dict) or known.get("account") != _mark(email):
        return ""
    return str(known.get("device", ""))


def _of_one_account() -> str:
    """The limit of failed guesses on an account, without the one of everybody at the same address."""
    rates = str(app_settings.RATE_LIMITS["login_failed"]).split(",")
    return ",".join(rate for rate in rates if rate.endswith("/key"))


def remember_device(response: HttpResponse, email: str) -> None:
    """Give the browser its cookie: whose account (as a digest), and a mark of its own."""
    content = {"account": _mark(email), "device": secrets.token_urlsafe(12)}
    response.set_cookie(
        DEVICE_COOKIE,
        signing.dumps(content, salt=DEVICE_SALT),
        max_age=DEVICE_DAYS * 86400,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _email_of(credentials: dict[str, Any]) -> str:
    return str(credentials.get("email") or credentials.get("username") or "").strip().lower()


def _mark(email: str) -> str:
    return digest_of_secret(email.strip().lower())[:32]


def note_session(request: HttpRequest) -> None:
    """Write into the session when and with what it began, for the person's list of sessions."""
    request.session[SIGNED_IN_KEY] = {
        "at": timezone.now().isoformat(),
        "device": request.headers.get("user-agent", "")[:200],
    }


def sign_in(request: HttpRequest, user: User) -> None:
    """Begin a session for somebody who just joined by a link."""
    AccountAdapter(request).login(request, user)
