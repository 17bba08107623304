"""Go-lives on the axes of other pages."""

from datetime import date

import pytest

from common.registry import Mark, marks_of
from tests.factories.coalition import EvaluationPlanFactory, InitiativeFactory
from tests.factories.customer_voice import MetricDefinitionFactory, TouchpointFactory

pytestmark = pytest.mark.django_db
MARCH = date(2026, 3, 2)


@pytest.fixture
def nps(organization):
    return MetricDefinitionFactory(organization=organization, key="nps")


def live(organization, metric, *places, number, on=MARCH):
    initiative = InitiativeFactory(
        organization=organization, number=number, title=f"Call back {number}", went_live_on=on
    )
    initiative.touchpoints.add(*places)
    EvaluationPlanFactory(initiative=initiative, metric=metric)
    return initiative


def test_a_touchpoint_shows_every_go_live_there_and_no_other(organization, nps):
    web, phone = (TouchpointFactory(organization=organization, key=key) for key in ("web", "phone"))
    csat = MetricDefinitionFactory(organization=organization, key="csat_5")
    live(organization, csat, web, phone, number=1)
    live(organization, nps, phone, number=2)
    live(organization, nps, web, number=3, on=None)
    assert marks_of(organization, nps, web) == (
        Mark(
            on=MARCH,
            label="INI-1",
            note="Call back 1 went live",
            url="/o/northwind/decide/1/",
        ),
    )


def test_over_all_touchpoints_a_metric_shows_the_go_lives_meant_to_move_it(organization, nps):
    web = TouchpointFactory(organization=organization, key="web")
    csat = MetricDefinitionFactory(organization=organization, key="csat_5")
    live(organization, csat, web, number=1)
    live(organization, nps, web, number=2)
    newer = MetricDefinitionFactory(organization=organization, key="nps", version=2)
    assert [mark.label for mark in marks_of(organization, newer)] == ["INI-2"]
    assert marks_of(organization) == ()


def test_another_organization_gives_no_marks(organization, elsewhere, nps):
    live(organization, nps, TouchpointFactory(organization=organization), number=1)
    theirs = MetricDefinitionFactory(organization=elsewhere, key="nps")
    assert marks_of(elsewhere, theirs) == ()


def test_several_touchpoints_of_one_initiative_make_one_mark(organization, nps):
    places = [TouchpointFactory(organization=organization, key=key) for key in ("web", "phone")]
    live(organization, nps, *places, number=1)
    assert len(marks_of(organization, nps)) == 1
    assert len(marks_of(organization, *places)) == 1
