"""What can go wrong with people and organizations."""

from common.errors import DomainError


class InvitationNotUsable(DomainError):
    code = "invitation_not_usable"


class LastAdministrator(DomainError):
    """An organization always keeps somebody who can manage people."""

    code = "last_administrator"


class AlreadyMember(DomainError):
    code = "already_member"
