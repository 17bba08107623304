"""How roughly blunt figures are told, so that others than the true ones would be told the same.

Three things decide on it, in this order:

1. *What an earlier wave told of nearly the same people.* What is told now must be the same whatever the few
   who came or went have answered, if all others answered as they did then. Where the earlier figures are
   known (`Supposed`), that follows from them and from how many came and went: the level says nothing of the
   answers now.
2. *Room* (`room`). Where a figure has none, all blunt figures of its remainder in this measure are told more
   roughly together. A figure that is hidden in a shown group needs room as well, as far as it has any once
   nothing blunt is told around it: a blunt group with exactly the fewest people is as good as an exact one.
3. Where no level does for all of a remainder, each figure gets its own, and those that lack room at the last
   are hidden, the smallest first: the whole and its large parts still say something.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxstats.anonymity.blunt import BY_SHARES, COARSEST, is_open_at
from cxstats.anonymity.room import (
    MANY,
    ROUGHEST_PEOPLE,
    Flags,
    Known,
    beside_blunt,
    needs_of,
    people_stay,
    remainders_of,
    room_of,
    same_figures,
    swaps_of,
    tops_of,
    without_empty,
)
from cxstats.anonymity.tree import Counts, summed

UNTOLD = COARSEST + 1  # the level at which nothing is told
_RAISES = 2  # how often figures of their own level are raised before some are hidden


@dataclass(frozen=True, slots=True)
class Supposed:
    """How many may have given which answer if all but the few who came or went answered as they did in one
    earlier wave: the fewest and the most, shape (groups, measures, classes); `low` -1 where it told nothing
    exact.
    """

    low: Counts
    high: Counts


def levels_of_people(
    *,
    parents: Sequence[int],
    known: Counts,
    people: Counts,
    asked: Counts,
    minimum: int,
    told: Flags | None = None,
    least: int = 0,
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
    told : array of bool, shape (groups,), optional
        Of which groups how many answered was told to fives before: nothing else is told of it now.
    least : int
        The finest level that is looked at for the others.

    Returns
    -------
    array of int, shape (groups,)
        0 (fives) to `ROUGHEST_PEOPLE` (tens), beyond: not told; 0 for groups that are not blunt.
    """
    absent = np.where(asked < 0, MANY, np.maximum(asked - people, 0))
    own = without_empty(np.stack([people, absent], axis=1)[:, None, :], known[:, None])
    swaps, everybody = swaps_of(2), summed(own, parents)
    tops, left = remainders_of(parents, known[:, None] == Known.EXACT, own)
    is_told = np.zeros(len(known), dtype=bool) if told is None else told
    is_open = (left > 0).all(axis=2) & (known == Known.BLUNT)[:, None] & (everybody.sum(axis=2) > minimum)
    is_open &= ~is_told[:, None]
    chosen = np.full(len(known) + 1, ROUGHEST_PEOPLE + 1, dtype=np.int64)  # by remainder
    for level in range(ROUGHEST_PEOPLE, least - 1, -1):
        stays = people_stay(everybody[:, 0], swaps, known, np.where(is_told, 0, level), minimum)
        stays[known == Known.EXACT] = False
        lacking = is_open & ~room_of(parents, own, swaps, stays[:, None, :]).any(axis=2)
        is_enough = np.ones(len(chosen), dtype=bool)
        is_enough[tops[lacking] + 1] = False
        chosen[is_enough] = level
    return np.where((known == Known.BLUNT) & ~is_told, chosen[tops[:, 0] + 1], 0)


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
    supposed: Sequence[Supposed] = (),
) -> NDArray[np.int64]:
    """To which level each share of each measure is told in each blunt group.

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
        What `levels_of_people` says: how many answered a question of a group is told at this level too, if at
        all, so that two roundings of nearly one number tell no more than one.
    told_before : array of bool, shape (groups,), optional
        Groups of which an earlier wave told nearly the same people.
    supposed : sequence of Supposed
        What earlier waves told of them. Where none did, one person more or less of each answer now is
        supposed.

    Returns
    -------
    array of int, shape (groups, measures, classes)
        0 to `COARSEST`, `UNTOLD` in all classes of what is hidden; 0 for figures that are not blunt. Where
        how many answered the survey is told exactly, how many answered a question is told by these levels;
        then a figure has level 0 in all classes or in none, so that its steps follow from the number told.

    Notes
    -----
    A figure has room when each class of which its remainder has somebody, and not everybody, may be another
    number, and so may how many answered the question, and how many the survey where that is blunt: as far as
    the remainder leaves them open. One swap of two people is looked for, which is enough and not always
    needed.
    """
    wave = _Wave(parents, known, answers, known_people, people_levels, people, asked, minimum)
    found = np.where((known == Known.BLUNT)[:, :, None], UNTOLD, np.zeros_like(answers))
    if not wave.places.size:
        return found
    steps = _Steps.of(wave, told_before, supposed)
    chosen, is_settled = _together(wave, steps)
    if not is_settled.all():
        _apart(wave, steps, chosen, ~is_settled)
    found[wave.places, wave.columns] = chosen
    return found


