"""Everything that changes metrics, feedback and their roll-up."""

from customer_voice.services.bad_rows import bad_rows_of
from customer_voice.services.customers import save_account, save_contact
from customer_voice.services.erasure import Erased, erase_answer, erase_customer
from customer_voice.services.feedback import (
    Recorded,
    SubmissionItem,
    record_feedback,
    record_submissions,
)
from customer_voice.services.imports import (
    choose_layout,
    create_import,
    discard_forgotten_imports,
    discard_import,
    map_import,
    run_import,
    start_import,
)
from customer_voice.services.mappings import import_proposal, proposed_choices
from customer_voice.services.metric_targets import set_target
from customer_voice.services.metrics import (
    create_standard_metrics,
    define_metric,
    definition_of,
    retire_metric,
)
from customer_voice.services.recipes import add_recipe, delete_recipe, rename_recipe
from customer_voice.services.rollup import rebuild_rollup, refresh_rollup
from customer_voice.services.undoing import Undo, nothing_text, undo_import, undo_preview
from customer_voice.services.words import asked_about, asked_at_first

__all__ = [
    "Erased",
    "Recorded",
    "SubmissionItem",
    "Undo",
    "add_recipe",
    "asked_about",
    "asked_at_first",
    "bad_rows_of",
    "choose_layout",
    "create_import",
    "create_standard_metrics",
    "define_metric",
    "definition_of",
    "delete_recipe",
    "discard_forgotten_imports",
    "discard_import",
    "erase_answer",
    "erase_customer",
    "import_proposal",
    "map_import",
    "nothing_text",
    "proposed_choices",
    "rebuild_rollup",
    "record_feedback",
    "record_submissions",
    "refresh_rollup",
    "rename_recipe",
    "retire_metric",
    "run_import",
    "save_account",
    "save_contact",
    "set_target",
    "start_import",
    "undo_import",
    "undo_preview",
]
