"""What the pages promise: the next step on top, honest labels, one id once, headings in order."""

import re
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from coalition import selectors, services
from coalition.choices import InitiativeState
from coalition.forms import AmendForm, CharterForm, InitiativeForm, MilestoneForm, PlanForm, VoteForm
from coalition.models import Coalition, Initiative
from customer_voice.models import MetricDefinition
from impact.forms import ReviewForm
from tests.factories.coalition import (
    EvaluationPlanFactory,
    InitiativeFactory,
    approved,
    cast,
    ready_initiative,
    submitted,
)
from tests.factories.customer_voice import MetricDefinitionFactory
from tests.factories.impact import finished_study, live_initiative

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]


def url(name, initiative, *args):
    return reverse(f"coalition:{name}", args=[initiative.organization.slug, initiative.number, *args])


def first_screen(client, initiative):
    """The page's text from its heading to the end of the next step."""
    text = client.get(url("initiative_detail", initiative)).text
    start = text.index('<div class="next-step')
    return text[start : text.index('<div class="split">')]


def note_beside(form, name):
    """What stands beside a label: "optional", "needed for the vote", or nothing."""
    found = re.search(r'<span class="optional">(.*?)</span>', form[name].as_field_group())
    return found.group(1) if found else ""


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("draft", "Submit to the coalition"),
        ("changes_requested", "Submit to the coalition"),
        ("no_decision", "Submit to the coalition"),
        ("approved", "Start the work"),
        ("in_progress", "Record the go-live"),
        ("live", "The work is complete"),
        ("completed", "Look at the evidence"),
        ("on_hold", "Resume"),
        ("rejected", "Reopen as a draft"),
    ],
)
def test_the_owner_finds_the_next_step_on_top(state, words, ada, client_of):
    initiative = ready_initiative(ada, state=state)
    if state in {"live", "completed"}:
        Initiative.objects.update(went_live_on=timezone.localdate())
    assert words in first_screen(client_of(ada), initiative)


def test_a_voter_finds_the_vote_on_top_and_others_that_nothing_waits_for_them(
    ada, ben, cleo, seats, client_of
):
    initiative = submitted(ada)
    assert "Read and vote" in first_screen(client_of(ben), initiative)
    assert "Nothing for you to do here now." in first_screen(client_of(cleo), initiative)
    cast(initiative, seats[0])
    after = first_screen(client_of(ben), initiative)
    assert "Read and vote" not in after
    assert "Nothing for you to do here now." in after


def test_who_may_not_start_the_work_is_not_offered_it(ada, cleo, client_of):
    shown = first_screen(client_of(cleo), ready_initiative(ada, state="approved"))
    assert "<button" not in shown
    assert "Ada" in shown


def test_saving_the_plan_leads_to_the_next_step(ada, client_of):
    initiative = ready_initiative(ada)
    plan = initiative.plan
    page = client_of(ada).post(
        url("plan_edit", initiative),
        {
            "metric": plan.metric_id,
            "direction": "up",
            "expected_effect": "6.5",
            "smallest_worthwhile_effect": "3",
            "selection": "chance",
            "period": "week",
            "lag_periods": "1",
            "baseline_from": plan.baseline_from.isoformat(),
            "review_on": plan.review_on.isoformat(),
            "decision_rule": "Stop",
        },
        follow=True,
    )
    assert page.redirect_chain[-1][0] == url("initiative_detail", initiative)
    assert "Submit to the coalition" in page.text


