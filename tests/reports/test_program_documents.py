"""The return of the program as a document: kept, digested, in both languages, overtaken by a dispute."""

import pytest
from django.urls import reverse

from common.jobs import JobState
from impact.models import LedgerYear, RoiCase
from impact.services import dispute, review_ledger_year
from reports import services
from reports.documents import html_of
from reports.errors import NothingToReport
from reports.models import Report
from reports.selectors import overtaken
from tests.impact.program import computed, finance, full_ledger, valued

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(ada) -> Report:
    valued(ada)
    full_ledger(ada)
    return services.request_program_report(by=ada, case=computed(ada))


def made(report: Report) -> Report:
    assert services.make_report(report=report), report.failure
    report.refresh_from_db()
    return report


def test_the_first_page_says_what_a_board_needs(asked):
    html = html_of(asked)
    first = html.split('<h2 class="first">')[0]
    for text in (
        "Expected net present value",
        "Payback",
        "Proven",
        "Only hoped",
        "What we ask you to decide",
    ):
        assert text in first
    assert asked.content["program_case"]["inputs"]["ledger"][0]["lines"][0]["source"] == "Cost center 4711"


@pytest.mark.drawn
@pytest.mark.parametrize(("language", "paper"), [("en", "A4"), ("zh-hans", "letter")])
def test_it_is_drawn_in_both_languages_and_papers(asked, ada, opened, language, paper):
    report = made(
        services.request_program_report(by=ada, case=asked.program_case, language=language, paper=paper)
    )
    assert (report.job_state, report.pages >= 3) == (JobState.DONE, True)
    with report.file.open("rb") as file:
        document = opened(file.read())
    assert str(document.Root.Lang).lower() == language
    html = html_of(report)
    assert ("项目回报" in html) is (language == "zh-hans")


@pytest.mark.usefixtures("short")
def test_the_same_return_is_one_document(asked, ada):
    again = services.request_program_report(by=ada, case=asked.program_case)
    assert (again.pk, again.is_new) == (asked.pk, False)
    other = services.request_program_report(by=ada, case=asked.program_case, with_look_backs=True)
    assert other.pk == asked.pk  # there are none


@pytest.mark.usefixtures("short")
def test_a_dispute_after_it_went_out_marks_it_overtaken(asked, organization, client_of, ada):
    report = made(asked)
    assert overtaken(report) == ""
    dispute(
        case=RoiCase.objects.order_by("-number")[0],
        by=finance(organization),
        comment="The margin is too high.",
    )
    text = overtaken(report)
    assert text.startswith("This document is overtaken.")
    assert "Finance disputed the value of INI-1" in text
    page = client_of(ada).get(reverse("reports:report_detail", args=["northwind", report.pk])).text
    assert "This document is overtaken." in page
    assert (
        "This document is overtaken."
        in client_of(ada).get(reverse("verify_code", args=[report.verification_code])).text
    )


@pytest.mark.usefixtures("short")
def test_a_disputed_year_and_another_return_overtake_it_too(asked, organization, ada):
    report = made(asked)
    row = LedgerYear.objects.order_by("year")[0]
    review_ledger_year(row=row, by=finance(organization), decision="disputed", comment="Wrong cost center.")
    later = computed(ada)
    text = overtaken(report)
    assert f"Finance disputed the program's costs of {row.year} since" in text
    assert f"Return {later.number} of" in text


@pytest.mark.usefixtures("short")
def test_a_document_of_one_initiative_says_a_later_dispute_too(organization, ada):
    known, value = valued(ada)
    report = made(services.request_roi_report(by=ada, study=known.study, roi_case=value))
    assert overtaken(report) == ""
    dispute(case=value, by=finance(organization), comment="The margin is too high.")
    report = Report.objects.select_related("roi_case__study__initiative__organization").get(pk=report.pk)
    assert "after it was created: “The margin is too high.”" in overtaken(report)


def test_nothing_is_reported_where_nothing_was_computed(ada):
    full_ledger(ada)
    with pytest.raises(NothingToReport):
        services.request_program_report(by=ada, case=computed(ada))


@pytest.mark.usefixtures("short")
def test_page_and_api_ask_for_it(asked, ada, client_of, api_of):
    number = asked.program_case.number
    answer = client_of(ada).post(
        reverse("reports:report_create", args=["northwind"]), {"kind": "program", "program": number}
    )
    assert answer.url.endswith(f"/{asked.pk}/")
    body = {"kind": "program", "program": number}
    told = api_of(ada).post("/api/v1/o/northwind/reports/", body, format="json")
    assert (told.status_code, told.data["program_case"]) == (200, asked.program_case_id)
    body = {"kind": "program", "program": 99}
    refused = api_of(ada).post("/api/v1/o/northwind/reports/", body, format="json")
    assert (refused.status_code, set(refused.json()["errors"])) == (422, {"program"})
