"""Many rows into the database at once: a temporary table, then one set-based upsert.

PostgreSQL is filled by COPY, SQLite by one prepared statement; everything above is the same SQL.
The temporary table belongs to the connection and goes with it: a killed worker leaves nothing behind.
"""

import csv
import io
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from customer_voice.columns import DECIMALS, DIGITS, plain
from customer_voice.models import DurationPoint, Feedback, MetricPoint, StepPoint, TotalPoint

# column of the temporary table -> its type; dates are moments in UTC
STAGED = {
    "row_number": "integer",
    "external_id": "text",
    "occurred_at": "moment",
    "touchpoint_id": "bigint",
    "score": "number",
    "exposure": "number",
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
DEFINITION = "metric_id"  # among replaced columns: the answer moves to another definition of its metric


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """Where the staged rows go: what is the same for all of them."""

    organization_id: int
    source: str
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Replaced:
    """One known answer that the file would change: what goes and what comes, by column."""

    row_number: int
    external_id: str
    columns: Mapping[str, tuple[Any, Any]]


class Staging(ABC):
    """One temporary table on the present connection."""

    table = "feedback_staging"
    types = {"moment": "text", "number": "numeric"}
    differs = "IS NOT"
    join = "CROSS JOIN"  # SQLite takes it as: the few staged rows first, then the index of feedback

    def __init__(self, cursor: CursorWrapper) -> None:
        self.cursor = cursor
        self.feedback = connection.ops.quote_name(Feedback._meta.db_table)

    def create(self) -> None:
        columns = ", ".join(f"{name} {self.types.get(kind, kind)}" for name, kind in STAGED.items())
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

    def repeated(self) -> list[list[dict[str, Any]]]:
        """Rows that share their id with others, together, in the order of the file."""
        names = ", ".join(f"s.{name}" for name in STAGED)
        self.cursor.execute(
            f"SELECT {names} FROM {self.table} s JOIN ("  # noqa: S608
            f"SELECT external_id FROM {self.table} GROUP BY external_id HAVING COUNT(*) > 1) d "
            "ON d.external_id = s.external_id ORDER BY s.row_number"
        )
        found: dict[str, list[dict[str, Any]]] = {}
        for values in self.cursor.fetchall():
            row = {name: _plain(name, value) for name, value in zip(STAGED, values, strict=True)}
            found.setdefault(row["external_id"], []).append(row)
        return list(found.values())

    def identities(self) -> list[tuple[int, str]]:
        """(row, id) of every row."""
        self.cursor.execute(f"SELECT row_number, external_id FROM {self.table}")  # noqa: S608
        return list(self.cursor.fetchall())

    def scores(self) -> dict[int | Decimal | None, int]:
        """How often each score was given; None counts rows without one."""
        self.cursor.execute(f"SELECT score, COUNT(*) FROM {self.table} GROUP BY score")  # noqa: S608
        return {_plain("score", score): rows for score, rows in self.cursor.fetchall()}

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
        if not Feedback.objects.filter(
            organization_id=target.organization_id, source=target.source, metric_key=target.metric_key
        ).exists():
            return Outcome(created=total, updated=0, unchanged=0)
        losses = self._losses(target)
        wanted = [self._difference(target), " OR ".join(losses.values()), *losses.values()]
        sums = ", ".join(f"COALESCE(SUM(CASE WHEN {one} THEN 1 ELSE 0 END), 0)" for one in wanted)
        self.cursor.execute(
            f"SELECT COUNT(*), {sums} "  # noqa: S608
            f"FROM {self.table} s {self.join} {self.feedback} f ON {self._same()}",
            self._identity(target),
        )
        there, changed, replaced, *by_column = self.cursor.fetchone()
        return Outcome(
            created=total - there,
            updated=changed,
            unchanged=there - changed,
            replaced=replaced,
            replaced_by={name: rows for name, rows in zip(losses, by_column, strict=True) if rows},
        )

    def replaced(self, target: Target, most: int) -> list[Replaced]:
        """The first rows by which something known would go, with what goes and what comes."""
        losses = self._losses(target)
        names = [name for name in losses if name != DEFINITION]
        columns = ", ".join(f"f.{name}, s.{name}, {losses[name]}" for name in names)
        self.cursor.execute(
            f"SELECT s.row_number, s.external_id, f.metric_id, ({losses[DEFINITION]}), {columns} "  # noqa: S608
            f"FROM {self.table} s {self.join} {self.feedback} f ON {self._same()} "
            f"WHERE {' OR '.join(losses.values())} ORDER BY s.row_number LIMIT {int(most)}",
            self._identity(target),
        )
        found = []
        for number, external_id, metric_id, is_moved, *cells in self.cursor.fetchall():
            changes: dict[str, tuple[Any, Any]] = {
                name: (self.read(name, cells[3 * index]), self.read(name, cells[3 * index + 1]))
                for index, name in enumerate(names)
                if cells[3 * index + 2]
            }
            if is_moved:
                changes[DEFINITION] = (metric_id, target.metric_id)
            found.append(Replaced(row_number=number, external_id=external_id, columns=changes))
        return found

    def touched_days(self, target: Target, zone: str, *, changes_any: bool) -> set[tuple[int, int, date]]:
        """(metric, touchpoint, day) of rows to come, and of those they change. Call before `upsert`."""
        found: set[tuple[int, int, date]] = set()
        if target.metric_id is None:
            return found
        self.cursor.execute(
            f"SELECT DISTINCT touchpoint_id, {self.local_day('occurred_at', zone)} FROM {self.table}",  # noqa: S608
            [zone],
        )
        found = {(target.metric_id, touchpoint, _day(day)) for touchpoint, day in self.cursor.fetchall()}
        if not changes_any:
            return found
        # a changed answer leaves one day, and may reach another one of the version that it was given to
        for place in ("f", "s"):
            self.cursor.execute(
                f"SELECT DISTINCT f.metric_id, {place}.touchpoint_id, "  # noqa: S608
                f"{self.local_day(f'{place}.occurred_at', zone)} "
                f"FROM {self.table} s {self.join} {self.feedback} f ON {self._same()} "
                f"WHERE f.metric_id IS NOT NULL AND ({self._difference(target)})",
                [zone, *self._identity(target)],
            )
            found |= {(metric, touchpoint, _day(day)) for metric, touchpoint, day in self.cursor.fetchall()}
        return found

    def upsert(self, target: Target) -> None:
        """New rows in, changed ones updated, equal ones not written at all. One statement."""
        fixed = {
            "organization_id": target.organization_id,
            "source": target.source,
            "metric_id": target.metric_id,
            "metric_key": target.metric_key,
            "batch_id": target.batch_id,
            "received_at": self.adapt(target.received_at),
            "language": "",
        }
        staged = ["external_id", *UPDATABLE]
        names = ", ".join([*fixed, *staged])
        values = ", ".join([*(self.typed(name) for name in fixed), *staged])
        moves = self._moves(target, self.feedback)
        changes = ", ".join(
            [
                *(f"{name} = EXCLUDED.{name}" for name in (*target.columns, "batch_id")),
                f"metric_id = CASE WHEN {moves} THEN EXCLUDED.metric_id ELSE {self.feedback}.metric_id END",
            ]
        )
        difference = " OR ".join(
            [*(f"{self.feedback}.{name} {self.differs} EXCLUDED.{name}" for name in target.columns), moves]
        )
        self.cursor.execute(
            f"INSERT INTO {self.feedback} ({names}) SELECT {values} FROM {self.table} WHERE true "  # noqa: S608
            "ON CONFLICT (organization_id, source, external_id, metric_key) "
            f"DO UPDATE SET {changes} WHERE {difference}",
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

    def read(self, name: str, value: Any) -> Any:
        """A stored value as Python has it."""
        return _plain(name, value)

    def _same(self) -> str:
        return (
            "f.organization_id = %s AND f.source = %s AND f.external_id = s.external_id AND f.metric_key = %s"
        )

    def _identity(self, target: Target) -> list[Any]:
        return [target.organization_id, target.source, target.metric_key]

    def _moves(self, target: Target, table: str) -> str:
        """Whether a known answer stands under a definition that is not read together with the present one."""
        together = ", ".join(str(int(pk)) for pk in target.series_ids)
        return f"{table}.metric_id NOT IN ({together})" if together else "1 = 0"

    def _difference(self, target: Target) -> str:
        parts = [f"f.{name} {self.differs} s.{name}" for name in target.columns]
        return " OR ".join([*parts, self._moves(target, "f")])

    def _losses(self, target: Target) -> dict[str, str]:
        """Column -> whether a value that was known would go; filling in what was empty loses nothing."""
        losses = {
            name: f"(f.{name} {self.differs} s.{name}{_KNOWN.get(name, '')})" for name in target.columns
        }
        return {**losses, DEFINITION: f"({self._moves(target, 'f')})"}


# how a column says that it holds something; dates and touchpoints always do
_KNOWN = {
    "score": " AND f.score IS NOT NULL",
    "exposure": " AND f.exposure IS NOT NULL",
    "resolved_at": " AND f.resolved_at IS NOT NULL",
    "reopened_count": " AND f.reopened_count > 0",
    **{name: f" AND f.{name} <> ''" for name in ("text", "customer", "segment", "channel")},
}


class PostgresStaging(Staging):
    types = {"moment": "timestamptz", "number": f"numeric({DIGITS}, {DECIMALS})"}
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
            for model in (Feedback, MetricPoint, StepPoint, TotalPoint, DurationPoint):
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

    def read(self, name: str, value: Any) -> Any:
        if value is None or STAGED[name] != "moment":
            return super().read(name, value)
        # what a table declares as a moment comes back as one, what is staged as text
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC)

    def local_day(self, column: str, zone: str) -> str:
        return f"django_datetime_cast_date({column}, %s, 'UTC')"


def _plain(name: str, value: Any) -> Any:
    """Numbers as Python has them; SQLite gives them as float, PostgreSQL with idle zeros."""
    return plain(Decimal(str(value))) if value is not None and STAGED[name] == "number" else value


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
