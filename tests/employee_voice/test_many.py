"""Many people at once: a list, the letters, and the addresses that a mail server refuses."""

import os
import time

import pytest

from accounts.models import Letter
from accounts.services import FunctionPlace, save_function
from common.jobs import JobState
from employee_voice import services
from employee_voice.choices import WorkKind
from employee_voice.importers import people_in_text
from employee_voice.models import Invitation, KeyGroup
from employee_voice.selectors import wave_page
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
