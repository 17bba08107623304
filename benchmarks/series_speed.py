"""Reading the dashboard's series at one and at ten million answers, against the lookup of one row.

200 touchpoints, two years, three segments; the daily points are made by the database, since they are what a
series is read from. Ratios within one run, parts in turn; makes databases of its own and drops them.

    python benchmarks/series_speed.py --server postgresql://postgres@127.0.0.1 [--rows 1000000 10000000]
"""

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.record import record  # noqa: E402 - this file is started by its path
from benchmarks.servers import commands, free_port, wait  # noqa: E402

PLACES = 200
DAYS = 730
SHARES = (0.03, 0.01, 0.02, 0.03, 0.04, 0.06, 0.09, 0.14, 0.2, 0.2, 0.18)  # of the answers 0 to 10
PARTS = ("queries", "pages")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", default="postgresql://postgres@127.0.0.1")
    parser.add_argument("--rows", type=int, nargs=2, default=[1_000_000, 10_000_000])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS)
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve is not None:
        serve(options.serve)
        return
    admin = psycopg.connect(f"{options.server}/postgres", autocommit=True)
    names = [f"cxprogram_bench_{os.getpid()}_{rows}" for rows in options.rows]
    workers = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            for rows, name in zip(options.rows, names, strict=True):
                admin.execute(f"CREATE DATABASE {name}")
                workers.append(Worker(rows, f"{options.server}/{name}", Path(folder) / str(rows)))
            print(
                f"{sys.version.splitlines()[0]}; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
            )
            figures = [
                *(queries(workers, options.rows, options.rounds) if "queries" in options.only else ()),
                *(pages(workers[-1], options.rows[-1], options.rounds) if "pages" in options.only else ()),
            ]
        finally:
            for worker in workers:
                worker.end()
            for name in names:
                admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    print(f"{'what':62}{'ratio':>8}{'limit':>8}  verdict")
    for row in figures:
        print(f"{row['what']:62}{row['ratio']:8.2f}{row['limit']:8.2f}  {row['verdict']}")
    record("series", figures, adds=len(options.only) < len(PARTS))


