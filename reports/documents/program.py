"""The return of the program as a document: its content as data, and what its template needs."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from cxstats import ENGINE_VERSION
from cxstats.codec import decoded, encoded
from impact.choices import LedgerKind, SignOff
from impact.models import ProgramCase
from impact.selectors import ProgramView, program_view
from impact.wording.program import ask_text, ledger_sign_off_text
from reports.models import Report
from wording.formats import reader

VERSION = 1


def evidence_of_program(case: ProgramCase, *, with_look_backs: bool) -> dict[str, Any]:
    """Inputs and result of the return: enough to compute every figure again. No query."""
    organization = case.organization
    return {
        "schema": f"cxprogram.program/{VERSION}",
        "engine_version": ENGINE_VERSION,
        "organization": {
            "name": organization.name,
            "slug": organization.slug,
            "currency": organization.currency,
            "is_simulated": organization.is_demo,
        },
        "with_look_backs": with_look_backs and case.inputs["whole"] is not None,
        "program_case": {
            "number": case.number,
            "input_digest": case.input_digest,
            "engine_version": case.engine_version,
            "finished_at": encoded(case.finished_at),
            "inputs": case.inputs,
            "result": case.result,
        },
    }


def context_of_program(report: Report) -> dict[str, Any]:
    """What the template shows, without its frame."""
    if report.program_case is None:
        raise ValueError("a document of the program needs its return")
    shown = program_view(report.program_case, with_look_backs=report.content["with_look_backs"])
    return {
        "shown": shown,
        "content": report.content,
        "ask": ask_text(shown.found, is_complete=shown.is_complete),
        "ledger": list(_ledger(shown)),
        "seed": ((report.program_case.result or {}).get(_key(shown)) or {}).get("seed"),
        "computed_on": report.program_case.finished_at,
    }


def _key(shown: ProgramView) -> str:
    return "whole" if shown.with_look_backs else "main"


def _ledger(shown: ProgramView) -> Iterator[dict[str, Any]]:
    """Every cost of the program as it stood, with finance's word on its year."""
    for year in sorted(shown.content["ledger"], key=lambda one: one["year"]):
        on = year["sign_off_at"] and decoded(datetime, year["sign_off_at"])
        state = SignOff(year["sign_off"])
        said = ledger_sign_off_text(state, year["sign_off_by"], on or None)
        yield {
            "year": year["year"],
            "said": _("Changed since finance reviewed it") if year["voided"] else said,
            "comment": year["comment"],
            "total": reader().money(Decimal(year["total"]), shown.currency) if year["lines"] else "–",
            "lines": [
                {
                    "kind": str(LedgerKind(line["kind"]).label),
                    "amount": reader().money(Decimal(line["amount"]), line["currency"]),
                    "source": line["source"],
                    "note": line["note"],
                }
                for line in year["lines"]
            ],
        }
