"""Days of the coalition and its initiatives that somebody is to act by, for reminders."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from accounts.models import Membership
from coalition.choices import InitiativeState
from coalition.models import ApprovalRound, Initiative, Milestone, Seat
from coalition.selectors.review_days import open_reviews, review_days
from coalition.selectors.reviews import standing_of_review, voter_for
from coalition.selectors.votes import votes_waiting_for
from common.dates import DateAhead, DateKind, DateQuestion

_S = InitiativeState
BEFORE_GO_LIVE = frozenset({_S.APPROVED, _S.IN_PROGRESS})
AT_WORK = frozenset({_S.APPROVED, _S.IN_PROGRESS, _S.LIVE})


def kinds_of_dates(_question: None) -> Iterator[DateKind]:
    yield DateKind(
        key="vote",
        label=_("A vote ends"),
        who=_("whose seat has not voted"),
        days_before=2,
    )
    yield DateKind(
        key="review",
        label=_("The review day of an initiative comes"),
        who=_("its owner, and who runs studies"),
        days_before=7,
    )
    yield DateKind(
        key="go_live", label=_("A go-live is planned"), who=_("the owner of the initiative"), days_before=7
    )
    yield DateKind(
        key="milestone", label=_("A milestone is due"), who=_("the owner of the initiative"), days_before=3
    )
    yield DateKind(
        key="seat_term",
        label=_("The term of a seat ends"),
        who=_("its person, and who assigns seats"),
        days_before=14,
    )


def dates_ahead(question: DateQuestion) -> Iterator[DateAhead]:
    """Votes, go-lives, reviews, milestones and terms. Eight queries, and five for each seat of a vote."""
    yield from _votes(question)
    yield from _go_lives(question)
    yield from _reviews(question)
    yield from _milestones(question)
    yield from _terms(question)


def _votes(question: DateQuestion) -> Iterator[DateAhead]:
    """Asked of each person who has a say, so that nobody is reminded of a vote that is not theirs to cast."""
    rounds = ApprovalRound.objects.open().of(question.organization)
    rounds = rounds.filter(due_on__gte=question.first, due_on__lte=question.last)
    if not rounds.exists():
        return
    asked = Q(pk__in=rounds.values("seats__membership")) | Q(pk__in=rounds.values("stand_ins__membership"))
    people = Membership.objects.of(question.organization).active().filter(asked)
    for person in people.select_related("organization", "user").distinct():
        for vote in votes_waiting_for(person):
            if vote.due_on is not None and not vote.is_for_another:
                yield DateAhead(
                    kind="vote",
                    subject=f"round:{vote.round.pk}",
                    on=vote.due_on,
                    people=(person.pk,),
                    title=_("Vote on “%(title)s”"),
                    words={"title": vote.initiative.title},
                    page="coalition:vote",
                    address=(vote.initiative.number,),
                )


def _go_lives(question: DateQuestion) -> Iterator[DateAhead]:
    rows = Initiative.objects.of(question.organization).filter(
        state__in=BEFORE_GO_LIVE,
        went_live_on=None,
        planned_go_live_on__gte=question.first,
        planned_go_live_on__lte=question.last,
    )
    for row in rows.order_by("planned_go_live_on", "pk"):
        yield _of(row, "go_live", row.planned_go_live_on, _("Go-live of “%(title)s”"), (row.owner_id,))


def _reviews(question: DateQuestion) -> Iterator[DateAhead]:
    """Days on which an approval is looked at again, and the last days of votes on that."""
    organization = question.organization
    rows, _decided, days = review_days(organization)
    opened = list(open_reviews(organization))
    under_way = {review.initiative_id for review in opened}
    ahead = [row for row in rows if row.pk in days and days[row.pk] >= question.first]
    ahead = [row for row in ahead if days[row.pk] <= question.last and row.pk not in under_way]
    if ahead:
        able = Membership.objects.of(organization).who_may(Action.RUN_STUDY)
        who = set(able.values_list("pk", flat=True))
        for row in ahead:
            people = tuple(sorted({row.owner_id, *who}))
            yield _of(row, "review", days[row.pk], _("Review of “%(title)s”"), people)
    for review in opened:
        standing = standing_of_review(review)
        partial = {*review.proposer_ids, review.initiative.owner_id}
        waiting = [one.seat for one in standing.seats if not one.choice and not one.has_left]
        asked = [voter_for(seat, partial) for seat in waiting]
        if review.last_day is not None:
            yield DateAhead(
                kind="vote",
                subject=f"review:{review.pk}",
                on=review.last_day,
                people=tuple(sorted({person.pk for person in asked if person is not None})),
                title=_("Vote on the review of “%(title)s”"),
                words={"title": review.initiative.title},
                page="coalition:review",
                address=(review.initiative.number,),
            )


def _milestones(question: DateQuestion) -> Iterator[DateAhead]:
    rows = Milestone.objects.filter(
        initiative__organization=question.organization,
        initiative__state__in=AT_WORK,
        done_on=None,
        due_on__gte=question.first,
        due_on__lte=question.last,
    )
    for row in rows.select_related("initiative").order_by("due_on", "pk"):
        yield DateAhead(
            kind="milestone",
            subject=f"milestone:{row.pk}",
            on=row.due_on,
            people=(row.initiative.owner_id,),
            title=_("Milestone “%(milestone)s” of “%(title)s”"),
            words={"milestone": row.title, "title": row.initiative.title},
            page="coalition:initiative_detail",
            address=(row.initiative.number,),
        )


def _terms(question: DateQuestion) -> Iterator[DateAhead]:
    rows = Seat.objects.filter(
        coalition__organization=question.organization,
        ends_on__gt=question.first,
        ends_on__lte=question.last,
    )
    found = list(rows.select_related("membership__user").order_by("ends_on", "pk"))
    if not found:
        return
    able = Membership.objects.of(question.organization).who_may(Action.EDIT_COALITION)
    who = set(able.values_list("pk", flat=True))
    for row in found:
        yield DateAhead(
            kind="seat_term",
            subject=f"seat:{row.pk}",
            on=row.ends_on or question.last,
            people=tuple(sorted({row.membership_id, *who})),
            title=_("The term of the seat “%(seat)s” of %(name)s ends"),
            words={"seat": row.title, "name": row.membership},
            page="coalition:coalition_detail",
        )


def _of(row: Initiative, kind: str, on: Any, title: Any, people: tuple[int, ...]) -> DateAhead:
    return DateAhead(
        kind=kind,
        subject=f"initiative:{row.pk}",
        on=on,
        people=people,
        title=title,
        words={"title": row.title},
        page="coalition:initiative_detail",
        address=(row.number,),
    )
