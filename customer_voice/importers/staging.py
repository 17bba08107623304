"""Many rows into the database at once: a temporary table, then one set-based upsert.

PostgreSQL is filled by COPY, SQLite by one prepared statement; everything above is the same SQL.
The temporary table belongs to the connection and goes with it: a killed worker leaves nothing behind.
"""

import csv
import io
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from customer_voice.models import DurationPoint, Feedback, MetricPoint

# column of the temporary table -> its type; dates are moments in UTC
STAGED = {
    "row_number": "integer",
    "external_id": "text",
    "occurred_at": "moment",
    "touchpoint_id": "bigint",
    "score": "smallint",
    "resolved_at": "moment",
    "reopened_count": "smallint",
    "text": "text",
    "customer": "text",
    "segment": "text",
    "channel": "text",
}
WORDS = [name for name, kind in STAGED.items() if kind == "text"]
MANY_ROWS = 20_000
UPDATABLE = [name for name in STAGED if name not in {"row_number", "external_id"}]


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """Where the staged rows go: what is the same for all of them."""

    organization_id: int
    source: str
    metric_id: int | None
    batch_id: int | None
    received_at: datetime
    columns: tuple[str, ...]  # of UPDATABLE: those that the file gives; others keep what they have


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """How the staged rows compare with what is there."""

    created: int
    updated: int
    unchanged: int


class Staging(ABC):
    """One temporary table on the present connection."""

    table = "feedback_staging"
    moment = "text"
    differs = "IS NOT"
    join = "CROSS JOIN"  # SQLite takes it as: the few staged rows first, then the index of feedback

    def __init__(self, cursor: CursorWrapper) -> None:
        self.cursor = cursor
        self.feedback = connection.ops.quote_name(Feedback._meta.db_table)

    def create(self) -> None:
        columns = ", ".join(
            f"{name} {self.moment if kind == 'moment' else kind}" for name, kind in STAGED.items()
        )
        self.cursor.execute(f"DROP TABLE IF EXISTS {self.table}")
        self.cursor.execute(f"CREATE TEMPORARY TABLE {self.table} ({columns})")

    def drop(self) -> None:
        self.cursor.execute(f"DROP TABLE IF EXISTS {self.table}")

    @abstractmethod
    def write(self, columns: Sequence[Sequence[Any]]) -> None:
        """Add rows, given as columns in the order of STAGED."""

    @abstractmethod
    def local_day(self, column: str, zone: str) -> str:
        """SQL of the calendar day of a moment in a time zone; `zone` is its own parameter."""

    def prepare(self) -> None:
        """Before the set-based statements: tell the planner what was written."""
        return

    def duplicates(self) -> list[tuple[int, int, str]]:
        """(row, first row with the same id, id) for every row whose id came before."""
        self.cursor.execute(
            f"SELECT s.row_number, d.first_row, s.external_id FROM {self.table} s JOIN ("  # noqa: S608
            f"SELECT external_id, MIN(row_number) AS first_row FROM {self.table} "
            "GROUP BY external_id HAVING COUNT(*) > 1) d "
            "ON d.external_id = s.external_id AND s.row_number > d.first_row ORDER BY s.row_number"
        )
        return list(self.cursor.fetchall())

    def remove_rows(self, numbers: Sequence[int]) -> None:
        self.cursor.executemany(
            f"DELETE FROM {self.table} WHERE row_number = %s",  # noqa: S608
            [(number,) for number in numbers],
        )

    def set_touchpoint(self, placeholder: int, touchpoint_id: int) -> None:
        self.cursor.execute(
            f"UPDATE {self.table} SET touchpoint_id = %s WHERE touchpoint_id = %s",  # noqa: S608
            [touchpoint_id, placeholder],
        )

    def compare(self, target: Target) -> Outcome:
        """What an upsert would do."""
        self.cursor.execute(f"SELECT COUNT(*) FROM {self.table}")  # noqa: S608
        total = self.cursor.fetchone()[0]
        if not Feedback.objects.filter(organization_id=target.organization_id, source=target.source).exists():
            return Outcome(created=total, updated=0, unchanged=0)
        difference, parameters = self._difference(target, "f", "s")
        self.cursor.execute(
            f"SELECT COUNT(*), COALESCE(SUM(CASE WHEN {difference} THEN 1 ELSE 0 END), 0) "  # noqa: S608
            f"FROM {self.table} s {self.join} {self.feedback} f ON {self._same()}",
            [*parameters, target.organization_id, target.source],
        )
        there, changed = self.cursor.fetchone()
        return Outcome(created=total - there, updated=changed, unchanged=there - changed)

    def touched_days(self, target: Target, zone: str, *, changes_any: bool) -> set[tuple[int, int, date]]:
        """(metric, touchpoint, day) of rows to come, and of those they change. Call before `upsert`."""
        found: set[tuple[int, int, date]] = set()
        if target.metric_id is not None:
            self.cursor.execute(
                f"SELECT DISTINCT touchpoint_id, {self.local_day('occurred_at', zone)} FROM {self.table}",  # noqa: S608
                [zone],
            )
            found = {(target.metric_id, touchpoint, _day(day)) for touchpoint, day in self.cursor.fetchall()}
        if not changes_any:
            return found
        difference, parameters = self._difference(target, "f", "s")
        self.cursor.execute(
            f"SELECT DISTINCT f.metric_id, f.touchpoint_id, {self.local_day('f.occurred_at', zone)} "  # noqa: S608
            f"FROM {self.table} s {self.join} {self.feedback} f ON {self._same()} "
            f"WHERE f.metric_id IS NOT NULL AND ({difference})",
            [zone, target.organization_id, target.source, *parameters],
        )
        return found | {(metric, touchpoint, _day(day)) for metric, touchpoint, day in self.cursor.fetchall()}

    def upsert(self, target: Target) -> None:
        """New rows in, changed ones updated, equal ones not written at all. One statement."""
        fixed = {
            "organization_id": target.organization_id,
            "source": target.source,
            "metric_id": target.metric_id,
            "batch_id": target.batch_id,
            "received_at": self.adapt(target.received_at),
            "language": "",
        }
        staged = ["external_id", *UPDATABLE]
        names = ", ".join([*fixed, *staged])
        values = ", ".join([*(self.typed(name) for name in fixed), *staged])
        changes = ", ".join(
            f"{name} = EXCLUDED.{name}" for name in (*target.columns, "metric_id", "batch_id")
        )
        difference = " OR ".join(
            f"{self.feedback}.{name} {self.differs} EXCLUDED.{name}"
            for name in (*target.columns, "metric_id")
        )
        self.cursor.execute(
            f"INSERT INTO {self.feedback} ({names}) SELECT {values} FROM {self.table} WHERE true "  # noqa: S608
            f"ON CONFLICT (organization_id, source, external_id) DO UPDATE SET {changes} WHERE {difference}",
            list(fixed.values()),
        )

    def settle(self, written: int) -> None:
        """After many rows: tell the planner, or it reads the table as if it were still small."""
        return

    def adapt(self, moment: datetime) -> Any:
        return moment

    def typed(self, name: str) -> str:
        """A parameter of the column's type."""
        return "%s"

    def _same(self) -> str:
        return "f.organization_id = %s AND f.source = %s AND f.external_id = s.external_id"

    def _difference(self, target: Target, old: str, new: str) -> tuple[str, list[Any]]:
        parts = [f"{old}.{name} {self.differs} {new}.{name}" for name in target.columns]
        parts.append(f"{old}.metric_id {self.differs} {self.typed('metric_id')}")
        return " OR ".join(parts), [target.metric_id]


