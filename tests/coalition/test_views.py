"""Screens: who sees and does what, refusals, and queries that do not grow."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from coalition import services
from coalition.choices import InitiativeState
from coalition.models import Approval, Coalition, Initiative, Seat
from tests.factories.accounts import BusinessFunctionFactory, MembershipFactory
from tests.factories.assessments import make_result
from tests.factories.coalition import (
    CoalitionFactory,
    InitiativeFactory,
    SeatFactory,
    approved,
    cast,
    ready_initiative,
    seated,
    submitted,
)
from tests.factories.journeys import TouchpointFactory

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]


def url(name, organization, *args):
    return reverse(f"coalition:{name}", args=[organization.slug, *args])


def typed(initiative, **changes):
    return {
        "title": initiative.title,
        "problem": initiative.problem,
        "proposal": initiative.proposal,
        "owner": initiative.owner_id,
        "one_off_cost": "20000",
        "yearly_cost": "48000",
        "planned_go_live_on": initiative.planned_go_live_on.isoformat(),
        "touchpoints": [point.pk for point in initiative.touchpoints.all()],
        **changes,
    }


@pytest.mark.parametrize("name", ["initiative_list", "initiative_board", "waiting", "coalition_detail"])
def test_empty_pages_teach_the_next_step(name, organization, ada, client_of):
    response = client_of(ada).get(url(name, organization))
    assert response.status_code == 200
    assert b"empty-state" in response.content or name == "initiative_board"


@pytest.mark.parametrize(
    "name", ["initiative_detail", "initiative_edit", "plan_edit", "vote", "initiative_history"]
)
def test_stranger_finds_nothing(name, organization, elsewhere, ada, dora, seats, client_of):
    initiative = submitted(ada)
    client = client_of(dora)
    assert client.get(url(name, organization, initiative.number)).status_code == 404
    assert client.get(url(name, elsewhere, initiative.number)).status_code == 404


def test_lesser_role_reads_but_neither_edits_nor_votes(organization, ada, cleo, seats, client_of):
    initiative, client = submitted(ada), client_of(cleo)
    for name in ("initiative_detail", "vote", "initiative_history"):
        assert client.get(url(name, organization, initiative.number)).status_code == 200
    for name in ("initiative_edit", "plan_edit"):
        assert client.get(url(name, organization, initiative.number)).status_code == 403
    for name in ("vote", "initiative_submit", "initiative_withdraw", "initiative_move", "vote_close"):
        assert client.post(url(name, organization, initiative.number)).status_code == 403
    assert client.get(url("seat_create", organization)).status_code == 403


def test_other_members_do_not_edit_what_they_do_not_own(organization, ada, ben, client_of):
    initiative = InitiativeFactory(organization=organization, owner=ada)
    assert client_of(ben).get(url("initiative_edit", organization, initiative.number)).status_code == 403


def test_coalition_is_founded_seated_and_its_gaps_named(organization, ada, ben, client_of):
    client = client_of(ada)
    service = BusinessFunctionFactory(organization=organization, name="Service")
    heard = TouchpointFactory(organization=organization, name="Help chat", owner_function=service)
    TouchpointFactory(organization=organization, name="Store visit")
    page = client.post(
        url("charter_edit", organization),
        {"charter": "We decide.", "quorum_pct": "60", "majority_pct": "50", "voting_days": "5"},
    )
    assert page.status_code == 302
    assert Coalition.objects.get().quorum_share == Decimal("0.60")
    page = client.post(
        url("seat_create", organization),
        {"membership": ben.pk, "title": "Head of service", "function": service.pk, "has_vote": "on"},
    )
    assert page.status_code == 302
    page = client.get(url("coalition_detail", organization))
    assert "No one represents Store visit." in page.text
    assert heard.name in page.text
    page = client.post(url("seat_create", organization), {"membership": ben.pk, "title": "Again"})
    assert page.status_code == 409
    assert "has a seat already" in page.text


def test_contributor_gets_no_voting_seat(organization, ada, cleo, client_of):
    CoalitionFactory(organization=organization)
    page = client_of(ada).post(
        url("seat_create", organization), {"membership": cleo.pk, "title": "Clerk", "has_vote": "on"}
    )
    assert page.status_code == 422
    assert "does not allow voting" in page.text
    assert not Seat.objects.exists()


def test_who_cannot_vote_is_offered_for_a_seat_without_a_vote_only(organization, ada, ben, cleo, client_of):
    CoalitionFactory(organization=organization)
    page = client_of(ada).get(url("seat_create", organization))
    able, (label, others) = (
        page.context["form"].fields["membership"].choices[1:-1],
        page.context["form"].fields["membership"].choices[-1],
    )
    assert {pk for pk, _name in able} == {ada.pk, ben.pk}
    assert label == "Cannot vote: only for a seat without a vote"
    assert others == [(cleo.pk, f"{cleo.user} (Contributor)")]
    assert "These may not: Administrator, Contributor, Auditor." in page.text
    typed_for_her = {"membership": cleo.pk, "title": "Clerk", "starts_on": "2026-01-01"}
    assert client_of(ada).post(url("seat_create", organization), typed_for_her).status_code == 302


def test_seat_is_changed_and_ended(organization, ada, seats, client_of):
    client, seat = client_of(ada), seats[1]
    page = client.post(
        url("seat_edit", organization, seat.pk),
        {
            "membership": seat.membership_id,
            "title": "Head of sales",
            "is_chair": "on",
            "has_vote": "on",
            "starts_on": seat.starts_on.isoformat(),
        },
    )
    assert page.status_code == 302
    assert list(Seat.objects.filter(is_chair=True)) == [seat]
    client.post(url("seat_end", organization, seat.pk))
    seat.refresh_from_db()
    assert seat.ends_on == timezone.localdate()


def seen_on(page):
    """What the page carries about what it has shown."""
    return re.search(r'name="seen" value="([^"]*)"', page.text)[1]


def test_a_draft_that_two_people_edit_keeps_the_words_of_both(organization, ada, ben, client_of):
    page = client_of(ada).post(
        url("initiative_create", organization),
        {"title": "Welcome call", "owner": ben.pk, "one_off_cost": "0", "yearly_cost": "0"},
    )
    initiative = Initiative.objects.get()
    assert page.url == url("plan_edit", organization, initiative.number)
    address = url("initiative_edit", organization, initiative.number)
    shown = {"title": "Welcome call", "owner": ben.pk, "one_off_cost": "0", "yearly_cost": "0"}
    adas, bens = client_of(ada), client_of(ben)
    of_ada, of_ben = (seen_on(client.get(address)) for client in (adas, bens))
    assert adas.post(address, {**shown, "one_off_cost": "700", "seen": of_ada}).status_code == 302
    # ben has left the cost as it was shown to him: Ada's stays
    assert bens.post(address, {**shown, "title": "Ben's title", "seen": of_ben}).status_code == 302
    initiative.refresh_from_db()
    assert (initiative.title, initiative.one_off_cost) == ("Ben's title", 700)
    # what both have changed is told once, and saved again on purpose
    both = {**shown, "one_off_cost": "700", "title": "Ada's title"}
    refused = adas.post(address, {**both, "seen": of_ada})
    assert refused.status_code == 422
    assert "Ada&#x27;s title" in refused.text
    assert "Ben changed this while you were writing. Stored now: Ben&#x27;s title." in refused.text
    initiative.refresh_from_db()
    assert initiative.title == "Ben's title"
    assert adas.post(address, {**both, "seen": seen_on(refused)}).status_code == 302
    initiative.refresh_from_db()
    assert initiative.title == "Ada's title"


def test_a_plan_that_two_people_edit_keeps_what_either_left_alone(organization, ada, client_of):
    initiative = ready_initiative(ada)
    plan, address = initiative.plan, url("plan_edit", organization, initiative.number)
    shown = {
        "metric": plan.metric_id,
        "direction": plan.direction,
        "expected_effect": "8",
        "smallest_worthwhile_effect": "4",
        "selection": plan.selection,
        "period": plan.period,
        "lag_periods": str(plan.lag_periods),
        "baseline_from": plan.baseline_from.isoformat(),
        "review_on": plan.review_on.isoformat(),
        "decision_rule": plan.decision_rule,
    }
    maya = MembershipFactory(organization=organization, role=Role.CX_LEADER)
    adas, mayas = client_of(ada), client_of(maya)
    of_ada, of_maya = (seen_on(client.get(address)) for client in (adas, mayas))
    assert adas.post(address, {**shown, "expected_effect": "6.5", "seen": of_ada}).status_code == 302
    assert mayas.post(address, {**shown, "decision_rule": "Stop", "seen": of_maya}).status_code == 302
    plan.refresh_from_db()
    assert (plan.expected_effect, plan.decision_rule) == (Decimal("6.50"), "Stop")


def test_who_corrects_a_go_live_that_was_just_corrected_is_told(organization, ada, seats, client_of):
    initiative = approved(ada)
    initiative.decisions.update(decided_at=timezone.now() - timedelta(days=30))
    today = timezone.localdate()
    services.record_go_live(by=ada, initiative=initiative, on=today - timedelta(days=20))
    initiative.refresh_from_db()
    client = client_of(ada)
    page = client.get(url("initiative_detail", organization, initiative.number))
    form = page.text[page.text.index('id="correction') if 'id="correction' in page.text else 0 :]
    seen = re.search(r'name="seen" value="(on:[^"]*)"', form)[1]
    address = url("initiative_go_live", organization, initiative.number)
    first, second = (today - timedelta(days=days) for days in (15, 10))
    sent = {"reason": "Wrong day", "seen": seen}
    assert client.post(address, {**sent, "on": first.isoformat()}).status_code == 302
    refused = client.post(address, {**sent, "on": second.isoformat()})
    assert refused.status_code == 422
    assert "changed this while you were writing" in refused.text
    initiative.refresh_from_db()
    assert initiative.went_live_on == first


def test_a_change_in_the_very_same_moment_is_refused(organization, ada, client_of, monkeypatch):
    initiative = ready_initiative(ada)
    address = url("initiative_edit", organization, initiative.number)
    client = client_of(ada)
    seen = seen_on(client.get(address))
    real = services.edit_initiative

    def late(**values):
        Initiative.objects.update(lock_version=F("lock_version") + 1, title="From elsewhere")
        return real(**values)

    monkeypatch.setattr("coalition.views.initiatives.services.edit_initiative", late)
    refused = client.post(address, typed(initiative, title="Mine", seen=seen))
    assert refused.status_code == 409
    assert "Stored now: From elsewhere" in refused.text
    assert Initiative.objects.get().title == "From elsewhere"


def test_wrong_values_come_back_with_everything_typed(organization, ada, client_of):
    page = client_of(ada).post(
        url("initiative_create", organization),
        {
            "title": "x" * 141,
            "problem": "<b>kept</b>",
            "owner": ada.pk,
            "one_off_cost": "-1",
            "yearly_cost": "",
        },
    )
    assert page.status_code == 422
    assert "&lt;b&gt;kept&lt;/b&gt;" in page.text


def test_opportunity_becomes_a_draft_in_one_click(organization, ada, dora, client_of):
    result, address = make_result(ada), url("initiative_from_opportunity", organization)
    client = client_of(ada)
    page = client.post(address, {"result": result.pk, "practice": "ask"})
    assert page.url == url("initiative_detail", organization, Initiative.objects.get().number)
    assert client.post(address, {"result": "nonsense", "practice": "ask"}).status_code == 404
    foreign = url("initiative_from_opportunity", dora.organization)
    assert client_of(dora).post(foreign, {"result": result.pk, "practice": "ask"}).status_code == 404


def test_plan_is_written_on_its_page(organization, ada, client_of):
    initiative = ready_initiative(ada)
    page = client_of(ada).post(
        url("plan_edit", organization, initiative.number),
        {
            "metric": initiative.plan.metric_id,
            "direction": "up",
            "expected_effect": "6.5",
            "smallest_worthwhile_effect": "3",
            "selection": "chance",
            "period": "week",
            "lag_periods": "1",
            "baseline_from": initiative.plan.baseline_from.isoformat(),
            "review_on": initiative.plan.review_on.isoformat(),
            "decision_rule": "Stop",
        },
    )
    assert page.status_code == 302
    initiative.plan.refresh_from_db()
    assert (initiative.plan.expected_effect, initiative.plan.selection) == (Decimal("6.50"), "chance")


def test_submit_and_vote_through_the_pages(organization, ada, ben, seats, client_of):
    initiative = ready_initiative(ada)
    page = client_of(ada).post(url("initiative_submit", organization, initiative.number))
    assert page.status_code == 302
    client, address = client_of(ben), url("vote", organization, initiative.number)
    page = client.get(address)
    digest = initiative.revisions.get().digest
    assert digest in page.text
    assert "Could we detect the effect?" in page.text
    assert "0 of 3 have voted; at least 2 more needed for a decision" in page.text
    page = client.post(address, {"choice": "reject", "revision_digest": digest})
    assert page.status_code == 422
    assert "Give a reason" in page.text
    page = client.post(address, {"choice": "approve", "revision_digest": digest}, follow=True)
    assert "1 of 3 have voted; at least 1 more needed for a decision" in page.text
    assert Approval.objects.get().cast_by == ben


def test_vote_on_a_changed_version_answers_409_and_records_nothing(organization, ada, ben, seats, client_of):
    initiative = submitted(ada)
    page = client_of(ben).post(
        url("vote", organization, initiative.number), {"choice": "approve", "revision_digest": "0" * 64}
    )
    assert page.status_code == 409
    assert "was not recorded" in page.text
    assert not Approval.objects.exists()


def test_owner_sees_why_they_do_not_vote(organization, ben, seats, client_of):
    initiative = submitted(ben)
    client, address = client_of(ben), url("vote", organization, initiative.number)
    assert "so you do not vote on it" in client.get(address).text
    digest = initiative.revisions.get().digest
    page = client.post(address, {"choice": "approve", "revision_digest": digest})
    assert page.status_code == 403
    assert not Approval.objects.exists()


def test_split_vote_is_shown_with_its_comments(organization, ada, cleo, seats, client_of):
    initiative = submitted(ada)
    cast(initiative, seats[0])
    cast(initiative, seats[1], "reject", "<script>alert(1)</script>")
    cast(initiative, seats[2])
    page = client_of(cleo).get(url("initiative_detail", organization, initiative.number))
    assert "2 for, 1 against" in page.text
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text


def test_closed_vote_leads_to_the_initiative(organization, ada, seats, client_of):
    initiative = approved(ada)
    page = client_of(ada).get(url("vote", organization, initiative.number))
    assert page.url == url("initiative_detail", organization, initiative.number)


def test_go_live_of_tomorrow_is_refused_on_the_page(organization, ada, seats, client_of):
    initiative, client = approved(ada), client_of(ada)
    address = url("initiative_go_live", organization, initiative.number)
    page = client.post(address, {"on": "2999-01-01"})
    assert page.status_code == 422
    assert "is in the future" in page.text
    assert client.post(address, {"on": timezone.localdate().isoformat()}).status_code == 302
    page = client.get(url("initiative_detail", organization, initiative.number))
    assert "Evidence and value" in page.text


def test_small_forms_of_the_page(organization, ada, client_of):
    initiative, client = ready_initiative(ada), client_of(ada)
    add = url("milestone_create", organization, initiative.number)
    assert client.post(add, {"title": "", "due_on": "soon"}).status_code == 422
    assert client.post(add, {"title": "Train", "due_on": "2027-01-04"}).status_code == 302
    step = initiative.milestones.get()
    assert client.post(url("milestone_done", organization, initiative.number, step.pk)).status_code == 302
    assert client.post(url("milestone_done", organization, initiative.number, 999)).status_code == 404
    assert client.post(url("milestone_remove", organization, initiative.number, step.pk)).status_code == 302
    report = url("update_create", organization, initiative.number)
    assert client.post(report, {"color": "green", "text": "All well"}).status_code == 302
    move = url("initiative_move", organization, initiative.number)
    assert client.post(move, {"to": "cancelled"}).status_code == 422
    assert client.post(move, {"to": "cancelled", "note": "No budget"}).status_code == 302
    assert Initiative.objects.get().state == InitiativeState.CANCELLED
    assert "No budget" in client.get(url("initiative_history", organization, initiative.number)).text


def test_content_in_the_vote_is_not_edited_on_the_page(organization, ada, seats, client_of):
    initiative = submitted(ada)
    page = client_of(ada).post(
        url("initiative_edit", organization, initiative.number), typed(initiative, title="Other", reason="x")
    )
    assert page.status_code == 409
    assert "Withdraw it from the vote" in page.text


def test_a_page_that_is_not_possible_leads_to_what_it_is_about(organization, ada, seats, client_of):
    initiative = submitted(ada)
    page = client_of(ada).get(url("plan_edit", organization, initiative.number))
    assert page.status_code == 409
    about = url("initiative_detail", organization, initiative.number)
    assert f'<a class="btn btn-primary" href="{about}">' in page.text
    came = client_of(ada).get(
        url("plan_edit", organization, initiative.number), headers={"referer": "http://testserver/x/"}
    )
    assert 'href="http://testserver/x/"' in came.text


def test_list_filters_searches_sorts_and_pages(organization, ada, ben, client_of):
    for number in range(30):
        InitiativeFactory(organization=organization, owner=ada, number=number + 1)
    InitiativeFactory(
        organization=organization, owner=ben, number=77, title="Two-hour window", problem="Waiting"
    )
    client, address = client_of(ada), url("initiative_list", organization)
    assert "INI-77" in client.get(address, {"q": "window"}).text
    assert "INI-30" not in client.get(address, {"q": "window"}).text
    assert "INI-77" in client.get(address, {"q": "ini-77"}).text
    assert "INI-77" in client.get(address, {"owner": ben.pk}).text
    assert "Nothing matches" in client.get(address, {"state": "live"}).text
    assert client.get(address, {"page": "2", "sort": "title"}).status_code == 200
    assert client.get(address, {"page": "999", "state": "wrong", "owner": "x"}).status_code == 200


@pytest.mark.parametrize("name", ["initiative_list", "initiative_board", "waiting", "coalition_detail"])
def test_queries_do_not_grow_with_rows(name, organization, ada, ben, client_of):
    coalition = CoalitionFactory(organization=organization)
    SeatFactory(coalition=coalition, membership=ben)
    client, address = client_of(ben), url(name, organization)

    def more(count):
        for _number in range(count):
            SeatFactory(coalition=coalition)
            services.submit_initiative(by=ada, initiative=ready_initiative(ada))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    assert more(2) == more(5)


def test_queries_of_one_initiative_do_not_grow_with_votes(organization, ada, client_of):
    seats = seated(organization, 9, quorum_share=Decimal(1))
    initiative, client = submitted(ada), client_of(ada)
    address = url("initiative_detail", organization, initiative.number)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return len(captured)

    cast(initiative, seats[0])
    first = queries()
    for seat in seats[1:4]:
        cast(initiative, seat)
    assert queries() == first
