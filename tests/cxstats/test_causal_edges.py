"""Corners of the causal modules that ordinary data do not reach."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

import cxstats.its.counts
import cxstats.structural.model as structural
from cxstats.design import (
    Diagnostic,
    Direction,
    EstimandKind,
    EvaluationDesign,
    Light,
    MetricPanel,
    PanelCell,
    PeriodKind,
    UnitSelection,
    Verdict,
)
from cxstats.did import difference_in_differences, pre_trend, unit_panel
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.evaluate import Shape, evaluate, planned_grade, smallest_detectable_effect
from cxstats.evaluate.checks_made import regression_to_the_mean
from cxstats.evaluate.parallel import breakdown_per_period, parallel, with_breakdown
from cxstats.evaluate.series import _variants, treated_series
from cxstats.evaluate.tables import filled, tables
from cxstats.evaluate.thresholds import DEFAULTS
from cxstats.its import segmented_counts, segmented_regression
from cxstats.its.columns import series_design
from cxstats.its.noise import least_squares_fit
from cxstats.its.regression import summarize
from cxstats.overlap import overlapping_effects
from cxstats.overlap.effects import condition_number
from cxstats.results import Interval, Unit
from tests.cxstats.simulated import cell, groups, month, single


def seeded(seed=1):
    return np.random.default_rng(seed)


def test_treated_flags():
    assert unit_panel(values=[[1, 2], [3, 4]], first_treated=[1, None]).treated.tolist() == [1.0, 0.0]


def test_joint_test_needs_leads_that_differ():
    steps = np.repeat(seeded(2).normal(size=(12, 1)), 8, axis=1) * np.linspace(0, 1, 8)
    assert pre_trend(treated=steps[:6], control=steps[6:], blocks=4).joint_p is None


def test_level_only_effect_is_the_same_at_every_horizon():
    y = seeded(3).normal(size=20)
    fit = segmented_regression(values=y, start=12, noise_variance=np.ones(20))
    assert fit.effect_at(horizon=5).value == pytest.approx(fit.average.value)


def test_a_design_without_interruption_has_no_effect():
    plan = series_design(time=np.arange(10.0), start=None)
    fit = least_squares_fit(design=plan.matrix, values=seeded(1).normal(size=10))
    with pytest.raises(InvalidInput):
        summarize(fit=fit, plan=plan, unit=Unit.POINTS, level=0.95)
    with pytest.raises(NotEstimable):
        fit.standard_error(np.zeros(2))


def test_counts_that_do_not_settle(monkeypatch):
    monkeypatch.setattr(cxstats.its.counts.np.linalg, "solve", lambda a, b: seeded(None).normal(size=len(b)))
    with pytest.raises(NotEstimable, match="no_convergence"):
        segmented_counts(counts=[3.0, 4, 5, 6, 7, 8], start=3, trend=False)


def test_variances_that_do_not_settle():
    class Result:
        mle_retvals = {"converged": False}
        params = (1.0, 2.0)

    class Model:
        def fit(self, begin, **_):
            return Result()

    with pytest.raises(NotEstimable, match="no_convergence"):
        structural._fit(Model())

    class Second(Model):
        def fit(self, begin, **options):
            result = Result()
            # the simplex begins where the line search stopped
            result.mle_retvals = {"converged": options["method"] == "nm" and begin == (1.0, 2.0)}
            return result

    assert structural._fit(Second()).mle_retvals["converged"]


def test_structural_error_that_is_not_finite(monkeypatch):
    pytest.importorskip("statsmodels")
    fit = structural._fit

    def broken(model):
        result = fit(model)
        size = len(result.params)
        result.cov_params = lambda: np.full((size, size), -1.0)
        return result

    monkeypatch.setattr(structural, "_fit", broken)
    with (
        np.errstate(invalid="ignore"),
        pytest.raises(NotEstimable, match="no_convergence"),
    ):
        structural.structural_effect(values=seeded(1).normal(size=40), start=30, rng=seeded(1))


def test_steps_that_vanish_cannot_be_told_apart():
    assert condition_number(steps=np.ones((6, 1)), rest=np.ones((6, 1))) == float("inf")
    with pytest.raises(NotEstimable) as refusal:
        overlapping_effects(values=seeded(1).normal(size=12), starts=[("a", 5)], maximum_condition=0.5)
    assert refusal.value.reason is Reason.OVERLAPPING_INITIATIVES


def test_one_cohort_without_controls_is_a_series():
    design = EvaluationDesign(metric="nps", kind=EstimandKind.NPS, period=PeriodKind.MONTH, start=month(3))
    shape = Shape(
        treated_units=6, control_units=0, pre_periods=24, post_periods=8, staggered=False, cohorts=2
    )
    assert planned_grade(design=design, shape=shape).route == "series"


def laid_out(case):
    return filled(table=tables(design=case.design, panel=case.panel), thresholds=DEFAULTS)


def test_no_dip_is_sought_in_a_short_or_constant_past():
    case = single(length=14, start=3)(seeded(2), 0.0)
    found = regression_to_the_mean(
        table=laid_out(case), design=case.design, thresholds=DEFAULTS, route="series"
    )
    assert found.light is Light.NOT_RUN
    flat = tuple(PanelCell(unit="all", period=month(k), value=5.0, n=100, variance=0.0) for k in range(24))
    case = replace(case, panel=replace(case.panel, cells=flat), design=replace(case.design, start=month(14)))
    found = regression_to_the_mean(
        table=laid_out(case), design=case.design, thresholds=DEFAULTS, route="series"
    )
    assert found.light is Light.NOT_RUN


def test_variants_that_are_singular_are_skipped():
    case = single(length=20, start=12)(seeded(2), 0.0)
    series = treated_series(laid_out(case))
    since = np.maximum(series.time - series.start, 0.0)[:, None]
    assert [item.key for item in _variants(series, Unit.POINTS, None, since, DEFAULTS)] == [
        "around_start_left_out"
    ]


def test_an_empty_window_has_no_data():
    case = single()(seeded(2), 0.0)
    table = tables(design=case.design, panel=case.panel)
    with pytest.raises(NotEstimable) as refusal:
        filled(table=table.columns(np.zeros(table.numbers.size, dtype=bool)), thresholds=DEFAULTS)
    assert refusal.value.reason is Reason.NO_DATA


def test_two_control_series_by_chance_keep_their_trend_as_a_note():
    rng = seeded(4)
    cells = tuple(cell(f"u{i}", k, 20 + 1.5 * k * (i == 0), 900, rng) for i in range(2) for k in range(20))
    design = EvaluationDesign(
        metric="nps",
        kind=EstimandKind.NPS,
        period=PeriodKind.MONTH,
        start=month(12),
        selection=UnitSelection.CHANCE,
    )
    found = evaluate(
        design, MetricPanel(cells=cells, treated=(("u0", None),), controls=("u1",)), rng=seeded()
    )
    lights = {item.key: item.light for item in found.diagnostics}
    assert found.refusal is None
    assert lights["pre_trend"] is Light.AMBER


def test_too_many_leads_for_a_joint_test_and_no_departure():
    case = groups(treated=2, controls=2)(seeded(2), 0.0)
    table = laid_out(case)
    shown = parallel(table=table, unit=Unit.POINTS, thresholds=DEFAULTS)
    assert "joint_p" not in dict(shown.figures)
    quiet = Diagnostic(key="pre_trend", light=Light.GREEN, figures=(("largest_departure", 0.0),))
    clear = Interval(low=1.0, high=2.0)
    assert "breakdown" not in dict(with_breakdown(quiet, interval=clear, table=table).figures)
    unsure = Interval(low=-1.0, high=2.0)
    assert with_breakdown(quiet, interval=unsure, table=table) is quiet


def test_the_drift_that_overturns_a_claim_is_per_period():
    # months 0 to 13 before and 14 to 23 after: their middles lie 12 months apart
    table = laid_out(groups(treated=2, controls=2)(seeded(2), 0.0))
    assert breakdown_per_period(interval=Interval(low=3.0, high=9.0), table=table) == pytest.approx(0.25)
    assert breakdown_per_period(interval=Interval(low=-9.0, high=-6.0), table=table) == pytest.approx(0.5)
    assert breakdown_per_period(interval=Interval(low=-1.0, high=9.0), table=table) is None


def test_refused_durations_are_still_shown_in_seconds():
    case = single()(seeded(2), 0.0)
    cells = tuple(replace(item, value=7.0 + item.value / 100, variance=0.5) for item in case.panel.cells)
    design = replace(
        case.design, kind=EstimandKind.LOG_DURATION, direction=Direction.DOWN, start=date(2030, 1, 1)
    )
    found = evaluate(design, replace(case.panel, cells=cells), rng=seeded())
    assert found.verdict is Verdict.NOT_ESTIMABLE
    assert found.series[0].observed > 1000
    assert found.smallest_detectable_effect is None


def test_power_of_clusters_that_never_vary():
    rows = tuple(
        PanelCell(unit=f"u{i}", period=month(k), value=5.0, n=100, variance=0.0)
        for i in range(12)
        for k in range(14)
    )
    panel = MetricPanel(
        cells=rows,
        treated=tuple((f"u{i}", None) for i in range(6)),
        controls=tuple(f"u{i}" for i in range(6, 12)),
    )
    design = EvaluationDesign(metric="nps", kind=EstimandKind.NPS, period=PeriodKind.MONTH, start=month(14))
    found = smallest_detectable_effect(design, panel, planned_periods=6)
    assert found.refusal is Reason.NO_VARIATION
    assert difference_in_differences(treated=[1.0, 2.0], control=[0.0, 1.0]).effect.n == 4
