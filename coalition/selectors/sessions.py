"""What a board is told of the coalition: what it decided since a day, what waits for it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Prefetch

from accounts.models import Organization
from coalition.choices import Outcome, ReviewBy, ReviewOutcome
from coalition.models import Approval, ApprovalRound, Decision, Initiative, Review, Seat, StandIn
from coalition.selectors.review_days import open_reviews, review_days
from coalition.selectors.reviews import standing_of_review
from coalition.selectors.standings import standing_of

REVIEW_AHEAD = timedelta(days=92)  # reviews that a board should know of before its next session


@dataclass(frozen=True, kw_only=True, slots=True)
class Voices:
    """How many seats said what."""

    approve: int
    request_changes: int
    reject: int
    abstain: int
    recuse: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Budget:
    """What was voted on, as it stood in the version that was."""

    one_off: Decimal
    yearly: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """One decision. `voices` None where what was said in the vote is not shown to anybody yet."""

    number: int
    reference: str
    title: str
    outcome: Outcome
    is_without_independent_vote: bool
    decided_at: datetime
    content_digest: str
    voices: Voices | None
    budget: Budget | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Reviewed:
    """One approval that was confirmed, changed or stopped on its day. `said`: how many said what, by the
    value of their choice; empty where the chair decided."""

    number: int
    reference: str
    title: str
    outcome: ReviewOutcome
    decided_at: datetime
    said: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingRound:
    """One open vote: how many seats have voted and how many must. Never what was said."""

    number: int
    reference: str
    title: str
    due_on: date | None
    voted: int
    needed: int
    seats: int
    budget: Budget | None


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingReview:
    """One approval that is to be confirmed, changed or stopped on its day. With `seats`, a vote on it is open
    until `last_day`: how many have voted and how many must, never what was said."""

    number: int
    reference: str
    title: str
    review_on: date
    is_due: bool
    last_day: date | None = None
    voted: int = 0
    needed: int = 0
    seats: int = 0


def decided_since(organization: Organization, since: date) -> tuple[Decided, ...]:
    """Every decision from the first moment of `since` on, newest first. One query."""
    rows = (
        Decision.objects.filter(
            initiative__organization=organization, decided_at__gte=organization.clock.start_of(since)
        )
        .with_seal()
        .select_related("initiative", "round__revision")
        .order_by("-decided_at", "-pk")
    )
    return tuple(map(_decided, rows))


def reviewed_since(organization: Organization, since: date) -> tuple[Reviewed, ...]:
    """Every review that came to something from the first moment of `since` on, newest first. One query."""
    rows = (
        Review.objects.decided()
        .of(organization)
        .filter(closed_at__gte=organization.clock.start_of(since))
        .select_related("initiative")
        .order_by("-closed_at", "-pk")
    )
    return tuple(
        Reviewed(
            number=row.initiative.number,
            reference=row.initiative.reference,
            title=row.initiative.title,
            outcome=ReviewOutcome(row.outcome),
            decided_at=row.closed_at,
            said=row.tally if row.decided_how == ReviewBy.VOTE else {},
        )
        for row in rows
        if row.closed_at is not None
    )


def _decided(row: Decision) -> Decided:
    return Decided(
        number=row.initiative.number,
        reference=row.initiative.reference,
        title=row.initiative.title,
        outcome=Outcome(row.outcome),
        is_without_independent_vote=row.is_without_independent_vote,
        decided_at=row.decided_at,
        content_digest=row.content_digest,
        voices=None
        if row.is_sealed
        else Voices(
            approve=row.tally["approve"],
            request_changes=row.tally["request_changes"],
            reject=row.tally["reject"],
            abstain=row.tally["abstain"],
            recuse=row.tally["recuse"],
        ),
        budget=_budget(row.round),
    )


def _budget(one: ApprovalRound) -> Budget | None:
    """None in revisions of before costs were part of what is voted on."""
    content = one.revision.content
    if content.get("one_off_cost") is None:
        return None
    return Budget(
        one_off=Decimal(str(content["one_off_cost"])),
        yearly=Decimal(str(content.get("yearly_cost") or 0)),
        currency=str(content.get("currency") or ""),
    )


def waiting_rounds(organization: Organization) -> tuple[WaitingRound, ...]:
    """Every open vote, the most urgent first. Four queries, however many are open."""
    rounds = (
        ApprovalRound.objects.open()
        .of(organization)
        .select_related("revision", "initiative__organization")
        .prefetch_related(
            Prefetch("seats", Seat.objects.select_related("membership__user", "alternate__user", "function")),
            Prefetch("approvals", Approval.objects.select_related("cast_by__user")),
            Prefetch("stand_ins", StandIn.objects.select_related("membership__user")),
        )
    )
    return tuple(sorted(_rounds(rounds), key=lambda row: (row.due_on or date.max, row.number)))


def _rounds(rounds: Iterable[ApprovalRound]) -> Iterator[WaitingRound]:
    for one in rounds:
        standing = standing_of(one, one.seats.all(), one.approvals.all(), one.stand_ins.all())
        yield WaitingRound(
            number=one.initiative.number,
            reference=one.initiative.reference,
            title=one.initiative.title,
            due_on=one.due_on,
            voted=sum(vote.has_voted for vote in standing.votes),
            needed=standing.tally.needed,
            seats=standing.tally.eligible,
            budget=_budget(one),
        )


def waiting_reviews(organization: Organization) -> tuple[WaitingReview, ...]:
    """Approvals whose review day waits and has come, or comes within three months: not those that a review
    has answered. Five queries, however many wait."""
    today = organization.clock.today()
    rows, _decided, days = review_days(organization)
    opened = {review.initiative_id: review for review in open_reviews(organization)}
    waiting = [
        _review(row, days[row.pk], opened.get(row.pk), today)
        for row in rows
        if row.pk in days and (row.pk in opened or days[row.pk] <= today + REVIEW_AHEAD)
    ]
    return tuple(sorted(waiting, key=lambda one: (one.review_on, one.number)))


def _review(row: Initiative, day: date, vote: Review | None, today: date) -> WaitingReview:
    counted = None if vote is None else standing_of_review(vote).tally
    return WaitingReview(
        number=row.number,
        reference=row.reference,
        title=row.title,
        review_on=day,
        is_due=day <= today or vote is not None,
        last_day=None if vote is None else vote.last_day,
        voted=0 if counted is None else counted.present,
        needed=0 if counted is None else counted.needed,
        seats=0 if counted is None else counted.eligible,
    )
