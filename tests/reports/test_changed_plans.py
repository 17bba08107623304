"""A plan that was changed after the approval, in a document: each side in the unit of its own metric."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import timezone

from coalition.selectors import plan_content
from cxstats.codec import decoded
from cxstats.design import EstimandKind
from reports.documents.evidence import plan_evidence
from reports.documents.plans import plan_changes
from tests.factories.coalition import ready_initiative
from tests.factories.customer_voice import MetricDefinitionFactory

NPS = {"key": "nps", "version": 1, "name": "NPS®"}
CSAT = {"key": "csat_5", "version": 1, "name": "CSAT"}
OF_NPS = SimpleNamespace(subject=SimpleNamespace(kind=EstimandKind.NPS))


def told(**changed):
    fixed = {"metric": NPS, "expected_effect": "10.00"}
    content = {"metric": CSAT, "expected_effect": "12.00"}
    plan = {"content": fixed, "changed": {"content": content, "entries": [], **changed}}
    return {line.label: (line.before, line.after) for line in plan_changes(plan, OF_NPS)["lines"]}


def test_both_sides_have_the_unit_of_their_own_metric():
    assert told(kind="share")["Expected effect"] == ("10 points", "12 percentage points")


@pytest.mark.parametrize("older", [{}, {"kind": None}])
def test_a_document_that_does_not_say_what_is_measured_now_gives_the_bare_figure(older):
    assert told(**older)["Expected effect"] == ("10 points", "12")


def test_the_metric_that_was_fixed_needs_no_word():
    content = {"metric": NPS, "expected_effect": "12.00"}
    assert told(content=content) == {"Expected effect": ("10 points", "12 points")}


@pytest.mark.django_db
def test_the_evidence_says_what_another_metric_measures(organization, ada):
    initiative = ready_initiative(ada)
    plan = initiative.plan
    plan.fixed_content = plan_content(initiative, plan)
    plan.changed_after_approval_at = timezone.now()
    plan.expected_effect = Decimal(7)
    assert "kind" not in plan_evidence(initiative, plan)["changed"]
    plan.metric = MetricDefinitionFactory(organization=organization, key="csat_5")
    changed = plan_evidence(initiative, plan)["changed"]
    assert decoded(EstimandKind, changed["kind"]) is EstimandKind.SHARE
