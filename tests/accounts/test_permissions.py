from accounts.choices import Action, Role
from accounts.permissions import RIGHTS, may


def test_every_role_has_its_rights_and_sees_the_program():
    assert set(RIGHTS) == set(Role)
    assert all(may(role, Action.VIEW) for role in Role)


def test_every_action_is_granted_to_somebody():
    assert {action for rights in RIGHTS.values() for action in rights} == set(Action)


def test_an_unknown_role_may_nothing():
    assert not any(may("emperor", action) for action in Action)


def test_an_auditor_changes_nothing():
    assert RIGHTS[Role.AUDITOR] == {Action.VIEW, Action.VIEW_FEEDBACK, Action.VIEW_TRAIL, Action.MAKE_REPORT}


def test_value_is_signed_off_by_finance_alone():
    assert [role for role in Role if may(role, Action.SIGN_OFF_VALUE)] == [Role.FINANCE_REVIEWER]


def test_customers_words_are_erased_by_those_who_answer_for_the_data():
    assert [role for role in Role if may(role, Action.ERASE_FEEDBACK)] == [
        Role.ADMINISTRATOR,
        Role.CX_LEADER,
    ]
