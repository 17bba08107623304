"""NPS where answers are not independent: the same people twice, several contacts of one account."""

from collections.abc import Hashable, Sequence
from enum import StrEnum
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxstats.checks import FloatArray, count, finite_vector, fraction
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.later import special
from cxstats.results import Estimate, Interval, Unit
from cxstats.voc.counts import Change, two_sided_z
from cxstats.voc.promoters import adjusted_wald


class AccountWeighting(StrEnum):
    """What one account counts for."""

    ANSWERS = "answers"  # as many votes as answers: the ordinary NPS
    ACCOUNTS = "accounts"  # one vote each: the mean of account scores


def nps_clustered(
    *,
    answers: ArrayLike | Sequence[int],
    accounts: Sequence[Hashable],
    weighting: AccountWeighting = AccountWeighting.ANSWERS,
    level: float = 0.95,
    minimum_accounts: int = 5,
) -> Estimate:
    """NPS when accounts (companies, households) give several answers each.

    Parameters
    ----------
    answers : array_like of int, shape (n,)
        Answers 0..10.
    accounts : sequence of hashable, length n
        The account of each answer.
    weighting : AccountWeighting
        Whether each answer or each account has one vote.
    level : float
        Nominal coverage in (0, 1).
    minimum_accounts : int
        Refuse below this many accounts, >= 2.

    Returns
    -------
    Estimate
        Points; `n` is the number of accounts. t interval with (accounts - 1) degrees of freedom on
        linearized account residuals. Where accounts do not differ at all, the adjusted Wald interval
        with n = number of accounts (and no standard error) is given instead: wider, never zero.

    Raises
    ------
    NotEstimable
        NO_DATA; TOO_FEW_CLUSTERS.
    InvalidInput
        Answers outside 0..10, or lists of different length.

    Source
    ------
    Cochran (1977), Sampling Techniques, 3rd ed., eq. 11.26 (ratio to size), in the residual form of Lohr
    (2019), Sampling: Design and Analysis, section 5.2.

    Examples
    --------
    >>> score = nps_clustered(answers=[9, 10, 9, 3, 8, 9, 10, 2], accounts=list("aabbcdde"))
    >>> score.value, score.n
    (37.5, 5)
    """
    fraction("level", level)
    votes = promoter_votes("answers", answers)
    if len(accounts) != votes.size:
        raise InvalidInput("accounts", f"{votes.size} labels, one per answer")
    group, groups = cluster_codes(accounts)
    needed = count("minimum_accounts", minimum_accounts, minimum=2)
    if groups < needed:
        raise NotEstimable(Reason.TOO_FEW_CLUSTERS, needed=needed, found=groups)
    size = np.bincount(group, minlength=groups).astype(np.float64)
    total = np.bincount(group, weights=votes, minlength=groups)
    if weighting is AccountWeighting.ACCOUNTS:
        total, size = total / size, np.ones(groups)
    value = float(total.sum() / size.sum())
    residual = total - value * size
    if np.allclose(residual, 0.0, atol=1e-12):
        return _nps_of_accounts_alike(votes, groups, value, level)
    error = sqrt(groups / (groups - 1) * float(residual @ residual)) / float(size.sum())
    reach = float(special.stdtrit(groups - 1, 0.5 + level / 2)) * error
    return Estimate(
        value=100.0 * value,
        interval=Interval(
            low=max(-100.0, 100.0 * (value - reach)), high=min(100.0, 100.0 * (value + reach)), level=level
        ),
        n=groups,
        unit=Unit.POINTS,
        method=f"linearized t by account, one vote per {weighting.value.removesuffix('s')} (accounts)",
        standard_error=100.0 * error,
    )


def nps_change_paired(
    *, before: ArrayLike | Sequence[int], after: ArrayLike | Sequence[int], level: float = 0.95
) -> Change:
    """Change of NPS when the same people answered twice.

    Parameters
    ----------
    before, after : array_like of int, shape (n,)
        Answers 0..10; position i is the same person in both.
    level : float
        Nominal coverage in (0, 1).

    Returns
    -------
    Change
        Points in -200..200, after minus before; paired t on differences of votes -1, 0, 1. `n` people.

    Raises
    ------
    NotEstimable
        NO_DATA; TOO_FEW_ANSWERS with one person; NO_VARIATION when all moved alike.
    InvalidInput
        Answers outside 0..10, or lists of different length.

    Source
    ------
    Student (1908), Biometrika 6:1-25, applied to differences of votes.

    Examples
    --------
    >>> change = nps_change_paired(before=[6, 8, 9, 3, 7], after=[9, 9, 9, 6, 8])
    >>> change.estimate.value
    60.0
    """
    fraction("level", level)
    first, second = promoter_votes("before", before), promoter_votes("after", after)
    if first.size != second.size:
        raise InvalidInput("after", f"{first.size} answers, one per person in before")
    n = int(first.size)
    if n < 2:
        raise NotEstimable(Reason.TOO_FEW_ANSWERS, needed=2, found=n)
    difference = second - first
    if np.all(difference == difference[0]):
        raise NotEstimable(Reason.NO_VARIATION, n=n)
    error = float(difference.std(ddof=1)) / sqrt(n)
    return _t_change(float(difference.mean()), error, n - 1, level, n, "paired t on votes (people)")


