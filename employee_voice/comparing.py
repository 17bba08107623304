"""How the people of two waves differ, by function and by what subtracting leaves of it. Pure.

A wave is compared with every wave that was published before it: with what each function was there, and with
every list that the earlier wave told of; a function that was made anew, called new or asked by another survey
has the same people. Two waves of one list differ by

1. their *addresses*, and by their *names* (what stands before the @, which outlives a change of the domain):
   few by either is few;
2. the number of slips used, and of people who were erased since: so many people at least. Who used a slip is
   known to nobody, so equal numbers need not be the same people: where slips were used, one at least is
   supposed to have come or gone;
3. where less than half of the longer list is in the other by both, the addresses may have been made anew: a
   function is compared with what it was there by the fewest who can have come and gone, whoever may be whom
   (`fewest_who_moved`). Who is on the other wave's list, in another function or without a credential, is
   known there under the same address and is nobody else: where many only did not answer, many changed;
4. where a list is gone, by how many answered, or, where it was deleted on purpose, nobody can say.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from cxstats.anonymity import Told, sums_that_tell


class Kept(StrEnum):
    """What is left of those who could answer in a wave."""

    LISTS = "lists"
    NUMBERS = "numbers"  # how many answered: the lists went before digests of them were kept
    NOTHING = "nothing"  # the lists were deleted on purpose: nobody can say how many changed


@dataclass(frozen=True, kw_only=True)
class Lists:
    """Those who could answer in one wave, by the function at which their answers count (no parts included).

    `addresses` and `names` are opaque; without `names` people are known by addresses alone. `silent`: who was
    on the wave's list at an address that takes letters and was given no credential, as far as that is kept.
    """

    parents: Mapping[str, str | None]
    addresses: Mapping[str, AbstractSet[str]]
    names: Mapping[str, AbstractSet[str]] = field(default_factory=dict)
    silent: AbstractSet[str] = frozenset()
    silent_names: AbstractSet[str] = frozenset()
    slips: Mapping[str, int] = field(default_factory=dict)
    forgotten: Mapping[str, int] = field(default_factory=dict)
    answered: Mapping[str, int] = field(default_factory=dict)
    kept: Kept = Kept.LISTS

    @cached_property
    def _parts(self) -> Mapping[str, list[str]]:
        found = defaultdict[str, list[str]](list)
        for key, parent in self.parents.items():
            if parent is not None:
                found[parent].append(key)
        return found

    def below(self, key: str) -> frozenset[str]:
        """The function with all its parts."""
        found, waiting = {key}, [key]
        while waiting:
            for part in self._parts.get(waiting.pop(), ()):
                found.add(part)
                waiting.append(part)
        return frozenset(found)

    def above(self, key: str) -> Iterator[str]:
        """What the function is part of, the nearest first."""
        step = self.parents.get(key)
        while step is not None:
            yield step
            step = self.parents.get(step)

    @cached_property
    def _known(self) -> tuple[frozenset[str], frozenset[str]]:
        """Addresses and names that were in use in the whole organization, as far as the wave tells."""
        given, named = _united(self.addresses, self.addresses), _united(self.names, self.names)
        return given | self.silent, named | self.silent_names

    def people(self, places: Iterable[str]) -> "People":
        there = tuple(places)
        known, known_names = self._known
        return People(
            addresses=_united(self.addresses, there),
            names=_united(self.names, there),
            known=known,
            known_names=known_names,
            slips=sum(self.slips.get(key, 0) for key in there),
            forgotten=sum(self.forgotten.get(key, 0) for key in there),
            answered=sum(self.answered.get(key, 0) for key in there),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class People:
    """Those of one function, or of several together; `known` are all addresses of their wave's list."""

    addresses: frozenset[str]
    names: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    known_names: frozenset[str] = frozenset()
    slips: int = 0
    forgotten: int = 0
    answered: int = 0

    @property
    def nameless(self) -> int:
        """Who may be anybody."""
        return self.slips + self.forgotten


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """How many came and went since the wave before."""

    joined: int
    left: int

    @property
    def people(self) -> int:
        return self.joined + self.left


def fewest_who_moved(now: People, then: People) -> Moved:
    """The fewest who can have come and gone between two lists, if addresses were made anew.

    Whoever is in one list alone may be anybody who is in the other alone, under another address, unless the
    other wave knows her address: then she is there as somebody else. Who is nameless may be anybody.
    """
    pairs = [(now.addresses, then.addresses, now.known, then.known)]
    if now.names and then.names:
        pairs.append((now.names, then.names, now.known_names, then.known_names))
    return max((_fewest(*pair, now.nameless, then.nameless) for pair in pairs), key=lambda one: one.people)


