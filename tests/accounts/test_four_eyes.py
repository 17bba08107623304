"""Two pairs of eyes are two people: who is tied to whom, and who confirms a finance reviewer."""

import pytest
from django.db import transaction
from django.urls import reverse

from accounts import services
from accounts.choices import Role
from accounts.errors import ConfirmationNotAllowed
from accounts.models import AuditEvent, Membership
from accounts.selectors import (
    are_independent,
    finance_to_confirm,
    needs_confirmation,
    people_rows,
    users_tied_to,
)
from common.errors import InvalidValues
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture
def boss(organization) -> Membership:
    return MembershipFactory(organization=organization, role=Role.ADMINISTRATOR, user__name="Boss")


@pytest.fixture
def second(organization) -> Membership:
    return MembershipFactory(organization=organization, role=Role.ADMINISTRATOR, user__name="Second")


def joined(by, role=Role.FINANCE_REVIEWER, email="fin@example.org") -> Membership:
    _invitation, secret = services.invite_person(by=by, email=email, role=role)
    return services.accept_invitation(secret=secret, user=None, name="Fin", password=PASSWORD)


# --- independence ---------------------------------------------------------------------------------


def test_strangers_to_each_other_are_independent(ada, ben):
    assert are_independent(ada, ben)
    assert are_independent(ben, ada)


def test_nobody_is_independent_of_oneself(ada):
    assert not are_independent(ada, ada)
    assert not are_independent(ada, Membership.objects.get(pk=ada.pk))


def test_one_account_is_one_person(ada, dora):
    """In whatever organization, under whatever membership."""
    assert not are_independent(ada, MembershipFactory(organization=dora.organization, user=ada.user))


def test_who_invited_whom_ties_both_ways(ada, ben):
    fin = joined(ada)
    assert not are_independent(ada, fin)
    assert not are_independent(fin, ada)
    assert are_independent(ben, fin)


def test_addresses_that_invite_each_other_in_a_row_are_tied(ada, ben, boss):
    second = joined(ada, role=Role.CX_LEADER, email="second@example.org")
    third = joined(second, email="third@example.org")
    assert not are_independent(ada, third)
    assert not are_independent(third, ada)
    assert are_independent(ben, third)


def test_two_whom_a_third_invited_are_independent(boss):
    one, other = joined(boss, email="one@example.org"), joined(boss, email="other@example.org")
    assert are_independent(one, other)


def test_an_invitation_that_nobody_accepted_ties_nobody(ada, ben):
    services.invite_person(by=ada, email="new@example.org", role=Role.CONTRIBUTOR)
    assert are_independent(ada, ben)


def test_an_earlier_invitation_still_ties_after_another_one(ada, ben, boss):
    """Nobody washes the tie off by having the second address invited anew."""
    fin = joined(ada)
    services.deactivate_member(by=boss, member=fin)
    _invitation, secret = services.invite_person(by=boss, email=fin.user.email, role=Role.FINANCE_REVIEWER)
    again = services.accept_invitation(secret=secret, user=fin.user)
    assert not are_independent(ada, again)
    assert not are_independent(boss, again)


def test_who_gave_the_role_is_tied_to_who_has_it(ada, ben, boss):
    services.change_member(by=ada, member=ben, role=Role.FINANCE_REVIEWER, function=None)
    assert not are_independent(ada, ben)
    assert not are_independent(ben, ada)
    assert are_independent(boss, ben)


def test_who_changes_her_own_role_stays_tied_to_who_gave_the_one_before(boss, second):
    sophie = MembershipFactory(organization=boss.organization, role=Role.COALITION_MEMBER)
    services.change_member(by=second, member=sophie, role=Role.CX_LEADER, function=None)
    sophie.refresh_from_db()
    assert not are_independent(second, sophie)
    services.change_member(by=sophie, member=sophie, role=Role.FINANCE_REVIEWER, function=None)
    sophie.refresh_from_db()
    assert sophie.role == Role.FINANCE_REVIEWER
    assert not are_independent(second, sophie)
    with pytest.raises(ConfirmationNotAllowed):
        services.confirm_member(by=second, member=sophie)
    services.confirm_member(by=boss, member=sophie)


