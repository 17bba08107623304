"""One export of tickets gives first response and resolution; reopened, merged and open ones count rightly."""

from datetime import UTC, datetime

import pytest
from django.utils.dateparse import parse_datetime

from customer_voice import selectors, services
from customer_voice.choices import ImportField
from customer_voice.errors import MappingRefused
from customer_voice.importers import State, state_said
from customer_voice.models import Feedback, ImportBatch, MetricDefinition
from customer_voice.services.reading import Also, Reading
from tests.customer_voice.conftest import csv_bytes
from tests.factories.customer_voice import MetricDefinitionFactory, TouchpointFactory

pytestmark = pytest.mark.django_db
HEADER = ("Ticket", "Created", "First reply", "Resolved", "Reopened", "Status", "Merged into")
MAPPING = {
    "external_id": "Ticket",
    "opened_at": "Created",
    "first_reply_at": "First reply",
    "resolved_at": "Resolved",
    "reopened_at": "Reopened",
    "status": "Status",
    "merged_into": "Merged into",
}
TICKETS = [
    # half an hour to the reply, four hours to the end
    ["T1", "2026-03-02 09:00", "2026-03-02 09:30", "2026-03-02 13:00", "", "Solved", ""],
    # closed without a reply
    ["T2", "2026-03-02 10:00", "", "2026-03-02 12:00", "", "closed", ""],
    # open, answered
    ["T3", "2026-03-02 11:00", "2026-03-02 11:05", "", "", "Pending", ""],
    # open again: what stands as its resolution was before
    ["T4", "2026-03-02 12:00", "2026-03-02 12:10", "2026-03-02 13:00", "2026-03-03 09:00", "Open", ""],
    # reopened, and resolved for the last time a day later
    ["T5", "2026-03-02 13:00", "2026-03-02 13:20", "2026-03-03 13:00", "2026-03-02 20:00", "Resolved", ""],
    # went on in T1
    ["T6", "2026-03-02 13:30", "", "2026-03-02 13:40", "", "Closed", "T1"],
]
AT = {number: datetime(2026, 3, 2, number, tzinfo=UTC) for number in range(24)}


@pytest.fixture
def hotline(organization):
    return TouchpointFactory(organization=organization, key="hotline")


@pytest.fixture
def frt(organization):
    return MetricDefinitionFactory(organization=organization, key="first_reply")


@pytest.fixture
def read(upload, ttr, frt, hotline):
    """Upload, map as both metrics and check."""

    def make(rows, *, header=HEADER, mapping=MAPPING, metric=None, reading=None) -> ImportBatch:
        batch = upload(csv_bytes(rows, header))
        services.map_import(
            batch=batch,
            mapping=mapping,
            metric=metric or ttr,
            touchpoint_key="hotline",
            reading=Reading(also=(Also(metric="first_reply"),)) if reading is None else reading,
        )
        services.run_import(batch_id=batch.pk)
        return ImportBatch.objects.get(pk=batch.pk)

    return make


@pytest.fixture
def bring(read):
    def make(rows, **options) -> ImportBatch:
        batch = read(rows, **options)
        assert (batch.failure, batch.rows_rejected) == ("", 0), _errors(batch)
        services.start_import(batch=batch, replaces_known=bool(batch.rows_replaced))
        services.run_import(batch_id=batch.pk)
        return ImportBatch.objects.get(pk=batch.pk)

    return make


def _errors(batch):
    return [(error.row_number, error.field, error.code) for error in batch.row_errors.all()]


def _ends(metric):
    rows = Feedback.objects.filter(metric=metric).select_related("submission")
    return {row.submission.external_id: row.resolved_at for row in rows}


def _counts(metric):
    metric.refresh_from_db()
    return selectors.metric_series(metric.organization, metric).points[-1].counts


def test_one_file_gives_both_times(bring, ttr, frt):
    bring(TICKETS)
    assert _ends(ttr) == {
        "T1": AT[13], "T2": AT[12], "T3": None, "T4": None,
        "T5": datetime(2026, 3, 3, 13, tzinfo=UTC), "T6": datetime(2026, 3, 2, 13, 40, tzinfo=UTC),
    }  # fmt: skip
    replies = _ends(frt)
    assert replies["T1"] == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert replies["T2"] == AT[12]  # the first that the customer heard
    assert replies["T3"] == datetime(2026, 3, 2, 11, 5, tzinfo=UTC)
    assert replies["T4"] == datetime(2026, 3, 2, 12, 10, tzinfo=UTC)  # open again, but answered


