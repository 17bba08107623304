"""Bodies that are too large are refused by their announced length."""

import pytest
from django.test import Client
from django.test.client import FakePayload
from django.urls import reverse

from common.middleware import page_above

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


def test_a_plain_form_is_refused_before_the_framework_tells_the_log_of_it(client, settings, caplog):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert announced(client, 1001, "application/x-www-form-urlencoded").status_code == 413
    assert announced(client, 1001, "application/json").status_code != 413
    assert not [record for record in caplog.records if record.exc_info]


def test_a_form_with_files_may_be_as_large_as_an_upload(client, settings):
    settings.BODY_MAX_BYTES = 1000
    settings.UPLOAD_MAX_BYTES = 2_000_000
    kind = "multipart/form-data; boundary=x"
    assert announced(client, 10**30, kind).status_code == 413
    assert announced(client, 4_000_000, kind).status_code == 413


@pytest.mark.parametrize(("language", "said"), [("en", "At most 2.0"), ("zh-hans", "一次最多可发送2.0")])
def test_a_page_says_in_the_readers_language_what_is_too_large(client, settings, language, said):
    settings.BODY_MAX_BYTES = 2 * 1024 * 1024
    client.cookies["django_language"] = language
    answer = announced(client, 3_000_000, "text/plain")
    assert answer.status_code == 413
    assert said in " ".join(answer.text.split())
    assert '<main class="empty-state" id="content">' in answer.text
    assert "Content-Security-Policy" in answer.headers


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


# --- what a program is told when no view of the API was reached ----------------------------------------

API = "/api/v1/o/northwind/assessments/"


def told(answer) -> tuple[int, str, str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code
    return answer.status_code, body["code"], body["title"]


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "latin-1"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_a_program_that_sends_another_charset_is_told_so_as_a_program(client, charset, kind):
    answer = client.generic("POST", API, b"name=a", content_type=f"{kind}; charset={charset}")
    assert told(answer)[:2] == (400, "parse_error")


@pytest.mark.parametrize("path", ["9999999999999999999/", "1/nothing/", "x/y/z/"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_path_of_the_api_that_leads_nowhere_is_told_as_a_problem(client, path, method):
    assert told(client.generic(method, API + path)) == (404, "not_found", "Not found.")
    page = client.generic(method, f"/o/northwind/{path}nowhere/")
    assert (page.status_code, "<html" in page.text) == (404, True)


def test_a_host_that_is_not_served_is_told_as_a_problem(client):
    assert told(client.get(API, HTTP_HOST="evil.example"))[:2] == (400, "bad_request")
    assert "<html" in client.get("/accounts/login/", HTTP_HOST="evil.example").text


def test_a_body_that_is_too_large_is_told_as_a_problem(client, settings):
    settings.BODY_MAX_BYTES = 10
    answer = client.post(API, {"items": "long enough"}, content_type="application/json")
    assert told(answer)[:2] == (413, "too_large")


def chunked(client, path):
    return client.request(
        REQUEST_METHOD="POST",
        PATH_INFO=path,
        CONTENT_TYPE="application/json",
        HTTP_TRANSFER_ENCODING="chunked",
        **{"wsgi.input": FakePayload(b'{"name": "A"}')},
    )


def test_a_body_without_its_length_is_refused_instead_of_read_as_empty(client):
    answer = chunked(client, API)
    assert told(answer)[:2] == (411, "length_required")
    assert "Content-Length" in answer.json()["title"]
    page = chunked(client, "/accounts/login/")
    assert (page.status_code, "Content-Length" in page.text) == (411, True)


def test_a_body_in_chunks_that_says_its_length_is_read(client):
    typed = {"login": "a@example.org", "password": "x"}
    assert client.post("/accounts/login/", typed, HTTP_TRANSFER_ENCODING="chunked").status_code == 200


@pytest.mark.parametrize(
    ("path", "above"),
    [
        ("/o/north/decide/3/plan/", "/o/north/decide/3/"),
        ("/o/north/decide/3/milestones/7/", "/o/north/decide/3/"),  # the page between only takes what is sent
        ("/o/north/decide/", ""),
        ("/accounts/login/", ""),
        ("/nothing/like/this/", ""),
    ],
)
def test_the_page_above_an_address_shows_the_object(path, above):
    assert page_above(path) == above
