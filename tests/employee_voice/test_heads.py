"""Whoever becomes the head of a function sees its results, and does not become it unseen."""

import pytest

from accounts.choices import Role
from accounts.models import EventDelivery, Letter
from accounts.services import FunctionPlace, change_member, save_function
from accounts.tasks import deliver_events
from employee_voice.selectors import wave_page
from tests.factories import MembershipFactory
from tests.factories.employee_voice import opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def paula(organization):
    return MembershipFactory(
        organization=organization, user__name="Paula", user__email="paula@x.example", role=Role.ADMINISTRATOR
    )


def letters() -> dict[str, Letter]:
    deliver_events()
    return {row.recipient: row for row in Letter.objects.exclude(subject__contains="survey:")}


def lead(by, function, head):
    function.refresh_from_db()
    return save_function(
        by=by, name=function.name, function=function, place=FunctionPlace(parent=function.parent, head=head)
    )


def test_former_head_administrators_and_leaders_are_told_who_sees_results_now(
    ada, ben, cleo, dora, paula, tree
):
    lead(ada, tree["care"], ben)
    deliver_events()
    wave = opened(ada, {"Care": 5})
    Letter.objects.all().delete()
    assert wave_page(wave).new_heads == ()
    lead(paula, tree["care"], paula)
    told = letters()
    assert told.keys() == {ada.user.email, ben.user.email, paula.user.email}
    body = told[ben.user.email].body
    assert "Paula has made Paula the head of “Care”." in body
    assert "Before, it was Ben." in body
    assert "Care" in told[ada.user.email].subject
    [row] = wave_page(wave).new_heads
    assert (row.name, row.head, row.function.head) == ("Care", ben, paula)
    lead(paula, tree["care"], ben)
    assert wave_page(wave).new_heads == ()


def test_a_head_that_stays_is_no_news_and_neither_is_one_before_anybody_was_asked(ada, ben, cleo, tree):
    lead(ada, tree["care"], ben)
    assert not letters()
    opened(ada, {"Care": 5})
    Letter.objects.all().delete()
    lead(ada, tree["care"], ben)
    assert not letters()
    lead(ada, tree["care"], None)
    told = letters()
    assert told.keys() == {ada.user.email, ben.user.email}
    assert "Ada has taken the head of “Care” away." in told[ben.user.email].body
    assert not EventDelivery.objects.filter(done_at=None).exists()


def test_a_former_head_who_has_left_gets_no_letter(ada, ben, cleo, tree):
    lead(ada, tree["care"], ben)
    deliver_events()
    opened(ada, {"Care": 5})
    Letter.objects.all().delete()
    ben.is_active = False
    ben.save()
    lead(ada, tree["care"], cleo)
    assert letters().keys() == {ada.user.email, cleo.user.email}


def test_the_page_of_a_wave_names_the_heads_that_are_new(client_of, ada, ben, cleo, tree):
    wave = opened(ada, {"Care": 5})
    page = f"/o/northwind/employees/waves/{wave.pk}/"
    assert "Other heads since" not in client_of(cleo).get(page).content.decode()
    lead(ada, tree["field"], ben)
    assert "Field: Ben (before: –)" in client_of(cleo).get(page).content.decode()


# --- roles that see results of functions ------------------------------------------------------------------


def in_role(by, member, role):
    member.refresh_from_db()
    return change_member(by=by, member=member, role=role, function=member.function)


@pytest.mark.parametrize(
    ("leads", "before", "after", "subject"),
    [
        (
            True,
            Role.CONTRIBUTOR,
            Role.CX_LEADER,
            "Cleo is CX leader now and sees all functions' survey results",
        ),
        (
            True,
            Role.CONTRIBUTOR,
            Role.EXECUTIVE,
            "Cleo is Executive now and sees all functions' survey results",
        ),
        (
            True,
            Role.EXECUTIVE,
            Role.CONTRIBUTOR,
            "Cleo is Contributor now and sees the survey results of the own",
        ),
        (True, Role.EXECUTIVE, Role.CX_LEADER, "Cleo is CX leader now"),
        (True, Role.CONTRIBUTOR, Role.AUDITOR, "Cleo is Auditor now and sees no function's survey results"),
        (False, Role.CONTRIBUTOR, Role.EXECUTIVE, "Cleo is Executive now and sees all functions'"),
        (False, Role.EXECUTIVE, Role.CONTRIBUTOR, "Cleo is Contributor now and sees no function's"),
        (True, Role.CONTRIBUTOR, Role.FINANCE_REVIEWER, ""),
        (False, Role.CONTRIBUTOR, Role.AUDITOR, ""),
    ],
)
def test_a_role_that_opens_or_closes_results_is_told(
    ada, ben, cleo, paula, tree, leads, before, after, subject
):
    in_role(paula, cleo, before)
    lead(ada, tree["care"], cleo if leads else None)
    opened(ada, {"Care": 5})
    deliver_events()
    Letter.objects.all().delete()
    in_role(paula, cleo, after)
    told = letters()
    if not subject:
        assert not told
        return
    assert told.keys() == {ada.user.email, cleo.user.email, paula.user.email}
    body = told[cleo.user.email].body
    assert told[cleo.user.email].subject.startswith(subject)
    assert f"Paula has changed the role of Cleo from “{before.label}” to “{after.label}”." in body
    assert ("Cleo leads: Care." in body) is leads
    assert ("reads comments" in body) is (after == Role.CX_LEADER)


def test_a_role_is_no_news_before_anybody_was_asked(ada, cleo, paula, tree):
    lead(ada, tree["care"], cleo)
    in_role(paula, cleo, Role.EXECUTIVE)
    assert not letters()


def test_a_new_or_former_head_who_sees_all_functions_by_her_role_is_told_of_as_such(ada, cleo, paula, tree):
    in_role(paula, cleo, Role.EXECUTIVE)
    opened(ada, {"Care": 5})
    deliver_events()
    Letter.objects.all().delete()
    lead(ada, tree["care"], cleo)
    body = letters()[ada.user.email].body
    assert "Cleo sees the results of all functions already, by the role Executive." in body
    assert "read first by someone else" not in body  # she decides on no comments
    Letter.objects.all().delete()
    lead(paula, tree["field"], ada)
    assert "The comments of this line are read first by someone else" in letters()[paula.user.email].body
    Letter.objects.all().delete()
    lead(ada, tree["care"], None)
    assert (
        "Cleo still sees the results of all functions, by the role Executive."
        in letters()[ada.user.email].body
    )
