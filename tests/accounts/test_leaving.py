"""What somebody leaves behind when they go or get another role."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import leftovers, services
from accounts.choices import Role
from accounts.errors import InvitationNotUsable
from accounts.models import ApiToken, AuditEvent, Invitation, Membership
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(organization) -> Membership:
    return MembershipFactory(organization=organization, role=Role.ADMINISTRATOR, user__name="Boss")


@pytest.fixture
def eve(organization) -> Membership:
    """An administrator on her way out."""
    return MembershipFactory(organization=organization, role=Role.ADMINISTRATOR, user__name="Eve")


def opens(secret) -> bool:
    try:
        services.accept_invitation(secret=secret, user=None, name="x", password="correct horse battery")
    except InvitationNotUsable:
        return False
    return True


@pytest.mark.parametrize("role", list(Role))
def test_no_invitation_of_somebody_who_left_lets_anybody_in(boss, eve, role):
    invitation, secret = services.invite_person(by=eve, email="second@example.org", role=role)
    services.deactivate_member(by=boss, member=eve)
    invitation.refresh_from_db()
    assert invitation.revoked_at is not None
    assert not opens(secret)
    assert Membership.objects.filter(role=Role.ADMINISTRATOR, is_active=True).get() == boss


@pytest.mark.parametrize(
    ("new_role", "invited_as", "still_open"),
    [
        (Role.CX_LEADER, Role.ADMINISTRATOR, False),
        (Role.CX_LEADER, Role.FINANCE_REVIEWER, True),
        (Role.CX_LEADER, Role.CONTRIBUTOR, True),
        (Role.EXECUTIVE, Role.ADMINISTRATOR, False),
        (Role.EXECUTIVE, Role.CONTRIBUTOR, False),
        (Role.CONTRIBUTOR, Role.AUDITOR, False),
    ],
)
def test_a_lesser_role_takes_back_the_invitations_it_could_not_send(
    boss, eve, new_role, invited_as, still_open
):
    invitation, secret = services.invite_person(by=eve, email="second@example.org", role=invited_as)
    services.change_member(by=boss, member=eve, role=new_role, function=None)
    invitation.refresh_from_db()
    assert (invitation.revoked_at is None) is still_open
    assert opens(secret) is still_open


def test_another_function_or_title_takes_nothing_back(boss, eve):
    _invitation, secret = services.invite_person(by=eve, email="second@example.org", role=Role.ADMINISTRATOR)
    services.change_member(by=boss, member=eve, role=Role.ADMINISTRATOR, function=None, job_title="COO")
    assert opens(secret)


def test_a_link_left_behind_stays_shut_even_where_nobody_revoked_it(boss, eve, client):
    """The rows of an older version, or a membership that was ended by hand."""
    _invitation, secret = services.invite_person(by=eve, email="second@example.org", role=Role.ADMINISTRATOR)
    Membership.objects.filter(pk=eve.pk).update(is_active=False)
    assert client.get(reverse("join", args=[secret])).status_code == 410
    assert not opens(secret)
    Membership.objects.filter(pk=eve.pk).update(is_active=True, role=Role.CX_LEADER)
    assert not opens(secret)


def test_invitations_of_others_stay(boss, eve):
    _invitation, secret = services.invite_person(by=boss, email="new@example.org", role=Role.ADMINISTRATOR)
    services.deactivate_member(by=boss, member=eve)
    assert opens(secret)


def test_keys_end_with_access_and_each_is_in_the_trail(boss, eve):
    first, _secret = services.create_api_token(member=eve, name="nightly")
    second, _secret = services.create_api_token(member=eve, name="weekly")
    services.deactivate_member(by=boss, member=eve)
    assert not ApiToken.objects.usable(timezone.now()).exists()
    events = AuditEvent.objects.filter(verb="token.revoked", actor=boss.user)
    assert {event.subject_id for event in events} == {str(first.pk), str(second.pk)}
    assert {event.after["left_by"] for event in events} == {"Eve"}


def test_a_key_lives_on_with_a_lesser_role_and_its_lesser_rights(boss, eve, client):
    _token, secret = services.create_api_token(member=eve, name="nightly", is_read_only=False)
    services.change_member(by=boss, member=eve, role=Role.CONTRIBUTOR, function=None)
    header = {"Authorization": f"Bearer {secret}"}
    assert client.get(reverse("api:member-list", args=["northwind"]), headers=header).status_code == 200
    assert client.get(reverse("api:invitation-list", args=["northwind"]), headers=header).status_code == 403


def test_an_open_session_sees_nothing_of_the_organization_and_all_of_the_other(
    boss, eve, elsewhere, client_of
):
    MembershipFactory(organization=elsewhere, user=eve.user)
    client = client_of(eve)
    services.deactivate_member(by=boss, member=eve)
    assert client.get(reverse("home", args=["northwind"])).status_code == 404
    assert client.get(reverse("api:organization", args=["northwind"])).status_code == 404
    assert client.get(reverse("home", args=["elsewhere"])).status_code == 200


def test_withdrawn_invitations_are_in_the_trail_with_who_left_them(boss, eve):
    services.invite_person(by=eve, email="second@example.org", role=Role.AUDITOR)
    services.deactivate_member(by=boss, member=eve)
    event = AuditEvent.objects.get(verb="invitation.revoked")
    assert (event.actor, event.before, event.after) == (
        boss.user,
        {"email": "second@example.org"},
        {"left_by": "Eve"},
    )


def test_a_kind_is_registered_once():
    with pytest.raises(ValueError, match="registered already"):
        leftovers.left_behind("accounts.ApiToken.member")(lambda departure: None)
    assert Invitation.objects.count() == 0
