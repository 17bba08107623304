"""Passwords, keys, devices and second factors: what a change ends, and who hears of it."""

import re
import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.choices import Role, SecurityChange
from accounts.models import ApiToken, AuditEvent, Membership, Session
from accounts.selectors import open_sessions
from common.errors import InvalidValues
from tests import caching
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db
OLD, NEW = "correct horse battery", "quiet lamp under snow"


@pytest.fixture(autouse=True)
def _many_sign_ins(settings):
    """The limits on sign-ins count in the cache, across tests."""
    caching.begin_test()
    settings.MFA_TOTP_TOLERANCE = 1  # half a minute may end between making a code and sending it


@pytest.fixture
def mia(organization, elsewhere) -> Membership:
    """Belongs to two organizations and signs in with a password."""
    member = MembershipFactory(organization=organization, user__name="Mia", user__email="mia@example.org")
    member.user.set_password(OLD)
    member.user.save()
    MembershipFactory(organization=elsewhere, user=member.user, role=Role.AUDITOR)
    return member


@pytest.fixture
def keys(mia) -> list[ApiToken]:
    other = Membership.objects.get(user=mia.user, organization__slug="elsewhere")
    return [services.create_api_token(member=member, name="import")[0] for member in (mia, other)]


def signed_in(email="mia@example.org", password=OLD, agent="Firefox") -> Client:
    client = Client(headers={"user-agent": agent})
    answer = client.post(reverse("account_login"), {"login": email, "password": password})
    assert answer.status_code == 302, answer.text
    return client


def still_in(client) -> bool:
    return client.get(reverse("home", args=["northwind"])).status_code == 200


def url(name, *args):
    return reverse(f"accounts:{name}", args=["northwind", *args])


def verbs(slug="northwind") -> list[str]:
    events = AuditEvent.objects.filter(organization__slug=slug).order_by("pk")
    return [event.verb for event in events]


def usable() -> int:
    return ApiToken.objects.usable(timezone.now()).count()


def change(client, **more):
    typed = {"oldpassword": OLD, "password1": NEW, "password2": NEW, **more}
    return client.post(reverse("account_change_password"), typed)


# --- passwords ------------------------------------------------------------------------------------


def test_a_password_change_names_the_keys_and_revokes_them_where_asked(keys):
    client = signed_in()
    assert "Also revoke my 2 API keys" in client.get(reverse("account_change_password")).text
    assert change(client, revoke_keys="on").status_code == 302
    assert usable() == 0
    assert verbs()[-2:] == ["token.revoked", "person.password_changed"]
    assert verbs("elsewhere")[-2:] == ["token.revoked", "person.password_changed"]
    assert AuditEvent.objects.filter(verb="person.password_changed").first().after == {"keys_revoked": 2}


def test_keys_go_on_where_the_person_says_so(keys):
    assert change(signed_in()).status_code == 302
    assert usable() == 2


def test_nothing_is_offered_where_there_are_no_keys(mia):
    assert "revoke_keys" not in signed_in().get(reverse("account_change_password")).text


def test_a_wrong_old_password_ends_nothing(keys):
    answer = change(signed_in(), oldpassword="guess", revoke_keys="on")
    assert answer.status_code == 200
    assert usable() == 2
    assert "person.password_changed" not in verbs()


def test_a_password_change_signs_out_every_other_device_and_not_this_one(mia):
    here, there = signed_in(), signed_in()
    change(here)
    assert still_in(here)
    assert not still_in(there)
    assert Session.objects.filter(user=mia.user).count() == 1


def reset(client, email="mia@example.org"):
    client.post(reverse("account_reset_password"), {"email": email})
    path = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", mail.outbox[-1].body).group(1)
    form = client.get(path, follow=True).redirect_chain[-1][0]
    return client.post(form, {"password1": NEW, "password2": NEW})


def test_a_reset_revokes_every_key_and_ends_every_session(keys):
    there = signed_in()
    assert reset(Client()).status_code == 302
    assert usable() == 0
    assert not still_in(there)
    assert verbs()[-1] == "person.password_reset"
    assert verbs("elsewhere")[-1] == "person.password_reset"
    assert still_in(signed_in(password=NEW))


