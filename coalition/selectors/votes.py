"""Votes on pages and in lists: what waits for whom, who would vote, what was decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import Action
from accounts.models import Membership, Organization
from accounts.permissions import may
from coalition.choices import Choice, EarlyEnd, Ending, NoVote, Outcome
from coalition.models import (
    Approval,
    ApprovalRound,
    Coalition,
    Decision,
    Initiative,
    Seat,
    StandIn,
)
from coalition.rules import needed_of
from coalition.selectors.content import Change, changes_between
from coalition.selectors.standings import (
    LeftSeat,
    RoundStanding,
    SeatVote,
    as_seen_by,
    chairs,
    has_ended,
    has_voter,
    proposers,
    round_of,
    round_standing,
    seal,
    standing_of,
    votable_seats,
)
from wording.joining import sentences


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingVote:
    """One vote that a member is asked for."""

    initiative: Initiative
    round: ApprovalRound
    seat: Seat
    is_for_another: bool  # the member is the alternate of this seat
    sentence: str
    alternate: Membership | None = (
        None  # who has voted for the member's own seat: to be confirmed or replaced
    )

    @property
    def due_on(self) -> date | None:
        return self.round.due_on

    @property
    def is_overdue(self) -> bool:
        return self.due_on is not None and self.due_on < self.initiative.organization.clock.today()


@dataclass(frozen=True, kw_only=True, slots=True)
class VotePage:
    """What the vote page shows about the open vote, for one member."""

    standing: RoundStanding
    member: Membership
    seats: tuple[Seat, ...]  # those that this member may vote for, the own one first
    own: tuple[SeatVote, ...]  # what these seats have said so far
    may_close: bool
    is_proposer: bool  # owns it, owned it before or submitted it
    changes: tuple[Change, ...]  # since the last vote
    previous: Decision | None
    refused: Mapping[str, str]  # why the member does not vote for a seat that names them its alternate, by id

    def seat_of(self, wanted: object) -> Seat | None:
        """The seat with this id where the member may vote for it; else the first that is waited for."""
        named = [seat for seat in self.seats if str(seat.pk) == str(wanted)]
        waiting = [seat for seat in self.seats if self.said_for(seat) is None]
        return next(iter((*named, *waiting, *self.seats)), None)

    def said_for(self, seat: Seat | None) -> SeatVote | None:
        """What the member said for this seat so far; for their own one nothing that an alternate said."""
        said = next((vote for vote in self.own if seat is not None and vote.seat.pk == seat.pk), None)
        return None if said and said.by_alternate and said.seat.membership_id == self.member.pk else said

    def alternate_for(self, seat: Seat | None) -> SeatVote | None:
        """The vote that an alternate cast for the member's own seat, which a vote of theirs replaces."""
        votes = (vote for vote in self.own if seat is not None and vote.seat.pk == seat.pk)
        return next((vote for vote in votes if self.said_for(seat) is None), None)

    def refusal_of(self, wanted: str) -> str:
        """Why the form is not of the seat that was asked for; empty where it is, or none was."""
        if not wanted or any(str(seat.pk) == wanted for seat in self.seats):
            return ""
        return self.refused.get(wanted) or _("The seat that you asked for is not one that you may vote for.")

    @property
    def is_waited_for(self) -> bool:
        """Whether a vote of this member is still out, or one that their alternate cast to be confirmed."""
        return any(self.said_for(seat) is None for seat in self.seats)


def why_not(standing: RoundStanding, member: Membership, seat_pk: int | None = None) -> str:
    """Why the member does not vote here, or not for the seat with this id. No query."""
    today = member.organization.clock.today()
    for vote in standing.votes:
        if vote.stand_in is None or vote.stand_in.pk != member.pk or seat_pk not in {None, vote.seat.pk}:
            continue
        if vote.by_holder:
            return _("%(name)s has voted. An alternate votes only while the holder of the seat has not.") % {
                "name": vote.seat.membership
            }
        if has_ended(vote.seat, today):
            return _("The term of the seat %(seat)s has ended.") % {"seat": vote.seat}
        return _("You may vote as the alternate of one seat only in each vote.")
    return _("You have no voting seat in this vote.")