class _Wave:
    """Blunt figures of a wave, each with the remainder in which it is, and what has room."""

    def __init__(
        self,
        parents: Sequence[int],
        known: Counts,
        answers: Counts,
        known_people: Counts,
        people_levels: NDArray[np.int64],
        people: Counts,
        asked: Counts,
        minimum: int,
    ) -> None:
        classes = answers.shape[2]
        self.parents, self.known, self.minimum = parents, known, minimum
        self.own = _with_silent(answers, people, asked, known_people)
        self.swaps, everybody = swaps_of(classes + 2), summed(self.own, parents)
        self.places, self.columns = np.nonzero(known == Known.BLUNT)
        as_all = np.where(known_people == Known.BLUNT, np.minimum(people_levels, ROUGHEST_PEOPLE), BY_SHARES)
        self.people_levels = as_all[self.places]
        self.figures = everybody[self.places, self.columns, :classes]
        self.needs = needs_of(parents, self.own, known, known_people, classes)
        # where no more were asked than the minimum, being told at all says that everybody answered
        self.needs[:, :, classes:] &= (everybody.sum(axis=2) > minimum)[:, :, None]
        self.open_swaps = np.stack(
            [self.swaps.moves([one]) for one in range(classes)]
            + [self.swaps.moves(range(classes)), self.swaps.moves([classes + 1])]
        )
        tops = tops_of(parents, known == Known.EXACT)
        self.remainder = (tops + 1) * known.shape[1] + np.arange(known.shape[1])
        self.of = self.remainder[self.places, self.columns]
        self.stays = people_stay(everybody[:, 0], self.swaps, known_people, people_levels, minimum)
        is_told = np.isin(known_people, [Known.EXACT, Known.BLUNT])[:, None]
        self.hidden = (known == Known.NOTHING) & is_told & beside_blunt(parents, known)
        self._most: Flags | None = None

    def _has_room(self, stays: Flags, columns: Counts) -> Flags:
        """Groups, columns and needs: which of them some unseen swap changes."""
        room = room_of(self.parents, self.own[:, columns], self.swaps, stays)
        return np.asarray((room @ self.open_swaps.T.astype(np.int16)) > 0)

    def lacking(self, levels: Counts, told: Flags, watched: Flags) -> tuple[Flags, Flags]:
        """Which of the blunt figures that are told lack room at these levels, and of which remainders
        something that is hidden does. `watched`: the figures that matter; the others of their measures may be
        anything."""
        columns = np.unique(self.columns[watched])
        at = np.full(self.known.shape[1], -1)
        at[columns] = np.arange(len(columns))
        here = np.flatnonzero(at[self.columns] >= 0)
        stays = np.repeat(self.stays[:, None, :], len(columns), axis=1)
        stays[self.known[:, columns] == Known.EXACT] = False
        hidden = self.hidden[:, columns].copy()
        silent = here[~told[here]]
        hidden[self.places[silent], at[self.columns[silent]]] = True
        needs = self.needs[:, columns]
        if hidden.any():
            needs = np.where(hidden[:, :, None], needs & self._room_untold()[:, columns], needs)
        said = here[told[here]]
        stays[self.places[said], at[self.columns[said]]] &= same_figures(
            self.figures[said], self.swaps, levels[said], self.people_levels[said], self.minimum
        )
        lacks = (needs & ~self._has_room(stays, columns)).any(axis=2)
        found = np.zeros(len(self.places), dtype=bool)
        found[said] = lacks[self.places[said], at[self.columns[said]]]
        around = np.zeros(int(self.remainder.max()) + 1, dtype=bool)
        around[self.remainder[:, columns][hidden & lacks]] = True
        return found, around[self.of] & watched

    def _room_untold(self) -> Flags:
        """What has room while nothing blunt is told: made once, where anything is hidden at all."""
        if self._most is None:
            stays = np.repeat(self.stays[:, None, :], self.known.shape[1], axis=1)
            stays[self.known == Known.EXACT] = False
            self._most = self._has_room(stays, np.arange(self.known.shape[1]))
        return self._most


