"""Where a vote stands, who may cast one, and what waits for whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import Action
from accounts.models import Membership, Organization
from accounts.permissions import may
from coalition.choices import Choice, Outcome
from coalition.models import (
    Approval,
    ApprovalRound,
    Coalition,
    Decision,
    Initiative,
    Member,
)
from coalition.rules import Tally, quorum_of, tally
from coalition.selectors.content import Change, changes_between


@dataclass(frozen=True, kw_only=True, slots=True)
class SeatVote:
    """One seat of a vote and what it said, if it has."""

    seat: Member
    choice: str
    comment: str
    cast_by: Membership | None
    cast_at: datetime | None

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

    @property
    def is_open(self) -> bool:
        return self.round.closed_at is None

    @property
    def waiting_for(self) -> tuple[str, ...]:
        """Who has not voted."""
        return tuple(str(vote.seat.membership) for vote in self.votes if not vote.choice)

    @property
    def sentence(self) -> str:
        return tally_sentence(self.tally)

    @property
    def split(self) -> str:
        return split_sentence(self.tally)


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingVote:
    """One vote that a member is asked for."""

    initiative: Initiative
    round: ApprovalRound
    seat: Member
    is_for_another: bool  # the member is the alternate of this seat
    sentence: str

    @property
    def due_on(self) -> date | None:
        return self.round.due_on

    @property
    def is_overdue(self) -> bool:
        return self.round.due_on is not None and self.round.due_on < timezone.localdate()


@dataclass(frozen=True, kw_only=True, slots=True)
class VotePage:
    """What the vote page shows about the open vote, for one member."""

    standing: RoundStanding
    seats: tuple[Member, ...]  # those that this member may vote for, the own one first
    own: tuple[SeatVote, ...]  # what these seats have said so far
    may_close: bool
    is_proposer: bool  # owns or submitted it
    changes: tuple[Change, ...]  # since the last vote
    previous: Decision | None


def tally_sentence(counted: Tally) -> str:
    """ "3 of 7 have voted; 2 more needed" """
    voted = ngettext(
        "%(present)s of %(count)s has voted", "%(present)s of %(count)s have voted", counted.eligible
    ) % {"present": counted.present, "count": counted.eligible}
    if counted.eligible == 0:
        return _("Everybody has recused themselves; nobody is left to decide")
    if counted.missing_for_quorum:
        more = ngettext("%(count)s more needed", "%(count)s more needed", counted.missing_for_quorum) % {
            "count": counted.missing_for_quorum
        }
        return _("%(voted)s; %(more)s") % {"voted": voted, "more": more}
    if counted.outcome is None:
        return _("%(voted)s; enough to decide, but the outcome is still open") % {"voted": voted}
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
    return ", ".join(part for part in parts if part)


def round_of(initiative: Initiative) -> ApprovalRound | None:
    """The open vote, or None. One query."""
    found: ApprovalRound | None = (
        ApprovalRound.objects.open().select_related("revision").filter(initiative=initiative).first()
    )
    return found


def round_standing(approval_round: ApprovalRound, *, is_closing: bool = False) -> RoundStanding:
    """Count one vote. Two queries.

    A seat that ended before it voted has left the count; what it said before stays.
    """
    return _standing(
        approval_round,
        approval_round.seats.select_related("membership__user", "alternate__user", "function"),
        approval_round.approvals.select_related("cast_by__user"),
        is_closing=is_closing,
    )


def votable_seats(standing: RoundStanding, member: Membership) -> tuple[Member, ...]:
    """The seats of this vote that the member may speak for, the own one first. No query."""
    seats = [
        vote.seat
        for vote in standing.votes
        if member.pk in (vote.seat.membership_id, vote.seat.alternate_id)
        and _is_seated(vote.seat, timezone.localdate())
    ]
    return tuple(sorted(seats, key=lambda seat: seat.membership_id != member.pk))


def vote_page(initiative: Initiative, member: Membership) -> VotePage | None:
    """The open vote as this member sees it, or None where none is open. At most six queries."""
    current = round_of(initiative)
    if current is None:
        return None
    standing = round_standing(current)
    is_proposer = member.pk in proposers(initiative, current.revision.submitted_by_id)
    seats = () if is_proposer or not may(member.role, Action.VOTE) else votable_seats(standing, member)
    mine = {seat.pk for seat in seats}
    previous = Decision.objects.filter(initiative=initiative).select_related("round__revision").first()
    changes = changes_between(previous.round.revision.content, current.revision.content) if previous else ()
    return VotePage(
        standing=standing,
        seats=seats,
        own=tuple(vote for vote in standing.votes if vote.seat.pk in mine and vote.choice),
        may_close=not is_proposer
        and standing.tally.has_quorum
        and any(vote.seat.is_chair and vote.seat.membership_id == member.pk for vote in standing.votes),
        is_proposer=is_proposer,
        changes=changes,
        previous=previous,
    )


def votes_waiting_for(member: Membership) -> tuple[WaitingVote, ...]:
    """Open votes that this member has not answered, the most urgent first; own seats before others'.

    Four queries, however many votes are open. Empty for who may not vote.
    """
    if not may(member.role, Action.VOTE):
        return ()
    today = timezone.localdate()
    rounds = (
        ApprovalRound.objects.open()
        .of(member.organization)
        .filter(Q(seats__membership=member) | Q(seats__alternate=member))
        .exclude(initiative__owner=member)
        .exclude(revision__submitted_by=member)
        .select_related("initiative__owner__user", "initiative__organization")
        .prefetch_related(
            Prefetch(
                "seats", Member.objects.select_related("membership__user", "alternate__user", "function")
            ),
            Prefetch("approvals", Approval.objects.select_related("cast_by__user")),
        )
        .distinct()
    )
    waiting = []
    for one in rounds:
        standing = _standing(one, one.seats.all(), one.approvals.all())
        said = {vote.seat.pk for vote in standing.votes if vote.choice}
        waiting += [
            WaitingVote(
                initiative=one.initiative,
                round=one,
                seat=seat,
                is_for_another=seat.membership_id != member.pk,
                sentence=standing.sentence,
            )
            for seat in votable_seats(standing, member)
            if seat.pk not in said
        ]
    return tuple(sorted(waiting, key=lambda vote: (vote.is_for_another, vote.due_on or today, vote.round.pk)))


def closed_rounds(initiative: Initiative) -> tuple[RoundStanding, ...]:
    """Every vote that is over, newest first, with its decision. Four queries."""
    rounds = (
        ApprovalRound.objects.filter(initiative=initiative)
        .exclude(closed_at=None)
        .select_related("revision", "decision", "closed_by__user")
        .prefetch_related(
            Prefetch(
                "seats", Member.objects.select_related("membership__user", "alternate__user", "function")
            ),
            Prefetch("approvals", Approval.objects.select_related("cast_by__user")),
        )
    )
    return tuple(_standing(one, one.seats.all(), one.approvals.all()) for one in rounds)


def proposers(initiative: Initiative, submitted_by_id: int) -> frozenset[int]:
    """The memberships that do not judge it, also not for another's seat: its owner and who submits it.

    Handing the ownership over before the vote does not make a proposer a judge. No query.
    """
    return frozenset({initiative.owner_id, submitted_by_id})


def electorate(
    coalition: Coalition, initiative: Initiative, *, submitted_by: Membership
) -> tuple[Member, ...]:
    """The seats that would vote on this initiative today: seated, with a vote, able to use it, and not
    its proposers'. One query."""
    partial = proposers(initiative, submitted_by.pk)
    seats = (
        Member.objects.filter(coalition=coalition)
        .seated(timezone.localdate())
        .voting()
        .exclude(membership__in=partial)
        .select_related("membership__user", "alternate__user", "function")
    )
    return tuple(
        seat
        for seat in seats
        if _can_vote(seat.membership) or (_can_vote(seat.alternate) and seat.alternate_id not in partial)
    )


