"""Everything that changes the coalition, its initiatives, their plans and their votes."""

from coalition.fields import InitiativeValues, PlanValues, SeatValues
from coalition.services.amending import amend_initiative, correct_go_live
from coalition.services.changes import change_after_approval, edit_initiative, edit_plan
from coalition.services.drafting import create_initiative, draft_from_opportunity, refuse_closed_page
from coalition.services.from_maps import StepSeed, draft_from_step
from coalition.services.from_waves import draft_from_wave
from coalition.services.looking_back import record_look_back
from coalition.services.lots import Steps, correct_start, draw_lot, no_starts_text
from coalition.services.milestones import (
    add_milestone,
    change_milestone,
    finish_milestone,
    remove_milestone,
)
from coalition.services.progress import (
    add_update,
    change_state,
    move_initiative,
    record_completion,
    record_evaluation,
    record_go_live,
)
from coalition.services.reviewing import (
    cast_review_vote,
    decide_review,
    open_due_reviews,
    open_review_vote,
    settle_ripe_reviews,
)
from coalition.services.seats import (
    CharterValues,
    add_seat,
    change_seat,
    end_seat,
    release_seats_of,
    save_charter,
)
from coalition.services.settling import settle_if_ripe, settle_ripe_votes, settle_vote
from coalition.services.suggestions import (
    decline_suggestion,
    note_answer_read,
    suggest_improvement,
    take_up_suggestion,
)
from coalition.services.voting import cast_vote, close_vote, over_text, submit_initiative, withdraw_initiative

__all__ = [
    "CharterValues",
    "InitiativeValues",
    "PlanValues",
    "SeatValues",
    "StepSeed",
    "Steps",
    "add_milestone",
    "add_seat",
    "add_update",
    "amend_initiative",
    "cast_review_vote",
    "cast_vote",
    "change_after_approval",
    "change_milestone",
    "change_seat",
    "change_state",
    "close_vote",
    "correct_go_live",
    "correct_start",
    "create_initiative",
    "decide_review",
    "decline_suggestion",
    "draft_from_opportunity",
    "draft_from_step",
    "draft_from_wave",
    "draw_lot",
    "edit_initiative",
    "edit_plan",
    "end_seat",
    "finish_milestone",
    "move_initiative",
    "no_starts_text",
    "note_answer_read",
    "open_due_reviews",
    "open_review_vote",
    "over_text",
    "record_completion",
    "record_evaluation",
    "record_go_live",
    "record_look_back",
    "refuse_closed_page",
    "release_seats_of",
    "remove_milestone",
    "save_charter",
    "settle_if_ripe",
    "settle_ripe_reviews",
    "settle_ripe_votes",
    "settle_vote",
    "submit_initiative",
    "suggest_improvement",
    "take_up_suggestion",
    "withdraw_initiative",
]
