"""Days of the coalition and its initiatives that somebody is to act by, for reminders."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from accounts.models import Membership
from coalition.choices import InitiativeState
from coalition.models import ApprovalRound, Initiative, Milestone, Seat
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
    """Votes, go-lives, reviews, milestones and terms. Five queries, and five for each seat of an open vote."""
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
    rows = Initiative.objects.of(question.organization).filter(
        state__in=AT_WORK,
        already_live_on=None,
        plan__review_on__gte=question.first,
        plan__review_on__lte=question.last,
    )
    found = list(rows.select_related("plan").order_by("plan__review_on", "pk"))
    if not found:
        return
    able = Membership.objects.of(question.organization).who_may(Action.RUN_STUDY)
    who = set(able.values_list("pk", flat=True))
    for row in found:
        people = tuple(sorted({row.owner_id, *who}))
        yield _of(row, "review", row.plan.review_on, _("Review of “%(title)s”"), people)


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
