"""A document as slides: the same figures, words and series, with notes for who speaks."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from cxcharts.chart import Chart
from cxstats.design import EstimandKind
from impact.selectors import ProgramView
from impact.selectors.charts import STUDY_CHARTS, Proof
from reports.choices import ReportKind
from reports.documents.board import LessonRow, WaitingRow, context_of_board
from reports.documents.brand import logo_of
from reports.documents.program import context_of_program
from reports.documents.told import Told, told_of
from reports.models import Report
from reports.slides import Deck, Grid, Page, Plot, PlotKind, Series
from wording.formats import reader
from wording.intervals import EFFECT_LEVEL, MONEY_LEVEL
from wording.joining import sentences

ACCENT = "#08528d"  # of documents, where the organization has no color of its own
WITH_SLIDES = frozenset({ReportKind.ROI_EVIDENCE, ReportKind.PROGRAM, ReportKind.BOARD})
_FORMATS = {EstimandKind.SHARE: "0%", EstimandKind.NPS: "0"}
_MONEY = "#,##0"


def deck_of(report: Report) -> Deck:
    """In the language that is active. Raises ValueError for kinds without slides. No query beyond the
    document's own relations."""
    if report.kind == ReportKind.ROI_EVIDENCE:
        told = told_of(report)
        title = _("What “%(initiative)s” returned") % {"initiative": told.view.subject.title}
        return _deck(report, title, told.view.sentence, _study_notes(told), _study_pages(report, told))
    if report.kind == ReportKind.PROGRAM:
        context = context_of_program(report)
        shown = context["shown"]
        pages = [*_program_pages(shown), _ask(context["ask"])]
        return _deck(report, _("What the program returned"), shown.sentence, _program_notes(shown), pages)
    if report.kind == ReportKind.BOARD:
        context = context_of_board(report)
        return _deck(
            report,
            _("Board pack of the coalition"),
            context["opening"],
            sentences([context["told"], context["calibration"]]),
            _board_pages(context),
        )
    raise ValueError(f"no slides of {report.kind}")


def _deck(report: Report, title: str, subtitle: str, notes: str, pages: Iterable[Page]) -> Deck:
    brand = report.content.get("brand") or {}
    organization = report.content["organization"]
    sender = organization["name"]
    if organization["is_simulated"]:
        simulated = _("Demo organization: the feedback in this report is simulated.")
        sender = f"{sender} · {simulated}"
    address = settings.SITE_URL + reverse("verify_code", args=[report.verification_code])
    foot = _("%(day)s · verify with %(code)s") % {
        "day": reader().day(report.created_at),
        "code": report.verification_code,
    }
    return Deck(
        title=title,
        subtitle=subtitle,
        sender=sender,
        foot=foot,
        address=address,
        language=report.language,
        accent=brand.get("accent") or ACCENT,
        moment=report.created_at,
        notes=notes,
        logo=logo_of(report),
        pages=tuple(pages),
    )


def _ask(text: str, more: Iterable[str] = ()) -> Page:
    return Page(
        title=_("What we ask you to decide"),
        texts=(text, *more),
        notes=_("The decision, and what it rests on, stands in the document with the same code."),
    )


# --- an initiative ------------------------------------------------------------------------------------------


def _study_notes(told: Told) -> str:
    """Grade, n and method: what who speaks is asked for."""
    view = told.view
    return sentences(
        [
            f"{view.grade_title}.",
            view.grade_meaning,
            _("Answers: %(answers)s.") % {"answers": view.answers_text},
            _("Method: %(method)s.") % {"method": view.method},
            _("The range of the effect is the %(share)s interval.")
            % {"share": reader().percent(EFFECT_LEVEL)},
        ]
    )


def _study_pages(report: Report, told: Told) -> Iterator[Page]:
    view, case, notes = told.view, told.case, _study_notes(told)
    charts, _further = STUDY_CHARTS.split(STUDY_CHARTS.of(Proof(view=view, case=case)))
    if told.notices:
        texts = [f"{notice.amount} {notice.text}".strip() for notice in told.notices]
        yield Page(title=_("What to know first"), texts=tuple(texts), notes=notes)
    finding = charts.get("finding")
    if finding is not None:
        number_format = _FORMATS.get(view.subject.kind, "0.0")
        plot = lines_of(finding, len(view.finding.series), number_format)
        yield Page(title=finding.title, texts=(finding.subtitle,), plot=plot, notes=notes)
    rows = [
        (_("Verdict"), view.verdict_title),
        (_("Effect"), view.refusal or view.effect),
        (_("Before"), view.before),
        (_("After"), view.after),
        (_("Design grade"), view.grade_title),
        (_("Answers"), view.answers_text),
        (_("Method"), view.method),
    ]
    yield Page(
        title=_("How sure we are: design grade %(grade)s") % {"grade": view.grade},
        texts=(view.grade_meaning,),
        grid=_facts(rows),
        notes=sentences([notes, view.verdict_meaning]),
    )
    if case is not None:
        yield from _money_pages(told, charts.get("cash_flow"))
    yield _ask(told.request)


