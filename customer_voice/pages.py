"""What the Listen pages show, put together from selectors, charts and sentences. No rule, no query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Organization
from customer_voice import selectors
from customer_voice.charts import (
    TONES,
    Measure,
    Spark,
    change_text,
    measure,
    metric_chart,
    n_text,
    period_name,
    spark,
)
from customer_voice.choices import ChangeReading, Period
from customer_voice.models import MetricDefinition
from customer_voice.selectors import Comparison, MetricSeries, SeriesMark
from cxcharts.render import PageChart
from journeys.models import Touchpoint


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One metric or touchpoint on a page, all of it as text."""

    comparison: Comparison
    name: str
    value: str
    interval: str
    n: str
    period: str
    previous: str
    reading: str
    tone: str
    change: str
    spark: Spark | None

    @property
    def metric(self) -> MetricDefinition:
        return self.comparison.metric

    @property
    def touchpoint(self) -> Touchpoint | None:
        return self.comparison.touchpoint


@dataclass(frozen=True, kw_only=True, slots=True)
class OverviewPage:
    sentence: str
    heard: list[Line]
    silent: list[MetricDefinition]


@dataclass(frozen=True, kw_only=True, slots=True)
class PeriodLine:
    """One period [start, end) as text; its feedback is that between the two days."""

    name: str
    value: str
    interval: str
    n: str
    start: date
    end: date
    is_partial: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricPage:
    metric: MetricDefinition
    series: MetricSeries
    marks: tuple[SeriesMark, ...]  # where the definition changed, on the axis of the series
    sentence: str
    line: Line
    chart: PageChart | None
    periods: list[PeriodLine]
    touchpoints: list[Line]
    families: int
    small_periods: int
    definition: str
    interval: str
    n: str
    n_open: int
    is_running: bool
    unusable: int


def overview_page(organization: Organization, *, period: Period = Period.MONTH) -> OverviewPage:
    """Queries: as `selectors.metric_overview`."""
    found = selectors.metric_overview(organization, period=period)
    heard = [comparison for comparison in found if comparison.series.points]
    lines = [_line(comparison, measure(comparison.metric, [comparison.series])) for comparison in heard]
    return OverviewPage(
        sentence=_overview_sentence(lines),
        heard=lines,
        silent=[comparison.metric for comparison in found if not comparison.series.points],
    )


def metric_page(
    organization: Organization,
    metric: MetricDefinition,
    *,
    every: Sequence[MetricDefinition] | None = None,
    touchpoint: Touchpoint | None = None,
    segment: str | None = None,
    period: Period = Period.MONTH,
    start: date | None = None,
    end: date | None = None,
) -> MetricPage:
    """Three queries where `every` version of the metric is at hand, else four; one more with several."""
    every = list(MetricDefinition.objects.of(organization).filter(key=metric.key)) if every is None else every
    versions = selectors.series_versions(metric, every=every)
    comparison = selectors.metric_comparison(
        organization,
        metric,
        versions=versions,
        touchpoint=touchpoint,
        segment=segment,
        period=period,
        start=start,
        end=end,
    )
    series = comparison.series
    rows = selectors.touchpoint_comparisons(
        organization, metric, versions=versions, segment=segment, period=period, start=start, end=end
    )
    shown = measure(metric, [series])
    line = _line(comparison, shown)
    sentence = _metric_sentence(line)
    return MetricPage(
        metric=metric,
        series=series,
        marks=selectors.series_marks(organization, metric, every=every),
        sentence=sentence,
        line=line,
        chart=metric_chart(shown, series, title=sentence, subtitle=_subtitle(series)),
        periods=_periods(shown, series),
        touchpoints=[_line(row, shown) for row in rows],
        families=len(rows),
        small_periods=sum(point.is_small for point in series.points),
        definition=selectors.definition_text(metric),
        interval=selectors.interval_text(metric),
        n=n_text(metric, series.n),
        is_running=bool(series.points) and series.points[-1].is_partial,
        n_open=sum(point.figure.n_open for point in series.points),
        unusable=sum(point.figure.unusable for point in series.points),
    )