def why_no_decision(decision: Decision) -> str:
    """What an owner is told: why the vote gave no decision, in the reader's language. No query."""
    present, needed, left = (decision.tally[name] for name in ("present", "needed", "left"))
    if present >= needed:
        if decision.tally["approve"]:
            return _("Nobody who is independent of those who proposed it approved it.")
        return _("Everyone who voted abstained.")
    if is_nobody_left(decision):
        return _("Every seat that could vote recused itself.")
    few = ngettext(
        "%(present)s seat voted; a decision needs %(needed)s.",
        "%(present)s seats voted; a decision needs %(needed)s.",
        present,
    ) % {"present": present, "needed": needed}
    if not left:
        return few
    gone = ngettext(
        "%(left)s seat left the vote before it had voted.",
        "%(left)s seats left the vote before they had voted.",
        left,
    ) % {"left": left}
    return sentences([few, gone])


def after_no_decision(decision: Decision) -> str:
    """What an owner can do after a vote that gave none, in the reader's language. No query."""
    if is_nobody_left(decision):
        return _("The same seats would be asked again: other seats of the coalition have to be filled first.")
    if decision.tally["approve"] and decision.tally["present"] >= decision.tally["needed"]:
        return _("Submit it again, and ask a person who is independent of those who proposed it to vote.")
    return _("Submit it again, as it is or changed.")


def is_nobody_left(decision: Decision) -> bool:
    """Whether all who could vote stepped out, so that the same vote would end the same way. No query."""
    recused, left, seats = (decision.tally[name] for name in ("recuse", "left", "seats"))
    return bool(recused) and recused + left == seats


def vote_page(initiative: Initiative, member: Membership) -> VotePage | None:
    """The open vote as this member sees it, or None where none is open. At most seven queries."""
    current = round_of(initiative)
    if current is None:
        return None
    counted = round_standing(current)
    standing = as_seen_by(counted, member)
    is_proposer = member.pk in proposers(current)
    seats = () if is_proposer or not may(member.role, Action.VOTE) else votable_seats(counted, member)
    mine = {seat.pk for seat in seats}
    previous = Decision.objects.filter(initiative=initiative).select_related("round__revision").first()
    changes = changes_between(previous.round.revision.content, current.revision.content) if previous else ()
    return VotePage(
        standing=standing,
        member=member,
        seats=seats,
        own=tuple(vote for vote in standing.votes if vote.seat.pk in mine and vote.choice),
        may_close=not is_proposer
        and current.early_end != EarlyEnd.ALL_VOTED
        and counted.tally.leading != Outcome.NO_DECISION
        and chairs(current, member),
        is_proposer=is_proposer,
        changes=changes,
        previous=previous,
        refused={
            str(vote.seat.pk): why_not(counted, member, vote.seat.pk)
            for vote in counted.votes
            if vote.stand_in is not None and vote.stand_in.pk == member.pk and vote.seat.pk not in mine
        },
    )


def votes_waiting_for(member: Membership) -> tuple[WaitingVote, ...]:
    """Open votes that this member can still answer and has not, the most urgent first; own seats before
    others'. A vote that an alternate cast for the own seat waits for its holder. A vote whose last day is
    over waits for nobody.

    Five queries, however many votes are open. Empty for who may not vote.
    """
    if not may(member.role, Action.VOTE):
        return ()
    today = member.organization.clock.today()
    rounds = (
        ApprovalRound.objects.open()
        .of(member.organization)
        .filter(Q(seats__membership=member) | Q(stand_ins__membership=member))
        .exclude(initiative__owner=member)
        .exclude(revision__submitted_by=member)
        .exclude(due_on__lt=today)
        .select_related("revision", "initiative__owner__user", "initiative__organization")
        .prefetch_related(
            Prefetch("seats", Seat.objects.select_related("membership__user", "alternate__user", "function")),
            Prefetch("approvals", Approval.objects.select_related("cast_by__user")),
            Prefetch("stand_ins", StandIn.objects.select_related("membership__user")),
        )
        .distinct()
    )
    waiting = []
    for one in rounds:
        standing = standing_of(one, one.seats.all(), one.approvals.all(), one.stand_ins.all())
        if standing.is_ripe or member.pk in proposers(one):
            continue
        said = {vote.seat.pk: vote for vote in standing.votes if vote.choice}
        waiting += [
            WaitingVote(
                initiative=one.initiative,
                round=one,
                seat=seat,
                is_for_another=seat.membership_id != member.pk,
                sentence=standing.sentence,
                alternate=said[seat.pk].cast_by if seat.pk in said else None,
            )
            for seat in votable_seats(standing, member)
            if seat.pk not in said or (seat.membership_id == member.pk and said[seat.pk].by_alternate)
        ]
    return tuple(sorted(waiting, key=lambda vote: (vote.is_for_another, vote.due_on or today, vote.round.pk)))


