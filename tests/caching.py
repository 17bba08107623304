"""Every test has a cache of its own, also where the processes of one run share a Redis."""

from uuid import uuid4

_test = uuid4().hex


def begin_test() -> None:
    """From here on nothing is found that was kept before."""
    global _test
    _test = uuid4().hex


def key_of_this_test(key: str, key_prefix: str, version: int) -> str:
    """As Django's own key function, within the running test."""
    return f"{_test}:{key_prefix}:{version}:{key}"
