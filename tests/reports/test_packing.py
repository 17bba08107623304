"""The evidence pack: what is needed to check a document, for whoever may download it."""

import csv
import io
import json
import zipfile
from hashlib import sha256

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from reports import services
from reports.models import Report
from reports.services import pack_of
from tests.factories.assessments import make_result
from tests.factories.reports import made_report, proved, waiting_report
from tests.impact.program import FIRST, computed, valued, whole_program
from tests.reports.test_views import sample

pytestmark = pytest.mark.django_db
API = "/api/v1/o/northwind/reports/"


def address(report: Report) -> str:
    return reverse("reports:report_pack", args=["northwind", report.pk])


def files_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def body_of(response) -> bytes:
    """Read to the end, which closes it; to close it otherwise closes the connection of the test too."""
    return b"".join(response.streaming_content)


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.usefixtures("short")
def test_pack_holds_document_evidence_series_and_how_to_check_them(ada, client_of):
    report = made_report(ada, proved(ada))
    response = client_of(ada).get(address(report))
    code = report.verification_code
    assert response["Content-Disposition"] == f'attachment; filename="evidence-pack-{code}.zip"'
    assert response["Content-Type"] == "application/zip"
    files = files_of(body_of(response))
    tables = ["series.csv", "cells.csv", "cash-flow.csv"]
    assert list(files) == ["README.txt", f"roi-evidence-{code}.pdf", f"evidence-{code}.json", *tables]
    assert sha256(files[f"roi-evidence-{code}.pdf"]).hexdigest() == report.file_digest
    assert sha256(files[f"evidence-{code}.json"]).hexdigest() == report.content_digest
    readme = files["README.txt"].decode("utf-8-sig")
    for said in (
        report.title,
        report.content_digest,
        f"/verify/{code}/",
        f"verify_report roi-evidence-{code}.pdf",
    ):
        assert said in readme, said
    lines = dict(reversed(line.split("  ")) for line in readme.splitlines() if line.count("  ") == 1)
    assert lines == {name: sha256(text).hexdigest() for name, text in files.items() if name != "README.txt"}


@pytest.mark.usefixtures("short")
def test_tables_hold_every_figure_to_the_last_digit(ada):
    report = made_report(ada, proved(ada))
    files = files_of(pack_of(report).content)
    content = report.content
    kept = {
        "series.csv": content["study"]["finding"]["series"],
        "cells.csv": content["study"]["inputs"]["panel"]["cells"],
        "cash-flow.csv": content["roi_case"]["result"]["cash_flow"],
    }
    for name, rows in kept.items():
        found = table(files[name])
        assert len(found) == len(rows) > 1
        for row, expected in zip(found, rows, strict=True):
            read = {
                key: value if isinstance(expected[key], str) else _read(value) for key, value in row.items()
            }
            assert read == expected, name


def _read(text: str) -> object:
    return json.loads(text) if text else None


@pytest.mark.usefixtures("short")
def test_a_refused_study_has_no_cash_flow_and_chinese_documents_speak_chinese(ada):
    report = made_report(ada, proved(ada, "refused"), language="zh-hans")
    files = files_of(pack_of(report).content)
    assert "cash-flow.csv" not in files
    readme = files["README.txt"].decode("utf-8-sig")
    assert "如何核对" in readme
    assert "How to check" not in readme


@pytest.mark.usefixtures("short")
def test_same_document_gives_the_same_bytes(ada):
    report = made_report(ada, proved(ada))
    assert pack_of(report) == pack_of(Report.objects.get(pk=report.pk))


def test_what_a_spreadsheet_would_run_stays_text(ada):
    report = sample(ada, result=make_result(ada))
    cell = {"unit": "=HYPERLINK(1)", "period": "2026-01-01", "n": 3, "value": None}
    report.content = {"study": {"finding": {"series": [cell]}, "inputs": {"panel": {"cells": []}}}}
    files = files_of(pack_of(report).content)
    assert table(files["series.csv"]) == [
        {**dict.fromkeys(cell, ""), "period": "2026-01-01", "n": "3"} | {"unit": "'=HYPERLINK(1)"}
    ]


def test_pack_of_published_figures_says_that_they_are_not_computed_again(ada, hugo, api_of):
    report = sample(ada, result=make_result(ada))
    response = api_of(hugo).get(f"{API}{report.pk}/pack/")
    files = files_of(body_of(response))
    assert len(files) == 3
    assert "cannot be computed again" in files["README.txt"].decode("utf-8-sig")


