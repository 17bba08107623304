"""Driver analysis against R's relaimpo, published relative weights, naive refits and closed forms."""

from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxstats.drivers import (
    DriverNote,
    MissingRule,
    Quadrant,
    TopBox,
    driver_analysis,
    importance_performance,
    letter_groups,
    lmg_shares,
    relative_weights,
)
from cxstats.drivers.analysis import DriverShare
from cxstats.drivers.answers import Answers
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.results import Estimate, Interval, Unit

SURVEY = Path(__file__).parents[2].parent / "shared" / "data" / "mobile_phone_survey.csv"
NAN = float("nan")

# R datasets, swiss (Mosteller and Tukey 1977): fertility, agriculture, examination, education, Catholic,
# infant mortality
# fmt: off
SWISS = np.array(
    [
        (80.2, 17, 15, 12, 9.96, 22.2),
        (83.1, 45.1, 6, 9, 84.84, 22.2),
        (92.5, 39.7, 5, 5, 93.4, 20.2),
        (85.8, 36.5, 12, 7, 33.77, 20.3),
        (76.9, 43.5, 17, 15, 5.16, 20.6),
        (76.1, 35.3, 9, 7, 90.57, 26.6),
        (83.8, 70.2, 16, 7, 92.85, 23.6),
        (92.4, 67.8, 14, 8, 97.16, 24.9),
        (82.4, 53.3, 12, 7, 97.67, 21),
        (82.9, 45.2, 16, 13, 91.38, 24.4),
        (87.1, 64.5, 14, 6, 98.61, 24.5),
        (64.1, 62, 21, 12, 8.52, 16.5),
        (66.9, 67.5, 14, 7, 2.27, 19.1),
        (68.9, 60.7, 19, 12, 4.43, 22.7),
        (61.7, 69.3, 22, 5, 2.82, 18.7),
        (68.3, 72.6, 18, 2, 24.2, 21.2),
        (71.7, 34, 17, 8, 3.3, 20),
        (55.7, 19.4, 26, 28, 12.11, 20.2),
        (54.3, 15.2, 31, 20, 2.15, 10.8),
        (65.1, 73, 19, 9, 2.84, 20),
        (65.5, 59.8, 22, 10, 5.23, 18),
        (65, 55.1, 14, 3, 4.52, 22.4),
        (56.6, 50.9, 22, 12, 15.14, 16.7),
        (57.4, 54.1, 20, 6, 4.2, 15.3),
        (72.5, 71.2, 12, 1, 2.4, 21),
        (74.2, 58.1, 14, 8, 5.23, 23.8),
        (72, 63.5, 6, 3, 2.56, 18),
        (60.5, 60.8, 16, 10, 7.72, 16.3),
        (58.3, 26.8, 25, 19, 18.46, 20.9),
        (65.4, 49.5, 15, 8, 6.1, 22.5),
        (75.5, 85.9, 3, 2, 99.71, 15.1),
        (69.3, 84.9, 7, 6, 99.68, 19.8),
        (77.3, 89.7, 5, 2, 100, 18.3),
        (70.5, 78.2, 12, 6, 98.96, 19.4),
        (79.4, 64.9, 7, 3, 98.22, 20.2),
        (65, 75.9, 9, 9, 99.06, 17.8),
        (92.2, 84.6, 3, 3, 99.46, 16.3),
        (79.3, 63.1, 13, 13, 96.83, 18.1),
        (70.4, 38.4, 26, 12, 5.62, 20.3),
        (65.7, 7.7, 29, 11, 13.79, 20.5),
        (72.7, 16.7, 22, 13, 11.22, 18.9),
        (64.4, 17.6, 35, 32, 16.92, 23),
        (77.6, 37.6, 15, 7, 4.97, 20),
        (67.6, 18.7, 25, 7, 8.65, 19.5),
        (35, 1.2, 37, 53, 42.34, 18),
        (44.7, 46.6, 16, 29, 50.43, 18.2),
        (42.8, 27.7, 22, 29, 58.33, 19.3),
    ]
)
# fmt: on


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def correlations(table: np.ndarray) -> dict[str, np.ndarray]:
    matrix = np.corrcoef(table, rowvar=False)
    return {"correlations": matrix[1:, 1:], "with_outcome": matrix[0, 1:]}


