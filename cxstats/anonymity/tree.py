"""Groups within groups, and how many people of each answered what."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxstats.checks import count
from cxstats.errors import InvalidInput

type Counts = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """One business function, with the people who answered and belong to it but to no function below it.

    `parent` is the key of the function above, None at the top. `own` holds how many of them answered, one
    number for each measure (driver, item, eNPS) in one order for all groups.
    """

    key: str
    parent: str | None
    own: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """Groups in an order in which parents come before what is below them, as numbers.

    `own` and `all` are (groups, measures): people of the group alone, and with everybody below it.
    """

    keys: tuple[str, ...]
    parents: tuple[int, ...]  # -1 at the top
    own: Counts
    all: Counts

    def children(self) -> tuple[tuple[int, ...], ...]:
        """Places of the groups directly below each."""
        below: list[list[int]] = [[] for _ in self.keys]
        for place, parent in enumerate(self.parents):
            if parent >= 0:
                below[parent].append(place)
        return tuple(tuple(places) for places in below)

    def place(self, key: str) -> int:
        """Where a group stands; InvalidInput for one that is not there."""
        try:
            return self.keys.index(key)
        except ValueError:
            raise InvalidInput("key", f"the key of a group, not {key!r}") from None


def tree_of(groups: Sequence[Group]) -> Tree:
    """The groups as a tree, or several.

    Parameters
    ----------
    groups : sequence of Group
        In any order; distinct keys; the same number of measures, at least one, counts >= 0.

    Returns
    -------
    Tree
        Parents first, otherwise in the order given.

    Raises
    ------
    InvalidInput
        No group, double keys, unknown parents, circles, negative counts, different numbers of measures.
    """
    by_key = {group.key: group for group in groups}
    if not groups or len(by_key) != len(groups):
        raise InvalidInput("groups", "at least one group, each key once")
    measures = len(groups[0].own)
    for group in groups:
        if len(group.own) != measures or not measures:
            raise InvalidInput("groups", "the same number of measures for all, at least one")
        for number in group.own:
            count("own", number)
        if group.parent is not None and group.parent not in by_key:
            raise InvalidInput("groups", f"parents that are groups, not {group.parent!r}")
    places: dict[str, int] = {}
    for group in groups:
        _put(group, by_key, places)
    keys = tuple(places)
    parents = tuple(-1 if (up := by_key[key].parent) is None else places[up] for key in keys)
    own = np.array([by_key[key].own for key in keys], dtype=np.int64)
    return Tree(keys, parents, own, summed(own, parents))


def summed(own: Counts, parents: Sequence[int]) -> Counts:
    """People of each group with everybody below it; parents stand before their children."""
    everybody = own.copy()
    for place in range(len(parents) - 1, -1, -1):
        if parents[place] >= 0:
            everybody[parents[place]] += everybody[place]
    return everybody


def _put(group: Group, by_key: dict[str, Group], places: dict[str, int]) -> None:
    """The group behind the groups above it, which are put first."""
    line: list[Group] = []
    step: Group | None = group
    while step is not None and step.key not in places:
        line.append(step)
        if len(line) > len(by_key):
            raise InvalidInput("groups", f"no circle of parents, as above {group.key!r}")
        step = None if step.parent is None else by_key[step.parent]
    for one in reversed(line):
        places[one.key] = len(places)
