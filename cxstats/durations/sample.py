"""Durations as they come: resolved or still open, a few of them impossible."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxstats.checks import FloatArray, finite_vector
from cxstats.errors import InvalidInput, NotEstimable, Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class DurationSample:
    """Usable durations (> 0, in seconds); `excluded` counts those that were zero or negative.

    `resolved[i]` is False where case i is still open after `seconds[i]`.
    """

    seconds: FloatArray
    resolved: NDArray[np.bool_]
    excluded: int

    @classmethod
    def of(
        cls, *, seconds: ArrayLike | Sequence[float], resolved: Sequence[bool] | None = None
    ) -> "DurationSample":
        """Validate, and set aside zero and negative durations (clock errors, never log(0 + 1)).

        Raises `NotEstimable(NO_DATA)` when nothing usable is left, `InvalidInput` otherwise.
        """
        array = finite_vector("seconds", seconds, minimum=0)
        if resolved is None:
            flags = np.ones(array.size, dtype=np.bool_)
        else:
            flags = np.asarray(resolved)
            if flags.dtype != np.bool_ and not (flags.size == 0 and array.size == 0):
                raise InvalidInput("resolved", "True or False per duration")
            flags = flags.astype(np.bool_)
        if flags.shape != array.shape:
            raise InvalidInput("resolved", f"{array.size} flags, one per duration")
        usable = array > 0
        if not np.any(usable):
            raise NotEstimable(Reason.NO_DATA, needed=1, found=0, excluded=int(array.size))
        return cls(seconds=array[usable], resolved=flags[usable], excluded=int(array.size - usable.sum()))

    @property
    def n(self) -> int:
        """All usable cases, open ones too."""
        return int(self.seconds.size)

    @property
    def n_open(self) -> int:
        """Cases still open."""
        return int(self.n - self.resolved.sum())

    def closed_seconds(self) -> FloatArray:
        """Durations of resolved cases; refuses when some are open.

        Leaving open cases out would flatter the figure: the slow ones are those still running.
        """
        if self.n_open > 0:
            raise NotEstimable(Reason.CASES_STILL_OPEN, open_cases=self.n_open, n=self.n)
        return self.seconds


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeQuantile:
    """Time in seconds by which `share` of the cases are resolved.

    `high` is None where the data set no upper limit (too few cases, or too many still open);
    `low` is 0 where they set no lower limit, since a duration cannot be shorter.
    """

    share: float
    value: float
    low: float
    high: float | None
    level: float
    n: int
    n_open: int
    excluded: int
    method: str
