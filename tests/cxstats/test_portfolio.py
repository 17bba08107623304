"""Portfolio totals: Efron and Morris' baseball data, hand-worked ledgers, properties."""

import dataclasses
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.portfolio import (
    Basis,
    ClaimedGround,
    InitiativeValue,
    JointEffect,
    SharedBenefit,
    ShrinkTarget,
    overlap_groups,
    portfolio_total,
    shrink,
)


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def claim(key: str, value: float, error: float = 10.0, **more: Any) -> InitiativeValue:
    return InitiativeValue(key=key, value=value, standard_error=error, **more)


def total(initiatives: list[InitiativeValue], **more: Any) -> Any:
    more.setdefault("rng", rng())
    return portfolio_total(initiatives=initiatives, **more)


# --- shrinkage --------------------------------------------------------------------------------


HITS = np.array([18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7])  # in 45 at bats


def test_shrinkage_of_transformed_batting_averages():
    # Efron and Morris 1975, JASA 70, table 1: f(y) = sqrt(45) arcsin(2y - 1), V = 18.96, so that
    # .791 of the mean and .209 of the player's own value count; first player -1.35 becomes -2.91. Recomputed
    # from the hits (also in R package rstanarm, bball1970): V 18.963, .7910, -1.3507, -2.9058
    transformed = np.sqrt(45) * np.arcsin(2 * np.round(HITS / 45, 3) - 1)
    found = shrink(values=transformed, standard_errors=np.ones(18), target=ShrinkTarget.MEAN)
    assert found.kept == pytest.approx(0.209, abs=0.0006)
    assert transformed[0] == pytest.approx(-1.35, abs=0.005)
    assert found.values[0] == pytest.approx(-2.91, abs=0.005)


def test_shrinkage_of_plain_batting_averages():
    # Efron and Morris 1977, Scientific American 236(5): grand average .265, factor .212,
    # Clemente .400 becomes .294, Alvis .156 becomes .242; recomputed: .26543, .21165, .29391, .24218
    observed, mean = HITS / 45, HITS.mean() / 45
    errors = np.full(18, np.sqrt(mean * (1 - mean) / 45))
    found = shrink(values=observed, standard_errors=errors, target=ShrinkTarget.MEAN)
    assert (found.target, found.kept) == pytest.approx((0.265, 0.212), abs=0.0006)
    assert (found.values[0], found.values[-1]) == pytest.approx((0.294, 0.242), abs=0.0006)


def test_shrinkage_to_zero_by_hand():
    # z^2: 9 1 4 0 16 4, sum 34, factor 1 - 4/34
    found = shrink(values=[3, 1, 2, 0, 4, 2], standard_errors=[1] * 6)
    assert found.kept == pytest.approx(30 / 34)
    assert found.total.value == pytest.approx(12 * 30 / 34)
    assert found.target == 0
    # variance of the sum: (30/34) 6 + (2/4) (12 x 4/34)^2
    assert found.total.standard_error == pytest.approx(np.sqrt(30 / 34 * 6 + 0.5 * (48 / 34) ** 2))
    # interval: from the sceptic's low end to the unshrunken claims' high end, 12 + 1.96 sqrt(6)
    assert found.total.interval.high == pytest.approx(12 + 1.959964 * np.sqrt(6), abs=1e-5)
    assert found.total.interval.low == pytest.approx(
        found.total.value - 1.959964 * found.total.standard_error, abs=1e-5
    )


def test_claims_within_noise_vanish():
    assert shrink(values=[0.1] * 6, standard_errors=[1] * 6).total.value == 0
    assert shrink(values=[0.0] * 6, standard_errors=[1] * 6).kept == 0
    alike = shrink(values=[5.0] * 6, standard_errors=[1] * 6, target=ShrinkTarget.MEAN)
    assert alike.values == pytest.approx([5] * 6)
    # total of the common mean: variance 36/6
    assert alike.total.standard_error == pytest.approx(np.sqrt(6))


