"""Return on investment: cash flows of manuals, closed forms, gates."""

import dataclasses
from statistics import median_low
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from cxstats.design import DesignGrade, Direction, Verdict
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.results import Estimate, Interval, Unit
from cxstats.roi import (
    BenefitLine,
    CashFlow,
    Correlation,
    CostLine,
    Distribution,
    Parameter,
    ParameterKind,
    Percentiles,
    RoiCase,
    ValueKind,
    appraise,
    benefit_cost_ratio,
    beyond_the_whole,
    cash_years,
    effect_parameter,
    ends_of,
    evidence_gate,
    expected_flows,
    internal_rate_of_return,
    mean_of,
    moment_of,
    paid_after,
    payback,
    present_value,
    quantile_of,
    quantiles_of,
    return_on_investment,
    simulate_roi,
)
from cxstats.roi.parameters import draw, support_of
from cxstats.roi.simulation import _median_time, percentiles_of

MEASURED = ParameterKind.MEASURED


def parameter(
    key: str, distribution: Distribution, *args: float, kind: ParameterKind = MEASURED
) -> Parameter:
    return Parameter(key=key, distribution=distribution, args=args, source="test", owner="CX", kind=kind)


def fixed(key: str, value: float) -> Parameter:
    return parameter(key, Distribution.FIXED, value)


def case(**changes: Any) -> RoiCase:
    """Effect N(3, 1) worth 100 a point for two years at 10 %, for 200 today."""
    base = RoiCase(
        parameters=(
            parameter("effect", Distribution.NORMAL, 3.0, 1.0),
            fixed("value", 100.0),
            fixed("build", 200.0),
            fixed("rate", 0.1),
        ),
        benefits=(
            BenefitLine(
                key="b", kind=ValueKind.OWN_FORMULA, factors=("effect", "value"), profile=(0, 1, 1), hard=True
            ),
        ),
        costs=(CostLine(key="c", factors=("build",), profile=(1, 0, 0)),),
        periods=2,
        discount_rate="rate",
        effect="effect",
    )
    return dataclasses.replace(base, **changes)


def simulate(the_case: RoiCase, *, draws: int = 20_000, seed: int = 1, **more: Any) -> Any:
    more.setdefault("grade", DesignGrade.B)
    more.setdefault("verdict", Verdict.SUPPORTED)
    return simulate_roi(case=the_case, rng=np.random.default_rng(seed), draws=draws, **more)


# --- deterministic money ----------------------------------------------------------------------


def test_business_case_of_the_product_rule():
    # product rule, section 9 (no outside publication): PV costs 1,672,201, benefits 7,168,371 ->
    # NPV 5,496,170, ROI 329 %
    result = appraise(cash_flow=CashFlow(benefits=(7_168_371,), costs=(1_672_201,), rate=0.1))
    assert result.net_present_value == 5_496_170
    assert round(100 * result.roi.value) == 329
    assert result.benefit_cost_ratio.value == pytest.approx(7_168_371 / 1_672_201)


def test_present_value_against_the_numpy_financial_manual():
    # both recomputed with numpy-financial 1.1
    # numpy-financial, npv: rate 0.281, [-100, 39, 59, 55, 20] -> -0.0084785916384548798
    assert present_value(flows=[-100, 39, 59, 55, 20], rate=0.281) == pytest.approx(-0.0084785916384548798)
    # same manual: 8 %, [-40000, 5000, 8000, 12000, 30000] -> 3065.22267
    assert present_value(flows=[-40_000, 5_000, 8_000, 12_000, 30_000], rate=0.08) == pytest.approx(
        3065.22267, abs=1e-5
    )


@pytest.mark.parametrize(
    ("flows", "expected"),
    [
        # numpy-financial, irr; all five recomputed with numpy-financial 1.1:
        # .280948, -.095496, .086631, -.021245, .1
        ([-100, 39, 59, 55, 20], 0.28095),
        ([-100, 0, 0, 74], -0.0955),
        # spreadsheet manuals, IRR: after five, after four years
        ([-70_000, 12_000, 15_000, 18_000, 21_000, 26_000], 0.0866),
        ([-70_000, 12_000, 15_000, 18_000, 21_000], -0.0212),
        ([100, -110], 0.10),
    ],
)
def test_internal_rate_of_return_against_manuals(flows: list[float], expected: float):
    assert internal_rate_of_return(flows=flows) == pytest.approx(expected, abs=6e-5)


@pytest.mark.parametrize("flows", [[-100, 100, 0, -7], [1, 2], [-1, -1], [0, 0], [-5, 10.5, 1, -8, 1]])
def test_no_internal_rate_where_the_sign_changes_never_or_twice(flows: list[float]):
    with pytest.raises(NotEstimable) as caught:
        internal_rate_of_return(flows=flows)
    assert caught.value.reason is Reason.NO_UNIQUE_SOLUTION


