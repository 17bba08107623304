"""The one table of rights: Role x Action. Read it aloud; nothing else grants anything."""

from collections.abc import Collection, Iterable

from accounts.choices import Action, Role
from accounts.errors import RoleTooSmall
from wording.joining import one_of

_EVERYONE = frozenset({Action.VIEW, Action.VIEW_FEEDBACK})
_LEADER = _EVERYONE | {
    Action.ANSWER_ASSESSMENT,
    Action.SUGGEST,
    Action.RUN_ASSESSMENT,
    Action.EDIT_TOUCHPOINTS,
    Action.EDIT_METRICS,
    Action.IMPORT_FEEDBACK,
    Action.ERASE_FEEDBACK,
    Action.EDIT_COALITION,
    Action.DRAFT_INITIATIVE,
    Action.RECORD_PROGRESS,
    Action.VOTE,
    Action.RUN_STUDY,
    Action.EDIT_VALUE,
    Action.MAKE_REPORT,
    Action.MANAGE_EMPLOYEE_SURVEYS,
    Action.VIEW_EMPLOYEE_RESULTS,
    Action.RELEASE_COMMENTS,
}

RIGHTS: dict[Role, frozenset[Action]] = {
    Role.ADMINISTRATOR: _EVERYONE
    | {
        Action.MANAGE_PEOPLE,
        Action.MANAGE_ORGANIZATION,
        Action.VIEW_TRAIL,
        Action.ANSWER_ASSESSMENT,
        Action.SUGGEST,
        Action.EDIT_TOUCHPOINTS,
        Action.EDIT_METRICS,
        Action.IMPORT_FEEDBACK,
        Action.ERASE_FEEDBACK,
        Action.LIFT_UNSUBSCRIBING,
        Action.EDIT_COALITION,
        Action.MAKE_REPORT,
        Action.MANAGE_EMPLOYEE_SURVEYS,
    },
    Role.CX_LEADER: frozenset(
        _LEADER | {Action.MANAGE_PEOPLE, Action.MANAGE_ORGANIZATION, Action.VIEW_TRAIL}
    ),
    Role.COALITION_MEMBER: _EVERYONE
    | {
        Action.ANSWER_ASSESSMENT,
        Action.SUGGEST,
        Action.EDIT_TOUCHPOINTS,
        Action.DRAFT_INITIATIVE,
        Action.RECORD_PROGRESS,
        Action.VOTE,
        Action.MAKE_REPORT,
        Action.VIEW_EMPLOYEE_RESULTS,
    },
    Role.EXECUTIVE: _EVERYONE
    | {
        Action.ANSWER_ASSESSMENT,
        Action.SUGGEST,
        Action.VOTE,
        Action.MAKE_REPORT,
        Action.VIEW_TRAIL,
        Action.VIEW_EMPLOYEE_RESULTS,
    },
    Role.FINANCE_REVIEWER: _EVERYONE
    | {
        Action.ANSWER_ASSESSMENT,
        Action.SUGGEST,
        Action.EDIT_VALUE,
        Action.SIGN_OFF_VALUE,
        Action.VOTE,
        Action.MAKE_REPORT,
        Action.VIEW_EMPLOYEE_RESULTS,
    },
    Role.CONTRIBUTOR: _EVERYONE | {Action.ANSWER_ASSESSMENT, Action.SUGGEST, Action.VIEW_EMPLOYEE_RESULTS},
    Role.AUDITOR: _EVERYONE | {Action.VIEW_TRAIL, Action.MAKE_REPORT},
}


def may(role: str, action: Action) -> bool:
    """Whether a role allows an action. An unknown role allows nothing."""
    return action in RIGHTS.get(Role(role), frozenset()) if role in Role.values else False


def require_right(role: str, action: Action) -> None:
    """Raise RoleTooSmall where the role does not include the action."""
    if not may(role, action):
        raise RoleTooSmall(role, action)


def roles_who_may(action: Action) -> str:
    """The names of the roles that include it: "Administrator or CX leader"."""
    return _in_words(role for role in Role if action in RIGHTS[role])


def in_words(roles: Collection[str]) -> str:
    """The names of these roles, in the order of all."""
    return _in_words(role for role in Role if role in roles)


def _in_words(roles: Iterable[Role]) -> str:
    return one_of([str(role.label) for role in roles])


MANAGERS = tuple(role for role, actions in RIGHTS.items() if Action.MANAGE_PEOPLE in actions)


def may_give(giver: str, role: str) -> bool:
    """Whether somebody in the role `giver` may hand out `role`: administrators are made by administrators."""
    return may(giver, Action.MANAGE_PEOPLE) and (role != Role.ADMINISTRATOR or giver == Role.ADMINISTRATOR)
