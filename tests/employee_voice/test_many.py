"""Many people at once: a list, the letters, and the addresses that a mail server refuses."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import Letter
from accounts.services import FunctionPlace, save_function, send_lot
from common.jobs import JobState, restart_stale_jobs
from employee_voice import services
from employee_voice.choices import WorkKind
from employee_voice.importers import people_in_text
from employee_voice.models import Invitation, KeyGroup
from employee_voice.selectors import wave_page
from tests.architecture.test_floors import ROOT
from tests.employee_voice.post_office import post_office
from tests.factories.employee_voice import do, planned

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PEOPLE = int(os.environ.get("EMPLOYEES", "2000"))  # tried with 20,000


def test_every_address_gets_one_letter_and_those_refused_are_seen_and_written_to_again(
    ada, django_assert_max_num_queries
):
    top = save_function(by=ada, name="All")
    names = [f"Team {number}" for number in range(10)]
    for name in names:
        save_function(by=ada, name=name, place=FunctionPlace(parent=top))
    wave = planned(ada, {})
    rows = [f"p{number}@northwind.example,{names[number % 10]}" for number in range(PEOPLE)]
    took = {}

    def timed(what, act):
        began = time.monotonic()
        result = act()
        took[what] = round(time.monotonic() - began, 1)
        return result

    lines = timed("read", lambda: people_in_text("email,function\n" + "\n".join(rows)))
    timed("taken", lambda: services.take_people(by=ada, wave=wave, lines=lines))
    services.start_opening(by=ada, wave=wave)
    wave = timed("opened", lambda: do(wave, WorkKind.OPEN))
    timed("written", lambda: do(wave, WorkKind.INVITE))
    assert KeyGroup.objects.filter(wave=wave).count() == 10
    assert Letter.objects.values("recipient").distinct().count() == Letter.objects.count() == PEOPLE
    refused = list(Letter.objects.order_by("pk").values_list("pk", flat=True)[:300])
    Letter.objects.filter(pk__in=refused).update(job_state=JobState.FAILED, failure="550 No such user")
    with django_assert_max_num_queries(12):
        page = timed("page", lambda: wave_page(wave))
    assert (page.refused_count, len(page.refused)) == (300, 20)
    assert timed("again", lambda: services.send_refused_again(by=ada, wave=wave)) == 300
    assert not Invitation.objects.filter(wave=wave).refused().exists()
    services.start_closing(by=ada, wave=wave)
    timed("closed", lambda: do(wave, WorkKind.CLOSE))
    print(PEOPLE, took)  # noqa: T201 - seconds, for whoever asks with -s


def send_all():
    """As the worker does, until nothing goes out any more."""
    while Letter.objects.to_send(timezone.now()).exists():
        if not send_lot() or Letter.objects.exclude(failure="").filter(job_state=JobState.RUNNING).exists():
            return


def test_a_mail_server_that_breaks_off_half_way_loses_no_invitation_and_writes_none_twice(ada, settings):
    """Three of 200 addresses are refused for good; the server falls silent in the middle and comes back."""
    save_function(by=ada, name="All")
    wave = planned(ada, {"All": 200})
    services.start_opening(by=ada, wave=wave)
    wave = do(wave, WorkKind.OPEN)
    do(wave, WorkKind.INVITE)
    bad = {f"all{number}@northwind.example" for number in (3, 77, 199)}
    with post_office(bad.__contains__) as office:
        options = {"host": "127.0.0.1", "port": office.server_address[1], "use_tls": False, "timeout": 5}
        settings.MAILERS = {
            **settings.MAILERS,
            "outgoing": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options},
        }
        office.breaks_after = 90
        send_all()
        assert sum(office.taken.values()) == 90
        states = Counter(Letter.objects.values_list("job_state", flat=True))
        assert states[JobState.DONE] == 90
        assert states[JobState.FAILED] == len([one for one in bad if one in _failed()])  # the refused alone
        [waiting] = Letter.objects.exclude(failure="").exclude(job_state=JobState.FAILED)
        assert "mail server cannot be reached" in waiting.failure
        page = wave_page(wave)
        assert {one.email for one in page.refused} == _failed()
        office.breaks_after = None
        Letter.objects.filter(pk=waiting.pk).update(heartbeat_at=timezone.now() - timedelta(hours=1))
        restart_stale_jobs(now=timezone.now())
        send_all()
        assert set(office.taken.values()) == {1}
        assert len(office.taken) == 197
    assert _failed() == bad
    page = wave_page(wave)
    assert (page.refused_count, {one.email for one in page.refused}) == (3, bad)
    assert Invitation.objects.filter(wave=wave).without_letter(1).count() == 0


def _failed():
    return set(Letter.objects.filter(job_state=JobState.FAILED).values_list("recipient", flat=True))


WORKER = """
import os, django
django.setup()
from accounts.models import Letter
from accounts.services import send_lot
from django.conf import settings
from django.utils import timezone
options = {"host": "127.0.0.1", "port": int(os.environ["PORT"]), "use_tls": False, "timeout": 60}
sender = {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
settings.MAILERS = {**settings.MAILERS, "outgoing": sender}
while Letter.objects.to_send(timezone.now()).exists():
    send_lot()
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_while_it_sends_is_followed_by_one_that_goes_on(ada, client_of, tmp_path):
    """300 of all addresses are refused by a mail server; the worker dies while a letter is on the line, which
    goes out once more under the same mark; every other person gets one. The page lists the refused.
    """
    if connection.vendor != "postgresql":
        pytest.skip("another process cannot open a database that lies in memory")
    save_function(by=ada, name="All")
    wave = planned(ada, {"All": PEOPLE})
    services.start_opening(by=ada, wave=wave)
    wave = do(wave, WorkKind.OPEN)
    do(wave, WorkKind.INVITE)
    bad = {f"all{number}@northwind.example" for number in range(0, PEOPLE, PEOPLE // 300)}
    bad = set(sorted(bad)[:300])
    took = {}
    with post_office(bad.__contains__) as office:
        first, on_line = worker(office, tmp_path), PEOPLE // 3

        def kill(number):
            if number == on_line:
                first.kill()
                first.wait()

        office.on_taken = kill
        began = time.monotonic()
        assert first.wait(timeout=1_200) == -signal.SIGKILL
        assert Letter.objects.filter(job_state=JobState.DONE).count() == on_line - 1
        Letter.objects.filter(job_state=JobState.RUNNING).update(
            heartbeat_at=timezone.now() - timedelta(hours=1)  # as long as it takes to be called lost
        )
        restart_stale_jobs(timezone.now())
        second = worker(office, tmp_path)
        _pid, status, used = os.wait4(second.pid, 0)
        second.returncode = os.waitstatus_to_exitcode(status)
        assert second.returncode == 0, (tmp_path / "worker.log").read_text()[-2_000:]
        took["sent"] = round(time.monotonic() - began, 1)
        took["worker's most memory in MB"] = used.ru_maxrss // 1024
    assert set(office.taken) == {f"all{number}@northwind.example" for number in range(PEOPLE)} - bad
    assert Counter(office.taken.values()) == {1: PEOPLE - 301, 2: 1}  # the one on the line
    assert {len(marks) for marks in office.marks.values()} == {1}
    assert _failed() == bad
    began = time.monotonic()
    browser, address = client_of(ada), reverse("employee_voice:wave_people", args=["northwind", wave.pk])
    listed = [
        invitation.email
        for number in range(1, 7)
        for invitation in browser.get(address, {"show": "refused", "page": number}).context["page"]
    ]
    assert listed == sorted(bad)
    page = browser.get(reverse("employee_voice:wave_detail", args=["northwind", wave.pk])).content.decode()
    assert "300 invitations were refused" in page
    assert "Show all 300 refused addresses" in page
    took["seven pages"] = round(time.monotonic() - began, 1)
    print(PEOPLE, took)  # noqa: T201 - seconds, for whoever asks with -s


def worker(office, folder):
    """A process of its own on the tests' database, as the worker is."""
    of = connection.settings_dict
    place = f"{of['HOST']}:{of['PORT'] or 5432}/{of['NAME']}"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "cxprogram.settings",
        "CXPROGRAM_DATABASE_URL": f"postgresql://{of['USER']}:{of['PASSWORD']}@{place}",
        "CXPROGRAM_VAR": str(folder),
        "CXPROGRAM_SECRET_KEY": str(settings.SECRET_KEY),
        "PORT": str(office.server_address[1]),
    }
    with (folder / "worker.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-c", WORKER], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
