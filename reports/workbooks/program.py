"""The program's return as a workbook: inputs of every initiative, ledger, and cash flow in formulas."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from cxstats.codec import decoded
from cxstats.kinds import Distribution
from cxstats.program import Initiative, Program, ProgramLine, ProgramReturn
from cxstats.roi import expected_flows, mean_of
from impact.choices import HAIRCUTS, PRESETS
from impact.models import ProgramCase
from impact.selectors import ProgramView, program_view
from reports.workbooks.initiatives import Counted, InitiativeTable
from reports.workbooks.ledger import Ledger, ledger_of
from reports.workbooks.money import (
    Appraised,
    Input,
    Said,
    Settings,
    ages_of,
    appraised,
    fading_of,
    full_benefit,
    inputs_head,
    inputs_of,
    row_of,
    settings_of,
)
from reports.workbooks.program_words import figures_of, notes_of
from reports.workbooks.sheets import Book, Cell, Sheet, span
from reports.workbooks.summary import summary
from reports.workbooks.terms import Term, added, known, product, summed_where, total


def program_workbook(*, case: ProgramCase, content: dict[str, Any], moment: datetime) -> bytes:
    """The workbook of a return as `content` (the evidence of its document) has it. The same arguments make
    the same bytes. No query. Raises ValueError where nothing was computed."""
    shown = program_view(case, with_look_backs=content["with_look_backs"])
    if shown.found is None:
        raise ValueError("a workbook needs a return")
    inputs = case.inputs["whole" if shown.with_look_backs else "program"]
    program: Program = decoded(Program, inputs)
    told = {one["reference"]: one for one in case.inputs["initiatives"]}
    return _Program(
        content=content, shown=shown, found=shown.found, program=program, told=told, moment=moment
    ).workbook()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Program:
    content: dict[str, Any]
    shown: ProgramView
    found: ProgramReturn
    program: Program
    told: Mapping[str, Mapping[str, Any]]
    moment: datetime

    @property
    def count(self) -> int:
        """Years of the program, the first undiscounted one among them."""
        return self.program.years + 1

    def workbook(self) -> bytes:
        title = _("Return of the program: %(organization)s") % {
            "organization": self.content["organization"]["name"]
        }
        book = Book(currency=self.shown.currency, moment=self.moment, title=title)
        first = book.sheet(_("Summary"))
        table = InitiativeTable(sheet=book.sheet(_("Initiatives")), shown=self.shown, content=self.content)
        found, inputs = self._inputs(book)
        rows = self._by_year(book, table, inputs)
        ledger = ledger_of(book, self.shown)
        worth = self._cash(book, rows, ledger, found)
        table.worth(rows, worth.factors)
        summary(
            first,
            title=title,
            sentence=self.shown.sentence,
            figures=list(figures_of(self.shown, self.found, worth)),
            notes=list(notes_of(self.content, self.shown, self.found)),
        )
        return book.finished()

    # --- inputs -----------------------------------------------------------------------------------------

    def _initiatives(self) -> Iterator[tuple[Initiative, ProgramLine]]:
        """Those that count, as the page orders them."""
        known_ = {one.key: one for one in self.program.initiatives}
        lines = sorted(self.found.lines, key=lambda line: (-line.share.mean, line.key))
        return ((known_[line.key], line) for line in lines)

    def _inputs(self, book: Book) -> tuple[Settings, dict[str, dict[str, Input]]]:
        sheet = book.sheet(_("Inputs"))
        sheet.widths(46, 16, 16, 16, 16, 34, 22, 44, 16, 22, 34)
        found = settings_of(sheet, self.program.discount_rate)
        inputs = {}
        for one, _line in self._initiatives():
            sheet.title(f"{one.key} {self.told[one.key]['title']}")
            inputs_head(sheet)
            unused = [one.case.discount_rate]
            inputs[one.key] = inputs_of(sheet, one.case, self._said(one), without=unused)
            sheet.row += 1
        return found, inputs

    def _said(self, one: Initiative) -> dict[str, Said]:
        """Names of the product, by the kind of value model whose inputs these are."""
        keys = {parameter.key for parameter in one.case.parameters}
        kinds = (kind for kind in PRESETS.values() if kind and {preset.key for preset in kind} <= keys)
        presets = {preset.key: preset for preset in (*next(kinds, ()), *HAIRCUTS)}
        said = {}
        for parameter in one.case.parameters:
            preset = presets.get(parameter.key)
            if preset is not None:
                said[parameter.key] = Said(label=str(preset.label), unit=str(preset.unit))
            elif parameter.key == one.case.effect:
                label = _("Effect on %(metric)s") % {"metric": self.told[one.key]["metric"]}
                said[parameter.key] = Said(label=label)
            elif parameter.key == "exchange_rate":
                said[parameter.key] = Said(label=_("Rate of exchange"))
            elif parameter.key.startswith("cost_"):
                said[parameter.key] = Said(label=parameter.source or _("Cost"), unit=self.shown.currency)
        return said

    def _by_year(
        self, book: Book, table: InitiativeTable, inputs: Mapping[str, Mapping[str, Input]]
    ) -> list[Counted]:
        """Benefits for one unit of effect and costs of each initiative, in the program's years."""
        fading = book.sheet(_("Fading"))
        fading.widths(30, 24, 24, 24, 24)
        fading.title(_("What is left of a benefit"))
        sheet = book.sheet(_("By year"))
        sheet.widths(50, *[18] * self.count)
        sheet.title(_("Benefits for one unit of effect, and costs"))
        row_of(
            sheet, _("Year"), [float(self.shown.first_year + place) for place in range(self.count)], "year"
        )
        rows = []
        for one, line in self._initiatives():
            cells = {key: put.expected for key, put in inputs[one.key].items()}
            left: Sequence[Cell] = ()
            if one.case.persistence is not None:
                kept = inputs[one.key][one.case.persistence]
                left = fading_of(fading, kept, one.case.periods, name=one.key)
            unit = self._unit(sheet, one, cells, left)
            costs = self._own_costs(sheet, one, cells)
            effect = self._counted_effect(one, line)
            found, counted = table.add(one, found=cells.get(one.case.effect or ""), counted=effect)
            rows.append(Counted(one=one, line=line, unit=unit, costs=costs, found=found, counted=counted))
        return rows

    def _unit(
        self, sheet: Sheet, one: Initiative, cells: Mapping[str, Term], left: Sequence[Cell]
    ) -> list[Cell]:
        case = one.case
        ones = {**cells, **({case.effect: known(1)} if case.effect else {})}
        sheet.line(f"{one.key} {self.told[one.key]['title']}")
        full = [
            row_of(sheet, _("Benefit of a full year, haircuts taken off"), [full_benefit(case, line, ones)])[
                0
            ]
            for line in case.benefits
        ]
        parts = row_of(
            sheet,
            _("Share of a full year's benefit"),
            self._placed(one, list(case.benefits[0].profile)),
            "typed_percent",
        )
        ages = self._placed(one, [float(age) for age in ages_of(case.benefits[0].profile)])
        terms: list[Term | float] = []
        for part, age in zip(parts, ages, strict=True):
            share = part * left[round(age)] if left else part
            terms.append(added([each * share for each in full]) if part.value else 0.0)
        return row_of(sheet, _("Benefits for one unit of effect"), terms)

    def _own_costs(self, sheet: Sheet, one: Initiative, cells: Mapping[str, Term]) -> list[Cell]:
        terms: list[list[Term]] = [[] for _place in range(self.count)]
        for line in one.case.costs:
            amount = product([cells[key] for key in line.factors])
            for place, part in enumerate(self._placed(one, list(line.profile))):
                if part:
                    terms[place].append(amount if part == 1 else amount * part)
        return row_of(sheet, _("Costs"), [added(year) if year else 0.0 for year in terms])

    def _placed(self, one: Initiative, profile: list[float]) -> list[float]:
        """A case's periods in the program's years; what comes after the last one is cut."""
        years = [0.0] * one.begins + profile + [0.0] * self.count
        return years[: self.count]

    def _counted_effect(self, one: Initiative, line: ProgramLine) -> float:
        """The effect, metric units, with which the expected benefits are those that the product counts."""
        effect = next((each for each in one.case.parameters if each.key == one.case.effect), None)
        if effect is None:
            return 0.0
        unit = replace(effect, distribution=Distribution.FIXED, args=(1.0,))
        parameters = tuple(unit if each is effect else each for each in one.case.parameters)
        flows = expected_flows(replace(one.case, parameters=parameters))
        worth = 0.0
        if flows is not None:
            gained = [hard + soft for hard, soft in zip(flows.hard, flows.soft, strict=True)]
            worth = sum(
                amount / (1 + self.program.discount_rate) ** place
                for place, amount in enumerate(self._placed(one, gained))
            )
        return line.share.mean / worth if worth else mean_of(effect)

    # --- cash flow --------------------------------------------------------------------------------------

    def _cash(self, book: Book, rows: Sequence[Counted], ledger: Ledger | None, found: Settings) -> Appraised:
        sheet = book.sheet(_("Cash flow"))
        sheet.widths(54, *[18] * self.count)
        sheet.title(_("Cash flow by fiscal year"))
        years = row_of(
            sheet, _("Year"), [float(self.shown.first_year + place) for place in range(self.count)], "year"
        )
        gained = [
            row_of(sheet, self._named(_("Benefits"), row.one), [unit * row.counted for unit in row.unit])
            for row in rows
        ]
        gained.append(
            self._drawn(
                sheet, _("Benefits: what the draws add (stored)"), self.found.benefits_by_year, gained
            )
        )
        benefits = self._summed(sheet, _("Benefits"), gained)
        spent = [row_of(sheet, self._named(_("Costs"), row.one), list(row.costs)) for row in rows]
        spent.append(
            row_of(
                sheet,
                _("Costs of the program, from the ledger"),
                [summed_where(ledger.years, year, ledger.amounts) if ledger else 0.0 for year in years],
            )
        )
        spent.append(
            self._drawn(sheet, _("Costs: what the draws add (stored)"), self.found.costs_by_year, spent)
        )
        costs = self._summed(sheet, _("Costs"), spent)
        return appraised(sheet, years, benefits, costs, found)

    def _named(self, kind: str, one: Initiative) -> str:
        return _("%(kind)s: %(initiative)s") % {
            "kind": kind,
            "initiative": f"{one.key} {self.told[one.key]['title']}",
        }

    def _drawn(
        self, sheet: Sheet, label: str, stored: Sequence[float], rows: Sequence[Sequence[Cell]]
    ) -> list[Cell]:
        """Means of draws are off from what formulas give by chance. With that added, the sums of the sheet
        are those that the product prints."""
        sums = [sum(row[place].value for row in rows) for place in range(self.count)]
        rest = [amount - total_ for amount, total_ in zip(stored, sums, strict=True)]
        return row_of(sheet, label, [0.0 if abs(amount) < _NOTHING else amount for amount in rest])

    def _summed(self, sheet: Sheet, label: str, rows: Sequence[Sequence[Cell]]) -> list[Cell]:
        """Rows that stand below each other."""
        return row_of(
            sheet, label, [total(span([row[place] for row in rows])) for place in range(self.count)], "sum"
        )


_NOTHING = 1e-6  # of money: rounding of the machine
