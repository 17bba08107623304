"""One treated unit and many donors: the mix of donors that looked like it before the go-live."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import FloatArray, count, finite_vector, fraction
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.results import Estimate, Interval, Unit
from cxstats.synthetic.weights import simplex_weights


@dataclass(frozen=True, kw_only=True, slots=True)
class SyntheticControl:
    """Result of `synthetic_control`.

    `weights` (J,) of the donors, `expected` (T,) their mix, `effect` the mean gap after the go-live with an
    interval from the placebos, `p_value` the rank of the ratio of post to pre error among the placebos,
    `smallest_attainable_p` what it could have been at best. `fit_excess` is the pre-period error beyond
    sampling noise as a share of the outcome's standard deviation. `reach` scales each donor's placebo gap.
    """

    weights: FloatArray
    expected: FloatArray
    effect: Estimate
    interval_80: Interval
    p_value: float
    smallest_attainable_p: float
    pre_error: float
    fit_excess: float
    placebo_effects: FloatArray


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """The same effect by three defensible estimators; their spread is part of the answer."""

    difference_in_differences: float
    synthetic_control: float
    synthetic_difference_in_differences: float

    @property
    def low(self) -> float:
        return min(
            self.difference_in_differences, self.synthetic_control, self.synthetic_difference_in_differences
        )

    @property
    def high(self) -> float:
        return max(
            self.difference_in_differences, self.synthetic_control, self.synthetic_difference_in_differences
        )


def synthetic_control(
    *,
    treated: ArrayLike,
    donors: ArrayLike,
    start: int,
    treated_noise: ArrayLike | None = None,
    donor_noise: ArrayLike | None = None,
    maximum_fit_excess: float = 0.25,
    unit: Unit = Unit.POINTS,
    level: float = 0.95,
) -> SyntheticControl:
    """Effect on one unit against a weighted mix of donors.

    Parameters
    ----------
    treated : sequence (T,)
    donors : array (J, T)
        At least two units that the initiative did not touch, same periods.
    start : int
        Column of the first period after the go-live.
    treated_noise : sequence (T,), optional
        Known sampling variance of each value; taken out of the fit check.
    donor_noise : array (J, T), optional
    maximum_fit_excess : float > 0
        Largest pre-period error beyond noise, as a share of the outcome's standard deviation.
    unit : Unit
    level : float in (0, 1)
        Of the interval: the treated gap plus and minus the placebo gaps, scaled to the treated unit's
        pre-period error. Where ``J + 1 < 1 / (1 - level)`` the widest possible interval is given.

    Returns
    -------
    SyntheticControl

    Raises
    ------
    InvalidInput
        Shapes that do not match, values that are not finite.
    NotEstimable
        TOO_FEW_UNITS, TOO_FEW_PERIODS (three before, one after), OUTSIDE_DONOR_RANGE where the treated
        unit's earlier mean lies beyond all donors, POOR_PRE_FIT.

    Notes
    -----
    Sources: Abadie, Diamond & Hainmueller (2010), JASA 105:493, section 2 and 3.4 (placebos,
    ratio of errors); Firpo & Possebom (2018), J Causal Inference 6, on intervals by inverting the placebo
    test.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> common = rng.normal(size=30).cumsum()
    >>> pool = common + rng.normal(size=(20, 1)) * 3 + rng.normal(size=(20, 30)) * 0.2
    >>> ours = pool[:5].mean(axis=0) + 4.0 * (np.arange(30) >= 20)
    >>> found = synthetic_control(treated=ours, donors=pool[1:], start=20)
    >>> abs(found.effect.value - 4) < 0.3, round(found.smallest_attainable_p, 3)
    (True, 0.05)
    """
    ours, pool, first = _checked(treated, donors, start)
    confidence = fraction("level", level)
    noise = _noise(treated_noise, donor_noise, ours, pool)
    averages = pool[:, :first].mean(axis=1)
    center = float(ours[:first].mean())
    if not averages.min() <= center <= averages.max():
        raise NotEstimable(
            Reason.OUTSIDE_DONOR_RANGE,
            treated=center,
            lowest=float(averages.min()),
            highest=float(averages.max()),
        )
    weights = simplex_weights(target=ours[:first], sources=pool[:, :first].T)
    expected = weights @ pool
    gap = ours - expected
    pre_error = float(np.sqrt(np.mean(gap[:first] ** 2)))
    excess = _excess(gap[:first], weights, ours[:first], noise, first)
    if excess > maximum_fit_excess:
        raise NotEstimable(Reason.POOR_PRE_FIT, excess=excess, limit=maximum_fit_excess)
    placebo_gaps, placebo_ratios = _placebos(pool, first)
    ratio = _ratio(gap, first)
    # Rank by the ratio; interval by the gaps scaled to this unit's own pre-period error.
    as_large = int(np.sum(placebo_ratios >= ratio * (1 - 1e-9)))
    scaled = np.abs(placebo_gaps) * _floor(gap[:first], ours)
    value = float(gap[first:].mean())
    return SyntheticControl(
        weights=weights,
        expected=expected,
        effect=Estimate(
            value=value,
            interval=_around(value, scaled, confidence),
            n=len(pool) + 1,
            unit=unit,
            method="synthetic_control_placebo",
            standard_error=None,
        ),
        interval_80=_around(value, scaled, 0.80),
        p_value=(as_large + 1) / (len(pool) + 1),
        smallest_attainable_p=1 / (len(pool) + 1),
        pre_error=pre_error,
        fit_excess=excess,
        placebo_effects=placebo_gaps,
    )


def span(*, treated: ArrayLike, donors: ArrayLike, start: int) -> Span:
    """Difference in differences, synthetic control and synthetic difference in differences side by side.

    Parameters
    ----------
    treated : sequence (T,)
    donors : array (J, T)
    start : int

    Returns
    -------
    Span

    Notes
    -----
    Source: Arkhangelsky, Athey, Hirshberg, Imbens & Wager (2021), American Economic Review 111:4088,
    eq. 1 and algorithm 1: unit weights with ridge ``zeta^2 T0``, ``zeta = (N1 T1)^(1/4)`` times the standard
    deviation of first differences.

    Examples
    --------
    >>> pool = np.array([[1.0, 2.0, 3.0, 4.0], [2.0, 3.0, 4.0, 5.0], [4.0, 5.0, 6.0, 7.0]])
    >>> found = span(treated=[1.5, 2.5, 3.5, 7.5], donors=pool, start=3)
    >>> round(found.low, 6), round(found.high, 6)
    (3.0, 3.0)
    """
    ours, pool, first = _checked(treated, donors, start)
    plain = (ours[first:].mean() - ours[:first].mean()) - (pool[:, first:].mean() - pool[:, :first].mean())
    weights = simplex_weights(target=ours[:first], sources=pool[:, :first].T)
    synthetic = float((ours - weights @ pool)[first:].mean())
    differences = np.diff(pool[:, :first], axis=1)
    spread = float(differences.std(ddof=1))
    after = ours.size - first
    units = simplex_weights(
        target=ours[:first],
        sources=pool[:, :first].T,
        ridge=np.sqrt(after) * spread**2 * first,
        intercept=True,
    )
    periods = simplex_weights(
        target=pool[:, first:].mean(axis=1),
        sources=pool[:, :first],
        ridge=(1e-6 * spread) ** 2 * len(pool),
        intercept=True,
    )
    contrast = ours - units @ pool
    return Span(
        difference_in_differences=float(plain),
        synthetic_control=synthetic,
        synthetic_difference_in_differences=float(contrast[first:].mean() - periods @ contrast[:first]),
    )


def _checked(treated: ArrayLike, donors: ArrayLike, start: int) -> tuple[FloatArray, FloatArray, int]:
    ours = finite_vector("treated", treated)
    pool = np.asarray(donors, dtype=np.float64)
    if pool.ndim != 2 or pool.shape[1] != ours.size or not np.all(np.isfinite(pool)):
        raise InvalidInput("donors", f"a complete finite table of {ours.size} periods, one row per donor")
    first = count("start", start)
    if len(pool) < 2:
        raise NotEstimable(Reason.TOO_FEW_UNITS, needed=2, found=len(pool))
    if first < 3 or first >= ours.size:
        raise NotEstimable(Reason.TOO_FEW_PERIODS, needed=3, before=first, after=int(ours.size) - first)
    return ours, pool, first


def _noise(
    treated_noise: ArrayLike | None, donor_noise: ArrayLike | None, ours: FloatArray, pool: FloatArray
) -> tuple[FloatArray, FloatArray] | None:
    if treated_noise is None or donor_noise is None:
        return None
    own = finite_vector("treated_noise", treated_noise)
    theirs = np.asarray(donor_noise, dtype=np.float64)
    if own.size != ours.size or np.any(own < 0):
        raise InvalidInput("treated_noise", f"{ours.size} variances >= 0")
    if theirs.shape != pool.shape or not np.all(theirs >= 0):
        raise InvalidInput("donor_noise", "variances >= 0, as many as donor values")
    return own, theirs


def _excess(
    gap: FloatArray,
    weights: FloatArray,
    ours: FloatArray,
    noise: tuple[FloatArray, FloatArray] | None,
    first: int,
) -> float:
    """Pre-period error beyond sampling noise over the outcome's standard deviation; 0 where it fits."""
    known = 0.0
    if noise is not None:
        known = float(noise[0][:first].mean() + (weights**2 @ noise[1][:, :first]).mean())
    beyond = max(float(np.mean(gap**2)) - known, 0.0)
    spread = float(ours.std(ddof=1))
    if spread == 0:
        return 0.0 if beyond <= 1e-18 else float("inf")
    return float(np.sqrt(beyond)) / spread


