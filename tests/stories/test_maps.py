"""A map that is drawn by keyboard, and one on which two people write."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from journeys.maps import services
from journeys.maps.models import JourneyMap
from journeys.maps.operations import Doing
from tests.factories.journeys import TouchpointFactory


@pytest.fixture
def row(ada, with_password) -> JourneyMap:
    with_password(ada)
    TouchpointFactory(organization=ada.organization, key="bill", name="First bill")
    return services.new_map(by=ada, values=services.MapValues(name="Moving in"))


def _names(page) -> list[str]:
    return [text.split(maxsplit=1)[1] for text in page.locator(".map-step").all_inner_texts()]


def test_a_map_is_drawn_by_keyboard_alone(page, sign_in, axe, ada, row):
    sign_in(page, ada.user.email)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Journey maps").click()
    page.get_by_role("link", name="Moving in").click()
    note, field = page.locator(".map-note"), page.locator("textarea.map-input")

    page.get_by_role("button", name="Step", exact=True).press("Enter")
    for number, name in enumerate(("Asks", "Orders", "Pays"), start=1):
        expect(field).to_be_focused()
        page.keyboard.type(name)
        page.keyboard.press("Enter")
        expect(page.locator(".map-step").nth(number - 1)).to_contain_text(name)
        if number < 3:
            page.keyboard.press("Alt+Enter")  # a new step behind this one
    assert _names(page) == ["Asks", "Orders", "Pays"]

    page.keyboard.press("Alt+ArrowLeft")
    expect(page.locator(".map-step").nth(1)).to_contain_text("Pays")
    expect(page.locator(".map-step").nth(1)).to_be_focused()
    for _times in range(4):
        page.keyboard.press("ArrowDown")  # past emotion, touchpoints and figures
    page.keyboard.type("By card")
    page.keyboard.press("Enter")
    expect(note).to_have_text("Saved")
    page.keyboard.press("Control+z")
    expect(page.locator("td", has_text="By card")).to_have_count(0)
    page.keyboard.press("Control+y")
    expect(page.locator("td", has_text="By card")).to_have_count(1)
    axe(page)

    stored = JourneyMap.objects.get(pk=row.pk).content
    order = stored[f"order.{stored['stages'][0]}"]
    assert [stored[f"name.{key}"] for key in order] == ["Asks", "Pays", "Orders"]
    assert stored[f"cell.{order[1]}.{stored['lanes'][0]}"] == "By card"


def test_who_comes_second_is_told_and_keeps_the_words(page, sign_in, watch, ada, ben, row):
    stage, lane = row.content["stages"][0], row.content["lanes"][0]
    row = services.edit_map(
        by=ada, map=row, doings=[Doing(do="add_step", told={"stage": stage, "name": "Asks"})]
    )
    step = row.content[f"order.{stage}"][0]
    place = {"column": step, "lane": lane}
    watch.expected.add(409)
    sign_in(page, ada.user.email)
    page.goto(reverse("overview:map_detail", args=["northwind", row.key]))
    services.edit_map(by=ben, map=row, doings=[Doing(do="set_cell", told={**place, "text": "Calls"})])

    page.locator(f'[data-at="cell.{step}.{lane}"]').click()
    page.keyboard.type("Writes")
    page.keyboard.press("Enter")
    problem = page.get_by_role("alert")
    expect(problem).to_contain_text("Ben changed this while you were writing. Stored now: Calls.")
    expect(page.locator("textarea.map-input")).to_have_value("Writes")
    problem.get_by_role("button", name="Replace it with mine").click()
    expect(page.locator(".map-note")).to_have_text("Saved")
    assert JourneyMap.objects.get(pk=row.pk).content[f"cell.{step}.{lane}"] == "Writes"