def test_labels_say_what_the_vote_needs(ada):
    """By hand, and the same names as the refusal to submit gives."""
    organization = ada.organization
    initiative = InitiativeFactory(organization=organization, owner=ada)
    form, plan = InitiativeForm(organization=organization), plan_form(initiative)
    needed = {name for name in form.fields if note_beside(form, name) == "needed for the vote"}
    assert needed == {"problem", "proposal", "touchpoints", "planned_go_live_on"}
    needed = {name for name in plan.fields if note_beside(plan, name) == "needed for the vote"}
    assert needed == {"baseline_from", "review_on", "expected_effect", "decision_rule"}
    optional = {name for name in form.fields if note_beside(form, name) == "optional"}
    assert optional == {"expected_benefit", "effort_days"}
    optional = {name for name in plan.fields if note_beside(plan, name) == "optional"}
    assert optional == {
        "comparison_touchpoints",
        "spillover_touchpoints",
        "unmoved_metric",
        "segment",
        "selected_from",
        "selected_until",
    }


def plan_form(initiative):
    return PlanForm(organization=initiative.organization, initiative=initiative, plan=None)


def test_no_metric_is_chosen_for_whoever_plans(ada):
    """The first in the list is no choice that anybody made; one without answers says so."""
    organization = ada.organization
    MetricDefinitionFactory(organization=organization, key="csat_5", name="Satisfaction")
    initiative = InitiativeFactory(organization=organization, owner=ada)
    shown = str(plan_form(initiative)["metric"])
    assert '<option value="" selected>Choose a metric</option>' in shown
    assert shown.count(" selected>") == 1
    assert "Satisfaction (no answers yet)" in shown
    MetricDefinition.objects.update(data_until=timezone.now())
    assert ">Satisfaction</option>" in str(plan_form(initiative)["metric"])
    plan = EvaluationPlanFactory(initiative=initiative, metric=MetricDefinition.objects.get())
    kept = PlanForm(organization=organization, initiative=initiative, plan=plan)
    assert f'<option value="{plan.metric_id}" selected>Satisfaction</option>' in str(kept["metric"])


def test_a_box_to_tick_stands_before_its_words(ada):
    """Also the one that refuses what is neither yes nor no."""
    initiative = InitiativeFactory(organization=ada.organization, owner=ada)
    shown = plan_form(initiative)["is_seasonal"].as_field_group()
    assert shown.index("<input") < shown.index("This metric has a yearly season")


def test_labels_say_when_a_comment_is_needed():
    assert note_beside(VoteForm(seats=()), "comment") == "needed to ask for changes or to reject"
    assert note_beside(ReviewForm(), "comment") == "needed to dispute"
    assert note_beside(MilestoneForm(needs_reason=True), "reason") == ""
    assert note_beside(CharterForm(), "early_end") == ""
    assert note_beside(CharterForm(), "charter") == "optional"


@pytest.mark.parametrize("state", ["changes_requested", "approved", "in_progress", "live", "completed"])
def test_no_id_stands_twice_on_an_initiative(state, ada, seats, client_of):
    initiative = ready_initiative(ada, state=state)
    if state in {"live", "completed"}:
        Initiative.objects.update(went_live_on=timezone.localdate())
    ids = Counter(
        re.findall(r'\sid="([^"]+)"', client_of(ada).get(url("initiative_detail", initiative)).text)
    )
    assert [name for name, count in ids.items() if count > 1] == []


def test_states_before_and_after_are_no_days_in_chinese(ada, seats, client_of):
    """The trail's filter says from which day to which; the history, from which state to which."""
    ada.user.language = "zh-hans"
    ada.user.save()
    text = client_of(ada).get(url("initiative_history", submitted(ada))).text
    heads = re.findall(r'<th scope="col">([^<]*)</th>', text)
    assert heads[:3] == ["时间", "原状态", "新状态"]


@pytest.mark.parametrize("name", ["vote", "initiative_detail", "initiative_history"])
def test_headings_skip_no_level(name, ada, ben, seats, client_of):
    text = client_of(ben).get(url(name, submitted(ada))).text
    levels = [int(level) for level in re.findall(r"<h([1-6])[\s>]", text[text.index("<main") :])]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_vote_page_shows_benefit_and_effort_beside_the_cost(ada, ben, seats, client_of):
    initiative = submitted(ada, expected_benefit=Decimal(260000), effort_days=90)
    text = client_of(ben).get(url("vote", initiative)).text
    for words in ("EUR\u00a020,000", "EUR\u00a048,000", "EUR\u00a0260,000", "90 person-days"):
        assert words in text
    silent = submitted(ada)
    assert client_of(ben).get(url("vote", silent)).text.count("not stated") == 2


