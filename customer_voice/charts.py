"""From series to charts and to figures in words. Draws and formats; computes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.charting import chart_locale, on_page
from common.registry import Mark
from customer_voice.choices import SMALL_N, ChangeReading
from customer_voice.models import MetricDefinition
from customer_voice.selectors import (
    ChangeFigure,
    Counts,
    MetricSeries,
    SeriesMark,
    SeriesPoint,
    answer_groups,
    named,
    periods_between,
)
from cxcharts.answers import Bar, Box, answer_bars
from cxcharts.chart import Chart
from cxcharts.frame import Rule, RuleKind
from cxcharts.labels import labels_for
from cxcharts.locale import Locale, ValueFormat, months_text, period_text
from cxcharts.render import PageChart
from cxcharts.scales import Scale
from cxcharts.series import HEIGHT, Point, Series, series_chart
from cxstats.results import Unit


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """How one metric's values are written: `divisor` brings a stored value to what is shown."""

    metric: MetricDefinition
    scale: Scale
    divisor: float

    def text(self, value: float | None) -> str:
        return "" if value is None else self.scale.value.text(value / self.divisor, _locale())

    def typed(self, value: float) -> str:
        """A value that somebody typed, such as a target: with each of its decimals, up to four."""
        form = self.scale.value
        written = Decimal(str(round(value / self.divisor * form.multiplier, 4))).normalize()
        exact = replace(form, decimals=max(form.decimals, -int(written.as_tuple().exponent)))
        return exact.text(value / self.divisor, _locale())

    def range(self, low: float | None, high: float | None) -> str:
        """An interval in words; no upper end where the data set none."""
        if low is None:
            return ""
        if high is None:
            return _("from %(low)s, no upper limit yet") % {"low": self.text(low)}
        return _("%(low)s to %(high)s") % {"low": self.text(low), "high": self.text(high)}

    def shown(self, value: float | None) -> float | None:
        return None if value is None else value / self.divisor


@dataclass(frozen=True, kw_only=True, slots=True)
class Spark:
    """A small line in a box of 100 by 32, as SVG coordinates: light enough for every row of a table.

    `reference` is the height of the level at which it begins; `first` and `last` say the two values.
    """

    line: str
    reference: float
    first: str
    last: str
    since: str
    until: str
    n: str
    alternative: str


def measure(metric: MetricDefinition, series: Sequence[MetricSeries]) -> Measure:
    """One way of writing for all series on a page, so that their figures can be read side by side."""
    return measure_of(metric, [point.value for one in series for point in one.points])


def measure_of(metric: MetricDefinition, values: Sequence[float | None]) -> Measure:
    """One way of writing for these values; the last one decides on the unit of a time."""
    axis = metric.calculation.axis([value for value in values if value is not None])
    return Measure(metric=metric, scale=axis.scale, divisor=axis.divisor)


def metric_chart(
    shown: Measure,
    series: MetricSeries,
    *,
    title: str,
    subtitle: str,
    marks: Sequence[Mark] = (),
    changes: Sequence[SeriesMark] = (),
    target: float | None = None,
    id: str = "series",
    height: float = HEIGHT,
    window: tuple[date, date] | None = None,
) -> PageChart | None:
    """The series with its band, what happened as labelled rules; None when no period has enough answers.

    `window`: the first and the last period of what stands beside it on the same time axis.
    """
    if not series.readable:
        return None
    language = get_language() or "en"
    points = tuple(
        Point(
            period=point.start,
            value=shown.shown(point.value),
            low=shown.shown(point.low) if point.high is not None else None,
            high=shown.shown(point.high),
            n=point.n,
        )
        for point in series.points
    )
    chart: Chart = series_chart(
        title=title,
        subtitle=subtitle,
        series=[Series(key=series.metric.slot, name=named(series.metric), points=points)],
        scale=shown.scale,
        period=series.period.value,
        rules=[
            *(Rule(at=mark.on, label=mark.label) for mark in marks),
            *(
                Rule(at=change.day, label=f"v{change.version}", kind=RuleKind.SURVEY_CHANGE)
                for change in changes
            ),
        ],
        target=shown.shown(target),
        minimum_n=SMALL_N,
        labels=labels_for(language),
        locale=chart_locale(),
        height=height,
        window=window,
    )
    return on_page(chart, id)


