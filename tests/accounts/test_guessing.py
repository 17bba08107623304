"""Whose wrong guesses count against whom: at the password, at the code, and when asked once more."""

import time

import pytest
from allauth.account import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts import guessing
from tests import caching

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
HOME, ELSEWHERE = "198.51.100.7", "203.0.113.9"
ALL_RATES = {
    "known_browser": "5/5m/key",
    "passwords_here": "10/m/ip,5/5m/key",
    "passwords_everywhere": "100/1h/key",
    "codes_here": "5/5m/key",
    "codes_everywhere": "30/1h/key",
    "sign_ins": "30/m/ip",
    "reset_requests": "5/m/ip,30/1h/ip",
    "reset_letters": "1/5m/key,4/1h/key",
}


@pytest.fixture(autouse=True)
def _nothing_counted_yet(settings):
    caching.begin_test()
    settings.MFA_TOTP_TOLERANCE = 1  # half a minute may end between making a code and sending it


@pytest.fixture
def owner(ben):
    ben.user.set_password(PASSWORD)
    ben.user.save()
    return ben.user


@pytest.fixture
def secret(owner) -> str:
    secret = generate_totp_secret()
    TOTP.activate(owner, secret)
    return secret


def code_of(secret: str) -> str:
    return f"{hotp_value(secret, int(time.time()) // 30):06d}"


def wrong_code(secret: str) -> str:
    now = int(time.time()) // 30
    near = {f"{hotp_value(secret, now + step):06d}" for step in range(-3, 4)}
    return next(code for code in ("000000", "111111", *map("{:06d}".format, range(8))) if code not in near)


def password(client, user, typed=PASSWORD, ip=HOME):
    typed = {"login": user.email, "password": typed}
    return client.post(reverse("account_login"), typed, REMOTE_ADDR=ip)


def code(client, typed, ip=HOME):
    return client.post(reverse("mfa_authenticate"), {"code": typed}, REMOTE_ADDR=ip)


def is_in(answer) -> bool:
    return answer.status_code == 302 and answer["Location"] == "/"


def is_locked(answer) -> bool:
    return answer.status_code == 200 and "Too many failed" in answer.text


def known_browser(user, secret, ip=HOME) -> Client:
    """Signed in before, with the code; signed out now."""
    client = Client()
    password(client, user, ip=ip)
    assert is_in(code(client, code_of(secret), ip))
    Authenticator.objects.filter(user=user).update(last_used_at=None)
    cache.delete_many(_used_codes(user, secret))
    del client.cookies["sessionid"]
    return client


def _used_codes(user, secret) -> list[str]:
    """The package takes each code once; a test cannot wait for the next."""
    return [f"allauth.mfa.totp.used?user={user.pk}&code={code_of(secret)}"]


def test_the_limits_are_these_and_the_package_counts_nothing_of_it():
    assert guessing.RATES == ALL_RATES
    for action in ("login", "login_failed", "reauthenticate", "reset_password"):
        assert app_settings.RATE_LIMITS[action] is None


def test_wrong_passwords_at_the_same_address_do_not_refuse_the_right_code(owner, secret):
    known = known_browser(owner, secret)
    for number in range(12):
        password(Client(), owner if number % 2 else _nobody(), "wrong")
    password(known, owner)
    assert is_in(code(known, code_of(secret)))


def test_very_many_sign_ins_at_the_same_address_do_not_refuse_a_known_browser(owner, secret):
    known = known_browser(owner, secret)
    for _number in range(31):
        answer = password(Client(), _nobody(), "wrong")
    assert is_locked(answer)
    password(known, owner)
    assert is_in(code(known, code_of(secret)))


def test_wrong_codes_from_elsewhere_do_not_lock_a_known_browser(owner, secret):
    known = known_browser(owner, secret)
    for place in range(8):
        thief = Client()
        password(thief, owner, ip=f"203.0.113.{place}")
        for _guess in range(5):
            answer = code(thief, wrong_code(secret), ip=f"203.0.113.{place}")
    assert is_locked(answer)  # from everywhere together
    password(known, owner)
    assert is_in(code(known, code_of(secret)))


def test_an_unknown_browser_has_five_codes_even_with_the_right_one(owner, secret):
    thief = Client()
    password(thief, owner, ip=ELSEWHERE)
    assert not any(is_locked(code(thief, wrong_code(secret), ELSEWHERE)) for _guess in range(5))
    assert is_locked(code(thief, code_of(secret), ELSEWHERE))
    here = Client()
    password(here, owner)
    assert is_in(code(here, code_of(secret)))


def test_codes_from_very_many_places_end_at_thirty(owner, secret):
    for place in range(6):
        thief = Client()
        password(thief, owner, ip=f"203.0.113.{place}")
        answers = [code(thief, wrong_code(secret), f"203.0.113.{place}") for _guess in range(5)]
        assert not any(map(is_locked, answers))
    thief = Client()
    password(thief, owner, ip="192.0.2.1")
    assert is_locked(code(thief, code_of(secret), "192.0.2.1"))


def test_a_known_browser_has_five_codes_too_wherever_it_is(owner, secret):
    known = known_browser(owner, secret)
    password(known, owner)
    for number in range(5):
        assert not is_locked(code(known, wrong_code(secret), f"203.0.113.{number}"))
    assert is_locked(code(known, code_of(secret), "203.0.113.99"))


