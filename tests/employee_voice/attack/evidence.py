"""Everything that lies around: rows with their places and transactions, dead ones too, and raw bytes.

A record is one row, living or dead. Blobs are bytes in which things stand at places: the file of the database
with its free pages, its write-ahead log, pages, exports, log lines.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from tests.employee_voice.attack.matching import Item

CHUNK = 1 << 22
MOST_TIMES = 3  # that a place of the same thing is looked at: the first ones, and the last


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    source: str
    marks: Mapping[str, Any]
    content: bytes


@dataclass(kw_only=True, slots=True)
class Evidence:
    records: list[Record] = field(default_factory=list)
    blobs: dict[str, bytes] = field(default_factory=dict)

    def add(self, other: "Evidence") -> None:
        self.records += other.records
        for name, content in other.blobs.items():
            self.blobs[name] = self.blobs.get(name, b"") + content


def tables() -> list[str]:
    """Of everything that knows of employees, and what stands beside it."""
    return [
        model._meta.db_table
        for app in ("employee_voice", "accounts")
        for model in apps.get_app_config(app).get_models()
    ]


def of_database(when: str) -> Evidence:
    found = Evidence()
    for table in tables():
        found.records += [*_rows(table, when), *_dead_rows(table, when)]
    if connection.vendor == "sqlite":
        path = Path(connection.settings_dict["NAME"])
        for file in (path, Path(f"{path}-wal")):
            found.blobs[f"{when} {file.suffix}"] = file.read_bytes() if file.exists() else b""
    return found


def log_position() -> str:
    """Where the write-ahead log of PostgreSQL stands."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_insert_lsn()::text")
        return cursor.fetchone()[0]


def log_since(position: str) -> bytes:
    """The bytes of the log from there on, as far as its files are still there."""
    content = bytearray()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$' "
            "AND name BETWEEN pg_walfile_name(%s) AND pg_walfile_name(pg_current_wal_lsn()) ORDER BY name",
            [position],
        )
        for (name,) in cursor.fetchall():
            cursor.execute("SELECT pg_read_binary_file('pg_wal/' || %s)", [name])
            content += bytes(cursor.fetchone()[0])
    return bytes(content)


def _rows(table: str, when: str) -> Iterator[Record]:
    places = {
        "postgresql": "(ctid::text::point)[0]*10000 + (ctid::text::point)[1], xmin::text::bigint, "
        "cmin::text::bigint, xmax::text::bigint",
        "sqlite": "rowid",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {places}, * FROM "{table}"')
        names = [column[0] for column in cursor.description]
        physical = places.count(",")
        for values in cursor.fetchall():
            row = dict[str, Any]()
            for place, (name, value) in enumerate(zip(names, values, strict=True)):
                row |= _marks(f"@{place}" if place <= physical else name, value)
            yield Record(
                source=f"{when} {table}", marks=row, content=" ".join(map(_text, row.values())).encode()
            )


def _dead_rows(table: str, when: str) -> Iterator[Record]:
    """Every row of the table's file, living or dead, with the transactions that wrote and removed it."""
    if connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pageinspect")
            cursor.execute(f"SELECT (pg_relation_size('{table}') / 8192)::int")
            (pages,) = cursor.fetchone()
            cursor.execute(
                "SELECT page * 10000 + lp, t_xmin::text::bigint, t_xmax::text::bigint, t_field3, t_data "
                f"FROM generate_series(0, {pages} - 1) AS page, "
                f"LATERAL heap_page_items(get_raw_page('{table}', page)) WHERE t_data IS NOT NULL"
            )
            rows = cursor.fetchall()
    except DatabaseError:  # not installed, or not allowed: what plain SQL can see has to do
        return
    for place, born, gone, step, content in rows:
        marks = {"@place": place, "@xmin": born, "@xmax": gone, "@step": step}
        yield Record(source=f"{when} heap of {table}", marks=marks, content=bytes(content))


def _marks(name: str, value: object) -> dict[str, Any]:
    """A column; of JSON each of its values, numbers as numbers."""
    if isinstance(value, memoryview):
        return {name: bytes(value)}
    if isinstance(value, str) and value.startswith("{"):
        return {f"{name}.{key}": _number(str(one)) for key, one in json.loads(value).items()}
    return {name: value if isinstance(value, int | float | bytes | None) else str(value)}


def _number(text: str) -> str | float:
    try:
        return float(text)
    except ValueError:
        return text


def _text(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


# --- what of it concerns whom ---------------------------------------------------------------------------


def seen_of(items: Iterable[tuple[Item, Mapping[str, bytes]]], evidence: Evidence) -> None:
    """Give each item the marks of every record and every place in which one of its signs stands.

    A sign is something by which a row is recognized: an address, a key, a digest, a ciphertext.
    """
    signs = defaultdict[bytes, list[tuple[str, Item]]](list)
    for item, known in items:
        for name, sign in known.items():
            if sign:
                signs[sign].append((name, item))
    finder = _Finder(signs)
    times = defaultdict[tuple[int, str], int](int)
    joined = b"\xff\xfe".join(record.content for record in evidence.records)
    ends = np.cumsum([len(record.content) + 2 for record in evidence.records])
    for place, sign in finder.places(joined):
        record = evidence.records[int(np.searchsorted(ends, place, side="right"))]
        for name, item in signs[sign]:
            mark = f"{record.source} by {name}"
            times[id(item), mark] += 1
            if times[id(item), mark] <= MOST_TIMES:
                for column, value in record.marks.items():
                    item.marks[f"{mark} {times[id(item), mark]}: {column}"] = value
    for source, content in evidence.blobs.items():
        for place, sign in finder.places(content):
            for name, item in signs[sign]:
                mark = f"place in {source} of {name}"
                times[id(item), mark] += 1
                item.marks[f"{mark}, last"] = place
                if times[id(item), mark] <= MOST_TIMES:
                    item.marks[f"{mark} {times[id(item), mark]}"] = place


class _Finder:
    """Many signs of at least eight bytes in long content: by their first two bytes, then by the eight."""

    def __init__(self, signs: Iterable[bytes]) -> None:
        self.by_start = defaultdict[int, list[bytes]](list)
        for sign in signs:
            assert len(sign) >= 8, sign
            self.by_start[int.from_bytes(sign[:8], "little")].append(sign)
        self.starts = np.sort(np.array(list(self.by_start), dtype=np.uint64))
        self.may_begin = np.zeros(1 << 16, dtype=bool)
        self.may_begin[(self.starts & np.uint64(0xFFFF)).astype(int)] = True

    def places(self, content: bytes) -> Iterator[tuple[int, bytes]]:
        if not len(self.starts):
            return
        for start in range(0, max(len(content) - 7, 0), CHUNK):
            part = np.frombuffer(content[start : start + CHUNK + 7], dtype=np.uint8)
            pairs = part[:-7] | part[1:-6].astype(np.uint16) << 8
            near = np.flatnonzero(self.may_begin[pairs])
            windows = np.lib.stride_tricks.sliding_window_view(part, 8)
            numbers = np.ascontiguousarray(windows[near]).view("<u8").ravel()
            at = np.searchsorted(self.starts, numbers)
            at[at == len(self.starts)] = 0
            for one in np.nonzero(self.starts[at] == numbers)[0]:
                place = start + int(near[one])
                for sign in self.by_start[int(numbers[one])]:
                    if content.startswith(sign, place):
                        yield place, sign