def closed_rounds(initiative: Initiative) -> tuple[RoundStanding, ...]:
    """Every vote that is over, newest first, with its decision; of a sealed one only who voted. Five
    queries."""
    rounds = (
        ApprovalRound.objects.filter(initiative=initiative)
        .exclude(closed_at=None)
        .select_related("revision", "decision", "closed_by__user", "initiative__organization")
        .prefetch_related(
            Prefetch("seats", Seat.objects.select_related("membership__user", "alternate__user", "function")),
            Prefetch("approvals", Approval.objects.select_related("cast_by__user")),
        )
    )
    sealed = sealed_decisions(initiative)
    return tuple(
        seal(standing) if standing.round.decision.pk in sealed else standing
        for standing in (
            standing_of(one, one.seats.all(), one.approvals.all(), gone=_gone_from(one)) for one in rounds
        )
    )


def _gone_from(one: ApprovalRound) -> dict[int, LeftSeat] | None:
    """The seats that had left a vote when it ended, as kept with its decision. Decisions of before kept only
    how many: where everybody who could vote had voted, it is those without a vote. No query."""
    decision = one.decision
    if "gone" in decision.tally:
        kept = {row["id"]: row for row in decision.tally["gone"]}
        return {
            seat.pk: LeftSeat(seat=seat, because=kept[seat.pk]["because"], role=kept[seat.pk]["role"])
            for seat in one.seats.all()
            if seat.pk in kept
        }
    if decision.ending != Ending.ALL_VOTED:
        return None
    over = one.initiative.organization.clock.day_of(decision.decided_at)
    return {
        seat.pk: LeftSeat(seat=seat, because=NoVote.TERM if has_ended(seat, over) else "")
        for seat in one.seats.all()
    }


def sealed_decisions(initiative: Initiative) -> frozenset[int]:
    """Ids of its withdrawn votes of which nobody sees yet what was said. One query."""
    rows = Decision.objects.filter(initiative=initiative).sealed()
    return frozenset(rows.values_list("pk", flat=True))


def tally_shown(decision: Decision) -> dict[str, Any]:
    """The tally as everybody may read it: of a sealed one only who voted. No query where `with_seal` was."""
    tally: dict[str, Any] = decision.tally
    if not decision.is_sealed:
        return tally
    hidden = {*Choice.values, "independent_approve"}
    votes = [
        {"seat": vote["seat"], "person": vote["person"], "has_voted": bool(vote["choice"])}
        for vote in tally["votes"]
    ]
    return {**{key: value for key, value in tally.items() if key not in hidden}, "votes": votes}


def electorate(coalition: Coalition, partial: frozenset[int]) -> tuple[Seat, ...]:
    """The seats that would vote today on what these memberships propose: seated, with a vote, able to use it,
    and not the proposers'. One query."""
    seats = (
        Seat.objects.filter(coalition=coalition)
        .seated(coalition.organization.clock.today())
        .voting()
        .exclude(membership__in=partial)
        .select_related("membership__user", "alternate__user", "alternate_named_by", "function")
    )
    return tuple(seat for seat in seats if has_voter(seat.membership, seat.alternate, partial))


def votes_needed(coalition: Coalition, voters: int) -> int:
    """How many of so many voting seats must take part."""
    return needed_of(opening=voters, eligible=voters, quorum_share=coalition.quorum_share)


def decisions(initiative: Initiative) -> QuerySet[Decision]:
    return Decision.objects.filter(initiative=initiative).with_seal().select_related("round__revision")


def decision_log(organization: Organization) -> QuerySet[Decision]:
    """Every decision of the organization, newest first. One query."""
    return (
        Decision.objects.filter(initiative__organization=organization)
        .with_seal()
        .select_related("initiative")
        .order_by("-decided_at", "-pk")
    )


def latest_verdict(initiative: Initiative) -> Decision | None:
    """The last decision in which the coalition said something: neither withdrawn nor "no decision"."""
    return decisions(initiative).exclude(outcome__in=[Outcome.WITHDRAWN, Outcome.NO_DECISION]).first()


def latest_approval(initiative: Initiative) -> Decision | None:
    """The decision that approved it last, or None. One query."""
    return decisions(initiative).filter(outcome=Outcome.APPROVED).first()
