"""What exactly is put to a vote: the content of an initiative as plain values, and what changed in it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import DateField, DecimalField, Model
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from coalition.fields import INITIATIVE, PLAN
from coalition.models import EvaluationPlan, Initiative
from coalition.selectors.effects import effect_text
from common.fields import Declared, Unit, Use
from common.reckoning import MONDAY
from customer_voice.choices import Period
from customer_voice.models import MetricDefinition
from cxstats.codec import encoded, marked
from wording.formats import reader
from wording.joining import clauses, listed

# written into the content only where they are said: plans from before these fields keep their digest
_STARTS = "starts"
_SAID_ONLY = frozenset({"selected_from", "selected_until", "unmoved_metric", "spillover", _STARTS})
_EFFECTS = ("expected_effect", "smallest_worthwhile_effect")


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One line of the content that differs between two versions, in words."""

    label: str
    before: str
    after: str


def plan_of(initiative: Initiative) -> EvaluationPlan | None:
    """The plan, or None where none has been written. No query where `plan` was selected with it."""
    return getattr(initiative, "plan", None)


def initiative_content(initiative: Initiative) -> dict[str, Any]:
    """Everything that a vote binds, as values that survive JSON unchanged. At most eight queries."""
    return _content(initiative, Use.CONTENT)


def as_written(initiative: Initiative) -> dict[str, Any]:
    """The same with every declared field, whatever is voted on: what a change is seen by. As many queries."""
    return _content(initiative, None)


def plan_content(initiative: Initiative, plan: EvaluationPlan) -> dict[str, Any]:
    """The evaluation plan alone: what is fixed by digest with the approval."""
    return _plan_content(initiative, plan, Use.CONTENT, _places(initiative.touchpoints))


def changes_between(before: dict[str, Any], after: dict[str, Any]) -> tuple[Change, ...]:
    """The lines that differ, in the order of the form, in the reader's language. No query."""
    old, new = _lines(before), _lines(after)
    was, now = before.get("currency", ""), after.get("currency", "")
    return tuple(
        Change(
            label=str(line.label),
            before=line.text(old.get(key), currency=was),
            after=line.text(new.get(key), currency=now),
        )
        for key, line in _labeled(Use.HISTORY).items()
        if old.get(key) != new.get(key)
    )


