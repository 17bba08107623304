"""Net time to resolution: without what a case waited for its customer, by every door."""

import random
from datetime import UTC, datetime, timedelta
from math import floor, log
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from customer_voice import selectors, services
from customer_voice.choices import BIN_WAITING, STRUCTURE, Period
from customer_voice.errors import MappingRefused
from customer_voice.models import DurationPoint, Feedback, ImportBatch, MetricDefinition
from customer_voice.rules.waiting import WaitedTooLong, Waits, counted_places, joined_stretches
from customer_voice.selectors.figures import ensure_comparable
from customer_voice.services import Hours
from customer_voice.services.proving import differing_cells
from customer_voice.services.reading import Also, Reading
from tests.customer_voice.conftest import csv_bytes
from tests.factories.customer_voice import MetricDefinitionFactory, TouchpointFactory

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 3600.0
OFFICE = (((480, 720), (780, 1020)),) * 5 + ((), ())  # 8-12 and 13-17, Monday to Friday
NOW = datetime(2026, 3, 6, 12, tzinfo=UTC)


def at(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def hotline(organization):
    return TouchpointFactory(organization=organization, key="hotline")


@pytest.fixture
def net(organization, hotline):
    return MetricDefinitionFactory(organization=organization, key="net_resolution")


@pytest.fixture
def send(ada, api_of, organization, net):
    def make(external_id="T1", metric="net_resolution", **item):
        told = {"metric": metric, "external_id": external_id, "touchpoint": "hotline", **item}
        told = {"occurred_at": "2026-03-02T09:00Z", **told}
        return api_of(ada).post(f"/api/v1/o/{organization.slug}/feedback/", told, format="json")

    return make


def series(metric, **options):
    metric = MetricDefinition.objects.get(pk=metric.pk)
    services.count_noted(organization=metric.organization)
    (point,) = selectors.metric_series(metric.organization, metric, **options).points
    return point


# --- worked out by hand -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stretches", "resolved", "expected"),
    [
        # three hours of ten
        ([(at(2, 10), at(2, 13))], at(2, 19), (at(2, 12), None)),
        # two that overlap are one: 10-14
        ([(at(2, 12), at(2, 14)), (at(2, 10), at(2, 13))], at(2, 19), (at(2, 13), None)),
        # what lies before the opening and after the end is no waiting of the case
        ([(at(1, 0), at(2, 10)), (at(2, 18), at(3, 9))], at(2, 19), (at(2, 11), None)),
        # resolved while it waited
        ([(at(2, 11), None)], at(2, 19), (at(2, 17), None)),
        # open and waiting
        ([(at(2, 10), at(2, 11)), (at(3, 9), None)], None, (at(2, 10), at(3, 9))),
        ([(at(3, 9), None)], None, (None, at(3, 9))),
        # nothing
        ([(at(4, 0), at(4, 1))], at(2, 19), (None, None)),
        ([], None, (None, None)),
    ],
)
def test_from_where_a_time_counts(stretches, resolved, expected):
    waits = Waits(stretches=joined_stretches(stretches))
    assert counted_places(waits, opened=at(2, 9), resolved=resolved, now=NOW, hours=None) == expected
    assert Waits.of_text(waits.text) == waits


def test_a_length_alone_is_taken_from_the_whole_and_never_more_than_it():
    waits = Waits(length=timedelta(hours=3))
    assert Waits.of_text(waits.text) == waits
    assert waits.text == "PT10800S"
    assert counted_places(waits, opened=at(2, 9), resolved=at(2, 19), now=NOW, hours=None) == (
        at(2, 12),
        None,
    )
    assert counted_places(waits, opened=at(2, 9), resolved=at(2, 12), now=NOW, hours=None)[0] == at(2, 12)
    with pytest.raises(WaitedTooLong):
        counted_places(waits, opened=at(2, 9), resolved=at(2, 11), now=NOW, hours=None)


@pytest.mark.parametrize("stretches", [[(at(2, 12), at(2, 11))], [(at(2, 10), None), (at(2, 12), at(2, 13))]])
def test_stretches_that_contradict_each_other_are_no_stretches(stretches):
    with pytest.raises(ValueError, match="2026"):
        joined_stretches(stretches)


