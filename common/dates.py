"""Days that the product knows and somebody is to act by: one declaration of their kinds, for reminders.

A room declares its kinds and what is ahead at start (`AppConfig.ready`); `accounts` reminds by them, whatever
the room. A day that has passed, and what is settled, is never ahead.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise

from common.registry import Registry

MOST_DAYS_BEFORE = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class DateKind:
    """One kind of day. `days_before` is when who has chosen nothing is reminded (0 to 30), None where only
    who has chosen it is; `who` is reminded, in words."""

    key: str
    label: str | Promise
    who: str | Promise
    days_before: int | None = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class DateQuestion:
    """What is to be done in an organization on days from `first` to `last`, both included?"""

    organization: Any  # accounts.Organization
    first: date
    last: date


@dataclass(frozen=True, kw_only=True, slots=True)
class DateAhead:
    """One day by which `people` (keys of memberships) are to act. `subject` names what it is about, the same
    every time it is asked; `title` is filled with `words` in the language of each reader; `page` is the name
    of an address that takes the organization's slug and `address`."""

    kind: str
    subject: str
    on: date
    people: tuple[int, ...]
    title: str | Promise
    page: str
    address: tuple[object, ...] = ()
    words: Mapping[str, object] = field(default_factory=dict)


date_kinds: Registry[None, DateKind] = Registry()
dates_ahead: Registry[DateQuestion, DateAhead] = Registry()


def kinds_of_dates() -> tuple[DateKind, ...]:
    """Every kind that a room has declared, in their order; those of which nobody is reminded unasked last."""
    return tuple(sorted(date_kinds.ask(None), key=lambda kind: kind.days_before is None))


def ahead_of(organization: Model, first: date, last: date) -> Iterator[DateAhead]:
    """What is to be done on these days, of every room. A day outside is passed over."""
    question = DateQuestion(organization=organization, first=first, last=last)
    return (one for one in dates_ahead.ask(question) if first <= one.on <= last)
