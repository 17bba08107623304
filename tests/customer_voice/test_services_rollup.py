"""The roll-up says exactly what the feedback says, however it came about."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from math import floor, log
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customer_voice import services
from customer_voice.choices import BINS_PER_E
from customer_voice.models import DurationPoint, Feedback, MetricDefinition, MetricPoint
from tests.factories.customer_voice import MetricDefinitionFactory, TouchpointFactory

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
        if row.metric.is_duration:
            if row.resolved_at is None:
                binned = -1
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
                organization=organization, metric=metric, source="s", items=list(items.values())
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