def _money_pages(told: Told, cash: Chart | None) -> Iterator[Page]:
    case = told.case
    assert case is not None  # asked for where there is one
    share = {"share": reader().percent(MONEY_LEVEL)}
    word = told.sign_off["text"] if told.sign_off else ""
    notes = sentences(
        [
            case.sentence,
            _("The central figure is the expected value; the range holds %(share)s of the draws.") % share,
            word,
            _("Design grade of the effect: %(grade)s.") % {"grade": told.view.grade},
            _("Answers: %(answers)s.") % {"answers": told.view.answers_text},
        ]
    )
    rows = [
        (case.net_present_value_label, case.net_present_value),
        (_("%(share)s range") % share, case.net_present_value_range),
        (_("Return on investment"), case.roi),
        (_("Payback"), case.payback),
        (_("Chance of a loss"), case.chance_of_loss),
        (_("Benefits"), case.benefits),
        (_("Costs"), case.costs),
    ]
    yield Page(title=case.sentence, texts=(word,) if word else (), grid=_facts(rows), notes=notes)
    if cash is not None:
        plot = cash_of(cash)
        yield Page(title=cash.title, texts=(cash.subtitle,), plot=plot, notes=notes)


def _facts(rows: Iterable[tuple[str, str]]) -> Grid:
    return Grid(
        columns=(pgettext("a column of facts", "What"), _("Figure")),
        rows=tuple(rows),
        shares=(0.4, 0.6),
        numbers=(False, False),
    )


# --- the program --------------------------------------------------------------------------------------------


def _program_notes(shown: ProgramView) -> str:
    return sentences(
        [
            _("The central figure is the expected value; the range holds %(share)s of the draws.")
            % {"share": reader().percent(MONEY_LEVEL)},
            ngettext(
                "%(count)s initiative counts: %(grades)s.",
                "%(count)s initiatives count: %(grades)s.",
                len(shown.lines),
            )
            % {
                "count": len(shown.lines),
                "grades": ", ".join(f"{line.reference} {line.grade}" for line in shown.lines) or "–",
            },
            _(
                "Method: all findings are read together; what two studies found in the same answers counts "
                "once."
            ),
            shown.gap,
            *shown.cautions,
        ]
    )


def _program_pages(shown: ProgramView) -> Iterator[Page]:
    notes = _program_notes(shown)
    share = {"share": reader().percent(MONEY_LEVEL)}
    if shown.net is not None:
        rows = [
            (_("Expected net present value"), shown.net.text),
            (_("%(share)s range") % share, shown.net.range),
            (_("Return on investment"), shown.roi),
            (_("Payback, discounted"), shown.payback),
            (_("Chance of a loss"), shown.chance_of_loss),
        ]
        yield Page(
            title=shown.sentence, grid=_facts(rows), texts=tuple(filter(None, [shown.best])), notes=notes
        )
    elif shown.gap:
        yield Page(title=shown.sentence, texts=(shown.gap,), notes=notes)
    if shown.benefits is None or shown.costs is None:
        return
    parts = [(part.name, part.meaning, part.benefits.text, part.benefits.range) for part in shown.parts]
    parts.append((_("Benefits, present value"), "", shown.benefits.text, shown.benefits.range))
    parts.append((_("Costs, present value"), "", shown.costs.text, shown.costs.range))
    yield Page(
        title=_("How sure we are of the benefits"),
        grid=Grid(
            columns=(_("Evidence"), _("What it means"), _("Expected"), _("%(share)s range") % share),
            rows=tuple(parts),
            shares=(0.2, 0.36, 0.18, 0.26),
            numbers=(False, False, True, True),
        ),
        notes=notes,
    )
    if shown.chart is not None:
        plot = bars_of(shown.chart)
        yield Page(title=shown.chart.title, texts=(shown.chart.subtitle,), plot=plot, notes=notes)
    yield Page(title=_("Initiative by initiative"), grid=_lines_grid(shown), notes=notes)
    if shown.cash_chart is not None:
        plot = cash_of(shown.cash_chart)
        yield Page(title=shown.cash_chart.title, texts=(shown.cash_chart.subtitle,), plot=plot, notes=notes)


