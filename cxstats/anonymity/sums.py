"""Two waves with other functions: sums of what one tells against sums of what the other tells.

Where two functions were merged, the sum of both is compared with the new one; where one was split, the other
way round; where several exchanged people, the sum of all of them stays what it was. Each such difference
tells of the people in whom the two sums differ. The search is by smallest cuts: people whom two functions
have in common bind them, people who came or went bind a function to the outside, and a sum that tells of
fewer people than the minimum is a set of functions with fewer of them around it.
"""

from collections import Counter, deque
from collections.abc import Hashable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from cxstats.anonymity.pattern import LEAST_MINIMUM
from cxstats.checks import count
from cxstats.errors import InvalidInput

_OUTSIDE = -1  # the node of whoever came, went, or is told of with nobody else


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """The people of one group that is told, without those of groups told below it; `unnamed` more are known
    by their number alone. `parent`: the nearest group above that is told, too."""

    people: AbstractSet[Hashable]
    unnamed: int = 0
    parent: str | None = None


def sums_that_tell(
    *, now: Mapping[str, Told], then: Sequence[Told], blunt: AbstractSet[str] = frozenset(), minimum: int
) -> frozenset[str]:
    """Groups of now that must not be exact, beside those that are blunt already.

    Parameters
    ----------
    now : mapping of group to Told
        What is shown in the later wave. Nobody is in two groups.
    then : sequence of Told
        What was shown in the earlier one; parents do not matter.
    blunt : set of groups
        Of `now`, that are not told exactly: with their people and those of groups above only together.
    minimum : int
        Fewest people of whom anything may be told, >= 3.

    Returns
    -------
    The smallest group of each sum that would tell of 1 to `minimum` - 1 people, until none is left.

    Raises
    ------
    InvalidInput
        A parent that is no group of `now`.

    Notes
    -----
    The difference of people between unions of groups is a cut in the graph of the people whom groups have in
    common; the smallest one around a group is found by augmenting paths (Ford and Fulkerson 1956, Canadian
    Journal of Mathematics 8), of which at most `minimum` are looked for. People known by number alone count
    in the difference of their numbers, group by group.

    Examples
    --------
    >>> then = [Told(people=set("abcdefgh")), Told(people=set("ijklmnop"))]
    >>> now = {"merged": Told(people=set("abcdefghijklmno")), "other": Told(people=set("12345"))}
    >>> sorted(sums_that_tell(now=now, then=then, minimum=5))
    ['merged']
    """
    count("minimum", minimum, minimum=LEAST_MINIMUM)
    if any(one.parent is not None and one.parent not in now for one in now.values()):
        raise InvalidInput("now", "parents that are groups")
    found = set[str]()
    while more := _swept(now, then, found | blunt, minimum):
        found |= more
    return frozenset(found)


def _swept(now: Mapping[str, Told], then: Sequence[Told], blunt: AbstractSet[str], minimum: int) -> set[str]:
    """The smallest group of each telling sum, with what is exact at present."""
    units = _units(now, blunt)
    graph = _graph(units, then, minimum)
    found = set[str]()
    for node in graph.nodes_of_now():
        while node not in graph.gone and (around := graph.telling_set(node, minimum)):
            keys = [key for one in around for key in graph.keys.get(one, ())]
            smallest = min(keys, key=lambda key: (len(units[key].people) + units[key].unnamed, key))
            found.add(smallest)
            graph.gone.add(graph.place[smallest])
    return found


def _units(now: Mapping[str, Told], blunt: AbstractSet[str]) -> dict[str, Told]:
    """What can be worked out exactly: each exact group without the exact ones below. The people of a blunt
    one stay with the next exact group above; without any they are in no sum."""
    people: dict[str, set[Hashable]] = {key: set() for key in now if key not in blunt}
    unnamed: Counter[str] = Counter()
    for key, one in now.items():
        above: str | None = key
        while above is not None and above in blunt:
            above = now[above].parent
        if above is not None:
            people[above] |= one.people
            unnamed[above] += one.unnamed
    return {key: Told(people=inside, unnamed=unnamed[key]) for key, inside in people.items()}


