"""What a touchpoint's page says of its operational metric, its owner, and the people of its function."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from customer_voice.services import rebuild_rollup
from employee_voice.selectors import told_of_function
from employee_voice.services import publish_wave
from journeys.models import Touchpoint
from overview.selectors import touchpoint_page
from tests.factories import MembershipFactory
from tests.factories.customer_voice import FeedbackFactory
from tests.factories.employee_results import closed_wave, random_answers
from tests.factories.employee_voice import functions_of, survey_of
from tests.factories.impact import metric_of
from tests.factories.journeys import TouchpointFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def hotline(organization):
    return TouchpointFactory(organization=organization, key="hotline", name="Hotline")


@pytest.fixture
def tree(ada):
    return functions_of(ada)


@pytest.fixture
def published(ada, tree):
    return _published(ada, tree, {"care": 12, "field": 14, "finance": 11})


def _published(ada, tree, counts):
    survey = survey_of(ada)
    answers = {
        name: random_answers(survey, people, seed, skips=0)
        for seed, (name, people) in enumerate(counts.items())
    }
    wave = closed_wave(ada, answers, survey=survey, functions=tree)
    publish_wave(by=ada, wave=wave)
    return wave


def _page(client, touchpoint):
    return client.get(
        reverse("overview:touchpoint_detail", args=["northwind", touchpoint.key])
    ).content.decode()


def _heard(organization, touchpoint, key, days, **more):
    moment = timezone.now() - timedelta(days=days)
    FeedbackFactory(
        organization=organization,
        metric=metric_of(organization, key),
        touchpoint=touchpoint,
        occurred_at=moment,
        **more,
    )


def test_the_operational_metric_follows_what_customers_say_on_the_same_axis(organization, ada, hotline):
    Touchpoint.objects.update(operational_metric="ttr")
    for days in range(40, 330, 6):
        _heard(organization, hotline, "nps", days, score=days % 11)
    for days in range(100, 220, 2):
        moment = timezone.now() - timedelta(days=days)
        _heard(organization, hotline, "ttr", days, resolved_at=moment + timedelta(hours=5))
        _heard(organization, hotline, "csat_5", days, score=4)
    rebuild_rollup(organization=organization)
    hotline.refresh_from_db()
    page = touchpoint_page(ada, hotline)
    assert [figure.line.metric.key for figure in page.figures] == ["csat_5", "nps", "ttr"]
    assert (page.is_counted, page.operational) == (True, str(metric_of(organization, "ttr").name))
    axes = {figure.line.metric.key: _axis(figure.chart) for figure in page.figures}
    assert len(axes) == 3
    assert len(set(axes.values())) == 1  # though two of them have three months of answers only


def _axis(chart):
    """The first and the last day of the time axis, as the drawing has them."""
    found = set[tuple[str, str]]()

    def look(node):
        if isinstance(node, dict):
            x = node.get("x")
            if isinstance(x, dict) and x.get("type") == "temporal":
                domain = (x.get("scale") or {}).get("domain")
                if domain:
                    found.add((str(domain[0]), str(domain[-1])))
            for one in node.values():
                look(one)
        elif isinstance(node, list):
            for one in node:
                look(one)

    look(json.loads(chart.json))
    (axis,) = found
    return axis


def test_an_operational_metric_without_figures_is_said(organization, ada, hotline, client_of):
    metric_of(organization, "ttr")
    Touchpoint.objects.update(operational_metric="ttr")
    assert "“Time to resolution” has no figures here yet" in _page(client_of(ada), hotline)


def test_who_may_see_the_function_s_figures_sees_what_their_page_tells(ada, ben, tree, hotline, published):
    """The CX leader and the head of the line; for others of the organization nothing."""
    Touchpoint.objects.update(owner_function=tree["care"])
    hotline.refresh_from_db()
    told = touchpoint_page(ada, hotline).employees
    assert (told.name, told.why) == ("Care", "")
    assert touchpoint_page(ben, hotline).employees is None
    tree["service"].head = ben
    tree["service"].save()
    assert touchpoint_page(ben, hotline).employees.enps.text == told.enps.text


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_roles_that_see_no_results_see_none_here(role, organization, tree, published):
    member = MembershipFactory(organization=organization, role=role)
    tree["care"].head = member
    tree["care"].save()
    assert told_of_function(member, tree["care"].pk) is None


def test_a_function_below_the_minimum_is_told_as_hidden(ada, tree, hotline, client_of):
    _published(ada, tree, {"care": 12, "field": 3, "finance": 11})
    told = told_of_function(ada, tree["field"].pk)
    assert (told.engagement, told.enps, told.weakest) == (None, None, None)
    assert told.why
    Touchpoint.objects.update(owner_function=tree["field"])
    page = _page(client_of(ada), hotline)
    assert told.why in page
    assert "3 answers" not in page


def test_nothing_is_told_of_a_wave_that_is_not_published(ada, tree):
    survey = survey_of(ada)
    closed_wave(ada, {"care": random_answers(survey, 12, 1)}, survey=survey, functions=tree)
    assert told_of_function(ada, tree["care"].pk) is None


def test_the_page_names_the_person_and_the_side_effects(ada, ben, hotline, client_of):
    Touchpoint.objects.update(owner_person=ben, side_effects="Calls\nat night", is_intended=False)
    page = _page(client_of(ada), hotline)
    assert "Calls<br>at night" in page
    assert "happens without a plan" in page
    type(ben).objects.filter(pk=ben.pk).update(is_active=False)
    assert "no access" in _page(client_of(ada), hotline)


def test_draft_one_names_the_touchpoint(ada, hotline, client_of):
    assert "/o/northwind/decide/new/?touchpoint=hotline" in _page(client_of(ada), hotline)
