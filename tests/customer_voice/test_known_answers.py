"""Nothing known is replaced, emptied or brought back without somebody who saw it and said so."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.translation import override

from accounts.models import AuditEvent
from customer_voice import selectors, services
from customer_voice.choices import ImportStage
from customer_voice.errors import NothingToErase, ReplacementNotConfirmed
from customer_voice.import_report import import_report
from customer_voice.models import Contact, ErasedFeedback, Feedback, ImportBatch, MetricPoint
from tests.customer_voice.conftest import MAPPING, csv_bytes
from tests.factories.customer_voice import FeedbackFactory, MetricDefinitionFactory, TouchpointFactory

BASE = "/api/v1/o/northwind"
FIRST = [[str(n), "2026-03-14", "web", 9, f"words {n}", "a"] for n in range(6)]


def url(name: str, *args) -> str:
    return reverse(f"customer_voice:{name}", args=["northwind", *args])


def values(metric) -> list[tuple]:
    series = selectors.metric_series(metric.organization, metric)
    return [(point.start, point.n, point.value) for point in series.points]


# --- the same IDs ------------------------------------------------------------------------------


def test_the_same_ids_under_another_metric_are_other_answers(bring_in, organization, nps, touchpoints):
    csat = MetricDefinitionFactory(organization=organization, key="csat_5")
    bring_in(csv_bytes(FIRST))
    second = bring_in(csv_bytes([[*row[:3], 4, "", ""] for row in FIRST]), metric=csat)
    assert (second.rows_created, second.rows_updated) == (6, 0)
    assert values(nps) == [(date(2026, 3, 1), 6, 100.0)]
    assert values(csat) == [(date(2026, 3, 1), 6, 1.0)]
    again = bring_in(csv_bytes([[*row[:3], 4, "", ""] for row in FIRST]), metric=csat)
    assert (again.rows_created, again.rows_unchanged) == (0, 6)


def test_words_that_belong_to_no_metric_have_one_identity(bring_in, touchpoints):
    mapping = {name: column for name, column in MAPPING.items() if name != "score"}
    for expected in ((6, 0), (0, 6)):
        batch = bring_in(csv_bytes(FIRST), metric=None, mapping=mapping)
        assert (batch.rows_created, batch.rows_unchanged) == expected
    assert set(Feedback.objects.values_list("metric_key", flat=True)) == {""}


def test_what_would_be_replaced_is_shown_and_waits_for_a_yes(
    client_of, ada, bring_in, check, nps, touchpoints, django_capture_on_commit_callbacks
):
    bring_in(csv_bytes(FIRST))
    changed = [[*row[:3], 2, row[4], "b"] for row in FIRST[:4]]
    batch = check(csv_bytes([*changed, ["new", "2026-03-14", "web", 10, "", ""]]))
    assert (batch.rows_created, batch.rows_updated, batch.rows_replaced) == (1, 4, 4)
    assert batch.changes["replaced"] == {"score": 4, "segment": 4}
    assert batch.changes["sample"][0] == {
        "row": 2, "id": "0", "columns": {"score": ["9", "2"], "segment": ["a", "b"]},
    }  # fmt: skip
    client = client_of(ada)
    page = client.get(url("import_detail", batch.pk)).content.decode()
    assert "Import 1 new, replace 4" in page
    assert "Score in 4 rows" in page
    with pytest.raises(ReplacementNotConfirmed, match="4 existing answers"):
        services.start_import(batch=batch)
    assert client.post(url("import_start", batch.pk)).status_code == 409
    assert values(nps) == [(date(2026, 3, 1), 6, 100.0)]
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url("import_start", batch.pk), {"replace": "yes"})
    services.run_import(batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.stage, batch.rows_replaced, "sample" in batch.changes) == (ImportStage.IMPORTED, 4, False)
    assert Feedback.objects.filter(score=2).count() == 4


def test_what_changed_between_the_check_and_the_import_goes_back_to_the_report(bring_in, check, touchpoints):
    bring_in(csv_bytes(FIRST))
    batch = check(csv_bytes([[*FIRST[0][:3], 2, *FIRST[0][4:]], ["new", "2026-03-14", "web", 1, "", "a"]]))
    services.start_import(batch=batch, replaces_known=True)
    FeedbackFactory(
        external_id="new", metric=batch.metric, score=10, touchpoint=touchpoints[0],
        occurred_at=datetime(2026, 3, 1, tzinfo=UTC),
    )  # fmt: skip
    services.run_import(batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.stage, batch.rows_replaced) == (ImportStage.CHECKED, 2)
    assert batch.changes["replaced"] == {"occurred_at": 1, "score": 2}
    assert sorted(Feedback.objects.values_list("score", flat=True)) == [9, 9, 9, 9, 9, 9, 10]


def test_filling_in_what_was_empty_replaces_nothing(bring_in, check, touchpoints):
    bring_in(csv_bytes([["1", "2026-03-14", "web", 9, "", ""], ["2", "2026-03-14", "web", "", "words", ""]]))
    rows = [["1", "2026-03-14", "web", 9, "late words", "a"], ["2", "2026-03-14", "web", 0, "words", ""]]
    batch = check(csv_bytes(rows))
    assert (batch.rows_updated, batch.rows_replaced, batch.changes) == (2, 0, {})
    services.start_import(batch=batch)
    services.run_import(batch_id=batch.pk)
    found = Feedback.objects.order_by("submission__external_id").values_list("score", "text")
    assert list(found) == [(9, "late words"), (0, "words")]


def test_a_corrected_file_moves_a_day_and_a_segment(bring_in, nps, touchpoints):
    """Worked out by hand: March 2, 9 and 10 is +33; then March 6 and 10 is 0 and April -100."""
    header, mapping = ("id", "date", "score", "segment"), {
        "external_id": "id", "occurred_at": "date", "score": "score", "segment": "segment",
    }  # fmt: skip
    options = {"mapping": mapping, "touchpoint_key": "web", "replaces_known": True}
    first = [["1", "2026-03-14", 2, "home"], ["2", "2026-03-15", 9, "home"], ["3", "2026-03-16", 10, "shop"]]
    bring_in(csv_bytes(first, header), **options)
    assert [(start, n, round(value, 1)) for start, n, value in values(nps)] == [(date(2026, 3, 1), 3, 33.3)]
    second = [["1", "2026-04-14", 2, "home"], ["2", "2026-03-15", 6, "shop"], ["3", "2026-03-16", 10, "shop"]]
    batch = bring_in(csv_bytes(second, header), **options)
    assert (batch.rows_created, batch.rows_updated, batch.rows_unchanged) == (0, 2, 1)
    assert values(nps) == [(date(2026, 3, 1), 2, 0.0), (date(2026, 4, 1), 1, -100.0)]
    assert sorted(MetricPoint.objects.values_list("day", "segment", "n")) == [
        (date(2026, 3, 15), "shop", 1),
        (date(2026, 3, 16), "shop", 1),
        (date(2026, 4, 14), "home", 1),
    ]


# --- the same ID twice in one file (field line 23) ---------------------------------------------


def test_of_one_id_in_one_file_the_later_rating_counts(bring_in, touchpoints):
    batch = bring_in(
        csv_bytes(
            [
                ["t-1", "2026-03-14 09:00", "web", 2, "waiting", ""],
                ["t-2", "2026-03-14 09:30", "web", 9, "", ""],
                ["t-1", "2026-03-16 12:00", "web", 10, "sorted, thank you", ""],
                ["t-2", "2026-03-14 09:30", "web", 9, "", ""],
            ]
        )
    )
    assert (batch.rows_created, batch.rows_rejected, batch.rows_superseded) == (2, 0, 2)
    assert list(
        Feedback.objects.order_by("submission__external_id").values_list(
            "submission__external_id", "score", "text"
        )
    ) == [
        ("t-1", 10, "sorted, thank you"),
        ("t-2", 9, ""),
    ]


def test_one_id_that_says_two_things_at_once_or_in_two_places_is_refused(check, touchpoints):
    batch = check(
        csv_bytes(
            [
                ["a", "2026-03-14", "web", 2, "", ""],
                ["a", "2026-03-14", "web", 9, "", ""],
                ["b", "2026-03-14", "web", 2, "", ""],
                ["b", "2026-03-15", "phone", 9, "", ""],
            ]
        )
    )
    assert list(batch.row_errors.values_list("row_number", "code")) == [
        (3, "repeated_id"),
        (5, "repeated_id"),
    ]
    assert (batch.rows_created, batch.rows_superseded) == (2, 0)


def test_what_would_be_replaced_stands_in_the_readers_format(
    client_of, ada, organization, bring_in, check, ttr, touchpoints
):
    """Days, times and amounts of a German organization; what is kept stays ISO."""
    type(organization).objects.update(territory="DE", time_zone="Europe/Berlin")
    rate = MetricDefinitionFactory(
        organization=organization, key="waste", kind="custom", name="Waste", rule="rate",
        scale_low=0, scale_high=0, amount_name="kg", exposure_name="", per=1,
        bottom_box_high=None, top_box_low=None,
    )  # fmt: skip
    columns = {"external_id": "id", "occurred_at": "date", "touchpoint": "touchpoint", "score": "kg"}
    header = ("id", "date", "touchpoint", "kg")
    bring_in(csv_bytes([["a", "2026-03-14 23:30", "web", "1200.5"]], header), metric=rate, mapping=columns)
    moved = csv_bytes([["a", "2026-03-15 09:05", "web", "1300"]], header)
    batch = check(moved, metric=rate, mapping=columns)
    (row,) = batch.changes["sample"]
    assert row["columns"]["occurred_at"] == ["2026-03-14 23:30+01:00", "2026-03-15 09:05+01:00"]
    page = " ".join(client_of(ada).get(url("import_detail", batch.pk)).content.decode().split())
    assert "<td>14 Mar 2026, 23:30</td> <td>15 Mar 2026, 09:05</td>" in page
    assert "<td>1.200,5</td> <td>1.300</td>" in page
    assert "+01:00" not in page


# --- what leaving rows out does ----------------------------------------------------------------


def test_the_report_says_how_leaving_rows_out_would_bias_the_figure(check, touchpoints):
    """10 promoters come in (+100); 5 detractors at an unknown touchpoint do not (-100): together +33."""
    good = [[f"g{n}", "2026-03-14", "web", 9, "", ""] for n in range(10)]
    bad = [[f"b{n}", "2026-03-14", "moon", 1, "", ""] for n in range(5)]
    batch = check(csv_bytes([*good, *bad, ["x", "2026-03-14", "web", 99, "", ""]]))
    assert batch.left_out == {"out": {"1": 5}, "in": {"9": 10}, "readable": 5, "unreadable": 1}
    bias = import_report(batch).bias
    assert "6 of 16 rows" in bias
    assert "5 of them have a readable score" in bias
    assert "−100" in bias
    assert "+100" in bias or "100 for the rows that will be imported" in bias
    assert "33" in bias


TIMES = ("id", "opened", "resolved", "touchpoint")
OF_TIMES = {
    "external_id": "id",
    "opened_at": "opened",
    "resolved_at": "resolved",
    "touchpoint": "touchpoint",
}


def cases(prefix, count, hours, touchpoint, resolved=True):
    opened, closed = "2026-03-14 08:00", f"2026-03-14 {8 + hours:02}:00"
    return [[f"{prefix}{n}", opened, closed if resolved else "", touchpoint] for n in range(count)]


def test_the_report_says_how_leaving_cases_out_would_bias_a_time(check, ttr, touchpoints):
    """10 cases of 12 h come in; 30 of 1 h at an unknown touchpoint do not: the median of all 40 is 1 h."""
    rows = [*cases("g", 10, 12, "web"), *cases("b", 30, 1, "moon"), ["x", "2026-03-14 08:00", "soon", "web"]]
    batch = check(csv_bytes(rows, TIMES), metric=ttr, mapping=OF_TIMES)
    assert (batch.left_out["readable"], batch.left_out["unreadable"]) == (30, 1)
    bias = import_report(batch).bias
    assert "31 of 41 rows" in bias
    assert bias.endswith(
        f"30 of them have readable times: {ttr.name} is 1.0\u00a0h for those rows and 12.0\u00a0h for the "
        "rows that will be imported. Together it would be 1.0\u00a0h."
    )
    with override("zh-hans"):
        assert "其中30行的时间可以读取" in import_report(batch).bias


def test_open_cases_that_stay_out_count_as_open(check, ttr, touchpoints):
    """Of 6 cases left out, 4 are open: half of them are not resolved, so they have no median."""
    rows = [
        *cases("g", 10, 12, "web"),
        *cases("b", 2, 1, "moon"),
        *cases("o", 4, 1, "moon", resolved=False),
    ]
    batch = check(csv_bytes(rows, TIMES), metric=ttr, mapping=OF_TIMES)
    assert batch.left_out["readable"] == 6
    assert "do not give a figure" in import_report(batch).bias


def test_few_times_that_stay_out_are_said_to_be_few(check, ttr, touchpoints):
    rows = [*cases("g", 10, 12, "web"), *cases("b", 4, 1, "moon")]
    bias = import_report(check(csv_bytes(rows, TIMES), metric=ttr, mapping=OF_TIMES)).bias
    assert bias.endswith("Their influence cannot be estimated: fewer than 5 of them have readable times.")


def test_the_report_says_how_leaving_amounts_out_would_bias_a_number_per_period(
    check, organization, touchpoints
):
    """10 days of 2 on 100 come in, as many of 8 on 300 do not: 20 and 26.7, together 100 on 4,000: 25."""
    complaints = MetricDefinitionFactory(
        organization=organization, key="complaints", kind="custom", name="Complaints", rule="rate",
        scale_low=0, scale_high=0, amount_name="complaints", exposure_name="calls", per=1000,
        bottom_box_high=None, top_box_low=None,
    )  # fmt: skip
    good = [[f"g{day}", f"2026-03-{day:02}", "web", 1 + day % 2 * 2, 100] for day in range(1, 11)]
    bad = [[f"b{day}", f"2026-03-{day:02}", "moon", 7 + day % 2 * 2, 300] for day in range(1, 11)]
    unread = [["x", "2026-03-11", "web", 2, "many"]]
    batch = check(
        csv_bytes([*good, *bad, *unread], ("id", "date", "touchpoint", "amount", "calls")),
        metric=complaints,
        mapping={
            "external_id": "id",
            "occurred_at": "date",
            "touchpoint": "touchpoint",
            "score": "amount",
            "exposure": "calls",
        },
    )
    assert (batch.left_out["readable"], batch.left_out["unreadable"]) == (10, 1)
    assert import_report(batch).bias.endswith(
        "10 of them have a readable amount: Complaints is 26.7 for those rows and 20.0 for the rows that "
        "will be imported. Together it would be 25.0."
    )


def test_an_answer_that_contradicts_another_is_tallied_as_left_out(check, ttr, touchpoints):
    """The same ID with two times: the second one stays out, and is read all the same."""
    again = [[row[0], row[1], "2026-03-14 09:00", "web"] for row in cases("g", 5, 12, "web")]
    batch = check(csv_bytes([*cases("g", 5, 12, "web"), *again], TIMES), metric=ttr, mapping=OF_TIMES)
    assert (batch.rows_rejected, batch.left_out["readable"]) == (5, 5)
    assert "is 1.0\u00a0h for those rows and 12.0\u00a0h for the rows" in import_report(batch).bias


def test_where_no_score_is_readable_the_report_says_that_it_cannot_say(check, touchpoints):
    good = [[f"g{n}", "2026-03-14", "web", 9, "", ""] for n in range(10)]
    batch = check(csv_bytes([*good, ["x", "2026-03-14", "web", 99, "", ""]]))
    assert "1 of 11 rows" in import_report(batch).bias
    assert "cannot be estimated" in import_report(batch).bias
    assert import_report(check(csv_bytes(good))).bias == ""


# --- lots by API (field line U2) ---------------------------------------------------------------


def test_what_an_item_does_not_name_stays(api_of, ada, nps, touchpoints):
    item = {"touchpoint": "web", "occurred_at": "2026-03-14T10:00:00Z", "score": 9}
    api = api_of(ada)
    lot = {"metric": "nps", "items": [{**item, "external_id": "a2", "text": "kept", "segment": "a"}]}
    assert api.post(f"{BASE}/feedback/bulk/", lot).status_code == 201
    lot["items"] = [{**item, "external_id": "b1", "text": "new"}, {**item, "external_id": "a2"}]
    answer = api.post(f"{BASE}/feedback/bulk/", lot)
    assert answer.json() == {"created": 1, "updated": 0, "unchanged": 1, "left_out": 0, "doubts": []}
    assert dict(Feedback.objects.values_list("submission__external_id", "text")) == {
        "a2": "kept",
        "b1": "new",
    }
    assert Feedback.objects.get(submission__external_id="a2").segment == "a"
    lot["items"] = [{**item, "external_id": "b1", "text": ""}]
    refused = api.post(f"{BASE}/feedback/bulk/", lot)
    assert (refused.status_code, refused.json()["errors"]) == (409, {"0.text": "new → –"})
    assert api.post(f"{BASE}/feedback/bulk/", {**lot, "replaces_known": True}).json()["updated"] == 1
    assert Feedback.objects.get(submission__external_id="b1").text == ""


def test_a_lot_that_would_replace_stores_nothing_of_it(api_of, ada, nps, touchpoints):
    item = {"touchpoint": "web", "occurred_at": "2026-03-14T10:00:00Z", "score": 9, "external_id": "a"}
    api = api_of(ada)
    api.post(f"{BASE}/feedback/bulk/", {"metric": "nps", "items": [item]})
    lot = [{**item, "external_id": "new"}, {**item, "touchpoint": "phone", "text": "x"}]
    refused = api.post(f"{BASE}/feedback/bulk/", {"metric": "nps", "items": lot})
    assert (refused.status_code, refused.json()["errors"]) == (409, {"1.touchpoint": "Web → Phone"})
    assert Feedback.objects.count() == 1


def test_a_resolved_case_stays_resolved_until_it_is_opened_by_name(api_of, ada, ttr, touchpoints):
    case = {"metric": "ttr", "external_id": "c", "touchpoint": "web", "occurred_at": "2026-03-14T10:00:00Z"}
    api = api_of(ada)
    api.post(f"{BASE}/feedback/", {**case, "resolved_at": "2026-03-14T12:00:00Z"}, format="json")
    assert api.post(f"{BASE}/feedback/", case, format="json").json()["unchanged"] == 1
    opened = {**case, "resolved_at": None, "replaces_known": True}
    assert api.post(f"{BASE}/feedback/", opened, format="json").json()["updated"] == 1
    assert Feedback.objects.get().resolved_at is None


# --- erasing -----------------------------------------------------------------------------------

ROWS = [
    ["1", "2026-03-14", "web", 9, "call Jo on 555", "a", "C-7"],
    ["2", "2026-03-15", "web", 1, "Jo again", "a", "C-7"],
    ["3", "2026-03-15", "web", 8, "fine", "a", "C-8"],
    ["4", "2026-03-15", "web", "", "only words of Jo", "a", "C-7"],
]
CUSTOMERS = ("id", "date", "touchpoint", "score", "comment", "segment", "customer")
WITH_CUSTOMER = {**MAPPING, "customer": "customer"}


@pytest.fixture
def said(bring_in, touchpoints) -> ImportBatch:
    return bring_in(csv_bytes(ROWS, CUSTOMERS), mapping=WITH_CUSTOMER)


def test_a_customers_words_go_for_good_and_the_scores_stay(
    said, bring_in, nps, ada, django_capture_on_commit_callbacks
):
    path = Path(said.file.path)
    assert path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        erased = services.erase_customer(by=ada, customer=" C-7 ")
    assert (erased.rows, erased.removed) == (3, 1)  # words alone leave nothing behind
    rows = Feedback.objects.order_by("submission__external_id")
    columns = ("submission__external_id", "score", "text", "contact__external_reference")
    assert list(rows.values_list(*columns)) == [
        ("1", 9, "", None),
        ("2", 1, "", None),
        ("3", 8, "fine", "C-8"),
    ]
    assert [(n, round(value, 1)) for _start, n, value in values(nps)] == [(3, 0.0)]
    assert not path.exists()
    again = bring_in(csv_bytes(ROWS, CUSTOMERS), mapping=WITH_CUSTOMER)
    assert (again.rows_created, again.rows_updated, again.rows_unchanged, again.rows_erased) == (0, 0, 1, 3)
    assert not Feedback.objects.filter(text__contains="Jo").exists()
    words = {name: column for name, column in WITH_CUSTOMER.items() if name != "score"}
    assert bring_in(csv_bytes(ROWS, CUSTOMERS), mapping=words, metric=None).rows_erased == 3
    assert set(ImportBatch.objects.values_list("file", flat=True)) == {""}
    event = AuditEvent.objects.get(verb="feedback.erased")
    assert event.actor == ada.user
    assert event.after == {"by": "customer", "answers": 3, "removed": 1, "contacts": 1}
    assert "C-7" not in f"{event.before}{event.after}{event.subject}"
    assert list(Contact.objects.order_by("pk").values_list("external_reference", "name", "email")) == [
        (None, "", ""),
        ("C-8", "", ""),
    ]
    with pytest.raises(NothingToErase):
        services.erase_customer(by=ada, customer="C-7")
    with pytest.raises(NothingToErase):
        services.erase_customer(by=ada, customer="")


def test_scores_go_too_where_that_is_chosen_and_figures_are_counted_anew(said, nps, ada):
    erased = services.erase_customer(by=ada, customer="C-7", removes_rows=True)
    assert (erased.rows, erased.removed) == (3, 3)
    assert values(nps) == [(date(2026, 3, 1), 1, 0.0)]
    assert list(MetricPoint.objects.values_list("day", "n", "answers_8")) == [(date(2026, 3, 15), 1, 1)]


def test_one_answer_is_erased_from_its_row(said, client_of, ada, cleo, nps):
    answer = Feedback.objects.get(submission__external_id="1")
    page = client_of(ada).get(url("feedback_list")).content.decode()
    assert url("feedback_erase", answer.pk) in page
    assert url("feedback_erase", answer.pk) not in client_of(cleo).get(url("feedback_list")).content.decode()
    client = client_of(ada)
    page = client.get(url("feedback_erase", answer.pk)).content.decode()
    assert "call Jo on 555" in page
    assert "Every answer of the customer C-7" in page
    assert client.post(url("feedback_erase", answer.pk)).status_code == 422
    assert Feedback.objects.get(pk=answer.pk).text == "call Jo on 555"
    done = client.post(url("feedback_erase", answer.pk), {"which": "answer", "scores": "keep"})
    assert done.status_code == 302
    assert dict(Feedback.objects.values_list("submission__external_id", "text"))["1"] == ""
    assert Feedback.objects.get(submission__external_id="2").text == "Jo again"
    other = Feedback.objects.get(submission__external_id="2")
    client.post(url("feedback_erase", other.pk), {"which": "customer", "scores": "remove"})
    assert sorted(Feedback.objects.values_list("submission__external_id", flat=True)) == ["1", "3"]


def test_words_are_erased_through_the_api_and_a_lot_does_not_bring_them_back(said, api_of, ada, ben, nps):
    api = api_of(ada)
    assert api_of(ben).post(f"{BASE}/feedback/erase/", {"customer": "C-7"}).status_code == 403
    for wrong in ({}, {"source": "test"}, {"customer": "C-7", "source": "test", "external_id": "1"}):
        assert api.post(f"{BASE}/feedback/erase/", wrong).status_code == 422
    one = {"source": "test", "external_id": "1", "metric": "nps"}
    assert api.post(f"{BASE}/feedback/erase/", one).json() == {"rows": 1, "removed": 0}
    assert api.post(f"{BASE}/feedback/erase/", {**one, "external_id": "99"}).status_code == 404
    assert api.post(f"{BASE}/feedback/erase/", {"customer": "nobody"}).status_code == 409
    item = {"external_id": "1", "touchpoint": "web", "occurred_at": "2026-03-14", "score": 9, "text": "Jo"}
    lot = {"metric": "nps", "source": "test", "items": [item], "replaces_known": True}
    answer = api.post(f"{BASE}/feedback/bulk/", lot, format="json")
    assert answer.json() == {"created": 0, "updated": 0, "unchanged": 0, "left_out": 1, "doubts": []}
    assert Feedback.objects.get(submission__external_id="1").text == ""


def test_erasing_here_keeps_nothing_out_elsewhere(said, ada, dora, elsewhere):
    services.erase_customer(by=ada, customer="C-7")
    assert ErasedFeedback.objects.of(elsewhere).count() == 0
    metric = MetricDefinitionFactory(organization=elsewhere, key="nps")
    TouchpointFactory(organization=elsewhere, key="web")
    item = {"external_id": "1", "touchpoint": "web", "occurred_at": "2026-03-14", "score": "9"}
    recorded = services.record_feedback(organization=elsewhere, metric=metric, source="test", items=[item])
    assert (recorded.created, recorded.left_out) == (1, 0)


# --- wide files --------------------------------------------------------------------------------


def wide(columns: int, name: str = "c{}") -> bytes:
    header = [*("id", "date", "touchpoint", "score"), *(name.format(n) for n in range(columns - 4))]
    return csv_bytes([["1", "2026-03-14", "web", 9, *([""] * (columns - 4))]], header)


def test_a_file_with_too_many_columns_is_refused_with_both_numbers(client_of, ada):
    upload = SimpleUploadedFile("wide.csv", wide(501))
    answer = client_of(ada).post(url("import_new"), {"file": upload, "source": "s", "encoding": "utf-8"})
    assert answer.status_code == 422
    assert "The file has 501 columns; at most 500 can be imported." in answer.content.decode()
    assert ImportBatch.objects.count() == 0


def test_the_page_of_a_wide_file_stays_small_and_takes_a_typed_column(
    client_of, ada, upload, nps, touchpoints
):
    batch = upload(wide(500, "A question of some length, number {}, asked of everybody who came"))
    client = client_of(ada)
    page = client.get(url("import_map", batch.pk))
    assert len(page.content) < 150_000
    assert "The first 50 of 500 columns are shown." in page.content.decode()
    values = {"external_id": "id", "occurred_at": "date", "touchpoint": "touchpoint", "date_format": "iso"}
    wrong = client.post(url("import_map", batch.pk), {**values, "metric": nps.pk, "score": "no such"})
    assert wrong.status_code == 422
    assert "The file has no column “no such”." in wrong.content.decode()
    assert len(wrong.content) < 150_000
    right = client.post(url("import_map", batch.pk), {**values, "metric": nps.pk, "score": "score"})
    assert right.status_code == 302


def test_columns_of_an_imported_file_are_not_chosen_again(said, client_of, ada):
    answer = client_of(ada).get(url("import_map", said.pk))
    assert answer.headers["Location"] == url("import_detail", said.pk)


def test_a_file_that_is_gone_is_said_to_be_gone(client_of, ada, upload, touchpoints):
    batch = upload(csv_bytes(FIRST))
    Path(batch.file.path).unlink()
    answer = client_of(ada).get(url("import_map", batch.pk))
    assert answer.status_code == 410
    assert "no longer on the server" in answer.content.decode()
