"""One or more metric series on one axis."""

from collections.abc import Sequence
from datetime import date, timedelta

from cxcharts.chart import Chart
from cxcharts.frame import (
    END_MARGIN,
    EndLabel,
    Layer,
    Plane,
    Rule,
    axes_layer,
    end_labels,
    over_time,
    rule_layers,
    view,
)
from cxcharts.labels import ENGLISH, Labels
from cxcharts.locale import Locale, Period, locale_for
from cxcharts.palette import slots
from cxcharts.scales import Scale
from cxcharts.series.marks import gap_layers, level_layer, series_marks
from cxcharts.series.points import ControlLimits, Series, Shown, are_few, shown
from cxcharts.series.words import sentences, table
from cxcharts.writer import Writer

HEIGHT = 260.0
_LENGTHS = {Period.DAY: 1, Period.WEEK: 7, Period.MONTH: 31, Period.QUARTER: 92, Period.YEAR: 366}


def series_chart(
    *,
    title: str,
    subtitle: str,
    series: Sequence[Series],
    scale: Scale,
    period: Period | str = Period.MONTH,
    rules: Sequence[Rule] = (),
    target: float | None = None,
    limits: ControlLimits | None = None,
    minimum_n: int = 0,
    labels: Labels = ENGLISH,
    locale: str | Locale = "en",
    height: float = HEIGHT,
    window: tuple[date, date] | None = None,
) -> Chart:
    """One or more metric series on one axis.

    `window`: the first and the last period of a chart beside it, to which the time axis reaches as well.

    Periods with fewer than `minimum_n` answers become gaps; their values enter neither drawing nor
    table. Raises ValueError without any value.
    """
    writer = Writer(value=scale.value, labels=labels, locale=locale_for(locale), period=Period(period))
    given = shown(
        series, scale=scale, rules=rules, target=target, limits=limits, minimum_n=minimum_n, writer=writer
    )
    hues = slots(one.key for one in given.series)
    days = sorted({*given.days, *(window or ())})
    until = _last_day(given, days[-1], writer.period)
    plane = over_time(days, given.values, scale, writer.locale, writer.period, height=height, until=until)
    layers = [
        *_frame(given, plane, days[0], until),
        *_levels(given, plane),
        *series_marks(given, hues, plane, has_dots=are_few(given.series)),
        *_gaps(given, plane),
        *end_labels([*_series_names(given, hues, plane), *_level_names(given, plane)], height=height),
    ]
    return Chart(
        title,
        subtitle,
        view(height=height, layers=layers, right=END_MARGIN),
        writer.alternative(title, subtitle, sentences(given)),
        table(given),
    )


def _last_day(given: Shown, last: date, period: Period | None) -> date:
    """Where the time axis ends: what happened in the last period, after its point, stands on it too."""
    end = last + timedelta(days=_LENGTHS[period or Period.MONTH])
    return max([last, *(rule.at for rule in given.rules if rule.at < end)])


def _frame(given: Shown, plane: Plane, first: date, last: date) -> list[Layer]:
    """Axes, the line at zero, and what happened as labelled rules."""
    layers = [axes_layer(first, plane.x_axes, plane.y_axes)]
    if given.scale.crosses_zero and plane.low < 0 < plane.high:
        layers.append(level_layer(0.0, plane, "line-rule", [1, 0]))
    return layers + rule_layers(given.rules, first=first, last=last, x=plane.x)


def _levels(given: Shown, plane: Plane) -> list[Layer]:
    """Control limits and target."""
    layers = []
    if given.limits is not None:
        for value, pattern in (
            (given.limits.low, [2, 3]),
            (given.limits.high, [2, 3]),
            (given.limits.center, [1, 0]),
        ):
            layers.append(level_layer(value, plane, "line-rule", pattern))
    if given.target is not None:
        layers.append(level_layer(given.target, plane, "line-muted", [5, 3]))
    return layers


def _gaps(given: Shown, plane: Plane) -> list[Layer]:
    """A note where periods are kept back, so that a gap is not taken for missing work."""
    if not given.hidden:
        return []
    labels = given.writer.labels
    return gap_layers(
        given.series,
        plane,
        note=labels.gap_note.format(minimum=given.minimum_n),
        short=labels.too_few.format(minimum=given.minimum_n),
    )


def _series_names(given: Shown, hues: Sequence[int], plane: Plane) -> list[EndLabel]:
    """Last values at the lines' ends: with their n where there is one line, with names where more."""
    writer = given.writer
    is_alone = len(given.series) == 1
    names = []
    for one, hue in zip(given.series, hues, strict=True):
        value, n = [(p.value, p.n) for p in one.points if p.value is not None][-1]
        text = writer.text(value) if is_alone else f"{one.name} {writer.text(value)}"
        detail = writer.labels.value_n.format(n=writer.count(n)) if is_alone and n is not None else ""
        names.append(EndLabel(y=plane.pixel(value), text=text, style=f"text-hue-{hue}", detail=detail))
    return names


def _level_names(given: Shown, plane: Plane) -> list[EndLabel]:
    labels, limits = given.writer.labels, given.limits
    named = [] if given.target is None else [(labels.target, given.target)]
    if limits is not None:
        named += [
            (labels.upper_limit, limits.high),
            (labels.center, limits.center),
            (labels.lower_limit, limits.low),
        ]
    return [
        EndLabel(y=plane.pixel(value), text=f"{name} {given.writer.text(value)}", style="muted")
        for name, value in named
    ]
