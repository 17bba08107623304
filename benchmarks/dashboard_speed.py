"""Time of the Listen pages with few and with many feedback rows; it must not grow with them.

Both sizes are measured in one run, interleaved; on SQLite, or on PostgreSQL with --server (databases
of its own, dropped at the end).

    python benchmarks/dashboard_speed.py --rows 100000 1000000 [--server postgresql://postgres@127.0.0.1]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import psycopg

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper
    from django.db.models import Model

    from accounts.models import Organization

ROOT = Path(__file__).resolve().parent.parent
PAGES = {
    "overview": "/o/bench/listen/",
    "NPS": "/o/bench/listen/metrics/nps/",
    "NPS by week": "/o/bench/listen/metrics/nps/?period=week",
    "time to resolution": "/o/bench/listen/metrics/ttr/",
    "feedback": "/o/bench/listen/feedback/?touchpoint=tp1",
}
TTR_SHARE = 0.1
MADE_BY_THE_ORM = 200_000  # further rows are copies that the database makes: ten million in minutes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs=2, default=[100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--server", help="PostgreSQL; default: SQLite")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve is not None:
        serve(options.serve)
    else:
        compare(options.rows, options.rounds, options.server)


def compare(sizes: list[int], rounds: int, server: str | None) -> None:
    """One process per size, asked in turn: both see the same load of the machine."""
    print(f"{sys.version}\nload {os.getloadavg()}, {'PostgreSQL' if server else 'SQLite'}")
    admin = psycopg.connect(f"{server}/postgres", autocommit=True) if server else None
    names = [f"cxprogram_bench_{os.getpid()}_{size}" for size in sizes]
    with tempfile.TemporaryDirectory() as folder:
        try:
            workers = []
            for size, name in zip(sizes, names, strict=True):
                place = Path(folder) / str(size)
                place.mkdir()
                environment = {**os.environ, "CXPROGRAM_VAR": str(place)}
                environment["DJANGO_SETTINGS_MODULE"] = "cxprogram.settings"
                environment["CXPROGRAM_STATIC_ROOT"] = str(Path(folder) / "static")
                if admin is not None and server is not None:
                    admin.execute(f"CREATE DATABASE {name}")
                    parts = urlsplit(server)
                    url = urlunsplit((parts.scheme, parts.netloc, f"/{name}", "", ""))
                    environment["CXPROGRAM_DATABASE_URL"] = url
                worker = subprocess.Popen(
                    [sys.executable, __file__, "--serve", str(size)],
                    env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
                )  # fmt: skip
                ask(worker, "")  # rows are there
                workers.append(worker)
            times: dict[str, list[list[float]]] = {page: [[], []] for page in PAGES}
            first: dict[str, list[float]] = {page: [] for page in PAGES}
            for number in range(rounds + 2):
                for page in PAGES:
                    for index, worker in enumerate(workers):
                        seconds = ask(worker, page if number else f"warm {page}")
                        if number > 1:
                            times[page][index].append(seconds)
                        elif number == 1:
                            first[page].append(seconds)
            report(sizes, times, first)
            for worker in workers:
                ask(worker, "end")
        finally:
            for name in names:
                if admin is not None:
                    admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def ask(worker: "subprocess.Popen[str]", page: str) -> float:
    assert worker.stdin is not None
    assert worker.stdout is not None
    if page:
        worker.stdin.write(page + "\n")
        worker.stdin.flush()
    line = worker.stdout.readline()
    if not line:
        raise SystemExit("the measured process ended")
    return float(json.loads(line))


def serve(rows: int) -> None:
    """Child: fill the database, then answer page names with seconds."""
    sys.path.insert(0, str(ROOT))
    import time

    import django

    django.setup()
    from django.core.cache import cache
    from django.core.management import call_command
    from django.test import Client

    from accounts.models import Membership, Organization, User
    from cxprogram.front_end import collect

    call_command("migrate", verbosity=0, skip_checks=True)
    collect(lambda: None)
    user = User.objects.create_user("bench@example.org", "unused")
    organization = Organization.objects.create(name="Bench", slug="bench")
    Membership.objects.create(organization=organization, user=user, role="cx_leader")
    made = min(rows, MADE_BY_THE_ORM)
    fill(organization, made)
    multiply(rows // made)
    count(organization)
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    print(json.dumps(0), flush=True)
    for line in sys.stdin:
        page = line.strip()
        if page == "end":
            print(json.dumps(0), flush=True)
            return
        began = time.perf_counter()
        answer = client.get(PAGES[page.removeprefix("warm ")])
        seconds = time.perf_counter() - began
        if page.startswith("warm "):  # templates and code are loaded, figures forgotten again
            cache.clear()
        assert answer.status_code == 200, answer.status_code
        print(json.dumps(seconds), flush=True)


def fill(organization: "Organization", rows: int) -> None:
    import random
    from datetime import UTC, datetime, timedelta

    from django.utils import timezone

    from customer_voice import services
    from customer_voice.models import Feedback, Source, Submission
    from journeys.models import Touchpoint

    chance = random.Random(3)
    metrics = services.create_standard_metrics(organization, ["nps", "csat_5", "ces_agree_7", "ttr"])
    touchpoints = [
        Touchpoint.objects.create(organization=organization, key=f"tp{n}", name=f"Touchpoint {n}")
        for n in range(8)
    ]
    start, now = datetime(2024, 11, 1, tzinfo=UTC), timezone.now()
    source = Source.objects.create(organization=organization, name="bench")
    lot, submissions = [], []
    for number in range(rows):
        metric = metrics[3] if chance.random() < TTR_SHARE else metrics[number % 3]
        moment = start + timedelta(seconds=chance.randrange(740 * 86400))
        duration = timedelta(hours=chance.lognormvariate(2.8, 1.1))
        submissions.append(Submission(organization=organization, source=source, external_id=str(number)))
        lot.append(
            Feedback(
                organization=organization,
                metric=metric,
                metric_key=metric.key,
                touchpoint=chance.choice(touchpoints),
                occurred_at=moment,
                score=None
                if metric.calculation.counts_cases
                else chance.randint(metric.scale_low, metric.scale_high),
                resolved_at=moment + duration if metric.calculation.counts_cases else None,
                segment=chance.choice(["private", "business", "public"]),
                text="Waited far too long." if number % 3 == 0 else "",
                received_at=now,
            )
        )
        if len(lot) == 20_000 or number + 1 == rows:
            for answer, submission in zip(
                lot, Submission.objects.bulk_create(submissions, batch_size=2000), strict=True
            ):
                answer.submission = submission
            Feedback.objects.bulk_create(lot, batch_size=2000)
            lot, submissions = [], []


def multiply(times: int) -> None:
    """The same rows again under new keys, `times` - 1 times."""
    from django.db import connection

    from customer_voice.models import Feedback, Submission

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(id) FROM {Submission._meta.db_table}")
        submissions = cursor.fetchone()[0]
        cursor.execute(f"SELECT max(id) FROM {Feedback._meta.db_table}")
        answers = cursor.fetchone()[0]
        for number in range(1, times):
            again = {"external_id": f"external_id || '-{number}'", "id": f"id + {number * submissions}"}
            copy(cursor, Submission, again, up_to=submissions)
            again = {
                "id": f"id + {number * answers}",
                "submission_id": f"submission_id + {number * submissions}",
            }
            copy(cursor, Feedback, again, up_to=answers)


def copy(cursor: "CursorWrapper", model: "type[Model]", again: dict[str, str], *, up_to: int) -> None:
    columns = [str(field.column) for field in model._meta.concrete_fields]
    chosen = ", ".join(again.get(column, column) for column in columns)
    table = model._meta.db_table
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {chosen} FROM {table} WHERE id <= {up_to}"
    )


def count(organization: "Organization") -> None:
    from django.db import connection

    from customer_voice import services

    services.rebuild_rollup(organization=organization)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as after an import, and as the database does by itself in a minute


def report(sizes: list[int], times: dict[str, list[list[float]]], first: dict[str, list[float]]) -> None:
    """`first` is the first visit after the data changed, when nothing is remembered yet."""
    few, many = sizes
    print(f"{'page':22}{few:>12,} rows{many:>12,} rows{'ratio':>8}{'first visit':>16}")
    for page, (small, large) in times.items():
        a, b = statistics.median(small), statistics.median(large)
        c, d = first[page]
        cold = f"{c * 1000:.0f} / {d * 1000:.0f} ms"
        print(f"{page:22}{a * 1000:13.0f} ms {b * 1000:13.0f} ms {b / a:8.2f}{cold:>18}")


if __name__ == "__main__":
    main()
