"""Events: written with the change, read at least once, in the order of their subject, visible when stuck."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from accounts.models import Event, EventDelivery
from accounts.services import emit
from common import outbox
from common.outbox import MOST_TRIES, deliver, reads


@pytest.fixture(autouse=True)
def _no_other_readers(monkeypatch):
    monkeypatch.setattr(outbox, "_readers", {})


@pytest.fixture
def heard():
    """A reader that notes numbers, and fails while `heard.fails` holds the number."""

    class Heard(list):
        fails: set[int] = set()

    numbers = Heard()

    @reads("tests.happened")
    def note(event):
        if event.content["number"] in numbers.fails:
            raise ValueError("not today")
        numbers.append(event.content["number"])

    return numbers


def happen(organization, number, subject=None):
    return emit(
        kind="tests.happened",
        organization=organization,
        subject=subject or organization,
        content={"number": number},
    )


def later(**pause):
    return timezone.now() + timedelta(**pause)


def test_events_are_read_once_in_order(organization, heard):
    for number in (1, 2, 3):
        happen(organization, number)
    assert deliver(EventDelivery, now=later(seconds=1)) == 3
    assert deliver(EventDelivery, now=later(days=1)) == 0
    assert heard == [1, 2, 3]


def test_an_event_without_readers_is_kept_and_delivered_to_nobody(organization):
    happen(organization, 1)
    assert Event.objects.count() == 1
    assert not EventDelivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_never_happened(organization, heard):
    with transaction.atomic():
        happen(organization, 1)
        transaction.set_rollback(True)
    assert deliver(EventDelivery, now=later(days=1)) == 0
    assert heard == []


def test_a_failing_reader_holds_back_its_subject_and_nothing_else(organization, elsewhere, heard):
    heard.fails = {1}
    happen(organization, 1)
    happen(organization, 2)
    happen(elsewhere, 3)
    assert deliver(EventDelivery, now=later(seconds=1)) == 1
    assert heard == [3]
    assert deliver(EventDelivery, now=later(seconds=2)) == 0  # the pause is not over
    heard.fails = set()
    assert deliver(EventDelivery, now=later(seconds=30)) == 2
    assert heard == [3, 1, 2]


def test_what_a_failing_reader_wrote_is_undone(organization):
    @reads("tests.happened")
    def rename(event):
        type(organization).objects.update(name="Half done")
        raise ValueError

    happen(organization, 1)
    deliver(EventDelivery, now=later(seconds=1))
    organization.refresh_from_db()
    assert organization.name == "Northwind Telecom"
    assert EventDelivery.objects.get().failure == "ValueError: "


def test_after_eight_tries_a_delivery_is_stuck_and_says_so(organization, heard):
    heard.fails = {1}
    happen(organization, 1)
    happen(organization, 2)
    for day in range(MOST_TRIES + 2):
        deliver(EventDelivery, now=later(days=day + 1))
    first, second = EventDelivery.objects.order_by("pk")
    assert (first.attempts, first.failure) == (8, "ValueError: not today")
    assert first.stuck_at is not None
    assert (second.attempts, second.done_at) == (0, None)
    assert heard == []


@pytest.mark.parametrize(("error", "is_stuck"), [(IntegrityError, True), (OperationalError, False)])
def test_a_database_that_is_away_makes_nothing_stuck_and_a_broken_rule_does(organization, error, is_stuck):
    @reads("tests.happened")
    def fails(event):
        raise error

    happen(organization, 1)
    for day in range(MOST_TRIES):
        deliver(EventDelivery, now=later(days=day + 1))
    delivery = EventDelivery.objects.get()
    assert (delivery.attempts, delivery.stuck_at is not None) == (8, is_stuck)


def test_pauses_grow_to_an_hour(organization, heard):
    heard.fails = {1}
    happen(organization, 1)
    pauses = []
    for _ in range(7):
        now = later(days=len(pauses) + 1)
        deliver(EventDelivery, now=now)
        pauses.append(round((EventDelivery.objects.get().next_try_at - now).total_seconds()))
    assert pauses == [5, 20, 80, 320, 1280, 3600, 3600]


def test_each_reader_has_its_own_delivery(organization, heard):
    @reads("tests.happened")
    def breaks(event):
        raise ValueError

    happen(organization, 1)
    assert deliver(EventDelivery, now=later(seconds=1)) == 1
    assert heard == [1]
    assert EventDelivery.objects.filter(done_at=None).count() == 1


def test_a_reader_that_is_gone_leaves_nothing_waiting(organization, heard, monkeypatch):
    happen(organization, 1)
    monkeypatch.setattr(outbox, "_readers", {})
    deliver(EventDelivery, now=later(seconds=1))
    assert EventDelivery.objects.get().done_at is not None


def test_a_reader_sees_plain_values(organization):
    seen = []
    reads("tests.happened")(seen.append)
    event = happen(organization, 7)
    deliver(EventDelivery, now=later(seconds=1))
    assert (seen[0].id, seen[0].kind, seen[0].subject, seen[0].organization_id, seen[0].content) == (
        event.pk,
        "tests.happened",
        f"accounts.organization:{organization.pk}",
        organization.pk,
        {"number": 7},
    )


def test_a_commit_wakes_the_worker(organization, heard, monkeypatch, django_capture_on_commit_callbacks):
    woken = []
    monkeypatch.setattr("accounts.tasks.deliver_events.delay", lambda: woken.append(1))
    with django_capture_on_commit_callbacks(execute=True):
        happen(organization, 1)
    assert woken == [1]
