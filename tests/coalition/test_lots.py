"""Chance decides in the product: list, seed and result are published, and a plan that breaks the lot pays."""

from datetime import date
from hashlib import sha256

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from coalition.choices import InitiativeState, UnitSelection
from coalition.errors import NotEditable, PlanNotWritten
from coalition.lots import drawn_of, list_digest
from coalition.models import EvaluationPlan, Initiative, TouchpointLot
from coalition.selectors import LotState, lot_view
from coalition.selectors.content import plan_content
from coalition.services import draw_lot
from common.errors import InvalidValues
from cxstats.codec import digest_of
from cxstats.design import DesignGrade
from tests.factories.coalition import InitiativeFactory, approved, ready_initiative, seated
from tests.factories.customer_voice import TouchpointFactory
from tests.factories.impact import finished_study, live_initiative

pytestmark = pytest.mark.django_db


@pytest.fixture
def places(organization):
    return [
        TouchpointFactory(organization=organization, key=f"place-{n}", name=f"Place {n}") for n in range(6)
    ]


@pytest.fixture
def draft(ada):
    return ready_initiative(ada)


def fresh(initiative):
    return Initiative.objects.select_related("plan__metric", "organization").get(pk=initiative.pk)


def test_the_lot_follows_from_list_and_seed_as_anybody_can_compute_it():
    keys = ["web", "store", "phone", "chat"]
    order = sorted((sha256(f"ab:{key}".encode()).hexdigest(), key) for key in keys)
    assert drawn_of(keys, takes=2, seed="ab") == [order[0][1], order[1][1]]
    assert drawn_of(keys[::-1], takes=2, seed="ab") == [order[0][1], order[1][1]]  # whoever writes the list
    assert list_digest(keys, 2) == sha256(b"chat\nphone\nstore\nweb\n2").hexdigest()
    assert list_digest(keys, 3) != list_digest(keys, 2)


def test_each_touchpoint_has_the_same_chance():
    keys = [f"k{n}" for n in range(5)]
    counts = dict.fromkeys(keys, 0)
    for seed in range(2000):
        for key in drawn_of(keys, takes=2, seed=str(seed)):
            counts[key] += 1
    assert all(720 < count < 880 for count in counts.values())  # 800 expected, standard deviation 22


def test_a_lot_decides_who_gets_it_and_who_is_compared(draft, ada, places):
    lot = draw_lot(initiative=draft, by=ada, touchpoints=places, takes=2)
    row = fresh(draft)
    assert {point.key for point in row.touchpoints.all()} == set(lot.drawn)
    rest = {point.key for point in places} - set(lot.drawn)
    assert {point.key for point in row.plan.comparison_touchpoints.all()} == rest
    assert (len(lot.drawn), len(rest)) == (2, 4)
    assert row.plan.selection == UnitSelection.CHANCE
    assert row.lock_version == draft.lock_version + 1
    assert lot.drawn == drawn_of([key for key, _name in lot.touchpoints], takes=2, seed=lot.seed)
    view = lot_view(row)
    assert (view.state, len(view.drawn), len(view.rest)) == (LotState.KEPT, 2, 4)
    event = AuditEvent.objects.get(verb="initiative.lot_drawn")
    assert event.after["seed"] == lot.seed
    assert event.after["list_digest"] == list_digest([point.key for point in places], 2)
    assert sorted(event.after["lot_list"]) == sorted(point.name for point in places)


def test_a_lot_is_never_changed_and_a_second_one_is_seen(draft, ada, places):
    lot = draw_lot(initiative=draft, by=ada, touchpoints=places, takes=2)
    with pytest.raises(TypeError):
        lot.save()
    draw_lot(initiative=draft, by=ada, touchpoints=places, takes=2)
    view = lot_view(fresh(draft))
    assert ([one.number for one in view.lots], view.state) == ([2, 1], LotState.REDRAWN)


@pytest.mark.parametrize("change", ["touchpoints", "comparison", "selection"])
def test_a_plan_that_leaves_the_lot_does_not_keep_it(draft, ada, places, change):
    draw_lot(initiative=draft, by=ada, touchpoints=places, takes=2)
    row = fresh(draft)
    if change == "touchpoints":
        row.touchpoints.remove(row.touchpoints.first())
    elif change == "comparison":
        row.plan.comparison_touchpoints.remove(row.plan.comparison_touchpoints.first())
    else:
        EvaluationPlan.objects.filter(initiative=row).update(selection=UnitSelection.PRACTICAL)
    assert lot_view(fresh(draft)).state == LotState.CHANGED


def test_stored_figures_that_do_not_follow_from_the_seed_are_found(draft, ada, places):
    lot = draw_lot(initiative=draft, by=ada, touchpoints=places, takes=2)
    TouchpointLot.objects.filter(pk=lot.pk).update(drawn=lot.drawn[::-1])
    assert lot_view(fresh(draft)).state == LotState.UNSOUND
    TouchpointLot.objects.filter(pk=lot.pk).update(drawn=lot.drawn, list_digest="0" * 64)
    assert lot_view(fresh(draft)).state == LotState.UNSOUND


