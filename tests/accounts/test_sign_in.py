"""Signing in: whose address it is, what is remembered of a secret, and what a key outlives."""

import logging

import pytest
from django.core import mail, signing
from django.test import Client
from django.urls import reverse

from accounts import guessing, services
from accounts.choices import Role
from accounts.models import ApiToken, User
from tests import caching

pytestmark = pytest.mark.django_db


def test_nobody_takes_an_address_that_is_not_proved_to_be_theirs(ben, client_of):
    """Who holds the address of a person to come could join in that person's place."""
    client = client_of(ben)
    address = {"email": "victim@example.org"}
    client.post(reverse("account_email"), {**address, "action_add": ""})
    client.post(reverse("account_email"), {**address, "action_primary": ""})
    assert User.objects.get(pk=ben.user_id).email == ben.user.email


def test_nobody_signs_up_alone(client):
    response = client.post(
        reverse("account_signup"), {"email": "me@example.org", "password1": "correct horse battery"}
    )
    assert not User.objects.filter(email="me@example.org").exists()
    assert response.status_code == 200


def test_a_reset_does_not_tell_who_has_an_account(ben, client):
    caching.begin_test()
    answers = [
        client.post(reverse("account_reset_password"), {"email": email})
        for email in (ben.user.email, "nobody@example.org")
    ]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert ben.user.email in [message.to[0] for message in mail.outbox]


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
@pytest.mark.parametrize("name", ["account_login", "set_language"])
def test_a_foreign_address_is_never_followed(name, target, ben, client):
    ben.user.set_password("correct horse battery")
    ben.user.save()
    typed = {"login": ben.user.email, "password": "correct horse battery", "language": "en"}
    response = client.post(reverse(name), {**typed, "next": target})
    assert response.status_code == 302
    assert "evil" not in response["Location"]
    assert "javascript" not in response["Location"]


@pytest.mark.parametrize(
    ("target", "followed"),
    [
        ("/o/northwind/people/?page=2", "/o/northwind/people/?page=2"),
        ("http://testserver/o/northwind/people/", "/"),
        ("https://testserver/", "/"),
        ("people/", "/"),
        ("/\\evil.example/", "/"),
        ("///evil.example/", "/"),
    ],
)
def test_only_a_path_leads_on_after_signing_in(target, followed, ben, client):
    """No host, not even the one the request names: a proxy may hand on any."""
    ben.user.set_password("correct horse battery")
    ben.user.save()
    typed = {"login": ben.user.email, "password": "correct horse battery"}
    response = client.post(reverse("account_login"), {**typed, "next": target})
    assert (response.status_code, response["Location"]) == (302, followed)


def test_a_session_needs_its_token_in_the_api_too(ada):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    path = reverse("api:function-list", args=["northwind"])
    assert client.get(path).status_code == 200
    assert client.post(path, {"name": "Service"}, content_type="application/json").status_code == 403


def test_a_key_does_not_come_back_with_its_person(ada, ben, client):
    token, secret = services.create_api_token(member=ben, name="old", is_read_only=False)
    services.deactivate_member(by=ada, member=ben)
    _invitation, link = services.invite_person(by=ada, email=ben.user.email, role=Role.AUDITOR)
    services.accept_invitation(secret=link, user=ben.user)
    response = client.get(
        reverse("api:organization", args=["northwind"]), headers={"Authorization": f"Bearer {secret}"}
    )
    assert response.status_code == 401
    assert ApiToken.objects.get(pk=token.pk).revoked_at is not None


def test_the_secret_of_an_invitation_is_not_written_to_the_log(ada, client, caplog):
    _invitation, secret = services.invite_person(by=ada, email="new@example.org", role=Role.AUDITOR)
    with caplog.at_level(logging.WARNING):
        client.post(reverse("join", args=[secret]), {"name": "Nia", "password": "short"})
    assert caplog.records
    assert secret not in caplog.text


# --- wrong guesses from elsewhere ------------------------------------------------------------------

PASSWORD = "correct horse battery"


@pytest.fixture
def owner(ben, monkeypatch):
    assert guessing.RATES["passwords_everywhere"] == "100/1h/key"
    monkeypatch.setitem(guessing.RATES, "passwords_everywhere", "12/1h/key")  # in less time
    caching.begin_test()
    ben.user.set_password(PASSWORD)
    ben.user.save()
    return ben.user


