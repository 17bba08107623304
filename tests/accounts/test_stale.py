"""Two people at once, each with rows read a moment ago: nobody undoes what the other has done."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from accounts import services
from accounts.choices import Role
from accounts.errors import NoAccess, PasswordChanged, RoleTooSmall
from accounts.models import (
    ApiToken,
    AuditEvent,
    BusinessFunction,
    FormReceipt,
    Invitation,
    Membership,
    Organization,
    User,
)
from common.errors import InvalidValues
from tests.factories.accounts import MembershipFactory, OrganizationFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")


def fresh(member):
    return Membership.objects.select_related("organization", "user", "function").get(pk=member.pk)


@pytest.fixture
def paula():
    return MembershipFactory(organization=OrganizationFactory(), role=Role.ADMINISTRATOR, user__name="Paula")


@pytest.fixture
def maya(paula):
    """A CX leader: manages people, and makes no administrators."""
    return MembershipFactory(organization=paula.organization, role=Role.CX_LEADER, user__name="Maya")


@pytest.fixture
def tomas(paula):
    return MembershipFactory(organization=paula.organization, role=Role.CX_LEADER, user__name="Tomas")


def test_who_was_removed_meanwhile_stays_removed(paula, maya, tomas):
    seen = fresh(tomas)
    services.deactivate_member(by=paula, member=tomas)
    with pytest.raises(NoAccess):
        services.change_member(by=maya, member=seen, role=seen.role, function=None, job_title="Head")
    assert not fresh(tomas).is_active
    assert AuditEvent.objects.filter(subject_id=str(tomas.pk)).latest("pk").verb == "person.removed"


def test_a_role_that_was_taken_meanwhile_does_not_come_back_with_a_title(paula, maya):
    boss = MembershipFactory(organization=paula.organization, role=Role.ADMINISTRATOR)
    seen = fresh(boss)
    services.change_member(by=paula, member=boss, role=Role.CONTRIBUTOR, function=None)
    services.change_member(by=maya, member=seen, role=seen.role, function=None, job_title="Head")
    now = fresh(boss)
    assert (now.role, now.job_title) == (Role.CONTRIBUTOR, "Head")
    event = AuditEvent.objects.filter(verb="person.changed").latest("pk")
    assert (event.before["role"], event.after["role"]) == ("contributor", "contributor")


def test_the_rules_are_those_of_the_present_role(paula, maya, tomas):
    """Maya may make Tomas a contributor as she saw him, not as the administrator that he has become."""
    seen = fresh(tomas)
    services.change_member(by=paula, member=tomas, role=Role.ADMINISTRATOR, function=None)
    with pytest.raises(InvalidValues, match="Only an administrator"):
        services.change_member(by=maya, member=seen, role=Role.CONTRIBUTOR, function=None)
    assert fresh(tomas).role == Role.ADMINISTRATOR


def test_who_lost_the_right_meanwhile_changes_nobody(paula, maya, tomas):
    by = fresh(maya)
    services.change_member(by=paula, member=maya, role=Role.CONTRIBUTOR, function=None)
    with pytest.raises(RoleTooSmall):
        services.change_member(by=by, member=tomas, role=Role.AUDITOR, function=None)
    with pytest.raises(RoleTooSmall):
        services.deactivate_member(by=by, member=tomas)
    assert fresh(tomas).role == Role.CX_LEADER
    assert fresh(tomas).is_active


def test_who_was_removed_meanwhile_invites_nobody(paula, maya):
    by = fresh(maya)
    services.deactivate_member(by=paula, member=maya)
    with pytest.raises(NoAccess):
        services.invite_person(by=by, email="ghost@example.org", role=Role.CONTRIBUTOR)
    assert not Invitation.objects.exists()


def test_two_settings_changed_at_once_are_both_kept(paula):
    first, second = fresh(paula), fresh(paula)
    kept = {"name": "Northwind", "currency": "USD", "time_zone": "UTC", "language": "en"}
    Organization.objects.filter(pk=paula.organization_id).update(name="Northwind", discount_rate_pct=8)
    first, second = fresh(paula), fresh(paula)
    services.update_organization(by=first, **kept, discount_rate_pct=Decimal(11), territory="")
    services.update_organization(by=second, **kept, discount_rate_pct=Decimal(8), territory="DE")
    now = Organization.objects.get(pk=paula.organization_id)
    assert (now.discount_rate_pct, now.territory) == (11, "DE")
    event = AuditEvent.objects.filter(verb="organization.changed").latest("pk")
    assert (event.before["discount_rate_pct"], event.after["discount_rate_pct"]) == ("11.00", "11.00")


def test_two_preferences_changed_at_once_are_both_kept(paula):
    first, second = User.objects.get(pk=paula.user_id), User.objects.get(pk=paula.user_id)
    services.set_preferences(user=first, name="Paula", language="zh-hans", theme=first.theme, territory="")
    services.set_preferences(user=second, name="Paola", language="", theme=second.theme, territory="")
    now = User.objects.get(pk=paula.user_id)
    assert (now.name, now.language) == ("Paola", "zh-hans")


def test_a_function_is_renamed_though_its_head_has_left(paula, tomas, api_of):
    place = services.FunctionPlace(head=tomas)
    function = services.save_function(by=paula, name="Service", place=place)
    services.deactivate_member(by=paula, member=tomas)
    address = f"/api/v1/o/{paula.organization.slug}/functions/{function.pk}/"
    answer = api_of(paula).patch(address, {"name": "Service teams"})
    assert answer.status_code == 200, answer.content
    assert BusinessFunction.objects.get(pk=function.pk).name == "Service teams"
    assert (
        api_of(paula).patch(address, {"head": tomas.pk}).status_code == 200
    )  # who stands there may be sent back
    other = services.save_function(by=paula, name="Sales")
    address = f"/api/v1/o/{paula.organization.slug}/functions/{other.pk}/"
    answer = api_of(paula).patch(address, {"head": tomas.pk})
    assert answer.status_code == 422


def test_a_function_that_was_moved_meanwhile_keeps_its_place(paula):
    larger = services.save_function(by=paula, name="Operations")
    function = services.save_function(by=paula, name="Service")
    seen = BusinessFunction.objects.get(pk=function.pk)
    services.save_function(
        by=paula, name="Service", function=function, place=services.FunctionPlace(parent=larger)
    )
    services.save_function(by=paula, name="Care", function=seen, place=services.FunctionPlace())
    now = BusinessFunction.objects.get(pk=function.pk)
    assert (now.name, now.parent) == ("Care", larger)


def test_a_link_sets_one_password(paula):
    first, second = User.objects.get(pk=paula.user_id), User.objects.get(pk=paula.user_id)
    services.reset_password(user=first, password="correct horse battery")
    with pytest.raises(PasswordChanged, match="This link has been used"):
        services.reset_password(user=second, password="another horse battery")
    assert User.objects.get(pk=paula.user_id).check_password("correct horse battery")
    assert AuditEvent.objects.filter(verb="person.password_reset").count() == 1


def test_a_double_click_makes_one_key_and_both_answers_show_it(paula, client_of):
    address = f"/o/{paula.organization.slug}/me/keys/"
    client = client_of(paula)
    sent = {"name": "nightly", "valid_days": "90", "once": "a-random-word-of-one-page"}
    answers = [client.post(address, sent) for _ in "ab"]
    assert [answer.status_code for answer in answers] == [200, 200]
    first, second = (answer.context["secret"] for answer in answers)
    assert first == second
    assert first.startswith("cxp_")
    assert ApiToken.objects.count() == 1
    client.post(address, {**sent, "name": "daily"})  # another key, from a page that was gone back to
    assert ApiToken.objects.count() == 2
    client.post(address, {**sent, "once": "the-word-of-another-page"})
    assert ApiToken.objects.count() == 3


def test_a_double_click_invites_one_person_once_and_both_answers_say_so(paula, client_of):
    client, address = client_of(paula), f"/o/{paula.organization.slug}/settings/people/invite/"
    shown = client.get(address).text
    token = shown.split('name="once" value="')[1].split('"')[0]
    sent = {"email": "lee@example.org", "role": Role.CONTRIBUTOR.value, "once": token}
    answers = [client.post(address, sent) for _click in "ab"]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [
        (302, f"/o/{paula.organization.slug}/settings/people/")
    ] * 2
    assert Invitation.objects.count() == 1
    again = client.post(address, {**sent, "once": "the-word-of-another-page"})
    assert (again.status_code, Invitation.objects.count()) == (422, 1)


def test_a_page_that_is_saved_after_another_keeps_what_it_left_as_it_was(paula, maya, tomas, client_of):
    """Maya opens the page, Paula takes the role, Maya saves a title alone."""
    address = f"/o/{paula.organization.slug}/settings/people/{tomas.pk}/"
    page = client_of(maya).get(address)
    seen = page.text.split('name="seen" value="')[1].split('"')[0]
    services.change_member(by=paula, member=tomas, role=Role.CONTRIBUTOR, function=None)
    sent = {"role": Role.CX_LEADER.value, "function": "", "job_title": "Head", "seen": seen}
    assert client_of(maya).post(address, sent).status_code == 302
    now = fresh(tomas)
    assert (now.role, now.job_title) == (Role.CONTRIBUTOR, "Head")
    refused = client_of(maya).post(address, {**sent, "role": Role.AUDITOR.value})
    assert refused.status_code == 422
    assert "Paula changed" in refused.text or "Maya changed" in refused.text
    assert "Stored now: Contributor" in refused.text
    renewed = refused.text.split('name="seen" value="')[1].split('"')[0]
    assert (
        client_of(maya).post(address, {**sent, "role": Role.AUDITOR.value, "seen": renewed}).status_code
        == 302
    )
    assert fresh(tomas).role == Role.AUDITOR


def test_receipts_go_after_a_day(paula):
    now = timezone.now()
    for number, age in enumerate((timedelta(hours=23), timedelta(hours=25))):
        FormReceipt.objects.create(
            organization=paula.organization, digest=str(number), location="/", created_at=now - age
        )
    services.forget_letters(now=now)
    assert [receipt.digest for receipt in FormReceipt.objects.all()] == ["0"]


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_removing_and_changing_at_the_same_instant_leaves_the_person_removed(paula, maya, tomas):
    at_once(
        lambda: services.deactivate_member(by=fresh(paula), member=fresh(tomas)),
        lambda: services.change_member(
            by=fresh(maya), member=fresh(tomas), role=Role.CX_LEADER, function=None, job_title="Head"
        ),
    )
    assert not fresh(tomas).is_active


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_one_link_at_the_same_instant_sets_one_password(paula):
    people = [User.objects.get(pk=paula.user_id) for _ in range(4)]
    results = at_once(
        *[
            lambda user=user, number=number: services.reset_password(
                user=user, password=f"correct horse battery {number}"
            )
            for number, user in enumerate(people)
        ]
    )
    assert [isinstance(found, PasswordChanged) for found in results].count(True) == 3
    assert AuditEvent.objects.filter(verb="person.password_reset").count() == 1