def test_a_role_given_by_a_second_manager_does_not_wash_the_first_tie_off(ada, ben, boss, second):
    """Each of the three who gave a role stays tied, whoever gave the one that holds."""
    for by, role in ((ada, Role.CONTRIBUTOR), (boss, Role.AUDITOR), (second, Role.FINANCE_REVIEWER)):
        services.change_member(by=by, member=ben, role=role, function=None)
        ben.refresh_from_db()
    assert ben.role_given_by == second
    for manager in (ada, boss, second):
        assert not are_independent(manager, ben)
        assert manager.user_id in users_tied_to(ben)
        with pytest.raises(ConfirmationNotAllowed):
            services.confirm_member(by=manager, member=ben)
    third = MembershipFactory(organization=boss.organization, role=Role.ADMINISTRATOR, user__name="Third")
    services.confirm_member(by=third, member=ben)


def test_a_role_that_the_operator_gave_leaves_the_ties_of_before(ada, ben):
    services.change_member(by=ada, member=ben, role=Role.CONTRIBUTOR, function=None)
    ben.refresh_from_db()
    services.make_administrator(member=ben)
    assert not are_independent(ada, ben)


def test_a_new_title_ties_nobody(ada, ben):
    services.change_member(by=ada, member=ben, role=ben.role, function=None, job_title="COO")
    assert are_independent(ada, ben)


def test_sending_an_invitation_again_does_not_make_another_inviter(ada, boss):
    invitation, _secret = services.invite_person(by=ada, email="fin@example.org", role=Role.FINANCE_REVIEWER)
    _invitation, secret = services.resend_invitation(by=boss, invitation=invitation)
    fin = services.accept_invitation(secret=secret, user=None, name="Fin", password=PASSWORD)
    assert not are_independent(ada, fin)
    assert fin.role_given_by == ada


def test_ties_of_one_organization_do_not_reach_into_another(ada, ben, elsewhere):
    leader = MembershipFactory(organization=elsewhere, user=ada.user)
    _invitation, secret = services.invite_person(by=leader, email=ben.user.email, role=Role.AUDITOR)
    services.accept_invitation(secret=secret, user=ben.user)
    assert are_independent(ada, ben)


# --- confirmation ---------------------------------------------------------------------------------


def test_a_finance_reviewer_waits_once_two_people_manage_people(boss):
    fin = joined(boss)
    assert not needs_confirmation(fin)  # one administrator alone is not locked out
    MembershipFactory(organization=boss.organization, role=Role.CX_LEADER)
    assert needs_confirmation(fin)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.FINANCE_REVIEWER])
def test_other_roles_need_no_confirmation(boss, second, role):
    assert not needs_confirmation(joined(boss, role))


def test_people_without_access_do_not_count(boss, second):
    fin = joined(boss)
    Membership.objects.filter(pk=second.pk).update(is_active=False)
    assert not needs_confirmation(fin)


def test_the_setting_switches_it_off_and_only_an_administrator_has_the_switch(boss, second, ada):
    fin = joined(boss)
    said = {
        "name": "N",
        "currency": "EUR",
        "time_zone": "UTC",
        "language": "en",
        "discount_rate_pct": 8,
        "confirms_finance": False,
    }
    with pytest.raises(InvalidValues) as refusal:
        services.update_organization(by=ada, **said)
    assert set(refusal.value.fields) == {"confirms_finance"}
    services.update_organization(by=boss, **said)
    fin = Membership.objects.select_related("organization").get(pk=fin.pk)
    assert not needs_confirmation(fin)
    event = AuditEvent.objects.filter(verb="organization.changed").first()
    assert (event.before["confirms_finance"], event.after["confirms_finance"]) == (True, False)


def test_a_second_administrator_confirms(boss, second):
    fin = services.confirm_member(by=second, member=joined(boss))
    assert (fin.confirmed_by, needs_confirmation(fin)) == (second, False)
    event = AuditEvent.objects.get(verb="person.confirmed")
    assert (event.actor, event.subject) == (second.user, "Fin")