def _placebos(pool: FloatArray, first: int) -> tuple[FloatArray, FloatArray]:
    """Each donor as if treated: its mean post gap over its own pre-period error, and its error ratio."""
    gaps, ratios = np.empty(len(pool)), np.empty(len(pool))
    for j in range(len(pool)):
        others = np.delete(pool, j, axis=0)
        weights = simplex_weights(target=pool[j, :first], sources=others[:, :first].T)
        gap = pool[j] - weights @ others
        gaps[j] = gap[first:].mean() / _floor(gap[:first], pool[j])
        ratios[j] = _ratio(gap, first)
    return gaps, ratios


def _floor(gap: FloatArray, values: FloatArray) -> float:
    """Root mean square of a pre-period gap, kept away from 0 where donors reproduce the unit exactly."""
    return max(float(np.sqrt(np.mean(gap**2))), 1e-6 * float(np.max(np.abs(values))), 1e-300)


def _ratio(gap: FloatArray, first: int) -> float:
    return float(np.sqrt(np.mean(gap[first:] ** 2))) / _floor(gap[:first], gap)


def _around(value: float, scaled: FloatArray, level: float) -> Interval:
    """Value plus and minus the placebo quantile; rank ``ceil(level (J + 1))``, at most J."""
    rank = min(int(np.ceil(level * (scaled.size + 1))), scaled.size)
    half = float(np.sort(scaled)[rank - 1])
    return Interval(low=value - half, high=value + half, level=level)
