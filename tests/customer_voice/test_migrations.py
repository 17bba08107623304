"""What an older database holds is read together where only the name split it, and nowhere else."""

from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.apps import apps

from customer_voice import selectors, services
from customer_voice.models import Feedback, MetricDefinition
from tests.factories.customer_voice import FeedbackFactory, MetricDefinitionFactory

migration = import_module("customer_voice.migrations.0003_one_series_for_one_measurement")
MARCH, APRIL = datetime(2026, 3, 14, 12, tzinfo=UTC), datetime(2026, 4, 14, 12, tzinfo=UTC)


@pytest.fixture
def older(organization) -> list[MetricDefinition]:
    """As an older version left it: a new name, another question, and a name that came back."""
    changes = [
        {"name": "NPS(R)", "is_retired": True},
        {"name": "NPS relationship", "is_retired": True},
        {"name": "NPS relationship", "wording": "Do you like us?", "is_retired": True},
        {"name": "NPS"},
    ]
    made = [
        MetricDefinitionFactory(organization=organization, key="nps", version=number, **change)
        for number, change in enumerate(changes, start=1)
    ]
    for metric, day, count in zip(made, (MARCH, APRIL, APRIL, APRIL), (6, 5, 7, 0), strict=True):
        for _ in range(count):
            FeedbackFactory(metric=metric, occurred_at=day, score=9)
    services.rebuild_rollup(organization=organization)
    Feedback.objects.update(metric_key="")
    return made


def test_versions_that_differ_in_their_name_alone_become_one_series(organization, older):
    assert [selectors.metric_series(organization, metric).n for metric in older] == [6, 5, 7, 0]
    migration.join_series(apps, None)
    migration.name_the_metric_of_answers(apps, None)
    rows = MetricDefinition.objects.order_by("version")
    assert list(rows.values_list("version", "series", "name", "is_retired", "data_until")) == [
        (1, 1, "NPS", True, APRIL),
        (2, 1, "NPS", True, APRIL),
        (3, 3, "NPS", True, APRIL),
        (4, 1, "NPS", False, APRIL),
    ]
    assert [selectors.metric_series(organization, metric).n for metric in rows] == [11, 11, 7, 11]
    assert selectors.series_marks(organization, rows[0]) == ()
    assert set(Feedback.objects.values_list("metric_key", flat=True)) == {"nps"}
    assert [selectors.named(metric) for metric in selectors.series_choices(rows)] == ["NPS", "NPS (v3)"]


def test_the_move_can_be_made_twice(organization, older):
    migration.join_series(apps, None)
    before = list(MetricDefinition.objects.order_by("pk").values())
    migration.join_series(apps, None)
    assert list(MetricDefinition.objects.order_by("pk").values()) == before
