"""Documents of employee surveys: the stored decision, cut to what the reader sees, for whoever may see it."""

import json
import shutil
from datetime import timedelta
from html import unescape

import pytest
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import AuditEvent, BusinessFunction
from accounts.services import FunctionPlace, save_function
from common.jobs import JobState
from cxstats.codec import decoded
from employee_voice import services as employees
from employee_voice.models import Wave, WaveFunction, WaveResults
from employee_voice.results import Results
from employee_voice.services import ActionPlan
from overview.selectors import needs_of
from reports import selectors, services
from reports.access import report_for
from reports.choices import ReportKind
from reports.documents import html_of
from reports.models import Report
from tests.conftest import _member
from tests.factories.employee_results import closed_wave, random_answers
from tests.factories.employee_voice import functions_of, survey_of
from tests.reports.test_pdf import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def wave(ada, ben) -> Wave:
    """Ben leads Service with Care (14 answers) and Field (3: hidden); Finance has 12. Two waves."""
    tree = functions_of(ada)
    save_function(by=ada, name="Service", function=tree["service"], place=FunctionPlace(head=ben))
    survey = survey_of(ada, bank="employee-voice")
    before = None
    for seed in (1, 2):
        before = closed_wave(
            ada,
            {
                "service": random_answers(survey, 9, seed),
                "care": random_answers(survey, 14, seed + 10, lean=0.3),
                "field": random_answers(survey, 3, seed + 20),
                "finance": random_answers(survey, 12, seed + 30),
            },
            survey=survey,
            functions=tree,
            comments={"care": [("helps", f"A secret comment {number}") for number in range(14)]},
            before=before,
        )
        employees.publish_wave(by=ada, wave=before)
    return Wave.objects.select_related("survey__organization").get(pk=before.pk)


def document(by, wave, **wishes) -> Report:
    return services.request_wave_report(by=by, wave=wave, **wishes)


def names_in(report: Report) -> list[str]:
    return [row["name"] for row in report.content["functions"]]


@pytest.fixture
def hugo(organization):
    return _member(organization, "Hugo", Role.EXECUTIVE)


# --- who sees what ----------------------------------------------------------------------------------


def test_a_document_holds_what_its_reader_sees(ada, ben, hugo, wave, organization):
    fay = _member(organization, "Fay", Role.FINANCE_REVIEWER)
    everything = ["Northwind Telecom", "Finance", "Service", "Care", "Field"]
    assert names_in(document(ada, wave)) == everything
    assert names_in(document(hugo, wave)) == everything
    assert names_in(document(ben, wave)) == ["Northwind Telecom", "Service", "Care", "Field"]
    assert names_in(document(fay, wave)) == ["Northwind Telecom"]
    reaches = {report.created_by: report.reach for report in Report.objects.all()}
    assert reaches == {ada: "all", ben: "line", fay: "whole"}  # Hugo was given Ada's
    html = html_of(document(ben, wave))
    assert "Finance" not in html
    assert "Care" in html


def test_others_find_only_documents_that_hold_no_more_than_they_see(ada, ben, cleo, hugo, wave, client_of):
    auditor = _member(ada.organization, "Anton", Role.AUDITOR)
    fay = _member(ada.organization, "Fay", Role.FINANCE_REVIEWER)
    whole, line, everything = document(fay, wave), document(ben, wave), document(ada, wave)
    seen = {
        ada: {whole, line, everything},
        hugo: {whole, line, everything},
        ben: {whole, line},
        fay: {whole},
        cleo: {whole},
        auditor: set(),
    }
    for member, expected in seen.items():
        assert set(selectors.reports(member)) == expected, member
        client = client_of(member)
        for report in (whole, line, everything):
            page = client.get(reverse("reports:report_detail", args=["northwind", report.pk]))
            assert page.status_code == (200 if report in expected else 404), (member, report.reach)


def test_who_leads_the_line_no_longer_does_not_open_it_any_more(ada, ben, wave, client_of):
    line = document(ben, wave)
    address = reverse("reports:report_detail", args=["northwind", line.pk])
    assert client_of(ben).get(address).status_code == 200
    service = WaveFunction.objects.get(wave=wave, name="Service").function
    save_function(by=ada, name="Service", function=service, place=FunctionPlace())
    assert client_of(ben).get(address).status_code == 404