def guess(client, user, password="wrong", ip="203.0.113.9"):
    return client.post(
        reverse("account_login"), {"login": user.email, "password": password}, REMOTE_ADDR=ip
    ).status_code


def is_refused_for_guessing(client, user, ip):
    answer = client.post(
        reverse("account_login"), {"login": user.email, "password": PASSWORD}, REMOTE_ADDR=ip
    )
    return answer.status_code == 200 and "Too many failed" in answer.text


def test_wrong_guesses_from_elsewhere_do_not_lock_the_right_person_out(owner):
    attacker = Client()
    assert [guess(attacker, owner) for _ in range(7)] == [200] * 7
    assert is_refused_for_guessing(attacker, owner, ip="203.0.113.9")  # even with the right word
    assert guess(Client(), owner, PASSWORD, ip="198.51.100.7") == 302


def test_guesses_from_very_many_places_end_for_unknown_browsers_and_not_for_a_known_one(owner):
    known = Client()
    assert guess(known, owner, PASSWORD, ip="198.51.100.7") == 302
    del known.cookies["sessionid"]
    for number in range(12):
        guess(Client(), owner, ip=f"203.0.113.{number}")
    assert is_refused_for_guessing(Client(), owner, ip="192.0.2.1")
    assert guess(known, owner, PASSWORD, ip="192.0.2.2") == 302  # wherever the laptop is now


def test_guesses_at_the_same_address_do_not_lock_a_known_browser(owner, ada):
    """An office has one address: somebody in it who guesses, at whatever account, locks no colleague out."""
    known = Client()
    assert guess(known, owner, PASSWORD, ip="198.51.100.7") == 302
    del known.cookies["sessionid"]
    for _ in range(12):
        guess(Client(), ada.user, ip="198.51.100.7")
    assert is_refused_for_guessing(Client(), owner, ip="198.51.100.7")
    assert guess(known, owner, PASSWORD, ip="198.51.100.7") == 302


def test_a_known_browser_is_known_for_its_own_account_only(owner, ada):
    ada.user.set_password(PASSWORD)
    ada.user.save()
    known = Client()
    assert guess(known, ada.user, PASSWORD, ip="198.51.100.7") == 302
    del known.cookies["sessionid"]
    for number in range(12):
        guess(Client(), owner, ip=f"203.0.113.{number}")
    assert is_refused_for_guessing(known, owner, ip="192.0.2.1")
    assert owner.email not in known.cookies["known_device"].value
    assert known.cookies["known_device"]["httponly"]


def test_a_stolen_browser_has_few_guesses_too(owner):
    known = Client()
    assert guess(known, owner, PASSWORD, ip="198.51.100.7") == 302
    del known.cookies["sessionid"]
    for number in range(5):
        guess(known, owner, ip=f"203.0.113.{number}")
    assert is_refused_for_guessing(known, owner, ip="203.0.113.99")
    assert guess(Client(), owner, PASSWORD, ip="198.51.100.7") == 302


def test_a_forged_mark_of_a_browser_counts_for_nothing(owner):
    client = Client()
    client.cookies["known_device"] = signing.dumps({"account": "x", "device": "y"}, salt="elsewhere")
    for _ in range(5):
        guess(client, owner)
    client.cookies["known_device"] = signing.dumps({"account": "x", "device": "z"}, salt="elsewhere")
    assert is_refused_for_guessing(client, owner, ip="203.0.113.9")


def test_a_new_password_by_mail_opens_the_account_again(owner):
    for number in range(12):
        guess(Client(), owner, ip=f"203.0.113.{number}")
    client = Client()
    client.post(reverse("account_reset_password"), {"email": owner.email}, REMOTE_ADDR="192.0.2.1")
    link = next(word for word in mail.outbox[-1].body.split() if "/password/reset/key/" in word)
    page = client.get(link[link.index("/accounts/") :], follow=True)
    new = {"password1": "another horse battery", "password2": "another horse battery"}
    client.post(page.redirect_chain[-1][0], new, REMOTE_ADDR="192.0.2.1")
    assert guess(Client(), owner, "another horse battery", ip="192.0.2.1") == 302