def explained(table: np.ndarray, columns: tuple[int, ...]) -> float:
    """R2 by least squares on the rows, not on correlations."""
    outcome = table[:, 0] - table[:, 0].mean()
    if not columns:
        return 0.0
    design = np.column_stack([np.ones(len(table)), table[:, list(columns)]])
    fitted = design @ np.linalg.lstsq(design, table[:, 0], rcond=None)[0]
    return 1 - float(np.sum((table[:, 0] - fitted) ** 2) / np.sum(outcome**2))


def lmg_by_orders(table: np.ndarray) -> np.ndarray:
    """The definition: mean gain in R2 over all orders of entry."""
    size = table.shape[1] - 1
    gains = np.zeros(size)
    orders = list(permutations(range(1, size + 1)))
    for order in orders:
        for place, column in enumerate(order):
            gains[column - 1] += explained(table, order[: place + 1]) - explained(table, order[:place])
    return gains / len(orders)


# --- shares -----------------------------------------------------------------------------------


def test_general_dominance_equals_relaimpo_on_swiss():
    # R relaimpo 2.2-7: calc.relimp(lm(Fertility ~ ., swiss), type = "lmg"); recomputed from the 32
    # regressions with scikit-learn 1.9: all 13 digits
    found = lmg_shares(**correlations(SWISS))
    expected = [0.0570912207681, 0.1711730289002, 0.2601346786244, 0.1055701503735, 0.1127659229265]
    assert found == pytest.approx(expected, abs=1e-11)
    assert found.sum() == pytest.approx(0.706735001593, abs=1e-11)


def test_relative_weights_equal_published_ones_on_swiss():
    # Python package relativeImp 0.0.2 on swiss, run anew; also by the singular value decomposition of the
    # standardized drivers (Johnson 2000)
    expected = [0.048416895812, 0.154708249806, 0.271964104646, 0.114680029948, 0.116965721381]
    assert relative_weights(**correlations(SWISS)) == pytest.approx(expected, abs=1e-11)


def test_two_drivers_have_a_closed_form_and_both_methods_agree():
    # LMG_1 = (r1^2 + R2 - r2^2) / 2 with R2 = (.36 + .16 - 2 x .6 x .4 x .5) / .75
    inputs = {"correlations": [[1, 0.5], [0.5, 1]], "with_outcome": [0.6, 0.4]}
    whole = 0.28 / 0.75
    expected = [(0.36 + whole - 0.16) / 2, (0.16 + whole - 0.36) / 2]
    assert lmg_shares(**inputs) == pytest.approx(expected)
    assert relative_weights(**inputs) == pytest.approx(expected)


def test_mobile_phone_survey_against_all_orders_of_entry():
    if not SURVEY.exists():
        pytest.skip("mobile phone survey is not in ../shared/data")
    names = SURVEY.read_text().splitlines()[0].split(",")
    data = np.loadtxt(SURVEY, delimiter=",", skiprows=1)
    indices = [
        data[:, [place for place, name in enumerate(names) if name.startswith(prefix)]].mean(axis=1)
        for prefix in ("IMAG", "CUEX", "PERQ", "PERV")
    ]
    outcome = data[:, names.index("CUSA1")]
    table = np.column_stack([outcome, *indices])
    expected = lmg_by_orders(table)
    result = driver_analysis(
        outcome=outcome,
        drivers=np.column_stack(indices),
        keys=["image", "expectation", "quality", "value"],
        rng=rng(),
    )
    assert [driver.explained for driver in result.drivers] == pytest.approx(expected, abs=1e-10)
    assert result.r_squared.value == pytest.approx(explained(table, (1, 2, 3, 4)), abs=1e-10)
    assert result.r_squared.interval.contains(result.r_squared.value)
    assert max(result.drivers, key=lambda driver: driver.explained).key == "quality"
    assert (result.n, result.needed, result.refusal) == (250, 100, None)
    assert all(driver.distinguishable for driver in result.drivers)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 4))