@pytest.mark.parametrize("target", ShrinkTarget)
@pytest.mark.parametrize(("center", "spread"), [(0.0, 1.5), (1.0, 0.3), (2.0, 1.0)])
def test_total_interval_covers_the_truth_in_simulation(target: ShrinkTarget, center: float, spread: float):
    draws = rng(11)
    covered = []
    for _ in range(600):
        truth = draws.normal(center, spread, 10)
        errors = draws.uniform(0.6, 1.6, 10)
        found = shrink(values=truth + errors * draws.normal(size=10), standard_errors=errors, target=target)
        covered.append(found.total.interval.contains(float(truth.sum())))
    assert np.mean(covered) >= 0.93
    if target is ShrinkTarget.MEAN:
        assert np.mean(covered) <= 0.98


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(0.1, 1e5)), min_size=6, max_size=20),
    st.floats(0.01, 100),
    st.sampled_from(ShrinkTarget),
)
def test_shrinkage_scales_ignores_order_and_never_overshoots(claims, factor, target):
    values, errors = np.array(claims).T
    found = shrink(values=values, standard_errors=errors, target=target)
    assert 0 <= found.kept <= 1
    for before, after in zip(values, found.values, strict=True):
        assert abs(after - found.target) <= abs(before - found.target) * (1 + 1e-9) + 1e-6
    turned = shrink(values=values[::-1] * factor, standard_errors=errors[::-1] * factor, target=target)
    assert turned.total.value == pytest.approx(factor * found.total.value, rel=1e-6, abs=1e-3 * factor)


@pytest.mark.parametrize(
    ("inputs", "argument"),
    [
        ({"values": [1, 2], "standard_errors": [1]}, "standard_errors"),
        ({"values": [1] * 6, "standard_errors": [1, 1, 1, 1, 1, 0]}, "standard_errors"),
        ({"values": [1, np.nan], "standard_errors": [1, 1]}, "values"),
        ({"values": [], "standard_errors": []}, "values"),
        ({"values": "many", "standard_errors": [1]}, "values"),
        ({"values": [1] * 6, "standard_errors": [1] * 6, "minimum": 3}, "minimum"),
        ({"values": [1] * 6, "standard_errors": [1] * 6, "level": 0}, "level"),
    ],
)
def test_bad_claims_are_named(inputs: dict[str, Any], argument: str):
    with pytest.raises(InvalidInput) as caught:
        shrink(**inputs)
    assert caught.value.argument == argument


def test_five_claims_are_not_shrunk():
    with pytest.raises(NotEstimable) as caught:
        shrink(values=[1] * 5, standard_errors=[1] * 5)
    assert caught.value.reason is Reason.TOO_FEW_UNITS
    assert caught.value.detail == {"found": 5, "needed": 6}


def test_huge_claims_stay_numbers():
    found = shrink(values=[1e200] * 6, standard_errors=[1e-5] * 6)
    assert found.kept == 1
    assert found.total.value == pytest.approx(6e200)


# --- ledger -----------------------------------------------------------------------------------

HELP = [claim("chat", 60, group="help"), claim("training", 50, group="help")]
ALONE = claim("invoice", 20, 5.0, group="billing")


def test_overlapping_initiatives_count_their_joint_effect_only():
    joint = JointEffect(group="help", value=80, standard_error=12)
    found = total([*HELP, ALONE], joint_effects=[joint])
    assert (found.naive, found.overlap_aware) == (130, 100)
    assert [(line.basis, line.counted) for line in found.lines] == [
        (Basis.JOINT_ONLY, None),
        (Basis.JOINT_ONLY, None),
        (Basis.OWN, 20),
    ]
    group = found.groups[0]
    assert (group.initiatives, group.claimed, group.joint, group.overclaimed) == (
        ("chat", "training"),
        110,
        80,
        True,
    )
    assert (found.shrunken, found.shrinkage_refusal) == (None, Reason.TOO_FEW_UNITS)
    modest = dataclasses.replace(joint, value=120)
    assert not total([*HELP, ALONE], joint_effects=[modest]).groups[0].overclaimed


def test_a_declared_split_is_allocated_and_adds_up_to_the_joint_effect():
    joint = JointEffect(group="help", value=80, standard_error=12, split=(("chat", 0.75), ("training", 0.25)))
    lines = total(HELP, joint_effects=[joint]).lines
    assert [(line.basis, line.counted, line.claimed) for line in lines] == [
        (Basis.ALLOCATED, 60, 60),
        (Basis.ALLOCATED, 20, 50),
    ]


