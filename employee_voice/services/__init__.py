"""Everything that changes surveys, waves and what is answered in them."""

from employee_voice.services.actions import ActionPlan, hand_over_action, move_action, plan_action
from employee_voice.services.answering import (
    group_of_slip,
    hand_in,
    hand_in_slip,
    seal_for,
    sign_credential,
    wave_of_slip,
)
from employee_voice.services.clockwork import do_work, tend_waves
from employee_voice.services.closing import start_closing, start_giving_up, try_closing_again
from employee_voice.services.comments import decide_comment, name_comment_reader
from employee_voice.services.destroying import destroy_left_keys
from employee_voice.services.heads import tell_of_head, tell_of_role
from employee_voice.services.letters import send_one_again, send_refused_again
from employee_voice.services.people import (
    CheckedList,
    check_people,
    plan_slips,
    remove_people,
    remove_person,
    take_members,
    take_people,
)
from employee_voice.services.publishing import map_functions, publish_wave
from employee_voice.services.slips import (
    drop_sheets,
    fetch_sheets,
    keep_sheets,
    new_codes,
    planned_slips,
    print_slips,
    take_codes,
)
from employee_voice.services.surveys import (
    add_question,
    archive_survey,
    copy_survey,
    delete_lists,
    make_survey,
    remove_question,
    reword_survey,
)
from employee_voice.services.waves import WavePlan, change_wave, drop_wave, plan_wave, start_opening

__all__ = [
    "ActionPlan",
    "CheckedList",
    "WavePlan",
    "add_question",
    "archive_survey",
    "change_wave",
    "check_people",
    "copy_survey",
    "decide_comment",
    "delete_lists",
    "destroy_left_keys",
    "do_work",
    "drop_sheets",
    "drop_wave",
    "fetch_sheets",
    "group_of_slip",
    "hand_in",
    "hand_in_slip",
    "hand_over_action",
    "keep_sheets",
    "make_survey",
    "map_functions",
    "move_action",
    "name_comment_reader",
    "new_codes",
    "plan_action",
    "plan_slips",
    "plan_wave",
    "planned_slips",
    "print_slips",
    "publish_wave",
    "remove_people",
    "remove_person",
    "remove_question",
    "reword_survey",
    "seal_for",
    "send_one_again",
    "send_refused_again",
    "sign_credential",
    "start_closing",
    "start_giving_up",
    "start_opening",
    "take_codes",
    "take_members",
    "take_people",
    "tell_of_head",
    "tell_of_role",
    "tend_waves",
    "try_closing_again",
    "wave_of_slip",
]
