"""A document of a result that a newer one replaced is closed to everybody, and so is one of a round that is
open again: both results together are the answers of the few who came in between."""

import json

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from assessments import selectors as assessments
from assessments import services as rounds
from common.jobs import JobState
from overview.selectors import needs_of
from overview.selectors.home import home_page
from reports import selectors, services
from reports.errors import NothingToReport
from reports.models import Report
from reports.services import request_maturity_report
from tests.conftest import _member
from tests.factories.assessments import make_assessment, make_submitted

pytestmark = pytest.mark.django_db
API = "/api/v1/o/northwind"
FIVE = (5, 4, 4, 4, 5)  # 22 / 5 = 4.4


def a_round(ada, name: str, **more):
    """Five have answered and the round is closed: (round, result)."""
    assessment = make_assessment(ada, **more)
    for place, level in enumerate(FIVE):
        member = _member(ada.organization, f"{name} {place}", Role.CONTRIBUTOR)
        make_submitted(member, assessment, "executive", ask=level, answer=level, improve=level)
    return assessment, rounds.close_assessment(by=ada, assessment=assessment)


def a_document(by, result) -> Report:
    """As drawn: with a file, without the work of drawing it."""
    report = request_maturity_report(by=by, result=result)
    report.file.save(f"{report.verification_code}.pdf", ContentFile(b"%PDF-1.7 4.40"), save=False)
    report.job_state, report.finished_at = JobState.DONE, timezone.now()
    report.content_digest, report.file_digest, report.pages = "c" * 64, "f" * 64, 7
    report.save()
    return report


def answered_by_a_sixth(ada, assessment):
    rounds.reopen_assessment(by=ada, assessment=assessment, reason="one was late")
    assessment.refresh_from_db()
    late = _member(ada.organization, f"Late {assessment.pk}", Role.CONTRIBUTOR)
    make_submitted(late, assessment, "executive", ask=1, answer=1, improve=1)
    result = rounds.close_assessment(by=ada, assessment=assessment)
    assessment.refresh_from_db()
    return result


def address(name, report):
    return reverse(f"reports:{name}", args=["northwind", report.pk])


def states(api_of, client_of, member, report) -> tuple[int, int]:
    found = (
        client_of(member).get(address("report_download", report)),
        api_of(member).get(f"{API}/reports/{report.pk}/download/"),
    )
    for response in found:
        if response.streaming:
            b"".join(response.streaming_content)  # to its end, so that the file is closed
    return found[0].status_code, found[1].status_code


def test_nobody_gets_the_file_of_a_replaced_result_and_everybody_is_told_why(
    ada, ben, organization, client_of, api_of
):
    """Not who made it and no administrator: 6 x 3.83 - 5 x 4.4 is what the sixth answered."""
    paula = _member(organization, "Paula", Role.ADMINISTRATOR)
    assessment, first = a_round(ada, "Five")
    report = a_document(ben, first)
    assert states(api_of, client_of, ben, report) == (200, 200)
    second = answered_by_a_sixth(ada, assessment)

    for member in (ben, ada, paula):
        assert states(api_of, client_of, member, report) == (410, 410), member
        page = client_of(member).get(address("report_detail", report)).content.decode()
        assert "replaced by a newer result" in page
        assert "f" * 64 not in page
        assert "c" * 64 not in page
        assert "Download the PDF" not in page
        listed = client_of(member).get(reverse("reports:report_list", args=["northwind"])).content.decode()
        assert "Replaced by a newer result" in listed
        assert address("report_download", report) not in listed
    told = api_of(ben).get(f"{API}/reports/{report.pk}/download/").json()
    assert told["code"] == "report_closed"
    (row,) = api_of(ben).get(f"{API}/reports/").json()["results"]
    assert (row["closed_because"], row["content_digest"], row["file_digest"]) == ("replaced", "", "")
    newer = a_document(ben, second)
    assert newer.pk != report.pk
    assert states(api_of, client_of, ben, newer) == (200, 200)


def test_the_public_page_says_of_a_replaced_document_only_that(ada, ben, client):
    assessment, first = a_round(ada, "Five")
    report = a_document(ben, first)
    page = reverse("verify_code", args=[report.verification_code])
    assert "f" * 64 in client.get(page).content.decode()
    answered_by_a_sixth(ada, assessment)

    for found in (client.get(page), client.post(page, {"file": ContentFile(b"%PDF-1.7 4.40", name="a.pdf")})):
        text = found.content.decode()
        assert found.status_code == 200
        assert "This document was replaced by a newer result" in text
        for hidden in ("f" * 64, "c" * 64, report.title, 'type="file"', "unchanged", "Northwind"):
            assert hidden not in text, hidden


