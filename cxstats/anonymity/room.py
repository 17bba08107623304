"""Whether others than the true answers would be told the same.

What an exact group says without the exact groups below it is known of the blunt groups inside it together.
If the figures of these fit together in one way only, they are as good as exact. So other data are looked for
that would be told the same: two people of one remainder, in different groups, change places. No exact sum
notices; where no blunt figure does, each of the two groups has *room* in that answer. `levels` decides by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from cxstats.anonymity.blunt import blunt_counts, level_of_people, steps_of, steps_up
from cxstats.anonymity.tree import Counts

ROUGHEST_PEOPLE = 1  # of how many answered; beyond it that is not told
MANY = 1 << 20  # people of whom nobody knows how many they are

type Flags = NDArray[np.bool_]


class Known(IntEnum):
    """What is told of a number of a group, before its level is decided."""

    NOTHING = 0
    EXACT = 1
    BLUNT = 2
    EMPTY = 3  # that nobody in it answered


@dataclass(frozen=True, slots=True)
class Swaps:
    """Everything that two people may exchange: one has answer `first`, the other `second`."""

    first: Counts
    second: Counts

    @property
    def back(self) -> Counts:
        """The place of each swap seen from the other person."""
        number = {pair: place for place, pair in enumerate(zip(self.first, self.second, strict=True))}
        return np.array([number[pair] for pair in zip(self.second, self.first, strict=True)])

    def moves(self, classes: Sequence[int]) -> Flags:
        """Swaps after which another number of people is in these classes."""
        return np.asarray(np.isin(self.first, classes) != np.isin(self.second, classes))


def swaps_of(classes: int) -> Swaps:
    first, second = np.nonzero(~np.eye(classes, dtype=bool))
    return Swaps(first.astype(np.int64), second.astype(np.int64))


def beside_blunt(parents: Sequence[int], known: Counts) -> Flags:
    """Which figures have a blunt one in their remainder: nothing else can be made rougher for them."""
    tops = tops_of(parents, known == Known.EXACT)
    groups, measures = known.shape
    flat = (tops + 1) * measures + np.arange(measures)
    has_blunt = np.zeros((groups + 1) * measures, dtype=bool)
    has_blunt[flat[known == Known.BLUNT]] = True
    return np.asarray(has_blunt[flat])


def without_empty(own: Counts, known: Counts) -> Counts:
    """Nobody of a group that is said to be empty can change places."""
    return np.where((known == Known.EMPTY)[:, :, None], 0, own)


def tops_of(parents: Sequence[int], exact: Flags) -> NDArray[np.int64]:
    """For each group and measure the exact group in whose remainder its people are, -1: in none."""
    tops = np.full(exact.shape, -1, dtype=np.int64)
    for place, parent in enumerate(parents):
        above = tops[parent] if parent >= 0 else -1
        tops[place] = np.where(exact[place], place, above)
    return tops


def remainders_of(parents: Sequence[int], exact: Flags, own: Counts) -> tuple[NDArray[np.int64], Counts]:
    """The remainder of each group and measure, and how many of it are in each class; `MANY` of what no exact
    group tells."""
    tops = tops_of(parents, exact)
    groups, measures, classes = own.shape
    flat = ((tops + 1) * measures + np.arange(measures)).ravel()
    sums = np.zeros(((groups + 1) * measures, classes), dtype=np.int64)
    np.add.at(sums, flat, own.reshape(-1, classes))
    sums[:measures] = MANY
    return tops, sums[flat].reshape(own.shape)


def needs_of(parents: Sequence[int], own: Counts, known: Counts, known_people: Counts, classes: int) -> Flags:
    """What must be able to be another number: each class, how many answered the question, and the survey."""
    _, left = remainders_of(parents, known == Known.EXACT, own)
    exact = np.broadcast_to((known_people == Known.EXACT)[:, None], known.shape)
    _, in_all = remainders_of(parents, exact, own)
    answered = left[:, :, :classes].sum(axis=2)
    some_absent = (in_all[:, :, -1] > 0) & (in_all[:, :, :-1].sum(axis=2) > 0)
    may_move = some_absent & (known_people == Known.BLUNT)[:, None]
    some_skipped = (left[:, :, classes] > 0) & (answered > 0)
    is_open = (left[:, :, :classes] > 0) & (left[:, :, :classes] < answered[:, :, None])
    return np.concatenate([is_open, (some_skipped | may_move)[:, :, None], may_move[:, :, None]], axis=2)


def people_stay(
    everybody: Counts, swaps: Swaps, known: Counts, levels: NDArray[np.int64], minimum: int
) -> Flags:
    """Which swaps leave what is told of how many answered the survey, in each group; the last class are those
    who did not."""
    absent = everybody.shape[1] - 1
    people = everybody[:, :absent].sum(axis=1)[:, None]
    more = (swaps.first == absent).astype(np.int64) - (swaps.second == absent)
    then = people + more
    stays = np.ones(then.shape, dtype=bool)
    for level in range(ROUGHEST_PEOPLE + 1):
        told = levels == level
        stays[told] = blunt_counts(then[told], level) == blunt_counts(people[told], level)
    stays = np.asarray((stays & (then >= minimum)) | (more == 0), dtype=np.bool_)
    stays[known == Known.EXACT] = more == 0
    stays[known == Known.NOTHING] = True
    stays[known == Known.EMPTY] = False
    return stays


def same_figures(figures: Counts, swaps: Swaps, levels: Counts, people_levels: Counts, minimum: int) -> Flags:
    """Which swaps leave a blunt figure as it is told: how many answered, and all its shares.

    `levels`: of each class of each figure; `people_levels` of how many answered, `BY_SHARES`: as roughly as
    the roughest class.
    """
    classes = figures.shape[1]
    people, level = figures.sum(axis=1), level_of_people(people_levels, levels.max(axis=1))
    told = blunt_counts(people, level)
    steps = steps_of(told[:, None], levels)
    now = steps_up(figures, people[:, None], steps)
    change = np.stack(
        [(swaps.second == one).astype(np.int64) - (swaps.first == one) for one in range(classes)], axis=1
    )
    then = figures[:, None, :] + change
    total = then.sum(axis=2)
    shares = steps_up(then, np.maximum(total, 1)[:, :, None], steps[:, None, :])
    return np.asarray(
        (total >= minimum)
        & (blunt_counts(total, level[:, None]) == told[:, None])
        & (shares == now[:, None, :]).all(axis=2)
    )


def room_of(parents: Sequence[int], own: Counts, swaps: Swaps, stays: Flags) -> Flags:
    """Which swaps of somebody in a group (with what is below it) and somebody outside it nobody would notice.

    `stays`: swaps that leave what is told of the group itself. From the leaves up, `inside` says whether
    somebody in the group can swap without being noticed up to its border; from the top down, `outside`
    whether somebody beyond it can answer that.
    """
    has = own[:, :, swaps.first] > 0
    parties = has.astype(np.int16)  # who can swap at each group: its own people, and every group below it
    inside, outside = np.zeros_like(has), np.ones_like(has)
    floors = _floors(parents)
    for places, above in reversed(floors):
        inside[places] = (parties[places] > 0) & stays[places]
        if above.size:
            ups, begins = np.unique(above, return_index=True)
            parties[ups] += np.add.reduceat(inside[places], begins, axis=0, dtype=np.int16)
    answer = parties[:, :, swaps.back]
    for places, above in floors[1:]:
        others = answer[above] > inside[places][:, :, swaps.back]
        outside[places] = others | (stays[above] & outside[above])
    return np.asarray(inside & outside)


def _floors(parents: Sequence[int]) -> list[tuple[Counts, Counts]]:
    """The groups of each depth with their parents, in the order of these, from the top down; none at the
    top."""
    depths = np.zeros(len(parents), dtype=np.int64)
    for place, parent in enumerate(parents):
        depths[place] = 0 if parent < 0 else depths[parent] + 1
    above = np.array(parents, dtype=np.int64)
    order = np.argsort(above, kind="stable")
    found = [order[depths[order] == depth] for depth in range(int(depths.max()) + 1)]
    return [(places, above[places] if depth else above[:0]) for depth, places in enumerate(found)]