def _with_silent(answers: Counts, people: Counts, asked: Counts, known_people: Counts) -> Counts:
    """The answers, with those who skipped the question and those who did not answer as two more classes."""
    skipped = np.maximum(people[:, None] - answers.sum(axis=2), 0)
    absent = np.where(asked < 0, MANY, np.maximum(asked - people, 0))[:, None]
    own = np.concatenate(
        [answers, skipped[:, :, None], np.broadcast_to(absent, skipped.shape)[:, :, None]], axis=2
    )
    return without_empty(own, np.broadcast_to(known_people[:, None], skipped.shape))


@dataclass(frozen=True, slots=True)
class _Steps:
    """At which levels a share of a blunt figure tells nothing of a few people, shape (levels, figures,
    classes): `known` from what earlier waves told, `now` from the answers now where none of them is known.
    `by_shares`: figures whose number of people is told at the level of their shares."""

    known: Flags
    now: Flags
    by_shares: Flags

    @classmethod
    def of(cls, wave: _Wave, told_before: Flags | None, supposed: Sequence[Supposed]) -> "_Steps":
        people = wave.figures.sum(axis=1)
        known = np.ones((COARSEST + 1, *wave.figures.shape), dtype=bool)
        now, rounded = known.copy(), wave.people_levels
        if told_before is None:
            return cls(known, now, rounded == BY_SHARES)
        is_loose = told_before[wave.places]
        for one in supposed:
            low, high = (ends[wave.places, wave.columns] for ends in (one.low, one.high))
            there = np.flatnonzero((low[:, 0] >= 0) & told_before[wave.places])
            is_loose[there] = False
            for level in range(COARSEST + 1):
                ends = low[there], high[there], people[there]
                known[level, there] &= is_open_at(*ends, level, rounded[there])
        loose = np.flatnonzero(is_loose)
        for level in range(COARSEST + 1):
            figures = wave.figures[loose]
            now[level, loose] = is_open_at(figures - 1, figures + 1, people[loose], level, rounded[loose])
        return cls(known, now, rounded == BY_SHARES)

    def both(self) -> "_Steps":
        return _Steps(self.known & self.now, np.ones_like(self.now), self.by_shares)

    def from_level(self, level: int | Counts) -> Counts:
        """The first level of each class from this one on. Where how many answered is told by it: 0 in all
        classes of a figure, or in none."""
        chosen = _first_from(self.known, level)
        mixed = self.by_shares & (chosen.max(axis=1) > 0) & (chosen.min(axis=1) == 0)
        if mixed.any():
            least = np.maximum(np.broadcast_to(np.asarray(level), chosen.shape)[mixed], 1)
            chosen[mixed] = _first_from(self.known[:, mixed], least)
        return chosen


