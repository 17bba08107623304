"""Signed in, and in no organization: the page says what happened and what can be done."""

import json

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts import services
from accounts.choices import Role
from accounts.errors import AccountInUse
from accounts.models import Erasure, Membership, Session, User
from common.errors import InvalidValues
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


@pytest.fixture
def left(organization) -> User:
    """Whose last organization was deleted."""
    user = MembershipFactory(organization=organization, role=Role.ADMINISTRATOR, user__name="Lea").user
    services.delete_organization(organization=organization, by_name="Operator", reason="contract ended")
    return user


def page_of(user: User) -> str:
    return " ".join(signed_in(user).get("/").text.split())


def test_who_signs_in_after_the_last_organization_was_deleted_learns_it(left):
    left.set_password(PASSWORD)
    left.save()
    page = Client().post(reverse("account_login"), {"login": left.email, "password": PASSWORD}, follow=True)
    text = " ".join(page.text.split())
    assert page.status_code == 200
    assert "You do not belong to an organization now" in text
    assert "The organization that you belonged to was deleted, and everything in it." in text
    assert f"An administrator or CX leader of an organization invites {left.email}." in text
    assert "manage.py create_organization --help" in text
    assert reverse("account_data") in text
    assert "Close my account" in text


def test_who_was_removed_reads_from_where_and_cannot_close_the_account_alone(ada, ben):
    services.deactivate_member(by=ada, member=ben)
    text = page_of(ben.user)
    assert "Your access to Northwind Telecom has ended." in text
    assert "An administrator there can have it erased." in text
    assert "was deleted" not in text
    assert "Close my account" not in text
    assert signed_in(ben.user).post(reverse("account_close"), {"sure": "yes"}).status_code == 409
    with pytest.raises(AccountInUse):
        services.close_own_account(user=ben.user, is_sure=True)
    ben.user.refresh_from_db()
    assert ben.user.is_active


def test_an_invitation_that_waits_is_named_with_who_sent_it(left, dora):
    services.invite_person(by=dora, email=left.email.upper(), role=Role.CONTRIBUTOR)
    services.invite_person(by=dora, email="other@example.org", role=Role.CONTRIBUTOR)
    text = page_of(left)
    assert text.count(f"Join {dora.organization.name}") == 1
    assert f"{dora.user} has invited you. Open the link in the letter by" in text


def test_the_command_makes_an_organization_for_the_account_that_is_there(left):
    services.create_organization(name="Lea & Co", slug="lea", founder=left)
    page = signed_in(left).get("/")
    assert (page.status_code, page["Location"]) == (302, "/o/lea/")


def test_the_data_of_the_account_are_downloaded(left):
    answer = signed_in(left).get(reverse("account_data"))
    assert answer["Content-Disposition"] == 'attachment; filename="account.json"'
    assert answer["Cache-Control"] == "no-store"
    told = json.loads(answer.content)
    assert (told["email"], told["name"]) == (left.email, "Lea")
    assert set(told) == {"email", "name", "language", "territory", "theme", "joined_at", "last_login"}
    assert Client().get(reverse("account_data")).status_code == 302


def test_closing_erases_the_account_and_signs_out(left):
    client, address = signed_in(left), left.email
    answer = client.post(reverse("account_close"), {"sure": "yes"}, follow=True)
    assert "Your account is closed. Name and address are erased." in answer.text
    left.refresh_from_db()
    assert (left.name, left.is_active, left.has_usable_password()) == (
        f"Erased person {left.pk}",
        False,
        False,
    )
    assert not User.objects.filter(email__iexact=address).exists()
    assert not Session.objects.filter(user=left).exists()
    assert client.get("/").status_code == 302
    record = Erasure.objects.get(subject=f"accounts.user {left.pk}")
    assert (record.by_name, record.is_open) == ("The person", False)


def test_closing_without_the_box_or_by_an_operator_changes_nothing(left):
    answer = signed_in(left).post(reverse("account_close"), follow=True)
    assert "Tick the box first: this cannot be undone." in answer.text
    with pytest.raises(InvalidValues):
        services.close_own_account(user=left, is_sure=False)
    left.is_staff = True
    left.save()
    assert "Another operator of this installation can close it." in page_of(left)
    with pytest.raises(AccountInUse):
        services.close_own_account(user=left, is_sure=True)
    left.refresh_from_db()
    assert left.is_active


def test_a_member_does_not_close_the_account(ada):
    with pytest.raises(AccountInUse):
        services.close_own_account(user=ada.user, is_sure=True)
    assert Membership.objects.get(pk=ada.pk).has_access
