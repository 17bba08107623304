"""A questionnaire answered by itself: three languages, phone and desk, with and without scripts."""

import os
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from questionnaires.answering import Answer, AnswerStatus
from tests.questionnaires.pages import HANDED_IN
from tests.stories.conftest import DESKTOP, NO_SIDEWAYS

SMALL_PHONE = {"width": 360, "height": 740}
SHOTS = os.environ.get("QUESTIONNAIRE_SHOTS", "")  # a folder: every page is photographed into it
TARGETS = "label.q-step, label.q-card, .q-foot button, .q-languages button"
LITTLE = """(targets) => [...document.querySelectorAll(targets)]
  .map((one) => one.getBoundingClientRect())
  .filter((box) => box.width < 44 || box.height < 44).length"""
WORDS = {
    "en": ("Yes", "Send", "Please answer this question."),
    "zh-hans": ("有", "提交", "请回答这个问题。"),
    "ar": ("نعم", "إرسال", "يرجى الإجابة عن هذا السؤال."),
}
SIGHTS = [  # every language on phone and desk, every size in both schemes
    ("en", SMALL_PHONE, "light"),
    ("en", DESKTOP, "dark"),
    ("zh-hans", SMALL_PHONE, "dark"),
    ("zh-hans", DESKTOP, "light"),
    ("ar", SMALL_PHONE, "light"),
    ("ar", DESKTOP, "dark"),
]


@pytest.fixture(autouse=True)
def _its_own_pages(settings):
    settings.ROOT_URLCONF = "tests.questionnaires.pages"
    HANDED_IN.clear()


def look(page: Page, axe, name: str) -> None:
    """What every page keeps: no sideways move, targets for a thumb, nothing that axe finds."""
    assert page.evaluate(NO_SIDEWAYS)
    assert page.evaluate(LITTLE, TARGETS) == 0
    axe(page)
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


@pytest.mark.parametrize(("language", "viewport", "scheme"), SIGHTS)
def test_every_kind_of_question_is_answered_in_every_language(
    open_browser, axe, watch, language, viewport, scheme
):
    watch.expected = {422}
    yes, send, missing = WORDS[language]
    page = open_browser(viewport=viewport, color_scheme=scheme)
    name = f"{language}-{viewport['width']}-{scheme}"
    page.goto(f"/answer/?language={language}")
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
    look(page, axe, f"{name}-1-nps")
    page.locator(".q-primary").click()
    expect(page.locator(".q-problems")).to_be_focused()
    expect(page.locator(".q-problems")).to_contain_text(missing)
    look(page, axe, f"{name}-2-problem")
    page.locator(".q-problems a").click()
    expect(page.locator("#q-nps")).to_be_focused()
    page.locator("label.q-step", has_text="3").click()
    page.locator(".q-primary").click()
    page.locator("#q-why").fill("<b>Rückruf</b> 🚀")
    look(page, axe, f"{name}-3-why")
    page.locator(".q-primary").click()
    page.get_by_text(yes, exact=True).click()
    page.locator(".q-primary").click()
    page.locator("[name=q-till]").nth(6).check()
    page.locator("[name=q-paid][value=card]").check()
    look(page, axe, f"{name}-4-till")
    page.locator(".q-primary").click()
    page.locator("#q-effort").fill("70")
    page.locator("[name=q-channels][value=mail]").check()
    page.locator("[name=q-channels][value=chat]").check()
    page.locator("[name=q-agree][value='4']").check()
    page.locator("#q-name").fill("Café")
    look(page, axe, f"{name}-5-more")
    expect(page.locator(".q-primary")).to_have_text(send)
    page.locator(".q-primary").click()
    expect(page.get_by_text("Thank you")).to_be_visible()

    assert [
        {
            "nps": Answer(question="nps", number=Decimal(3)),
            "why": Answer(question="why", text="<b>Rückruf</b> 🚀"),
            "bought": Answer(question="bought", number=Decimal(1)),
            "till": Answer(question="till", number=Decimal("3.5")),
            "paid": Answer(question="paid", choices=("card",)),
            "effort": Answer(question="effort", number=Decimal(70)),
            "channels": Answer(question="channels", choices=("mail", "chat")),
            "agree": Answer(question="agree", number=Decimal(4)),
            "name": Answer(question="name", text="Café"),
        }
    ] == HANDED_IN


def test_who_goes_back_and_did_not_buy_rates_no_till_without_scripts(open_browser):
    page = open_browser(viewport=SMALL_PHONE, java_script_enabled=False)
    page.goto("/answer/")
    page.locator("label.q-step", has_text="9").click()
    page.locator(".q-primary").click()
    page.locator("[name=q-bought][value='1']").check()
    page.locator(".q-primary").click()
    page.locator("[name=q-till][value='1']").check()
    page.locator(".q-primary").click()
    page.get_by_role("button", name="Back").click()
    expect(page.locator("[name=q-till][value='1']")).to_be_checked()
    page.get_by_role("button", name="Back").click()
    page.locator("[name=q-bought][value='0']").check()
    page.locator(".q-primary").click()
    expect(page.get_by_text("Nearly done")).to_be_visible()  # the page of the till is passed by
    page.locator("[name=q-effort][value=not_applicable]").check()
    page.locator("[name=q-channels][value=none]").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Thank you")).to_be_visible()

    assert [
        {
            "nps": Answer(question="nps", number=Decimal(9)),
            "bought": Answer(question="bought", number=Decimal(0)),
            "effort": Answer(question="effort", status=AnswerStatus.NOT_APPLICABLE),
            "channels": Answer(question="channels", choices=("none",)),
        }
    ] == HANDED_IN


def test_a_language_switched_half_way_keeps_the_answers_without_scripts(open_browser):
    page = open_browser(java_script_enabled=False)
    page.goto("/answer/")
    page.locator("label.q-step", has_text="2").click()
    page.locator(".q-primary").click()
    page.locator("#q-why").fill("Slow")
    page.get_by_role("button", name="العربية").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("#q-why")).to_have_value("Slow")
    expect(page.locator("#q-why-help [lang=en][dir=ltr]")).to_have_text("Please name no people.")
    page.locator(".q-foot .q-quiet").click()
    expect(page.locator("[name=q-nps][value='2']")).to_be_checked()


@pytest.mark.parametrize("scripts", [True, False])
def test_enter_stays_with_a_question_that_needs_an_answer(open_browser, watch, scripts):
    watch.expected = {422}
    page = open_browser(java_script_enabled=scripts)
    page.goto("/answer/")
    page.locator("[name=q-nps][value='8']").check()
    page.locator("[name=q-nps][value='8']").press("Enter")
    page.locator("[name=q-bought][value='0']").check()
    page.locator("[name=q-bought][value='0']").press("Enter")
    page.locator("#q-effort").fill("101")
    page.locator("#q-effort").press("Enter")  # not back, though that button comes first on the page
    expect(page.locator(".q-problems li")).to_have_count(2)
    expect(page.locator("#q-effort")).to_have_value("101")
    assert HANDED_IN == []


def test_the_page_is_light(open_browser):
    """At most 50 kB in all, on a bad line: here the whole page with its style sheet, not even compressed."""
    page = open_browser(viewport=SMALL_PHONE)
    sizes = []
    page.on("response", lambda response: sizes.append((response.url, len(response.body()))))
    page.goto("/answer/")
    page.wait_for_load_state("networkidle")

    assert len(sizes) == 2  # the page and its style sheet
    assert sum(size for _url, size in sizes) < 20_000
