"""Weighted and stratified means with linearized standard errors."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import fsum, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxstats.checks import count, finite_vector, fraction, real
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.later import special
from cxstats.results import Estimate, Interval, Unit
from cxstats.weighting.weights import checked_weights


def weighted_mean(
    *,
    values: ArrayLike | Sequence[float],
    weights: ArrayLike | Sequence[float],
    clusters: Sequence[Hashable] | None = None,
    strata: Sequence[Hashable] | None = None,
    poststrata: Sequence[Hashable] | None = None,
    unit: Unit = Unit.SCORE,
    level: float = 0.95,
) -> Estimate:
    """Weighted mean with a standard error that knows weights, clusters, strata and post-strata.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        One per respondent: an answer, 0/1 for a share, -100/0/100 for NPS.
    weights : array_like of float, shape (n,)
        >= 0, not all 0, any scale.
    clusters : sequence of hashable, length n, optional
        Account or branch of each respondent; None: each for itself.
    strata : sequence of hashable, length n, optional
        Strata from which respondents (or clusters) were SAMPLED separately.
    poststrata : sequence of hashable, length n, optional
        Cells to which the weights were fitted: residuals are taken within them.
    unit : Unit
        Unit of the values.
    level : float
        Nominal coverage in (0, 1).

    Returns
    -------
    Estimate
        `n` counts clusters. t with (clusters - strata) degrees of freedom.

    Raises
    ------
    NotEstimable
        NO_DATA; TOO_FEW_CLUSTERS when a stratum has one only; NO_VARIATION when no residual is left.
    InvalidInput
        Numbers that are not finite, lists of different length, a cluster in two strata, bad weights.

    Notes
    -----
    e_i = w_i (y_i - mean) / sum w, with the mean of i's post-stratum where given; summed by cluster to u;
    variance = sum over strata of G/(G - 1) sum (u - mean u)^2.

    Source
    ------
    Binder (1983), Int. Stat. Review 51:279-292; Sarndal, Swensson and Wretman (1992), Model Assisted Survey
    Sampling, sections 5.6 and 7.10.

    Examples
    --------
    >>> found = weighted_mean(values=[4, 5, 3, 5], weights=[1, 1, 2, 2])
    >>> round(found.value, 4), round(found.standard_error, 4)
    (4.1667, 0.5756)
    """
    fraction("level", level)
    weight = checked_weights(weights)
    value = finite_vector("values", values, minimum=0)
    if value.size != weight.size:
        raise InvalidInput("values", f"{weight.size} numbers, one per weight")
    mean = float(weight @ value / weight.sum())
    expected = np.full(value.size, mean)
    if poststrata is not None:
        cell, cells = _codes("poststrata", poststrata, value.size)
        held = np.bincount(cell, weights=weight, minlength=cells)
        within = np.bincount(cell, weights=weight * value, minlength=cells) / np.where(held > 0, held, 1.0)
        expected = within[cell]
    residual = weight * (value - expected) / weight.sum()
    labels = range(value.size) if clusters is None else clusters
    group, groups = _codes("clusters", labels, value.size)
    stratum, strata_found = _codes("strata", strata or [0] * value.size, value.size)
    of_group = np.full(groups, -1, dtype=np.intp)
    of_group[group] = stratum
    if np.any(of_group[group] != stratum):
        raise InvalidInput("clusters", "clusters that lie within one stratum each")
    sums = np.bincount(group, weights=residual, minlength=groups)
    variance = 0.0
    for index in range(strata_found):
        inside = sums[of_group == index]
        if inside.size < 2:
            raise NotEstimable(Reason.TOO_FEW_CLUSTERS, needed=2, found=int(inside.size))
        variance += inside.size / (inside.size - 1) * float(np.sum((inside - inside.mean()) ** 2))
    scale = float(np.max(np.abs(value))) if np.any(value != 0) else 1.0
    if variance <= (1e-14 * scale) ** 2:
        raise NotEstimable(Reason.NO_VARIATION, n=groups)
    error = sqrt(variance)
    reach = float(special.stdtrit(groups - strata_found, 0.5 + level / 2)) * error
    return Estimate(
        value=mean,
        interval=Interval(low=mean - reach, high=mean + reach, level=level),
        n=groups,
        unit=unit,
        method="weighted, linearized t (clusters)",
        standard_error=error,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class StratumSample:
    """Answers of one stratum: population size N >= n, n >= 2, mean, sample variance (divisor n - 1)."""

    population: int
    n: int
    mean: float
    variance: float


def stratified_mean(
    *, strata: Sequence[StratumSample], unit: Unit = Unit.SCORE, level: float = 0.95
) -> Estimate:
    """Population mean from separate samples of known strata.

    Parameters
    ----------
    strata : sequence of StratumSample
        All strata of the population.
    unit : Unit
        Unit of the means.
    level : float
        Nominal coverage in (0, 1).

    Returns
    -------
    Estimate
        sum (N_h/N) mean_h with the finite-population factor per stratum; `n` counts answers. A census has
        an interval without width.

    Raises
    ------
    NotEstimable
        NO_DATA; TOO_FEW_ANSWERS when a stratum has fewer than two; NO_VARIATION when no variance is left
        though not all were asked.
    InvalidInput
        n above N, negative variances, numbers that are not finite.

    Source
    ------
    Cochran (1977), Sampling Techniques, eq. 5.1, 5.12 and 5.16 (Satterthwaite degrees of freedom).

    Examples
    --------
    >>> found = stratified_mean(strata=[StratumSample(population=900, n=30, mean=4.0, variance=1.0),
    ...                                 StratumSample(population=100, n=30, mean=2.0, variance=1.0)])
    >>> round(found.value, 9), round(found.standard_error, 4)
    (3.8, 0.1623)
    """
    fraction("level", level)
    if len(strata) == 0:
        raise NotEstimable(Reason.NO_DATA, needed=1, found=0)
    for stratum in strata:
        if count("n", stratum.n) < 2:
            raise NotEstimable(Reason.TOO_FEW_ANSWERS, needed=2, found=stratum.n)
        if count("population", stratum.population) < stratum.n:
            raise InvalidInput("population", f"a whole number >= n = {stratum.n}")
        real("mean", stratum.mean)
        real("variance", stratum.variance, minimum=0)
    total = sum(stratum.population for stratum in strata)
    value = fsum(stratum.population / total * stratum.mean for stratum in strata)
    parts = [(s.population / total) ** 2 * (1 - s.n / s.population) * s.variance / s.n for s in strata]
    variance = fsum(parts)
    n = sum(stratum.n for stratum in strata)
    if variance == 0:
        if n < total:
            raise NotEstimable(Reason.NO_VARIATION, n=n)
        reach = 0.0
    else:
        freedom = 1 / fsum((part / variance) ** 2 / (s.n - 1) for part, s in zip(parts, strata, strict=True))
        reach = float(special.stdtrit(freedom, 0.5 + level / 2)) * sqrt(variance)
    return Estimate(
        value=value,
        interval=Interval(low=value - reach, high=value + reach, level=level),
        n=n,
        unit=unit,
        method="stratified t, Satterthwaite (answers)",
        standard_error=sqrt(variance),
    )


def _codes(name: str, labels: Sequence[Hashable], n: int) -> tuple[NDArray[np.intp], int]:
    if len(labels) != n:
        raise InvalidInput(name, f"{n} labels, one per value")
    seen: dict[Hashable, int] = {}
    codes = np.array([seen.setdefault(label, len(seen)) for label in labels], dtype=np.intp)
    return codes, len(seen)