def test_overlap_without_joint_estimate_is_left_out_and_said():
    found = total([*HELP, ALONE])
    assert (found.naive, found.overlap_aware) == (130, 20)
    assert found.lines[0].reason is Reason.OVERLAPPING_INITIATIVES
    assert found.groups[0].joint is None
    nothing = total(HELP)
    assert (nothing.overlap_aware, nothing.overlap_aware_range) == (0, None)
    assert nothing.shrinkage_refusal is Reason.NO_DATA


def test_shared_benefits_count_once_and_are_split():
    # 40 of saved postage claimed by both: naive 30 + 20 + 2 x 40, counted 30 + 20 + 40
    shared = SharedBenefit(key="post", value=40, standard_error=4, split=(("a", 0.75), ("b", 0.25)))
    found = total([claim("a", 30), claim("b", 20)], shared_benefits=[shared])
    assert (found.naive, found.overlap_aware) == (130, 90)
    assert [line.shared for line in found.lines] == [30, 10]


def test_scenarios_stay_out_of_the_total():
    found = total([claim("a", 30, scenario_only=True), claim("b", 20)])
    assert (found.naive, found.overlap_aware) == (50, 20)
    assert found.lines[0].reason is Reason.EVIDENCE_TOO_WEAK


def test_six_counted_claims_are_shrunk():
    # values 10..60, errors 10: z^2 sum 91, factor 1 - 4/91
    found = total([claim(str(place), 10.0 * place) for place in range(1, 7)])
    assert found.shrinkage_refusal is None
    assert found.shrunken.total.value == pytest.approx(210 * (1 - 4 / 91))


def test_ranges_against_the_normal_closed_form():
    # two claims, errors 10 and 10: sd sqrt(200); correlated .5: sqrt(200 + 2 x .5 x 100)
    items = [claim("a", 10), claim("b", 20)]
    for correlation, deviation in ((0.0, 200**0.5), (0.5, 300**0.5)):
        found = total(items, common_correlation=correlation, draws=60_000).overlap_aware_range
        assert found.mean == pytest.approx(30, abs=0.3)
        assert found.p95 - found.p5 == pytest.approx(2 * 1.6449 * deviation, rel=0.02)
        assert found.p5 < found.p50 < found.p95
        assert 0 < found.probability_of_loss < 0.06


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(6)), st.floats(0.1, 50))
def test_totals_ignore_order_and_scale(order, factor):
    items = [*HELP, ALONE, claim("x", 5), claim("y", -3), claim("z", 8)]
    joint = JointEffect(group="help", value=80, standard_error=12)
    scaled = [
        dataclasses.replace(items[place], value=items[place].value * factor, standard_error=factor)
        for place in order
    ]
    first = total(items, joint_effects=[joint], draws=100)
    second = total(scaled, joint_effects=[dataclasses.replace(joint, value=80 * factor)], draws=100)
    assert second.naive == pytest.approx(first.naive * factor)
    assert second.overlap_aware == pytest.approx(first.overlap_aware * factor)


@pytest.mark.parametrize(
    ("more", "argument"),
    [
        ({"initiatives": [*HELP, HELP[0]]}, "initiatives"),
        ({"initiatives": [claim("a", np.nan)]}, "value"),
        ({"initiatives": [claim("a", 1, 0)]}, "standard_error"),
        ({"initiatives": [claim("a", "1")]}, "value"),
        ({"joint_effects": [JointEffect(group="x", value=1, standard_error=1)]}, "joint_effects"),
        ({"joint_effects": [JointEffect(group="help", value=1, standard_error=1)] * 2}, "joint_effects"),
        (
            {"joint_effects": [JointEffect(group="help", value=1, standard_error=1, split=(("chat", 1.0),))]},
            "joint_effects.split",
        ),
        (
            {"shared_benefits": [SharedBenefit(key="s", value=1, standard_error=1, split=(("chat", 0.5),))]},
            "shared_benefits.split",
        ),
        (
            {"shared_benefits": [SharedBenefit(key="s", value=1, standard_error=1, split=(("none", 1.0),))]},
            "shared_benefits.split",
        ),
        (
            {
                "shared_benefits": [
                    SharedBenefit(key="s", value=1, standard_error=1, split=(("chat", 0.5), ("chat", 0.5)))
                ]
            },
            "shared_benefits.split",
        ),
        ({"common_correlation": 1.0}, "common_correlation"),
        ({"common_correlation": -0.1}, "common_correlation"),
        ({"draws": 5}, "draws"),
    ],
)
def test_a_ledger_that_does_not_add_up_is_named(more: dict[str, Any], argument: str):
    with pytest.raises(InvalidInput) as caught:
        total(more.pop("initiatives", HELP), **more)
    assert caught.value.argument == argument