def nps_change_clustered(
    *,
    before: ArrayLike | Sequence[int],
    before_ids: Sequence[Hashable],
    after: ArrayLike | Sequence[int],
    after_ids: Sequence[Hashable],
    level: float = 0.95,
    minimum_clusters: int = 5,
) -> Change:
    """Change of NPS when the two waves share some people or accounts.

    Parameters
    ----------
    before, after : array_like of int, shapes (n1,) and (n2,)
        Answers 0..10 of each wave.
    before_ids, after_ids : sequences of hashable
        The person or account of each answer; the same id in both waves links them.
    level : float
        Nominal coverage in (0, 1).
    minimum_clusters : int
        Refuse below this many distinct ids, >= 2.

    Returns
    -------
    Change
        Points in -200..200; residuals of both waves are added per id before squaring, so that answers
        of one id may be correlated within and between waves. `n` counts ids.

    Raises
    ------
    NotEstimable
        NO_DATA; TOO_FEW_CLUSTERS; NO_VARIATION.
    InvalidInput
        Answers outside 0..10, or ids that do not match them in number.

    Source
    ------
    Liang and Zeger (1986), Biometrika 73:13-22 (cluster residuals); factor G/(G - 1), t with G - 1.

    Examples
    --------
    >>> change = nps_change_clustered(before=[6, 8, 9, 3, 7], before_ids="abcde",
    ...                               after=[9, 9, 9, 6, 8], after_ids="abcde")
    >>> round(change.estimate.value, 9), change.estimate.n
    (60.0, 5)
    """
    fraction("level", level)
    first, second = promoter_votes("before", before), promoter_votes("after", after)
    if len(before_ids) != first.size:
        raise InvalidInput("before_ids", f"{first.size} labels, one per answer")
    if len(after_ids) != second.size:
        raise InvalidInput("after_ids", f"{second.size} labels, one per answer")
    group, groups = cluster_codes([*before_ids, *after_ids])
    needed = count("minimum_clusters", minimum_clusters, minimum=2)
    if groups < needed:
        raise NotEstimable(Reason.TOO_FEW_CLUSTERS, needed=needed, found=groups)
    scores = np.concatenate([-(first - first.mean()) / first.size, (second - second.mean()) / second.size])
    influence = np.bincount(group, weights=scores, minlength=groups)
    if np.allclose(influence, 0.0, atol=1e-12):
        raise NotEstimable(Reason.NO_VARIATION, n=groups)
    error = sqrt(groups / (groups - 1) * float(influence @ influence))
    value = float(second.mean() - first.mean())
    return _t_change(value, error, groups - 1, level, groups, "linearized t by id (ids)")


def promoter_votes(name: str, answers: ArrayLike | Sequence[int]) -> FloatArray:
    """+1 for 9-10, 0 for 7-8, -1 for 0-6; anything but a whole number 0..10 is refused."""
    array = finite_vector(name, answers, minimum=0)
    if array.size == 0:
        raise NotEstimable(Reason.NO_DATA, needed=1, found=0)
    if np.any(array < 0) or np.any(array > 10) or np.any(array != np.floor(array)):
        raise InvalidInput(name, "whole answers from 0 to 10")
    return (array >= 9).astype(np.float64) - (array <= 6).astype(np.float64)


def cluster_codes(labels: Sequence[Hashable]) -> tuple[NDArray[np.intp], int]:
    """Codes 0..G-1 in order of first appearance."""
    seen: dict[Hashable, int] = {}
    codes = np.array([seen.setdefault(label, len(seen)) for label in labels], dtype=np.intp)
    return codes, len(seen)


def _nps_of_accounts_alike(votes: FloatArray, groups: int, value: float, level: float) -> Estimate:
    z = two_sided_z(level)
    centre, variance = adjusted_wald(float((votes > 0).mean()), float((votes < 0).mean()), 1 / groups)
    middle, error = 100.0 * float(centre), 100.0 * sqrt(variance)
    return Estimate(
        value=100.0 * value,
        interval=Interval(
            low=max(-100.0, min(100.0 * value, middle - z * error)),
            high=min(100.0, max(100.0 * value, middle + z * error)),
            level=level,
        ),
        n=groups,
        unit=Unit.POINTS,
        method="adjusted Wald, accounts alike (accounts)",
    )


def _t_change(value: float, error: float, freedom: int, level: float, n: int, method: str) -> Change:
    reach = float(special.stdtrit(freedom, 0.5 + level / 2)) * error
    return Change(
        estimate=Estimate(
            value=100.0 * value,
            interval=Interval(
                low=max(-200.0, 100.0 * (value - reach)),
                high=min(200.0, 100.0 * (value + reach)),
                level=level,
            ),
            n=n,
            unit=Unit.POINTS,
            method=method,
            standard_error=100.0 * error,
        ),
        statistic=value / error,
        degrees_of_freedom=float(freedom),
        p_value=float(2 * special.stdtr(freedom, -abs(value / error))),
    )
