"""What stands beside the headline: lights, figures, charts, boundaries, each worked out another way."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from cxstats.design import (
    DesignGrade,
    Diagnostic,
    Direction,
    EstimandKind,
    EvaluationDesign,
    Light,
    Method,
    MetricPanel,
    OtherInitiative,
    PanelCell,
    PeriodKind,
    SensitivityRow,
    UnitSelection,
    Verdict,
)
from cxstats.errors import Reason
from cxstats.evaluate import Shape, Thresholds, evaluate, planned_grade, smallest_detectable_effect
from cxstats.evaluate.checks_made import methods_agree
from cxstats.evaluate.judgement import judge
from cxstats.evaluate.mix import at_constant_mix
from cxstats.evaluate.plan import season_of
from cxstats.evaluate.tables import filled, tables
from cxstats.results import Estimate, Interval, Unit
from tests.cxstats.simulated import cell, groups, month, single


def seeded(seed=1):
    return np.random.default_rng(seed)


def run(case, **more):
    return evaluate(case.design, case.panel, rng=seeded(), **more)


def with_design(case, **more):
    return replace(case, design=replace(case.design, **more))


def with_cells(case, change):
    """The same case, each cell as `change(place, cell)` makes it."""
    cells = tuple(change(place, one) for place, one in enumerate(case.panel.cells))
    return replace(case, panel=replace(case.panel, cells=cells))


def check(found, key):
    return next(item for item in found.diagnostics if item.key == key)


def monthly(start, **more):
    return EvaluationDesign(
        metric="nps", kind=EstimandKind.NPS, period=PeriodKind.MONTH, start=month(start), **more
    )


def table_of(case):
    """Values of the case by unit (treated first) and month, answers beside them."""
    names = [unit for unit, _ in case.panel.treated] + list(case.panel.controls)
    days = sorted({one.period for one in case.panel.cells})
    values, answers = np.zeros((2, len(names), len(days)))
    for one in case.panel.cells:
        values[names.index(one.unit), days.index(one.period)] = one.value
        answers[names.index(one.unit), days.index(one.period)] = one.n
    return values, answers


def estimate(value, half, unit=Unit.POINTS):
    return Estimate(
        value=value,
        interval=Interval(low=value - half, high=value + half),
        n=10,
        unit=unit,
        method="x",
        standard_error=half / 2,
    )


# Lights


@pytest.mark.parametrize(("answers", "light"), [(29, Light.AMBER), (30, Light.GREEN)])
def test_a_period_with_few_answers_is_noted_on_either_side(answers, light):
    case = groups(answers=200)(seeded(2), 15.0)
    for unit in ("u00", "u15"):
        mine = [f"u{i:02}" for i in (range(10) if unit == "u00" else range(10, 20))]
        # ten units share the answers of that month
        counts = dict(zip(mine, [answers - 18, *[2] * 9], strict=True))
        few = with_cells(
            case,
            lambda _, one, counts=counts: (
                replace(one, n=counts[one.unit]) if one.unit in counts and one.period == month(3) else one
            ),
        )
        found = run(few)
        assert check(found, "low_counts").light is light
        assert check(found, "low_counts").figures == (("smallest", answers),)
        assert found.verdict is Verdict.SUPPORTED  # it informs, the claim stands


@pytest.mark.parametrize(
    ("effect", "half", "other", "other_half", "light"),
    [
        (5, 2, -1, 8, Light.AMBER),  # a claim, and an analysis that points the other way
        (1, 2, -1, 2, Light.GREEN),  # no claim that could be contradicted
        (-5, 2, 1, 8, Light.AMBER),
        (5, 2, 2, 8, Light.GREEN),
        (1, 2, 9, 3, Light.AMBER),  # no claim, but neither interval holds the other's value
        (1, 2, 9, 8, Light.GREEN),  # one of them does
    ],
)
def test_agreement_of_methods_depends_on_the_claim_and_on_the_distance(
    effect, half, other, other_half, light
):
    row = SensitivityRow(
        key="reml_ar1", value=other, interval=Interval(low=other - other_half, high=other + other_half)
    )
    found = methods_agree(effect=estimate(effect, half), rows=(row,))
    assert found.light is light
    assert found.figures == (
        ("lowest", min(effect, other)),
        ("middle", (effect + other) / 2),
        ("highest", max(effect, other)),
    )


def test_parallel_paths_of_two_series_are_green_and_show_their_slope():
    case = groups(treated=1, controls=1, answers=400)(seeded(3), 30.0)
    found = check(run(case), "pre_trend")
    assert found.light is Light.GREEN
    figures = dict(found.figures)
    assert figures["low"] < 0 < figures["high"]
    assert figures["low"] < figures["slope"] < figures["high"]
    assert figures["p"] > 0.05


def test_the_slope_between_two_series_is_per_period():
    """Two points further apart each month before the go-live: noted, not refused, where chance chose."""
    rng = seeded(4)
    cells = tuple(cell(f"u{i}", k, 20 + 2.0 * k * (i == 0), 800, rng) for i in range(2) for k in range(20))
    panel = MetricPanel(cells=cells, treated=(("u0", None),), controls=("u1",))
    found = check(evaluate(monthly(12, selection=UnitSelection.CHANCE), panel, rng=rng), "pre_trend")
    figures = dict(found.figures)
    assert found.light is Light.AMBER
    assert 0 < figures["low"] < 2.0 < figures["high"]
    # noise alone: 80 sqrt(2 / 800) points a month, over months 0 to 11
    assert figures["slope"] == pytest.approx(2.0, abs=3 * 80 * np.sqrt(2 / 800) / np.sqrt(143))
    assert figures["p"] < 0.05


def test_paths_of_groups_before_the_go_live_are_tested_jointly():
    # Hotelling's T^2 of the contrasts between blocks, as the squared Mahalanobis distance of the two groups
    case = groups()(seeded(2), 15.0)
    found = dict(check(run(case), "pre_trend").figures)
    values, _ = table_of(case)
    blocks = np.array([values[:, part].mean(axis=1) for part in np.array_split(np.arange(14), 4)]).T
    contrasts = np.diff(blocks, axis=1)  # T^2 does not depend on which contrasts span the space
    gap = contrasts[:10].mean(axis=0) - contrasts[10:].mean(axis=0)
    pooled = (np.cov(contrasts[:10].T) + np.cov(contrasts[10:].T)) / 2
    squared = 10 * 10 / 20 * gap @ np.linalg.inv(pooled) @ gap
    joint = stats.f.sf(squared * (20 - 3 - 1) / (3 * 18), 3, 16)
    assert found["joint_p"] == pytest.approx(joint)
    departures = blocks[:10].mean(axis=0) - blocks[10:].mean(axis=0)
    assert found["largest_departure"] == pytest.approx(np.abs(departures[:-1] - departures[-1]).max())


def test_the_shuffle_of_groups_is_shown_with_its_share_of_assignments():
    case = groups(treated=4, controls=5)(seeded(2), 25.0)
    found = check(run(case), "reassignment")
    values, _ = table_of(case)
    change = values[:, 14:].mean(axis=1) - values[:, :14].mean(axis=1)
    splits = [set(chosen) for chosen in combinations(range(9), 4)]
    gaps = [
        abs(np.mean([change[i] for i in chosen]) - np.mean([change[i] for i in range(9) if i not in chosen]))
        for chosen in splits
    ]
    as_large = sum(gap >= gaps[0] - 1e-9 for gap in gaps)  # the first split is the true one
    assert found.light is Light.GREEN
    assert dict(found.figures) == pytest.approx({"p": as_large / 126, "smallest_attainable_p": 1 / 126})


# Figures and charts


def test_smallest_detectable_effect_comes_from_the_width_of_the_interval():
    # (z.975 + z.80) standard errors, of which the interval's half is z.975
    found = run(single(sd=2.0)(seeded(2), 25.0))
    half = (found.effect.interval.high - found.effect.interval.low) / 2
    assert found.smallest_detectable_effect == pytest.approx(
        half * (1.959964 + 0.841621) / 1.959964, rel=1e-6
    )


@pytest.mark.parametrize("direction", list(Direction))
def test_times_are_the_same_analysis_on_logarithms(direction):
    """Read as a mean of logarithms and as a duration: the second is the exponential of the first."""
    rng = seeded(4)

    def longs(k):
        own = {"n": 300, "variance": 0.8, "unit": "desk", "period": month(k)}
        return PanelCell(value=float(8.0 - 0.5 * (k >= 24) + rng.normal() * 0.05), **own)

    cells = tuple(longs(k) for k in range(36))
    panel = MetricPanel(cells=cells, treated=(("desk", None),))
    design = replace(monthly(24, direction=direction), kind=EstimandKind.MEAN)
    logs = evaluate(design, panel, rng=seeded())
    times = evaluate(replace(design, kind=EstimandKind.LOG_DURATION), panel, rng=seeded())
    assert times.effect.value == pytest.approx(np.exp(logs.effect.value))
    assert times.effect.interval.low == pytest.approx(np.exp(logs.effect.interval.low))
    assert times.effect.interval.high == pytest.approx(np.exp(logs.effect.interval.high))
    # delta method: d exp(x) = exp(x) dx
    assert times.effect.standard_error == pytest.approx(
        np.exp(logs.effect.value) * logs.effect.standard_error
    )
    assert (times.interval_80.low, times.interval_80.high) == pytest.approx(
        (np.exp(logs.interval_80.low), np.exp(logs.interval_80.high))
    )
    sign = 1 if direction is Direction.UP else -1
    assert times.smallest_detectable_effect == pytest.approx(np.exp(sign * logs.smallest_detectable_effect))
    for shown, log in zip(times.series, logs.series, strict=True):
        assert (shown.period, shown.n, shown.control) == (log.period, log.n, None)
        assert (shown.observed, shown.expected, shown.expected_low, shown.expected_high) == pytest.approx(
            tuple(np.exp([log.observed, log.expected, log.expected_low, log.expected_high]))
        )
    for line, log in zip(times.sensitivity, logs.sensitivity, strict=True):
        assert (line.key, line.value) == (log.key, pytest.approx(np.exp(log.value)))
        assert line.interval.low == pytest.approx(np.exp(log.interval.low))
        assert line.interval.high == pytest.approx(np.exp(log.interval.high))
    assert times.baseline_value == pytest.approx(np.exp(logs.baseline_value))
    assert times.after_value == pytest.approx(np.exp(logs.after_value))
    assert times.verdict is logs.verdict
    assert (times.notes, logs.notes) == (("geometric_means",), ())


def test_chart_of_groups_is_what_the_controls_would_have_made_of_the_treated():
    """Each month: a pooled two-sample t interval of what the units changed since their baseline."""
    case = groups(treated=4, controls=7)(seeded(2), 20.0)
    found = run(case)
    values, answers = table_of(case)
    change = values - values[:, :14].mean(axis=1, keepdims=True)
    for j, point in enumerate(found.series):
        test = stats.ttest_ind(change[:4, j], change[4:, j])
        interval = test.confidence_interval(0.95)
        gap = change[:4, j].mean() - change[4:, j].mean()
        assert point.observed == pytest.approx(values[:4, j].mean())
        assert point.expected == pytest.approx(point.observed - gap)
        assert point.expected_low == pytest.approx(point.observed - interval.high)
        assert point.expected_high == pytest.approx(point.observed - interval.low)
        assert point.control == pytest.approx(values[4:, j].mean())
        assert point.n == answers[:4, j].sum()
    assert found.baseline_value == pytest.approx(values[:4, :14].mean())
    assert found.after_value == pytest.approx(values[:4, 14:].mean())


def test_chart_of_waves_takes_each_wave_by_its_size():
    """Five units in month 14, two in month 17, six controls: what each wave gained, weighed by its units."""
    case = groups(treated=7, controls=6)(seeded(2), 0.0)
    second = {"u05", "u06"}
    starts = tuple((unit, month(17 if unit in second else 14)) for unit, _ in case.panel.treated)
    case = with_cells(
        replace(case, panel=replace(case.panel, treated=starts)),
        lambda _, one: (
            replace(one, value=one.value + (30 if one.unit in second else 12))
            if one.unit in dict(starts) and one.period >= dict(starts)[one.unit]
            else one
        ),
    )
    found = run(case)
    assert found.method is Method.STAGGERED_DIFFERENCE_IN_DIFFERENCES
    values, answers = table_of(case)
    assert len(found.series) == 24
    # Independent route: levels of units and months from all values before a start, by least squares.
    first = np.array([14] * 5 + [17] * 2 + [24] * 6)
    untreated = np.arange(24)[None, :] < first[:, None]
    rows, columns = np.nonzero(untreated)
    dummies = np.hstack([np.eye(13)[rows], np.eye(24)[columns]])
    fitted = np.linalg.lstsq(dummies, values[untreated], rcond=None)[0]
    beyond = np.where(untreated, 0.0, values - fitted[:13, None] - fitted[None, 13:])
    halves = np.zeros(24)
    for j, point in enumerate(found.series):
        gained = beyond[:7, j].mean()
        assert point.observed == pytest.approx(values[:7, j].mean())
        assert point.expected == pytest.approx(point.observed - gained)
        assert point.n == answers[:7, j].sum()
        halves[j] = point.expected_high - point.expected
        assert point.expected - point.expected_low == pytest.approx(halves[j])
    assert not halves[:14].any()
    # Two waves between treated and untreated: each has a width of its own from month 17 on.
    assert (halves[14:] > 0).all()
    assert halves[17:].mean() > halves[14:17].mean()
    assert found.baseline_value == pytest.approx(
        (values[:5, :14].mean() * 5 + values[5:7, :17].mean() * 2) / 7
    )
    assert found.after_value == pytest.approx((values[:5, 14:].mean() * 5 + values[5:7, 17:].mean() * 2) / 7)


def test_beside_donors_the_answers_shown_are_those_of_the_treated_unit():
    for seed in range(2, 12):
        case = groups(treated=1, controls=20, answers=300, own=1.0)(seeded(seed), 25.0)
        found = run(case)
        if found.method is Method.SYNTHETIC_CONTROL:
            break
    values, answers = table_of(case)
    assert found.method is Method.SYNTHETIC_CONTROL
    assert [point.n for point in found.series] == answers[0].tolist()
    assert answers[0, 0] not in answers[1:, 0]
    assert [point.observed for point in found.series] == pytest.approx(values[0].tolist())
    assert [point.control for point in found.series] == pytest.approx(values[1:].mean(axis=0).tolist())


def test_noise_at_constant_mix_by_hand():
    """Before: 60 of segment a, 40 of b. So the mean is .6 a + .4 b, its variance .36 va/na + .16 vb/nb.

    The variance of an answer of b is pooled over its periods: (10 x 400 + 30 x 400 + 90 x 900) / 130.
    """
    within_b = (40 * 400 + 90 * 900) / 130
    strata = [
        (("a", 40, 10.0, 100.0), ("b", 10, 50.0, 400.0)),
        (("a", 20, 20.0, 100.0), ("b", 30, 40.0, 400.0)),
        (("a", 10, 30.0, 100.0), ("b", 90, 60.0, 900.0)),
    ]
    cells = tuple(
        PanelCell(unit="all", period=month(k), value=0.0, n=one[0][1] + one[1][1], variance=1.0, strata=one)
        for k, one in enumerate(strata)
    )
    design = monthly(2)
    table = tables(design=design, panel=MetricPanel(cells=cells, treated=(("all", None),)))
    found = at_constant_mix(table=table, design=design)
    assert found.table.values[0] == pytest.approx([26.0, 28.0, 42.0])
    assert found.table.noise[0] == pytest.approx(
        [
            0.36 * 100 / 40 + 0.16 * within_b / 10,
            0.36 * 100 / 20 + 0.16 * within_b / 30,
            0.36 * 100 / 10 + 0.16 * within_b / 90,
        ]
    )


def test_a_missing_cell_is_filled_from_its_group_and_phase_by_hand():
    """Unit levels 10, 20, 40 and months +0, +3, +1 before; everything is 100 higher after."""
    levels, months, answers = [10.0, 20.0, 40.0], [0.0, 3.0, 1.0, 0.0, 3.0, 1.0], [10, 20, 40]
    cells = tuple(
        PanelCell(
            unit=f"u{i}",
            period=month(k),
            value=levels[i] + months[k] + 100 * (k >= 3),
            n=answers[i],
            variance=800.0,
        )
        for i in range(3)
        for k in range(6)
        if (i, k) != (1, 2)
    )
    design = monthly(3)
    panel = MetricPanel(cells=cells, treated=tuple((f"u{i}", None) for i in range(3)))
    found = filled(table=tables(design=design, panel=panel), thresholds=Thresholds())
    assert found.values[1] == pytest.approx([20, 23, 21, 120, 123, 121])
    # sampling variance of a filled cell: the mean of the eight measured ones of its group and phase
    known = [800 / 10] * 3 + [800 / 20] * 2 + [800 / 40] * 3
    assert found.noise[1] == pytest.approx([40, 40, sum(known) / 8, 40, 40, 40])
    assert found.noise[0] == pytest.approx([80] * 6)
    assert (found.answers[1].tolist(), found.dropped) == ([20, 20, 0, 20, 20, 20], ())


def test_a_description_is_after_minus_before_without_a_trend():
    """Where sampling alone makes the noise: a difference of two means, its error 10 sqrt(1/8 + 1/6) = 5.4.

    Over twelve such series: a noise model that is not known adds to the error, a trend doubles it besides.
    """
    apart, errors = [], []
    for seed in range(12):
        values = 20 + 10 * seeded(seed).normal(size=14) + 15 * (np.arange(14) >= 8)
        cells = tuple(
            PanelCell(unit="u0", period=month(k), value=float(value), n=10, variance=1000.0)
            for k, value in enumerate(values)
        )
        found = evaluate(monthly(8), MetricPanel(cells=cells, treated=(("u0", None),)), rng=seeded())
        change = values[8:].mean() - values[:8].mean()
        assert found.grade is DesignGrade.D
        assert found.after_value - found.baseline_value == pytest.approx(change)
        apart.append(abs(found.effect.value - change))
        errors.append(found.effect.standard_error)
    assert np.median(apart) < 5.4 / 4
    assert 5.4 < np.median(errors) < 2 * 5.4


def test_other_errors_of_a_series_equal_statsmodels():
    # Newey-West with floor(4 (36 / 100)^(2 / 9)) = 3 lags
    sm = pytest.importorskip("statsmodels.api")
    case = single(sd=2.0)(seeded(2), 25.0)
    found = {row.key: row for row in run(case).sensitivity}
    values, _ = table_of(case)
    t = np.arange(36)
    model = sm.OLS(values[0], np.column_stack([np.ones(36), t, t >= 24]).astype(float))
    plain = model.fit()
    robust = model.fit(cov_type="HAC", cov_kwds={"maxlags": 3, "use_correction": True}, use_t=True)
    for key, fit in (("ols", plain), ("newey_west", robust)):
        assert found[key].value == pytest.approx(fit.params[2])
        assert (found[key].interval.low, found[key].interval.high) == pytest.approx(tuple(fit.conf_int()[2]))


# What may be said


@pytest.mark.parametrize(
    ("effect", "half", "more", "verdict", "sentence", "verb", "causal"),
    [
        (5, 2, {}, Verdict.SUPPORTED, "rose_supported", "rose", "yes"),
        (-5, 2, {"direction": Direction.DOWN}, Verdict.SUPPORTED, "fell_supported", "fell", "yes"),
        (-5, 2, {}, Verdict.CONTRADICTED, "fell_contradicted", "fell", "yes"),
        (5, 6, {}, Verdict.SUGGESTIVE, "rose_suggestive", "rose", "no"),
        (5, 9, {}, Verdict.INCONCLUSIVE, "rose_inconclusive", "rose", "no"),
        (0, 9, {}, Verdict.INCONCLUSIVE, "unchanged_inconclusive", "unchanged", "no"),
        (
            1,
            2,
            {"smallest_worthwhile_effect": 4.0},
            Verdict.NO_EFFECT_WORTH_HAVING,
            "rose_no_effect_worth_having",
            "rose",
            "no",
        ),
    ],
)
def test_only_a_claim_is_worded_as_caused(effect, half, more, verdict, sentence, verb, causal):
    found = judge(
        design=monthly(3, **more),
        grade=DesignGrade.B,
        effect=estimate(effect, half),
        interval_80=Interval(low=effect - 0.65 * half, high=effect + 0.65 * half, level=0.8),
        diagnostics=(),
        resolution=None,
    )
    assert found.verdict is verdict
    assert dict(found.wording) == {"sentence": sentence, "verb": verb, "causal": causal}


@pytest.mark.parametrize(
    ("effect", "half", "lights", "more", "reasons"),
    [
        (5, 2, (), {}, ("interval_excludes_zero",)),
        (-5, 2, (), {}, ("interval_excludes_zero_other_way",)),
        (5, 6, (), {}, ("interval_80_excludes_zero",)),
        (5, 2, (("placebo_dates", Light.AMBER),), {}, ("interval_excludes_zero", "amber_placebo_dates")),
        (5, 6, (("placebo_dates", Light.AMBER),), {}, ("interval_80_excludes_zero", "amber_placebo_dates")),
        (5, 2, (("mix_shift", Light.AMBER),), {}, ("interval_excludes_zero",)),  # held constant already
        (5, 9, (), {}, ("interval_covers_zero",)),
        (5, 2, (("mix_shift", Light.RED),), {}, ("check_failed", "red_mix_shift")),
        (1, 2, (), {"smallest_worthwhile_effect": 4.0}, ("interval_inside_smallest_worthwhile",)),
        (5, 2, (), {"changed_after_approval": True}, ("interval_excludes_zero", "changed_after_approval")),
    ],
)
def test_reasons_say_which_interval_and_which_check(effect, half, lights, more, reasons):
    found = judge(
        design=monthly(3, **more),
        grade=DesignGrade.B,
        effect=estimate(effect, half),
        interval_80=Interval(low=effect - 0.65 * half, high=effect + 0.65 * half, level=0.8),
        diagnostics=tuple(Diagnostic(key=key, light=shown) for key, shown in lights),
        resolution=None,
    )
    assert found.reasons == reasons


@pytest.mark.parametrize(
    ("effect", "statistic", "verdict", "reason"),
    [
        (5, -3.0, Verdict.SUGGESTIVE, "amber_regression_to_the_mean"),  # a rise after a dip
        (5, 3.0, Verdict.SUPPORTED, "interval_excludes_zero"),  # a rise after a peak: no return explains it
        (-5, 3.0, Verdict.INCONCLUSIVE, "amber_regression_to_the_mean"),  # a fall after a peak
        (-5, -3.0, Verdict.CONTRADICTED, "interval_excludes_zero_other_way"),  # a fall after a dip
    ],
)
def test_an_unusual_spell_is_a_doubt_about_the_return_from_it_alone(effect, statistic, verdict, reason):
    spell = Diagnostic(
        key="regression_to_the_mean", light=Light.AMBER, figures=(("dip", -1.0), ("statistic", statistic))
    )
    found = judge(
        design=monthly(3),
        grade=DesignGrade.B,
        effect=estimate(effect, 2),
        interval_80=Interval(low=effect - 1.3, high=effect + 1.3, level=0.8),
        diagnostics=(spell,),
        resolution=None,
    )
    assert (found.verdict, found.reasons[-1]) == (verdict, reason)


@pytest.mark.parametrize("key", ["placebo_dates", "methods_agree", "placebo_units", "negative_control"])
def test_harm_is_claimed_with_no_check_in_doubt(key):
    found = judge(
        design=monthly(3),
        grade=DesignGrade.B,
        effect=estimate(-5, 2),
        interval_80=Interval(low=-6.3, high=-3.7, level=0.8),
        diagnostics=(Diagnostic(key=key, light=Light.AMBER),),
        resolution=None,
    )
    assert found.verdict is Verdict.INCONCLUSIVE
    assert found.reasons == ("moved_the_other_way_in_doubt", f"amber_{key}")
    assert dict(found.wording)["causal"] == "no"


def peaked(seed, height, weeks=3, length=36, start=24):
    """A series without any effect whose last `weeks` periods before the go-live stood `height` higher."""
    case = single(length=length, start=start, answers=400)(seeded(seed), 0.0)
    days = sorted({one.period for one in case.panel.cells if one.period < case.design.start})[-weeks:]
    return with_cells(
        case, lambda _place, one: replace(one, value=one.value + height) if one.period in days else one
    )


@pytest.mark.slow
@pytest.mark.parametrize("height", [25.0, -25.0])
def test_a_short_spell_before_the_go_live_is_no_effect(height):
    """Neither the fall after a peak is harm nor the rise after a dip a benefit: at most 2 of 40 each."""
    verdicts = [run(peaked(seed, height)).verdict for seed in range(40)]
    assert verdicts.count(Verdict.CONTRADICTED) <= 2
    assert verdicts.count(Verdict.SUPPORTED) <= 2


def test_the_spell_before_the_go_live_is_seen_on_both_sides():
    found = {height: check(run(peaked(4, height)), "regression_to_the_mean") for height in (40.0, -40.0)}
    assert [item.light for item in found.values()] == [Light.AMBER, Light.AMBER]
    assert dict(found[40.0].figures)["statistic"] > 2.33
    assert dict(found[-40.0].figures)["statistic"] < -2.33


# Boundaries


def test_five_answers_in_a_period_are_enough():
    case = with_cells(single()(seeded(2), 5.0), lambda place, one: replace(one, n=5) if place == 3 else one)
    found = run(case)
    assert found.refusal is None
    assert dict(check(found, "low_counts").figures) == {"smallest": 5}


def test_a_changed_question_is_found_behind_a_unit_that_is_left_out():
    case = groups()(seeded(2), 15.0)
    kept = tuple(
        replace(one, definition="b") if one.unit == "u05" and one.period >= month(14) else one
        for one in case.panel.cells
        if one.unit != "u00" or one.period.month % 2
    )
    found = run(replace(case, panel=replace(case.panel, cells=kept)))
    assert found.refusal is Reason.DEFINITION_CHANGED
    # the go-live is the first period with the new question: no period of it lies before, three after would do
    assert dict(found.refusal_detail) == {
        "unit": "u05",
        "period": month(14).isoformat(),
        "one_wording": 0,
        "enough": 3,
    }


def test_treated_units_that_take_turns_are_gaps():
    """Every month is measured, at one of two units: neither has four of five months."""
    case = groups(treated=2, controls=4)(seeded(2), 15.0)
    kept = tuple(
        one
        for place, one in enumerate(case.panel.cells)
        if one.unit not in ("u00", "u01") or place % 2 == int(one.unit == "u01")
    )
    found = run(replace(case, panel=replace(case.panel, cells=kept)))
    assert (found.refusal, dict(found.refusal_detail)) == (Reason.GAPS_IN_SERIES, {"share": 0.5})


def test_a_unit_without_answers_in_the_window_is_left_out():
    case = groups(chance=True)(seeded(2), 15.0)
    early = replace(
        case.panel,
        cells=tuple(one for one in case.panel.cells if one.unit != "u15" or one.period < month(4)),
    )
    found = run(with_design(replace(case, panel=early), baseline_periods=10))
    assert found.notes == ("unit_left_out:u15",)
    assert found.effect.n == 19


def test_placebo_dates_that_do_not_exist_are_not_run():
    """Seven periods hold no date with four periods on each side."""
    case = groups(treated=1, controls=1, length=13, start=7, answers=400)(seeded(3), 30.0)
    found = run(case, thresholds=Thresholds(comparison_pre_periods=7))
    assert (found.grade, found.verdict) == (DesignGrade.B, Verdict.SUPPORTED)
    assert (check(found, "placebo_dates").light, check(found, "placebo_dates").figures) == (Light.NOT_RUN, ())


def test_a_short_series_alone_lacks_periods_not_a_comparison():
    shape = Shape(treated_units=1, control_units=0, pre_periods=11, post_periods=6)
    plan = planned_grade(design=monthly(11), shape=shape)
    assert (plan.grade, plan.method_reason) == (DesignGrade.D, "series_too_short")
    beside = planned_grade(design=monthly(7), shape=replace(shape, control_units=1, pre_periods=7))
    assert (beside.grade, beside.method_reason) == (DesignGrade.D, "too_few_periods_for_comparison")


@pytest.mark.parametrize(
    ("treated", "controls", "staggered", "why"),
    [
        (3, 2, True, "starts_differ"),
        (4, 1, True, "control_series"),  # one control unit is no group
        (5, 0, True, "starts_differ"),  # later waves are the comparison
        (2, 2, True, "control_series"),  # four units in all
        (6, 6, False, "comparison_clusters"),
    ],
)
def test_starts_that_differ_need_five_units_and_two_controls_or_none(treated, controls, staggered, why):
    shape = Shape(
        treated_units=treated,
        control_units=controls,
        pre_periods=8,
        post_periods=4,
        staggered=staggered,
        cohorts=2 if staggered else 1,
    )
    assert planned_grade(design=monthly(8), shape=shape).method_reason == why


@pytest.mark.parametrize(
    ("gaps", "grade", "notes"), [((1, 4, 13, 16), "B", ()), ((1, 4, 6, 13, 16), "D", ("unit_left_out:u01",))]
)
def test_a_control_needs_four_of_five_periods(gaps, grade, notes):
    case = groups(treated=1, controls=1, length=20, start=10, answers=400)(seeded(3), 30.0)
    cells = tuple(
        one for one in case.panel.cells if one.unit == "u00" or one.period not in [month(k) for k in gaps]
    )
    found = run(replace(case, panel=replace(case.panel, cells=cells)))
    assert (found.refusal, found.grade, found.notes) == (None, grade, notes)


@pytest.mark.parametrize(
    ("period", "cycle"),
    [
        (PeriodKind.DAY, 365.25),
        (PeriodKind.WEEK, 365.25 / 7),
        (PeriodKind.MONTH, 12),
        (PeriodKind.QUARTER, 4),
    ],
)
def test_a_season_is_a_year_of_periods_where_it_is_declared(period, cycle):
    declared = replace(monthly(3, seasonal=True), period=period)
    assert season_of(declared).cycle == pytest.approx(cycle)
    assert season_of(replace(declared, seasonal=False)) is None


def test_two_waves_are_starts_that_differ():
    case = groups(treated=6, controls=6)(seeded(2), 12.0)
    starts = tuple((unit, month(14 + 2 * (i % 2))) for i, (unit, _) in enumerate(case.panel.treated))
    found = run(replace(case, panel=replace(case.panel, treated=starts)))
    assert found.method is Method.STAGGERED_DIFFERENCE_IN_DIFFERENCES
    assert found.method_reason == "starts_differ"


@pytest.mark.parametrize(("before", "shown"), [(12, True), (11, False)])
def test_the_treated_series_alone_is_shown_from_twelve_periods_on(before, shown):
    case = groups(treated=1, controls=1, length=before + 8, start=before, answers=400)(seeded(3), 30.0)
    assert ("without_controls" in {row.key for row in run(case).sensitivity}) is shown


@pytest.mark.parametrize(("weeks", "enough"), [(104, True), (103, False)])
def test_two_years_of_weeks_cover_a_season(weeks, enough):
    # 2 x 365.25 / 7 = 104.4 weeks; half a week is let pass
    rng = seeded(5)
    days = [date(2023, 1, 2) + timedelta(days=7 * k) for k in range(weeks)]
    cells = tuple(
        PanelCell(unit="a", period=day, value=float(20 + rng.normal()), n=400, variance=900.0) for day in days
    )
    design = EvaluationDesign(
        metric="nps", kind=EstimandKind.NPS, period=PeriodKind.WEEK, start=days[70], seasonal=True
    )
    found = evaluate(design, MetricPanel(cells=cells, treated=(("a", None),)), rng=rng)
    assert found.refusal is (None if enough else Reason.SEASON_NOT_COVERED)
    if not enough:
        assert dict(found.refusal_detail) == pytest.approx({"needed": 2.0, "found": 103 * 7 / 365.25})


def test_follow_up_is_counted_from_the_end_of_the_lag():
    case = with_design(single()(seeded(2), 5.0), baseline_periods=12, lag_periods=2, follow_up_periods=6)
    found = run(case)
    assert [found.series[0].period, found.series[-1].period] == [month(12), month(24 + 2 + 6 - 1)]
    assert len(found.series) == 12 + 2 + 6
    assert [point.period for point in found.series if point.expected is None] == [month(24), month(25)]


def test_in_a_series_alone_an_initiative_of_both_sides_keeps_its_step():
    """Controls that are too short for a comparison subtract nothing, so nothing cancels."""
    case = groups(treated=1, controls=1, length=30, start=18, answers=400)(seeded(3), 30.0)
    both = OtherInitiative(name="fee", start=month(8), units=("u00", "u01"))
    case = with_design(case, other_initiatives=(both,))
    alone = run(case, thresholds=Thresholds(comparison_pre_periods=19))
    assert (alone.grade, alone.method) == (DesignGrade.C, Method.SEGMENTED_REGRESSION)
    assert check(alone, "overlap").light is Light.AMBER
    assert dict(check(alone, "overlap").figures)["others"] == 1
    beside = run(case)
    assert (beside.grade, check(beside, "overlap").light) == (DesignGrade.B, Light.GREEN)


# Before the vote


@pytest.mark.parametrize(("planned", "enough"), [(6, True), (5, False)])
def test_planned_periods_count_toward_the_season(planned, enough):
    case = with_design(single(length=24, start=18)(seeded(2), 0.0), seasonal=True)
    # five planned months are too few for a series alone; with thresholds that allow them, the season decides
    relaxed = Thresholds(series_post_periods=5)
    found = smallest_detectable_effect(case.design, case.panel, planned_periods=planned, thresholds=relaxed)
    assert found.refusal is (None if enough else Reason.SEASON_NOT_COVERED)
    if not enough:
        assert dict(found.refusal_detail) == pytest.approx({"needed": 2.0, "found": 23 / 12})
