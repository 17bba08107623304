"""Joining two lists by whatever is known of them, and whether the best attempt is better than chance.

An item is one row whose owner the attacker wants. Owners are known to the tests alone: they say how many
pairs of an attempt are right. Both lists of a group have the same owners, which helps the attacker.
"""

import hashlib
import hmac
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from django.conf import settings
from scipy.special import erfc

WORDS = re.compile(r"[A-Za-z0-9_.@-]{6,}")
NEVER_BY_CHANCE = 1e-6
"""Of all attempts together; what is joined on purpose is many powers of ten below."""


@dataclass(kw_only=True, slots=True)
class Item:
    """`marks`: what is seen of it, by where it was seen: numbers and times, places, keys, words."""

    owner: str
    group: object
    marks: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """Of `pairs` that were joined `hits` are right; `chance`: the probability of so many by guessing."""

    how: str
    pairs: int
    hits: int
    chance: float


def best_attempt(left: Sequence[Item], right: Sequence[Item], rng: np.random.Generator) -> Attempt:
    """The attempt that guessing explains least; its `chance` counts that so many were made."""
    left, right = _common(left, right)
    ordered, number = _by_order(left, right, rng)
    valued = list(_by_value(left, right))
    best = min([*ordered, *valued], key=lambda one: one.chance)
    chance = min(1.0, best.chance * (number + len(valued)))
    return Attempt(how=best.how, pairs=best.pairs, hits=best.hits, chance=chance)


def is_joined(attempt: Attempt) -> bool:
    return attempt.chance < NEVER_BY_CHANCE


def _common(left: Sequence[Item], right: Sequence[Item]) -> tuple[list[Item], list[Item]]:
    """Items whose owner is in both lists, of groups with two and more."""
    keys = Counter((one.group, one.owner) for one in left) & Counter((one.group, one.owner) for one in right)
    sizes = Counter(group for group, _owner in keys)
    kept = {(group, owner) for group, owner in keys if sizes[group] > 1}
    return tuple([one for one in side if (one.group, one.owner) in kept] for side in (left, right))


# --- by order: the first of one list is the first of the other, and so on ---------------------------------


def _by_order(
    left: Sequence[Item], right: Sequence[Item], rng: np.random.Generator
) -> tuple[list[Attempt], int]:
    """Each pair of marks, forward and backward: the best for each mark of `left`, and how many were tried.

    For one number a person, whatever was added to it, this is the best assignment by nearness. Nearness
    itself counts too: a rank correlation within the groups narrows down who it can be without one pair being
    right.
    """
    owners = {key: place for place, key in enumerate(sorted({(str(one.group), one.owner) for one in left}))}
    sizes = Counter(str(one.group) for one in left)
    chances = _chances_of_hits(list(sizes.values()))
    ours, theirs = _orders(left, owners, rng), _orders(right, owners, rng)
    if not theirs:
        return [], 0
    spread = math.sqrt(sum(size**2 / (size - 1) for size in sizes.values()))
    others = list(theirs)
    against = np.array([one.forward for one in theirs.values()])
    near = np.array([one.heights for one in theirs.values()])
    best = []
    for name, mine in ours.items():
        hits = np.maximum((against == mine.forward).sum(axis=1), (against == mine.backward).sum(axis=1))
        far = np.abs(near @ mine.heights) / spread
        by_hits = 2 * chances[np.minimum(hits, len(chances) - 1)]
        chance = 2 * np.minimum(by_hits, erfc(far / math.sqrt(2)))
        place = int(np.argmin(chance))
        how, pairs = f"{name} and {others[place]}", len(left)
        best.append(Attempt(how=how, pairs=pairs, hits=int(hits[place]), chance=float(chance[place])))
    return best, len(ours) * len(others)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Order:
    """Owners in the order of a mark, group by group, and how high each owner stands within her group."""

    forward: np.ndarray
    backward: np.ndarray
    heights: np.ndarray  # by owner; mean 0, mean square 1 in each group


