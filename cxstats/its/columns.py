"""Columns of an interrupted series: trend, step, slope change, season, other events."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from cxstats.checks import FloatArray, finite_vector
from cxstats.errors import InvalidInput, NotEstimable, Reason


class Impact(StrEnum):
    """The declared shape of the effect, fixed before the result is seen."""

    LEVEL = "level"  # a lasting step
    LEVEL_AND_SLOPE = "level_and_slope"  # a step and a change of trend


class SeasonShape(StrEnum):
    DUMMIES = "dummies"  # one level per position in the cycle
    HARMONICS = "harmonics"  # sine and cosine pairs


@dataclass(frozen=True, kw_only=True, slots=True)
class Season:
    """A repeating pattern: `cycle` periods long (may be fractional for harmonics), its shape.

    `harmonics` pairs of sine and cosine are used for HARMONICS.
    """

    cycle: float
    shape: SeasonShape = SeasonShape.HARMONICS
    harmonics: int = 2

    def columns(self, time: FloatArray) -> FloatArray:
        """Columns (T, k) of the season at period numbers `time`."""
        if self.shape is SeasonShape.DUMMIES:
            if self.cycle < 2 or self.cycle != round(self.cycle):
                raise InvalidInput("season.cycle", "a whole number >= 2 for dummies")
            position = np.mod(np.round(time), self.cycle)
            return np.asarray(position[:, None] == np.arange(1, int(self.cycle))[None, :], dtype=np.float64)
        if self.harmonics < 1 or self.cycle <= 2 * self.harmonics:
            raise InvalidInput("season.harmonics", "at least one, and a cycle longer than twice that")
        angle = 2.0 * np.pi * np.outer(time, np.arange(1, self.harmonics + 1)) / self.cycle
        return np.hstack([np.sin(angle), np.cos(angle)])


@dataclass(frozen=True, kw_only=True, slots=True)
class SeriesDesign:
    """Matrix (T, p) of a segmented regression and where each part stands in it."""

    matrix: FloatArray
    step: int | None
    slope: int | None
    extra: tuple[int, ...]
    post: FloatArray  # 1.0 from the start on
    since: FloatArray  # periods since the start, 0 before
    trend: int | None = None


def period_numbers(time: object, length: int) -> FloatArray:
    """Period numbers, 0, 1, 2, ... where none were given; strictly increasing whole numbers."""
    if time is None:
        return np.arange(length, dtype=np.float64)
    numbers = finite_vector("time", time)  # type: ignore[arg-type]
    if numbers.size != length:
        raise InvalidInput("time", f"{length} period numbers, as many as values")
    if np.any(numbers != np.round(numbers)) or np.any(np.diff(numbers) <= 0):
        raise InvalidInput("time", "strictly increasing whole period numbers without duplicates")
    return numbers


def series_design(
    *,
    time: FloatArray,
    start: float | None,
    impact: Impact = Impact.LEVEL,
    trend: bool = True,
    season: Season | None = None,
    extra: FloatArray | None = None,
) -> SeriesDesign:
    """Build the matrix of a segmented regression and refuse a singular one.

    Parameters
    ----------
    time : array (T,)
        Strictly increasing period numbers.
    start : float or None
        First period number after the go-live; None leaves the interruption out.
    impact : Impact
    trend : bool
        Whether a straight line runs through the whole window.
    season : Season, optional
    extra : array (T, k), optional
        Other events as columns (for example a step for another initiative).

    Raises
    ------
    NotEstimable
        NO_PRE_PERIOD or NO_POST_PERIOD where one side is empty, COLLINEAR where the columns
        cannot be told apart, TOO_FEW_PERIODS with fewer rows than columns plus one.

    Examples
    --------
    >>> plan = series_design(time=np.arange(4.0), start=2.0)
    >>> plan.matrix[:, plan.step].tolist()
    [0.0, 0.0, 1.0, 1.0]
    """
    center = float(time.mean())
    reach = max(float(time[-1] - time[0]), 1.0)
    parts = [np.ones((time.size, 1))]
    if trend:
        parts.append(((time - center) / reach)[:, None])
    post = np.zeros(time.size) if start is None else (time >= start).astype(np.float64)
    since = np.zeros(time.size) if start is None else np.maximum(time - start, 0.0)
    width = len(parts)
    line = 1 if trend else None
    step = slope = None
    if start is not None:
        if not post.any():
            raise NotEstimable(Reason.NO_POST_PERIOD)
        if post.all():
            raise NotEstimable(Reason.NO_PRE_PERIOD)
        step, width = width, width + 1
        parts.append(post[:, None])
        if impact is Impact.LEVEL_AND_SLOPE:
            slope, width = width, width + 1
            parts.append(since[:, None])
    others: tuple[int, ...] = ()
    if extra is not None:
        others = tuple(range(width, width + extra.shape[1]))
        parts.append(extra)
    if season is not None:
        parts.append(season.columns(time))
    matrix = np.hstack(parts)
    if matrix.shape[0] <= matrix.shape[1]:
        raise NotEstimable(Reason.TOO_FEW_PERIODS, needed=matrix.shape[1] + 1, found=matrix.shape[0])
    norms = np.linalg.norm(matrix, axis=0)
    if np.any(norms == 0.0) or np.linalg.cond(matrix / norms) > 1e8:
        raise NotEstimable(Reason.COLLINEAR)
    return SeriesDesign(
        matrix=matrix, step=step, slope=slope, extra=others, post=post, since=since, trend=line
    )
