"""The account of a person by itself, outside of every organization: for `accounts.selectors`."""

from dataclasses import dataclass

from django.utils import timezone

from accounts.models import Invitation, Membership, User


@dataclass(frozen=True, kw_only=True, slots=True)
class WithoutOrganization:
    """Somebody who is signed in and belongs to no organization: how that came, and what can be done.

    `former`: organizations that took the access away; empty where the last one was deleted. `invitations`:
    those that wait for the address. `may_close`: whether the person can close the account alone.
    """

    former: tuple[str, ...]
    invitations: tuple[Invitation, ...]
    may_close: bool


def without_organization(user: User) -> WithoutOrganization:
    """Two queries."""
    former = Membership.objects.filter(user=user).order_by("organization__name")
    waiting = Invitation.objects.open(timezone.now()).filter(email__iexact=user.email)
    names = tuple(former.values_list("organization__name", flat=True))
    return WithoutOrganization(
        former=names,
        invitations=tuple(waiting.select_related("organization", "invited_by__user").order_by("expires_at")),
        may_close=not names and not user.is_staff,
    )


def account_content(user: User) -> dict[str, str | None]:
    """What an account holds itself, as plain values. No query."""
    return {
        "email": user.email,
        "name": user.name,
        "language": user.language,
        "territory": user.territory,
        "theme": str(user.theme),
        "joined_at": user.joined_at.isoformat(),
        "last_login": user.last_login.isoformat() if user.last_login else None,
    }
