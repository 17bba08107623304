"""A plan keeps the weeks that it was fixed with, whatever the organization chooses later."""

import pytest

from coalition.selectors import calendar_line, fixed_reckoning, plan_words
from coalition.selectors.content import plan_content
from cxstats.codec import digest_of
from impact.panel import study_material
from impact.services.studies import _inputs
from tests.factories.coalition import EvaluationPlanFactory, InitiativeFactory
from tests.factories.impact import live_initiative

pytestmark = pytest.mark.django_db


def weeks_from(organization, week_begins):
    organization.week_begins = week_begins
    organization.save()


def read(simulated):
    initiative = type(simulated.initiative).objects.select_related("organization", "plan").get()
    material = study_material(initiative=initiative, data_cutoff=simulated.last_day)
    return material, digest_of(_inputs(material, initiative.plan.fixed_digest), version=1)


@pytest.mark.parametrize(("first", "later", "weekday"), [(0, 6, 0), (6, 0, 6)])
def test_a_study_reads_the_same_after_the_organization_has_chosen_another_day(
    organization, ada, first, later, weekday
):
    weeks_from(organization, first)
    simulated = live_initiative(organization, ada, weeks=20, start=10)
    material, before = read(simulated)
    assert {cell.period.weekday() for cell in material.panel.cells} == {weekday}
    weeks_from(organization, later)
    assert read(simulated)[1] == before


def test_only_weeks_from_sunday_are_said_so_that_plans_of_before_keep_their_digest(organization, ada):
    initiative = live_initiative(organization, ada, weeks=4, start=2).initiative
    assert "week_begins" not in initiative.plan.fixed_content
    weeks_from(organization, 6)
    initiative.organization.refresh_from_db()
    assert plan_content(initiative, initiative.plan)["week_begins"] == 6
    initiative.plan.period = "month"
    assert "week_begins" not in plan_content(initiative, initiative.plan)


@pytest.mark.parametrize(("first", "day", "other"), [(0, "Monday", "Sunday"), (6, "Sunday", "Monday")])
def test_the_plan_says_by_which_weeks_it_is_measured_and_that_they_stay(organization, ada, first, day, other):
    weeks_from(organization, first)
    simulated = live_initiative(organization, ada, weeks=20, start=10)
    initiative = type(simulated.initiative).objects.select_related("organization", "plan__metric").get()
    words = plan_words(initiative.plan)
    assert (words["calendar"], words["calendar_note"]) == (("Weeks begin on", day), "")
    weeks_from(organization, 6 - first)
    initiative.organization.refresh_from_db()
    words = plan_words(initiative.plan)
    assert words["calendar"] == ("Weeks begin on", day)
    assert words["calendar_note"] == f"as the plan was fixed; today the organization's weeks begin on {other}"
    fixed = initiative.plan.fixed_content
    assert calendar_line(fixed["period"], fixed_reckoning(fixed)) == ("Weeks begin on", day)


def test_a_plan_that_is_not_fixed_follows_the_setting_and_says_so(organization, ada, api_of, client):
    weeks_from(organization, 6)
    initiative = InitiativeFactory(organization=organization, owner=ada)
    plan = EvaluationPlanFactory(initiative=initiative, period="week")
    note = "as set for the organization; the plan keeps them once it is fixed"
    client.force_login(ada.user)
    page = " ".join(client.get(f"/o/northwind/decide/{initiative.number}/").text.split())
    assert f"<dt>Weeks begin on</dt> <dd> Sunday · {note} </dd>" in page
    address = f"/api/v1/o/northwind/initiatives/{initiative.number}/plan/"
    assert api_of(ada).get(address).json()["week_begins"] == 6
    plan.period = "month"
    plan.save()
    assert "Weeks begin on" not in client.get(f"/o/northwind/decide/{initiative.number}/").text
    assert api_of(ada).get(address).json()["week_begins"] is None


def test_quarters_of_a_plan_are_those_of_the_calendar_and_it_says_so(organization):
    organization.year_begins = 5
    line = calendar_line("quarter", organization.reckoning)
    assert line == ("Quarters", "of the calendar, also where the fiscal year begins in another month")
