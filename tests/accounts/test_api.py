import pytest
from django.urls import reverse

from accounts import services
from accounts.choices import Role
from accounts.models import Membership

pytestmark = pytest.mark.django_db


def test_a_reading_key_cannot_write(ada, client):
    _token, secret = services.create_api_token(member=ada, name="reader")
    response = client.post(
        reverse("api:function-list", args=["northwind"]),
        {"name": "Service"},
        headers={"Authorization": f"Bearer {secret}"},
    )
    assert response.status_code == 403
    assert response["Content-Type"].startswith("application/problem+json")


def test_a_key_opens_no_other_organization(ada, dora, client):
    Membership.objects.create(organization=dora.organization, user=ada.user, role=Role.CX_LEADER)
    _token, secret = services.create_api_token(member=ada, name="reader")
    response = client.get(
        reverse("api:organization", args=["elsewhere"]), headers={"Authorization": f"Bearer {secret}"}
    )
    assert response.status_code == 404


@pytest.mark.parametrize("end", ["revoked", "deactivated", "made up"])
def test_a_dead_key_is_refused(ada, ben, client, end):
    token, secret = services.create_api_token(member=ben, name="reader")
    if end == "revoked":
        services.revoke_api_token(by=ben, token=token)
    elif end == "deactivated":
        services.deactivate_member(by=ada, member=ben)
    else:
        secret = "cxp_nothing"
    response = client.get(
        reverse("api:organization", args=["northwind"]), headers={"Authorization": f"Bearer {secret}"}
    )
    assert response.status_code == 401


def test_refusals_are_problem_details_with_a_stable_code(ada, api_of):
    api = api_of(ada)
    path = reverse("api:function-list", args=["northwind"])
    assert api.post(path, {"name": "Service"}).status_code == 201
    response = api.post(path, {"name": "Service"})
    body = response.json()
    assert (response.status_code, body["status"], body["code"]) == (422, 422, "invalid_values")
    assert body["type"] == "urn:cxprogram:invalid_values"
    assert "name" in body["errors"]


def test_members_and_settings_by_api(ada, ben, api_of):
    api = api_of(ada)
    detail = reverse("api:member-detail", args=["northwind", ben.pk])
    assert api.patch(detail, {"role": Role.EXECUTIVE}).json()["role"] == Role.EXECUTIVE
    assert api.delete(detail).status_code == 204
    organization = reverse("api:organization", args=["northwind"])
    assert api.patch(organization, {"currency": "GBP"}).json()["currency"] == "GBP"
    assert api.get(reverse("api:trail-list", args=["northwind"])).json()["count"] >= 3


def test_an_invitation_by_api_sends_the_mail(ada, api_of, mailoutbox, django_capture_on_commit_callbacks):
    path = reverse("api:invitation-list", args=["northwind"])
    with django_capture_on_commit_callbacks(execute=True):
        created = api_of(ada).post(path, {"email": "new@example.org", "role": Role.CONTRIBUTOR})
    assert created.status_code == 201
    assert len(mailoutbox) == 1
    assert api_of(ada).delete(f"{path}{created.json()['id']}/").status_code == 204


@pytest.mark.parametrize(
    "wrong",
    [
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../../etc/passwd"},
        {"language": "../../x"},
        {"discount_rate_pct": "-40"},
    ],
)
def test_settings_by_api_take_no_more_than_the_form(ada, organization, api_of, wrong):
    response = api_of(ada).patch(reverse("api:organization", args=["northwind"]), wrong)
    assert response.status_code == 422
    assert set(response.json()["errors"]) == set(wrong)
    (name,) = wrong
    before = getattr(organization, name)
    organization.refresh_from_db()
    assert getattr(organization, name) == before


@pytest.mark.parametrize(
    ("changed", "value"), [("is_active", False), ("email", "other@northwind.example"), ("name", "Somebody")]
)
def test_what_a_member_only_reads_is_refused_by_name_when_it_is_changed(ada, ben, api_of, changed, value):
    api, detail = api_of(ada), reverse("api:member-detail", args=["northwind", ben.pk])
    answer = api.patch(detail, {changed: value, "job_title": "Clerk"}, format="json")
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {changed}
    ben.refresh_from_db()
    assert (ben.is_active, ben.job_title) == (True, "")


def test_the_word_of_an_organization_in_addresses_is_not_changed_without_a_word(ada, api_of):
    address = reverse("api:organization", args=["northwind"])
    answer = api_of(ada).patch(address, {"slug": "southwind"}, format="json")
    assert (answer.status_code, set(answer.json()["errors"])) == (422, {"slug"})


def test_what_was_read_may_be_sent_back_whole(ada, ben, api_of):
    api, detail = api_of(ada), reverse("api:member-detail", args=["northwind", ben.pk])
    read = api.get(detail).json()
    answer = api.patch(detail, {**read, "job_title": "Clerk"}, format="json")
    assert answer.status_code == 200
    assert answer.json() == {**read, "job_title": "Clerk"}


def test_a_new_row_is_not_given_what_the_server_gives(ada, api_of):
    api, address = api_of(ada), reverse("api:function-list", args=["northwind"])
    assert set(api.post(address, {"name": "Service", "key": "mine"}).json()["errors"]) == {"key"}
    assert api.post(address, {"name": "Service"}).status_code == 201
