"""A reset tells nobody, by its answer or by its time, who has an account."""

import re
import time

import pytest
from allauth.core.context import request_context
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.adapters import AccountAdapter
from tests import caching

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_counted_yet():
    caching.begin_test()


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


def letter_for(user, **asked):
    Client().post(reverse("password_reset"), {"email": user.email}, **asked)
    return mail.outbox[-1]


def test_the_link_names_the_site_and_never_the_host_that_was_asked(ben, settings):
    settings.ALLOWED_HOSTS = ["*"]
    settings.SITE_URL = "https://cx.example.org"
    letter = letter_for(ben.user, HTTP_HOST="evil.example", HTTP_X_FORWARDED_HOST="evil.example")
    assert "https://cx.example.org/accounts/password/reset/key/" in letter.body
    assert "at cx.example.org." in letter.body
    assert "evil" not in letter.body + letter.subject + str(letter.extra_headers)


def test_the_letter_is_in_our_words_and_in_the_language_of_its_reader(ben):
    ben.user.name, ben.user.language = "Ben Ode", "en"
    ben.user.save()
    letter = letter_for(ben.user, headers={"accept-language": "zh-hans"})
    assert letter.subject == "Set a new password"
    assert letter.body.startswith("Hello Ben")
    assert "The link works once, for 3 days." in letter.body
    assert "Thank you" not in letter.body
    caching.begin_test()
    ben.user.language = "zh-hans"
    ben.user.save()
    letter = letter_for(ben.user)
    assert (letter.subject, letter.to) == ("设置新密码", [ben.user.email])
    assert "申请了新密码" in letter.body


@pytest.mark.parametrize(
    "name",
    ["unknown_account", "account_already_exists", "email_confirmation", "email_changed", "password_changed"],
)
def test_no_letter_of_the_sign_in_package_leaves(ben, rf, name, caplog):
    """Each of them says where from by the host that was asked."""
    request = rf.get("/", HTTP_HOST="evil.example")
    with request_context(request):
        AccountAdapter(request).send_mail(f"account/email/{name}", ben.user.email, {"user": ben.user})
        AccountAdapter(request).send_notification_mail(f"account/email/{name}", ben.user)
    assert mail.outbox == []
    assert f"account/email/{name}" in caplog.text


THEIRS = re.compile(
    "Bad Token|Confirm Access|reauthenticate|Thank you|Two-Factor|Password Reset|invalid|New Password|"
    "Generate|Sign Up|Sign In|Deactivate|Activate|successfully",
)
PAGES = [
    "mfa_authenticate",  # first: the page of sign-in begins anew
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",
    "account_change_password",
    "password_reset",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_reauthenticate",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
]


def shown(answer) -> str:
    """The words of a page, without addresses and names of fields."""
    return re.sub(r"<[^>]*>", " ", answer.text)


def test_the_pages_of_the_sign_in_package_are_in_our_words(ben):
    ben.user.set_password("correct horse battery")
    ben.user.save()
    people = Client(), Client()
    typed = {"login": ben.user.email, "password": "correct horse battery"}
    people[1].post(reverse("account_login"), typed)
    seen = set()
    for moment in ("before", "after"):
        for client in people:
            for name in PAGES:
                answer = client.get(reverse(name))
                if answer.status_code == 200:
                    seen.add(name)
                    assert not THEIRS.findall(shown(answer)), (name, moment)
        if moment == "before":
            TOTP.activate(ben.user, generate_totp_secret())
            RecoveryCodes.activate(ben.user)
            people[0].post(reverse("account_login"), typed)
    assert seen == set(PAGES)
    assert "This link no longer works" in Client().get("/accounts/password/reset/key/a-b/").text


@pytest.mark.parametrize("path", ["confirm-email/", "confirm-email/abc:def/", "password/set/", "email/"])
def test_pages_about_what_nobody_does_here_lead_home(path):
    answer = Client().get(f"/accounts/{path}")
    assert (answer.status_code, answer["Location"]) == (302, "/")