def test_shares_sum_to_r2_follow_their_driver_and_ignore_scale(seed, size):
    draws = rng(seed)
    scores = draws.normal(size=(60, 1)) + draws.normal(size=(60, size))
    table = np.column_stack([scores.sum(axis=1) + draws.normal(size=60), scores])
    order = draws.permutation(size)
    moved = np.column_stack([table[:, 0] * 3 - 5, table[:, 1:][:, order] * draws.uniform(0.1, 9, size) + 2])
    for method in (lmg_shares, relative_weights):
        shares = method(**correlations(table))
        assert shares.min() >= -1e-12
        assert shares.sum() == pytest.approx(explained(table, tuple(range(1, size + 1))), abs=1e-9)
        assert method(**correlations(moved)) == pytest.approx(shares[order], abs=1e-9)
    if size <= 3:
        assert lmg_shares(**correlations(table)) == pytest.approx(lmg_by_orders(table), abs=1e-9)


def test_sixteen_drivers_are_exact_and_seventeen_are_not():
    eye = np.eye(16)
    vector = np.linspace(0.01, 0.3, 16)
    assert lmg_shares(correlations=eye, with_outcome=vector) == pytest.approx(vector**2)
    with pytest.raises(InvalidInput, match="at most 16"):
        lmg_shares(correlations=np.eye(17), with_outcome=np.full(17, 0.1))
    assert relative_weights(correlations=np.eye(17), with_outcome=np.full(17, 0.1)) == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("matrix", "vector", "argument"),
    [
        ([[1, 0.5], [0.5, 1]], [0.1], "correlations"),
        ([["a"]], [0.1], "correlations"),
        ([[1, NAN], [NAN, 1]], [0.1, 0.2], "correlations"),
        ([[1, 0.5], [0.4, 1]], [0.1, 0.2], "correlations"),
        ([[2, 0.5], [0.5, 1]], [0.1, 0.2], "correlations"),
        ([[1, 1.5], [1.5, 1]], [0.1, 0.2], "correlations"),
        ([[1]], [1.2], "with_outcome"),
        ([[1]], [NAN], "with_outcome"),
        ([], [], "with_outcome"),
    ],
)
def test_what_is_no_correlation_table_is_named(matrix: Any, vector: Any, argument: str):
    with pytest.raises(InvalidInput) as caught:
        lmg_shares(correlations=matrix, with_outcome=vector)
    assert caught.value.argument == argument


def test_drivers_that_repeat_each_other_are_refused():
    for method in (lmg_shares, relative_weights):
        with pytest.raises(NotEstimable) as caught:
            method(correlations=[[1, 1], [1, 1]], with_outcome=[0.5, 0.5])
        assert caught.value.reason is Reason.COLLINEAR


# --- letters ----------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 9), st.integers(0, 10**6))
def test_a_shared_letter_means_not_told_apart_and_only_that(size, seed):
    table = rng(seed).random((size, size)) < 0.4
    differs = table | table.T
    letters = letter_groups(differs)
    assert letters[0].startswith("a")
    for first in range(size):
        assert letters[first]
        for second in range(first):
            assert bool(set(letters[first]) & set(letters[second])) != differs[first, second]


def test_letters_do_not_run_out():
    differs = ~np.eye(27, dtype=bool)
    assert letter_groups(differs)[25:] == ("z", "a1")


# --- analysis of answers ----------------------------------------------------------------------


def scores_and_outcome(n: int, slopes: list[float], *, noise: float = 1.0, seed: int = 1) -> tuple[Any, Any]:
    draws = rng(seed)
    scores = 0.5 * draws.normal(size=(n, 1)) + draws.normal(size=(n, len(slopes)))
    return scores, scores @ np.array(slopes) + noise * draws.normal(size=n)


