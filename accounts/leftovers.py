"""What somebody leaves behind that still opens a door: one list, for every app.

When a person goes or gets another role, every kind in the list is asked to revoke what that person may
no longer have set up. A kind names the relation by which its rows point at the person. Apps above this one
register their kinds when they start:

    @left_behind("reports.ShareLink.created_by")
    def revoke_share_links(departure: Departure) -> None: ...

A test (`tests/architecture/test_leftovers.py`) walks every relation to people and demands that it is
either in this list or classified there.
"""

from collections.abc import Callable
from dataclasses import dataclass

from accounts.models import Membership


@dataclass(frozen=True, kw_only=True, slots=True)
class Departure:
    """`member` as it is now: without access, or in another role than `role_before`."""

    member: Membership
    by: Membership
    role_before: str

    @property
    def is_gone(self) -> bool:
        return not self.member.is_active


type Revoke = Callable[[Departure], None]
_KINDS: dict[str, Revoke] = {}


def left_behind(relation: str) -> Callable[[Revoke], Revoke]:
    """Register how rows of one kind are revoked. `relation` reads `app.Model.field`."""

    def register(revoke: Revoke) -> Revoke:
        if relation in _KINDS:
            raise ValueError(f"{relation} is registered already.")
        _KINDS[relation] = revoke
        return revoke

    return register


def revoke_leftovers(departure: Departure) -> None:
    """Ask every kind, in the caller's transaction."""
    for revoke in _KINDS.values():
        revoke(departure)


def registered_relations() -> frozenset[str]:
    return frozenset(_KINDS)
