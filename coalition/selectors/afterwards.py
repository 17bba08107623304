"""What became of approved content: dated entries beside it, and a plan that is no longer as it was fixed."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from accounts.models import AuditEvent, Membership
from coalition.choices import AmendedField
from coalition.models import Initiative, InitiativeAmendment
from coalition.selectors.content import Change, plan_content, plan_differences, plan_of
from coalition.selectors.effects import effect_text
from coalition.selectors.measured import merge_sentences
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
    """What became of the fixed plan, or None where it stands. Four queries, where it was changed."""
    plan = plan_of(initiative)
    if plan is None or plan.changed_after_approval_at is None or not plan.fixed_content:
        return None
    present = plan_content(initiative, plan)

    def said(size: Decimal) -> str:
        return effect_text(plan.metric, float(size))

    return PlanChanges(
        lines=plan_differences(plan.fixed_content, present, effect=said),
        entries=plan_entries(initiative),
        merges=merge_sentences(initiative),
    )


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
