"""An approval takes a second pair of eyes: somebody who is independent of all who propose."""

from dataclasses import replace
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse

from accounts import services as people
from accounts.choices import Role
from accounts.models import AuditEvent, Membership
from accounts.services import record_event
from coalition import selectors, services
from coalition.choices import InitiativeState, Outcome
from coalition.errors import NotEditable, OwnInitiative, QuorumMissing
from coalition.fields import INITIATIVE, SeatValues
from coalition.models import ApprovalRound, Decision, Initiative
from coalition.selectors.votes import after_no_decision
from tests.factories.accounts import MembershipFactory
from tests.factories.coalition import CoalitionFactory, SeatFactory, cast, ready_initiative, seated, submitted

pytestmark = pytest.mark.django_db
MARK = "Approved without an independent vote"


def joined(by: Membership, email="second@example.org", role=Role.COALITION_MEMBER) -> Membership:
    _invitation, secret = people.invite_person(by=by, email=email, role=role)
    return people.accept_invitation(secret=secret, user=None, name="Second", password="correct horse battery")


@pytest.fixture
def boss(organization) -> Membership:
    return MembershipFactory(organization=organization, role=Role.ADMINISTRATOR, user__name="Boss")


@pytest.fixture
def coalition(organization):
    return CoalitionFactory(organization=organization)


def independent(initiative: Initiative) -> set[int]:
    return set(ApprovalRound.objects.get(initiative=initiative).independent_ids)


# --- who is independent ---------------------------------------------------------------------------


def invited_by_her(ada, boss, ben):
    return joined(ada)


def gave_the_role(ada, boss, ben):
    someone = joined(boss, role=Role.CONTRIBUTOR)
    return people.change_member(by=ada, member=someone, role=Role.COALITION_MEMBER, function=None)


def gave_a_role_before(ada, boss, ben):
    someone = gave_the_role(ada, boss, ben)
    return people.change_member(by=boss, member=someone, role=Role.EXECUTIVE, function=None)


def through_a_third(ada, boss, ben):
    return joined(joined(ada, role=Role.CX_LEADER), email="third@example.org")


@pytest.mark.parametrize("come_in", [invited_by_her, gave_the_role, gave_a_role_before, through_a_third])
def test_who_came_in_through_a_proposer_is_not_independent(ada, boss, ben, coalition, come_in):
    seat = SeatFactory(coalition=coalition, membership=come_in(ada, boss, ben))
    other = SeatFactory(coalition=coalition)
    assert independent(submitted(ada)) == {other.membership_id}
    assert seat.membership_id not in independent(submitted(ada))


def test_who_brought_the_owner_in_is_not_independent(ada, coalition):
    owner = joined(ada)
    SeatFactory(coalition=coalition, membership=ada)
    other = SeatFactory(coalition=coalition)
    assert independent(submitted(owner)) == {other.membership_id}


def test_the_submitter_counts_like_the_owner(ada, ben, coalition):
    SeatFactory(coalition=coalition, membership=joined(ada))
    initiative = ready_initiative(ben)
    services.submit_initiative(by=ada, initiative=initiative)
    assert independent(initiative) == set()


def test_a_seat_that_a_proposer_alone_gave_is_not_independent(ada, boss, coalition):
    """Nobody invited the one or gave a role; the other came in through the administrator."""
    alone = MembershipFactory(organization=ada.organization, role=Role.COALITION_MEMBER)
    known = joined(boss)
    for person in (alone, known):
        values = SeatValues(membership=person, title=f"Seat of {person}")
        services.add_seat(by=ada, coalition=coalition, values=values)
    assert independent(submitted(ada)) == {known.pk}


def test_the_same_seat_given_by_another_is_independent(ada, boss, coalition):
    alone = MembershipFactory(organization=ada.organization, role=Role.COALITION_MEMBER)
    services.add_seat(by=boss, coalition=coalition, values=SeatValues(membership=alone, title="Service"))
    assert independent(submitted(ada)) == {alone.pk}


def test_an_alternate_is_looked_at_as_the_person_who_speaks(ada, boss, coalition):
    """The holder came in through Ada, the alternate did not; and the other way round."""
    tied, free = joined(ada), MembershipFactory(organization=ada.organization, role=Role.COALITION_MEMBER)
    SeatFactory(coalition=coalition, membership=tied, alternate=free)
    initiative = submitted(ada)
    assert independent(initiative) == {free.pk}
    digest = initiative.revisions.first().digest
    standing = services.cast_vote(by=free, initiative=initiative, choice="approve", revision_digest=digest)
    assert (standing.tally.outcome, standing.tally.independent_approve) == (Outcome.APPROVED, 1)


