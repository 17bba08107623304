"""Reads for screens of people and organizations."""

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import ApiToken, AuditEvent, BusinessFunction, Invitation, Membership, Organization, User
from common.digests import digest_of_secret


def memberships_of_user(user: User) -> QuerySet[Membership]:
    """Active memberships with their organizations, by name. One query."""
    return (
        Membership.objects.active()
        .filter(user=user)
        .select_related("organization")
        .order_by("organization__name")
    )


def members(organization: Organization) -> QuerySet[Membership]:
    """All members, active first, with user and function. One query."""
    return (
        Membership.objects.of(organization)
        .select_related("user", "function")
        .order_by("-is_active", "user__name", "user__email")
    )


def open_invitations(organization: Organization) -> QuerySet[Invitation]:
    return (
        Invitation.objects.of(organization)
        .open(timezone.now())
        .select_related("function", "invited_by__user")
        .order_by("-created_at")
    )


def functions(organization: Organization) -> QuerySet[BusinessFunction]:
    return BusinessFunction.objects.of(organization).order_by("name")


def tokens_of(member: Membership) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(member=member).usable(timezone.now()).order_by("-created_at")


def trail(organization: Organization) -> QuerySet[AuditEvent]:
    """The audit trail, newest first. One query."""
    return AuditEvent.objects.of(organization).order_by("-at", "-pk")


def invitation_by_secret(secret: str) -> Invitation | None:
    """The open invitation behind a link, with its organization. One query."""
    found: Invitation | None = (
        Invitation.objects.open(timezone.now())
        .select_related("organization", "invited_by__user")
        .filter(token_digest=digest_of_secret(secret))
        .first()
    )
    return found


def is_known(email: str) -> bool:
    """Whether a person with this address has an account."""
    return User.objects.filter(email__iexact=email).exists()
