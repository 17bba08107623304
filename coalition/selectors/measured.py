"""Touchpoints that a running evaluation measures or compares with: what ends where one is archived."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from coalition.choices import InitiativeState
from coalition.models import Initiative
from coalition.selectors.content import plan_of
from common.registry import Consequence
from journeys.models import Touchpoint
from wording.formats import reader

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
    """Running evaluations that lose their target or their comparison with this touchpoint. Two queries."""
    if not isinstance(row, Touchpoint):
        return
    names = {row.key, *row.merged.values_list("key", flat=True)}  # a plan may name it as it was called
    running = (
        Initiative.objects.of(row.organization)
        .filter(state__in=MEASURED_STATES, plan__fixed_content__isnull=False)
        .select_related("plan")
        .order_by("number")
    )
    for initiative in running:
        content: dict[str, Any] = initiative.plan.fixed_content or {}
        slots = {"reference": initiative.reference, "title": initiative.title}
        if names & _keys(content, "treated"):
            text = _(
                "The evaluation of %(reference)s “%(title)s” measures here: answers of imports will be "
                "refused, so it ends with those that are there."
            )
        elif names & _keys(content, "comparison"):
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
    keys = _keys(content, "treated") | _keys(content, "comparison") | _keys(content, "spillover")
    if not keys:
        return ()
    named = Q(key__in=keys) | Q(merged__key__in=keys)
    found = Touchpoint.objects.of(initiative.organization).standing().archived().filter(named).distinct()
    return tuple(found.order_by("name").values_list("name", flat=True))


@dataclass(frozen=True, kw_only=True, slots=True)
class MergedPlace:
    """A touchpoint that was merged since the plan was fixed; the plan names one of the two."""

    gone: str
    kept: str
    on: date
    at: datetime


def merged_places(initiative: Initiative) -> tuple[MergedPlace, ...]:
    """Merges since of touchpoints of the fixed plan, the oldest first. One query, none without a fixed
    plan."""
    plan = plan_of(initiative)
    if plan is None or not plan.fixed_content:
        return ()
    treated, compared = places_of(plan.fixed_content)
    keys, clock = treated | compared, initiative.organization.clock
    found = (
        Touchpoint.objects.of(initiative.organization)
        .filter(Q(key__in=keys) | Q(merged_into__key__in=keys), merged_into__isnull=False)
        .select_related("merged_into")
        .order_by("merged_at", "pk")
    )
    return tuple(
        MergedPlace(
            gone=one.name,
            kept=one.merged_into.name,
            on=clock.day_of(one.merged_at),
            at=one.merged_at,
        )
        for one in found
        if one.merged_into is not None and one.merged_at is not None
        if plan.fixed_at is None or one.merged_at >= plan.fixed_at
    )


def places_of(content: dict[str, Any] | None) -> tuple[set[str], set[str]]:
    """Keys of the touchpoints of a fixed plan: those with the initiative, and those it is compared with."""
    return _keys(content or {}, "treated"), _keys(content or {}, "comparison")


def _keys(content: dict[str, Any], name: str) -> set[str]:
    return {key for key, _name in content.get(name) or ()}


def merge_sentences(initiative: Initiative, *, after: datetime | None = None) -> tuple[str, ...]:
    """What was merged since the plan was fixed (or `after` that), for a page that shows what was found
    before. One query."""
    places = merged_places(initiative)
    return tuple(
        _(
            "“%(gone)s” was merged into “%(kept)s” on %(day)s. What was computed before that keeps its "
            "figures."
        )
        % {"gone": one.gone, "kept": one.kept, "day": reader().day(one.on)}
        for one in places
        if after is None or one.at >= after
    )
