"""The evaluation plan in a document: as it was fixed, and how it was changed since."""

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from coalition import selectors
from cxstats.codec import decoded
from cxstats.design import EstimandKind
from impact.panel import StudySubject
from impact.selectors.studies import StudyView
from wording.figures import typed_text
from wording.formats import reader
from wording.joining import clauses, listed


def plan_changes(plan: dict[str, Any], view: StudyView) -> dict[str, Any] | None:
    """How the plan was changed after the approval, as it stood when the document was asked for."""
    changed = plan.get("changed")
    if not changed:
        return None
    present = _kind_of_change(plan["content"], changed, view)
    return {
        "lines": selectors.plan_differences(
            plan["content"],
            changed["content"],
            effect=_sizes(view.subject.kind),
            present_effect=_sizes(present),
        ),
        "entries": [{**entry, "at": decoded(datetime, entry["at"])} for entry in changed["entries"]],
    }


def _kind_of_change(fixed: dict[str, Any], changed: dict[str, Any], view: StudyView) -> EstimandKind | None:
    """What the metric of the changed plan measures. None where the document does not say: it is older than
    `kind`, or the engine evaluates no change of that metric."""
    if changed["content"]["metric"] == fixed["metric"]:
        return view.subject.kind
    kind: EstimandKind | None = decoded(EstimandKind | None, changed.get("kind"))
    return kind


def _sizes(kind: EstimandKind | None) -> Callable[[Decimal], str]:
    """How typed sizes are said in its unit; as bare numbers where that is not known."""
    if kind is None:
        return reader().shortest
    return lambda size: typed_text(reader(), kind, float(size))


def plan_lines(plan: dict[str, Any], view: StudyView) -> dict[str, list[tuple[str, str]]]:
    """Every line that was fixed, in two columns and what needs the width of both.

    Metric and places are said as the study has them.
    """
    subject = view.subject
    written = selectors.plan_lines(plan, effect=_sizes(subject.kind))
    lines = selectors.lines_that_say(plan, written)
    metric, _name = lines.pop("metric")
    compared, places = lines.pop("comparison")
    rule = lines.pop("decision_rule")
    calendar = selectors.calendar_line(plan["period"], selectors.fixed_reckoning(plan))
    go_live = parse_date(plan.get("planned_go_live_on") or "")
    first = [
        (metric, clauses((subject.metric_name, subject.metric_population))),
        (_("Where it was introduced"), listed(place.name for place in subject.treated)),
        (compared, places if subject.comparison else _without_comparison(subject)),
        *([(_("Planned go-live"), reader().day(go_live))] if go_live else []),
        *_with_calendar(lines, calendar),
    ]
    half = (len(first) + 1) // 2
    return {"left": first[:half], "right": first[half:], "whole": [rule]}


def _without_comparison(subject: StudySubject) -> str:
    """What it is compared with where no touchpoint stays without it."""
    if any(place.start for place in subject.treated):
        return _("touchpoints that have not started yet")
    return _("nothing; a single series")


def _with_calendar(
    lines: dict[str, tuple[str, str]], calendar: tuple[str, str] | None
) -> Iterator[tuple[str, str]]:
    """The lines, and below the one that says the period by which weeks or quarters that is."""
    for key, line in lines.items():
        yield line
        if key == "period" and calendar is not None:
            yield calendar
