"""Every main page of the demo organization, looked at as people look at it; the markup of all its pages."""

from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Page

from accounts.models import User
from cxprogram.demo import listening
from cxprogram.demo.people import email_of
from scripts import pages
from tests.markup import faults_in, need_the_checker, unstyled_classes
from tests.stories.conftest import DESKTOP, NO_SIDEWAYS, OFF_SCREEN, PHONE, violations_of

EVERY_CHART_IS_DRAWN = """() => [...document.querySelectorAll("[data-chart-drawing]")]
  .every((place) => place.firstElementChild || !place.getClientRects().length)"""
SHARE = 0.25  # of the demo's answers: the pages are the same, and made in a fraction of the time


def look(page: Page, place: pages.Page, folder: Path) -> list[str]:
    """What is wrong with this page in light and dark, wide and narrow; its markup goes into the folder."""
    page.set_viewport_size(DESKTOP)
    page.emulate_media(color_scheme="light")
    answer = page.goto(place.path)
    page.wait_for_load_state("load")
    page.wait_for_function(EVERY_CHART_IS_DRAWN)
    found = [] if answer and answer.ok else [f"answers {answer and answer.status}"]
    if answer:
        (folder / f"{place.name}.html").write_bytes(answer.body())
    found += [f"light: {line}" for line in violations_of(page)]
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {line}" for line in violations_of(page, only="color-contrast")]
    page.set_viewport_size(PHONE)
    found += [f"phone, dark: {line}" for line in violations_of(page)]
    if not page.evaluate(NO_SIDEWAYS):
        found.append("phone: wider than the screen")
    found += [f"phone, off the screen: {cell}" for cell in page.evaluate(OFF_SCREEN)[:5]]
    return found


@pytest.mark.drawn
def test_every_main_page_is_accessible_in_both_themes_and_on_a_phone_and_every_page_is_valid(
    open_browser, sign_in, watch, monkeypatch, settings, tmp_path
):
    settings.VAR_DIR = tmp_path
    thinner = tuple((*stream[:2], stream[2] * SHARE, *stream[3:]) for stream in listening.STREAMS)
    monkeypatch.setattr(listening, "STREAMS", thinner)
    call_command("demo", verbosity=0)
    pages.add_unfinished_work()
    User.objects.filter(email=email_of(pages.ADMINISTRATOR)).update(is_staff=True)

    windows: dict[str, Page] = {}
    wrong: dict[str, list[str]] = {}
    folder = tmp_path / "pages"
    folder.mkdir()
    for place in pages.demo_pages():
        if place.person not in windows:
            windows[place.person] = open_browser()
            if place.person:
                sign_in(windows[place.person], email_of(place.person))
        if not place.is_main and place.name != "components":
            answer = windows[place.person].request.get(place.path)
            (folder / f"{place.name}.html").write_bytes(answer.body())
            continue
        found = look(windows[place.person], place, folder)
        found += [watch.complaints.pop() for _one in list(watch.complaints)]
        if found:
            wrong[place.name] = found
    assert not wrong, "\n".join(
        f"{name}\n  " + "\n  ".join(dict.fromkeys(lines)) for name, lines in wrong.items()
    )
    assert not unstyled_classes(folder)
    need_the_checker()
    faults = faults_in(folder)
    assert not faults, "\n".join(faults)
