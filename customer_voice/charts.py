"""From series to charts and to figures in words. Draws and formats; computes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from customer_voice.choices import SMALL_N, BoxRule, ChangeReading
from customer_voice.models import MetricDefinition
from customer_voice.selectors import Comparison, MetricSeries, SeriesPoint, named
from cxcharts import scales
from cxcharts.chart import Chart
from cxcharts.labels import labels_for
from cxcharts.locale import Locale, ValueFormat, locale_for, period_text
from cxcharts.render import PageChart, for_page
from cxcharts.scales import Scale
from cxcharts.series import Point, Series, series_chart
from cxstats.results import Unit

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """How one metric's values are written: `divisor` brings a stored value to what is shown."""

    metric: MetricDefinition
    scale: Scale
    divisor: float

    def text(self, value: float | None) -> str:
        return "" if value is None else self.scale.value.text(value / self.divisor, _locale())

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
    """A small line in a box of 100 by 32, as SVG coordinates: light enough for every row of a table."""

    line: str
    x: float
    y: float
    alternative: str


def measure(metric: MetricDefinition, series: Sequence[MetricSeries]) -> Measure:
    """One way of writing for all series on a page, so that their figures can be read side by side."""
    labels = labels_for(get_language() or "en")
    match BoxRule(metric.rule):
        case BoxRule.NET:
            return Measure(metric=metric, scale=scales.nps(labels), divisor=1)
        case BoxRule.TOP_BOX:
            return Measure(metric=metric, scale=scales.share(labels), divisor=1)
        case BoxRule.MEAN:
            scale = scales.rating(metric.scale_low, metric.scale_high)
            return Measure(metric=metric, scale=scale, divisor=1)
        case BoxRule.DURATION:
            values = [point.value for one in series for point in one.points if point.value is not None]
            newest = values[-1] if values else HOUR
            if newest < 2 * HOUR:
                return Measure(metric=metric, scale=_time(_("min"), 0), divisor=MINUTE)
            if newest < 4 * DAY:
                return Measure(metric=metric, scale=_time(_("h"), 1), divisor=HOUR)
            return Measure(metric=metric, scale=_time(_("days"), 1), divisor=DAY)


def metric_chart(shown: Measure, series: MetricSeries, *, title: str, subtitle: str) -> PageChart | None:
    """The series with its band; None when no period has enough answers."""
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
        minimum_n=SMALL_N,
        labels=labels_for(language),
        locale=language,
    )
    return for_page(chart, id="series", locale=language)


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
    return Spark(
        line=" ".join(f"{x:.1f},{y}" for x, y in placed),
        x=round(placed[-1][0], 1),
        y=placed[-1][1],
        alternative=_("From %(first)s to %(last)s.")
        % {"first": shown.text(values[0]), "last": shown.text(values[-1])},
    )


def period_name(point: SeriesPoint, series: MetricSeries) -> str:
    """The period as a reader writes it; weeks say that they are weeks."""
    text = period_text(point.start, series.period.value, _locale())
    return _("week of %(day)s") % {"day": text} if series.period == "week" else text


def n_text(metric: MetricDefinition, n: int) -> str:
    """How many answers, or cases."""
    number = f"{n:,}"
    if metric.is_duration:
        return ngettext("%(number)s case", "%(number)s cases", n) % {"number": number}
    return ngettext("%(number)s answer", "%(number)s answers", n) % {"number": number}


def change_text(shown: Measure, comparison: Comparison) -> str:
    """The difference with its interval: "+6.2 points (1.0 to 11.4)"; for times, the ratio."""
    found = comparison.change
    if found is None or found.estimate is None:
        return ""
    estimate, interval, locale = found.estimate, found.estimate.interval, _locale()
    if estimate.unit is Unit.RATIO:
        ratio = ValueFormat(decimals=2)
        return _("%(value)s (%(low)s to %(high)s)") % {
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
}


def _time(unit: str, decimals: int) -> Scale:
    form = ValueFormat(decimals=decimals, suffix=f"\u00a0{unit}")
    return Scale(low=0, value=form, difference=form)


def _locale() -> Locale:
    return locale_for(get_language() or "en")
