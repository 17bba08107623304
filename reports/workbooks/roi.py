"""The value of one initiative as a workbook: inputs, cash flow and figures in formulas."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from cxstats.roi import RoiCase as CoreCase
from impact.cases import EFFECT, RATE, lines_in
from impact.findings import roi_case_of
from impact.models import RoiCase, Study
from impact.selectors.cases import CaseView, case_view
from impact.selectors.studies import StudyView, study_view
from impact.wording import item_text, percent_text
from reports.documents import cover
from reports.documents.finance import dispute_of, signed
from reports.workbooks.money import (
    Appraised,
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
from reports.workbooks.sheets import Book, Cell, Sheet
from reports.workbooks.summary import Figure, Notes, summary
from reports.workbooks.terms import Term, added, product
from wording.formats import reader


def roi_workbook(*, study: Study, case: RoiCase, content: dict[str, Any], moment: datetime) -> bytes:
    """The workbook of a value, with finance's word as `content` (the evidence of a document) has it. The same
    arguments make the same bytes. No query."""
    view = study_view(study)
    word = content["roi_case"]["sign_off"]
    money = case_view(
        case,
        view.subject,
        before=view.finding.baseline_value,
        sign_off=word["state"],
        dispute=dispute_of(word),
        line_words=word.get("lines", {}),
    )
    return _Roi(content=content, view=view, money=money, moment=moment).workbook()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Roi:
    content: dict[str, Any]
    view: StudyView
    money: CaseView
    moment: datetime

    def workbook(self) -> bytes:
        subject = self.view.subject
        title = _("Value of “%(initiative)s”") % {"initiative": subject.title}
        book = Book(currency=self.money.currency, moment=self.moment, title=title)
        first = book.sheet(_("Summary"))
        worth = self._cash(book, *self._inputs(book))
        summary(
            first,
            title=f"{subject.reference} {subject.title}",
            sentence=self.money.sentence,
            figures=list(self._figures(worth)),
            notes=list(self._notes()),
        )
        return book.finished()

    # --- inputs and flow --------------------------------------------------------------------------------

    def _inputs(self, book: Book) -> tuple[Settings, dict[str, Cell], list[Cell]]:
        case = roi_case_of(self.money.case.inputs["case"])
        sheet = book.sheet(_("Inputs"))
        sheet.widths(46, 16, 16, 16, 16, 34, 22, 44, 16, 22, 34)
        rate = next(one for one in case.parameters if one.key == RATE)
        found = settings_of(sheet, rate.args[0])
        sheet.title(_("Inputs"))
        inputs_head(sheet)
        inputs = inputs_of(sheet, case, self._said(), without=[RATE])
        cells = {key: one.expected for key, one in inputs.items()}
        if case.persistence is None:
            return found, cells, []
        fading = book.sheet(_("Fading"))
        fading.widths(30, 24, 24, 24, 24)
        fading.title(_("What is left of a benefit"))
        fading.line(_fading_said())
        return found, cells, fading_of(fading, inputs[case.persistence], case.periods)

    def _said(self) -> dict[str, Said]:
        """Names, units and printed values of the inputs."""
        view, labels = self.view, self.money.labels
        said = {row.key: Said(label=labels[row.key], unit=row.unit) for row in self.money.parameters}
        for key, label in labels.items():
            said.setdefault(key, Said(label=label, unit=self.money.currency))
        effect = view.finding.effect
        if effect is not None:
            printed = _("%(effect)s, the range with %(share)s probability") % {
                "effect": view.effect,
                "share": percent_text(effect.interval.level),
            }
            said[EFFECT] = Said(
                label=_("Effect on %(metric)s") % {"metric": view.subject.metric_name}, printed=printed
            )
        return said

    def _cash(self, book: Book, found: Settings, inputs: dict[str, Cell], fading: list[Cell]) -> Appraised:
        case = roi_case_of(self.money.case.inputs["case"])
        sheet = book.sheet(_("Cash flow"))
        sheet.widths(50, *[18] * (case.periods + 1))
        sheet.title(_("Cash flow by year"))
        sheet.line(_("Year 0 is before the go-live and is not discounted."))
        years = row_of(sheet, _("Year"), [float(year) for year in range(case.periods + 1)], "year")
        rows = [
            self._benefit(sheet, case, number, keys, inputs, fading)
            for number, keys in lines_in(case).items()
        ]
        totals = rows[0]
        if len(rows) > 1:
            terms = [added([row[place] for row in rows]) for place in range(len(years))]
            totals = row_of(sheet, _("Benefits"), terms, "sum")
        costs = self._costs(sheet, inputs, len(years))
        return appraised(sheet, years, totals, costs, found)

    def _benefit(
        self,
        sheet: Sheet,
        case: CoreCase,
        number: str,
        keys: tuple[str, ...],
        inputs: dict[str, Cell],
        fading: list[Cell],
    ) -> list[Cell]:
        """The rows of one benefit; with its name above them where there are several."""
        name = next((line.label for line in self.money.lines if line.number == number), "")
        if name:
            sheet.line(name)
        lines = [line for line in case.benefits if line.key in keys]
        profile = lines[0].profile
        parts = row_of(sheet, _("Share of a full year's benefit"), list(profile), "typed_percent")
        left = []
        if fading:
            ages = [fading[age] for age in ages_of(profile)]
            left = row_of(sheet, _("Share left after fading"), ages, "percent")
        label = _("Benefit of a full year, haircuts taken off")
        full = [row_of(sheet, label, [full_benefit(case, line, inputs)])[0] for line in lines]
        terms: list[Term | float] = []
        for place, part in enumerate(parts):
            share = part * left[place] if left else part
            terms.append(added([one * share for one in full]))
        return row_of(sheet, name or _("Benefits"), terms, "money" if name else "sum")

    def _costs(self, sheet: Sheet, inputs: dict[str, Cell], periods: int) -> list[Cell]:
        case = roi_case_of(self.money.case.inputs["case"])
        rows = []
        for line in case.costs:
            amount = product([inputs[key] for key in line.factors])
            terms: list[Term | float] = [
                (amount if part == 1 else amount * part) if part else 0.0 for part in line.profile
            ]
            rows.append(row_of(sheet, item_text(line.factors[0], self.money.labels), terms))
        if not rows:
            return row_of(sheet, _("Costs"), [0.0] * periods, "sum")
        return row_of(
            sheet, _("Costs"), [added([row[place] for row in rows]) for place in range(periods)], "sum"
        )

    # --- words ------------------------------------------------------------------------------------------

    def _figures(self, worth: Appraised) -> Iterator[Figure]:
        money, result = self.money, self.money.result
        gained = None  # of both kinds together no range is stored
        if not money.is_mixed:
            gained = result.hard_benefits if money.is_hard else result.soft_benefits
        spent, net = result.present_value_costs, result.net_present_value
        yield Figure(
            label=money.net_present_value_label,
            printed=money.net_present_value,
            stored=net.mean,
            cell=worth.net,
            ends=(net.p5, net.p95),
        )
        yield Figure(
            label=_("Benefits, present value"),
            printed=money.benefits,
            stored=result.hard_benefits.mean + result.soft_benefits.mean,
            cell=worth.benefits,
            ends=(gained.p5, gained.p95) if gained else None,
        )
        yield Figure(
            label=_("Costs, present value"),
            printed=money.costs,
            stored=spent.mean,
            cell=worth.costs,
            ends=(spent.p5, spent.p95),
        )
        roi = result.roi
        yield Figure(
            label=_("Return on investment"),
            printed=money.roi if roi else money.no_roi,
            stored=result.expected_roi,
            cell=worth.roi,
            ends=(roi.p5, roi.p95) if roi else None,
            style="percent",
        )
        yield Figure(
            label=_("Pays for itself after, years"),
            printed=money.payback,
            stored=money.paid_after,
            cell=worth.payback,
            style="years",
            why=_("no range: the product tells the chance that it never does, %(chance)s")
            % {"chance": money.never_paid_back},
        )

    def _notes(self) -> Iterator[Notes]:
        content, view, money = self.content, self.view, self.money
        case, result = money.case, money.result
        for notice in cover.notices(content, view, money, None):
            yield Notes(label=_("Please note"), text=f"{notice.amount} {notice.text}".strip())
        for reason in money.scenario_reasons:
            yield Notes(label=_("Scenario only."), text=reason)
        yield Notes(label=_("Organization"), text=content["organization"]["name"])
        if content["organization"]["is_simulated"]:
            yield Notes(label="", text=_("Simulated data"))
        yield Notes(label=_("Finding"), text=view.sentence)
        yield Notes(label=_("Design grade"), text=f"{view.grade}: {view.grade_title}. {view.grade_meaning}")
        yield Notes(label=_("Verdict"), text=view.verdict_title)
        yield Notes(label=_("Answers (n)"), text=view.answers_text)
        yield Notes(label=_("Method"), text=view.method)
        yield Notes(label=_("Data up to"), text=reader().day(view.subject.data_cutoff))
        yield Notes(label=_("Finance"), text=signed(content["roi_case"]["sign_off"])["text"])
        yield Notes(label=_("Chance of a loss"), text=money.chance_of_loss)
        yield Notes(label=_("Breaks even at an effect of"), text=money.break_even, is_figure=True)
        text = _("Value %(number)s of study %(study)s, computed on %(day)s")
        yield Notes(
            label=_("Computed"),
            text=text
            % {
                "number": case.number,
                "study": content["study"]["number"],
                "day": reader().day(case.computed_at),
            },
        )
        yield Notes(label=_("Digest of its inputs"), text=case.input_digest)
        yield Notes(label=_("Engine"), text=f"cxstats {case.engine_version}")
        yield Notes(label=_("How ranges were made"), text=ranges_said(result.draws))
        if not result.expected_costs:
            yield Notes(
                label=_("Where the figures differ"),
                text=_(
                    "This value was computed by an earlier engine, whose central figure is the mean of its "
                    "draws. The formula computes the expected value, so chance lies between the two."
                ),
            )
        path = reverse(
            "impact:study_detail",
            args=[
                content["organization"]["slug"],
                int(view.subject.reference.rpartition("-")[2]),
                content["study"]["number"],
            ],
        )
        yield Notes(label=_("Page"), text=settings.SITE_URL + path, is_link=True)


def ranges_said(draws: int) -> str:
    """Why no formula gives the ends of a range."""
    return _(
        "The range holds %(share)s of %(draws)s draws, in which every input varies within its own range. No "
        "formula gives its ends: they are stored values, and do not follow what is changed in this workbook."
    ) % {"share": percent_text(0.9), "draws": reader().number(draws)}


def _fading_said() -> str:
    return _(
        "The expected part of the benefit that is left so many years after the first. The mean of a power is "
        "not the power of the mean, so it is computed from the shape of the input."
    )
