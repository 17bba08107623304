"""From the first question to a draft that the coalition can work on."""

import re

import pytest
from playwright.sync_api import Page, expect

from coalition.choices import InitiativeState
from coalition.models import Initiative
from tests.factories.assessments import make_assessment
from tests.stories.conftest import DESKTOP, PHONE

PARTS = 12  # more than any framework has: a story never runs forever


@pytest.fixture
def leader(ada, with_password) -> str:
    with_password(ada)
    return ada.user.email


def answer_everything(page: Page, level: int) -> None:
    """Choose one level for every practice of the part, part after part, up to the review."""
    for _part in range(PARTS):
        page.locator("fieldset[data-autosave]").first.wait_for()  # `all` waits for nothing
        for practice in page.locator("fieldset[data-autosave]").all():
            practice.locator("label.level-card").nth(level - 1).click()
            expect(practice.get_by_role("status")).to_contain_text("Saved")
        onward = page.get_by_role("button", name=re.compile(r"^\s*(Save and continue|Review my answers)\s*$"))
        is_last = "Review" in onward.inner_text()
        before = page.url
        onward.click()
        page.wait_for_url(lambda url, before=before: url != before)
        if is_last:
            return
    raise AssertionError("the questions do not end")


def test_newcomer_takes_the_quick_check_and_turns_an_opportunity_into_a_draft(
    open_browser, sign_in, axe, leader, organization
):
    page = open_browser(viewport=PHONE)
    sign_in(page, leader)

    page.get_by_role("button", name="Menu").click()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Assess").click()
    page.get_by_role("button", name="Take the quick check").click()
    axe(page)
    answer_everything(page, level=2)
    expect(page.get_by_text("Everything is answered.")).to_be_visible()
    page.get_by_role("button", name="Submit and see the result").click()

    page.set_viewport_size(DESKTOP)
    expect(page.get_by_role("heading", name="Maturity result", level=1)).to_be_visible()
    expect(page.locator("main .lead-sentence")).to_contain_text("2")
    expect(page.locator("[data-chart-drawing] svg").first).to_be_visible()
    axe(page)
    wanted = page.locator("ol.opportunities li").first
    title = wanted.get_by_role("heading").inner_text()
    wanted.get_by_role("button", name=re.compile("Make this an initiative")).click()

    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    expect(page.get_by_role("heading", name="Before the coalition can vote")).to_be_visible()
    draft = Initiative.objects.get(organization=organization)
    assert (draft.state, draft.title) == (InitiativeState.DRAFT, title)
    assert draft.maturity_result is not None


def test_what_is_wrong_in_a_part_is_listed_first_and_leads_to_its_field(
    open_browser, sign_in, axe, watch, ada, leader
):
    watch.expected = {422}
    assessment = make_assessment(ada, takes_part=True)
    page = open_browser(viewport=PHONE)
    sign_in(page, leader)
    page.goto(f"/o/northwind/assess/{assessment.pk}/answer/listen/")
    page.locator("[name=ask-choice]").nth(2).check()
    page.locator("[name=answer-choice][value=not_applicable]").check()
    expect(page.locator("#saved-answer")).to_contain_text("Saved")
    page.locator(".answer-foot .btn-primary").click()
    listed = page.get_by_role("alert").filter(has_text="Some answers need your attention")
    expect(page.locator("#comment-answer")).to_be_focused()
    axe(page)
    listed.get_by_role("link", name="Title of answer").click()
    expect(page.locator("#comment-answer")).to_be_focused()
