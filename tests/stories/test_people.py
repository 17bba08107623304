"""Coming in, making oneself at home, and getting around without a mouse."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.choices import Role
from accounts.models import Membership
from tests.factories import MembershipFactory
from tests.stories.conftest import PASSWORD

FOCUS = """() => {
  const element = document.activeElement, style = getComputedStyle(element);
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const box = element.getBoundingClientRect();
  return {
    name: element.textContent.trim(),
    tag: element.tagName,
    is_visible: box.width > 0 && box.right > 0 && (ring || style.boxShadow !== "none"),
  };
}"""


@pytest.fixture
def administrator(organization, with_password) -> Membership:
    member = MembershipFactory(
        organization=organization,
        user__email="paula@northwind.example",
        user__name="Paula",
        role=Role.ADMINISTRATOR,
    )
    with_password(member)
    return member


def tab(page: Page) -> dict:
    """Where the focus goes next; it can be seen there."""
    page.keyboard.press("Tab")
    focus = page.evaluate(FOCUS)
    assert focus["is_visible"], focus
    return focus


def test_invited_person_joins_and_chooses_darkness_and_chinese(
    open_browser, sign_in, axe, administrator, organization, mailoutbox
):
    page = open_browser()
    sign_in(page, administrator.user.email)
    page.goto(f"/o/{organization.slug}/settings/people/")
    page.get_by_role("link", name="Invite a person").click()
    page.get_by_label("E-mail address").fill("nora@northwind.example")
    page.get_by_label("Role").select_option(label="Coalition member")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("Invitation sent to nora@northwind.example.")).to_be_visible()
    (mail,) = mailoutbox
    link = re.search(r"http\S+/join/\S+", mail.body)
    assert link

    nora = open_browser()
    nora.goto(link[0])
    expect(nora.get_by_role("heading", name=f"Join {organization.name}")).to_be_visible()
    axe(nora)
    nora.get_by_label("Your name").fill("Nora Berg")
    nora.get_by_label("Password").fill(PASSWORD)
    nora.get_by_role("button", name="Join").click()
    expect(nora.get_by_role("navigation", name="Main")).to_be_visible()
    joined = Membership.objects.get(user__email="nora@northwind.example")
    assert (joined.organization, joined.role) == (organization, Role.COALITION_MEMBER)

    nora.goto(f"/o/{organization.slug}/me/")
    nora.get_by_role("radio", name="Dark").check()
    nora.get_by_role("button", name="Save").click()
    expect(nora.locator("html")).to_have_attribute("data-bs-theme", "dark")
    nora.get_by_role("button", name="简体中文").click()
    expect(nora.locator("html")).to_have_attribute("lang", "zh-hans")
    expect(nora.locator("html")).to_have_attribute("data-bs-theme", "dark")
    axe(nora)


def test_everything_in_the_frame_is_reached_by_keyboard(page, sign_in, organization, administrator):
    sign_in(page, administrator.user.email)
    page.goto(f"/o/{organization.slug}/")

    assert tab(page)["name"] == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.reload()
    tab(page)
    reached = []
    for _step in range(14):
        focus = tab(page)
        reached.append(focus["name"])
        if focus["name"] == "Settings":
            break
    wanted = ["Home", "My part", "Assess", "Touchpoints", "Journey maps", "Listen", "Employees"]
    wanted += ["Decide", "Prove", "Reports", "Settings"]
    assert reached[-len(wanted) :] == wanted
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Settings", level=1)).to_be_visible()