def test_recovery_codes_are_counted_as_codes(owner, secret):
    RecoveryCodes.activate(owner)
    spare = Authenticator.objects.get(user=owner, type=Authenticator.Type.RECOVERY_CODES).wrap()
    known = known_browser(owner, secret)
    thief = Client()
    password(thief, owner, ip=ELSEWHERE)
    for _guess in range(5):
        code(thief, "aaaaaaaa", ELSEWHERE)
    first = spare.get_unused_codes()[0]
    assert is_locked(code(thief, first, ELSEWHERE))
    password(known, owner)
    assert is_in(code(known, first))


def test_right_codes_are_no_guesses(owner, secret):
    client = Client()
    RecoveryCodes.activate(owner)
    spare = Authenticator.objects.get(user=owner, type=Authenticator.Type.RECOVERY_CODES).wrap()
    for right in spare.get_unused_codes()[:7]:
        password(client, owner)
        assert is_in(code(client, right))
        client.cookies.clear()


def test_nobody_elsewhere_keeps_a_person_who_is_in_from_being_asked_once_more(owner, secret):
    known = known_browser(owner, secret)
    password(known, owner)
    code(known, code_of(secret))
    cache.delete_many(_used_codes(owner, secret))
    for place in range(8):
        thief = Client()
        password(thief, owner, ip=f"203.0.113.{place}")
        for _guess in range(5):
            code(thief, wrong_code(secret), f"203.0.113.{place}")
            password(Client(), owner, "wrong", ip=HOME)
    for name, typed in (("account_reauthenticate", {"password": PASSWORD}), ("mfa_reauthenticate", {})):
        answer = known.post(reverse(name), typed or {"code": code_of(secret)}, REMOTE_ADDR=HOME)
        assert answer.status_code == 302, name


def test_a_session_without_the_mark_of_a_browser_is_a_known_place_too(owner):
    client = Client()
    password(client, owner)
    del client.cookies["known_device"]
    for _guess in range(11):
        password(Client(), owner, "wrong", ip=HOME)
    answer = client.post(reverse("account_reauthenticate"), {"password": PASSWORD}, REMOTE_ADDR=HOME)
    assert answer.status_code == 302


def test_who_is_asked_once_more_has_few_guesses(owner):
    client = Client()
    password(client, owner)
    page = reverse("account_reauthenticate")
    for _guess in range(5):
        client.post(page, {"password": "wrong"}, REMOTE_ADDR=HOME)
    assert is_locked(client.post(page, {"password": PASSWORD}, REMOTE_ADDR=HOME))


def test_a_second_factor_is_set_up_while_others_guess(owner):
    client = Client()
    password(client, owner)
    for _guess in range(11):
        password(Client(), owner, "wrong", ip=HOME)
    page = client.get(reverse("mfa_activate_totp"))
    typed = {"code": code_of(page.context["form"].secret)}
    assert client.post(reverse("mfa_activate_totp"), typed, REMOTE_ADDR=HOME).status_code == 302
    assert Authenticator.objects.filter(user=owner, type="totp").exists()


def test_who_just_signed_in_is_not_asked_for_the_password_again(owner, monkeypatch):
    client = Client()
    password(client, owner)
    page = reverse("mfa_activate_totp")
    assert client.get(page).status_code == 200
    later = time.time() + 301
    monkeypatch.setattr("accounts.adapters.time.time", lambda: later)
    assert client.get(page)["Location"].startswith(reverse("account_reauthenticate"))


def test_a_session_that_gave_no_password_is_asked(owner, client_of, ben):
    answer = client_of(ben).get(reverse("mfa_activate_totp"))
    assert answer["Location"].startswith(reverse("account_reauthenticate"))


# --- letters for a new password ------------------------------------------------------------------


def ask(email, *, client=None, ip=ELSEWHERE):
    return (client or Client()).post(reverse("password_reset"), {"email": email}, REMOTE_ADDR=ip)


@pytest.fixture
def _quickly(monkeypatch):
    monkeypatch.setattr("accounts.views.reset.time.sleep", lambda seconds: None)


@pytest.mark.usefixtures("_quickly")
def test_who_asks_again_and_again_fills_no_mailbox_and_is_not_told(owner):
    for email in (owner.email, "nobody@example.org", owner.email.upper()):
        for place in range(4):
            answer = ask(email, ip=f"203.0.113.{place}")
            assert (answer.status_code, answer["Location"]) == (302, reverse("account_reset_password_done"))
    assert [message.to for message in mail.outbox] == [[owner.email]]


@pytest.mark.usefixtures("_quickly")
def test_nobody_elsewhere_keeps_a_known_browser_from_its_letter(owner):
    known = Client()
    password(known, owner)
    del known.cookies["sessionid"]
    for place in range(4):
        ask(owner.email, ip=f"203.0.113.{place}")
    ask(owner.email, client=known, ip=HOME)
    ask(owner.email, client=known, ip=HOME)
    assert len(mail.outbox) == 2


@pytest.mark.usefixtures("_quickly")
def test_one_address_asks_five_times_a_minute(owner):
    answers = [ask(f"nobody{number}@example.org") for number in range(5)]
    assert [answer.status_code for answer in answers] == [302] * 5
    refused = ask(owner.email)
    assert refused.status_code == 429
    assert "Too many requests" in refused.text
    assert ask(owner.email, ip=HOME).status_code == 302
    assert len(mail.outbox) == 1


def _nobody():
    class Nobody:
        email = "nobody@example.org"

    return Nobody