def test_a_tied_alternate_of_an_independent_seat_decides_nothing_alone(ada, coalition):
    free = MembershipFactory(organization=ada.organization, role=Role.COALITION_MEMBER)
    tied = joined(ada)
    SeatFactory(coalition=coalition, membership=free, alternate=tied)
    initiative = submitted(ada)
    digest = initiative.revisions.first().digest
    standing = services.cast_vote(by=tied, initiative=initiative, choice="approve", revision_digest=digest)
    assert standing.tally.outcome == Outcome.NO_DECISION


# --- what an approval needs -----------------------------------------------------------------------


@pytest.fixture
def two(ada, coalition):
    """A seat of Ada's second address, and one of somebody else."""
    return SeatFactory(coalition=coalition, membership=joined(ada)), SeatFactory(coalition=coalition)


def test_approvals_of_tied_seats_alone_give_no_decision(ada, coalition, two):
    second, other = two
    third = SeatFactory(coalition=coalition, membership=joined(ada, email="third@example.org"))
    initiative = submitted(ada)
    cast(initiative, second)
    cast(initiative, third)
    assert cast(initiative, other, "reject").tally.outcome == Outcome.NO_DECISION
    decision = Decision.objects.get()
    assert selectors.why_no_decision(decision) == (
        "Nobody who is independent of those who proposed it approved it."
    )
    assert after_no_decision(decision) == (
        "Submit it again, and ask a person who is independent of those who proposed it to vote."
    )
    initiative.refresh_from_db()
    assert initiative.state == InitiativeState.NO_DECISION


def test_one_independent_approval_is_enough_and_leaves_no_mark(ada, two, client_of):
    initiative = submitted(ada)
    cast(initiative, two[0], "reject")
    third = SeatFactory(coalition=two[0].coalition)
    cast(initiative, two[1])
    assert third not in initiative.rounds.get().seats.all()
    decision = Decision.objects.get()
    assert (decision.outcome, decision.is_without_independent_vote) == (Outcome.REJECTED, False)
    again = submitted(ada)
    for seat in (two[0], two[1], third):
        standing = cast(again, seat)
    assert standing.tally.outcome == Outcome.APPROVED
    approval = Decision.objects.filter(initiative=again).get()
    assert not approval.is_without_independent_vote
    for name in ("initiative_detail", "initiative_history"):
        page = client_of(ada).get(reverse(f"coalition:{name}", args=[ada.organization.slug, again.number]))
        assert MARK not in page.content.decode()


@pytest.mark.parametrize("gone", ["recused", "left", "silent"])
def test_an_independent_seat_that_says_nothing_does_not_free_the_others(ada, two, gone):
    third = SeatFactory(coalition=two[0].coalition, membership=joined(ada, email="third@example.org"))
    initiative = submitted(ada)
    cast(initiative, two[0])
    cast(initiative, third)
    if gone == "recused":
        cast(initiative, two[1], "recuse")
    elif gone == "left":
        services.end_seat(by=ada, seat=two[1], accepts_consequences=True)
    else:
        ApprovalRound.objects.update(due_on=ada.organization.clock.today().replace(year=2020))
        services.settle_ripe_votes()
    assert Decision.objects.get().outcome == Outcome.NO_DECISION


def test_the_chair_does_not_close_a_vote_that_no_independent_person_approved(ada, organization):
    coalition = CoalitionFactory(organization=organization, early_end="chair")
    chair = SeatFactory(coalition=coalition, membership=joined(ada), is_chair=True)
    third = SeatFactory(coalition=coalition, membership=joined(ada, email="third@example.org"))
    SeatFactory(coalition=coalition)
    initiative = submitted(ada)
    cast(initiative, chair)
    cast(initiative, third)
    with pytest.raises(QuorumMissing) as refusal:
        services.close_vote(by=chair.membership, initiative=initiative)
    assert "decides nothing" in str(refusal.value.message)
    assert not Decision.objects.exists()


def test_a_certain_vote_waits_for_the_independent_person(ada, organization):
    coalition = CoalitionFactory(organization=organization, early_end="certain")
    tied = [SeatFactory(coalition=coalition, membership=joined(ada, email=f"{n}@example.org")) for n in "abc"]
    other = SeatFactory(coalition=coalition)
    initiative = submitted(ada)
    for seat in tied:
        assert cast(initiative, seat).tally.outcome is None
    assert cast(initiative, other).tally.outcome == Outcome.APPROVED