def test_what_cannot_be_drawn_is_refused_by_name(draft, ada, dora, places):
    elsewhere = TouchpointFactory(organization=dora.organization, key="elsewhere")
    old = TouchpointFactory(organization=ada.organization, key="old", is_archived=True)
    for touchpoints, takes, name in (
        (places[:1], 1, "touchpoints"),
        ([*places, elsewhere], 2, "touchpoints"),
        ([*places, old], 2, "touchpoints"),
        (places, 6, "takes"),
        (places, 0, "takes"),
    ):
        with pytest.raises(InvalidValues) as refused:
            draw_lot(initiative=draft, by=ada, touchpoints=touchpoints, takes=takes)
        assert list(refused.value.fields) == [name]
    assert not TouchpointLot.objects.exists()


def test_chance_decides_before_the_vote_and_with_a_plan(ada, places):
    bare = InitiativeFactory(organization=ada.organization, owner=ada)
    with pytest.raises(PlanNotWritten):
        draw_lot(initiative=bare, by=ada, touchpoints=places, takes=2)
    seated(ada.organization)
    voted = approved(ada)
    with pytest.raises(NotEditable):
        draw_lot(initiative=voted, by=ada, touchpoints=places, takes=2)
    look_back = ready_initiative(ada, planned_go_live_on=None, already_live_on=date(2026, 1, 5))
    with pytest.raises(NotEditable):
        draw_lot(initiative=look_back, by=ada, touchpoints=places, takes=2)


# --- the grade ----------------------------------------------------------------------------------------------


@pytest.fixture
def drawn_study(organization, ada):
    """A study of an initiative whose touchpoints a lot chose; `breaks` changes something after the lot."""

    def study(breaks=lambda initiative: None):
        known = live_initiative(
            organization, ada, comparisons=3, further=2, is_fixed=False, weeks=80, start=50
        )
        row = known.initiative
        points = [*row.touchpoints.all(), *row.plan.comparison_touchpoints.all()]
        Initiative.objects.filter(pk=row.pk).update(state=InitiativeState.DRAFT, went_live_on=None)
        draw_lot(initiative=row, by=ada, touchpoints=points, takes=3)
        breaks(fresh(row))
        row = fresh(row)
        row.state, row.went_live_on = InitiativeState.LIVE, known.initiative.went_live_on
        row.save()
        plan = row.plan
        plan.fixed_content = plan_content(row, plan)
        plan.fixed_digest = digest_of(plan.fixed_content, version=1)
        plan.save()
        known.initiative.refresh_from_db()
        return finished_study(known, ada)

    return study


def test_a_lot_that_was_kept_gives_grade_a(drawn_study):
    study = drawn_study()
    assert study.grade == DesignGrade.A
    assert study.inputs["design"]["selection"] == "chance"


def test_a_lot_that_was_drawn_again_does_not(drawn_study, ada):
    def again(row):
        points = [*row.touchpoints.all(), *row.plan.comparison_touchpoints.all()]
        draw_lot(initiative=row, by=ada, touchpoints=points, takes=3)

    study = drawn_study(again)
    assert study.grade == DesignGrade.B
    assert study.inputs["design"]["selection"] == "unknown"


def test_touchpoints_other_than_the_lot_gave_do_not(drawn_study):
    study = drawn_study(
        lambda row: row.plan.comparison_touchpoints.remove(row.plan.comparison_touchpoints.first())
    )
    assert study.grade == DesignGrade.B


# --- doors --------------------------------------------------------------------------------------------------


def test_the_page_draws_once_and_shows_how_to_check(draft, ada, places, client_of):
    browser = client_of(ada)
    address = reverse("coalition:lot_draw", args=[ada.organization.slug, draft.number])
    page = browser.get(address)
    hidden = {field.html_name: field.value() for field in page.context["form"].hidden_fields()}
    sent = {"touchpoints": [point.pk for point in places], "decides": "who", "takes": "3", **hidden}
    answer = browser.post(address, sent, follow=True)
    assert b"Drawn by lot on" in answer.content
    assert TouchpointLot.objects.get().seed.encode() in answer.content
    wrong = browser.post(address, {"touchpoints": [places[0].pk], "decides": "who", "takes": "1"})
    assert (wrong.status_code, TouchpointLot.objects.count()) == (422, 1)


def test_the_api_draws_and_tells(draft, ada, places, api_of):
    client = api_of(ada)
    address = f"/api/v1/o/{ada.organization.slug}/initiatives/{draft.number}/lots/"
    assert client.get(address).json() == []
    made = client.post(address, {"touchpoints": [point.key for point in places], "takes": 2}, format="json")
    assert made.status_code == 201
    told = client.get(address).json()
    assert told == [made.json()]
    assert told[0]["state"] == "kept"
    assert told[0]["drawn"] == drawn_of(told[0]["touchpoints"], takes=2, seed=told[0]["seed"])
    wrong = client.post(address, {"touchpoints": ["nowhere"], "takes": 2}, format="json")
    assert wrong.status_code == 400 or wrong.status_code == 422