def _periods(shown: Measure, series: MetricSeries) -> list[PeriodLine]:
    """Newest first; a period with too few answers has no figure."""
    return [
        PeriodLine(
            name=period_name(point, series),
            value="" if point.is_small else shown.text(point.value),
            interval="" if point.is_small else shown.range(point.low, point.high),
            n=n_text(series.metric, point.n),
            start=point.start,
            end=point.end,
            is_partial=point.is_partial,
        )
        for point in reversed(series.points)
        if point.n
    ]


def _line(comparison: Comparison, shown: Measure) -> Line:
    latest, previous, found = comparison.latest, comparison.previous, comparison.change
    reading = found.reading if found is not None else ChangeReading.TOO_FEW
    return Line(
        comparison=comparison,
        name=str(comparison.touchpoint or selectors.named(comparison.metric)),
        value=shown.text(latest.value) if latest else "",
        interval=shown.range(latest.low, latest.high) if latest else "",
        n=n_text(comparison.metric, latest.n) if latest else "",
        period=period_name(latest, comparison.series) if latest else "",
        previous=shown.text(previous.value) if previous and not previous.is_small else "",
        reading=str(reading.label),
        tone=TONES[reading],
        change=change_text(shown, comparison),
        spark=spark(shown, comparison.series),
    )


def _overview_sentence(lines: Sequence[Line]) -> str:
    """What changed, in words; what did not is said too."""
    tested = [line for line in lines if line.comparison.change is not None]
    changed = [line for line in tested if line.comparison.change and line.comparison.change.is_change]
    if not tested:
        return _("There are not two complete periods to compare yet.")
    if not changed:
        return ngettext(
            "Nothing moved beyond chance in %(period)s: the metric shows no change.",
            "Nothing moved beyond chance in %(period)s: none of the %(count)d metrics shows a change.",
            len(tested),
        ) % {"period": tested[0].period, "count": len(tested)}
    parts = [_change_sentence(line) for line in changed[:3]]
    rest = len(tested) - len(changed)
    if rest:
        parts.append(
            ngettext(
                "%(count)d other metric did not move beyond chance.",
                "%(count)d other metrics did not move beyond chance.",
                rest,
            )
            % {"count": rest}
        )
    return " ".join(parts)


def _change_sentence(line: Line) -> str:
    values = {"name": line.name, "before": line.previous, "after": line.value, "period": line.period}
    if line.comparison.change and line.comparison.change.reading == ChangeReading.BETTER:
        return _("%(name)s got better in %(period)s: from %(before)s to %(after)s.") % values
    return _("%(name)s got worse in %(period)s: from %(before)s to %(after)s.") % values


def _metric_sentence(line: Line) -> str:
    found = line.comparison.change
    if not line.value:
        return _("No period has enough answers for a figure yet.")
    values = {
        "name": line.name, "value": line.value, "range": line.interval, "period": line.period, "n": line.n,
    }  # fmt: skip
    if found is not None and found.is_change:
        return _change_sentence(line)
    if found is None or found.reading == ChangeReading.TOO_FEW:
        return _("%(name)s was %(value)s in %(period)s (%(range)s, %(n)s).") % values
    return (
        _("%(name)s was %(value)s in %(period)s (%(range)s); no change from the period before beyond chance.")
        % values
    )


def _subtitle(series: MetricSeries) -> str:
    where = str(series.touchpoint) if series.touchpoint else _("all touchpoints")
    if not series.points:
        return where
    who = _("segment %(segment)s") % {"segment": series.segment} if series.segment else _("all segments")
    first, last = series.points[0], series.points[-1]
    return _("%(where)s, %(who)s, %(first)s to %(last)s, %(n)s; band: 95 %% interval") % {
        "where": where,
        "who": who,
        "first": period_name(first, series),
        "last": period_name(last, series),
        "n": n_text(series.metric, series.n),
    }