def test_no_internal_rate_beyond_meaning():
    with pytest.raises(NotEstimable) as caught:
        internal_rate_of_return(flows=[-1e-12, 1e12])
    assert caught.value.reason is Reason.NO_CONVERGENCE
    assert internal_rate_of_return(flows=[-1] + [0] * 400 + [2]) == pytest.approx(2 ** (1 / 401) - 1)


def test_payback_simple_and_discounted_by_hand():
    # -100, +60, +60: 40 left after year 1 -> 1 + 40/60; discounted 54.545, 49.587 -> 1 + 45.455/49.587
    assert payback(flows=[-100, 60, 60]) == pytest.approx(1 + 40 / 60)
    assert payback(flows=[-100, 60, 60], rate=0.1) == pytest.approx(1 + (100 - 60 / 1.1) / (60 / 1.21))
    assert payback(flows=[10, 5]) == 0
    assert payback(flows=[0, 0]) == 0
    assert payback(flows=[0, -10, 5, 5]) == pytest.approx(3)
    with pytest.raises(NotEstimable) as caught:
        payback(flows=[-100, 60, 30])
    assert caught.value.reason is Reason.NEVER_REACHED


def test_figures_that_do_not_exist_carry_their_reason():
    result = appraise(cash_flow=CashFlow(benefits=(0, 10), costs=(0, 0), rate=0))
    assert result.roi.refusal is Reason.NO_UNIQUE_SOLUTION
    assert result.benefit_cost_ratio.value is None
    assert result.internal_rate_of_return.refusal is Reason.NO_UNIQUE_SOLUTION
    assert result.payback.value == 0
    lost = appraise(cash_flow=CashFlow(benefits=(0, 10), costs=(100, 0), rate=0.1))
    assert lost.payback.refusal is lost.discounted_payback.refusal is Reason.NEVER_REACHED
    assert lost.roi.value == pytest.approx(10 / 1.1 / 100 - 1)


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: present_value(flows=[], rate=0.1), "flows"),
        (lambda: present_value(flows=[1, np.nan], rate=0.1), "flows"),
        (lambda: present_value(flows="abc", rate=0.1), "flows"),
        (lambda: present_value(flows=[1, 2], rate=-1), "rate"),
        (lambda: present_value(flows=[1, 2], rate=np.inf), "rate"),
        (
            lambda: return_on_investment(present_value_benefits=np.nan, present_value_costs=1),
            "present_value_benefits",
        ),
        (
            lambda: benefit_cost_ratio(present_value_benefits=1, present_value_costs="1"),
            "present_value_costs",
        ),
        (lambda: appraise(cash_flow=CashFlow(benefits=(1,), costs=(1, 2), rate=0)), "costs"),
    ],
)
def test_bad_money_is_named(call: Any, argument: str):
    with pytest.raises(InvalidInput) as caught:
        call()
    assert caught.value.argument == argument


def test_a_sum_too_large_is_refused():
    with pytest.raises(NotEstimable):
        present_value(flows=[1e308, 1e308], rate=0)


money_flows = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=15)


@settings(max_examples=80, deadline=None)
@given(money_flows, st.floats(-0.5, 2.0), st.floats(0.01, 1000))
def test_present_value_scales_and_adds_up(flows, rate, factor):
    whole = present_value(flows=flows, rate=rate)
    assert present_value(flows=[factor * flow for flow in flows], rate=rate) == pytest.approx(
        factor * whole, rel=1e-9, abs=1e-3
    )
    assert sum(flow / (1 + rate) ** t for t, flow in enumerate(flows)) == pytest.approx(
        whole, rel=1e-9, abs=1e-3
    )


@settings(max_examples=80, deadline=None)
@given(st.floats(1, 1e4), st.lists(st.floats(0.1, 1e4), min_size=1, max_size=10))
def test_npv_at_the_internal_rate_is_zero(outlay, gains):
    # one change of sign and a rate between -99.999 % and 10^7 %: never refused
    flows = [-outlay, *gains]
    rate = internal_rate_of_return(flows=flows)
    scale = outlay + sum(gain / (1 + rate) ** (t + 1) for t, gain in enumerate(gains))
    assert abs(present_value(flows=flows, rate=rate)) <= 1e-6 * scale


# --- parameters -------------------------------------------------------------------------------

ALL_PARAMETERS = [
    parameter("fixed", Distribution.FIXED, 4.0),
    parameter("normal", Distribution.NORMAL, 2.0, 0.5),
    parameter("t", Distribution.STUDENT_T, 2.0, 0.5, 12.0),
    parameter("lognormal", Distribution.LOGNORMAL_P10_P90, 50.0, 200.0),
    parameter("pert", Distribution.PERT, 1.0, 2.0, 6.0),
    parameter("triangular", Distribution.TRIANGULAR, 1.0, 2.0, 6.0),
    parameter("beta", Distribution.BETA, 2.0, 3.0),
]


