"""What the Listen pages show, put together from selectors, charts and sentences. No rule, no query."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from accounts.models import Organization
from common.registry import AddedLater, Mark, later_of, marks_of
from customer_voice import selectors
from customer_voice.charts import (
    Measure,
    Spark,
    answers_chart,
    measure,
    metric_chart,
    n_text,
    period_name,
    period_said,
    span_name,
    spark,
)
from customer_voice.choices import Period
from customer_voice.models import Channel, CustomerAccount, MetricDefinition
from customer_voice.selectors import Comparison, EarlierAnswers, MetricSeries, SeriesMark
from customer_voice.sentences import (
    Difference,
    chart_title,
    comparing_sentence,
    long_difference,
    metric_sentence,
    overview_sentence,
    replaced_sentence,
    retired_sentence,
    short_difference,
    target_sentence,
)
from cxcharts.render import PageChart
from cxcharts.series import HEIGHT
from journeys.models import Touchpoint
from wording import units
from wording.formats import reader
from wording.intervals import EFFECT_LEVEL
from wording.joining import sentences


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One metric or touchpoint on a page, all of it as text."""

    comparison: Comparison
    name: str
    value: str
    interval: str
    n: str
    period: str
    short: Difference | None
    long: Difference | None
    spark: Spark | None
    running: str = ""  # how much the period holds that is not over, which `latest` is not

    @property
    def metric(self) -> MetricDefinition:
        return self.comparison.metric

    @property
    def touchpoint(self) -> Touchpoint | None:
        return self.comparison.touchpoint

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Against the period before and against a year ago, where there is something to compare with."""
        return tuple(one for one in (self.short, self.long) if one is not None)

    @property
    def changes(self) -> tuple[Difference, ...]:
        """What is larger than chance explains, the longer view first."""
        return tuple(one for one in (self.long, self.short) if one is not None and one.is_change)


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlierLine:
    """No feedback since the definition changed; the answers under the one `before`, as text.

    With a `touchpoint`: of that place alone.
    """

    metric: MetricDefinition
    before: MetricDefinition
    answers: str
    touchpoint: Touchpoint | None = None

    @property
    def named(self) -> tuple[str, str]:
        return selectors.named(self.metric), self.answers


@dataclass(frozen=True, kw_only=True, slots=True)
class OverviewPage:
    sentence: str
    heard: list[Line]
    silent: list[MetricDefinition]
    replaced: list[EarlierLine]
    retired: list[MetricDefinition]


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
class MetricFigure:
    """One metric at one place: the sentence, the drawing, and what happened on its axis."""

    line: Line
    sentence: str
    target: str
    target_tone: str
    chart: PageChart | None
    marks: tuple[Mark, ...]
    definition_changes: tuple[SeriesMark, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricPage:
    metric: MetricDefinition
    series: MetricSeries
    figure: MetricFigure
    answers: PageChart | None
    periods: list[PeriodLine]
    touchpoints: list[Line]
    touchpoints_sentence: str
    n_touchpoints: int  # compared; `touchpoints` are those shown
    has_moved: bool  # at any of them
    compared_at: datetime | None  # where answers were counted since then
    definition: str
    interval: str
    n: str
    n_open: int
    earlier: EarlierLine | None
    is_running: bool
    unusable: int
    added_later: tuple[AddedLater, ...] = ()

    @property
    def line(self) -> Line:
        return self.figure.line

    @property
    def account(self) -> str:
        """Reference of the customer account that all of it is about, or nothing."""
        return (self.series.account.external_reference or "") if self.series.account else ""


def overview_page(organization: Organization, *, period: Period = Period.MONTH) -> OverviewPage:
    """Queries: as `selectors.metric_overview`, and one where a definition was changed and has no answers.

    The sentence is empty where nobody has answered anything.
    """
    every = list(MetricDefinition.objects.of(organization))
    found = selectors.metric_overview(organization, every=every, period=period)
    heard = [comparison for comparison in found if comparison.series.points]
    lines = [_line(comparison, measure(comparison.metric, [comparison.series])) for comparison in heard]
    silent = [comparison.metric for comparison in found if not comparison.series.points]
    replaced = earlier_lines(organization, silent, every=every)
    retired = selectors.out_of_use(selectors.by_series(every))
    said = [overview_sentence([(line.name, line.short, line.long) for line in lines])] if lines else []
    said.append(replaced_sentence([line.named for line in replaced]))
    if not lines and not replaced:
        said.append(retired_sentence([selectors.named(metric) for metric in retired]))
    return OverviewPage(
        sentence=sentences(said),
        heard=lines,
        silent=[metric for metric in silent if metric not in [line.metric for line in replaced]],
        replaced=replaced,
        retired=retired,
    )


def earlier_lines(
    organization: Organization,
    metrics: Iterable[MetricDefinition],
    *,
    every: Iterable[MetricDefinition] | None = None,
) -> list[EarlierLine]:
    """Queries: as `selectors.earlier_answers`."""
    return lines_before(selectors.earlier_answers(organization, metrics, every=every))


def lines_before(found: Iterable[EarlierAnswers]) -> list[EarlierLine]:
    """As text. No query."""
    return [
        EarlierLine(
            metric=one.metric,
            before=one.before,
            answers=units.answers(reader(), one.number),
            touchpoint=one.touchpoint,
        )
        for one in found
    ]


def metric_page(
    organization: Organization,
    metric: MetricDefinition,
    *,
    every: Sequence[MetricDefinition] | None = None,
    touchpoint: Touchpoint | None = None,
    segment: str | None = None,
    channel: Channel | None = None,
    account: CustomerAccount | None = None,
    period: Period = Period.MONTH,
    start: date | None = None,
    end: date | None = None,
    shows_all: bool = False,
) -> MetricPage:
    """Four queries where `every` version of the metric is at hand, else five, and those of the marks.

    For times three more.
    """
    every = list(MetricDefinition.objects.of(organization).filter(key=metric.key)) if every is None else every
    versions = selectors.series_versions(metric, every=every)
    comparison = selectors.metric_comparison(
        organization,
        metric,
        versions=versions,
        touchpoint=touchpoint,
        segment=segment,
        channel=channel,
        account=account,
        period=period,
        start=start,
        end=end,
    )
    series = comparison.series
    compared = selectors.compared_places(
        organization,
        metric,
        versions=versions,
        segment=segment,
        channel=channel,
        account=account,
        period=period,
        start=start,
        end=end,
        shows_all=shows_all,
    )
    shown = measure(metric, [series])
    return MetricPage(
        metric=metric,
        series=series,
        figure=metric_figure(organization, comparison, every=every),
        answers=_answers(organization, comparison, versions=versions),
        periods=_periods(shown, series),
        touchpoints=[_line(row, shown) for row in compared.rows],
        touchpoints_sentence=comparing_sentence(
            compared.usual,
            compared.earlier,
            span_name(compared.against, series) if compared.against else "",
        ),
        n_touchpoints=compared.number,
        has_moved=compared.usual.moved + compared.earlier.moved > 0,
        compared_at=compared.made_at,
        definition=selectors.definition_text(metric),
        interval=selectors.interval_text(metric),
        n=n_text(metric, series.n),
        earlier=next(iter(lines_before(selectors.before_series(organization, series, every=every))), None),
        is_running=bool(series.points) and series.points[-1].is_partial,
        n_open=sum(point.figure.n_open for point in series.points),
        unusable=sum(point.figure.unusable for point in series.points),
        added_later=later_of(organization, metric, series.touchpoint),
    )


def metric_figure(
    organization: Organization,
    comparison: Comparison,
    *,
    every: Sequence[MetricDefinition] | None = None,
    id: str = "series",
    height: float = HEIGHT,
    window: tuple[date, date] | None = None,
) -> MetricFigure:
    """One metric drawn with its band, target, marks and changes of its definition; with a `window` on the
    time axis of what stands beside it.

    One query where `every` version of the metric is at hand, else two, and those of the marks.
    """
    metric, series, latest = comparison.metric, comparison.series, comparison.latest
    shown = measure(metric, [series])
    line, name = _line(comparison, shown), selectors.named(metric)
    target = selectors.metric_targets(organization, metric).at(series.touchpoint)
    reached, tone = target_sentence(metric, shown, latest, target)
    marks = tuple(
        mark
        for mark in marks_of(organization, metric, series.touchpoint)
        if series.points and series.points[0].start <= mark.on < series.points[-1].end
    )
    changes = tuple(
        mark
        for mark in selectors.series_marks(organization, metric, every=every)
        if series.points and series.points[0].start <= mark.day < series.points[-1].end
    )
    return MetricFigure(
        line=line,
        sentence=metric_sentence(name, shown, latest, series, line.short, line.long),
        target=reached,
        target_tone=tone,
        chart=metric_chart(
            shown,
            series,
            title=chart_title(name, shown, latest, series, line.long or line.short),
            subtitle=_subtitle(series),
            marks=marks,
            changes=changes,
            target=target,
            id=id,
            height=height,
            window=window,
        ),
        marks=marks,
        definition_changes=changes,
    )


def target_lines(organization: Organization, metric: MetricDefinition) -> list[tuple[str, str]]:
    """Where there is a target, and which, as text. One query."""
    shown = measure(metric, [])
    return [
        (str(row.touchpoint or _("All touchpoints")), shown.typed(row.value))
        for row in selectors.target_rows(organization, metric)
    ]


def typed_targets(
    organization: Organization, metric: MetricDefinition, unit: float
) -> list[tuple[str, float, str]]:
    """The same with the key of the touchpoint, and the value as it is typed. One query."""
    shown = measure(metric, [])
    return [
        (row.touchpoint.key if row.touchpoint else "", row.value / unit, shown.typed(row.value))
        for row in selectors.target_rows(organization, metric)
    ]


def _answers(
    organization: Organization, comparison: Comparison, *, versions: Sequence[MetricDefinition]
) -> PageChart | None:
    """The answers of the last complete periods beside those of a year ago, else of the last one alone."""
    series = comparison.series
    now, then = comparison.recent, comparison.earlier
    if now is None or then is None:
        now, then = comparison.latest, comparison.previous
    if now is None:
        return None
    counts, name = selectors.point_counts(organization, series, now, versions), span_name(now, series)
    return answers_chart(
        series.metric,
        now=(name, counts),
        before=(span_name(then, series), selectors.point_counts(organization, series, then, versions))
        if then
        else None,
        title=series.metric.calculation.groups_title(name),
        subtitle=_("%(where)s, %(n)s") % {"where": _where(series), "n": n_text(series.metric, counts.n)},
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


def touchpoint_line(comparison: Comparison) -> Line:
    """One metric at one touchpoint as text, for pages of higher rooms. No query."""
    return _line(comparison, measure(comparison.metric, [comparison.series]))


def _line(comparison: Comparison, shown: Measure) -> Line:
    latest = comparison.latest
    return Line(
        comparison=comparison,
        name=str(comparison.touchpoint or selectors.named(comparison.metric)),
        value=shown.text(latest.value) if latest else "",
        interval=shown.range(latest.low, latest.high) if latest else "",
        n=n_text(comparison.metric, latest.n) if latest else "",
        period=period_said(latest, comparison.series) if latest else "",
        short=short_difference(shown, comparison),
        long=long_difference(shown, comparison),
        spark=spark(shown, comparison.series),
        running=_running(comparison),
    )


def _running(comparison: Comparison) -> str:
    """What has come since the last complete period, so that a new answer is seen as it comes."""
    points = comparison.series.points
    point = points[-1] if points else None
    if point is None or not point.n or (comparison.latest and point.start == comparison.latest.start):
        return ""
    n = n_text(comparison.metric, point.n)
    return f"{period_said(point, comparison.series)}: {n}"


def _where(series: MetricSeries) -> str:
    where = str(series.touchpoint) if series.touchpoint else _("all touchpoints")
    who = _("segment %(segment)s") % {"segment": series.segment} if series.segment else _("all segments")
    if series.account is not None:
        who = _("%(who)s, customer account %(account)s") % {"who": who, "account": series.account}
    if series.channel is not None:
        return _("%(where)s, %(who)s, channel %(channel)s") % {
            "where": where,
            "who": who,
            "channel": series.channel,
        }
    return _("%(where)s, %(who)s") % {"where": where, "who": who}


def _subtitle(series: MetricSeries) -> str:
    if not series.points:
        return _where(series)
    first, last = series.points[0], series.points[-1]
    return _("%(where)s, %(first)s to %(last)s, %(n)s; band: %(share)s interval") % {
        "share": reader().percent(EFFECT_LEVEL),
        "where": _where(series),
        "first": period_name(first, series),
        "last": period_name(last, series),
        "n": n_text(series.metric, series.n),
    }
