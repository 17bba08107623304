"""What is told of which function, and how: decided for everything before any figure is made."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from cxstats.anonymity import (
    ROUGHEST_PEOPLE,
    UNTOLD,
    Group,
    Known,
    Pattern,
    Supposed,
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


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldBefore:
    """What one earlier wave told exactly of nearly the same people: how many gave which answer, by function
    of now and question. `joined` and `left`: the people who are in one of the two lists, by function."""

    joined: Mapping[str, int]
    left: Mapping[str, int]
    counts: Mapping[tuple[str, str], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Plans:
    """What is told: the pattern of all; of every shown function and measure how, and the level of each share;
    `rough` the level of how many answered, of the functions of which that is blunt."""

    pattern: Pattern
    how: Mapping[str, tuple[Telling, ...]]
    levels: Mapping[str, tuple[tuple[int, ...], ...]]
    rough: Mapping[str, int]


def plans(
    functions: Sequence[Function],
    people: NDArray[np.int64],
    table: NDArray[np.int64],
    minimum: int,
    little_changed: Collection[str],
    *,
    before: Sequence[ToldBefore] = (),
    keys: Sequence[str] = (),
    told_to_fives: Collection[str] = (),
) -> Plans:
    """One plan of a wave, from how many of each function's own people answered, and what. `keys`: of the
    measures of the table, for finding them in what was told `before`. `told_to_fives`: functions of which how
    many answered was told so while the wave was open."""
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
    supposed = [_supposed(one, functions, keys, table.shape) for one in before]
    return _roughly(_Planned(functions, people, table, pattern, how, blunt, few, supposed, told_to_fives))


def _supposed(
    told: ToldBefore, functions: Sequence[Function], keys: Sequence[str], shape: tuple[int, ...]
) -> Supposed:
    """The fewest and the most who may have given each answer, if only those who left and came answered
    otherwise."""
    low, high = np.full(shape, -1, dtype=np.int64), np.full(shape, -1, dtype=np.int64)
    for place, function in enumerate(functions):
        for column, key in enumerate(keys):
            counts = told.counts.get((function.key, key))
            if counts is not None:
                low[place, column] = np.maximum(np.array(counts) - told.left[function.key], 0)
                high[place, column] = np.array(counts) + told.joined[function.key]
    return Supposed(low, high)


@dataclass(frozen=True, slots=True)
class _Planned:
    """What is planned so far: `blunt` functions are told roughly in all measures, those that differ from an
    earlier wave by `few` people and those beside them."""

    functions: Sequence[Function]
    people: NDArray[np.int64]
    table: NDArray[np.int64]
    pattern: Pattern
    how: Mapping[str, list[Telling]]
    blunt: Collection[str]
    few: Collection[str]
    supposed: Sequence[Supposed]
    told_to_fives: Collection[str]


def _roughly(plan: _Planned) -> Plans:
    """The same with the level of everything that is blunt, planned for all of it together. One rounding of
    people holds for all that is told of a function: to fives, or to tens where fives hide more of the wave.
    """
    how, pattern = plan.how, plan.pattern
    tree = tree_of(_groups(plan.functions, plan.people[:, None]))
    place = {function.key: number for number, function in enumerate(plan.functions)}
    order = [place[key] for key in tree.keys]
    asked = [-1 if one.asked is None else one.asked for one in plan.functions]
    known_people = np.array([_known(key, pattern, plan.blunt) for key in tree.keys], dtype=np.int64)
    people, asked_by = plan.people[order], np.array(asked, dtype=np.int64)[order]
    of_people = partial(
        levels_of_people,
        parents=tree.parents,
        known=known_people,
        people=people,
        asked=asked_by,
        minimum=pattern.minimum,
        told=np.isin(tree.keys, tuple(plan.told_to_fives)),
    )
    of_figures = partial(
        levels_of_figures,
        parents=tree.parents,
        known=_known_figures(tree.keys, how, plan.table.shape[1]),
        answers=plan.table[order],
        known_people=known_people,
        people=people,
        asked=asked_by,
        minimum=pattern.minimum,
        told_before=np.isin(tree.keys, tuple(plan.few)),
        supposed=[Supposed(one.low[order], one.high[order]) for one in plan.supposed],
    )
    rough = of_people()
    levels = of_figures(people_levels=rough)
    tens = of_people(least=1)
    tens = np.where(tens > ROUGHEST_PEOPLE, rough, tens)
    if (levels == UNTOLD).any() and (tens != rough).any():
        again = of_figures(people_levels=tens)
        if (again == UNTOLD).sum() < (levels == UNTOLD).sum():
            rough, levels = tens, again
    rows = {key: row for row, key in enumerate(tree.keys) if key in how}
    return Plans(
        pattern=pattern,
        how={
            key: tuple(
                Telling.HIDDEN if max(level) == UNTOLD else telling
                for telling, level in zip(how[key], levels[row].tolist(), strict=True)
            )
            for key, row in rows.items()
        },
        levels={key: tuple(tuple(level) for level in levels[row].tolist()) for key, row in rows.items()},
        rough={key: int(rough[row]) for key, row in rows.items() if key in plan.blunt},
    )


def _known_figures(
    keys: Sequence[str], how: Mapping[str, Sequence[Telling]], measures: int
) -> NDArray[np.int64]:
    said = {Telling.EXACT: Known.EXACT, Telling.BLUNT: Known.BLUNT, Telling.HIDDEN: Known.NOTHING}
    nothing = [Known.NOTHING] * measures
    rows = [[said[one] for one in how[key]] if key in how else nothing for key in keys]
    return np.array(rows, dtype=np.int64).reshape(len(keys), measures)


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
