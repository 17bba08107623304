"""May this member have this object? The only way a view gets one."""

from django.db.models import Q
from django.http import Http404

from accounts.choices import Action
from accounts.models import (
    ApiToken,
    Branding,
    BusinessFunction,
    EventDelivery,
    Invitation,
    Letter,
    Membership,
    Organization,
    Session,
    User,
)
from accounts.permissions import require_right
from accounts.querysets import LetterQuerySet
from common.digests import digest_of_secret


def require(member: Membership, action: Action) -> None:
    """Raise PermissionDenied (403) when the member's role does not include the action."""
    require_right(member.role, action)


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
    return found


def invitation_for(member: Membership, pk: int) -> Invitation:
    found = Invitation.objects.of(member.organization).filter(pk=pk, accepted_at=None).first()
    if found is None:
        raise Http404
    require(member, Action.MANAGE_PEOPLE)
    return found


def function_for(member: Membership, pk: int) -> BusinessFunction:
    found = (
        BusinessFunction.objects.of(member.organization)
        .select_related("parent", "head__user")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    require(member, Action.MANAGE_ORGANIZATION)
    return found


def token_for(member: Membership, pk: int) -> ApiToken:
    """One of the member's own keys; nobody else's."""
    found = ApiToken.objects.filter(member=member, pk=pk, revoked_at=None).first()
    if found is None:
        raise Http404
    return found


def letters_of(organization: Organization) -> LetterQuerySet[Letter]:
    """Letters written for the organization, and those about the accounts of its people.

    Another organization may write to the same address; what it writes is its own.
    """
    people = Membership.objects.of(organization).values("user__email")
    ours = Q(organization=organization) | Q(organization=None, recipient__in=people)
    return Letter.objects.filter(ours)


def letter_for(member: Membership, pk: int) -> Letter:
    """A letter that the member's organization sees. 404 for others', 403 without the right."""
    found: Letter | None = letters_of(member.organization).filter(pk=pk).first()
    if found is None:
        raise Http404
    require(member, Action.MANAGE_ORGANIZATION)
    return found


def delivery_for(member: Membership, pk: int) -> EventDelivery:
    """An event of the member's organization that a reader has not dealt with."""
    found = EventDelivery.objects.filter(event__organization=member.organization, pk=pk, done_at=None).first()
    if found is None:
        raise Http404
    require(member, Action.MANAGE_ORGANIZATION)
    return found


def branding_by(public_id: str) -> Branding:
    """The look that stands under a public address, else 404: for whoever was asked by a survey. One query."""
    found: Branding | None = Branding.objects.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def session_for(user: User, mark: str) -> Session:
    """One of the person's own sessions by its public mark; its key would let somebody in and stays here."""
    for session in Session.objects.filter(user=user):
        if session_mark(session) == mark:
            return session
    raise Http404


def session_mark(session: Session) -> str:
    return digest_of_secret(session.session_key)[:20]