def _fewest(
    ours: frozenset[str],
    theirs: frozenset[str],
    known_now: frozenset[str],
    known_then: frozenset[str],
    nameless_now: int,
    nameless_then: int,
) -> Moved:
    gone, come = theirs - ours, ours - theirs
    surely_left, surely_new = len(gone & known_now), len(come & known_then)
    # the nameless stand first for those who can be nobody else, then for anybody
    back, there = min(surely_left, nameless_now), min(surely_new, nameless_then)
    others_then = len(gone) - surely_left + nameless_then - there
    others_now = len(come) - surely_new + nameless_now - back
    same = back + there + min(others_then, others_now)
    return Moved(joined=len(come) + nameless_now - same, left=len(gone) + nameless_then - same)


def moved(now: Lists, places: Collection[str], then: Lists, earlier: Collection[str]) -> Moved:
    """Between functions of this wave and functions of the one before: by addresses or by names, whichever
    says that fewer did."""
    here, there = now.people(places), then.people(earlier)
    more = here.slips + here.forgotten - there.slips - there.forgotten
    pairs = [(here.addresses, there.addresses)]
    if here.names and there.names:
        pairs.append((here.names, there.names))
    found = [
        Moved(joined=len(ours - theirs) + max(more, 0), left=len(theirs - ours) + max(-more, 0))
        for ours, theirs in pairs
    ]
    return min(found, key=lambda one: one.people)


def few_who_moved(
    *, now: Lists, then: Lists, came_from: Mapping[str, str], few: Collection[str], minimum: int
) -> dict[str, Moved]:
    """Of functions that differ little from an earlier wave as a whole: how many are supposed to have come and
    gone.

    As the lists say; where addresses were made anew, the fewest who can have. Where those are none, one who
    left and one who came; where the lists are gone, as many each way as are few.
    """
    found = {}
    for key, earlier in came_from.items():
        if key not in few or earlier not in then.parents:
            continue
        if not now.kept == then.kept == Kept.LISTS:
            found[key] = Moved(joined=minimum - 1, left=minimum - 1)
            continue
        here, there = now.people(now.below(key)), then.people(then.below(earlier))
        if not _few_of_one_function(here, there, minimum, by_number=False):
            continue
        move = moved(now, now.below(key), then, then.below(earlier))
        if move.people >= minimum:
            move = fewest_who_moved(here, there)
        found[key] = move if move.people else Moved(joined=1, left=1)
    return found


def moved_by_function(now: Lists, then: Lists, came_from: Mapping[str, str]) -> dict[str, Moved]:
    """Every function with its parts that was there before."""
    return {
        key: moved(now, now.below(key), then, then.below(earlier))
        for key, earlier in came_from.items()
        if earlier in then.parents
    }


def little_changed(
    *,
    now: Lists,
    then: Lists,
    came_from: Mapping[str, str],
    shown: Collection[str],
    minimum: int,
    told: Collection[str] | None = None,
) -> frozenset[str]:
    """Shown functions of which the two waves together would tell of one to `minimum` - 1 people.

    A function is compared with its parts, and as what is left of it without the shown functions below, with
    what it was in the earlier wave, where that told of it (`told`; none: of all). Where the list of one of
    them is gone on purpose, nobody can say that enough people changed: every function that was there counts
    as little changed.
    """
    there = {
        key: earlier
        for key, earlier in came_from.items()
        if key in shown and earlier in then.parents and (told is None or earlier in told)
    }
    if Kept.NOTHING in (now.kept, then.kept):
        return frozenset(there)
    by_number = Kept.NUMBERS in (now.kept, then.kept)
    below = {key: now.below(key) for key in shown}
    inner = _inner(now, shown)
    found = set[str]()
    for key, earlier in there.items():
        past = then.below(earlier)
        rest = past.difference(*(then.below(there[one]) for one in inner[key] if one in there))
        pairs = ((below[key], past), (_rest(key, below, inner), rest))
        if any(
            _few_of_one_function(now.people(ours), then.people(theirs), minimum, by_number=by_number)
            for ours, theirs in pairs
        ):
            found.add(key)
    return frozenset(found)


def _few_of_one_function(now: People, then: People, minimum: int, *, by_number: bool) -> bool:
    if by_number:
        return 1 <= abs(now.answered - then.answered) < minimum
    if _differ_little(now, then, minimum):
        return True
    is_anew = all(_is_other(*pair) for pair in _identities(now, then))
    return is_anew and 1 <= fewest_who_moved(now, then).people < minimum


def nearly_told_before(
    *, now: Lists, shown: Collection[str], then: Lists, told: Collection[str], minimum: int
) -> frozenset[str]:
    """Shown functions of which any list that an earlier wave told of differs by one to `minimum` - 1 people.

    `told`: functions that the earlier wave showed, of any survey. Each of both waves counts as a whole and as
    what is left of it without the shown functions below; which function was which does not matter. Two lists
    that have nobody in common are of other people: slips alone say nothing of who somebody is.
    Where one of the lists is gone on purpose, nobody can say that enough people changed: every function
    counts; where only numbers are left, none.
    """
    if Kept.NOTHING in (now.kept, then.kept):
        return frozenset(shown)
    if Kept.NUMBERS in (now.kept, then.kept):
        return frozenset()
    earlier = _Earlier(then, told)
    return frozenset(
        key
        for key, units in _units(now, shown).items()
        if any(
            _differ_little(one, other, minimum, share_some=True)
            for one in units
            for other in earlier.candidates(one, minimum)
        )
    )


