"""Business functions: what they are called, what they are part of and who leads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import BusinessFunction, Membership
from accounts.services.events import emit
from accounts.services.organizations import acting
from accounts.services.trail import record_event
from common.errors import InvalidValues
from common.rows import Gone, fresh, merged_row, put
from common.text import one_line

MOST_LEVELS = 8
"""Deeper trees are refused: no organization reports over more levels, and every level costs a question."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FunctionPlace:
    """Where a function stands: the larger unit that it is part of, and who leads it. None: neither."""

    parent: BusinessFunction | None = None
    head: Membership | None = None


@transaction.atomic
def save_function(
    *,
    by: Membership,
    name: str,
    function: BusinessFunction | None = None,
    place: FunctionPlace | None = None,
) -> BusinessFunction:
    """Add or change a business function; parent and head stay as they are where no `place` is given.

    Of a `function` as its caller has read it, what differs is written; a head who has left since stays until
    somebody names another. Raises InvalidValues: no name, or one in use; a parent of another organization,
    one that is the function itself or a part of it, or too many levels; a new head who is no active member.
    """
    name = one_line(name)
    if not name:
        message = _("Give the function a name.")
        raise InvalidValues(message, fields={"name": message})
    by = acting(by)  # holds the organization: two moves at once must not close a circle
    there = {row.pk: row for row in BusinessFunction.objects.of(by.organization).select_related("head__user")}
    if function is not None and function.pk not in there:
        raise Gone(_("This has been deleted in the meantime."))
    seen, row = function, None if function is None else there[function.pk]
    given: dict[str, Any] = (
        {"name": name} if place is None else {"name": name, "parent": place.parent, "head": place.head}
    )
    values = given if seen is None or row is None else merged_row(given, seen=seen, now=row)
    others = [other.name.casefold() for other in there.values() if row is None or other.pk != row.pk]
    if values["name"].casefold() in others:
        message = _("There is already a function with this name.")
        raise InvalidValues(message, fields={"name": message})
    before = {} if row is None else _told(row, there)
    if row is None:
        row = BusinessFunction(organization=by.organization, key=_free_key(name, there))
    head_before = row.head_id
    if place is not None:
        _refuse_impossible(row, FunctionPlace(parent=values["parent"], head=values["head"]), there)
    if before:
        put(row, values)
    else:
        for field, value in values.items():
            setattr(row, field, value)
        row.save()
    function = row
    there[function.pk] = function
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="function.saved",
        subject=function,
        before=before,
        after=_told(function, there),
    )
    if function.head_id != head_before:
        emit(
            kind="accounts.function_head_changed",
            organization=by.organization,
            subject=function,
            content={
                "function": function.pk,
                "before": head_before,
                "after": function.head_id,
                "by": by.pk,
            },
        )
    return function


def _free_key(name: str, there: Mapping[int, BusinessFunction]) -> str:
    taken = {row.key for row in there.values()}
    base = slugify(name)[:50] or "function"
    key, number = base, 2
    while key in taken:
        key, number = f"{base}-{number}", number + 1
    return key


def _refuse_impossible(
    function: BusinessFunction, place: FunctionPlace, there: Mapping[int, BusinessFunction]
) -> None:
    wrong: dict[str, str] = {}
    parent, head = place.parent, place.head
    if parent is not None:
        if parent.pk not in there:
            wrong["parent"] = _("Choose one of your functions.")
        elif function.pk is not None and function.pk in _line_above(parent.pk, there):
            wrong["parent"] = _("A function cannot be part of itself or of one of its own parts.")
        elif len(_line_above(parent.pk, there)) + _levels_below(function, there) > MOST_LEVELS:
            wrong["parent"] = _("Functions can be at most %(most)d levels deep.") % {"most": MOST_LEVELS}
    now = None if head is None else fresh(head, "user")
    is_here = now is not None and now.organization_id == function.organization_id and now.has_access
    is_kept = head is not None and function.pk is not None and head.pk == function.head_id
    if head is not None and not is_here and not is_kept:
        wrong["head"] = _("Choose an active member of your organization.")
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)


def _line_above(start: int, there: Mapping[int, BusinessFunction]) -> list[int]:
    """The function and all that it is part of, nearest first."""
    line, asked = list[int](), there.get(start)
    while asked is not None and asked.pk not in line:
        line.append(asked.pk)
        asked = there.get(asked.parent_id) if asked.parent_id else None
    return line


def _levels_below(function: BusinessFunction, there: Mapping[int, BusinessFunction]) -> int:
    """How many levels the function and its parts take: 1 where it has no parts."""
    lines = (_line_above(pk, there) for pk in there)
    return max((line.index(function.pk) + 1 for line in lines if function.pk in line), default=1)


def _told(function: BusinessFunction, there: Mapping[int, BusinessFunction]) -> dict[str, str]:
    parent = there.get(function.parent_id) if function.parent_id else None
    return {
        "name": function.name,
        "parent": parent.name if parent else "",
        "head": str(function.head) if function.head_id else "",
    }
