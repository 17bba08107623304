"""Bytes as text in JSON and addresses: base64url without padding (RFC 4648, 5), one spelling each."""

import base64
import binascii
import re

_ALPHABET = re.compile(r"[A-Za-z0-9_-]*")


def to_text(content: bytes) -> str:
    """As the browser's scripts write it."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def from_text(text: str) -> bytes:
    """Raises ValueError for padding, other letters, or a spelling that `to_text` would not have chosen."""
    if not _ALPHABET.fullmatch(text):
        raise ValueError("not base64url")
    try:
        content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError("not base64url") from error
    if to_text(content) != text:
        raise ValueError("not the one spelling of these bytes")
    return content
