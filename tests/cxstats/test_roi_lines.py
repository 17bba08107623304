"""What each benefit is worth by itself, and what moved one case away from another."""

from dataclasses import replace
from itertools import permutations
from math import factorial

import numpy as np
import pytest

from cxstats.design import Direction
from cxstats.errors import InvalidInput
from cxstats.kinds import Distribution, ParameterKind, ValueKind
from cxstats.roi import (
    BenefitLine,
    Correlation,
    CostLine,
    Parameter,
    RoiCase,
    expected_flows,
    mean_of,
    simulate_roi,
    what_moved,
    worth_of_lines,
)


def _input(key, distribution, *args):
    return Parameter(
        key=key, distribution=distribution, args=args, source="", owner="", kind=ParameterKind.MEASURED
    )


def _benefit(key, *factors, profile, hard=True, direction=Direction.UP):
    return BenefitLine(
        key=key,
        kind=ValueKind.OWN_FORMULA,
        factors=factors,
        profile=profile,
        hard=hard,
        direction=direction,
    )


def _case(**changes):
    case = RoiCase(
        parameters=(
            _input("effect", Distribution.NORMAL, 4.0, 1.0),
            _input("rate", Distribution.FIXED, 0.10),
            _input("customers", Distribution.PERT, 900.0, 1000.0, 1400.0),
            _input("margin", Distribution.FIXED, 2.0),
            _input("calls", Distribution.FIXED, 0.5),
            _input("cut", Distribution.FIXED, 0.8),
            _input("kept", Distribution.FIXED, 0.5),
            _input("build", Distribution.FIXED, 3000.0),
        ),
        benefits=(
            _benefit("stay", "effect", "customers", "margin", profile=(0, 0.5, 1)),
            _benefit("call", "effect", "customers", "calls", profile=(0, 1, 1), hard=False),
        ),
        costs=(CostLine(key="c", factors=("build",), profile=(1, 0, 0)),),
        periods=2,
        discount_rate="rate",
        effect="effect",
        haircuts=("cut",),
        persistence="kept",
    )
    return replace(case, **changes)


def _changed(case, **figures):
    return replace(
        case,
        parameters=tuple(
            _input(one.key, Distribution.FIXED, figures[one.key]) if one.key in figures else one
            for one in case.parameters
        ),
    )


def test_each_line_is_worth_what_its_own_flow_comes_to_by_hand():
    # customers on average (900 + 4 * 1000 + 1400) / 6 = 1050; effect 4; haircut 0.8; half is left in year 2
    full_stay, full_call = 4 * 1050 * 2 * 0.8, 4 * 1050 * 0.5 * 0.8
    stay = full_stay * (0.5 / 1.1 + 0.5 / 1.21)
    call = full_call * (1 / 1.1 + 0.5 / 1.21)
    found = worth_of_lines(
        case=_case(), lines={"stay": ("stay",), "call": ("call",)}, rng=np.random.default_rng(3), draws=2000
    )
    assert [one.key for one in found] == ["stay", "call"]
    assert [one.benefits.mean for one in found] == pytest.approx([stay, call])


def test_lines_add_up_to_the_case_and_their_ranges_come_from_the_same_draws():
    case = _case()
    whole = simulate_roi(case=case, rng=np.random.default_rng(5), draws=5000)
    lines = worth_of_lines(
        case=case, lines={"stay": ("stay",), "call": ("call",)}, rng=np.random.default_rng(5), draws=5000
    )
    assert sum(one.benefits.mean for one in lines) == pytest.approx(
        whole.hard_benefits.mean + whole.soft_benefits.mean
    )
    assert lines[0].benefits.p5 == pytest.approx(whole.hard_benefits.p5)
    assert lines[1].benefits.p95 == pytest.approx(whole.soft_benefits.p95)


def test_a_line_of_two_opposite_parts_is_their_difference():
    case = _case(
        benefits=(
            _benefit("b", "effect", "customers", profile=(0, 1, 1), direction=Direction.DOWN),
            _benefit("w", "customers", profile=(0, 1, 1)),
        )
    )
    both = worth_of_lines(case=case, lines={"x": ("b", "w")}, rng=np.random.default_rng(1), draws=500)[0]
    assert both.benefits.mean == pytest.approx(1050 * (1 - 4) * 0.8 * (1 / 1.1 + 0.5 / 1.21))


@pytest.mark.parametrize("keys", [(), ("stay", "gone")])
def test_a_line_without_benefits_of_the_case_is_refused(keys):
    with pytest.raises(InvalidInput, match="lines"):
        worth_of_lines(case=_case(), lines={"x": keys}, rng=np.random.default_rng(1), draws=500)


# --- what moved ------------------------------------------------------------------------------------


def _net(case):
    flows = expected_flows(case)
    rate = mean_of(next(one for one in case.parameters if one.key == case.discount_rate))
    return sum(
        (hard + soft - cost) / (1 + rate) ** year
        for year, (hard, soft, cost) in enumerate(zip(flows.hard, flows.soft, flows.costs, strict=True))
    )


