"""Which practices, one described level further, would bring a level into the next band."""

from collections.abc import Sequence
from dataclasses import dataclass

from cxstats.maturity.arithmetic import TOLERANCE
from cxstats.maturity.profile import MaturityProfile, Standing

HIGHEST = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One practice raised to the next whole level; `gain` is what that adds to the level above it."""

    practice: str
    to_level: int
    gain: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Lift:
    """Steps that suffice, the first opportunity first. `reaches` False: a step everywhere is not enough."""

    steps: tuple[Step, ...]
    reaches: bool


def lift_of(*, profile: MaturityProfile, standing: Standing) -> Lift | None:
    """The steps that bring the overall level, or that of a dimension, into the next band.

    They follow the profile's opportunities, so that two pieces of advice never name different practices as
    the first; after these, the step that adds most comes first.

    Parameters
    ----------
    profile : MaturityProfile
    standing : Standing
        `profile.overall` or one of its dimensions.

    Returns
    -------
    Lift or None
        None where there is no next band, or nothing that could be raised.

    Source
    ------
    Declared scoring rule (weighted means): a practice's step counts with its share of the level.

    Examples
    --------
    >>> from cxstats.maturity import DimensionSpec, PracticeSpec, RatedAnswer, maturity_profile
    >>> profile = maturity_profile(
    ...     dimensions=[DimensionSpec(key="voice")],
    ...     practices=[PracticeSpec(key="listen", dimension="voice", weight=2),
    ...                PracticeSpec(key="act", dimension="voice")],
    ...     answers=[RatedAnswer(respondent="r1", practice="listen", level=2),
    ...              RatedAnswer(respondent="r1", practice="act", level=2)])
    >>> lift_of(profile=profile, standing=profile.overall).steps[0].practice
    'listen'
    """
    distance = standing.sensitivity.distance_up if standing.sensitivity is not None else None
    if distance is None:
        return None
    taken: list[Step] = []
    for step in _steps(profile, standing):
        taken.append(step)
        distance -= step.gain
        if distance <= TOLERANCE:
            return Lift(steps=tuple(taken), reaches=True)
    return Lift(steps=tuple(taken), reaches=False) if taken else None


def _steps(profile: MaturityProfile, standing: Standing) -> Sequence[Step]:
    found = []
    for practice in profile.practices:
        inside = standing is profile.overall or practice.dimension == standing.key
        if not inside or practice.level is None or practice.level >= HIGHEST - TOLERANCE:
            continue
        to_level = int(practice.level + TOLERANCE) + 1
        share = practice.weight_share / standing.weight_share if standing.weight_share > 0 else 0.0
        if share > 0:
            gain = (to_level - practice.level) * share
            found.append(Step(practice=practice.key, to_level=to_level, gain=gain))
    rank = {item.practice: place for place, item in enumerate(profile.held_back_by)}
    return sorted(found, key=lambda step: (rank.get(step.practice, len(rank)), -round(step.gain, 12)))
