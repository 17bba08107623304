import io

import pytest
from django.core.management import CommandError, call_command

from accounts import services
from accounts.choices import Role
from accounts.models import AuditEvent, Membership, Organization

pytestmark = pytest.mark.django_db


def create(monkeypatch, password="correct horse battery", **changes):
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
    values = {"name": "Fay Ltd", "slug": "fay", "email": "fay@example.org", "person": "Fay", **changes}
    out = io.StringIO()
    call_command("create_organization", **values, stdout=out)
    return out.getvalue()


def test_it_makes_the_organization_and_its_administrator(monkeypatch):
    assert "/o/fay/" in create(monkeypatch)
    member = Membership.objects.get(organization__slug="fay")
    assert (member.role, member.user.email) == (Role.ADMINISTRATOR, "fay@example.org")
    assert member.user.check_password("correct horse battery")


def test_an_organization_has_the_language_that_it_is_made_with(monkeypatch):
    create(monkeypatch)
    create(monkeypatch, slug="beifeng", email="li@example.org", language="zh-hans")
    assert dict(Organization.objects.values_list("slug", "language")) == {"fay": "en", "beifeng": "zh-hans"}


def test_a_known_person_keeps_the_password(monkeypatch, dora):
    create(monkeypatch, email=dora.user.email)
    assert dora.user.memberships.count() == 2


@pytest.mark.parametrize(
    "changes", [{"slug": "elsewhere"}, {"slug": "no spaces"}, {"email": "nobody"}, {"password": "short"}]
)
def test_bad_input_is_one_line_and_leaves_nothing(monkeypatch, elsewhere, changes):
    with pytest.raises(CommandError) as refusal:
        create(monkeypatch, **changes)
    assert "\n" not in str(refusal.value)
    assert Organization.objects.count() == 1


def promoted(**changes):
    out = io.StringIO()
    call_command("make_administrator", **changes, stdout=out)
    return out.getvalue()


def test_the_operator_makes_an_administrator_where_none_is_left(ada):
    assert promoted(slug="northwind", email=ada.user.email.upper()) == (
        f"Northwind Telecom: administrator {ada.user.email}\n"
    )
    event = AuditEvent.objects.of(ada.organization).get(verb="person.changed")
    assert Membership.objects.get(pk=ada.pk).role == Role.ADMINISTRATOR
    assert (event.actor, event.before["role"], event.after["role"]) == (None, "cx_leader", "administrator")


def test_nobody_of_another_organization_is_made_administrator(ada, dora):
    with pytest.raises(CommandError, match="is no member of an organization northwind"):
        promoted(slug="northwind", email=dora.user.email)
    assert not Membership.objects.filter(role=Role.ADMINISTRATOR).exists()


def test_who_was_removed_is_not_made_administrator(ada, ben):
    services.deactivate_member(by=ada, member=ben)
    with pytest.raises(CommandError, match="no longer has access"):
        promoted(slug="northwind", email=ben.user.email)
    assert Membership.objects.get(pk=ben.pk).role == Role.COALITION_MEMBER


def test_without_a_terminal_it_says_where_the_password_is_read(monkeypatch):
    with pytest.raises(CommandError, match="send it as one line on standard input"):
        create(monkeypatch, password="")
    with pytest.raises(CommandError, match="too short"):
        create(monkeypatch, password="short")
    assert not Organization.objects.exists()
