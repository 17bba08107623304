"""Each initiative of the program in a line: from the effect that its study found to what is counted of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from cxstats.design import Verdict
from cxstats.program import Initiative, ProgramLine
from impact.selectors import ProgramView
from impact.wording import percent_text, verdict_title
from reports.workbooks.sheets import Cell, Sheet, span
from reports.workbooks.terms import products_summed


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """One initiative in the sheets: its benefits for one unit of effect by year, its costs, its effects."""

    one: Initiative
    line: ProgramLine
    unit: Sequence[Cell]
    costs: Sequence[Cell]
    found: Cell
    counted: Cell


@dataclass(frozen=True, kw_only=True, slots=True)
class InitiativeTable:
    """Filled in two goes: the effects before the cash flow, what they are worth after it."""

    sheet: Sheet
    shown: ProgramView
    content: dict[str, Any]

    def add(self, one: Initiative, *, found: Cell | None, counted: float) -> tuple[Cell, Cell]:
        """The next line; cells of the effect as found and as counted."""
        sheet = self.sheet
        if not sheet.row:
            self._head()
        told = next(row for row in self.shown.content["initiatives"] if row["reference"] == one.key)
        sheet.text(0, one.key)
        sheet.text(1, told["title"])
        sheet.text(2, told["grade"])
        sheet.text(3, verdict_title(Verdict(told["verdict"])))
        effect = sheet.formula(4, found) if found is not None else sheet.number(4, 0)
        kept = sheet.number(5, counted, "typed_number")
        sheet.row += 1
        return effect, kept

    def worth(self, rows: Sequence[Counted], factors: Sequence[Cell]) -> None:
        """What the effects are worth, in the lines that `add` has made, and who stands in no sum."""
        sheet = self.sheet
        sheet.row -= len(rows)
        lines = {line.reference: line for line in self.shown.lines}
        for row in rows:
            value = products_summed(span(row.unit), span(factors))
            claimed = sheet.formula(6, value * row.found, "money")
            counted = sheet.formula(7, value * row.counted, "money")
            sheet.formula(8, counted - claimed, "money")
            share = row.line.share
            for column, amount in enumerate((share.mean, share.p5, share.p95), start=9):
                sheet.number(column, amount, "money")
            sheet.formula(12, products_summed(span(row.costs), span(factors)), "money")
            shown = lines[row.one.key]
            sheet.text(13, shown.sign_off)
            sheet.link(14, self._address(shown.number, row.one.key))
            sheet.row += 1
        self._apart()

    def _head(self) -> None:
        sheet = self.sheet
        sheet.widths(12, 40, 10, 26, 16, 16, 18, 18, 18, 18, 18, 18, 18, 26, 60)
        sheet.title(_("Initiative by initiative"))
        sheet.wide(
            _(
                "The effect that counts was read together with all others: what overlaps is counted once, "
                "and what chance explains is taken out. No formula gives it. It is a stored value, and stays "
                "as it is whatever is changed here."
            ),
            columns=14,
            height=32,
        )
        sheet.row += 1
        share = {"share": percent_text(0.9)}
        sheet.head(
            _("Number"),
            _("Initiative"),
            _("Design grade"),
            _("Verdict"),
            _("Effect, as its study found it"),
            _("Effect that counts (stored)"),
            _("Claimed, present value"),
            _("Counted, present value"),
            _("What others and chance change"),
            _("Counted, as printed (stored)"),
            _("%(share)s range, low (stored)") % share,
            _("%(share)s range, high (stored)") % share,
            _("Costs, present value"),
            _("Finance"),
            _("Page of its study"),
        )

    def _apart(self) -> None:
        sheet = self.sheet
        if not self.shown.apart:
            return
        sheet.row += 1
        sheet.title(_("In no sum"))
        for row in self.shown.apart:
            sheet.text(0, row.reference)
            sheet.text(1, row.title)
            sheet.text(3, row.reason)
            sheet.text(9, row.amount)
            sheet.row += 1

    def _address(self, number: int, reference: str) -> str:
        told = next(row for row in self.shown.content["initiatives"] if row["reference"] == reference)
        place = [self.content["organization"]["slug"], number, told["value"]["study"]]
        return settings.SITE_URL + reverse("impact:study_detail", args=place)