def test_an_alone_approval_is_marked_wherever_it_is_told(
    ada, coalition, client_of, api_of, mailoutbox, django_capture_on_commit_callbacks
):
    """Only her second address could vote: page, history, letter, API and trail say so."""
    seat = SeatFactory(coalition=coalition, membership=joined(ada))
    initiative = submitted(ada)
    before = client_of(ada).get(reverse("coalition:vote", args=[ada.organization.slug, initiative.number]))
    assert "Nobody who can vote is independent of those who proposed it." in before.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert cast(initiative, seat).tally.outcome == Outcome.APPROVED
    for name in ("initiative_detail", "initiative_history"):
        page = client_of(ada).get(
            reverse(f"coalition:{name}", args=[ada.organization.slug, initiative.number])
        )
        assert MARK in page.content.decode()
    ada.user.language = "zh-hans"
    ada.user.save(update_fields=["language"])
    page = client_of(ada).get(
        reverse("coalition:initiative_history", args=[ada.organization.slug, initiative.number])
    )
    assert MARK not in page.content.decode()
    (step,) = [one for one in page.context["history"] if one.to_state == "approved"]
    assert step.note == "已批准，但无独立投票；1票赞成"
    letter = mailoutbox[-1].body
    assert f"is over: {MARK}." in letter
    assert "Nobody who could vote was independent" in letter
    base = f"/api/v1/o/{ada.organization.slug}/"
    (told,) = api_of(ada).get(f"{base}initiatives/{initiative.number}/decisions/").data
    assert (told["outcome"], told["is_without_independent_vote"]) == ("approved", True)
    (told,) = api_of(ada).get(f"{base}decisions/").data["results"]
    assert told["is_without_independent_vote"] is True
    assert AuditEvent.objects.get(verb="decision.made").after["without_independent_vote"] is True


def test_the_vote_names_who_could_approve_it_independently(ada, two, client_of, api_of):
    initiative = submitted(ada)
    words = f"independent of those who proposed it: {two[1].membership}."
    for name in ("initiative_detail", "vote"):
        page = client_of(ada).get(
            reverse(f"coalition:{name}", args=[ada.organization.slug, initiative.number])
        )
        assert words in " ".join(page.content.decode().split())
    standing = api_of(ada).get(f"/api/v1/o/{ada.organization.slug}/initiatives/{initiative.number}/standing/")
    assert words in standing.data["four_eyes"]


def test_ties_made_during_a_vote_change_nothing_in_it(ada, boss, coalition):
    seat = SeatFactory(coalition=coalition)
    initiative = submitted(ada)
    for by, role in ((ada, Role.EXECUTIVE), (boss, Role.COALITION_MEMBER)):
        people.change_member(by=by, member=seat.membership, role=role, function=None)
        seat.membership.refresh_from_db()
    assert cast(initiative, seat).tally.outcome == Outcome.APPROVED
    assert not Decision.objects.get().is_without_independent_vote


def test_a_vote_that_was_opened_before_the_rule_ends_as_it_would_have(ada, coalition, client_of):
    seat = SeatFactory(coalition=coalition, membership=joined(ada))
    initiative = submitted(ada)
    ApprovalRound.objects.update(independent_ids=None, proposer_ids=[])
    assert selectors.round_standing(initiative.rounds.get()).four_eyes == ""
    assert cast(initiative, seat).tally.outcome == Outcome.APPROVED
    decision = Decision.objects.get()
    assert not decision.is_without_independent_vote
    assert decision.outcome_text == "Approved"


# --- who proposes ---------------------------------------------------------------------------------


def hand_over(initiative: Initiative, *, by: Membership, to: Membership, reason: str = "") -> Initiative:
    row = Initiative.objects.get(pk=initiative.pk)
    return services.edit_initiative(
        by=by,
        initiative=row,
        values=INITIATIVE.values_of(row, owner=to, touchpoints=tuple(row.touchpoints.all())),
        lock_version=row.lock_version,
        reason=reason,
    )


@pytest.mark.parametrize("submits", ["new owner", "somebody else"])
def test_a_former_owner_does_not_vote_on_what_she_wrote(ben, ada, seats, submits, api_of, client_of):
    """Ben wrote it and gave it to Gus, who has a seat as well; Gus or somebody else submits it."""
    gus = SeatFactory(coalition=seats[0].coalition, title="Digital").membership
    initiative = hand_over(ready_initiative(ben), by=ben, to=gus)
    services.submit_initiative(by=ada if submits == "somebody else" else gus, initiative=initiative)
    current = selectors.round_of(initiative)
    assert set(current.seats.all()) == {seats[1], seats[2]}
    assert ben.pk not in current.independent_ids
    for proposer in (ben, gus):
        assert selectors.votes_waiting_for(proposer) == ()
        assert selectors.vote_page(initiative, proposer).is_proposer
    with pytest.raises(OwnInitiative):
        cast(initiative, seats[0])
    page = client_of(ben).get(reverse("coalition:vote", args=[ben.organization.slug, initiative.number]))
    assert "You own, owned or submitted this initiative" in page.content.decode()
    sent = {"choice": "approve", "revision_digest": current.revision.digest}
    base = f"/api/v1/o/{ben.organization.slug}/initiatives/{initiative.number}/"
    assert api_of(ben).post(base + "vote/", sent).status_code == 403


