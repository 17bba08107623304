"""Charts as the page's component wants them."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from common.charting import on_page
from cxcharts.render import PageChart
from impact import selectors
from impact.selectors import AssociationPage, DriverPage, ImpactPage, LinkagePage, PortfolioPage
from impact.selectors.association_charts import association_chart
from impact.selectors.cases import CaseView
from impact.selectors.charts import STUDY_CHARTS, Proof, effects_chart, linkage_chart, shares_chart
from impact.selectors.portfolio import LeftOut, PortfolioRow


@dataclass(frozen=True, kw_only=True, slots=True)
class ImpactCharts:
    finding: PageChart | None = None
    value: PageChart | None = None
    tornado: PageChart | None = None
    cash_flow: PageChart | None = None
    further: tuple[PageChart, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PortfolioCharts:
    effects: tuple[PageChart, ...] = ()
    values: PageChart | None = None


def of_impact(page: ImpactPage) -> ImpactCharts:
    if page.shown is None:
        return ImpactCharts()
    charts = STUDY_CHARTS.of(Proof(view=page.shown, case=page.case))
    drawn = {name: on_page(chart, name) for name, chart in charts.items()}
    own, further = STUDY_CHARTS.split(drawn)
    return ImpactCharts(**own, further=further)


def of_portfolio(page: PortfolioPage) -> PortfolioCharts:
    """Effects on unlike metrics never share an axis: one chart per metric."""
    groups: dict[tuple[str, int], list[selectors.StudyView]] = {}
    for row in page.judged:
        if row.view is not None:
            subject = row.view.subject
            groups.setdefault((subject.metric_key, subject.metric_version), []).append(row.view)
    drawn = [on_page(effects_chart(views), f"effects-{place}") for place, views in enumerate(groups.values())]
    lines = [
        _line_of(row, row.case)
        for row in page.rows
        if row.case is not None and row.left_out not in (LeftOut.CURRENCY, LeftOut.IMPOSSIBLE)
    ]
    return PortfolioCharts(
        effects=tuple(chart for chart in drawn if chart is not None),
        values=on_page(selectors.portfolio_chart(lines), "values"),
    )


def _line_of(row: PortfolioRow, case: CaseView) -> tuple[str, CaseView]:
    """Name and value for the chart; of a value disputed in part what may be counted."""
    if row.undisputed is None or row.standing is None:
        return row.initiative.title, case
    name = _("%(title)s, without what is disputed") % {"title": row.initiative.title}
    return name, replace(case, result=row.undisputed, standing=row.standing)


def of_drivers(page: DriverPage) -> PageChart | None:
    return on_page(shares_chart(page), "drivers")


def of_linkage(page: LinkagePage) -> PageChart | None:
    return on_page(linkage_chart(page), "functions")


def of_association(page: AssociationPage) -> PageChart | None:
    return on_page(association_chart(page), "curve")