@pytest.mark.parametrize("one", ALL_PARAMETERS, ids=lambda one: one.key)
def test_draws_mean_and_quantiles_agree(one: Parameter):
    draws = draw(one, np.random.default_rng(5), 40_000)
    low, high = support_of(one)
    assert draws.min() >= low
    assert draws.max() <= high
    assert draws.mean() == pytest.approx(mean_of(one), rel=0.02)
    shares = np.array([0.1, 0.5, 0.9])
    assert np.quantile(draws, shares) == pytest.approx(quantile_of(one, shares), rel=0.03)


def test_quantiles_against_scipy_distributions():
    shares = np.array([0.01, 0.2, 0.25, 0.5, 0.99])
    by_key = {one.key: quantile_of(one, shares) for one in ALL_PARAMETERS}
    assert by_key["triangular"] == pytest.approx(stats.triang(0.2, 1, 5).ppf(shares))
    assert by_key["pert"] == pytest.approx(stats.beta(1 + 4 * 0.2, 1 + 4 * 0.8, 1, 5).ppf(shares))
    assert by_key["t"] == pytest.approx(stats.t(12, 2, 0.5).ppf(shares))
    assert by_key["beta"] == pytest.approx(stats.beta(2, 3).ppf(shares))
    assert mean_of(ALL_PARAMETERS[3]) == pytest.approx(
        stats.lognorm(np.log(4) / (2 * stats.norm.ppf(0.9)), scale=100).mean()
    )


@pytest.mark.parametrize("args", [(1.0, 3.0, 6.0), (-4.0, -1.0, 0.0), (0.0, 0.0, 2.0), (0.0, 2.0, 2.0)])
def test_triangular_quantiles_against_scipy(args: tuple[float, float, float]):
    low, mode, high = args
    shares = np.array([0.0, 0.01, 0.2, 0.5, 0.8, 0.99, 1.0])
    found = quantile_of(parameter("t", Distribution.TRIANGULAR, *args), shares)
    assert found == pytest.approx(stats.triang((mode - low) / (high - low), low, high - low).ppf(shares))


@pytest.mark.parametrize(
    ("distribution", "args"),
    [
        (Distribution.FIXED, (np.nan,)),
        (Distribution.FIXED, ()),
        (Distribution.FIXED, [1.0]),
        (Distribution.FIXED, ("1",)),
        (Distribution.NORMAL, (1, 0)),
        (Distribution.STUDENT_T, (1, 1, 0)),
        (Distribution.LOGNORMAL_P10_P90, (0, 1)),
        (Distribution.LOGNORMAL_P10_P90, (2, 1)),
        (Distribution.PERT, (3, 2, 1)),
        (Distribution.TRIANGULAR, (1, 1, 1)),
        (Distribution.BETA, (0, 1)),
    ],
)
def test_wrong_arguments_of_a_distribution_are_named(distribution: Distribution, args: Any):
    with pytest.raises(InvalidInput) as caught:
        Parameter(key="p", distribution=distribution, args=args, source="", owner="", kind=MEASURED)
    assert caught.value.argument == "p.args"


def test_unknown_distribution_is_named():
    with pytest.raises(InvalidInput, match="distribution"):
        Parameter(key="p", distribution="uniform", args=(1,), source="", owner="", kind=MEASURED)


def test_effect_takes_its_whole_sampling_distribution():
    estimate = Estimate(
        value=3.2,
        interval=Interval(low=0.3, high=6.1),
        n=40,
        unit=Unit.POINTS,
        method="m",
        standard_error=None,
    )
    normal = effect_parameter(key="e", estimate=estimate, source="s", owner="o")
    assert normal.args == pytest.approx((3.2, 2.9 / 1.959964), rel=1e-6)
    tailed = effect_parameter(key="e", estimate=estimate, source="s", owner="o", degrees_of_freedom=10)
    assert tailed.distribution is Distribution.STUDENT_T
    assert tailed.args == pytest.approx((3.2, 2.9 / 2.228139, 10), rel=1e-6)  # t table, 10 df, 97.5 %
    flat = dataclasses.replace(estimate, standard_error=0.0)
    with pytest.raises(NotEstimable):
        effect_parameter(key="e", estimate=flat, source="s", owner="o")


# --- simulation -------------------------------------------------------------------------------


def test_simulation_against_the_normal_closed_form():
    # NPV = 100 (1/1.1 + 1/1.21) effect - 200 = 173.5537 effect - 200 ~ N(320.66, 173.55)
    factor = 100 * (1 / 1.1 + 1 / 1.21)
    result = simulate(case(), draws=100_000)
    truth = stats.norm(3 * factor - 200, factor)
    found = result.net_present_value
    assert found.mean == pytest.approx(truth.mean(), rel=0.01)
    assert (found.p5, found.p10, found.p50, found.p90, found.p95) == pytest.approx(
        truth.ppf([0.05, 0.1, 0.5, 0.9, 0.95]), abs=4
    )
    assert result.probability_of_loss == pytest.approx(truth.cdf(0), abs=0.003)
    assert result.base.net_present_value == pytest.approx(truth.mean())
    assert result.break_even_effect.value == pytest.approx(200 / factor)
    assert result.roi.p50 == pytest.approx(found.p50 / 200)
    bar = result.tornado[0]
    assert (bar.key, len(result.tornado)) == ("effect", 1)
    assert (bar.low, bar.high) == pytest.approx(truth.ppf([0.05, 0.95]))
    assert bar.swing == pytest.approx(2 * 1.6448536269515 * factor)
    assert bar.rank_correlation == pytest.approx(1)
    assert sum(result.histogram_counts) == result.draws == 100_000
    assert len(result.histogram_edges) == len(result.histogram_counts) + 1
    assert result.probability_of_loss == pytest.approx(
        sum(
            count
            for edge, count in zip(result.histogram_edges[1:], result.histogram_counts, strict=True)
            if edge <= 1e-9
        )
        / result.draws
    )
    assert not result.scenario_only


