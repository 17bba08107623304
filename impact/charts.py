"""Charts as the page's component wants them."""

from dataclasses import dataclass

from common.charting import chart_locale
from cxcharts.chart import Chart
from cxcharts.render import PageChart, for_page
from impact import selectors
from impact.selectors import DriverPage, ImpactPage, PortfolioPage
from impact.selectors.charts import effects_chart, shares_chart
from impact.selectors.portfolio import LeftOut


@dataclass(frozen=True, kw_only=True, slots=True)
class ImpactCharts:
    finding: PageChart | None = None
    value: PageChart | None = None
    tornado: PageChart | None = None
    cash_flow: PageChart | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PortfolioCharts:
    effects: tuple[PageChart, ...] = ()
    values: PageChart | None = None


def of_impact(page: ImpactPage) -> ImpactCharts:
    if page.shown is None:
        return ImpactCharts()
    finding = _page(selectors.finding_chart(page.shown), "finding")
    if page.case is None:
        return ImpactCharts(finding=finding)
    return ImpactCharts(
        finding=finding,
        value=_page(selectors.value_chart(page.case), "value"),
        tornado=_page(selectors.tornado_chart(page.case), "tornado"),
        cash_flow=_page(selectors.cash_flow_chart(page.case), "cash-flow"),
    )


def of_portfolio(page: PortfolioPage) -> PortfolioCharts:
    """Effects on unlike metrics never share an axis: one chart per metric."""
    groups: dict[tuple[str, int], list[selectors.StudyView]] = {}
    for row in page.judged:
        if row.view is not None:
            subject = row.view.subject
            groups.setdefault((subject.metric_key, subject.metric_version), []).append(row.view)
    drawn = [_page(effects_chart(views), f"effects-{place}") for place, views in enumerate(groups.values())]
    lines = [
        (row.initiative.title, row.case)
        for row in page.rows
        if row.case is not None and row.left_out not in (LeftOut.CURRENCY, LeftOut.IMPOSSIBLE)
    ]
    return PortfolioCharts(
        effects=tuple(chart for chart in drawn if chart is not None),
        values=_page(selectors.portfolio_chart(lines), "values"),
    )


def of_drivers(page: DriverPage) -> PageChart | None:
    return _page(shares_chart(page), "drivers")


def _page(chart: Chart | None, identifier: str) -> PageChart | None:
    return None if chart is None else for_page(chart, id=identifier, locale=chart_locale())
