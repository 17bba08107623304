"""Rows of customers whose score is known before their outcome begins."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxstats.checks import FloatArray, finite_vector
from cxstats.errors import InvalidInput
from cxstats.kinds import OutcomeKind


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """Something known of every row before its score: shape (n,), finite.

    `is_control`: it happened before the score, so that the score cannot have brought it about; it is tested
    as an outcome of its own. Parts of one thing (dummies of a segment) share `name` and are no controls.
    """

    name: str
    values: FloatArray
    is_control: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """`points`: what the score adds to the metric, in its unit, higher is better (a promoter 100 NPS points,
    a detractor -100). `score`: on its own scale. `outcome`: 1 stayed and 0 left, or money or contacts in the
    year. `cluster`: whole numbers, the same for rows of one customer. All of shape (n,).
    """

    kind: OutcomeKind
    points: FloatArray
    score: FloatArray
    outcome: FloatArray
    cluster: NDArray[np.int64]
    known: tuple[Known, ...] = ()

    def __post_init__(self) -> None:
        """Raises InvalidInput for arrays that do not fit together."""
        sizes = {
            finite_vector(name, values, minimum=0).size
            for name, values in (
                *(("points", self.points), ("score", self.score), ("outcome", self.outcome)),
                *((f"known.{one.name}", one.values) for one in self.known),
            )
        }
        if sizes != {len(self.cluster)}:
            raise InvalidInput("known", "arrays of one length")
        if self.kind is OutcomeKind.STAYED and not np.isin(self.outcome, (0.0, 1.0)).all():
            raise InvalidInput("outcome", "1 for stayed and 0 for left")
