"""What was learned: every finding that counts, null and negative ones included, beside what was expected."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from accounts.models import Organization
from cxstats.design import DesignGrade, Direction, EstimandKind, Verdict
from cxstats.sizes import size_read
from impact.choices import SignOff
from impact.selectors.portfolio import PortfolioRow, portfolio_rows
from impact.selectors.studies import StudyView


class Fared(StrEnum):
    """What was expected in the plan beside the 95 % range of what was found."""

    LESS = "less"  # all of the range is below what was expected
    AS_EXPECTED = "as_expected"  # the range holds it
    MORE = "more"  # all of the range is above it


@dataclass(frozen=True, kw_only=True, slots=True)
class Lesson:
    """The finding that counts of one initiative. `effect` and its range are in the engine's unit, None where
    it was refused; `expected` is a size as typed, None where the plan had none."""

    number: int
    reference: str
    title: str
    study: int
    metric_key: str
    metric_version: int
    metric_name: str
    kind: EstimandKind
    direction: Direction
    verdict: Verdict
    grade: DesignGrade
    effect: float | None
    low: float | None
    high: float | None
    answers: int
    compared: int
    expected: float | None
    fared: Fared | None
    data_cutoff: date
    finished_on: date
    looked_back: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Unsigned:
    """A value that finance has not reviewed."""

    number: int
    reference: str
    title: str
    study: int
    computed_on: date


def lessons_and_unsigned(organization: Organization) -> tuple[tuple[Lesson, ...], tuple[Unsigned, ...]]:
    """Every finding that counts, newest first, and every value that waits for finance. Six queries, whatever
    their number."""
    rows = portfolio_rows(organization)
    lessons = [_lesson(row, row.view, organization) for row in rows if row.view is not None]
    return (
        tuple(sorted(lessons, key=lambda row: (row.finished_on, row.number), reverse=True)),
        tuple(_unsigned(rows, organization)),
    )


def _lesson(row: PortfolioRow, view: StudyView, organization: Organization) -> Lesson:
    subject, finding = view.subject, view.finding
    effect = finding.effect
    answers, compared = view.answers
    finished = view.study.finished_at
    assert finished is not None  # a study with a finding has ended
    return Lesson(
        number=row.initiative.number,
        reference=row.initiative.reference,
        title=row.initiative.title,
        study=view.study.number,
        metric_key=subject.metric_key,
        metric_version=subject.metric_version,
        metric_name=subject.metric_name,
        kind=subject.kind,
        direction=subject.direction,
        verdict=finding.verdict,
        grade=finding.grade,
        effect=None if effect is None else effect.value,
        low=None if effect is None else effect.interval.low,
        high=None if effect is None else effect.interval.high,
        answers=answers,
        compared=compared,
        expected=subject.expected_effect,
        fared=None
        if effect is None or subject.expected_effect is None or subject.looked_back
        else fared(
            subject.kind,
            subject.direction,
            (effect.interval.low, effect.interval.high),
            subject.expected_effect,
        ),
        data_cutoff=subject.data_cutoff,
        finished_on=organization.clock.day_of(finished),
        looked_back=subject.looked_back,
    )


def fared(kind: EstimandKind, direction: Direction, interval: tuple[float, float], expected: float) -> Fared:
    """`interval` in the engine's unit; `expected` a size of zero or more as typed, in `direction`."""
    ends = [size_read(kind, end) * (1 if direction is Direction.UP else -1) for end in interval]
    if max(ends) < expected:
        return Fared.LESS
    return Fared.MORE if min(ends) > expected else Fared.AS_EXPECTED


def _unsigned(rows: Iterable[PortfolioRow], organization: Organization) -> Iterable[Unsigned]:
    for row in rows:
        if row.case is not None and row.case.case.sign_off == SignOff.OPEN:
            yield Unsigned(
                number=row.initiative.number,
                reference=row.initiative.reference,
                title=row.initiative.title,
                study=row.case.case.study.number,
                computed_on=organization.clock.day_of(row.case.case.computed_at),
            )