def analyze(scores: Any, outcome: Any, **more: Any) -> Any:
    more.setdefault("keys", [f"d{place}" for place in range(np.shape(scores)[1])])
    more.setdefault("rng", rng())
    more.setdefault("resamples", 100)
    return driver_analysis(outcome=outcome, drivers=scores, **more)


def test_a_driver_without_influence_is_not_told_from_zero():
    draws = rng(8)
    scores = draws.normal(size=(600, 3))
    result = analyze(scores, scores @ [1.0, 0.5, 0.0] + draws.normal(size=600))
    assert [driver.distinguishable for driver in result.drivers] == [True, True, False]
    assert [driver.letters for driver in result.drivers] == ["a", "b", "c"]
    assert result.notes == (DriverNote.ONE_SURVEY_ASSOCIATION,)
    assert sum(driver.share.value for driver in result.drivers) == pytest.approx(1)
    assert [driver.vif for driver in result.drivers] == pytest.approx([1, 1, 1], abs=0.05)


def test_coefficients_and_inflation_equal_least_squares():
    scores, outcome = scores_and_outcome(300, [1.0, 0.5, -0.3])
    table = np.column_stack([outcome, scores])
    z = (table - table.mean(axis=0)) / table.std(axis=0)
    slopes = np.linalg.lstsq(z[:, 1:], z[:, 0], rcond=None)[0]
    result = analyze(scores, outcome)
    assert [driver.coefficient.value for driver in result.drivers] == pytest.approx(slopes)
    swapped = np.column_stack([scores[:, 0], scores[:, 1], scores[:, 2]])
    assert result.drivers[0].vif == pytest.approx(1 / (1 - explained(swapped, (1, 2))))
    # Fisher 1921: r and n give tanh(atanh r +- 1.96 / sqrt(n - 3))
    seen = result.drivers[0].correlation
    assert seen.interval.low == pytest.approx(
        np.tanh(np.arctanh(seen.value) - 1.959964 / np.sqrt(297)), abs=1e-6
    )


def test_suppression_is_shown_with_its_sign():
    draws = rng(2)
    first = draws.normal(size=400)
    second = 0.9 * first + 0.3 * draws.normal(size=400)
    outcome = first - 0.7 * second + 0.2 * draws.normal(size=400)
    result = analyze(np.column_stack([first, second]), outcome)
    assert [driver.suppressed for driver in result.drivers] == [False, True]
    assert result.drivers[1].coefficient.value < 0 < result.drivers[1].correlation.value
    assert result.drivers[1].explained > 0
    assert DriverNote.SUPPRESSION in result.notes


def test_notes_on_weak_models_inflation_and_many_drivers():
    draws = rng(4)
    weak = analyze(*scores_and_outcome(200, [0.1, 0.1], noise=3))
    assert DriverNote.EXPLAIN_LITTLE in weak.notes
    base = draws.normal(size=(200, 1))
    twins = np.hstack([base, base + 0.1 * draws.normal(size=(200, 1))])
    assert DriverNote.MERGE_ITEMS in analyze(twins, twins.sum(axis=1) + draws.normal(size=200)).notes
    many = analyze(*scores_and_outcome(180, [0.3] * 17))
    assert DriverNote.RELATIVE_WEIGHTS in many.notes
    assert "relative weights" in many.drivers[0].share.method


