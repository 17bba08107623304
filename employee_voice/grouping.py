"""Which functions share one signing key: small ones go with what they are part of. Pure.

A signature proves its group, so a group is never smaller than the minimum. Functions with fewer people are
merged upward with their parent until the group is large enough; what remains at the top without a parent goes
together.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit[Key: Hashable]:
    """A function: what it is part of, and how many people of its own are asked (parts not included)."""

    key: Key
    parent: Key | None
    people: int


class NobodyProtected(ValueError):
    """All people together are fewer than the minimum."""


@dataclass(kw_only=True, slots=True)
class _Group[Key: Hashable]:
    people: int = 0
    members: list[Key] = field(default_factory=list)

    def take(self, other: "_Group[Key]") -> None:
        self.people += other.people
        self.members += other.members


def groups_of[Key: Hashable](units: Mapping[Key, Unit[Key]], *, minimum: int) -> list[tuple[list[Key], int]]:
    """(functions, people) of each group, in the order of the units; functions without people are in none.

    Every group has at least `minimum` people. Raises NobodyProtected.
    """
    total = sum(unit.people for unit in units.values())
    if total < minimum:
        raise NobodyProtected(total)
    open_groups = {
        key: _Group(people=unit.people, members=[key] if unit.people else []) for key, unit in units.items()
    }
    rest, done = _Group[Key](), list[_Group[Key]]()
    for key in sorted(units, key=lambda one: -_depth(one, units)):
        group, parent = open_groups[key], units[key].parent
        if group.people >= minimum:
            done.append(group)
        elif group.people:
            (rest if parent is None else open_groups.get(parent, rest)).take(group)
    if rest.people >= minimum:
        done.append(rest)
    elif rest.people:
        # the smallest of the others takes them: it tells the least by itself
        min(done, key=lambda group: group.people).take(rest)
    order = {key: place for place, key in enumerate(units)}
    found = [(sorted(group.members, key=order.__getitem__), group.people) for group in done]
    return sorted(found, key=lambda group: order[group[0][0]])


def _depth[Key: Hashable](key: Key, units: Mapping[Key, Unit[Key]]) -> int:
    """How many functions stand above; a circle, which no service lets be made, ends where it closes."""
    seen = {key}
    parent = units[key].parent
    while parent is not None and parent in units and parent not in seen:
        seen.add(parent)
        parent = units[parent].parent
    return len(seen)
