"""A lot says when each touchpoint gets it: published once, kept in plan and go-lives, or it costs a grade."""

from datetime import date, timedelta
from hashlib import sha256

import numpy as np
import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from coalition.choices import InitiativeState
from coalition.errors import TransitionNotAllowed
from coalition.lots import list_digest, sizes_of, starts_of
from coalition.models import EvaluationPlan, Initiative, TouchpointLot
from coalition.selectors import LotState, actual_starts, lot_view, visibility
from coalition.selectors.content import changes_between, initiative_content, plan_content, plan_lines
from coalition.selectors.initiatives import missing_before_vote
from coalition.services import Steps, correct_go_live, correct_start, draw_lot
from common.errors import InvalidValues
from customer_voice.choices import Period
from cxstats.codec import digest_of
from cxstats.design import DesignGrade
from impact.models import Study
from impact.services import execute_study, request_study
from tests.factories.coalition import ready_initiative
from tests.factories.customer_voice import TouchpointFactory
from tests.factories.impact import FIRST_MONDAY, live_initiative, simulate_nps, touchpoint_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def places(organization):
    return [
        TouchpointFactory(organization=organization, key=f"branch-{n}", name=f"Place {n}") for n in range(7)
    ]


@pytest.fixture
def draft(ada):
    row = ready_initiative(ada)
    EvaluationPlan.objects.filter(initiative=row).update(period=Period.WEEK)
    return fresh(row)


def fresh(initiative):
    return Initiative.objects.select_related("plan__metric", "organization").get(pk=initiative.pk)


def monday(row, weeks=2):
    today = row.organization.clock.today()
    return today + timedelta(days=7 - today.weekday(), weeks=weeks)


def drawn(draft, ada, places, *, takes=7, count=3, periods=2, first=None):
    return draw_lot(
        initiative=draft,
        by=ada,
        touchpoints=places,
        takes=takes,
        steps=Steps(first=first or monday(draft), count=count, periods=periods),
    )


def test_starts_follow_the_drawn_order_by_hand():
    assert sizes_of(7, 3) == [3, 2, 2]
    assert sizes_of(6, 3) == [2, 2, 2]
    steps = [["2026-03-02", 2], ["2026-03-16", 1]]
    assert starts_of(["c", "a", "b"], steps) == {"c": "2026-03-02", "a": "2026-03-02", "b": "2026-03-16"}
    text = b"a\nb\nc\n3\n2026-03-02 2\n2026-03-16 1"
    assert list_digest(["c", "a", "b"], 3, steps) == sha256(text).hexdigest()


def test_a_lot_gives_each_touchpoint_its_week(draft, ada, places):
    first = monday(draft)
    lot, row = drawn(draft, ada, places), fresh(draft)
    days = [(first + timedelta(weeks=2 * step)).isoformat() for step in range(3)]
    assert lot.steps == [[days[0], 3], [days[1], 2], [days[2], 2]]
    order = sorted(
        (point.key for point in places), key=lambda key: sha256(f"{lot.seed}:{key}".encode()).hexdigest()
    )
    expected = dict(zip(order, [days[0]] * 3 + [days[1]] * 2 + [days[2]] * 2, strict=True))
    assert row.plan.starts == expected
    assert row.planned_go_live_on == first
    assert not row.plan.comparison_touchpoints.exists()
    view = lot_view(row)
    assert (view.state, [len(step.names) for step in view.steps]) == (LotState.KEPT, [3, 2, 2])
    content = plan_content(row, row.plan)
    assert content["starts"] == sorted([key, day] for key, day in expected.items())
    told = AuditEvent.objects.get(verb="initiative.lot_drawn").after["lot_starts"]
    assert sorted(told) == sorted([day, f"Place {key[-1]}"] for key, day in expected.items())


def test_some_may_stay_without_and_months_are_steps_too(draft, ada, places):
    EvaluationPlan.objects.filter(initiative=draft).update(period=Period.MONTH)
    first = (draft.organization.clock.today().replace(day=1) + timedelta(days=70)).replace(day=1)
    lot, row = drawn(fresh(draft), ada, places, takes=4, count=2, periods=1, first=first), fresh(draft)
    following = (first + timedelta(days=32)).replace(day=1)
    assert lot.steps == [[first.isoformat(), 2], [following.isoformat(), 2]]
    assert row.plan.comparison_touchpoints.count() == 3


def test_the_starts_are_part_of_what_is_voted_on_and_said(draft, ada, places):
    before = initiative_content(draft)
    drawn(draft, ada, places)
    after = initiative_content(fresh(draft))
    line = next(one for one in changes_between(before, after) if one.label == "Starts by lot")
    assert line.before == "–"
    assert line.after.count("from") == 3
    said = plan_lines(after["plan"], effect=str)["starts"][1]
    assert "Place 3" in said
    assert plan_lines(before["plan"], effect=str)["starts"][1] == "–"


