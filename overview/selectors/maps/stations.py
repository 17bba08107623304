"""Between which steps of a map customers can be followed, and what each of them did next. Plain arithmetic on
visits, no query."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customer_voice.selectors import Visits
from cxstats.transitions import Outcome
from journeys.maps.selectors import StepView
from journeys.models import Touchpoint


@dataclass(frozen=True, kw_only=True, slots=True)
class Station:
    """Steps that stand on the same touchpoints: answers cannot tell them apart. `later`: touchpoints of any
    step behind the first of them, without its own."""

    steps: tuple[StepView, ...]
    touchpoints: tuple[Touchpoint, ...]
    later: frozenset[int]

    @property
    def own(self) -> frozenset[int]:
        return frozenset(one.pk for one in self.touchpoints)

    @property
    def channels(self) -> frozenset[str]:
        return frozenset(one.channel for one in self.touchpoints)


@dataclass(frozen=True, kw_only=True, slots=True)
class Followed:
    """The customers who were heard at one station: days until what came first, and what that was.

    `came` counts the customers of the last station too, whose way ends here. `aside`: touchpoint id -> how
    many turned to it.
    """

    came: int
    times: NDArray[np.float64]
    outcomes: NDArray[np.int64]
    aside: Mapping[int, int]


def stations_of(steps: Sequence[StepView]) -> tuple[Station, ...]:
    """In the map's order, each set of touchpoints once, where it first stands."""
    found: dict[frozenset[int], list[StepView]] = {}
    last_of_run: dict[frozenset[int], int] = {}
    before: frozenset[int] = frozenset()
    for place, step in enumerate(steps):
        own = frozenset(used.touchpoint.pk for used in step.touchpoints)
        if not own:
            continue
        if own not in found or (own == before and last_of_run[own] == _seen_before(steps, place)):
            last_of_run[own] = place
        found.setdefault(own, []).append(step)
        before = own
    return tuple(
        Station(
            steps=tuple(there),
            touchpoints=tuple(used.touchpoint for used in there[0].touchpoints),
            later=_touchpoints(steps[last_of_run[own] + 1 :]) - own,
        )
        for own, there in found.items()
    )


def _seen_before(steps: Sequence[StepView], place: int) -> int:
    """The last place before with a touchpoint: steps without one lie in between unseen."""
    return max((i for i in range(place) if steps[i].touchpoints), default=-1)


def _touchpoints(steps: Sequence[StepView]) -> frozenset[int]:
    return frozenset(used.touchpoint.pk for step in steps for used in step.touchpoints)


def follow(station: Station, visits: Visits, channels: Mapping[int, str], *, before: float) -> Followed:
    """Who was heard at the station before this day, each customer once, and what came first after that.

    On: heard at a touchpoint of a later step. Aside: heard at one off the way, in a channel that the station
    does not have. All are watched until the last day on which a later touchpoint was heard: a feed that ended
    makes nobody fall out.
    """
    is_later = np.isin(visits.touchpoints, list(station.later))
    is_own = np.isin(visits.touchpoints, list(station.own))
    came = int(np.unique(visits.customers[is_own & (visits.moments < before)]).size)
    nothing = Followed(came=came, times=np.zeros(0), outcomes=np.zeros(0, dtype=np.int64), aside={})
    if not np.any(is_later):
        return nothing
    until = float(visits.moments[is_later].max())
    off = [
        pk for pk, channel in channels.items()
        if pk not in station.own and pk not in station.later and channel not in station.channels
    ]  # fmt: skip
    is_off = np.isin(visits.touchpoints, off)
    is_entry = is_own & (visits.moments < min(before, until))
    # rows lie by customer and time: the first of each customer is where the customer changes
    entries = np.flatnonzero(is_entry)
    if not entries.size:
        return nothing
    who = visits.customers[entries]
    entries = entries[np.concatenate([[True], who[1:] != who[:-1]])]
    begun = visits.moments[entries]
    events = np.flatnonzero((is_later | is_off) & (visits.moments <= until))
    at = np.searchsorted(events, entries, side="right")  # the first event behind the entry
    has_event = at < events.size
    after = (
        events[np.minimum(at, max(events.size - 1, 0))] if events.size else np.zeros(at.size, dtype=np.int64)
    )
    has_event &= visits.customers[after] == visits.customers[entries]
    outcomes = np.where(has_event, np.where(is_later[after], Outcome.ON, Outcome.ASIDE), Outcome.OPEN)
    times = np.where(has_event, visits.moments[after], until) - begun
    turned = visits.touchpoints[after[outcomes == Outcome.ASIDE]]
    return Followed(
        came=came,
        times=times,
        outcomes=outcomes.astype(np.int64),
        aside=Counter(int(pk) for pk in turned),
    )