class PostgresStaging(Staging):
    moment = "timestamptz"
    differs = "IS DISTINCT FROM"
    join = "JOIN"

    def write(self, columns: Sequence[Sequence[Any]]) -> None:
        text = io.StringIO()
        csv.writer(text).writerows(zip(*columns, strict=True))
        words = ", ".join(WORDS)
        with self.cursor.copy(
            f"COPY {self.table} FROM STDIN (FORMAT csv, NULL '', FORCE_NOT_NULL ({words}))"
        ) as copy:
            copy.write(text.getvalue())

    def local_day(self, column: str, zone: str) -> str:
        return f"({column} AT TIME ZONE %s)::date"

    def prepare(self) -> None:
        self.cursor.execute(f"ANALYZE {self.table}")

    def settle(self, written: int) -> None:
        if written >= MANY_ROWS:
            for model in (Feedback, MetricPoint, DurationPoint):
                self.cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")

    def remove_rows(self, numbers: Sequence[int]) -> None:
        self.cursor.execute(
            f"DELETE FROM {self.table} WHERE row_number = ANY(%s)",  # noqa: S608
            [list(numbers)],
        )

    def typed(self, name: str) -> str:
        kinds = {"metric_id": "bigint", "batch_id": "bigint", "received_at": "timestamptz"}
        return f"%s::{kinds[name]}" if name in kinds else "%s"


class SqliteStaging(Staging):
    def write(self, columns: Sequence[Sequence[Any]]) -> None:
        adapted = [
            [None if value is None else self.adapt(value) for value in column] if kind == "moment" else column
            for column, kind in zip(columns, STAGED.values(), strict=True)
        ]
        marks = ", ".join(["%s"] * len(STAGED))
        self.cursor.executemany(
            f"INSERT INTO {self.table} VALUES ({marks})",  # noqa: S608
            list(zip(*adapted, strict=True)),
        )

    def adapt(self, moment: datetime) -> Any:
        return connection.ops.adapt_datetimefield_value(moment)

    def local_day(self, column: str, zone: str) -> str:
        return f"django_datetime_cast_date({column}, %s, 'UTC')"


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


@contextmanager
def staging() -> Iterator[Staging]:
    """A fresh temporary table on the present connection, gone afterwards."""
    with connection.cursor() as cursor:
        table = (PostgresStaging if connection.vendor == "postgresql" else SqliteStaging)(cursor)
        table.create()
        yield table
        table.drop()