def test_too_few_answers_give_correlations_only():
    scores, outcome = scores_and_outcome(60, [1.0, 0.5])
    result = analyze(scores, outcome)
    assert (result.refusal, result.r_squared, result.n, result.needed) == (
        Reason.TOO_FEW_ANSWERS,
        None,
        60,
        100,
    )
    driver = result.drivers[0]
    assert (driver.share, driver.explained, driver.letters, driver.vif, driver.suppressed) == (None,) * 5
    assert driver.correlation.value == pytest.approx(np.corrcoef(scores[:, 0], outcome)[0, 1])
    clustered = analyze(scores, outcome, clusters=[place // 3 for place in range(60)])
    assert "clusters" in clustered.drivers[0].correlation.method
    same = analyze(np.column_stack([outcome]), outcome).drivers[0].correlation
    assert (same.value, same.interval.low) == (pytest.approx(1), pytest.approx(1))


def test_accounts_widen_the_interval():
    draws = rng(5)
    shared = draws.normal(size=(40, 1)).repeat(10, axis=0)
    scores = shared + 0.3 * draws.normal(size=(400, 1))
    outcome = (
        shared[:, 0] + draws.normal(size=(40, 1)).repeat(10, axis=0)[:, 0] + 0.3 * draws.normal(size=400)
    )
    alone = analyze(scores, outcome).drivers[0].correlation.interval
    result = analyze(scores, outcome, clusters=[f"account {place // 10}" for place in range(400)])
    assert result.clusters == 40
    assert result.drivers[0].correlation.interval.half_width > 1.5 * alone.half_width


def test_gaps_are_stated_and_treated():
    scores, outcome = scores_and_outcome(1000, [1.0, 0.5, 0.2])
    truth = [driver.share.value for driver in analyze(scores, outcome).drivers]
    holes = scores.copy()
    holes[rng(6).random(holes.shape) < 0.2] = NAN
    missing_outcome = outcome.copy()
    missing_outcome[:10] = NAN
    for rule, note in (
        (MissingRule.PAIRWISE, DriverNote.MISSING_PAIRWISE),
        (MissingRule.EM, DriverNote.MISSING_EM),
        (MissingRule.COMPLETE, None),
    ):
        result = analyze(holes, missing_outcome, missing=rule)
        assert result.missing_rule is rule
        assert (note in result.notes) if note else len(result.notes) == 1
        assert [driver.share.value for driver in result.drivers] == pytest.approx(truth, abs=0.08)
        shown = result.drivers[0].missing_share
        assert shown == pytest.approx(0.2, abs=0.04) if note else shown == 0
    assert analyze(scores, outcome, missing=MissingRule.EM).missing_rule is MissingRule.COMPLETE


def test_em_reaches_the_monotone_closed_form():
    # Anderson 1957, JASA 52, p. 200: one variable with gaps, the others complete: its regression on
    # them from the complete rows, applied to the covariance of all rows
    draws = rng(7)
    outcome = draws.normal(size=300)
    driver = 0.7 * outcome + draws.normal(size=300)
    driver[outcome > 0.5] = NAN
    seen = ~np.isnan(driver)
    other = draws.normal(size=300)
    answers = Answers.read(outcome, np.column_stack([driver, other]), None, MissingRule.EM)
    table = np.column_stack([outcome, driver, other])
    complete = table[seen]
    design = np.column_stack([np.ones(seen.sum()), complete[:, [0, 2]]])
    slopes = np.linalg.lstsq(design, complete[:, 1], rcond=None)[0]
    residual = np.mean((complete[:, 1] - design @ slopes) ** 2)
    block = np.cov(table[:, [0, 2]], rowvar=False, bias=True)
    covered = block @ slopes[1:]
    expected = covered[0] / np.sqrt(block[0, 0] * (slopes[1:] @ block @ slopes[1:] + residual))
    assert answers.correlation(np.ones(300))[0, 1] == pytest.approx(expected, abs=1e-6)


def test_contradicting_pairs_fall_back_to_full_information():
    draws = rng(9)
    n = 600
    scores = np.full((n, 3), NAN)
    outcome = draws.normal(size=n)
    base = draws.normal(size=n)
    pairs = ((0, 1, 1), (1, 2, 1), (0, 2, -1))  # +, +, - cannot all hold
    for place, (first, second, sign) in enumerate(pairs):
        rows = slice(place * 200, (place + 1) * 200)
        scores[rows, first] = base[rows]
        scores[rows, second] = sign * base[rows] + 0.1 * draws.normal(size=200)
    answers = Answers.read(outcome, scores, None, MissingRule.PAIRWISE)
    assert answers.rule is MissingRule.EM
    assert np.linalg.eigvalsh(answers.correlation(np.ones(n)))[0] > -1e-9


@pytest.mark.parametrize(
    ("more", "argument"),
    [
        ({"keys": ["a", "a"]}, "keys"),
        ({"keys": ["a"]}, "keys"),
        ({"clusters": [1, 2]}, "clusters"),
        ({"outcome": np.ones(9)}, "drivers"),
        ({"outcome": ["x"] * 120}, "outcome and drivers"),
        ({"outcome": np.full(120, np.inf)}, "outcome and drivers"),
        ({"scores": np.ones((120, 0)), "keys": []}, "drivers"),
        ({"resamples": 10}, "resamples"),
        ({"level": 1.0}, "level"),
    ],
)
def test_bad_answers_are_named(more: dict[str, Any], argument: str):
    scores, outcome = scores_and_outcome(120, [1.0, 0.5])
    with pytest.raises(InvalidInput) as caught:
        analyze(more.pop("scores", scores), more.pop("outcome", outcome), **more)
    assert caught.value.argument == argument


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda scores, outcome: (scores, np.full(120, NAN)), Reason.NO_DATA),
        (lambda scores, outcome: (scores, np.ones(120)), Reason.NO_VARIATION),
        (lambda scores, outcome: (np.column_stack([scores, np.ones(120)]), outcome), Reason.NO_VARIATION),
        (lambda scores, outcome: (np.column_stack([scores, np.full(120, NAN)]), outcome), Reason.NO_DATA),
        (lambda scores, outcome: (np.column_stack([scores, scores[:, 0]]), outcome), Reason.COLLINEAR),
        (lambda scores, outcome: (scores[:3], outcome[:3]), Reason.TOO_FEW_ANSWERS),
    ],
)
def test_what_answers_cannot_tell_is_refused(change: Any, reason: Reason):
    with pytest.raises(NotEstimable) as caught:
        analyze(*change(*scores_and_outcome(120, [1.0, 0.5])))
    assert caught.value.reason is reason


