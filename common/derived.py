"""Secrets that follow from the server's key, and how they are found again after that key was changed.

What was handed out (a link, a code) stands in the database as a digest alone; the server makes the secret
again from its key and a public part. `CXPROGRAM_SECRET_KEY_FALLBACKS` names keys of before: what they made
goes on.
"""

from collections.abc import Callable

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from common.digests import digest_of_secret
from common.errors import DomainError


class SecretLost(DomainError):
    """None of the installation's keys made this secret; whoever holds it can go on using it."""

    code = "secret_lost"


def server_keys() -> tuple[str, ...]:
    """The key of today, then those of before."""
    return (str(settings.SECRET_KEY), *settings.SECRET_KEY_FALLBACKS)  # the embedded one is read lazily


def derived(purpose: str, public: str, *, key: str | None = None) -> bytes:
    """32 bytes that only the server can make, under the key of today unless another is given."""
    return salted_hmac(purpose, public, secret=key, algorithm="sha256").digest()


def handed_out(make: Callable[[str], str], *, digest: str) -> str:
    """The secret that was handed out, made again with whichever key made it; `digest` is what was kept of it.

    `make`: gives the secret under a key. Raises SecretLost.
    """
    for key in server_keys():
        secret = make(key)
        if constant_time_compare(digest_of_secret(secret), digest):
            return secret
    raise SecretLost(_("It was made under another key of the installation and cannot be shown again."))
