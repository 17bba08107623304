"""Groups that cut across each other: who can be told apart by adding and subtracting what is published."""

from collections.abc import Hashable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from cxstats.anonymity.pattern import LEAST_MINIMUM
from cxstats.checks import count

ZERO = 1e-8
MOST_PARTS = 60  # small parts that are tried together in threes and fours


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldApart:
    """Fewer people than the minimum of whom published sums tell: a sum over them, and over nobody else."""

    members: frozenset[Hashable]

    @property
    def people(self) -> int:
        return len(self.members)


def told_apart(*, groups: Sequence[tuple[str, AbstractSet[Hashable]]], minimum: int) -> tuple[ToldApart, ...]:
    """People who can be worked out from all groups published, however they overlap.

    Parameters
    ----------
    groups : sequence of (name, members)
        Every group whose figures are published: filters, another tree of the same answers, what was published
        before. Members are opaque.
    minimum : int
        Fewest people of whom anything may be told, >= 3.

    Returns
    -------
    tuple of ToldApart
        Smallest first: sets of fewer than `minimum` people on whom some sum of published sums rests alone.
        Empty: there is none.

    Raises
    ------
    InvalidInput
        A minimum below 3.

    Source
    ------
    Denning and Schlorer (1983), Inference controls for statistical databases, IEEE Computer 16:69-82: a sum
    is compromised when its indicator lies in the span of those published. Members of the same groups form one
    part; a sum over some parts alone exists where their rows of the null space depend on each other.

    Examples
    --------
    >>> everybody = ("all", frozenset(range(20)))
    >>> filters = [("north", frozenset(range(9))), ("south", frozenset(range(9, 18)))]
    >>> [sorted(one.members) for one in told_apart(groups=[everybody, *filters], minimum=5)]
    [[18, 19]]
    """
    least = count("minimum", minimum, minimum=LEAST_MINIMUM)
    parts = _parts(groups)
    if not parts:
        return ()
    rows = range(len(groups))
    matrix = np.array([[signature >> row & 1 for signature in parts] for row in rows], dtype=np.float64)
    free = _null_space(matrix)
    members = list(parts.values())
    small = [place for place, people in enumerate(members) if len(people) < least]
    found: list[frozenset[int]] = []
    for size in range(1, least):
        if size > 2 and len(small) > MOST_PARTS:
            break
        for places in combinations(small, size):
            if sum(len(members[place]) for place in places) >= least:
                continue
            if any(known <= set(places) for known in found):
                continue
            if np.linalg.matrix_rank(free[list(places)], tol=ZERO) < size:
                found.append(frozenset(places))
    told = [ToldApart(members=frozenset().union(*(members[place] for place in places))) for places in found]
    return tuple(sorted(told, key=lambda one: one.people))


def _parts(groups: Sequence[tuple[str, AbstractSet[Hashable]]]) -> dict[int, frozenset[Hashable]]:
    """People who are in the same groups, by the groups (a bit each)."""
    signatures: dict[Hashable, int] = {}
    for row, (_, members) in enumerate(groups):
        for member in members:
            signatures[member] = signatures.get(member, 0) | 1 << row
    parts: dict[int, set[Hashable]] = {}
    for member, signature in signatures.items():
        parts.setdefault(signature, set()).add(member)
    return {signature: frozenset(members) for signature, members in parts.items()}


def _null_space(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Directions in which parts may move without any published sum changing, as columns."""
    _, sizes, right = np.linalg.svd(matrix)
    rank = int((sizes > ZERO * max(matrix.shape) * sizes[0]).sum())
    return np.asarray(right[rank:].T, dtype=np.float64)