def test_median_and_share_are_those_of_the_net_times(send, net):
    """Whole times of 4, 10, 24 and 48 hours; net ones of 4, 2, 9 and 8: the median lies between 4 and 8."""
    ends = {"T1": ("2026-03-02T13:00Z", []), "T2": ("2026-03-02T19:00Z", [("10:00", "18:00")]),
            "T3": ("2026-03-03T09:00Z", [("09:00", "23:00"), ("23:00", "23:59")])}  # fmt: skip
    for name, (end, waits) in ends.items():
        told = [{"from": f"2026-03-02T{low}Z", "to": f"2026-03-02T{high}Z"} for low, high in waits]
        sent = send(name, resolved_at=end, waits=told)
        assert sent.status_code == 201, sent.json()
    assert send("T4", resolved_at="2026-03-04T09:00Z", waited="40:00").status_code == 201
    point = series(net)
    hours = sorted(round(time[0]) for time in point.counts.times)
    # the third is 24 h less 14 h 59 min
    wanted = [floor(50 * log(seconds)) for seconds in (2 * HOUR, 4 * HOUR, 8 * HOUR, 9 * HOUR + 60)]
    assert hours == wanted
    assert point.n == 4
    assert point.value == pytest.approx(6 * HOUR, rel=0.011)


def test_open_cases_count_from_later_and_stand_still_while_they_wait(send, net, organization):
    send("T1", resolved_at="2026-03-04T21:00Z", waits=[])  # up to then it was heard
    # open for 60 hours, of which it waited for 36: a day's work
    send("T2", resolved_at=None, waits=[{"from": "2026-03-02T10:00Z", "to": "2026-03-03T22:00Z"}])
    # open, and waits since three hours after its opening
    send("T3", resolved_at="", waits=[{"from": "2026-03-02T12:00Z", "to": None}])
    point = series(net)
    found = dict(point.counts.open_seconds)
    assert {round(age / 60) for age in found if age > 5 * HOUR} == {24 * 60}
    assert [age for age in found if age < 5 * HOUR] == [pytest.approx(3 * HOUR, rel=0.011)]
    assert (point.n, point.counts.n_open) == (3, 2)
    bins = DurationPoint.objects.values_list("duration_bin", flat=True)
    assert BIN_WAITING + floor(50 * log(3 * HOUR)) in bins
    # the same of one customer's answers, folded without the roll-up
    folded = selectors.metric_series(organization, MetricDefinition.objects.get(pk=net.pk), segment="").points
    assert sorted(folded[0].counts.open_seconds) == sorted(point.counts.open_seconds)
    assert not list(differing_cells(organization))


def test_a_case_that_waited_for_weeks_is_aged_to_the_minute_of_its_work(send, net):
    send("T1", occurred_at="2026-01-05T09:00Z", resolved_at=None,
         waits=[{"from": "2026-01-05T09:30Z", "to": "2026-03-01T09:30Z"}])  # fmt: skip
    send("T2", occurred_at="2026-03-02T09:00Z", resolved_at="2026-03-02T13:30Z", waits=[])
    metric = MetricDefinition.objects.get(pk=net.pk)
    services.count_noted(organization=metric.organization)
    first, _second = selectors.metric_series(metric.organization, metric, period=Period.MONTH).points[::2]
    # half an hour, and 28 hours from 1 March on
    assert first.counts.open_seconds == ((28.5 * HOUR, 1),)


# --- doors --------------------------------------------------------------------------------------

HEADER = ("Ticket", "Created", "Resolved", "Status", "Status history")
MAPPING = {
    "external_id": "Ticket",
    "opened_at": "Created",
    "resolved_at": "Resolved",
    "status": "Status",
    "waits": "Status history",
}
TICKETS = [
    ["T1", "2026-03-02 09:00", "2026-03-02 19:00", "Solved",
     "2026-03-02 09:00 New; 2026-03-02 10:00 Pending; 2026-03-02 13:00 Open; 2026-03-02 19:00 Solved"],
    ["T2", "2026-03-02 09:00", "2026-03-02 13:00", "Solved", ""],
    ["T3", "2026-03-02 09:00", "", "On hold", "2026-03-02 09:00 Open; 2026-03-02 11:00 On hold"],
]  # fmt: skip


@pytest.fixture
def read(upload, net):
    def make(rows, *, header=HEADER, mapping=MAPPING, metric=None, reading=None) -> ImportBatch:
        batch = upload(csv_bytes(rows, header))
        services.map_import(
            batch=batch, mapping=mapping, metric=metric or net, touchpoint_key="hotline",
            reading=reading or Reading(),
        )  # fmt: skip
        services.run_import(batch_id=batch.pk)
        return ImportBatch.objects.get(pk=batch.pk)

    return make


