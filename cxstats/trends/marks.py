"""Marks on a series: is this period better or worse than the series usually wanders, and is it an alarm?"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import pi, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxstats.checks import FloatArray, count, finite_vector, fraction
from cxstats.control import ShiftAlert, shift_alerts
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.later import special
from cxstats.results import Interval
from cxstats.trends.model import OneStep, one_step

LEAST_PAST = 3  # periods that must lie before one that is judged
MARK_LEVEL = 0.05  # of a period's predictive distribution lies beyond a mark, both tails together
ALERT_LEVEL = 0.0027
ALARMS_A_YEAR = 0.06  # periods that come often ask for more, or their false alarms add up
CLEAR_AFTER = 5
_NEGLIGIBLE = 1e-7  # weight of a model that is left out
_LEAST_TAIL = 1e-300  # a normal value beyond 37 has no number for its tail


class Mark(StrEnum):
    """What may be said of one period beside all earlier ones."""

    BETTER = "better"
    WORSE = "worse"
    NONE = "none"  # within what the series usually wanders
    TOO_EARLY = "too_early"  # not enough earlier periods
    NOT_MEASURED = "not_measured"  # nothing was measured in it


@dataclass(frozen=True, kw_only=True, slots=True)
class PeriodMark:
    """One period. All figures are None where it is too early or nothing was measured.

    `expected` with `interval` is what the earlier periods let expect of this period's value; `innovation`
    the distance from it as a standard normal value; `tail` the chance of being as far from it when nothing
    happened, both sides together. `signal` is +1 or -1 where `tail` is below the alert level (up or down).
    """

    mark: Mark
    past: int  # measured periods before it
    expected: float | None = None
    interval: Interval | None = None
    innovation: float | None = None
    tail: float | None = None
    signal: int = 0

    @property
    def is_judged(self) -> bool:
        return self.tail is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class TrendMarks:
    """A mark for each period, in order of time, and alerts: one per shift, cleared after five calm ones."""

    periods: tuple[PeriodMark, ...]
    alerts: tuple[ShiftAlert, ...]

    @property
    def latest(self) -> PeriodMark:
        return self.periods[-1]


def alert_level_for(periods_a_year: float) -> float:
    """Tail below which a period raises an alert: .0027, or less where periods come often.

    Parameters
    ----------
    periods_a_year : float
        52 for weeks, > 0.

    Returns
    -------
    float
        In (0, .0027].

    Source
    ------
    Three-sigma limits (Shewhart 1931); for frequent periods so that 0.06 false alarms a year are expected.

    Examples
    --------
    >>> alert_level_for(12), round(alert_level_for(52), 5)
    (0.0027, 0.00115)
    """
    if periods_a_year <= 0:
        raise InvalidInput("periods_a_year", "a number > 0")
    return min(ALERT_LEVEL, ALARMS_A_YEAR / periods_a_year)


def trend_marks(
    *,
    values: ArrayLike | Sequence[float],
    sizes: ArrayLike | Sequence[float],
    variances: ArrayLike | Sequence[float],
    season: int | None = None,
    higher_is_better: bool = True,
    mark_level: float = MARK_LEVEL,
    alert_level: float = ALERT_LEVEL,
    level: float = 0.95,
) -> TrendMarks:
    """Mark every period against all earlier ones.

    Parameters
    ----------
    values : array_like of float, shape (periods,)
        The metric per period, one entry for every period of the calendar; not read where the size is 0.
    sizes : array_like of float, shape (periods,)
        Answers (cases, exposure) behind each value, >= 0; 0: nothing measured.
    variances : array_like of float, shape (periods,)
        Variance of one answer (per unit of exposure) in each period, >= 0, so that a value's sampling
        variance is variance / size. Not read where the size is 0. Pooled over a period and those before it.
    season : int, optional
        Periods in one season (12 months, 52 weeks, 4 quarters, 7 days), >= 2; None: no season.
    higher_is_better : bool
        False turns the words around.
    mark_level : float
        Tail of a mark in (0, 1), both sides together.
    alert_level : float
        Tail of an alert in (0, 1); see `alert_level_for`.
    level : float
        Nominal coverage of the expected ranges in (0, 1).

    Returns
    -------
    TrendMarks
        TOO_EARLY for periods with fewer than three measured ones before them. A mark uses earlier periods
        only: appending periods changes none.

    Raises
    ------
    InvalidInput
        Lists of different length, sizes or variances below 0, values that are not finite.

    Notes
    -----
    Time costs periods cubed: some hundred periods are meant, not thousands.

    Source
    ------
    Random effects in time with known sampling variance: Harvey (1989), Forecasting, structural time series
    models and the Kalman filter; weights of the models by the likelihood of the past: Hoeting, Madigan,
    Raftery and Volinsky (1999), Bayesian model averaging: a tutorial, Statistical Science 14:382.

    Examples
    --------
    >>> found = trend_marks(values=[30, 33, 28, 31, 29, 32, 30, 70], sizes=[100] * 8, variances=[6000] * 8)
    >>> found.latest.mark.value, round(found.latest.expected), found.periods[0].mark.value
    ('better', 30, 'too_early')
    """
    judge = _Judge(
        higher_is_better=higher_is_better, mark_level=mark_level, alert_level=alert_level, level=level
    )
    found = _Series.of(values, sizes, variances)
    periods = [PeriodMark(mark=Mark.NOT_MEASURED, past=0) for _ in range(found.values.size)]
    for past, place in enumerate(found.places):
        periods[place] = PeriodMark(mark=Mark.TOO_EARLY, past=past)
    if found.places.size > LEAST_PAST:
        steps = found.steps(season)
        for past, place in enumerate(found.places[LEAST_PAST:], start=LEAST_PAST):
            periods[place] = judge.of(steps, past, float(found.values[place]))
    return TrendMarks(
        periods=tuple(periods),
        alerts=shift_alerts(
            out=[one.signal for one in periods],
            charted=[one.is_judged for one in periods],
            clear_after=CLEAR_AFTER,
        ),
    )


def latest_mark(
    *,
    values: ArrayLike | Sequence[float],
    sizes: ArrayLike | Sequence[float],
    variances: ArrayLike | Sequence[float],
    season: int | None = None,
    higher_is_better: bool = True,
    mark_level: float = MARK_LEVEL,
    alert_level: float = ALERT_LEVEL,
    level: float = 0.95,
) -> PeriodMark:
    """Mark the last period alone: what `trend_marks` says of it, in less time.

    Parameters
    ----------
    values, sizes, variances, season, higher_is_better, mark_level, alert_level, level
        As in `trend_marks`.

    Returns
    -------
    PeriodMark
        Of the last period, always judged.

    Raises
    ------
    NotEstimable
        NO_DATA where nothing was measured in the last period (or nothing has varied yet, so that nothing is
        known of its noise); TOO_FEW_PERIODS with fewer than three measured ones before it.
    InvalidInput
        As `trend_marks`.

    Source
    ------
    As `trend_marks`.

    Examples
    --------
    >>> found = latest_mark(values=[30, 33, 28, 31, 29, 12], sizes=[100] * 6, variances=[6000] * 6)
    >>> found.mark.value, found.interval.low < 30 < found.interval.high
    ('none', True)
    """
    judge = _Judge(
        higher_is_better=higher_is_better, mark_level=mark_level, alert_level=alert_level, level=level
    )
    found = _Series.of(values, sizes, variances)
    past = found.places.size - 1
    if past < 0 or found.places[-1] != found.values.size - 1:
        raise NotEstimable(Reason.NO_DATA)
    if past < LEAST_PAST:
        raise NotEstimable(Reason.TOO_FEW_PERIODS, needed=LEAST_PAST + 1, found=past + 1)
    return judge.of(found.steps(season), past, float(found.values[-1]))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Series:
    """`noise`: sampling variance of each value; `places`: of the periods in which there is a value."""

    values: FloatArray
    noise: FloatArray
    places: NDArray[np.intp]

    @classmethod
    def of(
        cls,
        values: ArrayLike | Sequence[float],
        sizes: ArrayLike | Sequence[float],
        variances: ArrayLike | Sequence[float],
    ) -> "_Series":
        """The variance of one answer is pooled over a period and those before it.

        A variance from few answers is low where the value is extreme (8 of 8): with its own alone, quiet
        periods with few answers would be marked. While nothing has varied yet, nothing is known of the noise.
        """
        heights, weights = finite_vector("values", values), finite_vector("sizes", sizes)
        spreads = finite_vector("variances", variances)
        if not heights.size == weights.size == spreads.size:
            raise InvalidInput("sizes", "as many sizes and variances as values")
        if np.any(weights < 0) or np.any(spreads < 0):
            raise InvalidInput("sizes", "sizes and variances >= 0")
        total = np.cumsum(weights)
        pooled = np.cumsum(weights * spreads) / np.where(total > 0, total, 1.0)
        seen = (weights > 0) & (pooled > 0)
        return cls(values=heights, noise=pooled / np.where(seen, weights, 1.0), places=np.flatnonzero(seen))

    def steps(self, season: int | None) -> OneStep:
        """What each period was to be expected from those before it."""
        if season is not None:
            count("season", season, minimum=2)
        noise = self.noise[self.places]
        return one_step(
            values=self.values[self.places],
            noise=noise,
            time=tuple(self.places.tolist()),
            # the scale of the grid is that of the first periods, which every judged one has in its past
            unit=float(np.sqrt(np.median(noise[:LEAST_PAST]))),
            season=season,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Judge:
    """Reads one period beside the mixture of all models' predictions."""

    higher_is_better: bool
    mark_level: float
    alert_level: float
    level: float

    def __post_init__(self) -> None:
        for name in ("mark_level", "alert_level", "level"):
            fraction(name, getattr(self, name))

    def of(self, steps: OneStep, past: int, value: float) -> PeriodMark:
        height = steps.log_weight[:, past]
        weight = np.exp(height - height.max())
        weight /= weight.sum()
        held = weight > _NEGLIGIBLE
        weight, mean, sd = weight[held] / weight[held].sum(), steps.mean[held, past], steps.sd[held, past]
        z = (value - mean) / sd
        # each side by itself, so that a small tail is not what rounding leaves of 1
        below, above = float(weight @ special.ndtr(z)), float(weight @ special.ndtr(-z))
        tail = min(1.0, 2.0 * min(below, above))
        way = 1 if above < below else -1
        mark = Mark.NONE
        if tail < self.mark_level:
            mark = Mark.BETTER if (way > 0) == self.higher_is_better else Mark.WORSE
        return PeriodMark(
            mark=mark,
            past=past,
            expected=float(weight @ mean),
            interval=Interval(
                low=_quantile((1 - self.level) / 2, weight, mean, sd),
                high=_quantile((1 + self.level) / 2, weight, mean, sd),
                level=self.level,
            ),
            innovation=-way * float(special.ndtri(max(tail / 2, _LEAST_TAIL))),
            tail=tail,
            signal=way if tail < self.alert_level else 0,
        )


def _quantile(share: float, weight: FloatArray, mean: FloatArray, sd: FloatArray) -> float:
    """Of the mixture: Newton's steps, halving where one would leave what is known to hold the answer."""
    ends = mean + NormalDist().inv_cdf(share) * sd
    low, high = float(ends.min()), float(ends.max())
    at = float(weight @ ends)
    enough = 1e-9 * float(sd.min())
    for _ in range(100):
        z = (at - mean) / sd
        excess = float(weight @ special.ndtr(z)) - share
        low, high = (low, at) if excess > 0 else (at, high)
        density = float((weight / sd) @ np.exp(-0.5 * z**2)) / sqrt(2.0 * pi)
        following = at - excess / density if density > 0 else low
        if not low < following < high:
            following = (low + high) / 2
        if abs(following - at) <= enough:
            break
        at = following
    return at
