"""What somebody may do with the results of a wave beside reading them."""

from dataclasses import dataclass

from accounts.models import Membership
from employee_voice.scope import WaveTree, comments_seen_by, may_read_first


@dataclass(frozen=True, kw_only=True, slots=True)
class Rights:
    """What the reader of a page may do beside reading it."""

    plans_actions: bool
    reads_comments: bool


def rights_of(member: Membership, tree: WaveTree, key: str) -> Rights:
    """No query."""
    seen = comments_seen_by(member, tree)  # the line's heads, and the CX leader
    return Rights(plans_actions=key in seen, reads_comments=bool(seen) or may_read_first(member, tree.wave))
