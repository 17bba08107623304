import pytest
from django.urls import reverse

from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_new_organization_is_guided_step_by_step(ada, client_of):
    page = client_of(ada).get(reverse("home", args=["northwind"])).content.decode()
    assert "Nothing needs you right now" in page
    assert "Getting the program going" in page
    assert "See where you stand" in page


def test_a_person_with_one_organization_lands_in_it(ada, client_of):
    assert client_of(ada).get("/").url == reverse("home", args=["northwind"])


def test_a_person_with_two_organizations_chooses(ada, elsewhere, client_of):
    MembershipFactory(organization=elsewhere, user=ada.user)
    page = client_of(ada).get("/").content.decode()
    assert "Northwind Telecom" in page
    assert "Elsewhere Ltd" in page


def test_a_person_without_an_organization_is_told_what_to_do(client, db):
    from django.conf import settings

    client.force_login(UserFactory(), backend=settings.AUTHENTICATION_BACKENDS[0])
    assert "invitation" in client.get("/").content.decode()


def test_a_name_with_markup_is_text(ada, client_of):
    ada.user.name = "<b>Ada</b>"
    ada.user.save()
    page = client_of(ada).get(reverse("home", args=["northwind"])).content.decode()
    assert "<b>Ada" not in page


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
