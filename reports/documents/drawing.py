"""From a stored document row to the HTML that is drawn. The same row gives the same text."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from assessments.selectors import result_page
from common.charting import chart_locale
from common.text import legible
from cxcharts.chart import Chart
from cxcharts.render import to_svg
from cxcharts.theme import Theme
from impact.selectors.cases import CaseView
from impact.selectors.charts import STUDY_CHARTS, Proof
from impact.selectors.studies import StudyView
from impact.wording import money_text
from impact.wording.engines import document_engine_text
from impact.wording.go_lives import move_text, run_text, runs_text
from reports.choices import ReportKind
from reports.documents import cover
from reports.documents.board import context_of_board, context_of_summary
from reports.documents.brand import logo_of
from reports.documents.change_words import changes_of
from reports.documents.finance import moment_in
from reports.documents.plans import plan_changes, plan_lines
from reports.documents.program import context_of_program
from reports.documents.told import told_of
from reports.documents.waves import context_of_wave, drivers_chart
from reports.models import Report
from wording.figures import amount_text, range_with_unit, value_text
from wording.formats import Territory, reader, writing_for
from wording.joining import listed

PAGE_WIDTH = 640  # pixels of a chart across the text block
APPENDIX_ROWS = 14  # periods below each other in one block, which is not broken across pages
_FAMILIES = re.compile(r'font-family="[^"]*"')


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """What the frame of every document needs."""

    title: str
    subject: str
    organization: str
    running_title: str
    foot: str
    language: str
    paper: str
    moment: datetime
    code: str
    address: str
    is_simulated: bool
    accent: str = ""  # #rrggbb of the organization, or the product's own
    logo: str = ""  # the picture by the name that the typesetter is given, or none


@dataclass(frozen=True, kw_only=True, slots=True)
class DrawnChart:
    """A chart as the document prints it: words around, drawing inside."""

    title: str
    subtitle: str
    alternative: str
    svg: SafeString


def html_of(report: Report, *, brief: int = 0) -> str:
    """The document's HTML in its own language and format and its organization's time zone. `brief`: of what
    has to fit on one page (`reports.documents.board.BRIEFS`).

    Titles from before columns held to one direction cannot turn its sentences round.
    """
    with (
        translation.override(report.language),
        writing_for(Territory(code=report.territory)),
        timezone.override(report.organization.time_zone),
    ):
        context = (
            _summary(report, brief) if report.kind == ReportKind.SUMMARY else _CONTEXTS[report.kind](report)
        )
        html = render_to_string(
            f"reports/pdf/{report.kind}.html", {**context, "changes": changes_of(report.content)}
        )
    return legible(html)


def drawn(chart: Chart | None, *, width: int = PAGE_WIDTH) -> DrawnChart | None:
    if chart is None:
        return None
    return DrawnChart(
        title=chart.title,
        subtitle=chart.subtitle,
        alternative=chart.alternative,
        svg=_tagged(to_svg(chart, Theme.PRINT, chart_locale(), width), chart.alternative),
    )


def _tagged(svg: str, alternative: str) -> SafeString:
    """The drawing as the PDF needs it: its alternative inside as a title, families without blanks between.

    The PDF's figure takes its alternative from the title; of a list of families with blanks only the first
    would be found, and Chinese would come out in a Japanese font.
    """
    head = svg.index(">") + 1
    families = _FAMILIES.sub(lambda match: match[0].replace(", ", ",").replace("'", ""), svg[head:])
    return mark_safe(f"{svg[:head]}<title>{escape(alternative)}</title>{families}")  # noqa: S308  # checked by to_svg


def _frame(report: Report, *, title: str, subject: str, running_title: str, cutoff: str) -> Document:
    brand = report.content.get("brand") or {}
    path = reverse("verify_code", args=[report.verification_code])
    address = settings.SITE_URL + path
    foot = _("Data up to %(cutoff)s · verify with %(code)s at %(site)s\nContent %(digest)s") % {
        "cutoff": cutoff,
        "code": report.verification_code,
        "site": settings.SITE_URL.split("://", 1)[-1] + reverse("verify"),
        "digest": report.content_digest[:16],
    }
    return Document(
        title=title,
        subject=subject,
        organization=report.organization.name,
        running_title=running_title,
        foot=foot,
        language=report.language,
        paper=report.paper.lower(),
        moment=report.created_at,
        code=report.verification_code,
        address=address,
        is_simulated=bool(report.content["organization"]["is_simulated"]),
        accent=brand.get("accent", ""),
        logo="asset:/logo.png" if logo_of(report) else "",
    )


def _roi(report: Report) -> dict[str, Any]:
    told = told_of(report)
    view, case, sign_off, request, notices = told.view, told.case, told.sign_off, told.request, told.notices
    height, has_room = cover.chart_height(
        paper=report.paper,
        is_chinese=report.language.startswith("zh"),
        title=view.subject.title,
        words=[
            view.sentence,
            view.grade_meaning,
            request,
            *([case.sentence, sign_off["text"]] if case and sign_off else []),
        ],
        notices=[f"{notice.amount} {notice.text}" for notice in notices],
    )
    title = _("What “%(initiative)s” returned") % {"initiative": view.subject.title}
    proof = Proof(view=view, case=case, height=height)
    charts, further = STUDY_CHARTS.split(STUDY_CHARTS.of(proof))
    return {
        "document": _frame(
            report,
            title=title,
            subject=view.sentence,
            running_title=f"{view.subject.reference} {view.subject.title}",
            cutoff=reader().day(view.subject.data_cutoff),
        ),
        "content": report.content,
        "touchpoints": listed(report.content["initiative"]["touchpoints"]),
        "decided_on": moment_in(report.content["decision"], "decided_at"),
        "is_without_independent_vote": _is_without_independent_vote(report.content["decision"]),
        "plan_fixed_on": moment_in(report.content["plan"], "fixed_at"),
        "study": view,
        "case": case,
        "sign_off": sign_off,
        "request": request,
        "went_live_on": cover.corrected_go_live(report.content["initiative"], view),
        "go_lives": _go_lives(report.content, view),
        "notices": notices,
        "has_room": has_room,
        "budget": list(_budget(report.content["decision"], case)),
        "finding_chart": drawn(charts.get("finding")),
        "value_chart": drawn(charts.get("value")),
        "cash_chart": drawn(charts.get("cash_flow")),
        "tornado": drawn(charts.get("tornado")),
        "further_charts": [drawn(chart) for chart in further],
        "effect": _effect(view),
        "plan_changes": plan_changes(report.content["plan"], view),
        "plan_lines": plan_lines(report.content["plan"]["content"], view),
        "series": tuple(_columns(list(_series(view)))),
        "has_periods_after": any(point.period >= view.subject.go_live for point in view.finding.series),
        "has_periods_left_out": view.finding.effect is not None
        and any(point.expected is None for point in view.finding.series),
        "report": report,
        "pages": _pages(report, view),
        "engine": document_engine_text(
            report.content["study"]["engine_version"], made_with=report.content["engine_version"]
        ),
    }


def _pages(report: Report, view: StudyView) -> dict[str, str]:
    """Where the figures of the document lead: to what they were made from."""
    slug = report.content["organization"]["slug"]
    number = int(view.subject.reference.rpartition("-")[2])
    metric = reverse("customer_voice:metric_detail", args=[slug, view.subject.metric_key])
    return {
        "study": settings.SITE_URL
        + reverse("impact:study_detail", args=[slug, number, report.content["study"]["number"]]),
        "initiative": settings.SITE_URL + reverse("coalition:initiative_detail", args=[slug, number]),
        "metric": f"{settings.SITE_URL}{metric}?version={view.subject.metric_version}",
    }


def _effect(view: StudyView) -> dict[str, str]:
    """The effect and its interval, apart: the cover prints them in two sizes."""
    effect, kind = view.finding.effect, view.subject.kind
    if effect is None:
        return {"value": "–", "range": ""}
    return {
        "value": amount_text(reader(), kind, effect.value, signed=True),
        "range": range_with_unit(reader(), kind, effect.interval.low, effect.interval.high, signed=True),
    }


def _go_lives(content: dict[str, Any], view: StudyView) -> dict[str, Any] | None:
    """Every correction of the go-live, and every study that was run on the plan, in sentences."""
    history = cover.history_of(content)
    if history is None:
        return None
    return {
        "moves": [move_text(move) for move in history.moves],
        "runs": runs_text(history.studies),
        "lines": [run_text(run, view.subject.kind) for run in history.studies],
    }


def _series(view: StudyView) -> Iterator[dict[str, Any]]:
    """The appendix: every period as it entered the analysis."""
    kind = view.subject.kind
    for point in view.finding.series:
        yield {
            "period": point.period,
            "is_after": point.period >= view.subject.go_live,
            "n": point.n,
            "observed": value_text(reader(), kind, point.observed),
            "expected": value_text(reader(), kind, point.expected),
            "low": value_text(reader(), kind, point.expected_low),
            "high": value_text(reader(), kind, point.expected_high),
        }


def _columns(rows: list[dict[str, Any]]) -> Iterator[tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
    """The appendix as blocks of two columns side by side, so that a hundred weeks fill about one page."""
    blocks = ceil(len(rows) / (2 * APPENDIX_ROWS))
    for number in range(blocks):  # all about as long, so that none is left over for a page of its own
        part = rows[number * len(rows) // blocks : (number + 1) * len(rows) // blocks]
        half = max((len(part) + 1) // 2, min(len(part), 8))
        yield part[:half], part[half:]


def _is_without_independent_vote(decision: dict[str, Any] | None) -> bool:
    """Whether nobody who could vote was independent of those who proposed it; older decisions do not know."""
    return decision is not None and decision["tally"].get("independent") == 0


def _budget(decision: dict[str, Any] | None, case: CaseView | None) -> Iterator[dict[str, str]]:
    """What was approved for each year beside what the value counts for it."""
    budget = (decision or {}).get("budget")
    if not budget or case is None or budget.get("one_off_cost") is None:
        return
    for row in case.cash_flow:
        approved = float(budget["one_off_cost"] if row.year.year == 0 else budget["yearly_cost"])
        yield {
            "year": str(row.year.year),
            "approved": money_text(approved, budget["currency"]),
            "counted": row.cost,
        }


def _maturity(report: Report) -> dict[str, Any]:
    result = report.maturity_result
    if result is None:
        raise ValueError("a maturity report needs its result")
    page = result_page(result)
    return {
        "document": _frame(
            report,
            title=_("Maturity of the customer-experience program: %(round)s")
            % {"round": result.assessment.label},
            subject=page.headline,
            running_title=result.assessment.label,
            cutoff=reader().day(result.computed_at),
        ),
        "content": report.content,
        "page": page,
        "chart": drawn(page.chart),
        "practice_chart": drawn(page.practice_chart),
        "report": report,
    }


def _wave(report: Report) -> dict[str, Any]:
    context = context_of_wave(report)
    page, wave = context["page"], context["content"]["wave"]
    title = _("What employees say: %(survey)s, wave %(number)s") % wave
    return {
        **context,
        "document": _frame(
            report,
            title=title,
            subject=page.headline,
            running_title=f"{wave['survey']} · {wave['number']}",
            cutoff=reader().day(context["closes_on"]),
        ),
        "chart": drawn(drivers_chart(report, page.row)),
        "report": report,
    }


def _program(report: Report) -> dict[str, Any]:
    context = context_of_program(report)
    shown = context["shown"]
    return {
        **context,
        "document": _frame(
            report,
            title=_("What the program returned"),
            subject=shown.sentence,
            running_title=_("Return of the program"),
            cutoff=reader().day(shown.case.created_at),
        ),
        "chart": drawn(shown.chart),
        "cash_chart": drawn(shown.cash_chart),
        "report": report,
        "site": settings.SITE_URL,
        "slug": report.content["organization"]["slug"],
        "program_page": settings.SITE_URL
        + reverse("impact:program", args=[report.content["organization"]["slug"]])
        + ("?afterwards=1" if shown.with_look_backs else ""),
    }


def _board(report: Report) -> dict[str, Any]:
    context = context_of_board(report)
    shown = context["shown"]
    return {
        **context,
        **_places(report),
        "document": _frame(
            report,
            title=_("Board pack of the coalition"),
            subject=context["opening"],
            running_title=_("Board pack"),
            cutoff=reader().day(context["until"]),
        ),
        "chart": drawn(shown.chart) if shown else None,
        "cash_chart": drawn(shown.cash_chart) if shown else None,
        "report": report,
    }


def _summary(report: Report, brief: int) -> dict[str, Any]:
    context = context_of_summary(report, brief=brief)
    return {
        **context,
        **_places(report),
        "document": _frame(
            report,
            title=_("What the program returned"),
            subject=context["shown"].sentence,
            running_title=_("One-page summary"),
            cutoff=reader().day(context["until"]),
        ),
        "report": report,
    }


def _places(report: Report) -> dict[str, str]:
    """What figures lead to."""
    slug = report.content["organization"]["slug"]
    page = settings.SITE_URL + reverse("impact:program", args=[slug])
    return {"site": settings.SITE_URL, "slug": slug, "program_page": page}


_CONTEXTS: Mapping[str, Callable[[Report], dict[str, Any]]] = {
    ReportKind.ROI_EVIDENCE: _roi,
    ReportKind.MATURITY: _maturity,
    ReportKind.EMPLOYEE_WAVE: _wave,
    ReportKind.PROGRAM: _program,
    ReportKind.BOARD: _board,
}
