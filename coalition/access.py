"""The only way a screen or an API call gets an object of the coalition.

Stranger or absent: `Http404`. Own organization, but not this member's to change: `PermissionDenied`.
"""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from accounts.choices import Action
from accounts.models import Membership
from accounts.permissions import may, require_right
from coalition.models import Coalition, Decision, Initiative, Milestone, Seat, Suggestion


def is_steward(member: Membership, initiative: Initiative) -> bool:
    """Whether the initiative is this member's to look after: its owner, or whoever seats the coalition."""
    return initiative.owner_id == member.pk or may(member.role, Action.EDIT_COALITION)


def may_on(member: Membership, initiative: Initiative, action: Action) -> bool:
    """The right of the role, and for changes to the initiative also the stewardship."""
    if not may(member.role, action):
        return False
    if action in {Action.DRAFT_INITIATIVE, Action.RECORD_PROGRESS}:
        return is_steward(member, initiative)
    return True


def initiative_for(member: Membership, number: int, action: Action) -> Initiative:
    """The initiative with its owner, plan and metric. One query."""
    initiative = (
        Initiative.objects.of(member.organization)
        .select_related("organization", "owner__user", "plan__metric", "wave__survey__organization")
        .filter(number=number)
        .first()
    )
    if initiative is None:
        raise Http404
    found: Initiative = initiative
    require_right(member.role, action)
    if not may_on(member, found, action):
        raise PermissionDenied
    return found


def milestone_for(member: Membership, number: int, pk: int, action: Action) -> Milestone:
    initiative = initiative_for(member, number, action)
    milestone = initiative.milestones.filter(pk=pk).first()
    if milestone is None:
        raise Http404
    milestone.initiative = initiative
    return milestone


def coalition_for(member: Membership, action: Action) -> Coalition | None:
    """The organization's coalition, or None where it is not founded yet."""
    require_right(member.role, action)
    return Coalition.objects.filter(organization=member.organization).select_related("organization").first()


def seat_for(member: Membership, pk: int, action: Action) -> Seat:
    seat = (
        Seat.objects.filter(coalition__organization=member.organization, pk=pk)
        .select_related("coalition__organization", "membership__user", "alternate__user", "function")
        .first()
    )
    if seat is None:
        raise Http404
    require_right(member.role, action)
    return seat


def decision_for(member: Membership, pk: int, action: Action) -> Decision:
    decision = (
        Decision.objects.filter(initiative__organization=member.organization, pk=pk)
        .with_seal()
        .select_related("initiative", "round__revision")
        .first()
    )
    if decision is None:
        raise Http404
    require_right(member.role, action)
    return decision


def suggestions_for(member: Membership) -> QuerySet[Suggestion]:
    """The coalition's list for who may draft initiatives; else one's own. Newest first. One query."""
    require_right(member.role, Action.VIEW)
    rows = Suggestion.objects.of(member.organization).select_related(
        "organization", "touchpoint", "by__user", "by__function", "answered_by__user", "initiative"
    )
    return rows if may(member.role, Action.DRAFT_INITIATIVE) else rows.filter(by=member)


def suggestion_for(member: Membership, pk: int, action: Action = Action.VIEW) -> Suggestion:
    """One suggestion of the member's organization, else 404. Answered by who may draft initiatives, read by
    these and by who made it; for others PermissionDenied. At most two queries."""
    if not Suggestion.objects.of(member.organization).filter(pk=pk).exists():
        raise Http404
    require_right(member.role, action)
    found = suggestions_for(member).filter(pk=pk).first()
    if found is None:
        raise PermissionDenied
    return found
