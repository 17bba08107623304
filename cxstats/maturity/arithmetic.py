"""The small sums behind a maturity profile: means, bands, distance to the next band."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from cxstats.checks import real
from cxstats.errors import InvalidInput, Reason
from cxstats.maturity.profile import AnswerCounts, ArithmeticLine, Scope, Sensitivity, Term
from cxstats.maturity.spec import (
    DEFAULT_BANDS,
    AnswerStatus,
    Band,
    DimensionSpec,
    LevelSet,
    PracticeSpec,
    RatedAnswer,
    ScoringRules,
)

TOLERANCE = 1e-9

type Place = tuple[Scope, str]
type Part = tuple[str, float | None, float, Reason | None]


def band_of(*, level: float, bands: Sequence[Band] = DEFAULT_BANDS) -> Band:
    """Band [low, high) that holds `level`.

    The level is rounded to nine decimals first, so that 2.5 computed as 2.4999999999999996
    stays 2.5.

    Parameters
    ----------
    level : float
        Finite, inside the bands.
    bands : sequence of Band
        Ascending, without gap.

    Raises
    ------
    InvalidInput
        The level lies in no band.

    Source
    ------
    Declared scoring rule (half-open bands).

    Examples
    --------
    >>> band_of(level=2.5).key, band_of(level=2.49).key, band_of(level=5.0).key
    ('3', '2', '5')
    """
    rounded = round(real("level", level), 9)
    for band in bands:
        if band.low <= rounded < band.high:
            return band
    raise InvalidInput("level", "a level inside the declared bands")


def levels_given(answers: Iterable[RatedAnswer]) -> list[int]:
    return [answer.level for answer in answers if answer.level is not None]


def mean_level(answers: Iterable[RatedAnswer]) -> float | None:
    levels = levels_given(answers)
    return sum(levels) / len(levels) if levels else None


def mean_or_none(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def nearest(level: float) -> int:
    """Whole level, rounded half up as in the default bands."""
    return math.floor(round(level, 9) + 0.5)


def counts(answers: Iterable[RatedAnswer]) -> AnswerCounts:
    statuses = [answer.status for answer in answers]
    return AnswerCounts(
        answered=statuses.count(AnswerStatus.ANSWERED),
        dont_know=statuses.count(AnswerStatus.DONT_KNOW),
        not_applicable=statuses.count(AnswerStatus.NOT_APPLICABLE),
    )


def weighted(scope: Scope, key: str, parts: Sequence[Part]) -> ArithmeticLine:
    """Weighted mean of the parts that have a level and a weight; the others are named."""
    counted = [(name, level, weight) for name, level, weight, _ in parts if level is not None and weight > 0]
    total = sum(weight for _, _, weight in counted)
    terms = tuple(
        Term(part=name, level=level, weight=float(weight), contribution=level * (weight / total))
        for name, level, weight in counted
    )
    left_out = tuple(
        (name, Reason.NO_WEIGHT if level is not None or reason is None else reason)
        for name, level, weight, reason in parts
        if level is None or not weight > 0
    )
    return ArithmeticLine(
        scope=scope,
        key=key,
        terms=terms,
        weight_sum=float(total),
        level=sum(term.contribution for term in terms) if terms else None,
        left_out=left_out,
    )


def line_refusal(line: ArithmeticLine) -> Reason | None:
    """Why a weighted mean has no level: no weight where levels exist, else the parts' own reason."""
    if line.level is not None:
        return None
    reasons = [reason for _, reason in line.left_out]
    for reason in (Reason.NO_WEIGHT, Reason.NOT_KNOWN, Reason.NO_DATA, Reason.NOT_APPLICABLE):
        if reason in reasons:
            return reason
    return Reason.NO_DATA


def inherited_targets(
    targets: LevelSet, practices: Sequence[PracticeSpec], dimensions: Sequence[DimensionSpec]
) -> dict[Place, float]:
    """Own target, else the dimension's, else the overall one."""
    found = places(targets)
    for dimension in dimensions:
        if targets.overall is not None:
            found.setdefault((Scope.DIMENSION, dimension.key), targets.overall)
    for practice in practices:
        above = found.get((Scope.DIMENSION, practice.dimension))
        if above is not None:
            found.setdefault((Scope.PRACTICE, practice.key), above)
    return found


def places(levels: LevelSet) -> dict[Place, float]:
    found: dict[Place, float] = {(Scope.PRACTICE, key): level for key, level in levels.practices}
    found.update({(Scope.DIMENSION, key): level for key, level in levels.dimensions})
    if levels.overall is not None:
        found[Scope.OVERALL, Scope.OVERALL.value] = levels.overall
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Steps:
    """One-level moves of single answers: what each is worth, and how many are possible each way."""

    effect: float
    up: int
    down: int


def sensitivity(level: float, steps: Sequence[Steps], rules: ScoringRules) -> Sensitivity:
    """Distance to the neighbouring bands, and the fewest one-level moves of answers to get there.

    Greedy: moves of one practice are worth the same, so the fewest moves take the dearest first.
    """
    band = band_of(level=level, bands=rules.bands)
    place = rules.bands.index(band)
    above = rules.bands[place + 1] if place + 1 < len(rules.bands) else None
    below = rules.bands[place - 1] if place else None
    reachable = above is not None and above.low <= rules.highest
    losable = below is not None and band.low > rules.lowest
    ordered = sorted(steps, key=lambda step: -step.effect)
    return Sensitivity(
        next_band=above.key if above is not None and reachable else None,
        distance_up=above.low - level if above is not None and reachable else None,
        steps_up=(
            _fewest([(s.effect, s.up) for s in ordered], above.low - level - TOLERANCE)
            if above is not None and reachable
            else None
        ),
        previous_band=below.key if below is not None and losable else None,
        distance_down=level - band.low if losable else None,
        steps_down=(
            _fewest([(s.effect, s.down) for s in ordered], level - band.low + TOLERANCE) if losable else None
        ),
    )


def _fewest(moves: Sequence[tuple[float, int]], distance: float) -> int:
    """Fewest moves, dearest first, that cover `distance`."""
    taken = 0
    for effect, available in moves:
        needed = min(max(math.ceil(distance / effect - 1e-12), 0), available)
        taken += needed
        distance -= needed * effect
    return taken