def changed_values(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs, before and after, by its key in the content: plain values, for the trail. No query."""
    old, new = _lines(before), _lines(after)
    keys = [key for key in _labeled(Use.HISTORY) if old.get(key) != new.get(key)]
    return {key: old.get(key) for key in keys}, {key: new.get(key) for key in keys}


def plan_lines(plan: dict[str, Any], *, effect: Callable[[Decimal], str]) -> dict[str, tuple[str, str]]:
    """Every line of a fixed plan as label and text, in the order of the form, by the key in its content.

    `effect` says a size in the unit of the metric: the plan has the bare number. An expected effect that
    nobody typed, and a line that the plan is older than, read "–" or the default. No query.
    """
    values = {**PLAN.content_defaults(), **plan}
    lines = {}
    for item in PLAN.at(Use.HISTORY):
        value = values.get(item.content_key)
        is_effect = item.name in _EFFECTS
        line = _Line(label=item.use.label, item=item)
        text = effect(Decimal(value)) if is_effect and value is not None else line.text(value)
        lines[item.content_key] = (str(line.label), text)
    starts, names = _Starts(label=_("Starts by lot")), dict(plan.get("treated") or ())
    lines[_STARTS] = (str(starts.label), starts.text([*_named(plan.get(_STARTS), names)]))
    return lines


def _named(starts: list[list[str]] | None, names: dict[str, str]) -> Iterator[list[str]]:
    """Names of the touchpoints in place of their keys."""
    for key, day in starts or ():
        yield [names.get(key, key), day]


def lines_that_say(plan: dict[str, Any], lines: dict[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """Without the lines that most plans leave out and this one does too. No query."""
    return {key: line for key, line in lines.items() if key not in _SAID_ONLY or plan.get(key)}


def plan_differences(
    fixed: dict[str, Any],
    present: dict[str, Any],
    *,
    effect: Callable[[Decimal], str],
    present_effect: Callable[[Decimal], str],
) -> tuple[Change, ...]:
    """The lines in which a plan no longer is as it was fixed. Each side has its own metric: `effect` says a
    size in the unit of the one that was fixed, `present_effect` in that of today's. No query."""
    now = plan_lines(present, effect=present_effect)
    return tuple(
        Change(label=label, before=before, after=now[key][1])
        for key, (label, before) in plan_lines(fixed, effect=effect).items()
        if before != now[key][1]
    )


def stored_text(item: Declared, row: Initiative | EvaluationPlan, value: Any) -> str:
    """A value of a row as a page says it: amounts with their currency, sizes in the unit of the metric."""
    if isinstance(row, EvaluationPlan) and item.name in _EFFECTS and value is not None:
        return effect_text(row.metric, float(value))
    if isinstance(row, Initiative) and item.use.unit is Unit.MONEY and value is not None:
        return reader().money(value, row.organization.currency)
    if isinstance(value, Decimal):
        return reader().shortest(value)
    if isinstance(value, date):
        return reader().day(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return reader().number(value)
    return str(value) if isinstance(value, Model) else _Line(label=item.use.label, item=item).text(value)


def is_same_content(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether two versions say the same. A field that is newer than one of them has its default there."""
    old, new = _lines(before), _lines(after)
    return all(old.get(key) == new.get(key) for key in _labeled(Use.CONTENT))


def is_same_plan(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """The same of the plan alone."""
    return is_same_content({"plan": before["plan"]}, {"plan": after["plan"]})


def _content(initiative: Initiative, where: Use | None) -> dict[str, Any]:
    plan, treated = plan_of(initiative), _places(initiative.touchpoints)
    content = {
        "reference": initiative.reference,
        **INITIATIVE.content_of(initiative, where, owner=str(initiative.owner), touchpoints=treated),
        "currency": initiative.organization.currency,
        "milestones": [
            [encoded(step.due_on), step.title] for step in initiative.milestones.order_by("due_on", "pk")
        ],
        "plan": None if plan is None else _plan_content(initiative, plan, where, treated),
    }
    return marked(content, version=INITIATIVE.content_version)


def _plan_content(
    initiative: Initiative, plan: EvaluationPlan, where: Use | None, treated: list[list[str]]
) -> dict[str, Any]:
    written = PLAN.content_of(
        plan,
        where,
        metric=_metric(plan.metric),
        comparison_touchpoints=_places(plan.comparison_touchpoints),
        spillover_touchpoints=_places(plan.spillover_touchpoints),
        unmoved_metric=_metric(plan.unmoved_metric) if plan.unmoved_metric else None,
    )
    content = {
        "treated": treated,
        "planned_go_live_on": encoded(initiative.planned_go_live_on),
        **{key: value for key, value in written.items() if key not in _SAID_ONLY or value},
        **_starts(plan, treated),
        **_weeks(initiative, plan),
    }
    return marked(content, version=PLAN.content_version)


def _weeks(initiative: Initiative, plan: EvaluationPlan) -> dict[str, int]:
    """On which day the weeks of the plan begin, where that is not Monday: a fixed plan keeps its weeks."""
    first = initiative.organization.week_begins
    return {"week_begins": first} if plan.period == Period.WEEK and first != MONDAY else {}


def _starts(plan: EvaluationPlan, treated: list[list[str]]) -> dict[str, list[list[str]]]:
    """The days that a lot gave to the touchpoints, where one did."""
    given = [[key, plan.starts[key]] for key, _name in treated if key in plan.starts]
    return {_STARTS: given} if given else {}


def _metric(metric: MetricDefinition) -> dict[str, Any]:
    return {"key": metric.key, "version": metric.version, "name": metric.name}


def _places(touchpoints: Any) -> list[list[str]]:
    return [[point.key, point.name] for point in touchpoints.order_by("key")]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Line:
    """One value of the content: how it is called and said. `item` is None for the milestones."""

    label: str | Promise
    item: Declared | None = None

    def text(self, value: Any, *, currency: str = "") -> str:
        """The value in words; an amount whole, with its currency where the content names one."""
        column: Any = self.item.column if self.item else None
        if value is None or value == "" or value == []:
            return "–"
        if isinstance(column, DateField):
            return _day(value)
        if self.item and self.item.use.unit is Unit.MONEY:
            return reader().money(Decimal(value), currency) if currency else reader().shortest(Decimal(value))
        if isinstance(column, DecimalField):
            return reader().shortest(Decimal(value))
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, dict):  # a metric
            return str(value["name"])
        if isinstance(value, list):
            return listed(str(item[1]) for item in value)
        return (
            str(dict(column.choices).get(value, value))
            if column is not None and column.choices
            else str(value)
        )


class _Starts(_Line):
    """The days that a lot gave: touchpoints by day."""

    def text(self, value: Any, *, currency: str = "") -> str:
        by_day: dict[str, list[str]] = {}
        for key, day in sorted(value or (), key=lambda pair: (pair[1], pair[0])):
            by_day.setdefault(day, []).append(key)
        said = [
            _("%(names)s from %(day)s") % {"names": listed(keys), "day": _day(day)}
            for day, keys in by_day.items()
        ]
        return clauses(said) if said else "–"


def _day(iso: str) -> str:
    day = parse_date(iso)
    return reader().day(day) if day else iso


def _labeled(where: Use) -> dict[str, _Line]:
    """The lines of an initiative and its plan that appear there, by their key in the content."""
    return {
        **{item.content_key: _Line(label=item.use.label, item=item) for item in INITIATIVE.at(where)},
        "milestones": _Line(label=_("Milestones")),
        f"plan.{_STARTS}": _Starts(label=_("Starts by lot")),
        **{f"plan.{item.content_key}": _Line(label=item.use.label, item=item) for item in PLAN.at(where)},
    }


def _lines(content: dict[str, Any]) -> dict[str, Any]:
    """Every value by its key. What content from before a field does not say is the field's default."""
    lines = {**INITIATIVE.content_defaults(), **content}
    plan = lines.pop("plan")
    if plan is not None:  # a plan that is not there has no defaults either
        lines |= {f"plan.{key}": value for key, value in {**PLAN.content_defaults(), **plan}.items()}
    return lines
