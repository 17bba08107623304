"""What is told of which function, and how: decided for everything before any figure is made."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxstats.anonymity import (
    UNTOLD,
    Group,
    Known,
    Pattern,
    Telling,
    changed_groups,
    levels_of_figures,
    levels_of_people,
    pattern_of,
    telling_of,
    tree_of,
)

COMMON = 0.8  # a measure that fewer of those who answered have is planned by itself, on top of the others


@dataclass(frozen=True, kw_only=True, slots=True)
class Function:
    """A function of the wave; `asked` people belong to it and to none below it, None: not counted."""

    key: str
    parent: str | None
    asked: int | None = None


@dataclass(frozen=True, slots=True)
class Plans:
    """What is told: the pattern of all; of every shown function and measure how, and how roughly; `rough` the
    level of how many answered, of the functions of which that is blunt."""

    pattern: Pattern
    how: Mapping[str, tuple[Telling, ...]]
    levels: Mapping[str, tuple[int, ...]]
    rough: Mapping[str, int]


def plans(
    functions: Sequence[Function],
    people: NDArray[np.int64],
    table: NDArray[np.int64],
    minimum: int,
    little_changed: Collection[str],
) -> Plans:
    """One plan of a wave, from how many of each function's own people answered, and what."""
    counts = table.sum(axis=2)
    common = counts.sum(axis=0) >= COMMON * max(int(people.sum()), 1)
    forced = _asked_too_few(functions, minimum)
    groups = _groups(functions, np.column_stack([people, counts[:, common]]))
    pattern = pattern_of(groups=groups, minimum=minimum, forced=forced)
    few = set(little_changed) & set(pattern.shown)
    blunt = changed_groups(groups=groups, pattern=pattern, little_changed=few)
    how = {key: [Telling.EXACT] * table.shape[1] for key in pattern.shown}
    together = np.flatnonzero(common).tolist()
    alone = [[column] for column in np.flatnonzero(~common).tolist()]
    for columns in [together, *alone] if together else alone:
        groups = _groups(functions, counts[:, columns])
        own = pattern
        if columns is not together:
            own = pattern_of(groups=groups, minimum=minimum, forced=set(pattern.hidden) | forced)
        within = _within(own, groups)
        told = telling_of(
            groups=groups,
            pattern=within,
            answers=table[:, columns],
            little_changed=() if columns is together else few & set(within.shown),
            blunt=blunt & set(within.shown),
        )
        for key, tellings in how.items():
            hidden = (Telling.HIDDEN,) * len(columns)
            for column, telling in zip(columns, told.get(key, hidden), strict=True):
                tellings[column] = telling
    return _roughly(functions, people, table, pattern, how, blunt)


def _roughly(
    functions: Sequence[Function],
    people: NDArray[np.int64],
    table: NDArray[np.int64],
    pattern: Pattern,
    how: Mapping[str, list[Telling]],
    blunt: Collection[str],
) -> Plans:
    """The same with the level of everything that is blunt, planned for all of it together."""
    tree = tree_of(_groups(functions, people[:, None]))
    place = {function.key: number for number, function in enumerate(functions)}
    order = [place[key] for key in tree.keys]
    asked = np.array([-1 if one.asked is None else one.asked for one in functions], dtype=np.int64)[order]
    known_people = np.array([_known(key, pattern, blunt) for key in tree.keys], dtype=np.int64)
    said = {Telling.EXACT: Known.EXACT, Telling.BLUNT: Known.BLUNT, Telling.HIDDEN: Known.NOTHING}
    nothing = [Known.NOTHING] * table.shape[1]
    known = np.array(
        [[said[one] for one in how[key]] if key in how else nothing for key in tree.keys], dtype=np.int64
    ).reshape(len(tree.keys), table.shape[1])
    own_people = people[order]
    rough = levels_of_people(
        parents=tree.parents, known=known_people, people=own_people, asked=asked, minimum=pattern.minimum
    )
    levels = levels_of_figures(
        parents=tree.parents,
        known=known,
        answers=table[order],
        known_people=known_people,
        people_levels=rough,
        people=own_people,
        asked=asked,
        minimum=pattern.minimum,
        told_before=np.isin(tree.keys, tuple(blunt)),
    )
    rows = {key: row for row, key in enumerate(tree.keys) if key in how}
    return Plans(
        pattern=pattern,
        how={
            key: tuple(
                Telling.HIDDEN if level == UNTOLD else telling
                for telling, level in zip(how[key], levels[row].tolist(), strict=True)
            )
            for key, row in rows.items()
        },
        levels={key: tuple(levels[row].tolist()) for key, row in rows.items()},
        rough={key: int(rough[row]) for key, row in rows.items() if key in blunt},
    )


def _known(key: str, pattern: Pattern, blunt: Collection[str]) -> Known:
    if key in pattern.hidden:
        return Known.NOTHING
    if key not in pattern.shown:
        return Known.EMPTY
    return Known.BLUNT if key in blunt else Known.EXACT


def _within(pattern: Pattern, groups: Sequence[Group]) -> Pattern:
    """The pattern without shown groups in which nobody answered any of these measures."""
    ups = {group.key: group.parent for group in groups}
    live: set[str] = set()
    for group in groups:
        step: str | None = group.key if max(group.own) else None
        while step is not None and step not in live:
            live.add(step)
            step = ups[step]
    shown = tuple(key for key in pattern.shown if key in live)
    return Pattern(minimum=pattern.minimum, shown=shown, hidden=pattern.hidden, remainders=pattern.remainders)


def _groups(functions: Sequence[Function], counts: NDArray[np.int64]) -> list[Group]:
    return [
        Group(key=function.key, parent=function.parent, own=tuple(own))
        for function, own in zip(functions, counts.tolist(), strict=True)
    ]


def below(functions: Sequence[Function]) -> list[list[int]]:
    """Places of each function and of all below it."""
    place = {function.key: number for number, function in enumerate(functions)}
    below: list[list[int]] = [[] for _ in functions]
    for number, function in enumerate(functions):
        step: str | None = function.key
        while step is not None:
            below[place[step]].append(number)
            step = functions[place[step]].parent
    return below


def asked_in(functions: Sequence[Function], below: Sequence[Sequence[int]]) -> list[int | None]:
    """People asked in each function with all below it; None where one of them was not counted."""
    sums: list[int | None] = []
    for places in below:
        numbers = [functions[place].asked for place in places]
        sums.append(None if None in numbers else sum(number for number in numbers if number is not None))
    return sums


def _asked_too_few(functions: Sequence[Function], minimum: int) -> set[str]:
    asked = asked_in(functions, below(functions))
    return {
        function.key
        for function, number in zip(functions, asked, strict=True)
        if number is not None and 0 < number < minimum
    }
