"""An export of tickets, counted in the hours of the desk: from the calendar to the share in time."""

import pytest
from playwright.sync_api import expect

from tests.factories.customer_voice import MetricDefinitionFactory, TouchpointFactory

HEADER = "Ticket,Created,First reply,Resolved,Status"
FRIDAY, MONDAY = "2026-03-06", "2026-03-09"


@pytest.fixture
def tickets(tmp_path):
    """Ten that came on Friday evening and were over on Monday morning, and two that are open."""
    rows = [
        f"T{number},{FRIDAY} 18:{number:02},{MONDAY} 09:{number:02},{MONDAY} 10:{number:02},Solved"
        for number in range(10, 20)
    ]
    rows += [f"T{number},{FRIDAY} 11:00,,,Open" for number in (1, 2)]
    path = tmp_path / "tickets.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return path


def test_times_are_counted_in_the_hours_of_a_desk(
    page, sign_in, axe, ada, organization, with_password, tickets, watch
):
    watch.expected = {422}  # hours that overlap
    with_password(ada)
    TouchpointFactory(organization=organization, key="hotline", name="Hotline")
    for key in ("ttr", "first_reply"):
        MetricDefinitionFactory(organization=organization, key=key)
    sign_in(page, ada.user.email)
    listen = page.url.split("/o/")[0] + f"/o/{organization.slug}/listen"
    page.goto(f"{listen}/definitions/")
    page.get_by_role("link", name="Business hours").click()
    axe(page)
    page.get_by_role("link", name="Add a calendar").click()
    page.get_by_label("Name").fill("Desk")
    page.get_by_label("Saturday").fill("10-14, 12-13")
    page.get_by_label("Public holidays of").select_option(label="Germany")
    axe(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("These hours overlap")).to_be_visible()
    page.get_by_label("Saturday").fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Desk")).to_be_visible()
    axe(page)

    page.goto(f"{listen}/definitions/ttr/edit/")
    page.get_by_label("Times are counted in").select_option(label="business hours of Desk")
    page.get_by_role("button", name="Save").click()
    page.goto(f"{listen}/imports/new/")
    page.get_by_label("CSV file").set_input_files(tickets)
    page.get_by_role("button", name="Upload and choose the columns").click()
    expect(page.locator("#id_first_reply_at")).to_have_value("First reply")
    expect(page.locator("#id_also_1_metric")).to_have_value("first_reply")
    page.locator("#id_fixed_touchpoint").select_option(label="Hotline")
    axe(page)
    page.get_by_role("button", name="Check the file").click()
    page.get_by_role("button", name="Import 24 answers").click()
    expect(page.locator("main .lead-sentence")).to_contain_text("imported: 24 new")

    page.goto(f"{listen}/metrics/ttr/levels/")
    page.get_by_label("Within, in hours").fill("2")
    page.get_by_label("For what share of the cases").fill("80")
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.get_by_role("cell", name="within 2 business hours", exact=True)).to_be_visible()
    axe(page)
    page.goto(f"{listen}/metrics/ttr/")
    expect(page.get_by_text("Counted in business hours (Desk, version 1)").first).to_be_visible()
    share = page.get_by_role("region", name="Cases in time")
    expect(share).to_contain_text("12 cases, 2 open")
    # ten of twelve: the open ones are neither left out nor in time
    expect(share).to_contain_text("83%")
    axe(page)
