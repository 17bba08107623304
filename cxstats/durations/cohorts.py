"""Young cohorts: cases opened lately had no time yet to take long."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import finite_vector, real
from cxstats.errors import InvalidInput, NotEstimable, Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class CohortMaturity:
    """One cohort (say, the cases opened in one week) at the cut-off.

    `mature` is False while its youngest case is younger than the horizon: a median of its resolved
    cases alone would be too short. `youngest_age` in seconds.
    """

    cohort: str
    n: int
    n_open: int
    youngest_age: float
    mature: bool


def cohort_maturity(
    *,
    cohorts: Sequence[str],
    ages: ArrayLike | Sequence[float],
    resolved: Sequence[bool],
    horizon: float,
) -> tuple[CohortMaturity, ...]:
    """Which cohorts are old enough to be read.

    Parameters
    ----------
    cohorts : sequence of str, length n
        Cohort of each case, by the date it was OPENED.
    ages : array_like of float, shape (n,)
        Seconds from opening to the cut-off, resolved or not; >= 0.
    resolved : sequence of bool, length n
        Whether the case is resolved.
    horizon : float
        Seconds a case must have had, > 0: for example P90 of an earlier mature period.

    Returns
    -------
    tuple of CohortMaturity
        In order of first appearance. A cohort without open cases is mature at any age: nothing in it
        is still running.

    Raises
    ------
    NotEstimable
        NO_DATA without cases.
    InvalidInput
        Negative ages, lists of different length.

    Source
    ------
    Right truncation of recent cohorts: Klein and Moeschberger (2003), Survival Analysis, section 3.4;
    Brookmeyer and Gail (1994), AIDS Epidemiology, chapter 4.

    Examples
    --------
    >>> found = cohort_maturity(cohorts=["w1", "w1", "w2"], ages=[9e5, 8e5, 1e5],
    ...                         resolved=[True, True, False], horizon=4e5)
    >>> [(cohort.cohort, cohort.mature) for cohort in found]
    [('w1', True), ('w2', False)]
    """
    if real("horizon", horizon) <= 0:
        raise InvalidInput("horizon", "a number of seconds > 0")
    age = finite_vector("ages", ages, minimum=0)
    if np.any(age < 0):
        raise InvalidInput("ages", "seconds >= 0")
    if len(cohorts) != age.size or len(resolved) != age.size:
        raise InvalidInput("cohorts", "one cohort, one age and one flag per case")
    if age.size == 0:
        raise NotEstimable(Reason.NO_DATA, needed=1, found=0)
    members: dict[str, list[int]] = {}
    for index, cohort in enumerate(cohorts):
        members.setdefault(cohort, []).append(index)
    found = []
    for cohort, cases in members.items():
        n_open = sum(not resolved[case] for case in cases)
        youngest = float(age[cases].min())
        found.append(
            CohortMaturity(
                cohort=cohort,
                n=len(cases),
                n_open=n_open,
                youngest_age=youngest,
                mature=n_open == 0 or youngest >= horizon,
            )
        )
    return tuple(found)