@pytest.mark.parametrize(
    ("number", "takes", "count", "periods", "field"),
    [
        (4, 4, 2, 1, "touchpoints"),
        (7, 7, 1, 1, "steps"),
        (7, 7, 4, 1, "steps"),  # one day would have a single touchpoint
        (7, 6, 2, 1, "takes"),  # a single one without
        (7, 8, 2, 1, "takes"),
        (7, 7, 3, 27, "periods"),
        (7, 7, 3, 20, "steps"),  # beyond the review
    ],
)
def test_starts_that_no_study_could_use_are_refused_by_name(
    draft, ada, places, number, takes, count, periods, field
):
    with pytest.raises(InvalidValues) as refused:
        drawn(draft, ada, places[:number], takes=takes, count=count, periods=periods)
    assert list(refused.value.fields) == [field]
    assert not TouchpointLot.objects.exists()


def test_a_first_start_must_be_ahead_and_begin_a_week_of_the_plan(draft, ada, places):
    for first in (monday(draft) + timedelta(days=1), monday(draft, -1), monday(draft, 2000)):
        with pytest.raises(InvalidValues) as refused:
            drawn(draft, ada, places, first=first)
        assert list(refused.value.fields) == ["first"]
    assert fresh(draft).plan.starts == {}


def test_another_period_or_go_live_than_was_drawn_is_said_before_the_vote(draft, ada, places):
    drawn(draft, ada, places)
    assert not [one for one in missing_before_vote(fresh(draft)) if "drawn" in one.text]
    EvaluationPlan.objects.filter(initiative=draft).update(period=Period.QUARTER)
    Initiative.objects.filter(pk=draft.pk).update(planned_go_live_on=monday(draft, 5))
    found = {one.field for one in missing_before_vote(fresh(draft)) if "drawn" in one.text}
    assert found == {"planned_go_live_on", "period"}


def test_a_plan_with_other_starts_than_drawn_does_not_keep_the_lot(draft, ada, places):
    drawn(draft, ada, places)
    plan = fresh(draft).plan
    plan.starts = dict(zip(plan.starts, reversed(plan.starts.values()), strict=True))
    plan.save()
    assert lot_view(fresh(draft)).state == LotState.CHANGED


def test_stored_steps_that_the_digest_does_not_hold_are_found(draft, ada, places):
    lot = drawn(draft, ada, places)
    TouchpointLot.objects.filter(pk=lot.pk).update(steps=[[lot.steps[0][0], 7]])
    assert lot_view(fresh(draft)).state == LotState.UNSOUND


def test_a_lot_without_starts_takes_back_those_of_before(draft, ada, places):
    drawn(draft, ada, places)
    draw_lot(initiative=fresh(draft), by=ada, touchpoints=places, takes=3)
    row = fresh(draft)
    assert row.plan.starts == {}
    assert "starts" not in plan_content(row, row.plan)


# --- the study ----------------------------------------------------------------------------------------------

WEEKS, FIRST = 78, 48


@pytest.fixture
def stepped(organization, ada, settings):
    """An initiative that eight touchpoints got in four steps by lot, with answers; the effect is 15."""
    known = live_initiative(organization, ada, comparisons=0, further=0, is_fixed=False, weeks=2)
    row = known.initiative
    points = [touchpoint_of(organization, f"branch-{n}") for n in range(8)]
    Initiative.objects.filter(pk=row.pk).update(state=InitiativeState.DRAFT, went_live_on=None)
    first = FIRST_MONDAY + timedelta(weeks=FIRST)
    seed = "5" * 64
    lot_of(row, ada, points, first, seed)
    row = fresh(row)
    plan, rng = row.plan, np.random.default_rng(17)
    for n, point in enumerate(points):
        start = (date.fromisoformat(plan.starts[point.key]) - FIRST_MONDAY).days // 7
        simulate_nps(
            plan.metric, point, rng=rng, weeks=WEEKS, start=start, change=15.0, answers=150, baseline=15 + n
        )
    plan.fixed_content = plan_content(row, plan)
    plan.fixed_digest = digest_of(plan.fixed_content, version=1)
    plan.save()
    row.state, row.went_live_on = InitiativeState.LIVE, first
    row.save()
    return row


