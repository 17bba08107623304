"""A phone shows what decides: score, words and state of every row, without moving sideways."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from common.jobs import JobState
from customer_voice.models import ImportBatch
from tests.factories.customer_voice import (
    FeedbackFactory,
    MetricDefinitionFactory,
    SourceFactory,
    TouchpointFactory,
)
from tests.stories.conftest import NO_SIDEWAYS, OFF_SCREEN, PHONE

WORDS = "I took a day off and nobody came, and nobody called either. " * 3


@pytest.fixture
def heard(ada, organization, with_password) -> str:
    with_password(ada)
    metric = MetricDefinitionFactory(organization=organization, key="nps")
    touchpoint = TouchpointFactory(organization=organization, key="visit", name="Installation visit")
    FeedbackFactory(
        metric=metric,
        touchpoint=touchpoint,
        score=3,
        text=WORDS,
        segment="Small business",
        customer="C809718",
        occurred_at=datetime(2026, 3, 14, 12, tzinfo=UTC),
    )
    ImportBatch.objects.create(
        organization=organization,
        source=SourceFactory(organization=organization),
        created_by=ada,
        filename="a-rather-long-name-of-a-file-from-the-survey-tool-2026-03.csv",
        file="x.csv",
        file_digest="0" * 64,
        file_bytes=1,
        mapping={"external_id": "id"},
        job_state=JobState.DONE,
    )
    return ada.user.email


@pytest.mark.parametrize("scripts", [True, False])
def test_a_row_of_feedback_is_a_card_with_its_score_and_words(open_browser, sign_in, axe, heard, scripts):
    page = open_browser(viewport=PHONE, java_script_enabled=scripts)
    sign_in(page, heard)
    page.goto(reverse("customer_voice:feedback_list", args=["northwind"]))
    row = page.locator("table tbody tr").first
    for label, text in (("Score", "3"), ("Segment", "Small business"), ("Touchpoint", "Installation visit")):
        cell = row.locator(f'td[data-label="{label}"]')
        expect(cell).to_be_visible()
        expect(cell).to_have_text(text)
        box = cell.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
    words = row.locator("td.main").bounding_box()
    assert words is not None
    assert words["x"] + words["width"] <= PHONE["width"]
    if scripts:
        assert page.evaluate(OFF_SCREEN) == []
        assert page.evaluate(NO_SIDEWAYS)
        axe(page)
    row.get_by_role("link").first.click()
    expect(page.locator("blockquote")).to_contain_text("nobody called either")


def test_the_state_of_an_import_is_on_the_screen(open_browser, sign_in, heard):
    page = open_browser(viewport=PHONE)
    sign_in(page, heard)
    page.goto(reverse("customer_voice:import_list", args=["northwind"]))
    expect(page.locator('td[data-label="State"]').first).to_be_in_viewport(ratio=1)
    assert page.evaluate(OFF_SCREEN) == []


def test_a_table_without_marks_of_its_own_becomes_cards_by_script(open_browser, sign_in, heard):
    page = open_browser(viewport=PHONE)
    sign_in(page, heard)
    page.goto(reverse("customer_voice:definition_list", args=["northwind"]))
    expect(page.locator("table.table-cards")).to_have_count(1)
    expect(page.locator('td[data-label="State"]').first).to_be_visible()
    assert page.evaluate(OFF_SCREEN) == []