@pytest.mark.parametrize(
    ("act", "subject"),
    [
        (lambda: change(signed_in()), "Your password was changed"),
        (lambda: reset(Client()), "Your password was reset"),
        (lambda: signed_in().post(url("tokens"), {"name": "x", "valid_days": "30"}), "API key was created"),
        (lambda: signed_in().post(url("token_revoke_all")), "An API key of yours was revoked"),
        (lambda: signed_in().post(url("sessions_end")), "signed out everywhere else"),
    ],
)
def test_the_person_hears_of_it(keys, act, subject):
    mail.outbox.clear()
    act()
    message = mail.outbox[-1]
    assert subject in message.subject
    assert message.to == ["mia@example.org"]
    assert reverse("account_reset_password") in message.body


def test_the_message_is_in_the_readers_language(mia):
    mia.user.language = "zh-hans"
    mia.user.save()
    services.change_password(user=mia.user, password=NEW, revokes_keys=False)
    assert "密码" in mail.outbox[-1].subject


# --- keys -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("asked", "days"), [("30", 30), ("90", 90), ("365", 365)])
def test_a_key_ends_when_its_maker_says(mia, asked, days):
    page = signed_in().post(url("tokens"), {"name": "nightly", "valid_days": asked})
    assert page.status_code == 200
    left = ApiToken.objects.get().expires_at - timezone.now()
    assert days - 1 <= left.days < days
    assert "works until" in page.text


def test_a_key_may_have_no_end_and_the_list_says_so(mia):
    page = signed_in().post(url("tokens"), {"name": "nightly", "valid_days": ""})
    assert ApiToken.objects.get().expires_at is None
    assert "does not expire" in page.text


def test_no_other_lifetime(mia):
    assert signed_in().post(url("tokens"), {"name": "x", "valid_days": "9999"}).status_code == 422
    with pytest.raises(InvalidValues):
        services.create_api_token(member=mia, name="x", valid_days=9999)


def test_all_keys_of_this_organization_are_revoked_at_once(keys, mia):
    services.create_api_token(member=mia, name="second")
    signed_in().post(url("token_revoke_all"))
    assert [token.member_id for token in ApiToken.objects.usable(timezone.now())] == [keys[1].member_id]
    assert verbs().count("token.revoked") == 2


# --- devices --------------------------------------------------------------------------------------


def test_devices_are_listed_and_each_can_be_signed_out(mia):
    here, there = signed_in(agent="Firefox on the desk"), signed_in(agent="Safari on the phone")
    page = here.get(url("sessions")).text
    assert "Firefox on the desk" in page
    assert "Safari on the phone" in page
    assert here.session.session_key not in page
    assert there.session.session_key not in page, "who reads the page could be let in"
    (mark,) = re.findall(r"/me/devices/([0-9a-f]+)/end/", page)
    assert here.post(url("session_end", mark)).status_code == 302
    assert still_in(here)
    assert not still_in(there)
    assert verbs()[-1] == "person.session_ended"


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/1 Safari/5 Edg/1", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537 Chrome/1 Safari/5", "Chrome on Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18 like Mac OS X) Version/18 Safari/6", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 16) Chrome/1 Mobile Safari/5", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel) Gecko/2 Firefox/1", "Firefox on Mac"),
        ("curl/8", "curl/8"),
    ],
)
def test_a_device_is_named_in_words(mia, agent, shown):
    assert shown in signed_in(agent=agent).get(url("sessions")).text


def test_nobody_ends_the_session_of_another(mia, ada, client_of):
    page = signed_in(agent="A").get(url("sessions")).text
    signed_in(agent="B")
    page = signed_in(agent="C").get(url("sessions")).text
    mark = re.search(r"/me/devices/([0-9a-f]+)/end/", page).group(1)
    assert client_of(ada).post(url("session_end", mark)).status_code == 404
    assert Session.objects.filter(user=mia.user).count() == 3


