"""Pictures of customer scores and of tests on them."""

from datetime import date, timedelta

import numpy as np

from cxcharts import scales
from cxcharts.chart import Chart
from cxcharts.dots import IntervalRow, interval_dots
from cxcharts.frame import Rule, RuleKind
from cxcharts.labels import ENGLISH
from cxcharts.locale import ValueFormat
from cxcharts.scales import Scale
from cxcharts.series import ControlLimits, Point, Series, series_chart
from cxstats.anonymity import Group, pattern_of
from cxstats.control import nps_chart
from cxstats.durations import kaplan_meier_quantile, quantile_duration
from cxstats.multiplicity import benjamini_hochberg
from cxstats.power import smallest_detectable_nps_change
from cxstats.sequential import peeking_error
from cxstats.voc import NpsCounts, nps, nps_change
from cxstats.weighting import nonresponse_bounds
from scripts.method_pictures.simulated import NPS, row


def voc() -> Chart:
    rows = [
        row(f"{n:,} answers", nps(promoters=n // 2, detractors=n // 5, n=n), n=n)
        for n in (50, 100, 200, 400, 800, 1600)
    ]
    return interval_dots(
        title="The same score of 30, known better and better",
        subtitle="NPS, 95% intervals; four times the answers halve the width",
        rows=rows,
        scale=NPS,
        zero=None,
        differences=False,
        sort=False,
    )


def durations() -> Chart:
    rng = np.random.default_rng(4)
    hours = rng.lognormal(np.log(30), 0.9, 240)
    watched = rng.uniform(4, 60, 240)
    seconds, resolved = np.minimum(hours, watched), hours <= watched
    closed = quantile_duration(seconds=seconds[resolved], share=0.5)
    every = kaplan_meier_quantile(seconds=seconds, resolved=resolved.tolist(), share=0.5)
    return interval_dots(
        title=f"Closed cases alone say {closed.value:.0f} hours; with the open ones the median is "
        f"{every.value:.0f}",
        subtitle=f"Median hours to resolution, 95% intervals; 240 simulated cases, {int((~resolved).sum())} "
        "still open, true median 30",
        rows=[
            IntervalRow(
                name="Closed cases only", value=closed.value, low=closed.low, high=closed.high, n=closed.n
            ),
            IntervalRow(
                name="All cases, open ones included", value=every.value, low=every.low, high=every.high, n=240
            ),
        ],
        scale=scales.hours(ENGLISH, decimals=0),
        zero=None,
        differences=False,
        sort=False,
    )


def power() -> Chart:
    rows = [
        IntervalRow(name=f"{n:,} answers a wave", value=smallest_detectable_nps_change(before_n=n), n=n)
        for n in (50, 100, 200, 400, 800, 1600, 3200)
    ]
    return interval_dots(
        title=f"With 100 answers a wave a change of NPS must be {rows[1].value:.0f} points to be noticed",
        subtitle="Smallest change that two waves show four times in five (50% promoters, 20% detractors)",
        rows=rows,
        scale=Scale(low=0, value=ValueFormat(decimals=0), difference=ValueFormat(decimals=0)),
        zero=None,
        differences=False,
        sort=False,
    )


def control() -> Chart:
    rng = np.random.default_rng(12)
    weeks, answers, baseline, fall = 52, 250, 30, 38
    promoters, detractors = [], []
    for k in range(weeks):
        shares = (0.5, 0.3, 0.2) if k < fall else (0.42, 0.3, 0.28)
        p, _, d = rng.multinomial(answers, shares)
        promoters.append(int(p))
        detractors.append(int(d))
    found = nps_chart(
        promoters=promoters, detractors=detractors, n=[answers] * weeks, baseline_periods=baseline
    )
    days = [date(2025, 1, 6) + timedelta(weeks=k) for k in range(weeks)]
    outside = int(np.sum(found.out[fall:] != 0))
    return series_chart(
        title=f"Thirty weeks draw the limits; {outside} "
        f"of the {weeks - fall} weeks after the fall lie outside",
        subtitle="Weekly NPS, 250 answers each; simulated, the score falls by 16 points in week 39",
        series=[
            Series(
                key="nps",
                name="NPS",
                points=tuple(
                    Point(period=d, value=float(v), n=answers) for d, v in zip(days, found.value, strict=True)
                ),
            )
        ],
        scale=NPS,
        period="week",
        limits=ControlLimits(center=found.center, low=float(found.low[0]), high=float(found.high[0])),
        rules=[Rule(at=days[baseline - 1], label="End of baseline", kind=RuleKind.OTHER)],
    )


def multiplicity() -> Chart:
    rng = np.random.default_rng(15)
    rows, p_values = [], []
    for k in range(20):
        waves = []
        for _ in range(2):
            p, _, d = rng.multinomial(300, (0.5, 0.3, 0.2))
            waves.append(NpsCounts(promoters=int(p), detractors=int(d), n=300))
        found = nps_change(before=waves[0], after=waves[1])
        rows.append(row(f"Segment {k + 1}", found.estimate, n=300))
        p_values.append(found.p_value)
    alone = sum(p < 0.05 for p in p_values)
    together = sum(benjamini_hochberg(p_values=p_values).found)
    return interval_dots(
        title=f"Twenty segments in which nothing changed: {'one' if alone == 1 else alone} looks remarkable, "
        f"{together or 'none'} after correction",
        subtitle="Change of NPS between two waves of 300 answers, simulated, 95% intervals not corrected",
        rows=rows,
        scale=NPS,
    )


def sequential() -> Chart:
    rows = [
        IntervalRow(name="One look" if looks == 1 else f"{looks} looks", value=peeking_error(looks=looks))
        for looks in (1, 2, 3, 5, 10, 20)
    ]
    return interval_dots(
        title=f"Looking twenty times makes a 5% test wrong in {100 * (rows[-1].value or 0):.0f}% of cases",
        subtitle="Chance of a false finding when an ordinary test is read at each look, without any effect",
        rows=rows,
        scale=Scale(
            low=0,
            value=ValueFormat(decimals=1, multiplier=100, suffix="%"),
            difference=ValueFormat(decimals=1, multiplier=100, suffix="%"),
        ),
        zero=None,
        differences=False,
        sort=False,
    )


def weighting() -> Chart:
    rows = []
    for rate in (0.9, 0.75, 0.5, 0.25, 0.1):
        found = nonresponse_bounds(score=30, response_rate=rate)
        rows.append(IntervalRow(name=f"{rate:.0%} answered", value=30, low=found.low, high=found.high))
    return interval_dots(
        title="The more stay silent, the less a score of 30 says about all customers",
        subtitle="NPS of all customers if those who stayed silent differ by 20 points either way",
        rows=rows,
        scale=NPS,
        zero=None,
        differences=False,
        sort=False,
    )


def anonymity() -> Chart:
    counts = {"Team A": 3, "Team B": 9, "Team C": 30}
    groups = [Group(key="department", parent=None, own=(0,))]
    groups += [Group(key=key, parent="department", own=(n,)) for key, n in counts.items()]
    (mixed,) = (one for one in pattern_of(groups=groups).remainders if len(one.keys) > 1)
    rows = [IntervalRow(name="Team A, when only A is hidden", value=3, low=3, high=3)]
    rows += [
        IntervalRow(name=f"{key}, when B is hidden too", value=counts[key], low=0, high=mixed.people[0])
        for key in mixed.keys
    ]
    return interval_dots(
        title="Hiding one small team hides nothing; hiding a second one does",
        subtitle="What a reader can work out about the size of two teams by subtraction; dot: the truth",
        rows=rows,
        scale=scales.plain(low=0),
        zero=None,
        differences=False,
        sort=False,
    )
