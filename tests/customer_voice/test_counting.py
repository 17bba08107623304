"""Answers note what they change, and what is noted is counted: every cell is exact, whoever writes beside.

Everything here runs as the product does: nothing is counted in the transaction of the change.
"""

import random
import time
from datetime import UTC, datetime, timedelta
from io import StringIO
from threading import Event, Thread

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.choices import Role
from accounts.models import Organization
from common import named_locks
from common.collisions import Collision, done_again
from customer_voice import services
from customer_voice.choices import ImportStage
from customer_voice.models import (
    AccountMetricPoint,
    Contact,
    DurationPoint,
    ErasedFeedback,
    Feedback,
    ImportBatch,
    MetricDefinition,
    MetricPoint,
    RecountNote,
    StepPoint,
    TotalPoint,
)
from customer_voice.services import recounts
from tests.customer_voice.conftest import MAPPING, csv_bytes
from tests.customer_voice.test_services_rollup import counted_by_hand, snapshot
from tests.factories.accounts import MembershipFactory, OrganizationFactory
from tests.factories.customer_voice import MetricDefinitionFactory, SourceFactory, TouchpointFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 8
ANSWERS = 6  # of each writer


@pytest.fixture(autouse=True)
def _counted_later(settings):
    settings.COUNTS_AT_ONCE = False


@pytest.fixture
def organization():
    found = OrganizationFactory(slug="northwind", time_zone="Asia/Tokyo")
    for key in ("web", "phone"):
        TouchpointFactory(organization=found, key=key)
    return found


@pytest.fixture
def nps(organization):
    return MetricDefinitionFactory(organization=organization, key="nps")


def send(metric: MetricDefinition, number: object, **values: str):
    item = {
        "external_id": str(number),
        "touchpoint": "web",
        "occurred_at": "2026-03-14T12:00Z",
        "score": "9",
        **values,
    }
    return services.record_feedback(
        organization=Organization.objects.get(pk=metric.organization_id),
        metric=metric,
        source="s",
        items=[item],
        replaces_known=True,
    )


def by_account() -> dict[tuple[object, ...], int]:
    return {
        (row.metric_id, row.touchpoint_id, row.day, row.account_id): row.n
        for row in AccountMetricPoint.objects.all()
    }


def accounts_by_hand(zone_hours: int = 9) -> dict[tuple[object, ...], int]:
    """Tokyo has no summer time."""
    found: dict[tuple[object, ...], int] = {}
    for row in Feedback.objects.exclude(account=None).exclude(score=None):
        day = (row.occurred_at + timedelta(hours=zone_hours)).date()
        key = (row.metric_id, row.touchpoint_id, day, row.account_id)
        found[key] = found.get(key, 0) + 1
    return found


def brought_in(metric: MetricDefinition, by, rows: list[list[object]]) -> ImportBatch:
    batch = services.create_import(
        organization=metric.organization,
        by=by,
        file=ContentFile(csv_bytes(rows)),
        filename="f.csv",
        source="s",
    )
    services.map_import(batch=batch, mapping=MAPPING, metric=metric, date_format="iso")
    services.run_import(batch_id=batch.pk)
    services.start_import(batch=batch, replaces_known=True)
    services.run_import(batch_id=batch.pk)
    return ImportBatch.objects.get(pk=batch.pk)


def together(*actions):
    """At once; where one transaction writes at a time anyway, one after the other in an order of chance."""
    if connection.vendor == "postgresql":
        at_once(*actions)
        return
    order = list(actions)
    random.Random(17).shuffle(order)
    for action in order:
        action()


# --- one after the other -----------------------------------------------------------------------


def test_an_answer_is_noted_with_its_commit_and_counted_when_somebody_counts(organization, nps):
    send(nps, 1)
    assert (MetricPoint.objects.count(), RecountNote.objects.count()) == (0, 1)
    assert MetricDefinition.objects.get().data_until is None
    assert services.count_noted(organization=organization) == 1
    assert MetricPoint.objects.get().n == 1
    assert MetricDefinition.objects.get().data_until == datetime(2026, 3, 14, 12, tzinfo=UTC)
    assert not RecountNote.objects.exists()
    assert services.count_noted(organization=organization) == 0


