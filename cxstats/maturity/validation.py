"""Refuse a framework, answers or rules that cannot be scored, naming what is wrong."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from cxstats.checks import count, fraction, real
from cxstats.errors import InvalidInput
from cxstats.maturity.spec import (
    AgreedLevel,
    AnswerStatus,
    DimensionSpec,
    LevelSet,
    PracticeSpec,
    Prerequisite,
    RatedAnswer,
    ScoringRules,
)


def check_rules(rules: ScoringRules) -> None:
    lowest = count("rules.lowest", rules.lowest)
    highest = count("rules.highest", rules.highest, minimum=lowest + 1)
    real("rules.disagreement_range", rules.disagreement_range, minimum=0)
    fraction("rules.disagreement_r_wg", rules.disagreement_r_wg, closed=True)
    count("rules.minimum_raters", rules.minimum_raters, minimum=2)
    count("rules.listed", rules.listed)
    bands = rules.bands
    if not bands or any(not band.low < band.high for band in bands):
        raise InvalidInput("rules.bands", "bands with low < high")
    if any(left.high != right.low for left, right in pairwise(bands)):
        raise InvalidInput("rules.bands", "ascending bands without gap or overlap")
    if bands[0].low > lowest or bands[-1].high <= highest:
        raise InvalidInput("rules.bands", f"bands that cover {lowest} to {highest}, both included")


def check_framework(dimensions: Sequence[DimensionSpec], practices: Sequence[PracticeSpec]) -> None:
    _unique("dimensions", (dimension.key for dimension in dimensions))
    _unique("practices", (practice.key for practice in practices))
    known = {dimension.key for dimension in dimensions}
    for dimension in dimensions:
        real(f"dimensions[{dimension.key}].weight", dimension.weight, minimum=0)
    for practice in practices:
        real(f"practices[{practice.key}].weight", practice.weight, minimum=0)
        real(f"practices[{practice.key}].feasibility", practice.feasibility, minimum=0)
        if practice.dimension not in known:
            raise InvalidInput(f"practices[{practice.key}].dimension", "a dimension of the framework")
    if not any(dimension.weight > 0 for dimension in dimensions):
        raise InvalidInput("dimensions", "at least one weight above 0")
    if not any(practice.weight > 0 for practice in practices):
        raise InvalidInput("practices", "at least one weight above 0")


def check_answers(
    answers: Sequence[RatedAnswer], agreed: Sequence[AgreedLevel], known: set[str], rules: ScoringRules
) -> None:
    _unique("answers", ((answer.respondent, answer.practice) for answer in answers))
    _unique("agreed", (item.practice for item in agreed))
    for answer in answers:
        if answer.practice not in known:
            raise InvalidInput("answers.practice", f"a practice of the framework, got {answer.practice!r}")
        if answer.status not in set(AnswerStatus):
            raise InvalidInput("answers.status", "an AnswerStatus")
        if answer.status is AnswerStatus.ANSWERED:
            _level("answers.level", answer.level, rules)
        elif answer.level is not None:
            raise InvalidInput("answers.level", f"None where the status is {answer.status}")
        if answer.confidence is not None:
            fraction("answers.confidence", answer.confidence, closed=True)
    for item in agreed:
        if item.practice not in known:
            raise InvalidInput("agreed.practice", f"a practice of the framework, got {item.practice!r}")
        _level("agreed.level", item.level, rules)


def check_prerequisites(prerequisites: Sequence[Prerequisite], known: set[str], rules: ScoringRules) -> None:
    for rule in prerequisites:
        if rule.practice not in known or rule.requires not in known or rule.practice == rule.requires:
            raise InvalidInput("prerequisites", "two different practices of the framework")
        _level("prerequisites.level", rule.level, rules)
        _level("prerequisites.requires_level", rule.requires_level, rules)


def check_levels(
    name: str, levels: LevelSet, practices: set[str], dimensions: set[str], rules: ScoringRules
) -> None:
    """Targets and earlier levels; keys that this framework version no longer has are refused."""
    for part, pairs, known in (
        ("practices", levels.practices, practices),
        ("dimensions", levels.dimensions, dimensions),
    ):
        _unique(f"{name}.{part}", (key for key, _ in pairs))
        for key, level in pairs:
            if key not in known:
                raise InvalidInput(f"{name}.{part}", f"keys of the framework, got {key!r}")
            _on_scale(f"{name}.{part}[{key}]", level, rules)
    if levels.overall is not None:
        _on_scale(f"{name}.overall", levels.overall, rules)


def _level(name: str, level: object, rules: ScoringRules) -> None:
    if count(name, level, minimum=rules.lowest) > rules.highest:
        raise InvalidInput(name, f"a whole number from {rules.lowest} to {rules.highest}")


def _on_scale(name: str, level: object, rules: ScoringRules) -> None:
    if not rules.lowest <= real(name, level) <= rules.highest:
        raise InvalidInput(name, f"a level from {rules.lowest} to {rules.highest}")


def _unique(name: str, keys: Iterable[object]) -> None:
    seen: set[object] = set()
    for key in keys:
        if key in seen:
            raise InvalidInput(name, f"unique keys, {key!r} is repeated")
        seen.add(key)