def test_a_merged_ticket_counts_once_with_the_one_it_went_on_in(bring, ttr, frt):
    batch = bring(TICKETS)
    assert (_counts(ttr).n, _counts(ttr).n_open) == (5, 2)
    assert (_counts(frt).n, _counts(frt).n_open) == (5, 0)
    # the figure of the file alone, as the check had shown it
    assert [figure["n"] for figure in batch.figures] == [5, 5]


def test_a_ticket_that_is_merged_later_stops_counting_and_comes_back_when_that_is_undone(bring, ttr):
    bring(TICKETS[:3])
    assert _counts(ttr).n == 3
    later = bring([["T3", "2026-03-02 11:00", "2026-03-02 11:05", "", "", "Closed", "T1"]])
    assert _counts(ttr).n == 2
    assert Feedback.objects.get(submission__external_id="T3", metric=ttr).merged_into == "T1"
    services.undo_import(batch=later, by=later.created_by)
    services.run_import(batch_id=later.pk)
    assert _counts(ttr).n == 3


def test_a_known_ticket_that_was_reopened_is_open_again_once_that_is_confirmed(read, bring, ttr):
    bring(TICKETS[:1])
    again = [
        ["T1", "2026-03-02 09:00", "2026-03-02 09:30", "2026-03-02 13:00", "2026-03-04 08:00", "Open", ""]
    ]
    assert read(again).rows_replaced == 1
    bring(again)
    assert _ends(ttr) == {"T1": None}
    # and its time counts on from the beginning when it is resolved for good
    bring(
        [["T1", "2026-03-02 09:00", "2026-03-02 09:30", "2026-03-05 09:00", "2026-03-04 08:00", "Solved", ""]]
    )
    assert _ends(ttr) == {"T1": datetime(2026, 3, 5, 9, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        (["T1", "2026-03-02 09:00", "", "2026-03-02 08:00", "", "", ""], "resolved_at",
         "resolved_before_opened"),
        (["T1", "2026-03-02 09:00", "2026-03-02 08:00", "", "", "", ""], "first_reply_at",
         "resolved_before_opened"),
        (["T1", "2026-03-02 09:00", "", "", "2026-03-02 08:00", "", ""], "reopened_at",
         "resolved_before_opened"),
        (["T1", "2026-03-02 09:00", "", "", "", "closed", ""], "status", "closed_without_time"),
        (["T1", "2026-03-02 09:00", "soon", "", "", "", ""], "first_reply_at", "not_a_date"),
        (["T1", "2026-03-02 09:00", "", "", "", "", "x" * 121], "merged_into", "too_long"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_refused_with_its_column(read, row, field, code):
    batch = read([row])
    assert (2, field, code) in _errors(batch)
    assert all(error.text for error in batch.row_errors.all())


@pytest.mark.parametrize(
    ("text", "state"),
    [("Solved", State.CLOSED), (" on hold ", State.OPEN), ("已关闭", State.CLOSED), ("处理中", State.OPEN),
     ("geschlossen", State.CLOSED), ("Waiting for godot", State.UNSAID), ("", State.UNSAID)],
)  # fmt: skip
def test_usual_words_for_a_status_are_read_and_others_leave_it_to_the_times(text, state):
    assert state_said(text) is state


def test_a_status_that_nobody_knows_leaves_it_to_the_times(bring, ttr):
    bring([["T1", "2026-03-02 09:00", "", "2026-03-02 13:00", "", "Waiting for godot", ""]])
    assert _ends(ttr) == {"T1": AT[13]}


def test_a_ticket_that_names_itself_is_merged_nowhere(bring, ttr):
    bring([["T1", "2026-03-02 09:00", "", "2026-03-02 13:00", "", "", "T1"]])
    assert _counts(ttr).n == 1


def test_the_columns_of_an_export_are_found(upload, ttr, frt, hotline):
    batch = upload(csv_bytes(TICKETS, HEADER))
    _facts, found = services.import_proposal(batch)
    assert {name: found[name] for name in MAPPING if name != "opened_at"} == {
        name: column for name, column in MAPPING.items() if name != "opened_at"
    }
    assert found["metric"] == ttr.pk
    assert found["reading"].also == (Also(metric="first_reply"),)


def test_a_column_of_reopenings_may_hold_their_number(upload, ttr, hotline):
    rows = [[*TICKETS[0][:4], "2", *TICKETS[0][5:]]]
    _facts, found = services.import_proposal(upload(csv_bytes(rows, HEADER)))
    assert found["reopened_count"] == "Reopened"
    assert "reopened_at" not in found


def test_a_survey_with_a_status_has_no_case(upload, nps):
    batch = upload(csv_bytes([["a", "2026-03-02", "9", "Open"]], ("id", "date", "score", "Status")))
    _facts, found = services.import_proposal(batch)
    assert "status" not in found


def test_a_first_response_needs_its_column(read, frt, upload):
    batch = upload(csv_bytes(TICKETS, HEADER))
    mapping = {name: column for name, column in MAPPING.items() if name != "first_reply_at"}
    with pytest.raises(MappingRefused) as refusal:
        services.map_import(batch=batch, mapping=mapping, metric=frt, touchpoint_key="hotline")
    assert "first_reply_at" in refusal.value.fields


# --- API ----------------------------------------------------------------------------------------


def _send(api, organization, **item):
    url = f"/api/v1/o/{organization.slug}/feedback/"
    told = {"external_id": "T1", "touchpoint": "hotline", "occurred_at": "2026-03-02T09:00Z", **item}
    return api.post(url, told, format="json")


@pytest.fixture
def api(ada, api_of):
    return api_of(ada)


def test_the_api_takes_replies_and_merged_cases(api, organization, ttr, frt, hotline):
    sent = _send(api, organization, metric="first_reply", first_reply_at="2026-03-02T09:30Z")
    assert sent.status_code == 201, sent.json()
    assert _ends(frt) == {"T1": datetime(2026, 3, 2, 9, 30, tzinfo=UTC)}
    sent = _send(api, organization, metric="ttr", resolved_at="2026-03-02T13:00Z", merged_into="T9")
    assert sent.status_code == 201, sent.json()
    assert Feedback.objects.get(metric=ttr).merged_into == "T9"
    assert not selectors.metric_series(organization, MetricDefinition.objects.get(pk=ttr.pk)).n


@pytest.mark.parametrize(
    ("metric", "item"),
    [
        ("ttr", {"first_reply_at": "2026-03-02T09:30Z"}),
        ("first_reply", {"resolved_at": "2026-03-02T09:30Z"}),
        ("nps", {"score": 9, "merged_into": "T2"}),
        ("nps", {"score": 9, "first_reply_at": "2026-03-02T09:30Z"}),
    ],
)
def test_the_api_refuses_what_would_not_count(api, organization, ttr, frt, nps, hotline, metric, item):
    sent = _send(api, organization, metric=metric, **item)
    assert sent.status_code == 422
    assert not Feedback.objects.exists()
    assert (set(item) - {"score"}).pop() in str(sent.json())


def test_a_case_that_was_closed_without_a_reply_comes_by_the_api_too(api, organization, frt, hotline):
    sent = _send(
        api, organization, metric="first_reply", first_reply_at=None, resolved_at="2026-03-02T12:00Z"
    )
    assert sent.status_code == 201, sent.json()
    assert _ends(frt) == {"T1": AT[12]}
    assert ImportField.FIRST_REPLY_AT in frt.calculation.needed_fields


# --- the first of several resolutions ------------------------------------------------------------

REOPENED = (*HEADER, "First solved at")
TWICE = [
    # solved once, and for good
    ["T1", "2026-03-02 09:00", "2026-03-02 09:30", "2026-03-02 13:00", "", "Solved", "", ""],
    # solved after an hour, reopened, solved for good a day later
    ["T2", "2026-03-02 09:00", "2026-03-02 09:10", "2026-03-03 09:00", "2026-03-02 20:00", "Solved", "",
     "2026-03-02 10:00"],
    # solved after two hours, open again: its export still has the resolution of before
    ["T3", "2026-03-02 09:00", "2026-03-02 09:20", "2026-03-02 11:00", "2026-03-03 08:00", "Open", "", ""],
    # never solved
    ["T4", "2026-03-02 09:00", "2026-03-02 09:40", "", "", "Open", "", ""],
]  # fmt: skip


@pytest.fixture
def first_end(organization):
    return MetricDefinitionFactory(organization=organization, key="first_resolution")


def test_first_reply_first_resolution_and_resolution_are_times_of_their_own(
    upload, bring, ttr, frt, first_end
):
    mapping = {**MAPPING, "first_resolved_at": "First solved at"}
    _facts, found = services.import_proposal(upload(csv_bytes(TWICE, REOPENED)))
    assert found["first_resolved_at"] == "First solved at"
    also = (Also(metric="first_reply"), Also(metric="first_resolution"))
    assert found["reading"].also == also
    bring(TWICE, header=REOPENED, mapping=mapping, reading=Reading(also=also))
    assert _ends(ttr) == {"T1": AT[13], "T2": datetime(2026, 3, 3, 9, tzinfo=UTC), "T3": None, "T4": None}
    assert _ends(first_end) == {"T1": AT[13], "T2": AT[10], "T3": AT[11], "T4": None}
    assert _ends(frt)["T2"] == datetime(2026, 3, 2, 9, 10, tzinfo=UTC)
    # Kaplan-Meier of each: first resolutions after 1, 2 and 4 hours and one open; resolutions after 4 and 24
    counts = _counts(first_end)
    assert (counts.n, counts.n_open) == (4, 1)
    assert first_end.calculation.share_within(counts, 2 * 3600).value == pytest.approx(0.5)
    assert (_counts(ttr).n, _counts(ttr).n_open) == (4, 2)
    assert "for the first time" in selectors.definition_text(first_end)
    assert any("what came after is in the time" in str(note) for note in first_end.calculation.notes())


def test_a_first_resolution_needs_its_column_and_no_other_metric_takes_it(
    api, organization, ttr, first_end, hotline, upload
):
    batch = upload(csv_bytes(TICKETS, HEADER))
    with pytest.raises(MappingRefused) as refusal:
        services.map_import(batch=batch, mapping=MAPPING, metric=first_end, touchpoint_key="hotline")
    assert "first_resolved_at" in refusal.value.fields
    moment = "2026-03-02T10:00Z"
    assert _send(api, organization, metric="ttr", first_resolved_at=moment).status_code == 422
    alone = _send(api, organization, metric="first_resolution", resolved_at=moment)
    assert alone.status_code == 422
    assert "first resolution: name it too" in str(alone.json())
    assert (
        _send(api, organization, metric="first_resolution", first_reply_at=moment, first_resolved_at="")
    ).status_code == 422
    sent = _send(api, organization, metric="first_resolution", first_resolved_at="", resolved_at=moment)
    assert sent.status_code == 201, sent.json()
    assert _ends(first_end) == {"T1": AT[10]}


def test_a_survey_after_tickets_does_not_follow_first_resolutions(first_end, ttr):
    assert services.ticket_events.is_ticket_metric(ttr)
    assert not services.ticket_events.is_ticket_metric(first_end)


def test_what_is_read_of_a_time_by_api_is_called_as_it_is_sent_and_may_come_back(
    api, organization, ttr, frt, first_end, hotline
):
    """A first response time ends with the reply: its end is none of the resolution."""
    base, moment = f"/api/v1/o/{organization.slug}/feedback/", "2026-03-02T09:30:00Z"
    ends = {"ttr": "resolved_at", "first_reply": "first_reply_at", "first_resolution": "first_resolved_at"}
    for metric, name in ends.items():
        _send(api, organization, metric=metric, **{name: moment})
        (read,) = api.get(base, {"metric": metric}).json()["results"]
        told = {end: read[end] for end in ends.values()}
        assert {end for end, value in told.items() if value} == {name}
        assert parse_datetime(told[name]) == parse_datetime(moment)
        beside = {"source": read["source"], "metric": metric}
        back = api.post(f"{base}bulk/", {**beside, "items": [read]}, format="json")
        assert (back.status_code, back.json()["unchanged"]) == (200, 1)
        assert api.get(base, {"metric": metric}).json()["results"] == [read]
