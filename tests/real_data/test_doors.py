"""One real set of answers through every door, whole: as CSV, as XLSX, by bulk API and by webhook, with the
same figures; and a sample of it answered on the page of a survey.

A row of the file is one customer. The overall rating (CUSA1) is taken for OSAT and the first item of loyalty
(CUSL1) for NPS; day, IDs and comments are made up, since the file has none.
"""

from math import isclose, sqrt

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from customer_voice import services
from customer_voice.choices import FollowUp
from customer_voice.models import Feedback, ImportBatch, Submission
from customer_voice.services.reading import Also, Reading
from tests.customer_voice.calls import send
from tests.customer_voice.conftest import csv_bytes
from tests.factories.customer_voice import TouchpointFactory
from tests.factories.surveys import sent
from tests.tabular.books import workbook

pytestmark = pytest.mark.django_db

DAYS = [f"2026-03-{day:02d}" for day in range(2, 9)]  # one week, Monday to Sunday
HEADER = ("id", "date", "overall", "recommend", "comment")
DOORS = ("csv", "xlsx", "api", "webhook")
ENTRIES = 50  # of one call
SAMPLE = 30


@pytest.fixture
def rows(read) -> list[list]:
    """id, day, overall rating, recommendation, comment."""
    people = read("mobile_phone_survey.csv")
    assert len(people) == 250
    return [
        [f"p{number}", DAYS[number % 7], int(one["CUSA1"]), int(one["CUSL1"]), f"“{number}”; 第{number}位"]
        for number, one in enumerate(people, 1)
    ]


@pytest.fixture
def metrics(organization):
    for name in DOORS:
        TouchpointFactory(organization=organization, key=name)
    return {one.key: one for one in services.create_standard_metrics(organization, ["nps", "osat"])}


def by_file(organization, ada, metrics, content: bytes, name: str) -> None:
    file = ContentFile(content)
    batch = services.create_import(
        organization=organization, by=ada, file=file, filename=f"answers.{name}", source=name
    )
    services.map_import(
        batch=batch,
        mapping={"external_id": "id", "occurred_at": "date", "score": "overall", "text": "comment"},
        metric=metrics["osat"],
        touchpoint_key=name,
        reading=Reading(also=(Also(metric="nps", score="recommend"),)),
    )
    services.run_import(batch_id=batch.pk)
    batch.refresh_from_db()
    services.start_import(batch=batch)
    services.run_import(batch_id=batch.pk)
    batch = ImportBatch.objects.get(pk=batch.pk)
    assert (batch.failure, batch.rows_total, batch.rows_rejected, batch.rows_created) == ("", 250, 0, 500)


def by_api(client, rows) -> None:
    for metric, place in (("osat", 2), ("nps", 3)):
        items = [
            {"external_id": row[0], "touchpoint": "api", "occurred_at": row[1], "score": row[place]}
            | ({"text": row[4]} if metric == "osat" else {})
            for row in rows
        ]
        body = {"metric": metric, "source": "api", "items": items}
        answer = client.post("/api/v1/o/northwind/feedback/bulk/", body, format="json")
        assert (answer.status_code, answer.json()["created"]) == (201, 250)
        again = client.post("/api/v1/o/northwind/feedback/bulk/", body, format="json")
        assert (again.status_code, again.json()["unchanged"]) == (200, 250)


def by_webhook(ada, rows) -> None:
    hook = services.create_webhook(by=ada, name="Survey tool", source="webhook")
    mapping = services.CallMapping(
        values={"external_id": "/rows/*/id", "occurred_at": "/rows/*/at"},
        answers={
            "osat": {"score": "/rows/*/said/overall", "text": "/rows/*/said/why"},
            "nps": {"score": "/rows/*/said/recommend"},
        },
        fixed={"touchpoint": "webhook"},
    )
    services.map_webhook(by=ada, webhook=hook, mapping=mapping)
    hook = services.set_live(by=ada, webhook=hook, is_live=True)
    for start in range(0, len(rows), ENTRIES):
        entries = [
            {"id": name, "at": day, "said": {"overall": overall, "recommend": recommend, "why": why}}
            for name, day, overall, recommend, why in rows[start : start + ENTRIES]
        ]
        for _time in range(2):  # sent again, as senders do
            answer = send(hook, {"rows": entries}, message_id=f"lot-{start}")
            assert (answer.status_code, answer.json()["created"]) == (200, 2 * ENTRIES)


