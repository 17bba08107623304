"""Submitting, voting, deciding."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import AuditEvent
from coalition import selectors, services
from coalition.choices import InitiativeState, Outcome
from coalition.errors import (
    CoalitionMissing,
    EarlyEndForbidden,
    NoQuorumPossible,
    NotAVoter,
    NotTheChair,
    OwnInitiative,
    PlanIncomplete,
    QuorumMissing,
    TransitionNotAllowed,
    VersionChanged,
    VoteClosed,
)
from coalition.models import Approval, Decision
from common.errors import InvalidValues
from cxstats.codec import digest_of
from tests.factories.coalition import (
    EvaluationPlanFactory,
    InitiativeFactory,
    SeatFactory,
    approved,
    cast,
    ready_initiative,
    seated,
    submitted,
)

pytestmark = pytest.mark.django_db


def test_submitting_freezes_content_rules_and_seats(ada, seats):
    initiative = submitted(ada)
    current = selectors.round_of(initiative)
    assert initiative.state == InitiativeState.SUBMITTED
    assert current.revision.digest == digest_of(current.revision.content, version=1)
    assert current.revision.content["plan"]["expected_effect"] == "8.00"
    assert set(current.seats.all()) == set(seats)
    services.save_charter(by=ada, values=services.CharterValues(quorum_share=Decimal(1)))
    current.refresh_from_db()
    assert current.quorum_share == Decimal("0.50")


def test_content_read_back_has_the_digest_it_was_submitted_with(ada, seats):
    initiative = submitted(ada)
    assert (
        digest_of(selectors.initiative_content(initiative), version=1) == initiative.revisions.first().digest
    )


def test_voters_are_asked_by_mail_with_who_what_and_when(
    ada, seats, mailoutbox, django_capture_on_commit_callbacks
):
    seats[0].alternate = seats[1].membership
    seats[0].save()
    with django_capture_on_commit_callbacks(execute=True):
        initiative = submitted(ada, title="Welcome <call>\nBcc: x@example.org")
    assert {letter.to[0] for letter in mailoutbox} == {seat.membership.user.email for seat in seats}
    letter = next(one for one in mailoutbox if one.to == [seats[0].membership.user.email])
    assert letter.subject.startswith(f"Please vote on {initiative.reference} by ")
    assert "\n" not in letter.subject
    assert f"/decide/{initiative.number}/vote/" in letter.body
    assert initiative.problem in letter.body
    assert "may vote in your place" in letter.body


def test_incomplete_plan_is_not_put_to_the_vote(ada, seats):
    initiative = InitiativeFactory(organization=ada.organization, owner=ada)
    with pytest.raises(PlanIncomplete) as refusal:
        services.submit_initiative(by=ada, initiative=initiative)
    assert set(refusal.value.fields) == {
        "touchpoints",
        "metric",
        "baseline_from",
        "expected_effect",
        "decision_rule",
        "review_on",
    }


def test_plan_whose_review_comes_before_the_go_live_is_not_put_to_the_vote(ada, seats):
    initiative = ready_initiative(ada)
    initiative.plan.review_on = initiative.planned_go_live_on
    initiative.plan.save()
    with pytest.raises(PlanIncomplete) as refusal:
        services.submit_initiative(by=ada, initiative=initiative)
    assert set(refusal.value.fields) == {"review_on"}


def test_without_a_coalition_nothing_is_submitted(ada):
    with pytest.raises(CoalitionMissing):
        services.submit_initiative(by=ada, initiative=ready_initiative(ada))


def test_owner_alone_is_no_quorum(organization, ben):
    (seat,) = seated(organization, 1)
    with pytest.raises(NoQuorumPossible):
        services.submit_initiative(by=seat.membership, initiative=ready_initiative(seat.membership))


def test_seat_whose_person_may_no_longer_vote_is_not_asked(ada, seats):
    seats[1].membership.is_active = False
    seats[1].membership.save()
    current = selectors.round_of(submitted(ada))
    assert set(current.seats.all()) == {seats[0], seats[2]}


def test_vote_cannot_be_due_in_the_past(ada, seats):
    with pytest.raises(InvalidValues):
        services.submit_initiative(
            by=ada, initiative=ready_initiative(ada), due_on=timezone.localdate() - timedelta(days=1)
        )


@pytest.mark.parametrize("days", [0, 61, 365 * 100])
def test_a_vote_takes_the_days_that_a_charter_may_give(ada, seats, api_of, client_of, days):
    initiative, day = ready_initiative(ada), timezone.localdate() + timedelta(days=days)
    with pytest.raises(InvalidValues) as refusal:
        services.submit_initiative(by=ada, initiative=initiative, due_on=day)
    assert set(refusal.value.fields) == {"due_on"}
    path = f"/api/v1/o/{ada.organization.slug}/initiatives/{initiative.number}/submit/"
    assert api_of(ada).post(path, {"due_on": day.isoformat()}).status_code == 422
    page = f"/o/{ada.organization.slug}/decide/{initiative.number}/submit/"
    assert client_of(ada).post(page, {"due_on": day.isoformat()}).status_code == 422
    assert not initiative.rounds.exists()


@pytest.mark.parametrize("days", [1, 60])
def test_the_shortest_and_the_longest_vote(ada, seats, days):
    day = timezone.localdate() + timedelta(days=days)
    assert services.submit_initiative(by=ada, initiative=ready_initiative(ada), due_on=day).due_on == day


def test_majority_approves_fixes_the_plan_and_tells_the_owner(
    ada, seats, mailoutbox, django_capture_on_commit_callbacks
):
    initiative = submitted(ada)
    assert cast(initiative, seats[0]).tally.outcome is None
    assert cast(initiative, seats[1]).tally.outcome is None
    with django_capture_on_commit_callbacks(execute=True):
        assert cast(initiative, seats[2], "reject").tally.outcome == Outcome.APPROVED
    initiative.refresh_from_db()
    plan, decision = initiative.plan, Decision.objects.get()
    assert initiative.state == InitiativeState.APPROVED
    assert (
        plan.fixed_digest
        == digest_of(plan.fixed_content, version=1)
        == digest_of(selectors.plan_content(initiative, plan), version=1)
    )
    assert decision.content_digest == initiative.revisions.first().digest
    assert (decision.tally["approve"], decision.tally["eligible"], decision.tally["quorum"]) == (2, 3, 2)
    assert (decision.ending, decision.tally["needed"]) == ("all_voted", 2)
    assert [change.to_state for change in selectors.history(initiative)] == ["draft", "submitted", "approved"]
    assert mailoutbox[-1].to == [ada.user.email]
    assert "approved: start the work" in mailoutbox[-1].subject


def test_split_vote_is_kept_and_shown(ada, seats):
    initiative = submitted(ada)
    cast(initiative, seats[0], "approve")
    cast(initiative, seats[1], "reject", "too dear")
    cast(initiative, seats[2], "approve")
    decision = Decision.objects.get()
    assert decision.outcome == Outcome.APPROVED
    assert {vote["choice"] for vote in decision.tally["votes"]} == {"approve", "reject"}
    assert selectors.closed_rounds(initiative)[0].split == "2 for, 1 against"


def test_requests_for_changes_send_it_back_and_a_new_round_shows_what_changed(ada, seats):
    initiative = submitted(ada)
    cast(initiative, seats[0], "request_changes", "Which customers?")
    cast(initiative, seats[1], "request_changes", "And the cost?")
    cast(initiative, seats[2])
    initiative.refresh_from_db()
    assert initiative.state == InitiativeState.CHANGES_REQUESTED
    values = services.InitiativeValues(
        title=initiative.title,
        owner=ada,
        problem="New business customers",
        proposal=initiative.proposal,
        touchpoints=tuple(initiative.touchpoints.all()),
        one_off_cost=initiative.one_off_cost,
        yearly_cost=initiative.yearly_cost,
        planned_go_live_on=initiative.planned_go_live_on,
    )
    services.edit_initiative(
        by=ada, initiative=initiative, values=values, lock_version=initiative.lock_version
    )
    services.submit_initiative(by=ada, initiative=initiative)
    page = selectors.vote_page(initiative, seats[0].membership)
    assert [(change.label, change.after) for change in page.changes] == [
        ("Problem and its evidence", "New business customers")
    ]
    assert page.previous.outcome == Outcome.CHANGES_REQUESTED


def test_reject_and_request_need_a_comment(ada, seats):
    initiative = submitted(ada)
    for choice in ("reject", "request_changes"):
        with pytest.raises(InvalidValues) as refusal:
            cast(initiative, seats[0], choice, "  ")
        assert "comment" in refusal.value.fields
    with pytest.raises(InvalidValues):
        cast(initiative, seats[0], "maybe")
    assert not Approval.objects.exists()


def test_member_cannot_vote_on_own_initiative_even_as_alternate(ben, seats):
    seats[1].alternate = ben
    seats[1].save()
    initiative = submitted(ben)
    assert seats[0] not in selectors.round_of(initiative).seats.all()
    digest = initiative.revisions.first().digest
    for seat in (None, seats[0], seats[1]):
        with pytest.raises(OwnInitiative):
            services.cast_vote(
                by=ben, initiative=initiative, choice="approve", revision_digest=digest, seat=seat
            )
    assert not Approval.objects.exists()


def test_who_submits_does_not_vote_even_after_handing_the_ownership_over(ben, fay, seats):
    """`ben` (who has the first seat) wrote it, made `fay` its owner and submitted it himself."""
    seats[1].alternate = ben
    seats[1].save()
    initiative = ready_initiative(ben)
    initiative.owner = fay
    initiative.save()
    services.submit_initiative(by=ben, initiative=initiative)
    current = selectors.round_of(initiative)
    assert set(current.seats.all()) == {seats[1], seats[2]}
    assert selectors.votes_waiting_for(ben) == ()
    page = selectors.vote_page(initiative, ben)
    assert page.is_proposer
    assert page.seats == ()
    for seat in (None, seats[0], seats[1]):
        with pytest.raises(OwnInitiative):
            services.cast_vote(
                by=ben,
                initiative=initiative,
                choice="approve",
                revision_digest=current.revision.digest,
                seat=seat,
            )


def test_chair_who_submitted_for_another_does_not_close_the_vote(ada, ben, organization):
    seats = seated(organization, 3)
    SeatFactory(coalition=seats[0].coalition, membership=ben, is_chair=True)
    initiative = ready_initiative(ada)
    services.submit_initiative(by=ben, initiative=initiative)
    for seat in seats[:2]:
        cast(initiative, seat, "abstain")
    with pytest.raises(NotTheChair):
        services.close_vote(by=ben, initiative=initiative)


def test_seat_whose_only_possible_voter_proposes_is_not_asked(ada, seats):
    seats[1].membership.is_active = False
    seats[1].membership.save()
    seats[1].alternate = ada
    seats[1].save()
    assert set(selectors.round_of(submitted(ada)).seats.all()) == {seats[0], seats[2]}


def test_who_has_no_seat_does_not_vote(ada, cleo, seats):
    initiative = submitted(ada)
    outsider = SeatFactory(coalition=seats[0].coalition, title="Came later")
    digest = initiative.revisions.first().digest
    for person in (cleo, outsider.membership):
        with pytest.raises(NotAVoter):
            services.cast_vote(by=person, initiative=initiative, choice="approve", revision_digest=digest)


def test_alternate_votes_for_the_seat_and_it_shows(ada, seats, fay):
    seats[1].alternate = fay
    seats[1].save()
    initiative = submitted(ada)
    standing = services.cast_vote(
        by=fay,
        initiative=initiative,
        choice="approve",
        revision_digest=initiative.revisions.first().digest,
    )
    (vote,) = [one for one in standing.votes if one.choice]
    assert (vote.seat, vote.by_alternate) == (seats[1], True)


def test_vote_on_a_changed_version_records_nothing(ada, seats):
    initiative = submitted(ada)
    seen = initiative.revisions.first().digest
    services.withdraw_initiative(by=ada, initiative=initiative)
    initiative.refresh_from_db()
    services.edit_plan(
        by=ada,
        initiative=initiative,
        lock_version=initiative.lock_version,
        values=services.PlanValues(
            metric=initiative.plan.metric,
            baseline_from=initiative.plan.baseline_from,
            review_on=initiative.plan.review_on,
            expected_effect=Decimal("3"),
            decision_rule="Another rule",
        ),
    )
    services.submit_initiative(by=ada, initiative=initiative)
    with pytest.raises(VersionChanged):
        services.cast_vote(
            by=seats[0].membership, initiative=initiative, choice="approve", revision_digest=seen
        )
    assert not Approval.objects.exists()


def test_vote_can_be_changed_until_the_decision_and_the_trail_keeps_both(ada, seats):
    initiative = submitted(ada)
    cast(initiative, seats[0], "reject", "No")
    cast(initiative, seats[0], "approve", "Convinced")
    assert Approval.objects.get().choice == "approve"
    changed = AuditEvent.objects.filter(verb="vote.changed").get()
    assert (changed.before, set(changed.after)) == (
        {},
        {"seat", "revision", "digest"},
    )  # hidden until decided
    cast(initiative, seats[1])
    cast(initiative, seats[2])
    first, *_others = AuditEvent.objects.filter(verb="decision.made").get().after["seats"]
    assert (first["choice"], first["comment"]) == ("approve", "Convinced")
    assert [(vote["choice"], vote["comment"]) for vote in first["earlier"]] == [("reject", "No")]
    with pytest.raises(VoteClosed):
        cast(initiative, seats[0], "reject", "Changed my mind")
    assert Decision.objects.get().outcome == Outcome.APPROVED


def test_only_the_chair_closes_and_only_with_enough_votes(ada, organization, ben):
    seats = seated(organization, 4, early_end="chair")
    SeatFactory(coalition=seats[0].coalition, membership=ben, is_chair=True, title="Chair")
    initiative = submitted(ada)
    cast(initiative, seats[0], "reject", "No")
    with pytest.raises(NotTheChair):
        services.close_vote(by=seats[0].membership, initiative=initiative)
    with pytest.raises(QuorumMissing):
        services.close_vote(by=ben, initiative=initiative)
    cast(initiative, seats[1])
    assert cast(initiative, seats[2]).tally.outcome is None
    standing = services.close_vote(by=ben, initiative=initiative)
    assert standing.tally.outcome == Outcome.APPROVED
    assert (initiative.rounds.get().closed_by, Decision.objects.get().ending) == (ben, "chair")


def test_chair_closes_nothing_where_the_charter_lets_no_vote_end_early(ada, organization, ben):
    seats = seated(organization, 4)
    SeatFactory(coalition=seats[0].coalition, membership=ben, is_chair=True, title="Chair")
    initiative = submitted(ada)
    for seat in seats:
        cast(initiative, seat)
    assert not selectors.vote_page(initiative, ben).may_close
    with pytest.raises(EarlyEndForbidden):
        services.close_vote(by=ben, initiative=initiative)


def test_chair_does_not_close_the_vote_on_the_own_initiative(ben, organization):
    seats = seated(organization, 3)
    SeatFactory(coalition=seats[0].coalition, membership=ben, is_chair=True)
    initiative = submitted(ben)
    with pytest.raises(NotTheChair):
        services.close_vote(by=ben, initiative=initiative)


def test_withdrawn_is_a_draft_again_with_its_votes_on_record(ada, seats):
    initiative = submitted(ada)
    cast(initiative, seats[0], "reject", "No")
    services.withdraw_initiative(by=ada, initiative=initiative)
    initiative.refresh_from_db()
    assert initiative.state == InitiativeState.DRAFT
    assert Decision.objects.get().outcome == Outcome.WITHDRAWN
    with pytest.raises(VoteClosed):
        services.withdraw_initiative(by=ada, initiative=initiative)


def test_seat_that_ended_before_it_voted_leaves_the_count(ada, seats):
    initiative = submitted(ada)
    cast(initiative, seats[0])
    services.end_seat(by=ada, seat=seats[2], accepts_consequences=True)
    standing = selectors.round_standing(selectors.round_of(initiative))
    assert (standing.tally.eligible, standing.tally.present) == (2, 1)
    services.end_seat(by=ada, seat=seats[0], accepts_consequences=True)
    standing = selectors.round_standing(selectors.round_of(initiative))
    assert (standing.tally.present, standing.tally.left) == (1, 1)


def test_submitted_twice_is_refused(ada, seats):
    with pytest.raises(TransitionNotAllowed):
        services.submit_initiative(by=ada, initiative=submitted(ada))


def test_words_of_a_vote(ada, organization):
    seats = seated(organization, 7, quorum_share=Decimal("0.7"))
    initiative = submitted(ada)
    for seat in seats[:3]:
        standing = cast(initiative, seat)
    assert standing.sentence == "3 of 7 have voted; at least 2 more needed for a decision"
    assert len(standing.waiting_for) == 4


def test_inbox_holds_what_the_member_has_not_answered(ada, ben, cleo, seats, fay):
    seats[1].alternate = fay
    seats[1].save()
    first, second = submitted(ada), submitted(ada)
    own = submitted(ben)
    cast(first, seats[0])
    assert [item.initiative for item in selectors.votes_waiting_for(ben)] == [second]
    assert {item.initiative for item in selectors.votes_waiting_for(fay)} == {first, second, own}
    assert all(item.is_for_another for item in selectors.votes_waiting_for(fay))
    assert selectors.votes_waiting_for(cleo) == ()


def test_decisions_are_never_changed(ada, seats):
    approved(ada)
    decision = Decision.objects.get()
    with pytest.raises(TypeError):
        decision.save()


def test_plan_factory_is_complete(ada):
    plan = EvaluationPlanFactory(initiative=InitiativeFactory(organization=ada.organization, owner=ada))
    assert plan.metric.organization == ada.organization


def test_the_coalition_of_another_organization_decides_nothing_here(ada, elsewhere):
    seated(elsewhere)
    with pytest.raises(CoalitionMissing):
        services.submit_initiative(by=ada, initiative=ready_initiative(ada))


def test_a_seat_without_a_vote_is_not_asked_and_does_not_vote(ada, seats):
    observer = SeatFactory(coalition=seats[0].coalition, has_vote=False, title="Works council")
    initiative = submitted(ada)
    assert observer not in initiative.rounds.get().seats.all()
    with pytest.raises(NotAVoter):
        cast(initiative, observer)


def test_seats_without_a_vote_do_not_count_for_the_quorum(ada, organization):
    """Two of two voting seats are a quorum, however many observers sit beside them."""
    seats = seated(organization, 2, quorum_share=Decimal(1))
    for _number in range(5):
        SeatFactory(coalition=seats[0].coalition, has_vote=False)
    initiative = submitted(ada)
    cast(initiative, seats[0])
    assert cast(initiative, seats[1]).tally.outcome == Outcome.APPROVED


def test_somebody_who_was_removed_is_not_asked_for_a_vote(ada, seats):
    leaver = seats[1].membership
    type(leaver).objects.filter(pk=leaver.pk).update(is_active=False)
    assert seats[1] not in submitted(ada).rounds.get().seats.all()


def test_only_the_vote_of_this_initiative_is_settled(ada, seats):
    first, second = submitted(ada), submitted(ada)
    for seat in seats[:2]:
        cast(first, seat)
    cast(first, seats[2])
    states = {row.pk: row.state for row in (type(first).objects.filter(pk__in=[first.pk, second.pk]))}
    assert states == {first.pk: "approved", second.pk: "submitted"}
