"""What stands for a secret that was handed out. Digests of content are made by `cxstats.codec`."""

import hashlib


def digest_of_secret(secret: str) -> str:
    """What is kept of a secret that was handed out: enough to recognize it, not to use it."""
    return hashlib.sha256(secret.encode()).hexdigest()
