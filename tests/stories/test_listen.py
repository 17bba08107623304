"""A file of answers on its way to a metric."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from customer_voice.models import Feedback
from tests.factories.customer_voice import MetricDefinitionFactory, TouchpointFactory
from tests.stories.conftest import CUT_LABELS
from tests.tabular.books import workbook

HEADER = "id,date,touchpoint,score,comment"
PLACES = ("Service hotline", "Store visit")
SHARP = "<b>Twenty minutes</b> in the queue"


@pytest.fixture
def leader(ada, organization, with_password) -> str:
    with_password(ada)
    MetricDefinitionFactory(organization=organization, key="nps")
    for place in PLACES:
        TouchpointFactory(organization=organization, key=place.lower().replace(" ", "-"), name=place)
    return ada.user.email


@pytest.fixture
def file(tmp_path) -> Path:
    """Two hundred good rows over ten months, and three that cannot come in."""
    first = date(2026, 1, 5)
    rows = [
        f"a-{number},{first + timedelta(days=number * 3 // 2)},{PLACES[number % 2]},{3 + number % 8},"
        for number in range(200)
    ]
    rows[-1] += SHARP
    bad = (
        "b-1,2026-03-04,Service hotline,14,",
        "b-2,not a date,Store visit,6,",
        "b-3,2026-03-05,Moon base,8,",
    )
    path = tmp_path / "answers.csv"
    path.write_text("\n".join([HEADER, *rows, *bad]) + "\n", encoding="utf-8")
    return path


def send(page: Page, file: Path) -> None:
    """Up to the report of the dry run."""
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Upload and choose the columns").click()
    expect(page.get_by_role("heading", name="Columns of answers.csv")).to_be_visible()
    page.locator("#id_metric").select_option(label="NPS®")
    page.get_by_role("button", name="Check the file").click()


def test_feedback_comes_in_from_a_file_after_a_dry_run(page, sign_in, axe, leader, file, organization, watch):
    watch.expected = {422}  # a score off the scale is asked about
    sign_in(page, leader)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Listen").click()
    page.get_by_role("link", name="Import feedback").first.click()
    send(page, file)
    expect(page.get_by_label("“14” (1×)")).to_have_value("refuse")  # nobody has decided
    axe(page)
    page.get_by_role("button", name="Check the file").click()

    expect(page.locator("main .lead-sentence")).to_have_text(
        "3 of 203 rows cannot be imported. Nothing is imported yet."
    )
    assert not Feedback.objects.filter(organization=organization).exists()
    expect(page.get_by_role("cell", name=re.compile("Moon base")).first).to_be_visible()
    axe(page)
    with page.expect_download() as report:
        page.get_by_role("link", name="Download the report as CSV").click()
    assert len(report.value.path().read_text(encoding="utf-8-sig").splitlines()) == 4
    page.get_by_role("button", name="Import the 200 valid rows").click()

    expect(page.locator("main .lead-sentence")).to_contain_text("200 rows were imported: 200 new")
    page.get_by_role("link", name="See NPS®").click()
    expect(page.locator("[data-chart-drawing] svg").first).to_be_visible()
    expect(page.locator("[data-chart-drawing] svg text").filter(has_text="n\u00a0=\u00a0")).to_be_visible()
    assert page.evaluate(CUT_LABELS) == []
    table = page.get_by_role("region", name="By touchpoint")
    for place in PLACES:
        expect(table.get_by_role("link", name=place, exact=True)).to_be_visible()
    axe(page)
    table.get_by_role("link", name="Store visit", exact=True).click()
    page.get_by_role("link", name="What customers said").click()
    expect(page.get_by_role("heading", name="What customers said")).to_be_visible()
    expect(page.get_by_text("Twenty minutes in the queue")).to_be_visible()  # without the tags of the tool
    axe(page)


def test_a_sheet_of_a_workbook_is_chosen_and_imported(page, sign_in, axe, leader, tmp_path, organization):
    path = tmp_path / "answers.xlsx"
    rows = [[f"a-{number}", date(2026, 3, 1 + number), PLACES[0], 9, ""] for number in range(6)]
    cases = ["case", "opened"], ["c-1", date(2026, 3, 4)]
    path.write_bytes(workbook(("Cases", cases), ("Answers", [HEADER.split(","), *rows])))
    sign_in(page, leader)
    page.goto(page.url.split("/o/")[0] + f"/o/{organization.slug}/listen/imports/new/")
    page.get_by_label("CSV file or workbook").set_input_files(path)
    page.get_by_role("button", name="Upload and choose the columns").click()
    expect(page.get_by_role("columnheader", name="opened")).to_be_visible()
    page.get_by_label("Sheet").select_option("Answers")
    page.get_by_role("button", name="Read it again").click()
    expect(page.get_by_role("columnheader", name="touchpoint")).to_be_visible()
    axe(page)
    page.locator("#id_metric").select_option(label="NPS®")
    page.get_by_role("button", name="Check the file").click()
    expect(page.locator("main .lead-sentence")).to_contain_text("All 6 rows can be imported: 6 new")
    page.get_by_role("button", name="Import 6 rows").click()
    expect(page.locator("main .lead-sentence")).to_contain_text("6 rows were imported: 6 new")
    assert Feedback.objects.filter(organization=organization).count() == 6
