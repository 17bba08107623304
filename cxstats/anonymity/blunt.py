"""Blunt figures: counts to fives or tens, shares in steps with open ends; how far two lists differ."""

from collections.abc import Hashable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxstats.anonymity.pattern import LEAST_MINIMUM, MINIMUM
from cxstats.checks import count, fraction
from cxstats.errors import InvalidInput

FIVES, TENS = 5, 10
STEPS = (20, 10, 5, 4, 3)  # how many steps a share may have: of 5 %, 10 %, 20 %, 25 %, a third
COARSEST = len(STEPS) - 1  # the roughest level at which a figure is told at all

BY_SHARES = -1  # how many answered is told as roughly as the roughest share beside it

type Counted = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True)
class BluntShare:
    """A share to the nearest `step`; at an end it only says "at most" (near 0) or "at least" (near 1)."""

    value: float
    step: float
    is_open: bool


def rounded_to(level: int) -> int:
    """To what a number of people is rounded: to fives at level 0, to tens at rougher ones."""
    return TENS if level else FIVES


def blunt_counts(people: Counted, level: int | Counted) -> Counted:
    """As `blunt_count`, of many."""
    to = np.where(np.asarray(level) > 0, TENS, FIVES)
    return np.asarray(np.maximum(to, to * ((people + (to - 1) // 2) // to)))


def steps_of(told: Counted, level: int | Counted) -> Counted:
    """How many steps a share of about `told` people has: each two people wide at least where three steps
    allow it, and one size wider for each level. It follows from what is told, and tells no more of it."""
    narrow = np.sum([2 * steps > told for steps in STEPS[:-1]], axis=0)
    return np.asarray(np.array(STEPS)[np.minimum(narrow + level, len(STEPS) - 1)], dtype=np.int64)


def steps_up(hits: Counted, people: Counted, steps: Counted) -> Counted:
    """To which step a share is told, halves to the upper one; the first step and the last are open."""
    nearest = (2 * hits * steps + people) // (2 * people)
    return np.asarray(np.minimum(np.maximum(nearest, 1), steps - 1))


def blunt_count(n: int, level: int = 0) -> int:
    """A number of people to the next five, at least five; at rougher levels to the next ten, at least ten.

    Parameters
    ----------
    n : int
        >= 1.
    level : int
        0 to `COARSEST`.

    Returns
    -------
    int
        A multiple of five, at most two away from n where n is 3 or more; of ten, at most five away from 5 on.

    Raises
    ------
    InvalidInput
        n below 1, a level that is none.

    Examples
    --------
    >>> [blunt_count(n) for n in (5, 7, 8, 12)], [blunt_count(n, 1) for n in (5, 15, 16)]
    ([5, 5, 10, 10], [10, 10, 20])
    """
    return int(blunt_counts(np.array([count("n", n, minimum=1)]), _level(level))[0])


def blunt_share(share: float, n: int, level: int = 0, *, people_level: int | None = None) -> BluntShare:
    """A share in steps of five percent, wider where five percent are less than two people.

    Parameters
    ----------
    share : float
        0 to 1; of whole people.
    n : int
        People of whom it is the share, >= 1.
    level : int
        0 to `COARSEST`: each level has the next wider steps.
    people_level : int, optional
        The level at which n is told beside it: steps follow from that number. Otherwise `level`.

    Returns
    -------
    BluntShare
        In the narrowest of `STEPS` that is two of about n people wide: 0.2 of about ten, 0.1 of about
        twenty; a third of about five, which is less. The first and the last step are open, so that one
        person may always differ from all others.

    Raises
    ------
    InvalidInput
        Outside 0 to 1, n below 1, a level that is none.

    Examples
    --------
    >>> blunt_share(21 / 40, 40)
    BluntShare(value=0.55, step=0.05, is_open=False)
    >>> blunt_share(1.0, 10)
    BluntShare(value=0.8, step=0.2, is_open=True)
    >>> blunt_share(21 / 40, 40, level=1)
    BluntShare(value=0.5, step=0.1, is_open=False)
    """
    people = np.array([count("n", n, minimum=1)])
    hits = round(fraction("share", share, closed=True) * n)
    told = blunt_counts(people, _level(level if people_level is None else people_level))
    steps = steps_of(told, _level(level))
    inner, number = int(steps_up(np.array([hits]), people, steps)[0]), int(steps[0])
    return BluntShare(value=round(inner / number, 10), step=1 / number, is_open=inner in (1, number - 1))


def is_open_at(
    low: Counted, high: Counted, people: Counted, level: int, people_levels: Counted | None = None
) -> NDArray[np.bool_]:
    """Whether a share of `people` is told the same at this level for every number from `low` to `high`.

    Parameters
    ----------
    low, high : array of int, shape (figures, classes)
        The fewest and the most that may have given an answer, as far as somebody may suppose.
    people : array of int, shape (figures,)
        How many answered.
    level : int
        0 to `COARSEST`.
    people_levels : array of int, shape (figures,), optional
        At which level how many answered is told; `BY_SHARES`, and without it: at the level of the shares.

    Returns
    -------
    array of bool, shape (figures, classes)

    Examples
    --------
    >>> low, high = np.array([[4, 2, 6], [1, 2, 14]]), np.array([[6, 4, 8], [3, 4, 16]])
    >>> is_open_at(low, high, np.array([15, 20]), 0).tolist()
    [[False, True, False], [False, False, False]]
    >>> is_open_at(low, high, np.array([15, 20]), 1).tolist()
    [[False, True, True], [True, True, True]]
    """
    whole = np.maximum(people, 1)[:, None]
    told = np.full(len(whole), BY_SHARES) if people_levels is None else people_levels
    steps = steps_of(blunt_counts(whole, level_of_people(told, _level(level))[:, None]), level)
    ends = (np.clip(end, 0, whole) for end in (low, high))
    fewest, most = (steps_up(end, whole, steps) for end in ends)
    return np.asarray(fewest == most)


def level_of_people(people_levels: Counted, share_levels: int | Counted) -> Counted:
    """At which level the number of people beside shares of these levels is told."""
    return np.asarray(np.where(people_levels == BY_SHARES, share_levels, people_levels))


def _level(level: int) -> int:
    if count("level", level) > COARSEST:
        raise InvalidInput("level", f"0 to {COARSEST}")
    return level


def people_apart(before: AbstractSet[Hashable], now: AbstractSet[Hashable]) -> int:
    """How many people are in one of two lists and not in the other: leavers and joiners."""
    return len(before ^ now)


def is_little_changed(apart: int, *, minimum: int = MINIMUM) -> bool:
    """Whether two waves of one group would tell of the few people who left or joined between them.

    Parameters
    ----------
    apart : int
        People in one of the two lists only, >= 0.
    minimum : int
        Fewest people of whom anything is told, >= 3.

    Returns
    -------
    bool
        True for 1 to `minimum` - 1: the level is told bluntly, and no change is.

    Raises
    ------
    InvalidInput
        A negative number, a minimum below 3.

    Source
    ------
    Hundepool et al. (2012), Statistical Disclosure Control, section 4.6 (differences between releases).
    """
    least = count("minimum", minimum, minimum=LEAST_MINIMUM)
    return 0 < count("apart", apart) < least
