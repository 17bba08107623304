"""Answers that come in after a study, about its days: the pages say so, and its figures stay."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from customer_voice import services
from customer_voice.models import Feedback, MetricPoint
from impact.models import Study
from impact.selectors.later import later_answers
from journeys.models import Touchpoint
from tests.factories.impact import FIRST_MONDAY, metric_of

pytestmark = pytest.mark.django_db

CAME = datetime(2026, 4, 2, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _nothing_remembered():
    cache.clear()


@pytest.fixture
def read(studied):
    """The study, finished at the end of March 2026."""
    Study.objects.filter(pk=studied.pk).update(finished_at=CAME - timedelta(days=3))
    return Study.objects.select_related("organization", "initiative").get(pk=studied.pk)


def add(organization, number, *, week=70, place="onboarding", days=1, segment="", came=CAME):
    """Answers on a day that the simulated series has no point of."""
    day = FIRST_MONDAY + timedelta(weeks=week, days=days)
    services.record_feedback(
        organization=organization,
        metric=metric_of(organization),
        source="late",
        items=[
            {
                "external_id": f"{place} {day} {one}",
                "touchpoint": place,
                "occurred_at": str(day),
                "score": "9",
                "segment": segment,
            }
            for one in range(number)
        ],
    )
    Feedback.objects.filter(submission__external_id__startswith=f"{place} {day}").update(received_at=came)
    return day


def test_nothing_is_said_where_nothing_came(read, client_of, ada):
    assert later_answers(read) is None
    assert "Data added later" not in page_of(read, client_of(ada))


def test_how_many_of_which_days_and_when_is_said(organization, read):
    first = add(organization, 3)
    last = add(organization, 2, week=71, place="onboarding-other-0", came=CAME + timedelta(days=3))
    found = later_answers(read)
    assert (found.came, found.gone) == (5, 0)
    assert (found.first, found.last) == (first, last)
    assert (found.came_from, found.came_until) == (CAME, CAME + timedelta(days=3))


def test_what_the_study_does_not_read_is_not_counted(organization, read):
    _touchpoint(organization, "somewhere-else")
    add(organization, 4, place="somewhere-else")
    end = (read.data_cutoff - FIRST_MONDAY).days + 1
    add(organization, 4, week=0, days=end + 6)  # after its last day
    add(organization, 4, week=0, days=-30)  # before its first one
    assert later_answers(read) is None
    add(organization, 1)
    assert later_answers(read).came == 1


def test_a_week_that_the_cutoff_cut_was_not_read_and_is_not_missed(organization, read):
    read.data_cutoff += timedelta(days=3)
    end = (read.data_cutoff - FIRST_MONDAY).days
    add(organization, 2, week=0, days=end - 1)
    assert later_answers(read) is None


def test_answers_that_were_there_are_not_called_late(organization, read):
    add(organization, 4, came=read.finished_at - timedelta(minutes=1))
    add(organization, 2, week=72)
    found = later_answers(read)
    assert found.came == 2
    assert found.first == found.last == FIRST_MONDAY + timedelta(weeks=72, days=1)


def test_answers_that_it_counted_and_that_went_are_said(organization, read):
    point = MetricPoint.objects.filter(touchpoint__key="onboarding").order_by("day")[5]
    counted, point.n, point.answers_9 = point.n, point.n - 2, point.answers_9 - 2
    point.save()
    assert counted > 2
    found = later_answers(read)
    assert (found.came, found.gone) == (0, 2)
    add(organization, 1)
    found = later_answers(read)
    assert (found.came, found.gone) == (1, 2)


def test_the_pages_of_study_metric_and_touchpoint_say_it_and_the_finding_stays(
    organization, read, client_of, ada
):
    finding, digest = read.finding, read.input_digest
    add(organization, 3)
    client = client_of(ada)
    said = "Data added later: 3 answers (days: May 6, 2025; came in: Apr 2, 2026)."
    assert FIRST_MONDAY + timedelta(weeks=70, days=1) == date(2025, 5, 6)
    study = page_of(read, client)
    assert said in study
    assert "The figures of this study stay as they are" in study
    for address in (
        reverse("customer_voice:metric_detail", args=[organization.slug, "nps"]),
        reverse("overview:touchpoint_detail", args=[organization.slug, "onboarding"]),
    ):
        shown = words_of(client.get(address))
        assert f"{read.initiative.reference}, study {read.number} with data up to" in shown
        assert said in shown
    read.refresh_from_db()
    assert (read.finding, read.input_digest) == (finding, digest)


def test_a_touchpoint_outside_of_the_study_says_nothing(organization, read, client_of, ada):
    _touchpoint(organization, "somewhere-else")
    add(organization, 3)
    address = reverse("overview:touchpoint_detail", args=[organization.slug, "somewhere-else"])
    assert "Data added later" not in words_of(client_of(ada).get(address))


def test_what_is_remembered_is_forgotten_with_the_next_count(organization, read, client_of, ada):
    address = reverse("customer_voice:metric_detail", args=[organization.slug, "nps"])
    client = client_of(ada)
    add(organization, 3, came=timezone.now())
    assert "Data added later: 3 answers" in words_of(client.get(address))
    add(organization, 4, week=71, came=timezone.now())
    assert "Data added later: 7 answers" in words_of(client.get(address))


def _touchpoint(organization, key):
    return Touchpoint.objects.create(organization=organization, key=key, name=key)


def page_of(study, client):
    address = [study.organization.slug, study.initiative.number, study.number]
    return words_of(client.get(reverse("impact:study_detail", args=address)))


def words_of(answer):
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())
