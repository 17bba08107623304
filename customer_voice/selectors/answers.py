"""How often each answer was given: what lies behind one figure."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import Organization
from customer_voice.choices import BoxRule
from customer_voice.models import MetricDefinition
from customer_voice.selectors.counting import counted, together
from customer_voice.selectors.figures import Counts, seconds_of
from customer_voice.selectors.series import MetricSeries, SeriesPoint

HOUR = 3600.0
TIME_GROUPS = (1, 4, 24, 72, 168)  # hours; each group ends before its number


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerGroup:
    """One answer (for times: a span of time) and how often it was given; `box` is its part of the metric."""

    label: str
    count: int
    box: str = "none"


def answer_groups(metric: MetricDefinition, counts: Counts) -> tuple[AnswerGroup, ...]:
    """Every answer of the scale, from the lowest on; for times, spans of hours and the open cases."""
    if metric.is_duration:
        return _time_groups(counts)
    return tuple(
        AnswerGroup(label=str(answer), count=counts.answers[answer], box=box_of(metric, answer))
        for answer in metric.scale_points
    )


def point_counts(
    organization: Organization,
    series: MetricSeries,
    point: SeriesPoint,
    versions: Sequence[MetricDefinition],
) -> Counts:
    """The counts behind one period. No query for answers, one for times, whose counts are not kept."""
    if not series.metric.is_duration:
        return point.counts
    found = counted(
        organization,
        series.metric,
        versions=versions,
        by=(),
        touchpoint=series.touchpoint,
        segment=series.segment,
        period=series.period,
        start=point.start,
        end=point.end,
    )
    return together(found.get((), {}).values())


def box_of(metric: MetricDefinition, answer: int) -> str:
    """Which part of the metric an answer counts for: "top", "middle", "bottom" or "none"."""
    top, bottom = metric.top_box_low, metric.bottom_box_high
    if metric.rule not in {BoxRule.NET, BoxRule.TOP_BOX}:
        return "none"
    if top is not None and answer >= top:
        return "top"
    return "bottom" if bottom is not None and answer <= bottom else "middle"


def _time_groups(counts: Counts) -> tuple[AnswerGroup, ...]:
    tallies = [0] * (len(TIME_GROUPS) + 1)
    for binned, cases in counts.times:
        hours = seconds_of(binned) / HOUR
        tallies[sum(hours >= limit for limit in TIME_GROUPS)] += cases
    names = [
        _("under 1 h"),
        _("1–4 h"),
        _("4–24 h"),
        _("1–3 days"),
        _("3–7 days"),
        _("over 7 days"),
    ]
    groups = [AnswerGroup(label=name, count=tally) for name, tally in zip(names, tallies, strict=True)]
    return (*groups, AnswerGroup(label=_("still open"), count=counts.n_open))
