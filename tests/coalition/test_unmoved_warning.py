"""A metric that should stay and was never answered where the initiative acts: said before the vote."""

import pytest

from coalition.fields import PLAN
from coalition.selectors import next_step, unmoved_warning
from coalition.services import edit_plan
from tests.factories.coalition import ready_initiative
from tests.factories.customer_voice import FeedbackFactory
from tests.factories.impact import metric_of
from tests.factories.journeys import TouchpointFactory

pytestmark = pytest.mark.django_db
SAID = "at the touchpoints in scope yet: whether it stayed as it is could not be told."


def _naming(ada, metric):
    initiative = ready_initiative(ada)
    edit_plan(
        by=ada,
        initiative=initiative,
        values=PLAN.values_of(initiative.plan, unmoved_metric=metric),
        lock_version=initiative.lock_version,
    )
    initiative.refresh_from_db()
    return initiative


def test_a_metric_that_should_stay_and_has_no_answer_there_is_said_before_the_vote(ada, api_of):
    metric = metric_of(ada.organization, "osat")
    initiative = _naming(ada, metric)
    elsewhere = TouchpointFactory(organization=ada.organization)
    FeedbackFactory(organization=ada.organization, metric=metric, touchpoint=elsewhere)
    assert unmoved_warning(initiative.plan) == f"No answer to {metric.name} {SAID}"
    assert SAID in next_step(initiative).sentence
    plan = api_of(ada).get(f"/api/v1/o/northwind/initiatives/{initiative.number}/plan/").json()
    assert [SAID in text for text in plan["warnings"]] == [True]
    FeedbackFactory(organization=ada.organization, metric=metric, touchpoint=initiative.touchpoints.first())
    initiative.refresh_from_db()
    assert unmoved_warning(initiative.plan) == ""
    assert next_step(initiative).sentence == "Complete. Submit it to the coalition."


def test_a_plan_that_names_no_such_metric_asks_nothing(ada, django_assert_num_queries):
    plan = ready_initiative(ada).plan
    with django_assert_num_queries(0):
        assert unmoved_warning(plan) == ""