def test_while_its_round_is_open_again_a_result_is_nowhere(ada, ben, client_of, api_of):
    assessment, first = a_round(ada, "Five")
    report = a_document(ben, first)
    sentence = assessments.result_headline(first)
    assert sentence in str(home_page(ben))
    rounds.reopen_assessment(by=ada, assessment=assessment, reason="one was late")

    assert states(api_of, client_of, ben, report) == (410, 410)
    detail = client_of(ben).get(address("report_detail", report)).content.decode()
    assert "The round of this document is open again" in detail
    assert api_of(ben).get(f"{API}/reports/{report.pk}/").json()["closed_because"] == "reopened"
    assert api_of(ben).get(f"{API}/maturity-results/").json()["count"] == 0
    assert api_of(ben).get(f"{API}/maturity-results/{first.pk}/").status_code == 404
    assert sentence not in str(home_page(ben))
    (row,) = assessments.rows_of(assessments.assessment_rows(ada.organization, ben))
    assert (row.level, row.band, row.result_pk) == (None, "", None)
    round_address = reverse("assessments:assessment_detail", args=["northwind", assessment.pk])
    for name in ("result_detail", "result_practices"):
        gone = client_of(ben).get(reverse(f"assessments:{name}", args=["northwind", assessment.pk]))
        assert gone.url == round_address
    page = client_of(ben).get(round_address).content.decode()
    assert "earlier result and documents about it are closed" in page
    assert "Result so far" not in page
    with pytest.raises(NothingToReport):
        request_maturity_report(by=ben, result=first)


def test_a_round_that_closes_with_the_same_answers_opens_its_documents_again(ada, ben, client_of, api_of):
    assessment, first = a_round(ada, "Five")
    report = a_document(ben, first)
    rounds.reopen_assessment(by=ada, assessment=assessment, reason="nobody came")
    assessment.refresh_from_db()
    rounds.close_assessment(by=ada, assessment=assessment)
    assert states(api_of, client_of, ben, report) == (200, 200)


def test_a_document_that_shows_a_replaced_result_of_another_round_is_closed_and_drawn_anew(
    ada, ben, client_of, api_of
):
    """Rounds side by side: the levels of the five stand in the document of the later round as well."""
    assessment, _first = a_round(ada, "Five")
    _later, second = a_round(ada, "Later", title="Later")
    assert assessments.result_page(second).rounds[0].overall == pytest.approx(4.4)
    report = a_document(ben, second)
    answered_by_a_sixth(ada, assessment)

    assert states(api_of, client_of, ben, report) == (410, 410)
    again = request_maturity_report(by=ben, result=second)
    assert (again.pk, again.job_state) == (report.pk, JobState.QUEUED)
    Report.objects.filter(pk=again.pk).update(job_state=JobState.DONE, finished_at=timezone.now())
    assert states(api_of, client_of, ben, report) == (200, 200)
    assert assessments.result_page(second).rounds[0].overall == pytest.approx(23 / 6)


def test_a_quick_check_of_somebody_else_closes_no_document(ada, ben, client_of, api_of):
    private, _result = a_round(ada, "Private")
    _later, second = a_round(ada, "Later", title="Later")
    report = a_document(ben, second)
    answered_by_a_sixth(ada, private)
    type(private).objects.filter(pk=private.pk).update(is_private=True)
    assert states(api_of, client_of, ben, report) == (200, 200)


def test_a_later_round_keeps_no_levels_of_one_that_is_open_again(ada):
    """Its stored comparison would stand beside the next result of the round before."""
    assessment, _first = a_round(ada, "Five")
    assessment.refresh_from_db()
    later = make_assessment(ada, title="Later", previous=assessment)
    make_submitted(ada, later, ask=3, answer=3, improve=3)
    rounds.reopen_assessment(by=ada, assessment=assessment, reason="one was late")
    result = rounds.close_assessment(by=ada, assessment=later)
    assert result.inputs["previous"] == {"practices": [], "dimensions": [], "overall": None}
    assert assessments.result_page(result).overall.change is None
    assert "4.4" not in json.dumps(result.profile)
    assert assessments.result_page(result).rounds == ()


def test_home_asks_nobody_to_repeat_a_document_that_is_closed(ada, ben):
    assessment, first = a_round(ada, "Five")
    report = a_document(ben, first)
    Report.objects.filter(pk=report.pk).update(job_state=JobState.FAILED)
    assert report.title in str(needs_of(ben))
    answered_by_a_sixth(ada, assessment)
    assert report.title not in str(needs_of(ben))
    assert list(selectors.reports(ben)) == [report]


def test_a_document_in_the_making_when_its_result_is_replaced_is_closed_too(ada, ben, client_of, api_of):
    assessment, first = a_round(ada, "Five")
    report = request_maturity_report(by=ben, result=first)
    answered_by_a_sixth(ada, assessment)
    services.make_report(report=report)
    report.refresh_from_db()
    assert report.job_state == JobState.DONE
    assert states(api_of, client_of, ben, report) == (410, 410)


def test_words_of_a_draft_from_a_gap_hold_no_figure_that_could_be_subtracted(ada):
    """They stay with the initiative when the result is replaced: the whole level is enough for them."""
    _assessment, first = a_round(ada, "Five")
    seed = assessments.initiative_seed(first, "ask")
    assert "is at level 4, the target is 4.0: ask level 4" in seed.problem
    assert "4.4" not in seed.problem
