"""The API: the same rules as the screens, refusals as problem details."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import AuditEvent
from customer_voice import tasks
from customer_voice.models import Feedback, ImportBatch
from customer_voice.services import retire_metric
from tests.customer_voice.conftest import MAPPING, csv_bytes, good_rows
from tests.factories.customer_voice import FeedbackFactory, MetricDefinitionFactory, SourceFactory

BASE = "/api/v1/o/northwind"
ITEM = {"external_id": "a1", "touchpoint": "web", "occurred_at": "2026-03-14T10:00:00Z", "score": 9}


@pytest.fixture(autouse=True)
def _worker(monkeypatch):
    monkeypatch.setattr(tasks.run_import, "delay", tasks.run_import)


def test_metrics_and_their_series_are_read(api_of, cleo, bring_in, nps, touchpoints):
    bring_in(csv_bytes(good_rows(22)))
    api = api_of(cleo)
    body = api.get(f"{BASE}/metrics/").json()
    assert body["results"][0]["key"] == "nps"
    assert "Share of answers 9–10" in api.get(f"{BASE}/metrics/nps/").json()["definition"]
    series = api.get(f"{BASE}/metrics/nps/series/", {"period": "week", "touchpoint": "web"}).json()
    assert (series["unit"], sum(point["n"] for point in series["points"])) == ("points", 11)
    assert api.get(f"{BASE}/metrics/nps/series/", {"period": "century"}).status_code == 422
    assert api.get(f"{BASE}/metrics/nps/series/", {"touchpoint": "moon"}).status_code == 422
    assert api.get(f"{BASE}/metrics/smile/").status_code == 404


def test_creating_feedback_twice_changes_nothing(api_of, ada, nps, touchpoints):
    api = api_of(ada)
    values = {**ITEM, "metric": "nps", "source": "crm"}
    assert api.post(f"{BASE}/feedback/", values).json() == {
        "created": 1, "updated": 0, "unchanged": 0, "left_out": 0, "doubts": [],
    }  # fmt: skip
    second = api.post(f"{BASE}/feedback/", values)
    assert (second.status_code, second.json()["unchanged"]) == (200, 1)
    refused = api.post(f"{BASE}/feedback/", {**values, "score": 3})
    assert (refused.status_code, refused.json()["code"]) == (409, "replacement_not_confirmed")
    assert refused.json()["errors"] == {"0.score": "9 → 3"}
    assert Feedback.objects.get().score == 9
    changed = api.post(f"{BASE}/feedback/", {**values, "score": 3, "replaces_known": True})
    assert changed.json()["updated"] == 1
    assert Feedback.objects.get().score == 3
    assert api.get(f"{BASE}/feedback/").json()["results"][0]["external_id"] == "a1"
    trail = AuditEvent.objects.filter(verb="feedback.recorded").order_by("pk")
    assert [(event.actor, event.after["created"], event.after["updated"]) for event in trail] == [
        (ada.user, 1, 0),
        (ada.user, 0, 1),
    ]


def test_a_lot_is_stored_whole_or_not_at_all(api_of, ada, nps, touchpoints):
    api = api_of(ada)
    items = [
        ITEM,
        {**ITEM, "external_id": "a2", "score": 11},
        {**ITEM, "external_id": "a3", "touchpoint": "moon"},
    ]
    answer = api.post(f"{BASE}/feedback/bulk/", {"metric": "nps", "items": items})
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"1.score", "2.touchpoint"}
    assert Feedback.objects.count() == 0
    twice = api.post(f"{BASE}/feedback/bulk/", {"metric": "nps", "items": [ITEM, ITEM]})
    assert set(twice.json()["errors"]) == {"1.external_id"}
    good = [{**ITEM, "external_id": f"a{n}"} for n in range(5)]
    assert api.post(f"{BASE}/feedback/bulk/", {"metric": "nps", "items": good}).status_code == 201
    assert Feedback.objects.count() == 5


def test_errors_of_a_lot_are_named_by_position_whatever_is_wrong(api_of, ada, nps, touchpoints):
    items = [{**ITEM, "score": {"not": "a number"}}, ITEM, {**ITEM, "external_id": None}]
    answer = api_of(ada).post(f"{BASE}/feedback/bulk/", {"metric": "nps", "items": items})
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"0.score", "2.external_id"}
    nothing = api_of(ada).post(f"{BASE}/feedback/bulk/", {"metric": "nps", "items": []})
    assert (nothing.status_code, set(nothing.json()["errors"])) == (422, {"items"})


def test_no_series_is_longer_than_somebody_can_read(api_of, client_of, ada, nps, touchpoints):
    api, client = api_of(ada), client_of(ada)
    for day, name in (("1995-03-01", "old"), ("2026-03-01", "new")):
        item = {**ITEM, "external_id": name, "occurred_at": f"{day}T12:00:00Z"}
        assert api.post(f"{BASE}/feedback/", {**item, "metric": "nps"}).status_code == 201
    ends = {"start": "0001-01-01", "end": "9999-12-31"}
    refused = api.get(f"{BASE}/metrics/nps/series/", {**ends, "period": "day"})
    assert (refused.status_code, refused.json()["code"]) == (422, "too_many_periods")
    page = client.get("/o/northwind/listen/metrics/nps/", {**ends, "period": "day"})
    assert page.status_code == 422
    assert "choose a later start or longer periods" in page.content.decode()
    # the window is that of the answers, whatever was asked for: March 1995 to March 2026
    months = api.get(f"{BASE}/metrics/nps/series/", {**ends, "period": "month"}).json()["points"]
    assert (months[0]["start"], months[-1]["start"], len(months)) == ("1995-03-01", "2026-03-01", 373)


def test_a_retired_metric_takes_no_new_answers(api_of, ada, nps, touchpoints):
    retire_metric(by=ada, metric=nps)
    one = api_of(ada).post(f"{BASE}/feedback/", {**ITEM, "metric": "nps"})
    assert (one.status_code, list(one.json()["errors"])) == (422, ["metric"])
    lot = api_of(ada).post(f"{BASE}/feedback/bulk/", {"metric": "nps", "items": [ITEM]})
    assert (lot.status_code, lot.json()["code"]) == (422, "metric_retired")
    file = SimpleUploadedFile("march.csv", csv_bytes(good_rows(2)))
    body = {"file": file, "metric": "nps", "mapping": json.dumps(MAPPING)}
    sent = api_of(ada).post(f"{BASE}/imports/", body, format="multipart")
    assert (sent.status_code, list(sent.json()["errors"])) == (422, ["metric"])
    assert not Feedback.objects.exists()
    assert not ImportBatch.objects.exists()


def test_feedback_is_filtered_by_the_keys_that_the_api_speaks(api_of, ada, cleo, nps, touchpoints):
    """A key means all versions of the metric; the number that pages use stands for its series."""
    newer = MetricDefinitionFactory(organization=ada.organization, key="nps", version=2)
    other = MetricDefinitionFactory(organization=ada.organization, key="csat_5")
    for score, metric in ((1, nps), (2, newer), (3, other)):
        FeedbackFactory(metric=metric, score=score, touchpoint=touchpoints[0])

    def found(**query):
        answer = api_of(cleo).get(f"{BASE}/feedback/", query)
        assert answer.status_code == 200
        return sorted(row["score"] for row in answer.json()["results"])

    assert found() == [1, 2, 3]
    assert found(metric="nps") == [1, 2]
    assert found(metric="csat_5") == [3]
    assert found(metric=newer.pk) == [2]
    assert found(metric="nps", touchpoint=touchpoints[0].key) == [1, 2]
    assert found(metric="nps", touchpoint=touchpoints[1].key) == []


@pytest.mark.parametrize(
    "query",
    [
        {"score_from": "many"},
        {"metric": "9999999"},
        {"metric": "smile"},
        {"touchpoint": "moon"},
        {"start": "soon"},
    ],
)
def test_a_filter_that_cannot_be_read_is_refused_and_does_not_give_everything(api_of, ada, query):
    answer = api_of(ada).get(f"{BASE}/feedback/", query)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, list(query))


@pytest.mark.parametrize("place", ["feedback/", "feedback/bulk/", "imports/"])
def test_a_metric_that_there_is_not_is_a_wrong_value_of_the_body(api_of, ada, touchpoints, place):
    api = api_of(ada)
    if place == "imports/":
        sent = {"file": SimpleUploadedFile("f.csv", b"a,b\n1,2\n"), "metric": "smile"}
        answer = api.post(f"{BASE}/{place}", sent, format="multipart")
    else:
        sent = ITEM if place == "feedback/" else {"items": [ITEM]}
        answer = api.post(f"{BASE}/{place}", {**sent, "metric": "smile"})
    assert (answer.status_code, answer.json()["errors"]) == (
        422,
        {"metric": ["There is no metric with this key."]},
    )
    assert not Feedback.objects.exists()
    assert not ImportBatch.objects.exists()


def test_a_target_at_a_touchpoint_that_there_is_not_is_a_wrong_value_of_the_body(api_of, ada, nps):
    answer = api_of(ada).put(f"{BASE}/metrics/nps/targets/", {"touchpoint": "moon", "value": 3})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["touchpoint"])


def test_cases_are_opened_and_later_resolved(api_of, ada, ttr, touchpoints):
    api = api_of(ada)
    case = {key: value for key, value in ITEM.items() if key != "score"} | {"metric": "ttr"}
    assert api.post(f"{BASE}/feedback/", case).status_code == 201
    done = {**case, "resolved_at": "2026-03-14T12:00:00Z"}
    assert api.post(f"{BASE}/feedback/", done).json()["updated"] == 1
    (point,) = api.get(f"{BASE}/metrics/ttr/series/").json()["points"]
    assert point["value"] == pytest.approx(7200, rel=0.01)


def test_a_file_goes_in_through_the_api(api_of, ada, nps, touchpoints, django_capture_on_commit_callbacks):
    api = api_of(ada)
    content = csv_bytes([*good_rows(5), ["bad", "2026-03-14", "web", 99, "", ""]])
    with django_capture_on_commit_callbacks(execute=True):
        answer = api.post(
            f"{BASE}/imports/",
            {"file": SimpleUploadedFile("f.csv", content), "metric": "nps", "mapping": json.dumps(MAPPING)},
            format="multipart",
        )
    assert answer.status_code == 202
    path = f"{BASE}/imports/{answer.json()['id']}/"
    body = api.get(path).json()
    assert (body["stage"], body["rows_rejected"], body["rows_created"]) == ("checked", 1, 5)
    assert api.get(f"{path}errors/").json()["results"][0]["code"] == "wrong_scale"
    assert api.post(f"{path}start/").status_code == 409
    with django_capture_on_commit_callbacks(execute=True):
        assert api.post(f"{path}start/", {"skips_bad_rows": True}).status_code == 202
    assert api.get(path).json()["stage"] == "imported"
    assert Feedback.objects.count() == 5


def test_a_refused_file_is_a_problem_and_leaves_nothing(api_of, ada, nps):
    api = api_of(ada)
    book = SimpleUploadedFile("f.csv", b"PK\x03\x04" + b"\x00" * 50)
    answer = api.post(f"{BASE}/imports/", {"file": book, "metric": "nps"}, format="multipart")
    assert (answer.status_code, answer.json()["code"]) == (422, "excel_file")
    unmapped = SimpleUploadedFile("f.csv", b"a,b\n1,2\n")
    answer = api.post(f"{BASE}/imports/", {"file": unmapped, "metric": "nps"}, format="multipart")
    assert answer.status_code == 422
    assert ImportBatch.objects.count() == 0


def test_roles_and_walls_hold_in_the_api(api_of, cleo, dora, nps, touchpoints):
    assert api_of(cleo).post(f"{BASE}/feedback/", ITEM).status_code == 403
    assert api_of(cleo).get(f"{BASE}/imports/").status_code == 403
    assert api_of(cleo).get(f"{BASE}/feedback/").status_code == 200
    assert api_of(dora).get(f"{BASE}/metrics/").status_code == 404


def test_a_score_without_its_metric_is_refused_and_not_dropped(api_of, ada, nps, touchpoints):
    api = api_of(ada)
    one = api.post(f"{BASE}/feedback/", {**ITEM, "source": "crm"})
    assert (one.status_code, list(one.json()["errors"])) == (422, ["0.score"])
    case = {key: value for key, value in ITEM.items() if key != "score"}
    closed = {**case, "resolved_at": "2026-03-15T10:00:00Z", "reopened_count": 1}
    lot = api.post(
        f"{BASE}/feedback/bulk/", {"items": [{**case, "text": "Fine."}, {**closed, "external_id": "b"}]}
    )
    assert (lot.status_code, set(lot.json()["errors"])) == (422, {"1.resolved_at", "1.reopened_count"})
    assert not Feedback.objects.exists()
    words = api.post(f"{BASE}/feedback/", {**case, "text": "Fine.", "score": None})
    assert (words.status_code, Feedback.objects.get().score) == (201, None)


@pytest.mark.parametrize("name", ["metric", "scoer"])
def test_a_field_that_nothing_reads_is_refused_by_name(api_of, ada, nps, touchpoints, name):
    api, item = api_of(ada), {**ITEM, name: "nps"}
    lot = api.post(f"{BASE}/feedback/bulk/", {"metric": "nps", "items": [ITEM, item]})
    assert (lot.status_code, lot.json()["errors"]) == (422, {f"1.{name}": ["Unknown field."]})
    top = api.post(f"{BASE}/feedback/", {**ITEM, "metric": "nps", "scoer": 3})
    assert (top.status_code, list(top.json()["errors"])) == (422, ["scoer"])
    assert not Feedback.objects.exists()


@pytest.mark.parametrize(
    "place",
    ["feedback/", "metrics/", "metrics/nps/", "metrics/nps/series/", "imports/", "touchpoints/",
     "initiatives/", "decisions/", "seats/", "studies/", "drivers/", "assessments/", "frameworks/",
     "maturity-results/", "reports/", "members/", "functions/", "invitations/", "trail/"],
)  # fmt: skip
def test_a_query_parameter_that_nothing_reads_is_refused_and_does_not_give_everything(
    api_of, ada, nps, place
):
    answer = api_of(ada).get(f"{BASE}/{place}", {"source": "u2"})
    (text,) = answer.json()["errors"]["source"]
    assert (answer.status_code, text[:31]) == (422, "Unknown parameter. Known here: ")


@pytest.mark.parametrize(
    ("place", "query"),
    [
        ("feedback/", {"page": 1, "page_size": 5, "format": "json", "q": "late", "score_to": 3}),
        (
            "feedback/",
            {"words": "true", "segment": "s", "start": "2026-01-01", "end": "2026-02-01", "batch": 0},
        ),
        ("metrics/nps/series/", {"period": "week", "start": "2026-01-01", "end": "2026-02-01", "version": 1}),
        ("touchpoints/", {"q": "web", "phase": "buy", "archived": "all"}),
        ("initiatives/", {"q": "a", "state": "draft"}),
        ("studies/", {"initiative": 7}),
        ("trail/", {"since": "2026-01-01", "until": "2026-02-01", "text": "a"}),
    ],
)
def test_declared_parameters_are_read(api_of, ada, nps, place, query):
    if "batch" in query:  # one that there is
        source = SourceFactory(organization=ada.organization)
        batch = ImportBatch.objects.create(
            organization=ada.organization, source=source, filename="a.csv", file="a.csv", file_bytes=1
        )
        query = {**query, "batch": batch.pk}
    assert api_of(ada).get(f"{BASE}/{place}", query).status_code == 200
