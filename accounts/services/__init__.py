"""Everything that changes people, organizations, keys and the trail."""

from accounts.services.events import emit
from accounts.services.organizations import (
    create_organization,
    one_at_a_time,
    save_function,
    update_organization,
)
from accounts.services.people import (
    accept_invitation,
    change_member,
    deactivate_member,
    invite_person,
    revoke_invitation,
    set_preferences,
)
from accounts.services.tokens import create_api_token, revoke_api_token
from accounts.services.trail import record_event

__all__ = [
    "accept_invitation",
    "change_member",
    "create_api_token",
    "create_organization",
    "deactivate_member",
    "emit",
    "invite_person",
    "one_at_a_time",
    "record_event",
    "revoke_api_token",
    "revoke_invitation",
    "save_function",
    "set_preferences",
    "update_organization",
]