def test_sign_out_everywhere_leaves_this_device_alone(mia, ada, client_of):
    other = client_of(ada)
    here, there, third = signed_in(), signed_in(), signed_in()
    assert here.post(url("sessions_end")).status_code == 302
    assert still_in(here)
    assert not still_in(there)
    assert not still_in(third)
    assert still_in(other), "somebody else's session"
    assert Session.objects.filter(user=mia.user).count() == 1
    assert "1 device" in here.get(url("sessions")).text


def test_a_device_with_an_old_password_is_not_listed(mia):
    here = signed_in()
    signed_in(agent="Old")
    mia.user.set_password(NEW)
    mia.user.save()
    assert not still_in(here)
    assert "Old" not in signed_in(password=NEW).get(url("sessions")).text


# --- the trail of signing in ----------------------------------------------------------------------


def test_a_sign_in_is_in_the_trail_of_every_organization(mia):
    signed_in()
    for slug in ("northwind", "elsewhere"):
        event = AuditEvent.objects.get(organization__slug=slug, verb="person.signed_in")
        assert (event.actor, event.after) == (mia.user, {"address": "127.0.0.1"})


def test_a_failed_sign_in_names_nobody_as_actor(mia, client):
    client.post(reverse("account_login"), {"login": "MIA@example.org", "password": "guess"})
    for slug in ("northwind", "elsewhere"):
        event = AuditEvent.objects.get(organization__slug=slug)
        assert (event.verb, event.actor, event.actor_name) == ("person.sign_in_failed", None, "")
        assert (event.subject, event.after) == ("Mia", {"address": "127.0.0.1", "step": "password"})


def test_a_failed_sign_in_of_nobody_is_in_no_trail(mia, client):
    client.post(reverse("account_login"), {"login": "nobody@example.org", "password": "guess"})
    assert not AuditEvent.objects.exists()


def test_a_failed_sign_in_of_somebody_who_left_is_in_the_trail_of_the_rest(mia, client):
    Membership.objects.filter(organization__slug="northwind").update(is_active=False)
    client.post(reverse("account_login"), {"login": "mia@example.org", "password": "guess"})
    assert [event.organization.slug for event in AuditEvent.objects.all()] == ["elsewhere"]


def test_a_wrong_second_factor_is_a_failed_sign_in_and_a_right_one_a_sign_in(mia, client):
    secret = generate_totp_secret()
    TOTP.activate(mia.user, secret)
    client.post(reverse("account_login"), {"login": "mia@example.org", "password": OLD})
    assert "person.signed_in" not in verbs()
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    event = AuditEvent.objects.filter(organization__slug="northwind").first()
    assert (event.verb, event.after["step"]) == ("person.sign_in_failed", "second_factor")
    code = f"{hotp_value(secret, int(time.time()) // 30):06d}"
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert verbs()[-1] == "person.signed_in"


def test_a_stranger_who_asks_for_a_reset_takes_nobody_the_second_factor(mia):
    """The sign-in package notes the address as unproved on that occasion; the invitation proved it."""
    Client().post(reverse("password_reset"), {"email": mia.user.email})
    mail.outbox.clear()
    client = signed_in()
    assert [message.subject for message in mail.outbox] == []
    client.post(reverse("account_reauthenticate"), {"password": OLD})
    page = client.get(reverse("mfa_activate_totp"))
    code = f"{hotp_value(page.context['form'].secret, int(time.time()) // 30):06d}"
    client.post(reverse("mfa_activate_totp"), {"code": code})
    assert Authenticator.objects.filter(user=mia.user).exists()


def test_a_second_factor_on_and_off_is_told_and_recorded(mia, django_capture_on_commit_callbacks):
    client = signed_in()
    client.post(reverse("account_reauthenticate"), {"password": OLD})
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    code = f"{hotp_value(secret, int(time.time()) // 30):06d}"
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("mfa_activate_totp"), {"code": code}).status_code == 302
    assert Authenticator.objects.filter(user=mia.user).exists()
    assert "person.second_factor_on" in verbs()
    assert "A second factor was added to your account" in [message.subject for message in mail.outbox]
    client.post(reverse("mfa_deactivate_totp"))
    assert verbs()[-1] == "person.second_factor_off"
    assert mail.outbox[-1].subject == "The second factor was removed from your account"


