"""A list of firms, one of them twice: imported, looked at, merged; and a contact who is added by hand."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from customer_voice.models import CustomerAccount
from customer_voice.services import rebuild_rollup
from tests.factories.customer_voice import FeedbackFactory, MetricDefinitionFactory, TouchpointFactory


@pytest.fixture
def leader(ada, organization, with_password) -> str:
    with_password(ada)
    metric = MetricDefinitionFactory(organization=organization, key="nps")
    touchpoint = TouchpointFactory(organization=organization, key="hotline", name="Service hotline")
    for number in range(6):
        FeedbackFactory(
            metric=metric,
            touchpoint=touchpoint,
            occurred_at=timezone.now() - timedelta(days=number + 1),
            score=9,
            customer=f"C-{number}",
            account="A-2",
        )
    rebuild_rollup(organization=organization)
    return ada.user.email


@pytest.fixture
def file(tmp_path) -> Path:
    path = tmp_path / "firms.csv"
    path.write_text(
        "Account ID,Account Name,Customer since,Number of contacts,Owner\n"
        "A-1,Harbor Logistics,2019-04-01,12,Kim\nA-2,Harbour Logistics,,,\nA-3,Tanaka,soon,,\n",
        encoding="utf-8",
    )
    return path


def test_firms_come_in_from_a_list_and_the_double_is_merged(page, sign_in, axe, leader, file, organization):
    sign_in(page, leader)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Listen").click()
    page.get_by_role("link", name="Customer accounts").click()
    page.get_by_role("link", name="Import a list").click()
    axe(page)
    page.get_by_label("File (CSV or XLSX)").set_input_files(file)
    page.get_by_role("button", name="Upload and see what would happen").click()
    expect(page.get_by_text("Columns not used: Owner")).to_be_visible()
    expect(page.get_by_text("Not a date.")).to_be_visible()
    axe(page)
    page.get_by_label("Leave out the 1 wrong row and import the others").check()
    page.get_by_role("button", name="Import the list").click()
    expect(page.get_by_text("1 added, 1 changed, 0 unchanged.")).to_be_visible()
    axe(page)

    page.get_by_role("link", name="Harbor Logistics").click()
    expect(page.get_by_text("No known contact has answered in the last 12 months.")).to_be_visible()
    page.get_by_role("link", name="Merge").click()
    page.get_by_label("The other record").fill("A-2")
    page.get_by_role("button", name="Show what would move").click()
    expect(page.get_by_text("6 answers move.")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_text("6 of 12 people who can be asked have answered")).to_be_visible()
    expect(page.get_by_role("cell", name="6 of 12 people")).to_be_visible()
    axe(page)
    assert CustomerAccount.objects.of(organization).count() == 1

    page.get_by_role("link", name="Add a contact").click()
    page.get_by_label("Name", exact=False).first.fill("Jo Park")
    expect(page.get_by_label("Customer account")).to_have_value("A-1")
    axe(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Jo Park")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Harbor Logistics").click()
    expect(page.get_by_text("1 contact is silent.")).to_be_visible()
