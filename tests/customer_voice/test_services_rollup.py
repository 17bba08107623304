"""The roll-up says exactly what the feedback says, however it came about."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from math import floor, log
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Organization
from customer_voice import selectors, services
from customer_voice.choices import BINS_PER_E, Period
from customer_voice.models import DurationPoint, Feedback, MetricDefinition, MetricPoint
from tests.customer_voice.conftest import csv_bytes
from tests.factories.customer_voice import FeedbackFactory, MetricDefinitionFactory, TouchpointFactory

ZONES = ["UTC", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe"]
START = datetime(2026, 3, 6, tzinfo=UTC)  # crosses a change to summer time in New York


def snapshot() -> tuple[Counter, Counter]:
    points: Counter = Counter()
    for row in MetricPoint.objects.values():
        key = (row["metric_id"], row["touchpoint_id"], row["day"], row["segment"])
        for answer in range(11):
            points[(*key, answer)] += row[f"answers_{answer}"]
        points[(*key, "n")] += row["n"]
    durations = Counter(
        {
            (r["metric_id"], r["touchpoint_id"], r["day"], r["segment"], r["duration_bin"]): r["n"]
            for r in DurationPoint.objects.values()
        }
    )
    return +points, +durations


def counted_by_hand(zone: str) -> tuple[Counter, Counter]:
    points: Counter = Counter()
    durations: Counter = Counter()
    for row in Feedback.objects.select_related("metric"):
        key = (
            row.metric_id,
            row.touchpoint_id,
            row.occurred_at.astimezone(ZoneInfo(zone)).date(),
            row.segment,
        )
        if row.metric.calculation.counts_cases:
            if row.resolved_at is None:
                opened = row.occurred_at.astimezone(ZoneInfo(zone))
                binned = -100 - 60 * opened.hour - opened.minute
            elif row.resolved_at <= row.occurred_at:
                binned = -2
            else:
                binned = floor(BINS_PER_E * log(max((row.resolved_at - row.occurred_at).total_seconds(), 1)))
            durations[(*key, binned)] += 1
        elif row.score is not None:
            points[(*key, row.score)] += 1
            points[(*key, "n")] += 1
    return points, durations


rows = st.lists(
    st.tuples(
        st.integers(0, 14),  # id: repeats change what is there
        st.sampled_from(["nps", "osat", "ttr"]),
        st.sampled_from(["web", "phone"]),
        st.sampled_from(["", "a"]),
        st.integers(0, 8 * 24 * 60),  # minutes after START
        st.integers(1, 10),
        st.one_of(st.none(), st.sampled_from([0, 1, 59, 3600, 86_400, 2_000_000])),
    ),
    max_size=12,
)


@pytest.mark.django_db
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    database=None,
)
@given(first=rows, second=rows, zone=st.sampled_from(ZONES))
def test_counting_what_changed_equals_counting_everything_anew(organization, first, second, zone):
    Feedback.objects.all().delete()
    MetricPoint.objects.all().delete()
    DurationPoint.objects.all().delete()
    MetricDefinition.objects.all().delete()
    organization.time_zone = zone
    organization.save()
    metrics = {
        key: MetricDefinitionFactory(organization=organization, key=key) for key in ("nps", "osat", "ttr")
    }
    for key in ("web", "phone"):
        TouchpointFactory(organization=organization, key=key)
    for lot in (first, second):
        for key, metric in metrics.items():
            items = {}
            for identity, kind, touchpoint, segment, minute, score, seconds in lot:
                if kind != key:
                    continue
                opened = START + timedelta(minutes=minute)
                item = {
                    "external_id": str(identity),
                    "touchpoint": touchpoint,
                    "occurred_at": opened.isoformat(),
                    "segment": segment,
                }
                if key != "ttr":
                    item["score"] = str(score)
                elif seconds is not None:
                    item["resolved_at"] = (opened + timedelta(seconds=seconds)).isoformat()
                items[identity] = item
            services.record_feedback(
                organization=organization,
                metric=metric,
                source="s",
                items=list(items.values()),
                replaces_known=True,
            )
    incremental = snapshot()
    assert incremental == counted_by_hand(zone)
    cutoffs = list(MetricDefinition.objects.order_by("key").values_list("key", "data_until"))
    services.rebuild_rollup(organization=organization)
    assert snapshot() == incremental
    assert list(MetricDefinition.objects.order_by("key").values_list("key", "data_until")) == cutoffs


def test_many_scattered_days_are_counted_in_few_statements(organization, django_assert_max_num_queries):
    metric = MetricDefinitionFactory(organization=organization, key="nps")
    touchpoints = [TouchpointFactory(organization=organization) for _ in range(5)]
    cells = [
        (metric.pk, touchpoint.pk, date(2024, 1, 1) + timedelta(days=3 * n))
        for touchpoint in touchpoints
        for n in range(200)
    ]
    with django_assert_max_num_queries(20):
        services.refresh_rollup(organization=organization, cells=cells)


def test_a_new_time_zone_moves_days_whatever_the_caller_still_believes(organization, nps):
    """23:30 in Berlin on 31 March is 1 April in Tokyo; at the date line an import that began before."""
    FeedbackFactory(
        metric=nps, occurred_at=datetime(2026, 3, 31, 21, 30, tzinfo=UTC), external_id="1", score=9
    )
    Organization.objects.update(time_zone="Europe/Berlin")
    services.rebuild_rollup(organization=organization)
    assert list(MetricPoint.objects.values_list("day", flat=True)) == [date(2026, 3, 31)]
    Organization.objects.update(time_zone="Asia/Tokyo")
    for _again in "ab":
        services.rebuild_rollup(organization=organization)
        assert list(MetricPoint.objects.values_list("day", "n")) == [(date(2026, 4, 1), 1)]
    assert organization.time_zone not in {"Europe/Berlin", "Asia/Tokyo"}  # it was read before either
    item = {
        "external_id": "2", "score": "9", "occurred_at": "2026-03-31T21:45:00Z",
        "touchpoint": Feedback.objects.get().touchpoint.key,
    }  # fmt: skip
    services.record_feedback(organization=organization, metric=nps, source="test", items=[item])
    assert list(MetricPoint.objects.values_list("day", "n")) == [(date(2026, 4, 1), 2)]
    cells = [(nps.pk, Feedback.objects.earliest("pk").touchpoint_id, date(2026, 4, 1))]
    services.refresh_rollup(organization=organization, cells=cells)
    assert list(MetricPoint.objects.values_list("day", "n")) == [(date(2026, 4, 1), 2)]


def test_an_import_that_began_in_another_time_zone_counts_in_the_present_one(
    check, organization, touchpoints, monkeypatch
):
    batch = check(csv_bytes([["1", "2026-03-31T21:30:00Z", "web", 9, "", ""]]))
    services.start_import(batch=batch)
    stage = services.processing._stage

    def moved(*args):
        found = stage(*args)
        Organization.objects.update(time_zone="Asia/Tokyo")
        return found

    monkeypatch.setattr("customer_voice.services.processing._stage", moved)
    services.run_import(batch_id=batch.pk)
    assert list(MetricPoint.objects.values_list("day", "n")) == [(date(2026, 4, 1), 1)]


def test_days_of_pages_and_api_are_the_organizations(organization, nps, api_of, ada):
    """The newest answer is of 1 April in Tokyo, 31 March in UTC: thirteen months begin in April 2025."""
    Organization.objects.update(time_zone="Asia/Tokyo")
    organization.refresh_from_db()
    FeedbackFactory(metric=nps, occurred_at=datetime(2026, 3, 31, 21, 30, tzinfo=UTC), score=9)
    services.rebuild_rollup(organization=organization)
    nps.refresh_from_db()
    assert selectors.recent_start(organization, nps, Period.MONTH) == date(2025, 1, 1)
    body = api_of(ada).get("/api/v1/o/northwind/metrics/nps/series/").json()
    assert body["metric"]["data_until"] == "2026-04-01T06:30:00+09:00"
    assert [(point["start"], point["is_partial"]) for point in body["points"]] == [("2026-04-01", True)]
    rows = api_of(ada).get("/api/v1/o/northwind/feedback/").json()["results"]
    assert rows[0]["occurred_at"] == "2026-04-01T06:30:00+09:00"
