"""Where staged rows go, and how they compare with what is there."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """Where the staged rows go: what is the same for all of them."""

    organization_id: int
    source_id: int
    metric_id: int | None
    metric_key: str
    series_ids: tuple[int, ...]  # versions read together: an answer stays with the one it was given to
    batch_id: int | None
    received_at: datetime
    columns: tuple[str, ...]  # of UPDATABLE: those that the file gives; others keep what they have


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """How the staged rows compare with what is there."""

    created: int
    updated: int
    unchanged: int
    replaced: int = 0  # of the updated: a value that was known goes; the others fill in what was empty
    replaced_by: Mapping[str, int] = field(default_factory=dict)  # column -> rows whose known value goes


def sum_of(outcomes: Iterable[Outcome]) -> Outcome:
    """Those of several metrics as one: answers, not rows."""
    many = list(outcomes)
    by_column: Counter[str] = Counter()
    for one in many:
        by_column.update(one.replaced_by)
    return Outcome(
        created=sum(one.created for one in many),
        updated=sum(one.updated for one in many),
        unchanged=sum(one.unchanged for one in many),
        replaced=sum(one.replaced for one in many),
        replaced_by=dict(by_column),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Replaced:
    """One known answer that the file would change: what goes and what comes, by column."""

    row_number: int
    external_id: str
    columns: Mapping[str, tuple[Any, Any]]
