"""What was observed beside what was expected without the initiative: the chart of the proof."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cxcharts.chart import Cell, Chart, Table
from cxcharts.frame import (
    MOST_POINTS,
    EndLabel,
    Layer,
    Rule,
    axes_layer,
    end_labels,
    hover_layer,
    pixel,
    rule_layers,
    time_x,
    view,
    without_axis,
    y_axis,
)
from cxcharts.labels import ENGLISH, Labels
from cxcharts.locale import MISSING, Locale, Period, closed, locale_for, period_text
from cxcharts.palette import slot
from cxcharts.scales import Scale, domain, finite

HEIGHT = 280.0


@dataclass(frozen=True, kw_only=True, slots=True)
class CounterfactualPoint:
    """One period; `expected` with its bounds where the course without the initiative is known."""

    period: date
    observed: float | None
    n: int | None = None
    expected: float | None = None
    expected_low: float | None = None
    expected_high: float | None = None
    control: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """Average difference since go-live with its interval; `level` is the interval's coverage."""

    value: float
    low: float
    high: float
    level: float = 0.95


def counterfactual_chart(
    *,
    title: str,
    subtitle: str,
    key: str,
    points: Sequence[CounterfactualPoint],
    go_live: date,
    go_live_label: str,
    scale: Scale,
    effect: Effect | None = None,
    period: Period | str = Period.MONTH,
    rules: Sequence[Rule] = (),
    observed_name: str = "",
    control_name: str = "",
    labels: Labels = ENGLISH,
    locale: str | Locale = "en",
    height: float = HEIGHT,
) -> Chart:
    """Observed line, dashed expected line with its band after go-live, and the difference.

    `key` is the metric's key (its color). Without `effect` no difference is drawn. Raises ValueError
    without any observed value.
    """
    where, kind = locale_for(locale), Period(period)
    ordered = sorted(points, key=lambda p: p.period)
    if not any(p.observed is not None for p in ordered):
        raise ValueError("a counterfactual chart needs at least one observed value")
    if len({p.period for p in ordered}) != len(ordered):
        raise ValueError("a counterfactual chart needs one point per period")
    finite(v for p in ordered for v in (p.observed, p.expected, p.expected_low, p.expected_high, p.control))
    hue = slot(key)
    days = [p.period for p in ordered]
    after = [p for p in ordered if p.period >= go_live and p.expected is not None]
    banded = [p for p in after if p.expected_low is not None and p.expected_high is not None]
    low, high, ticks = domain(
        [
            *(v for p in ordered for v in (p.observed, p.expected, p.control)),
            *(v for p in banded for v in (p.expected_low, p.expected_high)),
        ],
        scale,
    )
    axis, _ = y_axis(ticks, scale, where)
    y_axes: dict[str, Any] = {
        "type": "quantitative",
        "scale": {"domain": [low, high], "nice": False, "zero": False},
        "axis": axis,
    }
    x_axes = time_x(days, kind, where)
    x, y = without_axis(x_axes), without_axis(y_axes)

    def line(values: list[dict[str, Any]], style: str, **mark: Any) -> Layer:
        return {
            "data": {"values": values},
            "mark": {
                "type": "line",
                "style": style,
                "strokeJoin": "round",
                "invalid": "break-paths-filter-domains",
                **mark,
            },
            "encoding": {"x": x, "y": {**y, "field": "y"}},
        }

    layers: list[Layer] = [axes_layer(days[0], x_axes, y_axes)]
    layers += rule_layers([Rule(at=go_live, label=go_live_label), *rules], first=days[0], last=days[-1], x=x)
    if banded:
        layers.append(
            {
                "data": {
                    "values": [
                        {"x": p.period.isoformat(), "low": p.expected_low, "high": p.expected_high}
                        for p in banded
                    ]
                },
                "mark": {"type": "area", "style": "band-calm", "line": False},
                "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
            }
        )
    if any(p.control is not None for p in ordered):
        layers.append(
            line(
                [{"x": p.period.isoformat(), "y": p.control} for p in ordered],
                "line-calm",
                strokeWidth=1.2,
            )
        )
    fitted = [p for p in ordered if p.expected is not None and p.period < go_live]
    if fitted:
        layers.append(
            line(
                [{"x": p.period.isoformat(), "y": p.expected} for p in [*fitted, *after[:1]]],
                "line-muted",
                strokeWidth=1,
                strokeDash=[2, 3],
            )
        )
    if len(after) > 1:
        layers.append(
            line(
                [{"x": p.period.isoformat(), "y": p.expected} for p in after],
                "line-muted",
                strokeWidth=1.8,
                strokeDash=[6, 4],
            )
        )
    layers.append(
        line(
            [{"x": p.period.isoformat(), "y": p.observed} for p in ordered],
            f"line-hue-{hue}",
            strokeWidth=2.6,
            strokeCap="round",
        )
    )
    drawn = [p for p in ordered if p.observed is not None]
    dotted = drawn if len(drawn) <= MOST_POINTS else drawn[-1:]
    layers.append(
        {
            "data": {"values": [{"x": p.period.isoformat(), "y": p.observed} for p in dotted]},
            "mark": {"type": "point", "filled": True, "style": f"fill-hue-{hue}", "size": 26, "opacity": 1},
            "encoding": {"x": x, "y": {**y, "field": "y"}},
        }
    )

    def value(number: float | None) -> str:
        return MISSING if number is None else scale.value.text(number, where)

    def interval(lower: float | None, upper: float | None) -> str:
        if lower is None or upper is None:
            return ""
        return labels.span.format(low=value(lower), high=value(upper))

    observed_label = observed_name or labels.observed
    control_label = control_name or labels.control
    last = drawn[-1]
    last_observed = last.observed if last.observed is not None else 0.0
    ends = [
        EndLabel(
            y=pixel(last_observed, low, high, height),
            text=f"{observed_label} {value(last.observed)}",
            style=f"text-hue-{hue}",
        )
    ]
    final = after[-1] if after else None
    if final is not None and final.expected is not None:
        expected_at = pixel(final.expected, low, high, height)
        ends.append(
            EndLabel(
                y=expected_at,
                text=f"{labels.expected} {value(final.expected)}",
                style="muted",
                detail=f"({interval(final.expected_low, final.expected_high)})"
                if final.expected_low is not None
                else "",
            )
        )
        if effect is not None:
            observed_at = pixel(last_observed, low, high, height)
            if abs(observed_at - expected_at) >= 12:
                layers.append(_bracket(observed_at, expected_at))
            ends.append(
                EndLabel(
                    y=(observed_at + expected_at) / 2,
                    text=scale.difference.text(effect.value, where, signed=True),
                    style="strong",
                    detail=labels.average.format(
                        level=where.share(effect.level),
                        low=scale.difference.bare().text(effect.low, where),
                        high=scale.difference.bare().text(effect.high, where),
                    ),
                )
            )
    controls = [p.control for p in ordered if p.control is not None]
    if controls:
        ends.append(
            EndLabel(
                y=pixel(controls[-1], low, high, height),
                text=f"{control_label} {value(controls[-1])}",
                style="text-calm",
            )
        )
    layers += end_labels(ends, height=height, room_narrow=92, dx=20 if effect is not None else 10)
    layers.append(
        hover_layer(
            [
                {
                    "x": p.period.isoformat(),
                    "y": p.observed,
                    "period": period_text(p.period, kind, where),
                    "observed": value(p.observed),
                    "expected": " ".join(
                        t
                        for t in (
                            value(p.expected),
                            f"({interval(p.expected_low, p.expected_high)})"
                            if interval(p.expected_low, p.expected_high)
                            else "",
                        )
                        if t
                    ),
                    "n": MISSING if p.n is None else where.count(p.n),
                }
                for p in drawn
            ],
            encoding={"x": x, "y": {**y, "field": "y"}},
            tooltips=[
                ("period", labels.period),
                ("observed", observed_label),
                ("expected", labels.expected),
                ("n", labels.n),
            ],
        )
    )
    parts = [closed(title, where), closed(subtitle, where)]
    start = period_text(go_live, Period.DAY, where)
    if final is not None:
        parts.append(
            labels.sentence_counterfactual.format(
                date=start,
                observed=value(last.observed),
                period=period_text(last.period, kind, where),
                expected=value(final.expected),
                low=value(final.expected_low),
                high=value(final.expected_high),
            )
        )
    else:
        parts += [labels.sentence_event.format(label=go_live_label, date=start), labels.sentence_no_expected]
    if effect is not None:
        parts.append(
            labels.sentence_effect.format(
                value=scale.difference.text(effect.value, where, signed=True),
                level=where.share(effect.level),
                low=scale.difference.text(effect.low, where, signed=True),
                high=scale.difference.text(effect.high, where, signed=True),
            )
        )
    if controls:
        parts.append(labels.sentence_control.format(first=value(controls[0]), last=value(controls[-1])))
    parts += [
        labels.sentence_event.format(label=r.label, date=period_text(r.at, Period.DAY, where))
        for r in sorted(rules, key=lambda r: r.at)
    ]

    def cell(number: float | None) -> Cell:
        return Cell(value(number), number)

    columns = (
        labels.period,
        observed_label,
        labels.n,
        labels.expected,
        labels.low,
        labels.high,
        *((control_label,) if controls else ()),
    )
    extra = (Cell(""),) if controls else ()
    rows: list[tuple[Cell, ...]] = [
        (
            Cell(period_text(p.period, kind, where)),
            cell(p.observed),
            Cell(MISSING if p.n is None else where.count(p.n), p.n),
            cell(p.expected),
            cell(p.expected_low),
            cell(p.expected_high),
            *((cell(p.control),) if controls else ()),
        )
        for p in ordered
    ]
    if effect is not None:
        numbers = tuple(
            Cell(scale.difference.text(v, where, signed=True), v)
            for v in (effect.value, effect.low, effect.high)
        )
        rows.append(
            (Cell(f"{labels.difference} ({where.share(effect.level)})"), Cell(""), Cell(""), *numbers, *extra)
        )
    for rule in (Rule(at=go_live, label=go_live_label), *sorted(rules, key=lambda r: r.at)):
        rows.append(
            (
                Cell(period_text(rule.at, Period.DAY, where)),
                Cell(rule.label),
                Cell(""),
                Cell(""),
                Cell(""),
                Cell(""),
                *extra,
            )
        )
    return Chart(
        title,
        subtitle,
        view(height=height, layers=layers),
        labels.separator.join(p for p in parts if p),
        Table(columns, tuple(rows)),
    )


def _bracket(one: float, other: float) -> Layer:
    """Bracket at the right edge between two heights (one path)."""
    top, bottom = sorted((one, other))
    corners = [(5, top), (10, top), (10, bottom), (5, bottom)]
    return {
        "data": {"values": [{"dx": dx, "y": at, "order": i} for i, (dx, at) in enumerate(corners)]},
        "mark": {"type": "line", "style": "line-ink", "strokeWidth": 1.2, "x": {"expr": "width + datum.dx"},
                 "y": {"expr": "datum.y"}},
        "encoding": {"order": {"field": "order"}},
    }  # fmt: skip
