"""An employee survey in production as it ships: letter, link and answer; a slip on a phone; a shared screen.

What the browser sends is read from its own record of the network: nothing in a request that carries an answer
says whose it is.
"""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from playwright.sync_api import Page, Request, expect

from tests.stories.conftest import DESKTOP, PASSWORD, PHONE
from tests.stories.production import PATIENCE_SECONDS, Production, both_services
from tests.stories.test_production import PATIENCE_MS, place, sign_in  # noqa: F401 - a fixture

ADMINISTRATOR = "paula@northwind.example"
SLIPS_LIE = "At the depot's desk"
MOST_BYTES = 60_000
# What every browser sends, whoever sits before it.
HEADERS_OF_ANYBODY = re.compile(
    r"(:.*|host|connection|accept(-encoding|-language)?|user-agent|content-(length|type)|origin|pragma"
    r"|cache-control|priority|sec-.*)"
)
SET_UP = """
from datetime import timedelta
from accounts.models import Membership
from accounts.services import save_branding, save_function
from employee_voice import services
from employee_voice.importers import ListedPerson
from employee_voice.models import WaveFunction
by = Membership.objects.get(user__email="paula@northwind.example")
save_function(by=by, name="Depot")
logo = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30"><rect width="80" height="30"/></svg>'
save_branding(by=by, accent="#7a1f5c", logo=logo.encode())
survey = services.make_survey(by=by, title="Depots and desks", bank="employee-voice")
today = by.organization.clock.today()
last = today + timedelta(days=9)
plan = services.WavePlan(opens_on=today, closes_on=last, slip_place="At the depot's desk")
wave = services.plan_wave(by=by, survey=survey, plan=plan)
lines = [ListedPerson(line=0, email=f"p{n}@northwind.example", function="Depot") for n in range(4)]
services.take_people(by=by, wave=wave, lines=lines)
services.plan_slips(by=by, wave=wave, counts={WaveFunction.objects.get(wave=wave).pk: 6})
services.start_opening(by=by, wave=wave)
print("wave", wave.public_id)
"""
PRINT = """
from accounts.models import Membership
from employee_voice import services
from employee_voice.models import Wave
by, wave = Membership.objects.get(user__email="paula@northwind.example"), Wave.objects.get()
print("codes", *services.print_slips(by=by, wave=wave, group=wave.groups.get()))
"""
CLOSE = """
from employee_voice import services
from employee_voice.models import Wave
services.start_closing(wave=Wave.objects.get())
"""


