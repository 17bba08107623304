"""A CX leader brings an export of contracts, and learns what a point of her metric is worth."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from common.spreadsheets import csv_text
from tests.factories.associations import HEADER, contract_rows
from tests.factories.impact import metric_of
from tests.stories.conftest import NO_SIDEWAYS, PHONE


@pytest.fixture
def export(tmp_path) -> Path:
    path = tmp_path / "contracts.csv"
    path.write_text(csv_text(HEADER, contract_rows()), encoding="utf-8")
    return path


def test_a_table_becomes_a_range_with_its_checks(
    page, sign_in, axe, ada, with_password, organization, export
):
    with_password(ada)
    metric_of(organization)
    sign_in(page, ada.user.email)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Prove").click()
    page.get_by_role("link", name="Scores and what came later").click()
    axe(page)
    page.get_by_label("Table of scores and outcomes").set_input_files(export)
    page.get_by_label("Outcomes known up to").fill("2026-01-01")
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("Every row can be read. Nothing is computed yet.")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Compute").click()
    expect(page.get_by_text("customers stay for the year after")).to_be_visible()
    expect(page.locator("[data-chart-drawing] svg").first).to_be_visible()
    expect(page.get_by_role("heading", name="Checks")).to_be_visible()
    axe(page)
    page.set_viewport_size(PHONE)
    assert page.evaluate(NO_SIDEWAYS)
