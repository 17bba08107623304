"""Import on SQLite against `executemany` of the same rows, and a workbook against the same rows as CSV.

Ratios within one run, parts in turn; needs no server.

    python benchmarks/files_speed.py [--rows 100000] [--rounds 3]
"""

import argparse
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from csv import reader
from pathlib import Path
from typing import Any

import xlsxwriter

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.import_speed import write_file  # noqa: E402 - this file is started by its path
from benchmarks.record import record  # noqa: E402

MAPPING = {
    "external_id": "id",
    "occurred_at": "date",
    "touchpoint": "touchpoint",
    "score": "score",
    "text": "comment",
    "segment": "segment",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "cxprogram.settings",
            "CXPROGRAM_VAR": folder,
            "CXPROGRAM_UPLOAD_MAX_MB": "2048",
            "CXPROGRAM_LOG_LEVEL": "CRITICAL",
        }
        os.environ.pop("CXPROGRAM_DATABASE_URL", None)
        run(options.rows, options.rounds, Path(folder))


def run(rows: int, rounds: int, folder: Path) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True)
    print(f"{sys.version.splitlines()[0]}; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    csv_file, workbook = folder / "feedback.csv", folder / "feedback.xlsx"
    write_file(csv_file, rows)
    write_workbook(csv_file, workbook)
    metric = prepared()
    spent: dict[str, list[float]] = {"csv": [], "xlsx": [], "executemany": []}
    for number in range(rounds + 1):
        ready: tuple[tuple[str, list[tuple[Any, ...]]], ...] = ()
        for path in (csv_file, workbook) if number % 2 else (workbook, csv_file):
            spent[path.suffix[1:]].append(imported(metric, path, rows))
            ready = emptied()
        spent["executemany"].append(timed(lambda: put(folder / "cxprogram.sqlite3", ready)))  # noqa: B023
        emptied()
        if number == 0:  # code and tables are loaded
            spent = {name: [] for name in spent}
    typical = {name: statistics.median(found) for name, found in spent.items()}
    for name, seconds in typical.items():
        print(f"{name:14}{seconds:8.2f} s")
    figures = [
        at_least(f"XLSX of {rows:,} rows", "the same rows as CSV", typical["csv"] / typical["xlsx"], 0.8),
        at_least(
            f"import of {rows:,} rows on SQLite with checks and points",
            "executemany of ready-made rows",
            typical["executemany"] / typical["csv"],
            0.5,
        ),
    ]
    print(f"{'what':58}{'ratio':>8}{'limit':>8}  verdict")
    for row in figures:
        print(f"{row['what']:58}{row['ratio']:8.2f}{row['limit']:8.2f}  {row['verdict']}")
    record("files", figures)


def write_workbook(csv_file: Path, workbook: Path) -> None:
    """The same cells, scores as numbers."""
    book = xlsxwriter.Workbook(str(workbook), {"constant_memory": True})
    sheet = book.add_worksheet()
    with csv_file.open(newline="", encoding="utf-8") as lines:
        for number, row in enumerate(reader(lines)):
            sheet.write_row(number, 0, [int(cell) if cell.isdecimal() else cell for cell in row])
    book.close()


def prepared() -> Any:
    from accounts.models import Organization
    from customer_voice import services
    from journeys.models import Touchpoint

    organization = Organization.objects.create(name="Bench", slug="bench")
    (metric,) = services.create_standard_metrics(organization, ["nps"])
    for key in ("web", "hotline", "repair", "bill"):
        Touchpoint.objects.create(organization=organization, key=key, name=key)
    return metric


def imported(metric: Any, path: Path, rows: int) -> float:
    """Seconds of the import; the check before it, which a person looks at, is not within."""
    from django.core.files import File

    from customer_voice import services
    from customer_voice.models import Feedback, ImportBatch

    with path.open("rb") as handle:
        batch = services.create_import(
            organization=metric.organization, by=None, file=File(handle), filename=path.name
        )
    services.map_import(batch=batch, metric=metric, mapping=MAPPING)
    services.run_import(batch_id=batch.pk)
    batch.refresh_from_db()
    services.start_import(batch=batch)
    seconds = timed(lambda: services.run_import(batch_id=batch.pk))
    batch = ImportBatch.objects.get(pk=batch.pk)
    assert batch.rows_created == rows == Feedback.objects.count(), batch.failure
    return seconds


def emptied() -> tuple[tuple[str, list[tuple[Any, ...]]], ...]:
    """The rows of submissions and answers, ready to be put in again, out of their tables; points too."""
    from django.db import connection

    from customer_voice.models import Feedback, MetricPoint, Submission

    found = []
    with connection.cursor() as cursor:
        for model in (Submission, Feedback):
            table = model._meta.db_table
            columns = [str(field.column) for field in model._meta.concrete_fields]
            cursor.execute(f"SELECT {', '.join(columns)} FROM {table}")
            marks = ", ".join("?" * len(columns))
            insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
            found.append((insert, cursor.fetchall()))
        cursor.execute("PRAGMA foreign_keys = OFF")
        for model in (MetricPoint, Feedback, Submission):
            cursor.execute(f"DELETE FROM {model._meta.db_table}")
        cursor.execute("PRAGMA foreign_keys = ON")
    return tuple(found)


def put(database: Path, ready: tuple[tuple[str, list[tuple[Any, ...]]], ...]) -> None:
    """By the driver alone, on a connection of its own with the same settings, in one transaction."""
    raw = sqlite3.connect(database, isolation_level=None)
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute("PRAGMA synchronous = NORMAL")
    raw.execute("PRAGMA foreign_keys = ON")
    raw.execute("BEGIN IMMEDIATE")
    for insert, rows in ready:
        raw.executemany(insert, rows)
    raw.execute("COMMIT")
    raw.close()


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def at_least(what: str, peer: str, ratio: float, limit: float) -> dict[str, Any]:
    verdict = "met" if ratio >= limit else "MISSED"
    return {"what": what, "peer": peer, "ratio": ratio, "limit": limit, "verdict": verdict}


if __name__ == "__main__":
    main()
