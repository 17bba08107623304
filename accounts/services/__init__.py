"""Everything that changes people, organizations, keys and the trail."""

from accounts.services.events import emit, try_again
from accounts.services.letters import forget_letters, post, send_again, send_letter
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
    "forget_letters",
    "invite_person",
    "one_at_a_time",
    "post",
    "record_event",
    "revoke_api_token",
    "revoke_invitation",
    "save_function",
    "send_again",
    "send_letter",
    "set_preferences",
    "try_again",
    "update_organization",
]
