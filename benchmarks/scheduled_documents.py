"""A hundred scheduled documents while workers are killed: each is made once and sent once.

python -m benchmarks.scheduled_documents [--documents 100] [--kills 3] [--whole]

In a database of its own. A worker process makes what is due; after every so many documents it is killed
(SIGKILL, wherever it stands) and another one goes on. Then it is counted: one run, one document, one file and
one letter for each schedule. `--whole` draws the documents; without it their page is one line, and what is
measured is the same.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
WORK = "--work"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--whole", action="store_true")
    parser.add_argument(WORK, action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        start()
        work(is_whole=options.whole)
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"CXPROGRAM_VAR": folder, "CXPROGRAM_STALE_AFTER_SECONDS": "5"}
        os.environ.pop("CXPROGRAM_DATABASE_URL", None)
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, check=True)
        start()
        measure(options.documents, options.kills, is_whole=options.whole)


def start() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "cxprogram.settings"
    django.setup()


def measure(documents: int, kills: int, *, is_whole: bool) -> None:
    """Set everything up, let workers die, and count."""
    from accounts.models import Letter
    from reports.models import Report, Schedule, ScheduleRun
    from reports.services import queue_due_schedules

    set_up(documents)
    asked = queue_due_schedules() + queue_due_schedules()
    began, killed = time.perf_counter(), 0
    steps = [documents * number // (kills + 1) for number in range(1, kills + 1)]
    while ScheduleRun.objects.unfinished().exists():
        worker = subprocess.Popen(
            [sys.executable, "-m", __spec__.name, WORK, *["--whole"] * is_whole], cwd=ROOT
        )
        while worker.poll() is None:
            time.sleep(0.05)
            if steps and ScheduleRun.objects.finished().count() >= steps[0]:
                worker.send_signal(signal.SIGKILL)
                worker.wait()
                steps.pop(0)
                killed += 1
    took = time.perf_counter() - began
    letters = Counter(Letter.objects.values_list("recipient", flat=True))
    files = [row.file.name for row in Report.objects.exclude(file="")]
    there = list(Path(os.environ["CXPROGRAM_VAR"]).rglob("*.pdf"))
    print(f"{documents} schedules, {asked} asked for, {killed} workers killed, {took:.0f} s")
    print(f"runs {ScheduleRun.objects.finished().count()}, documents {len(files)}, letters {letters.total()}")
    print(f"files on the disk {len(there)} (a worker that dies while it stores leaves one behind)")
    wrong = [
        asked != documents,
        Schedule.objects.count() != documents,
        ScheduleRun.objects.finished().count() != documents,
        len(set(files)) != documents,
        letters.total() != documents,
        max(letters.values()) != 1,
    ]
    sys.exit(any(wrong))


def set_up(documents: int) -> None:
    """An organization with so many results, and a schedule for each that is due today, to another person."""
    from django.utils import timezone

    from accounts.models import Membership, User
    from accounts.services import create_organization
    from assessments.services import close_assessment
    from reports.models import Schedule
    from reports.services import ScheduleValues, save_schedule
    from tests.factories.assessments import make_assessment, make_framework, make_submitted

    founder = User.objects.create_user(email="founder@bench.example", password=None, name="Founder")
    create_organization(name="Bench", slug="bench", founder=founder)
    member = Membership.objects.get(user=founder)
    Membership.objects.filter(pk=member.pk).update(role="cx_leader")
    member = Membership.objects.select_related("organization", "user").get(pk=member.pk)
    for number in range(documents):
        framework = make_framework(member.organization, key=f"bench-{number}")
        assessment = make_assessment(member, framework=framework, title=f"Round {number}")
        make_submitted(member, assessment)
        close_assessment(by=member, assessment=assessment)
        save_schedule(
            by=member,
            values=ScheduleValues(
                kind="maturity", framework=f"bench-{number}", addresses=(f"reader{number}@bench.example",)
            ),
        )
    Schedule.objects.update(next_on=timezone.now().date())


def work(*, is_whole: bool) -> None:
    """What a worker does: take up what waits, and what was left by one that died."""
    from django.utils import timezone

    from reports.models import Report, ScheduleRun
    from reports.services import make_scheduled, making

    if not is_whole:
        making.html_of = lambda report: f"<!doctype html><title>{report.verification_code}</title>"
    while True:
        waiting = ScheduleRun.objects.unfinished().select_related("organization", "schedule").order_by("pk")
        rows = list(waiting)
        if not rows:
            return
        made = sum(make_scheduled(asked=row) for row in rows)
        if not made:
            time.sleep(1)
            Report.objects.stale(timezone.now())


if __name__ == "__main__":
    main()
