"""Reads for screens of people and organizations."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import (
    ApiToken,
    AuditEvent,
    BusinessFunction,
    EventDelivery,
    Invitation,
    Letter,
    Membership,
    Organization,
    User,
)
from accounts.querysets import LetterQuerySet
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


@dataclass(frozen=True, kw_only=True, slots=True)
class BackgroundWork:
    """What the worker owes an organization and could not do."""

    letters: tuple[Letter, ...]  # newest first
    deliveries: tuple[EventDelivery, ...]  # oldest first; `stuck_at` tells which are given up

    @property
    def is_well(self) -> bool:
        return not self.letters and not self.deliveries


def letters_of(organization: Organization) -> LetterQuerySet:
    """Letters to the organization's people and to those it invited: nobody else's mail is seen here."""
    members = Membership.objects.of(organization).values("user__email")
    invited = Invitation.objects.of(organization).values("email")
    ours: LetterQuerySet = Letter.objects.filter(Q(recipient__in=members) | Q(recipient__in=invited))
    return ours


def background_work(organization: Organization) -> BackgroundWork:
    """Letters that could not leave, and events whose readers failed. Two queries."""
    return BackgroundWork(
        letters=tuple(letters_of(organization).troubled()[:100]),
        deliveries=tuple(
            EventDelivery.objects.filter(event__organization=organization, done_at=None, attempts__gt=0)
            .select_related("event")
            .order_by("pk")[:100]
        ),
    )
