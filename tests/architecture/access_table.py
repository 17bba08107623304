"""Who may what, at every address: screens, API, public pages and sign-in.

One row is one address and one method. `access` is the right that the role needs, or a door. `kwargs` name
things of `tests.architecture.world`. `only` names the world's people to whom an object belongs, where the
right of the role is not enough. A new address without a row fails `test_access_table`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from accounts.choices import Action

A = Action


class Door(Enum):
    PUBLIC = "anybody"
    SIGNED_IN = "whoever is signed in, member of an organization or not"
    STAFF = "the people who run the installation"


PUBLIC, SIGNED_IN, STAFF = Door.PUBLIC, Door.SIGNED_IN, Door.STAFF
OWNER = ("cx_leader", "owner")  # the owner of an initiative, or who also seats the coalition
CHAIR = ("chair",)
RESPONDENT = ("respondent",)  # a seat in the open round
SUBMITTER = ("submitter",)  # handed in there
LEADER = ("cx_leader",)


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    method: str
    access: A | Door
    kwargs: Mapping[str, str] = field(default_factory=dict)
    ok: int | None = None  # status for who may; None: 200 to read, no refusal of access to write
    only: tuple[str, ...] = ()
    others: int = 403  # what the right of the role alone gets, where `only` is given
    anonymous: int | None = None  # status for a visitor, where it differs from `ok` at a public address
    gate: A | None = None  # what the decorator says, where the view itself asks for more
    data: Mapping[str, str] = field(default_factory=dict)  # field -> thing, where an empty one finds nothing


INITIATIVE = {"number": "draft"}
IN_VOTE = {"number": "submitted"}
RUNNING = {"number": "approved"}
PROVED = {"number": "proved"}
ROUND = {"pk": "round"}
CLOSED = {"pk": "closed_round"}
MILESTONE = {"number": "approved", "pk": "milestone"}

HOME = [
    Row("organizations", "get", SIGNED_IN, ok=302),
    Row("home", "get", A.VIEW),
    Row("overview:guide_hide", "post", A.VIEW),
    Row("overview:guide_show", "post", A.VIEW),
    Row("api_docs", "get", SIGNED_IN),
    Row("api_schema", "get", PUBLIC),
    Row("components", "get", STAFF),
    Row("health", "get", PUBLIC),
    Row("favicon.ico", "get", PUBLIC, ok=302),
    Row("unsent", "get", SIGNED_IN, ok=302),
    Row("unsent", "post", SIGNED_IN, ok=302),
    Row("set_language", "post", PUBLIC, ok=302),
    Row("first", "get", PUBLIC, ok=404),  # somebody is there
    Row("first", "post", PUBLIC, ok=404),
    Row("join", "get", PUBLIC, {"secret": "secret"}),
    Row("join", "post", PUBLIC, {"secret": "secret"}),
    Row("verify", "get", PUBLIC),
    Row("verify", "post", PUBLIC),
    Row("verify_code", "get", PUBLIC, {"code": "code"}),
    Row("verify_code", "post", PUBLIC, {"code": "code"}),
]

# Of django-allauth. Signed in, the doors lead on; 404 where two-factor sign-in is not set up.
SIGN_IN = [
    Row("account_login", "get", PUBLIC, ok=302, anonymous=200),
    Row("account_login", "post", PUBLIC),
    Row("account_logout", "get", PUBLIC, ok=200, anonymous=302),
    Row("account_logout", "post", PUBLIC, ok=302),
    Row("account_inactive", "get", PUBLIC),
    Row("account_signup", "get", PUBLIC, ok=302, anonymous=200),
    Row("account_signup", "post", PUBLIC),
    Row("account_reauthenticate", "get", SIGNED_IN),
    Row("account_reauthenticate", "post", SIGNED_IN),
    Row("account_email", "get", PUBLIC, ok=302),
    Row("account_email", "post", PUBLIC, ok=302),
    Row("email_address", "get", PUBLIC, ok=302),
    Row("account_email_verification_sent", "get", PUBLIC, ok=302),
    Row("email_unproved", "get", PUBLIC, ok=302),
    Row("email_proof", "get", PUBLIC, {"key": "nothing"}, ok=302),
    Row("account_change_password", "get", SIGNED_IN),
    Row("account_change_password", "post", SIGNED_IN),
    Row("account_set_password", "get", PUBLIC, ok=302),
    Row("account_set_password", "post", PUBLIC, ok=302),
    Row("password_set", "get", PUBLIC, ok=302),
    Row("account_reset_password", "get", PUBLIC),
    Row("password_reset", "get", PUBLIC),
    Row("password_reset", "post", PUBLIC),
    Row("account_reset_password", "post", PUBLIC),
    Row("account_confirm_login_code", "get", PUBLIC, ok=302),
    Row("account_confirm_login_code", "post", PUBLIC, ok=302),
    Row("account_confirm_email", "get", PUBLIC, {"key": "nothing"}, ok=302),
    Row("account_confirm_email", "post", PUBLIC, {"key": "nothing"}, ok=302),
    Row("account_reset_password_from_key_done", "get", PUBLIC),
    Row("account_reset_password_from_key", "get", PUBLIC, {"uidb36": "nothing", "key": "nothing"}),
    Row("account_reset_password_from_key", "post", PUBLIC, {"uidb36": "nothing", "key": "nothing"}),
    Row("account_reset_password_done", "get", PUBLIC),
    Row("mfa_index", "get", SIGNED_IN),
    Row("mfa_authenticate", "get", PUBLIC, ok=302),
    Row("mfa_authenticate", "post", PUBLIC, ok=302),
    Row("mfa_reauthenticate", "get", SIGNED_IN, ok=302),
    Row("mfa_reauthenticate", "post", SIGNED_IN),
    Row("mfa_activate_totp", "get", SIGNED_IN, ok=302),
    Row("mfa_activate_totp", "post", SIGNED_IN),
    Row("mfa_deactivate_totp", "get", SIGNED_IN, ok=404),
    Row("mfa_deactivate_totp", "post", SIGNED_IN, ok=404),
    Row("mfa_view_recovery_codes", "get", SIGNED_IN, ok=404),
    Row("mfa_generate_recovery_codes", "get", SIGNED_IN, ok=302),
    Row("mfa_generate_recovery_codes", "post", SIGNED_IN),
    Row("mfa_download_recovery_codes", "get", SIGNED_IN, ok=404),
]

ACCOUNTS = [
    Row("accounts:settings", "get", A.VIEW),
    Row("accounts:organization_edit", "get", A.MANAGE_ORGANIZATION),
    Row("accounts:organization_edit", "post", A.MANAGE_ORGANIZATION),
    Row("accounts:function_create", "get", A.MANAGE_ORGANIZATION),
    Row("accounts:function_create", "post", A.MANAGE_ORGANIZATION),
    Row("accounts:function_edit", "get", A.MANAGE_ORGANIZATION, {"pk": "function"}),
    Row("accounts:function_edit", "post", A.MANAGE_ORGANIZATION, {"pk": "function"}),
    Row("accounts:people", "get", A.VIEW),
    Row("accounts:invite", "get", A.MANAGE_PEOPLE),
    Row("accounts:invite", "post", A.MANAGE_PEOPLE),
    Row("accounts:invite_many", "get", A.MANAGE_PEOPLE),
    Row("accounts:invite_many", "post", A.MANAGE_PEOPLE),
    Row("accounts:member_edit", "get", A.MANAGE_PEOPLE, {"pk": "leaver"}),
    Row("accounts:member_edit", "post", A.MANAGE_PEOPLE, {"pk": "leaver"}),
    Row("accounts:member_deactivate", "post", A.MANAGE_PEOPLE, {"pk": "leaver"}),
    Row("accounts:member_confirm", "post", A.MANAGE_PEOPLE, {"pk": "leaver"}),
    Row("accounts:invitation_show", "get", A.MANAGE_PEOPLE, {"pk": "invitation"}, only=LEADER, others=409),
    Row("accounts:invitation_resend", "post", A.MANAGE_PEOPLE, {"pk": "invitation"}),
    Row("accounts:invitation_revoke", "post", A.MANAGE_PEOPLE, {"pk": "invitation"}),
    Row("accounts:trail", "get", A.VIEW_TRAIL),
    Row("accounts:work", "get", A.MANAGE_ORGANIZATION),
    Row("accounts:letter_send_again", "post", A.MANAGE_ORGANIZATION, {"pk": "letter"}),
    Row("accounts:event_try_again", "post", A.MANAGE_ORGANIZATION, {"pk": "delivery"}),
    Row("accounts:trail_export", "get", A.VIEW_TRAIL, {"ending": "csv"}),
    Row("accounts:preferences", "get", A.VIEW),
    Row("accounts:preferences", "post", A.VIEW),
    Row("accounts:tokens", "get", A.VIEW),
    Row("accounts:tokens", "post", A.VIEW),
    Row("accounts:token_revoke_all", "post", A.VIEW),
    Row("accounts:sessions", "get", A.VIEW),
    Row("accounts:sessions_end", "post", A.VIEW),
    Row("accounts:session_end", "post", A.VIEW, {"mark": "nothing"}, ok=404),
    Row("accounts:token_revoke", "post", A.VIEW, {"pk": "token"}, only=LEADER, others=404),
    Row("api:organization", "get", A.VIEW),
    Row("api:organization", "put", A.MANAGE_ORGANIZATION),
    Row("api:organization", "patch", A.MANAGE_ORGANIZATION),
    Row("api:function-list", "get", A.VIEW),
    Row("api:function-list", "post", A.MANAGE_ORGANIZATION),
    Row("api:function-detail", "get", A.VIEW, {"pk": "function"}),
    Row("api:function-detail", "put", A.MANAGE_ORGANIZATION, {"pk": "function"}),
    Row("api:function-detail", "patch", A.MANAGE_ORGANIZATION, {"pk": "function"}),
    Row("api:member-list", "get", A.VIEW),
    Row("api:member-detail", "get", A.VIEW, {"pk": "leaver"}),
    Row("api:member-detail", "put", A.MANAGE_PEOPLE, {"pk": "leaver"}),
    Row("api:member-detail", "patch", A.MANAGE_PEOPLE, {"pk": "leaver"}),
    Row("api:member-detail", "delete", A.MANAGE_PEOPLE, {"pk": "leaver"}),
    Row("api:member-confirm", "post", A.MANAGE_PEOPLE, {"pk": "leaver"}),
    Row("api:invitation-list", "get", A.MANAGE_PEOPLE),
    Row("api:invitation-list", "post", A.MANAGE_PEOPLE),
    Row("api:invitation-detail", "delete", A.MANAGE_PEOPLE, {"pk": "invitation"}),
    Row("api:invitation-resend", "post", A.MANAGE_PEOPLE, {"pk": "invitation"}),
    Row("api:trail-list", "get", A.VIEW_TRAIL),
]

_ANSWER = {"pk": "round", "dimension": "dimension"}
_PRACTICE = {"pk": "round", "practice": "practice"}
_EARLIER = {"pk": "closed_round", "sequence": "sequence"}
ASSESSMENTS = [
    Row("assessments:assessment_list", "get", A.VIEW),
    Row("assessments:assessment_new", "get", A.RUN_ASSESSMENT),
    Row("assessments:assessment_new", "post", A.RUN_ASSESSMENT),
    Row("assessments:quick_check_start", "post", A.RUN_ASSESSMENT),
    Row("assessments:framework_list", "get", A.VIEW),
    Row("assessments:framework_import", "post", A.RUN_ASSESSMENT),
    Row("assessments:assessment_detail", "get", A.VIEW, ROUND),
    Row("assessments:assessment_invite", "post", A.RUN_ASSESSMENT, ROUND),
    Row("assessments:assessment_join", "post", A.RUN_ASSESSMENT, ROUND),
    Row("assessments:assessment_share", "post", A.RUN_ASSESSMENT, ROUND),
    Row("assessments:assessment_close", "post", A.RUN_ASSESSMENT, ROUND),
    Row("assessments:assessment_reopen", "post", A.RUN_ASSESSMENT, CLOSED),
    Row("assessments:answer_start", "get", A.ANSWER_ASSESSMENT, ROUND, 302, RESPONDENT + SUBMITTER),
    Row("assessments:answer_dimension", "get", A.ANSWER_ASSESSMENT, _ANSWER, only=RESPONDENT),
    Row("assessments:answer_dimension", "post", A.ANSWER_ASSESSMENT, _ANSWER, only=RESPONDENT + SUBMITTER),
    Row("assessments:answer_save", "post", A.ANSWER_ASSESSMENT, _PRACTICE, only=RESPONDENT + SUBMITTER),
    Row("assessments:answer_review", "get", A.ANSWER_ASSESSMENT, ROUND, only=RESPONDENT + SUBMITTER),
    Row("assessments:answer_submit", "post", A.ANSWER_ASSESSMENT, ROUND, only=RESPONDENT + SUBMITTER),
    Row("assessments:answer_change", "post", A.ANSWER_ASSESSMENT, ROUND, only=RESPONDENT + SUBMITTER),
    Row("assessments:result_detail", "get", A.VIEW, CLOSED),
    Row("assessments:result_version", "get", A.VIEW, _EARLIER),
    Row("assessments:result_practices", "get", A.VIEW, CLOSED),
    Row("assessments:result_version_practices", "get", A.VIEW, _EARLIER),
    Row(
        "assessments:consensus_save",
        "post",
        A.RUN_ASSESSMENT,
        {"pk": "closed_round", "practice": "practice"},
    ),
    Row("api:framework-list", "get", A.VIEW),
    Row("api:framework-list", "post", A.RUN_ASSESSMENT),
    Row("api:framework-detail", "get", A.VIEW, {"pk": "framework"}),
    Row("api:assessment-list", "get", A.VIEW),
    Row("api:assessment-list", "post", A.RUN_ASSESSMENT),
    Row("api:assessment-detail", "get", A.VIEW, ROUND),
    Row("api:assessment-agreed-levels", "get", A.VIEW, CLOSED),
    Row("api:assessment-answer", "put", A.ANSWER_ASSESSMENT, _PRACTICE, only=RESPONDENT + SUBMITTER),
    Row("api:assessment-answers", "get", A.ANSWER_ASSESSMENT, ROUND, only=RESPONDENT + SUBMITTER),
    Row("api:assessment-close", "post", A.RUN_ASSESSMENT, ROUND),
    Row("api:assessment-consensus", "post", A.RUN_ASSESSMENT, CLOSED),
    Row("api:assessment-invite", "post", A.RUN_ASSESSMENT, ROUND),
    Row("api:assessment-reopen", "post", A.RUN_ASSESSMENT, CLOSED),
    Row("api:assessment-respondents", "get", A.VIEW, ROUND),
    Row("api:assessment-share", "post", A.RUN_ASSESSMENT, ROUND),
    Row("api:assessment-submit", "post", A.ANSWER_ASSESSMENT, ROUND, only=RESPONDENT + SUBMITTER),
    Row("api:assessment-take-back", "post", A.ANSWER_ASSESSMENT, ROUND, only=RESPONDENT + SUBMITTER),
    Row("api:maturity-result-list", "get", A.VIEW),
    Row("api:maturity-result-detail", "get", A.VIEW, {"pk": "result"}),
]

_TOUCHPOINT = {"key": "touchpoint"}
_ARCHIVED = {"key": "archived_touchpoint"}
JOURNEYS = [
    Row("journeys:touchpoint_list", "get", A.VIEW),
    Row("journeys:touchpoint_file", "get", A.VIEW, {"ending": "csv"}),
    Row("journeys:touchpoint_new", "get", A.EDIT_TOUCHPOINTS),
    Row("journeys:touchpoint_new", "post", A.EDIT_TOUCHPOINTS),
    Row("overview:touchpoint_detail", "get", A.VIEW, _TOUCHPOINT),
    Row("journeys:touchpoint_edit", "get", A.EDIT_TOUCHPOINTS, _TOUCHPOINT),
    Row("journeys:touchpoint_edit", "post", A.EDIT_TOUCHPOINTS, _TOUCHPOINT),
    Row("journeys:touchpoint_archive", "get", A.EDIT_TOUCHPOINTS, _TOUCHPOINT),
    Row("journeys:touchpoint_archive", "post", A.EDIT_TOUCHPOINTS, _TOUCHPOINT),
    Row("journeys:touchpoint_restore", "post", A.EDIT_TOUCHPOINTS, _ARCHIVED),
    Row("api:touchpoint-list", "get", A.VIEW),
    Row("api:touchpoint-list", "post", A.EDIT_TOUCHPOINTS),
    Row("api:touchpoint-detail", "get", A.VIEW, _TOUCHPOINT),
    Row("api:touchpoint-detail", "patch", A.EDIT_TOUCHPOINTS, _TOUCHPOINT),
    Row("api:touchpoint-archive", "post", A.EDIT_TOUCHPOINTS, _TOUCHPOINT),
    Row("api:touchpoint-restore", "post", A.EDIT_TOUCHPOINTS, _ARCHIVED),
]

_METRIC = {"key": "metric"}
_TIMES = {"key": "times"}
_IMPORT = {"pk": "import"}
_CHECKED = {"pk": "checked_import"}
_IMPORTED = {"pk": "done_import"}
_RECIPE = {"source": "recipe_source", "key": "recipe_key"}
_ANSWER = {"pk": "answer"}
CUSTOMER_VOICE = [
    Row("customer_voice:metric_list", "get", A.VIEW),
    Row("customer_voice:metric_detail", "get", A.VIEW, _METRIC),
    Row("customer_voice:metric_file", "get", A.VIEW, {**_METRIC, "ending": "csv"}),
    Row("customer_voice:metric_target", "get", A.EDIT_METRICS, _METRIC),
    Row("customer_voice:metric_target", "post", A.EDIT_METRICS, _METRIC),
    Row("customer_voice:level_list", "get", A.EDIT_METRICS, _TIMES),
    Row("customer_voice:level_list", "post", A.EDIT_METRICS, _TIMES),
    Row("customer_voice:level_remove", "post", A.EDIT_METRICS, {"key": "times", "seconds": "level_seconds"}),
    Row("customer_voice:calendar_list", "get", A.VIEW),
    Row("customer_voice:calendar_new", "get", A.EDIT_METRICS),
    Row("customer_voice:calendar_new", "post", A.EDIT_METRICS),
    Row("customer_voice:calendar_edit", "get", A.EDIT_METRICS, {"key": "calendar"}),
    Row("customer_voice:calendar_edit", "post", A.EDIT_METRICS, {"key": "calendar"}),
    Row("customer_voice:feedback_list", "get", A.VIEW_FEEDBACK),
    Row("customer_voice:feedback_file", "get", A.VIEW_FEEDBACK, {"kind": "feedback_table", "ending": "csv"}),
    Row("customer_voice:feedback_detail", "get", A.VIEW_FEEDBACK, {"pk": "feedback"}),
    Row("customer_voice:feedback_erase", "get", A.ERASE_FEEDBACK, _ANSWER),
    Row("customer_voice:feedback_erase", "post", A.ERASE_FEEDBACK, _ANSWER),
    Row("customer_voice:definition_list", "get", A.VIEW),
    Row("customer_voice:definition_standard", "post", A.EDIT_METRICS),
    Row("customer_voice:definition_new", "get", A.EDIT_METRICS),
    Row("customer_voice:definition_new", "post", A.EDIT_METRICS),
    Row("customer_voice:definition_edit", "get", A.EDIT_METRICS, _METRIC),
    Row("customer_voice:definition_edit", "post", A.EDIT_METRICS, _METRIC),
    Row("customer_voice:definition_retire", "post", A.EDIT_METRICS, _METRIC),
    Row("customer_voice:import_list", "get", A.IMPORT_FEEDBACK),
    Row("customer_voice:import_new", "get", A.IMPORT_FEEDBACK),
    Row("customer_voice:import_new", "post", A.IMPORT_FEEDBACK),
    Row("customer_voice:import_sample", "get", A.VIEW),
    Row("customer_voice:import_detail", "get", A.IMPORT_FEEDBACK, _CHECKED),
    Row("customer_voice:import_map", "get", A.IMPORT_FEEDBACK, _IMPORT),
    Row("customer_voice:import_map", "post", A.IMPORT_FEEDBACK, _IMPORT),
    Row("customer_voice:import_start", "post", A.IMPORT_FEEDBACK, _CHECKED),
    Row("customer_voice:import_discard", "get", A.IMPORT_FEEDBACK, _IMPORT),
    Row("customer_voice:import_discard", "post", A.IMPORT_FEEDBACK, _CHECKED),
    Row("customer_voice:import_undo", "get", A.IMPORT_FEEDBACK, _IMPORTED),
    Row("customer_voice:import_undo", "post", A.IMPORT_FEEDBACK, _IMPORTED),
    Row("customer_voice:import_bad_rows", "get", A.IMPORT_FEEDBACK, {**_IMPORTED, "ending": "csv"}),
    Row("customer_voice:recipe_list", "get", A.IMPORT_FEEDBACK),
    Row("customer_voice:recipe_new", "get", A.IMPORT_FEEDBACK),
    Row("customer_voice:recipe_new", "post", A.IMPORT_FEEDBACK),
    Row("customer_voice:recipe_edit", "get", A.IMPORT_FEEDBACK, _RECIPE),
    Row("customer_voice:recipe_edit", "post", A.IMPORT_FEEDBACK, _RECIPE),
    Row("customer_voice:recipe_delete", "get", A.IMPORT_FEEDBACK, _RECIPE),
    Row("customer_voice:recipe_delete", "post", A.IMPORT_FEEDBACK, _RECIPE),
    Row("customer_voice:recipe_json", "get", A.IMPORT_FEEDBACK, _RECIPE),
    Row("customer_voice:import_errors", "get", A.IMPORT_FEEDBACK, {**_CHECKED, "ending": "csv"}),
    Row("api:metric-list", "get", A.VIEW),
    Row("api:metric-detail", "get", A.VIEW, _METRIC),
    Row("api:metric-series", "get", A.VIEW, _METRIC),
    Row("api:metric-targets", "get", A.VIEW, _METRIC),
    Row("api:metric-targets", "put", A.EDIT_METRICS, _METRIC),
    Row("api:source-list", "get", A.VIEW_FEEDBACK),
    Row("api:channel-list", "get", A.VIEW_FEEDBACK),
    Row("api:feedback-list", "get", A.VIEW_FEEDBACK),
    Row("api:feedback-list", "post", A.IMPORT_FEEDBACK),
    Row("api:feedback-bulk", "post", A.IMPORT_FEEDBACK),
    Row("api:feedback-erase", "post", A.ERASE_FEEDBACK),
    Row("api:import-list", "get", A.IMPORT_FEEDBACK),
    Row("api:import-list", "post", A.IMPORT_FEEDBACK),
    Row("api:import-detail", "get", A.IMPORT_FEEDBACK, _IMPORT),
    Row("api:import-errors", "get", A.IMPORT_FEEDBACK, _CHECKED),
    Row("api:import-undo", "get", A.IMPORT_FEEDBACK, _IMPORTED),
    Row("api:import-undo", "post", A.IMPORT_FEEDBACK, _IMPORTED),
    Row("api:import-recipe-list", "get", A.IMPORT_FEEDBACK),
    Row("api:import-recipe-list", "post", A.IMPORT_FEEDBACK),
    Row("api:import-recipe-detail", "get", A.IMPORT_FEEDBACK, {"pk": "recipe"}),
    Row("api:import-recipe-detail", "patch", A.IMPORT_FEEDBACK, {"pk": "recipe"}),
    Row("api:import-recipe-detail", "delete", A.IMPORT_FEEDBACK, {"pk": "recipe"}),
    Row("api:import-start", "post", A.IMPORT_FEEDBACK, _CHECKED),
]

COALITION = [
    Row("coalition:initiative_list", "get", A.VIEW),
    Row("coalition:initiative_board", "get", A.VIEW),
    Row("coalition:waiting", "get", A.VIEW),
    Row("coalition:coalition_detail", "get", A.VIEW),
    Row("coalition:charter_edit", "get", A.EDIT_COALITION),
    Row("coalition:charter_edit", "post", A.EDIT_COALITION),
    Row("coalition:seat_create", "get", A.EDIT_COALITION),
    Row("coalition:seat_create", "post", A.EDIT_COALITION),
    Row("coalition:seat_edit", "get", A.EDIT_COALITION, {"pk": "seat"}),
    Row("coalition:seat_edit", "post", A.EDIT_COALITION, {"pk": "seat"}),
    Row("coalition:seat_end", "post", A.EDIT_COALITION, {"pk": "seat"}),
    Row("coalition:initiative_create", "get", A.DRAFT_INITIATIVE),
    Row("coalition:initiative_create", "post", A.DRAFT_INITIATIVE),
    Row(
        "coalition:initiative_from_opportunity",
        "post",
        A.DRAFT_INITIATIVE,
        data={"result": "result", "practice": "practice"},
    ),
    Row(
        "coalition:initiative_from_wave",
        "post",
        A.DRAFT_INITIATIVE,
        data={"wave": "published_wave", "function": "everybody", "driver": "weak_driver"},
        only=LEADER,
    ),
    Row("coalition:initiative_detail", "get", A.VIEW, INITIATIVE),
    Row("coalition:initiative_edit", "get", A.DRAFT_INITIATIVE, INITIATIVE, only=OWNER),
    Row("coalition:initiative_edit", "post", A.DRAFT_INITIATIVE, INITIATIVE, only=OWNER),
    Row("coalition:plan_edit", "get", A.DRAFT_INITIATIVE, INITIATIVE, only=OWNER),
    Row("coalition:plan_edit", "post", A.DRAFT_INITIATIVE, INITIATIVE, only=OWNER),
    Row("coalition:initiative_submit", "post", A.DRAFT_INITIATIVE, INITIATIVE, only=OWNER),
    Row("coalition:initiative_withdraw", "post", A.DRAFT_INITIATIVE, IN_VOTE, only=OWNER),
    Row("coalition:vote", "get", A.VIEW, IN_VOTE),
    Row("coalition:vote", "post", A.VOTE, IN_VOTE, gate=A.VIEW),
    Row("coalition:vote_close", "post", A.VOTE, IN_VOTE, only=CHAIR),
    Row("coalition:initiative_move", "post", A.RECORD_PROGRESS, RUNNING, only=OWNER),
    Row("coalition:initiative_go_live", "post", A.RECORD_PROGRESS, RUNNING, only=OWNER),
    Row("coalition:initiative_complete", "post", A.RECORD_PROGRESS, {"number": "live"}, only=OWNER),
    Row("coalition:update_create", "post", A.RECORD_PROGRESS, RUNNING, only=OWNER),
    Row("coalition:milestone_create", "post", A.RECORD_PROGRESS, RUNNING, only=OWNER),
    Row("coalition:milestone_edit", "get", A.DRAFT_INITIATIVE, MILESTONE, only=OWNER),
    Row("coalition:milestone_edit", "post", A.DRAFT_INITIATIVE, MILESTONE, only=OWNER),
    Row("coalition:milestone_done", "post", A.RECORD_PROGRESS, MILESTONE, only=OWNER),
    Row("coalition:milestone_remove", "post", A.DRAFT_INITIATIVE, MILESTONE, only=OWNER),
    Row("coalition:initiative_history", "get", A.VIEW, RUNNING),
    Row("api:initiative-list", "get", A.VIEW),
    Row("api:initiative-list", "post", A.DRAFT_INITIATIVE),
    Row("api:initiative-detail", "get", A.VIEW, INITIATIVE),
    Row("api:initiative-detail", "patch", A.DRAFT_INITIATIVE, INITIATIVE, only=OWNER),
    Row("api:initiative-close-vote", "post", A.VOTE, IN_VOTE, only=CHAIR),
    Row("api:initiative-amendments", "get", A.VIEW, RUNNING),
    Row("api:initiative-decisions", "get", A.VIEW, RUNNING),
    Row("api:initiative-history", "get", A.VIEW, RUNNING),
    Row("api:initiative-plan", "get", A.VIEW, INITIATIVE),
    Row("api:initiative-plan", "put", A.DRAFT_INITIATIVE, INITIATIVE, only=OWNER),
    Row("api:initiative-standing", "get", A.VIEW, IN_VOTE),
    Row("api:initiative-submit", "post", A.DRAFT_INITIATIVE, INITIATIVE, only=OWNER),
    Row("api:initiative-transition", "post", A.RECORD_PROGRESS, RUNNING, only=OWNER),
    Row("api:initiative-visibility", "get", A.VIEW, INITIATIVE),
    Row("api:initiative-vote", "post", A.VOTE, IN_VOTE),
    Row("api:initiative-withdraw", "post", A.DRAFT_INITIATIVE, IN_VOTE, only=OWNER),
    Row("api:decision-list", "get", A.VIEW),
    Row("api:decision-detail", "get", A.VIEW, {"pk": "decision"}),
    Row("api:seat-list", "get", A.VIEW),
    Row("api:seat-list", "post", A.EDIT_COALITION),
    Row("api:seat-detail", "get", A.VIEW, {"pk": "seat"}),
    Row("api:seat-detail", "patch", A.EDIT_COALITION, {"pk": "seat"}),
    Row("api:seat-end", "post", A.EDIT_COALITION, {"pk": "seat"}),
]

SEES_ALL = ("cx_leader", "executive")

IMPACT = [
    Row("impact:portfolio", "get", A.VIEW),
    Row("impact:driver_analysis", "get", A.VIEW),
    Row("impact:employee_link", "get", A.VIEW_EMPLOYEE_RESULTS, only=SEES_ALL),
    Row("api:employee_link", "get", A.VIEW_EMPLOYEE_RESULTS, only=SEES_ALL),
    Row("impact:driver_request", "post", A.RUN_STUDY),
    Row("impact:initiative_impact", "get", A.VIEW, PROVED),
    Row("impact:study_detail", "get", A.VIEW, {"number": "proved", "study": "study_number"}),
    Row("impact:study_recompute", "get", A.VIEW, {"number": "proved", "study": "study_number"}, 302),
    Row("impact:study_recompute", "post", A.VIEW, {"number": "proved", "study": "study_number"}),
    Row("impact:study_request", "post", A.RUN_STUDY, PROVED),
    Row("impact:study_progress", "get", A.VIEW, PROVED, 302),
    Row("impact:value_edit", "get", A.EDIT_VALUE, PROVED),
    Row("impact:value_edit", "post", A.EDIT_VALUE, PROVED),
    Row("impact:case_compute", "post", A.EDIT_VALUE, PROVED),
    Row("impact:case_review", "post", A.SIGN_OFF_VALUE, {"number": "proved", "pk": "case"}),
    Row("api:value_model", "get", A.VIEW, PROVED),
    Row("api:value_model", "put", A.EDIT_VALUE, PROVED),
    Row("api:drivers", "get", A.VIEW),
    Row("api:drivers", "post", A.RUN_STUDY),
    Row("api:study-list", "get", A.VIEW),
    Row("api:study-list", "post", A.RUN_STUDY),
    Row("api:study-detail", "get", A.VIEW, {"pk": "study"}),
    Row("api:roi_case-list", "get", A.VIEW),
    Row("api:study-recompute", "post", A.VIEW, {"pk": "study"}),
    Row("api:roi_case-list", "post", A.EDIT_VALUE),
    Row("api:roi_case-detail", "get", A.VIEW, {"pk": "case"}),
    Row("api:roi_case-sign-off", "post", A.SIGN_OFF_VALUE, {"pk": "case"}),
]

_REPORT = {"pk": "report"}
REPORTS = [
    Row("reports:report_list", "get", A.VIEW),
    Row("reports:report_create", "post", A.MAKE_REPORT),
    Row("reports:report_detail", "get", A.VIEW, _REPORT),
    Row("reports:report_download", "get", A.MAKE_REPORT, _REPORT),
    Row("api:report-list", "get", A.VIEW),
    Row("api:report-list", "post", A.MAKE_REPORT),
    Row("api:report-detail", "get", A.VIEW, _REPORT),
    Row("api:report-download", "get", A.MAKE_REPORT, _REPORT),
]

_SURVEY = {"pk": "survey"}
_QUESTION = {"pk": "survey", "key": "question"}
_PLANNED = {"pk": "planned_wave"}
_OPEN_WAVE = {"pk": "wave"}
_INVITED = {"pk": "wave", "invitation": "invited"}
_ACTION = {"pk": "function_action"}
_SLIPS = {"pk": "wave", "number": "group_number"}
_ANSWERING = {"wave": "wave_id"}
_PUBLISHED = {"pk": "published_wave"}
_SEEN = {**_PUBLISHED, "function": "wave_function"}
_COMMENT = {**_PUBLISHED, "comment": "comment"}
EMPLOYEES = [
    Row("employee_voice:survey_list", "get", A.VIEW),
    Row("employee_voice:survey_new", "get", A.MANAGE_EMPLOYEE_SURVEYS),
    Row("employee_voice:survey_new", "post", A.MANAGE_EMPLOYEE_SURVEYS),
    Row("employee_voice:survey_edit", "get", A.MANAGE_EMPLOYEE_SURVEYS, _SURVEY),
    Row("employee_voice:survey_edit", "post", A.MANAGE_EMPLOYEE_SURVEYS, _SURVEY),
    Row("employee_voice:survey_preview", "get", A.VIEW, _SURVEY),
    Row("employee_voice:survey_copy", "post", A.MANAGE_EMPLOYEE_SURVEYS, _SURVEY),
    Row("employee_voice:survey_archive", "post", A.MANAGE_EMPLOYEE_SURVEYS, _SURVEY),
    Row("employee_voice:lists_delete", "post", A.MANAGE_EMPLOYEE_SURVEYS, _SURVEY),
    Row("employee_voice:question_add", "post", A.MANAGE_EMPLOYEE_SURVEYS, _SURVEY),
    Row("employee_voice:question_remove", "post", A.MANAGE_EMPLOYEE_SURVEYS, _QUESTION),
    Row("employee_voice:wave_new", "get", A.MANAGE_EMPLOYEE_SURVEYS, _SURVEY),
    Row("employee_voice:wave_new", "post", A.MANAGE_EMPLOYEE_SURVEYS, _SURVEY),
    Row("employee_voice:wave_detail", "get", A.VIEW, _OPEN_WAVE),
    Row("employee_voice:wave_edit", "get", A.MANAGE_EMPLOYEE_SURVEYS, _PLANNED),
    Row("employee_voice:wave_edit", "post", A.MANAGE_EMPLOYEE_SURVEYS, _PLANNED),
    Row("employee_voice:wave_people", "get", A.MANAGE_EMPLOYEE_SURVEYS, _PLANNED),
    Row("employee_voice:people_members", "post", A.MANAGE_EMPLOYEE_SURVEYS, _PLANNED),
    Row("employee_voice:people_list", "post", A.MANAGE_EMPLOYEE_SURVEYS, _PLANNED),
    Row("employee_voice:people_clear", "post", A.MANAGE_EMPLOYEE_SURVEYS, _PLANNED),
    Row("employee_voice:slips_plan", "post", A.MANAGE_EMPLOYEE_SURVEYS, _PLANNED),
    Row("employee_voice:slips_print", "post", A.MANAGE_EMPLOYEE_SURVEYS, _SLIPS),
    Row("reports:wave_slips", "post", A.MANAGE_EMPLOYEE_SURVEYS, {"wave": "wave", "number": "group_number"}),
    Row("reports:slips_detail", "get", A.MANAGE_EMPLOYEE_SURVEYS, {"pk": "sheets"}, only=LEADER, others=404),
    Row("reports:slips_fetch", "post", A.MANAGE_EMPLOYEE_SURVEYS, {"pk": "sheets"}, only=LEADER, others=404),
    Row("employee_voice:wave_open", "post", A.MANAGE_EMPLOYEE_SURVEYS, _PLANNED),
    Row("employee_voice:wave_drop", "post", A.MANAGE_EMPLOYEE_SURVEYS, _PLANNED),
    Row("employee_voice:wave_resend", "post", A.MANAGE_EMPLOYEE_SURVEYS, _OPEN_WAVE),
    Row("employee_voice:invitation_resend", "get", A.MANAGE_EMPLOYEE_SURVEYS, _INVITED),
    Row("employee_voice:invitation_resend", "post", A.MANAGE_EMPLOYEE_SURVEYS, _INVITED),
    Row("employee_voice:wave_close", "post", A.MANAGE_EMPLOYEE_SURVEYS, _OPEN_WAVE),
    Row("employee_voice:wave_close_again", "post", A.MANAGE_EMPLOYEE_SURVEYS, _OPEN_WAVE),
    Row("employee_voice:wave_give_up", "post", A.MANAGE_EMPLOYEE_SURVEYS, _OPEN_WAVE),
    Row("employee_voice:wave_mapping", "get", A.MANAGE_EMPLOYEE_SURVEYS, _OPEN_WAVE),
    Row("employee_voice:wave_mapping", "post", A.MANAGE_EMPLOYEE_SURVEYS, _OPEN_WAVE),
    Row("employee_voice:wave_publish", "post", A.MANAGE_EMPLOYEE_SURVEYS, _OPEN_WAVE),
    Row("employee_voice:wave_results", "get", A.VIEW_EMPLOYEE_RESULTS, _PUBLISHED),
    Row("employee_voice:function_results", "get", A.VIEW_EMPLOYEE_RESULTS, _SEEN, only=SEES_ALL),
    Row(
        "employee_voice:function_file",
        "get",
        A.VIEW_EMPLOYEE_RESULTS,
        {**_SEEN, "ending": "csv"},
        only=SEES_ALL,
    ),
    Row("employee_voice:results_file", "get", A.VIEW_EMPLOYEE_RESULTS, {**_PUBLISHED, "ending": "csv"}),
    Row("employee_voice:comment_list", "get", A.VIEW, _PUBLISHED, only=LEADER),
    Row("employee_voice:comment_reader", "post", A.RELEASE_COMMENTS, _PUBLISHED),
    Row("employee_voice:comment_decide", "post", A.VIEW, _COMMENT, only=LEADER),
    Row("employee_voice:action_new", "get", A.VIEW_EMPLOYEE_RESULTS, _PUBLISHED, only=LEADER),
    Row("employee_voice:action_new", "post", A.VIEW_EMPLOYEE_RESULTS, _PUBLISHED, only=LEADER),
    Row("employee_voice:action_move", "post", A.VIEW_EMPLOYEE_RESULTS, _ACTION, only=LEADER),
    Row("employee_voice:action_owner", "get", A.VIEW_EMPLOYEE_RESULTS, _ACTION, only=LEADER),
    Row("employee_voice:action_owner", "post", A.VIEW_EMPLOYEE_RESULTS, _ACTION, only=LEADER),
    Row("api:employee-wave-list", "get", A.VIEW_EMPLOYEE_RESULTS),
    Row("api:employee-wave-detail", "get", A.VIEW_EMPLOYEE_RESULTS, _PUBLISHED),
    Row("api:employee-wave-results", "get", A.VIEW_EMPLOYEE_RESULTS, _PUBLISHED),
    Row("api:employee-wave-actions", "get", A.VIEW_EMPLOYEE_RESULTS, _PUBLISHED),
    Row("answer:invitation", "get", PUBLIC, _ANSWERING),
    Row("answer:keys", "get", PUBLIC, _ANSWERING),
    Row("answer:sign", "post", PUBLIC, _ANSWERING),
    Row("answer:answer", "post", PUBLIC, _ANSWERING),
    Row("answer:slip", "get", PUBLIC, _ANSWERING, ok=307),  # leads on to the short one
    Row("answer:slip", "post", PUBLIC, _ANSWERING),
    Row("slip", "get", PUBLIC),
    Row("slip", "post", PUBLIC),
    Row("slip_questions", "get", PUBLIC),
    Row("slip_questions", "post", PUBLIC),
    Row("slip_send", "get", PUBLIC),
    Row("slip_send", "post", PUBLIC),
    Row("slip_answer", "post", PUBLIC),
    Row("answer:thanks", "get", PUBLIC, _ANSWERING),
    Row("answer:promise", "get", PUBLIC, _ANSWERING),
    Row("answer:technical", "get", PUBLIC, _ANSWERING),
]

_ASKED = {"pk": "open_survey"}
_LISTED = {"pk": "open_survey", "number": "kept_list"}
_WAITING = {"pk": "open_survey", "number": "waiting_event"}
_DRAFTED = {"pk": "draft_survey"}
_MORE = {"pk": "draft_survey", "key": "more_question"}
_PUBLIC_SURVEY = {"public_id": "public_survey"}
SURVEYS = [
    Row("customer_voice:survey_list", "get", A.VIEW),
    Row("customer_voice:survey_new", "get", A.EDIT_METRICS),
    Row("customer_voice:survey_new", "post", A.EDIT_METRICS),
    Row("customer_voice:survey_edit", "get", A.EDIT_METRICS, _DRAFTED),
    Row("customer_voice:survey_edit", "post", A.EDIT_METRICS, _DRAFTED),
    Row("customer_voice:survey_texts", "get", A.EDIT_METRICS, _ASKED),
    Row("customer_voice:survey_texts", "post", A.EDIT_METRICS, _DRAFTED),
    Row("customer_voice:survey_languages", "post", A.EDIT_METRICS, _DRAFTED),
    Row("customer_voice:follow_up_set", "post", A.EDIT_METRICS, _DRAFTED),
    Row("customer_voice:question_new", "get", A.EDIT_METRICS, _DRAFTED),
    Row("customer_voice:question_new", "post", A.EDIT_METRICS, _DRAFTED),
    Row("customer_voice:question_edit", "get", A.EDIT_METRICS, _MORE),
    Row("customer_voice:question_edit", "post", A.EDIT_METRICS, _MORE),
    Row("customer_voice:question_remove", "post", A.EDIT_METRICS, _MORE),
    Row("customer_voice:question_move", "post", A.EDIT_METRICS, _MORE),
    Row("customer_voice:survey_preview", "get", A.VIEW, _DRAFTED),
    Row("customer_voice:survey_preview_page", "get", A.VIEW, _DRAFTED),
    Row("customer_voice:survey_preview_page", "post", A.VIEW, _DRAFTED),
    Row("customer_voice:survey_share", "get", A.EDIT_METRICS, _ASKED),
    Row("customer_voice:survey_qr", "get", A.EDIT_METRICS, _ASKED),
    Row("customer_voice:survey_card", "get", A.EDIT_METRICS, _ASKED),
    Row("customer_voice:survey_open", "post", A.EDIT_METRICS, _DRAFTED),
    Row("customer_voice:survey_close", "post", A.EDIT_METRICS, _ASKED),
    Row("customer_voice:survey_archive", "post", A.EDIT_METRICS, _DRAFTED),
    Row("customer_voice:survey_copy", "post", A.EDIT_METRICS, _ASKED),
    Row("customer_voice:survey_detail", "get", A.VIEW, _ASKED),
    Row("customer_voice:survey_file", "get", A.VIEW_FEEDBACK, {**_ASKED, "ending": "csv"}),
    Row("customer_voice:survey_mail", "get", A.EDIT_METRICS, _ASKED),
    Row("customer_voice:survey_mail", "post", A.EDIT_METRICS, _ASKED),
    Row("customer_voice:survey_invite", "get", A.EDIT_METRICS, _LISTED),
    Row("customer_voice:survey_invite", "post", A.EDIT_METRICS, _LISTED),
    Row("customer_voice:survey_invite_drop", "post", A.EDIT_METRICS, _LISTED),
    Row("customer_voice:survey_events", "get", A.EDIT_METRICS, _ASKED),
    Row("customer_voice:survey_events", "post", A.EDIT_METRICS, _ASKED),
    Row("customer_voice:survey_events_pause", "post", A.EDIT_METRICS, _ASKED),
    Row("customer_voice:survey_event_cancel", "post", A.EDIT_METRICS, _WAITING),
    Row("customer_voice:survey_unsubscribed", "get", A.LIFT_UNSUBSCRIBING),
    Row("customer_voice:survey_unsubscribed", "post", A.LIFT_UNSUBSCRIBING),
    Row("customer_voice:survey_remind", "post", A.EDIT_METRICS, _ASKED),
    Row("customer_voice:survey_mail_again", "post", A.EDIT_METRICS, _ASKED),
    Row("customer_voice:survey_bounced", "post", A.EDIT_METRICS, _ASKED),
    Row("customer_voice:survey_quiet", "post", A.EDIT_METRICS, _ASKED),
    Row("api:customer-survey-list", "get", A.VIEW),
    Row("api:customer-survey-detail", "get", A.VIEW, _ASKED),
    Row("api:customer-survey-bounces", "post", A.EDIT_METRICS, _ASKED),
    Row("api:customer-survey-events", "get", A.EDIT_METRICS, _ASKED),
    Row("api:customer-survey-events", "post", A.EDIT_METRICS, _ASKED),
    Row("ask:invited", "get", PUBLIC, {**_PUBLIC_SURVEY, "secret": "survey_secret"}),
    Row("ask:invited", "post", PUBLIC, {**_PUBLIC_SURVEY, "secret": "survey_secret"}),
    Row("ask:stop", "get", PUBLIC, {**_PUBLIC_SURVEY, "secret": "survey_secret"}),
    Row("ask:stop", "post", PUBLIC, {**_PUBLIC_SURVEY, "secret": "survey_secret"}),
    Row("ask:form", "get", PUBLIC, _PUBLIC_SURVEY),
    Row("ask:form", "post", PUBLIC, _PUBLIC_SURVEY),
    Row("ask:widget", "get", PUBLIC, _PUBLIC_SURVEY),
    Row("ask:thanks", "get", PUBLIC, _PUBLIC_SURVEY),
    Row("ask:thanks_by_score", "get", PUBLIC, {**_PUBLIC_SURVEY, "band": "band"}),
]

_ACCOUNT = {"pk": "customer_account"}
_CONTACT = {"pk": "contact"}
_LIST = {"pk": "customer_file"}
CUSTOMERS = [
    Row("customer_voice:account_list", "get", A.VIEW_FEEDBACK),
    Row("customer_voice:account_file", "get", A.IMPORT_FEEDBACK, {"ending": "csv"}),
    Row("customer_voice:account_new", "get", A.IMPORT_FEEDBACK),
    Row("customer_voice:account_new", "post", A.IMPORT_FEEDBACK),
    Row("customer_voice:account_detail", "get", A.VIEW_FEEDBACK, _ACCOUNT),
    Row("customer_voice:account_edit", "get", A.IMPORT_FEEDBACK, _ACCOUNT),
    Row("customer_voice:account_edit", "post", A.IMPORT_FEEDBACK, _ACCOUNT),
    Row("customer_voice:account_archive", "post", A.IMPORT_FEEDBACK, _ACCOUNT),
    Row("customer_voice:account_merge", "get", A.IMPORT_FEEDBACK, _ACCOUNT),
    Row("customer_voice:account_merge", "post", A.IMPORT_FEEDBACK, _ACCOUNT),
    Row("customer_voice:contact_list", "get", A.VIEW_FEEDBACK),
    Row("customer_voice:contact_file", "get", A.IMPORT_FEEDBACK, {"ending": "csv"}),
    Row("customer_voice:contact_new", "get", A.IMPORT_FEEDBACK),
    Row("customer_voice:contact_new", "post", A.IMPORT_FEEDBACK),
    Row("customer_voice:contact_detail", "get", A.VIEW_FEEDBACK, _CONTACT),
    Row("customer_voice:contact_edit", "get", A.IMPORT_FEEDBACK, _CONTACT),
    Row("customer_voice:contact_edit", "post", A.IMPORT_FEEDBACK, _CONTACT),
    Row("customer_voice:contact_archive", "post", A.IMPORT_FEEDBACK, _CONTACT),
    Row("customer_voice:contact_merge", "get", A.IMPORT_FEEDBACK, _CONTACT),
    Row("customer_voice:contact_merge", "post", A.IMPORT_FEEDBACK, _CONTACT),
    Row("customer_voice:contact_erase", "get", A.ERASE_FEEDBACK, _CONTACT),
    Row("customer_voice:contact_erase", "post", A.ERASE_FEEDBACK, _CONTACT),
    Row("customer_voice:contact_export", "get", A.ERASE_FEEDBACK, _CONTACT),
    Row("customer_voice:customer_file_new", "get", A.IMPORT_FEEDBACK),
    Row("customer_voice:customer_file_new", "post", A.IMPORT_FEEDBACK),
    Row("customer_voice:customer_file_sample", "get", A.VIEW),
    Row("customer_voice:customer_file", "get", A.IMPORT_FEEDBACK, _LIST),
    Row("customer_voice:customer_file", "post", A.IMPORT_FEEDBACK, _LIST),
    Row("customer_voice:customer_file_discard", "post", A.IMPORT_FEEDBACK, _LIST),
    Row("api:customer-account-list", "get", A.VIEW_FEEDBACK),
    Row("api:customer-account-list", "post", A.IMPORT_FEEDBACK),
    Row("api:customer-account-bulk", "post", A.IMPORT_FEEDBACK),
    Row("api:customer-account-detail", "get", A.VIEW_FEEDBACK, _ACCOUNT),
    Row("api:customer-account-detail", "patch", A.IMPORT_FEEDBACK, _ACCOUNT),
    Row("api:contact-list", "get", A.VIEW_FEEDBACK),
    Row("api:contact-list", "post", A.IMPORT_FEEDBACK),
    Row("api:contact-bulk", "post", A.IMPORT_FEEDBACK),
    Row("api:contact-detail", "get", A.VIEW_FEEDBACK, _CONTACT),
    Row("api:contact-detail", "patch", A.IMPORT_FEEDBACK, _CONTACT),
]

GROUPS: dict[str, list[Row]] = {
    "home": HOME,
    "sign-in": SIGN_IN,
    "accounts": ACCOUNTS,
    "assessments": ASSESSMENTS,
    "journeys": JOURNEYS,
    "customer_voice": CUSTOMER_VOICE,
    "customers": CUSTOMERS,
    "surveys": SURVEYS,
    "employee_voice": EMPLOYEES,
    "coalition": COALITION,
    "impact": IMPACT,
    "reports": REPORTS,
}
