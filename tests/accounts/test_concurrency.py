"""Two managers changing people at the same instant."""

import pytest

from accounts import services
from accounts.choices import Role
from accounts.errors import LastAdministrator
from accounts.models import Invitation, Membership
from tests.factories.accounts import MembershipFactory, OrganizationFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def fresh(member):
    return Membership.objects.select_related("organization", "user", "function").get(pk=member.pk)


def test_one_address_has_one_open_invitation_however_fast_one_clicks():
    manager = MembershipFactory(role=Role.ADMINISTRATOR)

    def invite():
        return services.invite_person(by=fresh(manager), email="new@example.org", role=Role.CONTRIBUTOR)

    at_once(invite, invite)
    assert Invitation.objects.filter(revoked_at=None).count() == 1


def test_two_managers_who_remove_each_other_leave_one_in_charge():
    organization = OrganizationFactory()
    first, second = (MembershipFactory(organization=organization, role=Role.ADMINISTRATOR) for _ in "ab")
    results = at_once(
        lambda: services.deactivate_member(by=fresh(first), member=fresh(second)),
        lambda: services.deactivate_member(by=fresh(second), member=fresh(first)),
    )
    assert [isinstance(found, LastAdministrator) for found in results].count(True) == 1
    assert Membership.objects.filter(is_active=True).count() == 1
