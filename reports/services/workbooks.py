"""Figures as workbooks: of a finished document, and of what a page shows, without a document."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from impact.models import ProgramCase, RoiCase
from reports.documents import evidence_of_program, evidence_of_roi
from reports.errors import NothingToReport
from reports.models import Report
from reports.workbooks import program_workbook, roi_workbook
from wording.formats import Territory, writing_for


@dataclass(frozen=True, kw_only=True, slots=True)
class Workbook:
    name: str
    content: bytes


def workbook_of_value(case: RoiCase) -> Workbook:
    """A value as it stands, in the reader's words. At most fifteen queries."""
    content = evidence_of_roi(case.study, case)
    made = roi_workbook(study=case.study, case=case, content=content, moment=case.computed_at)
    number = f"{case.study.number}-{case.number}"
    return Workbook(name=f"value-{case.study.initiative.reference}-{number}.xlsx", content=made)


def workbook_of_program(case: ProgramCase, *, with_look_backs: bool = False) -> Workbook:
    """A return of the program, in the reader's words; NothingToReport where none was computed. No query."""
    content = evidence_of_program(case, with_look_backs=with_look_backs)
    return Workbook(name=f"program-{case.number}.xlsx", content=_of_program(case, content))


def workbook_of(report: Report) -> Workbook:
    """The figures of a finished document, in its language and format: as it tells them, whatever was changed
    since. NothingToReport for documents without money. No query beyond the document's own relations."""
    case, study, program = report.roi_case, report.study, report.program_case
    with (
        translation.override(report.language),
        writing_for(Territory(code=report.territory)),
        timezone.override(report.organization.time_zone),
    ):
        if case is not None and study is not None:
            made = roi_workbook(study=study, case=case, content=report.content, moment=report.created_at)
        elif program is not None:
            made = _of_program(program, report.content)
        else:
            raise NothingToReport(
                _("This document holds no amounts of money, so there is no workbook of it.")
            )
    return Workbook(name=f"{report.kind.replace('_', '-')}-{report.verification_code}.xlsx", content=made)


def _of_program(case: ProgramCase, content: dict[str, Any]) -> bytes:
    key = "whole" if content["with_look_backs"] else "main"
    if case.result is None or not (case.result[key] or {}).get("return"):
        raise NothingToReport(_("There is no return of the program to report on yet."))
    return program_workbook(case=case, content=content, moment=case.finished_at or case.created_at)
