"""One treated unit and many donors: the mix of donors that looked like it before the go-live."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import FloatArray, count, finite_vector, fraction
from cxstats.did.noise_models import noise_models
from cxstats.did.staggered import groups_of
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.power.planned import PlannedErrors
from cxstats.reference import normal_quantile, student_quantile, student_tail
from cxstats.results import Estimate, Interval, Unit
from cxstats.synthetic.weights import simplex_weights

_FOLDS = 4  # parts of the baseline that are left out of a fit in turn


@dataclass(frozen=True, kw_only=True, slots=True)
class SyntheticControl:
    """Result of `synthetic_control`.

    `weights` (J,) of the donors, `expected` (T,) their mix on the treated unit's level, `effect` the mean
    gap after the go-live; its interval and `p_value` come from one statistic, the gap beside the scatter of
    the placebos' gaps. `rank_p` is the share of units, the treated one included, with a standardized gap as
    large, `smallest_attainable_p` the least it can be. `fit_excess` is the pre-period error beyond
    sampling noise and beyond what donors show among each other, as a share of the outcome's standard
    deviation. `placebo_effects` (J,) are the donors' gaps over their own scales.
    """

    weights: FloatArray
    expected: FloatArray
    effect: Estimate
    interval_80: Interval
    p_value: float
    rank_p: float
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
        Known sampling variance of each value: keeps the weights from following noise, sets the scale of a
        gap and is taken out of the fit check.
    donor_noise : array (J, T), optional
    maximum_fit_excess : float > 0
        Largest pre-period error beyond noise and beyond that of the donors, as a share of the outcome's
        standard deviation.
    unit : Unit
    level : float in (0, 1)
        Of the interval.

    Returns
    -------
    SyntheticControl

    Raises
    ------
    InvalidInput
        Shapes that do not match, values that are not finite.
    NotEstimable
        TOO_FEW_UNITS, TOO_FEW_PERIODS (three before, one after), POOR_PRE_FIT, NO_VARIATION where every
        donor is a mix of the others.

    Notes
    -----
    With an intercept (both sides around their means before the go-live): Doudchenko & Imbens (2016), NBER
    22791; Ferman & Pinto (2021), Quantitative Economics 12:1197. Donors' means carry sampling noise: a fit
    without it takes a high unit for a mix of donors that happened to be high. The ridge is the sampling
    variance of a donor over the earlier periods: what the weights could gain by following noise. Placebos:
    Abadie, Diamond & Hainmueller (2010), JASA 105:493, section 3.4; their gaps are standardized by
    known noise plus the pooled rest and read as a sample, t with J degrees of freedom (for equal weights
    the comparison of one change with J of Conley & Taber 2011, REStat 93:113, with normal errors).

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
    fits = _fits(ours, pool, first, noise)
    errors, known = np.array([fit.error for fit in fits]), np.array([fit.known for fit in fits])
    latent = max(float(np.mean(errors[1:] - known[1:])), 0.0)
    excess = _poor_fit(fits, ours[:first], latent, maximum_fit_excess)
    typical = known + latent
    scales = typical if noise is not None else (typical + errors) / 2
    # A unit that fits worse than the donors among each other counts with its own error.
    scales[0] = max(float(scales[0]), float(errors[0]))
    floor = (1e-6 * max(float(np.abs(pool).max()), float(np.abs(ours).max()), 1e-300)) ** 2
    gaps = np.array([fit.gap for fit in fits]) / np.sqrt(np.maximum(scales, floor))
    scatter = float(np.sqrt(np.mean(gaps[1:] ** 2)))
    if scatter <= 0:
        raise NotEstimable(Reason.NO_VARIATION)
    value, freedom = fits[0].gap, len(pool)
    error = scatter * float(np.sqrt(max(float(scales[0]), floor)))

    def around(confidence: float) -> Interval:
        half = student_quantile((1 + confidence) / 2, freedom) * error
        return Interval(low=value - half, high=value + half, level=confidence)

    as_large = int(np.sum(np.abs(gaps[1:]) >= abs(float(gaps[0])) * (1 - 1e-9)))
    return SyntheticControl(
        weights=fits[0].weights,
        expected=fits[0].expected,
        effect=Estimate(
            value=value,
            interval=around(confidence),
            n=len(pool) + 1,
            unit=unit,
            method="synthetic_control_placebo",
            standard_error=error,
        ),
        interval_80=around(0.80),
        p_value=2 * student_tail(abs(value / error), freedom),
        rank_p=(as_large + 1) / (len(pool) + 1),
        smallest_attainable_p=1 / (len(pool) + 1),
        pre_error=float(np.sqrt(errors[0])),
        fit_excess=excess,
        placebo_effects=gaps[1:],
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


def planned_gap(
    *,
    treated: ArrayLike,
    donors: ArrayLike,
    treated_noise: ArrayLike,
    donor_noise: ArrayLike,
    planned: int,
    gap: int = 0,
    maximum_fit_excess: float = 0.25,
) -> PlannedErrors:
    """Errors of `synthetic_control` for periods that nobody has seen yet, for each model of the gaps' noise.

    Parameters
    ----------
    treated, treated_noise : sequences (T,)
        Baseline of the one unit and its known sampling variances.
    donors, donor_noise : arrays (J, T)
    planned : int >= 1
        Periods after the go-live.
    gap : int >= 0
        Periods between that belong to no side.
    maximum_fit_excess : float > 0

    Raises
    ------
    NotEstimable
        As `synthetic_control`: POOR_PRE_FIT, TOO_FEW_UNITS, TOO_FEW_PERIODS, NO_VARIATION.

    Notes
    -----
    How gaps wander is read from donors beside mixes of the others, each quarter of the baseline by a mix that
    was fitted to the rest: a mix follows the noise of the periods that it was fitted to. The evaluation ranks
    itself among the donors, t with J degrees of freedom.
    """
    later, between = count("planned", planned, minimum=1), count("gap", gap)
    length = np.asarray(treated).size
    after = np.zeros(1)  # the fit reads the time before alone
    ours = np.append(np.asarray(treated, dtype=np.float64), after)
    pool = np.column_stack([np.asarray(donors, dtype=np.float64), np.zeros(len(np.asarray(donors)))])
    ours, pool, first = _checked(ours, pool, length)
    own = np.append(np.asarray(treated_noise, dtype=np.float64), after)
    theirs = np.column_stack([np.asarray(donor_noise, dtype=np.float64), np.zeros(len(pool))])
    fits = _fits(ours, pool, first, _noise(own, theirs, ours, pool))
    latent = max(float(np.mean([fit.error - fit.known for fit in fits[1:]])), 0.0)
    _poor_fit(fits, ours[:first], latent, maximum_fit_excess)
    rest, known = _held_out(pool[:, :first], theirs[:, :first])
    everyone = np.zeros(len(pool), dtype=np.int64)
    models = noise_models(groups_of(rest, everyone), known, everyone)
    models = replace(models, noise=np.full((1, first), fits[0].known)).ahead(first + between + later)
    side = np.concatenate([np.full(first, -1.0 / first), np.zeros(between), np.full(later, 1.0 / later)])
    variances = models.variances(side[None, :], np.ones(1))
    if not np.all(variances > 0):
        raise NotEstimable(Reason.NO_VARIATION)
    return PlannedErrors(weights=models.weights, errors=np.sqrt(variances), freedom=float(len(pool)))


def _held_out(pool: FloatArray, noise: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Gaps (J, T) of donors in periods that their mixes were not fitted to, and the known part of their
    variance."""
    periods = pool.shape[1]
    gaps, known = np.zeros(pool.shape), np.zeros(pool.shape)
    folds = min(_FOLDS, periods // 2)
    for fold in (np.arange(first, periods, folds) for first in range(folds)):
        seen = np.setdiff1d(np.arange(periods), fold)
        ridge = seen.size * float(noise[:, seen].mean())
        for j in range(len(pool)):
            others, their_noise = np.delete(pool, j, axis=0), np.delete(noise, j, axis=0)
            mix = simplex_weights(
                target=pool[j, seen], sources=others[:, seen].T, ridge=ridge, intercept=True
            )
            apart = pool[j] - mix @ others
            gaps[j, fold] = apart[fold] - apart[seen].mean()
            known[j, fold] = noise[j, fold] + mix**2 @ their_noise[:, fold]
    return gaps, known


def _fits(
    ours: FloatArray, pool: FloatArray, first: int, noise: tuple[FloatArray, FloatArray] | None
) -> list["_Fit"]:
    """The treated unit beside a mix of donors, and each donor beside a mix of the others."""
    ridge = 0.0 if noise is None else first * float(noise[1][:, :first].mean())
    fits = [_fit(ours, pool, first, ridge, noise)]
    for j in range(len(pool)):
        rest = None if noise is None else (noise[1][j], np.delete(noise[1], j, axis=0))
        fits.append(_fit(pool[j], np.delete(pool, j, axis=0), first, ridge, rest))
    return fits


def _poor_fit(fits: list["_Fit"], ours: FloatArray, latent: float, limit: float) -> float:
    """What is left of the treated unit before the go-live beyond gaps like those of the donors; refuses where
    that is too much."""
    # What gaps like those of the donors come to in so many periods; more one time in a hundred.
    most = (fits[0].known + latent) * (1.0 + normal_quantile(0.99) * np.sqrt(2.0 / ours.size))
    excess = _excess(float(fits[0].error - most), ours)
    if excess > limit:
        raise NotEstimable(Reason.POOR_PRE_FIT, excess=excess, limit=limit)
    return excess


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


@dataclass(frozen=True, kw_only=True, slots=True)
class _Fit:
    """One unit beside a mix of others: mean gap after the go-live, mean squared gap before it, the part of
    it that is known sampling noise."""

    weights: FloatArray
    expected: FloatArray
    gap: float
    error: float
    known: float


def _fit(
    ours: FloatArray,
    pool: FloatArray,
    first: int,
    ridge: float,
    noise: tuple[FloatArray, FloatArray] | None,
) -> _Fit:
    """The mix of others that moved as this unit did before the go-live, put on its level."""
    weights = simplex_weights(target=ours[:first], sources=pool[:, :first].T, ridge=ridge, intercept=True)
    mixed = weights @ pool
    expected = mixed - mixed[:first].mean() + ours[:first].mean()
    gap = ours - expected
    known = 0.0
    if noise is not None:
        known = float(noise[0][:first].mean() + (weights**2 @ noise[1][:, :first]).mean())
    return _Fit(
        weights=weights,
        expected=np.asarray(expected, dtype=np.float64),
        gap=float(gap[first:].mean()),
        error=float(np.mean(gap[:first] ** 2)),
        known=known,
    )


def _excess(beyond: float, ours: FloatArray) -> float:
    """Root of what is left of the pre-period error over the outcome's standard deviation; 0 where it fits."""
    spread = float(ours.std(ddof=1))
    if spread == 0:
        return 0.0 if beyond <= 1e-18 else float("inf")
    return float(np.sqrt(max(beyond, 0.0))) / spread