def _first_from(is_open: Flags, level: int | Counts) -> Counts:
    number = np.arange(COARSEST + 1)[:, None, None]
    allowed = is_open & (number >= level)
    return np.where(allowed.any(axis=0), allowed.argmax(axis=0), UNTOLD)


def _together(wave: _Wave, steps: _Steps) -> tuple[Counts, Flags]:
    """One level for all blunt figures of each remainder, the first at which none lacks room; which figures
    are of a remainder that has one. It tells little of any of them."""
    chosen = np.full(wave.figures.shape, UNTOLD, dtype=np.int64)
    may_be = steps.known.any(axis=0).all(axis=1)  # by what earlier waves told: never by what is told now
    is_settled = _of_all(wave, ~may_be)
    for level in range(COARSEST + 1):
        if is_settled.all():
            break
        levels = steps.from_level(level)
        is_bad = may_be & ((levels.max(axis=1) == UNTOLD) | ~steps.now[level].all(axis=1))
        watched = ~is_settled & ~_of_some(wave, is_bad)
        if not watched.any():
            continue
        told = may_be & (levels.max(axis=1) < UNTOLD)
        lacking, around = wave.lacking(levels, told, watched)
        done = watched & ~_of_some(wave, lacking | around)
        chosen[done & told] = levels[done & told]
        is_settled |= done
    return chosen, is_settled


def _apart(wave: _Wave, steps: _Steps, chosen: Counts, watched: Flags) -> None:
    """Each figure by itself: what lacks room is told more roughly, and at last hidden, the smallest first."""
    own = steps.both()
    levels = own.from_level(0)
    told = levels.max(axis=1) < UNTOLD
    size = wave.figures.sum(axis=1)
    for number in range(len(size) + _RAISES + 1):
        lacking, around = wave.lacking(levels, told, watched & _of_some(wave, watched))
        lacking = (lacking | (around & told)) & watched
        if not lacking.any():
            break
        if number < _RAISES:
            higher = own.from_level(levels + 1 if number == 0 else COARSEST)
            can = lacking & (higher.max(axis=1) < UNTOLD) & (higher != levels).any(axis=1)
            levels[can] = higher[can]
            continue
        told[_to_hide(wave, size, told & watched, lacking)] = False
    chosen[watched & told] = levels[watched & told]


def _to_hide(wave: _Wave, size: Counts, told: Flags, lacking: Flags) -> Flags:
    """What is hidden next in each remainder where something lacks room: of the figures that do the smaller
    half, one at least. The largest one that is told goes last: before it, what is inside or beside it."""
    is_last = np.zeros(len(size), dtype=bool)
    here = np.flatnonzero(told)
    here = here[np.lexsort((here, size[here], wave.of[here]))]
    is_last[here[np.append(wave.of[here][1:] != wave.of[here][:-1], True)]] = True
    others = told & ~is_last
    found = lacking & others
    only_last = lacking & is_last & ~_of_some(wave, found)
    beside = others & _of_some(wave, only_last)
    alone = only_last & ~_of_some(wave, beside)
    return _smaller_half(wave.of, size, found | beside) | alone


def _smaller_half(remainder: Counts, size: Counts, figures: Flags) -> Flags:
    """Of these figures of each remainder the smaller half, one at least."""
    here = np.flatnonzero(figures)
    here = here[np.lexsort((here, size[here], remainder[here]))]
    _, begins, inverse, counts = np.unique(
        remainder[here], return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.arange(len(here)) - begins[inverse]
    found = np.zeros(len(figures), dtype=bool)
    found[here[rank < (counts[inverse] + 1) // 2]] = True
    return found


def _of_some(wave: _Wave, figures: Flags) -> Flags:
    """All blunt figures of every remainder that has one of these."""
    there = np.zeros(int(wave.remainder.max()) + 1, dtype=bool)
    there[wave.of[figures]] = True
    return np.asarray(there[wave.of])


def _of_all(wave: _Wave, figures: Flags) -> Flags:
    """All blunt figures of the remainders of which every one is among these."""
    return ~_of_some(wave, ~figures)