def test_payback_over_draws_follows_the_single_payback():
    # effect fixed by a tiny spread: -200, 300, 300 at 10 % -> within the first year
    sure = dataclasses.replace(parameter("effect", Distribution.NORMAL, 3.0, 1e-9))
    result = simulate(case(parameters=(sure, *case().parameters[1:])), draws=200)
    assert result.discounted_payback_p50.value == pytest.approx(
        payback(flows=[-200, 300, 300], rate=0.1), rel=1e-6
    )
    assert result.base.discounted_payback.value == pytest.approx(result.discounted_payback_p50.value)
    assert result.probability_never_paid_back == 0
    poor = parameter("effect", Distribution.NORMAL, 0.1, 0.01)
    never = simulate(case(parameters=(poor, *case().parameters[1:])), draws=200)
    assert never.discounted_payback_p50.refusal is Reason.NEVER_REACHED
    assert never.probability_never_paid_back == never.probability_of_loss == 1


def test_median_payback_is_the_payback_of_the_median_effect():
    # Each year pays 100 x effect, so the payback falls as the effect grows: medians meet. Where the effect
    # is 2, 200 are back after 1 + (200 - 200 / 1.1) / (200 / 1.21) = 1.11 years. The median of 20,000 effects
    # has a standard error of .2 x 1.2533 / sqrt(20,000) = .0018; the time falls by .6 a point: 1 % is plenty.
    known = parameter("effect", Distribution.NORMAL, 2.0, 0.2)
    result = simulate(case(parameters=(known, *case().parameters[1:])))
    assert result.discounted_payback_p50.value == pytest.approx(
        payback(flows=[-200, 200, 200], rate=0.1), rel=0.01
    )


@pytest.mark.parametrize("size", [2, 11, 1000, 1001])
def test_percentiles_of_draws_are_numpys_and_the_median_time_is_an_observed_one(size):
    values = np.random.default_rng(size).exponential(size=size)
    found = percentiles_of(values)
    assert (found.p5, found.p10, found.p50, found.p90, found.p95) == pytest.approx(
        tuple(np.percentile(values, [5, 10, 50, 90, 95]))
    )
    assert found.mean == pytest.approx(values.mean())
    assert _median_time(values).value == median_low(values.tolist())
    half = np.where(values > median_low(values.tolist()), np.inf, values)
    assert _median_time(half).value == median_low(values.tolist())
    less = np.where(values >= median_low(values.tolist()), np.inf, values)
    assert _median_time(less).refusal is Reason.NEVER_REACHED


def test_quantiles_for_a_portfolio_join_percentiles_and_histogram():
    """A hundred draws in four bins; shares of the draws below each edge, between the five percentiles."""
    result = dataclasses.replace(
        simulate(case(), draws=100),
        net_present_value=Percentiles(mean=0.5, p5=-2.0, p10=-1.0, p50=0.4, p90=2.0, p95=3.0),
        histogram_edges=(-4.0, -2.0, 0.0, 2.5, 4.0),
        # 3 % below -2, 30 % below 0, 92 % below 2.5
        histogram_counts=(3, 27, 62, 8),
    )
    assert quantiles_of(result) == (
        (0.0, -4.0),
        (0.03, -2.0),
        (0.05, -2.0),
        (0.1, -1.0),
        (0.3, 0.0),
        (0.5, 0.4),
        (0.9, 2.0),
        (0.92, 2.5),
        (0.95, 3.0),
        (1.0, 4.0),
    )
    # An edge at the share of a percentile, or on the wrong side of its neighbor, would fold the curve.
    folded = dataclasses.replace(
        result, histogram_edges=(-4.0, -2.5, 0.5, 1.5, 4.0), histogram_counts=(10, 20, 62, 8)
    )
    assert quantiles_of(folded) == (
        (0.0, -4.0),
        (0.05, -2.0),
        (0.1, -1.0),
        (0.5, 0.4),
        (0.9, 2.0),
        (0.95, 3.0),
        (1.0, 4.0),
    )


