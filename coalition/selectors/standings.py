"""Where a vote stands, seat by seat, and what of it a reader may see."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import Action, Role
from accounts.models import Membership
from accounts.permissions import may
from coalition.choices import Choice, Ending, NoVote
from coalition.models import (
    Approval,
    ApprovalRound,
    Initiative,
    Seat,
    StandIn,
)
from coalition.rules import Tally, tally
from wording.formats import reader
from wording.joining import listed, one_of

PROPOSES = "proposes"  # why a seat dropped out: its person became a proposer while the vote was open


@dataclass(frozen=True, kw_only=True, slots=True)
class SeatVote:
    """One seat of a vote and what it said, if it has."""

    seat: Seat
    choice: str
    comment: str
    cast_by: Membership | None
    cast_at: datetime | None
    stand_in: Membership | None = None  # the alternate at the opening
    stand_in_spoke: bool = False  # the alternate has voted for it, also where the holder replaced that vote
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

    @property
    def why_no_vote(self) -> str:
        """Why the person of the seat cannot vote now, in words; empty where they can."""
        return no_vote_text(self.seat.membership)

    def names_among(self, known: frozenset[int]) -> list[str]:
        """Holder and alternate where they are among these memberships."""
        people = [self.seat.membership, *([self.stand_in] if self.stand_in else [])]
        return [str(person) for person in people if person.pk in known]

    @property
    def by_holder(self) -> bool:
        return self.cast_by is not None and self.cast_by.pk == self.seat.membership_id


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftSeat:
    """One seat that dropped out of a vote before it had voted, and why. Empty: nobody knows any more."""

    seat: Seat
    because: str = ""  # one of NoVote
    role: str = ""  # of the person then, where it was the role

    @property
    def text(self) -> str:
        if self.because == NoVote.ROLE and self.role in Role.values:
            return _("lost the right to vote before it had voted: the role %(role)s does not allow it") % {
                "role": Role(self.role).label
            }
        if self.because == PROPOSES:
            return _("became the owner before it had voted")
        if self.because == NoVote.ACCESS:
            return _("lost access before it had voted")
        if self.because == NoVote.TERM and self.seat.ends_on:
            return _("seat ended on %(day)s, before it had voted") % {"day": reader().day(self.seat.ends_on)}
        return _("left the vote before it had voted")


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundStanding:
    """One vote: its tally, seat by seat, and the same in words."""

    round: ApprovalRound
    tally: Tally
    votes: tuple[SeatVote, ...]
    left: tuple[LeftSeat, ...] = ()  # seats of the opening that dropped out before they had voted
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

    @property
    def four_eyes(self) -> str:
        """Whose approval an approval needs, or that nobody could give it; the same for every reader. Empty
        where this was not looked at."""
        known = self.round.independent_ids
        if known is None:
            return ""
        if not known:
            return _(
                "Nobody who can vote is independent of those who proposed it. An approval will be marked as "
                "“approved without an independent vote”."
            )
        names = [name for vote in self.votes for name in vote.names_among(frozenset(known))]
        return _(
            "To be approved it needs the vote of a person who is independent of those who proposed it: "
            "%(names)s."
        ) % {"names": one_of(list(dict.fromkeys(names)) or ["–"])}


def tally_sentence(counted: Tally) -> str:
    """ "3 of 7 have voted; at least 2 more needed for a decision" """
    voted = ngettext(
        "%(present)s of %(count)s has voted", "%(present)s of %(count)s have voted", counted.eligible
    ) % {"present": counted.present, "count": counted.eligible}
    if counted.eligible == 0:
        return _("No one is left who can vote")
    if counted.ending == Ending.TOO_FEW_LEFT:
        return _("%(voted)s; too few seats are left to decide") % {"voted": voted}
    if counted.missing:
        more = ngettext(
            "at least %(count)s more needed for a decision",
            "at least %(count)s more needed for a decision",
            counted.missing,
        ) % {"count": counted.missing}
        return _("%(voted)s; %(more)s") % {"voted": voted, "more": more}
    if counted.outcome is None:
        return _("%(voted)s; enough for a decision") % {"voted": voted}
    return voted


def split_sentence(counted: Tally) -> str:
    """Who said what, in one line: "4 for, 2 against, 1 asked for changes, 1 abstained"."""
    return split_of(split_counts(counted))


def split_counts(counted: Tally) -> dict[str, int]:
    """How many said what, by the value of their choice."""
    return {str(choice): getattr(counted, choice) for choice in Choice.values}


def split_of(counts: Mapping[str, int]) -> str:
    """The counts in one line; choices that nobody made are left out."""
    told = {choice: counts.get(choice, 0) for choice in Choice.values}
    n_for, n_against, n_changes = told[Choice.APPROVE], told[Choice.REJECT], told[Choice.REQUEST_CHANGES]
    n_abstained, n_recused = told[Choice.ABSTAIN], told[Choice.RECUSE]
    texts = [
        (n_for, ngettext("%(n)s for", "%(n)s for", n_for)),
        (n_against, ngettext("%(n)s against", "%(n)s against", n_against)),
        (n_changes, ngettext("%(n)s asked for changes", "%(n)s asked for changes", n_changes)),
        (n_abstained, ngettext("%(n)s abstained", "%(n)s abstained", n_abstained)),
        (n_recused, ngettext("%(n)s recused", "%(n)s recused", n_recused)),
    ]
    return listed(text % {"n": number} for number, text in texts if number)


def round_of(initiative: Initiative) -> ApprovalRound | None:
    """The open vote, or None. One query."""
    found: ApprovalRound | None = (
        ApprovalRound.objects.open()
        .select_related("revision", "initiative__organization", "chair")
        .filter(initiative=initiative)
        .first()
    )
    return found


def round_standing(approval_round: ApprovalRound, *, is_closing: bool = False) -> RoundStanding:
    """Count one vote, with everything that was said. Three queries.

    A seat that has left before it voted is out of the count; what it said before stays. For a reader, pass
    the result through `as_seen_by`.
    """
    return standing_of(
        approval_round,
        approval_round.seats.select_related("membership__user", "alternate__user", "function"),
        approval_round.approvals.select_related("cast_by__user"),
        approval_round.stand_ins.select_related("membership__user"),
        is_closing=is_closing,
    )


def votable_seats(standing: RoundStanding, member: Membership) -> tuple[Seat, ...]:
    """The seats of this vote that the member may speak for, the own one first. No query.

    The own seat, and as alternate a seat whose holder has not voted; of several such seats only one, so that
    nobody decides with the votes of others. The one that the member spoke for stays the one when its holder
    replaces the vote or its term ends.
    """
    today = member.organization.clock.today()
    there = [vote for vote in standing.votes if not has_ended(vote.seat, today)]
    own = [vote.seat for vote in there if vote.seat.membership_id == member.pk]
    others = [vote for vote in there if vote.stand_in is not None and vote.stand_in.pk == member.pk]
    has_spoken = any(_speaks_as_alternate(vote, member) for vote in standing.votes)
    still = [vote for vote in others if not has_spoken or _speaks_as_alternate(vote, member)]
    return (*own, *(vote.seat for vote in still if not vote.by_holder))


def _speaks_as_alternate(vote: SeatVote, member: Membership) -> bool:
    """Whether the member has voted for this seat of another, whatever became of that vote."""
    if vote.seat.membership_id == member.pk:
        return False
    is_named = vote.stand_in is not None and vote.stand_in.pk == member.pk
    return (is_named and vote.stand_in_spoke) or (vote.cast_by is not None and vote.cast_by.pk == member.pk)


def chairs(approval_round: ApprovalRound, member: Membership) -> bool:
    """Whether the member chaired the coalition when this vote was opened, and still has that seat.

    No query where `chair` was selected with it.
    """
    chair = approval_round.chair
    if chair is None or chair.membership_id != member.pk:
        return False
    return not has_ended(chair, member.organization.clock.today())


def as_seen_by(standing: RoundStanding, member: Membership) -> RoundStanding:
    """The same vote for this reader. No query.

    While it is open, only who has voted themselves, for every seat that they may vote for, sees what others
    said (an alternate no longer, once the holder has voted; a holder whose alternate voted not before they
    have confirmed or replaced that vote);
    everybody else sees who has voted and how many are needed. Stepping out is no vote: it opens nothing, so
    that nobody looks first and votes then. Once it is decided, everything.
    """
    if not standing.is_open:
        return standing
    is_proposer = member.pk in proposers(standing.round)
    own = () if is_proposer or not may(member.role, Action.VOTE) else votable_seats(standing, member)
    mine = {seat.pk for seat in own}
    own_votes = [vote for vote in standing.votes if vote.seat.pk in mine]
    if mine and all(_spoke(vote, member) for vote in own_votes):
        return standing
    return seal(standing, but=mine)


def _spoke(vote: SeatVote, member: Membership) -> bool:
    """Whether what stands for this seat is this member's own vote, and says something."""
    is_own = vote.cast_by is not None and vote.cast_by.pk == member.pk
    return is_own and vote.choice != Choice.RECUSE