def test_what_was_rolled_back_leaves_no_note(organization, nps):
    with transaction.atomic():
        send(nps, 1)
        transaction.set_rollback(True)
    assert (Feedback.objects.count(), RecountNote.objects.count()) == (0, 0)


def test_an_answer_that_moves_is_counted_where_it_was_and_where_it_is(organization, nps):
    send(nps, 1)
    services.count_everywhere()
    send(nps, 1, touchpoint="phone", occurred_at="2026-01-02T20:00Z")
    services.count_everywhere()
    assert snapshot() == counted_by_hand("Asia/Tokyo")
    assert MetricPoint.objects.get().day.isoformat() == "2026-01-03"
    assert MetricDefinition.objects.get().data_until == datetime(2026, 1, 2, 20, tzinfo=UTC)


def test_a_time_zone_that_changes_between_the_answer_and_the_count_misses_no_day(organization, nps):
    for number, moment in enumerate(["2026-03-14T00:30Z", "2026-03-14T14:59Z", "2026-03-14T15:30Z"]):
        send(nps, number, occurred_at=moment)
    Organization.objects.update(time_zone="America/New_York")
    services.count_everywhere()
    assert snapshot() == counted_by_hand("America/New_York")


def test_the_last_moment_heard_follows_what_is_taken_away(organization, nps):
    ada = MembershipFactory(organization=organization, role=Role.CX_LEADER)
    send(nps, 1, occurred_at="2026-03-01T10:00Z")
    send(nps, 2, occurred_at="2026-03-09T10:00Z")
    services.count_everywhere()
    latest = Feedback.objects.get(submission__external_id="2")
    services.erase_answer(by=ada, answer=latest, removes_rows=True)
    assert MetricPoint.objects.count() == 2
    services.count_everywhere()
    assert MetricPoint.objects.count() == 1
    assert MetricDefinition.objects.get().data_until == datetime(2026, 3, 1, 10, tzinfo=UTC)


