"""Operational figures of a touchpoint and day, in files without IDs: late deliveries, complaints."""

import pytest
from django.db.models import Sum

from customer_voice.errors import MappingRefused
from customer_voice.models import Feedback, TotalPoint
from customer_voice.services.reading import Also, Reading
from tests.customer_voice.conftest import csv_bytes
from tests.factories.customer_voice import MetricDefinitionFactory

HEADER = ("day", "touchpoint", "late", "deliveries")
MAPPING = {"occurred_at": "day", "touchpoint": "touchpoint", "score": "late", "exposure": "deliveries"}
FIRST = [["2026-03-14", "web", 2, 100], ["2026-03-14", "phone", 1, 50], ["2026-03-15", "web", 3, 150]]


@pytest.fixture
def late(organization):
    return MetricDefinitionFactory(
        organization=organization, key="late", kind="custom", name="Late deliveries", rule="rate",
        scale_low=0, scale_high=0, per=100, amount_name="late", exposure_name="deliveries",
        higher_is_better=False,
    )  # fmt: skip


def test_a_file_of_days_needs_no_ids_and_a_corrected_day_replaces_itself(
    organization, bring_in, late, touchpoints
):
    assert bring_in(csv_bytes(FIRST, HEADER), metric=late, mapping=MAPPING).rows_created == 3
    again = [["2026-03-14", "Web", 5, 100], *FIRST[1:], ["2026-03-16", "web", 0, 100]]
    batch = bring_in(csv_bytes(again, HEADER), metric=late, mapping=MAPPING, replaces_known=True)
    assert (batch.rows_created, batch.rows_updated, batch.rows_unchanged) == (1, 1, 2)
    found = Feedback.objects.order_by("occurred_at", "touchpoint__key")
    assert [(row.touchpoint.key, int(row.score), int(row.exposure)) for row in found] == [
        ("phone", 1, 50), ("web", 5, 100), ("web", 3, 150), ("web", 0, 100),
    ]  # fmt: skip
    counted = TotalPoint.objects.of(organization).aggregate(amount=Sum("amount"), exposure=Sum("exposure"))
    assert counted == {"amount": 9, "exposure": 400}


def test_one_day_said_twice_in_a_file_with_two_amounts_is_refused(check, late, touchpoints):
    rows = [*FIRST, ["2026-03-15", "web", 9, 150]]
    batch = check(csv_bytes(rows, HEADER), metric=late, mapping=MAPPING)
    assert batch.row_errors.get().code == "repeated_id"


def test_answers_and_days_in_one_file_still_need_ids(check, late, nps, touchpoints):
    rows = [["2026-03-14", "web", 2, 100, 9]]
    reading = Reading(also=(Also(metric="nps", score="nps"),))
    with pytest.raises(MappingRefused) as refused:
        check(csv_bytes(rows, (*HEADER, "nps")), metric=late, mapping=MAPPING, reading=reading)
    assert "external_id" in refused.value.fields