@pytest.mark.parametrize("role", Role.values)
def test_what_is_listed_opens_and_what_opens_is_listed(ada, ben, wave, api_of, client_of, role):
    """Whatever somebody asked for before: as a leader, a head of one line or of two, a member; and the others
    there are, of every kind."""
    other = _member(ada.organization, "Olga", role)
    everything = [document(ada, wave), document(ben, wave)]
    for head in (True, False):
        save_function(
            by=ada,
            name="Service",
            function=BusinessFunction.objects.get(name="Service"),
            place=FunctionPlace(head=other if head else None),
        )
        for as_role in (Role.CX_LEADER, Role.CONTRIBUTOR, Role.EXECUTIVE):
            other.role = as_role
            other.save()
            everything.append(document(other, wave, paper="letter", language="en" if head else "zh-hans"))
        other.role = role
        other.save()
        for member in (ada, ben, other):
            listed = set(selectors.reports(member).values_list("pk", flat=True))
            assert listed == {one.pk for one in everything if opens(member, one)}
    address = reverse("reports:report_list", args=["northwind"])
    assert client_of(other).get(address).status_code == 200


def opens(member, report) -> bool:
    try:
        return bool(report_for(member, report.pk))
    except Http404:
        return False


def test_home_names_no_failed_document_that_would_not_open(ada, ben, wave):
    made = document(ben, wave)
    Report.objects.filter(pk=made.pk).update(job_state=JobState.FAILED)
    assert made.title in str(needs_of(ben))
    save_function(
        by=ada, name="Service", function=BusinessFunction.objects.get(name="Service"), place=FunctionPlace()
    )
    assert made.title not in str(needs_of(ben))


def test_two_heads_of_the_same_line_have_documents_of_their_own(ada, ben, cleo, wave):
    """A head who follows another finds what she asked for, and not what is hidden from her."""
    first = document(ben, wave)
    service = WaveFunction.objects.get(wave=wave, name="Service").function
    save_function(by=ada, name="Service", function=service, place=FunctionPlace(head=cleo))
    second = document(cleo, wave)
    assert first.pk != second.pk
    assert second in selectors.reports(cleo)


# --- what it says -----------------------------------------------------------------------------------


def test_figures_are_those_of_the_stored_decision_and_no_finer_than_the_page(ada, wave):
    stored = decoded(Results, WaveResults.objects.get(wave=wave).content)
    shown = {one.key: one for one in stored.publication.functions}
    found = document(ada, wave).content
    assert found["results"]["digest"] == WaveResults.objects.get(wave=wave).digest
    checked = 0
    for row in found["functions"]:
        told = {figure.measure: figure for figure in shown[row["key"]].figures}
        assert row["answered"] == shown[row["key"]].answered
        for figure in row["figures"]:
            checked += 1
            known = told[figure["measure"]]
            assert figure["told"] == known.how.value
            if figure["told"] == "hidden":
                assert set(figure) == {"measure", "told"}
                continue
            assert figure["favourable"]["value"] == round(known.favourable.value, 2)
            digits = 0 if figure["measure"] == "enps" else 1
            assert figure["score"] == (round(known.score.value, digits) if known.score else None)
    assert checked > 60
    (hidden,) = [row for row in found["functions"] if row["name"] == "Field"]
    assert (hidden["answered"], hidden["asked"], hidden["figures"]) == (None, None, [])
    assert hidden["hidden"] == "small"


def test_hidden_functions_say_why_and_comments_are_nowhere(ada, wave):
    report = document(ada, wave)
    html = unescape(html_of(report))
    assert "Hidden: fewer than 5 people, or answers to a question." in html
    assert "secret comment" not in html
    assert "secret comment" not in json.dumps(report.content)


def test_it_says_promise_participation_drivers_and_how_it_was_made(ada, wave):
    html = " ".join(unescape(html_of(document(ada, wave))).split())
    for words in (
        "nobody can find out who gave which answer",
        "Nothing is shown of fewer than 5 answers",
        "38 of 38 people asked",
        "Authority to act",
        "What engagement is associated with",
        "Compared with wave 1.",
        "was decided once, when the wave was published",
        "95% intervals",
        "This document holds all functions that the wave shows.",
    ):
        assert words in html, words
    assert html.count("<svg") == 1


def test_it_speaks_chinese(ada, wave):
    html = html_of(document(ada, wave, language="zh-hans"))
    for words in ("对答卷人的承诺", "整个组织的驱动因素", "与敬业度相关的因素", "数据说明"):
        assert words in html
    assert "favorable" not in html
    assert "Function by function" not in html


