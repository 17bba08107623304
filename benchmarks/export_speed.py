"""A download of 100,000 answers against `csv.writer` over the `values_list` of the same query.

Both read the same columns of the same rows in the same order, on the same server, in turn; the download is
consumed as a web server does. Makes a database of its own and drops it.

    python benchmarks/export_speed.py --server postgresql://postgres@127.0.0.1
"""

import argparse
import csv
import io
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.record import record  # noqa: E402 - this file is started by its path

LIMIT = 0.5
PLACES = 40


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", default="postgresql://postgres@127.0.0.1")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--answers", type=int, default=100_000)
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
            run(options.rounds, options.answers)
    finally:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(rounds: int, answers: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True)
    organization = prepared(answers)
    print(f"{sys.version.splitlines()[0]}; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    rows = [compared(f"export of {answers:,} answers", organization, "answers", rounds)]
    print(f"{'what':44}{'ratio':>8}{'limit':>8}  verdict")
    for row in rows:
        print(f"{row['what']:44}{row['ratio']:8.2f}{row['limit']:8.2f}  {row['verdict']}")
    record("export", rows)


def prepared(answers: int) -> Any:
    """Answers of customers of accounts, over two years, one in nine with words."""
    from django.db import connection

    from accounts.models import User
    from accounts.services import create_organization
    from customer_voice import services
    from customer_voice.models import Channel, Contact, CustomerAccount, Feedback, Source, Submission
    from journeys.models import Touchpoint

    founder = User.objects.create(email="bench@example.com", name="Bench")
    organization = create_organization(name="Bench", slug="bench", founder=founder).organization
    (metric,) = services.create_standard_metrics(organization, ["nps"])
    places = Touchpoint.objects.bulk_create(
        Touchpoint(organization=organization, key=f"tp{one}", name=f"Place {one}") for one in range(PLACES)
    )
    source = Source.objects.create(organization=organization, name="shop", kind="file")
    channel = Channel.objects.create(organization=organization, name="mail")
    accounts = CustomerAccount.objects.bulk_create(
        CustomerAccount(organization=organization, external_reference=f"A{one}", name=f"Firm {one}")
        for one in range(500)
    )
    contacts = Contact.objects.bulk_create(
        Contact(organization=organization, external_reference=f"C{one}", account=accounts[one % 500])
        for one in range(5_000)
    )
    begun = datetime(2025, 1, 1, tzinfo=UTC)
    sent = Submission.objects.bulk_create(
        (
            Submission(organization=organization, source=source, external_id=f"answer {one}", language="en")
            for one in range(answers)
        ),
        batch_size=5_000,
    )
    Feedback.objects.bulk_create(
        (
            Feedback(
                organization=organization,
                submission=one,
                metric=metric,
                metric_key=metric.key,
                touchpoint=places[number % PLACES],
                occurred_at=begun + timedelta(minutes=(number * 7919) % (730 * 1440)),
                score=number % 11,
                text="The technician came late and nobody called." if number % 9 == 0 else "",
                contact=contacts[number % 5_000],
                account=accounts[number % 500],
                segment=("home", "trade", "")[number % 3],
                channel=channel if number % 2 else None,
            )
            for number, one in enumerate(sent)
        ),
        batch_size=5_000,
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return organization


def compared(what: str, organization: Any, kind: str, rounds: int) -> dict[str, Any]:
    from common.downloads import download
    from customer_voice.choices import FeedbackTable
    from customer_voice.exports import feedback_download
    from customer_voice.models import Feedback

    rows = Feedback.objects.filter(organization=organization)
    columns = (
        "submission__source__name", "submission__external_id", "metric__key", "metric__version",
        "occurred_at", "score", "exposure", "resolved_at", "text", "touchpoint__key", "segment",
        "channel__name", "contact__external_reference", "account__external_reference",
        "submission__language", "received_at",
    )  # fmt: skip
    size = 0

    def ours() -> None:
        nonlocal size
        table = feedback_download(rows, organization=organization, kind=FeedbackTable(kind))
        content: Any = download(table, "csv")
        size = sum(len(part) for part in content.streaming_content)

    def peer() -> None:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(columns)
        writer.writerows(rows.order_by("-occurred_at", "-pk").values_list(*columns).iterator())
        text.getvalue().encode()

    ratios = []
    for number in range(rounds):
        spent = {work: timed(work) for work in ((ours, peer) if number % 2 else (peer, ours))}
        ratios.append(spent[peer] / spent[ours])
    ratio = statistics.median(ratios)
    return {
        "what": what,
        "peer": "csv.writer over the values_list of the same query",
        "ratio": ratio,
        "limit": LIMIT,
        "verdict": "met" if ratio >= LIMIT else "MISSED",
        "ratios": ratios,
        "megabytes": size / 1e6,
    }


def timed(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
