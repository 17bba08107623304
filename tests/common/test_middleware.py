"""Bodies that are too large are refused by their announced length."""

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


def announced(client, length: int, content_type: str):
    return client.generic(
        "POST",
        reverse("verify_code", args=["NOTHING"]),
        b"x",
        content_type=content_type,
        CONTENT_LENGTH=str(length),
    )


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "application/x-www-form-urlencoded"]
)
def test_a_body_without_files_has_a_limit_of_its_own(client, settings, content_type):
    settings.BODY_MAX_BYTES = 1000
    assert announced(client, 1001, content_type).status_code == 413
    address = reverse("verify_code", args=["NOTHING"])
    assert client.generic("POST", address, b"x" * 1000, content_type=content_type).status_code == 404


def test_a_form_with_files_may_be_as_large_as_an_upload(client, settings):
    settings.BODY_MAX_BYTES = 1000
    settings.UPLOAD_MAX_BYTES = 2_000_000
    kind = "multipart/form-data; boundary=x"
    assert announced(client, 10**30, kind).status_code == 413
    assert announced(client, 4_000_000, kind).status_code == 413


def test_the_refusal_comes_before_sign_in_and_database(client, settings, django_assert_num_queries):
    settings.BODY_MAX_BYTES = 10
    with django_assert_num_queries(0):
        response = client.post(
            "/api/v1/o/northwind/feedback/", {"items": "long enough"}, content_type="application/json"
        )
    assert response.status_code == 413


@pytest.mark.django_db
@pytest.mark.parametrize("charset", ["utf8", "utf-16", "utf-32", "latin-1", "rot13", "hex", "idna"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_a_form_in_another_charset_is_refused_with_a_page(charset, kind):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.get("/accounts/login/")
    answer = client.generic("POST", "/accounts/login/", b"login=a", content_type=f"{kind}; charset={charset}")
    assert answer.status_code == 400
    assert b"<html" in answer.content


@pytest.mark.django_db
@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", "x-nobody-knows-it"])
def test_a_form_in_utf_8_is_read(client, charset):
    kind = f"application/x-www-form-urlencoded; charset={charset}"
    answer = client.generic("POST", "/accounts/login/", b"login=a", content_type=kind)
    assert answer.status_code in (200, 422)
