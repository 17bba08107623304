"""Many people at once: a list, the letters, and the addresses that a mail server refuses."""

import os
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Letter
from accounts.services import FunctionPlace, save_function, send_lot
from common.jobs import JobState, restart_stale_jobs
from employee_voice import services
from employee_voice.choices import WorkKind
from employee_voice.importers import people_in_text
from employee_voice.models import Invitation, KeyGroup
from employee_voice.selectors import wave_page
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
    assert (page.refused_count, len(page.refused)) == (300, 100)
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
