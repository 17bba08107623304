"""How a lot falls: from a list and a seed to those that get the initiative, and when. Anyone can check it by
hand."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

type Step = Sequence[str | int]  # ISO day, and how many touchpoints start then


def list_digest(keys: Iterable[str], takes: int, steps: Iterable[Step] = ()) -> str:
    """Of the list that the lot is drawn from, in the order of its keys, of how many it takes, and of the
    starts that it gives, where it gives any."""
    given = [f"{day} {count}" for day, count in steps]
    return sha256("\n".join([*sorted(keys), str(takes), *given]).encode()).hexdigest()


def drawn_of(keys: Sequence[str], *, takes: int, seed: str) -> list[str]:
    """Those whose SHA-256 of "<seed>:<key>" comes first, as many as the lot takes, in that order.

    The order of the list plays no part: whoever writes it cannot steer the lot.
    """
    return sorted(keys, key=lambda key: sha256(f"{seed}:{key}".encode()).hexdigest())[:takes]


def starts_of(drawn: Sequence[str], steps: Iterable[Step]) -> dict[str, str]:
    """The day of each that was drawn: the first ones get the first day, and so on."""
    found, left = dict[str, str](), list(drawn)
    for day, count in steps:
        for key in left[: int(count)]:
            found[key] = str(day)
        left = left[int(count) :]
    return found


def sizes_of(takes: int, steps: int) -> list[int]:
    """How many start on each of so many days: as equal as can be, the larger ones first."""
    least, more = divmod(takes, steps)
    return [least + (step < more) for step in range(steps)]