def test_who_handed_an_approved_initiative_over_does_not_vote_on_it_again(ada, ben, seats):
    others = [SeatFactory(coalition=seats[0].coalition, membership=ada, title="CX"), *seats[1:]]
    initiative = submitted(ben)
    for seat in others:
        cast(initiative, seat)
    initiative.refresh_from_db()
    assert initiative.state == InitiativeState.APPROVED
    hand_over(initiative, by=ben, to=ada, reason="Ada takes it over")
    current = selectors.round_of(initiative)
    assert set(current.seats.all()) == set(seats[1:])
    assert set(current.proposer_ids) == {ada.pk, ben.pk}


def test_an_initiative_that_is_voted_on_is_not_handed_over(ada, ben, seats, api_of):
    initiative = submitted(ada)
    with pytest.raises(NotEditable):
        hand_over(initiative, by=ada, to=ben)
    sent = {"owner": ben.pk, "lock_version": initiative.lock_version}
    base = f"/api/v1/o/{ada.organization.slug}/initiatives/{initiative.number}/"
    assert api_of(ada).patch(base, sent).status_code == 409
    initiative.refresh_from_db()
    assert initiative.owner == ada


def test_an_owner_who_is_changed_under_an_open_vote_leaves_it_and_the_former_one_does_not_enter(
    ada, ben, seats, organization
):
    """No service does this; the count holds for it all the same."""
    initiative = submitted(ada)
    Initiative.objects.update(owner=ben)
    initiative.refresh_from_db()
    standing = selectors.round_standing(selectors.round_of(initiative))
    assert [left.text for left in standing.left] == ["became the owner before it had voted"]
    with pytest.raises(OwnInitiative):
        cast(initiative, seats[0])
    digest = initiative.revisions.first().digest
    with pytest.raises(OwnInitiative):
        services.cast_vote(by=ada, initiative=initiative, choice="approve", revision_digest=digest)
    cast(initiative, seats[1])
    assert cast(initiative, seats[2]).tally.outcome == Outcome.APPROVED


def test_nobody_loses_the_vote_by_being_made_the_owner_for_a_moment(ada, ben, seats):
    """Ben is against it: Ada makes him the owner and takes it back."""
    initiative = hand_over(ready_initiative(ada), by=ada, to=ben)
    initiative = hand_over(initiative, by=ada, to=ada)
    assert list(initiative.former_owners.all()) == [ada]
    services.submit_initiative(by=ada, initiative=initiative)
    assert set(selectors.round_of(initiative).seats.all()) == set(seats)
    assert [vote.seat for vote in selectors.votes_waiting_for(ben)] == [seats[0]]


def test_who_worked_on_it_as_the_owner_stays_a_proposer_whoever_hands_it_over(ada, ben, seats):
    initiative = hand_over(ready_initiative(ada), by=ada, to=ben)
    values = INITIATIVE.values_of(initiative, owner=ben, touchpoints=tuple(initiative.touchpoints.all()))
    initiative = services.edit_initiative(
        by=ben,
        initiative=initiative,
        values=replace(values, problem="Nobody answers."),
        lock_version=initiative.lock_version,
    )
    initiative = hand_over(initiative, by=ada, to=ada)
    assert set(initiative.former_owners.all()) == {ada, ben}
    services.submit_initiative(by=ada, initiative=initiative)
    assert set(selectors.round_of(initiative).seats.all()) == set(seats[1:])


def test_an_amended_owner_is_remembered_as_well(ada, ben, seats):
    initiative = submitted(ada)
    Initiative.objects.update(state=InitiativeState.IN_PROGRESS)
    hand_over(initiative, by=ada, to=ben, reason="Ada moves on")
    assert list(initiative.former_owners.all()) == [ada]


def test_former_owners_of_before_are_found_by_their_name(ada, ben, seats):
    migration = import_module("coalition.migrations.0011_proposers_and_independent_voters")
    initiative = ready_initiative(ben)
    untouched = ready_initiative(ben)
    record_event(
        organization=ada.organization,
        actor=ada.user,
        verb="initiative.changed",
        subject=initiative,
        before={"owner": str(ada)},
        after={"owner": str(ben)},
    )
    migration.owners_before(apps, None)
    assert list(initiative.former_owners.all()) == [ada]
    assert not untouched.former_owners.exists()


def test_seats_of_tests_count_as_independent(ada, organization):
    """The ground on which the other tests of votes stand."""
    seats = seated(organization, 2)
    assert independent(submitted(ada)) == {seat.membership_id for seat in seats}
