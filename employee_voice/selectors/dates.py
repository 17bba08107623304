"""Days of employee surveys that somebody is to act by, for reminders. Of who has answered nothing is known
here, so nobody is reminded to answer: a wave's own reminders do that."""

from collections.abc import Iterator

from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from accounts.models import Membership
from common.dates import DateAhead, DateKind, DateQuestion
from employee_voice.choices import ActionState, WaveState
from employee_voice.models import FunctionAction, Wave

MOST_LETTERS = 80  # of an action, in a line


def kinds_of_dates(_question: None) -> Iterator[DateKind]:
    yield DateKind(
        key="action",
        label=_("An action after an employee survey is due"),
        who=_("its owner"),
        days_before=3,
    )
    yield DateKind(
        key="wave",
        label=_("A wave of an employee survey opens or closes"),
        who=_("who manages employee surveys"),
        days_before=3,
    )


def dates_ahead(question: DateQuestion) -> Iterator[DateAhead]:
    """Planned actions, waves that open by hand or by the calendar, and waves that close. Three queries."""
    yield from _actions(question)
    waves = list(
        Wave.objects.of(question.organization)
        .filter(survey__is_archived=False, state__in=[WaveState.DRAFT, WaveState.OPEN])
        .select_related("survey")
        .defer("content", "survey__content")
        .order_by("pk")
    )
    able = Membership.objects.of(question.organization).who_may(Action.MANAGE_EMPLOYEE_SURVEYS)
    people = tuple(able.values_list("pk", flat=True)) if waves else ()
    for row in waves:
        is_open = row.state == WaveState.OPEN
        yield DateAhead(
            kind="wave",
            subject=f"wave:{row.pk}:{'closes' if is_open else 'opens'}",
            on=row.closes_on if is_open else row.opens_on,
            people=people,
            title=_("“%(wave)s” closes") if is_open else _("“%(wave)s” is planned to open"),
            words={"wave": row},
            page="employee_voice:wave_detail",
            address=(row.pk,),
        )


def _actions(question: DateQuestion) -> Iterator[DateAhead]:
    rows = FunctionAction.objects.filter(
        wave__survey__organization=question.organization,
        state=ActionState.PLANNED,
        due_on__gte=question.first,
        due_on__lte=question.last,
    )
    for row in rows.order_by("due_on", "pk"):
        yield DateAhead(
            kind="action",
            subject=f"action:{row.pk}",
            on=row.due_on,
            people=(row.owner_id,),
            title=_("Action “%(text)s”"),
            words={"text": Truncator(row.text).chars(MOST_LETTERS)},
            page="employee_voice:wave_results",
            address=(row.wave_id,),
        )