def test_where_to_record_what_is_live_already_is_said_first(ada, client_of):
    client = client_of(ada)
    page = client.get(reverse("coalition:initiative_create", args=[ada.organization.slug])).text
    assert "Is it live already? Record it afterwards." in page
    draft = InitiativeFactory(organization=ada.organization, owner=ada)
    assert "It can go live only after its approval" in first_screen(client, draft)
    ready = ready_initiative(ada)
    assert "It can go live only after its approval" in first_screen(client, ready)


def test_owner_and_schedule_change_on_their_page_once_the_work_has_begun(ada, ben, seats, client_of):
    initiative, client = approved(ada), client_of(ada)
    services.move_initiative(by=ada, initiative=initiative, to=InitiativeState.IN_PROGRESS)
    initiative.refresh_from_db()
    page = client.get(url("initiative_edit", initiative)).text
    assert 'name="owner"' in page
    assert 'name="title"' not in page
    later = (initiative.planned_go_live_on + timedelta(days=3)).isoformat()
    sent = {"owner": ben.pk, "planned_go_live_on": later}
    refused = client.post(url("initiative_edit", initiative), sent)
    assert refused.status_code == 422
    done = client.post(url("initiative_edit", initiative), {**sent, "reason": "New team"}, follow=True)
    assert "Changed since the approval" in done.text
    assert "New team" in done.text
    assert "New team" in client.get(url("initiative_history", initiative)).text
    assert set(AmendForm(organization=ada.organization, initiative=initiative).fields) == {
        "owner",
        "planned_go_live_on",
        "reason",
    }


def test_go_live_is_corrected_on_the_page(ada, seats, client_of):
    initiative, client, today = approved(ada), client_of(ada), timezone.localdate()
    initiative.decisions.update(decided_at=timezone.now() - timedelta(days=9))
    address = url("initiative_go_live", initiative)
    assert client.post(address, {"on": (today - timedelta(days=2)).isoformat()}).status_code == 302
    right = today - timedelta(days=4)
    refused = client.post(address, {"on": right.isoformat()})
    assert refused.status_code == 422
    assert "Why was the day wrong?" in refused.text
    assert client.post(address, {"on": right.isoformat(), "reason": "Typo"}).status_code == 302
    assert Initiative.objects.get().went_live_on == right


def test_a_study_made_before_a_correction_says_which_day_it_used(organization, ada, client_of):
    live = live_initiative(organization, ada)
    finished_study(live, ada)
    initiative = live.initiative
    address = reverse("impact:initiative_impact", args=[organization.slug, initiative.number])
    assert "The day was corrected" not in client_of(ada).get(address).text
    right = initiative.went_live_on + timedelta(days=7)
    services.correct_go_live(by=ada, initiative=initiative, on=right, reason="A week later")
    page = client_of(ada).get(address).text
    assert f"This study used {date_format(initiative.went_live_on)} as the go-live." in page
    assert f"The day was corrected to {date_format(right)} since" in page


def test_milestones_are_changed_on_their_page(ada, client_of):
    initiative, client = ready_initiative(ada, state="in_progress"), client_of(ada)
    add = url("milestone_create", initiative)
    assert client.post(add, {"title": "Train", "due_on": "2027-01-04"}).status_code == 422
    assert client.post(add, {"title": "Train", "due_on": "2027-01-04", "reason": "New"}).status_code == 302
    step = initiative.milestones.get()
    address = url("milestone_edit", initiative, step.pk)
    assert 'value="Train"' in client.get(address).text
    sent = {"title": "Train all", "due_on": "2027-01-11", "reason": "Ill"}
    assert client.post(address, {**sent, "reason": ""}).status_code == 422
    assert client.post(address, sent).status_code == 302
    assert initiative.milestones.get().title == "Train all"
    remove = url("milestone_remove", initiative, step.pk)
    assert client.post(remove).status_code == 422
    assert client.post(remove, {"reason": "Done by others"}).status_code == 302


