"""The rights of the roles are those that are written out, no more and no fewer."""

import pytest

from accounts.choices import Action, Role
from accounts.permissions import may, may_give
from tests.rights import ROLES, TABLE


def test_every_role_and_every_action_stands_in_the_table():
    assert set(Role.values) == set(ROLES)
    assert set(Action.values) == set(TABLE)


@pytest.mark.parametrize("action", TABLE)
def test_a_role_may_what_the_table_says_and_nothing_else(action):
    assert {role: may(role, Action(action)) for role in ROLES} == {
        role: mark == "x" for role, mark in TABLE[action].items()
    }


@pytest.mark.parametrize("role", ["", "owner", "Administrator", "superuser"])
def test_an_unknown_role_may_nothing(role):
    assert not any(may(role, action) for action in Action)


@pytest.mark.parametrize(
    ("giver", "role", "allowed"),
    [
        ("administrator", "administrator", True),
        ("administrator", "auditor", True),
        ("cx_leader", "administrator", False),
        ("cx_leader", "cx_leader", True),
        ("cx_leader", "finance_reviewer", True),
        ("coalition_member", "contributor", False),
        ("executive", "contributor", False),
        ("auditor", "contributor", False),
    ],
)
def test_who_may_give_which_role(giver, role, allowed):
    assert may_give(giver, role) is allowed
