"""What became of approved content: dated entries beside it, and a plan that is no longer as it was fixed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from accounts.models import AuditEvent, Membership
from coalition.choices import AmendedField
from coalition.models import EvaluationPlan, Initiative, InitiativeAmendment
from coalition.selectors.content import Change, plan_content, plan_differences, plan_of
from coalition.selectors.effects import effect_text
from coalition.selectors.measured import merge_sentences
from customer_voice.models import MetricDefinition
from wording.formats import reader


@dataclass(frozen=True, kw_only=True, slots=True)
class Amendment:
    """One dated change beside the approved content, in the reader's words."""

    label: str
    before: str
    after: str
    reason: str
    by: Membership
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanEntry:
    """One time that the plan was changed after the approval."""

    who: str
    at: datetime
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanChanges:
    """How the plan differs from the one that was fixed, and who changed it when and why, newest first.
    `merges`: of its touchpoints, which change what it counts and no line of it."""

    lines: tuple[Change, ...]
    entries: tuple[PlanEntry, ...]
    merges: tuple[str, ...] = ()


def amendments(initiative: Initiative) -> tuple[Amendment, ...]:
    """Dated changes beside the approved content, newest first. One query."""
    rows = InitiativeAmendment.objects.filter(initiative=initiative).select_related("by__user")
    return tuple(
        Amendment(
            label=str(AmendedField(row.field).label),
            before=_amended(row.field, row.before),
            after=_amended(row.field, row.after),
            reason=row.reason,
            by=row.by,
            at=row.at,
        )
        for row in rows
    )


def _amended(field: str, text: str) -> str:
    """A stored value in the reader's words: days in the reader's format."""
    if not text:
        return "–"
    if field == AmendedField.OWNER:
        return text
    day, _blank, title = text.partition(" ")
    parsed = parse_date(day)
    said = reader().day(parsed) if parsed else day
    return _("%(title)s (%(day)s)") % {"title": title, "day": said} if title else said


def plan_changes(initiative: Initiative) -> PlanChanges | None:
    """What became of the fixed plan, or None where it stands. Four queries, where it was changed, and one
    more where its metric was."""
    plan = plan_of(initiative)
    if plan is None or plan.changed_after_approval_at is None or not plan.fixed_content:
        return None
    fixed, present = plan.fixed_content, plan_content(initiative, plan)
    return PlanChanges(
        lines=plan_differences(
            fixed,
            present,
            effect=_sizes(_metric_of(fixed, plan)),
            present_effect=_sizes(plan.metric),
        ),
        entries=plan_entries(initiative),
        merges=merge_sentences(initiative),
    )


def _metric_of(fixed: dict[str, Any], plan: EvaluationPlan) -> MetricDefinition | None:
    """The definition that a plan was fixed with; None where it is gone. A query where it is another one."""
    key, version = fixed["metric"]["key"], fixed["metric"]["version"]
    if (key, version) == (plan.metric.key, plan.metric.version):
        return plan.metric
    known = MetricDefinition.objects.filter(organization=plan.metric.organization_id)
    return known.filter(key=key, version=version).first()


def _sizes(metric: MetricDefinition | None) -> Callable[[Decimal], str]:
    """How sizes on this metric are said; without it as bare numbers."""
    if metric is None:
        return reader().shortest
    return lambda size: effect_text(metric, size)


def plan_entries(initiative: Initiative) -> tuple[PlanEntry, ...]:
    """Who changed the fixed plan, when and why, newest first. One query."""
    plan = plan_of(initiative)
    if plan is None or plan.fixed_at is None:
        return ()
    events = AuditEvent.objects.of(initiative.organization).filter(
        subject_type=initiative._meta.label_lower,
        subject_id=str(initiative.pk),
        verb="initiative.changed_after_approval",
        at__gte=plan.fixed_at,
    )
    return tuple(
        PlanEntry(who=event.actor_name, at=event.at, reason=str(event.after.get("reason", "")))
        for event in events
    )
