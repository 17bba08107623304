"""How votes become a decision. Pure: counts in, tally out; no database, no clock.

The rules, in words
-------------------
* The seats of the owner and of who submitted it have no vote, and a recused seat steps out: none of them
  is *eligible*.
* *Quorum*: the charter's share of the eligible seats, rounded up, and never less than one seat.
* *Present*: who approved, rejected, asked for changes or abstained.
* The vote is *decided* once the quorum is there and (a) all eligible seats have voted, or (b) no vote
  still to come can change the outcome, or (c) the chair closes it.
* *Approved* if the approvals are more than the charter's share of the votes that say something
  (approve, ask for changes, reject). Otherwise *changes requested* if at least as many seats asked for
  changes as rejected, else *rejected*.

If everybody recuses there is nobody left to decide: the vote stays open until it is withdrawn.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from coalition.choices import Choice, Outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """The state of a vote. `outcome` is None while it is open; `leading` is what closing now would give."""

    seats: int  # voting seats in this vote, without its proposers'
    approve: int
    request_changes: int
    reject: int
    abstain: int
    recuse: int
    eligible: int
    present: int
    quorum: int
    leading: Outcome
    outcome: Outcome | None

    @property
    def outstanding(self) -> int:
        """Eligible seats that have not voted."""
        return self.eligible - self.present

    @property
    def missing_for_quorum(self) -> int:
        return max(0, self.quorum - self.present)

    @property
    def has_quorum(self) -> bool:
        return self.present >= self.quorum

    @property
    def is_split(self) -> bool:
        """Whether those who said something did not agree."""
        return sum(count > 0 for count in (self.approve, self.request_changes, self.reject)) > 1


def quorum_of(*, eligible: int, quorum_share: Decimal) -> int:
    """Seats that must be present: the share rounded up, at least one."""
    return max(1, int((quorum_share * eligible).to_integral_value(rounding=ROUND_CEILING)))


def outcome_of(*, approve: int, request_changes: int, reject: int, majority_share: Decimal) -> Outcome:
    """What these votes mean, quorum given."""
    if approve > majority_share * (approve + request_changes + reject):
        return Outcome.APPROVED
    return Outcome.CHANGES_REQUESTED if request_changes >= reject else Outcome.REJECTED


def tally(
    *,
    seats: int,
    choices: Iterable[str],
    quorum_share: Decimal,
    majority_share: Decimal,
    is_closing: bool = False,
) -> Tally:
    """Count the votes of one round.

    `seats` counts the voting seats without its proposers', `choices` has one entry per seat that has voted.
    `is_closing` says that the chair closes the vote; without a quorum that decides nothing.
    """
    count = Counter(choices)
    if sum(count.values()) > seats:
        raise ValueError("more votes than seats")
    approve, reject = count[Choice.APPROVE], count[Choice.REJECT]
    request_changes, abstain = count[Choice.REQUEST_CHANGES], count[Choice.ABSTAIN]
    eligible = seats - count[Choice.RECUSE]
    present = approve + request_changes + reject + abstain
    quorum = quorum_of(eligible=eligible, quorum_share=quorum_share)
    leading = outcome_of(
        approve=approve, request_changes=request_changes, reject=reject, majority_share=majority_share
    )
    is_decided = present >= quorum and (
        is_closing
        or present == eligible
        or _is_settled(
            approve=approve,
            request_changes=request_changes,
            reject=reject,
            outstanding=eligible - present,
            majority_share=majority_share,
        )
    )
    return Tally(
        seats=seats,
        approve=approve,
        request_changes=request_changes,
        reject=reject,
        abstain=abstain,
        recuse=count[Choice.RECUSE],
        eligible=eligible,
        present=present,
        quorum=quorum,
        leading=leading,
        outcome=leading if is_decided else None,
    )


def _is_settled(
    *, approve: int, request_changes: int, reject: int, outstanding: int, majority_share: Decimal
) -> bool:
    """Whether the outcome is the same however the outstanding seats vote.

    An approval can only raise the share of approvals and any other vote that says something can only
    lower it, so the two extremes decide; the same holds for changes against rejections.
    """
    against = request_changes + reject
    if approve > majority_share * (approve + against + outstanding):
        return True
    if approve + outstanding > majority_share * (approve + outstanding + against):
        return False
    return request_changes >= reject + outstanding or request_changes + outstanding < reject
