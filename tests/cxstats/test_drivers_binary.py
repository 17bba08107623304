"""General dominance of a top-box outcome against statsmodels, brute force over orders, linear programs."""

import doctest
import importlib
from itertools import combinations, permutations
from math import factorial, log
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.optimize import linprog

from cxstats.drivers import MOST_BINARY_DRIVERS, PseudoRSquared, binary_dominance
from cxstats.drivers.logit import logit_fit
from cxstats.errors import InvalidInput, NotEstimable, Reason

PAGE = Path(__file__).parents[2] / "docs" / "methods" / "drivers.md"
NAN = float("nan")


def survey(seed: int = 1, n: int = 300, slopes: tuple[float, ...] = (0.8, 0.4, -0.3, 0.0)) -> Any:
    """Related scores 1..5 and a top box."""
    draw = np.random.default_rng(seed)
    common = draw.normal(size=(n, 1))
    scores = np.clip(np.round(3 + 0.7 * common + draw.normal(size=(n, len(slopes)))), 1, 5)
    hit = (scores - 3) @ np.array(slopes) + draw.logistic(size=n) > 0.3
    return hit.astype(float), scores


def statsmodels_r_squared(hit: np.ndarray, scores: np.ndarray, measure: PseudoRSquared) -> float:
    fit = sm.Logit(hit, sm.add_constant(scores)).fit(disp=0, method="newton", maxiter=100)
    if measure is PseudoRSquared.MCFADDEN:
        return float(fit.prsquared)
    fitted = fit.predict()
    return float(fitted[hit == 1].mean() - fitted[hit == 0].mean())


@pytest.mark.parametrize("module", ["binary", "logit"])
def test_examples_in_docstrings_run(module):
    assert doctest.testmod(importlib.import_module(f"cxstats.drivers.{module}")).failed == 0


def test_examples_of_the_methods_page_run():
    assert doctest.testfile(str(PAGE), module_relative=False).failed == 0


@pytest.mark.parametrize("measure", PseudoRSquared)
def test_parts_equal_statsmodels_over_all_orders_of_entry(measure):
    hit, scores = survey()
    size = scores.shape[1]
    worth = {
        frozenset(members): statsmodels_r_squared(hit, scores[:, members], measure) if members else 0.0
        for held in range(size + 1)
        for members in combinations(range(size), held)
    }
    brute = np.zeros(size)
    for order in permutations(range(size)):
        for place, driver in enumerate(order):
            before = frozenset(order[:place])
            brute[driver] += (worth[before | {driver}] - worth[before]) / factorial(size)
    found = binary_dominance(outcome=hit, drivers=scores, measure=measure)
    assert found.parts == pytest.approx(brute, abs=1e-9)
    assert found.r_squared == pytest.approx(worth[frozenset(range(size))], abs=1e-9)
    assert sum(found.parts) == pytest.approx(found.r_squared, abs=1e-12)
    assert sum(found.shares) == pytest.approx(1)
    assert (found.n, found.hits, found.left_out) == (300, int(hit.sum()), 0)


def test_coefficients_are_log_odds_per_standard_deviation():
    hit, scores = survey(seed=4)
    found = binary_dominance(outcome=hit, drivers=scores)
    slopes = sm.Logit(hit, sm.add_constant(scores)).fit(disp=0).params[1:]
    assert found.coefficients == pytest.approx(slopes * scores.std(axis=0), abs=1e-6)
    assert found.coefficients[2] < 0 < found.parts[2]  # a negative driver has a positive share


