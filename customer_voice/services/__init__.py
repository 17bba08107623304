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
from customer_voice.services.half_answers import begun_by, keep_half, settle_half_answers
from customer_voice.services.imports import (
    choose_layout,
    create_import,
    discard_forgotten_imports,
    discard_import,
    map_import,
    run_import,
    start_import,
)
from customer_voice.services.inviting import (
    Invited,
    Recipient,
    drop_list,
    forget_lists,
    invite,
    invite_list,
    keep_list,
    people_of,
    planned,
)
from customer_voice.services.mailings import (
    keep_outcomes,
    mark_bounced,
    quiet_days_of,
    remind,
    set_asking_rules,
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
from customer_voice.services.recipes import add_recipe, delete_recipe, rename_recipe
from customer_voice.services.refusals import is_unsubscribed, lift_no, resume_surveys, stop_surveys
from customer_voice.services.replies import (
    band_of_answer,
    is_form_key,
    is_too_fast,
    take_reply,
)
from customer_voice.services.rollup import rebuild_rollup, refresh_rollup
from customer_voice.services.survey_events import (
    Happened,
    cancel_event,
    follow_event,
    pause_events,
    send_due_events,
    set_event_rule,
)
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
    "Erased",
    "Happened",
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
    "begun_by",
    "cancel_event",
    "change_survey",
    "choose_layout",
    "close_survey",
    "copy_survey",
    "create_import",
    "create_standard_metrics",
    "define_metric",
    "definition_of",
    "delete_recipe",
    "discard_forgotten_imports",
    "discard_import",
    "drop_list",
    "erase_answer",
    "erase_customer",
    "follow_event",
    "follow_up_of",
    "forget_lists",
    "import_proposal",
    "invite",
    "invite_list",
    "is_form_key",
    "is_too_fast",
    "is_unsubscribed",
    "keep_half",
    "keep_list",
    "keep_outcomes",
    "lift_no",
    "make_survey",
    "map_import",
    "mark_bounced",
    "move_question",
    "nothing_text",
    "open_survey",
    "pause_events",
    "people_of",
    "planned",
    "proposed_choices",
    "quiet_days_of",
    "rebuild_rollup",
    "record_feedback",
    "record_submissions",
    "refresh_rollup",
    "remind",
    "remove_question",
    "rename_recipe",
    "resume_surveys",
    "retire_metric",
    "reword_survey",
    "run_import",
    "save_account",
    "save_contact",
    "save_question",
    "send_due_events",
    "send_survey_again",
    "set_asking_rules",
    "set_event_rule",
    "set_follow_up",
    "set_languages",
    "set_target",
    "settle_half_answers",
    "start_import",
    "stop_surveys",
    "take_reply",
    "undo_import",
    "undo_preview",
    "write_letters",
]
