"""Which groups are shown, for every measure alike, and which of them only bluntly."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxstats.anonymity.fewest import States, fewest_hidden
from cxstats.anonymity.together import fewest_together
from cxstats.anonymity.tree import Counts, Group, Tree, summed, tree_of
from cxstats.checks import count
from cxstats.errors import InvalidInput

LEAST_MINIMUM = 3
MINIMUM = 5


class Why(StrEnum):
    """Why a group is hidden."""

    SMALL = "small"  # too few people, in one of the measures at least
    OTHERS = "others"  # so that another cannot be worked out by subtracting
    FORCED = "forced"  # the caller said so


@dataclass(frozen=True, kw_only=True, slots=True)
class Remainder:
    """What subtracting gives: the group `of` without the shown groups below it, as `people` of its own.

    `keys` are the groups whose own people it holds. `of` is None for people of whom no shown group tells.
    """

    of: str | None
    keys: tuple[str, ...]
    people: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Pattern:
    """Groups that are shown, and why the others are not. Groups in which nobody answered are in neither."""

    minimum: int
    shown: tuple[str, ...]
    hidden: Mapping[str, Why]
    remainders: tuple[Remainder, ...]


def pattern_of(*, groups: Sequence[Group], minimum: int = MINIMUM, forced: Collection[str] = ()) -> Pattern:
    """One pattern of hidden groups for all measures of a wave.

    Parameters
    ----------
    groups : sequence of Group
        The whole tree, with counts for every measure that is published.
    minimum : int
        Fewest people of whom anything is told, >= 3.
    forced : collection of str
        Groups hidden in any case, such as those in which fewer people were asked than the minimum.

    Returns
    -------
    Pattern
        No remainder of a shown group has fewer than `minimum` people in any measure, unless it is nobody in
        all of them. As few groups as can be are hidden (exactly where few kinds of remainders are
        possible; see `together`), and what then need not be hidden is shown.

    Raises
    ------
    InvalidInput
        As `tree_of`; a minimum below 3; forced groups that are not there.

    Source
    ------
    Hundepool et al. (2012), Statistical Disclosure Control, sections 4.2 to 4.4 (threshold rule, secondary
    suppression in hierarchical tables); for one tree and one pattern the shown sums span the remainders, so
    that protection needs no linear program.

    Examples
    --------
    >>> north, south = Group(key="north", parent="all", own=(3,)), Group(key="south", parent="all", own=(9,))
    >>> west, everybody = Group(key="west", parent="all", own=(30,)), Group(key="all", parent=None, own=(0,))
    >>> found = pattern_of(groups=[everybody, north, south, west])
    >>> found.shown, {key: str(why) for key, why in found.hidden.items()}
    (('all', 'west'), {'north': 'small', 'south': 'others'})
    """
    least = count("minimum", minimum, minimum=LEAST_MINIMUM)
    tree = tree_of(groups)
    must = np.zeros(len(tree.keys), dtype=bool)
    for key in forced:
        must[tree.place(key)] = True
    empty = tree.all.max(axis=1) == 0
    hidden = fewest_together(tree, minimum=least, forced=must)
    _show_more(tree, hidden, must, least)
    reasons = {
        key: Why.FORCED if must[place] else Why.SMALL if tree.all[place].min() < least else Why.OTHERS
        for place, key in enumerate(tree.keys)
        if hidden[place]
    }
    shown = tuple(key for place, key in enumerate(tree.keys) if not hidden[place] and not empty[place])
    return Pattern(minimum=least, shown=shown, hidden=reasons, remainders=remainders(tree, hidden | empty))


class Telling(StrEnum):
    """How a figure of a shown group is told."""

    EXACT = "exact"
    BLUNT = "blunt"  # counts to fives, shares in steps, open at their ends; see `blunt`
    HIDDEN = "hidden"  # in this measure alone


def telling_of(
    *,
    groups: Sequence[Group],
    pattern: Pattern,
    answers: ArrayLike,
    little_changed: Collection[str] = (),
    blunt: Collection[str] = (),
) -> dict[str, tuple[Telling, ...]]:
    """How each measure of each shown group is told, so that agreement and a new list of people tell nothing.

    Where all people of a group gave the same answer, their share would tell what each of them said: it is
    told bluntly. What would give it away by subtracting is hidden in that measure, and so is what gives away
    that all people of a hidden remainder agree. Groups whose people hardly changed since an earlier wave are
    told bluntly in every measure, and so is what would give away their exact figures.

    Parameters
    ----------
    groups : sequence of Group
        As in `pattern_of`.
    pattern : Pattern
        What is shown of them.
    answers : array_like of int, shape (groups, measures, classes)
        How many of each group's *own* people gave which answer (unfavourable, neutral, favourable), in the
        order of `groups`. Who skipped a question is in no class.
    little_changed : collection of str
        Shown groups that differ, or whose remainder differs, by few people from an earlier wave.
    blunt : collection of str
        Shown groups that are told bluntly in any case: `changed_groups` of all measures.

    Returns
    -------
    dict
        One `Telling` for each measure, by key of each shown group.

    Raises
    ------
    InvalidInput
        Another shape, negative counts, groups that are not shown.

    Source
    ------
    Machanavajjhala et al. (2007), l-diversity, ACM TKDD 1:3 (homogeneity attack); as secondary suppression,
    Hundepool et al. (2012), section 4.4.
    """
    tree = tree_of(groups)
    table = _in_order(groups, tree, answers)
    shown = np.isin(tree.keys, pattern.shown)
    unknown = (set(little_changed) | set(blunt)) - set(pattern.shown)
    if unknown:
        raise InvalidInput("little_changed", f"groups that are shown, not {min(unknown)!r}")
    agreed = _agreed(tree, pattern, table, shown)
    alike = _is_alike(summed(table, tree.parents))
    changed = _changed(tree, pattern, little_changed, blunt, shown)
    told: dict[str, tuple[Telling, ...]] = {}
    for place in np.flatnonzero(shown).tolist():
        told[tree.keys[place]] = tuple(
            (Telling.BLUNT if same else Telling.HIDDEN)
            if apart
            else (Telling.BLUNT if changed[place] else Telling.EXACT)
            for apart, same in zip(agreed[place].tolist(), alike[place].tolist(), strict=True)
        )
    return told


def changed_groups(
    *, groups: Sequence[Group], pattern: Pattern, little_changed: Collection[str]
) -> frozenset[str]:
    """Shown groups that are told bluntly in every measure because of an earlier wave: those that `telling_of`
    tells so. How many of their people answered is no exact number either.
    """
    tree = tree_of(groups)
    found = _changed(tree, pattern, little_changed, (), np.isin(tree.keys, pattern.shown))
    return frozenset(tree.keys[place] for place in np.flatnonzero(found).tolist())


def _in_order(groups: Sequence[Group], tree: Tree, answers: ArrayLike) -> Counts:
    table = np.asarray(answers, dtype=np.int64)
    measures = tree.own.shape[1]
    if table.ndim != 3 or table.shape[:2] != (len(groups), measures) or table.shape[2] < 2:
        raise InvalidInput("answers", f"an array of {len(groups)} x {measures} x classes, two at least")
    if (table < 0).any():
        raise InvalidInput("answers", "counts, none below 0")
    given = {group.key: place for place, group in enumerate(groups)}
    return table[[given[key] for key in tree.keys]]


def _is_alike(table: Counts) -> NDArray[np.bool_]:
    """Where all who answered gave one answer."""
    return np.asarray((table > 0).sum(axis=2) == 1)


def _agreed(tree: Tree, pattern: Pattern, table: Counts, shown: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Shown groups whose exact figures, measure by measure, would tell of people who all agree."""
    answered, classes = table.sum(axis=2), table.shape[2]
    kind = np.where(_is_alike(table), table.argmax(axis=2), classes)
    states = States(pattern.minimum, classes)
    start = np.where(answered == 0, 0, states.of(answered, kind))
    empty = summed(answered, tree.parents) == 0
    hidden = fewest_hidden(
        tree,
        states=states,
        start=start,
        empty=empty,
        forced=np.broadcast_to(~shown[:, None], empty.shape),
    )
    return hidden & shown[:, None]


