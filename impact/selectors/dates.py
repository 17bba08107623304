"""Days by which finance is to say its word, for reminders."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from accounts.models import Membership
from accounts.selectors import needs_confirmation, users_tied_to
from common.dates import DateAhead, DateKind, DateQuestion
from impact.choices import SIGN_OFF_DAYS, SignOff
from impact.models import RoiCase, Study
from impact.selectors.ledger import ledger_years_to_review
from impact.selectors.makers import makers_of, with_makers


def kinds_of_dates(_question: None) -> Iterator[DateKind]:
    yield DateKind(
        key="sign_off",
        label=_("A value waits for finance"),
        who=_("finance reviewers who may sign it"),
        days_before=7,
    )


def dates_ahead(question: DateQuestion) -> Iterator[DateAhead]:
    """Values that count, of the inputs that stand, and years of the ledger that finance has not reviewed: its
    word is wanted within `SIGN_OFF_DAYS`. Four queries, and at most thirteen for each finance reviewer."""
    clock = question.organization.clock
    since = clock.start_of(question.first - timedelta(days=SIGN_OFF_DAYS))
    headline = Study.objects.filter(initiative=OuterRef("study__initiative")).finished().headline_first()
    newest = RoiCase.objects.filter(study=OuterRef("study")).headline_first()
    rows = with_makers(
        list(
            RoiCase.objects.of(question.organization)
            .filter(
                sign_off=SignOff.OPEN,
                computed_at__gte=since,
                pk=Subquery(newest.values("pk")[:1]),
                study=Subquery(headline.values("pk")[:1]),
            )
            .only("pk")
        )
    )
    waiting = [row for row in rows if _is_current(row)]
    made = makers_of(waiting) if waiting else {}
    reviewers = Membership.objects.of(question.organization).who_may(Action.SIGN_OFF_VALUE)
    for person in reviewers.select_related("user", "organization"):
        if needs_confirmation(person):
            continue
        yield from _ledger_years(person)
        tied = users_tied_to(person)
        for row in waiting:
            who = made[row.pk]
            is_own = row.study.initiative.owner_id == person.pk or person.user_id in who.writers
            if not is_own and not tied.intersection(who.makers):
                yield DateAhead(
                    kind="sign_off",
                    subject=f"value:{row.pk}",
                    on=clock.day_of(row.computed_at) + timedelta(days=SIGN_OFF_DAYS),
                    people=(person.pk,),
                    title=_("Review the value of “%(title)s”"),
                    words={"title": row.study.initiative.title},
                    page="impact:initiative_impact",
                    address=(row.study.initiative.number,),
                )


def _ledger_years(person: Membership) -> Iterator[DateAhead]:
    for row in ledger_years_to_review(person):
        yield DateAhead(
            kind="sign_off",
            subject=f"ledger:{row.pk}",
            on=person.organization.clock.day_of(row.changed_at) + timedelta(days=SIGN_OFF_DAYS),
            people=(person.pk,),
            title=_("Review the program's costs of %(year)s"),
            words={"year": row.year},
            page="impact:ledger_year",
            address=(row.year,),
        )


def _is_current(case: RoiCase) -> bool:
    model = getattr(case.study.initiative, "value_model", None)
    return model is None or case.follows(model)
