"""Customers' histories as the engine's rows, and rows as its sample. Maps, computes nothing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from cxstats.association import (
    CustomerHistory,
    FollowedRows,
    Known,
    Sample,
    ScoreGiven,
    landmark_rows,
    score_rows,
)
from cxstats.codec import decoded, encoded
from cxstats.kinds import OutcomeKind

MOST_SEGMENTS = 3  # beside the largest one; smaller ones count as it: each costs events
LEAST_OF_SEGMENT = 0.05
LEAST_KNOWN = 0.9  # of the rows, below which something is left out; the rest has the mean
DAYS_OF_YEAR = 365.25


@dataclass(frozen=True, kw_only=True, slots=True)
class Material:
    """What an estimate starts from. `known`: names of what was taken into account; `left_out` of what was
    not, being known of too few."""

    rows: FollowedRows
    sample: Sample
    known: tuple[str, ...]
    left_out: tuple[str, ...]


def histories_json(histories: Sequence[CustomerHistory]) -> list[Any]:
    """Histories as they are stored until they are computed; they hold no name."""
    return [encoded(one) for one in histories]


def histories_of(content: Sequence[Any]) -> list[CustomerHistory]:
    return [decoded(CustomerHistory, one) for one in content]


def material_of(histories: Sequence[CustomerHistory], *, outcome: str, until: date) -> Material:
    """Rows and sample of one outcome. Raises NotEstimable where histories allow none."""
    kind = OutcomeKind(outcome)
    rows = (landmark_rows if kind is OutcomeKind.STAYED else score_rows)(histories, until=until)
    known, left_out = _known(histories, rows, kind)
    return Material(
        rows=rows,
        sample=Sample(
            kind=kind,
            points=np.array([row.points for row in rows.rows], dtype=np.float64),
            score=np.array([row.score for row in rows.rows], dtype=np.float64),
            outcome=np.array(
                [float(row.stayed or 0) if kind is OutcomeKind.STAYED else row.revenue for row in rows.rows],
                dtype=np.float64,
            ),
            cluster=np.array([row.customer for row in rows.rows], dtype=np.int64),
            known=tuple(known),
        ),
        known=tuple(dict.fromkeys(one.name for one in known)),
        left_out=left_out,
    )


def _known(
    histories: Sequence[CustomerHistory], rows: FollowedRows, kind: OutcomeKind
) -> tuple[list[Known], tuple[str, ...]]:
    """Years as a customer, revenue and contacts before (on a scale of shrinking steps), segment, year."""
    found: list[Known] = []
    left_out: list[str] = []
    of = [(row, histories[row.customer]) for row in rows.rows]
    tenure = [None if one.started is None else (row.day - one.started).days / DAYS_OF_YEAR for row, one in of]
    revenue = [row.revenue_before if kind is OutcomeKind.REVENUE else one.revenue for row, one in of]
    contacts = [row.revenue_before if kind is OutcomeKind.CONTACTS else None for row, _one in of]
    for name, values in (("tenure", tenure), ("revenue", revenue), ("contacts", contacts)):
        there = [max(value, 0.0) for value in values if value is not None]
        if not there:
            continue
        if len(there) < LEAST_KNOWN * len(values):
            left_out.append(name)
            continue
        mean = sum(there) / len(there)
        filled = np.array([mean if value is None else max(value, 0.0) for value in values])
        found.append(Known(name=name, values=np.log1p(filled), is_control=True))
    segments = Counter(one.segment for _row, one in of)
    for segment, count in segments.most_common()[1 : MOST_SEGMENTS + 1]:
        if count >= LEAST_OF_SEGMENT * len(of):
            found.append(_dummy("segment", [one.segment == segment for _row, one in of]))
    if kind is OutcomeKind.STAYED:
        found += [_dummy("year", [row.day == day for row, _one in of]) for day in rows.days[1:]]
    return found, tuple(left_out)


def _dummy(name: str, values: Sequence[bool]) -> Known:
    return Known(name=name, values=np.array(values, dtype=np.float64))


__all__ = ["Material", "ScoreGiven", "histories_json", "histories_of", "material_of"]
