"""The code printed on every page, by which a document is verified."""

import base64
import hashlib

_GROUPS, _LENGTH = 4, 4


def verification_code(*parts: str) -> str:
    """Sixteen letters and digits in four groups, fixed by the content: `ABCD-EFGH-JKLM-NPQR`."""
    digest = hashlib.sha256("\n".join(parts).encode()).digest()
    text = base64.b32encode(digest).decode()[: _GROUPS * _LENGTH]
    return "-".join(text[start : start + _LENGTH] for start in range(0, len(text), _LENGTH))
