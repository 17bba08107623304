"""An employee sees her part on a phone and suggests something; the coalition answers; a list comes in."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.factories import BusinessFunctionFactory
from tests.factories.journeys import TouchpointFactory
from tests.stories.conftest import NO_SIDEWAYS, PHONE


@pytest.fixture
def hotline(organization, cleo):
    care = BusinessFunctionFactory(organization=organization, key="care", name="Care")
    type(cleo).objects.filter(pk=cleo.pk).update(function=care)
    return TouchpointFactory(organization=organization, key="hotline", name="Hotline", owner_function=care)


def test_a_suggestion_is_made_on_a_phone_and_answered(
    open_browser, sign_in, axe, ada, cleo, hotline, with_password
):
    with_password(ada), with_password(cleo)
    phone = open_browser(viewport=PHONE)
    sign_in(phone, cleo.user.email)
    phone.goto(reverse("overview:my_part", args=["northwind"]))
    expect(phone.get_by_role("heading", name="Hotline")).to_be_visible()
    axe(phone)
    assert phone.evaluate(NO_SIDEWAYS)
    part = phone.get_by_role("region", name="Hotline")
    part.get_by_role("link", name="Suggest an improvement").click()
    phone.get_by_label("What should change, and why?").fill("Say the price at once.")
    axe(phone)
    phone.get_by_role("button", name="Send to the coalition").click()
    expect(phone.get_by_role("link", name="Say the price at once.")).to_be_visible()

    desk = open_browser()
    sign_in(desk, ada.user.email)
    desk.goto(reverse("home", args=["northwind"]))
    desk.get_by_role("link", name="Answer the suggestion “Say the price at once.”").first.click()
    axe(desk)
    desk.get_by_label("Why is it declined?").fill("It is said since May.")
    desk.get_by_role("button", name="Decline").click()
    expect(desk.get_by_text("Every suggestion has been answered.")).to_be_visible()

    phone.goto(reverse("home", args=["northwind"]))
    expect(phone.get_by_text("It is said since May.")).to_be_visible()


def test_a_list_of_touchpoints_is_checked_imported_and_undone(
    open_browser, sign_in, axe, ada, hotline, with_password
):
    with_password(ada)
    page = open_browser()
    sign_in(page, ada.user.email)
    page.goto(reverse("journeys:change_file", args=["northwind"]))
    content = b"name,phase\nHot-line,support\nReview sites,evaluate\n"
    page.get_by_label("CSV file or workbook").set_input_files(
        {"name": "inventory.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Upload and see what would happen").click()
    page.get_by_label("The same as “Hotline”").check()
    axe(page)
    page.get_by_role("button", name="Save the answers").click()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("1 added, 1 changed.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("2 touchpoints are as they were before.")).to_be_visible()
    page.goto(reverse("overview:coverage", args=["northwind"]))
    expect(page.get_by_role("link", name="Ask customers")).to_be_visible()
    axe(page)
