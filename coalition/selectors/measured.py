"""Touchpoints that a running evaluation measures or compares with: what ends where one is archived."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from coalition.choices import InitiativeState
from coalition.models import Initiative
from coalition.selectors.content import plan_of
from common.registry import Consequence
from journeys.models import Touchpoint

# Approved, so that its plan is fixed, and neither judged nor given up.
MEASURED_STATES = frozenset(
    {
        InitiativeState.APPROVED,
        InitiativeState.IN_PROGRESS,
        InitiativeState.LIVE,
        InitiativeState.ON_HOLD,
        InitiativeState.COMPLETED,
    }
)


def evaluations_ended(row: Model) -> Iterator[Consequence]:
    """Running evaluations that lose their target or their comparison with this touchpoint. One query."""
    if not isinstance(row, Touchpoint):
        return
    running = (
        Initiative.objects.of(row.organization)
        .filter(state__in=MEASURED_STATES, plan__fixed_content__isnull=False)
        .select_related("plan")
        .order_by("number")
    )
    for initiative in running:
        content: dict[str, Any] = initiative.plan.fixed_content or {}
        slots = {"reference": initiative.reference, "title": initiative.title}
        if row.key in _keys(content, "treated"):
            text = _(
                "The evaluation of %(reference)s “%(title)s” measures here: answers of imports will be "
                "refused, so it ends with those that are there."
            )
        elif row.key in _keys(content, "comparison"):
            text = _(
                "The evaluation of %(reference)s “%(title)s” compares with this touchpoint: answers of "
                "imports will be refused, so the comparison ends with those that are there."
            )
        else:
            continue
        yield Consequence(text=text % slots, is_to_accept=True)


def archived_places(initiative: Initiative) -> tuple[str, ...]:
    """Names of the touchpoints of the fixed plan that are archived. One query, none without a fixed plan."""
    plan = plan_of(initiative)
    content: dict[str, Any] = (plan.fixed_content if plan is not None else None) or {}
    keys = _keys(content, "treated") | _keys(content, "comparison")
    if not keys:
        return ()
    found = Touchpoint.objects.of(initiative.organization).archived().filter(key__in=keys)
    return tuple(found.order_by("name").values_list("name", flat=True))


def _keys(content: dict[str, Any], name: str) -> set[str]:
    return {key for key, _name in content.get(name) or ()}