def quorum_needed(coalition: Coalition, voters: int) -> int:
    """How many of so many voting seats must take part."""
    return quorum_of(eligible=voters, quorum_share=coalition.quorum_share)


def decisions(initiative: Initiative) -> QuerySet[Decision]:
    return Decision.objects.filter(initiative=initiative).select_related("round__revision")


def decision_log(organization: Organization) -> QuerySet[Decision]:
    """Every decision of the organization, newest first. One query."""
    return (
        Decision.objects.filter(initiative__organization=organization)
        .select_related("initiative")
        .order_by("-decided_at", "-pk")
    )


def latest_approval(initiative: Initiative) -> Decision | None:
    """The decision that approved it last, or None. One query."""
    return decisions(initiative).filter(outcome=Outcome.APPROVED).first()


def _standing(
    approval_round: ApprovalRound,
    seats: Iterable[Member],
    approvals: Iterable[Approval],
    *,
    is_closing: bool = False,
) -> RoundStanding:
    said = {approval.member_id: approval for approval in approvals}
    closed = approval_round.closed_at
    day = timezone.localdate(closed) if closed else timezone.localdate()
    votes = []
    for seat in seats:
        approval = said.get(seat.pk)
        if approval is None and not _is_seated(seat, day):
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
        seats=len(votes),
        choices=[vote.choice for vote in votes if vote.choice],
        quorum_share=approval_round.quorum_share,
        majority_share=approval_round.majority_share,
        is_closing=is_closing or (closed is not None),
    )
    return RoundStanding(round=approval_round, tally=counted, votes=tuple(votes))


def _is_seated(seat: Member, day: date) -> bool:
    return seat.starts_on <= day and (seat.ends_on is None or seat.ends_on > day)


def _can_vote(member: Membership | None) -> bool:
    return member is not None and member.is_active and member.user.is_active and may(member.role, Action.VOTE)
