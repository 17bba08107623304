"""Answers that come in one by one, and what keeping the daily points costs, on PostgreSQL.

Ratios within one run, parts in turn; makes a database of its own and drops it.

    python benchmarks/answers_speed.py --server postgresql://postgres@127.0.0.1
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.answers_and_points import keeping_points, keeping_points_of_lots  # noqa: E402 - started
from benchmarks.answers_by_calls import bulk_against_copy, many_clients, single_answer  # noqa: E402 - by
from benchmarks.answers_by_writers import hot_touchpoint  # noqa: E402 - its path
from benchmarks.answers_sent import BULK, DAYS, PLACES, answer  # noqa: E402
from benchmarks.record import record  # noqa: E402

if TYPE_CHECKING:
    from customer_voice.models import MetricDefinition

PARTS = ("single", "hot", "points", "lots", "bulk", "clients")


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


if __name__ == "__main__":
    main()
