"""The fewest groups of a tree that must be hidden for many measures at once, by the sums of all of them.

As `fewest`, but a remainder is known by how many people it has in *each* measure. There may be many kinds of
such remainders, so only the cheapest `MOST_KINDS` are followed at each group: exact where there are no more.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cxstats.anonymity.fewest import A_CELL
from cxstats.anonymity.tree import Counts, Tree

MOST_KINDS = 24

type Places = NDArray[np.intp]


def fewest_together(tree: Tree, *, minimum: int, forced: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which groups to hide so that no remainder of a shown group has 1 to `minimum` - 1 people in a measure.

    Parameters
    ----------
    tree : Tree
        Costs count its first measure.
    minimum : int
        Fewest people.
    forced : array of bool, shape (groups,)
        Hidden in any case, at no cost.

    Returns
    -------
    array of bool, shape (groups,)
        True: hidden. Groups in which nobody answered are never hidden, unless forced.
    """
    below = tree.children()
    kinds: list[Counts] = [tree.own[:0]] * len(tree.keys)  # what each may leave to its parent
    costs: list[NDArray[np.int64]] = [np.empty(0, dtype=np.int64)] * len(tree.keys)
    froms: list[Places] = [np.empty(0, dtype=np.intp)] * len(tree.keys)  # the remainder inside, for each
    merges: list[list[tuple[Places, Places]]] = [[] for _ in tree.keys]
    shows: list[NDArray[np.bool_]] = [np.empty(0, dtype=bool)] * len(tree.keys)
    for place in range(len(tree.keys) - 1, -1, -1):
        inside, cost = np.minimum(tree.own[place : place + 1], minimum), np.zeros(1, dtype=np.int64)
        for child in below[place]:
            inside, cost, pair = _merged(inside, cost, kinds[child], costs[child], minimum)
            merges[place].append(pair)
        everybody = tree.all[place]
        is_empty = int(everybody.max()) == 0
        price = 0 if forced[place] or is_empty else int(A_CELL + everybody[0])
        kept = np.arange(len(cost))
        closed = (inside.max(axis=1) == 0) | (inside.min(axis=1) >= minimum)
        if not forced[place] and not is_empty and closed.any():
            best = int(np.flatnonzero(closed)[cost[closed].argmin()])
            kinds[place] = np.vstack([np.zeros_like(inside[:1]), inside])
            costs[place] = np.concatenate([cost[best : best + 1], cost + price])
            froms[place] = np.concatenate([[best], kept])
            shows[place] = np.concatenate([[True], np.zeros(len(kept), dtype=bool)])
        else:
            kinds[place], costs[place], froms[place] = inside, cost + price, kept
            shows[place] = np.zeros(len(kept), dtype=bool)
    return _followed(tree, below, costs, froms, merges, shows, forced)


def _merged(
    inside: Counts, cost: NDArray[np.int64], more: Counts, price: NDArray[np.int64], minimum: int
) -> tuple[Counts, NDArray[np.int64], tuple[Places, Places]]:
    """Sums of every pair of remainders; of those alike the cheapest, and of all the cheapest few."""
    if len(more) == 1 and int(more.max()) == 0:  # nobody below leaves anything
        return inside, cost + price[0], (np.arange(len(cost)), np.zeros(len(cost), dtype=np.intp))
    first, second = np.divmod(np.arange(len(cost) * len(price)), len(price))
    sums = np.minimum(inside[first] + more[second], minimum)
    both = cost[first] + price[second]
    order = np.lexsort((-sums.sum(axis=1), both))
    first, second, sums, both = first[order], second[order], sums[order], both[order]
    chosen: list[int] = []
    seen: set[bytes] = set()
    for place, row in enumerate(sums):
        key = row.tobytes()
        if key not in seen:
            seen.add(key)
            chosen.append(place)
            if len(chosen) == MOST_KINDS:
                break
    return sums[chosen], both[chosen], (first[chosen], second[chosen])


def _followed(
    tree: Tree,
    below: Sequence[Sequence[int]],
    costs: Sequence[NDArray[np.int64]],
    froms: Sequence[Places],
    merges: Sequence[Sequence[tuple[Places, Places]]],
    shows: Sequence[NDArray[np.bool_]],
    forced: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    hidden = np.zeros(len(tree.keys), dtype=bool)
    left = [0] * len(tree.keys)  # which kind each leaves to its parent
    for place, parent in enumerate(tree.parents):
        if parent < 0:
            left[place] = int(costs[place].argmin())
        is_empty = int(tree.all[place].max()) == 0
        hidden[place] = bool(forced[place]) or (not is_empty and not shows[place][left[place]])
        inside = int(froms[place][left[place]])
        for child, (first, second) in zip(reversed(below[place]), reversed(merges[place]), strict=True):
            left[child] = int(second[inside])
            inside = int(first[inside])
    return hidden
