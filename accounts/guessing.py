"""How guesses at passwords and codes, and requests for a new one, are counted. The package counts none.

A browser that signed in before carries a signed cookie (OWASP's "device cookie"): its guesses are counted
apart from everybody else's, whatever others guess from the same address or from elsewhere, so it can always
sign in. So is a session that is signed in, when it is asked once more. Guesses of all other browsers are
counted by account and address together, and on one account from everywhere together, with a limit far above
what a person mistypes. Passwords and codes are counted apart; a recovery code is a code.
"""

import secrets
from dataclasses import dataclass
from enum import StrEnum

from allauth.core.internal import ratelimit
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from common.digests import digest_of_secret

DEVICE_COOKIE = "known_device"
DEVICE_DAYS = 180
DEVICE_SALT = "accounts.known_device"


class Step(StrEnum):
    PASSWORD = "password"  # noqa: S105 - the name of a step
    CODE = "code"


KNOWN = "known_browser"
UNKNOWN = {
    Step.PASSWORD: ("passwords_here", "passwords_everywhere"),
    Step.CODE: ("codes_here", "codes_everywhere"),
}
# Guesses on one account from all unknown places together: 100 passwords an hour are no dictionary and no one
# person; 30 codes of six digits hit once in years. A code is asked only of those who have the password, so
# the neighbors at an address are no matter. Of letters for a new password the last one works for days: one in
# five minutes is enough, and more of them only fill a mailbox.
RATES = {
    KNOWN: "5/5m/key",
    "passwords_here": "10/m/ip,5/5m/key",
    "passwords_everywhere": "100/1h/key",
    "codes_here": "5/5m/key",
    "codes_everywhere": "30/1h/key",
    "sign_ins": "30/m/ip",
    "reset_requests": "5/m/ip,30/1h/ip",
    "reset_letters": "1/5m/key,4/1h/key",
}


@dataclass(frozen=True, slots=True)
class Guess:
    """One guess that was let through and counted."""

    usages: tuple[ratelimit.RateLimitUsage, ...]

    def was_right(self) -> None:
        """Then it was none."""
        for usage in self.usages:
            usage.rollback()


def count_guess(request: HttpRequest, *, email: str, step: Step) -> Guess | None:
    """Count a guess at the password or the code of an account; None where there were too many."""
    key = f"{step}:{email.strip().lower()}"
    known = known_place(request, email)
    if known:
        usages = [_used(request, KNOWN, f"{key}:{known}")]
    else:
        here, everywhere = UNKNOWN[step]
        usages = [_used(request, here, f"{key}:{ratelimit.get_ip(request)}")]
        if usages[0] is not None:  # what is refused here says nothing about everywhere
            usages.append(_used(request, everywhere, key))
    let_through = tuple(usage for usage in usages if usage is not None)
    return Guess(let_through) if len(let_through) == len(usages) else None


def count_sign_in(request: HttpRequest, *, email: str) -> bool:
    """Count a sign-in from an unknown browser, right or wrong; False where its address sent too many."""
    return bool(known_place(request, email)) or _used(request, "sign_ins", "") is not None


def count_reset_request(request: HttpRequest) -> bool:
    """Count a request for a new password, for whatever account; False where its address sent too many."""
    return _used(request, "reset_requests", "") is not None


def count_reset_letter(request: HttpRequest, *, email: str) -> bool:
    """Count a letter with a link for a new password; False where one was just sent.

    A known browser is counted apart: nobody elsewhere keeps it waiting.
    """
    key = f"{email.strip().lower()}:{known_place(request, email)}"
    return _used(request, "reset_letters", key) is not None


def forget_guesses(request: HttpRequest, *, email: str) -> None:
    """After a reset of the password the account is free again, from here and from everywhere."""
    key = f"{Step.PASSWORD}:{email.strip().lower()}"
    here, everywhere = UNKNOWN[Step.PASSWORD]
    _forget(request, here, f"{key}:{ratelimit.get_ip(request)}")
    _forget(request, everywhere, key)
    known = known_place(request, email)
    if known:
        _forget(request, KNOWN, f"{key}:{known}")


def known_place(request: HttpRequest, email: str) -> str:
    """The mark of a browser or session in which this account was signed in; empty for any other."""
    device = device_of(request, email)
    user = getattr(request, "user", None)
    if device or user is None or not user.is_authenticated or _mark(user.get_username()) != _mark(email):
        return device
    return digest_of_secret(request.session.session_key or "")[:32]


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


def _mark(email: str) -> str:
    return digest_of_secret(email.strip().lower())[:32]


def _used(request: HttpRequest, action: str, key: str) -> ratelimit.RateLimitUsage | None:
    return ratelimit.consume(request, app="accounts", action=action, config=RATES, key=key)


def _forget(request: HttpRequest, action: str, key: str) -> None:
    ratelimit.clear(request, app="accounts", action=action, config=RATES, key=key)
