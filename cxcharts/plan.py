"""What we shall see if it works, and if it does not: two futures drawn before the vote."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from cxcharts.chart import Cell, Chart, Table
from cxcharts.frame import (
    MOST_POINTS,
    EndLabel,
    Layer,
    Rule,
    RuleKind,
    axes_layer,
    end_labels,
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
from cxcharts.series import Point

HEIGHT = 260.0


def plan_chart(
    *,
    title: str,
    subtitle: str,
    key: str,
    history: Sequence[Point],
    baseline: float,
    expected_change: float,
    smallest_change: float | None,
    go_live: date,
    review: date,
    go_live_label: str,
    review_label: str,
    scale: Scale,
    period: Period | str = Period.MONTH,
    full_effect: date | None = None,
    labels: Labels = ENGLISH,
    locale: str | Locale = "en",
    height: float = HEIGHT,
) -> Chart:
    """Baseline, the course if the initiative works, the course if not, and the band we cannot see into.

    `expected_change` is signed, `smallest_change` >= 0 (None: not known). The change is complete at
    `full_effect` (else at `review`). Raises ValueError if the review is not after the go-live.
    """
    where, kind = locale_for(locale), Period(period)
    if review <= go_live:
        raise ValueError("a plan chart needs a review date after the go-live")
    if smallest_change is not None and smallest_change < 0:
        raise ValueError("a plan chart needs a smallest detectable change of zero or more")
    finite([baseline, expected_change, smallest_change, *(p.value for p in history)])
    past = [p for p in sorted(history, key=lambda p: p.period) if p.value is not None]
    reached = baseline + expected_change
    if scale.low is not None:
        reached = max(reached, scale.low)
    if scale.high is not None:
        reached = min(reached, scale.high)
    band = smallest_change if smallest_change is not None else 0.0
    floor_, ceiling = baseline - band, baseline + band
    if scale.low is not None:
        floor_ = max(floor_, scale.low)
    if scale.high is not None:
        ceiling = min(ceiling, scale.high)
    low, high, ticks = domain([baseline, reached, floor_, ceiling, *(p.value for p in past)], scale)
    axis, _ = y_axis(ticks, scale, where)
    y_axes: dict[str, Any] = {
        "type": "quantitative",
        "scale": {"domain": [low, high], "nice": False, "zero": False},
        "axis": axis,
    }
    start = min([go_live, *(p.period for p in past)])
    if not past:
        start = date.fromordinal(go_live.toordinal() - max(30, (review - go_live).days // 3))
    x_axes = time_x([start, review], kind, where)
    x, y = without_axis(x_axes), without_axis(y_axes)
    hue = slot(key)
    complete = min(full_effect, review) if full_effect is not None and full_effect > go_live else review

    def line(values: list[tuple[date, float | None]], style: str, **mark: Any) -> Layer:
        return {
            "data": {"values": [{"x": d.isoformat(), "y": v} for d, v in values]},
            "mark": {"type": "line", "style": style, "strokeJoin": "round", **mark},
            "encoding": {"x": x, "y": {**y, "field": "y"}},
        }

    layers: list[Layer] = [axes_layer(start, x_axes, y_axes)]
    layers += rule_layers(
        [
            Rule(at=go_live, label=go_live_label),
            Rule(at=review, label=review_label, kind=RuleKind.OTHER),
        ],
        first=start,
        last=review,
        x=x,
    )
    if smallest_change is not None:
        layers.append(
            {
                "data": {
                    "values": [
                        {"x": d.isoformat(), "low": floor_, "high": ceiling} for d in (go_live, review)
                    ]
                },
                "mark": {"type": "area", "style": "band-calm", "line": False},
                "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
            }
        )
    if len(past) > 1:
        layers.append(line([(p.period, p.value) for p in past], f"line-hue-{hue}", strokeWidth=2.2))
    if past and len(past) <= MOST_POINTS:
        layers.append(
            {
                "data": {"values": [{"x": p.period.isoformat(), "y": p.value} for p in past]},
                "mark": {
                    "type": "point",
                    "filled": True,
                    "style": f"fill-hue-{hue}",
                    "size": 22,
                    "opacity": 1,
                },
                "encoding": {"x": x, "y": {**y, "field": "y"}},
            }
        )
    layers.append(
        line([(go_live, baseline), (review, baseline)], "line-muted", strokeWidth=1.8, strokeDash=[6, 4])
    )
    works: list[tuple[date, float | None]] = [(go_live, baseline), (complete, reached)]
    if complete < review:
        works.append((review, reached))
    layers.append(line(works, f"line-hue-{hue}", strokeWidth=2.6, strokeDash=[2, 3], strokeCap="round"))

    def value(number: float) -> str:
        return scale.value.text(number, where)

    change = MISSING if smallest_change is None else scale.difference.text(smallest_change, where)
    ends = [
        EndLabel(
            y=pixel(reached, low, high, height),
            text=f"{labels.works} {value(reached)}",
            style=f"text-hue-{hue}",
            detail=scale.difference.text(expected_change, where, signed=True),
        ),
        EndLabel(
            y=pixel(baseline, low, high, height), text=f"{labels.does_not} {value(baseline)}", style="muted"
        ),
    ]
    if smallest_change is not None:
        edge = floor_ if expected_change >= 0 else ceiling
        ends.append(
            EndLabel(
                y=pixel(edge, low, high, height),
                text=labels.smallest.format(change=change),
                style="text-calm",
            )
        )
    layers += end_labels(ends, height=height, room_narrow=92)
    parts = [
        closed(title, where),
        closed(subtitle, where),
        labels.sentence_plan.format(
            baseline=value(baseline),
            works=value(reached),
            review=period_text(review, Period.DAY, where),
            change=change,
        ),
    ]
    if smallest_change is not None and abs(expected_change) < smallest_change:
        parts.append(labels.sentence_plan_blind)
    parts += [
        labels.sentence_event.format(label=go_live_label, date=period_text(go_live, Period.DAY, where)),
        labels.sentence_event.format(label=review_label, date=period_text(review, Period.DAY, where)),
    ]

    def cell(number: float | None) -> Cell:
        return Cell(MISSING if number is None else value(number), number)

    rows: list[tuple[Cell, ...]] = [
        (
            Cell(period_text(p.period, kind, where)),
            cell(p.value),
            cell(p.low),
            cell(p.high),
            Cell(MISSING if p.n is None else where.count(p.n), p.n),
        )
        for p in past
    ]
    blank = Cell("")
    rows += [
        (Cell(labels.baseline), cell(baseline), blank, blank, blank),
        (Cell(labels.works), cell(reached), blank, blank, blank),
        (Cell(labels.does_not), cell(baseline), blank, blank, blank),
        (
            Cell(f"{go_live_label} – {review_label}"),
            Cell(f"{period_text(go_live, Period.DAY, where)} – {period_text(review, Period.DAY, where)}"),
            blank,
            blank,
            blank,
        ),
    ]
    if smallest_change is not None:
        rows.append(
            (
                Cell(labels.smallest.format(change="").strip(" :：")),
                Cell(change, smallest_change),
                cell(floor_),
                cell(ceiling),
                blank,
            )
        )
    return Chart(
        title,
        subtitle,
        view(height=height, layers=layers),
        labels.separator.join(p for p in parts if p),
        Table((labels.period, labels.value, labels.low, labels.high, labels.n), tuple(rows)),
    )
