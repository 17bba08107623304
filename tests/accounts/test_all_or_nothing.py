"""Each use case of the room that breaks off at its last statement leaves nothing behind."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.utils import timezone

from accounts import services
from accounts.choices import Role, SecurityChange
from accounts.importers import PersonLine
from accounts.models import ApiToken, Invitation, Membership, Organization, Session, User
from tests.factories import BusinessFunctionFactory, MembershipFactory
from tests.factories.accounts import EventDeliveryFactory, LetterFactory
from tests.interruption import left_behind

pytestmark = pytest.mark.django_db
PASSWORD = "quiet lamp under snow"


@pytest.fixture
def boss(organization) -> Membership:
    return MembershipFactory(organization=organization, role=Role.ADMINISTRATOR)


@pytest.fixture
def mia(boss, elsewhere) -> Membership:
    """Somebody with a session and a key in each of two organizations."""
    member = MembershipFactory(organization=boss.organization, role=Role.COALITION_MEMBER)
    for place in (member, MembershipFactory(organization=elsewhere, user=member.user, role=Role.AUDITOR)):
        services.create_api_token(member=place, name="nightly")
    for key in ("a" * 32, "b" * 32):
        Session.objects.create(
            session_key=key, session_data="", expire_date=timezone.now() + timedelta(days=1), user=member.user
        )
    return member


def invited(boss) -> tuple[Invitation, str]:
    return services.invite_person(by=boss, email="new@example.org", role=Role.AUDITOR)


def settings_of(organization) -> dict[str, object]:
    return {
        "name": "New name",
        "currency": organization.currency,
        "time_zone": "Asia/Tokyo",
        "language": "en",
        "discount_rate_pct": Decimal(5),
    }


def founded(boss):
    return services.create_organization(name="Fay Ltd", slug="fay", founder=boss.user)


def gone(mia, boss) -> User:
    Membership.objects.filter(user=mia.user).update(is_active=False)
    return mia.user


def reviewer(boss) -> Membership:
    other = MembershipFactory(organization=boss.organization, role=Role.ADMINISTRATOR)
    return MembershipFactory(organization=boss.organization, role=Role.FINANCE_REVIEWER, role_given_by=other)


def lines(*emails) -> list[PersonLine]:
    return [PersonLine(line=number, email=email) for number, email in enumerate(emails, 1)]


# What breaks off (and at which call), and the use case: made from an administrator and from Mia.
BROKEN = {
    "inviting somebody": ("invitations.record_event", 1, lambda boss, mia: partial(invited, boss)),
    "inviting a list": (
        "invitations.record_event",
        2,
        lambda boss, mia: partial(services.invite_people, by=boss, lines=lines("a@x.org", "b@x.org")),
    ),
    "sending an invitation again": (
        "invitations.record_event",
        1,
        lambda boss, mia: partial(services.resend_invitation, by=boss, invitation=invited(boss)[0]),
    ),
    "withdrawing an invitation": (
        "invitations.record_event",
        1,
        lambda boss, mia: partial(services.revoke_invitation, by=boss, invitation=invited(boss)[0]),
    ),
    "joining by an invitation": (
        "invitations.record_event",
        1,
        lambda boss, mia: partial(
            services.accept_invitation, secret=invited(boss)[1], user=None, name="Nia", password=PASSWORD
        ),
    ),
    "making a key": (
        "tokens.send_security_notice",
        1,
        lambda boss, mia: partial(services.create_api_token, member=mia, name="weekly"),
    ),
    "revoking a key": (
        "tokens.send_security_notice",
        1,
        lambda boss, mia: partial(services.revoke_api_token, by=mia, token=ApiToken.objects.get(member=mia)),
    ),
    "revoking all keys of a member": (
        "tokens.send_security_notice",
        1,
        lambda boss, mia: partial(services.revoke_all_api_tokens, member=mia),
    ),
    "revoking all keys of a person": (
        "tokens.record_event",
        2,
        lambda boss, mia: partial(services.revoke_keys_of_person, user=mia.user),
    ),
    "changing a password": (
        "security.send_security_notice",
        1,
        lambda boss, mia: partial(
            services.change_password, user=mia.user, password=PASSWORD, revokes_keys=True
        ),
    ),
    "resetting a password": (
        "security.send_security_notice",
        1,
        lambda boss, mia: partial(services.reset_password, user=mia.user, password=PASSWORD),
    ),
    "ending a session": (
        "security.record_event_of_person",
        1,
        lambda boss, mia: partial(services.end_session, user=mia.user, session=mia.user.sessions.first()),
    ),
    "ending other sessions": (
        "security.send_security_notice",
        1,
        lambda boss, mia: partial(services.end_other_sessions, user=mia.user, but="a" * 32),
    ),
    "recording a second factor": (
        "security.send_security_notice",
        1,
        lambda boss, mia: partial(
            services.record_second_factor, user=mia.user, change=SecurityChange.SECOND_FACTOR_ON
        ),
    ),
    "what concerns a person in two organizations": (
        "trail.record_event",
        2,
        lambda boss, mia: partial(services.record_event_of_person, user=mia.user, verb="person.signed_in"),
    ),
    "founding an organization": ("organizations.record_event", 1, lambda boss, mia: partial(founded, boss)),
    "changing settings": (
        "organizations.emit",
        1,
        lambda boss, mia: partial(services.update_organization, by=boss, **settings_of(boss.organization)),
    ),
    "saving a function": (
        "functions.record_event",
        1,
        lambda boss, mia: partial(services.save_function, by=boss, name="Care"),
    ),
    "changing a role": (
        "people.emit",
        1,
        lambda boss, mia: partial(
            services.change_member, by=boss, member=mia, role=Role.AUDITOR, function=None
        ),
    ),
    "confirming a reviewer": (
        "people.record_event",
        1,
        lambda boss, mia: partial(services.confirm_member, by=boss, member=reviewer(boss)),
    ),
    "removing somebody": (
        "people.emit",
        1,
        lambda boss, mia: partial(services.deactivate_member, by=boss, member=mia),
    ),
    "setting preferences": (
        "people.record_event_of_person",
        1,
        lambda boss, mia: partial(
            services.set_preferences, user=mia.user, name="Mia Berg", language="", theme="dark"
        ),
    ),
    "erasing a person": (
        "erasure.record_event",
        1,
        lambda boss, mia: partial(services.erase_person, user=gone(mia, boss), by_name="Ada", reason="asked"),
    ),
    "sending a letter again": (
        "letters.record_event",
        1,
        lambda boss, mia: partial(services.send_again, by=boss, letter=LetterFactory()),
    ),
    "writing a letter": (
        "letters.enqueue",
        1,
        lambda boss, mia: partial(
            services.post, sender="a@x.org", recipient="b@x.org", subject="x", body="x"
        ),
    ),
    "trying an event again": (
        "events.record_event",
        1,
        lambda boss, mia: partial(
            services.try_again, by=boss, delivery=EventDeliveryFactory(event__organization=boss.organization)
        ),
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_breaks_off_leaves_nothing_behind(boss, mia, monkeypatch, name):
    last, at, prepare = BROKEN[name]
    use_case = prepare(boss, mia)
    assert left_behind(monkeypatch, f"accounts.services.{last}", use_case, "accounts", at=at) == []


def test_an_organization_that_is_deleted_halfway_is_still_whole(boss, monkeypatch):
    BusinessFunctionFactory(organization=boss.organization)
    changed = left_behind(
        monkeypatch,
        "accounts.services.erasure._files_of",
        lambda: services.delete_organization(
            organization=boss.organization, by_name="Ada", reason="contract ended"
        ),
        "accounts",
        at=4,
    )
    assert changed == []
    assert Organization.objects.filter(pk=boss.organization.pk).exists()