def test_actions_stand_as_they_were_when_it_was_asked_for(ada, ben, wave):
    line = WaveFunction.objects.get(wave=wave, name="Care")
    plan = {"driver": "tools", "owner": ben, "due_on": timezone.localdate() + timedelta(days=9)}
    action = employees.plan_action(
        by=ada, wave=wave, plan=ActionPlan(function=str(line.pk), text="One app instead of three", **plan)
    )
    finance = WaveFunction.objects.get(wave=wave, name="Finance")
    employees.plan_action(by=ada, wave=wave, plan=ActionPlan(function=str(finance.pk), text="Audit", **plan))
    report = document(ben, wave)
    employees.move_action(by=ada, action=action, state="done")
    html = html_of(report)
    assert "One app instead of three" in html
    assert "Planned ·" in html
    assert "Audit" not in html  # of a function that is not his to see
    assert document(ben, wave).pk != report.pk  # what it says has changed


def test_a_demo_organization_says_that_its_answers_are_simulated(ada, wave):
    ada.organization.is_demo = True
    ada.organization.save()
    assert "the answers in this report are simulated" in html_of(document(ada, wave))


# --- asking for it ----------------------------------------------------------------------------------


def test_it_is_asked_for_from_the_page_of_results_and_told_in_the_trail(ben, cleo, wave, client_of):
    client = client_of(ben)
    results = reverse("employee_voice:wave_results", args=["northwind", wave.pk])
    assert 'value="employee_wave"' in client.get(results).content.decode()
    asked = {"kind": "employee_wave", "wave": wave.pk}
    create = reverse("reports:report_create", args=["northwind"])
    response = client.post(create, asked)
    report = Report.objects.get()
    assert response.url == reverse("reports:report_detail", args=["northwind", report.pk])
    assert (report.kind, report.wave_id) == (ReportKind.EMPLOYEE_WAVE, wave.pk)
    assert AuditEvent.objects.filter(verb="report.requested").get().actor == ben.user
    # a contributor reads results and makes no documents
    assert 'value="employee_wave"' not in client_of(cleo).get(results).content.decode()
    assert client_of(cleo).post(create, asked).status_code == 403


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_who_may_not_see_results_makes_no_document_of_them(organization, wave, client_of, role):
    member = _member(organization, "Someone", role)
    create = reverse("reports:report_create", args=["northwind"])
    assert client_of(member).post(create, {"kind": "employee_wave", "wave": wave.pk}).status_code == 403


def test_a_stranger_s_wave_and_one_that_is_not_published_are_not_found(ada, dora, wave, client_of, api_of):
    create = reverse("reports:report_create", args=["elsewhere"])
    asked = {"kind": "employee_wave", "wave": wave.pk}
    assert client_of(dora).post(create, asked).status_code == 404
    Wave.objects.filter(pk=wave.pk).update(state="closed")
    address = reverse("api:report-list", args=["northwind"])
    refused = api_of(ada).post(address, asked, format="json")
    assert (refused.status_code, set(refused.json()["errors"])) == (422, {"wave"})


def test_it_is_asked_for_by_program(ada, wave, api_of):
    address = reverse("api:report-list", args=["northwind"])
    assert api_of(ada).post(address, {"kind": "employee_wave"}, format="json").status_code == 422
    made = api_of(ada).post(address, {"kind": "employee_wave", "wave": wave.pk}, format="json")
    assert (made.status_code, made.json()["wave"]) == (201, wave.pk)


@pytest.mark.drawn
def test_the_file_is_tagged_and_holds_its_evidence(ada, wave, opened):
    report = document(ada, wave)
    services.make_report(report=report)
    report.refresh_from_db()
    assert (report.job_state, report.failure) == (JobState.DONE, "")
    with report.file.open("rb") as file:
        pdf = opened(file.read())
    assert bool(pdf.Root.MarkInfo.Marked)
    assert "/StructTreeRoot" in pdf.Root
    assert str(pdf.Root.Lang) == "en"
    (name,) = pdf.attachments
    assert json.loads(pdf.attachments[name].get_file().read_bytes()) == report.content
    page = pdf.pages[0].mediabox
    assert [round(float(number)) for number in page[2:]] == [595, 842]


@pytest.mark.drawn
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
def test_no_page_is_left_almost_blank(ada, wave):
    report = document(ada, wave)
    services.make_report(report=report)
    report.refresh_from_db()
    with report.file.open("rb") as file:
        pages = text_of(file.read())
    assert "Verify this document with code" in pages[-1]
    assert "Content of this document" in pages[-1]
    for page in pages:
        assert len([line for line in page.splitlines() if line.strip()]) > 12, page
