"""Votes settle when the electorate changes or the day ends; nobody has to press a button."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from accounts.choices import Role
from accounts.models import AuditEvent, EventDelivery, Membership
from accounts.services import change_member, deactivate_member, emit, erase_person
from coalition import selectors, services
from coalition.choices import InitiativeState, Outcome
from coalition.errors import (
    NotAVoter,
    NotEditable,
    TransitionNotAllowed,
    UnchangedContent,
    VersionChanged,
    VoteClosed,
)
from coalition.models import Approval, Decision, Initiative, Seat
from common.outbox import deliver
from tests.factories.coalition import approved, cast, seated, submitted

pytestmark = pytest.mark.django_db


def gone(member):
    """The person is deactivated; what the worker does about it follows."""
    member.is_active = False
    member.save()
    services.release_seats_of(member)


def outcome_of(initiative):
    decision = Decision.objects.get(initiative=initiative)
    initiative.refresh_from_db()
    return initiative.state, decision.outcome, decision.ending


def overdue(initiative, days=1):
    """Its last day was `days` ago."""
    initiative.rounds.update(due_on=timezone.localdate() - timedelta(days=days))


def test_v1_everybody_abstains_and_nothing_is_decided(ada, organization):
    seats = seated(organization, 5)
    initiative = submitted(ada)
    for seat in seats:
        cast(initiative, seat, "abstain")
    assert outcome_of(initiative) == ("no_decision", "no_decision", "all_voted")
    assert "Everyone who voted abstained." in selectors.next_step(initiative).sentence


@pytest.mark.parametrize("how", ["deactivated", "seat ended"])
def test_v4_the_vote_is_decided_two_of_two_when_the_third_voter_leaves(ada, organization, how):
    seats = seated(organization, 3, quorum_share=Decimal(1))
    initiative = submitted(ada)
    cast(initiative, seats[0])
    assert cast(initiative, seats[1]).sentence == "2 of 3 have voted; at least 1 more needed for a decision"
    if how == "deactivated":
        gone(seats[2].membership)
    else:
        services.end_seat(by=ada, seat=seats[2], accepts_consequences=True)
    assert outcome_of(initiative) == ("approved", "approved", "all_voted")
    (standing,) = selectors.closed_rounds(initiative)
    assert standing.sentence == "2 of 2 have voted"
    assert Initiative.objects.get().plan.fixed_digest
    services.end_seat(by=ada, seat=seats[2])  # once more: nothing happens
    assert Decision.objects.count() == 1


def test_v5_a_proposal_under_vote_is_not_edited_and_votes_do_not_carry_over(ada, seats):
    initiative = submitted(ada)
    seen = initiative.revisions.first().digest
    cast(initiative, seats[0], "reject", "No")
    cast(initiative, seats[0], "approve")
    values = services.InitiativeValues(
        title="Other", owner=ada, touchpoints=tuple(initiative.touchpoints.all()), problem="p", proposal="q"
    )
    with pytest.raises(NotEditable) as refusal:
        services.edit_initiative(by=ada, initiative=initiative, values=values, lock_version=1)
    assert "Withdraw it from the vote" in str(refusal.value)
    services.withdraw_initiative(by=ada, initiative=initiative)
    initiative.refresh_from_db()
    values = services.InitiativeValues(
        title="Other",
        owner=ada,
        touchpoints=tuple(initiative.touchpoints.all()),
        problem="p",
        proposal="q",
        planned_go_live_on=initiative.planned_go_live_on,
    )
    services.edit_initiative(by=ada, initiative=initiative, values=values, lock_version=1)
    services.submit_initiative(by=ada, initiative=initiative)
    standing = selectors.round_standing(selectors.round_of(initiative))
    assert (standing.tally.present, standing.tally.eligible) == (0, 3)
    with pytest.raises(VersionChanged):
        services.cast_vote(
            by=seats[0].membership, initiative=initiative, choice="approve", revision_digest=seen
        )


def test_three_of_five_deactivated_end_the_vote_without_a_decision(
    ada, organization, mailoutbox, django_capture_on_commit_callbacks
):
    seats = seated(organization, 5)
    initiative = submitted(ada)
    for seat in seats[:2]:
        cast(initiative, seat)
    with django_capture_on_commit_callbacks(execute=True):
        for seat in seats[2:]:
            gone(seat.membership)
    assert outcome_of(initiative) == ("no_decision", "no_decision", "too_few_left")
    letter = mailoutbox[-1]
    assert letter.to == [ada.user.email]
    assert letter.subject.startswith(f"{initiative.reference}: no decision, please submit it again")
    assert "2 seats voted; a decision needs 3. 3 seats left the vote before they had voted." in letter.body
    assert "Submit it again" in letter.body
    change = selectors.history(initiative)[-1]
    assert (change.from_state, change.to_state, change.by) == ("submitted", "no_decision", None)
    assert change.note.startswith("2 seats voted; a decision needs 3.")
    event = AuditEvent.objects.filter(verb="decision.made").get()
    assert (event.after["outcome"], event.after["ending"]) == ("no_decision", "too_few_left")


def test_deactivation_ends_the_seat_unless_an_alternate_stands_in(ada, organization, fay):
    seats = seated(organization, 3)
    seats[0].alternate = fay
    seats[0].save()
    initiative = submitted(ada)
    for seat in seats[:2]:
        gone(seat.membership)
    for seat in seats:
        seat.refresh_from_db()
    assert [seat.ends_on for seat in seats] == [None, timezone.localdate(), None]
    event = AuditEvent.objects.filter(verb="seat.ended").get()
    assert (event.actor, event.after["reason"]) == (None, "person_left")
    digest = initiative.revisions.first().digest
    services.cast_vote(by=fay, initiative=initiative, choice="approve", revision_digest=digest)
    assert cast(initiative, seats[2]).tally.outcome == Outcome.APPROVED
    gone(fay)
    seats[0].refresh_from_db()
    assert seats[0].ends_on == timezone.localdate()


@pytest.mark.parametrize("kind", ["accounts.member_deactivated", "accounts.member_role_changed"])
def test_what_accounts_says_reaches_the_vote(kind, ada, dora, organization):
    seats = seated(organization, 3)
    initiative = submitted(ada)
    for seat in seats[:2]:
        cast(initiative, seat)
    member = seats[2].membership
    if kind == "accounts.member_deactivated":
        member.is_active = False
    else:
        member.role = Role.CONTRIBUTOR
    member.save()
    for _twice in range(2):
        content = {"membership": member.pk}
        emit(kind=kind, organization=organization, subject=member, content=content)
    emit(kind=kind, organization=dora.organization, subject=member, content=content)  # not theirs: nothing
    assert deliver(EventDelivery, now=timezone.now()) == 3
    assert outcome_of(initiative) == ("approved", "approved", "all_voted")
    assert Decision.objects.count() == 1


@pytest.mark.parametrize("leaves", [True, False])
def test_who_leaves_or_loses_the_vote_by_the_settings_no_longer_holds_up_a_vote(leaves, ada, organization):
    """Through the services that the People page calls, and the events that they really send."""
    seats = seated(organization, 3)
    initiative = submitted(ada)
    for seat in seats[:2]:
        cast(initiative, seat)
    member = seats[2].membership
    if leaves:
        deactivate_member(by=ada, member=member, accepts_consequences=True)
    else:
        change_member(by=ada, member=member, role=Role.CONTRIBUTOR, function=None, accepts_consequences=True)
    # a role that changed has two readers: votes, and letters about who sees the results of employees
    assert deliver(EventDelivery, now=timezone.now()) == (1 if leaves else 2)
    assert outcome_of(initiative) == ("approved", "approved", "all_voted")
    seats[2].refresh_from_db()
    assert (seats[2].ends_on is not None) is leaves


def test_who_proposes_does_not_stand_in_for_a_leaver(ada, organization):
    seats = seated(organization, 3)
    seats[0].alternate = ada
    seats[0].save()
    initiative = submitted(ada)
    gone(seats[0].membership)
    seats[0].refresh_from_db()
    assert seats[0].ends_on is None  # elsewhere the alternate can vote for it
    standing = selectors.round_standing(selectors.round_of(initiative))
    assert (standing.tally.eligible, standing.tally.left) == (2, 1)


def test_losing_the_role_takes_the_seat_out_of_open_votes_but_keeps_its_vote(ada, organization):
    seats = seated(organization, 3)
    first, second = submitted(ada), submitted(ada)
    cast(first, seats[0])
    cast(first, seats[1])
    cast(second, seats[0])
    cast(second, seats[2], "reject")
    member = seats[2].membership
    member.role = Role.CONTRIBUTOR
    member.save()
    services.release_seats_of(member)
    seats[2].refresh_from_db()
    assert seats[2].ends_on is None
    assert outcome_of(first) == ("approved", "approved", "all_voted")
    second.refresh_from_db()
    assert second.state == InitiativeState.SUBMITTED
    assert cast(second, seats[1], "abstain").tally.outcome == Outcome.REJECTED  # one for, one against


def test_a_right_to_vote_that_is_taken_away_counts_from_the_next_vote_on(ada, organization):
    """Else whoever edits seats could leave out in an open vote those who are against."""
    seats = seated(organization, 3)
    initiative = submitted(ada)
    cast(initiative, seats[0])
    cast(initiative, seats[1])
    seat = seats[2]
    without = services.SeatValues(membership=seat.membership, title=seat.title, has_vote=False)
    services.change_seat(by=ada, seat=seat, values=without)
    initiative.refresh_from_db()
    assert initiative.state == "submitted"
    cast(initiative, seat, "reject", "No")
    assert outcome_of(initiative) == ("approved", "approved", "all_voted")
    assert set(submitted(ada).rounds.get().seats.all()) == {seats[0], seats[1]}


def test_leavers_do_not_make_one_vote_enough(ada, organization):
    seats = seated(organization, 5, quorum_share=Decimal("0.10"))
    initiative = submitted(ada)
    cast(initiative, seats[0])
    for seat in seats[1:4]:
        services.end_seat(by=ada, seat=seat, accepts_consequences=True)
    assert outcome_of(initiative) == ("no_decision", "no_decision", "too_few_left")


@pytest.mark.parametrize(
    ("said", "state"),
    [
        (["approve", "approve", "reject"], "approved"),
        (["approve", "approve"], "no_decision"),
        (["abstain", "abstain", "abstain"], "no_decision"),
        ([], "no_decision"),
    ],
)
def test_when_the_day_is_over_the_votes_cast_by_then_decide(ada, organization, said, state):
    seats = seated(organization, 5)
    initiative = submitted(ada)
    for seat, choice in zip(seats, said, strict=False):
        cast(initiative, seat, choice)
    overdue(initiative)
    assert services.settle_ripe_votes() == 1
    assert outcome_of(initiative) == (state, state, "day_over")
    assert services.settle_ripe_votes() == 0


def test_no_vote_is_taken_past_the_last_day(ada, organization):
    """Nobody had settled it: the late vote does, and does not count."""
    seats = seated(organization, 3)
    initiative = submitted(ada)
    cast(initiative, seats[0])
    overdue(initiative)
    with pytest.raises(VoteClosed):
        cast(initiative, seats[1])
    assert Approval.objects.count() == 1
    assert outcome_of(initiative) == ("no_decision", "no_decision", "day_over")


def test_the_last_day_itself_is_for_voting(ada, organization):
    seats = seated(organization, 3)
    initiative = submitted(ada)
    overdue(initiative, days=0)
    assert services.settle_ripe_votes() == 0
    assert cast(initiative, seats[0]).tally.present == 1


def test_the_day_is_the_organizations(ada, organization, monkeypatch):
    """23:30 UTC on 9 March is still 9 March in London and already 10 March in Tokyo."""
    seated(organization, 3)
    initiative = submitted(ada)
    Seat.objects.update(starts_on=date(2025, 1, 1))
    initiative.rounds.update(due_on=date(2026, 3, 9))
    moment = datetime(2026, 3, 9, 23, 30, tzinfo=ZoneInfo("UTC"))
    monkeypatch.setattr(timezone, "now", lambda: moment)
    organization.time_zone = "Europe/London"
    organization.save()
    assert services.settle_ripe_votes() == 0
    organization.time_zone = "Asia/Tokyo"
    organization.save()
    assert services.settle_ripe_votes() == 1


def test_a_term_that_runs_out_during_the_vote_settles_it(ada, organization):
    seats = seated(organization, 3)
    initiative = submitted(ada)
    cast(initiative, seats[0])
    cast(initiative, seats[1])
    seats[2].ends_on = timezone.localdate() + timedelta(days=1)
    seats[2].save()
    assert services.settle_ripe_votes() == 0
    seats[2].ends_on = timezone.localdate()  # the day has come
    seats[2].save()
    assert services.settle_ripe_votes() == 1
    assert outcome_of(initiative) == ("approved", "approved", "all_voted")


def test_who_left_after_the_last_day_does_not_make_the_votes_enough(ada, organization):
    """Four of five are needed at 80 %; the fifth left after the vote, before anybody looked."""
    seats = seated(organization, 5, quorum_share=Decimal("0.80"))
    initiative = submitted(ada)
    for seat in seats[:3]:
        cast(initiative, seat)
    overdue(initiative, days=2)
    for seat in seats[3:]:
        seat.ends_on = timezone.localdate() - timedelta(days=1)
        seat.save()
    services.settle_ripe_votes()
    assert outcome_of(initiative) == ("no_decision", "no_decision", "day_over")


def test_a_vote_whose_day_is_over_is_not_taken_back(ada, organization):
    seats = seated(organization, 3)
    initiative = submitted(ada)
    for seat in seats[:2]:
        cast(initiative, seat, "reject")
    overdue(initiative)
    with pytest.raises(VoteClosed):
        services.withdraw_initiative(by=ada, initiative=initiative)
    assert outcome_of(initiative) == ("rejected", "rejected", "day_over")


def test_page_and_api_settle_a_vote_whose_day_is_over(ada, ben, organization, seats, client_of, api_of):
    first, second = submitted(ada), submitted(ada)
    overdue(first)
    overdue(second)
    assert selectors.votes_waiting_for(ben) == ()
    page = client_of(ben).get(f"/o/{organization.slug}/decide/{first.number}/vote/", follow=True)
    assert "No decision" in page.text
    answer = api_of(ben).get(f"/api/v1/o/{organization.slug}/initiatives/{second.number}/standing/")
    assert answer.status_code == 409
    assert outcome_of(first) == outcome_of(second) == ("no_decision", "no_decision", "day_over")


def test_after_no_decision_the_same_content_can_be_submitted_again(ada, seats):
    initiative = submitted(ada)
    overdue(initiative)
    services.settle_ripe_votes()
    initiative.refresh_from_db()
    services.submit_initiative(by=ada, initiative=initiative)
    initiative.refresh_from_db()
    assert (initiative.state, initiative.revisions.count()) == ("submitted", 2)


@pytest.mark.parametrize("choice", ["request_changes", "reject"])
def test_unchanged_content_is_no_resubmission(ada, seats, choice):
    initiative = submitted(ada)
    for seat in seats:
        cast(initiative, seat, choice)
    initiative.refresh_from_db()
    if choice == "reject":
        services.move_initiative(by=ada, initiative=initiative, to=InitiativeState.DRAFT)
        initiative.refresh_from_db()
    with pytest.raises(UnchangedContent):
        services.submit_initiative(by=ada, initiative=initiative)
    services.add_milestone(by=ada, initiative=initiative, title="Ask first", due_on=timezone.localdate())
    services.submit_initiative(by=ada, initiative=initiative)
    initiative.refresh_from_db()
    assert initiative.state == InitiativeState.SUBMITTED


def test_a_vote_ends_early_only_where_the_charter_says_so(ada, organization):
    seats = seated(organization, 5)
    patient = submitted(ada)
    services.save_charter(by=ada, values=services.CharterValues(early_end="certain"))
    hasty = submitted(ada)
    for seat in seats[:3]:
        cast(patient, seat)
        cast(hasty, seat)
    patient.refresh_from_db()
    hasty.refresh_from_db()
    assert (patient.state, hasty.state) == ("submitted", "approved")
    assert Decision.objects.get().ending == "certain"
    assert cast(patient, seats[3], "reject").sentence == "4 of 5 have voted; enough for a decision"


def test_the_history_says_how_a_vote_ended_in_the_language_of_its_reader(ada, organization):
    seats = seated(organization, 3)
    initiative = submitted(ada)
    with translation.override("zh-hans"):
        for seat in seats:
            cast(initiative, seat)
        assert selectors.history(initiative)[-1].note == "3票赞成"
    assert initiative.state_changes.last().note == "3 for"  # what is stored is the organization's
    assert selectors.history(initiative)[-1].note == "3 for"


def test_settling_what_is_over_does_nothing(ada, seats):
    initiative = approved(ada)
    standing = services.settle_vote(initiative.rounds.get())
    assert (standing.tally.present, Decision.objects.count()) == (3, 1)
    assert initiative.state_changes.filter(to_state="approved").count() == 1


def test_an_ended_seat_does_not_vote_and_a_new_one_does_not_enter_an_open_vote(ada, organization):
    seats = seated(organization, 3)
    initiative = submitted(ada)
    services.end_seat(by=ada, seat=seats[0], accepts_consequences=True)
    with pytest.raises(NotAVoter):
        cast(initiative, seats[0])
    with pytest.raises(TransitionNotAllowed):
        services.submit_initiative(by=ada, initiative=initiative)


def test_approved_initiatives_keep_their_decision_when_seats_end(ada, seats):
    initiative = approved(ada)
    for seat in seats:
        services.end_seat(by=ada, seat=seat, accepts_consequences=True)
    initiative.refresh_from_db()
    assert (initiative.state, Decision.objects.count()) == ("approved", 1)


def test_an_erased_voter_is_named_in_no_tally(ada, seats):
    initiative = approved(ada)
    voter = initiative.decisions.get().tally["votes"][0]["person"]
    member = next(seat.membership for seat in seats if str(seat.membership) == voter)
    digest = initiative.decisions.get().content_digest
    Membership.objects.filter(user=member.user).update(is_active=False)
    erase_person(user=member.user, by_name="Operator", reason="asked to")
    decision = initiative.decisions.get()
    assert voter not in json.dumps(decision.tally)
    assert f"Erased person {member.user.pk}" in json.dumps(decision.tally)
    assert (decision.content_digest, decision.tally["present"]) == (digest, 3)
