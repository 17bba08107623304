"""Secrets that have to be read again, such as the password of a mailbox, sealed where they are stored.

The key follows from `CXPROGRAM_SECRET_KEY`: a copy of the database alone opens none of them. Whoever changes
that key names the one of before in `CXPROGRAM_SECRET_KEY_FALLBACKS`, or enters these secrets anew.
"""

import base64
from contextlib import suppress
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from common.derived import server_keys
from common.errors import DomainError

_PURPOSE = b"cxprogram: secrets in the database, 1"


class SecretUnreadable(DomainError):
    """It was sealed with another key of the installation."""

    code = "secret_unreadable"


def seal(secret: str) -> str:
    """The secret as it may be stored. Each time another text, so that nobody sees which are alike."""
    return _lock(settings.SECRET_KEY).encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """The secret. Raises SecretUnreadable."""
    for key in server_keys():
        with suppress(InvalidToken):
            return _lock(key).decrypt(sealed.encode()).decode()
    raise SecretUnreadable(_("This secret was stored under another key of the installation. Enter it again."))


@lru_cache(maxsize=8)
def _lock(secret_key: str) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(key))