def test_an_empty_portfolio_is_refused():
    with pytest.raises(NotEstimable) as caught:
        total([])
    assert caught.value.reason is Reason.NO_DATA


QUANTILES = ((0.0, 0.0), (0.05, 128.0), (0.5, 400.0), (0.95, 804.0), (1.0, 1000.0))


def test_one_claim_alone_keeps_its_own_range():
    found = total([claim("a", 420.0, quantiles=QUANTILES), claim("b", 9.0, scenario_only=True)])
    span = found.overlap_aware_range
    assert (found.overlap_aware, span.mean, span.p5, span.p50, span.p95) == (420, 420, 128, 400, 804)
    assert span.probability_of_loss == 0


def test_chance_of_a_loss_of_one_claim_is_read_from_its_own_distribution():
    found = total([claim("a", 5.0, quantiles=((0.0, -10.0), (0.25, 0.0), (1.0, 30.0)))])
    assert found.overlap_aware_range.probability_of_loss == pytest.approx(0.25)


def test_several_claims_are_drawn_from_their_own_distributions():
    # two uniform amounts on 0..1: triangular sum, P5 = sqrt(.1) and P95 = 2 - sqrt(.1)
    flat = ((0.0, 0.0), (1.0, 1.0))
    items = [claim("a", 0.5, quantiles=flat), claim("b", 0.5, quantiles=flat)]
    found = total(items, draws=60_000).overlap_aware_range
    assert (found.p5, found.p95) == pytest.approx((0.1**0.5, 2 - 0.1**0.5), abs=0.01)


@pytest.mark.parametrize(
    "quantiles", [((0.5, 1.0),), ((0.5, 1.0), (0.2, 2.0)), ((0.2, 2.0), (0.5, 1.0)), ((0.0, 1.0), (1.5, 2.0))]
)
def test_a_distribution_that_is_none_is_named(quantiles):
    with pytest.raises(InvalidInput):
        total([claim("a", 1.0, quantiles=quantiles)])


def test_a_scenario_overlaps_with_nothing_that_counts():
    found = total([claim("a", 30, group="help", scenario_only=True), claim("b", 20, group="help")])
    assert (found.overlap_aware, found.groups) == (20, ())


# --- overlaps -----------------------------------------------------------------------------------


def ground(key: str, *places: str, metric: str = "nps", start: int = 2025, end: int = 2028) -> ClaimedGround:
    return ClaimedGround(
        key=key, places=frozenset(places), metric=metric, start=date(start, 1, 1), end=date(end, 1, 1)
    )


def test_any_shared_touchpoint_is_an_overlap_and_not_the_first_alone():
    assert overlap_groups([ground("a", "shop", "web"), ground("b", "phone", "web")]) == (("a", "b"),)


def test_overlaps_reach_over_a_third_initiative():
    items = [ground("a", "shop"), ground("b", "phone"), ground("c", "shop", "phone"), ground("d", "post")]
    assert overlap_groups(items) == (("a", "b", "c"),)


def test_another_metric_or_another_time_is_no_overlap():
    assert overlap_groups([ground("a", "shop"), ground("b", "shop", metric="csat")]) == ()
    assert overlap_groups([ground("a", "shop"), ground("b", "shop", start=2028, end=2030)]) == ()
    assert overlap_groups([ground("a", "shop"), ground("b", "shop", start=2027, end=2030)]) == (("a", "b"),)
