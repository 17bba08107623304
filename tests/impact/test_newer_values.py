"""A document about a value that no longer counts says which one does, and what finance says of that."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from impact.services import compute_roi_case, dispute, save_value_model, sign_off
from reports.documents import evidence_of_roi, html_of
from reports.models import Report
from reports.services import request_roi_report
from tests.factories.impact import parameter_values, value_model

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_values(worked, studied, ada):
    value_model(worked.initiative, ada)
    first = compute_roi_case(study=studied, by=ada)
    save_value_model(
        initiative=worked.initiative, by=ada, kind="retention", horizon_years=2, discount_rate_pct=9,
        parameters=parameter_values(),
    )  # fmt: skip
    return first, compute_roi_case(study=studied, by=ada)


def test_a_document_about_the_value_that_counts_says_nothing(two_values, studied):
    first, second = two_values
    assert (first.number, second.number) == (1, 2)
    assert "newer_value" not in evidence_of_roi(studied, second)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Value 2 of study 1 counts instead."), ("zh-hans", "为准")]
)
def test_a_document_about_an_older_value_names_the_newer_one_and_its_state(
    two_values, studied, ada, fay, language, words
):
    first, second = two_values
    dispute(case=second, by=fay, comment="The margin is too high")
    content = evidence_of_roi(studied, first)
    assert (content["newer_value"]["number"], content["newer_value"]["sign_off"]["state"]) == (2, "disputed")
    with translation.override(language):
        text = html_of(request_roi_report(by=ada, study=studied, roi_case=first, language=language))
    assert words in text
    assert "Fay" in text


def _done(report):
    """As if it had been drawn: what stands on the pages about it does not depend on the file."""
    Report.objects.filter(pk=report.pk).update(
        job_state="done", file="x.pdf", file_digest="0" * 64, file_bytes=10, pages=3,
        created_at=timezone.now() - timedelta(minutes=7), finished_at=timezone.now(),
    )  # fmt: skip
    return Report.objects.get(pk=report.pk)


def test_pages_of_a_document_say_what_counts_today(worked, studied, ada, fay, client_of, client):
    value_model(worked.initiative, ada)
    first = compute_roi_case(study=studied, by=ada)
    report = _done(request_roi_report(by=ada, study=studied, roi_case=first))
    own = reverse("reports:report_detail", args=["northwind", report.pk])
    public = reverse("verify_code", args=[report.verification_code])
    assert "counts instead" not in client_of(ada).get(own).text
    assert "counts instead" not in client.get(public).text
    save_value_model(
        initiative=worked.initiative, by=ada, kind="retention", horizon_years=2, discount_rate_pct=9,
        parameters=parameter_values(),
    )  # fmt: skip
    second = compute_roi_case(study=studied, by=ada)
    for page in (client_of(ada).get(own).text, client.get(public).text):
        assert "Value 2 of study 1 counts instead." in page
        assert "Finance has not reviewed this value yet" in page
    sign_off(case=second, by=fay)
    assert "Signed off by finance: Fay" in client.get(public).text


def test_list_and_page_name_the_same_minute(worked, studied, ada, client_of):
    report = _done(request_roi_report(by=ada, study=studied, roi_case=None))
    client = client_of(ada)
    page = client.get(reverse("reports:report_detail", args=["northwind", report.pk]))
    listed = client.get(reverse("reports:report_list", args=["northwind"]))
    minute = timezone.localtime(report.created_at).strftime("%M")
    other = timezone.localtime(report.finished_at).strftime("%M")
    assert f":{minute}" in page.text
    assert f":{minute}" in listed.text
    assert f":{other}" not in page.text


def test_what_finance_disputes_is_not_titled_an_expectation(case, studied, ada, fay, client_of, worked):
    client, address = client_of(ada), f"/o/northwind/prove/{worked.initiative.number}/"
    assert "Expected net present value" in client.get(address).text
    dispute(case=case, by=fay, comment="The margin is too high")
    page = client.get(address).text
    assert "<dt>Computed net present value</dt>" in page
    assert "<dt>Expected net present value</dt>" not in page
    text = html_of(request_roi_report(by=ada, study=studied, roi_case=case))
    assert "Computed net present value" in text
    assert '<p class="label">Expected net present value' not in text
