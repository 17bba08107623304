"""Metric series: a line with a soft interval band, events as labelled rules, names at the line's end."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from cxcharts.chart import Cell, Chart, Table
from cxcharts.frame import (
    MOST_POINTS,
    NARROW,
    SCHEMA,
    EndLabel,
    Layer,
    Rule,
    axes_layer,
    end_labels,
    hover_layer,
    narrow_only,
    pixel,
    rule_layers,
    time_x,
    view,
    wide_only,
    without_axis,
    y_axis,
)
from cxcharts.labels import ENGLISH, Labels
from cxcharts.locale import MISSING, Locale, Period, closed, locale_for, period_text
from cxcharts.palette import slots
from cxcharts.scales import Scale, domain, finite
from cxcharts.text import wrap
from cxcharts.theme import dash

HEIGHT = 260.0
MOST_BANDS = 2  # more bands in one plot hide each other; the table keeps every interval


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """One period. `value` None is a gap; `low`/`high` an interval; `n` the answers behind it."""

    period: date
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """One line. `key` (a metric's or segment's) decides its color."""

    key: str
    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ControlLimits:
    """Usual level and the limits that chance alone rarely passes."""

    center: float
    low: float
    high: float


def _ready(series: Sequence[Series], minimum_n: int) -> tuple[list[Series], int]:
    """Series sorted by period with small periods emptied (nothing of them goes further); how many were."""
    if not series:
        raise ValueError("a series chart needs at least one series")
    hidden = 0
    result = []
    for one in series:
        points = []
        seen: set[date] = set()
        for point in sorted(one.points, key=lambda p: p.period):
            if point.period in seen:
                raise ValueError(f"a series needs one point per period; {point.period} comes twice")
            seen.add(point.period)
            finite((point.value, point.low, point.high))
            if point.n is not None and point.n < minimum_n:
                hidden += 1
                points.append(Point(period=point.period, value=None))
            elif point.value is None:
                points.append(replace(point, low=None, high=None))
            else:
                points.append(point)
        if not any(p.value is not None for p in points):
            if len(series) == 1:
                raise ValueError("a series chart needs at least one period with a value")
            continue
        result.append(replace(one, points=tuple(points)))
    if not result:
        raise ValueError("a series chart needs at least one period with a value")
    return result, hidden


def _few(series: Sequence[Series]) -> bool:
    """Whether there are so few points that each may carry a dot."""
    return sum(len(s.points) for s in series) <= MOST_POINTS


def _lone(points: Sequence[Point]) -> set[date]:
    """Periods whose neighbours are gaps: a line cannot show them, so they get a dot."""
    alone = set()
    for i, point in enumerate(points):
        before = points[i - 1].value if i else None
        after = points[i + 1].value if i + 1 < len(points) else None
        if point.value is not None and before is None and after is None:
            alone.add(point.period)
    return alone


def _marks(
    series: Sequence[Series],
    hues: Sequence[int],
    *,
    x: dict[str, Any],
    y: dict[str, Any],
    locale: Locale,
    scale: Scale,
    period: Period,
    labels: Labels,
    dots_shown: bool,
) -> list[Layer]:
    bands: list[Layer] = []
    lines: list[Layer] = []
    dots: list[Layer] = []
    hovers: list[Layer] = []
    hidden_axis = without_axis(x)
    y = without_axis(y)
    for index, (one, hue) in enumerate(zip(series, hues, strict=True)):
        values = []
        for p in one.points:
            row: dict[str, Any] = {"x": p.period.isoformat(), "y": p.value, "low": p.low, "high": p.high}
            if p.value is not None:
                row["period"] = period_text(p.period, period, locale)
                row["text"] = scale.value.text(p.value, locale)
                row["range"] = (
                    labels.span.format(
                        low=scale.value.text(p.low, locale), high=scale.value.text(p.high, locale)
                    )
                    if p.low is not None and p.high is not None
                    else MISSING
                )
                row["n"] = MISSING if p.n is None else f"{p.n:,}"
                row["name"] = one.name
            values.append(row)
        if len(series) <= MOST_BANDS and any(p.low is not None and p.high is not None for p in one.points):
            bands.append(
                {
                    "data": {"values": [{"x": v["x"], "low": v["low"], "high": v["high"]} for v in values]},
                    "mark": {
                        "type": "area",
                        "style": f"band-hue-{hue}",
                        "invalid": "break-paths-filter-domains",
                        "line": False,
                    },
                    "encoding": {"x": hidden_axis, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
                }
            )
        if sum(p.value is not None for p in one.points) > 1:
            lines.append(
                {
                    "data": {"values": [{"x": v["x"], "y": v["y"]} for v in values]},
                    "mark": {
                        "type": "line",
                        "style": f"line-hue-{hue}",
                        "strokeWidth": 2.2,
                        "strokeJoin": "round",
                        "strokeCap": "round",
                        "strokeDash": dash(index),
                        "invalid": "break-paths-filter-domains",
                    },
                    "encoding": {"x": hidden_axis, "y": {**y, "field": "y"}},
                }
            )
        alone = _lone(one.points)
        drawn = [p for p in one.points if p.value is not None]
        dotted = drawn if dots_shown else [p for p in drawn if p.period in alone or p is drawn[-1]]
        dots.append(
            {
                "data": {"values": [{"x": p.period.isoformat(), "y": p.value} for p in dotted]},
                "mark": {
                    "type": "point",
                    "filled": True,
                    "style": f"fill-hue-{hue}",
                    "size": 26,
                    "opacity": 1,
                },
                "encoding": {"x": hidden_axis, "y": {**y, "field": "y"}},
            }
        )
        tips = [("period", labels.period), ("text", one.name), ("range", labels.range), ("n", labels.n)]
        hovers.append(
            hover_layer(
                [v for v in values if v["y"] is not None],
                encoding={"x": hidden_axis, "y": {**y, "field": "y"}},
                tooltips=tips,
                name=str(index),
            )
        )
    return [*bands, *lines, *dots, *hovers]


def _gap_layers(
    series: Sequence[Series], x: dict[str, Any], *, height: float, note: str, short: str
) -> list[Layer]:
    """Grey ticks on the base line where every series has a gap, and one note."""
    empty = [
        p.period
        for i, p in enumerate(series[0].points)
        if p.value is None and all(i < len(s.points) and s.points[i].value is None for s in series)
    ]
    if not empty:
        return []
    days = [p.period for p in series[0].points]
    early = days.index(empty[-1]) < len(days) / 2
    at = empty[-1] if early else empty[0]
    return [
        {
            "data": {"values": [{"x": d.isoformat()} for d in empty]},
            "mark": {
                "type": "tick",
                "style": "fill-calm",
                "thickness": 3,
                "size": 8,
                "orient": "vertical",
                "y": height - 5,
            },
            "encoding": {"x": without_axis(x)},
        },
        *(
            {
                "data": {"values": [{"x": at.isoformat(), "text": text}]},
                "transform": keep,
                "mark": {
                    "type": "text",
                    "style": ["muted", "small"],
                    "y": height - 5,
                    "baseline": "middle",
                    "align": "left" if early else "right",
                    "dx": 7 if early else -7,
                },
                "encoding": {"x": without_axis(x), "text": {"field": "text"}},
            }
            for keep, text in ((wide_only(), note), (narrow_only(), short))
        ),
    ]


def _level_layers(
    lines: Sequence[tuple[float, str, list[int]]], y: dict[str, Any], style: str = "line-muted"
) -> list[Layer]:
    y = without_axis(y)
    return [
        {
            "data": {"values": [{"y": value}]},
            "mark": {"type": "rule", "style": style, "strokeWidth": 1.2, "strokeDash": pattern},
            "encoding": {"y": {**y, "field": "y"}},
        }
        for value, _, pattern in lines
    ]


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
    locale: str = "en",
    height: float = HEIGHT,
) -> Chart:
    """One or more metric series on one axis.

    Periods with fewer than `minimum_n` answers become gaps; their values enter neither drawing nor
    table. Raises ValueError without any value.
    """
    where, kind = locale_for(locale), Period(period)
    ready, hidden = _ready(series, minimum_n)
    hues = slots(s.key for s in ready)
    days = sorted({p.period for s in ready for p in s.points})
    extra = [target] if target is not None else []
    if limits is not None:
        extra += [limits.center, limits.low, limits.high]
    values = [v for s in ready for p in s.points for v in (p.value, p.low, p.high)]
    low, high, ticks = domain([*values, *extra], scale)
    axis, _ = y_axis(ticks, scale, where)
    y: dict[str, Any] = {
        "type": "quantitative",
        "scale": {"domain": [low, high], "nice": False, "zero": False},
        "axis": axis,
    }
    x = time_x(days, kind, where)
    layers: list[Layer] = [axes_layer(days[0], x, y)]
    layers += rule_layers(rules, first=days[0], last=days[-1], x=without_axis(x))
    if limits is not None:
        layers += _level_layers(
            [(limits.low, "", [2, 3]), (limits.high, "", [2, 3]), (limits.center, "", [1, 0])], y, "line-rule"
        )
    if target is not None:
        layers += _level_layers([(target, "", [5, 3])], y)
    layers += _marks(
        ready,
        hues,
        x=x,
        y=y,
        locale=where,
        scale=scale,
        period=kind,
        labels=labels,
        dots_shown=_few(ready),
    )
    if minimum_n and hidden:
        layers += _gap_layers(
            ready,
            x,
            height=height,
            note=labels.gap_note.format(minimum=minimum_n),
            short=labels.too_few.format(minimum=minimum_n),
        )
    ends = []
    for one, hue in zip(ready, hues, strict=True):
        last = next(p for p in reversed(one.points) if p.value is not None)
        if last.value is None:
            continue
        value = scale.value.text(last.value, where)
        name = f"{value}" if len(ready) == 1 else f"{one.name} {value}"
        detail = labels.value_n.format(n=f"{last.n:,}") if len(ready) == 1 and last.n is not None else ""
        ends.append(
            EndLabel(
                y=pixel(last.value, low, high, height), text=name, style=f"text-hue-{hue}", detail=detail
            )
        )
    if target is not None:
        text = f"{labels.target} {scale.value.text(target, where)}"
        ends.append(EndLabel(y=pixel(target, low, high, height), text=text, style="muted"))
    if limits is not None:
        named = (
            (limits.high, labels.upper_limit),
            (limits.center, labels.center),
            (limits.low, labels.lower_limit),
        )
        for value_, name in named:
            ends.append(
                EndLabel(
                    y=pixel(value_, low, high, height),
                    text=f"{name} {scale.value.text(value_, where)}",
                    style="muted",
                )
            )
    layers += end_labels(ends, height=height)
    spec = view(height=height, layers=layers)
    return Chart(
        title,
        subtitle,
        spec,
        _alternative(
            title, subtitle, ready, scale, where, kind, labels, rules, target, limits, hidden, minimum_n
        ),
        _table(ready, scale, where, kind, labels, rules, target, limits, minimum_n, series),
    )


def _alternative(
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


def _table(
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
            count = Cell(MISSING) if point.n is None else Cell(f"{point.n:,}", point.n)
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


def small_multiples(
    *,
    title: str,
    subtitle: str,
    series: Sequence[Series],
    scale: Scale,
    period: Period | str = Period.MONTH,
    rules: Sequence[Rule] = (),
    target: float | None = None,
    minimum_n: int = 0,
    labels: Labels = ENGLISH,
    locale: str = "en",
    columns: int = 3,
    height: float = 110,
) -> Chart:
    """The same axes once per series, side by side: compare shapes without many colors.

    Rules are drawn in every panel and named in the first. Raises ValueError without any value.
    """
    where, kind = locale_for(locale), Period(period)
    ready, hidden = _ready(series, minimum_n)
    days = sorted({p.period for s in ready for p in s.points})
    values = [v for s in ready for p in s.points for v in (p.value, p.low, p.high)]
    low, high, ticks = domain([*values, *([target] if target is not None else [])], scale, ticks=3)
    axis, room = y_axis(ticks, scale, where)
    y: dict[str, Any] = {
        "type": "quantitative",
        "scale": {"domain": [low, high], "nice": False, "zero": False},
        "axis": axis,
    }
    x = time_x(days, kind, where, plot_wide=150, plot_narrow=240)
    inside = [r for r in rules if days[0] <= r.at <= days[-1]]
    panels = []
    for one in ready:
        last = next(p for p in reversed(one.points) if p.value is not None)
        layers = [axes_layer(days[0], x, y)]
        if inside:
            layers.append(
                {
                    "data": {"values": [{"x": r.at.isoformat()} for r in inside]},
                    "mark": {"type": "rule", "style": "line-rule", "strokeWidth": 1},
                    "encoding": {"x": without_axis(x)},
                }
            )
        if target is not None:
            layers += _level_layers([(target, "", [5, 3])], y)
        layers += _marks(
            [one],
            [0],
            x=x,
            y=y,
            locale=where,
            scale=scale,
            period=kind,
            labels=labels,
            dots_shown=_few(ready),
        )
        if last.value is not None:
            layers.append(
                {
                    "data": {"values": [{"text": scale.value.text(last.value, where)}]},
                    "mark": {
                        "type": "text", "style": ["text-hue-0"], "align": "left", "baseline": "middle",
                        "x": "width", "dx": 6, "y": pixel(last.value, low, high, height),
                    },
                    "encoding": {"text": {"field": "text"}},
                }
            )  # fmt: skip
        panels.append((one, layers))
    gap = 18
    end = 36
    spec: dict[str, Any] = {
        "$schema": SCHEMA,
        "params": [{"name": "page", "value": 720}],
        "autosize": {"type": "pad"},
        "padding": {"top": 6, "left": 0, "right": 4, "bottom": 2},
        "columns": columns,
        "spacing": {"row": 18, "column": gap},
        "concat": [
            {
                "height": height,
                "width": 180,
                "title": {
                    "text": wrap(one.name, 13, 190, lines=2),
                    "fontSize": 13,
                    "anchor": "start",
                    "frame": "bounds",
                    "offset": 6,
                    "lineHeight": 16,
                },
                "layer": layers,
            }
            for one, layers in panels
        ],
        "resolve": {"scale": {"x": "independent", "y": "independent"}},
        "usermeta": {
            "cxcharts": {
                "narrow": NARROW,
                "panels": {
                    "columns": columns,
                    "smallest": 150,
                    "gap": gap + end + room,
                    "outside": end + room + 8,
                },
            }
        },
    }
    return Chart(
        title,
        subtitle,
        spec,
        _alternative(
            title, subtitle, ready, scale, where, kind, labels, rules, target, None, hidden, minimum_n
        ),
        _table(ready, scale, where, kind, labels, rules, target, None, minimum_n, series),
    )
