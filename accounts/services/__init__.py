"""Everything that changes people, organizations, keys and the trail."""

from accounts.services.erasure import delete_organization, erase_person
from accounts.services.events import emit, try_again
from accounts.services.first_run import (
    FirstValues,
    forget_first_code,
    found_first_organization,
    has_organization,
    may_be_first,
    write_first_code,
)
from accounts.services.functions import FunctionPlace, save_function
from accounts.services.invitations import (
    accept_invitation,
    check_people,
    invite_people,
    invite_person,
    resend_invitation,
    revoke_invitation,
    secret_of,
    show_invitation_link,
)
from accounts.services.leaving import revoke_invitations, revoke_keys
from accounts.services.letters import (
    erase_letters,
    forget_letters,
    post,
    send_again,
    send_letter,
    send_lot,
    send_lots,
)
from accounts.services.organizations import (
    acting,
    create_organization,
    one_at_a_time,
    update_organization,
    zone_consequences,
)
from accounts.services.people import (
    change_member,
    confirm_member,
    deactivate_member,
    hide_guide,
    make_administrator,
    set_preferences,
    show_guide,
)
from accounts.services.security import (
    change_password,
    end_other_sessions,
    end_session,
    record_failed_sign_in,
    record_second_factor,
    record_sign_in,
    reset_password,
)
from accounts.services.tokens import (
    create_api_token,
    revoke_all_api_tokens,
    revoke_api_token,
    revoke_keys_of_person,
)
from accounts.services.trail import (
    record_download,
    record_event,
    record_event_of_person,
    require_as_seen,
)

__all__ = [
    "FirstValues",
    "FunctionPlace",
    "accept_invitation",
    "acting",
    "change_member",
    "change_password",
    "check_people",
    "confirm_member",
    "create_api_token",
    "create_organization",
    "deactivate_member",
    "delete_organization",
    "emit",
    "end_other_sessions",
    "end_session",
    "erase_letters",
    "erase_person",
    "forget_first_code",
    "forget_letters",
    "found_first_organization",
    "has_organization",
    "hide_guide",
    "invite_people",
    "invite_person",
    "make_administrator",
    "may_be_first",
    "one_at_a_time",
    "post",
    "record_download",
    "record_event",
    "record_event_of_person",
    "record_failed_sign_in",
    "record_second_factor",
    "record_sign_in",
    "require_as_seen",
    "resend_invitation",
    "reset_password",
    "revoke_all_api_tokens",
    "revoke_api_token",
    "revoke_invitation",
    "revoke_invitations",
    "revoke_keys",
    "revoke_keys_of_person",
    "save_function",
    "secret_of",
    "send_again",
    "send_letter",
    "send_lot",
    "send_lots",
    "set_preferences",
    "show_guide",
    "show_invitation_link",
    "try_again",
    "update_organization",
    "write_first_code",
    "zone_consequences",
]
