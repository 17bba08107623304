"""Draws of a case's inputs, one per parameter, and when each draw has paid for itself."""

from collections.abc import Mapping, Sequence

import numpy as np

from cxstats.checks import FloatArray
from cxstats.errors import InvalidInput
from cxstats.kinds import Distribution
from cxstats.later import special
from cxstats.roi.case import RoiCase
from cxstats.roi.parameters import Parameter, draw, quantile_of


def draw_all(
    case: RoiCase, parameters: Mapping[str, Parameter], rng: np.random.Generator, size: int
) -> dict[str, FloatArray]:
    """One array per parameter that varies, one number (shape ()) per fixed one; in the case's order."""
    linked = sorted({key for link in case.correlations for key in (link.first, link.second)})
    together = _copula(case, linked, rng, size) if linked else {}
    drawn: dict[str, FloatArray] = {}
    for key, parameter in parameters.items():
        if key in together:
            drawn[key] = quantile_of(parameter, together[key])
        elif parameter.distribution is Distribution.FIXED:
            drawn[key] = np.asarray(parameter.args[0], dtype=np.float64)
        else:
            drawn[key] = draw(parameter, rng, size)
    return drawn


def _copula(case: RoiCase, linked: list[str], rng: np.random.Generator, size: int) -> dict[str, FloatArray]:
    """Uniform draws with the Spearman correlations asked for."""
    matrix = np.eye(len(linked))
    for link in case.correlations:
        first, second = linked.index(link.first), linked.index(link.second)
        matrix[first, second] = matrix[second, first] = 2 * np.sin(np.pi * link.spearman / 6)
    values, vectors = np.linalg.eigh(matrix)
    if values[0] < -1e-10:
        raise InvalidInput("correlations", "a set that variables can have (positive semidefinite)")
    root = vectors * np.sqrt(np.clip(values, 0, None))
    normal = rng.standard_normal((size, len(linked))) @ root.T
    tiny = np.finfo(np.float64).tiny
    uniform = np.clip(special.ndtr(normal), tiny, 1 - np.finfo(np.float64).epsneg)
    return {key: uniform[:, place] for place, key in enumerate(linked)}


def payback_times(net: Sequence[FloatArray], *, rate: FloatArray, size: int) -> FloatArray:
    """Discounted payback per draw of a net flow by period, infinite where not within the periods.

    Same rule as `payback`.
    """
    factor = np.ones(())
    running = np.zeros(size)
    below = np.zeros(size, dtype=bool)
    times = np.zeros(size)
    open_ = np.zeros(size, dtype=bool)
    for t, flow in enumerate(net):
        before = running
        running = before + flow * factor
        back = open_ & (running >= 0)
        if back.any():
            times[back] = t - 1 + before[back] / (before[back] - running[back])
            open_ &= ~back
        fresh = (running < 0) & ~below
        below |= fresh
        open_ |= fresh
        factor = factor / (1 + rate)
    times[open_] = np.inf
    return times
