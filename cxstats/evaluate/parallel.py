"""Did both sides run in parallel before the go-live; and what is left of a claim where they did not?

Where the earlier paths differ nothing is refused: the interval is widened until it also holds what the effect
would be had the two gone on drifting apart as they did before.
"""

from dataclasses import replace

import numpy as np

from cxstats.checks import FloatArray
from cxstats.design import Diagnostic, Light
from cxstats.did import breakdown_value, pre_trend
from cxstats.evaluate.tables import Tables
from cxstats.evaluate.thresholds import Thresholds
from cxstats.results import Estimate, Interval, Unit


def parallel(*, table: Tables, unit: Unit, thresholds: Thresholds) -> Diagnostic:
    """Slopes of treated and control units before the go-live; amber where they differ."""
    before = table.values[:, table.pre]
    found = pre_trend(
        treated=before[: table.treated],
        control=before[table.treated :],
        unit=unit,
        level=thresholds.pre_trend_level,
    )
    figures: tuple[tuple[str, float], ...] = (
        ("slope", found.slope.value),
        ("low", found.slope.interval.low),
        ("high", found.slope.interval.high),
        ("p", found.p_value),
        ("largest_departure", found.largest_departure),
    )
    if found.joint_p is not None:
        figures += (("joint_p", found.joint_p),)
    light = Light.GREEN if found.slope.interval.contains(0.0) else Light.AMBER
    return Diagnostic(key="pre_trend", light=light, figures=figures)


def detrended(table: Tables) -> Tables:
    """Each unit without the straight line of its own time before the go-live, drawn on to the end.

    Its effect is that of two sides that went on drifting apart as before: smoothness restriction with M = 0,
    Rambachan & Roth (2023), Review of Economic Studies 90:2555, section 2.4.
    """
    time = table.numbers - table.numbers[table.pre].mean()
    early = time[table.pre]
    slopes = table.values[:, table.pre] @ early / float(early @ early)
    return replace(table, values=table.values - np.outer(slopes, time))


def hull(first: Interval, *others: Interval) -> Interval:
    """The smallest interval that holds them all.

    Between "no drift" and "drift as before" the estimate moves on a line and its error is convex, so that
    the two ends hold everything in between.
    """
    everything = (first, *others)
    return Interval(
        low=min(each.low for each in everything),
        high=max(each.high for each in everything),
        level=first.level,
    )


def widened(effect: Estimate, *others: Interval) -> Estimate:
    """The estimate with an interval that holds the others too."""
    return replace(effect, interval=hull(effect.interval, *others))


def noted_as_widened(diagnostic: Diagnostic) -> Diagnostic:
    """The check says that the interval holds a drift that goes on."""
    return replace(diagnostic, figures=(*diagnostic.figures, ("widened", 1.0)))


def with_breakdown(diagnostic: Diagnostic, *, interval: Interval, table: Tables) -> Diagnostic:
    """How far the two sides would have to drift apart to overturn the claim: against the largest departure
    before, and per period. Nothing where nothing is claimed."""
    per_period = breakdown_per_period(interval=interval, table=table)
    if diagnostic.light is Light.NOT_RUN or per_period is None:
        return diagnostic
    figures = diagnostic.figures
    largest = dict(figures).get("largest_departure", 0.0)
    if largest > 0:
        value = breakdown_value(interval=interval, largest_departure=largest)
        figures += (("breakdown", value),)
    return replace(diagnostic, figures=(*figures, ("breakdown_per_period", per_period)))


def breakdown_per_period(*, interval: Interval, table: Tables) -> float | None:
    """Steady drift per period, beyond what the interval allows for, at which it would reach zero."""
    if interval.contains(0.0):
        return None
    times: FloatArray = table.numbers
    after = float(times[~table.pre].mean())
    distance = after - float(times[table.pre].mean())
    return min(abs(interval.low), abs(interval.high)) / distance
