"""Reviews: when an approval is looked at again, by whom, where a vote on it stands, and what came of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import Action
from accounts.models import Membership, Organization
from accounts.permissions import may
from coalition.choices import COUNTED_AS, MEANT, ReviewBy, ReviewChoice, ReviewOutcome
from coalition.models import Coalition, Initiative, Review, ReviewVote, Seat
from coalition.rules import Tally, tally
from coalition.selectors.content import plan_of
from coalition.selectors.review_days import (
    how_decided,
    partial_to,
    review_day,
    sitting_chair,
    to_answer,
    with_votes,
)
from coalition.selectors.standings import can_vote, has_ended, tally_sentence
from common.registry import EvidenceBeside, evidence_of
from wording.formats import reader
from wording.joining import listed, sentences


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewSeat:
    """One seat of a review and what it said, if it has; `is_hidden`: this reader does not see it yet."""

    seat: Seat
    choice: str = ""
    comment: str = ""
    cast_by: Membership | None = None
    has_left: bool = False
    is_hidden: bool = False

    @property
    def label(self) -> str:
        return str(ReviewChoice(self.choice).label) if self.choice and not self.is_hidden else ""

    @property
    def by_alternate(self) -> bool:
        return self.cast_by is not None and self.cast_by.pk != self.seat.membership_id


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewStanding:
    """A review with its count."""

    review: Review
    tally: Tally
    seats: tuple[ReviewSeat, ...]
    is_hidden: bool = False

    @property
    def outcome(self) -> ReviewOutcome | None:
        """What it came to, or would if it is not recorded yet; None while it goes on."""
        return None if self.tally.outcome is None else MEANT[self.tally.outcome]

    @property
    def sentence(self) -> str:
        return tally_sentence(self.tally)

    @property
    def split(self) -> str:
        """Who said what, in one line; empty where it is hidden."""
        return "" if self.is_hidden else split_text(split_counts(self.tally))


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewPage:
    """What the page of an initiative's review shows to one member. `day` is the review day that waits, None
    where none does; `how` who decides; `evidence` what stands beside it now or stood beside it then."""

    initiative: Initiative
    day: date | None
    is_due: bool
    how: str
    why_vote: str  # why the coalition votes although the charter names the chair
    current: ReviewStanding | None
    seats: tuple[Seat, ...]  # that this member may vote for
    may_open: bool
    may_decide: bool  # as the chair
    is_proposer: bool
    evidence: EvidenceBeside | None
    newer: EvidenceBeside | None  # a finding that came after the review was opened
    past: tuple["PastReview", ...]
    to_answer: Review | None
    decision_rule: str = ""

    @property
    def waits(self) -> bool:
        """Whether somebody is to do something now."""
        return self.current is not None or self.is_due or self.to_answer is not None

    def own_vote(self, member: Membership) -> ReviewSeat | None:
        """What this member said for the seat that is theirs to vote for; None before."""
        mine = {seat.pk for seat in self.seats}
        seats = self.current.seats if self.current is not None else ()
        return next(
            (
                one
                for one in seats
                if one.seat.pk in mine and one.cast_by is not None and one.cast_by.pk == member.pk
            ),
            None,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class PastReview:
    """One review that is over, with the finding that stood beside it."""

    review: Review
    split: str
    said: tuple[ReviewVote, ...] = ()
    evidence: EvidenceBeside | None = None


def standing_of_review(review: Review, *, is_closing: bool = False) -> ReviewStanding:
    """Count a review from its rows. Two queries, none where they were prefetched."""
    said = {vote.seat_id: vote for vote in review.votes.all()}
    today = review.initiative.organization.clock.today()
    partial = {*review.proposer_ids, review.initiative.owner_id}
    seats = []
    for seat in review.seats.all():
        vote = said.get(seat.pk)
        has_left = (
            vote is None
            and review.closed_at is None
            and (has_ended(seat, today) or voter_for(seat, partial) is None)
        )
        seats.append(
            ReviewSeat(
                seat=seat,
                choice=vote.choice if vote else "",
                comment=vote.comment if vote else "",
                cast_by=vote.cast_by if vote else None,
                has_left=has_left,
            )
        )
    known = set(review.independent_ids)
    theirs = sum(
        one.choice == ReviewChoice.CONFIRM and one.cast_by is not None and one.cast_by.pk in known
        for one in seats
    )
    is_over = review.last_day is not None and review.last_day < today
    counted = tally(
        seats=len(seats),
        left=sum(one.has_left for one in seats),
        choices=[COUNTED_AS[one.choice] for one in seats if one.choice],
        quorum_share=review.quorum_share,
        majority_share=review.majority_share,
        early_end=review.early_end,
        is_day_over=is_over or review.closed_at is not None,
        is_closing=is_closing,
        independent=len(known),
        independent_approve=theirs,
    )
    return ReviewStanding(review=review, tally=counted, seats=tuple(seats))


def voter_for(seat: Seat, partial: Iterable[int]) -> Membership | None:
    """Who may vote for a seat now: its holder, or its alternate; nobody who is partial."""
    barred = set(partial)
    for person in (seat.membership, seat.alternate):
        if person is not None and can_vote(person) and person.pk not in barred:
            return person
    return None


def seats_to_vote(standing: ReviewStanding, member: Membership) -> tuple[Seat, ...]:
    """The seats that this member may vote for: the own one, else as alternate one whose holder has not voted;
    never a second one of others. No query."""
    review = standing.review
    if review.closed_at is not None or not may(member.role, Action.VOTE):
        return ()
    if member.pk in {*review.proposer_ids, review.initiative.owner_id}:
        return ()
    today = member.organization.clock.today()
    there = [one for one in standing.seats if not has_ended(one.seat, today)]
    own = [one.seat for one in there if one.seat.membership_id == member.pk]
    if own:
        return tuple(own)
    others = [
        one.seat
        for one in there
        if one.seat.alternate_id == member.pk
        and (not one.choice or (one.cast_by is not None and one.cast_by.pk == member.pk))
    ]
    spoke = review.spoken_for.get(str(member.pk))  # it stays the one, also where its holder replaces the vote
    return tuple([seat for seat in others if spoke in (None, seat.pk)][:1])


def seen_by(standing: ReviewStanding, member: Membership) -> ReviewStanding:
    """The same for this reader: what others said is seen once one has voted, or when it is over."""
    own = [one for one in standing.seats if one.cast_by is not None and one.cast_by.pk == member.pk]
    has_spoken = any(one.choice != ReviewChoice.RECUSE for one in own)
    if standing.review.closed_at is not None or has_spoken:
        return standing
    mine = {one.seat.pk for one in own}
    seats = tuple(
        one
        if one.seat.pk in mine or not one.choice
        else ReviewSeat(seat=one.seat, choice="", has_left=one.has_left, is_hidden=True)
        for one in standing.seats
    )
    return ReviewStanding(review=standing.review, tally=standing.tally, seats=seats, is_hidden=True)


def open_review(initiative: Initiative) -> Review | None:
    """The review that is open, with seats and votes. Three queries."""
    found: Review | None = with_votes(Review.objects.open().filter(initiative=initiative)).first()
    return found


def review_page(initiative: Initiative, member: Membership) -> ReviewPage:
    """Everything on the page of an initiative's review. At most 24 queries."""
    coalition = Coalition.objects.filter(organization=initiative.organization).first()
    chair = sitting_chair(initiative.organization)
    current = open_review(initiative)
    counted = standing_of_review(current) if current is not None else None
    decided = list(initiative.reviews.decided()[:1])
    day = review_day(initiative, decided)
    is_due = day is not None and day <= initiative.organization.clock.today()
    how, why = (ReviewBy.VOTE.value, "")
    if coalition is not None:
        how, why = how_decided(initiative, coalition, chair)
    is_chair = chair is not None and chair.membership_id == member.pk
    is_open_to = coalition is not None and is_due and current is None
    is_steward = initiative.owner_id == member.pk or may(member.role, Action.EDIT_COALITION)
    stood = None if current is None else _evidence_then(current)
    now = evidence_of(initiative)
    is_newer = current is not None and now is not None and now.study != current.study
    plan = plan_of(initiative)
    return ReviewPage(
        initiative=initiative,
        day=day,
        is_due=is_due,
        how=current.decided_how if current is not None else how,
        why_vote=why,
        current=None if counted is None else seen_by(counted, member),
        seats=() if counted is None else seats_to_vote(counted, member),
        may_open=is_open_to
        and how == ReviewBy.VOTE
        and is_steward
        and may(member.role, Action.RECORD_PROGRESS),
        may_decide=is_open_to and how == ReviewBy.CHAIR and is_chair,
        is_proposer=member.pk in partial_to(initiative),
        evidence=now if current is None else stood,
        newer=now if is_newer else None,
        past=tuple(past_reviews(initiative)),
        to_answer=to_answer(initiative, decided),
        decision_rule=plan.decision_rule if plan is not None else "",
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewBrief:
    """What the page of an initiative says of its review in a few words."""

    day: date | None
    is_due: bool
    is_open: bool
    last: Review | None

    @property
    def text(self) -> str:
        """Where it stands; empty where nothing waits and nothing was said."""
        if self.is_open:
            return _("The coalition is reviewing it.")
        if self.is_due and self.day is not None:
            return _("Its review day, %(day)s, has come: it is to be confirmed, changed or stopped.") % {
                "day": reader().day(self.day)
            }
        said = [] if self.last is None else [outcome_text(self.last)]
        if self.day is not None and (self.last is None or self.last.next_on != self.day):
            said.append(_("Its review day is %(day)s.") % {"day": reader().day(self.day)})
        return sentences(said)


def review_brief(initiative: Initiative) -> ReviewBrief:
    """At most three queries."""
    decided = list(initiative.reviews.decided()[:1])
    day = review_day(initiative, decided)
    is_open = initiative.reviews.open().exists()
    return ReviewBrief(
        day=day,
        is_due=day is not None and not is_open and day <= initiative.organization.clock.today(),
        is_open=is_open,
        last=decided[0] if decided else None,
    )


def past_reviews(initiative: Initiative) -> list[PastReview]:
    """Reviews that are over, newest first, each with the finding that stood beside it. Three queries, and
    two for each finding."""
    rows = with_votes(initiative.reviews.exclude(closed_at=None))
    found = []
    for row in rows:
        row.initiative = initiative
        found.append(
            PastReview(
                review=row,
                split=split_text(row.tally),
                said=tuple(row.votes.all()),
                evidence=_evidence_then(row),
            )
        )
    return found


def _evidence_then(review: Review) -> EvidenceBeside | None:
    if review.study is None:
        return None
    return evidence_of(review.initiative, study=review.study, value=review.value)


def split_counts(counted: Tally) -> dict[str, int]:
    """How many said what, by the value of their choice in a review."""
    return {choice: getattr(counted, str(meant)) for choice, meant in COUNTED_AS.items()}


def split_text(counts: Mapping[str, int]) -> str:
    """ "3 to confirm, 1 to change, 1 to stop, 1 abstained"; choices that nobody made are left out."""
    told = {choice: counts.get(choice, 0) for choice in ReviewChoice.values}
    confirm, change, stop = (told[one] for one in ("confirm", "change", "stop"))
    abstain, recuse = told["abstain"], told["recuse"]
    texts = [
        (confirm, ngettext("%(n)s to confirm", "%(n)s to confirm", confirm)),
        (change, ngettext("%(n)s to change", "%(n)s to change", change)),
        (stop, ngettext("%(n)s to stop", "%(n)s to stop", stop)),
        (abstain, ngettext("%(n)s abstained", "%(n)s abstained", abstain)),
        (recuse, ngettext("%(n)s recused", "%(n)s recused", recuse)),
    ]
    return listed(text % {"n": number} for number, text in texts if number)


def outcome_text(review: Review) -> str:
    """What a review came to, with what follows, in the reader's language. No query."""
    outcome = str(ReviewOutcome(review.outcome).label) if review.outcome else ""
    if review.next_on is not None and review.outcome != ReviewOutcome.STOPPED:
        return sentences(
            [
                _("%(outcome)s.") % {"outcome": outcome},
                _("Next review on %(day)s.") % {"day": reader().day(review.next_on)},
            ]
        )
    return _("%(outcome)s.") % {"outcome": outcome}


def reviews_of(organization: Organization) -> Any:
    """Every review of the organization that is over, newest first: the log. One query."""
    return (
        Review.objects.of(organization)
        .exclude(closed_at=None)
        .select_related("initiative", "decided_by__user")
        .order_by("-closed_at", "-pk")
    )
