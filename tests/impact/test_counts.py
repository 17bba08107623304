"""Complaints a week as a plan's metric: from the imported totals to the finding."""

from datetime import timedelta

import numpy as np
import pytest

from coalition import services as coalition_services
from coalition.selectors.content import plan_content
from coalition.services import PlanValues
from customer_voice import services
from customer_voice.choices import Period
from customer_voice.selectors import series_counts
from cxstats.codec import digest_of
from cxstats.design import EstimandKind, Verdict
from impact.findings import finding_of
from impact.selectors import study_view
from tests.factories.coalition import ready_initiative
from tests.factories.impact import FIRST_MONDAY, finished_study, live_initiative

pytestmark = pytest.mark.django_db

WEEKS, START = 60, 36


@pytest.fixture
def complaints(ada):
    return services.define_metric(
        by=ada,
        values={
            "kind": "custom", "name": "Complaints", "rule": "rate", "amount_name": "complaints",
            "exposure_name": "calls", "per": 1000, "higher_is_better": False,
        },
    )  # fmt: skip


def record(metric, place, *, fall, seed):
    """About 40 complaints a week of 2,000 calls; from the go-live on so many percent fewer."""
    rng = np.random.default_rng(seed)
    items = [
        {
            "external_id": f"{place}-{week}",
            "occurred_at": str(FIRST_MONDAY + timedelta(weeks=week, days=1)),
            "touchpoint": place,
            "score": str(rng.poisson(40 * (1 - fall * (week >= START)))),
            "exposure": "2000",
        }
        for week in range(WEEKS)
    ]
    services.record_feedback(organization=metric.organization, metric=metric, source="test", items=items)


@pytest.fixture
def counted(organization, ada, complaints):
    found = live_initiative(organization, ada, weeks=WEEKS, start=START, direction="down", is_fixed=False)
    record(complaints, "onboarding", fall=0.4, seed=1)
    record(complaints, "onboarding-other-0", fall=0.0, seed=2)
    complaints.refresh_from_db()
    plan = found.initiative.plan
    plan.metric = complaints
    plan.fixed_content = plan_content(found.initiative, plan)
    plan.fixed_digest = digest_of(plan.fixed_content, version=1)
    plan.save()
    return found


def test_a_fall_of_complaints_is_found_as_a_ratio_of_rates(counted, ada):
    finding = finding_of(finished_study(counted, ada).finding)
    assert finding.verdict is Verdict.SUPPORTED
    assert finding.effect.interval.contains(0.6)
    assert finding.baseline_value == pytest.approx(20.0, rel=0.1)  # per thousand calls
    assert finding.after_value == pytest.approx(12.0, rel=0.15)


def test_a_study_of_counts_speaks_of_percent(counted, ada):
    view = study_view(finished_study(counted, ada))
    assert "Complaints" in view.sentence
    assert "%" in view.effect
    assert view.before == "20.1" or view.before.startswith(("19", "20", "21"))
    assert any("how many times as many" in note for note in view.notes)


def test_cells_of_counts_have_events_exposure_and_no_segments(counted, organization, complaints):
    counts = series_counts(organization, complaints, period=Period.WEEK)
    assert counts.kind is EstimandKind.COUNT
    cell = counts.units[0].cell
    assert cell.exposure == 2.0  # thousands of calls
    assert cell.value == cell.n / 2
    assert cell.strata == ()


def test_complaints_can_be_a_plans_metric(complaints, ada):
    initiative = ready_initiative(ada)
    coalition_services.edit_plan(
        by=ada,
        initiative=initiative,
        values=PlanValues(metric=complaints, expected_effect=20, direction="down"),
        lock_version=initiative.lock_version,
    )
    initiative.refresh_from_db()
    assert initiative.plan.metric == complaints
