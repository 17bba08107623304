"""Pictures of what an initiative changed."""

from datetime import date

import numpy as np

from cxcharts import scales
from cxcharts.chart import Chart
from cxcharts.counterfactual import CounterfactualPoint, counterfactual_chart
from cxcharts.dots import interval_dots
from cxcharts.frame import Rule, RuleKind
from cxcharts.labels import ENGLISH
from cxcharts.series import Point, Series, series_chart
from cxstats.design import (
    EstimandKind,
    EvaluationDesign,
    MetricPanel,
    PanelCell,
    PeriodKind,
)
from cxstats.did import cluster_changes, difference_in_differences
from cxstats.evaluate import evaluate
from cxstats.its import segmented_regression
from cxstats.overlap import overlapping_effects
from cxstats.structural import structural_effect
from cxstats.synthetic import synthetic_control
from scripts.method_pictures.simulated import (
    ANSWER_SD,
    NPS,
    against_expected,
    effect_of,
    latent,
    month,
    row,
    span,
)


def its() -> Chart:
    rng = np.random.default_rng(7)
    length, start, answers = 36, 24, 400
    mean = 20 + 0.1 * np.arange(length) + latent(rng, length, 0.4, 2.0) + 8.0 * (np.arange(length) >= start)
    values = mean + rng.normal(size=length) * ANSWER_SD / np.sqrt(answers)
    found = segmented_regression(
        values=values, start=start, noise_variance=np.full(length, ANSWER_SD**2 / answers)
    )
    return against_expected(
        title=f"{found.average.value:+.1f} points ({span(found.average)}) above the trend before the go-live",
        subtitle="NPS of one simulated series, 400 answers a month; the true effect is +8 points",
        values=values,
        start=start,
        expected=found.expected,
        low=found.expected_low,
        high=found.expected_high,
        found=found.average,
    )


def did() -> Chart:
    rng = np.random.default_rng(5)
    stores, length, start = 12, 24, 14
    weather = latent(rng, length, 0.7, 6.0) - 6.0 * (np.arange(length) >= start)
    values = np.array(
        [24 + rng.normal(0, 5) + weather + rng.normal(size=length) * 9 for _ in range(2 * stores)]
    )
    values[:stores, start:] += 7.0
    changes = cluster_changes(before=values[:, :start], after=values[:, start:])
    found = difference_in_differences(treated=changes[:stores], control=changes[stores:])
    means = (
        (values[:stores].mean(axis=0), "program", "With program"),
        (values[stores:].mean(axis=0), "other", "Without"),
    )
    return series_chart(
        title=f"With the program the score fell by {-found.treated_change:.1f}, without it by "
        f"{-found.control_change:.1f}: a difference of {found.effect.value:.1f} points",
        subtitle=f"NPS, means of 12 simulated stores each; 95% interval {span(found.effect)}, truth 7",
        series=[
            Series(
                key=key,
                name=name,
                points=tuple(Point(period=month(k), value=float(v)) for k, v in enumerate(path)),
            )
            for path, key, name in means
        ],
        scale=NPS,
        rules=[Rule(at=month(start), label="Go-live")],
    )


def structural() -> Chart:
    rng = np.random.default_rng(11)
    length, start = 40, 28
    other = 12 + rng.normal(size=length).cumsum() * 2.5
    values = 14 + other + rng.normal(size=length) * 2.0 + 8.0 * (np.arange(length) >= start)
    found = structural_effect(values=values, start=start, rng=rng, controls=other)
    return against_expected(
        title=f"The other country shows where the score would have gone: {found.effect.value:+.1f} points "
        f"({span(found.effect)})",
        subtitle="NPS, simulated, with a control series that moves along; the true effect is +8 points",
        values=values,
        start=start,
        expected=found.expected,
        low=found.expected_low,
        high=found.expected_high,
        found=found.effect,
        control=other,
        control_name="Other country",
    )


