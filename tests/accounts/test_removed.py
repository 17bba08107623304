"""Who was removed from the organization, or whose account is closed, may nothing and counts nowhere."""

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from accounts import services
from accounts.choices import Action, Role
from accounts.errors import InvitationNotUsable, LastAdministrator
from accounts.models import AuditEvent, Membership, User
from assessments.services import invite_respondents
from coalition.selectors.standings import can_vote
from coalition.services.drafting import refusal_of_owner
from common.errors import InvalidValues
from tests.factories import MembershipFactory
from tests.factories.assessments import make_assessment

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["membership", "account"])
def close(request):
    """End a membership, or close the account of its person, behind the back of every service."""

    def end(member: Membership) -> Membership:
        if request.param == "membership":
            Membership.objects.filter(pk=member.pk).update(is_active=False)
        else:
            User.objects.filter(pk=member.user_id).update(is_active=False)
        return Membership.objects.select_related("user", "organization").get(pk=member.pk)

    return end


def test_the_pages_are_gone(ben, close, client_of):
    client = client_of(ben)
    close(ben)
    assert client.get(reverse("home", args=["northwind"])).status_code in {302, 404}


def test_a_key_opens_nothing(ada, close):
    _key, secret = services.create_api_token(member=ada, name="nightly")
    client = APIClient(headers={"Authorization": f"Bearer {secret}"})
    path = reverse("api:organization", args=["northwind"])
    assert client.get(path).status_code == 200
    close(ada)
    assert client.get(path).status_code == 401


def test_an_invitation_of_theirs_lets_nobody_in(ada, close):
    _invitation, secret = services.invite_person(by=ada, email="new@example.org", role=Role.AUDITOR)
    close(ada)
    with pytest.raises(InvitationNotUsable):
        services.accept_invitation(secret=secret, user=None, name="Nia", password="quiet lamp under snow")


def test_they_do_not_count_as_somebody_in_charge(ada, close):
    close(MembershipFactory(organization=ada.organization, role=Role.ADMINISTRATOR))
    with pytest.raises(LastAdministrator):
        services.deactivate_member(by=ada, member=ada)


def test_they_are_not_among_those_who_may(ada, ben, close):
    close(ben)
    who = Membership.objects.of(ada.organization).who_may(Action.VOTE)
    assert list(who) == [ada]


def test_the_trail_of_the_organization_hears_of_them_no_more(ben, close):
    services.record_event_of_person(user=close(ben).user, verb="person.signed_in")
    assert not AuditEvent.objects.exists()


def test_they_have_no_say_in_a_vote(ben, close):
    assert can_vote(ben)
    assert not can_vote(close(ben))


def test_somebody_who_was_removed_owns_no_initiative(ada, ben):
    assert refusal_of_owner(ada.organization, ben, kept=None) == ""
    Membership.objects.filter(pk=ben.pk).update(is_active=False)
    removed = Membership.objects.get(pk=ben.pk)
    assert "must be an active member" in refusal_of_owner(ada.organization, removed, kept=None)


def test_somebody_who_was_removed_is_not_asked_in_an_assessment(ada, ben):
    assessment = make_assessment(ada)
    Membership.objects.filter(pk=ben.pk).update(is_active=False)
    with pytest.raises(InvalidValues):
        invite_respondents(by=ada, assessment=assessment, members=[Membership.objects.get(pk=ben.pk)])
    assert not assessment.responses.exists()