def test_a_new_name_is_in_the_trail_and_a_new_theme_is_not(mia):
    services.set_preferences(user=mia.user, name="Mia", language="", theme="dark")
    assert not AuditEvent.objects.exists()
    services.set_preferences(user=mia.user, name="Mia Berg", language="", theme="dark")
    event = AuditEvent.objects.get(organization__slug="northwind")
    assert (event.verb, event.before, event.after) == (
        "person.renamed",
        {"name": "Mia"},
        {"name": "Mia Berg"},
    )


def test_who_joins_by_a_link_has_a_session_in_the_list(ada, client):
    _invitation, secret = services.invite_person(by=ada, email="new@example.org", role=Role.AUDITOR)
    client.post(
        reverse("join", args=[secret]), {"name": "Nia", "password": NEW}, headers={"user-agent": "Lynx"}
    )
    assert "Lynx" in client.get(url("sessions")).text


# --- whose sessions and keys ----------------------------------------------------------------------


def a_session(user, key) -> Session:
    tomorrow = timezone.now() + timedelta(days=1)
    return Session.objects.create(session_key=key, session_data="", expire_date=tomorrow, user=user)


def new_password(user):
    services.change_password(user=user, password=NEW, revokes_keys=True)


def forgotten_password(user):
    services.reset_password(user=user, password=NEW)


@pytest.mark.parametrize("act", [new_password, forgotten_password])
def test_a_new_password_ends_every_session_of_this_person_and_of_nobody_else(mia, ada, act):
    for user, key in ((mia.user, "a" * 32), (mia.user, "b" * 32), (ada.user, "c" * 32)):
        a_session(user, key)
    act(mia.user)
    assert [session.session_key for session in Session.objects.all()] == ["c" * 32]


@pytest.mark.parametrize("act", [new_password, forgotten_password])
def test_the_keys_of_other_people_go_on_after_somebodys_new_password(keys, mia, ada, act):
    other, _secret = services.create_api_token(member=ada, name="of Ada")
    act(mia.user)
    assert list(ApiToken.objects.usable(timezone.now())) == [other]


def test_signing_out_everywhere_ends_no_session_of_another_person(mia, ada):
    for user, key in ((mia.user, "a" * 32), (mia.user, "b" * 32), (ada.user, "c" * 32)):
        a_session(user, key)
    assert services.end_other_sessions(user=mia.user, but="a" * 32) == 1
    assert sorted(session.session_key for session in Session.objects.all()) == ["a" * 32, "c" * 32]


def test_a_sign_in_clears_away_only_sessions_of_this_person_that_have_run_out(mia, ada):
    old, _running, of_another = (
        a_session(user, key)
        for user, key in ((mia.user, "a" * 32), (mia.user, "b" * 32), (ada.user, "c" * 32))
    )
    for session in (old, of_another):
        session.expire_date = timezone.now() - timedelta(seconds=1)
        session.save()
    services.record_sign_in(user=mia.user, address="127.0.0.1")
    assert sorted(session.session_key for session in Session.objects.all()) == ["b" * 32, "c" * 32]


@pytest.mark.parametrize(
    ("change", "verb"),
    [
        (SecurityChange.SECOND_FACTOR_ON, "person.second_factor_on"),
        (SecurityChange.SECOND_FACTOR_OFF, "person.second_factor_off"),
        (SecurityChange.RECOVERY_CODES_MADE, "person.recovery_codes_made"),
    ],
)
def test_what_happened_to_a_second_factor_is_named_in_the_trail(mia, change, verb):
    services.record_second_factor(user=mia.user, change=change)
    assert verbs() == [verb]


def test_a_new_key_of_the_installation_signs_nobody_out_while_the_former_one_is_known(ada, client, settings):
    client.force_login(ada.user)
    home, former = "/o/northwind/", settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key of the installation", [former]
    assert len(open_sessions(ada.user, current_key="")) == 1  # what works is listed, so that it can be ended
    assert client.get(home).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert client.get(home).status_code == 200  # the session has been signed anew
    settings.SECRET_KEY = former
    assert client.get(home).status_code == 302
