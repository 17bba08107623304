"""Drafts from a step of a journey map: where it hurts, with the figures that say so."""

from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction

from accounts.choices import Action
from accounts.models import Membership
from accounts.services import acting
from coalition.choices import EDITABLE_STATES, Direction, UnitSelection
from coalition.fields import INITIATIVE, InitiativeValues, PlanValues
from coalition.models import Initiative
from coalition.services.drafting import (
    apply_plan,
    check_initiative,
    check_plan,
    new_initiative,
    tell_of_draft,
)
from common.errors import InvalidValues
from customer_voice.choices import Period
from customer_voice.models import MetricDefinition
from journeys.models import Touchpoint


@dataclass(frozen=True, kw_only=True, slots=True)
class StepSeed:
    """What a step says: words of the draft, and of its plan the metric with the days of the figures by
    which the step was chosen. Without a metric there is no plan yet."""

    title: str
    problem: str
    touchpoints: tuple[Touchpoint, ...]
    metric: MetricDefinition | None = None
    baseline_from: date | None = None
    chosen_from: date | None = None
    chosen_until: date | None = None


@transaction.atomic
def draft_from_step(*, by: Membership, seed: StepSeed) -> Initiative:
    """A draft with problem, evidence, touchpoints and, where the metric can be evaluated, a plan whose
    baseline is filled in. Its touchpoints were chosen by their scores, and the plan says so.

    Clicking twice gives the same draft while it is one, not two. Raises InvalidValues for a touchpoint that
    cannot be chosen.
    """
    by = acting(by, Action.DRAFT_INITIATIVE)
    values = InitiativeValues(
        title=seed.title[: INITIATIVE["title"].column.max_length],
        problem=seed.problem,
        owner=by,
        touchpoints=seed.touchpoints,
    )
    known: Initiative | None = (
        Initiative.objects.of(by.organization)
        .filter(title=values.title, state__in=EDITABLE_STATES, touchpoints__in=seed.touchpoints)
        .first()
    )
    if known is not None:
        return known
    check_initiative(by.organization, values)
    initiative = new_initiative(by=by, values=values)
    tell_of_draft(initiative, by, verb="initiative.drafted")
    if seed.metric is not None and seed.metric.calculation.can_be_evaluated:
        _plan(initiative, seed, seed.metric)
    return initiative


def _plan(initiative: Initiative, seed: StepSeed, metric: MetricDefinition) -> None:
    """The plan as far as the map knows it; what does not fit (days too far back) is left to whoever writes
    on."""
    values = PlanValues(
        metric=metric,
        period=Period.MONTH,
        baseline_from=seed.baseline_from,
        direction=Direction.UP if metric.higher_is_better else Direction.DOWN,
        selection=UnitSelection.WORST_SCORES,
        selected_from=seed.chosen_from,
        selected_until=seed.chosen_until,
    )
    try:
        check_plan(initiative, values)
    except InvalidValues as refused:
        values = replace(values, baseline_from=None, selected_from=None, selected_until=None)
        if "metric" in refused.fields:
            return
    apply_plan(initiative, values)
