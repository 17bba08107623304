"""Two managers changing people at the same instant."""

import pytest

from accounts import services
from accounts.choices import Role
from accounts.errors import AlreadyInvited, InvitationNotUsable, NoAccess
from accounts.importers import PersonLine
from accounts.models import ApiToken, AuditEvent, Invitation, Membership
from common.errors import InvalidValues
from tests.factories.accounts import MembershipFactory, OrganizationFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def fresh(member):
    return Membership.objects.select_related("organization", "user", "function").get(pk=member.pk)


def test_one_address_has_one_open_invitation_however_fast_one_clicks():
    manager = MembershipFactory(role=Role.ADMINISTRATOR)

    def invite():
        return services.invite_person(by=fresh(manager), email="new@example.org", role=Role.CONTRIBUTOR)

    results = at_once(*[invite] * 3)
    assert [isinstance(found, AlreadyInvited) for found in results].count(True) == 2
    assert Invitation.objects.count() == 1
    assert AuditEvent.objects.filter(verb="person.invited").count() == 1


def test_two_managers_who_remove_each_other_leave_one_in_charge():
    organization = OrganizationFactory()
    first, second = (MembershipFactory(organization=organization, role=Role.ADMINISTRATOR) for _ in "ab")
    results = at_once(
        lambda: services.deactivate_member(by=fresh(first), member=fresh(second)),
        lambda: services.deactivate_member(by=fresh(second), member=fresh(first)),
    )
    refused = [found for found in results if isinstance(found, NoAccess)]  # who is gone removes nobody
    assert len(refused) == 1
    assert Membership.objects.filter(is_active=True).count() == 1


def test_one_person_invited_by_two_organizations_who_opens_both_links_at_once_has_one_account():
    secrets = [
        services.invite_person(
            by=MembershipFactory(role=Role.ADMINISTRATOR), email="new@example.org", role=Role.CONTRIBUTOR
        )[1]
        for _ in "ab"
    ]

    def join(secret):
        return lambda: services.accept_invitation(
            secret=secret, user=None, name="Nia", password="correct horse battery"
        )

    results = at_once(*(join(secret) for secret in secrets))
    assert [isinstance(found, InvitationNotUsable) for found in results].count(True) == 1
    assert Membership.objects.filter(user__email="new@example.org").count() == 1


def test_an_organization_founded_twice_at_once_is_there_once():
    founder = MembershipFactory().user

    def found():
        return services.create_organization(name="Fay Ltd", slug="fay", founder=founder)

    results = at_once(found, found)
    assert [isinstance(one, InvalidValues) for one in results].count(True) == 1
    assert Membership.objects.filter(organization__slug="fay").count() == 1


def test_a_key_and_an_invitation_revoked_twice_at_once_are_one_entry_each():
    manager = MembershipFactory(role=Role.ADMINISTRATOR)
    token, _secret = services.create_api_token(member=manager, name="Warehouse")
    invitation, _secret = services.invite_person(by=manager, email="new@example.org", role=Role.CONTRIBUTOR)
    at_once(
        *[lambda: services.revoke_api_token(by=fresh(manager), token=ApiToken.objects.get(pk=token.pk))] * 2
    )
    at_once(
        *[
            lambda: services.revoke_invitation(
                by=fresh(manager), invitation=Invitation.objects.get(pk=invitation.pk)
            )
        ]
        * 2
    )
    assert AuditEvent.objects.filter(verb="token.revoked").count() == 1
    assert AuditEvent.objects.filter(verb="invitation.revoked").count() == 1


def test_one_list_sent_twice_at_once_is_one_set_of_invitations():
    """A double click on the button of a long list: nobody is told that it was refused."""
    manager = MembershipFactory(role=Role.ADMINISTRATOR)
    lines = [PersonLine(line=1, email="a@x.org"), PersonLine(line=2, email="b@x.org")]
    first, second = at_once(*[lambda: services.invite_people(by=fresh(manager), lines=lines)] * 2)
    assert [one.pk for one in first] == [one.pk for one in second]
    assert Invitation.objects.count() == 2
