"""Starts drawn by lot, and units that could be reached: what the engine asks beside the main question."""

import doctest
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

import cxstats.did.order
from cxstats.design import DesignGrade, Light, Method, MetricPanel, UnitSelection, Verdict
from cxstats.did import Inference, imputed_effects, order_test
from cxstats.errors import NotEstimable, Reason
from cxstats.evaluate import evaluate
from tests.cxstats.simulated import Case, cell, groups, latent, month, plan


def stepped(
    *, units: int = 8, step: int = 4, first: int = 12, length: int = 30, selection=UnitSelection.CHANCE
):
    """`units` that start two by two, `step` months apart, in random order; none stays without."""

    def make(rng: np.random.Generator, effect: float) -> Case:
        starts = first + step * (rng.permutation(units) // 2)
        t = np.arange(length)
        mean = 20 + latent(rng, (units, length), 0.4, 4.0) + latent(rng, (length,), 0.4, 5.0)
        mean = mean + effect * (t[None, :] >= starts[:, None])
        cells = tuple(cell(f"u{i}", k, mean[i, k], 120, rng) for i in range(units) for k in range(length))
        treated = tuple((f"u{i}", month(int(starts[i]))) for i in range(units))
        return Case(
            design=plan(first, selection=selection),
            panel=MetricPanel(cells=cells, treated=treated),
            truth=effect,
        )

    return make


def check(found, key):
    return next(item for item in found.diagnostics if item.key == key)


def run(case, **more):
    return evaluate(case.design, case.panel, rng=np.random.default_rng(4), **more)


def test_the_example_in_the_docstring_runs():
    assert doctest.testmod(cxstats.did.order).failed == 0


@pytest.mark.parametrize("starts", [[2, 3, 4, None], [2, 2, 3, None], [2, 3, 4, 5], [0, 2, 3, None]])
@pytest.mark.parametrize("lag", [0, 1])
def test_every_order_is_counted_as_if_each_were_estimated_anew(starts, lag):
    y = np.random.default_rng(7).normal(size=(4, 6)).cumsum(axis=1)
    y[0, 2:] += 2.0
    found = order_test(values=y, first_treated=starts, lag=lag, rng=np.random.default_rng(1))
    rows = [row for row, start in enumerate(starts) if start != 0]  # treated from the first: no comparison

    def size(order):
        given = [starts[row] for row in order]
        fit = imputed_effects(values=y[rows], first_treated=given, lag=lag, inference=Inference.INFLUENCE)
        return abs(fit.simple.value)

    shown = np.array([size(order) for order in permutations(rows)])
    expected = float(np.mean(shown >= size(rows) - 1e-9))
    assert found.p_value == pytest.approx(expected)
    assert found.exact
    assert found.smallest_attainable_p == pytest.approx(1 / found.assignments)


def test_many_orders_are_sampled_and_the_true_one_counts():
    y = np.random.default_rng(7).normal(size=(9, 14))
    y[0, 3:] += 40
    found = order_test(
        values=y, first_treated=[3, 4, 5, 6, 7, 8, 9, 10, 11], rng=np.random.default_rng(1), draws=499
    )
    assert not found.exact
    assert found.assignments == 499
    assert found.smallest_attainable_p == 1 / 500
    assert found.p_value >= 1 / 500


def test_orders_of_what_has_no_time_before_are_refused():
    with pytest.raises(NotEstimable) as refused:
        order_test(values=np.ones((3, 4)), first_treated=[0, 0, None], rng=np.random.default_rng(1))
    assert refused.value.reason is Reason.NO_PRE_PERIOD


def test_without_an_effect_one_order_in_twenty_is_called_one():
    rng = np.random.default_rng(11)
    starts, called = [3, 5, 7, 9, 11, None], 0
    for _ in range(400):
        y = latent(rng, (6, 14), 0.8, 3.0) + 5.0 * rng.normal(size=(6, 1)) + latent(rng, (14,), 0.5, 5.0)
        given = [starts[k] for k in rng.permutation(6)]
        called += order_test(values=y, first_treated=given, rng=rng).p_value <= 0.05
    assert 8 <= called <= 33  # 20 expected, standard deviation 4.4


def test_starts_by_lot_earn_grade_a_and_say_how_often_chance_shows_as_much():
    case = stepped()(np.random.default_rng(3), 15.0)
    found = run(case)
    assert (found.grade, found.method) == (DesignGrade.A, Method.STAGGERED_DIFFERENCE_IN_DIFFERENCES)
    assert found.verdict is Verdict.SUPPORTED
    assert found.effect.interval.contains(15.0)
    drawn = check(found, "reassignment")
    assert drawn.light is Light.GREEN
    assert dict(drawn.figures)["p"] <= 0.05
    chosen = run(replace(case, design=replace(case.design, selection=UnitSelection.PRACTICAL)))
    assert chosen.grade is DesignGrade.B
    assert "reassignment" not in {item.key for item in chosen.diagnostics}
    assert chosen.effect == found.effect


def test_claims_of_starts_by_lot_keep_their_level_and_their_range_holds_the_truth():
    """No effect and one of 12 points; 40 programs each of eight units."""
    rng, false, held = np.random.default_rng(23), 0, 0
    for _ in range(40):
        nothing, something = run(stepped()(rng, 0.0)), run(stepped()(rng, 12.0))
        false += nothing.verdict in (Verdict.SUPPORTED, Verdict.CONTRADICTED)
        held += something.effect.interval.contains(12.0)
    assert false <= 6  # 2 expected, standard deviation 1.4
    assert held >= 34  # 38 expected, standard deviation 1.4


def test_a_claim_that_other_orders_do_not_bear_out_is_in_doubt():
    """Five units: thirty orders, so that a claim can be stronger than what chance bears out."""
    rng = np.random.default_rng(5)
    doubted = 0
    for _ in range(25):
        found = run(stepped(units=5, step=5)(rng, 6.0))
        drawn = check(found, "reassignment")
        claimed = not found.effect.interval.contains(0.0)
        assert (drawn.light is Light.AMBER) == (claimed and dict(drawn.figures)["p"] > 0.05)
        if drawn.light is Light.AMBER:
            doubted += 1
            assert found.verdict in (Verdict.SUGGESTIVE, Verdict.INCONCLUSIVE)
            assert "amber_reassignment" in found.reasons
    assert doubted >= 1


# --- spill-over -----------------------------------------------------------------------------------------


def reachable(case, effect, seed=6):
    """Three more units, which no one meant to reach, beside the controls of the case."""
    rng = np.random.default_rng(seed)
    start, length = 14, 24
    t = np.arange(length)
    common = np.array(
        [
            np.mean(
                [
                    one.value
                    for one in case.panel.cells
                    if one.unit in case.panel.controls and one.period == month(k)
                ]
            )
            for k in range(length)
        ]
    )
    cells = tuple(
        cell(f"near{i}", k, float(common[k] + effect * (t[k] >= start)), 120, rng)
        for i in range(3)
        for k in range(length)
    )
    theirs = tuple(one for one in case.panel.cells if one.unit in case.panel.controls)
    return MetricPanel(
        cells=(*cells, *theirs),
        treated=tuple((f"near{i}", None) for i in range(3)),
        controls=case.panel.controls,
    )


def test_what_could_be_reached_is_a_question_of_its_own_and_doubts_nothing():
    case = groups(treated=6, controls=6)(np.random.default_rng(2), 20.0)
    alone = run(case)
    still, moved = (run(case, spill_over=reachable(case, effect)) for effect in (0.0, 15.0))
    lights = [check(found, "spill_over").light for found in (still, moved)]
    assert lights == [Light.GREEN, Light.AMBER]
    figures = dict(check(moved, "spill_over").figures)
    assert figures["low"] < 15.0 < figures["high"]
    assert figures["low"] > 0
    assert alone.effect == still.effect == moved.effect
    assert alone.verdict == still.verdict == moved.verdict == Verdict.SUPPORTED
    assert alone.reasons == moved.reasons
    assert len({alone.input_digest, still.input_digest, moved.input_digest}) == 3


def test_what_could_be_reached_and_has_too_little_is_not_run():
    case = groups(treated=6, controls=6)(np.random.default_rng(2), 20.0)
    panel = reachable(case, 0.0)
    few = replace(panel, cells=tuple(one for one in panel.cells if one.period < month(2)))
    assert check(run(case, spill_over=few), "spill_over").light is Light.NOT_RUN


def test_nobody_chose_what_could_be_reached_by_its_scores():
    """Units chosen by scores nobody named refuse the main question, not this one."""
    case = groups(treated=6, controls=6)(np.random.default_rng(2), 20.0)
    worst = replace(case.design, selection=UnitSelection.WORST_SCORES, selection_periods=2)
    found = evaluate(worst, case.panel, rng=np.random.default_rng(4), spill_over=reachable(case, 15.0))
    plain = run(case, spill_over=reachable(case, 15.0))
    assert check(found, "spill_over").figures == check(plain, "spill_over").figures