def answers_chart(
    metric: MetricDefinition,
    *,
    now: tuple[str, Counts],
    before: tuple[str, Counts] | None,
    title: str,
    subtitle: str,
) -> PageChart | None:
    """How often each answer was given in a period, beside an earlier one; None with too few answers."""
    name, counts = now
    if counts.n < SMALL_N:
        return None
    language = get_language() or "en"
    groups = answer_groups(metric, counts)
    if not groups:
        return None
    earlier = answer_groups(metric, before[1]) if before is not None and before[1].n >= SMALL_N else None
    chart = answer_bars(
        title=title,
        subtitle=subtitle,
        bars=[
            Bar(
                label=group.label,
                count=group.count,
                before=earlier[index].count if earlier else None,
                box=Box(group.box),
            )
            for index, group in enumerate(groups)
        ],
        name=name,
        before_name=before[0] if before is not None else "",
        boxes=[(Box(box), words) for box, words in metric.calculation.legend()],
        labels=labels_for(language),
        locale=chart_locale(),
    )
    return on_page(chart, "answers")


def spark(shown: Measure, series: MetricSeries) -> Spark | None:
    """The readable points as a line; None with fewer than two."""
    known = [
        (index, point.value)
        for index, point in enumerate(series.points)
        if point.value is not None and not point.is_small
    ]
    if len(known) < 2:
        return None
    values = [value for _index, value in known]
    low, high = min(values), max(values)
    room = max(high - low, shown.scale.smallest_span * shown.divisor, abs(high) * 0.05, 1e-9)
    middle = (high + low) / 2
    width = max(len(series.points) - 1, 1)
    placed = [(2 + 96 * index / width, round(16 - 26 * (value - middle) / room, 1)) for index, value in known]
    first, last = shown.text(values[0]), shown.text(values[-1])
    since, until = (period_said(series.points[known[end][0]], series) for end in (0, -1))
    return Spark(
        line=" ".join(f"{x:.1f},{y}" for x, y in placed),
        reference=placed[0][1],
        first=first,
        last=last,
        since=since,
        until=until,
        n=n_text(series.metric, series.n),
        alternative=_("From %(first)s in %(since)s to %(last)s in %(until)s.")
        % {"first": first, "last": last, "since": since, "until": until},
    )


def period_name(point: SeriesPoint, series: MetricSeries) -> str:
    """The period as a reader writes it; weeks say that they are weeks."""
    text = period_text(point.start, series.period.value, _locale())
    return _("week of %(day)s") % {"day": text} if series.period == "week" else text


def period_said(point: SeriesPoint, series: MetricSeries) -> str:
    """The period, and where it is not complete until when there are data, or that it is not."""
    name = period_name(point, series)
    day = series.data_until
    if point.is_partial and day is not None and point.start <= day < point.end:
        told = _locale().written(day, _locale().day_of_year)
        return _("%(period)s, data until %(day)s") % {"period": name, "day": told}
    return _("%(period)s, not complete") % {"period": name} if point.is_partial else name


def span_name(point: SeriesPoint, series: MetricSeries) -> str:
    """Several periods as one, as a reader writes them: Aug to Oct 2026."""
    last = point.end - timedelta(days=1)
    days = list(periods_between(point.start, last, series.period, series.reckoning))
    if len(days) <= 1:
        return period_name(point, series)
    first, last, locale = days[0][0], days[-1][0], _locale()
    if series.period == "month":
        return months_text(first, last, locale)
    return _("%(first)s to %(last)s") % {
        "first": period_text(first, series.period.value, locale),
        "last": period_text(last, series.period.value, locale),
    }


def n_text(metric: MetricDefinition, n: int) -> str:
    """How many answers, cases or days."""
    return metric.calculation.n_text(n)


def difference_text(shown: Measure, found: ChangeFigure) -> str:
    """The difference with its interval: "+6.2 points (1.0 to 11.4)"; for times, how many times as long.

    The values of times are medians, and their change is one of geometric means: the words say so, or the
    reader divides and finds another figure.
    """
    if found.reading == ChangeReading.TOO_FEW:
        return _("too few answers")
    if found.reading == ChangeReading.TOO_EARLY:
        return _("too early to say")
    if found.estimate is None:
        return _("cannot be compared yet")
    estimate, interval, locale = found.estimate, found.estimate.interval, _locale()
    if estimate.unit is Unit.RATIO:
        ratio = ValueFormat(decimals=2)
        return _("%(value)s times as long by the geometric mean (%(low)s to %(high)s)") % {
            "value": ratio.text(estimate.value, locale),
            "low": ratio.text(interval.low, locale),
            "high": ratio.text(interval.high, locale),
        }
    form = shown.scale.difference
    bare = ValueFormat(decimals=form.decimals, multiplier=form.multiplier)
    return _("%(value)s (%(low)s to %(high)s)") % {
        "value": form.text(estimate.value, locale, signed=True),
        "low": bare.text(interval.low, locale, signed=True),
        "high": bare.text(interval.high, locale, signed=True),
    }


TONES = {
    ChangeReading.BETTER: "good",
    ChangeReading.WORSE: "bad",
    ChangeReading.UNCLEAR: "calm",
    ChangeReading.TOO_FEW: "calm",
    ChangeReading.TOO_EARLY: "calm",
}


def _locale() -> Locale:
    return chart_locale()
