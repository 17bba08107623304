"""The distribution of a sum of amounts: computed where they are independent, simulated where they are not."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cxstats.checks import FloatArray
from cxstats.later import special

type Quantiles = tuple[tuple[float, float], ...]

_CELLS = 30_000  # of the grid of a sum: a cell is below 0.01 % of what the amounts can span together
_TAIL = 8.0  # standard errors; beyond them a normal amount has less than 1e-15 of its mass


@dataclass(frozen=True, kw_only=True, slots=True)
class Range:
    """Distribution of a total, money. `mean` is the sum of the expected values."""

    mean: float
    p5: float
    p50: float
    p95: float
    probability_of_loss: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Amount:
    """One amount with its distribution: `quantiles` (share, value), both ascending, or else normal.

    Between two quantiles its mass is even; what lies below the first and above the last is put there.
    """

    value: float
    error: float
    quantiles: Quantiles = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Masses:
    """Probabilities on a grid: `masses[k]` at `start` + k steps. They sum to 1 and keep the mean."""

    start: float
    masses: FloatArray


def range_of_sum(
    *,
    amounts: Sequence[Amount],
    times: Sequence[float],
    correlation: float,
    rng: np.random.Generator,
    draws: int,
) -> Range:
    """Range of the sum of `times` (>= 0, not all 0) the `amounts`; of a single amount its own.

    Independent amounts are convolved, so that the range has no noise of its own: an amount that is small
    beside the others moves it by about its own size. Correlated ones are drawn.
    """
    scaled = [
        _multiplied(amount, number) for amount, number in zip(amounts, times, strict=True) if number > 0
    ]
    mean = sum(amount.value for amount in scaled)
    if len(scaled) == 1 and scaled[0].quantiles:
        return _own_range(scaled[0])
    if correlation == 0:
        return _convolved(scaled, mean)
    return _drawn(scaled, mean, correlation, rng, draws)


def _multiplied(amount: Amount, times: float) -> Amount:
    return Amount(
        value=amount.value * times,
        error=amount.error * times,
        quantiles=tuple((share, value * times) for share, value in amount.quantiles),
    )


def _own_range(amount: Amount) -> Range:
    shares, values = (np.array(part) for part in zip(*amount.quantiles, strict=True))
    p5, p50, p95 = np.interp([0.05, 0.5, 0.95], shares, values).tolist()
    return Range(
        mean=amount.value,
        p5=p5,
        p50=p50,
        p95=p95,
        probability_of_loss=float(np.interp(0.0, values, shares, left=0.0, right=1.0)),
    )


# --- independent amounts ------------------------------------------------------------------------


def _convolved(amounts: Sequence[Amount], mean: float) -> Range:
    """Each amount's mass on one grid, shared between its two neighbors so that the mean stays; then summed
    by the product of their transforms.
    """
    span = sum(high - low for low, high in map(_ends, amounts))
    step = max(span, 1e-9) / _CELLS
    parts = [_on_grid(amount, step) for amount in amounts]
    length = sum(part.masses.size - 1 for part in parts) + 1
    size = 1 << (length - 1).bit_length()
    product = np.ones(size // 2 + 1, dtype=np.complex128)
    for part in parts:
        product *= np.fft.rfft(part.masses, size)
    masses = np.clip(np.fft.irfft(product, size)[:length], 0.0, None)
    start = sum(part.start for part in parts)
    edges = start + step * (np.arange(length + 1) - 0.5)
    below = np.concatenate(([0.0], np.cumsum(masses)))
    below /= below[-1]
    p5, p50, p95 = np.interp([0.05, 0.5, 0.95], below, edges).tolist()
    loss = float(np.interp(0.0, edges, below, left=0.0, right=1.0))
    return Range(mean=mean, p5=p5, p50=p50, p95=p95, probability_of_loss=loss)


def _ends(amount: Amount) -> tuple[float, float]:
    if amount.quantiles:
        return amount.quantiles[0][1], amount.quantiles[-1][1]
    return amount.value - _TAIL * amount.error, amount.value + _TAIL * amount.error


def _on_grid(amount: Amount, step: float) -> _Masses:
    """Mass at a grid point: the expected height of the hat that reaches from one neighbor to the other.

    That is the second difference of the integral of the distribution function, divided by the step.
    """
    low, high = _ends(amount)
    above: FloatArray = step * np.arange(-1.0, np.ceil((high - low) / step) + 2)
    integral = _integral_even(amount, above) if amount.quantiles else _integral_normal(amount, above)
    masses = np.clip(np.diff(integral, 2) / step, 0.0, None)
    return _Masses(start=low, masses=masses / masses.sum())


def _integral_normal(amount: Amount, above: FloatArray) -> FloatArray:
    scores = above / amount.error - _TAIL
    density = np.exp(-0.5 * scores**2) / np.sqrt(2 * np.pi)
    result: FloatArray = amount.error * (scores * special.ndtr(scores) + density)
    return result


def _integral_even(amount: Amount, above: FloatArray) -> FloatArray:
    """Of a distribution function that is linear between its quantiles and steps at its ends."""
    shares, values = (np.array(part) for part in zip(*amount.quantiles, strict=True))
    values = values - values[0]
    widths = np.diff(values)
    until = np.concatenate(([0.0], np.cumsum(widths * (shares[1:] + shares[:-1]) / 2)))
    place = np.clip(np.searchsorted(values, above, side="right") - 1, 0, values.size - 2)
    inside = np.clip(above - values[place], 0.0, widths[place])
    # a width that only floating point tells from none is a step
    slopes = np.divide(np.diff(shares), widths, out=np.zeros_like(widths), where=widths > 1e-300)
    after = np.clip(above - values[-1], 0.0, None)
    result: FloatArray = until[place] + inside * (shares[place] + slopes[place] * inside / 2) + after
    return result


# --- correlated amounts -------------------------------------------------------------------------


def _drawn(
    amounts: Sequence[Amount], mean: float, correlation: float, rng: np.random.Generator, draws: int
) -> Range:
    """Amounts whose errors share one common cause: normal, or with their own quantiles (Gaussian copula)."""
    own = rng.standard_normal((draws, len(amounts)))
    common = rng.standard_normal((draws, 1))
    scores = np.sqrt(correlation) * common + np.sqrt(1 - correlation) * own
    totals = np.zeros(draws)
    for place, amount in enumerate(amounts):
        if amount.quantiles:
            shares, values = zip(*amount.quantiles, strict=True)
            totals += np.interp(special.ndtr(scores[:, place]), shares, values)
        else:
            totals += amount.value + amount.error * scores[:, place]
    p5, p50, p95 = np.quantile(totals, [0.05, 0.5, 0.95]).tolist()
    return Range(mean=mean, p5=p5, p50=p50, p95=p95, probability_of_loss=float(np.mean(totals < 0)))
