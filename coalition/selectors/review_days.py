"""When an approval is looked at again, and by whom: what is due, what is open, what waits for an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import OuterRef, Prefetch, Subquery
from django.utils.translation import gettext as _

from accounts.models import Organization
from coalition.choices import REVIEWED_STATES, ReviewBy, ReviewOutcome
from coalition.models import (
    ApprovalRound,
    Coalition,
    Initiative,
    InitiativeRevision,
    Review,
    ReviewVote,
    Seat,
)
from coalition.selectors.content import plan_of
from coalition.selectors.standings import can_vote


@dataclass(frozen=True, kw_only=True, slots=True)
class Reviewable:
    """What reviews of an organization need. `due`: the day of each initiative whose review day has come and
    is not open yet; `for_chair`: of these those that the charter has the chair decide; all by id."""

    due: Mapping[int, date] = field(default_factory=dict)
    rows: Mapping[int, Initiative] = field(default_factory=dict)
    open: Mapping[int, Review] = field(default_factory=dict)
    to_answer: Mapping[int, Review] = field(default_factory=dict)
    chair: Seat | None = None
    for_chair: frozenset[int] = frozenset()
    has_voters: bool = False

    @property
    def pending(self) -> frozenset[int]:
        """Initiatives on which somebody is to decide before they are completed."""
        waits = set(self.due) if self.has_voters else set(self.for_chair)
        return frozenset({*waits, *self.open, *self.to_answer})


def review_day(initiative: Initiative, decided: Sequence[Review] | None = None) -> date | None:
    """The day on which its approval is to be looked at again; None where no day waits. `decided`: its reviews
    that came to something, newest first, where they are read already. At most two queries."""
    if initiative.state not in REVIEWED_STATES or initiative.is_look_back:
        return None
    plan = plan_of(initiative)
    planned = None if plan is None else plan.review_on
    rows = list(initiative.reviews.decided()[:1]) if decided is None else decided
    if not rows:
        return planned
    last = rows[0]
    if last.next_on is not None:
        return last.next_on
    return planned if planned is not None and planned > last.due_on else None


def is_answered(review: Review) -> bool:
    """Whether something was changed since a review asked for it: content, plan, owner or schedule. Three
    queries."""
    at, initiative = review.closed_at, review.initiative
    if at is None:
        return True
    plan = plan_of(initiative)
    changed = plan.changed_after_approval_at if plan is not None else None
    return (
        (changed is not None and changed > at)
        or initiative.amendments.filter(at__gt=at).exists()
        or ApprovalRound.objects.filter(initiative=initiative, opened_at__gt=at).exists()
    )


def to_answer(initiative: Initiative, decided: Sequence[Review] | None = None) -> Review | None:
    """The last review where it asked for changes and nothing was changed since. At most five queries."""
    if initiative.state not in REVIEWED_STATES:
        return None
    rows = list(initiative.reviews.decided()[:1]) if decided is None else decided
    last = rows[0] if rows else None
    if last is None or last.outcome != ReviewOutcome.CHANGED:
        return None
    last.initiative = initiative
    return None if is_answered(last) else last


def partial_to(initiative: Initiative) -> frozenset[int]:
    """Memberships that do not judge it: owner, former owners, and who submitted what was approved. Who opens
    a review only asks for it. Two queries."""
    owners = initiative.former_owners.values_list("pk", flat=True)
    submitted = initiative.revisions.order_by("-number").values_list("submitted_by", flat=True)[:1]
    return frozenset({*owners, *submitted, initiative.owner_id})


def sitting_chair(organization: Organization) -> Seat | None:
    """The seat that chairs the coalition today, where its person can vote. One query."""
    seat: Seat | None = (
        Seat.objects.filter(coalition__organization=organization, is_chair=True)
        .seated(organization.clock.today())
        .select_related("membership__user")
        .first()
    )
    return seat if seat is not None and can_vote(seat.membership) else None


def how_decided(initiative: Initiative, coalition: Coalition, chair: Seat | None) -> tuple[str, str]:
    """Who decides on the review of this initiative, and why not the chair where the charter names it."""
    if coalition.review_by != ReviewBy.CHAIR:
        return ReviewBy.VOTE.value, ""
    if chair is None:
        return ReviewBy.VOTE.value, _("The coalition has no chair who can decide, so it votes.")
    if chair.membership_id in partial_to(initiative):
        return ReviewBy.VOTE.value, _("The chair proposed or owned this initiative, so the coalition votes.")
    return ReviewBy.CHAIR.value, ""


def reviewable(organization: Organization) -> Reviewable:
    """What home needs: due reviews, open ones, and those that wait for an answer. At most eleven queries, one
    where there is no coalition."""
    coalition = Coalition.objects.filter(organization=organization).first()
    if coalition is None:
        return Reviewable()
    rows, decided, days = review_days(organization)
    opened = {review.initiative_id: review for review in open_reviews(organization)}
    today = organization.clock.today()
    voting = Seat.objects.filter(coalition=coalition).seated(today).voting()
    by_chair = coalition.review_by == ReviewBy.CHAIR
    chair = sitting_chair(organization) if by_chair else None
    due = [row for row in rows if row.pk in days and days[row.pk] <= today and row.pk not in opened]
    return Reviewable(
        due={row.pk: days[row.pk] for row in due},
        rows={row.pk: row for row in rows},
        open=opened,
        to_answer=_unanswered(rows, decided),
        chair=chair,
        for_chair=_judged_by(chair, due) if chair is not None else frozenset(),
        has_voters=voting.exists(),
    )


def review_days(
    organization: Organization,
) -> tuple[list[Initiative], dict[int, list[Review]], dict[int, date]]:
    """Initiatives that can be reviewed, their reviews that came to something, newest first, and the day of
    each whose review waits. Two queries."""
    rows = list(
        Initiative.objects.of(organization)
        .filter(state__in=REVIEWED_STATES, already_live_on=None)
        .select_related("organization", "plan", "owner__user")
        .order_by("number")
    )
    decided = dict[int, list[Review]]()
    for review in Review.objects.decided().filter(initiative__in=rows).order_by("initiative", "-number"):
        decided.setdefault(review.initiative_id, []).append(review)
    days = {row.pk: review_day(row, decided.get(row.pk, [])) for row in rows}
    return rows, decided, {pk: day for pk, day in days.items() if day is not None}


def _judged_by(chair: Seat, rows: Sequence[Initiative]) -> frozenset[int]:
    """Of these initiatives those that the chair did not propose. Two queries, none without rows."""
    if not rows:
        return frozenset()
    keys = [row.pk for row in rows]
    owned = Initiative.objects.filter(pk__in=keys, former_owners=chair.membership_id)
    last = InitiativeRevision.objects.filter(initiative=OuterRef("pk")).order_by("-number")
    sent = Initiative.objects.filter(pk__in=keys).annotate(by=Subquery(last.values("submitted_by")[:1]))
    barred = {*owned.values_list("pk", flat=True)}
    barred |= {*sent.filter(by=chair.membership_id).values_list("pk", flat=True)}
    return frozenset(row.pk for row in rows if row.pk not in barred and row.owner_id != chair.membership_id)


def _unanswered(rows: Sequence[Initiative], decided: Mapping[int, Sequence[Review]]) -> dict[int, Review]:
    """Reviews that asked for changes, of which nothing was changed since, by initiative. Two queries."""
    asked = {
        row.pk: decided[row.pk][0]
        for row in rows
        if row.pk in decided and decided[row.pk][0].outcome == ReviewOutcome.CHANGED
    }
    if not asked:
        return {}
    moments = [review.closed_at for review in asked.values() if review.closed_at]
    amended = dict[int, Any]()
    initiatives = Initiative.objects.filter(pk__in=asked, amendments__at__gt=min(moments))
    for pk, at in initiatives.values_list("pk", "amendments__at"):
        amended[pk] = max(amended.get(pk, at), at)
    again = dict[int, Any]()
    for pk, at in ApprovalRound.objects.filter(initiative__in=asked).values_list("initiative", "opened_at"):
        again[pk] = max(again.get(pk, at), at)
    plans = {row.pk: plan_of(row) for row in rows}
    found = {}
    for pk, review in asked.items():
        plan = plans[pk]
        changed = plan.changed_after_approval_at if plan is not None else None
        known = [at for at in (changed, amended.get(pk), again.get(pk)) if at is not None]
        closed = review.closed_at
        if closed is not None and not any(at > closed for at in known):
            found[pk] = review
    return found


def open_reviews(organization: Organization) -> Any:
    """Every open review of the organization, with seats and votes. Three queries."""
    return with_votes(Review.objects.open().of(organization)).order_by("last_day", "pk")


def with_votes(rows: Any) -> Any:
    seats = Seat.objects.select_related("membership__user", "alternate__user")
    votes = ReviewVote.objects.select_related("cast_by__user", "seat__membership__user").order_by("pk")
    return rows.select_related(
        "initiative__organization", "initiative__owner__user", "decided_by__user", "opened_by__user"
    ).prefetch_related(Prefetch("seats", seats), Prefetch("votes", votes))