@dataclass(kw_only=True, slots=True)
class _Graph:
    """Nodes are groups of both waves that share so many people that no telling sum has one without the other.
    `ties`: people in common; `own`: people of a node who are in no group of the other wave."""

    keys: dict[int, list[str]] = field(default_factory=dict)
    place: dict[str, int] = field(default_factory=dict)
    ties: dict[int, Counter[int]] = field(default_factory=dict)
    own: Counter[int] = field(default_factory=Counter)
    joined: set[int] = field(default_factory=set)  # nodes with people who are in both waves
    gone: set[int] = field(default_factory=set)

    def nodes_of_now(self) -> list[int]:
        return sorted(self.keys)

    def telling_set(self, start: int, minimum: int) -> set[int]:
        """Nodes around `start` whose sum tells of 1 to `minimum` - 1 people; none if there is no such sum."""
        flow, inside = self._cut(start, {_OUTSIDE}, minimum)
        if 1 <= flow < minimum:
            return inside if self._is_of_both(inside) else set()
        if flow == 0:  # nobody came or went here: only a part of the region can tell
            for other in sorted(inside - {start}):
                flow, part = self._cut(start, {_OUTSIDE, other}, minimum)
                if 1 <= flow < minimum and self._is_of_both(part):
                    return part
        return set()

    def _is_of_both(self, nodes: set[int]) -> bool:
        within = any(other in nodes for node in nodes for other in self.ties[node])
        return within or any(node in self.joined for node in nodes)

    def _cut(self, start: int, sinks: set[int], minimum: int) -> tuple[int, set[int]]:
        """How many people are around the smallest set with `start` and without the sinks, and that set; none
        where they are `minimum` or more."""
        used: Counter[tuple[int, int]] = Counter()
        flow = 0
        while flow < minimum:
            came_from = self._reached(start, sinks, used)
            end = next((sink for sink in sinks if sink in came_from), None)
            if end is None:
                return flow, set(came_from)
            path = [end]
            while path[-1] != start:
                path.append(came_from[path[-1]])
            steps = list(zip(path[1:], path, strict=False))
            room = min(self._room(a, b) - used[a, b] for a, b in steps)
            for a, b in steps:
                used[a, b] += room
                used[b, a] -= room
            flow += room
        return flow, set()

    def _reached(self, start: int, sinks: set[int], used: Counter[tuple[int, int]]) -> dict[int, int]:
        """Whatever there is room to from `start`, and from where; ends at the first sink."""
        came_from, waiting = {start: start}, deque([start])
        while waiting:
            here = waiting.popleft()
            for there in (*self.ties[here], _OUTSIDE):
                target = _OUTSIDE if there in self.gone else there
                if target not in came_from and self._room(here, target) > used[here, target]:
                    came_from[target] = here
                    if target in sinks:
                        return came_from
                    waiting.append(target)
        return came_from

    def _room(self, here: int, there: int) -> int:
        if there != _OUTSIDE:
            return 0 if here == _OUTSIDE else self.ties[here][there]
        return self.own[here] + sum(self.ties[here][one] for one in self.gone)


def _graph(now: Mapping[str, Told], then: Sequence[Told], minimum: int) -> _Graph:
    groups = [*((key, one) for key, one in now.items()), *((None, one) for one in then)]
    groups = [(key, one) for key, one in groups if one.people or one.unnamed]
    earlier = {
        person: number for number, (key, one) in enumerate(groups) if key is None for person in one.people
    }
    ties: list[Counter[int]] = [Counter() for _group in groups]
    own = [0] * len(groups)
    for number, (key, one) in enumerate(groups):
        if key is None:
            continue
        for person in one.people:
            other = earlier.pop(person, None)
            if other is None:
                own[number] += 1
            else:
                ties[number][other] += 1
                ties[other][number] += 1
    for number in earlier.values():
        own[number] += 1
    return _merged(groups, ties, own, minimum)


def _merged(
    groups: Sequence[tuple[str | None, Told]], ties: Sequence[Counter[int]], own: Sequence[int], minimum: int
) -> _Graph:
    """Groups bound by the minimum or more are one node; bound more by that, again."""
    node = list(range(len(groups)))
    while True:
        together: dict[tuple[int, int], int] = Counter()
        for number, others in enumerate(ties):
            for other, people in others.items():
                if number < other and node[number] != node[other]:
                    pair = (min(node[number], node[other]), max(node[number], node[other]))
                    together[pair] += people
        bound = [pair for pair, people in together.items() if people >= minimum]
        if not bound:
            break
        for one, other in bound:
            here, there = node[one], node[other]
            node = [here if at == there else at for at in node]
    graph = _Graph(ties={at: Counter() for at in node})
    for (one, other), people in together.items():
        graph.ties[one][other] = graph.ties[other][one] = people
    unnamed: Counter[int] = Counter()
    for number, (key, told) in enumerate(groups):
        at = node[number]
        graph.own[at] += own[number]
        unnamed[at] += told.unnamed if key is not None else -told.unnamed
        if key is not None:
            graph.keys.setdefault(at, []).append(key)
            graph.place[key] = at
        if any(node[other] == at for other in ties[number]):
            graph.joined.add(at)
    for at, more in unnamed.items():
        graph.own[at] += abs(more)
    return graph
