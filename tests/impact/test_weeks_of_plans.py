"""A plan keeps the weeks that it was fixed with, whatever the organization chooses later."""

import pytest

from coalition.selectors.content import plan_content
from cxstats.codec import digest_of
from impact.panel import study_material
from impact.services.studies import _inputs
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
