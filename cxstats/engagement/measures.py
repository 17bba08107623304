"""From each person's answers to her scores, with reverse-worded items turned.

Scores of a person on a driver serve what goes together in people; what is published of a driver is made of
its published items (`composites`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from cxstats.checks import FloatArray, real
from cxstats.errors import InvalidInput

LEAST_ITEMS = 2 / 3  # of a driver's items must be answered
FAVOURABLE, UNFAVOURABLE = 0.625, 0.375  # of the scale: 3.5 and 2.5 on 1 to 5
PROMOTER, DETRACTOR = 9, 6  # at least, at most, on 0 to 10
CLASSES = 3  # unfavourable, neutral, favourable; of eNPS detractors, passives, promoters


class MeasureKind(StrEnum):
    DRIVER = "driver"
    ITEM = "item"
    ENPS = "enps"


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One question with numbers from `low` to `high`; `reverse`: agreeing says something bad."""

    key: str
    low: float
    high: float
    reverse: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """What is scored: one question, or the items of a driver on one scale."""

    key: str
    kind: MeasureKind
    questions: tuple[Question, ...]

    @property
    def scale(self) -> tuple[float, float]:
        return self.questions[0].low, self.questions[0].high


@dataclass(frozen=True, slots=True)
class Scored:
    """Scores on the scale of the first question, NaN where there is none, and in which class each falls
    (0 unfavourable, 1 neutral, 2 favourable, -1 none); both of shape (answers, measures)."""

    scores: FloatArray
    classes: NDArray[np.int64]


def scored(*, rows: Sequence[Mapping[str, float]], measures: Sequence[Measure]) -> Scored:
    """Every answer on every measure.

    Parameters
    ----------
    rows : sequence of mappings
        One for each person who answered: numbers by key of the question; what was skipped is left out.
    measures : sequence of Measure

    Returns
    -------
    Scored
        A driver has a score where at least two thirds of its items were answered: their mean, reverse-worded
        ones turned. Favourable is 62.5 % of the scale and more (3.5 of 1 to 5), unfavourable 37.5 % and less;
        of eNPS 9 and 10, and 0 to 6.

    Raises
    ------
    InvalidInput
        Measures without a question, scales without room, eNPS not on 0 to 10, answers outside their scale.

    Source
    ------
    Two thirds of the items: Schafer and Graham (2002), Psychological Methods 7:147-177, on averaging the
    available items of a scale.

    Examples
    --------
    >>> tools = Measure(key="tools", kind=MeasureKind.DRIVER, questions=(
    ...     Question(key="have", low=1, high=5), Question(key="fight", low=1, high=5, reverse=True)))
    >>> found = scored(rows=[{"have": 4, "fight": 2}, {"have": 2}], measures=[tools])
    >>> found.scores[:, 0].tolist(), found.classes[:, 0].tolist()
    ([4.0, nan], [2, -1])
    """
    scores = np.full((len(rows), len(measures)), np.nan)
    classes = np.full((len(rows), len(measures)), -1, dtype=np.int64)
    for column, measure in enumerate(measures):
        _check(measure)
        low, high = measure.scale
        parts = np.array([[_part(row, question) for question in measure.questions] for row in rows])
        parts = parts.reshape(len(rows), len(measure.questions))
        answered = np.isfinite(parts).sum(axis=1)
        has_score = answered >= LEAST_ITEMS * len(measure.questions) - 1e-9
        mean = np.where(answered > 0, np.nansum(parts, axis=1) / np.maximum(answered, 1), np.nan)
        scores[has_score, column] = low + mean[has_score] * (high - low)
        classes[has_score, column] = _classes(measure, scores[has_score, column], mean[has_score])
    return Scored(scores, classes)


def _classes(measure: Measure, scores: FloatArray, parts: FloatArray) -> NDArray[np.int64]:
    if measure.kind is MeasureKind.ENPS:
        return np.where(scores >= PROMOTER, 2, np.where(scores <= DETRACTOR, 0, 1))
    return np.where(parts >= FAVOURABLE - 1e-9, 2, np.where(parts <= UNFAVOURABLE + 1e-9, 0, 1))


def _part(row: Mapping[str, float], question: Question) -> float:
    """An answer as a part of its scale, 0 to 1, turned where the wording is reverse; NaN: none."""
    value = row.get(question.key)
    if value is None:
        return float("nan")
    number = real(question.key, value)
    if not question.low <= number <= question.high:
        raise InvalidInput(question.key, f"a number from {question.low:g} to {question.high:g}")
    part = (number - question.low) / (question.high - question.low)
    return 1 - part if question.reverse else part


def _check(measure: Measure) -> None:
    if not measure.questions:
        raise InvalidInput("measures", f"a question at least in {measure.key!r}")
    for question in measure.questions:
        if not question.low < question.high:
            raise InvalidInput("measures", f"a scale with room in {question.key!r}")
    low, high = measure.scale
    is_zero_to_ten = low == 0 and high == 10 and len(measure.questions) == 1
    if measure.kind is MeasureKind.ENPS and not is_zero_to_ten:
        raise InvalidInput("measures", "one question from 0 to 10 for eNPS")
