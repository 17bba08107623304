"""Which initiatives claim the same benefit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimedGround:
    """Where, on which metric and when [start, end) an initiative claims its benefit."""

    key: str
    places: frozenset[str]
    metric: str
    start: date
    end: date

    def meets(self, other: "ClaimedGround") -> bool:
        return (
            self.metric == other.metric
            and not self.places.isdisjoint(other.places)
            and self.start < other.end
            and other.start < self.end
        )


def overlap_groups(grounds: Sequence[ClaimedGround]) -> tuple[tuple[str, ...], ...]:
    """Groups of two or more initiatives that cannot be added up, in the order given.

    Two overlap where they share any touchpoint on the same metric while their times overlap; what overlaps
    with a member belongs to the group, also where it does not meet the other members.

    Examples
    --------
    >>> def ground(key, *places):
    ...     return ClaimedGround(key=key, places=frozenset(places), metric="nps", start=date(2025, 1, 1),
    ...                          end=date(2028, 1, 1))
    >>> overlap_groups([ground("a", "shop", "web"), ground("b", "phone"), ground("c", "web", "phone")])
    (('a', 'b', 'c'),)
    """
    groups: list[list[ClaimedGround]] = []
    for ground in grounds:
        met = [group for group in groups if any(ground.meets(member) for member in group)]
        joined = [member for group in met for member in group] + [ground]
        groups = [group for group in groups if group not in met] + [joined]
    order = [ground.key for ground in grounds]
    found = [tuple(sorted((one.key for one in group), key=order.index)) for group in groups if len(group) > 1]
    return tuple(sorted(found, key=lambda keys: order.index(keys[0])))