def synthetic() -> Chart:
    rng = np.random.default_rng(2)
    donors, length, start = 24, 36, 24
    factors = np.array([latent(rng, length, 0.8, 8.0), latent(rng, length, 0.8, 8.0)])
    loadings = rng.uniform(0, 1, (donors, 2))
    pool = 20 + rng.normal(0, 4, (donors, 1)) + loadings @ factors + rng.normal(size=(donors, length))
    values = pool[:4].mean(axis=0) + rng.normal(size=length) + 7.0 * (np.arange(length) >= start)
    found = synthetic_control(treated=values, donors=pool, start=start)
    used = int(np.sum(found.weights > 0.01))
    return against_expected(
        title=f"A mix of {used} of the 24 others follows the region before the go-live; afterwards it leaves "
        f"the mix by {found.effect.value:.1f} points ({span(found.effect)})",
        subtitle="NPS, simulated; the true effect is +7 points",
        values=values,
        start=start,
        expected=found.expected,
        low=None,
        high=None,
        found=found.effect,
        control=pool.mean(axis=0),
        control_name="Plain mean of all others",
    )


def selection() -> Chart:
    rng = np.random.default_rng(3)
    branches, length, start = 60, 18, 9
    values = 30 + rng.normal(0, 6, (branches, 1)) + rng.normal(0, 12, (branches, length))
    order = np.argsort(values[:, start - 2 : start].mean(axis=1))
    worst, rest = values[order[:10]].mean(axis=0), values[order[10:]].mean(axis=0)
    gain = worst[start:].mean() - worst[start - 2 : start].mean()
    return series_chart(
        title=f"Nothing was done, and yet the ten worst branches rise by {gain:.0f} points",
        subtitle="NPS of 60 simulated branches without any program, chosen by their last two months",
        series=[
            Series(
                key=key,
                name=name,
                points=tuple(Point(period=month(k), value=float(v)) for k, v in enumerate(path)),
            )
            for path, key, name in ((rest, "rest", "Not chosen"), (worst, "worst", "Ten worst"))
        ],
        scale=NPS,
        rules=[Rule(at=month(start), label="Chosen here", kind=RuleKind.OTHER)],
    )


def overlap() -> Chart:
    rows = []
    for name, gap in (("a month apart", 1), ("a year apart", 12)):
        rng = np.random.default_rng(8)
        length, first, answers = 60, 24, 900
        t = np.arange(length)
        mean = 20 + latent(rng, length, 0.0, 1.5) + 5.0 * (t >= first) + 4.0 * (t >= first + gap)
        values = mean + rng.normal(size=length) * ANSWER_SD / np.sqrt(answers)
        found = overlapping_effects(
            values=values,
            starts=[("App", first), ("Desk", first + gap)],
            noise_variance=np.full(length, ANSWER_SD**2 / answers),
            trend=False,
        )
        rows += [row(f"{one.name}, {name}", one.effect) for one in found.separate]
        rows.append(row(f"Both, {name}", found.joint))
    return interval_dots(
        title="Starts close together: the sum can be known, the parts hardly",
        subtitle="Effect on NPS, 95% intervals; simulated, true effects +5 (app) and +4 (desk)",
        rows=rows,
        scale=NPS,
        sort=False,
    )


def finding() -> Chart:
    rng = np.random.default_rng(3)
    cells = []
    for k in range(36):
        happy = int(rng.binomial(400, 0.60 if k < 24 else 0.70))
        cells.append(PanelCell.share(unit="care", period=month(k), n=400, hits=happy))
    design = EvaluationDesign(
        metric="csat", kind=EstimandKind.SHARE, period=PeriodKind.MONTH, start=date(2025, 1, 1)
    )
    found = evaluate(design, MetricPanel(cells=tuple(cells), treated=(("care", None),)), rng=rng)
    effect = found.effect
    if effect is None:
        raise ValueError("the worked example has an effect")
    low, high = 100 * effect.interval.low, 100 * effect.interval.high
    return counterfactual_chart(
        title=f"Grade {found.grade.value}, {found.verdict.value}: {100 * effect.value:+.1f} percentage "
        f"points ({low:.1f} to {high:.1f})",
        subtitle="Satisfied customers, 400 answers a month; simulated, the share rises from 60% to 70%",
        key="csat",
        points=[
            CounterfactualPoint(
                period=p.period,
                observed=p.observed,
                n=p.n,
                expected=p.expected,
                expected_low=p.expected_low if p.period >= design.start else None,
                expected_high=p.expected_high if p.period >= design.start else None,
            )
            for p in found.series
        ],
        go_live=design.start,
        go_live_label="Go-live",
        scale=scales.share(ENGLISH),
        effect=effect_of(effect),
    )
