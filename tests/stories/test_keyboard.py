"""Answering with the keyboard alone, and leaving a page on which something was typed."""

import re

import pytest
from playwright.sync_api import Page, expect

from assessments import services
from assessments.models import Answer, Assessment, Response
from tests.factories.assessments import make_assessment, make_submitted
from tests.factories.journeys import TouchpointFactory

FOCUS = "document.activeElement.name || document.activeElement.textContent.trim()"


@pytest.fixture
def leader(ada, with_password) -> str:
    with_password(ada)
    return ada.user.email


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_a_quick_check_is_answered_with_the_keyboard_alone(page, sign_in, watch, ada, leader):
    watch.expected = {422}
    sign_in(page, leader)
    page.goto("/o/northwind/assess/")
    page.get_by_role("button", name="Take the quick check").focus()
    press(page, "Enter")
    page.wait_for_url("**/answer/**")
    first = page.locator("fieldset[data-autosave] .level-cards input").first
    first.focus()
    parts = 6
    for part in range(parts):
        names = page.evaluate("[...document.querySelectorAll('fieldset[data-autosave]')].map(f => f.id)")
        for place, name in enumerate(names):
            key = name.removeprefix("practice-")
            assert page.evaluate(FOCUS) == f"{key}-choice"  # never the body
            press(page, "Enter" if place else "Space", *([] if place else ["ArrowDown", "Enter"]))
            # one at a time: the server of the stories has a single connection
            expect(page.locator(f"#saved-{key}")).to_contain_text("Saved")
            expect(page.locator(f"#{name}[data-underway]")).to_have_count(0)
        expect(page.locator(".answer-foot .btn-primary")).to_be_focused()
        before = page.url
        press(page, "Enter")
        page.wait_for_url(lambda url, before=before: url != before)
        if part < parts - 1:
            page.wait_for_function("document.activeElement.type === 'radio'")
    expect(page.get_by_text("Everything is answered.")).to_be_visible()
    levels = list(Answer.objects.order_by("pk").values_list("level", flat=True))
    assert levels == [2, 1] * 6  # space and down chose the second, Enter alone the focused first


def test_enter_never_passes_an_open_question(page, sign_in, ada, leader):
    assessment = make_assessment(ada, takes_part=True)
    sign_in(page, leader)
    page.goto(f"/o/northwind/assess/{assessment.pk}/answer/listen/")
    page.locator("[name=answer-choice]").nth(2).focus()  # the second question, with the first still open
    press(page, "Enter")

    assert page.evaluate(FOCUS) == "ask-choice"
    assert page.url.endswith("/answer/listen/")
    expect(page.locator("#saved-answer")).to_contain_text("Saved")
    assert Answer.objects.get().level == 3


def test_enter_without_scripts_stays_with_the_open_question(open_browser, sign_in, ada, leader):
    assessment = make_assessment(ada, takes_part=True)
    page = open_browser(java_script_enabled=False)
    sign_in(page, leader)
    page.goto(f"/o/northwind/assess/{assessment.pk}/answer/listen/")
    page.locator("[name=answer-choice]").nth(2).check()
    page.locator("[name=answer-choice]").nth(2).press("Enter")
    page.wait_for_url("**/answer/listen/#choice-ask")
    page.locator("[name=ask-choice]").nth(2).check()
    page.locator("[name=ask-choice]").nth(2).press("Enter")
    page.wait_for_url("**/answer/act/")

    assert list(Answer.objects.order_by("practice").values_list("practice", "level")) == [
        ("answer", 3),
        ("ask", 3),
    ]