def _changed(
    tree: Tree,
    pattern: Pattern,
    little_changed: Collection[str],
    blunt: Collection[str],
    shown: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Shown groups that are told bluntly because of an earlier wave: the people of a remainder that hardly
    changed do not count, so that others must always be mixed with them."""
    if not little_changed:
        return np.isin(tree.keys, tuple(blunt)) & shown
    apart = {key for one in pattern.remainders if one.of in little_changed for key in one.keys}
    people = np.where(np.isin(tree.keys, tuple(apart)), 0, tree.own.min(axis=1))
    states = States(pattern.minimum, 0)
    start = np.where(tree.own.max(axis=1) == 0, 0, states.of(people, np.zeros_like(people)))
    known = np.isin(tree.keys, (*little_changed, *blunt))
    hidden = fewest_hidden(
        tree,
        states=states,
        start=start[:, None],
        empty=(tree.all.max(axis=1) == 0)[:, None],
        forced=(~shown | known)[:, None],
    )
    found = np.asarray(hidden[:, 0] & shown)
    _widen(tree, found, shown, pattern.minimum)
    return found


def _widen(tree: Tree, blunt: NDArray[np.bool_], shown: NDArray[np.bool_], minimum: int) -> None:
    """More blunt groups, until none of them is a sum of exact ones: of its people, and of its exact remainder
    without them, enough are in no exact group below."""
    own = tree.own.min(axis=1)
    is_settled = False
    while not is_settled:
        is_settled = True
        exact = shown & ~blunt
        region, tops, least = own.copy(), [-1] * len(own), [-1] * len(own)
        for place in range(len(own) - 1, -1, -1):
            parent = tree.parents[place]
            if parent < 0 or not tree.all[place].max():
                continue
            smallest = place if exact[place] else least[place]  # of the exact groups directly below
            if smallest >= 0 and (least[parent] < 0 or tree.all[smallest, 0] < tree.all[least[parent], 0]):
                least[parent] = smallest
            if not exact[place]:
                region[parent] += region[place]
        for place, parent in enumerate(tree.parents):
            tops[place] = place if exact[place] else tops[parent] if parent >= 0 else -1
            top = tops[place]
            if not blunt[place]:
                continue
            if region[place] < minimum and least[place] >= 0:
                also = least[place]
            elif top >= 0 and region[top] - region[place] < minimum:
                also = top
            else:
                continue
            is_settled = is_settled and bool(blunt[also])
            blunt[also] = True


def remainders(tree: Tree, apart: NDArray[np.bool_]) -> tuple[Remainder, ...]:
    """What can be worked out from the shown groups, the rest `apart`; remainders of nobody are left out."""
    under = np.empty(len(tree.keys), dtype=np.int64)  # the shown group that tells of each group's own people
    for place, parent in enumerate(tree.parents):
        under[place] = place if not apart[place] else -1 if parent < 0 else under[parent]
    present = np.flatnonzero(tree.own.max(axis=1) > 0)
    present = present[np.argsort(under[present], kind="stable")]
    tops, begins = np.unique(under[present], return_index=True)
    found: list[Remainder] = []
    if not present.size:
        return ()
    for top, places in zip(tops.tolist(), np.split(present, begins[1:]), strict=True):
        people = tree.own[places].sum(axis=0)
        found.append(
            Remainder(
                of=None if top < 0 else tree.keys[top],
                keys=tuple(tree.keys[place] for place in places.tolist()),
                people=tuple(people.tolist()),
            )
        )
    return tuple(found)


def _show_more(tree: Tree, hidden: NDArray[np.bool_], must: NDArray[np.bool_], least: int) -> None:
    """Show again what need not be hidden, largest first: the sum of the smallest measures is no measure."""
    open_people = tree.own.copy()  # remainder of each group without the shown groups below it
    for place in range(len(tree.keys) - 1, -1, -1):
        parent = tree.parents[place]
        if parent >= 0 and hidden[place]:
            open_people[parent] += open_people[place]
    for place in sorted(np.flatnonzero(hidden & ~must).tolist(), key=lambda one: -int(tree.all[one, 0])):
        mine = open_people[place]
        if tree.all[place].min() < least or not _is_safe(mine, least):
            continue
        line = _up_to_shown(tree, hidden, place)
        if line and not hidden[line[-1]] and not _is_safe(open_people[line[-1]] - mine, least):
            continue
        hidden[place] = False
        for above in line:
            open_people[above] -= mine


def _is_safe(people: Counts, least: int) -> bool:
    return int(people.max()) == 0 or int(people.min()) >= least


def _up_to_shown(tree: Tree, hidden: NDArray[np.bool_], place: int) -> list[int]:
    """The groups above, up to the first that is shown."""
    line = []
    while (place := tree.parents[place]) >= 0:
        line.append(place)
        if not hidden[place]:
            break
    return line
