"""Everything that changes metrics, feedback and their roll-up."""

from customer_voice.services.erasure import Erased, erase_answer, erase_customer
from customer_voice.services.feedback import Recorded, record_feedback
from customer_voice.services.imports import (
    create_import,
    discard_forgotten_imports,
    discard_import,
    import_proposal,
    map_import,
    run_import,
    start_import,
)
from customer_voice.services.metric_targets import set_target
from customer_voice.services.metrics import (
    create_standard_metrics,
    define_metric,
    definition_of,
    retire_metric,
)
from customer_voice.services.rollup import rebuild_rollup, refresh_rollup

__all__ = [
    "Erased",
    "Recorded",
    "create_import",
    "create_standard_metrics",
    "define_metric",
    "definition_of",
    "discard_forgotten_imports",
    "discard_import",
    "erase_answer",
    "erase_customer",
    "import_proposal",
    "map_import",
    "rebuild_rollup",
    "record_feedback",
    "refresh_rollup",
    "retire_metric",
    "run_import",
    "set_target",
    "start_import",
]
