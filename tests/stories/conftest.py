"""A real browser on a real server. What goes wrong in the console or on the wire fails the story."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, sync_playwright

from accounts.models import Membership
from cxprogram.celery import app

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PASSWORD = "follow the customer"
PATIENCE_MS = 30_000
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
# Cells of tables that a phone would have to be moved sideways for; a matrix may scroll, and says so.
OFF_SCREEN = """() => [...document.querySelectorAll(".table-wrap > table:not(.table-scroll) > tbody td")]
  .filter((cell) => cell.offsetParent && cell.textContent.trim())
  .filter((cell) => cell.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map((cell) => (cell.dataset.label || "") + ": " + cell.textContent.trim().slice(0, 40))"""
# Labels of drawings that reach the right edge or pass it, where they would be cut.
CUT_LABELS = """() => [...document.querySelectorAll("[data-chart-drawing] svg")].flatMap((drawing) =>
  [...drawing.querySelectorAll("text")]
    .filter((text) => text.textContent.trim() && text.getAttribute("opacity") !== "0")
    .filter((text) => text.getBoundingClientRect().right > drawing.getBoundingClientRect().right - 6)
    .map((text) => text.textContent))"""
NO_SIDEWAYS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.story)
            item.add_marker(pytest.mark.django_db(transaction=True))


@dataclass
class Watch:
    """What a browser complained about. `expected` are answers of the server that belong to the tale."""

    expected: set[int] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def on_console(self, message: ConsoleMessage) -> None:
        is_answer = message.text.startswith("Failed to load resource")  # told by on_response
        if message.type == "error" and not is_answer:
            self.complaints.append(f"console: {message.text}")

    def on_response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.complaints.append(f"{response.status}: {response.url}")

    def follow(self, page: Page) -> None:
        page.on("console", self.on_console)
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("response", self.on_response)
        page.on("requestfailed", self.on_failure)

    def on_failure(self, request: object) -> None:
        failure, url = str(getattr(request, "failure", "")), str(getattr(request, "url", ""))
        if "ERR_ABORTED" not in failure:  # a page left while loading, or a download
            self.complaints.append(f"{failure}: {url}")


@pytest.fixture(scope="session", autouse=True)
def _ready_for_a_browser(django_db_setup) -> Iterator[None]:
    """The browser's driver keeps an event loop in this thread; Django would take it for asynchronous code.

    The database comes before the server, which then uses the connection of the test where it is in memory.
    """
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    django_settings.WHITENOISE_AUTOREFRESH = True  # no scan of every static file when the server starts
    yield
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
    else:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture(scope="session")
def browser(_ready_for_a_browser: None) -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip(f"no browser ({', '.join(BROWSERS)})")
    with sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield launched
        launched.close()


@pytest.fixture(autouse=True)
def _work_at_once(settings, live_server) -> Iterator[None]:
    """Background work happens within the request that asks for it; links in e-mail lead to this server."""
    settings.SITE_URL = live_server.url
    app.conf.update(task_always_eager=True, task_eager_propagates=True)
    yield
    app.conf.update(task_always_eager=False, task_eager_propagates=False)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def open_browser(browser, live_server, watch) -> Iterator[Callable[..., Page]]:
    """A window of its own: `open_browser(viewport=PHONE, java_script_enabled=False)`."""
    contexts = []

    def make(**options) -> Page:
        options = {"viewport": DESKTOP, "reduced_motion": "reduce", "locale": "en-GB", **options}
        context = browser.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        watch.follow(page)
        return page

    yield make
    for context in contexts:
        context.close()
    assert not watch.complaints, "\n".join(watch.complaints)


@pytest.fixture
def page(open_browser) -> Page:
    return open_browser()


@pytest.fixture
def sign_in() -> Callable[[Page, str], None]:
    """Through the form, with the password of all people in stories."""

    def make(page: Page, email: str) -> None:
        page.goto("/accounts/login/")
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/o/**")

    return make


@pytest.fixture
def with_password() -> Callable[..., None]:
    """Gives these members the password of all people in stories."""

    def make(*members: Membership) -> None:
        for member in members:
            member.user.set_password(PASSWORD)
            member.user.save()

    return make


def violations_of(page: Page, *, only: str = "") -> list[str]:
    """What axe finds, one line each; `only` is a single rule."""
    rules = {"type": "rule", "values": [only]} if only else RULES
    # Without `resultTypes` axe also describes every element that is as it should be: thousands a page.
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    if not page.evaluate("Boolean(window.axe)"):  # once a page: half of the work is to read it in
        page.evaluate(Axe().axe_script)
    found = page.evaluate("options => axe.run(document, options).then((all) => all.violations)", options)
    return [
        f"{violation['id']}: {violation['help']}\n      {node['html'][:160]}\n      {_reason(node)}"
        for violation in found
        for node in violation["nodes"]
    ]


def _reason(node: dict) -> str:
    checks = [*node["any"], *node["all"], *node["none"]]
    return checks[0]["message"] if checks else ""


def assert_accessible(page: Page) -> None:
    found = violations_of(page)
    assert not found, f"{page.url}\n  " + "\n  ".join(found)


@pytest.fixture
def axe() -> Callable[[Page], None]:
    return assert_accessible
