"""Answers by API: the CPU of one, a thousand in one call, sixty-four clients at once."""

import json
import os
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.answers_sent import BULK, DAYS, PLACES, answer, timed, verdict

if TYPE_CHECKING:
    from customer_voice.models import MetricDefinition

ROOT = Path(__file__).resolve().parent.parent
CLIENTS, OF_EACH = 64, 8  # below the limit of one token, which is 600 a minute

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