def seal(standing: RoundStanding, *, but: Iterable[int] = ()) -> RoundStanding:
    """The same vote with who has voted and without what was said, except by the seats in `but`. No query."""
    shown = set(but)
    votes = tuple(
        vote
        if vote.seat.pk in shown or not vote.choice
        else replace(vote, choice="", comment="", cast_by=None, cast_at=None, is_hidden=True)
        for vote in standing.votes
    )
    return replace(standing, votes=votes, is_hidden=True)


def proposers(approval_round: ApprovalRound) -> frozenset[int]:
    """The memberships that do not judge what is voted on, also not for another's seat: owner and former
    owners at the opening, who submitted it, and who owns it now.

    Nobody stops being one by handing the ownership over. No query.
    """
    present = {approval_round.initiative.owner_id, approval_round.revision.submitted_by_id}
    return frozenset({*approval_round.proposer_ids, *present})


def proposers_of(initiative: Initiative, submitted_by: Membership) -> frozenset[int]:
    """The same of an initiative that would be submitted by this member now. One query."""
    owners = initiative.former_owners.values_list("pk", flat=True)
    return frozenset({*owners, initiative.owner_id, submitted_by.pk})


def standing_of(
    approval_round: ApprovalRound,
    seats: Iterable[Seat],
    approvals: Iterable[Approval],
    stand_ins: Iterable[StandIn] = (),
    *,
    gone: Mapping[int, LeftSeat] | None = None,
    is_closing: bool = False,
) -> RoundStanding:
    """Count one vote from its rows. `stand_ins` are wanted while it is open; `gone` are the seats, by id,
    that had left a vote that is over, where this was kept. No query."""
    said = {approval.seat_id: approval for approval in approvals}
    rows = {row.seat_id: row for row in stand_ins}
    closed, due_on = approval_round.closed_at, approval_round.due_on
    clock = approval_round.initiative.organization.clock
    today = clock.day_of(closed) if closed else clock.today()
    is_day_over = due_on is not None and due_on < today
    day = due_on if due_on is not None and is_day_over else today  # whoever left later has had the time
    votes, left = [], list[LeftSeat]()
    for seat in seats:
        approval = said.get(seat.pk)
        row = rows.get(seat.pk)
        alternate = row.membership if row else None
        if approval is None:
            known = _left(approval_round, seat, alternate, day) if gone is None else gone.get(seat.pk)
            if known is not None:
                left.append(known)
                continue
        votes.append(
            SeatVote(
                seat=seat,
                choice=approval.choice if approval else "",
                comment=approval.comment if approval else "",
                cast_by=approval.cast_by if approval else None,
                cast_at=approval.cast_at if approval else None,
                stand_in=alternate,
                stand_in_spoke=row is not None and row.spoke_at is not None,
            )
        )
    counted = tally(
        seats=len(votes) + len(left),
        left=len(left),
        choices=[vote.choice for vote in votes if vote.choice],
        quorum_share=approval_round.quorum_share,
        majority_share=approval_round.majority_share,
        early_end=approval_round.early_end,
        is_day_over=is_day_over or closed is not None,
        is_closing=is_closing,
        **_independence(approval_round, votes),
    )
    return RoundStanding(round=approval_round, tally=counted, votes=tuple(votes), left=tuple(left))


