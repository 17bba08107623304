"""Everything that changes frameworks, rounds, answers and results."""

from assessments.services.answers import (
    Given,
    save_answer,
    save_answers,
    submit_response,
    take_back_response,
    without_reason,
)
from assessments.services.frameworks import (
    frameworks_on_offer,
    import_framework,
    install_builtin_frameworks,
    publish_framework,
)
from assessments.services.results import record_consensus
from assessments.services.rounds import (
    close_assessment,
    invite_respondents,
    open_assessment,
    reopen_assessment,
    share_assessment,
    start_quick_check,
    take_seat,
)

__all__ = [
    "Given",
    "close_assessment",
    "frameworks_on_offer",
    "import_framework",
    "install_builtin_frameworks",
    "invite_respondents",
    "open_assessment",
    "publish_framework",
    "record_consensus",
    "reopen_assessment",
    "save_answer",
    "save_answers",
    "share_assessment",
    "start_quick_check",
    "submit_response",
    "take_back_response",
    "take_seat",
    "without_reason",
]
