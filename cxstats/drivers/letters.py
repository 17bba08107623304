"""Letter groups: drivers that share a letter cannot be told apart."""

import numpy as np
from numpy.typing import NDArray


def letter_groups(differs: NDArray[np.bool_]) -> tuple[str, ...]:
    """Compact letter display of a symmetric table of "these two differ", best driver first.

    Parameters
    ----------
    differs : bool array, shape (p, p)
        Symmetric; the diagonal is ignored. Rows in the order of rank, the highest share first.

    Returns
    -------
    tuple of str
        Letters per driver; two drivers share a letter exactly when they do not differ.

    Raises
    ------
    InvalidInput
        Never: the caller passes a symmetric table.

    Source
    ------
    Piepho 2004, Journal of Computational and Graphical Statistics 13(2) (insert and absorb).

    Examples
    --------
    >>> table = np.array([[False, False, True], [False, False, False], [True, False, False]])
    >>> letter_groups(table)
    ('a', 'ab', 'b')
    """
    size = len(differs)
    groups = [frozenset(range(size))]
    for first in range(size):
        for second in range(first + 1, size):
            if not differs[first, second]:
                continue
            split: list[frozenset[int]] = []
            for group in groups:
                if first in group and second in group:
                    split += [group - {second}, group - {first}]
                else:
                    split.append(group)
            unique = set(split)
            groups = [group for group in unique if not any(group < other for other in unique)]
    groups.sort(key=lambda group: sorted(group))
    return tuple(
        "".join(_letter(place) for place, group in enumerate(groups) if driver in group)
        for driver in range(size)
    )


def _letter(place: int) -> str:
    """a..z, then a1..z1, ..."""
    return chr(ord("a") + place % 26) + (str(place // 26) if place >= 26 else "")
