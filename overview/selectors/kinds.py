"""What one line of the list of duties is, and what becomes of it for one member."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise

from overview.selectors.desk import Desk, Owed


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """One kind of thing that is owed. `title` and `detail` are filled with the words of the row. `dates`: the
    kinds of days (`common.dates`) by which the same people are reminded before, where its rows have a day."""

    key: str
    who: str  # owes it, in words for who reads this list
    rows: Callable[[Desk], Iterable[Owed]]
    icon: str
    title: str | Promise
    detail: str | Promise  # unless the row says more
    button: str | Promise
    page: str  # name of the address; takes what the row gives
    dates: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """One thing that waits for this member."""

    kind: str
    icon: str
    title: str
    detail: str
    url: str
    button: str
    due_on: date | None = None
    is_overdue: bool = False
