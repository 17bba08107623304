"""May this member have this object? The only way a view gets one."""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.choices import Action
from accounts.models import ApiToken, BusinessFunction, Invitation, Membership
from accounts.permissions import may


def require(member: Membership, action: Action) -> None:
    """Raise PermissionDenied (403) when the member's role does not include the action."""
    if not may(member.role, action):
        raise PermissionDenied


def member_for(member: Membership, pk: int) -> Membership:
    """Another member of the same organization. 404 for a stranger's, 403 without MANAGE_PEOPLE."""
    found = (
        Membership.objects.of(member.organization)
        .select_related("user", "function", "organization")
        .filter(pk=pk)
    ).first()
    if found is None:
        raise Http404
    require(member, Action.MANAGE_PEOPLE)
    other: Membership = found
    return other


def invitation_for(member: Membership, pk: int) -> Invitation:
    found = Invitation.objects.of(member.organization).filter(pk=pk, accepted_at=None).first()
    if found is None:
        raise Http404
    require(member, Action.MANAGE_PEOPLE)
    invitation: Invitation = found
    return invitation


def function_for(member: Membership, pk: int) -> BusinessFunction:
    found = BusinessFunction.objects.of(member.organization).filter(pk=pk).first()
    if found is None:
        raise Http404
    require(member, Action.MANAGE_ORGANIZATION)
    function: BusinessFunction = found
    return function


def token_for(member: Membership, pk: int) -> ApiToken:
    """One of the member's own keys; nobody else's."""
    found = ApiToken.objects.filter(member=member, pk=pk, revoked_at=None).first()
    if found is None:
        raise Http404
    token: ApiToken = found
    return token