def test_quantiles_for_a_portfolio_follow_the_closed_form():
    factor = 100 * (1 / 1.1 + 1 / 1.21)
    shares, values = zip(*quantiles_of(simulate(case(), draws=20_000)), strict=True)
    assert list(shares) == sorted(set(shares))
    assert list(values) == sorted(values)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    inner = [(share, value) for share, value in zip(shares, values, strict=True) if 0.02 < share < 0.98]
    assert len(inner) > 20  # of some 40 bins
    for share, value in inner:
        # four standard errors of a share of 20,000 draws
        truth = stats.norm(3 * factor - 200, factor).cdf(value)
        assert truth == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / 20_000))


def test_hard_and_soft_benefits_stay_apart():
    soft = dataclasses.replace(case().benefits[0], key="s", hard=False)
    result = simulate(case(benefits=(*case().benefits, soft)))
    assert result.hard_benefits.mean == pytest.approx(result.soft_benefits.mean)
    assert result.net_present_value_hard.p50 + result.soft_benefits.p50 == pytest.approx(
        result.net_present_value.p50
    )


def test_haircuts_and_persistence_by_hand():
    # 300 a year, attribution .8, confidence Beta(2, 3) with mean .4, half persists: (300/1.1 + 150/1.21)
    parameters = (
        *case().parameters,
        fixed("attribution", 0.8),
        parameter("confidence", Distribution.BETA, 2, 3),
        fixed("persistence", 0.5),
    )
    result = simulate(
        case(parameters=parameters, haircuts=("attribution", "confidence"), persistence="persistence")
    )
    gross = 300 / 1.1 + 150 / 1.21
    assert [step.key for step in result.haircuts] == ["gross", "attribution", "confidence"]
    assert [step.present_value for step in result.haircuts] == pytest.approx(
        [gross, 0.8 * gross, 0.32 * gross]
    )
    assert result.base.present_value_benefits == pytest.approx(0.32 * gross)
    assert {bar.key for bar in result.tornado} == {"effect", "confidence"}


def test_a_falling_metric_can_be_the_gain():
    line = dataclasses.replace(case().benefits[0], direction=Direction.DOWN)
    parameters = (parameter("effect", Distribution.NORMAL, -3.0, 1.0), *case().parameters[1:])
    result = simulate(case(parameters=parameters, benefits=(line,)))
    assert result.base.net_present_value == pytest.approx(3 * 100 * (1 / 1.1 + 1 / 1.21) - 200)
    assert result.break_even_effect.value < 0


def test_break_even_is_refused_where_it_has_no_meaning():
    squared = dataclasses.replace(case().benefits[0], factors=("effect", "effect", "value"))
    assert simulate(case(benefits=(squared,))).break_even_effect.refusal is Reason.NO_UNIQUE_SOLUTION
    assert simulate(case(effect=None)).break_even_effect.refusal is Reason.NO_DATA
    idle = dataclasses.replace(case().benefits[0], profile=(0, 0, 0))
    result = simulate(case(benefits=(idle,)))
    assert result.break_even_effect.refusal is Reason.NEVER_REACHED
    assert result.tornado[0].rank_correlation is None
    assert result.probability_of_loss == 1


def test_no_costs_leave_no_return_rate():
    result = simulate(case(costs=()))
    assert result.roi is None
    assert result.base.roi.refusal is Reason.NO_UNIQUE_SOLUTION


@pytest.mark.parametrize("spearman", [-0.7, 0.0, 0.6])
def test_copula_reaches_the_rank_correlation_asked_for(spearman: float):
    parameters = (
        case().parameters[0],
        parameter("value", Distribution.LOGNORMAL_P10_P90, 50.0, 200.0),
        *case().parameters[2:],
    )
    linked = case(
        parameters=parameters, correlations=(Correlation(first="effect", second="value", spearman=spearman),)
    )
    from cxstats.roi.drawing import draw_all

    drawn = draw_all(linked, {p.key: p for p in parameters}, np.random.default_rng(3), 40_000)
    assert stats.spearmanr(drawn["effect"], drawn["value"]).statistic == pytest.approx(spearman, abs=0.02)
    assert np.quantile(drawn["value"], [0.1, 0.9]) == pytest.approx([50, 200], rel=0.03)
    assert simulate(linked).net_present_value.mean == pytest.approx(
        (100 * (1 / 1.1 + 1 / 1.21)) * np.mean(drawn["effect"] * drawn["value"]) / 100 - 200, rel=0.05
    )


def test_one_draw_per_parameter_serves_all_years():
    # ten equal years at rate 0: the spread grows with the years, not with their root
    def spread(periods: int) -> float:
        line = dataclasses.replace(case().benefits[0], profile=(0.0, *[1.0] * periods))
        cost = dataclasses.replace(case().costs[0], profile=(1.0, *[0.0] * periods))
        found = simulate(
            case(
                benefits=(line,),
                costs=(cost,),
                periods=periods,
                parameters=(*case().parameters[:3], fixed("rate", 0.0)),
            )
        )
        return found.net_present_value.p90 - found.net_present_value.p10

    assert spread(10) == pytest.approx(10 * spread(1))


