"""Cells of a table, families that add up, and which cells are too small to be shown."""

from collections.abc import Hashable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import count
from cxstats.errors import InvalidInput
from cxstats.voc.counts import histogram_counts


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One number of the table: `n` distinct people, and whether they all answered alike."""

    key: str
    n: int
    alike: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Family:
    """A sum that readers can do: the cell `total` is the sum of the cells `parts`."""

    total: str
    parts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class FilterRisk:
    """Two published groups whose difference is `people` persons, 0 < people < k."""

    wider: str
    narrower: str
    people: int


def is_homogeneous(*, histogram: ArrayLike | Sequence[int]) -> bool:
    """Whether all answers of a group are the same, so that its score tells each one's answer.

    Parameters
    ----------
    histogram : array_like of int
        Counts per answer or per class (promoter, passive, detractor), >= 0.

    Returns
    -------
    bool
        True when a single count is above 0.

    Raises
    ------
    NotEstimable
        NO_DATA when all counts are 0.
    InvalidInput
        Bad counts.

    Source
    ------
    Machanavajjhala et al. (2007), l-diversity, ACM TKDD 1:3 (homogeneity attack).

    Examples
    --------
    >>> is_homogeneous(histogram=[0, 0, 6]), is_homogeneous(histogram=[1, 0, 5])
    (True, False)
    """
    return int(np.sum(histogram_counts("histogram", histogram) > 0)) == 1


def primary_cells(*, cells: Sequence[Cell], k: int = 5, protect_alike: bool = False) -> tuple[str, ...]:
    """Cells that must not be shown for their own sake.

    Parameters
    ----------
    cells : sequence of Cell
        Distinct keys.
    k : int
        Fewest people a shown cell may have, >= 2 (10 for employees).
    protect_alike : bool
        Whether cells in which all answered alike are hidden too (employees).

    Returns
    -------
    tuple of str
        Keys with 0 < n < k, or alike; empty cells tell nothing of anybody and may be shown.

    Raises
    ------
    InvalidInput
        k below 2, negative counts, double keys.

    Source
    ------
    Threshold rule: Hundepool et al. (2012), Statistical Disclosure Control, section 4.2.

    Examples
    --------
    >>> primary_cells(cells=[Cell(key="a", n=3), Cell(key="b", n=12), Cell(key="c", n=0)])
    ('a',)
    """
    least = count("k", k, minimum=2)
    sizes_of(cells)
    return tuple(
        cell.key for cell in cells if 0 < cell.n < least or (protect_alike and cell.alike and cell.n > 0)
    )


def filter_risks(
    *, groups: Sequence[tuple[str, AbstractSet[Hashable]]], k: int = 5
) -> tuple[FilterRisk, ...]:
    """Published groups that give away a small one when one is subtracted from the other.

    Parameters
    ----------
    groups : sequence of (name, members)
        All groups shown so far and about to be shown: nested filters, or the same cohort in two releases.
        Members are opaque ids.
    k : int
        Fewest people that may be told apart, >= 2.

    Returns
    -------
    tuple of FilterRisk
        Pairs in which one group lies within the other and 0 < difference < k, and pairs of which each has
        members of its own but both together fewer than k (one leaver, one joiner). Empty: no such pair.

    Raises
    ------
    InvalidInput
        k below 2.

    Source
    ------
    Denning and Schlorer (1983), Inference controls for statistical databases, IEEE Computer 16:69-82
    (trackers); releases in time: Hundepool et al. (2012), section 4.6.

    Examples
    --------
    >>> staff = frozenset(range(20))
    >>> filter_risks(groups=[("May", staff), ("June", staff - {3})])
    (FilterRisk(wider='May', narrower='June', people=1),)
    """
    least = count("k", k, minimum=2)
    risks = []
    for place, (name, members) in enumerate(groups):
        for other_name, other in groups[place + 1 :]:
            apart = len(members - other) + len(other - members)
            if 0 < apart < least:
                wider_first = len(members) >= len(other)
                risks.append(
                    FilterRisk(
                        wider=name if wider_first else other_name,
                        narrower=other_name if wider_first else name,
                        people=apart,
                    )
                )
    return tuple(risks)


def sizes_of(cells: Sequence[Cell]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for cell in cells:
        if cell.key in sizes:
            raise InvalidInput("cells", f"distinct keys, not {cell.key!r} twice")
        sizes[cell.key] = count("n", cell.n)
    return sizes


def check_families(sizes: dict[str, int], families: Sequence[Family]) -> None:
    for family in families:
        for key in (family.total, *family.parts):
            if key not in sizes:
                raise InvalidInput("families", f"keys of cells, not {key!r}")
        if len({family.total, *family.parts}) != len(family.parts) + 1 or not family.parts:
            raise InvalidInput("families", "a total and at least one part, each once")
        if sum(sizes[key] for key in family.parts) != sizes[family.total]:
            raise InvalidInput("families", f"parts of {family.total!r} that add up to it")
