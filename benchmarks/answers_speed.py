"""Answers that come in one by one, and what keeping the daily points costs, on PostgreSQL.

Ratios within one run, parts in turn; makes a database of its own and drops it.

    python benchmarks/answers_speed.py --server postgresql://postgres@127.0.0.1
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import psycopg

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.record import record  # noqa: E402 - this file is started by its path

if TYPE_CHECKING:
    from customer_voice.models import MetricDefinition

PARTS = ("single", "hot", "points", "lots", "bulk", "clients")
CLIENTS, OF_EACH = 64, 8  # below the limit of one token, which is 600 a minute
WRITERS = 8
PLACES = 40
BULK = 1_000
DAYS = 90


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", default="postgresql://postgres@127.0.0.1")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS, help="these parts; default: all")
    parser.add_argument("--answers", type=int, default=300, help="of each writer, and of each round")
    options = parser.parse_args()
    name = f"cxprogram_bench_{os.getpid()}"
    admin = psycopg.connect(options.server + "/postgres", autocommit=True)
    admin.execute(f"CREATE DATABASE {name}")
    try:
        with tempfile.TemporaryDirectory() as folder:
            os.environ |= {
                "DJANGO_SETTINGS_MODULE": "cxprogram.settings",
                "CXPROGRAM_DATABASE_URL": f"{options.server}/{name}",
                "CXPROGRAM_VAR": folder,
                "CXPROGRAM_LOG_LEVEL": "CRITICAL",
            }
            run(options.rounds, options.answers, options.only)
    finally:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(rounds: int, answers: int, only: Sequence[str]) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from rest_framework.throttling import UserRateThrottle

    call_command("migrate", verbosity=0, skip_checks=True)
    UserRateThrottle.THROTTLE_RATES = {"user": None}
    metric, token = prepared()
    settle(metric)
    print(f"{sys.version.splitlines()[0]}; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    parts: dict[str, Callable[[], Any]] = {
        "single": lambda: single_answer(metric, token, rounds, answers),
        "hot": lambda: hot_touchpoint(metric, max(3, rounds // 2), answers),
        "points": lambda: keeping_points(metric, rounds, answers),
        "lots": lambda: keeping_points_of_lots(metric, rounds),
        "bulk": lambda: bulk_against_copy(metric, token, rounds),
        "clients": lambda: many_clients(metric, token),
    }
    rows = [parts[name]() for name in only]
    print(f"{'what':44}{'ratio':>8}{'limit':>8}  verdict")
    for row in rows:
        print(f"{row['what']:44}{row['ratio']:8.2f}{row['limit']:8.2f}  {row['verdict']}")
    record("answers", rows, adds=len(only) < len(PARTS))


def prepared() -> tuple["MetricDefinition", str]:
    from accounts.models import User
    from accounts.services import create_api_token, create_organization
    from customer_voice import services
    from journeys.models import Touchpoint

    founder = User.objects.create(email="bench@example.com", name="Bench")
    member = create_organization(name="Bench", slug="bench", founder=founder)
    (metric,) = services.create_standard_metrics(member.organization, ["nps"])
    for number in range(PLACES):
        Touchpoint.objects.create(organization=metric.organization, key=f"tp{number}", name=f"Place {number}")
    _token, secret = create_api_token(member=member, name="bench", is_read_only=False)
    return metric, secret


def settle(metric: "MetricDefinition") -> None:
    """A first lot, and statistics of the tables, which the database makes by itself within a minute."""
    from django.db import connection

    from customer_voice import services

    services.record_feedback(
        organization=metric.organization,
        metric=metric,
        source="api",
        items=[answer(f"first {number}", place=number % PLACES, day=number % DAYS) for number in range(BULK)],
    )
    services.count_everywhere()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def answer(number: str, *, place: int = 0, day: int = 0) -> dict[str, str]:
    return {
        "external_id": number,
        "touchpoint": f"tp{place}",
        "occurred_at": f"2026-{1 + day // 28:02d}-{1 + day % 28:02d}T12:00:00Z",
        "score": "9",
        "text": "Fine, thank you.",
    }


def verdict(what: str, peer: str, ratios: list[float], limit: float, *, at_most: bool, **more: float) -> Any:
    ratio = statistics.median(ratios)
    met = ratio <= limit if at_most else ratio >= limit
    return {
        "what": what,
        "peer": peer,
        "ratio": ratio,
        "limit": limit,
        "verdict": "met" if met else "MISSED",
        "ratios": ratios,
        **more,
    }


# --- one answer by API ---------------------------------------------------------------------------


def single_answer(metric: "MetricDefinition", token: str, rounds: int, answers: int) -> Any:
    """CPU of the web process, from the first middleware to the answer, in batches of twenty in turn."""
    from django.test import Client, override_settings

    client, numbers = Client(), iter(range(10**9))
    head = {"Authorization": f"Bearer {token}"}

    def send(address: str) -> None:
        body = json.dumps({**answer(f"single {next(numbers)}"), "metric": metric.key})
        found = client.post(address, data=body, content_type="application/json", headers=head)
        assert found.status_code == 201, found.content

    ours = f"/api/v1/o/{metric.organization.slug}/feedback/"
    spent: tuple[list[float], list[float]] = ([], [])
    with override_settings(ROOT_URLCONF=peer_urls()):
        for address in (ours, "/peer/"):
            send(address)
        for _batch in range(rounds * answers // 60):
            for address, found in zip((ours, "/peer/"), spent, strict=True):
                begun = time.process_time()
                for _turn in range(20):
                    send(address)
                found.append((time.process_time() - begun) / 20)
    ratios = [one / other for one, other in zip(*spent, strict=True)]
    return verdict(
        "CPU of a single answer by API", "authenticated DRF view that creates one row", ratios, 2.0,
        at_most=True, ours_seconds=statistics.median(spent[0]), peer_seconds=statistics.median(spent[1]),
    )  # fmt: skip


def peer_urls() -> str:
    """The same site with one view more: authentication, a serializer of the same fields, one row."""
    from types import ModuleType

    from django.db import transaction
    from django.urls import path
    from rest_framework import serializers
    from rest_framework.permissions import IsAuthenticated
    from rest_framework.request import Request
    from rest_framework.response import Response
    from rest_framework.views import APIView

    import cxprogram.urls
    from accounts.models import Organization
    from customer_voice.models import ErasedFeedback

    owner = Organization.objects.get()

    class Fields(serializers.Serializer[Any]):
        metric = serializers.SlugField()
        external_id = serializers.CharField(max_length=120)
        touchpoint = serializers.CharField(max_length=120)
        occurred_at = serializers.DateTimeField()
        score = serializers.IntegerField(min_value=0, max_value=10)
        text = serializers.CharField()

    class OneRow(APIView):
        permission_classes = [IsAuthenticated]

        def post(self, request: Request) -> Response:
            fields = Fields(data=request.data)
            fields.is_valid(raise_exception=True)
            with transaction.atomic():  # a table of a few columns and one index
                ErasedFeedback.objects.create(organization=owner, digest=fields.validated_data["external_id"])
            return Response({"created": 1}, status=201)

    module = ModuleType("benchmark_urls")
    module.__dict__.update(
        {name: value for name, value in vars(cxprogram.urls).items() if name.startswith("handler")}
    )
    module.urlpatterns = [path("peer/", OneRow.as_view()), *cxprogram.urls.urlpatterns]  # type: ignore[attr-defined]
    sys.modules["benchmark_urls"] = module
    return "benchmark_urls"


def many_clients(metric: "MetricDefinition", token: str) -> Any:
    """Sixty-four clients at once, each with answers one after the other, at the server as it ships."""
    import http.client
    import subprocess
    from concurrent.futures import ThreadPoolExecutor

    from benchmarks.servers import commands, free_port, wait

    port = free_port()
    place = os.environ["CXPROGRAM_VAR"]
    environment = {**os.environ, "CXPROGRAM_STATIC_ROOT": f"{place}/static"}
    server = subprocess.Popen(commands(port, 4)["granian"], cwd=ROOT, env=environment)
    head = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    address = f"/api/v1/o/{metric.organization.slug}/feedback/"

    def send(client: int) -> list[int]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        found = []
        for number in range(OF_EACH):
            body = json.dumps({**answer(f"client {client} {number}"), "metric": metric.key})
            connection.request("POST", address, body, head)
            with connection.getresponse() as response:
                response.read()
                found.append(response.status)
        connection.close()
        return found

    try:
        wait(port)
        begun = time.perf_counter()
        with ThreadPoolExecutor(CLIENTS) as clients:
            statuses = [status for found in clients.map(send, range(CLIENTS)) for status in found]
        seconds = time.perf_counter() - begun
    finally:
        server.terminate()
        server.wait()
    failed = sum(status != 201 for status in statuses)
    print(f"{len(statuses)} answers of {CLIENTS} clients in {seconds:.1f} s, {failed} not stored")
    return verdict("answers that failed, 64 clients at once", "none", [float(failed)], 0.0, at_most=True)


# --- eight writers -------------------------------------------------------------------------------


def hot_touchpoint(metric: "MetricDefinition", rounds: int, answers: int) -> Any:
    """Answers a second of eight processes, days counted meanwhile by a ninth: all of one touchpoint and day,
    and each of another one."""
    ratios = []
    for number in range(rounds):
        rates = []
        for is_hot in (True, False) if number % 2 else (False, True):
            rates.append((is_hot, writing(metric, answers, is_hot, f"{number} {is_hot}")))
        found = dict(rates)
        ratios.append(found[True] / found[False])
    return verdict(
        "one hot touchpoint, 8 writers", "the same, spread over 40 touchpoints and 90 days", ratios, 0.8,
        at_most=False,
    )  # fmt: skip


def writing(metric: "MetricDefinition", answers: int, is_hot: bool, name: str) -> float:
    context = get_context("spawn")
    start, ended = context.Barrier(WRITERS + 2), context.Event()
    counter = context.Process(target=count_until, args=[start, ended])
    writers = [
        context.Process(target=write, args=[metric.pk, answers, is_hot, f"{name} {number}", number, start])
        for number in range(WRITERS)
    ]
    for process in (counter, *writers):
        process.start()
    start.wait()
    begun = time.perf_counter()
    for process in writers:
        process.join()
    seconds = time.perf_counter() - begun
    ended.set()
    counter.join()
    assert not any(process.exitcode for process in writers)
    return WRITERS * answers / seconds


def count_until(start: Any, ended: Any) -> None:
    import django

    django.setup()
    from customer_voice import services

    start.wait()
    services.keep_counting(ended)


def write(metric_id: int, answers: int, is_hot: bool, name: str, writer: int, start: Any) -> None:
    import django

    django.setup()
    from customer_voice import services
    from customer_voice.models import MetricDefinition

    metric = MetricDefinition.objects.select_related("organization").get(pk=metric_id)
    start.wait()
    for number in range(answers):
        place, day = (0, 0) if is_hot else ((number + 5 * writer) % PLACES, (7 * number + writer) % DAYS)
        services.record_feedback(
            organization=metric.organization,
            metric=metric,
            source="api",
            items=[answer(f"{name} {number}", place=place, day=day)],
        )


# --- keeping the points --------------------------------------------------------------------------


@contextmanager
def no_notes() -> Iterator[None]:
    notes = "customer_voice.services.feedback.note_changes"
    with mock.patch(notes), mock.patch("customer_voice.services.feedback.Storing.note_spans"):
        yield


def timed(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def keeping_points(metric: "MetricDefinition", rounds: int, answers: int) -> Any:
    """Answers one by one with what is noted counted every second, against the same without note and count."""
    from customer_voice import services

    def send(round_number: int, kept: bool) -> None:
        last = time.monotonic()
        for number in range(answers):
            services.record_feedback(
                organization=metric.organization,
                metric=metric,
                source="api",
                items=[
                    answer(f"kept {round_number} {kept} {number}", place=number % PLACES, day=number % DAYS)
                ],
            )
            if kept and time.monotonic() - last >= 1:
                services.count_everywhere()
                last = time.monotonic()
        if kept:
            services.count_everywhere()

    return in_turn("keeping points, one answer at a time", "the same answers without points", rounds, send)


def keeping_points_of_lots(metric: "MetricDefinition", rounds: int) -> Any:
    """The same for lots of a thousand answers, three of them between two counts."""
    from customer_voice import services

    def send(round_number: int, kept: bool) -> None:
        for lot in range(3):
            name = f"lots {round_number} {kept} {lot}"
            services.record_feedback(
                organization=metric.organization,
                metric=metric,
                source="api",
                items=[
                    answer(f"{name} {number}", place=number % PLACES, day=number % DAYS)
                    for number in range(BULK)
                ],
            )
        if kept:
            services.count_everywhere()

    return in_turn("keeping points, lots of 1,000", "the same lots without points", rounds, send)


def in_turn(what: str, peer: str, rounds: int, send: Callable[[int, bool], None]) -> Any:
    ratios = []
    for number in range(rounds):
        spent = {}
        for kept in (True, False) if number % 2 else (False, True):
            with nullcontext() if kept else no_notes():
                spent[kept] = timed(lambda: send(number, kept))  # noqa: B023 - called at once
        ratios.append(spent[True] / spent[False])
    return verdict(what, peer, ratios, 1.4, at_most=True)


# --- a thousand answers by API -------------------------------------------------------------------


def bulk_against_copy(metric: "MetricDefinition", token: str, rounds: int) -> Any:
    """Rows a second of one call with a thousand answers, against COPY of their ready-made rows."""
    from django.db import connection, transaction
    from django.test import Client

    from customer_voice.models import Feedback, Submission

    client = Client()
    address = f"/api/v1/o/{metric.organization.slug}/feedback/bulk/"
    ratios = []
    for round_number in range(rounds):
        items = [
            answer(f"bulk {round_number} {number}", place=number % PLACES, day=number % DAYS)
            for number in range(BULK)
        ]
        body = json.dumps({"metric": metric.key, "items": items})

        def send(body: str = body) -> None:
            found = client.post(
                address,
                data=body,
                content_type="application/json",
                headers={"Authorization": f"Bearer {token}"},
            )
            assert found.status_code == 201, found.content

        ours = timed(send)
        with connection.cursor() as cursor:
            ready = {}
            name = f"bulk {round_number} %"
            sent = f"SELECT id FROM {Submission._meta.db_table} WHERE external_id LIKE %s"
            chosen = {Submission: f"id IN ({sent})", Feedback: f"submission_id IN ({sent})"}
            for model, which in chosen.items():
                columns = ", ".join(str(field.column) for field in model._meta.concrete_fields)
                table = model._meta.db_table
                query = f"COPY (SELECT {columns} FROM {table} WHERE {which}) TO STDOUT"
                with cursor.copy(query, [name]) as copy:
                    ready[table, columns] = b"".join(bytes(block) for block in copy)
        Feedback.objects.filter(submission__external_id__startswith=f"bulk {round_number} ").delete()
        Submission.objects.filter(external_id__startswith=f"bulk {round_number} ").delete()

        def put(ready: dict[tuple[str, str], bytes] = ready) -> None:
            with transaction.atomic(), connection.cursor() as cursor:
                for (table, columns), content in ready.items():
                    with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                        copy.write(content)

        ratios.append(timed(put) / ours)
    return verdict("1,000 answers by API in one call", "COPY of ready-made rows", ratios, 0.25, at_most=False)


if __name__ == "__main__":
    main()
