"""Many rows into the database at once: first into a temporary table (then `storing` takes them on).

PostgreSQL is filled by COPY, SQLite by one prepared statement; everything above is the same SQL.
The temporary table belongs to the connection and goes with it: a killed worker leaves nothing behind.
"""

import csv
import io
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from customer_voice.columns import DECIMALS, DIGITS
from customer_voice.models import (
    Contact,
    DurationPoint,
    Feedback,
    MetricPoint,
    StepPoint,
    Submission,
    TotalPoint,
)
from tabular.values import plain

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
    "merged_into": "text",
    "waits": "text",
    "counted_from": "moment",
    "waits_from": "moment",
    "text": "text",
    "customer": "text",
    "account": "text",
    "segment": "text",
    "channel": "text",
}
WORDS = [name for name, kind in STAGED.items() if kind == "text"]
MANY_ROWS = 20_000
UPDATABLE = [name for name in STAGED if name not in {"row_number", "external_id"}]


class Staging(ABC):
    """One temporary table on the present connection."""

    types = {"moment": "text", "number": "numeric"}
    differs = "IS NOT"
    join = "CROSS JOIN"  # SQLite takes it as: the few staged rows first, then the index of feedback

    def __init__(self, cursor: CursorWrapper, number: int) -> None:
        self.cursor, self.table = cursor, f"feedback_staging_{int(number)}"

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
    def day_in_utc(self, column: str) -> str:
        """SQL of the calendar day of a moment in UTC."""

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

    def size(self) -> int:
        """How many rows wait."""
        self.cursor.execute(f"SELECT COUNT(*) FROM {self.table}")  # noqa: S608
        return int(self.cursor.fetchone()[0])

    def identities(self) -> list[tuple[int, str]]:
        """(row, id) of every row."""
        self.cursor.execute(f"SELECT row_number, external_id FROM {self.table}")  # noqa: S608
        return list(self.cursor.fetchall())

    def scores(self) -> dict[int | Decimal | None, int]:
        """How often each score was given; None counts rows without one."""
        self.cursor.execute(f"SELECT score, COUNT(*) FROM {self.table} GROUP BY score")  # noqa: S608
        return {_plain("score", score): rows for score, rows in self.cursor.fetchall()}

    def rows(self, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """These columns of every row, as Python has them."""
        self.cursor.execute(f"SELECT {', '.join(names)} FROM {self.table}")  # noqa: S608
        for values in self.cursor.fetchall():
            yield tuple(self.read(name, value) for name, value in zip(names, values, strict=True))

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

    def day_in_utc(self, column: str) -> str:
        return f"({column} AT TIME ZONE 'UTC')::date"

    def prepare(self) -> None:
        self.cursor.execute(f"ANALYZE {self.table}")

    def settle(self, written: int) -> None:
        if written >= MANY_ROWS:
            for model in (
                Feedback, Submission, Contact, MetricPoint, StepPoint, TotalPoint, DurationPoint,
            ):  # fmt: skip
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

    def day_in_utc(self, column: str) -> str:
        return f"substr({column}, 1, 10)"  # moments are kept as text, in UTC


def _plain(name: str, value: Any) -> Any:
    """Numbers as Python has them; SQLite gives them as float, PostgreSQL with idle zeros."""
    return plain(Decimal(str(value))) if value is not None and STAGED[name] == "number" else value


@contextmanager
def staging(number: int = 0) -> Iterator[Staging]:
    """A fresh temporary table on the present connection, gone afterwards; several at once have numbers."""
    with connection.cursor() as cursor:
        table = (PostgresStaging if connection.vendor == "postgresql" else SqliteStaging)(cursor, number)
        table.create()
        yield table
        table.drop()
