"""How roughly blunt figures must be told so that others than the true ones would be told the same.

What an exact group says without the exact groups below it is known of the blunt groups inside it together.
If the figures of these fit together in one way only, they are as good as exact. So other data are looked for
that would be told the same: two people of one remainder, in different groups, change places. No exact sum
notices; where no blunt figure does, each of the two groups has *room* in that answer. Where a group has none,
all blunt groups of its remainder are told more roughly in this measure, and at last not at all. A figure that
is hidden in a shown group needs room as well, as far as it has any once nothing blunt is told around it: a
blunt group with exactly the fewest people of whom anything is told is as good as an exact one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from cxstats.anonymity.blunt import COARSEST, blunt_counts, opens, steps_of, steps_up
from cxstats.anonymity.tree import Counts, summed

ROUGHEST_PEOPLE = 1  # of how many answered; beyond it that is not told
UNTOLD = COARSEST + 1  # the level at which nothing is told
MANY = 1 << 20  # people who did not answer, where nobody knows how many were asked

type Flags = NDArray[np.bool_]


class Known(IntEnum):
    """What is told of a number of a group, before its level is decided."""

    NOTHING = 0
    EXACT = 1
    BLUNT = 2
    EMPTY = 3  # that nobody in it answered


@dataclass(frozen=True, slots=True)
class _Swaps:
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


def _swaps(classes: int) -> _Swaps:
    first, second = np.nonzero(~np.eye(classes, dtype=bool))
    return _Swaps(first.astype(np.int64), second.astype(np.int64))


def levels_of_people(
    *, parents: Sequence[int], known: Counts, people: Counts, asked: Counts, minimum: int
) -> NDArray[np.int64]:
    """To which level the number of people who answered is told in each blunt group.

    Parameters
    ----------
    parents : sequence of int
        -1 at the top; parents stand before what is below them.
    known : array of `Known`, shape (groups,)
        Of how many answered.
    people, asked : array of int, shape (groups,)
        Who belongs to the group alone and answered, or was asked; -1: nobody knows how many were asked.
    minimum : int
        Fewest people of whom anything is told: everybody knows that a group that is told has so many.

    Returns
    -------
    array of int, shape (groups,)
        0 (fives) to `ROUGHEST_PEOPLE` (tens), beyond: not told; 0 for groups that are not blunt.
    """
    absent = np.where(asked < 0, MANY, np.maximum(asked - people, 0))
    own = _without_empty(np.stack([people, absent], axis=1)[:, None, :], known[:, None])
    swaps, everybody = _swaps(2), summed(own, parents)
    tops, left = _remainders(parents, known[:, None] == Known.EXACT, own)
    is_open = (left > 0).all(axis=2) & (known == Known.BLUNT)[:, None] & (everybody.sum(axis=2) > minimum)

    def lacking(level: int) -> Flags:
        stays = _people_stay(everybody[:, 0], swaps, known, np.full(len(known), level), minimum)
        stays[known == Known.EXACT] = False
        return np.asarray(is_open & ~_room(parents, own, swaps, stays[:, None, :]).any(axis=2))

    chosen = _first_enough(lacking, tops, list(range(ROUGHEST_PEOPLE + 1)))
    return np.where(known == Known.BLUNT, chosen[:, 0], 0)


def levels_of_figures(
    *,
    parents: Sequence[int],
    known: Counts,
    answers: Counts,
    known_people: Counts,
    people_levels: NDArray[np.int64],
    people: Counts,
    asked: Counts,
    minimum: int,
    told_before: Flags | None = None,
) -> NDArray[np.int64]:
    """To which level the figures of each measure are told in each blunt group.

    Parameters
    ----------
    parents : sequence of int
        As in `levels_of_people`, and so `people`, `asked` and `minimum`.
    known : array of `Known`, shape (groups, measures)
        Of each figure; NOTHING for what is hidden.
    answers : array of int, shape (groups, measures, classes)
        Of each group's own people.
    known_people : array of `Known`, shape (groups,)
        Of how many answered the survey.
    people_levels : array of int, shape (groups,)
        What `levels_of_people` says.
    told_before : array of bool, shape (groups,), optional
        Groups that are blunt because an earlier wave told nearly the same people: their figures must fit
        whatever those who came or went have answered (`opens`).

    Returns
    -------
    array of int, shape (groups, measures)
        0 to `COARSEST`, `UNTOLD`; 0 for figures that are not blunt.

    Notes
    -----
    A figure has room when each class of which its remainder has somebody, and not everybody, may be another
    number, and so may how many answered the question, and how many the survey where that is blunt: as far as
    the remainder leaves them open. One swap of two people is looked for, which is enough and not always
    needed. All blunt figures of a remainder share one level: it tells little of any of them. The same holds
    for figures that are hidden in groups of which something is told.
    """
    classes = answers.shape[2]
    skipped, absent = classes, classes + 1
    own = np.zeros((*answers.shape[:2], classes + 2), dtype=np.int64)
    own[:, :, :classes] = answers
    own[:, :, skipped] = np.maximum(people[:, None] - answers.sum(axis=2), 0)
    own[:, :, absent] = np.where(asked < 0, MANY, np.maximum(asked - people, 0))[:, None]
    own = _without_empty(own, np.broadcast_to(known_people[:, None], known.shape))
    swaps, everybody = _swaps(classes + 2), summed(own, parents)
    needs = _needs(parents, own, known, known_people, classes)
    # where no more were asked than the minimum, being told at all says that everybody answered
    needs[:, :, classes:] &= (everybody.sum(axis=2) > minimum)[:, :, None]
    tops = _tops(parents, known == Known.EXACT)
    open_swaps = np.stack(
        [swaps.moves([one]) for one in range(classes)] + [swaps.moves(range(classes)), swaps.moves([absent])]
    )
    outer = _people_stay(everybody[:, 0], swaps, known_people, people_levels, minimum)
    places, columns = np.nonzero(known == Known.BLUNT)
    figures = everybody[places, columns, :classes]
    is_told = np.isin(known_people, [Known.EXACT, Known.BLUNT])[:, None]
    hidden = np.nonzero((known == Known.NOTHING) & is_told & _beside_blunt(parents, known))

    def has_room(stays: Flags, at: tuple[NDArray[np.intp], ...]) -> Flags:
        room = _room(parents, own, swaps, stays)[at]
        return np.asarray((room[:, None, :] & open_swaps).any(axis=2))

    stays_untold = np.repeat(outer[:, None, :], known.shape[1], axis=1)
    stays_untold[known == Known.EXACT] = False
    needs_hidden = needs[hidden] & has_room(stays_untold, hidden) if hidden[0].size else needs[hidden]

    def lacking(level: int) -> Flags:
        stays = stays_untold.copy()
        stays[places, columns] &= _same_figures(figures, swaps, level, minimum)
        found = np.zeros(known.shape, dtype=bool)
        found[places, columns] = (needs[places, columns] & ~has_room(stays, (places, columns))).any(axis=1)
        if hidden[0].size:
            found[hidden] = (needs_hidden & ~has_room(stays, hidden)).any(axis=1)
        if told_before is not None:
            found[places, columns] |= told_before[places] & ~opens(figures, level)
        return found

    chosen = _first_enough(lacking, tops, list(range(COARSEST + 1)))
    return np.where(known == Known.BLUNT, chosen, 0)


def _beside_blunt(parents: Sequence[int], known: Counts) -> Flags:
    """Which figures have a blunt one in their remainder: nothing else can be made rougher for them."""
    tops = _tops(parents, known == Known.EXACT)
    groups, measures = known.shape
    flat = (tops + 1) * measures + np.arange(measures)
    has_blunt = np.zeros((groups + 1) * measures, dtype=bool)
    has_blunt[flat[known == Known.BLUNT]] = True
    return np.asarray(has_blunt[flat])


def _without_empty(own: Counts, known: Counts) -> Counts:
    """Nobody of a group that is said to be empty can change places."""
    return np.where((known == Known.EMPTY)[:, :, None], 0, own)


def _tops(parents: Sequence[int], exact: Flags) -> NDArray[np.int64]:
    """For each group and measure the exact group in whose remainder its people are, -1: in none."""
    tops = np.full(exact.shape, -1, dtype=np.int64)
    for place, parent in enumerate(parents):
        above = tops[parent] if parent >= 0 else -1
        tops[place] = np.where(exact[place], place, above)
    return tops


def _remainders(parents: Sequence[int], exact: Flags, own: Counts) -> tuple[NDArray[np.int64], Counts]:
    """The remainder of each group and measure, and how many of it are in each class; `MANY` of what no exact
    group tells."""
    tops = _tops(parents, exact)
    groups, measures, classes = own.shape
    flat = ((tops + 1) * measures + np.arange(measures)).ravel()
    sums = np.zeros(((groups + 1) * measures, classes), dtype=np.int64)
    np.add.at(sums, flat, own.reshape(-1, classes))
    sums[:measures] = MANY
    return tops, sums[flat].reshape(own.shape)


def _needs(parents: Sequence[int], own: Counts, known: Counts, known_people: Counts, classes: int) -> Flags:
    """What must be able to be another number: each class, how many answered the question, and the survey."""
    _, left = _remainders(parents, known == Known.EXACT, own)
    exact = np.broadcast_to((known_people == Known.EXACT)[:, None], known.shape)
    _, in_all = _remainders(parents, exact, own)
    answered = left[:, :, :classes].sum(axis=2)
    some_absent = (in_all[:, :, -1] > 0) & (in_all[:, :, :-1].sum(axis=2) > 0)
    may_move = some_absent & (known_people == Known.BLUNT)[:, None]
    some_skipped = (left[:, :, classes] > 0) & (answered > 0)
    is_open = (left[:, :, :classes] > 0) & (left[:, :, :classes] < answered[:, :, None])
    return np.concatenate([is_open, (some_skipped | may_move)[:, :, None], may_move[:, :, None]], axis=2)


def _people_stay(
    everybody: Counts, swaps: _Swaps, known: Counts, levels: NDArray[np.int64], minimum: int
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


def _same_figures(figures: Counts, swaps: _Swaps, level: int, minimum: int) -> Flags:
    """Which swaps leave a blunt figure as it is told: how many answered, and all its shares."""
    classes = figures.shape[1]
    people = figures.sum(axis=1)
    told = blunt_counts(people, level)
    steps = steps_of(told, level)
    now = steps_up(figures, people[:, None], steps[:, None])
    change = np.zeros((len(swaps.first), classes), dtype=np.int64)
    for place, (first, second) in enumerate(zip(swaps.first, swaps.second, strict=True)):
        if first < classes:
            change[place, first] -= 1
        if second < classes:
            change[place, second] += 1
    then = figures[:, None, :] + change
    total = then.sum(axis=2)
    shares = steps_up(then, np.maximum(total, 1)[:, :, None], steps[:, None, None])
    return np.asarray(
        (total >= minimum)
        & (blunt_counts(total, level) == told[:, None])
        & (shares == now[:, None, :]).all(axis=2)
    )


def _room(parents: Sequence[int], own: Counts, swaps: _Swaps, stays: Flags) -> Flags:
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


def _first_enough(
    lacking: Callable[[int], Flags], tops: NDArray[np.int64], levels: Sequence[int]
) -> NDArray[np.int64]:
    """The first level at which no blunt figure of a remainder lacks room; one beyond the last: none."""
    groups, measures = tops.shape
    flat = (tops + 1) * measures + np.arange(measures)
    chosen = np.full((groups + 1) * measures, levels[-1] + 1, dtype=np.int64)
    for level in reversed(levels):
        found = lacking(level)
        bad = np.zeros(len(chosen), dtype=bool)
        bad[flat[found]] = True
        chosen[~bad] = level
    return np.asarray(chosen[flat])
