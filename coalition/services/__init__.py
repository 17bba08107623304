"""Everything that changes the coalition, its initiatives, their plans and their votes."""

from coalition.services.changes import change_after_approval, edit_initiative, edit_plan
from coalition.services.drafting import (
    InitiativeValues,
    PlanValues,
    add_milestone,
    create_initiative,
    draft_from_opportunity,
    finish_milestone,
    refuse_closed_page,
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
from coalition.services.seats import CharterValues, SeatValues, add_seat, change_seat, end_seat, save_charter
from coalition.services.voting import cast_vote, close_vote, submit_initiative, withdraw_initiative

__all__ = [
    "CharterValues",
    "InitiativeValues",
    "PlanValues",
    "SeatValues",
    "add_milestone",
    "add_seat",
    "add_update",
    "cast_vote",
    "change_after_approval",
    "change_seat",
    "change_state",
    "close_vote",
    "create_initiative",
    "draft_from_opportunity",
    "edit_initiative",
    "edit_plan",
    "end_seat",
    "finish_milestone",
    "move_initiative",
    "record_completion",
    "record_evaluation",
    "record_go_live",
    "refuse_closed_page",
    "remove_milestone",
    "save_charter",
    "submit_initiative",
    "withdraw_initiative",
]
