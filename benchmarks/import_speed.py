"""Import of feedback into PostgreSQL against COPY of the same rows into the same tables with their indexes.

Interleaved rounds in one run; makes a database of its own and drops it.

    python benchmarks/import_speed.py --rows 1000000 --server postgresql://postgres@127.0.0.1
"""

import argparse
import csv
import os
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.record import record  # noqa: E402 - this file is started by its path

LIMIT = 0.6  # of the speed of COPY
WORDS = [
    "Quick and friendly.",
    "Waited far too long.",
    "Could not find the bill.",
    "",
    "",
    "Called three times.",
]


def write_file(path: Path, rows: int) -> None:
    chance = random.Random(7)
    start = datetime(2024, 11, 1, tzinfo=UTC)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "date", "touchpoint", "score", "comment", "segment"])
        for number in range(rows):
            moment = start + timedelta(seconds=chance.randrange(730 * 86400))
            writer.writerow(
                [
                    f"R{number:08d}",
                    moment.isoformat(),
                    chance.choice(["web", "hotline", "repair", "bill"]),
                    chance.choices(range(11), [2, 1, 1, 2, 3, 6, 8, 14, 22, 22, 19])[0],
                    chance.choice(WORDS),
                    chance.choice(["private", "business", "public"]),
                ]
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--server", default="postgresql://postgres@127.0.0.1")
    options = parser.parse_args()
    name = f"cxprogram_bench_{os.getpid()}"
    parts = urlsplit(options.server)
    url = urlunsplit((parts.scheme, parts.netloc, f"/{name}", "", ""))
    admin = psycopg.connect(options.server + "/postgres", autocommit=True)
    admin.execute(f"CREATE DATABASE {name}")
    try:
        with tempfile.TemporaryDirectory() as folder:
            os.environ |= {
                "DJANGO_SETTINGS_MODULE": "cxprogram.settings",
                "CXPROGRAM_DATABASE_URL": url,
                "CXPROGRAM_VAR": folder,
                "CXPROGRAM_UPLOAD_MAX_MB": "2048",
            }
            run(options.rows, options.rounds, url, Path(folder))
    finally:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(rows: int, rounds: int, url: str, folder: Path) -> None:
    import django  # settings come from the environment above

    django.setup()
    from django.core.files import File
    from django.core.management import call_command
    from django.db import connection

    from accounts.models import Organization
    from customer_voice import services
    from customer_voice.models import Feedback, ImportBatch, MetricPoint, Submission
    from journeys.models import Touchpoint

    call_command("migrate", verbosity=0, skip_checks=True)
    organization = Organization.objects.create(name="Bench", slug="bench")
    (metric,) = services.create_standard_metrics(organization, ["nps"])
    for key in ("web", "hotline", "repair", "bill"):
        Touchpoint.objects.create(organization=organization, key=key, name=key)
    file = folder / "feedback.csv"
    write_file(file, rows)
    print(f"{sys.version}\nload {os.getloadavg()}, {rows:,} rows, {file.stat().st_size / 2**20:.0f} MB")
    # the same rows as the tables want them
    ready = {
        model._meta.db_table: (folder / f"{model._meta.db_table}.csv", [f.column for f in model._meta.fields])
        for model in (Submission, Feedback)
    }
    emptied = f"TRUNCATE {', '.join(ready)}, customer_voice_metricpoint CASCADE"
    copies, imports, checks = [], [], []
    for round_number in range(rounds):
        with file.open("rb") as handle:
            batch = services.create_import(
                organization=organization, by=None, file=File(handle), filename="feedback.csv"
            )
        services.map_import(
            batch=batch,
            metric=metric,
            mapping={"external_id": "id", "occurred_at": "date", "touchpoint": "touchpoint", "score": "score",
                     "text": "comment", "segment": "segment"},
        )  # fmt: skip
        began = time.perf_counter()
        services.run_import(batch_id=batch.pk)
        checks.append(time.perf_counter() - began)
        services.start_import(batch=batch)
        began = time.perf_counter()
        services.run_import(batch_id=batch.pk)
        imports.append(time.perf_counter() - began)
        batch = ImportBatch.objects.get(pk=batch.pk)
        assert batch.rows_created == rows == Feedback.objects.count(), batch.failure
        assert sum(MetricPoint.objects.values_list("n", flat=True)) == rows
        with psycopg.connect(url) as raw:
            if round_number == 0:
                for table, (path, columns) in ready.items():
                    order = f"SELECT {', '.join(columns)} FROM {table} ORDER BY id"
                    order = f"COPY ({order}) TO STDOUT (FORMAT csv, FORCE_QUOTE *)"
                    with raw.cursor() as cursor, path.open("wb") as out, cursor.copy(order) as copy:
                        for block in copy:
                            out.write(block)
            raw.execute(emptied)
            raw.commit()
            began = time.perf_counter()
            for table, (path, columns) in ready.items():
                into = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT csv)"
                with raw.cursor() as cursor, path.open("rb") as source, cursor.copy(into) as copy:
                    while block := source.read(1 << 20):
                        copy.write(block)
            raw.commit()
            copies.append(time.perf_counter() - began)
            raw.execute(emptied)
            raw.commit()
    connection.close()
    report(rows, copies, imports, checks)
    ratio = statistics.median(copies) / statistics.median(imports)
    figures = {
        "what": f"import of {rows:,} rows with checks and points",
        "peer": "COPY of ready-made rows",
        "ratio": ratio,
        "limit": LIMIT,
        "verdict": "met" if ratio >= LIMIT else "MISSED",
        "ours_seconds": statistics.median(imports),
        "peer_seconds": statistics.median(copies),
    }
    record("import", [figures])


def report(rows: int, copies: list[float], imports: list[float], checks: list[float]) -> None:
    copy = statistics.median(copies)
    print(f"{'':34}{'seconds':>10}{'rows/s':>12}{'against COPY':>14}")
    for label, times in (
        ("COPY, ready-made rows", copies),
        ("check (dry run)", checks),
        ("import with roll-up", imports),
    ):
        seconds = statistics.median(times)
        print(f"{label:34}{seconds:10.2f}{rows / seconds:12,.0f}{copy / seconds:13.2f}x")


if __name__ == "__main__":
    main()
