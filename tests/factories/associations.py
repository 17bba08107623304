"""Customers with a known association between score and staying, as a table and as histories."""

import io
from datetime import date, timedelta

import numpy as np

from accounts.models import Membership
from common.spreadsheets import csv_text
from impact.choices import OutcomeKind
from impact.models import AssociationFile, AssociationRun
from impact.services import execute_association, keep_association_file, request_association_of_file
from tests.factories.impact import metric_of

HEADER = ("customer", "start day", "segment", "day", "score", "end day", "revenue", "revenue before")
UNTIL = date(2026, 1, 1)


def contract_rows(
    *, customers: int = 400, seed: int = 1, by_point: float = 0.008, base: float = 1.4
) -> list[tuple[object, ...]]:
    """One score each, a month or more before the year that is followed; `by_point`: of the log odds to stay.
    Revenue after is 500 and 2 for each NPS point, and 20 up or down."""
    rng, rows = np.random.default_rng(seed), []
    for number in range(customers):
        score = int(rng.choice([3, 5, 7, 8, 9, 10]))
        points = 100 if score >= 9 else -100 if score <= 6 else 0
        day = UNTIL - timedelta(days=365 + int(rng.integers(30, 300)))
        stays = rng.random() < 1 / (1 + np.exp(-(base + by_point * points)))
        left = "" if stays else (UNTIL - timedelta(days=int(rng.integers(5, 360)))).isoformat()
        start = day - timedelta(days=int(rng.integers(200, 2000)))
        segment = "Home" if rng.random() < 0.6 else "Business"
        revenue = 500 + 2 * points + int(rng.choice([-20, 20]))
        before = 400 + int(rng.integers(0, 200))
        rows.append((f"C{number}", start, segment, day, score, left, revenue, before))
    return rows


def table_of(rows: list[tuple[object, ...]], header: tuple[str, ...] = HEADER) -> io.BytesIO:
    return io.BytesIO(csv_text(header, rows).encode())


def kept_file(
    by: Membership,
    rows: list[tuple[object, ...]] | None = None,
    *,
    outcome: str = OutcomeKind.STAYED,
    header: tuple[str, ...] = HEADER,
    until: date = UNTIL,
) -> AssociationFile:
    return keep_association_file(
        by=by,
        file=table_of(contract_rows() if rows is None else rows, header),
        filename="contracts.csv",
        outcome=outcome,
        metric=metric_of(by.organization),
        until=until,
    )


def finished_association(by: Membership, **kwargs: object) -> AssociationRun:
    run = request_association_of_file(by=by, file=kept_file(by, **kwargs))  # type: ignore[arg-type]
    assert execute_association(run=run)
    run.refresh_from_db()
    return run
