"""Pages of the installation itself."""

import re

import pytest
from django.urls import reverse

from accounts.choices import Role
from tests.factories import MembershipFactory
from tests.factories.coalition import InitiativeFactory

pytestmark = pytest.mark.django_db


def test_health_answers_without_signing_in(client, db):
    assert client.get("/health/").json()["status"] == "ok"


def test_components_are_for_staff(ada, client_of):
    client = client_of(ada)
    assert client.get("/components/").status_code == 403
    ada.user.is_staff = True
    ada.user.save()
    assert client.get("/components/").status_code == 200


def test_nobody_signs_up_without_an_invitation(client, db):
    response = client.get(reverse("account_signup"))
    assert "closed" in response.content.decode().lower()


def test_who_may_not_reads_which_roles_may(organization, client_of):
    """An administrator is not sent to an administrator."""
    chief = MembershipFactory(organization=organization, role=Role.ADMINISTRATOR)
    answer = client_of(chief).get("/o/northwind/assess/new/")
    words = " ".join(re.sub(r"<[^>]*>", " ", answer.text).split())
    assert answer.status_code == 403
    assert "Your role (Administrator) does not include this. It can be done by: CX leader." in words
    assert "Ask an administrator" not in words


def test_who_is_refused_for_another_reason_than_the_role_reads_no_roles(ada, ben, client_of):
    initiative = InitiativeFactory(organization=ada.organization, owner=ada)
    answer = client_of(ben).get(f"/o/northwind/decide/{initiative.number}/edit/")
    assert answer.status_code == 403
    assert "This is open only to the people it concerns." in answer.text
    assert "It can be done by" not in answer.text