@pytest.fixture
def bring(read):
    def make(rows, **options) -> ImportBatch:
        batch = read(rows, **options)
        assert (batch.failure, batch.rows_rejected) == ("", 0), [*batch.row_errors.values()]
        services.start_import(batch=batch, replaces_known=bool(batch.rows_replaced))
        services.run_import(batch_id=batch.pk)
        return ImportBatch.objects.get(pk=batch.pk)

    return make


def stored(metric):
    rows = Feedback.objects.filter(metric=metric).select_related("submission")
    return {row.submission.external_id: (row.waits, row.counted_from, row.waits_from) for row in rows}


def test_a_file_with_the_history_of_the_status(bring, net):
    batch = bring(TICKETS)
    assert stored(net) == {
        "T1": ("2026-03-02T10:00:00Z/2026-03-02T13:00:00Z", at(2, 12), None),
        "T2": ("", None, None),
        "T3": ("2026-03-02T11:00:00Z/..", None, at(2, 11)),
    }
    counts = series(net).counts
    assert sorted(number for number, _cases in counts.times) == [
        floor(50 * log(4 * HOUR)), floor(50 * log(7 * HOUR)),
    ]  # fmt: skip
    # the figure that the check had shown is that of the net times too
    assert batch.figures[0]["n"] == 3
    assert batch.figures[0]["value"] == pytest.approx(series(net).value, rel=0.02)


def test_a_file_with_the_length_of_all_waiting_and_both_figures_at_once(bring, upload, net, organization):
    ttr = MetricDefinitionFactory(organization=organization, key="ttr")
    header = ("Ticket", "Created", "Resolved", "Agent wait time in minutes")
    rows = [["T1", "2026-03-02 09:00", "2026-03-02 19:00", "180"],
            ["T2", "2026-03-02 09:00", "2026-03-02 13:00", "0"]]  # fmt: skip
    _facts, found = services.import_proposal(upload(csv_bytes(rows, header)))
    assert (found["metric"], found["waited"]) == (ttr.pk, "Agent wait time in minutes")
    assert found["reading"].also == (Also(metric="net_resolution"),)
    assert found["reading"].duration == "minutes"
    mapping = {"external_id": "Ticket", "opened_at": "Created", "resolved_at": "Resolved",
               "waited": "Agent wait time in minutes"}  # fmt: skip
    bring(rows, header=header, mapping=mapping, metric=ttr, reading=found["reading"])
    assert stored(net)["T1"] == ("PT10800S", at(2, 12), None)
    assert stored(net)["T2"] == ("", None, None)
    assert set(stored(ttr).values()) == {("", None, None)}
    assert series(ttr).value == pytest.approx(7 * HOUR, rel=0.011)  # between 4 and 10
    assert series(net).value == pytest.approx(5.5 * HOUR, rel=0.011)  # between 4 and 7


def test_waiting_is_no_field_of_files_where_no_metric_leaves_it_out(upload, organization, hotline):
    MetricDefinitionFactory(organization=organization, key="ttr")
    rows = [["T1", "2026-03-02 09:00", "2026-03-02 19:00", "180"]]
    header = ("Ticket", "Created", "Resolved", "Agent wait time in minutes")
    _facts, found = services.import_proposal(upload(csv_bytes(rows, header)))
    assert "waited" not in found


def test_a_net_time_needs_its_columns_and_not_both(read, upload):
    for mapping, field in (
        ({name: column for name, column in MAPPING.items() if name != "waits"}, "waits"),
        ({name: column for name, column in MAPPING.items() if name != "resolved_at"}, "resolved_at"),
        ({**MAPPING, "waited": "Status", "status": ""}, "waited"),
    ):
        kept = {name: column for name, column in mapping.items() if column}
        with pytest.raises(MappingRefused) as refusal:
            read(TICKETS, mapping=kept, reading=Reading(duration="minutes"))
        assert field in refusal.value.fields


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("soon", "not_waits"),
        ("2026-03-02 12:00 – 2026-03-02 10:00", "waits_out_of_order"),
        ("2026-03-02 10:00 –; 2026-03-02 11:00 – 2026-03-02 12:00", "waits_out_of_order"),
        ("2026-03-02 10:00 – 2999-03-02 10:00", "in_the_future"),
    ],
)
def test_what_cannot_be_is_refused_by_its_column(read, cell, code):
    batch = read([["T1", "2026-03-02 09:00", "2026-03-02 19:00", "", cell]])
    (error,) = batch.row_errors.all()
    assert (error.field, error.code, bool(error.text)) == ("waits", code, True)