def _independence(approval_round: ApprovalRound, votes: Iterable[SeatVote]) -> dict[str, int]:
    """The part of the count that is about four eyes; nothing where the vote was opened before it."""
    if approval_round.independent_ids is None:
        return {}
    known = set(approval_round.independent_ids)
    theirs = [
        vote
        for vote in votes
        if vote.choice == Choice.APPROVE and vote.cast_by is not None and vote.cast_by.pk in known
    ]
    return {"independent": len(known), "independent_approve": len(theirs)}


def _left(
    approval_round: ApprovalRound, seat: Seat, alternate: Membership | None, day: date
) -> LeftSeat | None:
    """The seat with the reason where nobody may vote for it any more. Of a vote that is over only the term is
    known.

    The seat's vote and its alternate are as at the opening: what is changed later holds from the next vote.
    """
    holder = seat.membership
    if has_ended(seat, day):
        return LeftSeat(seat=seat, because=NoVote.TERM if holder.has_access else NoVote.ACCESS)
    if approval_round.closed_at is not None:
        return None
    partial = proposers(approval_round)
    if has_voter(holder, alternate, partial):
        return None
    because = why_no_vote(holder) or (PROPOSES if holder.pk in partial else "")
    return LeftSeat(seat=seat, because=because, role=holder.role)


def has_voter(holder: Membership, alternate: Membership | None, partial: frozenset[int]) -> bool:
    """Whether a seat's holder or its alternate can use its vote; proposers cannot."""
    return voter_of(holder, alternate, partial) is not None


def voter_of(holder: Membership, alternate: Membership | None, partial: frozenset[int]) -> Membership | None:
    """Who is asked for a seat's vote: its holder, or its alternate where the holder is gone or a proposer;
    nobody who is a proposer."""
    for person in (holder, alternate):
        if person is not None and can_vote(person) and person.pk not in partial:
            return person
    return None


def has_ended(seat: Seat, day: date) -> bool:
    """Whether the term of a seat that has begun is over on this day."""
    return seat.ends_on is not None and seat.ends_on <= day


def can_vote(member: Membership | None) -> bool:
    """Whether this person is here and has the right to vote. No query where the user was selected."""
    return member is not None and member.has_access and may(member.role, Action.VOTE)


def why_no_vote(member: Membership) -> str:
    """Why this person cannot vote, one of NoVote; empty where they can. No query where the user was
    selected."""
    if not member.has_access:
        return NoVote.ACCESS.value
    return "" if may(member.role, Action.VOTE) else NoVote.ROLE.value


def no_vote_text(member: Membership) -> str:
    """The same in a few words beside a name: "the role Contributor does not allow voting"."""
    why = why_no_vote(member)
    if why == NoVote.ROLE:
        return _("the role %(role)s does not allow voting") % {"role": Role(member.role).label}
    return str(NoVote(why).label) if why else ""
