"""What the inventory and suggestions leave to do: the rows behind their kinds in `needs`."""

from django.utils.text import Truncator

from coalition.choices import SuggestionState
from overview.selectors.desk import Desk, Owed

MOST_LETTERS = 80  # of what people wrote at length, in a title


def touchpoints_left(desk: Desk) -> list[Owed]:
    """Touchpoints whose responsible person has left, for who runs the program."""
    return [
        Owed(words={"touchpoint": row.name, "name": row.owner_person}, address=(row.key,))
        for row in desk.left_touchpoints
    ]


def suggestions_waiting(desk: Desk) -> list[Owed]:
    """Suggestions to take up or to decline."""
    return [
        Owed(words={"text": _short(row), "name": row.by, "touchpoint": row.touchpoint}, address=(row.pk,))
        for row in desk.suggestions
    ]


def suggestions_taken_up(desk: Desk) -> list[Owed]:
    return [
        Owed(words={"text": _short(row), "name": row.answered_by}, address=(row.pk,))
        for row in desk.answered_suggestions
        if row.state == SuggestionState.TAKEN_UP
    ]


def suggestions_declined(desk: Desk) -> list[Owed]:
    """With the reason, which the person is to get."""
    return [
        Owed(words={"text": _short(row)}, address=(row.pk,), detail=row.reason)
        for row in desk.answered_suggestions
        if row.state == SuggestionState.DECLINED
    ]


def _short(row: object) -> str:
    return Truncator(str(row)).chars(MOST_LETTERS)
