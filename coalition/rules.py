"""How votes become a decision. Pure: counts in, tally out; no database, no clock.

The rule, in words (the user's page is docs/charter.md)
------------------------------------------------------
* *Seats of the vote*: those that could vote at its opening. The seats of its proposers are not among them:
  the owner, who owned it before and worked on it, and who submitted it.
* A seat that has *left* (its term ended, or nobody may vote for it any more) before it voted leaves the
  count. What a seat said while it could vote stays. A *recused* seat steps out, as if never asked.
* *Eligible*: the seats that count now. *Present*: who approved, rejected, asked for changes or abstained.
* *Needed*: the charter's quorum of the eligible seats, rounded up, and votes from more than half of the seats
  at the opening, without the recused ones. Both: whoever leaves never makes a few votes enough.
* The vote *ends* when all eligible seats have voted; when too few seats are left to reach what is needed;
  when its last day is over; and, where the charter allows it, when the chair ends it or as soon as no vote
  still to come can change the outcome.
* Ended without what is needed, or with abstentions alone: *no decision*. Otherwise *approved* if the
  approvals are more than the charter's share of the votes that say something (approve, ask for changes,
  reject); else *changes requested* if at least as many seats asked for changes as rejected; else *rejected*.
* *Four eyes*: an approval needs the approval of somebody who is independent of all proposers, where somebody
  like that could vote at the opening; without it *no decision*. Where nobody could, it is marked.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from coalition.choices import Choice, EarlyEnd, Ending, Outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """The state of a vote. `outcome` and `ending` are None while it goes on; `leading` is what ending now
    would give."""

    seats: int  # seats that could vote at the opening, without its proposers'
    left: int  # of these, gone before they voted
    approve: int
    request_changes: int
    reject: int
    abstain: int
    recuse: int
    eligible: int
    present: int
    quorum: int
    needed: int
    leading: Outcome
    outcome: Outcome | None
    ending: Ending | None
    independent: int | None = None  # people who could vote at the opening, independent of all proposers;
    independent_approve: int | None = None  # of the approvals, theirs. None: not looked at

    @property
    def outstanding(self) -> int:
        """Eligible seats that have not voted."""
        return self.eligible - self.present

    @property
    def missing(self) -> int:
        """Votes that a decision still needs."""
        return max(0, self.needed - self.present)

    @property
    def is_enough(self) -> bool:
        """Whether so many have voted that their votes may decide."""
        return self.present >= self.needed

    @property
    def is_split(self) -> bool:
        """Whether those who said something did not agree."""
        return sum(count > 0 for count in (self.approve, self.request_changes, self.reject)) > 1


def quorum_of(*, eligible: int, quorum_share: Decimal) -> int:
    """Seats that must be present: the share rounded up, at least one."""
    return max(1, int((quorum_share * eligible).to_integral_value(rounding=ROUND_CEILING)))


def needed_of(*, opening: int, eligible: int, quorum_share: Decimal) -> int:
    """Votes that a decision needs: the quorum of who counts now, and more than half of `opening`, the seats
    at the opening without the recused ones."""
    return max(quorum_of(eligible=eligible, quorum_share=quorum_share), opening // 2 + 1)


def outcome_of(*, approve: int, request_changes: int, reject: int, majority_share: Decimal) -> Outcome:
    """What these votes mean, enough of them given. Where nobody said anything, nothing is decided."""
    said = approve + request_changes + reject
    if said == 0:
        return Outcome.NO_DECISION
    if approve > majority_share * said:
        return Outcome.APPROVED
    return Outcome.CHANGES_REQUESTED if request_changes >= reject else Outcome.REJECTED


def tally(
    *,
    seats: int,
    choices: Iterable[str],
    quorum_share: Decimal,
    majority_share: Decimal,
    left: int = 0,
    early_end: str = EarlyEnd.ALL_VOTED,
    is_day_over: bool = False,
    is_closing: bool = False,
    independent: int | None = None,
    independent_approve: int = 0,
) -> Tally:
    """Count the votes of one round.

    `seats` counts the seats of the vote at its opening, `left` those of them that have gone without a vote,
    `choices` has one entry per seat that has voted. `is_closing`: the chair ends it, which decides nothing
    where the charter forbids it or too few have voted. `independent` counts the people who could vote at the
    opening and are independent of all proposers, None where that was not looked at, `independent_approve` the
    approvals that they gave.
    """
    count = Counter(choices)
    if sum(count.values()) + left > seats:
        raise ValueError("more votes than seats")
    approve, reject = count[Choice.APPROVE], count[Choice.REJECT]
    request_changes, abstain = count[Choice.REQUEST_CHANGES], count[Choice.ABSTAIN]
    opening = seats - count[Choice.RECUSE]
    eligible = opening - left
    present = approve + request_changes + reject + abstain
    needed = needed_of(opening=opening, eligible=eligible, quorum_share=quorum_share)
    meant = outcome_of(
        approve=approve, request_changes=request_changes, reject=reject, majority_share=majority_share
    )
    is_alone = meant == Outcome.APPROVED and bool(independent) and not independent_approve
    leading = meant if present >= needed and not is_alone else Outcome.NO_DECISION
    is_settled = leading != Outcome.NO_DECISION and _is_settled(
        approve=approve,
        request_changes=request_changes,
        reject=reject,
        outstanding=eligible - present,
        majority_share=majority_share,
    )
    ending = _ending(
        outstanding=eligible - present,
        is_reachable=eligible >= needed,
        may_decide=leading != Outcome.NO_DECISION,
        is_settled=is_settled,
        early_end=early_end,
        is_day_over=is_day_over,
        is_closing=is_closing,
    )
    return Tally(
        seats=seats,
        left=left,
        approve=approve,
        request_changes=request_changes,
        reject=reject,
        abstain=abstain,
        recuse=count[Choice.RECUSE],
        eligible=eligible,
        present=present,
        quorum=quorum_of(eligible=eligible, quorum_share=quorum_share),
        needed=needed,
        leading=leading,
        outcome=leading if ending else None,
        ending=ending,
        independent=independent,
        independent_approve=None if independent is None else independent_approve,
    )


def _ending(
    *,
    outstanding: int,
    is_reachable: bool,
    may_decide: bool,
    is_settled: bool,
    early_end: str,
    is_day_over: bool,
    is_closing: bool,
) -> Ending | None:
    """Why the vote ends now, or None where it goes on."""
    if not is_reachable:
        return Ending.TOO_FEW_LEFT
    if outstanding == 0:
        return Ending.ALL_VOTED
    if is_day_over:
        return Ending.DAY_OVER
    if early_end == EarlyEnd.CERTAIN and is_settled:
        return Ending.CERTAIN
    if is_closing and early_end != EarlyEnd.ALL_VOTED and may_decide:
        return Ending.CHAIR
    return None


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