def test_board_names_every_state_and_stacks_what_does_not_fit(ada, client_of):
    for state in ("draft", "no_decision", "live", "on_hold"):
        InitiativeFactory(organization=ada.organization, owner=ada, state=state, title=f"One in {state}")
    text = client_of(ada).get(reverse("coalition:initiative_board", args=[ada.organization.slug])).text
    filled, empty = text.split('class="board-empty')
    for label in ("Draft", "No decision", "Live", "On hold"):
        assert f"<h2>{label} <span" in filled
    for label in ("Changes requested", "Waiting for the vote", "Approved", "In progress", "Completed"):
        assert f"<span>{label}</span>" in empty


def test_charter_says_whether_a_vote_ends_early(ada, organization, client_of):
    address, client = reverse("coalition:charter_edit", args=[organization.slug]), client_of(ada)
    sent = {"charter": "", "quorum_pct": "50", "majority_pct": "50", "voting_days": "7"}
    assert client.post(address, sent).status_code == 302
    assert Coalition.objects.get().early_end == "all_voted"
    assert client.post(address, {**sent, "early_end": "certain"}).status_code == 302
    assert client.post(address, sent).status_code == 302  # what is not sent stays
    assert Coalition.objects.get().early_end == "certain"
    assert client.post(address, {**sent, "early_end": "whenever"}).status_code == 422
    page = client.get(reverse("coalition:coalition_detail", args=[organization.slug])).text
    assert "As soon as no open vote can change the outcome" in page
    assert "more than half of the seats that could vote at the opening" in page


def test_forms_offer_as_owner_who_records_progress_and_who_owns_it_already(organization, ada, ben, cleo, fay):
    own = InitiativeFactory(organization=organization, owner=fay)
    assert set(InitiativeForm(organization=organization).fields["owner"].queryset) == {ada, ben}
    edited = InitiativeForm(organization=organization, initiative=own)
    assert set(edited.fields["owner"].queryset) == {ada, ben, fay}
    amended = AmendForm(organization=organization, initiative=own)
    assert set(amended.fields["owner"].queryset) == {ada, ben, fay}


def test_an_owner_who_left_is_not_who_acts_next(ada, ben, client_of):
    initiative = ready_initiative(ben, state="in_progress")
    before = first_screen(client_of(ada), initiative)
    assert ("Ben has left" in before, "a CX leader" in before) == (False, False)
    ben.is_active = False
    ben.save()
    step = selectors.next_step(Initiative.objects.get(pk=initiative.pk))
    assert (step.who, step.by) == ("a CX leader", initiative.planned_go_live_on)
    assert step.sentence.startswith("Ben has left: a CX leader must name a new owner. Roll it out")
    assert "owned by Ben, who has left" in client_of(ada).get(url("initiative_detail", initiative)).text
    listed = reverse("coalition:initiative_list", args=[initiative.organization.slug])
    assert "Ben (has left)" in client_of(ada).get(listed).text


def test_nobody_is_asked_for_a_new_owner_where_the_end_is_reached_or_others_vote(ada, ben, seats, client_of):
    initiative = submitted(ada)
    ada.is_active = False
    ada.save()
    assert "has left" not in selectors.next_step(Initiative.objects.get(pk=initiative.pk)).sentence
    Initiative.objects.update(state="rejected")
    assert "has left" not in selectors.next_step(Initiative.objects.get(pk=initiative.pk)).sentence
