"""Reads for the pages of employee surveys. Nothing here tells of single answers."""

from employee_voice.scope import seen_by
from employee_voice.selectors.actions import ActionRow, action_rows
from employee_voice.selectors.asked import (
    AskedPage,
    asked_page,
    page_of,
    plain_page,
    script_digests,
    slip_link,
    words_for_scripts,
)
from employee_voice.selectors.comments import CommentsPage, comments_page
from employee_voice.selectors.documents import (
    WaveDocument,
    covered,
    reach_of,
    wave_document,
    wave_evidence,
)
from employee_voice.selectors.duties import (
    WaveNow,
    actions_due,
    actions_without_owner,
    was_asked,
    waves_now,
)
from employee_voice.selectors.editing import Editor, editor_of
from employee_voice.selectors.people import listed_people
from employee_voice.selectors.planned import AskedOf, PlannedGroups, Together, planned_groups
from employee_voice.selectors.results import published_waves, results_page
from employee_voice.selectors.rights import rights_of
from employee_voice.selectors.scheduled import newest_published_wave, survey_here, surveys_in_use
from employee_voice.selectors.seeds import (
    DriverBeside,
    DriverSeed,
    driver_beside,
    driver_seed,
    key_of,
    may_act_for,
)
from employee_voice.selectors.shown import ResultsPage
from employee_voice.selectors.told import FunctionTold, told_of_function
from employee_voice.selectors.units import ScoredFunction, ScoredWave, scored_waves
from employee_voice.selectors.waves import (
    Mapping,
    Participation,
    SurveyRow,
    WavePage,
    function_rows,
    functions_with_members,
    in_steps,
    mapping_of,
    names_of_group,
    owners_of_actions,
    participation_of,
    readers_of_comments,
    survey_rows,
    wave_page,
)

__all__ = [
    "ActionRow",
    "AskedOf",
    "AskedPage",
    "CommentsPage",
    "DriverBeside",
    "DriverSeed",
    "Editor",
    "FunctionTold",
    "Mapping",
    "Participation",
    "PlannedGroups",
    "ResultsPage",
    "ScoredFunction",
    "ScoredWave",
    "SurveyRow",
    "Together",
    "WaveDocument",
    "WaveNow",
    "WavePage",
    "action_rows",
    "actions_due",
    "actions_without_owner",
    "asked_page",
    "comments_page",
    "covered",
    "driver_beside",
    "driver_seed",
    "editor_of",
    "function_rows",
    "functions_with_members",
    "in_steps",
    "key_of",
    "listed_people",
    "mapping_of",
    "may_act_for",
    "names_of_group",
    "newest_published_wave",
    "owners_of_actions",
    "page_of",
    "participation_of",
    "plain_page",
    "planned_groups",
    "published_waves",
    "reach_of",
    "readers_of_comments",
    "results_page",
    "rights_of",
    "scored_waves",
    "script_digests",
    "seen_by",
    "slip_link",
    "survey_here",
    "survey_rows",
    "surveys_in_use",
    "told_of_function",
    "was_asked",
    "wave_document",
    "wave_evidence",
    "wave_page",
    "waves_now",
    "words_for_scripts",
]