def test_closed_form_of_one_binary_driver():
    # 2 x 2 table, 60 of 100 against 30 of 100: fitted probabilities are the shares themselves,
    # so Tjur's R2 is the squared correlation, and McFadden's comes from the entropies
    driver = np.repeat([1.0, 0.0], 100)
    hit = np.concatenate([np.ones(60), np.zeros(40), np.ones(30), np.zeros(70)])

    def entropy(share: float) -> float:
        return -(share * log(share) + (1 - share) * log(1 - share))

    tjur = binary_dominance(outcome=hit, drivers=driver[:, None], measure=PseudoRSquared.TJUR)
    assert tjur.r_squared == pytest.approx(np.corrcoef(driver, hit)[0, 1] ** 2)
    found = binary_dominance(outcome=hit, drivers=driver[:, None])
    assert found.r_squared == pytest.approx(1 - (entropy(0.6) + entropy(0.3)) / 2 / entropy(0.45))
    assert found.coefficients[0] == pytest.approx(np.log((60 / 40) / (30 / 70)) / 2)
    assert found.shares == (1.0,)


@pytest.mark.parametrize("measure", PseudoRSquared)
def test_shares_follow_their_driver_and_ignore_scale_and_sign(measure):
    hit, scores = survey(seed=2)
    whole = binary_dominance(outcome=hit, drivers=scores, measure=measure)
    order = [2, 0, 3, 1]
    moved = binary_dominance(
        outcome=hit, drivers=100 - 3.5 * scores[:, order] * [1, -2, 1, 5], measure=measure
    )
    assert moved.parts == pytest.approx([whole.parts[driver] for driver in order], abs=1e-9)
    turned = binary_dominance(outcome=1 - hit, drivers=scores, measure=measure)
    assert turned.parts == pytest.approx(whole.parts, abs=1e-9)


def test_mcfadden_parts_are_never_negative_and_more_drivers_never_explain_less():
    hit, scores = survey(seed=9, slopes=(0.6, 0.0, 0.0, 0.0, 0.0))
    found = binary_dominance(outcome=hit, drivers=scores)
    assert min(found.parts) >= 0
    assert found.shares[0] == max(found.shares)
    fewer = binary_dominance(outcome=hit, drivers=scores[:, :4])
    assert fewer.r_squared <= found.r_squared


def test_respondents_with_gaps_are_left_out():
    hit, scores = survey(seed=3)
    gaps, wrong = scores.copy(), hit.copy()
    gaps[:20, 1] = NAN
    wrong[20:25] = NAN
    found = binary_dominance(outcome=wrong, drivers=gaps)
    assert (found.n, found.left_out) == (275, 25)
    assert found.parts == pytest.approx(binary_dominance(outcome=hit[25:], drivers=scores[25:]).parts)


def test_ten_drivers_are_the_most():
    draw = np.random.default_rng(6)
    hit, scores = draw.random(250) < 0.5, draw.normal(size=(250, MOST_BINARY_DRIVERS + 1))
    with pytest.raises(InvalidInput, match="at most 10"):
        binary_dominance(outcome=hit, drivers=scores)
    found = binary_dominance(outcome=hit, drivers=scores[:, :-1])
    assert sum(found.parts) == pytest.approx(found.r_squared)
    assert found.r_squared == pytest.approx(
        statsmodels_r_squared(hit.astype(float), scores[:, :-1], PseudoRSquared.MCFADDEN)
    )


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "drivers", "argument"),
    [
        ([0, 1, 2], [[1], [2], [3]], "outcome"),
        ([0, 1], [[1], [2], [3]], "drivers"),
        ([0, 1], [1, 2], "drivers"),
        ([0, 1], [[1], [float("inf")]], "drivers"),
        (["no", "yes"], [[1], [2]], "outcome"),
    ],
)
def test_bad_input_is_named(outcome, drivers, argument):
    with pytest.raises(InvalidInput) as caught:
        binary_dominance(outcome=outcome, drivers=drivers)
    assert argument in caught.value.argument


