"""What can go wrong with people and organizations."""

from collections.abc import Collection

from django.core.exceptions import PermissionDenied

from common.errors import DomainError


class AlreadyInvited(DomainError):
    """The same invitation by the same person is open: it can be sent again, and its link be copied."""

    code = "already_invited"


class InvitationNotUsable(DomainError):
    code = "invitation_not_usable"


class LastAdministrator(DomainError):
    """An organization always keeps somebody who can manage people."""

    code = "last_administrator"


class AlreadyMember(DomainError):
    code = "already_member"


class ConfirmationNotAllowed(DomainError):
    """A finance reviewer is confirmed by a second pair of eyes, or there is nothing to confirm."""

    code = "confirmation_not_allowed"


class StillActive(DomainError):
    """Who still has access is not erased."""

    code = "still_active"


class AccountInUse(DomainError):
    """An account that an organization has in its records is not closed by its person alone."""

    code = "account_in_use"


class NoAccess(DomainError):
    """Whose access was taken away has no role, function or access to change."""

    code = "no_access"


class PasswordChanged(DomainError):
    """Somebody set a new password first: what let this one in, a link or the old password, is used up."""

    code = "password_changed"


class RoleTooSmall(PermissionDenied):
    """403: the reader's role does not include the action; the page says whose does: `roles`, where not every
    role with the action reaches as far."""

    def __init__(self, role: str, action: str, *, roles: Collection[str] = ()) -> None:
        super().__init__()
        self.role, self.action, self.roles = role, action, roles
