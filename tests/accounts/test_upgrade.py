"""What an older database brings along: who is trusted, who is tied to whom, who stays signed in."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore as OldStore
from django.contrib.sessions.models import Session as OldSession
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.choices import Role
from accounts.models import Invitation, Membership, Session
from accounts.selectors import are_independent, needs_confirmation
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db
migration = import_module("accounts.migrations.0005_known_people_carry_over")


def test_finance_reviewers_of_before_go_on_signing(ada, ben):
    fin = MembershipFactory(organization=ada.organization, role=Role.FINANCE_REVIEWER)
    MembershipFactory(organization=ada.organization, role=Role.ADMINISTRATOR)
    assert needs_confirmation(fin)
    migration.carry_over(apps, None)
    assert not needs_confirmation(Membership.objects.get(pk=fin.pk))
    assert Membership.objects.get(pk=ben.pk).confirmed_at is None


def test_who_accepted_an_invitation_is_found_by_the_address(ada):
    _invitation, secret = services.invite_person(by=ada, email="Fin@example.org", role=Role.AUDITOR)
    fin = services.accept_invitation(secret=secret, user=None, name="F", password="correct horse battery")
    Invitation.objects.update(accepted_by=None)
    Membership.objects.update(role_given_by=None)
    fin, ada = Membership.objects.get(pk=fin.pk), Membership.objects.get(pk=ada.pk)
    assert are_independent(ada, fin)
    migration.carry_over(apps, None)
    assert not are_independent(ada, fin)


@pytest.mark.parametrize(
    ("inviter", "is_active", "invited_as", "stays"),
    [
        (Role.ADMINISTRATOR, True, Role.ADMINISTRATOR, True),
        (Role.CX_LEADER, True, Role.AUDITOR, True),
        (Role.CX_LEADER, True, Role.ADMINISTRATOR, False),
        (Role.EXECUTIVE, True, Role.AUDITOR, False),
        (Role.ADMINISTRATOR, False, Role.AUDITOR, False),
    ],
)
def test_what_people_left_behind_is_revoked(organization, inviter, is_active, invited_as, stays):
    by = MembershipFactory(organization=organization, role=Role.ADMINISTRATOR)
    invitation, _secret = services.invite_person(by=by, email="new@example.org", role=invited_as)
    Membership.objects.filter(pk=by.pk).update(role=inviter, is_active=is_active)
    migration.carry_over(apps, None)
    invitation.refresh_from_db()
    assert (invitation.revoked_at is None) is stays


def test_people_stay_signed_in(ada):
    store = OldStore()
    store["_auth_user_id"] = str(ada.user_id)
    store["_auth_user_backend"] = "allauth.account.auth_backends.AuthenticationBackend"
    store["_auth_user_hash"] = ada.user.get_session_auth_hash()
    store.create()
    OldSession.objects.create(
        session_key="stale", session_data="?", expire_date=timezone.now() - timedelta(days=1)
    )
    migration.move_sessions(apps, None)
    assert Session.objects.get().user == ada.user
    assert not OldSession.objects.exists()
    client = Client()
    client.cookies["sessionid"] = store.session_key
    assert client.get(reverse("home", args=["northwind"])).status_code == 200
    assert (
        "signed in before this list existed"
        in client.get(reverse("accounts:sessions", args=["northwind"])).text
    )
