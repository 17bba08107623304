"""The one place where votes become a decision."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.choices import Action
from accounts.models import Membership
from accounts.permissions import may
from accounts.reading import written_for
from accounts.services import emit, record_event
from coalition import mail
from coalition.choices import (
    InitiativeState,
    Outcome,
)
from coalition.models import (
    ApprovalRound,
    Decision,
    Initiative,
    InitiativeRevision,
    Seat,
)
from coalition.selectors.content import plan_of
from coalition.selectors.history import decision_note
from coalition.selectors.standings import RoundStanding, round_of, round_standing, split_counts
from coalition.selectors.votes import after_no_decision, why_no_decision
from coalition.services.states import fix_plan, locked, move
from cxstats.codec import encoded


@transaction.atomic
def settle_vote(approval_round: ApprovalRound) -> RoundStanding:
    """Count one vote and, if the charter's rule has ended it, record the decision. The one place where votes
    become a decision, called whenever a vote is cast, the electorate changes or the day ends. A vote that is
    over stays as it is: calling twice does no harm."""
    row = locked(approval_round.initiative)
    current = (
        ApprovalRound.objects.select_for_update(of=("self",))
        .select_related("revision")
        .get(pk=approval_round.pk)
    )
    current.initiative = row
    if current.closed_at is not None:
        return round_standing(current)
    return settle_locked(row, current)


def settle_if_ripe(initiative: Initiative, standing: RoundStanding | None = None) -> bool:
    """Record the decision of a vote that the rule has ended and nobody has recorded yet: asked before a vote
    is shown or cast. Three queries where it is open and its standing is not given, none where no vote is."""
    if initiative.state != InitiativeState.SUBMITTED:
        return False
    if standing is None:
        current = round_of(initiative)
        standing = round_standing(current) if current else None
    if standing is None or not standing.is_ripe:
        return False
    settle_vote(standing.round)
    initiative.refresh_from_db(fields=["state"])
    return True


def settle_votes_with(seats: Iterable[Seat]) -> None:
    """Settle the open votes in which these seats have a vote: the electorate has changed."""
    for current in (
        ApprovalRound.objects.open()
        .filter(seats__in=[seat.pk for seat in seats])
        .select_related("initiative")
        .distinct()
        .order_by("pk")
    ):
        settle_vote(current)


def settle_ripe_votes() -> int:
    """Settle every open vote that the rule has ended: its last day is over, or a seat's term has, where the
    organization is. Returns how many."""
    settled = 0
    for current in (
        ApprovalRound.objects.open().select_related("revision", "initiative__organization").order_by("pk")
    ):
        if round_standing(current).is_ripe:
            settle_vote(current)
            settled += 1
    return settled


def settle_locked(
    row: Initiative, current: ApprovalRound, *, closed_by: Membership | None = None
) -> RoundStanding:
    """Close the vote if the rule has ended it."""
    standing = round_standing(current, is_closing=closed_by is not None)
    outcome, ending = standing.tally.outcome, standing.tally.ending
    if outcome is None or ending is None:
        return standing
    decision = decide(row, current, standing, outcome, ending=ending, closed_by=closed_by)
    if outcome == Outcome.APPROVED:
        _fix_plan(row, current.revision)
    with written_for(row.organization):  # who happens to vote last writes no history
        note = decision_note(decision)
    move(initiative=row, to=InitiativeState(outcome), by=closed_by, note=note, is_typed=False)
    mail.tell_decision(decision, _readers(row, current.revision), partial(_told, decision, standing))
    return standing


def _told(decision: Decision, standing: RoundStanding) -> mail.Told:
    is_none = decision.outcome == Outcome.NO_DECISION
    return mail.Told(
        split=standing.split,
        votes=tuple(vote for vote in standing.votes if vote.choice),
        why=why_no_decision(decision) if is_none else "",
        then=after_no_decision(decision) if is_none else "",
    )


def _readers(row: Initiative, revision: InitiativeRevision) -> list[Membership]:
    """Who has to go on after a decision: the owner; where the owner has left, whoever submitted it; else
    everybody who may name a new owner."""
    people = Membership.objects.select_related("user", "organization")
    for pk in (row.owner_id, revision.submitted_by_id):
        person = people.get(pk=pk)
        if person.has_access:
            return [person]
    members = people.filter(organization=row.organization, is_active=True, user__is_active=True)
    wanted = (Action.EDIT_COALITION, Action.DRAFT_INITIATIVE)
    return [one for one in members.order_by("pk") if all(may(one.role, action) for action in wanted)]


def decide(
    row: Initiative,
    current: ApprovalRound,
    standing: RoundStanding,
    outcome: str,
    *,
    ending: str = "",
    closed_by: Membership | None,
) -> Decision:
    """Close the vote with this outcome. What was said in a withdrawn vote goes into the trail with the next
    decision on the initiative, so that nobody looks, changes nothing and asks again."""
    is_withdrawn = outcome == Outcome.WITHDRAWN
    withdrawn = [] if is_withdrawn else _withdrawn_before(row)
    current.closed_at, current.closed_by = timezone.now(), closed_by
    current.save(update_fields=["closed_at", "closed_by"])
    decision = Decision.objects.create(
        round=current,
        initiative=row,
        outcome=outcome,
        content_digest=current.revision.digest,
        ending=ending,
        tally=_tally_content(standing),
        decided_at=current.closed_at,
    )
    record_event(
        organization=row.organization,
        actor=closed_by.user if closed_by else None,
        verb="decision.made",
        subject=row,
        after={
            "outcome": outcome,
            "ending": ending,
            "digest": decision.content_digest,
            "votes": {} if is_withdrawn or standing.is_hidden else split_counts(standing.tally),
            "seats": _trail_of_votes(current, is_sealed=is_withdrawn),
            **({"without_independent_vote": True} if decision.is_without_independent_vote else {}),
            **({"withdrawn": withdrawn} if withdrawn else {}),
        },
    )
    if outcome not in {Outcome.WITHDRAWN, Outcome.NO_DECISION}:
        emit(
            kind="coalition.decision_made",
            organization=row.organization,
            subject=row,
            content={"decision": decision.pk},
        )
    return decision


def _withdrawn_before(row: Initiative) -> list[dict[str, Any]]:
    """The votes that were withdrawn since the last decision, with what was said in them."""
    sealed = Decision.objects.filter(initiative=row).sealed()
    return [
        {"digest": decision.content_digest, "seats": _trail_of_votes(decision.round)}
        for decision in sealed.select_related("round").order_by("pk")
    ]


def _trail_of_votes(current: ApprovalRound, *, is_sealed: bool = False) -> list[dict[str, Any]]:
    """Every vote with what it replaced, for the trail; of a sealed one who voted and when."""
    votes = current.approvals.select_related("seat__membership__user", "cast_by__user")
    if is_sealed:
        return [
            {"seat": str(vote.seat), "cast_by": str(vote.cast_by), "cast_at": vote.cast_at.isoformat()}
            for vote in votes.order_by("pk")
        ]
    return [
        {
            "seat": str(vote.seat),
            "choice": vote.choice,
            "comment": vote.comment,
            "cast_by": str(vote.cast_by),
            "cast_at": encoded(vote.cast_at),
            "earlier": vote.earlier,
        }
        for vote in votes.order_by("pk")
    ]


def _tally_content(standing: RoundStanding) -> dict[str, Any]:
    counted = {
        key: value
        for key, value in encoded(standing.tally).items()
        if key not in {"leading", "outcome", "ending"}
    }
    counted["quorum_share"] = str(standing.round.quorum_share)
    counted["majority_share"] = str(standing.round.majority_share)
    counted["votes"] = [
        {
            "seat": vote.seat.title,
            "person": str(vote.seat.membership),
            "choice": vote.choice,
            "comment": vote.comment,
            "cast_by": str(vote.cast_by) if vote.cast_by else "",
        }
        for vote in standing.votes
    ]
    counted["gone"] = [
        {
            "id": one.seat.pk,
            "seat": one.seat.title,
            "person": str(one.seat.membership),
            "because": one.because,
            "role": one.role,
        }
        for one in standing.left
    ]
    return counted


def _fix_plan(row: Initiative, revision: InitiativeRevision) -> None:
    """Fix the plan as approved. A plan approved again before the go-live was fixed before any result could
    be seen: it counts as unchanged."""
    plan = plan_of(row)
    if plan is None:
        return
    if row.went_live_on is None:
        plan.changed_after_approval_at = None
        plan.save(update_fields=["changed_after_approval_at"])
    fix_plan(plan, revision.content["plan"])
