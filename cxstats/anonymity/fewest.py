"""The fewest groups of a tree that must be hidden, found exactly, for many measures at once.

Whoever adds and subtracts shown groups of a tree learns of *remainders* and their unions, and of nothing
else: the remainder of a shown group is what is left of it without the shown groups below it. So a pattern is
safe when no remainder is of too few people, or of people who all answered alike. From the leaves up, a table
keeps for every kind of open remainder the cheapest pattern that leaves it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cxstats.anonymity.tree import Counts, Tree

type Cost = NDArray[np.int64]

NEVER = np.int64(1) << 40
A_CELL = np.int64(1) << 22  # what hiding a group costs; beside it each person in it costs 1
PAIR = 4096  # a cost and the pair of states that it comes from, in one number


@dataclass(frozen=True, slots=True)
class States:
    """Kinds of open remainders: nobody, or who answered alike (one kind for each answer) or not, and how
    many, from 0 to `minimum` and more."""

    minimum: int
    answers: int

    @property
    def number(self) -> int:
        return 1 + (self.answers + 1) * (self.minimum + 1)

    def of(self, people: Counts, alike: Counts) -> Counts:
        """State of remainders: how many people, and which answer all of them gave (`answers`: unlike)."""
        return 1 + alike * (self.minimum + 1) + np.minimum(people, self.minimum)

    def closed(self) -> NDArray[np.bool_]:
        """Which states may be the remainder of a shown group: nobody, or enough people who differ."""
        allowed = np.zeros(self.number, dtype=bool)
        allowed[[0, -1]] = True
        return allowed


@cache
def _sums(states: States) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """All pairs of states, sorted by the state of their sum, and where each sum begins."""
    size = states.minimum + 1
    target = np.empty((states.number, states.number), dtype=np.intp)
    for first in range(states.number):
        for second in range(states.number):
            if first == 0 or second == 0:
                target[first, second] = first + second
                continue
            (alike, people), (other, more) = divmod(first - 1, size), divmod(second - 1, size)
            kind = alike if alike == other else states.answers
            target[first, second] = 1 + kind * size + min(people + more, states.minimum)
    flat = target.ravel()
    order = np.argsort(flat, kind="stable")
    return order, np.searchsorted(flat[order], np.arange(states.number))


def fewest_hidden(
    tree: Tree, *, states: States, start: Counts, empty: NDArray[np.bool_], forced: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Which groups to hide: as few as can be, and among those with the fewest people in them.

    Parameters
    ----------
    tree : Tree
        Costs count its first measure.
    states : States
        Kinds of remainders.
    start : array of int, shape (groups, patterns)
        State of each group's own people; each column is a pattern of its own.
    empty : array of bool, shape (groups, patterns)
        Groups in which nobody answered, neither shown nor hidden.
    forced : array of bool, shape (groups, patterns)
        Groups that are hidden in any case, at no cost.

    Returns
    -------
    array of bool, shape (groups, patterns)
        True: hidden.
    """
    groups, patterns = start.shape
    order, begins = _sums(states)
    closed = states.closed()
    below = tree.children()
    price = A_CELL + tree.all[:, :1]
    passed: list[Cost] = [np.empty(0, dtype=np.int64)] * groups  # costs of what each leaves to its parent
    shows: list[NDArray[np.bool_]] = [
        np.empty(0, dtype=bool)
    ] * groups  # whether "nobody" is left by showing it
    ends: list[NDArray[np.intp]] = [
        np.empty(0, dtype=np.intp)
    ] * groups  # the remainder with which it is shown
    merges: list[list[NDArray[np.intp]]] = [[] for _ in range(groups)]
    rows = np.arange(patterns)
    for place in range(groups - 1, -1, -1):
        table = np.full((patterns, states.number), NEVER)
        table[rows, start[place]] = 0
        for child in below[place]:
            table, pairs = _merged(table, passed[child], order, begins, states.number)
            merges[place].append(pairs)
        allowed = np.where(closed, table, NEVER)
        ends[place] = allowed.argmin(axis=1)
        shown = np.where(forced[place], NEVER, allowed[rows, ends[place]])
        hidden = table + np.where(forced[place], 0, price[place])[:, None]
        shows[place] = (shown <= hidden[:, 0]) & ~empty[place]
        hidden[:, 0] = np.where(empty[place], table[:, 0], np.minimum(hidden[:, 0], shown))
        passed[place] = np.minimum(hidden, NEVER)
    return _followed(tree, below, passed, shows, ends, merges, empty)


def _merged(
    table: Cost, more: Cost, order: NDArray[np.intp], begins: NDArray[np.intp], size: int
) -> tuple[Cost, NDArray[np.intp]]:
    """Costs of the sums of two remainders, and the pair of states behind each."""
    both = (table[:, :, None] + more[:, None, :]).reshape(len(table), -1)
    coded = np.minimum(both, NEVER)[:, order] * PAIR + order
    best = np.minimum.reduceat(coded, begins, axis=1)
    return best // PAIR, (best % PAIR).astype(np.intp)


def _followed(
    tree: Tree,
    below: Sequence[Sequence[int]],
    passed: Sequence[Cost],
    shows: Sequence[NDArray[np.bool_]],
    ends: Sequence[NDArray[np.intp]],
    merges: Sequence[Sequence[NDArray[np.intp]]],
    empty: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """From the cheapest table at the top down to what it says of each group."""
    patterns = empty.shape[1]
    rows = np.arange(patterns)
    hidden = np.zeros(empty.shape, dtype=bool)
    left = np.zeros(empty.shape, dtype=np.intp)  # the state that each group leaves to its parent
    for place, parent in enumerate(tree.parents):
        if parent < 0:
            left[place] = passed[place].argmin(axis=1)
        shown = (left[place] == 0) & shows[place]
        hidden[place] = ~shown & ~empty[place]
        state = np.where(shown, ends[place], left[place])
        for child, pairs in zip(reversed(below[place]), reversed(merges[place]), strict=True):
            size = passed[child].shape[1]
            state, left[child] = np.divmod(pairs[rows, state], size)
    return hidden