@pytest.mark.parametrize(
    ("cell", "code"), [("601", "waited_too_long"), ("-3", "negative_wait"), ("long", "not_a_duration")]
)
def test_lengths_that_cannot_be_are_refused(read, cell, code):
    mapping = {"external_id": "Ticket", "opened_at": "Created", "resolved_at": "Resolved", "waited": "Status"}
    batch = read(
        [["T1", "2026-03-02 09:00", "2026-03-02 19:00", cell, ""]],
        mapping=mapping,
        reading=Reading(duration="minutes"),
    )
    (error,) = batch.row_errors.all()
    assert (error.field, error.code, bool(error.text)) == ("waited", code, True)


def test_the_same_again_changes_nothing_and_an_undone_correction_leaves_what_was(bring, net):
    bring(TICKETS)
    before = stored(net)
    again = bring(TICKETS)
    assert (again.rows_unchanged, again.rows_updated) == (3, 0)
    corrected = [[*TICKETS[0][:4], "2026-03-02 10:00 – 2026-03-02 11:00"]]
    later = bring(corrected)
    assert later.changes["replaced"] == {"waits": 1}
    assert stored(net)["T1"] == ("2026-03-02T10:00:00Z/2026-03-02T11:00:00Z", at(2, 10), None)
    services.undo_import(batch=later, by=later.created_by)
    services.run_import(batch_id=later.pk)
    assert stored(net) == before


def test_what_is_read_by_api_may_come_back(send, ada, api_of, organization, net):
    waits = [{"from": "2026-03-02T10:00:00Z", "to": "2026-03-02T11:00:00Z"}]
    send("T1", resolved_at="2026-03-02T19:00Z", waits=waits)
    send("T2", resolved_at="2026-03-02T19:00Z", waited="1:30")
    url = f"/api/v1/o/{organization.slug}/feedback/"
    found = {one["external_id"]: one for one in api_of(ada).get(url).json()["results"]}
    assert (found["T1"]["waits"], found["T1"]["waited"]) == (waits, "")
    assert (found["T2"]["waits"], found["T2"]["waited"]) == ([], "1:30:00")
    for name, one in found.items():
        told = {key: one[key] for key in ("resolved_at", "waits", "waited")}
        sent = send(name, **told)
        assert sent.status_code == 200, sent.json()
        assert sent.json()["unchanged"] == 1


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({"resolved_at": "2026-03-02T19:00Z"}, "waits"),
        ({"waits": []}, "resolved_at"),
        ({"resolved_at": "2026-03-02T19:00Z", "waits": "soon"}, "waits"),
        ({"resolved_at": "2026-03-02T19:00Z", "waits": [{"to": "2026-03-02T10:00Z"}]}, "waits"),
        ({"resolved_at": "2026-03-02T19:00Z", "waits": [{"from": "2026-03-02T10:00Z", "to": 0}]}, "waits"),
        ({"resolved_at": "2026-03-02T19:00Z", "waits": [{"from": "soon"}]}, "waits"),
        ({"resolved_at": "2026-03-02T19:00Z", "waited": "11:00"}, "waited"),
        ({"resolved_at": "2026-03-02T19:00Z", "waited": "1:00", "waits": [{"from": "2026-03-02T10:00Z"}]},
         "waited"),
    ],
)  # fmt: skip
def test_the_api_refuses_what_it_cannot_count(send, item, field):
    sent = send("T1", **item)
    assert sent.status_code in {400, 422}, sent.json()
    assert field in str(sent.json())
    assert not Feedback.objects.exists()


def test_other_times_take_no_waiting_and_are_another_measurement(send, organization, net):
    ttr = MetricDefinitionFactory(organization=organization, key="ttr")
    sent = send("T1", metric="ttr", resolved_at="2026-03-02T19:00Z", waited="1:00")
    assert sent.status_code == 422
    assert "waiting included" in str(sent.json())
    assert "kind" in STRUCTURE
    with pytest.raises(Exception, match="defin"):
        ensure_comparable(ttr, net)
    assert "waited for the customer" in selectors.definition_text(net)
    assert any("stands still" in str(note) for note in net.calculation.notes())