def test_a_count_that_is_cut_short_leaves_its_notes_and_the_figures_as_they_were(
    organization, nps, monkeypatch
):
    send(nps, 1)
    monkeypatch.setattr(recounts, "recount", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        services.count_everywhere()
    assert (RecountNote.objects.count(), MetricPoint.objects.count()) == (1, 0)
    monkeypatch.undo()
    services.count_everywhere()
    assert (RecountNote.objects.count(), MetricPoint.objects.get().n) == (0, 1)


def test_one_organization_that_cannot_be_counted_holds_up_no_other_one(organization, nps, monkeypatch):
    other = OrganizationFactory(slug="contoso")
    TouchpointFactory(organization=other, key="web")
    theirs = MetricDefinitionFactory(organization=other, key="nps")
    send(nps, 1)
    send(theirs, 1)
    real = recounts.recount
    monkeypatch.setattr(
        recounts,
        "recount",
        lambda *, organization, **spans: (
            1 / 0 if organization.slug == "northwind" else real(organization=organization, **spans)
        ),
    )
    with pytest.raises(ZeroDivisionError):
        services.count_everywhere()
    assert {point.organization.slug for point in MetricPoint.objects.all()} == {"contoso"}
    assert {note.organization.slug for note in RecountNote.objects.all()} == {"northwind"}


def test_notes_of_an_organization_that_is_gone_go(organization, nps):
    now = datetime(2026, 3, 1, tzinfo=UTC)
    RecountNote.objects.create(
        organization_id=organization.pk + 1000, metric_id=1, touchpoint_id=1, first=now, last=now
    )
    assert services.count_everywhere() == 0
    assert not RecountNote.objects.exists()


def test_an_import_counts_its_own_days_and_leaves_the_notes_of_others(organization, nps):
    ada = MembershipFactory(organization=organization, role=Role.CX_LEADER)
    send(nps, "x", occurred_at="2026-02-01T10:00Z")
    batch = brought_in(nps, ada, [["r1", "2026-03-14T10:00", "web", 3, "", ""]])
    assert batch.stage == ImportStage.IMPORTED
    assert (MetricPoint.objects.get().n, RecountNote.objects.count()) == (1, 1)
    services.count_everywhere()
    assert snapshot() == counted_by_hand("Asia/Tokyo")


def test_more_notes_than_one_transaction_takes_are_all_counted(organization, nps, monkeypatch):
    monkeypatch.setattr(recounts, "MOST_NOTES", 3)
    for number in range(7):
        send(nps, number, occurred_at=f"2026-03-0{1 + number}T10:00Z")
    assert services.count_noted(organization=organization) == 7
    assert snapshot() == counted_by_hand("Asia/Tokyo")


def test_the_thread_counts_within_five_seconds_and_goes_on_after_an_error(organization, nps, monkeypatch):
    """Also after it could not count for a while."""
    calls, real = [], recounts.count_everywhere

    def first_fails():
        calls.append(1)
        if len(calls) == 1:
            raise ZeroDivisionError
        return real()

    monkeypatch.setattr(recounts, "count_everywhere", first_fails)
    monkeypatch.setattr(recounts, "PAUSE_SECONDS", 0.2)
    send(nps, 1)
    ended = Event()
    thread = Thread(target=_counting, args=[ended])
    thread.start()
    try:
        until = time.monotonic() + 5
        while RecountNote.objects.exists() and time.monotonic() < until:
            time.sleep(0.05)
        assert MetricPoint.objects.get().n == 1
    finally:
        ended.set()
        thread.join(timeout=10)
    assert not thread.is_alive()


def _counting(ended: Event) -> None:
    try:
        services.keep_counting(ended)
    finally:
        raw = connection.connection
        connection.close()
        if connection.vendor == "sqlite" and raw is not None:
            raw.close()


# --- at once ------------------------------------------------------------------------------------


def test_writers_an_eraser_an_undo_and_counts_at_once_leave_every_cell_exact(organization, nps, monkeypatch):
    """Eight writers, half of whose answers are of the same few customers and change one another; one that
    erases, one that takes an import back, and two that count, the first of whose counts is cut short."""
    ada = MembershipFactory(organization=organization, role=Role.CX_LEADER)
    batch = brought_in(
        nps, ada, [[f"f{n}", f"2026-03-{10 + n}T10:00", "phone", n, "words", ""] for n in range(8)]
    )
    for number in range(4):
        send(nps, f"old{number}", customer="anna", account="LF", text="secret")
    services.undo_import(batch=batch, by=ada)
    cut = []
    real = recounts.recount

    def cut_once(**given):
        real(**given)
        if not cut:
            cut.append(1)
            raise ZeroDivisionError

    def writer(number):
        chance = random.Random(number)

        def write():
            for turn in range(ANSWERS):
                name = f"f{turn}" if turn % 2 else f"w{number}-{turn}"
                send(
                    nps,
                    name,
                    score=str(chance.randrange(11)),
                    touchpoint=chance.choice(["web", "phone"]),
                    occurred_at=f"2026-03-{chance.randrange(1, 28):02d}T{chance.randrange(24):02d}:30Z",
                    customer=chance.choice(["", "ben", "cho"]),
                    account=chance.choice(["", "LF", "KM"]),
                )

        return write

    def counts():
        for _turn in range(6):
            try:
                services.count_everywhere()
            except ZeroDivisionError:
                continue

    monkeypatch.setattr(recounts, "recount", cut_once)
    together(
        *[writer(number) for number in range(WRITERS)],
        lambda: services.erase_customer(by=ada, customer="anna", removes_rows=True),
        lambda: services.run_import(batch_id=batch.pk),
        counts,
        counts,
    )
    services.count_everywhere()
    assert cut
    assert not RecountNote.objects.exists()
    assert ImportBatch.objects.get(pk=batch.pk).stage == ImportStage.UNDONE
    assert not Feedback.objects.filter(submission__external_id__startswith="old").exists()
    assert not Feedback.objects.filter(text="secret").exists()
    written = {f"w{number}-{turn}" for number in range(WRITERS) for turn in range(0, ANSWERS, 2)}
    written |= {f"f{turn}" for turn in range(1, ANSWERS, 2)}
    assert set(Feedback.objects.values_list("submission__external_id", flat=True)) == written
    assert snapshot() == counted_by_hand("Asia/Tokyo")
    assert by_account() == accounts_by_hand()
    assert not list(services.differing_cells(organization))


@pytest.mark.parametrize("alone", [True, False])
def test_answers_outside_accounts_leave_the_cube_of_accounts_alone(organization, nps, alone):
    """Alone or in a lot that is staged; a later answer of an account on the same day is counted in both."""
    more = {} if alone else {f"m{number}": {} for number in range(30)}
    services.record_feedback(
        organization=organization,
        metric=nps,
        source="s",
        items=[
            {
                "external_id": name,
                "touchpoint": "web",
                "occurred_at": "2026-03-14T12:00Z",
                "score": "9",
                "account": "",
            }
            for name in ("first", *more)
        ],
    )
    assert set(RecountNote.objects.values_list("reaches_accounts", flat=True)) == {False}
    services.count_everywhere()
    assert not AccountMetricPoint.objects.exists()
    send(nps, "with", account="LF", customer="ben")
    assert set(RecountNote.objects.values_list("reaches_accounts", flat=True)) == {True}
    services.count_everywhere()
    assert sum(AccountMetricPoint.objects.values_list("n", flat=True)) == 1
    send(nps, "of ben")  # names nobody
    send(nps, "again", customer="ben")  # names no account: it is that of the customer
    services.count_everywhere()
    assert sum(AccountMetricPoint.objects.values_list("n", flat=True)) == 2
    send(nps, "with", account="", customer="", score="1")  # a known answer that loses its account
    services.count_everywhere()
    assert by_account() == accounts_by_hand()
    assert snapshot() == counted_by_hand("Asia/Tokyo")
    assert not list(services.differing_cells(organization))


def test_a_lot_that_names_customers_alone_reaches_the_cube_of_their_accounts(organization, nps):
    send(nps, "with", account="LF", customer="ben")
    services.count_everywhere()
    services.record_feedback(
        organization=organization,
        metric=nps,
        source="s",
        items=[
            {
                "external_id": f"lot {number}",
                "touchpoint": "web",
                "occurred_at": "2026-03-14T12:00Z",
                "score": "9",
                "customer": "ben",
            }
            for number in range(30)
        ],
    )
    services.count_everywhere()
    assert sum(AccountMetricPoint.objects.values_list("n", flat=True)) == 31
    assert by_account() == accounts_by_hand()


def test_points_of_accounts_that_are_wrong_are_named_while_other_answers_wait(organization, nps):
    send(nps, "a", account="LF")
    services.count_everywhere()
    AccountMetricPoint.objects.update(n=7, answers_9=7)
    send(nps, "b")  # waits, and is none of an account
    assert [one.cube for one in services.differing_cells(organization)] == ["account"]


def test_hundreds_of_single_days_and_long_runs_are_counted_as_they_are(organization, nps, monkeypatch):
    """More short runs than one statement lists, and one that is long: written down as a condition."""
    monkeypatch.setattr("customer_voice.services.rollup.MOST_LISTED", 7)
    monkeypatch.setattr("customer_voice.services.runs.MOST_OF_ONE", 20)
    begun = datetime(2024, 1, 1, 3, tzinfo=UTC)
    days = [*range(0, 120, 3), *range(200, 280)]
    services.record_feedback(
        organization=organization,
        metric=nps,
        source="s",
        items=[
            {
                "external_id": f"{place} {day}",
                "touchpoint": place,
                "occurred_at": (begun + timedelta(days=day)).isoformat(),
                "score": str(day % 11),
                "account": "LF" if day % 2 else "",
            }
            for day in days
            for place in ("web", "phone")
        ],
    )
    services.count_everywhere()
    assert snapshot() == counted_by_hand("Asia/Tokyo")
    assert by_account() == accounts_by_hand()


def test_writers_of_the_same_customers_in_different_orders_end_all(organization, nps):
    """Each waits for what the other one has added: one of them is done again."""
    SourceFactory(organization=organization, name="s")  # else all wait for who names it first

    def lot(order):
        items = [
            {
                "external_id": f"c{number}",
                "touchpoint": "web",
                "occurred_at": "2026-03-14",
                "score": "7",
                "customer": f"person {number}",
                "account": f"firm {number}",
            }
            for number in order
        ]
        return lambda: services.record_feedback(
            organization=organization, metric=nps, source="s", items=items
        )

    orders = [list(range(40)), list(reversed(range(40)))]
    found = at_once(*[lot(orders[number % 2]) for number in range(4)])
    assert sum(one.created for one in found) == 40
    assert sum(one.unchanged for one in found) == 120
    assert Contact.objects.count() == 40


def test_an_answer_that_is_sent_again_during_its_erasure_does_not_come_back(organization, nps):
    ada = MembershipFactory(organization=organization, role=Role.CX_LEADER)
    for turn in range(6):
        customer, name = f"customer {turn}", f"e{turn}"
        send(nps, name, customer=customer, text="first words")
        at_once(
            lambda: send(nps, name, customer=customer, text="other words", score="1"),  # noqa: B023
            lambda: services.erase_customer(by=ada, customer=customer),  # noqa: B023
        )
    assert not Feedback.objects.exclude(text="").exists()
    assert not Contact.objects.exclude(external_reference=None).exists()
    assert ErasedFeedback.objects.exists()


@pytest.mark.skipif("sqlite" in str(connection.settings_dict["ENGINE"]), reason="SQLite has one writer")
def test_writers_do_not_wait_for_one_another_nor_for_who_counts(organization, nps):
    """A transaction that is open, with an answer to the same metric, touchpoint and day, and a count that
    goes on: a third one is in before either ends."""
    SourceFactory(organization=organization, name="s")  # who names one first is waited for, once
    written, counted, done = Event(), Event(), Event()

    def slow_writer():
        with transaction.atomic():
            send(nps, "slow")
            written.set()
            assert done.wait(20)

    def slow_count():
        with transaction.atomic():
            services.refresh_rollup(
                organization=organization,
                cells={(nps.pk, nps.organization.pk, datetime(2026, 3, 14, tzinfo=UTC).date())},
            )
            counted.set()
            assert done.wait(20)

    def quick_writer():
        assert written.wait(20)
        assert counted.wait(20)
        try:
            begun = time.monotonic()
            send(nps, "quick")
            assert services.count_noted(organization=organization, waits=False) == 0  # somebody counts
            return time.monotonic() - begun
        finally:
            done.set()

    *_others, seconds = at_once(slow_writer, slow_count, quick_writer)
    assert seconds < 10
    services.count_everywhere()
    assert MetricPoint.objects.get().n == 2


@pytest.mark.skipif("sqlite" in str(connection.settings_dict["ENGINE"]), reason="SQLite has one writer")
def test_a_note_that_commits_late_is_counted_though_later_ones_were(organization, nps):
    """Numbers are given in the order of writing, not of commits: a watermark would pass over this one."""
    SourceFactory(organization=organization, name="s")
    written, go_on = Event(), Event()

    def slow():
        with transaction.atomic():
            send(nps, "early number")
            written.set()
            assert go_on.wait(20)

    def quick():
        assert written.wait(20)
        send(nps, "late number")
        services.count_everywhere()
        assert MetricPoint.objects.get().n == 1
        go_on.set()

    at_once(slow, quick)
    services.count_everywhere()
    assert MetricPoint.objects.get().n == 2


# --- the parts ----------------------------------------------------------------------------------


def test_who_shares_a_lock_keeps_out_who_wants_it_alone():
    if connection.vendor != "postgresql":
        with transaction.atomic():
            named_locks.hold("a")
            named_locks.share("a")
            assert named_locks.is_free("a")
        return
    found, shared, asked = [], Event(), Event()

    def sharer():
        with transaction.atomic():
            named_locks.share("a")
            shared.set()
            assert asked.wait(20)

    def asker():
        assert shared.wait(20)
        with transaction.atomic():
            named_locks.share("a")
            found.append(named_locks.is_free("b"))
        with transaction.atomic():
            found.append(named_locks.is_free("a"))
        asked.set()

    at_once(sharer, asker)
    assert found == [True, False]


def test_a_service_that_met_another_one_is_done_again_and_not_for_ever(monkeypatch):
    monkeypatch.setattr("common.collisions.PAUSE_SECONDS", 0)
    calls = []

    @done_again
    def meets(times):
        calls.append(1)
        if len(calls) <= times:
            raise Collision
        return "done"

    assert (meets(4), len(calls)) == ("done", 5)
    calls.clear()
    with pytest.raises(Collision):
        meets(9)
    assert len(calls) == 5
    calls.clear()
    with transaction.atomic(), pytest.raises(Collision):
        meets(1)  # the whole transaction would have to be done again
    assert len(calls) == 1


# --- the proof ----------------------------------------------------------------------------------


def prove(*arguments: str) -> str:
    out = StringIO()
    call_command("rebuild_metric_points", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_names_the_cells_that_differ_and_counts_them_anew(organization, nps):
    ttr = MetricDefinitionFactory(organization=organization, key="ttr")
    send(nps, 1, account="LF")
    send(nps, 2, score="3", segment="home", channel="mail")
    send(nps, 3, occurred_at="2025-01-01T10:00Z")
    send(ttr, "case", score="", resolved_at="2026-03-15T12:00Z")
    send(ttr, "open", score="")
    services.count_everywhere()
    assert prove("--check") == "northwind: every cell equals its feedback.\n"
    MetricPoint.objects.filter(day="2025-01-01").delete()
    MetricPoint.objects.filter(segment="home").update(answers_3=0, answers_4=1)
    AccountMetricPoint.objects.update(n=2)
    DurationPoint.objects.filter(duration_bin__lt=-2).update(n=5)
    half = MetricDefinitionFactory(
        organization=organization, key="nps_half", scale_step="0.5", rule="mean", scale_low=0, scale_high=10,
        kind="custom", name="Half",
    )  # fmt: skip
    phone = TouchpointFactory(organization=organization, key="phone")
    StepPoint.objects.create(
        organization=organization, metric=half, touchpoint=phone, day="2024-02-29", step=3, n=7
    )
    out = StringIO()
    with pytest.raises(CommandError, match="5 cells differ") as refused:
        call_command("rebuild_metric_points", "--check", "--organization", "northwind", stdout=out)
    assert refused.value.returncode == 1
    assert sorted(out.getvalue().splitlines()) == [
        "northwind: nps version 1 at web on 2025-01-01: points of 0, feedback of 1",
        "northwind: nps version 1 at web on 2026-03-14 by account: points of 2, feedback of 1",
        "northwind: nps version 1 at web on 2026-03-14: points of 2, feedback of 2",
        "northwind: nps_half version 1 at phone on 2024-02-29: points of 7, feedback of 0",
        "northwind: ttr version 1 at web on 2026-03-14: points of 6, feedback of 2",
    ]
    assert prove() == "northwind: counted anew.\n"
    assert prove("--check", "--organization", "northwind") == "northwind: every cell equals its feedback.\n"


def test_what_is_noted_and_not_counted_yet_is_not_wrong(organization, nps):
    send(nps, 1)
    services.count_everywhere()
    send(nps, 2)
    assert prove("--check") == "northwind: every cell equals its feedback.\n"
    RecountNote.objects.all().delete()
    with pytest.raises(CommandError, match="1 cells differ"):
        prove("--check")


def test_amounts_are_proved_to_the_last_decimal(organization):
    rate = MetricDefinitionFactory(
        organization=organization, key="complaints", rule="rate", kind="custom", name="Complaints", per=1000,
        amount_name="complaints", exposure_name="calls",
    )  # fmt: skip
    send(rate, 1, score="0.1", exposure="3")
    send(rate, 2, score="0.2", exposure="4.5")
    services.count_everywhere()
    assert prove("--check") == "northwind: every cell equals its feedback.\n"
    TotalPoint.objects.update(amount="0.3001")
    with pytest.raises(CommandError, match="1 cells differ"):
        prove("--check")


def test_the_command_knows_no_foreign_organization(organization):
    with pytest.raises(CommandError, match="no organization “contoso”"):
        prove("--organization", "contoso")


def test_a_lot_of_nothing_stores_nothing(organization, nps):
    found = services.record_feedback(organization=organization, metric=nps, source="s", items=[])
    assert (found.created, found.updated, RecountNote.objects.count()) == (0, 0, 0)