def test_a_refused_hand_in_puts_the_focus_on_the_first_problem(page, sign_in, watch, ada, leader):
    watch.expected = {422}
    assessment = make_assessment(ada, takes_part=True)
    services.save_answer(response=Response.objects.get(), practice="ask", level=2)
    sign_in(page, leader)
    page.goto(f"/o/northwind/assess/{assessment.pk}/review/")
    page.get_by_role("button", name="Submit").focus()
    press(page, "Enter")
    expect(page.get_by_text("2 practices are not ready yet.")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Fix.*Title of answer"))).to_be_focused()
    press(page, "Enter")
    page.wait_for_url("**/answer/listen/#choice-answer")
    page.wait_for_function("document.activeElement.name === 'answer-choice'")


def test_a_comment_typed_just_before_leaving_is_kept(page, sign_in, ada, leader):
    assessment = make_assessment(ada, takes_part=True)
    sign_in(page, leader)
    page.goto(f"/o/northwind/assess/{assessment.pk}/answer/listen/")
    page.locator("#practice-ask summary").click()
    page.locator("#comment-ask").press_sequentially("We ask once a year.")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Decide").click()
    page.wait_for_url("**/decide/**")
    page.goto(f"/o/northwind/assess/{assessment.pk}/answer/listen/")

    expect(page.locator("#comment-ask")).to_have_value("We ask once a year.")


def test_leaving_a_form_with_typed_text_asks_first_and_sending_it_does_not(page, sign_in, ada, leader):
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    sign_in(page, leader)
    for address, field, text in (
        ("decide/new/", "#id_problem", "Customers call twice."),
        ("assess/new/", "#id_title", "Spring"),
        ("listen/surveys/new/", "#id_name", "After the call"),
    ):
        page.goto(f"/o/northwind/{address}")
        page.locator(field).fill(text)
        page.get_by_role("navigation", name="Main").get_by_role("link", name="Home").click(no_wait_after=True)
        page.wait_for_timeout(300)
        assert page.url.endswith(address)
        expect(page.locator(field)).to_have_value(text)
        page.locator(field).fill("")
    assert asked == ["beforeunload", "beforeunload", "beforeunload"]

    page.get_by_role("navigation", name="Main").get_by_role("link", name="Home").click()
    page.wait_for_url(re.compile(r"/o/northwind/$"))  # nothing typed is left: nothing is asked
    page.goto("/o/northwind/assess/new/")
    page.locator("#id_title").fill("Spring")
    page.get_by_role("button", name="Open the round").click()
    page.wait_for_url(re.compile(r"/assess/\d+/$"))
    assert len(asked) == 3
    assert Assessment.objects.get().title == "Spring"


def test_what_a_refused_form_still_holds_is_asked_for_too(page, sign_in, watch, ada, leader):
    watch.expected = {422}
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    sign_in(page, leader)
    page.goto("/o/northwind/assess/new/")
    page.locator("#id_title").fill("Spring")
    page.locator("#id_minimum_group").fill("1")
    page.get_by_role("button", name="Open the round").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("#id_minimum_group")).to_be_focused()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Home").click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]


def test_a_long_result_has_local_navigation_and_no_page_is_endless(page, sign_in, ada, ben, cleo, leader):
    framework = services.frameworks_on_offer(ada.organization).get(kind="full")
    assessment = services.open_assessment(by=ada, framework=framework, title="All of us")
    practices = [item["key"] for part in framework.content["dimensions"] for item in part["practices"]]
    for place, member in enumerate((ada, ben, cleo)):
        levels = {key: 1 + (number + 2 * place) % 5 for number, key in enumerate(practices)}
        make_submitted(member, assessment, "executive", **levels)
    services.close_assessment(by=ada, assessment=assessment)
    sign_in(page, leader)
    for address in ("result/", "result/practices/"):
        page.goto(f"/o/northwind/assess/{assessment.pk}/{address}")
        height = page.evaluate("document.documentElement.scrollHeight")
        links = page.get_by_role("navigation", name="On this page").get_by_role("link").count()
        nodes = page.evaluate("document.querySelectorAll('main *').length")
        assert links >= 4, address
        assert height <= 4200, (address, height)
        assert nodes <= 3200, (address, nodes)


def test_the_field_that_searches_everything_is_two_keys_away(page, sign_in, ada, leader):
    TouchpointFactory(organization=ada.organization, key="hotline", name="Repair hotline")
    sign_in(page, leader)
    page.goto("/o/northwind/")
    press(page, "Control+k")
    expect(page.get_by_role("searchbox", name="Search everything")).to_be_focused()
    page.keyboard.type("repair")
    press(page, "Enter")
    page.wait_for_url("**/search/?q=repair")
    page.get_by_role("link", name="Repair hotline").click()
    page.wait_for_url("**/touchpoints/hotline/")
    press(page, "/")  # no field of its own on this page
    expect(page.get_by_role("searchbox", name="Search everything")).to_be_focused()


def test_on_a_phone_the_keys_open_the_menu_with_the_field(page, sign_in, ada, leader):
    page.set_viewport_size({"width": 390, "height": 800})
    sign_in(page, leader)
    page.goto("/o/northwind/")
    press(page, "Control+k")
    expect(page.get_by_role("searchbox", name="Search everything")).to_be_focused()