def test_the_page_of_a_case_says_when_it_waited(send, client, ada, organization, net):
    send("T1", resolved_at=None, waits=[{"from": "2026-03-02T12:00Z", "to": None}])
    client.force_login(ada.user)
    row = Feedback.objects.get()
    page = client.get(
        reverse("customer_voice:feedback_detail", args=[organization.slug, row.pk])
    ).content.decode()
    assert "Waited for the customer" in page
    assert "it waits now" in page


def test_the_export_of_cases_has_the_waiting_and_the_seconds_that_count(send, client, ada, organization, net):
    send("T1", resolved_at="2026-03-02T19:00Z",
         waits=[{"from": "2026-03-02T10:00Z", "to": "2026-03-02T13:00Z"}])  # fmt: skip
    client.force_login(ada.user)
    answer = client.get(reverse("customer_voice:feedback_file", args=[organization.slug, "cases", "csv"]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    header, line = (one.split(",") for one in text.strip().splitlines()[-2:])
    told = dict(zip(header, line, strict=True))
    assert told["seconds"] == str(7 * 3600)
    assert told["waits"] == "2026-03-02T10:00:00Z/2026-03-02T13:00:00Z"


# --- business hours -----------------------------------------------------------------------------


def _works(moment) -> bool:
    wall = moment.astimezone(BERLIN)
    minute = wall.hour * 60 + wall.minute
    return wall.weekday() < 5 and (480 <= minute < 720 or 780 <= minute < 1020)


def _net_minutes(opened, closed, waits) -> int:
    """Minute by minute, by the clock on the wall."""
    whole = int((closed - opened).total_seconds() // 60)
    minutes = (opened + timedelta(minutes=number) for number in range(whole))
    return sum(_works(one) and not any(low <= one < high for low, high in waits) for one in minutes)


@pytest.fixture
def desk(organization, ada):
    organization.time_zone = "Europe/Berlin"
    organization.save()
    ada.refresh_from_db()
    return services.create_calendar(by=ada, hours=Hours(name="Desk", week=OFFICE))


@pytest.fixture
def office_net(desk, ada, hotline):
    values = {"name": "Net time", "kind": "net_res", "calendar": desk.key}
    return services.define_metric(by=ada, values=values)


def _random_cases(number=60):
    draw = random.Random(11)
    cases = []
    for _case in range(number):
        # over the night of 29 March, in which clocks are put forward
        opened = datetime(2026, 3, 25, tzinfo=UTC) + timedelta(minutes=draw.randrange(4 * 1440))
        closed = opened + timedelta(minutes=draw.randrange(60, 5 * 1440))
        ends = sorted(draw.randrange(-300, 5 * 1440) for _end in range(4))
        low, high, again, last = (opened + timedelta(minutes=one) for one in ends)
        cases.append((opened, closed, [(low, high), (again, last)]))
    return cases


def _store(metric, cases):
    items = [
        {
            "external_id": f"case-{number}",
            "occurred_at": opened.isoformat(),
            "resolved_at": closed.isoformat(),
            "touchpoint": "hotline",
            "waits": "; ".join(f"{low.isoformat()}/{high.isoformat()}" for low, high in waits),
        }
        for number, (opened, closed, waits) in enumerate(cases)
    ]
    services.record_feedback(organization=metric.organization, metric=metric, source="desk", items=items)
    services.count_noted(organization=metric.organization)


def _expected(cases):
    seconds = (60 * _net_minutes(*case) for case in cases)
    return sorted(floor(50 * log(max(one, 1))) for one in seconds)


def _kept(metric):
    rows = DurationPoint.objects.filter(metric=metric).values_list("duration_bin", "n")
    return sorted(binned for binned, n in rows for _one in range(n))


def test_business_hours_without_waiting_are_those_counted_minute_by_minute(office_net, organization):
    cases = _random_cases()
    _store(office_net, cases)
    assert _kept(office_net) == _expected(cases)
    assert not list(differing_cells(organization))


def test_a_correction_of_the_calendar_counts_net_times_anew(office_net, desk, ada, monkeypatch):
    cases = _random_cases(20)
    _store(office_net, cases)
    mornings = tuple(day[:1] for day in OFFICE)
    version = services.change_calendar(by=ada, calendar=desk, hours=Hours(name="Desk", week=mornings))
    services.recount_calendar(version_id=version.pk)
    before = _works

    def in_the_morning(moment) -> bool:
        return before(moment) and moment.astimezone(BERLIN).hour < 12

    monkeypatch.setitem(_net_minutes.__globals__, "_works", in_the_morning)
    assert _kept(office_net) == _expected(cases)


def test_an_open_case_in_business_hours_counts_what_was_worked(office_net):
    """Monday 9:00 to Thursday 17:00 in Berlin is 7 + 3 * 8 hours; it waited from Monday 10 to Wednesday 10:
    16 of them."""
    opened = datetime(2026, 3, 2, 9, tzinfo=BERLIN)
    items = [
        {"external_id": "A", "occurred_at": opened.isoformat(), "resolved_at": "", "touchpoint": "hotline",
         "waits": "2026-03-02 10:00 – 2026-03-04 10:00"},
        {"external_id": "B", "occurred_at": datetime(2026, 3, 5, 8, tzinfo=BERLIN).isoformat(),
         "resolved_at": datetime(2026, 3, 5, 17, tzinfo=BERLIN).isoformat(), "touchpoint": "hotline",
         "waits": ""},
    ]  # fmt: skip
    services.record_feedback(organization=office_net.organization, metric=office_net, source="s", items=items)
    assert series(office_net).counts.open_seconds == ((15 * HOUR, 1),)


def test_what_an_undo_brings_back_is_placed_by_the_calendar_of_then(bring, office_net, desk, ada):
    """Opened at 9, waited from 11 to 14, resolved at 17: 7 - 2 hours of the desk. Once it works in the
    mornings alone, 3 - 1."""
    row = ["T1", "2026-03-02 09:00", "2026-03-02 17:00", ""]
    bring([[*row, "2026-03-02 11:00 – 2026-03-02 14:00"]], metric=office_net)
    assert _kept(office_net) == [floor(50 * log(5 * HOUR))]
    later = bring([[*row, "2026-03-02 09:00 – 2026-03-02 10:00"]], metric=office_net)
    mornings = tuple(day[:1] for day in OFFICE)
    version = services.change_calendar(by=ada, calendar=desk, hours=Hours(name="Desk", week=mornings))
    services.recount_calendar(version_id=version.pk)
    services.undo_import(batch=later, by=later.created_by)
    services.run_import(batch_id=later.pk)
    assert _kept(office_net) == [floor(50 * log(2 * HOUR))]


OWN_WORDS = [
    ["T1", "2026-03-02 09:00", "2026-03-02 19:00", "Done",
     "2026-03-02 09:00 New; 2026-03-02 10:00 With  Customer; 2026-03-02 13:00 Open; 2026-03-02 19:00 Done"],
    ["T2", "2026-03-02 09:00", "2026-03-02 12:00", "with customer",
     "2026-03-02 09:00 Open; 2026-03-02 11:00 With customer"],
]  # fmt: skip


def test_statuses_of_its_own_wait_where_the_file_says_so(bring, net):
    """Without them all ten hours of T1 are work and T2 is resolved; with them three hours wait, and T2 is
    open and waits."""
    bring(OWN_WORDS)
    assert stored(net) == {"T1": ("", None, None), "T2": ("", None, None)}
    bring(OWN_WORDS, reading=Reading(waiting=("With customer.", "Vendor")))
    assert stored(net) == {
        "T1": ("2026-03-02T10:00:00Z/2026-03-02T13:00:00Z", at(2, 12), None),
        "T2": ("2026-03-02T11:00:00Z/..", None, at(2, 11)),
    }


def test_the_recipe_remembers_and_gives_away_the_statuses_that_wait(bring, ada, organization):
    bring(OWN_WORDS, reading=Reading(waiting=("With customer",)))
    (recipe,) = selectors.recipes_of(organization)
    assert recipe.as_json()["reading"] == {"waiting": ["With customer"]}
    taken = services.add_recipe(by=ada, told=recipe.as_json(), source="elsewhere")
    assert taken.told["reading"] == {"waiting": ["With customer"]}


@pytest.mark.parametrize("told", ["Vendor", [1], [""], ["x" * 81], ["a"] * 31])
def test_what_are_no_statuses_is_refused(told, read):
    with pytest.raises(MappingRefused):
        read(OWN_WORDS, reading=Reading.of_json({"waiting": told}))
