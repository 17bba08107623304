"""An old proxy strips the scripts, or they fail to load: the work still gets done."""

import pytest
from playwright.sync_api import Page, expect

from assessments.models import Answer
from coalition.choices import InitiativeState
from customer_voice.models import Feedback
from tests.factories import coalition as make
from tests.factories.customer_voice import MetricDefinitionFactory, TouchpointFactory
from tests.stories.conftest import PHONE

CSV = "id,date,touchpoint,score\na-1,2026-03-02,Store visit,9\na-2,2026-03-03,Store visit,7\n"


@pytest.fixture
def page(open_browser) -> Page:
    return open_browser(java_script_enabled=False, viewport=PHONE)


def test_answers_are_kept_without_scripts(page, sign_in, ada, with_password):
    with_password(ada)
    sign_in(page, ada.user.email)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Assess").click()
    page.get_by_role("button", name="Take the quick check").click()
    first = page.locator("fieldset[data-autosave]").first
    first.locator("label.level-card").nth(2).click()
    page.get_by_role("button", name="Save and continue later").click()

    expect(page.get_by_text("Saved. You can continue at any time.")).to_be_visible()
    assert Answer.objects.get().level == 3


def test_a_vote_counts_without_scripts(page, sign_in, ada, ben, organization, with_password):
    with_password(ben)
    make.SeatFactory(coalition__organization=organization, membership=ben, title="Service")
    initiative = make.submitted(ada)
    sign_in(page, ben.user.email)
    page.goto(f"/o/{organization.slug}/decide/{initiative.number}/vote/")
    page.get_by_role("radio", name="Approve").check()
    page.locator("#your-vote").get_by_role("button", name="Vote").click()

    expect(page.get_by_text("and it decided: Approved.")).to_be_visible()
    initiative.refresh_from_db()
    assert initiative.state == InitiativeState.APPROVED


def test_a_file_comes_in_without_scripts(page, sign_in, ada, organization, with_password, tmp_path):
    with_password(ada)
    MetricDefinitionFactory(organization=organization, key="nps")
    TouchpointFactory(organization=organization, key="store-visit", name="Store visit")
    file = tmp_path / "answers.csv"
    file.write_text(CSV, encoding="utf-8")
    sign_in(page, ada.user.email)
    page.goto(f"/o/{organization.slug}/listen/imports/new/")
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Upload and choose the columns").click()
    page.locator("#id_metric").select_option(label="NPS®")
    page.get_by_role("button", name="Check the file").click()
    page.get_by_role("button", name="Import 2 rows").click()

    expect(page.get_by_text("2 rows were imported: 2 new")).to_be_visible()
    assert Feedback.objects.filter(organization=organization).count() == 2
