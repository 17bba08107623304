"""Lots of an initiative: what was drawn, and whether the plan and the go-lives kept it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from coalition.choices import AFTER_GO_LIVE, AmendedField, UnitSelection
from coalition.lots import drawn_of, list_digest, starts_of
from coalition.models import EvaluationPlan, Initiative, InitiativeAmendment, TouchpointLot
from coalition.selectors.content import plan_of
from coalition.selectors.planned import fixed_reckoning
from customer_voice.choices import Period
from customer_voice.selectors.periods import period_start
from wording.formats import reader


class LotState(StrEnum):
    """What became of a lot. All but KEPT cost the grade that chance would give."""

    KEPT = "kept"
    REDRAWN = "redrawn"  # more than once: the one that pleased could have been chosen
    CHANGED = "changed"  # the plan has other touchpoints or starts than the lot gave
    UNSOUND = "unsound"  # what is stored does not follow from list and seed
    LEFT = "left"  # a touchpoint got the initiative in another period than the lot gave


@dataclass(frozen=True, kw_only=True, slots=True)
class LotStep:
    """Touchpoints that start on one day, by the names they had when the lot was drawn."""

    day: date
    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LotView:
    """The lots of an initiative, the newest first. `drawn` and `rest` are names as they were then; `steps`
    say who starts when, where the lot gave that."""

    lots: tuple[TouchpointLot, ...]
    state: LotState
    drawn: tuple[str, ...]
    rest: tuple[str, ...]
    steps: tuple[LotStep, ...] = ()

    @property
    def last(self) -> TouchpointLot:
        return self.lots[0]

    @property
    def is_kept(self) -> bool:
        return self.state is LotState.KEPT


def lot_view(initiative: Initiative) -> LotView | None:
    """None where no lot was drawn. At most five queries: one where none was."""
    lots = tuple(TouchpointLot.objects.filter(initiative=initiative).select_related("by__user"))
    if not lots:
        return None
    last, names = lots[0], dict(lots[0].touchpoints)
    by_day: dict[str, list[str]] = {}
    for key, day in starts_of(last.drawn, last.steps).items():
        by_day.setdefault(day, []).append(names[key])
    return LotView(
        lots=lots,
        state=_state(initiative, lots),
        drawn=tuple(names[key] for key in last.drawn),
        rest=tuple(name for key, name in names.items() if key not in last.drawn),
        steps=tuple(
            LotStep(day=date.fromisoformat(day), names=tuple(found)) for day, found in by_day.items()
        ),
    )


def selection_of(initiative: Initiative, plan: EvaluationPlan, content: dict[str, Any] | None = None) -> str:
    """How the touchpoints were chosen, as the engine takes it: the plan's own word, except that a lot that
    was not kept is no chance. Plans without a lot are taken at their word. At most four queries."""
    said: str = plan.selection if content is None else content["selection"]
    if said != UnitSelection.CHANCE:
        return said
    lots = tuple(TouchpointLot.objects.filter(initiative=initiative))
    if not lots or _state(initiative, lots) is LotState.KEPT:
        return said
    return UnitSelection.UNKNOWN


def drawn_starts(content: dict[str, Any]) -> dict[str, date]:
    """The days that a fixed plan has from its lot, by the key of the touchpoint. No query."""
    return {key: date.fromisoformat(day) for key, day in content.get("starts", ())}


def actual_starts(
    initiative: Initiative, content: dict[str, Any], recorded: Sequence[tuple[str, date]] | None = None
) -> dict[str, date]:
    """When each touchpoint got the initiative, by key: as drawn, unless another day was recorded. Nothing
    started before the go-live, and those of the first day started with it. `recorded`: those other days,
    where they were read already. At most one query, none without a lot over starts."""
    starts = drawn_starts(content)
    if not starts:
        return {}
    first = min(starts.values())
    if (live := initiative.went_live_on) is not None:
        starts = {key: live if day == first else max(day, live) for key, day in starts.items()}
    if recorded is None:
        recorded = _recorded([initiative]).get(initiative.pk, ())
    for key, day in recorded:
        if key in starts:
            starts[key] = day
    return starts


def starts_there(initiatives: Iterable[Initiative]) -> dict[int, dict[str, date]]:
    """When initiatives begin at touchpoints that a lot gave a start of their own: key of the initiative ->
    key of the touchpoint -> day, as recorded, as fixed, or as drafted. One query, none without such a lot."""
    plans = {one.pk: (one, plan) for one in initiatives if (plan := plan_of(one)) is not None and plan.starts}
    recorded = _recorded([one for one, _plan in plans.values()]) if plans else {}
    return {
        pk: actual_starts(one, plan.fixed_content or {"starts": plan.starts.items()}, recorded.get(pk, ()))
        for pk, (one, plan) in plans.items()
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class StartNow:
    """When one touchpoint got the initiative, as is recorded."""

    key: str
    name: str
    day: date

    @property
    def text(self) -> str:
        return _("%(title)s (%(day)s)") % {"title": self.name, "day": reader().day(self.day)}


def starts_before(initiative: Initiative, day: date) -> tuple[StartNow, ...]:
    """Touchpoints of a lot over starts that are recorded to have started before that day, the earliest first.
    At most two queries, one without such a record."""
    last = dict(_recorded([initiative]).get(initiative.pk, ()))
    early = {key: start for key, start in last.items() if start < day}
    if not early:
        return ()
    names = dict(initiative.touchpoints.filter(key__in=early).values_list("key", "name"))
    found = [StartNow(key=key, name=names.get(key, key), day=start) for key, start in early.items()]
    return tuple(sorted(found, key=lambda one: (one.day, one.name)))


def starts_now(initiative: Initiative) -> tuple[StartNow, ...]:
    """Of the touchpoints that a lot gave starts and that are live by plan. At most two queries."""
    plan = plan_of(initiative)
    content: dict[str, Any] = (plan.fixed_content if plan else None) or {}
    if initiative.state not in AFTER_GO_LIVE:
        return ()
    names = dict(content.get("treated", ()))
    starts = actual_starts(initiative, content)
    return tuple(StartNow(key=key, name=names.get(key, key), day=day) for key, day in starts.items())


def is_start_corrected(initiative: Initiative, *, since: datetime | None) -> bool:
    """Whether a start on another day than drawn was recorded after that moment. One query, none without a
    lot over starts."""
    plan = plan_of(initiative)
    if plan is None or not plan.starts or since is None:
        return False
    return initiative.amendments.filter(field=AmendedField.START, at__gt=since).exists()


def _recorded(initiatives: Sequence[Initiative]) -> dict[int, list[tuple[str, date]]]:
    """Starts on other days than drawn, the oldest entry first, by the key of the initiative. One query."""
    rows = InitiativeAmendment.objects.filter(initiative__in=initiatives, field=AmendedField.START)
    found = dict[int, list[tuple[str, date]]]()
    for pk, text in rows.order_by("at", "pk").values_list("initiative_id", "after"):
        day, _blank, key = text.partition(" ")
        found.setdefault(pk, []).append((key, date.fromisoformat(day)))
    return found


def _state(initiative: Initiative, lots: tuple[TouchpointLot, ...]) -> LotState:
    last, plan = lots[0], plan_of(initiative)
    keys = [key for key, _name in last.touchpoints]
    if (
        drawn_of(keys, takes=last.takes, seed=last.seed) != last.drawn
        or list_digest(keys, last.takes, last.steps) != last.list_digest
    ):
        return LotState.UNSOUND
    if len(lots) > 1:
        return LotState.REDRAWN
    if plan is None:
        return LotState.CHANGED
    if plan.fixed_content:
        treated = {key for key, _name in plan.fixed_content["treated"]}
        compared = {key for key, _name in plan.fixed_content["comparison"]}
        selection, starts = plan.fixed_content["selection"], dict(plan.fixed_content.get("starts", ()))
    else:
        treated = {point.key for point in initiative.touchpoints.all()}
        compared = {point.key for point in plan.comparison_touchpoints.all()}
        selection, starts = plan.selection, plan.starts
    is_kept = (
        treated == set(last.drawn)
        and compared == set(keys) - set(last.drawn)
        and selection == UnitSelection.CHANCE
        and starts == starts_of(last.drawn, last.steps)
    )
    if not is_kept:
        return LotState.CHANGED
    return LotState.LEFT if _is_left(initiative, plan) else LotState.KEPT


def _is_left(initiative: Initiative, plan: EvaluationPlan) -> bool:
    """Whether a touchpoint started in another period of the plan than the one that the lot gave. The first
    ones start with the go-live."""
    content = plan.fixed_content or {}
    drawn = drawn_starts(content)
    if not drawn or initiative.went_live_on is None:
        return False
    period = Period(content["period"])
    reckoning = fixed_reckoning(content)
    return any(
        period_start(day, period, reckoning) != period_start(drawn[key], period, reckoning)
        for key, day in actual_starts(initiative, content).items()
    )