def lot_of(row, ada, points, first, seed):
    """As the service draws, on days that are past."""
    from coalition.lots import drawn_of
    from coalition.services.lots import _follow

    keys = {point.key: point for point in points}
    steps = [[(first + timedelta(weeks=6 * step)).isoformat(), 2] for step in range(4)]
    lot = TouchpointLot.objects.create(
        initiative=row,
        touchpoints=[[key, keys[key].name] for key in sorted(keys)],
        takes=8,
        steps=steps,
        list_digest=list_digest(keys, 8, steps),
        seed=seed,
        drawn=drawn_of(list(keys), takes=8, seed=seed),
        by=ada,
    )
    _follow(row, fresh(row).plan, lot, keys)


def run(row, ada, days=0) -> Study:
    cutoff = FIRST_MONDAY + timedelta(weeks=WEEKS, days=days) - timedelta(days=1)
    study = request_study(initiative=row, by=ada, data_cutoff=cutoff)
    assert execute_study(study=study)
    study.refresh_from_db()
    return study


def test_starts_that_were_kept_give_grade_a_with_each_start(stepped, ada):
    study = run(stepped, ada)
    assert study.grade == DesignGrade.A
    assert study.finding["method"] == "staggered_difference_in_differences"
    effect = study.finding["effect"]
    assert effect["interval"]["low"] < 15.0 < effect["interval"]["high"]
    assert study.verdict == "supported"
    assert dict(study.inputs["panel"]["treated"]) == stepped.plan.starts
    assert study.inputs["design"]["selection"] == "chance"
    drawn_check = next(one for one in study.finding["diagnostics"] if one["key"] == "reassignment")
    assert dict(drawn_check["figures"])["p"] <= 0.05


def test_a_start_in_another_week_costs_the_grade_and_is_what_counts(stepped, ada):
    plan, key = stepped.plan, next(iter(stepped.plan.starts))
    last = max(plan.starts, key=plan.starts.get)
    day = date.fromisoformat(plan.starts[last])
    same_week = correct_start(
        by=ada, initiative=stepped, key=last, on=day + timedelta(days=3), reason="Training took longer."
    )
    assert lot_view(fresh(same_week)).state == LotState.KEPT
    later = day + timedelta(weeks=3)
    correct_start(by=ada, initiative=stepped, key=last, on=later, reason="The branch was closed.")
    row = fresh(stepped)
    assert lot_view(row).state == LotState.LEFT
    assert actual_starts(row, row.plan.fixed_content)[last] == later
    study = run(row, ada)
    assert study.grade == DesignGrade.B
    assert dict(study.inputs["panel"]["treated"])[last] == later.isoformat()
    assert dict(study.inputs["panel"]["treated"])[key] == plan.starts[key]
    assert row.plan.fixed_content["starts"] == stepped.plan.fixed_content["starts"]  # what was drawn stays


def test_a_start_moved_after_a_result_lowers_the_grade_once_more(stepped, ada):
    assert run(stepped, ada).grade == DesignGrade.A
    last = max(stepped.plan.starts, key=stepped.plan.starts.get)
    later = date.fromisoformat(stepped.plan.starts[last]) + timedelta(weeks=3)
    correct_start(by=ada, initiative=stepped, key=last, on=later, reason="The branch was closed.")
    study = run(fresh(stepped), ada, days=7)
    assert study.inputs["design"]["go_live_moved_after_result"] is True
    assert study.grade == DesignGrade.C


def test_a_go_live_in_another_week_than_the_first_start_is_no_kept_lot(stepped):
    later = stepped.went_live_on + timedelta(weeks=1)
    Initiative.objects.filter(pk=stepped.pk).update(went_live_on=later)
    row = fresh(stepped)
    assert lot_view(row).state == LotState.LEFT
    starts = actual_starts(row, row.plan.fixed_content)
    assert min(starts.values()) == later


def test_a_go_live_after_a_recorded_start_is_refused_with_that_start(stepped, ada):
    """A touchpoint that is recorded to have started cannot have got the initiative before its go-live."""
    plan = stepped.plan
    last = max(plan.starts, key=plan.starts.get)
    recorded = stepped.went_live_on + timedelta(days=1)
    correct_start(by=ada, initiative=stepped, key=last, on=recorded, reason="It was ready early.")
    with pytest.raises(InvalidValues) as refused:
        correct_go_live(
            by=ada, initiative=fresh(stepped), on=recorded + timedelta(days=1), reason="Typed wrongly."
        )
    name = stepped.touchpoints.get(key=last).name
    assert list(refused.value.fields) == ["on"]
    assert f"started before that: {name} (" in refused.value.fields["on"]
    assert fresh(stepped).went_live_on == stepped.went_live_on
    row = correct_go_live(by=ada, initiative=fresh(stepped), on=recorded, reason="Typed wrongly.")
    starts = actual_starts(row, row.plan.fixed_content)
    assert min(starts.values()) == starts[last] == recorded
    correct_start(  # the way out that the refusal names
        by=ada, initiative=fresh(row), key=last, on=recorded + timedelta(days=3), reason="So it was."
    )
    moved = correct_go_live(
        by=ada, initiative=fresh(row), on=recorded + timedelta(days=2), reason="So it was."
    )
    assert min(actual_starts(moved, moved.plan.fixed_content).values()) == moved.went_live_on


