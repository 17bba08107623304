"""What exactly is put to a vote: the content of an initiative as plain values, and what changed in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from coalition.choices import Direction, UnitSelection
from coalition.models import EvaluationPlan, Initiative
from common.formats import reader
from common.text import listed
from customer_voice.choices import Period


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One line of the content that differs between two versions, in words."""

    label: str
    before: str
    after: str


LABELS: dict[str, str | Promise] = {
    "title": gettext_lazy("Title"),
    "problem": gettext_lazy("Problem and its evidence"),
    "proposal": gettext_lazy("What we will do"),
    "owner": gettext_lazy("Owner"),
    "touchpoints": gettext_lazy("Touchpoints"),
    "one_off_cost": gettext_lazy("One-off cost"),
    "yearly_cost": gettext_lazy("Cost a year"),
    "expected_benefit": gettext_lazy("Expected benefit a year"),
    "effort_days": gettext_lazy("Effort, person-days"),
    "planned_go_live_on": gettext_lazy("Planned go-live"),
    "milestones": gettext_lazy("Milestones"),
    "plan.metric": gettext_lazy("Metric"),
    "plan.comparison": gettext_lazy("Compared with"),
    "plan.segment": gettext_lazy("Segment"),
    "plan.period": gettext_lazy("Measured by"),
    "plan.baseline_from": gettext_lazy("Baseline from"),
    "plan.lag_periods": gettext_lazy("Periods until an effect can show"),
    "plan.review_on": gettext_lazy("Review on"),
    "plan.direction": pgettext_lazy("of a metric", "Expected direction"),
    "plan.expected_effect": gettext_lazy("Expected effect"),
    "plan.smallest_worthwhile_effect": gettext_lazy("Smallest worthwhile effect"),
    "plan.selection": gettext_lazy("How the touchpoints were chosen"),
    "plan.is_seasonal": gettext_lazy("Yearly season"),
    "plan.decision_rule": gettext_lazy("What we will do with the result"),
}
_MONEY = frozenset({"one_off_cost", "yearly_cost", "expected_benefit"})
_DATES = frozenset({"planned_go_live_on", "plan.baseline_from", "plan.review_on"})


def plan_of(initiative: Initiative) -> EvaluationPlan | None:
    """The plan, or None where none has been written. No query where `plan` was selected with it."""
    return getattr(initiative, "plan", None)


def initiative_content(initiative: Initiative) -> dict[str, Any]:
    """Everything that a vote binds, as values that survive JSON unchanged. At most six queries."""
    plan = plan_of(initiative)
    treated = [[point.key, point.name] for point in initiative.touchpoints.order_by("key")]
    return {
        "reference": initiative.reference,
        "title": initiative.title,
        "problem": initiative.problem,
        "proposal": initiative.proposal,
        "owner": str(initiative.owner),
        "touchpoints": treated,
        "one_off_cost": _decimal(initiative.one_off_cost),
        "yearly_cost": _decimal(initiative.yearly_cost),
        "expected_benefit": None
        if initiative.expected_benefit is None
        else _decimal(initiative.expected_benefit),
        "effort_days": initiative.effort_days,
        "currency": initiative.organization.currency,
        "planned_go_live_on": _date(initiative.planned_go_live_on),
        "milestones": [
            [step.due_on.isoformat(), step.title] for step in initiative.milestones.order_by("due_on", "pk")
        ],
        "plan": None if plan is None else plan_content(initiative, plan, treated),
    }


def plan_content(
    initiative: Initiative, plan: EvaluationPlan, treated: list[list[str]] | None = None
) -> dict[str, Any]:
    """The evaluation plan alone: what is fixed by digest with the approval."""
    if treated is None:
        treated = [[point.key, point.name] for point in initiative.touchpoints.order_by("key")]
    return {
        "metric": {"key": plan.metric.key, "version": plan.metric.version, "name": plan.metric.name},
        "treated": treated,
        "comparison": [[point.key, point.name] for point in plan.comparison_touchpoints.order_by("key")],
        "segment": plan.segment,
        "period": str(plan.period),
        "planned_go_live_on": _date(initiative.planned_go_live_on),
        "baseline_from": _date(plan.baseline_from),
        "lag_periods": plan.lag_periods,
        "review_on": _date(plan.review_on),
        "direction": str(plan.direction),
        "expected_effect": None if plan.expected_effect is None else _decimal(plan.expected_effect),
        "smallest_worthwhile_effect": _decimal(plan.smallest_worthwhile_effect),
        "selection": str(plan.selection),
        "is_seasonal": plan.is_seasonal,
        "decision_rule": plan.decision_rule,
    }


def changes_between(before: dict[str, Any], after: dict[str, Any]) -> tuple[Change, ...]:
    """The lines that differ, in the order of the form, in the reader's language. No query."""
    old, new = dict(_lines(before)), dict(_lines(after))
    return tuple(
        Change(label=str(label), before=_text(key, old.get(key)), after=_text(key, new.get(key)))
        for key, label in LABELS.items()
        if old.get(key) != new.get(key)
    )


def is_same_content(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether two versions say the same. A field that is newer than one of them counts as empty there."""
    old, new = dict(_lines(before)), dict(_lines(after))
    return all(old.get(key) == new.get(key) for key in LABELS)


def _lines(content: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in content.items():
        if key == "plan":
            for name, part in (value or {}).items():
                yield f"plan.{name}", part
        else:
            yield key, value


def _text(key: str, value: Any) -> str:
    if value is None or value == "" or value == []:
        return "–"
    if key in _DATES:
        day = parse_date(value)
        return reader().day(day) if day else str(value)
    if key in _MONEY:
        return reader().number(Decimal(value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if key == "plan.metric":
        return str(value["name"])
    if isinstance(value, list):
        return listed(str(item[1]) for item in value)
    named = {"plan.period": Period, "plan.direction": Direction, "plan.selection": UnitSelection}.get(key)
    return str(named(value).label) if named else str(value)


def _decimal(value: Decimal | int) -> str:
    """Two decimals, always: a value typed and the same value read back have one text."""
    return f"{Decimal(value):.2f}"


def _date(value: date | None) -> str | None:
    return None if value is None else value.isoformat()
