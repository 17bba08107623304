"""Text alternative and table of a series chart."""

from collections.abc import Sequence
from datetime import date

from cxcharts.chart import Cell, Table
from cxcharts.frame import (
    Rule,
)
from cxcharts.labels import Labels
from cxcharts.locale import MISSING, Locale, Period, closed, period_text
from cxcharts.scales import Scale
from cxcharts.series.points import ControlLimits, Series


def alternative(
    title: str,
    subtitle: str,
    series: Sequence[Series],
    scale: Scale,
    locale: Locale,
    period: Period,
    labels: Labels,
    rules: Sequence[Rule],
    target: float | None,
    limits: ControlLimits | None,
    hidden: int,
    minimum_n: int,
) -> str:
    def value(number: float) -> str:
        return scale.value.text(number, locale)

    def when(day: date) -> str:
        return period_text(day, period, locale)

    parts = [closed(title, locale), closed(subtitle, locale)]
    for one in series:
        known = [(p.period, p.value, p) for p in one.points if p.value is not None]
        (first_day, first, _), (last_day, last, last_point) = known[0], known[-1]
        if len(known) == 1:
            parts.append(
                labels.sentence_point.format(name=one.name, last=value(last), last_period=when(last_day))
            )
        else:
            lowest, highest = min(known, key=lambda k: k[1]), max(known, key=lambda k: k[1])
            parts.append(
                labels.sentence_series.format(
                    name=one.name,
                    first=value(first),
                    first_period=when(first_day),
                    last=value(last),
                    last_period=when(last_day),
                    lowest=value(lowest[1]),
                    lowest_period=when(lowest[0]),
                    highest=value(highest[1]),
                    highest_period=when(highest[0]),
                )
            )
        if len(series) == 1 and last_point.low is not None and last_point.high is not None:
            parts.append(
                labels.sentence_last_interval.format(low=value(last_point.low), high=value(last_point.high))
            )
    if hidden:
        parts.append(labels.sentence_hidden.format(count=hidden, minimum=minimum_n))
    if target is not None:
        parts.append(labels.sentence_target.format(value=value(target)))
    if limits is not None:
        parts.append(
            labels.sentence_limits.format(
                center=value(limits.center), low=value(limits.low), high=value(limits.high)
            )
        )
    parts += [
        labels.sentence_event.format(label=r.label, date=period_text(r.at, Period.DAY, locale))
        for r in sorted(rules, key=lambda r: r.at)
    ]
    return labels.separator.join(p for p in parts if p)


def table(
    series: Sequence[Series],
    scale: Scale,
    locale: Locale,
    period: Period,
    labels: Labels,
    rules: Sequence[Rule],
    target: float | None,
    limits: ControlLimits | None,
    minimum_n: int,
    original: Sequence[Series],
) -> Table:
    def number(value: float | None) -> Cell:
        return Cell(MISSING) if value is None else Cell(scale.value.text(value, locale), value)

    small = {(s.key, p.period) for s in original for p in s.points if p.n is not None and p.n < minimum_n}
    several = len(series) > 1
    columns = [
        labels.period,
        *([labels.series] if several else []),
        labels.value,
        labels.low,
        labels.high,
        labels.n,
    ]
    rows: list[list[Cell]] = []
    for one in series:
        for point in one.points:
            count = Cell(MISSING) if point.n is None else Cell(locale.count(point.n), point.n)
            if (one.key, point.period) in small:
                count = Cell(labels.too_few.format(minimum=minimum_n))
            rows.append(
                [
                    Cell(period_text(point.period, period, locale)),
                    *([Cell(one.name)] if several else []),
                    number(point.value),
                    number(point.low),
                    number(point.high),
                    count,
                ]
            )
    blank = [Cell("")] if several else []
    if target is not None:
        rows.append([Cell(labels.target), *blank, number(target), Cell(""), Cell(""), Cell("")])
    if limits is not None:
        rows.append(
            [
                Cell(labels.center),
                *blank,
                number(limits.center),
                number(limits.low),
                number(limits.high),
                Cell(""),
            ]
        )
    rows += [
        [Cell(period_text(r.at, Period.DAY, locale)), *blank, Cell(r.label), Cell(""), Cell(""), Cell("")]
        for r in sorted(rules, key=lambda r: r.at)
    ]
    return Table(tuple(columns), tuple(tuple(row) for row in rows))