def test_neither_inviter_nor_role_giver_nor_the_person_confirms(boss, second, ada):
    fin = joined(boss)
    with pytest.raises(ConfirmationNotAllowed):
        services.confirm_member(by=boss, member=fin)
    services.change_member(by=ada, member=fin, role=Role.AUDITOR, function=None)
    services.change_member(by=ada, member=fin, role=Role.FINANCE_REVIEWER, function=None)
    for by in (boss, ada):  # who invited, and who gave the role
        with pytest.raises(ConfirmationNotAllowed):
            services.confirm_member(by=by, member=fin)
    services.change_member(by=second, member=second, role=Role.FINANCE_REVIEWER, function=None)
    with pytest.raises(ConfirmationNotAllowed):
        services.confirm_member(by=second, member=second)
    assert not Membership.objects.exclude(confirmed_at=None).exists()


@pytest.fixture
def brought_in(organization):
    """`brought_in("Ada", by=boss)`: a manager of people, or a finance reviewer, whom `by` invited."""

    def make(name, *, by, role=Role.CX_LEADER) -> Membership:
        email = f"{name.lower()}@example.org"
        _invitation, secret = services.invite_person(by=by, email=email, role=role)
        return services.accept_invitation(secret=secret, user=None, name=name, password=PASSWORD)

    return make


def may_confirm(member, *others) -> list[str]:
    found = []
    for by in others:
        with transaction.atomic():
            try:
                services.confirm_member(by=by, member=member)
            except ConfirmationNotAllowed:
                continue
            found.append(str(by))
            transaction.set_rollback(True)
    return found


def test_who_came_in_through_the_inviter_does_not_confirm(boss, brought_in):
    """Maya's second address would confirm her third."""
    maya = brought_in("Maya", by=boss)
    maya2 = brought_in("Maya2", by=maya)
    maya4 = brought_in("Maya4", by=maya2)
    maya3 = brought_in("Maya3", by=maya, role=Role.FINANCE_REVIEWER)
    assert may_confirm(maya3, maya, maya2, maya4, boss) == ["Boss"]
    low = brought_in("Maya5", by=maya2, role=Role.FINANCE_REVIEWER)
    assert may_confirm(low, maya, maya2, maya4, boss) == ["Boss"]
    sibling = brought_in("Maya6", by=maya)
    assert may_confirm(low, sibling) == []


def test_who_came_in_by_another_way_confirms(boss, second, brought_in):
    zoe, maya = brought_in("Zoe", by=second), brought_in("Maya", by=boss)
    fin = brought_in("Fin3", by=maya, role=Role.FINANCE_REVIEWER)
    assert may_confirm(fin, boss, second, zoe, maya) == ["Boss", "Second", "Zoe"]


def test_where_one_administrator_brought_everybody_in_a_second_leader_confirms(boss, brought_in):
    """Nobody else is there: else a small organization could sign off nothing."""
    leader = brought_in("Leader", by=boss)
    fin = brought_in("Fin3", by=boss, role=Role.FINANCE_REVIEWER)
    assert may_confirm(fin, boss, leader) == ["Leader"]


def test_where_the_first_administrator_has_left_her_people_still_confirm(boss, brought_in):
    zoe, maya = brought_in("Zoe", by=boss), brought_in("Maya", by=boss)
    maya2 = brought_in("Maya2", by=maya)
    fin = brought_in("Fin3", by=maya, role=Role.FINANCE_REVIEWER)
    Membership.objects.filter(pk=boss.pk).update(is_active=False)
    assert may_confirm(fin, zoe, maya, maya2) == ["Zoe"]


def test_page_home_and_service_agree_on_who_confirms(boss, brought_in, client_of):
    maya = brought_in("Maya", by=boss)
    maya2 = brought_in("Maya2", by=maya)
    fin = brought_in("Fin3", by=maya, role=Role.FINANCE_REVIEWER)
    for member, expected in ((maya, []), (maya2, []), (boss, [fin])):
        assert finance_to_confirm(member) == expected
        rows = [row.member for row in people_rows(member) if row.may_confirm]
        assert rows == expected
    page = client_of(maya2).get(reverse("accounts:people", args=["northwind"])).text
    assert f"{boss.user} can confirm. The person who invited them or gave the role cannot." in page
    with pytest.raises(ConfirmationNotAllowed, match=f"{boss.user} can."):
        services.confirm_member(by=maya2, member=fin)


