"""What employee surveys leave to do: the rows behind their kinds in `needs`."""

from datetime import date
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import ngettext

from accounts.choices import Action
from overview.selectors.desk import Desk, Owed

MOST_LETTERS = 80  # of what people wrote at length, in a title


def waves_stopped(desk: Desk) -> list[Owed]:
    """Opening, letters or closing that failed, until it is tried again."""
    if not desk.may(Action.MANAGE_EMPLOYEE_SURVEYS):
        return []
    return [
        Owed(
            words={"title": str(now.wave), "work": now.failed},
            address=(now.wave.pk,),
            detail=now.failure,
        )
        for now in desk.waves
        if now.failed
    ]


def waves_unpublished(desk: Desk) -> list[Owed]:
    """Closed, and nobody sees what came of it. A wave whose answers were lost has nothing to publish."""
    if not desk.may(Action.MANAGE_EMPLOYEE_SURVEYS):
        return []
    return [
        Owed(words={"title": str(now.wave)}, address=(now.wave.pk,))
        for now in desk.waves
        if now.waits_for_publishing
    ]


def comments_waiting(desk: Desk) -> list[Owed]:
    """Comments that this member reads first. What she has decided on does not come again."""
    return [
        Owed(
            words={"title": str(now.wave)},
            address=(now.wave.pk,),
            detail=ngettext(
                "%(count)d comment waits to be released or held back.",
                "%(count)d comments wait to be released or held back.",
                now.comments,
            )
            % {"count": now.comments},
        )
        for now in desk.waves
        if now.comments
    ]


def comments_stuck(desk: Desk) -> list[Owed]:
    """Comments that nobody may decide on: all who could are of their line. For whoever names a reader."""
    return [
        Owed(
            words={"title": str(now.wave)},
            address=(now.wave.pk,),
            detail=ngettext(
                "%(count)d comment stays held back until someone from outside its line is named for it.",
                "%(count)d comments stay held back until someone from outside their line is named for them.",
                now.stuck,
            )
            % {"count": now.stuck},
        )
        for now in desk.waves
        if now.stuck
    ]


def function_actions(desk: Desk) -> list[Owed]:
    return [_action(row, row.due_on) for row in desk.actions]


def actions_left(desk: Desk) -> list[Owed]:
    return [_action(row, None) for row in desk.left_actions]


def _action(row: Any, due_on: date | None) -> Owed:
    words: dict[str, object] = {
        "text": Truncator(row.text).chars(MOST_LETTERS),
        "wave": row.wave,
        "name": row.owner,
    }
    return Owed(words=words, address=(row.wave_id,), due_on=due_on)
