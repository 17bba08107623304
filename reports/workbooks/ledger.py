"""The program's ledger in a sheet: every cost with its rate, and whether it is in the sums."""

from dataclasses import dataclass

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from impact.choices import LedgerKind
from impact.selectors import ProgramView
from impact.wording.program import ledger_sign_off_text
from reports.workbooks.sheets import Book, Cell, span
from reports.workbooks.terms import Span


@dataclass(frozen=True, kw_only=True, slots=True)
class Ledger:
    """The columns that the cash flow sums: fiscal years, and amounts in the program's currency."""

    years: Span
    amounts: Span


def ledger_of(book: Book, shown: ProgramView) -> Ledger | None:
    """None where nothing was entered."""
    content = shown.content
    sheet = book.sheet(_("Costs of the program"))
    sheet.widths(12, 16, 18, 12, 14, 14, 18, 50, 40, 60)
    sheet.title(_("Costs of the program, from the ledger"))
    sheet.wide(
        _("Costs of later years are plans, and stand in no sum: they count with 1 instead of 0."), columns=9
    )
    sheet.head(
        _("Fiscal year"),
        _("Kind"),
        _("Amount"),
        _("Currency"),
        _("Rate"),
        _("Counts (1 yes, 0 no)"),
        _("In %(currency)s") % {"currency": shown.currency},
        _("Source"),
        _("Note"),
        _("Finance"),
    )
    years: list[Cell] = []
    amounts: list[Cell] = []
    for year in sorted(content["ledger"], key=lambda one: one["year"]):
        said = (
            _("Changed since finance reviewed it")
            if year["voided"]
            else ledger_sign_off_text(
                year["sign_off"], year["sign_off_by"], parse_datetime(year["sign_off_at"] or "")
            )
        )
        for line in year["lines"]:
            years.append(sheet.number(0, year["year"], "whole"))
            sheet.text(1, LedgerKind(line["kind"]).label)
            amount = sheet.number(2, float(line["amount"]), "typed_number")
            sheet.text(3, line["currency"])
            rate = sheet.number(4, float(line["rate"] or 0), "typed_number")
            is_counted = line["rate"] is not None and year["year"] <= content["current_year"]
            counts = sheet.number(5, int(is_counted), "typed_whole")
            amounts.append(sheet.formula(6, amount * rate * counts, "money"))
            for column, words in ((7, line["source"]), (8, line["note"]), (9, said)):
                if words:
                    sheet.text(column, words)
            sheet.row += 1
    return Ledger(years=span(years), amounts=span(amounts)) if years else None
