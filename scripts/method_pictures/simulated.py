"""Simulated customers, and the rows and charts that several pictures share."""

from datetime import date

import numpy as np

from cxcharts import scales
from cxcharts.chart import Chart
from cxcharts.counterfactual import CounterfactualPoint, Effect, counterfactual_chart
from cxcharts.dots import IntervalRow
from cxcharts.labels import ENGLISH
from cxstats.results import Estimate

ANSWER_SD = 80.0  # of one NPS answer, points


NPS = scales.nps(ENGLISH)


Array = np.ndarray


def month(k: int) -> date:
    return date(2023 + k // 12, k % 12 + 1, 1)


def latent(rng: np.random.Generator, length: int, phi: float, sd: float) -> Array:
    """What customers feel persists from month to month: an AR(1) path."""
    path = np.empty(length)
    path[0] = rng.normal()
    for k in range(1, length):
        path[k] = phi * path[k - 1] + np.sqrt(1 - phi**2) * rng.normal()
    return sd * path


def row(name: str, found: Estimate, *, n: int | None = None) -> IntervalRow:
    return IntervalRow(name=name, value=found.value, low=found.interval.low, high=found.interval.high, n=n)


def effect_of(found: Estimate) -> Effect:
    return Effect(value=found.value, low=found.interval.low, high=found.interval.high)


def span(found: Estimate, decimals: int = 1) -> str:
    return f"{found.interval.low:.{decimals}f} to {found.interval.high:.{decimals}f}"


def against_expected(
    *,
    title: str,
    subtitle: str,
    values: Array,
    start: int,
    expected: Array,
    low: Array | None,
    high: Array | None,
    found: Estimate,
    control: Array | None = None,
    control_name: str = "",
) -> Chart:
    """A monthly NPS against the path expected without the initiative."""
    points = [
        CounterfactualPoint(
            period=month(k),
            observed=float(values[k]),
            expected=float(expected[k]),
            expected_low=None if low is None or k < start else float(low[k]),
            expected_high=None if high is None or k < start else float(high[k]),
            control=None if control is None else float(control[k]),
        )
        for k in range(len(values))
    ]
    return counterfactual_chart(
        title=title,
        subtitle=subtitle,
        key="nps",
        points=points,
        go_live=month(start),
        go_live_label="Go-live",
        scale=NPS,
        effect=effect_of(found),
        control_name=control_name,
    )