def test_what_cannot_be_known_is_refused():
    hit, scores = survey()

    def reason(outcome: Any, drivers: Any) -> NotEstimable:
        with pytest.raises(NotEstimable) as caught:
            binary_dominance(outcome=outcome, drivers=drivers)
        return caught.value

    assert reason([NAN, 1.0], [[1.0], [NAN]]).reason is Reason.NO_DATA
    assert reason(np.ones(300), scores).detail == {"column": 0}
    flat = np.column_stack([scores, np.full(300, 3.0)])
    assert reason(hit, flat).detail == {"column": 5}
    assert reason(hit, flat).reason is Reason.NO_VARIATION
    assert reason(hit[:99], scores[:99]).detail == {"found": 99, "needed": 100}
    rare = (np.arange(300) < 39).astype(float)
    assert reason(rare, scores).detail == {"rarer_outcome": 39, "needed": 40}
    assert reason(1 - rare, scores).reason is Reason.TOO_FEW_ANSWERS
    doubled = np.column_stack([scores, scores[:, 0] + scores[:, 1]])
    assert reason(hit, doubled).reason is Reason.COLLINEAR
    balanced = np.tile([[0.0], [1.0]], (100, 1))
    assert reason(np.repeat([0.0, 1.0], 100), balanced).reason is Reason.NO_VARIATION  # explains nothing


@pytest.mark.parametrize("kind", ["complete", "quasi", "hidden"])
def test_separated_outcomes_are_refused(kind):
    hit, scores = survey()
    if kind == "complete":  # one driver tells the outcome
        scores[:, 1] = np.where(hit == 1, scores[:, 1] + 10, scores[:, 1])
    elif kind == "quasi":  # nobody who marked 5 missed the top box
        hit = np.where(scores[:, 0] == 5, 1.0, hit)
        scores = np.column_stack([scores[:, 0] == 5, scores[:, 1:]]).astype(float)
    else:  # no driver alone, but two together
        scores[:, 0] = scores[:, 1] + np.where(hit == 1, 1.0, -1.0)
    with pytest.raises(NotEstimable) as caught:
        binary_dominance(outcome=hit, drivers=scores)
    assert caught.value.reason is Reason.NO_UNIQUE_SOLUTION


def test_separation_is_refused_exactly_where_a_linear_program_finds_it():
    # Independent route (Konis 2007): some direction sorts every answer to its own side, or onto the border
    draw = np.random.default_rng(8)
    verdicts = []
    for _ in range(200):
        columns = draw.integers(1, 6, size=(14, 2)).astype(float)
        hit = (draw.normal(size=14) + columns @ [1.0, -0.5] > 1.5).astype(float)
        if hit.min() == hit.max() or np.linalg.matrix_rank(np.cov(columns.T)) < 2:
            continue
        columns = (columns - columns.mean(axis=0)) / columns.std(axis=0)
        sided = np.column_stack([np.ones(14), columns]) * (2 * hit - 1)[:, None]
        program = linprog(-sided.sum(axis=0), A_ub=-sided, b_ub=np.zeros(14), bounds=[(-1, 1)] * 3)
        separated = -program.fun > 1e-7
        try:
            fit = logit_fit(hit, columns)
        except NotEstimable:
            assert separated
        else:
            assert not separated
            assert np.isfinite(fit.coefficients).all()
        verdicts.append(separated)
    assert 20 < sum(verdicts) < len(verdicts) - 20


def test_far_points_do_not_throw_newton_off():
    # one score of -302205 among ordinary ones: full steps overshoot and are halved. At the maximum of a
    # concave likelihood, residuals are orthogonal to every column (the definition, checked directly).
    columns = np.array(
        [
            [-0.9, -0.87, -0.31],
            [-12.05, 3490.17, 1.19],
            [-0.05, -156.12, 1.89],
            [0.28, -1.69, 0.93],
            [0.55, -0.39, -1.99],
            [-6.39, -2.11, 4.09],
            [0.77, 0.71, -21.09],
            [-15.01, -1.22, -2.05],
            [2.21, -22.8, -302204.83],
            [0.59, -43.33, -0.07],
            [1.09, -0.46, -4.34],
            [0.58, -0.92, 0.42],
        ]
    )
    hit = np.array([1.0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0])
    columns = (columns - columns.mean(axis=0)) / columns.std(axis=0)
    fit = logit_fit(hit, columns)
    residual = hit - fit.probabilities
    assert np.column_stack([np.ones(12), columns]).T @ residual == pytest.approx(0, abs=1e-7)
    assert 0 > fit.log_likelihood > 12 * np.log(0.5)
