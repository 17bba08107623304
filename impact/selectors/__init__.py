"""What screens, the API and reports read of studies, values, the portfolio and drivers."""

from impact.selectors.cases import CaseView, case_view, latest_case
from impact.selectors.charts import (
    cash_flow_chart,
    finding_chart,
    portfolio_chart,
    tornado_chart,
    value_chart,
)
from impact.selectors.drivers import DriverPage, driver_page
from impact.selectors.makers import Makers, makers_of
from impact.selectors.pages import ImpactPage, impact_page, value_model_of
from impact.selectors.portfolio import PortfolioPage, PortfolioRow, portfolio
from impact.selectors.studies import (
    StudyView,
    latest_finished_study,
    studies_of,
    study_subject,
    study_view,
)

__all__ = [
    "CaseView",
    "DriverPage",
    "ImpactPage",
    "Makers",
    "PortfolioPage",
    "PortfolioRow",
    "StudyView",
    "case_view",
    "cash_flow_chart",
    "driver_page",
    "finding_chart",
    "impact_page",
    "latest_case",
    "latest_finished_study",
    "makers_of",
    "portfolio",
    "portfolio_chart",
    "studies_of",
    "study_subject",
    "study_view",
    "tornado_chart",
    "value_chart",
    "value_model_of",
]
