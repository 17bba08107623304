"""From signals to alerts: one per shift, cleared only after calm."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import count, finite_vector, real
from cxstats.errors import InvalidInput
from cxstats.voc.counts import count_arrays


@dataclass(frozen=True, kw_only=True, slots=True)
class ShiftAlert:
    """One alert. `start`: period of the first signal; `last_signal`: of the latest in its direction.

    `cleared`: period at which calm was confirmed or the opposite signal came; None while it stands.
    `direction`: +1 above, -1 below.
    """

    direction: int
    start: int
    last_signal: int
    cleared: int | None


def shift_alerts(
    *,
    out: ArrayLike | Sequence[int],
    charted: Sequence[bool] | None = None,
    clear_after: int = 5,
) -> tuple[ShiftAlert, ...]:
    """One alert per shift: raised by the first signal, cleared after calm.

    Parameters
    ----------
    out : array_like of int, shape (periods,)
        +1, 0 or -1 per period, as charts give it.
    charted : sequence of bool, optional
        False where a period had too few answers: it neither signals nor counts as calm.
    clear_after : int
        In-control periods in a row that clear an alert, >= 1.

    Returns
    -------
    tuple of ShiftAlert
        In order of time. A signal in the other direction clears the standing alert and raises a new one.

    Raises
    ------
    InvalidInput
        Signals other than -1, 0, 1, or lists of different length.

    Source
    ------
    Hysteresis as in alarm management (ANSI/ISA-18.2-2016, off-delay).

    Examples
    --------
    >>> [alert.start for alert in shift_alerts(out=[0, 1, 0, 1, 0, 0, 0, 0, 0, 1])]
    [1, 9]
    """
    signals = finite_vector("out", out, minimum=0)
    if not np.all(np.isin(signals, (-1, 0, 1))):
        raise InvalidInput("out", "-1, 0 or 1 per period")
    seen = [True] * signals.size if charted is None else list(charted)
    if len(seen) != signals.size:
        raise InvalidInput("charted", f"{signals.size} flags, one per period")
    needed = count("clear_after", clear_after, minimum=1)
    alerts: list[ShiftAlert] = []
    standing: ShiftAlert | None = None
    calm = 0
    for period, value in enumerate(signals):
        if not seen[period]:
            continue
        signal = int(value)
        if standing is None:
            if signal != 0:
                standing, calm = _raised(signal, period), 0
        elif signal == standing.direction:
            standing, calm = _changed(standing, last_signal=period), 0
        elif signal != 0:
            alerts.append(_changed(standing, cleared=period))
            standing, calm = _raised(signal, period), 0
        else:
            calm += 1
            if calm == needed:
                alerts.append(_changed(standing, cleared=period))
                standing = None
    if standing is not None:
        alerts.append(standing)
    return tuple(alerts)


def expected_false_alarms(*, series: int, periods: float, run_length: float) -> float:
    """Expected number of false alarms over many series.

    Parameters
    ----------
    series : int
        Number of series watched, >= 0.
    periods : float
        Periods per series in the span asked about (say, 4.35 weeks a month), >= 0.
    run_length : float
        Mean periods between false alarms of one series, > 0 (see `shewhart_run_length` and its kin).

    Returns
    -------
    float
        Alarms in that span, >= 0.

    Raises
    ------
    InvalidInput
        Arguments outside their range.

    Source
    ------
    Renewal argument: rate 1/ARL per series (Montgomery 2013, section 5.3).

    Examples
    --------
    >>> expected_false_alarms(series=185, periods=4, run_length=370)
    2.0
    """
    length = real("run_length", run_length)
    if length <= 0:
        raise InvalidInput("run_length", "a number > 0")
    return count("series", series) * real("periods", periods, minimum=0) / length


def pool_periods(*, n: ArrayLike | Sequence[int], minimum_answers: int = 10) -> tuple[tuple[int, int], ...]:
    """Merge neighboring periods until each pool has enough answers.

    Parameters
    ----------
    n : array_like of int, shape (periods,)
        Answers per period in order of time.
    minimum_answers : int
        Answers per pool, >= 1.

    Returns
    -------
    tuple of (start, stop)
        Half-open ranges in order; a short rest at the end joins the last pool. Empty when all periods
        together have too few.

    Raises
    ------
    InvalidInput
        Counts that are negative, fractional or not finite.

    Source
    ------
    Own rule: greedy from the oldest period, so that a pool never changes once it is full (but the last).

    Examples
    --------
    >>> pool_periods(n=[4, 7, 12, 3, 3])
    ((0, 2), (2, 5))
    """
    (size,) = count_arrays(n=n)
    if size.ndim != 1:
        raise InvalidInput("n", "a one-dimensional series")
    needed = count("minimum_answers", minimum_answers, minimum=1)
    pools: list[tuple[int, int]] = []
    start, held = 0, 0.0
    for period, answers in enumerate(size):
        held += answers
        if held >= needed:
            pools.append((start, period + 1))
            start, held = period + 1, 0.0
    if pools and start < size.size:
        pools[-1] = (pools[-1][0], int(size.size))
    return tuple(pools)


def _raised(direction: int, period: int) -> ShiftAlert:
    return ShiftAlert(direction=direction, start=period, last_signal=period, cleared=None)


def _changed(alert: ShiftAlert, *, last_signal: int | None = None, cleared: int | None = None) -> ShiftAlert:
    return ShiftAlert(
        direction=alert.direction,
        start=alert.start,
        last_signal=alert.last_signal if last_signal is None else last_signal,
        cleared=cleared,
    )
