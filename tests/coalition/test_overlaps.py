"""Which other initiatives act where one is measured: from the product's own record, before vote and study."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from coalition.choices import InitiativeState
from coalition.models import EvaluationPlan, Initiative, InitiativeAmendment
from coalition.selectors import overlap_map
from impact.panel import other_initiatives
from tests.factories.coalition import InitiativeFactory
from tests.factories.customer_voice import MetricDefinitionFactory, TouchpointFactory
from tests.factories.impact import finished_study, live_initiative, metric_of, touchpoint_of

pytestmark = pytest.mark.django_db
START = date(2026, 3, 2)


@pytest.fixture
def planned(organization, ada):
    """A draft at two touchpoints, compared with one, that could reach another; measured in the first half."""
    row = InitiativeFactory(
        organization=organization,
        owner=ada,
        state=InitiativeState.DRAFT,
        planned_go_live_on=START,
        went_live_on=None,
    )
    row.touchpoints.set([touchpoint_of(organization, "desk"), touchpoint_of(organization, "phone")])
    plan = EvaluationPlan.objects.create(
        initiative=row,
        metric=metric_of(organization),
        period="week",
        baseline_from=date(2025, 9, 1),
        review_on=date(2026, 9, 1),
    )
    plan.comparison_touchpoints.set([touchpoint_of(organization, "web")])
    plan.spillover_touchpoints.set([touchpoint_of(organization, "lounge")])
    return Initiative.objects.get(pk=row.pk)


def other(planned, place, day, *, state=InitiativeState.LIVE, metric=None, **values):
    is_live = state in (InitiativeState.LIVE, InitiativeState.COMPLETED)
    row = InitiativeFactory(
        organization=planned.organization,
        owner=planned.owner,
        state=state,
        went_live_on=day if is_live else None,
        planned_go_live_on=None if is_live else day,
        **values,
    )
    row.touchpoints.set([touchpoint_of(planned.organization, place)])
    if metric is not None:
        EvaluationPlan.objects.create(initiative=row, metric=metric)
    return row


def test_without_others_the_map_says_so_and_draws_nothing(planned):
    found = overlap_map(planned)
    assert (found.rows, found.chart) == ((), None)
    assert found.sentence.startswith("Between ")
    assert "no other initiative on record starts" in found.sentence


def test_what_meets_the_plan_is_told_with_what_follows(planned, organization):
    csat = MetricDefinitionFactory(organization=organization, key="csat")
    same = other(planned, "desk", START + timedelta(days=3), metric=metric_of(organization))
    later = other(planned, "phone", START + timedelta(weeks=9), state=InitiativeState.APPROVED, metric=csat)
    earlier = other(planned, "desk", START - timedelta(weeks=4), state=InitiativeState.COMPLETED)
    control = other(planned, "web", START)
    near = other(planned, "lounge", START + timedelta(weeks=1))
    found = overlap_map(planned)
    assert [row.number for row in found.rows] == [one.number for one in (earlier, control, same, near, later)]
    by_number = {row.number: row for row in found.rows}
    assert by_number[same.number].is_together
    assert by_number[same.number].is_same_metric
    assert "cannot be told apart" in by_number[same.number].follows
    assert not by_number[control.number].is_together  # the same week, but only where it is compared
    assert by_number[control.number].follows.startswith("Only where it is compared")
    assert by_number[near.number].follows.startswith("Only where this one could reach")
    assert by_number[later.number].follows.startswith("9 weeks after this one")
    assert (by_number[later.number].is_planned, by_number[later.number].is_same_metric) == (True, False)
    assert by_number[earlier.number].follows.startswith("4 weeks before this one")
    assert by_number[earlier.number].metric == "–"
    assert "5 other initiatives start" in found.sentence
    assert found.sentence.endswith(
        f"{same.reference} starts at the same time: move it, or choose touchpoints that only one of them "
        "gets."
    )


def test_where_touchpoints_are_compared_one_by_one_some_may_be_left_out(planned, organization):
    later = other(planned, "phone", START + timedelta(weeks=9))
    left_out = "it leaves out those that the other one touches, or the time after its start."
    assert overlap_map(planned).rows[0].follows.endswith(left_out)
    planned.plan.comparison_touchpoints.clear()  # two touchpoints as one series before and after
    said = overlap_map(Initiative.objects.get(pk=planned.pk)).rows[0].follows
    assert said == "9 weeks after this one: its part is estimated and taken off."
    EvaluationPlan.objects.filter(initiative=planned).update(
        starts={"desk": START.isoformat(), "phone": "2026-04-27"}
    )
    rows = overlap_map(Initiative.objects.get(pk=planned.pk)).rows
    assert [row.number for row in rows] == [later.number]
    assert rows[0].follows.endswith(left_out)  # each beside those that had not started


def test_the_picture_has_every_touchpoint_and_its_table_the_months(planned):
    row = other(planned, "desk", START + timedelta(days=3))
    table = overlap_map(planned).chart.table
    assert table.columns[1:] == (planned.reference, row.reference)
    cells = {line[0].text: [cell.text for cell in line[1:]] for line in table.rows}
    assert cells["Desk"] == ["Mar 2026", "Mar 2026"]
    assert cells["Web"] == ["compared", "–"]
    assert cells["Lounge"] == ["could be affected", "–"]


@pytest.mark.parametrize(
    ("place", "day", "state"),
    [
        ("kiosk", START, InitiativeState.LIVE),  # elsewhere
        ("desk", date(2025, 8, 31), InitiativeState.LIVE),  # before the baseline
        ("desk", date(2026, 9, 2), InitiativeState.APPROVED),  # after the review
        ("desk", START, InitiativeState.DRAFT),  # its writer's own
        ("desk", START, InitiativeState.REJECTED),
        ("desk", START, InitiativeState.CANCELLED),  # before it was live
    ],
)
def test_what_does_not_act_there_or_then_is_left_out(planned, place, day, state):
    other(planned, place, day, state=state)
    assert overlap_map(planned).rows == ()


def test_the_edges_of_the_window_count(planned):
    other(planned, "desk", date(2025, 9, 1))
    other(planned, "desk", date(2026, 9, 1), state=InitiativeState.SUBMITTED)
    assert len(overlap_map(planned).rows) == 2


def test_another_with_starts_by_lot_is_told_by_the_day_of_each_touchpoint(planned, organization):
    """It went live before the baseline; at the phone it begins in the week in which this one does."""
    row = other(planned, "phone", date(2025, 8, 4), metric=metric_of(organization))
    row.touchpoints.add(touchpoint_of(organization, "desk"))
    starts = [["desk", "2025-08-04"], ["phone", "2026-03-02"]]
    EvaluationPlan.objects.filter(initiative=row).update(
        starts=dict(starts), fixed_content={"starts": starts, "treated": []}
    )
    (found,) = overlap_map(planned).rows
    assert (found.places, found.day, found.is_together) == (("Phone",), START, True)
    # one branch began another week: what is recorded counts
    InitiativeAmendment.objects.create(
        initiative=row,
        by=row.owner,
        field="start",
        before="2026-03-02 phone",
        after="2026-03-30 phone",
        reason="Late.",
    )
    (found,) = overlap_map(planned).rows
    assert (found.day, found.is_together) == (date(2026, 3, 30), False)
    assert found.follows.startswith("4 weeks after this one")


def test_own_starts_by_lot_meet_others_touchpoint_by_touchpoint(planned, organization):
    EvaluationPlan.objects.filter(initiative=planned).update(
        starts={"desk": START.isoformat(), "phone": "2026-04-27"}
    )
    own = Initiative.objects.get(pk=planned.pk)
    apart = other(planned, "phone", START, state=InitiativeState.APPROVED)
    same = other(planned, "phone", date(2026, 4, 29), state=InitiativeState.APPROVED)
    found = {row.number: row for row in overlap_map(own).rows}
    assert (found[apart.number].is_together, found[same.number].is_together) == (False, True)
    assert found[apart.number].follows.startswith("8 weeks before this one")


def test_another_organization_is_never_told(planned, dora):
    row = other(planned, "desk", START)
    Initiative.objects.filter(pk=row.pk).update(organization=dora.organization)
    assert overlap_map(planned).rows == ()


def test_many_others_cost_no_more_queries_and_eight_are_drawn(planned, django_assert_max_num_queries):
    for week in range(11):
        other(planned, "desk", START + timedelta(weeks=week))
    planned = Initiative.objects.select_related("organization", "plan__metric").get(pk=planned.pk)
    with django_assert_max_num_queries(6):
        found = overlap_map(planned)
    assert (len(found.rows), found.undrawn, len(found.chart.table.columns)) == (11, 3, 10)


def test_the_page_before_the_vote_and_that_of_the_study_show_it(planned, organization, ada, client_of):
    row = other(planned, "desk", START)
    browser = client_of(ada)
    page = browser.get(reverse("coalition:initiative_detail", args=[organization.slug, planned.number]))
    assert f"{row.reference} {row.title}" in page.content.decode()
    assert "cannot be told apart there" in page.content.decode()
    known = live_initiative(organization, ada, number=400, comparisons=2)
    also = InitiativeFactory(
        organization=organization,
        owner=ada,
        state=InitiativeState.LIVE,
        went_live_on=known.initiative.went_live_on + timedelta(weeks=12),
    )
    also.touchpoints.set([TouchpointFactory(organization=organization, key="aside")])
    also.touchpoints.add(*known.initiative.touchpoints.all())
    finished_study(known, ada)
    page = browser.get(reverse("impact:initiative_impact", args=[organization.slug, 400]))
    text = page.content.decode()
    assert 'id="overlaps"' in text
    assert "12 weeks after this one: its part is estimated and taken off." in text
    assert "it leaves out those" not in text  # one touchpoint: there is none to leave out


def test_a_study_knows_another_with_starts_by_lot_by_the_day_of_each_touchpoint(planned, organization):
    row = other(planned, "phone", START, metric=metric_of(organization))
    row.touchpoints.add(touchpoint_of(organization, "desk"), touchpoint_of(organization, "web"))
    starts = [["desk", "2026-03-02"], ["phone", "2026-04-27"], ["web", "2026-07-06"]]
    EvaluationPlan.objects.filter(initiative=row).update(
        starts=dict(starts), fixed_content={"starts": starts, "treated": []}
    )
    found = other_initiatives(planned, {"desk", "phone", "web", "lounge"}, date(2026, 6, 30))
    assert [(one.start, one.units) for one in found] == [
        (START, ("desk",)),
        (date(2026, 4, 27), ("phone",)),
    ]
    assert {one.name for one in found} == {str(row)}