def test_a_single_difference_moves_all_of_it():
    before, after = _case(), _changed(_case(), margin=3.0)
    found = what_moved(first=before, second=after)
    assert [one.key for one in found.moved] == ["margin"]
    # one more unit of margin: 4 * 1050 * 0.8 in a full year
    assert found.moved[0].amount == pytest.approx(4 * 1050 * 0.8 * (0.5 / 1.1 + 0.5 / 1.21))
    assert found.second - found.first == pytest.approx(found.moved[0].amount)


def test_the_same_case_moved_nothing():
    assert what_moved(first=_case(), second=_case()).moved == ()


def test_each_share_is_the_mean_over_all_orders_of_changing():
    figures = {"margin": 3.5, "effect": 2.0, "rate": 0.02, "kept": 0.9}
    before, after = _case(), _changed(_case(), **figures)
    wanted = dict.fromkeys(figures, 0.0)
    for order in permutations(figures):
        so_far = {}
        for key in order:
            worth = _net(_changed(before, **so_far))
            so_far[key] = figures[key]
            wanted[key] += (_net(_changed(before, **so_far)) - worth) / factorial(len(figures))
    found = what_moved(first=before, second=after)
    assert {one.key: one.amount for one in found.moved} == pytest.approx(wanted)
    assert [one.key for one in found.moved] == sorted(wanted, key=lambda key: -abs(wanted[key]))


def test_costs_lines_and_years_are_differences_of_their_own():
    before = _case()
    after = _case(
        parameters=(*before.parameters, _input("more", Distribution.FIXED, 500.0)),
        periods=3,
        benefits=(_benefit("stay", "effect", "customers", "margin", profile=(0, 0.5, 1, 1)),),
        costs=(
            CostLine(key="c", factors=("build",), profile=(1, 0, 0, 0)),
            CostLine(key="d", factors=("more",), profile=(0, 0, 0, 1)),
        ),
    )
    found = what_moved(first=before, second=after)
    assert {one.key for one in found.moved} == {"benefits", "costs", "years"}
    assert sum(one.amount for one in found.moved) == pytest.approx(_net(after) - _net(before))
    moved = {one.key: one.amount for one in found.moved}
    # the new cost falls into year 3, which half of all orders count
    assert moved["costs"] == pytest.approx(-500 / 1.1**3 / 2)


def test_another_cost_of_the_same_place_is_a_difference_of_costs():
    found = what_moved(first=_case(), second=_changed(_case(), build=1000.0))
    assert [(one.key, round(one.amount)) for one in found.moved] == [("costs", 2000)]


def test_many_differences_leave_the_smallest_together():
    keys = [f"f{place}" for place in range(12)]

    def case(figure):
        return RoiCase(
            parameters=(
                _input("rate", Distribution.FIXED, 0.0),
                *(
                    _input(key, Distribution.FIXED, 100.0 * place if figure else 0.0)
                    for place, key in enumerate(keys, 1)
                ),
            ),
            benefits=tuple(_benefit(f"b{key}", key, profile=(0, 1)) for key in keys),
            costs=(),
            periods=1,
            discount_rate="rate",
        )

    found = what_moved(first=case(0), second=case(1))
    assert len(found.moved) == 9
    moved = {one.key: one.amount for one in found.moved}
    assert moved["rest"] == pytest.approx(100 + 200 + 300 + 400)
    assert moved["f11"] == pytest.approx(1200)


def test_inputs_that_move_together_are_refused():
    linked = replace(_case(), correlations=(Correlation(first="effect", second="customers", spearman=0.5),))
    with pytest.raises(InvalidInput, match="correlations"):
        what_moved(first=_case(), second=linked)


def test_more_years_alone_move_the_figure_by_the_years_alone():
    """A ramp and a rise of prices that both cases share are no other way to count benefits."""

    def priced(years, rise=1.1, share=0.5):
        later = [rise**year for year in range(1, years)]
        return _case(
            benefits=(_benefit("stay", "effect", "customers", "margin", profile=(0, share, *later)),),
            costs=(),
            periods=years,
            persistence=None,
        )

    for first, second in ((1, 3), (2, 3), (3, 1)):
        found = what_moved(first=priced(first), second=priced(second))
        assert [one.key for one in found.moved] == ["years"]
        assert found.moved[0].amount == pytest.approx(found.second - found.first)
    # a full year is 4 x 1050 x 2 x 0.8 = 6720 in prices of year 1; share and rise change, a year comes
    found = what_moved(first=priced(2, 1.0, 1.0), second=priced(3, 1.1, 0.5))
    third = 6720 * 1.1**2 / 1.1**3
    moved = {one.key: one.amount for one in found.moved}
    assert moved["years"] == pytest.approx(third)
    assert moved["benefits"] == pytest.approx(-6720 * 0.5 / 1.1 + 6720 * 0.1 / 1.1**2)
