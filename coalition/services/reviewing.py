"""The day on which an approval is looked at again: opened, voted on or decided by the chair, and acted on."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import Membership
from accounts.permissions import may
from accounts.reading import written_for
from accounts.services import acting, emit, record_event
from coalition import review_mail
from coalition.choices import (
    AFTER_REVIEW,
    MOST_OF_COMMENT,
    NEXT_REVIEW_DAYS,
    OPENS_ALONE_AFTER_DAYS,
    OPENS_ALONE_WITHIN_DAYS,
    REVIEW_NEEDS_COMMENT,
    InitiativeState,
    ReviewBy,
    ReviewChoice,
    ReviewOutcome,
)
from coalition.errors import (
    CoalitionMissing,
    NoQuorumPossible,
    NotAVoter,
    NotTheChair,
    OwnInitiative,
    ReviewClosed,
    ReviewNotDue,
)
from coalition.models import Coalition, Initiative, Review, ReviewVote, Seat
from coalition.selectors.independence import independent_voters
from coalition.selectors.review_days import how_decided, partial_to, review_day, sitting_chair
from coalition.selectors.reviews import (
    ReviewStanding,
    open_review,
    outcome_text,
    seats_to_vote,
    split_counts,
    standing_of_review,
    voter_for,
)
from coalition.selectors.votes import electorate, votes_needed
from coalition.services.states import locked, move
from common.errors import InvalidValues
from common.registry import EvidenceBeside, evidence_of
from wording.formats import reader


@transaction.atomic
def open_review_vote(*, by: Membership | None, initiative: Initiative) -> Review:
    """Put the approval to the coalition again, with the finding that counts now beside it, and ask the voters
    by e-mail. `by` is None where the clock opens it.

    Raises ReviewNotDue, CoalitionMissing, NotTheChair where the charter has the chair decide,
    NoQuorumPossible.
    """
    by = None if by is None else acting(by)
    row = locked(initiative)
    coalition, day = _due(row)
    how, _why = how_decided(row, coalition, sitting_chair(row.organization))
    if how == ReviewBy.CHAIR:
        raise NotTheChair(_("By the charter the chair decides on this review; there is no vote on it."))
    partial = partial_to(row)
    voters = electorate(coalition, partial)
    if not voters or len(voters) < votes_needed(coalition, len(voters)):
        raise NoQuorumPossible(
            _(
                "No one could vote except those who proposed it. Fill more of the coalition's voting seats "
                "first."
            )
        )
    review = _begin(
        row,
        coalition,
        day,
        how=ReviewBy.VOTE,
        proposer_ids=sorted(partial),
        independent_ids=sorted(independent_voters(row.organization, voters, partial)),
        last_day=row.organization.clock.today() + timedelta(days=coalition.voting_days),
        opened_by=by,
    )
    review.seats.set(voters)
    _record(
        row, by, "review.opened", {}, {"number": review.number, "due_on": day.isoformat(), **_said(review)}
    )
    asked = [(seat, voter_for(seat, partial)) for seat in voters]
    review_mail.ask_for_reviews(review, [(seat, person) for seat, person in asked if person is not None])
    return review


@transaction.atomic
def cast_review_vote(
    *, by: Membership, initiative: Initiative, choice: str, comment: str = "", seat: Seat | None = None
) -> ReviewStanding:
    """Record what one seat says; a later vote of it replaces an earlier one. Ends the review where the rule
    says so. Raises ReviewClosed, OwnInitiative, NotAVoter, InvalidValues."""
    by = acting(by)
    row = locked(initiative)
    current = _held(row)
    if settle_review(current):
        raise ReviewClosed(_("This review is over."))
    if by.pk in {*current.proposer_ids, row.owner_id}:
        raise OwnInitiative(_("You own, owned or submitted this initiative, so you do not review it."))
    standing = standing_of_review(current)
    mine = seats_to_vote(standing, by)
    chosen = next((one for one in mine if seat is None or one.pk == seat.pk), None)
    if chosen is None:
        raise NotAVoter(_("You have no voting seat in this review."))
    said = comment.strip()
    _check(choice, said, ReviewChoice.values, REVIEW_NEEDS_COMMENT, name="choice")
    known = ReviewVote.objects.filter(review=current, seat=chosen).first()
    if known is None or (known.choice, known.comment, known.cast_by_id) != (choice, said, by.pk):
        ReviewVote.objects.update_or_create(
            review=current,
            seat=chosen,
            defaults={"choice": choice, "comment": said, "cast_by": by, "cast_at": timezone.now()},
        )
        if by.pk != chosen.membership_id:
            Review.objects.filter(pk=current.pk).update(
                spoken_for={**current.spoken_for, str(by.pk): chosen.pk}
            )
        _record(
            row,
            by,
            "review.vote_cast" if known is None else "review.vote_changed",
            {},
            {"number": current.number, "seat": str(chosen)},
        )
    again = open_review(row)
    if again is None:
        raise ReviewClosed(_("This review is over."))
    again.initiative = row
    settle_review(again)
    return standing_of_review(_read(again))


def settle_review(review: Review) -> bool:
    """Record the decision of a locked review that the rule has ended. Whether it did."""
    standing = standing_of_review(review)
    if standing.outcome is None:
        return False
    review.ending = standing.tally.ending or ""
    _decide(review, standing.outcome, counts=split_counts(standing.tally), by=None, next_on=None)
    return True


def settle_ripe_reviews() -> int:
    """Every open review that the rule has ended. Returns how many."""
    rows = Review.objects.open().order_by("pk").values_list("initiative", flat=True)
    return sum(_settle_one(pk) for pk in list(rows))


@transaction.atomic
def _settle_one(pk: int) -> bool:
    row = locked(Initiative(pk=pk))
    current = open_review(row)
    if current is None:
        return False
    current.initiative = row
    return settle_review(current)


@transaction.atomic
def decide_review(
    *, by: Membership, initiative: Initiative, outcome: str, reason: str = "", next_on: date | None = None
) -> Review:
    """The chair confirms, changes or stops, where the charter says so. `next_on`: when it is looked at again.

    Raises ReviewNotDue, CoalitionMissing, NotTheChair, InvalidValues.
    """
    by = acting(by)
    row = locked(initiative)
    coalition, day = _due(row)
    chair = sitting_chair(row.organization)
    how, why = how_decided(row, coalition, chair)
    if how != ReviewBy.CHAIR or chair is None or chair.membership_id != by.pk:
        raise NotTheChair(why or _("By the charter someone else decides on this review."))
    offered = [one.value for one in ReviewOutcome if one != ReviewOutcome.NO_DECISION]
    needs_reason = {ReviewOutcome.CHANGED, ReviewOutcome.STOPPED}
    _check(outcome, reason.strip(), offered, needs_reason, name="outcome", comment="reason")
    today = row.organization.clock.today()
    if next_on is not None and next_on <= today:
        message = _("The next review must be after today.")
        raise InvalidValues(message, fields={"next_on": message})
    review = _begin(row, coalition, day, how=ReviewBy.CHAIR, opened_by=by)
    review.reason = reason.strip()
    _decide(review, ReviewOutcome(outcome), counts={}, by=by, next_on=next_on)
    return review


def open_due_reviews() -> int:
    """Reviews whose day has come open by themselves: with a finding on their day, without one a week later.
    Days long past, and organizations without a coalition that could vote, are left to people. Returns how
    many."""
    ahead = timezone.now().date() + timedelta(days=1)
    since = ahead - timedelta(days=OPENS_ALONE_WITHIN_DAYS + 2)
    now = Q(plan__review_on__gte=since, plan__review_on__lte=ahead)
    again = Exists(Review.objects.filter(initiative=OuterRef("pk"), next_on__gte=since, next_on__lte=ahead))
    rows = Initiative.objects.filter(
        now | Q(again),
        ~Exists(Review.objects.open().filter(initiative=OuterRef("pk"))),
        state__in=AFTER_REVIEW,
        already_live_on=None,
        organization__in=Coalition.objects.values("organization"),
    )
    opened = 0
    for row in rows.select_related("organization", "plan").order_by("pk"):
        day = review_day(row)
        if day is None or not _opens_alone(row, day):
            continue
        try:
            open_review_vote(by=None, initiative=row)
        except (ReviewNotDue, CoalitionMissing, NotTheChair, NoQuorumPossible):
            continue
        opened += 1
    return opened


def _opens_alone(row: Initiative, day: date) -> bool:
    late = (row.organization.clock.today() - day).days
    if not 0 <= late <= OPENS_ALONE_WITHIN_DAYS:
        return False
    if row.reviews.filter(due_on=day).exists():
        return False  # it was voted on and came to nothing: a person asks again
    found = evidence_of(row)
    return late >= OPENS_ALONE_AFTER_DAYS or (found is not None and found.until >= day)


# --- inside -----------------------------------------------------------------------------------------


def _due(row: Initiative) -> tuple[Coalition, date]:
    coalition = Coalition.objects.select_related("organization").filter(organization=row.organization).first()
    if coalition is None:
        raise CoalitionMissing(_("There is no coalition yet to decide. Set one up and fill its seats."))
    if row.reviews.open().exists():
        raise ReviewNotDue(_("A review of this initiative is open already."))
    day = review_day(row)
    if day is None:
        raise ReviewNotDue(
            _("%(reference)s is “%(state)s”, and no review day waits.")
            % {"reference": row.reference, "state": row.get_state_display()}
        )
    if day > row.organization.clock.today():
        raise ReviewNotDue(_("Its review day is %(day)s.") % {"day": reader().day(day)})
    return coalition, day


def _begin(row: Initiative, coalition: Coalition, day: date, *, how: ReviewBy, **values: Any) -> Review:
    found: EvidenceBeside | None = evidence_of(row)
    last = row.reviews.aggregate(last=Max("number"))["last"] or 0
    review: Review = Review.objects.create(
        initiative=row,
        number=last + 1,
        due_on=day,
        decided_how=how,
        study=None if found is None else found.study,
        value=None if found is None else found.value,
        quorum_share=coalition.quorum_share,
        majority_share=coalition.majority_share,
        early_end=coalition.early_end,
        **values,
    )
    return review


def _decide(
    review: Review,
    outcome: ReviewOutcome,
    *,
    counts: Mapping[str, int],
    by: Membership | None,
    next_on: date | None,
) -> None:
    """Close the review and act: what is stopped is canceled, finished work that is to be changed is live
    again, everything else goes on. Told by letter and to the rooms above."""
    row = review.initiative
    review.closed_at, review.outcome, review.decided_by = timezone.now(), outcome, by
    review.tally = dict(counts)
    today = row.organization.clock.today()
    if outcome == ReviewOutcome.CHANGED:
        review.next_on = next_on or today + timedelta(days=NEXT_REVIEW_DAYS)
    elif outcome == ReviewOutcome.CONFIRMED:
        review.next_on = next_on
    review.save()
    _record(row, by, "review.decided", {}, _decided(review))
    _act(row, review, by)
    if outcome != ReviewOutcome.NO_DECISION:
        emit(
            kind="coalition.review_decided",
            organization=row.organization,
            subject=row,
            content={"review": review.pk},
        )
    review_mail.tell_review(review, _readers(row))


def _act(row: Initiative, review: Review, by: Membership | None) -> None:
    with written_for(row.organization):  # who happens to vote last writes no history
        note = _("Review: %(outcome)s") % {"outcome": outcome_text(review)}
    if review.outcome == ReviewOutcome.STOPPED:
        move(
            initiative=row,
            to=InitiativeState.CANCELLED,
            by=by,
            note=note,
            is_typed=False,
            allowed=AFTER_REVIEW,
        )
    elif review.outcome == ReviewOutcome.CHANGED and row.state == InitiativeState.COMPLETED:
        row.completed_on = None
        row.save(update_fields=["completed_on"])
        move(initiative=row, to=InitiativeState.LIVE, by=by, note=note, is_typed=False, allowed=AFTER_REVIEW)


def _readers(row: Initiative) -> list[Membership]:
    """The owner; where the owner has left everybody who may name a new one."""
    people = Membership.objects.select_related("user", "organization")
    owner = people.get(pk=row.owner_id)
    if owner.has_access:
        return [owner]
    members = people.filter(organization=row.organization, is_active=True, user__is_active=True)
    wanted = (Action.EDIT_COALITION, Action.DRAFT_INITIATIVE)
    return [one for one in members.order_by("pk") if all(may(one.role, action) for action in wanted)]


def _held(row: Initiative) -> Review:
    current = open_review(row)
    if current is None:
        raise ReviewClosed(_("No review of this initiative is open."))
    found: Review = current
    found.initiative = row
    return found


def _read(review: Review) -> Review:
    found = Review.objects.select_related("initiative__organization", "initiative__owner__user")
    return found.get(pk=review.pk)


def _check(choice: str, said: str, offered: Any, needs: Any, *, name: str, comment: str = "comment") -> None:
    if choice not in offered:
        message = _("Choose one of the answers.")
        raise InvalidValues(message, fields={name: message})
    if choice in needs and not said:
        message = _("Give a reason so that the owner can act on it.")
        raise InvalidValues(message, fields={comment: message})
    if len(said) > MOST_OF_COMMENT:
        message = _("This has %(found)s characters; %(most)s are the most.") % {
            "found": reader().number(len(said)),
            "most": reader().number(MOST_OF_COMMENT),
        }
        raise InvalidValues(message, fields={comment: message})


def _said(review: Review) -> dict[str, Any]:
    """The finding beside it, by its numbers; nothing where there was none."""
    found = {"study": review.study, "value": review.value}
    return {key: number for key, number in found.items() if number is not None}


def _decided(review: Review) -> dict[str, Any]:
    said: dict[str, Any] = {
        "number": review.number,
        "outcome": review.outcome,
        "how": review.decided_how,
        **_said(review),
    }
    if review.decided_how == ReviewBy.VOTE:
        said |= {"ending": review.ending, "votes": dict(review.tally), "seats": _votes(review)}
    if review.reason:
        said["reason"] = review.reason
    if review.next_on is not None:
        said["next_on"] = review.next_on.isoformat()
    return said


def _votes(review: Review) -> list[dict[str, Any]]:
    rows = ReviewVote.objects.filter(review=review).select_related("seat__membership__user", "cast_by__user")
    return [
        {
            "seat": str(row.seat),
            "choice": row.choice,
            "comment": row.comment,
            "cast_by": str(row.cast_by),
            "cast_at": row.cast_at.isoformat(),
        }
        for row in rows.order_by("pk")
    ]


def _record(
    row: Initiative, by: Membership | None, verb: str, before: dict[str, Any], after: dict[str, Any]
) -> None:
    record_event(
        organization=row.organization,
        actor=by.user if by else None,
        verb=verb,
        subject=row,
        before=before,
        after=after,
    )
