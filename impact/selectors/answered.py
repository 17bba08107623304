"""The answers that a study read, touchpoint by touchpoint, with the way to their rows."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.dateparse import parse_date

from customer_voice.models import MetricDefinition
from impact.selectors.studies import StudyView


@dataclass(frozen=True, kw_only=True, slots=True)
class AnsweredPlace:
    """One touchpoint of a study: how many answers it counted there, from `start` up to before `end`. `metric`
    None where its definition is there no more."""

    key: str
    name: str
    is_treated: bool
    n: int
    metric: int | None
    start: date
    end: date


def answers_of(view: StudyView) -> tuple[AnsweredPlace, ...]:
    """Those with the initiative first. One query."""
    subject, cells = view.subject, view.study.inputs["panel"]["cells"]
    counts = Counter[str]()
    for cell in cells:
        counts[cell["unit"]] += cell["n"]
    periods = [parse_date(cell["period"]) for cell in cells]
    start = min((period for period in periods if period is not None), default=subject.go_live)
    metric = (
        MetricDefinition.objects.of(view.study.organization)
        .filter(key=subject.metric_key, version=subject.metric_version)
        .values_list("pk", flat=True)
        .first()
    )
    places = [(place, True) for place in subject.treated] + [(place, False) for place in subject.comparison]
    return tuple(
        AnsweredPlace(
            key=place.key,
            name=place.name,
            is_treated=is_treated,
            n=counts[place.key],
            metric=metric,
            start=start,
            end=subject.data_cutoff + timedelta(days=1),
        )
        for place, is_treated in places
        if place.key in counts
    )