def _lines_grid(shown: ProgramView) -> Grid:
    return Grid(
        columns=(
            _("Initiative"),
            _("Evidence"),
            _("Counted (%(share)s range)") % {"share": reader().percent(MONEY_LEVEL)},
            _("Costs"),
        ),
        rows=tuple(
            (
                f"{line.reference} {line.title}",
                f"{line.grade} · {line.backing}",
                f"{line.counted.text} ({line.counted.range})",
                line.costs,
            )
            for line in shown.lines
        ),
        shares=(0.42, 0.17, 0.28, 0.13),
        numbers=(False, False, True, True),
    )


# --- the board ----------------------------------------------------------------------------------------------


def _board_pages(context: dict[str, Any]) -> Iterator[Page]:
    shown, lessons = context["shown"], context["lessons"]
    said = sentences([context["told"], context["calibration"]])
    if context["waiting"]:
        yield Page(
            title=_("What waits for a decision"), grid=_waiting_grid(context["waiting"]), notes=context["ask"]
        )
    if context["decisions"]:
        yield Page(
            title=_("What was decided"),
            grid=Grid(
                columns=(_("Initiative"), _("Decision"), _("Cost as voted on"), _("Day")),
                rows=tuple(
                    (
                        f"{row.decided.reference} {row.decided.title}",
                        f"{row.outcome} ({row.voices})" if row.voices else row.outcome,
                        row.budget or "–",
                        reader().day(row.decided.decided_at),
                    )
                    for row in context["decisions"]
                ),
                shares=(0.38, 0.28, 0.2, 0.14),
                numbers=(False, False, False, True),
            ),
            notes=context["opening"],
        )
    if lessons:
        yield Page(
            title=_("What was learned"),
            texts=(said,),
            grid=_lessons_grid(lessons),
            notes=sentences(
                [said, *(f"{row.lesson.reference}: {row.answers}, {row.lesson.grade}." for row in lessons)]
            ),
        )
    if shown is not None:
        yield from _program_pages(shown)
    yield _ask(context["ask"])


def _waiting_grid(waiting: Iterable[WaitingRow]) -> Grid:
    return Grid(
        columns=(_("Initiative"), _("What to decide"), _("By day")),
        rows=tuple((f"{row.reference} {row.title}", f"{row.ask}: {row.note}", row.by) for row in waiting),
        shares=(0.42, 0.43, 0.15),
        numbers=(False, False, True),
    )


def _lessons_grid(lessons: Iterable[LessonRow]) -> Grid:
    return Grid(
        columns=(_("Initiative"), _("Verdict"), _("Effect"), _("Expected"), _("Answers")),
        rows=tuple(
            (
                f"{row.lesson.reference} {row.lesson.title}",
                f"{row.verdict} · {row.lesson.grade}",
                f"{row.effect} ({row.range})",
                row.expected,
                reader().number(row.lesson.answers),
            )
            for row in lessons
        ),
        shares=(0.36, 0.18, 0.23, 0.13, 0.1),
        numbers=(False, False, True, True, True),
    )


# --- charts -------------------------------------------------------------------------------------------------


def lines_of(chart: Chart, periods: int, number_format: str) -> Plot:
    """The chart of a finding: observed, expected with its range, and the comparison."""
    rows, columns = chart.table.rows[:periods], chart.table.columns
    places = [(1, False), (3, False), (4, True), (5, True), *([(6, False)] if len(columns) > 6 else [])]
    return Plot(
        kind=PlotKind.LINES,
        categories=tuple(row[0].text for row in rows),
        series=tuple(
            Series(name=columns[place], values=tuple(row[place].value for row in rows), is_faint=is_faint)
            for place, is_faint in places
        ),
        number_format=number_format,
        alternative=chart.alternative,
    )


def bars_of(chart: Chart) -> Plot:
    """Estimates with their ranges."""
    rows = chart.table.rows
    return Plot(
        kind=PlotKind.BARS,
        categories=tuple(row[0].text for row in rows),
        series=(Series(name=chart.table.columns[1], values=tuple(row[1].value for row in rows)),),
        low=tuple(row[2].value for row in rows),
        high=tuple(row[3].value for row in rows),
        number_format=_MONEY,
        alternative=chart.alternative,
    )


def cash_of(chart: Chart) -> Plot:
    """Benefits and costs by year, costs below zero, and their discounted sum."""
    rows, columns = chart.table.rows, chart.table.columns
    costs = tuple(None if row[2].value is None else -row[2].value for row in rows)
    return Plot(
        kind=PlotKind.CASH,
        categories=tuple(row[0].text for row in rows),
        series=(
            Series(name=columns[1], values=tuple(row[1].value for row in rows)),
            Series(name=columns[2], values=costs),
            Series(name=columns[4], values=tuple(row[4].value for row in rows)),
        ),
        number_format=_MONEY,
        alternative=chart.alternative,
    )
