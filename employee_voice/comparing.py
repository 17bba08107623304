"""How the people of two waves differ, by function and by what subtracting leaves of it. Pure.

Functions are compared with what they were before, and with every list that an earlier wave told of: a
function that was made anew, called new or asked by another survey has the same people. Who could answer is
known by addresses (those that were given a credential) and by the number of slips used; a difference of slips
counts as so many people.
"""

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from cxstats.anonymity import Told, sums_that_tell


@dataclass(frozen=True, kw_only=True, slots=True)
class Lists:
    """Those who could answer in one wave, by the function at which their answers count (no parts included).

    `is_complete` is false where addresses were asked of whom no list is left.
    """

    parents: Mapping[str, str | None]
    addresses: Mapping[str, AbstractSet[str]]
    slips: Mapping[str, int] = field(default_factory=dict)
    is_complete: bool = True

    def below(self, key: str) -> frozenset[str]:
        """The function with all its parts."""
        found = {key}
        while more := {one for one, parent in self.parents.items() if parent in found} - found:
            found |= more
        return frozenset(found)


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """How many came and went since the wave before."""

    joined: int
    left: int

    @property
    def people(self) -> int:
        return self.joined + self.left


def moved(now: Lists, places: Collection[str], then: Lists, earlier: Collection[str]) -> Moved:
    """Between functions of this wave and functions of the one before."""
    here = set[str]().union(*(now.addresses.get(key, frozenset()) for key in places))
    there = set[str]().union(*(then.addresses.get(key, frozenset()) for key in earlier))
    more = sum(now.slips.get(key, 0) for key in places) - sum(then.slips.get(key, 0) for key in earlier)
    return Moved(joined=len(here - there) + max(more, 0), left=len(there - here) + max(-more, 0))


def moved_by_function(now: Lists, then: Lists, came_from: Mapping[str, str]) -> dict[str, Moved]:
    """Every function with its parts that was there before."""
    return {
        key: moved(now, now.below(key), then, then.below(earlier))
        for key, earlier in came_from.items()
        if earlier in then.parents
    }


def little_changed(
    *, now: Lists, then: Lists, came_from: Mapping[str, str], shown: Collection[str], minimum: int
) -> frozenset[str]:
    """Shown functions of which the two waves together would tell of one to `minimum` - 1 people.

    A function is compared with its parts, and as what is left of it without the shown functions below. Where
    the list of before is gone, nobody can say that enough people changed: every function that was there
    counts as little changed.
    """
    there = {key: earlier for key, earlier in came_from.items() if key in shown and earlier in then.parents}
    if not (now.is_complete and then.is_complete):
        return frozenset(there)
    below = {key: now.below(key) for key in shown}
    found = set[str]()
    for key, earlier in there.items():
        inner, here = _inner(key, below), _rest(key, below)
        past = then.below(earlier).difference(*(then.below(there[one]) for one in inner if one in there))
        whole, rest = moved(now, below[key], then, then.below(earlier)), moved(now, here, then, past)
        if any(1 <= one.people < minimum for one in (whole, rest)):
            found.add(key)
    return frozenset(found)


def nearly_told_before(
    *, now: Lists, shown: Collection[str], then: Lists, told: Collection[str], minimum: int
) -> frozenset[str]:
    """Shown functions of which any list that an earlier wave told of differs by one to `minimum` - 1 people.

    `told`: functions that the earlier wave showed, of any survey. Each of both waves counts as a whole and as
    what is left of it without the shown functions below; which function was which does not matter. Two lists
    that have no address in common are of other people: slips alone say nothing of who somebody is.
    Where one of the lists is gone, nobody can say that enough people changed: every function counts.
    """
    if not (now.is_complete and then.is_complete):
        return frozenset(shown)
    earlier = {one for pair in _told(then, told).values() for one in pair}
    return frozenset(
        key
        for key, pair in _told(now, shown).items()
        if any(_differ_little(one, other, minimum) for one in pair for other in earlier)
    )


def told_by_sums(
    *,
    now: Lists,
    shown: Collection[str],
    blunt: AbstractSet[str],
    then: Lists,
    told: Collection[str],
    minimum: int,
) -> frozenset[str]:
    """Shown functions, none of them `blunt` already: one of each sum of exact ones that differs from a sum of
    what an earlier wave told by one to `minimum` - 1 people, where functions were merged, split, or exchanged
    people. None where a list is gone: then everything is blunt anyway.
    """
    if not (now.is_complete and then.is_complete):
        return frozenset()
    return sums_that_tell(
        now=_remainders(now, shown),
        then=list(_remainders(then, told).values()),
        blunt=blunt,
        minimum=minimum,
    )


type _People = tuple[frozenset[str], int]  # addresses, and slips used


def _told(lists: Lists, shown: Collection[str]) -> dict[str, set[_People]]:
    below = {key: lists.below(key) for key in shown}
    return {key: {_people(lists, below[key]), _people(lists, _rest(key, below))} for key in shown}


def _remainders(lists: Lists, shown: Collection[str]) -> dict[str, Told]:
    """Each shown function without the shown ones below it."""
    below = {key: lists.below(key) for key in shown}
    found = {}
    for key in below:
        addresses, slips = _people(lists, _rest(key, below))
        above = [one for one in below if one != key and key in below[one]]
        nearest = min(above, key=lambda one: len(below[one]), default=None)
        found[key] = Told(people=addresses, unnamed=slips, parent=nearest)
    return found


def _people(lists: Lists, places: Collection[str]) -> _People:
    addresses = frozenset[str]().union(*(lists.addresses.get(key, frozenset()) for key in places))
    return addresses, sum(lists.slips.get(key, 0) for key in places)


def _differ_little(now: _People, then: _People, minimum: int) -> bool:
    (here, slips), (there, slips_then) = now, then
    if abs(len(here) - len(there)) >= minimum or here.isdisjoint(there):
        return False
    return 1 <= len(here ^ there) + abs(slips - slips_then) < minimum


def _inner(key: str, below: Mapping[str, frozenset[str]]) -> list[str]:
    """The shown functions below one."""
    return [one for one in below if one != key and one in below[key]]


def _rest(key: str, below: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """A function without the shown ones below it."""
    return below[key].difference(*(below[one] for one in _inner(key, below)))