class _Earlier:
    """Everything that an earlier wave told of, found by whom it holds."""

    def __init__(self, lists: Lists, told: Collection[str]) -> None:
        self.units: list[People] = []
        self.at: dict[str, list[int]] = defaultdict(list)  # what holds each function's own people
        below, inner = {key: lists.below(key) for key in told}, _inner(lists, told)
        for key in told:
            for places in (below[key], _rest(key, below, inner)):
                for place in places:
                    self.at[place].append(len(self.units))
                self.units.append(lists.people(places))
        self.places: dict[str, set[str]] = defaultdict(set)
        for people in (lists.addresses, lists.names):
            for place, here in people.items():
                for person in here:
                    self.places[person].add(place)

    def candidates(self, unit: People, minimum: int) -> list[People]:
        """Those that may differ from it by fewer than `minimum` people: they hold one of so many of it."""
        few = [
            person
            for people in (unit.addresses, unit.names)
            for person, _number in zip(people, range(minimum), strict=False)
        ]
        places = set[str]().union(*(self.places.get(person, ()) for person in few))
        return [self.units[number] for number in {number for place in places for number in self.at[place]}]


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
    people. None where a list is gone.
    """
    if not now.kept == then.kept == Kept.LISTS:
        return frozenset()
    here, there = now.people(now.parents), then.people(then.parents)
    found = frozenset[str]()
    for number, (ours, theirs) in enumerate(_identities(here, there)):
        if number and _says_the_same(here, there, ours, theirs):
            continue
        found |= sums_that_tell(
            now=_remainders(now, shown, by_name=bool(number)),
            then=list(_remainders(then, told, by_name=bool(number)).values()),
            blunt=blunt | found,
            minimum=minimum,
        )
    return found


def _says_the_same(here: People, there: People, ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether names know exactly those people again whom addresses know: nothing new to look for."""
    sizes = (len(ours), len(theirs), len(ours & theirs))
    return sizes == (len(here.addresses), len(there.addresses), len(here.addresses & there.addresses))


def _identities(now: People, then: People) -> list[tuple[frozenset[str], frozenset[str]]]:
    """Addresses, and names where both lists have them."""
    pairs = [(now.addresses, then.addresses)]
    return [*pairs, (now.names, then.names)] if now.names and then.names else pairs


def _differ_little(now: People, then: People, minimum: int, *, share_some: bool = False) -> bool:
    """By addresses or by names. Who used a slip, or was erased since, may be one of the other list or not."""
    known = abs(now.slips - then.slips) + abs(now.forgotten - then.forgotten)
    nameless = now.nameless + then.nameless
    for ours, theirs in _identities(now, then):
        if abs(len(ours) - len(theirs)) >= minimum or (share_some and ours.isdisjoint(theirs)):
            continue
        apart = len(ours ^ theirs)
        if apart + known < minimum and apart + nameless >= 1:
            return True
    return False


def _is_other(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """Less than half of the longer list is in the other one."""
    return 2 * len(ours & theirs) < max(len(ours), len(theirs))


def _united(people: Mapping[str, AbstractSet[str]], places: Iterable[str]) -> frozenset[str]:
    return frozenset[str]().union(*(people[key] for key in places if key in people))


def _units(lists: Lists, shown: Collection[str]) -> dict[str, tuple[People, People]]:
    """Each shown function as a whole, and without the shown ones below it."""
    below, inner = {key: lists.below(key) for key in shown}, _inner(lists, shown)
    return {key: (lists.people(below[key]), lists.people(_rest(key, below, inner))) for key in shown}


def _remainders(lists: Lists, shown: Collection[str], *, by_name: bool) -> dict[str, Told]:
    """Each shown function without the shown ones below it."""
    below, inner = {key: lists.below(key) for key in shown}, _inner(lists, shown)
    found = {}
    for key in shown:
        people = lists.people(_rest(key, below, inner))
        found[key] = Told(
            people=people.names if by_name else people.addresses,
            unnamed=people.slips + people.forgotten,
            parent=next((one for one in lists.above(key) if one in below), None),
        )
    return found


def _inner(lists: Lists, shown: Collection[str]) -> dict[str, list[str]]:
    """The shown functions below each."""
    found: dict[str, list[str]] = {key: [] for key in shown}
    for key in shown:
        for one in lists.above(key):
            if one in found:
                found[one].append(key)
    return found


def _rest(key: str, below: Mapping[str, frozenset[str]], inner: Mapping[str, list[str]]) -> frozenset[str]:
    """A function without the shown ones below it."""
    return below[key].difference(*(below[one] for one in inner[key]))