@pytest.fixture
def open_on(place, browser, watch) -> Iterator:  # noqa: F811
    contexts = []

    def make(**options) -> Page:
        options = {"viewport": DESKTOP, "reduced_motion": "reduce", "locale": "en-GB", **options}
        context = browser.new_context(base_url=place.url, ignore_https_errors=True, **options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        watch.follow(page)
        return page

    yield make
    for context in contexts:
        context.close()
    assert not watch.complaints, "\n".join(watch.complaints)


def said(place: Production, code: str, word: str) -> list[str]:  # noqa: F811
    printed = place.manage("shell", "--no-imports", "-c", code)
    return next(line.split()[1:] for line in printed.splitlines() if line.startswith(f"{word} "))


def answer(page: Page, step: int) -> None:
    """Each scale answered by its `step`th field, section by section, then sent."""
    while True:
        section = page.locator("[data-step]:visible")
        expect(section).to_have_count(1)
        for group in section.locator("[data-question]:visible").filter(has=page.locator("input")).all():
            group.locator("input").nth(step).check()
        onward = section.locator("[data-next]")
        if not onward.count():
            section.locator("button.q-primary").click()
            return
        onward.click()


def until(place: Production, query: str, wanted: object) -> None:  # noqa: F811
    with psycopg.connect(place.environment["CXPROGRAM_DATABASE_URL"], autocommit=True) as database:
        end = time.monotonic() + PATIENCE_SECONDS
        while (found := database.execute(query).fetchone()[0]) != wanted:
            assert time.monotonic() < end, f"{query}: {found}\n{place.said()}"
            time.sleep(0.3)


def test_a_survey_from_its_letter_to_counted_answers_in_production(place, open_on, watch):  # noqa: F811
    place.manage("migrate", "--no-input", "--verbosity", "0")
    place.manage(
        *("create_organization", "--name", "Northwind", "--slug", "northwind", "--currency", "EUR"),
        *("--time-zone", "Europe/Paris", "--email", ADMINISTRATOR, "--person", "Paula Weiss"),
        typed=f"{PASSWORD}\n",
    )
    with both_services(place):
        [wave] = said(place, SET_UP, "wave")
        letter = place.mailbox.wait_for("p1@northwind.example").get_body(("plain",)).get_content()
        assert SLIPS_LIE in letter
        link = re.search(rf"{re.escape(place.url)}/e/\S+", letter)[0]
        codes = said(place, PRINT, "codes")
        _answer_by_link(open_on(), link)
        _a_link_that_was_used(open_on(), link, watch)
        _answer_by_slip_on_a_phone(open_on(viewport=PHONE, has_touch=True, is_mobile=True), wave, codes[0])
        _without_scripts(open_on(java_script_enabled=False), link, wave, codes[1])
        _a_shared_screen_forgets(open_on(), wave, codes[2])
        until(place, "SELECT count(*) FROM employee_voice_sealedanswer", 3)
        place.manage("shell", "--no-imports", "-c", CLOSE)
        until(place, "SELECT state FROM employee_voice_wave WHERE number = 1", "closed")
        until(place, "SELECT count(*) FROM employee_voice_answer", 3)
        until(place, "SELECT count(*) FROM employee_voice_answer WHERE scores->>'tools-have' = '5'", 1)
        until(place, "SELECT count(*) FROM employee_voice_sealedanswer", 0)
        until(place, "SELECT unreadable FROM employee_voice_wave WHERE number = 1", 0)
    for kept in ("/e/", wave, codes[0], parse_qs(urlsplit(link).fragment)["i"][0]):
        assert kept not in place.said()
    assert "Traceback" not in place.said(), place.said()
    keys = Path(place.environment["CXPROGRAM_VAR"]) / "keys"
    assert not list(keys.rglob("*.pem"))


def _answer_by_link(page: Page, link: str) -> None:
    """Signed in elsewhere in the same browser: it has a cookie to send, and an address that it comes from."""
    sign_in(page, ADMINISTRATOR)
    cookies = {one["name"] for one in page.context.cookies()}
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    page.goto(link)
    expect(page.get_by_role("button", name="Begin")).to_be_visible()
    expect(page.get_by_text("Once you close it, the link cannot be used again")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert {urlsplit(one.url).path.split("/")[1] for one in asked} == {"e", "static"}
    assert {one.url.rpartition("/")[2] for one in asked} >= {"look.css", "logo.png"}
    button = page.get_by_role("button", name="Begin")
    assert button.evaluate("one => getComputedStyle(one).backgroundColor") == "rgb(122, 31, 92)"
    weight = sum(request.sizes()["responseBodySize"] for request in asked)
    assert 10_000 < weight <= MOST_BYTES, {one.url: one.sizes()["responseBodySize"] for one in asked}
    with page.expect_response("**/sign/") as signed:
        page.get_by_role("button", name="Begin").click()
    blind_signature = signed.value.json()["signature"]
    answer(page, 4)
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()

    secrets = parse_qs(urlsplit(link).fragment)
    by_end = {urlsplit(request.url).path.split("/")[-2]: request for request in asked}
    signing, handed_in = by_end["sign"], by_end["answer"]
    for request in (by_end["keys"], signing, handed_in):
        headers = request.all_headers()
        assert all(HEADERS_OF_ANYBODY.fullmatch(name) for name in headers), headers
        assert "?" not in request.url
    assert "cookie" in by_end["i"].all_headers()  # it could have been sent
    sent = json.loads(handed_in.post_data)
    assert sent.keys() == {"group", "prepared", "signature", "sealed"}
    before = json.loads(signing.post_data)
    assert before["secret"] == secrets["i"][0]
    whole = handed_in.post_data + str(handed_in.all_headers())
    for known in (
        before["secret"],
        before["blinded"],
        secrets["k"][0],
        blind_signature,
    ):
        assert known not in whole
    for request in asked:  # the secrets stand in no address that was asked for
        assert secrets["i"][0] not in request.url.split("#")[0]
    kept = page.evaluate("[...Object.keys(sessionStorage), ...Object.keys(localStorage)]")
    assert not [name for name in kept if "employee-voice" in name]
    assert {one["name"] for one in page.context.cookies()} == cookies


def _a_link_that_was_used(page: Page, link: str, watch) -> None:
    """In another browser: the credential is gone with its tab, and the page says what helps."""
    watch.expected = {409}
    page.goto(link)
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("status").first).to_contain_text("This link has been used already.")
    expect(page.locator("[data-stage=stopped]")).to_contain_text(SLIPS_LIE)
    watch.expected = set()


def _answer_by_slip_on_a_phone(page: Page, wave: str, code: str) -> None:
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request))
    page.goto(f"/s/#{code.lower()}")  # scanned
    expect(page.get_by_label("The code on your slip")).to_have_value(code.lower())
    expect(page.get_by_role("button", name="Begin")).to_be_focused()
    assert code.lower() not in page.url
    assert not any(code.lower() in request.url for request in sent)
    page.get_by_role("button", name="Begin").tap()
    answer(page, 0)
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    posted = [request for request in sent if request.method == "POST"][-1]
    assert posted.post_data_json.keys() == {"wave", "code", "sealed"}
    assert not {"cookie", "referer"} & posted.all_headers().keys()


def _without_scripts(page: Page, link: str, wave: str, code: str) -> None:
    page.goto(link)
    expect(page.get_by_text(SLIPS_LIE).locator("visible=true")).to_have_count(1)
    expect(page.get_by_role("button", name="Begin")).to_be_hidden()
    page.goto("/s/")
    page.get_by_label("The code on your slip").fill(code)
    page.get_by_role("button", name="Begin").click()
    page.locator("input[name=tools-have]").nth(1).check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()


def _a_shared_screen_forgets(page: Page, wave: str, code: str) -> None:
    page.clock.install()
    page.goto("/s/?kiosk=1")
    page.get_by_label("The code on your slip").fill(code)
    page.get_by_role("button", name="Begin").click()
    page.locator("[data-step]:visible input").first.check()
    page.clock.run_for(44_000)
    expect(page.locator("[data-kiosk-warning]")).to_be_hidden()
    page.clock.run_for(3_000)
    expect(page.locator("[data-kiosk-warning]")).to_be_visible()
    page.clock.run_for(14_000)
    expect(page.get_by_label("The code on your slip")).to_be_empty()
    assert code not in page.content()
    page.go_back()
    assert code not in page.content()
    assert not page.locator("input:checked").count()
