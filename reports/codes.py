"""The code printed on every page, by which a document is verified."""

import base64
import hashlib

_GROUPS, _LENGTH = 4, 4


def verification_code(*parts: str) -> str:
    """Sixteen letters and digits in four groups, fixed by the content: `ABCD-EFGH-JKLM-NPQR`."""
    digest = hashlib.sha256("\n".join(parts).encode()).digest()
    return grouped_code(base64.b32encode(digest).decode()[: _GROUPS * _LENGTH])


def grouped_code(text: str) -> str:
    """A code however it was typed, in the form in which it is printed; empty when nothing usable is left."""
    signs = "".join(sign for sign in text.upper() if sign.isascii() and sign.isalnum())[:40]
    return "-".join(signs[start : start + _LENGTH] for start in range(0, len(signs), _LENGTH))
