"""The answers that a study read, touchpoint by touchpoint, with the way to their rows."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.utils.dateparse import parse_date

from common.reckoning import CALENDAR
from customer_voice.choices import Period
from customer_voice.models import MetricDefinition
from customer_voice.selectors.periods import periods_between
from impact.panel import Place
from impact.selectors.studies import StudyView


class Part(StrEnum):
    """What answers were read for."""

    TREATED = "treated"
    COMPARED = "compared"
    REACHED = "reached"  # by accident, as could be
    UNMOVED = "unmoved"  # of the metric that should not move


@dataclass(frozen=True, kw_only=True, slots=True)
class AnsweredPlace:
    """One touchpoint of a study: how many answers it counted there, from `start` up to before `end`. `metric`
    None where its definition is there no more; `metric_name` where it is not that of the study."""

    key: str
    name: str
    part: Part
    n: int
    metric: int | None
    start: date
    end: date
    metric_name: str = ""


def answers_of(view: StudyView) -> tuple[AnsweredPlace, ...]:
    """Those with the initiative first, those of the questions beside it last. One query; two where the plan
    names a metric that should not move."""
    subject, inputs = view.subject, view.study.inputs
    asked = [
        (inputs["panel"], subject.metric_key, subject.metric_version, "", _sides(view)),
        (
            inputs.get("spill_over"),
            subject.metric_key,
            subject.metric_version,
            "",
            [(place, Part.REACHED) for place in subject.spillover],
        ),
        (
            (inputs.get("unmoved") or {}).get("panel"),
            subject.unmoved_key,
            subject.unmoved_version,
            subject.unmoved_metric,
            [(place, Part.UNMOVED) for place, _part in _sides(view)],
        ),
    ]
    known = dict[tuple[str, int], int | None]()
    found: list[AnsweredPlace] = []
    for panel, key, version, name, places in asked:
        if panel is None or not places:
            continue
        if (key, version) not in known:
            definitions = MetricDefinition.objects.of(view.study.organization)
            named = definitions.filter(key=key, version=version)
            known[key, version] = named.values_list("pk", flat=True).first()
        found += _answered(view, panel, places, known[key, version], name)
    return tuple(found)


def _sides(view: StudyView) -> list[tuple[Place, Part]]:
    return [
        *((place, Part.TREATED) for place in view.subject.treated),
        *((place, Part.COMPARED) for place in view.subject.comparison),
    ]


def _answered(
    view: StudyView,
    panel: Mapping[str, Any],
    places: Iterable[tuple[Place, Part]],
    metric: int | None,
    metric_name: str,
) -> Iterator[AnsweredPlace]:
    counts = Counter[str]()
    for cell in panel["cells"]:
        counts[cell["unit"]] += cell["n"]
    start, end = _read_days(view, panel)
    for place, part in places:
        if place.key in counts:
            yield AnsweredPlace(
                key=place.key,
                name=place.name,
                part=part,
                n=counts[place.key],
                metric=metric,
                metric_name=metric_name,
                start=start,
                end=end,
            )


def _read_days(view: StudyView, panel: Mapping[str, Any]) -> tuple[date, date]:
    """The first day that was read, and the day after the last: whole periods alone are, so what came after
    them up to the last day of the data was not."""
    read = sorted({day for cell in panel["cells"] if (day := parse_date(cell["period"])) is not None})
    if not read:
        return view.subject.go_live, view.subject.data_cutoff + timedelta(days=1)
    period = Period(view.study.inputs["design"]["period"])
    weeks = replace(CALENDAR, week_begins=read[0].weekday()) if period == Period.WEEK else CALENDAR
    return read[0], max(end for _begin, end in periods_between(read[0], read[-1], period, weeks))