def test_few_accounts_are_refused():
    scores, outcome = scores_and_outcome(120, [1.0])
    with pytest.raises(NotEstimable) as caught:
        analyze(scores, outcome, clusters=[place % 9 for place in range(120)])
    assert caught.value.reason is Reason.TOO_FEW_CLUSTERS


def test_unrelated_drivers_explain_nothing_to_share():
    outcome = np.tile([1.0, 1.0, -1.0, -1.0], 30)
    with pytest.raises(NotEstimable) as caught:
        analyze(np.tile([1.0, -1.0, 1.0, -1.0], 30)[:, None], outcome)
    assert caught.value.reason is Reason.NO_VARIATION


def rare_driver(n: int, hits: int) -> tuple[Any, Any]:
    """A driver that nobody but a few ever scored differently: many resamples miss them."""
    draws = rng(3)
    scores = np.column_stack([draws.normal(size=n), np.zeros(n)])
    scores[:hits, 1] = 1
    return scores, draws.normal(size=n) + scores[:, 0]


def test_resamples_without_result_are_counted_or_refused():
    scores, outcome = rare_driver(150, 1)
    # one respondent carries the driver: 37 % of resamples miss it, the rest are usable
    result = analyze(scores, outcome)
    assert result.n == 150
    clusters = [0 if place < 30 else place for place in range(150)]

    class Unlucky:
        """Always misses the group that varies."""

        def multinomial(self, size: int, chances: Any) -> Any:
            return np.concatenate([[0], np.full(size - 2, 1), [2]])

    with pytest.raises(NotEstimable) as caught:
        analyze(scores, outcome, clusters=clusters, rng=Unlucky())
    assert caught.value.reason is Reason.TOO_FEW_ANSWERS
    # two drivers that differ in one answer: resamples without it cannot separate them
    twin = scores[:, :1].repeat(2, axis=1)
    twin[0, 1] += 3
    found = analyze(twin, outcome)
    assert DriverNote.SOME_RESAMPLES_LOST in found.notes
    with pytest.raises(NotEstimable) as caught:
        analyze(twin, outcome, rng=Unlucky())
    assert caught.value.reason is Reason.COLLINEAR


