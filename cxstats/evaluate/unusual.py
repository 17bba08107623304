"""Periods in which the measurement itself failed, found by their neighbors and left out on either side."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxstats.checks import FloatArray
from cxstats.evaluate.series import difference_series, treated_series
from cxstats.evaluate.tables import Tables
from cxstats.evaluate.thresholds import Thresholds

_NEIGHBORS = 4  # on each side
_TO_NORMAL = 1.4826  # median of absolute deviations of a normal distribution, as a standard deviation


def outages(*, table: Tables, thresholds: Thresholds, against_controls: bool) -> NDArray[np.bool_]:
    """Which columns stand so far from their neighbors that nothing customers felt explains it.

    Each period is compared with the median of up to four periods on either side of it on its own side of the
    go-live, so that neither the effect nor a lasting shift looks like an outage. It is one where it lies
    further away than `outage_deviations` robust standard deviations and three times as far as its neighbors
    (but one) do: a spell of three periods or more is none, nor is a slow beginning. At most a tenth of
    a side, and a side keeps the periods that it needs.

    Source
    ------
    Hampel identifier: Davies and Gather (1993), JASA 88:782; running over a window: Pearson (2002), IEEE
    Transactions on Control Systems Technology 10:55.
    """
    series = difference_series(table) if against_controls and table.controls else treated_series(table)
    scale = np.ones(series.values.size) if series.noise is None else np.sqrt(series.noise)
    found = np.zeros(series.values.size, dtype=np.bool_)
    sides = [np.flatnonzero(table.pre), np.flatnonzero(table.post)]
    looks = [_look(series.values[side], scale[side]) for side in sides]
    away = np.concatenate([look.away for look in looks])
    if not away.size:
        return found
    spread = _TO_NORMAL * float(np.median(away))
    if series.noise is not None:
        spread = max(spread, 1.0)  # the sampling noise is there at least
    if spread <= 0:
        return found
    for side, look in zip(sides, looks, strict=True):
        far = (look.away > thresholds.outage_deviations * spread) & (look.beyond > 3.0)
        most = min(max(side.size // 10, 1), max(side.size - thresholds.minimum_side_periods, 0))
        if 0 < far.sum() <= most:
            found[side[far]] = True
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class _Look:
    """Distance of each period from its neighbors' median in sampling errors, and as a multiple of the second
    largest distance among them (at an end of a side: of the largest)."""

    away: FloatArray
    beyond: FloatArray


def _look(values: FloatArray, scale: FloatArray) -> _Look:
    away, beyond = np.zeros(values.size), np.zeros(values.size)
    for j in range(values.size):
        near = np.delete(values[max(j - _NEIGHBORS, 0) : j + _NEIGHBORS + 1], min(j, _NEIGHBORS))
        if near.size < 3:
            continue
        middle = float(np.median(near))
        distances = np.sort(np.abs(near - middle))
        distance = abs(values[j] - middle)
        away[j] = distance / scale[j]
        # At an end a curve or an effect that takes its time looks like that: there none of them may differ.
        is_at_end = min(j, values.size - 1 - j) < 2
        beyond[j] = distance / max(float(distances[-1 if is_at_end else -2]), 1e-12)
    return _Look(away=away, beyond=beyond)
