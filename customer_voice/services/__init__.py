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
from customer_voice.services.mailings import (
    Invited,
    Recipient,
    invite,
    keep_refusals,
    mark_bounced,
    quiet_days_of,
    remind,
    set_asking_rules,
    stop_surveys,
    write_letters,
)
from customer_voice.services.mailings import send_again as send_survey_again
from customer_voice.services.mappings import import_proposal, proposed_choices
from customer_voice.services.metric_targets import set_target
from customer_voice.services.metrics import (
    create_standard_metrics,
    define_metric,
    definition_of,
    retire_metric,
)
from customer_voice.services.proving import Differing, differing_cells
from customer_voice.services.recipes import add_recipe, delete_recipe, rename_recipe
from customer_voice.services.recounts import (
    count_everywhere,
    count_noted,
    is_counting_late,
    keep_counting,
    note_changes,
)
from customer_voice.services.replies import (
    band_of_answer,
    is_form_key,
    is_too_fast,
    take_reply,
)
from customer_voice.services.rollup import rebuild_rollup, refresh_rollup
from customer_voice.services.survey_questions import (
    QuestionPlan,
    bands_by_question,
    follow_up_of,
    move_question,
    remove_question,
    save_question,
    set_follow_up,
)
from customer_voice.services.surveys import (
    archive_survey,
    change_survey,
    close_survey,
    copy_survey,
    make_survey,
    open_survey,
    reword_survey,
    set_languages,
)
from customer_voice.services.undoing import Undo, nothing_text, undo_import, undo_preview
from customer_voice.services.words import asked_about, asked_at_first

__all__ = [
    "Differing",
    "Erased",
    "Invited",
    "QuestionPlan",
    "Recipient",
    "Recorded",
    "SubmissionItem",
    "Undo",
    "add_recipe",
    "archive_survey",
    "asked_about",
    "asked_at_first",
    "bad_rows_of",
    "band_of_answer",
    "bands_by_question",
    "change_survey",
    "choose_layout",
    "close_survey",
    "copy_survey",
    "count_everywhere",
    "count_noted",
    "create_import",
    "create_standard_metrics",
    "define_metric",
    "definition_of",
    "delete_recipe",
    "differing_cells",
    "discard_forgotten_imports",
    "discard_import",
    "erase_answer",
    "erase_customer",
    "follow_up_of",
    "import_proposal",
    "invite",
    "is_counting_late",
    "is_form_key",
    "is_too_fast",
    "keep_counting",
    "keep_refusals",
    "make_survey",
    "map_import",
    "mark_bounced",
    "move_question",
    "note_changes",
    "nothing_text",
    "open_survey",
    "proposed_choices",
    "quiet_days_of",
    "rebuild_rollup",
    "record_feedback",
    "record_submissions",
    "refresh_rollup",
    "remind",
    "remove_question",
    "rename_recipe",
    "retire_metric",
    "reword_survey",
    "run_import",
    "save_account",
    "save_contact",
    "save_question",
    "send_survey_again",
    "set_asking_rules",
    "set_follow_up",
    "set_languages",
    "set_target",
    "start_import",
    "stop_surveys",
    "take_reply",
    "undo_import",
    "undo_preview",
    "write_letters",
]
