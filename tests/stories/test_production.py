"""Production as it ships: both services, hashed files, TLS in front; from the first sign-in to a document."""

import os
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPMessage
from pathlib import Path

import pikepdf
import pytest
from playwright.sync_api import Page, Response, expect

from tests.stories.conftest import DESKTOP, PASSWORD
from tests.stories.production import Production, both_services, production
from tests.stories.test_assess import answer_everything

PATIENCE_MS = 120_000
ADMINISTRATOR, LEADER = "paula@northwind.example", "lena@northwind.example"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Production]:
    database, redis = os.environ.get("CXPROGRAM_DATABASE_URL"), os.environ.get("CXPROGRAM_REDIS_URL")
    if not database or not redis:
        pytest.skip("production needs PostgreSQL and Redis; it runs in their part of the suite")
    with production(tmp_path, database, redis) as prepared:
        yield prepared


def window_on(place: Production, browser, watch, seen: list[Response]) -> Page:
    context = browser.new_context(
        base_url=place.url,
        ignore_https_errors=True,
        viewport=DESKTOP,
        reduced_motion="reduce",
        locale="en-GB",
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    watch.follow(page)
    page.on("response", lambda answer: seen.append(answer))
    return page


def sign_in(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.locator("#id_login").fill(email)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("form[method=post] button.btn-primary").click()
    page.wait_for_url("**/o/northwind/**")


def answer_of_plain_http(place: Production) -> tuple[int, HTTPMessage]:
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_args, **_kwargs):
            return None

    request = urllib.request.Request(f"http://127.0.0.1:{place.port_behind}/verify/")
    request.add_header("Host", "localhost")
    try:
        with urllib.request.build_opener(Stay).open(request, timeout=30) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, answer.headers


def test_both_services_serve_a_first_day_from_the_invitation_to_a_document(place, browser, watch, tmp_path):
    """The steps of docs/operations/install.md, then what the first two people do."""
    place.manage("migrate", "--no-input", "--verbosity", "0")
    place.manage("load_frameworks")
    place.manage(
        *("create_organization", "--name", "Northwind", "--slug", "northwind", "--currency", "EUR"),
        *("--time-zone", "Europe/Paris", "--email", ADMINISTRATOR, "--person", "Paula Weiss"),
        typed=f"{PASSWORD}\n",
    )
    with both_services(place):
        seen: list[Response] = []
        page = window_on(place, browser, watch, seen)
        sign_in(page, ADMINISTRATOR)
        page.goto("/o/northwind/settings/people/invite/")
        page.locator("#id_email").fill(LEADER)
        page.locator("#id_role").select_option("cx_leader")
        page.locator("main form[method=post] button.btn-primary").click()
        letter = place.mailbox.wait_for(LEADER).get_body(("plain",)).get_content()
        link = re.search(rf"{re.escape(place.url)}/join/\S+", letter)
        assert link, letter

        page = window_on(place, browser, watch, seen)
        page.goto(link[0])
        page.locator("#id_name").fill("Lena Lindqvist")
        for field in page.locator("input[type=password]").all():
            field.fill(PASSWORD)
        page.locator("form[method=post] button.btn-primary").click()
        page.wait_for_url("**/o/northwind/**")
        cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
        assert cookies["sessionid"]["secure"]
        assert cookies["sessionid"]["httpOnly"]

        page.goto("/o/northwind/assess/")
        page.locator("form[action$='/quick-check/'] button").first.click()
        answer_everything(page, level=2)
        page.locator("form[action$='/submit/'] button").click()
        page.wait_for_url("**/result/")
        expect(page.locator("[data-chart-drawing] svg").first).to_be_visible()
        page.locator("form[action$='/reports/new/'] button").first.click()
        page.wait_for_url(re.compile(r"/reports/\d+/"))
        with page.expect_download(timeout=PATIENCE_MS) as download:  # the worker makes it, the page waits
            page.locator("a[href$='/download/']").first.click()
        download.value.save_as(tmp_path / "report.pdf")
        with pikepdf.open(tmp_path / "report.pdf") as document:
            assert "Northwind" in str(document.docinfo.Author) + str(document.docinfo.Title)
            assert len(document.pages) > 1

        assert files_that_are_not_kept_for_ever(seen) == []
        assert pages_that_are_not_compressed(seen) == []
        status, headers = answer_of_plain_http(place)
        assert (status, headers["Location"]) == (301, "https://localhost/verify/")
    assert "Traceback" not in place.said(), place.said()
    assert "ERROR" not in place.said(), place.said()
    assert not watch.complaints, "\n".join(watch.complaints)


def files_that_are_not_kept_for_ever(seen: list[Response]) -> list[str]:
    """Static files without a hash in the name, without the word immutable, or sent as they are."""
    files = {answer.url: answer.headers for answer in seen if "/static/" in answer.url}
    assert len(files) > 10
    return [
        url
        for url, headers in files.items()
        if not re.search(r"\.[0-9a-f]{12}\.\w+$", url)
        or "immutable" not in headers.get("cache-control", "")
        or (url.endswith((".css", ".js")) and headers.get("content-encoding") not in {"br", "gzip"})
    ]


def pages_that_are_not_compressed(seen: list[Response]) -> list[str]:
    return [
        answer.url
        for answer in seen
        if answer.status == 200
        and answer.headers.get("content-type", "").startswith("text/html")
        and int(answer.headers.get("content-length", 0)) > 300
        and answer.headers.get("content-encoding") != "gzip"
    ]
