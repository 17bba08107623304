"""What the estimators take and give: validated counts and moments in, changes and tables out."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxstats.checks import FloatArray, count, finite_vector, fraction, real
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.results import Estimate

NPS_SCALE = 11  # answers 0..10


def two_sided_z(level: float) -> float:
    """Standard normal quantile that leaves (1 - level) outside, both tails together."""
    return NormalDist().inv_cdf(0.5 + fraction("level", level) / 2)


def histogram_counts(name: str, counts: ArrayLike | Sequence[int]) -> FloatArray:
    """Answer counts as whole, non-negative floats; at least one answer in all."""
    array = finite_vector(name, counts)
    if np.any(array < 0) or np.any(array != np.floor(array)):
        raise InvalidInput(name, "whole numbers >= 0")
    if array.sum() == 0:
        raise NotEstimable(Reason.NO_DATA, needed=1, found=0)
    return array


def sampled_part(n: int, population: int | None) -> float:
    """1/n, times the finite-population factor 1 - n/N where the population is known."""
    if population is None:
        return 1.0 / n
    size = count("population", population, minimum=1)
    if size < n:
        raise InvalidInput("population", f"a whole number >= n = {n}")
    return (1.0 - n / size) / n


@dataclass(frozen=True, kw_only=True, slots=True)
class NpsCounts:
    """Promoters (9-10), detractors (0-6) and all answers `n` >= 1 on the 0-10 scale.

    Raises `NotEstimable(NO_DATA)` when n is 0.
    """

    promoters: int
    detractors: int
    n: int

    def __post_init__(self) -> None:
        promoters = count("promoters", self.promoters)
        detractors = count("detractors", self.detractors)
        n = count("n", self.n)
        if promoters + detractors > n:
            raise InvalidInput("n", "at least promoters + detractors")
        if n == 0:
            raise NotEstimable(Reason.NO_DATA, needed=1, found=0)

    @classmethod
    def of_histogram(cls, counts: ArrayLike | Sequence[int]) -> "NpsCounts":
        """From the eleven counts of the answers 0, 1, ..., 10; any other length is another scale."""
        array = histogram_counts("counts", counts)
        if array.size != NPS_SCALE:
            raise NotEstimable(Reason.SCALE_MISMATCH, needed=NPS_SCALE, found=int(array.size))
        return cls(promoters=int(array[9:].sum()), detractors=int(array[:7].sum()), n=int(array.sum()))


@dataclass(frozen=True, kw_only=True, slots=True)
class ShareCounts:
    """`hits` among `n` >= 1 answers. Raises `NotEstimable(NO_DATA)` when n is 0."""

    hits: int
    n: int

    def __post_init__(self) -> None:
        hits = count("hits", self.hits)
        n = count("n", self.n)
        if hits > n:
            raise InvalidInput("hits", "at most n")
        if n == 0:
            raise NotEstimable(Reason.NO_DATA, needed=1, found=0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Moments:
    """Number, mean and sample variance (divisor n - 1; 0 where n is 1) of a set of answers."""

    n: int
    mean: float
    variance: float

    def __post_init__(self) -> None:
        if count("n", self.n) == 0:
            raise NotEstimable(Reason.NO_DATA, needed=1, found=0)
        real("mean", self.mean)
        real("variance", self.variance, minimum=0)

    @classmethod
    def of(cls, values: ArrayLike | Sequence[float]) -> "Moments":
        """From the answers themselves."""
        array = finite_vector("values", values, minimum=0)
        if array.size == 0:
            raise NotEstimable(Reason.NO_DATA, needed=1, found=0)
        # All alike is decided on the values: rounding in the mean must not pass for variation.
        alike = bool(np.all(array == array[0]))
        return cls(
            n=int(array.size),
            mean=float(array[0]) if alike else float(array.mean()),
            variance=0.0 if alike else float(array.var(ddof=1)),
        )

    @classmethod
    def of_histogram(
        cls, *, counts: ArrayLike | Sequence[int], points: ArrayLike | Sequence[float]
    ) -> "Moments":
        """From counts per answer point; exact, so roll-ups lose nothing."""
        weight = histogram_counts("counts", counts)
        at = finite_vector("points", points)
        if at.size != weight.size:
            raise InvalidInput("points", f"{weight.size} values, one per count")
        n = float(weight.sum())
        used = at[weight > 0]
        if np.all(used == used[0]):
            return cls(n=int(n), mean=float(used[0]), variance=0.0)
        mean = float(weight @ at / n)
        return cls(n=int(n), mean=mean, variance=float(weight @ (at - mean) ** 2 / (n - 1)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """Later minus earlier with its two-sided test; `degrees_of_freedom` is None for a z statistic."""

    estimate: Estimate
    statistic: float
    degrees_of_freedom: float | None
    p_value: float


@dataclass(frozen=True, kw_only=True, slots=True)
class IntervalTable:
    """Many estimates at once: read-only arrays of one shape.

    Read `value`, `low`, `high` only where `known`. Elsewhere (n = 0) they hold 0 and the two ends of
    the scale, so that neither NaN nor a narrow interval can travel on.
    """

    value: FloatArray
    low: FloatArray
    high: FloatArray
    known: NDArray[np.bool_]


def count_arrays(**named: ArrayLike) -> list[FloatArray]:
    """Arrays of whole numbers >= 0, broadcast to one shape."""
    arrays = []
    for name, values in named.items():
        try:
            array = np.asarray(values, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise InvalidInput(name, "an array of whole numbers") from error
        if not np.all(np.isfinite(array)) or np.any(array < 0) or np.any(array != np.floor(array)):
            raise InvalidInput(name, "whole numbers >= 0")
        arrays.append(array)
    try:
        return list(np.broadcast_arrays(*arrays))
    except ValueError as error:
        raise InvalidInput(" and ".join(named), "arrays of one shape") from error


def histogram_array(name: str, counts: ArrayLike) -> FloatArray:
    """Counts of the eleven answers along the last axis; whole numbers >= 0 as floats."""
    try:
        array = np.asarray(counts)
    except ValueError as error:  # rows of different lengths
        raise InvalidInput(name, "rows of eleven whole numbers") from error
    if array.ndim == 0 or array.shape[-1] != NPS_SCALE:
        found = array.shape[-1] if array.ndim else 1
        raise NotEstimable(Reason.SCALE_MISMATCH, needed=NPS_SCALE, found=int(found))
    if array.dtype.kind not in "iu":  # whole by type: only the sign is left to look at
        return count_arrays(**{name: counts})[0]
    if array.size and array.min() < 0:
        raise InvalidInput(name, "whole numbers >= 0")
    return array.astype(np.float64)


def interval_table(
    value: FloatArray, low: FloatArray, high: FloatArray, known: NDArray[np.bool_]
) -> IntervalTable:
    """Seal the arrays: a table that is passed around must not change under its readers."""
    for array in (value, low, high, known):
        array.setflags(write=False)
    return IntervalTable(value=value, low=low, high=high, known=known)