def nps_by_hand(scores) -> tuple[float, float, float]:
    """Value in points, and its adjusted Wald interval (docs/methods/nps.md), worked out here."""
    n, promoters, detractors = len(scores), sum(s >= 9 for s in scores), sum(s <= 6 for s in scores)
    larger = n + 3
    p, d = (promoters + 0.75) / larger, (detractors + 0.75) / larger
    spread = 1.959963984540054 * sqrt((p + d - (p - d) ** 2) / larger)
    return 100 * (promoters - detractors) / n, 100 * (p - d - spread), 100 * (p - d + spread)


def week_of(client, metric: str, touchpoint: str) -> dict:
    address = f"/api/v1/o/northwind/metrics/{metric}/series/"
    asked = {"period": "week", "touchpoint": touchpoint}
    [point] = [one for one in client.get(address, asked).json()["points"] if one["n"]]
    return {name: point[name] for name in ("n", "value", "low", "high")}


def test_every_door_gives_the_figures_of_the_file(organization, ada, api_of, metrics, rows):
    by_file(organization, ada, metrics, csv_bytes(rows, HEADER), "csv")
    by_file(organization, ada, metrics, workbook(("Answers", [HEADER, *rows])), "xlsx")
    client = api_of(ada)
    by_api(client, rows)
    by_webhook(ada, rows)
    assert Submission.objects.count() == 1_000
    assert Feedback.objects.count() == 2_000
    value, low, high = nps_by_hand([row[3] for row in rows])
    mean = sum(row[2] for row in rows) / 250
    kept = {}
    for door in DOORS:
        nps, osat = week_of(client, "nps", door), week_of(client, "osat", door)
        assert nps["n"] == osat["n"] == 250
        assert isclose(nps["value"], value)
        assert isclose(nps["low"], low, abs_tol=1e-6)
        assert isclose(nps["high"], high, abs_tol=1e-6)
        assert isclose(osat["value"], mean)
        stored = Feedback.objects.filter(touchpoint__key=door).values_list(
            "submission__external_id", "metric_key", "occurred_at", "score", "text"
        )
        kept[door] = sorted(stored)
    assert kept["csv"] == kept["xlsx"] == kept["api"] == kept["webhook"]
    assert sorted((one[0], int(one[3]), one[4]) for one in kept["csv"] if one[1] == "osat") == sorted(
        (row[0], row[2], row[4]) for row in rows
    )


def test_a_sample_answered_on_the_page_counts_the_same(ada, api_of, metrics, rows):
    place = TouchpointFactory(organization=ada.organization, key="page")
    survey = services.make_survey(
        by=ada,
        name="Phones",
        title="How are we doing?",
        metric=metrics["nps"],
        touchpoint=place,
        languages=("en",),
        follow_up=FollowUp.ONE,
    )
    plan = services.QuestionPlan(
        kind="scale", metric=metrics["osat"], text="All in all, how satisfied are you?"
    )
    survey = services.save_question(by=ada, survey=survey, plan=plan)
    survey = services.open_survey(by=ada, survey=survey)
    sample = rows[:: len(rows) // SAMPLE][:SAMPLE]
    for name, _day, overall, recommend, why in sample:
        data = sent(f"form-of-{name}-in-this-test", page=1, score=str(recommend), why=why, q_1=str(overall))
        assert Client().post(f"/f/{survey.public_id}/", data).status_code == 302
    client = api_of(ada)
    nps, osat = week_of(client, "nps", "page"), week_of(client, "osat", "page")
    value, low, high = nps_by_hand([row[3] for row in sample])
    assert (nps["n"], osat["n"]) == (SAMPLE, SAMPLE)
    assert isclose(nps["value"], value)
    assert isclose(nps["low"], low, abs_tol=1e-6)
    assert isclose(nps["high"], high, abs_tol=1e-6)
    assert isclose(osat["value"], sum(row[2] for row in sample) / SAMPLE)
    said = Feedback.objects.filter(metric_key="nps").values_list("text", flat=True)
    assert sorted(said) == sorted(row[4] for row in sample)