def test_resampled_gaps_can_leave_nothing_to_estimate():
    scores, outcome = scores_and_outcome(120, [1.0, 0.5])
    scores[3:, 0] = NAN
    for rule in (MissingRule.PAIRWISE, MissingRule.EM):
        answers = Answers(np.column_stack([outcome, scores]), np.arange(120), rule)
        weights = np.ones(120)
        weights[0] = 0
        assert answers.correlation(weights) is None
    scores, outcome = scores_and_outcome(120, [1.0, 0.5])
    scores[0, 1], flat = NAN, np.zeros(120)
    flat[5] = 4  # only this respondent lets the driver vary
    table = np.column_stack([scores, flat])
    for rule in (MissingRule.PAIRWISE, MissingRule.EM):
        answers = Answers.read(outcome, table, None, rule)
        weights = np.ones(120)
        weights[5] = 0
        assert answers.correlation(weights) is None


def test_no_correlation_at_all_is_refused(monkeypatch):
    monkeypatch.setattr(Answers, "correlation", lambda self, weights: None)
    with pytest.raises(NotEstimable) as caught:
        analyze(*scores_and_outcome(120, [1.0]))
    assert caught.value.reason is Reason.NO_VARIATION


# --- importance and performance -----------------------------------------------------------------


def share_of(key: str, value: float, half: float) -> DriverShare:
    part = Estimate(
        value=value,
        interval=Interval(low=value - half, high=value + half),
        n=400,
        unit=Unit.SHARE,
        method="m",
    )
    return DriverShare(
        key=key,
        share=part,
        explained=value / 2,
        distinguishable=True,
        correlation=part,
        coefficient=part,
        suppressed=False,
        vif=1.0,
        letters="a",
        answered=400,
        missing_share=0.0,
    )


def test_importance_and_performance_quadrants():
    drivers = [
        share_of("a", 0.40, 0.05),
        share_of("b", 0.35, 0.05),
        share_of("c", 0.10, 0.05),
        share_of("d", 0.10, 0.05),
        share_of("e", 0.05, 0.20),
        share_of("f", 0.40, 0.05),
    ]
    hits = {"a": 100, "b": 300, "c": 100, "d": 300, "e": 300, "f": 200}
    found = importance_performance(
        drivers=drivers, performance=[TopBox(key=key, hits=hits[key], n=400) for key in reversed(hits)]
    )
    assert [point.quadrant for point in found.points] == [
        Quadrant.IMPROVE_FIRST,
        Quadrant.KEEP_UP,
        Quadrant.WATCH,
        Quadrant.MAINTAIN,
        Quadrant.UNDECIDED,
        Quadrant.UNDECIDED,
    ]
    assert found.importance_line == pytest.approx(1.4 / 6)
    assert found.performance_line == pytest.approx(1300 / 2400)
    # Wilson, 100 of 400: centre (.25 + .0048) / 1.0096
    assert found.points[0].performance.interval.low == pytest.approx(0.2101, abs=0.0005)


def test_importance_map_refusals():
    drivers = [share_of("a", 0.5, 0.1), share_of("b", 0.5, 0.1)]
    boxes = [TopBox(key="a", hits=1, n=2), TopBox(key="b", hits=1, n=2)]
    with pytest.raises(NotEstimable):
        importance_performance(drivers=drivers[:1], performance=boxes[:1])
    for wrong in (boxes[:1], [*boxes, boxes[0]]):
        with pytest.raises(InvalidInput):
            importance_performance(drivers=drivers, performance=wrong)
    scores, outcome = scores_and_outcome(60, [1.0, 0.5])
    few = analyze(scores, outcome, keys=["a", "b"]).drivers
    with pytest.raises(NotEstimable) as caught:
        importance_performance(drivers=few, performance=boxes)
    assert caught.value.reason is Reason.TOO_FEW_ANSWERS
