"""Every kind of document is PDF/UA-1 and PDF/A-3a in one file: read aloud today, and kept for years.

`test_pdf.py` holds the ROI document to it, of which it has every language and paper at hand.
"""

import io
import re
from collections.abc import Callable
from datetime import date

import pikepdf
import pytest

from accounts.models import Membership
from accounts.services import save_branding
from employee_voice.services import publish_wave
from reports import services
from reports.choices import ReportKind
from reports.documents import html_of
from reports.models import Report
from tests.accounts.test_branding import png
from tests.factories.assessments import make_result
from tests.factories.employee_results import closed_wave, random_answers
from tests.factories.employee_voice import functions_of, survey_of
from tests.impact.program import whole_program
from tests.reports.conformance import broken_rules

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]


def of_maturity(by: Membership) -> Callable[..., Report]:
    result = make_result(by)
    return lambda **wishes: services.request_maturity_report(by=by, result=result, **wishes)


def of_wave(by: Membership) -> Callable[..., Report]:
    survey, functions = survey_of(by, bank="employee-voice"), functions_of(by)
    answers = {"care": random_answers(survey, 14, 1), "finance": random_answers(survey, 12, 2)}
    wave = closed_wave(by, answers, survey=survey, functions=functions, comments={})
    publish_wave(by=by, wave=wave)
    return lambda **wishes: services.request_wave_report(by=by, wave=wave, **wishes)


def of_program(by: Membership) -> Callable[..., Report]:
    case = whole_program(by)
    return lambda **wishes: services.request_program_report(by=by, case=case, with_look_backs=True, **wishes)


def of_board(by: Membership) -> Callable[..., Report]:
    whole_program(by)
    save_branding(by=by, accent="#7a1f5c", logo=png())  # a picture on the first page keeps to both too
    return lambda **wishes: services.request_board_pack(by=by, since=date(2026, 1, 1), **wishes)


def of_summary(by: Membership) -> Callable[..., Report]:
    case = whole_program(by)
    return lambda **wishes: services.request_summary(by=by, case=case, **wishes)


KINDS = {
    ReportKind.MATURITY: of_maturity,
    ReportKind.EMPLOYEE_WAVE: of_wave,
    ReportKind.PROGRAM: of_program,
    ReportKind.BOARD: of_board,
    ReportKind.SUMMARY: of_summary,
}


def test_no_kind_of_document_is_left_out():
    assert {ReportKind.ROI_EVIDENCE, *KINDS} == set(ReportKind)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_document_keeps_both_standards(ada, kind):
    ask = KINDS[kind](ada)
    for language, paper in (("en", "A4"), ("zh-hans", "letter")):
        report = ask(language=language, paper=paper)
        assert services.make_report(report=report)
        report.refresh_from_db()
        with report.file.open("rb") as file:
            content = file.read()
        assert broken_rules(content) == [], (language, paper)
        assert scopes(content) == scopes_written(html_of(report))


def scopes(content: bytes) -> dict[str, int]:
    """How many heads of tables are for their column and how many for their row, as a reader finds it."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        heads = [
            str(item["/A"]["/Scope"])
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/TH"
        ]
    return {name: heads.count(f"/{name}") for name in ("Column", "Row")}


def scopes_written(html: str) -> dict[str, int]:
    found = re.findall(r'<th[^>]* scope="(col|row)"', html)
    return {"Column": found.count("col"), "Row": found.count("row")}
