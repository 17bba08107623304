"""How the go-live day of an initiative moved, and what was known by then: plain values for documents."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class GoLiveMove:
    """One correction of the day. `result_known`: a study of this initiative had given an effect by then."""

    at: datetime
    before: date
    after: date
    by: str
    reason: str
    result_known: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class StudyRun:
    """One finished study in a line; `effect` with both ends of its interval, None where there was none."""

    number: int
    go_live: date | None
    data_cutoff: date
    finished_at: datetime | None
    grade: str
    verdict: str
    effect: tuple[float, float, float] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class GoLiveHistory:
    """All corrections, oldest first, and all studies that were run on the plan, by number."""

    moves: tuple[GoLiveMove, ...]
    studies: tuple[StudyRun, ...]
