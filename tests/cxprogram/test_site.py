"""Pages of the installation itself."""

import pytest
from django.urls import reverse

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
