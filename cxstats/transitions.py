"""What customers do after a step: go on, turn to another channel, or are not heard again.

Three outcomes that shut each other out, and customers whose time is not over yet. Knows nothing of
touchpoints or answers: a customer arrives as a time and an outcome.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxstats.checks import FloatArray, count, finite_vector, fraction, real
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.results import Estimate, Interval, Unit
from cxstats.voc.shares import wilson

METHOD = "Aalen-Johansen, Wilson limits at the effective number (customers)"
LEAST_GONE_ON = 5  # fewer say nothing of the time that it takes
EDGE = 1e-12  # two shares closer than this are the same: sums of fractions carry rounding


class Outcome(IntEnum):
    """What happened first. OPEN: neither, for as long as the customer has been watched."""

    OPEN = 0
    ON = 1
    ASIDE = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeToGoOn:
    """Of those who go on within the window: by when half of them have, and the middle half.

    `low` and `high` are the limits of `median`; `high` is None where the data set none. In the unit of the
    times.
    """

    median: float
    low: float
    high: float | None
    first_quarter: float
    third_quarter: float
    n: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Transition:
    """Shares (0..1) after one step; `on`, `aside` and `out` add up to 1.

    `known`: customers whose outcome is known; `unknown`: neither yet, and their window is not over. `time` is
    None where fewer than five went on.
    """

    on: Estimate
    aside: Estimate
    out: Estimate
    time: TimeToGoOn | None
    n: int
    known: int
    unknown: int
    window: float


def transition(
    *,
    times: ArrayLike | Sequence[float],
    outcomes: ArrayLike | Sequence[int],
    window: float,
    least: int = 5,
    level: float = 0.95,
) -> Transition:
    """Share of customers who go on, turn aside or do neither within a window.

    Parameters
    ----------
    times : array_like of float, shape (n,)
        From the step to the outcome, or for how long the customer has been watched; > 0, in one unit.
    outcomes : array_like of int, shape (n,)
        An `Outcome` for each. What happens after the window counts as nothing within it.
    window : float
        In the unit of the times, > 0.
    least : int
        So many customers are needed, and so many of known outcome.
    level : float
        Nominal coverage in (0, 1).

    Returns
    -------
    Transition
        Cumulative incidence at the end of the window. Its variance is that of the delta method; the limits
        are Wilson's with the number of customers that would give this variance without anybody unknown, so
        that they are plain Wilson limits where everybody's window is over. At 0 and 1 the number of known
        outcomes stands for it.

    Raises
    ------
    NotEstimable
        TOO_FEW_ANSWERS with fewer than `least` customers; NOT_FOLLOWED where fewer than `least` outcomes are
        known, or nobody has been watched to the end of the window.
    InvalidInput
        Times that are not finite or not above 0, unknown outcomes, lists of different length.

    Notes
    -----
    Assumes that when a customer came says nothing of what the customer does next.

    Source
    ------
    Aalen and Johansen (1978), Scand. J. Statist. 5:141-150; variance: Marubini and Valsecchi (1995),
    Analysing Survival Data from Clinical Trials and Observational Studies, section 10.2; limits: Wilson
    (1927), JASA 22:209-212, at an effective number as in Korn and Graubard (1998), Survey Methodology
    24:193-201; limits of the median: Woodruff (1952), JASA 47:635-646.

    Examples
    --------
    >>> found = transition(times=[1, 2, 3, 9, 9], outcomes=[1, 1, 2, 0, 0], window=9)
    >>> [round(one.value, 9) for one in (found.on, found.aside, found.out)], found.unknown
    ([0.4, 0.2, 0.4], 0)
    """
    limit, enough = real("window", window), count("least", least, minimum=1)
    z = NormalDist().inv_cdf(0.5 + fraction("level", level) / 2)
    if limit <= 0:
        raise InvalidInput("window", "a number > 0")
    time, outcome = _checked(times, outcomes)
    late = time > limit
    time, outcome = np.where(late, limit, time), np.where(late, int(Outcome.OPEN), outcome)
    unknown = int(np.sum((outcome == Outcome.OPEN) & (time < limit)))
    n, known = int(time.size), int(time.size) - unknown
    if n < enough:
        raise NotEstimable(Reason.TOO_FEW_ANSWERS, needed=enough, found=n)
    curves = _Curves.of(time, outcome)
    is_watched = bool(np.any((outcome == Outcome.OPEN) & (time == limit)))
    if known < enough or (not is_watched and curves.still[-1] > EDGE):
        raise NotEstimable(Reason.NOT_FOLLOWED, needed=enough, found=known, window=limit)
    shares = [
        _share(curves, events, known=known, n=n, z=z, level=level)
        for events in (curves.on, curves.aside, curves.on + curves.aside)
    ]
    return Transition(
        on=shares[0],
        aside=shares[1],
        out=_rest(shares[2]),
        time=_time(curves, z),
        n=n,
        known=known,
        unknown=unknown,
        window=limit,
    )


def _checked(
    times: ArrayLike | Sequence[float], outcomes: ArrayLike | Sequence[int]
) -> tuple[FloatArray, NDArray[np.int64]]:
    time = finite_vector("times", times, minimum=0)
    if np.any(time <= 0):
        raise InvalidInput("times", "numbers > 0")
    outcome = np.asarray(outcomes, dtype=np.int64)
    if outcome.shape != time.shape:
        raise InvalidInput("outcomes", f"{time.size} outcomes, one per time")
    if not np.all(np.isin(outcome, [int(one) for one in Outcome])):
        raise InvalidInput("outcomes", "0 (open), 1 (went on) or 2 (turned aside)")
    return time, outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class _Curves:
    """At each distinct time of an outcome: who was at risk, how many went on and aside; `before` and `still`
    are the shares without an outcome just before and just after."""

    times: FloatArray
    at_risk: FloatArray
    on: FloatArray
    aside: FloatArray
    before: FloatArray
    still: FloatArray

    @classmethod
    def of(cls, time: FloatArray, outcome: NDArray[np.int64]) -> "_Curves":
        """A time without an outcome stands at the front, so that no curve is empty."""
        at = np.concatenate([[0.0], np.unique(time[outcome != Outcome.OPEN])])
        on, aside = (
            np.bincount(np.searchsorted(at, time[outcome == kind]), minlength=at.size).astype(np.float64)
            for kind in (Outcome.ON, Outcome.ASIDE)
        )
        at_risk = (time.size - np.searchsorted(np.sort(time), at, side="left")).astype(np.float64)
        still = np.cumprod(1.0 - (on + aside) / at_risk)
        before = np.concatenate([[1.0], still[:-1]])
        return cls(times=at, at_risk=at_risk, on=on, aside=aside, before=before, still=still)

    def incidence(self, events: FloatArray) -> FloatArray:
        """Share to whom it has happened, just after each time."""
        return np.cumsum(self.before * events / self.at_risk)

    def variance(self, events: FloatArray) -> float:
        """Of the share at the end, by the delta method."""
        share = self.incidence(events)
        any_event = self.on + self.aside
        left = self.at_risk - any_event
        to_come = share[-1] - share
        # what nobody is left to do cannot vary any more; to_come is 0 there too
        of_all = any_event / (self.at_risk * np.where(left == 0, 1.0, left))
        first = np.sum(to_come**2 * np.where(left == 0, 0.0, of_all))
        second = np.sum(self.before**2 * (self.at_risk - events) * events / self.at_risk**3)
        mixed = np.sum(to_come * self.before * events / self.at_risk**2)
        return max(0.0, float(first + second - 2.0 * mixed))


def _share(curves: _Curves, events: FloatArray, *, known: int, n: int, z: float, level: float) -> Estimate:
    value = min(1.0, float(curves.incidence(events)[-1]))
    variance = curves.variance(events)
    is_inside = EDGE < value < 1.0 - EDGE and variance > 0.0
    value = value if is_inside else float(round(value))
    worth = min(float(n), value * (1.0 - value) / variance) if is_inside else float(known)
    low, high = wilson(value, 1.0 / worth, z)
    return _estimate(value, float(low), float(high), n, level, variance)


def _rest(both: Estimate) -> Estimate:
    """The share to whom nothing happened."""
    low, high = 1.0 - both.interval.high, 1.0 - both.interval.low
    error = both.standard_error or 0.0
    return _estimate(1.0 - both.value, low, high, both.n, both.interval.level, error**2)


def _estimate(value: float, low: float, high: float, n: int, level: float, variance: float) -> Estimate:
    return Estimate(
        value=value,
        interval=Interval(low=low, high=high, level=level),
        n=n,
        unit=Unit.SHARE,
        method=METHOD,
        standard_error=float(np.sqrt(variance)),
    )


def _time(curves: _Curves, z: float) -> TimeToGoOn | None:
    """Each who went on weighs as many as are unknown like him, so slow ones are not missing."""
    gone = int(curves.on.sum())
    if gone < LEAST_GONE_ON:
        return None
    share = curves.incidence(curves.on)
    reached = share / share[-1]
    weight = curves.before / curves.at_risk  # of one who went on then
    worth = float((weight @ curves.on) ** 2 / (weight**2 @ curves.on))
    half = z * float(np.sqrt(0.25 / worth))

    def when(part: float) -> float:
        return float(curves.times[int(np.argmax(reached >= part - EDGE))])

    return TimeToGoOn(
        median=when(0.5),
        low=when(max(0.5 - half, EDGE * 2)),
        high=when(0.5 + half) if 0.5 + half < 1.0 else None,
        first_quarter=when(0.25),
        third_quarter=when(0.75),
        n=gone,
    )