def test_every_pack_that_left_stands_in_the_trail(ada, client_of, api_of):
    report = sample(ada, result=make_result(ada))
    assert body_of(client_of(ada).get(address(report)))
    assert body_of(api_of(ada).get(f"{API}{report.pk}/pack/"))
    events = AuditEvent.objects.filter(verb="report.pack_downloaded")
    assert [event.after for event in events] == [{"code": report.verification_code}] * 2


def test_it_is_refused_where_the_download_is(ada, cleo, dora, client_of, api_of):
    waiting = waiting_report(ada, proved(ada))
    assert api_of(ada).get(f"{API}{waiting.pk}/pack/").status_code == 409
    report = sample(ada, result=make_result(ada))
    assert client_of(cleo).get(address(report)).status_code == 403
    assert client_of(dora).get(address(report)).status_code == 404
    report.file.storage.delete(report.file.name)
    gone = api_of(ada).get(f"{API}{report.pk}/pack/")
    assert (gone.status_code, gone.json()["code"]) == (410, "file_gone")
    assert not AuditEvent.objects.filter(verb="report.pack_downloaded").exists()


def test_page_offers_the_pack_to_who_may_download(ada, cleo, client_of):
    report = sample(ada, result=make_result(ada))
    page = reverse("reports:report_detail", args=["northwind", report.pk])
    assert address(report) in client_of(ada).get(page).text
    assert address(report) not in client_of(cleo).get(page).text


@pytest.mark.usefixtures("short")
def test_pack_of_the_program_holds_years_initiatives_and_ledger_to_check_by_hand(ada):
    """The way of the README, walked: discounted benefits less costs are the net present value."""
    case = whole_program(ada)
    report = services.request_program_report(by=ada, case=case, with_look_backs=True)
    assert services.make_report(report=report)
    report.refresh_from_db()
    files = files_of(pack_of(report).content)
    code = report.verification_code
    tables = ["cash-flow.csv", "initiatives.csv", "ledger.csv"]
    assert list(files) == ["README.txt", f"program-{code}.pdf", f"evidence-{code}.json", *tables]
    found = report.content["program_case"]["result"]["whole"]["return"]
    years = table(files["cash-flow.csv"])
    rate = 1 + float(report.content["program_case"]["inputs"]["discount_rate_pct"]) / 100
    worth = sum(
        (float(year["benefits"]) - float(year["costs"])) / rate ** (int(year["year"]) - FIRST)
        for year in years
    )
    assert worth == pytest.approx(found["net_present_value"]["mean"], rel=1e-9)
    lines = {line["initiative"]: line for line in table(files["initiatives.csv"])}
    assert set(lines) == {"INI-1", "INI-3"}
    for stated in found["lines"]:
        line = lines[stated["key"]]
        assert float(line["counted_p95"]) == stated["share"]["p95"]
        counted = float(line["claimed"]) - float(line["overlap"]) - float(line["luck"])
        assert counted == pytest.approx(float(line["counted_mean"]), abs=1e-6)
    costs = table(files["ledger.csv"])
    assert [(line["amount"], line["currency"]) for line in costs][:2] == [
        ("40000.00", "EUR"),
        ("10000.00", "USD"),
    ]
    readme = files["README.txt"].decode("utf-8-sig")
    assert f"verify_report program-{code}.pdf" in readme
    assert "By hand: discount the benefits less the costs of cash-flow.csv with 8% a year" in readme
    assert "not discounted and discounted" not in readme


@pytest.mark.usefixtures("short")
def test_a_program_without_look_backs_or_with_a_gap_has_the_years_that_it_shows(ada):
    """A missing year takes the net value away, so the README shows no way to one."""
    valued(ada)
    report = services.request_program_report(by=ada, case=computed(ada))
    assert services.make_report(report=report)
    report.refresh_from_db()
    assert report.content["program_case"]["inputs"]["missing"]
    files = files_of(pack_of(report).content)
    assert [name for name in files if name.endswith(".csv")] == ["cash-flow.csv", "initiatives.csv"]
    assert [line["initiative"] for line in table(files["initiatives.csv"])] == ["INI-1"]
    readme = files["README.txt"].decode("utf-8-sig")
    assert "Does the return follow from its inputs?" in readme
    assert "By hand" not in readme