def test_wrong_starts_are_refused_by_name(stepped, ada, draft):
    key = max(stepped.plan.starts, key=stepped.plan.starts.get)
    day = date.fromisoformat(stepped.plan.starts[key])
    for wrong, name in (
        ({"key": "elsewhere", "on": day}, "touchpoint"),
        ({"key": key, "on": day}, "on"),
        ({"key": key, "on": stepped.went_live_on - timedelta(days=1)}, "on"),
        ({"key": key, "on": stepped.organization.clock.today() + timedelta(days=1)}, "on"),
    ):
        with pytest.raises(InvalidValues) as refused:
            correct_start(by=ada, initiative=stepped, reason="Why.", **wrong)
        assert list(refused.value.fields) == [name]
    with pytest.raises(InvalidValues) as refused:
        correct_start(by=ada, initiative=stepped, key=key, on=day + timedelta(days=1), reason=" ")
    assert list(refused.value.fields) == ["reason"]
    with pytest.raises(TransitionNotAllowed):
        correct_start(by=ada, initiative=draft, key=key, on=day, reason="Why.")


def test_before_the_vote_the_page_says_grade_a(stepped):
    """The same plan while it is a draft: what could be detected is told by the method of steps."""
    review = FIRST_MONDAY + timedelta(weeks=WEEKS)
    EvaluationPlan.objects.filter(initiative=stepped).update(
        fixed_content=None, review_on=review, baseline_from=FIRST_MONDAY
    )
    found = visibility(fresh(stepped))
    assert (found.grade, found.method) == ("A", "staggered_difference_in_differences")
    assert found.smallest is not None


# --- doors --------------------------------------------------------------------------------------------------


def test_the_pages_draw_starts_and_take_another_day(stepped, draft, ada, places, client_of):
    browser, slug = client_of(ada), ada.organization.slug
    address = reverse("coalition:lot_draw", args=[slug, draft.number])
    page = browser.get(address)
    hidden = {field.html_name: field.value() for field in page.context["form"].hidden_fields()}
    typed = {"touchpoints": [point.pk for point in places], "takes": "7", "decides": "when", **hidden}
    missing = browser.post(address, typed)
    assert missing.status_code == 422
    assert {"first", "steps"} <= missing.context["form"].errors.keys()
    sent = {**typed, "first": monday(draft).isoformat(), "steps": "3", "periods": "1"}
    answer = browser.post(address, sent, follow=True)
    assert b"Starts drawn by lot on" in answer.content
    assert TouchpointLot.objects.get(initiative=draft).steps[1][1] == 2
    start = reverse("coalition:start_edit", args=[slug, stepped.number])
    key = max(stepped.plan.starts, key=stepped.plan.starts.get)
    later = (date.fromisoformat(stepped.plan.starts[key]) + timedelta(weeks=3)).isoformat()
    wrong = browser.post(start, {"touchpoint": key, "on": later, "reason": ""})
    assert wrong.status_code == 422
    done = browser.post(start, {"touchpoint": key, "on": later, "reason": "Closed."}, follow=True)
    assert b"A touchpoint started in another period than the" in done.content
    assert b"Start of a touchpoint" in done.content
    assert browser.get(reverse("coalition:start_edit", args=[slug, draft.number])).status_code == 409


def test_the_api_draws_starts_and_takes_another_day(stepped, draft, ada, places, api_of):
    client, base = api_of(ada), f"/api/v1/o/{ada.organization.slug}/initiatives"
    sent = {
        "touchpoints": [point.key for point in places],
        "takes": 7,
        "steps": {"first": monday(draft).isoformat(), "count": 3},
    }
    made = client.post(f"{base}/{draft.number}/lots/", sent, format="json")
    assert made.status_code == 201
    assert [count for _day, count in made.json()["steps"]] == [3, 2, 2]
    starts = client.get(f"{base}/{stepped.number}/starts/").json()
    assert {one["touchpoint"]: one["on"] for one in starts} == stepped.plan.starts
    key = max(stepped.plan.starts, key=stepped.plan.starts.get)
    later = (date.fromisoformat(stepped.plan.starts[key]) + timedelta(weeks=3)).isoformat()
    told = client.post(
        f"{base}/{stepped.number}/starts/",
        {"touchpoint": key, "on": later, "reason": "Closed."},
        format="json",
    )
    assert {one["touchpoint"]: one["on"] for one in told.json()}[key] == later
    assert client.get(f"{base}/{draft.number}/starts/").json() == []