@pytest.mark.parametrize(
    ("grade", "verdict", "reasons"),
    [
        (DesignGrade.A, Verdict.SUPPORTED, ()),
        (DesignGrade.C, Verdict.SUGGESTIVE, ()),
        (DesignGrade.D, Verdict.SUPPORTED, ("grade_d",)),
        (DesignGrade.B, Verdict.INCONCLUSIVE, ("verdict_inconclusive",)),
        (DesignGrade.B, Verdict.CONTRADICTED, ("verdict_contradicted",)),
        (DesignGrade.D, Verdict.NOT_ESTIMABLE, ("grade_d", "verdict_not_estimable")),
        (None, None, ("no_evaluation",)),
    ],
)
def test_weak_evidence_gives_a_scenario_only(grade: Any, verdict: Any, reasons: tuple[str, ...]):
    assert evidence_gate(case=case(), grade=grade, verdict=verdict) == reasons
    result = simulate(case(), draws=100, grade=grade, verdict=verdict)
    assert result.scenario_only == bool(reasons)
    assert result.scenario_reasons == reasons


def test_an_assumed_effect_is_never_evidence():
    assumed = parameter("effect", Distribution.NORMAL, 3, 1, kind=ParameterKind.ASSUMPTION)
    the_case = case(parameters=(assumed, *case().parameters[1:]))
    assert simulate(the_case, draws=100).scenario_reasons == ("no_measured_effect",)
    assert simulate(case(effect=None), draws=100).scenario_only
    with pytest.raises(InvalidInput):
        evidence_gate(case=case(effect="x"), grade=DesignGrade.A, verdict=Verdict.SUPPORTED)


EFFECT, VALUE, BUILD, RATE = case().parameters
LINE, COST = case().benefits[0], case().costs[0]


@pytest.mark.parametrize(
    ("changes", "argument"),
    [
        ({"parameters": (*case().parameters, EFFECT)}, "parameters"),
        ({"benefits": ()}, "benefits"),
        ({"benefits": (LINE, LINE)}, "benefits and costs"),
        ({"benefits": (dataclasses.replace(LINE, factors=()),)}, "b.factors"),
        ({"benefits": (dataclasses.replace(LINE, factors=("x",)),)}, "b.factors"),
        ({"costs": (dataclasses.replace(COST, profile=(1,)),)}, "c.profile"),
        ({"costs": (dataclasses.replace(COST, profile=(1, -1, 0)),)}, "c.profile"),
        ({"periods": -1}, "periods"),
        ({"discount_rate": "x"}, "discount_rate"),
        ({"discount_rate": "effect"}, "discount_rate"),
        ({"effect": "x"}, "effect"),
        ({"effect": "build"}, "effect"),
        ({"haircuts": ("value",)}, "value"),
        ({"haircuts": ("x",)}, "haircuts and persistence"),
        ({"persistence": "effect"}, "effect"),
        ({"correlations": (Correlation(first="effect", second="x", spearman=0.5),)}, "correlations"),
        ({"correlations": (Correlation(first="effect", second="value", spearman=0.5),)}, "correlations"),
        ({"correlations": (Correlation(first="effect", second="effect", spearman=0.5),)}, "correlations"),
        (
            {"correlations": (Correlation(first="effect", second="value", spearman=2),)},
            "correlations.spearman",
        ),
    ],
)
def test_a_case_that_does_not_hang_together_is_named(changes: dict[str, Any], argument: str):
    with pytest.raises(InvalidInput) as caught:
        simulate(case(**changes), draws=100)
    assert caught.value.argument == argument


def test_impossible_correlations_are_refused():
    parameters = (
        EFFECT,
        parameter("value", Distribution.PERT, 50, 100, 200),
        parameter("build", Distribution.TRIANGULAR, 100, 200, 300),
        RATE,
    )
    links = tuple(
        Correlation(first=first, second=second, spearman=spearman)
        for first, second, spearman in (
            ("effect", "value", 0.9),
            ("effect", "build", 0.9),
            ("value", "build", -0.9),
        )
    )
    with pytest.raises(InvalidInput, match="positive semidefinite"):
        simulate(case(parameters=parameters, correlations=links), draws=100)
    mild = tuple(dataclasses.replace(link, spearman=0.5) for link in links[:2])
    assert len(simulate(case(parameters=parameters, correlations=mild), draws=100).tornado) == 3


def test_amounts_beyond_numbers_are_refused():
    with pytest.raises(NotEstimable):
        simulate(case(parameters=(EFFECT, fixed("value", 1e305), BUILD, RATE)), draws=100)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.01, 1000), st.integers(0, 2**31))
def test_money_scales_and_the_risk_does_not(factor, seed):
    assume(factor != 1)
    scaled = case(parameters=(EFFECT, fixed("value", 100 * factor), fixed("build", 200 * factor), RATE))
    first = simulate(case(), draws=500, seed=seed)
    second = simulate(scaled, draws=500, seed=seed)
    assert second.net_present_value.p50 == pytest.approx(factor * first.net_present_value.p50, rel=1e-9)
    assert second.probability_of_loss == first.probability_of_loss
    found = first.net_present_value
    assert found.p5 <= found.p10 <= found.p50 <= found.p90 <= found.p95
    again = simulate(case(), draws=500, seed=seed)
    assert again == first


