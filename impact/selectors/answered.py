"""The answers that a study read, touchpoint by touchpoint, with the way to their rows."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.utils.dateparse import parse_date

from customer_voice.models import MetricDefinition
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
    periods = [parse_date(cell["period"]) for cell in panel["cells"]]
    start = min((period for period in periods if period is not None), default=view.subject.go_live)
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
                end=view.subject.data_cutoff + timedelta(days=1),
            )
