"""A reset tells nobody, by its answer or by its time, who has an account."""

import time

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_the_page_is_the_one_that_the_address_leads_to():
    assert reverse("account_reset_password") == "/accounts/password/reset/"
    assert Client().get("/accounts/password/reset/").status_code == 200


@pytest.mark.parametrize("is_known", [True, False])
def test_the_answer_takes_its_time_for_everybody(ben, monkeypatch, is_known):
    waited = []
    monkeypatch.setattr("accounts.views.reset.time.sleep", waited.append)
    started = time.monotonic()
    address = ben.user.email if is_known else "nobody@example.org"
    assert Client().post(reverse("account_reset_password"), {"email": address}).status_code == 302
    spent = time.monotonic() - started
    assert waited[0] + spent >= 0.3 - 0.01


def test_looking_at_the_page_takes_no_longer(monkeypatch):
    monkeypatch.setattr("accounts.views.reset.time.sleep", lambda seconds: pytest.fail("waited"))
    Client().get(reverse("account_reset_password"))
