import re
from datetime import UTC, datetime

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.choices import Role
from accounts.models import AuditEvent, Invitation, Membership

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"accounts:{name}", args=["northwind", *args])


def test_an_invitation_goes_out_with_a_link_that_works(
    ada, client_of, client, django_capture_on_commit_callbacks, settings
):
    with django_capture_on_commit_callbacks(execute=True):
        response = client_of(ada).post(url("invite"), {"email": "new@example.org", "role": Role.EXECUTIVE})
    assert response.status_code == 302
    message = mail.outbox[0]
    assert message.to == ["new@example.org"]
    assert "Northwind Telecom" in message.subject
    link = re.search(r"https?://\S+", message.body).group(0)
    path = link.removeprefix(settings.SITE_URL)
    assert client.get(path).status_code == 200
    joined = client.post(path, {"name": "Nia", "password": "correct horse battery"})
    assert joined.status_code == 302
    assert Membership.objects.filter(user__email="new@example.org", role=Role.EXECUTIVE).exists()


def test_times_are_those_of_the_organization_and_no_later_request_inherits_them(ada, client_of, client):
    ada.organization.time_zone = "Asia/Shanghai"
    ada.organization.save()
    late = datetime(2026, 3, 14, 23, 30, tzinfo=UTC)
    AuditEvent.objects.create(
        organization=ada.organization, at=late, verb="a.b", subject="c", subject_type="d"
    )
    assert "15 Mar 2026, 07:30" in client_of(ada).get(url("trail")).text
    assert timezone.get_current_timezone_name() == "UTC"


def test_what_was_typed_survives_a_refusal(ada, ben, client_of):
    response = client_of(ada).post(url("invite"), {"email": ben.user.email, "role": Role.AUDITOR})
    assert response.status_code == 422
    page = response.content.decode()
    assert ben.user.email in page
    assert "already a member" in page


def test_a_weak_password_is_refused_and_the_name_kept(ada, client):
    _invitation, secret = services.invite_person(by=ada, email="new@example.org", role=Role.CONTRIBUTOR)
    response = client.post(reverse("join", args=[secret]), {"name": "Nia Okafor", "password": "short"})
    assert response.status_code == 422
    assert "Nia Okafor" in response.content.decode()
    assert Invitation.objects.get().accepted_at is None


@pytest.mark.parametrize("password", ["niaokafor12", "nia.okafor@x", "OKAFORNIA-1"])
def test_a_password_like_the_own_name_or_address_is_refused(ada, client, password):
    email = "nia.okafor@example.org"
    _invitation, secret = services.invite_person(by=ada, email=email, role=Role.CONTRIBUTOR)
    response = client.post(reverse("join", args=[secret]), {"name": "Nia Okafor", "password": password})
    assert response.status_code == 422
    assert "too similar" in response.content.decode()


def test_a_dead_link_says_so(client):
    response = client.get(reverse("join", args=["nothing"]))
    assert response.status_code == 410
    assert "no longer works" in response.content.decode()


def test_a_name_with_markup_is_shown_as_text(ada, client_of):
    services.set_preferences(user=ada.user, name="<script>alert(1)</script>", language="", theme="auto")
    page = client_of(ada).get(url("people")).content.decode()
    assert "<script>alert(1)</script>" not in page
    assert "&lt;script&gt;" in page


def test_the_last_manager_cannot_lock_everybody_out(ada, client_of):
    response = client_of(ada).post(url("member_deactivate", ada.pk))
    assert response.status_code == 409
    assert Membership.objects.get(pk=ada.pk).is_active


def test_a_key_is_shown_once_and_works(ada, client_of, client):
    page = client_of(ada).post(url("tokens"), {"name": "import"}).content.decode()
    secret = re.search(r"cxp_[\w-]+", page).group(0)
    api = reverse("api:organization", args=["northwind"])
    answer = client.get(api, headers={"Authorization": f"Bearer {secret}"})
    assert answer.json()["name"] == "Northwind Telecom"
    assert secret not in client_of(ada).get(url("tokens")).content.decode()


def test_preferences_change_the_language(ada, client_of):
    client = client_of(ada)
    client.post(url("preferences"), {"name": "Ada", "language": "zh-hans", "theme": "dark"})
    page = client.get(url("preferences")).content.decode()
    assert '<html lang="zh-hans"' in page
    assert 'data-theme="dark"' in page


def test_people_page_needs_the_same_queries_for_any_number_of_people(
    ada, client_of, django_assert_max_num_queries
):
    from tests.factories import MembershipFactory

    MembershipFactory.create_batch(30, organization=ada.organization)
    client = client_of(ada)
    with django_assert_max_num_queries(12):
        client.get(url("people"))


def test_people_who_lost_their_access_are_counted_apart(ada, ben, cleo, client_of):
    before = client_of(ada).get(url("people")).text
    assert "3 people in Northwind Telecom." in before
    assert "no longer" not in before
    ben.is_active = False
    ben.save()
    after = client_of(ada).get(url("people")).text
    assert "2 people in Northwind Telecom." in after
    assert "1 more no longer has access." in after


def test_a_line_break_in_ones_own_name_does_not_stop_the_invitation(
    client_of, ada, mailoutbox, django_capture_on_commit_callbacks
):
    ada.user.name = "Ada\r\nBcc: somebody@example.org"  # as an older version stored it
    ada.user.save()
    with django_capture_on_commit_callbacks(execute=True):
        answer = client_of(ada).post(
            "/o/northwind/settings/people/invite/", {"email": "new@example.org", "role": "auditor"}
        )
    assert answer.status_code == 302
    (letter,) = mailoutbox
    assert letter.subject.startswith("Ada Bcc: somebody@example.org invites you")
    assert letter.recipients() == ["new@example.org"]
