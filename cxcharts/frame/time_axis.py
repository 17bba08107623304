"""The time axis."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from cxcharts.frame.sheet import NARROW, TEXT_SIZE, TICKS, Layer
from cxcharts.locale import Locale, Period, fiscal_text, milliseconds
from cxcharts.text import width_of


def axes_layer(first: date, x: dict[str, Any], y: dict[str, Any]) -> Layer:
    """Carries the axes, draws nothing."""
    return {
        "name": "axes",
        "data": {"values": [{"x": first.isoformat()}]},
        "mark": {"type": "rule", "opacity": 0, "strokeWidth": 0},
        "encoding": {"x": x, "y": {**y, "datum": y["scale"]["domain"][0]}},
    }


def _starts(days: Sequence[date], period: Period, most: int, year_begins: int) -> list[date]:
    """Periods that get a tick, at most about `most`, on round steps of the calendar, quarters and years
    on those of the fiscal year."""
    if len(days) <= 1:
        return list(days)
    if period is Period.YEAR:
        every = max(1, -(-len(days) // most))
        return [d for i, d in enumerate(days) if i % every == 0]
    months = (days[-1].year - days[0].year) * 12 + days[-1].month - days[0].month + 1
    if period in (Period.DAY, Period.WEEK) and months <= 3:
        every = max(1, -(-len(days) // most))
        return [d for i, d in enumerate(days) if i % every == 0]
    step = next((s for s in (1, 2, 3, 6, 12, 24, 60, 120) if months / s <= most), 240)
    if period is Period.QUARTER:
        step = max(3, step)
    picked: list[date] = []
    year, month = days[0].year, days[0].month
    while (year, month) <= (days[-1].year, days[-1].month):
        first = date(year, month, 1)
        absolute = year * 12 + month - (year_begins if step >= 3 and period is Period.QUARTER else 1)
        if absolute % step == 0 and days[0] <= first <= days[-1]:
            picked.append(first)
        month += 1
        if month > 12:
            year, month = year + 1, 1
    return picked or [days[0]]


def _time_labels(days: Sequence[date], period: Period, locale: Locale) -> list[list[str]]:
    labels: list[list[str]] = []
    fine = period in (Period.DAY, Period.WEEK) and any(d.day != 1 for d in days)
    yearly = period is Period.YEAR or (len(days) > 1 and all(d.month == days[0].month for d in days))
    year: str | None = None
    is_chinese = locale.key == "zh-hans"
    for day in days:
        year_text = f"{day.year}年" if is_chinese else str(day.year)
        quarter, fiscal_year = "", ""
        if period is Period.QUARTER:
            quarter, fiscal_year = fiscal_text(day, locale.year_begins, is_chinese=is_chinese)
            year_text = fiscal_year or year_text
        if yearly and not fine:
            labels.append([year_text])
            continue
        if fine:
            head = locale.written(day, locale.day_of_year)
        elif period is Period.QUARTER:
            head = quarter or f"Q{(day.month + 2) // 3}"
        elif locale.key == "zh-hans":
            head = f"{day.month}月"
        else:
            head = locale.time["shortMonths"][day.month - 1]
        is_new = year_text != year
        if locale.key == "zh-hans":  # the year stands before the month: above it, where it changes
            labels.append([year_text if is_new else "", head])
        else:
            labels.append([head, year_text] if is_new else [head])
        year = year_text
    return labels


def time_x(
    days: Sequence[date],
    period: Period,
    locale: Locale,
    *,
    until: date | None = None,
    plot_wide: float = 560,
    plot_narrow: float = 230,
) -> dict[str, Any]:
    """Horizontal time encoding from the first to the last of `days` (sorted), or on to `until`, in UTC."""
    fine = period in (Period.DAY, Period.WEEK)
    widest = ("00 Sep" if fine else "2000") if locale.key == "en" else ("00月00日" if fine else "2000年")
    room = width_of(widest, TEXT_SIZE) + 16
    branches = []
    labels: dict[int, list[str]] = {}
    for plot in (plot_narrow, plot_wide):
        ticks = _starts(days, period, max(2, int(plot / room)), locale.year_begins)
        texts = _time_labels(ticks, period, locale)
        stamps = [milliseconds(d) for d in ticks]
        branches.append(("[" + ",".join(map(str, stamps)) + "]", json.dumps(texts, ensure_ascii=True)))
        labels.update(zip(stamps, texts, strict=True))
    first, last = milliseconds(days[0]), milliseconds(max(days[-1], until or days[-1]))
    if first == last:
        first, last = first - 86_400_000, last + 86_400_000
    narrow, wide = branches
    switch = f"page < {NARROW}"
    return {
        "field": "x",
        "type": "temporal",
        # As expressions: a plain number would become datetime(number), which the interpreter misreads.
        "scale": {"type": "utc", "domain": [{"expr": str(first)}, {"expr": str(last)}], "nice": False},
        "axis": {
            "title": None,
            "tickCount": TICKS,
            "grid": False,
            "values": {"expr": f"{switch} ? {narrow[0]} : {wide[0]}"},
            "labelExpr": (
                f"{switch} ? {narrow[1]}[indexof({narrow[0]}, +datum.value)]"
                f" : {wide[1]}[indexof({wide[0]}, +datum.value)]"
            ),
            "domain": True,
            "ticks": True,
            "tickSize": 4,
            "labelPadding": 4,
            "minExtent": 38,
            "maxExtent": 38,
            "labelFlush": False,
        },
    }
