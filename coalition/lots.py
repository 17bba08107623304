"""How a lot falls: from a list and a seed to those that get the initiative. Anyone can check it by hand."""

from collections.abc import Iterable, Sequence
from hashlib import sha256


def list_digest(keys: Iterable[str], takes: int) -> str:
    """Of the list that the lot is drawn from, in the order of its keys, and of how many it takes."""
    return sha256("\n".join([*sorted(keys), str(takes)]).encode()).hexdigest()


def drawn_of(keys: Sequence[str], *, takes: int, seed: str) -> list[str]:
    """Those whose SHA-256 of "<seed>:<key>" comes first, as many as the lot takes, in that order.

    The order of the list plays no part: whoever writes it cannot steer the lot.
    """
    return sorted(keys, key=lambda key: sha256(f"{seed}:{key}".encode()).hexdigest())[:takes]
