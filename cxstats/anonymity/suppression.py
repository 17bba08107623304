"""Which further cells must go with the small ones, and the attack that checks it."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np

from cxstats.anonymity.cells import Cell, Family, check_families, primary_cells, sizes_of
from cxstats.checks import FloatArray, count
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.later import optimize


@dataclass(frozen=True, kw_only=True, slots=True)
class CellBounds:
    """What a reader can work out about a hidden cell: `low` <= n <= `high`; None: no upper limit."""

    key: str
    low: int
    high: int | None

    @property
    def width(self) -> float:
        return float("inf") if self.high is None else float(self.high - self.low)


@dataclass(frozen=True, kw_only=True, slots=True)
class SuppressionPlan:
    """Which cells to show and which to hide, and what a reader can still work out about the hidden.

    `primary` are hidden for their own sake, `complementary` to protect them.
    """

    published: tuple[str, ...]
    primary: tuple[str, ...]
    complementary: tuple[str, ...]
    bounds: tuple[CellBounds, ...]


def attack(
    *, cells: Sequence[Cell], families: Sequence[Family], suppressed: AbstractSet[str]
) -> tuple[CellBounds, ...]:
    """What a reader who can add and subtract works out about each hidden cell.

    Parameters
    ----------
    cells : sequence of Cell
        All cells; only those not in `suppressed` are known to the reader.
    families : sequence of Family
        All sums that hold among the cells, shown or not.
    suppressed : set of str
        Hidden cells.

    Returns
    -------
    tuple of CellBounds
        Smallest and largest whole n >= 0 that agree with everything shown, in the order of `cells`.

    Raises
    ------
    InvalidInput
        Unknown or double keys, parts that do not add up to their total.
    NotEstimable
        NO_CONVERGENCE when the solver gives up: nothing may be shown then.

    Source
    ------
    Fischetti and Salazar-Gonzalez (2000), Models and algorithms for optimizing cell suppression, JASA
    95:916-928 (attacker's problems); solved in whole numbers by HiGHS (SciPy `milp`).

    Examples
    --------
    >>> cells = [Cell(key="a", n=3), Cell(key="b", n=9), Cell(key="all", n=12)]
    >>> attack(cells=cells, families=[Family(total="all", parts=("a", "b"))], suppressed={"a", "b"})[0].high
    12
    """
    sizes = sizes_of(cells)
    check_families(sizes, families)
    unknown = suppressed - set(sizes)
    if unknown:
        raise InvalidInput("suppressed", f"keys of cells, not {min(unknown)!r}")
    return _bounds(sizes, families, [key for key in sizes if key in suppressed])


def suppress(
    *,
    cells: Sequence[Cell],
    families: Sequence[Family],
    k: int = 5,
    width: int | None = None,
    protect_alike: bool = False,
) -> SuppressionPlan:
    """Hide small cells, and enough others that the small ones cannot be worked out.

    Parameters
    ----------
    cells : sequence of Cell
        All cells that might be shown, totals too.
    families : sequence of Family
        All sums among them.
    k : int
        Fewest people a shown cell may have, >= 2.
    width : int, optional
        Least difference between the largest and smallest possible n of every hidden cell, >= 1; None: k.
    protect_alike : bool
        As in `primary_cells`.

    Returns
    -------
    SuppressionPlan
        Verified as `attack` does. Chosen cell by cell by a linear program (fewest people hidden, then shown
        again where they prove needless), not proven to be the fewest.

    Raises
    ------
    InvalidInput
        As in `attack`.

    Source
    ------
    Hundepool et al. (2012), Statistical Disclosure Control, sections 4.3-4.4; one linear program per exposed
    cell after Kelly, Golden and Assad (1992), Networks 22:397-417.

    Examples
    --------
    >>> cells = [Cell(key="a", n=3), Cell(key="b", n=9), Cell(key="c", n=30), Cell(key="all", n=42)]
    >>> plan = suppress(cells=cells, families=[Family(total="all", parts=("a", "b", "c"))])
    >>> plan.primary, plan.complementary, plan.published
    (('a',), ('b',), ('c', 'all'))
    """
    sizes = sizes_of(cells)
    check_families(sizes, families)
    needed = count("k", k, minimum=2) if width is None else count("width", width, minimum=1)
    primary = primary_cells(cells=cells, k=k, protect_alike=protect_alike)
    hidden = list(primary)
    reach: dict[str, tuple[float, float]] = {}
    while (exposed := _first_exposed(sizes, families, hidden, needed, reach)) is not None:
        hidden += _companions(sizes, families, hidden, exposed, needed)
    # Late companions can make early ones needless: show again what can be shown, largest first.
    for key in sorted((key for key in hidden if key not in primary), key=lambda key: -sizes[key]):
        rest = [other for other in hidden if other != key]
        if _first_exposed(sizes, families, rest, needed, {}) is None:
            hidden = rest
    secret = set(hidden)
    return SuppressionPlan(
        published=tuple(key for key in sizes if key not in secret),
        primary=primary,
        complementary=tuple(key for key in sizes if key in secret and key not in primary),
        bounds=_bounds(sizes, families, [key for key in sizes if key in secret]),
    )


def _equations(
    sizes: dict[str, int], families: Sequence[Family], hidden: Sequence[str]
) -> tuple[FloatArray, FloatArray]:
    """Sums that tie the hidden cells to what is shown."""
    column = {key: index for index, key in enumerate(hidden)}
    rows, sums = [], []
    for family in families:
        row = np.zeros(len(hidden))
        known = 0
        for key, sign in [(family.total, -1), *((part, 1) for part in family.parts)]:
            if key in column:
                row[column[key]] = sign
            else:
                known += sign * sizes[key]
        if np.any(row != 0):
            rows.append(row)
            sums.append(-known)
    return np.array(rows).reshape(len(rows), len(hidden)), np.array(sums, dtype=np.float64)


def _bounds(
    sizes: dict[str, int], families: Sequence[Family], hidden: Sequence[str]
) -> tuple[CellBounds, ...]:
    rows, sums = _equations(sizes, families, hidden)
    people = sum(sizes.values())
    return tuple(_one(key, index, rows, sums, people) for index, key in enumerate(hidden))


def _one(key: str, index: int, rows: FloatArray, sums: FloatArray, people: int) -> CellBounds:
    low, high = (_extreme(index, rows, sums, sign, people) for sign in (1.0, -1.0))
    return CellBounds(
        key=key,
        low=0 if low is None else round(float(low[index])),
        high=None if high is None else round(float(high[index])),
    )


def _extreme(index: int, rows: FloatArray, sums: FloatArray, sign: float, people: int) -> FloatArray | None:
    """A whole table with the smallest (sign 1) or largest (sign -1) value of one cell; None if unbounded.

    `people` is the sum of all true sizes: a cell that can pass twice that is not narrowed down by anything.
    """
    if rows.size == 0 or not np.any(rows[:, index]):
        return None
    goal = np.zeros(rows.shape[1])
    goal[index] = sign
    found = optimize.milp(
        goal,
        integrality=np.ones(goal.size),
        bounds=optimize.Bounds(0, 4 * people + 1000),
        constraints=optimize.LinearConstraint(rows, sums, sums),
    )
    if found.x is None:
        raise NotEstimable(Reason.NO_CONVERGENCE, cells=int(goal.size))
    table = np.round(np.asarray(found.x, dtype=np.float64))
    return None if table[index] > 2 * people + 500 else table


def _first_exposed(
    sizes: dict[str, int],
    families: Sequence[Family],
    hidden: Sequence[str],
    needed: int,
    reach: dict[str, tuple[float, float]],
) -> str | None:
    """First hidden cell that can be narrowed down too far.

    `reach` remembers the extremes of all tables seen so far; hiding more cells never makes such a table
    impossible, so a cell that was safe stays safe and most programs need not be solved.
    """
    rows, sums = _equations(sizes, families, hidden)
    people = sum(sizes.values())
    for key in hidden:
        reach.setdefault(key, (float(sizes[key]), float(sizes[key])))
    for index, key in enumerate(hidden):
        for sign in (-1.0, 1.0):
            if reach[key][1] - reach[key][0] >= needed:
                break
            table = _extreme(index, rows, sums, sign, people)
            if table is None:
                reach[key] = (reach[key][0], float("inf"))
            else:
                for other, value in zip(hidden, table.tolist(), strict=True):
                    reach[other] = (min(reach[other][0], value), max(reach[other][1], value))
        if reach[key][1] - reach[key][0] < needed:
            return key
    return None


def _companions(
    sizes: dict[str, int], families: Sequence[Family], hidden: Sequence[str], exposed: str, needed: int
) -> list[str]:
    """Next cells to hide: the cheapest ones that may move so that the exposed cell may rise by `needed`.

    Cells already hidden move for nothing, the others at their number of people (empty ones last); a cell
    falls by no more than it holds, and all sums hold.
    """
    keys, secret = list(sizes), set(hidden)
    people = np.array([sizes[key] for key in keys], dtype=np.float64)
    cost = np.where(people > 0, people, people.max() + 1)
    cost[[key in secret for key in keys]] = 0
    rows, _ = _equations(sizes, families, keys)
    least, most = np.zeros(2 * people.size), np.concatenate([np.full(people.size, np.inf), people])
    at = keys.index(exposed)
    least[at], most[at], most[people.size + at] = needed, needed, 0
    found = optimize.linprog(
        np.concatenate([cost, cost]),
        A_eq=np.hstack([rows, -rows]),
        b_eq=np.zeros(len(rows)),
        bounds=np.column_stack([least, most]),
    )
    if found.x is not None:
        moves = found.x[: people.size] + found.x[people.size :] > 1e-6
        chosen = [key for key, moved in zip(keys, moves, strict=True) if moved and key not in secret]
        if chosen:
            return chosen
    return [_companion(sizes, families, hidden, exposed)]


def _companion(sizes: dict[str, int], families: Sequence[Family], hidden: Sequence[str], exposed: str) -> str:
    """Next cell to hide: one that shares a sum with the exposed cell, or with its hidden neighbors."""
    secret, reached = set(hidden), {exposed}
    while True:
        near = [family for family in families if reached & {family.total, *family.parts}]
        parts = {part for family in near for part in family.parts} - secret
        totals = {family.total for family in near} - secret
        if parts or totals:
            # a part before a total, people before nobody, few before many
            return min(
                sorted(parts | totals), key=lambda key: (key not in parts, sizes[key] == 0, sizes[key])
            )
        reached |= {key for family in near for key in (family.total, *family.parts)}
