"""Submitting to the coalition, voting, and the decision that follows."""

from dataclasses import asdict
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import Membership
from accounts.permissions import may
from accounts.services import record_event
from coalition import mail
from coalition.choices import EDITABLE_STATES, NEEDS_COMMENT, Choice, InitiativeState, Outcome
from coalition.errors import (
    CoalitionMissing,
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
from coalition.models import (
    Approval,
    ApprovalRound,
    Coalition,
    Decision,
    Initiative,
    InitiativeRevision,
    Member,
)
from coalition.selectors.content import initiative_content, plan_of
from coalition.selectors.initiatives import missing_before_vote
from coalition.selectors.votes import (
    RoundStanding,
    electorate,
    proposers,
    quorum_needed,
    round_standing,
    votable_seats,
)
from coalition.services.states import locked, move
from common.digests import digest_of
from common.errors import InvalidValues


@transaction.atomic
def submit_initiative(*, by: Membership, initiative: Initiative, due_on: date | None = None) -> ApprovalRound:
    """Put the initiative, exactly as it is now, to the vote, and ask the voters by e-mail.

    Raises TransitionNotAllowed, PlanIncomplete, CoalitionMissing, NoQuorumPossible, InvalidValues.
    """
    row = locked(initiative)
    if row.state not in EDITABLE_STATES:
        raise TransitionNotAllowed(
            _("%(reference)s is “%(state)s” and cannot be submitted.")
            % {"reference": row.reference, "state": InitiativeState(row.state).label}
        )
    return open_round(row, by=by, due_on=due_on)


def open_round(
    row: Initiative, *, by: Membership, due_on: date | None = None, note: str = ""
) -> ApprovalRound:
    """Open a vote on a locked initiative; rules and seats are as at this moment."""
    missing = missing_before_vote(row)
    if missing:
        raise PlanIncomplete(
            _("Before the vote, please add: %(what)s.") % {"what": ", ".join(item.text for item in missing)},
            fields={item.field: _("Needed before the vote.") for item in missing},
        )
    coalition, voters = _voters(row, by)
    if due_on is not None and due_on < timezone.localdate():
        raise InvalidValues(_("This day is over already."), fields={"due_on": _("This day is over already.")})
    content = initiative_content(row)
    last = row.revisions.first()
    revision = InitiativeRevision.objects.create(
        initiative=row,
        number=(last.number if last else 0) + 1,
        content=content,
        digest=digest_of(content),
        submitted_by=by,
    )
    approval_round: ApprovalRound = ApprovalRound.objects.create(
        initiative=row,
        revision=revision,
        quorum_share=coalition.quorum_share,
        majority_share=coalition.majority_share,
        due_on=due_on or timezone.localdate() + timedelta(days=coalition.voting_days),
    )
    approval_round.seats.set(voters)
    move(initiative=row, to=InitiativeState.SUBMITTED, by=by, note=note)
    transaction.on_commit(partial(mail.ask_for_votes, approval_round, voters), robust=True)
    return approval_round


@transaction.atomic
def cast_vote(
    *,
    by: Membership,
    initiative: Initiative,
    choice: str,
    revision_digest: str,
    comment: str = "",
    seat: Member | None = None,
) -> RoundStanding:
    """Record one seat's vote on the version that the voter saw; a later vote replaces an earlier one.

    Without `seat` the voter's own seat is meant, else the one the voter is alternate of. Closes the vote
    when it decides. Raises VoteClosed, VersionChanged, OwnInitiative, NotAVoter, InvalidValues.
    """
    row = locked(initiative)
    current = _open_round(row)
    if current.revision.digest != revision_digest:
        raise VersionChanged(
            _(
                "%(reference)s was changed and submitted again after you opened this page. Your vote was "
                "not recorded. Please read the new version first."
            )
            % {"reference": row.reference}
        )
    if by.pk in proposers(row, current.revision.submitted_by_id):
        raise OwnInitiative(_("You own or submitted this initiative, so you do not vote on it."))
    standing = round_standing(current)
    own = votable_seats(standing, by) if may(by.role, Action.VOTE) else ()
    chosen = next((one for one in own if seat is None or one.pk == seat.pk), None)
    if chosen is None:
        raise NotAVoter(_("You have no voting seat in this vote."))
    _check_vote(choice, comment)
    earlier = next(vote for vote in standing.votes if vote.seat.pk == chosen.pk)
    Approval.objects.update_or_create(
        round=current,
        member=chosen,
        defaults={"cast_by": by, "choice": choice, "comment": comment.strip(), "cast_at": timezone.now()},
    )
    record_event(
        organization=row.organization,
        actor=by.user,
        verb="vote.cast",
        subject=row,
        before={"choice": earlier.choice, "comment": earlier.comment} if earlier.choice else {},
        after={
            "seat": str(chosen),
            "choice": choice,
            "comment": comment.strip(),
            "revision": current.revision.number,
            "digest": revision_digest,
        },
    )
    return _settle(row, current)


@transaction.atomic
def close_vote(*, by: Membership, initiative: Initiative) -> RoundStanding:
    """The chair closes the vote once the quorum is there. Raises VoteClosed, NotTheChair, QuorumMissing."""
    row = locked(initiative)
    current = _open_round(row)
    chairs = current.seats.filter(is_chair=True, membership=by).seated(timezone.localdate())
    if by.pk in proposers(row, current.revision.submitted_by_id) or not chairs.exists():
        raise NotTheChair(_("Only the chair, unless it is the chair's own initiative, closes a vote early."))
    standing = round_standing(current)
    if not standing.tally.has_quorum:
        raise QuorumMissing(
            _("The vote cannot be closed yet: %(standing)s.") % {"standing": standing.sentence}
        )
    return _settle(row, current, closed_by=by)


@transaction.atomic
def withdraw_initiative(*, by: Membership, initiative: Initiative, note: str = "") -> None:
    """Take the initiative back out of the vote; it is a draft again. Raises VoteClosed."""
    row = locked(initiative)
    current = _open_round(row)
    _decide(row, current, round_standing(current), Outcome.WITHDRAWN, closed_by=by)
    move(initiative=row, to=InitiativeState.DRAFT, by=by, note=note)


def _voters(row: Initiative, by: Membership) -> tuple[Coalition, tuple[Member, ...]]:
    coalition = Coalition.objects.filter(organization=row.organization).first()
    if coalition is None:
        raise CoalitionMissing(_("There is no coalition yet that could decide. Found it and fill its seats."))
    voters = electorate(coalition, row, submitted_by=by)
    needed = quorum_needed(coalition, len(voters))
    if len(voters) < needed:
        raise NoQuorumPossible(
            _(
                "Nobody but the owner and you, who submit it, could vote. "
                "Fill more voting seats of the coalition first."
            )
        )
    return coalition, voters


def _open_round(row: Initiative) -> ApprovalRound:
    current = (
        ApprovalRound.objects.select_for_update(of=("self",))
        .open()
        .filter(initiative=row)
        .select_related("revision")
        .first()
    )
    if current is None:
        raise VoteClosed(
            _("This vote is over: %(reference)s is “%(state)s”.")
            % {
                "reference": row.reference,
                "state": InitiativeState(row.state).label,
            }
        )
    found: ApprovalRound = current
    return found


def _check_vote(choice: str, comment: str) -> None:
    if choice not in Choice.values:
        raise InvalidValues(
            _("Choose one of the answers."), fields={"choice": _("Choose one of the answers.")}
        )
    if choice in NEEDS_COMMENT and not comment.strip():
        message = _("Say why, so that the owner can act on it.")
        raise InvalidValues(message, fields={"comment": message})


def _settle(row: Initiative, current: ApprovalRound, *, closed_by: Membership | None = None) -> RoundStanding:
    """Close the vote if it decides; the one place where votes become a decision."""
    standing = round_standing(current, is_closing=closed_by is not None)
    outcome = standing.tally.outcome
    if outcome is None:
        return standing
    decision = _decide(row, current, standing, outcome, closed_by=closed_by)
    if outcome == Outcome.APPROVED:
        _fix_plan(row, current.revision)
    move(initiative=row, to=InitiativeState(outcome), by=closed_by, note=standing.split)
    transaction.on_commit(partial(mail.tell_decision, decision), robust=True)
    return standing


def _decide(
    row: Initiative,
    current: ApprovalRound,
    standing: RoundStanding,
    outcome: str,
    *,
    closed_by: Membership | None,
) -> Decision:
    current.closed_at, current.closed_by = timezone.now(), closed_by
    current.save(update_fields=["closed_at", "closed_by"])
    decision = Decision.objects.create(
        round=current,
        initiative=row,
        outcome=outcome,
        content_digest=current.revision.digest,
        tally=_tally_content(standing),
        decided_at=current.closed_at,
    )
    record_event(
        organization=row.organization,
        actor=closed_by.user if closed_by else None,
        verb="decision.made",
        subject=row,
        after={"outcome": outcome, "digest": decision.content_digest, "votes": standing.split},
    )
    return decision


def _tally_content(standing: RoundStanding) -> dict[str, Any]:
    counted = {
        key: value for key, value in asdict(standing.tally).items() if key not in {"leading", "outcome"}
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
    return counted


def _fix_plan(row: Initiative, revision: InitiativeRevision) -> None:
    """Fix the plan as approved. A plan approved again before the go-live was fixed before any result could
    be seen: it counts as unchanged."""
    plan = plan_of(row)
    if plan is None:
        return
    plan.fixed_content = revision.content["plan"]
    plan.fixed_digest = digest_of(plan.fixed_content)
    plan.fixed_at = timezone.now()
    if row.went_live_on is None:
        plan.changed_after_approval_at = None
    plan.save(update_fields=["fixed_content", "fixed_digest", "fixed_at", "changed_after_approval_at"])