class Worker:
    """A process with a database of so many answers; it answers the name of a question with its seconds."""

    def __init__(self, rows: int, url: str, place: Path) -> None:
        place.mkdir()
        self.environment = {
            **os.environ,
            "CXPROGRAM_VAR": str(place),
            "CXPROGRAM_DATABASE_URL": url,
            "CXPROGRAM_STATIC_ROOT": str(place / "static"),
            "CXPROGRAM_LOG_LEVEL": "CRITICAL",
            "DJANGO_SETTINGS_MODULE": "cxprogram.settings",
        }
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--serve", str(rows)],
            env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip
        self.session = str(self.answer())

    def ask(self, question: str) -> float:
        assert self.process.stdin is not None
        self.process.stdin.write(question + "\n")
        self.process.stdin.flush()
        return float(self.answer())

    def answer(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("the measured process ended")
        return json.loads(line)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


def queries(workers: list[Worker], sizes: list[int], rounds: int) -> list[dict[str, Any]]:
    times: dict[tuple[int, str], list[float]] = {}
    for number in range(rounds + 2):
        for question in QUESTIONS:
            for index, worker in enumerate(workers):
                seconds = worker.ask(question)
                if number > 1:
                    times.setdefault((index, question), []).append(seconds)
    few, many = (f"{size // 1_000_000} M" for size in sizes)
    typical = {key: statistics.median(found) for key, found in times.items()}
    one = typical[1, "row"]
    found = [
        at_most(
            f"all touchpoints x 104 weeks at {many} answers",
            "primary-key lookup",
            typical[1, "all"] / one,
            60,
        ),
        at_most(
            f"one touchpoint x 13 weeks at {many} answers", "primary-key lookup", typical[1, "one"] / one, 3
        ),
    ]
    for question, named in (("all", "all touchpoints x 104 weeks"), ("one", "one touchpoint x 13 weeks")):
        ratio = typical[1, question] / typical[0, question]
        found.append(at_most(f"{named}, {many} against {few}", f"the same at {few}", ratio, 1.3))
    for (index, question), seconds in sorted(typical.items()):
        print(f"{sizes[index]:>12,} {question:6}{seconds * 1000:10.2f} ms")
    return found


def pages(worker: Worker, rows: int, rounds: int) -> list[dict[str, Any]]:
    """95 of a hundred requests within, of the metric's page and of the page of one row, over HTTP in turn."""
    port = free_port()
    server = subprocess.Popen(commands(port, 4)["granian"], cwd=ROOT, env=worker.environment)
    addresses = {
        "one row": "/o/bench/touchpoints/tp3/edit/",
        "NPS page": "/o/bench/listen/metrics/nps/",
        "NPS page of a touchpoint by week": "/o/bench/listen/metrics/nps/?touchpoint=tp3&period=week",
    }
    times: dict[str, list[float]] = {name: [] for name in addresses}
    try:
        wait(port)
        for number in range(max(rounds, 20) + 5):
            for name, address in addresses.items():
                seconds = fetched(port, address, worker.session)
                if number > 4:
                    times[name].append(seconds)
    finally:
        server.terminate()
        server.wait()
    late = {name: statistics.quantiles(found, n=20)[-1] for name, found in times.items()}
    for name, seconds in late.items():
        print(f"{name:40}{seconds * 1000:10.1f} ms (95 %)")
    peer = "the page of one row"
    return [
        at_most(
            f"{name} at {rows // 1_000_000} M answers, 95 % over HTTP", peer, late[name] / late["one row"], 4
        )
        for name in addresses
        if name != "one row"
    ]


def fetched(port: int, address: str, session: str) -> float:
    begun = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", address, headers={"Cookie": f"sessionid={session}"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"{address}: HTTP {answer.status}")
    return time.perf_counter() - begun


def at_most(what: str, peer: str, ratio: float, limit: float) -> dict[str, Any]:
    verdict = "met" if ratio <= limit else "MISSED"
    return {"what": what, "peer": peer, "ratio": ratio, "limit": limit, "verdict": verdict}


# --- the measured process -------------------------------------------------------------------------


def serve(rows: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    from accounts.models import Membership, Organization, User
    from customer_voice.services import create_standard_metrics
    from cxprogram.front_end import collect
    from journeys.models import Touchpoint

    call_command("migrate", verbosity=0, skip_checks=True)
    collect(lambda: None)
    user = User.objects.create_user("bench@example.org", "unused")
    organization = Organization.objects.create(name="Bench", slug="bench")
    Membership.objects.create(organization=organization, user=user, role="cx_leader")
    (metric,) = create_standard_metrics(organization, ["nps"])
    Touchpoint.objects.bulk_create(
        Touchpoint(organization=organization, key=f"tp{one}", name=f"Touchpoint {one}")
        for one in range(PLACES)
    )
    last = fill(metric, rows)
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    questions = prepared(metric, last)
    print(json.dumps(client.cookies["sessionid"].value), flush=True)
    for line in sys.stdin:
        work = questions[line.strip()]
        begun = time.perf_counter()
        work()
        print(json.dumps(time.perf_counter() - begun), flush=True)


QUESTIONS = ("row", "all", "one")


def prepared(metric: Any, last: date) -> dict[str, Callable[[], object]]:
    from customer_voice.choices import Period
    from customer_voice.models import MetricPoint
    from customer_voice.selectors.counting import counted
    from journeys.models import Touchpoint

    place, owner = Touchpoint.objects.get(key="tp3"), metric.organization
    row = MetricPoint.objects.filter(touchpoint=place).values_list("pk", flat=True)[100]
    after = last + timedelta(days=1)
    fixed = {"versions": [metric], "period": Period.WEEK, "end": after}

    def read(weeks: int, by: tuple[str, ...], **where: Any) -> object:
        return counted(owner, metric, by=by, start=after - timedelta(weeks=weeks), **fixed, **where)

    return {
        "row": lambda: MetricPoint.objects.get(pk=row),
        "all": lambda: read(104, ("touchpoint_id",)),
        "one": lambda: read(13, (), touchpoint=place),
    }


def fill(metric: Any, rows: int) -> date:
    """Points of about so many answers, spread over touchpoints, days and segments; gives the last day."""
    from django.db import connection, transaction
    from django.utils import timezone

    from customer_voice.models import MetricPoint
    from customer_voice.services.keeping import keep_everything

    last = timezone.now().date() - timedelta(days=1)
    each = rows / (PLACES * DAYS * 3)
    names = [f"answers_{answer}" for answer in range(11)]
    drawn = ", ".join(
        f"floor(n * {share} + random())::int AS {name}" for name, share in zip(names, SHARES, strict=True)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {MetricPoint._meta.db_table} "
            f"(organization_id, metric_id, touchpoint_id, day, segment, n, {', '.join(names)}) "
            f"SELECT {metric.organization_id}, {metric.pk}, place, day, segment, {' + '.join(names)}, "
            f"{', '.join(names)} FROM (SELECT place, day, segment, {drawn} FROM ("
            "SELECT p.id AS place, d::date AS day, s AS segment, %s * (0.5 + random()) AS n "
            "FROM journeys_touchpoint p, generate_series(%s::date, %s::date, '1 day') d, "
            "unnest(ARRAY['private', 'business', 'public']) s ORDER BY d) cells) counted "
            f"WHERE {' + '.join(names)} > 0",
            [each, last - timedelta(days=DAYS - 1), last],
        )
        cursor.execute("VACUUM ANALYZE")
    metric.data_until, metric.counted_at = timezone.now() - timedelta(days=1), timezone.now()
    metric.save()
    with transaction.atomic():  # as a count does that has made these points
        keep_everything(metric.organization, [metric])
    return last


if __name__ == "__main__":
    main()
