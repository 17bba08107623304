"""Where customers were heard one after another: the answers that name one, in the order of time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import Count, F, Q
from django.db.models.functions import Mod
from numpy.typing import NDArray

from accounts.models import Organization
from customer_voice.choices import Followed
from customer_voice.models import CustomerAccount, Feedback

# So many answers of known customers are read at most; of more, those of one customer in two, three and so on.
MOST_ANSWERS = 100_000
DAY = 86_400.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """Answers at one touchpoint, and how many of them name a customer."""

    answers: int
    known: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Visits:
    """One entry for each time that a known customer was heard, by customer and then by time.

    `moments` are days since 1970. Of one customer in `every` all visits are here, of the others none. `heard`
    by the id of the touchpoint counts all customers' answers. `together`: times at which one customer spoke
    of several touchpoints at once, which give no order and are not here.
    """

    customers: NDArray[np.int64]
    moments: NDArray[np.float64]
    touchpoints: NDArray[np.int64]
    heard: Mapping[int, Heard]
    every: int
    together: int


def visits(
    organization: Organization,
    *,
    start: datetime,
    end: datetime,
    followed: Followed,
    segment: str | None = None,
    account: CustomerAccount | None = None,
) -> Visits:
    """Answers, cases and words of known customers in [start, end). Two queries.

    Answers that an erasure has taken the person out of name nobody; those of merged customers name the one
    that was kept.
    """
    rows = Feedback.objects.of(organization).filter(occurred_at__gte=start, occurred_at__lt=end)
    if segment is not None:
        rows = rows.filter(segment=segment)
    if account is not None:
        rows = rows.filter(account=account)
    name = "contact" if followed == Followed.PEOPLE else "account"
    counts = rows.order_by().values("touchpoint").annotate(answers=Count("pk"), known=Count(name))
    heard = {row["touchpoint"]: Heard(answers=row["answers"], known=row["known"]) for row in counts}
    every = max(1, -(-sum(one.known for one in heard.values()) // MOST_ANSWERS))
    named: Any = rows.filter(~Q(**{name: None})).order_by()
    if every > 1:  # ids are given in the order of coming, which says nothing of what a customer does
        named = named.annotate(part=Mod(F(f"{name}_id"), every)).filter(part=0)
    found = named.values_list(f"{name}_id", "occurred_at", "touchpoint_id")
    return _in_order([*found.iterator(chunk_size=20_000)], heard, every)


def _in_order(found: list[tuple[int, datetime, int]], heard: Mapping[int, Heard], every: int) -> Visits:
    customers = np.array([row[0] for row in found], dtype=np.int64)
    moments = np.array([row[1].timestamp() / DAY for row in found], dtype=np.float64)
    touchpoints = np.array([row[2] for row in found], dtype=np.int64)
    order = np.lexsort((touchpoints, moments, customers))
    customers, moments, touchpoints = customers[order], moments[order], touchpoints[order]
    is_new = np.ones(customers.size, dtype=np.bool_)  # another customer, or another time
    is_new[1:] = (customers[1:] != customers[:-1]) | (moments[1:] != moments[:-1])
    group = np.cumsum(is_new) - 1
    is_other = np.zeros(customers.size, dtype=np.bool_)  # the same customer and time, another touchpoint
    is_other[1:] = ~is_new[1:] & (touchpoints[1:] != touchpoints[:-1])
    is_mixed = np.bincount(group, weights=is_other, minlength=int(is_new.sum())) > 0
    kept = is_new & ~is_mixed[group] if customers.size else is_new
    return Visits(
        customers=customers[kept],
        moments=moments[kept],
        touchpoints=touchpoints[kept],
        heard=heard,
        every=every,
        together=int(is_mixed.sum()),
    )
