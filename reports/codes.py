"""The code printed on every page, by which a document is verified."""

import base64
import hashlib
from collections.abc import Iterable, Sequence

_GROUPS, _LENGTH = 4, 4


def verification_code(*parts: str) -> str:
    """Sixteen letters and digits in four groups, fixed by the content: `ABCD-EFGH-JKLM-NPQR`."""
    return grouped_code(base64.b32encode(_digest(parts)).decode()[: _GROUPS * _LENGTH])


def has_one_of(code: str, forms: Iterable[Sequence[str]]) -> bool:
    """Whether a printed code is that of any of these parts; thousands of them take some milliseconds."""
    try:
        start = base64.b32decode(code.replace("-", ""))
    except ValueError:
        return False
    return len(start) == _GROUPS * _LENGTH * 5 // 8 and any(
        _digest(parts).startswith(start) for parts in forms
    )


def _digest(parts: Sequence[str]) -> bytes:
    return hashlib.sha256("\n".join(parts).encode()).digest()


def grouped_code(text: str) -> str:
    """A code however it was typed, in the form in which it is printed; empty when nothing usable is left."""
    signs = "".join(sign for sign in text.upper() if sign.isascii() and sign.isalnum())[:40]
    return "-".join(signs[start : start + _LENGTH] for start in range(0, len(signs), _LENGTH))
