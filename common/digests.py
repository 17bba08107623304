"""Content digests: the same content, however it is stored, has the same fingerprint."""

import hashlib
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder


def canonical_json(content: Any) -> str:
    """Sorted keys, no spaces, no NaN: the one text form of a JSON value."""
    return json.dumps(
        content,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
        cls=DjangoJSONEncoder,
    )


def digest_of(content: Any) -> str:
    """SHA-256 of the canonical JSON, 64 hexadecimal characters."""
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def digest_of_secret(secret: str) -> str:
    """What is kept of a secret that was handed out: enough to recognize it, not to use it."""
    return hashlib.sha256(secret.encode()).hexdigest()
