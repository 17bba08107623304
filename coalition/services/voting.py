"""Submitting to the coalition, voting, closing and withdrawing."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import Membership
from accounts.permissions import may
from accounts.services import acting, record_event
from coalition import mail
from coalition.choices import (
    EDITABLE_STATES,
    FEWEST_DAYS,
    MOST_DAYS,
    NEEDS_COMMENT,
    Choice,
    EarlyEnd,
    InitiativeState,
    Outcome,
)
from coalition.errors import (
    CoalitionMissing,
    EarlyEndForbidden,
    NoQuorumPossible,
    NotAVoter,
    NotTheChair,
    OwnInitiative,
    PlanIncomplete,
    QuorumMissing,
    TransitionNotAllowed,
    UnchangedContent,
    VersionChanged,
    VoteClosed,
)
from coalition.fields import INITIATIVE
from coalition.models import (
    Approval,
    ApprovalRound,
    Coalition,
    Initiative,
    InitiativeRevision,
    Seat,
    StandIn,
)
from coalition.selectors.content import initiative_content, is_same_content
from coalition.selectors.initiatives import missing_before_vote
from coalition.selectors.standings import (
    RoundStanding,
    chairs,
    proposers,
    round_standing,
    votable_seats,
    voter_of,
)
from coalition.selectors.votes import electorate, latest_verdict, votes_needed, why_not
from coalition.services.settling import decide, settle_if_ripe, settle_locked
from coalition.services.states import locked, move
from common.errors import InvalidValues
from cxstats.codec import digest_of, encoded
from wording.formats import reader
from wording.joining import listed


@transaction.atomic
def submit_initiative(*, by: Membership, initiative: Initiative, due_on: date | None = None) -> ApprovalRound:
    """Put the initiative, exactly as it is now, to the vote, and ask the voters by e-mail.

    Raises TransitionNotAllowed, PlanIncomplete, UnchangedContent, CoalitionMissing, NoQuorumPossible,
    InvalidValues.
    """
    by = acting(by)
    row = locked(initiative)
    if row.state not in EDITABLE_STATES:
        raise TransitionNotAllowed(
            _("%(reference)s is “%(state)s” and cannot be submitted.")
            % {"reference": row.reference, "state": InitiativeState(row.state).label}
        )
    if row.is_look_back:
        raise TransitionNotAllowed(
            _("%(reference)s is live already: there is nothing to vote on. Record it instead.")
            % {"reference": row.reference}
        )
    return open_round(row, by=by, due_on=due_on)


def open_round(
    row: Initiative, *, by: Membership, due_on: date | None = None, note: str = ""
) -> ApprovalRound:
    """Open a vote on a locked initiative; rules, seats, chair and alternates are as at this moment."""
    missing = missing_before_vote(row)
    if missing:
        raise PlanIncomplete(
            _("Before the vote, please add: %(what)s.") % {"what": listed(item.text for item in missing)},
            fields={item.field: _("Needed before the vote.") for item in missing},
        )
    content = initiative_content(row)
    _refuse_unchanged(row, content)
    coalition, voters = _voters(row, by)
    today = row.organization.clock.today()
    _check_last_day(due_on, today)
    last = row.revisions.first()
    revision = InitiativeRevision.objects.create(
        initiative=row,
        number=(last.number if last else 0) + 1,
        content=content,
        digest=digest_of(content, version=INITIATIVE.content_version),
        submitted_by=by,
    )
    approval_round = ApprovalRound.objects.create(
        initiative=row,
        revision=revision,
        quorum_share=coalition.quorum_share,
        majority_share=coalition.majority_share,
        early_end=coalition.early_end,
        chair=next((seat for seat in voters if seat.is_chair), None),
        due_on=due_on or today + timedelta(days=coalition.voting_days),
    )
    approval_round.seats.set(voters)
    StandIn.objects.bulk_create(
        StandIn(round=approval_round, seat=seat, membership=seat.alternate)
        for seat in voters
        if seat.alternate is not None
    )
    move(initiative=row, to=InitiativeState.SUBMITTED, by=by, note=note)
    partial = proposers(row, by.pk)
    asked = ((seat, voter_of(seat.membership, seat.alternate, partial)) for seat in voters)
    mail.ask_for_votes(approval_round, [(seat, person) for seat, person in asked if person is not None])
    return approval_round


def _check_last_day(due_on: date | None, today: date) -> None:
    """Who asks for a vote gives no less and no more time than a charter may."""
    if due_on is None:
        return
    first, last = today + timedelta(days=FEWEST_DAYS), today + timedelta(days=MOST_DAYS)
    if due_on < today:
        message = _("This day has passed.")
    elif not first <= due_on <= last:
        message = _(
            "A vote takes between %(fewest)s and %(most)s days: choose a day from %(first)s to %(last)s."
        ) % {
            "fewest": FEWEST_DAYS,
            "most": MOST_DAYS,
            "first": reader().day(first),
            "last": reader().day(last),
        }
    else:
        return
    raise InvalidValues(message, fields={"due_on": message})


def cast_vote(
    *,
    by: Membership,
    initiative: Initiative,
    choice: str,
    revision_digest: str,
    comment: str = "",
    seat: Seat | None = None,
) -> RoundStanding:
    """Record one seat's vote on the version that the voter saw; a later vote replaces an earlier one.

    Without `seat` the voter's own seat is meant, else the one the voter is alternate of. Ends the vote when
    the charter's rule says so. A vote whose last day is over is settled first and takes no vote. Raises
    VoteClosed, VersionChanged, OwnInitiative, NotAVoter, InvalidValues.
    """
    settle_if_ripe(initiative)
    return _cast(
        by=by,
        initiative=initiative,
        choice=choice,
        revision_digest=revision_digest,
        comment=comment.strip(),
        seat=seat,
    )


@transaction.atomic
def _cast(
    *,
    by: Membership,
    initiative: Initiative,
    choice: str,
    revision_digest: str,
    comment: str,
    seat: Seat | None,
) -> RoundStanding:
    by = acting(by)  # who was removed a moment ago has no vote
    row = locked(initiative)
    current = _open_round(row)
    if current.due_on is not None and current.due_on < row.organization.clock.today():
        raise VoteClosed(_("The last day of this vote was %(day)s.") % {"day": reader().day(current.due_on)})
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
        raise NotAVoter(why_not(standing, by, seat.pk if seat else None))
    _check_vote(choice, comment)
    _write_vote(row, current, by=by, seat=chosen, choice=choice, comment=comment)
    return settle_locked(row, current)


def _write_vote(
    row: Initiative, current: ApprovalRound, *, by: Membership, seat: Seat, choice: str, comment: str
) -> None:
    """Write one vote. The trail says at once that the seat voted, and what it said with the decision: until
    then the votes are hidden from those who have not voted."""
    known = Approval.objects.filter(round=current, seat=seat).select_related("cast_by__user").first()
    if known is not None and (known.choice, known.comment, known.cast_by) == (choice, comment, by):
        return  # a second click
    replaced = known.cast_by_id if known is not None else None
    vote = known or Approval(round=current, seat=seat)
    if known is not None:
        vote.earlier = [
            *known.earlier,
            {
                "choice": known.choice,
                "comment": known.comment,
                "cast_by": str(known.cast_by),
                "cast_at": encoded(known.cast_at),
            },
        ]
    vote.cast_by, vote.choice, vote.comment, vote.cast_at = by, choice, comment, timezone.now()
    vote.save()
    if by.pk != seat.membership_id:  # the one seat that they speak for as an alternate, whatever comes later
        StandIn.objects.filter(round=current, seat=seat, membership=by, spoke_at=None).update(
            spoke_at=vote.cast_at
        )
    record_event(
        organization=row.organization,
        actor=by.user,
        verb="vote.cast" if known is None else ("vote.changed" if replaced == by.pk else "vote.replaced"),
        subject=row,
        after={
            "seat": str(seat),
            "revision": current.revision.number,
            "digest": current.revision.digest,
        },
    )


def close_vote(*, by: Membership, initiative: Initiative) -> RoundStanding:
    """The chair ends the vote before its last day, where the charter allows it and enough have voted.

    Raises VoteClosed, NotTheChair, EarlyEndForbidden, QuorumMissing.
    """
    settle_if_ripe(initiative)
    return _close(by=by, initiative=initiative)


@transaction.atomic
def _close(*, by: Membership, initiative: Initiative) -> RoundStanding:
    by = acting(by)
    row = locked(initiative)
    current = _open_round(row)
    if by.pk in proposers(row, current.revision.submitted_by_id) or not chairs(current, by):
        raise NotTheChair(_("Only the chair, unless it is the chair's own initiative, closes a vote early."))
    if current.early_end == EarlyEnd.ALL_VOTED:
        raise EarlyEndForbidden(
            _(
                "The charter does not allow a vote to end early: it ends when everyone has voted, or "
                "after its last day."
            )
        )
    standing = round_standing(current)
    if standing.tally.leading == Outcome.NO_DECISION:
        raise QuorumMissing(
            _("The vote cannot be closed yet: %(standing)s.") % {"standing": standing.sentence}
        )
    return settle_locked(row, current, closed_by=by)


def withdraw_initiative(*, by: Membership, initiative: Initiative, note: str = "") -> None:
    """Take the initiative back out of the vote; it is a draft again. A vote that the rule has ended is not
    taken back. Raises VoteClosed."""
    settle_if_ripe(initiative)
    _withdraw(by=by, initiative=initiative, note=note)


@transaction.atomic
def _withdraw(*, by: Membership, initiative: Initiative, note: str) -> None:
    by = acting(by)
    row = locked(initiative)
    current = _open_round(row)
    decide(row, current, round_standing(current), Outcome.WITHDRAWN, closed_by=by)
    move(initiative=row, to=InitiativeState.DRAFT, by=by, note=note)


def _voters(row: Initiative, by: Membership) -> tuple[Coalition, tuple[Seat, ...]]:
    coalition = Coalition.objects.filter(organization=row.organization).first()
    if coalition is None:
        raise CoalitionMissing(_("There is no coalition yet to decide. Set one up and fill its seats."))
    voters = electorate(coalition, row, submitted_by=by)
    if len(voters) < votes_needed(coalition, len(voters)):
        raise NoQuorumPossible(
            _(
                "No one other than the owner and you, the submitter, could vote. Fill more of the "
                "coalition's voting seats first."
            )
        )
    return coalition, voters


def _refuse_unchanged(row: Initiative, content: dict[str, Any]) -> None:
    """What the coalition sent back or rejected is not put to it again as it was."""
    last = latest_verdict(row)
    sent_back = {Outcome.CHANGES_REQUESTED, Outcome.REJECTED}
    if (
        last is None
        or last.outcome not in sent_back
        or not is_same_content(last.round.revision.content, content)
    ):
        return
    raise UnchangedContent(
        _(
            "Nothing has changed since the coalition decided on it (%(outcome)s, %(day)s). Change what it "
            "asked for, then submit it again."
        )
        % {
            "outcome": Outcome(last.outcome).label,
            "day": reader().day(row.organization.clock.day_of(last.decided_at)),
        }
    )


def over_text(initiative: Initiative) -> str:
    """Said to who comes too late for a vote."""
    state = InitiativeState(initiative.state).label
    return _("This vote is over: %(reference)s is “%(state)s”.") % {
        "reference": initiative.reference,
        "state": state,
    }


def _open_round(row: Initiative) -> ApprovalRound:
    current = (
        ApprovalRound.objects.select_for_update(of=("self",))
        .open()
        .filter(initiative=row)
        .select_related("revision", "chair")
        .first()
    )
    if current is None:
        raise VoteClosed(over_text(row))
    found: ApprovalRound = current
    found.initiative = row
    return found


def _check_vote(choice: str, comment: str) -> None:
    if choice not in Choice.values:
        raise InvalidValues(
            _("Choose one of the answers."), fields={"choice": _("Choose one of the answers.")}
        )
    if choice in NEEDS_COMMENT and not comment.strip():
        message = _("Give a reason so that the owner can act on it.")
        raise InvalidValues(message, fields={"comment": message})