# --- expected values ---------------------------------------------------------------------------


def test_expected_value_is_the_hand_sum_and_not_a_draw():
    # 300 x .8 a year; a uniform share is left a year later, so half of it: 240/1.1 + 120/1.21 - 200
    parameters = (
        *case().parameters,
        fixed("attribution", 0.8),
        parameter("persistence", Distribution.BETA, 1, 1),
    )
    result = simulate(case(parameters=parameters, haircuts=("attribution",), persistence="persistence"))
    assert result.net_present_value.mean == pytest.approx(240 / 1.1 + 120 / 1.21 - 200, rel=1e-12)
    assert result.expected_hard == pytest.approx((0, 240, 120))
    assert result.expected_costs == pytest.approx((200, 0, 0))
    assert result.expected_soft == (0, 0, 0)
    parts = result.hard_benefits.mean + result.soft_benefits.mean - result.present_value_costs.mean
    assert parts == pytest.approx(result.net_present_value.mean, rel=1e-12)
    assert result.haircuts[-1].present_value == pytest.approx(result.hard_benefits.mean, rel=1e-12)


def test_persistence_enters_by_its_moments_and_not_by_the_power_of_its_mean():
    # a uniform share squared is 1/3 on average, not 1/4
    parameters = (*case().parameters, parameter("persistence", Distribution.BETA, 1, 1))
    line = dataclasses.replace(case().benefits[0], profile=(0, 1, 1, 1))
    cost = dataclasses.replace(case().costs[0], profile=(1, 0, 0, 0))
    three = case(parameters=parameters, benefits=(line,), costs=(cost,), periods=3, persistence="persistence")
    assert expected_flows(three).hard == pytest.approx((0, 300, 150, 100))
    found = simulate(three, draws=200_000)
    assert found.net_present_value.mean == pytest.approx(300 / 1.1 + 150 / 1.21 + 100 / 1.331 - 200)


@pytest.mark.parametrize(
    ("shape", "args", "power", "expected"),
    [
        (Distribution.FIXED, (0.5,), 3, 0.125),
        (Distribution.BETA, (2.0, 3.0), 2, 2 * 3 / (5 * 6)),
        (Distribution.TRIANGULAR, (0.0, 0.0, 1.0), 2, 1 / 6),  # density 2 (1 - x)
        (Distribution.TRIANGULAR, (0.0, 1.0, 1.0), 3, 2 / 5),  # density 2 x
        (Distribution.PERT, (0.0, 0.5, 1.0), 2, 3 * 4 / (6 * 7)),  # Beta(3, 3)
        (Distribution.PERT, (0.2, 0.6, 1.0), 1, 0.6),
        (Distribution.PERT, (0.2, 0.6, 1.0), 0, 1.0),
    ],
)
def test_moments_by_hand(shape, args, power, expected):
    assert moment_of(parameter("x", shape, *args), power) == pytest.approx(expected)


def test_unbounded_inputs_have_no_higher_moment_here():
    with pytest.raises(InvalidInput):
        moment_of(parameter("x", Distribution.NORMAL, 0.0, 1.0), 2)


def test_inputs_that_depend_on_each_other_are_simulated():
    link = (Correlation(first="effect", second="value", spearman=0.5),)
    parameters = (case().parameters[0], parameter("value", Distribution.NORMAL, 100.0, 20.0))
    linked = case(parameters=(*parameters, *case().parameters[2:]), correlations=link)
    assert expected_flows(linked) is None
    assert simulate(linked).expected_hard == ()


def test_cash_flow_by_year_is_benefits_less_costs_added_up_and_discounted():
    # By hand: 300 and then half of it and a third of it (a uniform share to the power of the age), 200 today.
    parameters = (*case().parameters, parameter("persistence", Distribution.BETA, 1, 1))
    line = dataclasses.replace(case().benefits[0], profile=(0, 1, 1, 1))
    soft = dataclasses.replace(line, key="soft", hard=False, profile=(0, 0, 0, 0.5))
    cost = dataclasses.replace(case().costs[0], profile=(1, 0, 0, 0.1))
    years = cash_years(
        case(
            parameters=parameters,
            benefits=(line, soft),
            costs=(cost,),
            periods=3,
            persistence="persistence",
        )
    )
    assert [year.year for year in years] == [0, 1, 2, 3]
    assert [year.benefit for year in years] == pytest.approx([0, 300, 150, 100 + 150])
    assert [year.cost for year in years] == pytest.approx([200, 0, 0, 20])
    assert [year.net for year in years] == pytest.approx([-200, 300, 150, 230])
    assert [year.cumulative for year in years] == pytest.approx([-200, 100, 250, 480])
    worth = [-200, -200 + 300 / 1.1, -200 + 300 / 1.1 + 150 / 1.21]
    assert [year.discounted_cumulative for year in years] == pytest.approx([*worth, worth[-1] + 230 / 1.331])
    # back at zero within the first year: 200 of the 300 / 1.1 that it brings
    assert paid_after(years) == pytest.approx(200 / (300 / 1.1))