def test_the_page_names_who_confirms_where_nobody_came_in_by_another_way(boss, brought_in, client_of):
    """One administrator invited leader and reviewer: the leader confirms, and the page says so."""
    leader = brought_in("Lena", by=boss, role=Role.CX_LEADER)
    fin = joined(boss)
    assert finance_to_confirm(leader) == [fin]
    page = client_of(boss).get(reverse("accounts:people", args=["northwind"])).text
    assert "Lena can confirm. The person who invited them or gave the role cannot." in page
    assert "did not come in" not in page
    assert "/confirm/" in client_of(leader).get(reverse("accounts:people", args=["northwind"])).text


def test_who_confirmed_may_have_figures_signed_by_who_was_confirmed(boss, brought_in):
    """One administrator, one CX leader, one reviewer: the leader confirms, computes, and finance can sign."""
    leader = brought_in("Leader", by=boss)
    fin = services.confirm_member(by=leader, member=joined(boss))
    for one, other in ((fin, leader), (leader, fin)):
        assert are_independent(one, other)
        assert other.user_id not in users_tied_to(one)
    assert not are_independent(fin, boss)


def test_the_two_forms_of_the_rule_agree(boss, second, brought_in):
    maya = brought_in("Maya", by=boss)
    people = [boss, second, maya, brought_in("Maya2", by=maya)]
    people += [brought_in("Maya3", by=people[-1], role=Role.FINANCE_REVIEWER), brought_in("Zoe", by=second)]
    tied = {(0, 2), (0, 3), (0, 4), (2, 3), (2, 4), (3, 4), (1, 5)}
    for a, one in enumerate(people):
        for b, other in enumerate(people):
            expected = a == b or (min(a, b), max(a, b)) in tied
            assert are_independent(one, other) is not expected
            assert (other.user_id in users_tied_to(one)) is expected


def test_nobody_else_confirms_and_nothing_else_is_confirmed(boss, second, ben):
    fin = joined(boss)
    with pytest.raises(ConfirmationNotAllowed):
        services.confirm_member(by=ben, member=fin)
    with pytest.raises(ConfirmationNotAllowed):
        services.confirm_member(by=second, member=ben)
    services.confirm_member(by=second, member=fin)
    with pytest.raises(ConfirmationNotAllowed):
        services.confirm_member(by=second, member=fin)


def test_a_role_that_comes_back_is_confirmed_again(boss, second):
    fin = services.confirm_member(by=second, member=joined(boss))
    fin = services.change_member(by=boss, member=fin, role=Role.AUDITOR, function=None)
    services.change_member(by=boss, member=fin, role=Role.FINANCE_REVIEWER, function=None)
    assert needs_confirmation(Membership.objects.get(pk=fin.pk))


def test_who_comes_back_by_a_new_invitation_is_confirmed_again(boss, second):
    fin = services.confirm_member(by=second, member=joined(boss))
    services.deactivate_member(by=boss, member=fin)
    _invitation, secret = services.invite_person(by=boss, email=fin.user.email, role=Role.FINANCE_REVIEWER)
    assert needs_confirmation(services.accept_invitation(secret=secret, user=fin.user))


def test_the_page_says_who_invited_whom_and_offers_to_confirm(boss, second, client_of):
    joined(boss)
    path = reverse("accounts:people", args=["northwind"])
    page = client_of(second).get(path).text
    assert "awaiting confirmation" in page
    assert page.count("/confirm/") == 1
    mine = client_of(boss).get(path).text
    assert "/confirm/" not in mine
    assert "Second can confirm. The person who invited them or gave the role cannot." in mine
    fin = Membership.objects.get(user__name="Fin")
    client_of(second).post(reverse("accounts:member_confirm", args=["northwind", fin.pk]))
    assert "confirmed by Second" in client_of(boss).get(path).text


def test_the_api_confirms_by_the_same_rule(boss, second, api_of):
    fin = joined(boss)
    path = reverse("api:member-confirm", args=["northwind", fin.pk])
    assert api_of(boss).post(path).json()["code"] == "confirmation_not_allowed"
    answer = api_of(second).post(path).json()
    assert (answer["confirmed_at"] is not None, answer["invited_by"]) == (True, boss.pk)


def test_the_trail_says_who_invited_whom(boss):
    joined(boss)
    event = AuditEvent.objects.get(verb="person.joined")
    assert event.after == {"role": "finance_reviewer", "invited_by": "Boss"}
