"""Agreement between raters and reliability of scales.

Agreement (do raters give the same level?) and reliability (can ratings tell things apart?)
are different questions and can disagree strongly; each function says which it answers.
"""

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
    "Null",
    "WithinGroupAgreement",
    "null_variance",
    "r_wg",
    "r_wg_j",
    "read_agreement",
]
