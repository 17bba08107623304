"""Where a journey hurts: a measured figure beside a drawn emotion, and steps ranked by what is lost at each.

Both are definitions of this product, not methods of the literature (docs/decisions/0052-journey-maps.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

LOWEST, HIGHEST = -2.0, 2.0
GRADE = 1.0  # one emotion beside the next


class Agreement(StrEnum):
    """What a drawn emotion and a measured range say of each other."""

    AGREES = "agrees"
    BETTER = "better"  # customers rate it better than it was drawn
    WORSE = "worse"


def on_emotion(value: float, *, worst: float, best: float) -> float:
    """Where a figure lies between -2 (`worst` of its scale) and 2 (`best`), straight between both.

    The middle of the scale is neutral. `worst` above `best` for a measure of which less is better. Raises
    ValueError for a scale without a length.

    >>> on_emotion(50, worst=-100, best=100)
    1.0
    """
    if worst == best:
        raise ValueError("a scale needs two ends")
    return LOWEST + (HIGHEST - LOWEST) * (value - worst) / (best - worst)


def agreement(drawn: float, *, low: float, high: float) -> Agreement:
    """A drawn emotion beside the range of the measured one, all from -2 to 2.

    They disagree where even the nearer end of the range is more than one grade away.

    >>> agreement(1, low=-1.2, high=-0.4)
    <Agreement.WORSE: 'worse'>
    """
    if low > drawn + GRADE:
        return Agreement.BETTER
    return Agreement.WORSE if high < drawn - GRADE else Agreement.AGREES


@dataclass(frozen=True, kw_only=True, slots=True)
class StepReading:
    """One step: the figure with its range, on one scale for all; `contribution` is its touchpoint's share
    in the overall experience (0..1), None where it is not known."""

    key: str
    value: float
    low: float
    high: float
    n: int
    contribution: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Hurt:
    """What is lost at one step. `shortfall` (0..1) is the way from the figure to the best of the scale;
    `share` is the step's part of all that is lost on the map, with the range that the figures leave to
    it."""

    key: str
    shortfall: float
    share: float
    low: float
    high: float
    is_first_for_sure: bool = False


def where_it_hurts(readings: Sequence[StepReading], *, worst: float, best: float) -> tuple[Hurt, ...]:
    """Steps by shortfall x contribution x answers, the largest part first; equal ones by key.

    A contribution that is not known counts as the mean of the known ones, or for nothing where none is. The
    range of a share takes the step's own figure at one end of its interval and all others at the other end,
    so that it holds more often than its figures do. Nothing where nothing is lost.
    """
    known = [one.contribution for one in readings if one.contribution is not None]
    usual = sum(known) / len(known) if known and sum(known) > 0 else 1.0

    def lost(one: StepReading, value: float) -> float:
        fallen = min(1.0, max(0.0, (best - value) / (best - worst)))
        return fallen * one.n * (usual if one.contribution is None else one.contribution)

    ends = {
        one.key: sorted((lost(one, one.low), lost(one, one.high))) for one in readings
    }  # the lower end of a figure of which less is better is its good one
    middle = {one.key: lost(one, one.value) for one in readings}
    total = sum(middle.values())
    if total <= 0:
        return ()
    most, least = sum(high for _low, high in ends.values()), sum(low for low, _high in ends.values())
    found = [
        Hurt(
            key=one.key,
            shortfall=min(1.0, max(0.0, (best - one.value) / (best - worst))),
            share=middle[one.key] / total,
            low=_part(ends[one.key][0], most - ends[one.key][1]),
            high=_part(ends[one.key][1], least - ends[one.key][0]),
        )
        for one in readings
    ]
    found.sort(key=lambda hurt: (-hurt.share, hurt.key))
    is_clear = len(found) == 1 or ends[found[0].key][0] > max(ends[one.key][1] for one in found[1:])
    first = found[0]
    found[0] = Hurt(
        key=first.key,
        shortfall=first.shortfall,
        share=first.share,
        low=first.low,
        high=first.high,
        is_first_for_sure=is_clear,
    )
    return tuple(found)


def _part(own: float, others: float) -> float:
    return own / (own + others) if own + others > 0 else 0.0
