"""Where a vote stands, seat by seat, and what of it a reader may see."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import Action
from accounts.models import Membership
from accounts.permissions import may
from coalition.choices import Choice, Ending
from coalition.models import (
    Approval,
    ApprovalRound,
    Initiative,
    Seat,
)
from coalition.rules import Tally, tally
from common.text import listed


@dataclass(frozen=True, kw_only=True, slots=True)
class SeatVote:
    """One seat of a vote and what it said, if it has."""

    seat: Seat
    choice: str
    comment: str
    cast_by: Membership | None
    cast_at: datetime | None
    is_hidden: bool = False  # it has voted, and this reader does not see what it said yet

    @property
    def has_voted(self) -> bool:
        return self.is_hidden or bool(self.choice)

    @property
    def label(self) -> str:
        return str(Choice(self.choice).label) if self.choice else ""

    @property
    def by_alternate(self) -> bool:
        return self.cast_by is not None and self.cast_by.pk != self.seat.membership_id


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundStanding:
    """One vote: its tally, seat by seat, and the same in words."""

    round: ApprovalRound
    tally: Tally
    votes: tuple[SeatVote, ...]
    is_hidden: bool = False  # the reader sees who has voted, not what was said

    @property
    def is_open(self) -> bool:
        return self.round.closed_at is None

    @property
    def is_ripe(self) -> bool:
        """The rule has ended it, and it is not recorded yet."""
        return self.is_open and self.tally.outcome is not None

    @property
    def waiting_for(self) -> tuple[str, ...]:
        """Who has not voted."""
        return tuple(str(vote.seat.membership) for vote in self.votes if not vote.has_voted)

    @property
    def outcome(self) -> str | None:
        """What it gave; None for a reader from whom the votes are hidden, and while it goes on."""
        return None if self.is_hidden else self.tally.outcome

    @property
    def sentence(self) -> str:
        return tally_sentence(self.tally)

    @property
    def split(self) -> str:
        return "" if self.is_hidden else split_sentence(self.tally)


def tally_sentence(counted: Tally) -> str:
    """ "3 of 7 have voted; 2 more needed" """
    voted = ngettext(
        "%(present)s of %(count)s has voted", "%(present)s of %(count)s have voted", counted.eligible
    ) % {"present": counted.present, "count": counted.eligible}
    if counted.eligible == 0:
        return _("No one is left who can vote")
    if counted.ending == Ending.TOO_FEW_LEFT:
        return _("%(voted)s; too few seats are left to decide") % {"voted": voted}
    if counted.missing:
        more = ngettext("%(count)s more needed", "%(count)s more needed", counted.missing) % {
            "count": counted.missing
        }
        return _("%(voted)s; %(more)s") % {"voted": voted, "more": more}
    if counted.outcome is None:
        return _("%(voted)s; enough for a decision") % {"voted": voted}
    return voted


def split_sentence(counted: Tally) -> str:
    """Who said what, in one line: "4 for, 2 against, 1 asked for changes, 1 abstained"."""
    parts = [
        ngettext("%(n)s for", "%(n)s for", counted.approve) % {"n": counted.approve}
        if counted.approve
        else "",
        ngettext("%(n)s against", "%(n)s against", counted.reject) % {"n": counted.reject}
        if counted.reject
        else "",
        ngettext("%(n)s asked for changes", "%(n)s asked for changes", counted.request_changes)
        % {"n": counted.request_changes}
        if counted.request_changes
        else "",
        ngettext("%(n)s abstained", "%(n)s abstained", counted.abstain) % {"n": counted.abstain}
        if counted.abstain
        else "",
        ngettext("%(n)s recused", "%(n)s recused", counted.recuse) % {"n": counted.recuse}
        if counted.recuse
        else "",
    ]
    return listed(part for part in parts if part)


def round_of(initiative: Initiative) -> ApprovalRound | None:
    """The open vote, or None. One query."""
    found: ApprovalRound | None = (
        ApprovalRound.objects.open()
        .select_related("revision", "initiative__organization")
        .filter(initiative=initiative)
        .first()
    )
    return found


def round_standing(approval_round: ApprovalRound, *, is_closing: bool = False) -> RoundStanding:
    """Count one vote, with everything that was said. Two queries.

    A seat that has left before it voted is out of the count; what it said before stays. For a reader, pass
    the result through `as_seen_by`.
    """
    return standing_of(
        approval_round,
        approval_round.seats.select_related("membership__user", "alternate__user", "function"),
        approval_round.approvals.select_related("cast_by__user"),
        is_closing=is_closing,
    )


def votable_seats(standing: RoundStanding, member: Membership) -> tuple[Seat, ...]:
    """The seats of this vote that the member may speak for, the own one first. No query."""
    seats = [
        vote.seat
        for vote in standing.votes
        if member.pk in (vote.seat.membership_id, vote.seat.alternate_id)
        and _is_seated(vote.seat, member.organization.clock.today())
        and vote.seat.has_vote
    ]
    return tuple(sorted(seats, key=lambda seat: seat.membership_id != member.pk))


def as_seen_by(standing: RoundStanding, member: Membership, initiative: Initiative) -> RoundStanding:
    """The same vote for this reader. No query.

    While it is open, only who has voted, for every seat that they may vote for, sees what others said;
    everybody else sees who has voted and how many are needed. Stepping out is no vote: it opens nothing, so
    that nobody looks first and votes then. Once it is decided, everything.
    """
    if not standing.is_open:
        return standing
    is_proposer = member.pk in proposers(initiative, standing.round.revision.submitted_by_id)
    own = () if is_proposer or not may(member.role, Action.VOTE) else votable_seats(standing, member)
    mine = {seat.pk for seat in own}
    own_votes = [vote for vote in standing.votes if vote.seat.pk in mine]
    if mine and all(vote.has_voted and vote.choice != Choice.RECUSE for vote in own_votes):
        return standing
    votes = tuple(
        vote
        if vote.seat.pk in mine or not vote.choice
        else replace(vote, choice="", comment="", cast_by=None, cast_at=None, is_hidden=True)
        for vote in standing.votes
    )
    return replace(standing, votes=votes, is_hidden=True)


def proposers(initiative: Initiative, submitted_by_id: int) -> frozenset[int]:
    """The memberships that do not judge it, also not for another's seat: its owner and who submits it.

    Handing the ownership over before the vote does not make a proposer a judge. No query.
    """
    return frozenset({initiative.owner_id, submitted_by_id})


def standing_of(
    approval_round: ApprovalRound,
    seats: Iterable[Seat],
    approvals: Iterable[Approval],
    *,
    is_closing: bool = False,
) -> RoundStanding:
    said = {approval.seat_id: approval for approval in approvals}
    closed, due_on = approval_round.closed_at, approval_round.due_on
    clock = approval_round.initiative.organization.clock
    today = clock.day_of(closed) if closed else clock.today()
    is_day_over = due_on is not None and due_on < today
    day = due_on if due_on is not None and is_day_over else today  # whoever left later has had the time
    votes, left = [], 0
    for seat in seats:
        approval = said.get(seat.pk)
        if approval is None and _has_left(approval_round, seat, day):
            left += 1
            continue
        votes.append(
            SeatVote(
                seat=seat,
                choice=approval.choice if approval else "",
                comment=approval.comment if approval else "",
                cast_by=approval.cast_by if approval else None,
                cast_at=approval.cast_at if approval else None,
            )
        )
    counted = tally(
        seats=len(votes) + left,
        left=left,
        choices=[vote.choice for vote in votes if vote.choice],
        quorum_share=approval_round.quorum_share,
        majority_share=approval_round.majority_share,
        early_end=approval_round.early_end,
        is_day_over=is_day_over or closed is not None,
        is_closing=is_closing,
    )
    return RoundStanding(round=approval_round, tally=counted, votes=tuple(votes))


def _has_left(approval_round: ApprovalRound, seat: Seat, day: date) -> bool:
    """Whether nobody may vote for this seat any more. Of a vote that is over only the term is known."""
    if not _is_seated(seat, day):
        return True
    if approval_round.closed_at is not None:
        return False
    partial = proposers(approval_round.initiative, approval_round.revision.submitted_by_id)
    return not (seat.has_vote and has_voter(seat, partial))


def has_voter(seat: Seat, partial: frozenset[int]) -> bool:
    """Whether its person, or an alternate who is no proposer, can use its vote."""
    return can_vote(seat.membership) or (can_vote(seat.alternate) and seat.alternate_id not in partial)


def _is_seated(seat: Seat, day: date) -> bool:
    return seat.starts_on <= day and (seat.ends_on is None or seat.ends_on > day)


def can_vote(member: Membership | None) -> bool:
    """Whether this person is here and has the right to vote. No query where the user was selected."""
    return member is not None and member.is_active and member.user.is_active and may(member.role, Action.VOTE)