def _orders(
    items: Sequence[Item], owners: Mapping[tuple[str, str], int], rng: np.random.Generator
) -> dict[str, _Order]:
    """By mark. What is equal or absent lies in an order drawn by chance. Marks with the same values are tried
    once, and those that are the same for all of a group never.
    """
    groups = defaultdict[str, list[Item]](list)
    for one in items:
        groups[str(one.group)].append(one)
    in_order = [one for key in sorted(groups) for one in groups[key]]
    place = np.array([owners[str(one.group), one.owner] for one in in_order])
    number = np.repeat(np.arange(len(groups)), [len(groups[key]) for key in sorted(groups)])
    sizes = np.bincount(number)[number]
    starts = np.searchsorted(number, number)
    turned = starts + sizes - 1 - (np.arange(len(number)) - starts)
    steps = np.arange(len(number)) - starts
    height = (steps - (sizes - 1) / 2) / np.sqrt((sizes**2 - 1) / 12)
    found, seen = {}, set[tuple[object, ...]]()
    for mark in sorted({mark for one in items for mark in one.marks}):
        values = tuple(one.marks.get(mark) for one in in_order)
        if values in seen or len(set(values)) == 1:
            continue
        seen.add(values)
        ranked = np.empty(len(values), dtype=int)
        levels = {value: level for level, value in enumerate(sorted(set(values), key=_sortable))}
        ranked[:] = [levels[value] for value in values]
        forward = place[np.lexsort((rng.random(len(values)), ranked, number))]
        heights = np.empty(len(values))
        heights[forward] = height
        found[mark] = _Order(forward=forward, backward=forward[turned], heights=heights)
    return found


def _sortable(value: object) -> tuple[int, float, str]:
    if value is None:
        return (2, 0.0, "")
    if isinstance(value, int | float):
        return (0, float(value), "")
    return (1, 0.0, value.hex() if isinstance(value, bytes) else str(value))


def _chances_of_hits(sizes: Iterable[int]) -> np.ndarray:
    """Probability of at least h right pairs by guessing in each group: fixed points of permutations."""
    total = np.ones(1)
    for size in sizes:
        most = min(size, 25)  # more fixed points by chance have a probability below 1e-25
        one = np.array(
            [
                sum((-1) ** step / math.factorial(step) for step in range(size - hits + 1))
                / math.factorial(hits)
                if size <= 25
                else math.exp(-1) / math.factorial(hits)
                for hits in range(most + 1)
            ]
        )
        total = np.convolve(total, np.maximum(one, 0))
        total = total[: max(200, int(np.nonzero(total > 1e-30)[0][-1]) + 1)]
    tail = np.cumsum(total[::-1])[::-1]
    return np.append(np.minimum(tail, 1.0), 0.0)


# --- by value: a word of one list, or what can be made of it, stands in the other -------------------------


def _digest(name: str) -> Callable[[str], str]:
    return cache(lambda word: hashlib.new(name, word.encode()).hexdigest())


MADE_OF_IT: dict[str, Callable[[str], str]] = {
    "itself": lambda word: word,
    **{name: _digest(name) for name in ("sha256", "sha1", "md5")},
    "hmac": cache(lambda word: hmac.new(settings.SECRET_KEY.encode(), word.encode(), "sha256").hexdigest()),
}


def _by_value(left: Sequence[Item], right: Sequence[Item]) -> Iterator[Attempt]:
    sizes = Counter(one.group for one in left)
    words = [(one, _words(one)) for one in left]
    seen = defaultdict[tuple[object, str], set[str]](set)
    for one in right:
        for word in _words(one):
            seen[one.group, word].add(one.owner)
    for name, made in MADE_OF_IT.items():
        hits, expected, pairs = 0, 0.0, 0
        for one, mine in words:
            places = (seen.get((one.group, made(word)), ()) for word in mine)
            claimed = {owner for owners in places if len(owners) == 1 for owner in owners}
            if len(claimed) == 1:
                pairs += 1
                hits += one.owner in claimed
                expected += 1 / sizes[one.group]
        yield Attempt(how=f"value: {name}", pairs=pairs, hits=hits, chance=_tail(hits, expected))


def _words(item: Item) -> set[str]:
    """As they stand, and keys without their dashes."""
    return {word for value in set(item.marks.values()) for word in _words_in(value)}


@cache
def _words_in(value: object) -> frozenset[str]:
    if value is None or isinstance(value, int | float):
        return frozenset()
    words = WORDS.findall(value.hex() if isinstance(value, bytes) else str(value))
    return frozenset(words) | {word.replace("-", "") for word in words}


def _tail(hits: int, expected: float) -> float:
    """At least so many of a Poisson number: an upper limit for sums of unlikely events, near enough."""
    if not hits:
        return 1.0
    below = sum(math.exp(-expected) * expected**n / math.factorial(n) for n in range(min(hits, 100)))
    return max(1.0 - below, 0.0) if hits <= 100 else 0.0
