"""Chance decides in the product which touchpoints get an initiative, or when each of them gets it."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import Membership
from accounts.services import acting, record_event
from coalition.choices import AFTER_GO_LIVE, EDITABLE_STATES, AmendedField, UnitSelection
from coalition.errors import NotEditable, PlanNotWritten, TransitionNotAllowed
from coalition.lots import drawn_of, list_digest, sizes_of, starts_of
from coalition.models import EvaluationPlan, Initiative, TouchpointLot
from coalition.selectors.content import plan_of
from coalition.selectors.lots import actual_starts
from coalition.selectors.planned import reckoning_of
from coalition.services.amending import enter_amendment
from coalition.services.drafting import refusal_to_edit
from coalition.services.plausible import far_days
from coalition.services.states import locked
from common.errors import InvalidValues
from customer_voice.choices import Period
from customer_voice.selectors.periods import next_start, period_start
from cxstats.codec import encoded
from journeys.models import Touchpoint
from wording.formats import reader

LEAST_SIDE = 1
# Starts that differ are compared by units: with fewer, or with starts that only one has, no noise is known.
LEAST_STEPPED, LEAST_AT_ONCE, MOST_STEPS = 5, 2, 26


@dataclass(frozen=True, kw_only=True, slots=True)
class Steps:
    """Starts that a lot gives: the first day, on how many days, and how many periods of the plan apart."""

    first: date
    count: int
    periods: int = 1


@transaction.atomic
def draw_lot(
    *,
    initiative: Initiative,
    by: Membership,
    touchpoints: Sequence[Touchpoint],
    takes: int,
    steps: Steps | None = None,
) -> TouchpointLot:
    """Draw `takes` of the touchpoints: they get the initiative, the others are what it is compared with.

    With `steps` the lot also says when each of them gets it: those that wait are what the others are compared
    with, so that all may get it in the end. List, seed and result enter the trail in the same step, before
    the vote and the go-live, so nobody sees a result that is not published. A second lot can be drawn, never
    unseen: rows are only added, and a plan that was drawn twice is no longer one that chance decided.
    Raises NotEditable, PlanNotWritten, InvalidValues.
    """
    by = acting(by, Action.DRAFT_INITIATIVE)
    row = (
        Initiative.objects.select_for_update(of=("self",))
        .select_related("organization")
        .get(pk=initiative.pk)
    )
    if row.state not in EDITABLE_STATES:
        raise NotEditable(refusal_to_edit(row))
    if row.is_look_back:
        raise NotEditable(_("It is live already: chance can only decide before the go-live."))
    plan = plan_of(row)
    if plan is None:
        raise PlanNotWritten(_("Write the plan first: it says by which metric the touchpoints are compared."))
    _check(row, touchpoints, takes, steps)
    days = _days(row, plan, steps, takes) if steps else []
    points = {point.key: point for point in touchpoints}
    seed = secrets.token_hex(32)
    drawn = drawn_of(list(points), takes=takes, seed=seed)
    last = TouchpointLot.objects.filter(initiative=row).aggregate(last=Max("number"))["last"] or 0
    lot = TouchpointLot.objects.create(
        initiative=row,
        number=last + 1,
        touchpoints=[[key, points[key].name] for key in sorted(points)],
        takes=takes,
        steps=days,
        list_digest=list_digest(points, takes, days),
        seed=seed,
        drawn=drawn,
        by=by,
    )
    _follow(row, plan, lot, points)
    starts = [[day, points[key].name] for key, day in plan.starts.items()]
    record_event(
        organization=row.organization,
        actor=by.user,
        verb="initiative.lot_drawn",
        subject=row,
        after={
            "lot": lot.number,
            "lot_list": [points[key].name for key in sorted(points)],
            "lot_drawn": [points[key].name for key in drawn],
            **({"lot_starts": starts} if starts else {}),
            "list_digest": lot.list_digest,
            "seed": seed,
        },
    )
    return lot


@transaction.atomic
def correct_start(*, by: Membership, initiative: Initiative, key: str, on: date, reason: str) -> Initiative:
    """Record that a touchpoint got the initiative on another day than the lot gave: a dated entry beside what
    was approved. Studies from now on use that day, and no longer count the starts as decided by chance where
    it lies in another period. Raises TransitionNotAllowed, InvalidValues.
    """
    by, row = acting(by), locked(initiative)
    plan = plan_of(row)
    content = (plan.fixed_content if plan else None) or {}
    starts = actual_starts(row, content)
    if row.state not in AFTER_GO_LIVE or not starts:
        raise TransitionNotAllowed(no_starts_text(row))
    wrong = {}
    if key not in starts:
        wrong["touchpoint"] = _("The lot gave no start to this touchpoint.")
    elif on == starts[key]:
        wrong["on"] = _("This is the day that is recorded.")
    elif on > row.organization.clock.today():
        wrong["on"] = _("This date is in the future. Record the start once it has happened.")
    elif row.went_live_on is not None and on < row.went_live_on:
        wrong["on"] = _("The initiative went live on %(day)s; no touchpoint can have started before.") % {
            "day": reader().day(row.went_live_on)
        }
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)
    enter_amendment(
        row,
        by,
        AmendedField.START,
        before=[encoded(starts[key]), key],
        after=[encoded(on), key],
        reason=reason,
    )
    return row


def no_starts_text(initiative: Initiative) -> str:
    """Why no start can be corrected where none was drawn or nothing is live."""
    return _("%(reference)s is not live at touchpoints that a lot gave starting days.") % {
        "reference": initiative.reference
    }


def _follow(row: Initiative, plan: EvaluationPlan, lot: TouchpointLot, points: dict[str, Touchpoint]) -> None:
    """Write what a lot gave into initiative and plan."""
    row.touchpoints.set([points[key] for key in lot.drawn])
    plan.comparison_touchpoints.set([point for key, point in points.items() if key not in lot.drawn])
    plan.selection, plan.selected_from, plan.selected_until = UnitSelection.CHANCE, None, None
    plan.starts = starts_of(lot.drawn, lot.steps)
    plan.save(update_fields=["selection", "selected_from", "selected_until", "starts"])
    row.lock_version += 1
    if lot.steps:
        row.planned_go_live_on = date.fromisoformat(lot.steps[0][0])
    row.save(update_fields=["lock_version", "planned_go_live_on"])


def _check(row: Initiative, touchpoints: Sequence[Touchpoint], takes: int, steps: Steps | None) -> None:
    wrong, number = {}, len({point.pk for point in touchpoints})
    if any(point.organization_id != row.organization_id for point in touchpoints):
        wrong["touchpoints"] = _("These touchpoints do not belong to the organization.")
    elif any(point.is_archived for point in touchpoints):
        wrong["touchpoints"] = _("Archived touchpoints cannot be chosen.")
    elif steps is not None:
        wrong = _wrong_steps(number, takes, steps)
    elif number < 2:
        wrong["touchpoints"] = _(
            "Choose at least two touchpoints: one that gets the initiative, one that does not."
        )
    elif not LEAST_SIDE <= takes <= number - LEAST_SIDE:
        wrong["takes"] = _("At least one touchpoint gets the initiative, and at least one does not.")
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)


def _wrong_steps(number: int, takes: int, steps: Steps) -> dict[str, str]:
    """What is wrong about a lot over starts, by the sizes that its study needs."""
    slots = {"least": LEAST_AT_ONCE, "most": MOST_STEPS, "found": number}
    if number < LEAST_STEPPED:
        text = _("Starts by lot need at least %(least)s touchpoints; these are %(found)s.")
        return {"touchpoints": text % {**slots, "least": LEAST_STEPPED}}
    if not 2 <= steps.count <= MOST_STEPS:
        return {"steps": _("Between 2 and %(most)s starting days.") % slots}
    if not 1 <= steps.periods <= MOST_STEPS:
        return {"periods": _("Between 1 and %(most)s periods.") % slots}
    if takes > number:
        return {"takes": _("Only %(found)s touchpoints are chosen.") % slots}
    if takes < LEAST_AT_ONCE * steps.count:
        text = _(
            "At least %(least)s touchpoints start on each day: choose fewer starting days, or let more "
            "touchpoints get it."
        )
        return {"steps": text % slots}
    if 0 < number - takes < LEAST_AT_ONCE:
        text = _("Either all touchpoints get it in the end, or at least %(least)s stay without.")
        return {"takes": text % slots}
    return {}


def _days(row: Initiative, plan: EvaluationPlan, steps: Steps, takes: int) -> list[list[str | int]]:
    """The starting days with how many start on each. Each must begin a period of the plan: a period that is
    half with the initiative and half without would belong to neither side."""
    period, reckoning = Period(plan.period), reckoning_of(plan)
    message = ""
    if far := far_days(row.organization, [("first", steps.first)]).get("first"):
        message = str(far)
    elif steps.first <= row.organization.clock.today():
        message = _("The first start must be in the future, after the vote.")
    elif (begins := period_start(steps.first, period, reckoning)) != steps.first:
        message = _(
            "A start must be the first day of a period of the plan (%(period)s): %(before)s or %(after)s."
        ) % {
            "period": period.label.lower(),
            "before": reader().day(begins),
            "after": reader().day(next_start(begins, period)),
        }
    if message:
        raise InvalidValues(_("Some values cannot be used."), fields={"first": message})
    days = [steps.first]
    while len(days) < steps.count:
        day = days[-1]
        for _step in range(steps.periods):
            day = next_start(day, period)
        days.append(day)
    if plan.review_on is not None and days[-1] >= plan.review_on:
        text = _(
            "The last start would be on %(day)s, and the review is on %(review)s. Move the review first."
        )
        slots = {"day": reader().day(days[-1]), "review": reader().day(plan.review_on)}
        raise InvalidValues(_("Some values cannot be used."), fields={"steps": text % slots})
    sizes = sizes_of(takes, steps.count)
    return [[day.isoformat(), size] for day, size in zip(days, sizes, strict=True)]