def test_what_never_pays_for_itself_has_no_time_of_doing_so():
    dear = case(parameters=(*case().parameters[:2], fixed("build", 900.0), fixed("rate", 0.1)))
    with pytest.raises(NotEstimable, match="never_reached"):
        paid_after(cash_years(dear))
    # without costs there is nothing to pay back
    assert paid_after(cash_years(case(costs=()))) == 0.0


def test_cash_flow_needs_inputs_that_are_independent():
    link = (Correlation(first="effect", second="value", spearman=0.5),)
    parameters = (case().parameters[0], parameter("value", Distribution.NORMAL, 100.0, 20.0))
    with pytest.raises(InvalidInput, match="independent"):
        cash_years(case(parameters=(*parameters, *case().parameters[2:]), correlations=link))


@pytest.mark.parametrize(
    ("shape", "args", "level", "ends"),
    [
        (Distribution.NORMAL, (10.0, 2.0), 0.90, (10 - 2 * 1.6448536, 10 + 2 * 1.6448536)),
        (Distribution.NORMAL, (10.0, 2.0), 0.95, (10 - 2 * 1.9599640, 10 + 2 * 1.9599640)),
        (Distribution.LOGNORMAL_P10_P90, (50.0, 200.0), 0.80, (50.0, 200.0)),
        (Distribution.TRIANGULAR, (0.0, 0.0, 1.0), 0.5, (1 - 0.75**0.5, 0.5)),  # 1 - (1 - x)^2 = 1/4, 3/4
        (Distribution.FIXED, (7.0,), 0.90, (7.0, 7.0)),
    ],
)
def test_ends_of_an_input_leave_equal_parts_beyond_them(shape, args, level, ends):
    assert ends_of(parameter("x", shape, *args), level=level) == pytest.approx(ends)


def test_a_part_is_beyond_the_whole_by_its_expected_size_or_by_the_ends_of_its_range():
    inputs = (
        parameter("effect", Distribution.NORMAL, -8.0, 1.0),
        fixed("few", 0.05),
        fixed("many", 0.2),
        fixed("some", 0.11),
        fixed("rate", 0.1),
    )
    wide = case(parameters=inputs)
    assert beyond_the_whole(case=wide, products=[("effect", "few")]) is None
    assert beyond_the_whole(case=wide, products=[("effect", "many")]) == pytest.approx(1.6)
    # -8 x 0.11 is within the whole, but not at the far end of the range, -8 - 1.96
    assert beyond_the_whole(case=wide, products=[("effect", "few"), ("effect", "some")]) == pytest.approx(
        0.11 * 9.9599640
    )
    with pytest.raises(InvalidInput, match="products"):
        beyond_the_whole(case=wide, products=[("effect", "unknown")])


def test_expected_return_is_that_of_the_expected_figures():
    found = simulate(case())
    assert found.expected_roi == pytest.approx((300 / 1.1 + 300 / 1.21 - 200) / 200)
    assert simulate(case(costs=())).expected_roi is None


def test_standard_error_of_a_range_is_that_of_the_normal_distribution_with_this_range():
    worth = Percentiles(mean=0.0, p5=-1.6448536, p10=-1.0, p50=0.0, p90=1.0, p95=1.6448536)
    assert worth.standard_error == pytest.approx(1.0)
    flat = Percentiles(mean=5.0, p5=5.0, p10=5.0, p50=5.0, p90=5.0, p95=5.0)
    assert 0 < flat.standard_error < 1e-9


def test_no_draw_keeps_more_than_everybody():
    # 3 points at .4 a point: 120 % of all on average
    with pytest.raises(NotEstimable) as caught:
        simulate(case(parameters=(*case().parameters, fixed("kept", 0.4)), shares=(("effect", "kept"),)))
    assert caught.value.reason is Reason.SHARE_ABOVE_ONE
    assert caught.value.detail["expected"] == pytest.approx(1.2)
    # .2 a point: 60 % on average, and more than all from 5 points on, two standard errors away
    with pytest.raises(NotEstimable) as caught:
        simulate(case(parameters=(*case().parameters, fixed("kept", 0.2)), shares=(("effect", "kept"),)))
    assert caught.value.detail["expected"] == pytest.approx(0.6)
    assert caught.value.detail["highest"] > 1
    fine = case(parameters=(*case().parameters, fixed("kept", 0.01)), shares=(("effect", "kept"),))
    assert simulate(fine).draws > 0


def test_a_share_of_everybody_that_is_lost_is_bounded_too():
    parameters = (parameter("effect", Distribution.NORMAL, -3.0, 0.1), *case().parameters[1:])
    with pytest.raises(NotEstimable):
        simulate(case(parameters=(*parameters, fixed("kept", 0.4)), shares=(("effect", "kept"),)))
