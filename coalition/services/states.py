"""The one place where an initiative changes its state."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.services import record_event
from coalition.choices import TRANSITIONS, InitiativeState
from coalition.errors import TransitionNotAllowed
from coalition.models import EvaluationPlan, Initiative, InitiativeStateChange
from cxstats.codec import digest_of, version_of


def locked(initiative: Initiative) -> Initiative:
    """The row as it is now, held until the transaction ends. Every change of an initiative begins here,
    so that two of them never pass each other (SQLite: transactions are immediate)."""
    row: Initiative = (
        Initiative.objects.select_for_update(of=("self",))
        .select_related("organization", "owner__user")
        .get(pk=initiative.pk)
    )
    return row


def move(
    *,
    initiative: Initiative,
    to: str,
    by: Membership | None,
    note: str = "",
    is_typed: bool = True,
    allowed: Mapping[str, frozenset[str]] = TRANSITIONS,
) -> None:
    """Change the state of a locked initiative; adds the state change and the trail.

    A note that nobody typed is a sentence in one language: it stays out of the trail, which says the same in
    values of its own. Raises TransitionNotAllowed. `by` is None when votes, not a person, decided.
    """
    before = initiative.state
    if to not in allowed.get(before, frozenset()):
        raise TransitionNotAllowed(
            _("%(reference)s is “%(state)s”: it cannot become “%(wanted)s” now.")
            % {
                "reference": initiative.reference,
                "state": InitiativeState(before).label,
                "wanted": InitiativeState(to).label if to in InitiativeState.values else to,
            }
        )
    initiative.state = to
    initiative.save(update_fields=["state"])
    InitiativeStateChange.objects.create(
        initiative=initiative, from_state=before, to_state=to, by=by, note=note
    )
    record_event(
        organization=initiative.organization,
        actor=by.user if by else None,
        verb=f"initiative.{to}",
        subject=initiative,
        before={"state": before},
        after={"state": to, "note": note} if note and is_typed else {"state": to},
    )


def fix_plan(plan: EvaluationPlan, content: dict[str, Any]) -> None:
    """Fix a plan by the digest of its content: what every study of it is held to."""
    plan.fixed_content = content
    plan.fixed_digest = digest_of(content, version=version_of(content))
    plan.fixed_at = timezone.now()
    plan.save(update_fields=["fixed_content", "fixed_digest", "fixed_at"])
