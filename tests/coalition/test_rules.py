"""The rule of the vote: a table written by hand, and a brute force over every way the rest could go."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coalition.choices import Choice, EarlyEnd, Outcome
from coalition.rules import needed_of, outcome_of, quorum_of, tally

HALF = Decimal("0.50")
shares = st.integers(1, 100).map(lambda percent: Decimal(percent) / 100)
majorities = st.integers(50, 99).map(lambda percent: Decimal(percent) / 100)
votes = st.lists(st.sampled_from(Choice.values), max_size=5)
early_ends = st.sampled_from(EarlyEnd.values)


def count(seats, *choices, quorum=HALF, majority=HALF, **rules):
    return tally(seats=seats, choices=choices, quorum_share=quorum, majority_share=majority, **rules)


Y, N, C, A, R = "approve", "reject", "request_changes", "abstain", "recuse"
# seats at the opening, left without a vote, votes, quorum %, early end, day over -> outcome, why it ended
TABLE = [
    # three of five deactivated: two votes of five do not decide, and nobody waits for ever
    (5, 3, [Y, Y], 50, "all_voted", False, "no_decision", "too_few_left"),
    (5, 3, [Y], 50, "all_voted", False, "no_decision", "too_few_left"),
    (5, 3, [], 1, "certain", False, "no_decision", "too_few_left"),
    # V4: three seats, quorum 100 %, two approve, the third leaves
    (3, 1, [Y, Y], 100, "all_voted", False, "approved", "all_voted"),
    (3, 0, [Y, Y], 100, "all_voted", False, None, None),
    # V1: five seats, all abstain
    (5, 0, [A, A, A, A, A], 50, "all_voted", False, "no_decision", "all_voted"),
    (5, 0, [A, A, A, A], 50, "certain", False, None, None),
    (5, 0, [A, A, A, A, Y], 50, "all_voted", False, "approved", "all_voted"),
    (5, 0, [A, A, A, Y], 50, "all_voted", True, "approved", "day_over"),
    # a low quorum: leavers do not make one vote enough
    (5, 4, [Y], 10, "all_voted", False, "no_decision", "too_few_left"),
    (5, 0, [Y, Y], 10, "all_voted", True, "no_decision", "day_over"),
    (5, 0, [Y, Y, N], 10, "all_voted", True, "approved", "day_over"),
    (4, 0, [Y, Y], 10, "all_voted", True, "no_decision", "day_over"),
    # a high quorum is of the seats that are left
    (5, 0, [Y, Y, Y], 80, "all_voted", True, "no_decision", "day_over"),
    (5, 1, [Y, Y, Y], 80, "all_voted", True, "no_decision", "day_over"),
    (5, 2, [Y, Y, Y], 80, "all_voted", False, "approved", "all_voted"),
    (6, 1, [Y, Y, Y, Y], 80, "all_voted", True, "approved", "day_over"),
    # recused seats were never asked
    (5, 0, [R, R, Y, Y, Y], 50, "all_voted", False, "approved", "all_voted"),
    (5, 1, [R, R, Y, Y], 50, "all_voted", False, "approved", "all_voted"),
    (5, 2, [R, R, Y], 50, "all_voted", False, "no_decision", "too_few_left"),
    (2, 0, [R, R], 50, "all_voted", False, "no_decision", "too_few_left"),
    # the third approval of five
    (5, 0, [Y, Y, Y], 50, "all_voted", False, None, None),
    (5, 0, [Y, Y, Y], 50, "chair", False, None, None),
    (5, 0, [Y, Y, Y], 50, "certain", False, "approved", "certain"),
    (5, 0, [Y, Y, Y, N], 50, "all_voted", False, None, None),
    (5, 0, [Y, Y, Y, N, C], 50, "all_voted", False, "approved", "all_voted"),
    # what the votes mean
    (2, 0, [Y, N], 50, "all_voted", False, "rejected", "all_voted"),
    (2, 0, [Y, C], 50, "all_voted", False, "changes_requested", "all_voted"),
    (3, 0, [Y, N, C], 50, "all_voted", False, "changes_requested", "all_voted"),
    (3, 0, [N, N, C], 50, "all_voted", False, "rejected", "all_voted"),
    (3, 0, [N, N], 50, "certain", False, "rejected", "certain"),
    (1, 0, [Y], 50, "all_voted", False, "approved", "all_voted"),
    (1, 1, [], 50, "all_voted", False, "no_decision", "too_few_left"),
]


@pytest.mark.parametrize(
    ("seats", "left", "choices", "quorum", "early", "day_over", "outcome", "ending"), TABLE
)
def test_the_rule_as_it_is_written(seats, left, choices, quorum, early, day_over, outcome, ending):
    counted = count(
        seats, *choices, quorum=Decimal(quorum) / 100, left=left, early_end=early, is_day_over=day_over
    )
    assert (counted.outcome, counted.ending) == (outcome, ending)


# seats at the opening without recused | seats that count now | quorum % -> votes needed
NEEDED = [
    (5, 5, 50, 3), (5, 2, 50, 3), (4, 4, 50, 3), (7, 7, 70, 5), (7, 4, 70, 4), (3, 2, 100, 2), (1, 1, 1, 1),
    (9, 9, 30, 5), (0, 0, 50, 1),
]  # fmt: skip


@pytest.mark.parametrize(("opening", "eligible", "quorum", "needed"), NEEDED)
def test_a_decision_needs_the_quorum_and_more_than_half_of_the_opening(opening, eligible, quorum, needed):
    assert needed_of(opening=opening, eligible=eligible, quorum_share=Decimal(quorum) / 100) == needed


def test_quorum_is_rounded_up_and_never_below_one():
    assert quorum_of(eligible=7, quorum_share=HALF) == 4
    assert quorum_of(eligible=4, quorum_share=HALF) == 2
    assert quorum_of(eligible=3, quorum_share=Decimal("0.01")) == 1
    assert quorum_of(eligible=0, quorum_share=HALF) == 1


def test_nothing_is_decided_below_what_is_needed_even_by_the_chair():
    counted = count(4, "approve", quorum=Decimal("0.75"), early_end="chair", is_closing=True)
    assert (counted.outcome, counted.missing, counted.is_enough) == (None, 2, False)


@pytest.mark.parametrize(
    ("early", "outcome"), [("all_voted", None), ("chair", "approved"), ("certain", "approved")]
)
def test_chair_ends_it_only_where_the_charter_says_so(early, outcome):
    counted = count(5, "approve", "approve", "reject", early_end=early, is_closing=True)
    assert counted.outcome == outcome


def test_chair_does_not_end_a_vote_in_which_nobody_said_anything():
    assert count(5, "abstain", "abstain", "abstain", early_end="chair", is_closing=True).outcome is None


def test_recused_seats_leave_the_count():
    counted = count(4, "recuse", "recuse", "approve")
    assert (counted.eligible, counted.quorum, counted.needed, counted.outstanding) == (2, 1, 2, 1)


def test_more_votes_than_seats_is_refused():
    with pytest.raises(ValueError, match="more votes"):
        count(1, "approve", "approve")
    with pytest.raises(ValueError, match="more votes"):
        count(2, "approve", "approve", left=1)


def test_a_vote_is_split_when_those_who_spoke_disagree():
    assert count(3, "approve", "reject").is_split
    assert not count(3, "approve", "abstain", "recuse").is_split


@settings(deadline=None)
@given(said=votes, left=st.integers(0, 3), outstanding=st.integers(0, 3), quorum=shares, majority=majorities)
def test_what_a_vote_over_by_the_day_gives(said, left, outstanding, quorum, majority):
    """The rule told a second time, in fractions: who takes part, then who agrees."""
    seats = len(said) + left + outstanding
    counted = count(seats, *said, quorum=quorum, majority=majority, left=left, is_day_over=True)
    voted, opening = [one for one in said if one != "recuse"], seats - said.count("recuse")
    spoke = [one for one in voted if one != "abstain"]
    enough = (
        Fraction(len(voted)) >= Fraction(quorum) * (opening - left)
        and 2 * len(voted) > opening
        and len(voted) > 0
    )
    if not enough or not spoke:
        expected = "no_decision"
    elif Fraction(spoke.count("approve"), len(spoke)) > Fraction(majority):
        expected = "approved"
    elif spoke.count("request_changes") >= spoke.count("reject"):
        expected = "changes_requested"
    else:
        expected = "rejected"
    assert counted.outcome == counted.leading == expected


@settings(deadline=None)
@given(said=votes, outstanding=st.integers(0, 3), quorum=shares, majority=majorities)
def test_certain_means_that_however_the_rest_votes_leaves_or_stays_away_the_outcome_is_the_same(
    said, outstanding, quorum, majority
):
    seats = len(said) + outstanding
    counted = count(seats, *said, quorum=quorum, majority=majority, early_end="certain")
    ends = set()
    for rest in product([*Choice.values, "left", "silent"], repeat=outstanding):
        more = [one for one in rest if one not in {"left", "silent"}]
        end = count(
            seats, *said, *more, quorum=quorum, majority=majority, left=rest.count("left"), is_day_over=True
        )
        ends.add(end.outcome)
    if counted.outcome is not None and outstanding:
        assert ends == {counted.outcome}
    if outstanding and ends != {"no_decision"} and len(ends) == 1:
        assert counted.outcome == ends.pop()


@settings(deadline=None)
@given(said=votes, left=st.integers(0, 3), outstanding=st.integers(1, 3), quorum=shares, early=early_ends)
def test_a_seat_that_leaves_never_turns_too_few_votes_into_a_decision(said, left, outstanding, quorum, early):
    seats = len(said) + left + outstanding
    before = count(seats, *said, quorum=quorum, left=left, early_end=early, is_day_over=True)
    after = count(seats, *said, quorum=quorum, left=left + outstanding, early_end=early)
    half = 2 * before.present > seats - said.count("recuse")
    if not half:
        assert after.outcome == "no_decision"
    assert after.ending is not None  # nobody is left to wait for


@settings(deadline=None)
@given(said=votes, left=st.integers(0, 2), outstanding=st.integers(0, 3), quorum=shares, early=early_ends)
def test_order_of_votes_does_not_matter_and_counts_add_up(said, left, outstanding, quorum, early):
    seats = len(said) + left + outstanding
    counted = count(seats, *said, quorum=quorum, left=left, early_end=early)
    assert counted == count(seats, *reversed(said), quorum=quorum, left=left, early_end=early)
    assert counted.eligible + counted.recuse + counted.left == seats
    assert counted.present + counted.outstanding == counted.eligible
    assert Counter(said)["abstain"] == counted.abstain
    assert (counted.outcome is None) == (counted.ending is None)


@settings(deadline=None)
@given(said=votes, outstanding=st.integers(1, 3), quorum=shares, majority=majorities, early=early_ends)
def test_one_more_approval_never_turns_an_approval_down(said, outstanding, quorum, majority, early):
    seats = len(said) + outstanding
    before = count(seats, *said, quorum=quorum, majority=majority, early_end=early)
    after = count(seats, *said, "approve", quorum=quorum, majority=majority, early_end=early)
    if before.leading == Outcome.APPROVED:
        assert after.leading == Outcome.APPROVED


@settings(deadline=None)
@given(said=votes, left=st.integers(0, 3), outstanding=st.integers(0, 3), quorum=shares, early=early_ends)
def test_a_vote_always_ends_with_its_day(said, left, outstanding, quorum, early):
    seats = len(said) + left + outstanding
    assert count(seats, *said, quorum=quorum, left=left, early_end=early, is_day_over=True).ending is not None


def test_outcome_of_no_words_is_no_decision():
    assert outcome_of(approve=0, request_changes=0, reject=0, majority_share=HALF) == "no_decision"


# independent people at the opening, approvals of theirs, votes, early end, day over -> outcome
FOUR_EYES = [
    (None, 0, [Y, Y, Y], "all_voted", False, "approved"),  # opened before the rule
    (0, 0, [Y, Y, Y], "all_voted", False, "approved"),  # nobody could; the decision is marked
    (1, 0, [Y, Y, N], "all_voted", False, "no_decision"),
    (1, 1, [Y, Y, N], "all_voted", False, "approved"),
    (2, 0, [Y, N, N], "all_voted", False, "rejected"),  # what is no approval needs nobody
    (2, 0, [Y, C, C], "all_voted", False, "changes_requested"),
    (1, 0, [Y, Y], "all_voted", True, "no_decision"),
    (1, 0, [Y, Y], "certain", False, None),
    (1, 1, [Y, Y], "certain", False, "approved"),
]


@pytest.mark.parametrize(("independent", "theirs", "choices", "early", "day_over", "outcome"), FOUR_EYES)
def test_an_approval_needs_an_independent_one(independent, theirs, choices, early, day_over, outcome):
    counted = count(
        3,
        *choices,
        early_end=early,
        is_day_over=day_over,
        independent=independent,
        independent_approve=theirs,
    )
    assert counted.outcome == outcome


def test_the_chair_ends_nothing_that_no_independent_person_approved():
    for theirs, outcome in ((0, None), (1, "approved")):
        counted = count(
            3, Y, Y, early_end="chair", is_closing=True, independent=1, independent_approve=theirs
        )
        assert counted.outcome == outcome
