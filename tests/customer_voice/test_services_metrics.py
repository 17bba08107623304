"""The registry: no figure without its definition, and a definition with answers never changes."""

from decimal import Decimal

import pytest

from accounts.models import AuditEvent
from customer_voice import selectors, services
from customer_voice.errors import DefinitionRefused, NotComparable
from customer_voice.models import MetricDefinition
from customer_voice.standard_metrics import STANDARD_METRICS
from tests.factories.customer_voice import FeedbackFactory, MetricDefinitionFactory

CUSTOM = {
    "kind": "custom", "name": "Trust", "rule": "top_box", "scale_low": 1, "scale_high": 5, "top_box_low": 4,
    "wording": "How much do you trust us?", "higher_is_better": True,
}  # fmt: skip


def test_all_standard_metrics_can_be_made_and_made_again(organization):
    first = services.create_standard_metrics(organization)
    second = services.create_standard_metrics(organization)
    assert [metric.pk for metric in first] == [metric.pk for metric in second]
    assert {metric.key for metric in first} == set(STANDARD_METRICS)


def test_an_unknown_standard_metric_is_named(organization):
    with pytest.raises(DefinitionRefused, match="happiness"):
        services.create_standard_metrics(organization, ["happiness"])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"kind": "nps", "rule": "net", "bottom_box_high": 6, "top_box_low": 9}, "scale_high"),
        ({"kind": "nps", "scale_low": 0, "scale_high": 10}, "rule"),
        ({"kind": "nps", "scale_low": 0, "scale_high": 10, "rule": "net", "bottom_box_high": 5}, "rule"),
        ({"scale_low": 5, "scale_high": 5}, "scale_high"),
        ({"scale_high": 10_001}, "scale_high"),
        ({"scale_step": Decimal("0.3")}, "scale_step"),
        ({"scale_step": 0}, "scale_step"),
        ({"scale_high": 1_002}, "scale_step"),
        ({"scale_step": Decimal("0.5"), "top_box_low": Decimal("4.2")}, "top_box_low"),
        ({"rule": "rate"}, "amount_name"),
        ({"kind": "csat", "rule": "rate", "amount_name": "complaints"}, "rule"),
        ({"rule": "rate", "amount_name": "complaints", "per": 0}, "per"),
        ({"top_box_low": None}, "top_box_low"),
        ({"top_box_low": 6}, "top_box_low"),
        ({"top_box_low": 1}, "top_box_low"),
        ({"rule": "net"}, "bottom_box_high"),
        ({"rule": "net", "bottom_box_high": 4}, "bottom_box_high"),
        ({"kind": "csat", "rule": "duration"}, "rule"),
        ({"kind": "smile"}, "kind"),
        ({"rule": "guess"}, "rule"),
    ],
)
def test_a_definition_that_contradicts_itself_is_refused(ada, change, field):
    with pytest.raises(DefinitionRefused) as refusal:
        services.define_metric(by=ada, values={**CUSTOM, **change})
    assert field in refusal.value.fields
    assert MetricDefinition.objects.count() == 0


def test_a_definition_without_answers_is_changed_in_place(ada):
    metric = services.define_metric(by=ada, values=CUSTOM)
    again = services.define_metric(by=ada, metric=metric, values={"top_box_low": 5})
    assert (again.pk, again.version, again.top_box_low) == (metric.pk, 1, 5)


def test_a_definition_with_answers_gets_a_new_version(ada):
    metric = services.define_metric(by=ada, values=CUSTOM)
    FeedbackFactory(metric=metric, score=4)
    again = services.define_metric(by=ada, metric=metric, values={"wording": "Do you trust us?"})
    metric.refresh_from_db()
    assert (again.key, again.version, again.is_retired) == (metric.key, 2, False)
    assert (metric.wording, metric.is_retired) == (CUSTOM["wording"], True)
    with pytest.raises(NotComparable, match="Trust"):
        selectors.ensure_comparable(metric, again)
    verbs = AuditEvent.objects.filter(subject_type="customer_voice.metricdefinition").values_list(
        "verb", flat=True
    )
    assert sorted(verbs) == ["metric.defined", "metric.redefined"]


def test_saving_the_same_definition_changes_nothing(ada):
    metric = services.define_metric(by=ada, values=CUSTOM)
    FeedbackFactory(metric=metric, score=4)
    assert services.define_metric(by=ada, metric=metric, values=CUSTOM).pk == metric.pk
    assert MetricDefinition.objects.count() == 1


def test_the_four_effort_definitions_refuse_to_be_compared(organization):
    keys = ["ces_mean_7", "ces_agree_7", "ces_easy_5", "ces_net_5"]
    metrics = services.create_standard_metrics(organization, keys)
    for first in metrics:
        for second in metrics:
            if first != second:
                with pytest.raises(NotComparable):
                    selectors.ensure_comparable(first, second)
    selectors.ensure_comparable(metrics[0], metrics[0])


def test_the_same_definition_elsewhere_is_comparable(organization, elsewhere):
    selectors.ensure_comparable(
        MetricDefinitionFactory(organization=organization, key="nps"),
        MetricDefinitionFactory(organization=elsewhere, key="nps"),
    )


def test_a_time_has_no_scale(ada):
    metric = services.define_metric(by=ada, values={"kind": "ttr", "name": "Repair time", "scale_high": 7})
    assert (metric.rule, metric.scale_high, metric.higher_is_better) == ("duration", 0, False)


def test_retiring_keeps_the_answers(ada):
    metric = services.define_metric(by=ada, values=CUSTOM)
    services.retire_metric(by=ada, metric=metric)
    services.retire_metric(by=ada, metric=metric)
    assert MetricDefinition.objects.get().is_retired
    services.retire_metric(by=ada, metric=metric, is_retired=False)
    assert AuditEvent.objects.filter(verb__in=["metric.retired", "metric.restored"]).count() == 2
