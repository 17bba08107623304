"""What can go wrong with people and organizations."""

from common.errors import DomainError


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


class NoAccess(DomainError):
    """Whose access was taken away has no role, function or access to change."""

    code = "no_access"
