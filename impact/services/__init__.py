"""Everything that changes studies, value models and ROI cases."""

from impact.fields import BenefitValues, CostValues, LibraryValues, LineValues, ParameterValues
from impact.services.association_files import discard_association_file, keep_association_file
from impact.services.associations import (
    execute_association,
    request_association,
    request_association_of_file,
)
from impact.services.cases import compute_roi_case, roi_figures
from impact.services.drivers import execute_drivers, request_drivers
from impact.services.ledger import (
    LedgerLineValues,
    LedgerYearValues,
    ledger_changed,
    ledger_mark,
    review_ledger_year,
    save_ledger,
    save_ledger_year,
    save_rate,
)
from impact.services.ledger_files import ImportPlan, planned_import
from impact.services.library import library_changed, save_library_figure
from impact.services.program import execute_program, follow_program, program_figures, request_program
from impact.services.reviews import dispute, review, sign_off
from impact.services.studies import (
    Recomputation,
    check_study,
    execute_study,
    finding_from,
    recompute,
    request_study,
)
from impact.services.telling import tell_of_program
from impact.services.undisputed import keep_undisputed
from impact.services.values import save_benefit_lines, save_value_model

__all__ = [
    "BenefitValues",
    "CostValues",
    "ImportPlan",
    "LedgerLineValues",
    "LedgerYearValues",
    "LibraryValues",
    "LineValues",
    "ParameterValues",
    "Recomputation",
    "check_study",
    "compute_roi_case",
    "discard_association_file",
    "dispute",
    "execute_association",
    "execute_drivers",
    "execute_program",
    "execute_study",
    "finding_from",
    "follow_program",
    "keep_association_file",
    "keep_undisputed",
    "ledger_changed",
    "ledger_mark",
    "library_changed",
    "planned_import",
    "program_figures",
    "recompute",
    "request_association",
    "request_association_of_file",
    "request_drivers",
    "request_program",
    "request_study",
    "review",
    "review_ledger_year",
    "roi_figures",
    "save_benefit_lines",
    "save_ledger",
    "save_ledger_year",
    "save_library_figure",
    "save_rate",
    "save_value_model",
    "sign_off",
    "tell_of_program",
]
