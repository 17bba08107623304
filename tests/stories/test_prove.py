"""What an executive takes into the board room."""

import hashlib
import json
import re

import pikepdf
import pytest
from playwright.sync_api import expect

from accounts.choices import Role
from accounts.models import Membership
from cxstats.codec import digest_of
from impact.models import RoiCase
from impact.services import compute_roi_case
from reports.models import Report
from reports.services import make_report, request_roi_report
from tests.factories import MembershipFactory
from tests.factories import impact as make
from tests.stories.conftest import NO_SIDEWAYS, PHONE


@pytest.fixture
def executive(organization, with_password) -> Membership:
    member = MembershipFactory(
        organization=organization,
        user__email="eve@northwind.example",
        user__name="Eve",
        role=Role.EXECUTIVE,
    )
    with_password(member)
    return member


@pytest.fixture
def proven(organization, ada) -> make.Simulated:
    """A live initiative with its study and its value."""
    simulated = make.live_initiative(organization, ada)
    study = make.finished_study(simulated, ada)
    make.value_model(simulated.initiative, ada)
    compute_roi_case(study=study, by=ada)
    return simulated


def test_executive_makes_the_report_and_its_evidence_can_be_verified(
    page, sign_in, axe, executive, proven, tmp_path
):
    sign_in(page, executive.user.email)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Prove").click()
    axe(page)
    page.get_by_role("link", name=re.compile(proven.initiative.title)).first.click()
    expect(page.get_by_role("heading", name=proven.initiative.title, level=1)).to_be_visible()
    expect(page.locator(".grade-letter")).to_have_text(re.compile("^[ABCD]$"))
    expect(page.locator("[data-chart-drawing] svg").first).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Create the ROI report").click()

    expect(page.get_by_text("The document is ready")).to_be_visible()
    axe(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the PDF").click()
    file = tmp_path / "report.pdf"
    download.value.save_as(file)
    report = Report.objects.get()
    with pikepdf.open(file) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang).lower().startswith("en")
        assert proven.initiative.title in str(document.docinfo.Title)
        attached = next(iter(document.attachments.values())).get_file().read_bytes()
    assert digest_of(json.loads(attached), version=1) == report.content_digest
    assert hashlib.sha256(file.read_bytes()).hexdigest() == report.file_digest

    page.get_by_role("link", name=report.verification_code).click()
    expect(page.get_by_role("heading", name="This document is known")).to_be_visible()
    expect(page.get_by_text(report.content_digest)).to_be_visible()
    axe(page)
    page.get_by_label("Your copy of the document").set_input_files(file)
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("The file is unchanged.")).to_be_visible()


def test_a_document_is_shared_by_a_link_and_its_reader_asks_a_question(
    page, sign_in, axe, open_browser, watch, executive, proven
):
    study = proven.initiative.studies.get()
    case = RoiCase.objects.get(study=study)
    report = request_roi_report(by=executive, study=study, roi_case=case)
    assert make_report(report=report)
    sign_in(page, executive.user.email)
    page.goto(f"/o/northwind/reports/{report.pk}/")
    page.get_by_role("link", name="Share and answers").click()
    page.get_by_label("Who gets the link").fill("Ms Ortega, supervisory board")
    page.get_by_role("button", name="Make the link").click()
    address = page.get_by_label("Link for Ms Ortega, supervisory board").input_value()
    axe(page)

    reader = open_browser(viewport=PHONE)  # no account, on a phone
    reader.goto(address[address.index("/d/") :])
    axe(reader)
    assert reader.evaluate(NO_SIDEWAYS)
    button = reader.get_by_role("button", name=re.compile("Open the document"))
    with reader.context.expect_event("response", lambda one: one.url.endswith("/file/")) as answer:
        button.click()
    assert answer.value.headers["content-type"] == "application/pdf"
    reader.get_by_label("I have a question").check()
    reader.get_by_label("Your question or remark").fill("Is this before tax?")
    reader.get_by_role("button", name="Pass on my answer").click()
    expect(reader.get_by_text("Your answer was passed on")).to_be_visible()

    page.reload()
    expect(page.get_by_text("Is this before tax?")).to_be_visible()
    expect(page.get_by_text(re.compile("opened once"))).to_be_visible()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_text(re.compile("revoked on"))).to_be_visible()
    watch.expected.add(410)
    reader.reload()
    expect(reader.get_by_role("heading", name="This link opens nothing any more")).to_be_visible()
