"""What screens, the API and reports read of studies, values, the portfolio and drivers."""

from impact.selectors.answered import AnsweredPlace, answers_of
from impact.selectors.association_pages import (
    AssociationPage,
    association_file_view,
    association_list,
    association_page,
    association_told,
)
from impact.selectors.associations import association_runs, choice_text, usable_associations
from impact.selectors.budgets import budget_text, planned_costs
from impact.selectors.cases import CaseView, break_even_of, case_view, latest_case, unchanged_text
from impact.selectors.charts import (
    cash_flow_chart,
    finding_chart,
    portfolio_chart,
    tornado_chart,
    value_chart,
)
from impact.selectors.comparisons import comparison_page
from impact.selectors.disputes import Dispute, unanswered_disputes
from impact.selectors.drivers import DriverPage, driver_page, known_outcome
from impact.selectors.go_lives import go_live_history
from impact.selectors.histories import counted_metrics
from impact.selectors.ledger import (
    LedgerPage,
    ledger_page,
    ledger_row,
    ledger_versions,
    ledger_year_view,
    ledger_years_to_review,
    refusal_of_ledger_review,
    warning_of_ledger_writing,
)
from impact.selectors.library import (
    MOST_FIGURES,
    LibraryLine,
    LibraryPage,
    figure_page,
    library_choices,
    library_notices,
    library_page,
)
from impact.selectors.lines import line_choices, line_values
from impact.selectors.linkage import LinkagePage, linkage_page
from impact.selectors.makers import (
    Makers,
    has_no_reviewer,
    makers_of,
    refusal_of_review,
    warning_of_writing,
    with_makers,
    without_reviewer,
)
from impact.selectors.pages import ImpactPage, impact_page, value_model_of, who_chose_kind
from impact.selectors.portfolio import PortfolioPage, PortfolioRow, portfolio
from impact.selectors.program import (
    ProgramPage,
    ProgramView,
    counted_texts,
    latest_program,
    program_figure,
    program_page,
    program_view,
)
from impact.selectors.recomputed import RecomputedView, recomputed_view
from impact.selectors.studies import (
    StudyView,
    latest_finished_study,
    same_study_text,
    studies_of,
    study_subject,
    study_view,
)

__all__ = [
    "MOST_FIGURES",
    "AnsweredPlace",
    "AssociationPage",
    "CaseView",
    "Dispute",
    "DriverPage",
    "ImpactPage",
    "LedgerPage",
    "LibraryLine",
    "LibraryPage",
    "LinkagePage",
    "Makers",
    "PortfolioPage",
    "PortfolioRow",
    "ProgramPage",
    "ProgramView",
    "RecomputedView",
    "StudyView",
    "answers_of",
    "association_file_view",
    "association_list",
    "association_page",
    "association_runs",
    "association_told",
    "break_even_of",
    "budget_text",
    "case_view",
    "cash_flow_chart",
    "choice_text",
    "comparison_page",
    "counted_metrics",
    "counted_texts",
    "driver_page",
    "figure_page",
    "finding_chart",
    "go_live_history",
    "has_no_reviewer",
    "impact_page",
    "known_outcome",
    "latest_case",
    "latest_finished_study",
    "latest_program",
    "ledger_page",
    "ledger_row",
    "ledger_versions",
    "ledger_year_view",
    "ledger_years_to_review",
    "library_choices",
    "library_notices",
    "library_page",
    "line_choices",
    "line_values",
    "linkage_page",
    "makers_of",
    "planned_costs",
    "portfolio",
    "portfolio_chart",
    "program_figure",
    "program_page",
    "program_view",
    "recomputed_view",
    "refusal_of_ledger_review",
    "refusal_of_review",
    "same_study_text",
    "studies_of",
    "study_subject",
    "study_view",
    "tornado_chart",
    "unanswered_disputes",
    "unchanged_text",
    "usable_associations",
    "value_chart",
    "value_model_of",
    "warning_of_ledger_writing",
    "warning_of_writing",
    "who_chose_kind",
    "with_makers",
    "without_reviewer",
]
