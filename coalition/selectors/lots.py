"""Lots of an initiative: what was drawn, and whether the plan kept it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from coalition.choices import UnitSelection
from coalition.lots import drawn_of, list_digest
from coalition.models import EvaluationPlan, Initiative, TouchpointLot
from coalition.selectors.content import plan_of


class LotState(StrEnum):
    """What became of a lot. All but KEPT cost the grade that chance would give."""

    KEPT = "kept"
    REDRAWN = "redrawn"  # more than once: the one that pleased could have been chosen
    CHANGED = "changed"  # the plan has other touchpoints than the lot gave
    UNSOUND = "unsound"  # what is stored does not follow from list and seed


@dataclass(frozen=True, kw_only=True, slots=True)
class LotView:
    """The lots of an initiative, the newest first. `drawn` and `rest` are names as they were then."""

    lots: tuple[TouchpointLot, ...]
    state: LotState
    drawn: tuple[str, ...]
    rest: tuple[str, ...]

    @property
    def last(self) -> TouchpointLot:
        return self.lots[0]

    @property
    def is_kept(self) -> bool:
        return self.state is LotState.KEPT


def lot_view(initiative: Initiative) -> LotView | None:
    """None where no lot was drawn. At most four queries: one where none was."""
    lots = tuple(TouchpointLot.objects.filter(initiative=initiative).select_related("by__user"))
    if not lots:
        return None
    names = dict(lots[0].touchpoints)
    return LotView(
        lots=lots,
        state=_state(initiative, lots),
        drawn=tuple(names[key] for key in lots[0].drawn),
        rest=tuple(name for key, name in names.items() if key not in lots[0].drawn),
    )


def selection_of(initiative: Initiative, plan: EvaluationPlan, content: dict[str, Any] | None = None) -> str:
    """How the touchpoints were chosen, as the engine takes it: the plan's own word, except that a lot that
    was not kept is no chance. Plans without a lot are taken at their word. At most three queries."""
    said: str = plan.selection if content is None else content["selection"]
    if said != UnitSelection.CHANCE:
        return said
    lots = tuple(TouchpointLot.objects.filter(initiative=initiative))
    if not lots or _state(initiative, lots) is LotState.KEPT:
        return said
    return UnitSelection.UNKNOWN


def _state(initiative: Initiative, lots: tuple[TouchpointLot, ...]) -> LotState:
    last, plan = lots[0], plan_of(initiative)
    keys = [key for key, _name in last.touchpoints]
    if (
        drawn_of(keys, takes=last.takes, seed=last.seed) != last.drawn
        or list_digest(keys, last.takes) != last.list_digest
    ):
        return LotState.UNSOUND
    if len(lots) > 1:
        return LotState.REDRAWN
    if plan is None:
        return LotState.CHANGED
    if plan.fixed_content:
        treated = {key for key, _name in plan.fixed_content["treated"]}
        compared = {key for key, _name in plan.fixed_content["comparison"]}
        selection = plan.fixed_content["selection"]
    else:
        treated = {point.key for point in initiative.touchpoints.all()}
        compared = {point.key for point in plan.comparison_touchpoints.all()}
        selection = plan.selection
    is_kept = (
        treated == set(last.drawn)
        and compared == set(keys) - set(last.drawn)
        and selection == UnitSelection.CHANCE
    )
    return LotState.KEPT if is_kept else LotState.CHANGED
