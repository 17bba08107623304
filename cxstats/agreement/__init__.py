"""Agreement between raters and reliability of scales.

Agreement (do raters give the same level?) and reliability (can ratings tell things apart?)
are different questions and can disagree strongly; each function says which it answers.
"""

from cxstats.agreement.chance_corrected import (
    ChanceCorrectedAgreement,
    Metric,
    ReliabilityReading,
    fleiss_kappa,
    krippendorff_alpha,
)
from cxstats.agreement.intraclass import IntraclassCorrelations, intraclass_correlations
from cxstats.agreement.scales import ScaleReliability, cronbach_alpha, omega_total, scale_scores
from cxstats.agreement.unbalanced import (
    UnbalancedIntraclassCorrelation,
    unbalanced_intraclass_correlation,
)
from cxstats.agreement.within_group import (
    AgreementReading,
    Null,
    WithinGroupAgreement,
    null_variance,
    r_wg,
    r_wg_j,
    read_agreement,
)

__all__ = [
    "AgreementReading",
    "ChanceCorrectedAgreement",
    "IntraclassCorrelations",
    "Metric",
    "Null",
    "ReliabilityReading",
    "ScaleReliability",
    "UnbalancedIntraclassCorrelation",
    "WithinGroupAgreement",
    "cronbach_alpha",
    "fleiss_kappa",
    "intraclass_correlations",
    "krippendorff_alpha",
    "null_variance",
    "omega_total",
    "r_wg",
    "r_wg_j",
    "read_agreement",
    "scale_scores",
    "unbalanced_intraclass_correlation",
]
