"""The counting of votes against a brute force over every way the rest could vote."""

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coalition.choices import Choice, Outcome
from coalition.rules import outcome_of, quorum_of, tally

HALF = Decimal("0.50")
shares = st.integers(1, 100).map(lambda percent: Decimal(percent) / 100)
majorities = st.integers(50, 99).map(lambda percent: Decimal(percent) / 100)
votes = st.lists(st.sampled_from(Choice.values), max_size=5)


def count(seats, *choices, quorum=HALF, majority=HALF, is_closing=False):
    return tally(
        seats=seats,
        choices=choices,
        quorum_share=quorum,
        majority_share=majority,
        is_closing=is_closing,
    )


def test_majority_of_all_seats_decides_before_the_last_vote():
    assert count(5, "approve", "approve").outcome is None
    assert count(5, "approve", "approve", "approve").outcome == Outcome.APPROVED


def test_quorum_is_rounded_up_and_never_below_one():
    assert quorum_of(eligible=7, quorum_share=HALF) == 4
    assert quorum_of(eligible=4, quorum_share=HALF) == 2
    assert quorum_of(eligible=3, quorum_share=Decimal("0.01")) == 1
    assert quorum_of(eligible=0, quorum_share=HALF) == 1


def test_nothing_is_decided_below_the_quorum_even_by_the_chair():
    counted = count(4, "approve", quorum=Decimal("0.75"), is_closing=True)
    assert (counted.outcome, counted.missing_for_quorum) == (None, 2)


def test_chair_closes_with_what_is_there():
    assert count(9, "approve", "approve", "reject", quorum=Decimal("0.3")).outcome is None
    assert (
        count(9, "approve", "approve", "reject", quorum=Decimal("0.3"), is_closing=True).outcome == "approved"
    )


def test_half_is_no_majority():
    assert count(2, "approve", "reject").outcome == Outcome.REJECTED
    assert count(2, "approve", "request_changes").outcome == Outcome.CHANGES_REQUESTED


def test_abstention_is_present_but_says_nothing():
    counted = count(3, "approve", "abstain", "abstain")
    assert (counted.present, counted.outcome) == (3, Outcome.APPROVED)


def test_recused_seats_leave_the_quorum():
    counted = count(4, "recuse", "recuse", "approve")
    assert (counted.eligible, counted.quorum, counted.outstanding) == (2, 1, 1)
    assert counted.outcome is None  # the last one could still ask for changes


def test_a_vote_from_which_everybody_recused_stays_open():
    assert count(2, "recuse", "recuse", is_closing=True).outcome is None


def test_more_votes_than_seats_is_refused():
    with pytest.raises(ValueError, match="more votes"):
        count(1, "approve", "approve")


def test_a_vote_is_split_when_those_who_spoke_disagree():
    assert count(3, "approve", "reject").is_split
    assert not count(3, "approve", "abstain", "recuse").is_split


@settings(deadline=None)
@given(votes=votes, outstanding=st.integers(0, 4), majority=majorities, quorum=shares)
def test_settled_means_that_no_completion_changes_the_outcome(votes, outstanding, majority, quorum):
    counted = count(len(votes) + outstanding, *votes, quorum=quorum, majority=majority)
    ends = set()
    for rest in product([*Choice.values, None], repeat=outstanding):
        said = [*votes, *(choice for choice in rest if choice)]
        ends.add(
            outcome_of(
                approve=said.count("approve"),
                request_changes=said.count("request_changes"),
                reject=said.count("reject"),
                majority_share=majority,
            )
        )
    settled = counted.present >= counted.quorum and (len(ends) == 1 or counted.present == counted.eligible)
    assert (counted.outcome is not None) == settled
    if counted.outcome is not None:
        assert counted.outcome == counted.leading


@settings(deadline=None)
@given(votes=votes, outstanding=st.integers(0, 5), majority=majorities, quorum=shares)
def test_order_of_votes_does_not_matter_and_counts_add_up(votes, outstanding, majority, quorum):
    seats = len(votes) + outstanding
    counted = count(seats, *votes, quorum=quorum, majority=majority)
    assert counted == count(seats, *reversed(votes), quorum=quorum, majority=majority)
    assert counted.eligible + counted.recuse == seats
    assert counted.present + counted.outstanding == counted.eligible
    assert counted.quorum >= 1


@settings(deadline=None)
@given(votes=votes, outstanding=st.integers(1, 5), majority=majorities, quorum=shares)
def test_one_more_approval_never_turns_an_approval_down(votes, outstanding, majority, quorum):
    seats = len(votes) + outstanding
    before = count(seats, *votes, quorum=quorum, majority=majority)
    after = count(seats, *votes, "approve", quorum=quorum, majority=majority)
    if before.leading == Outcome.APPROVED:
        assert after.leading == Outcome.APPROVED
