"""What a value is worth without the benefits that finance disputes: asked for with its word, computed by the
worker, so that no page simulates."""

import numpy as np

from accounts.services import emit
from cxstats.codec import digest_of, seed_of, version_of
from cxstats.design import DesignGrade, Verdict
from cxstats.errors import NotEstimable
from cxstats.roi import simulate_roi
from impact.cases import without_lines
from impact.findings import roi_case_of, roi_result_json
from impact.models import RoiCase
from impact.selectors.lines import disputed_lines, undisputed_result

DISPUTED_IN_PART = "impact.value_disputed_in_part"


def ask_for_undisputed(case: RoiCase) -> None:
    """In the transaction of finance's word: nothing where it disputes none or all of the benefits, or where
    the figures without just these are known."""
    if disputed_lines(case) and undisputed_result(case) is None:
        emit(kind=DISPUTED_IN_PART, organization=case.organization, subject=case, content={"case": case.pk})


def keep_undisputed(*, case: RoiCase) -> bool:
    """Compute and keep them, for the benefits that are disputed now; False where there is nothing to do. A
    value that gives none keeps none, and is left out of sums as a whole."""
    without = disputed_lines(case)
    if not without or undisputed_result(case) is not None:
        return False
    inputs = case.inputs
    try:
        found = simulate_roi(
            case=without_lines(roi_case_of(inputs["case"]), without),
            rng=np.random.default_rng(seed_of(digest_of(inputs, version=version_of(inputs)))),
            grade=DesignGrade(inputs["grade"]),
            verdict=Verdict(inputs["verdict"]),
        )
    except NotEstimable:
        return False
    case.undisputed = {"without": list(without), "roi": roi_result_json(found)}
    case.save(update_fields=["undisputed"])
    return True
