"""Marks on trends against arithmetic by hand, conditional normal distributions and simulated quiet series."""

from math import erf, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.trends import LEAST_PAST, Mark, alert_level_for, latest_mark, trend_marks
from cxstats.trends.model import grid, one_step

MARKED = {Mark.BETTER, Mark.WORSE}
quick = settings(max_examples=25, deadline=None)


# --- one model: known variances ------------------------------------------------------------------


def model(*, has_season: bool = False, **wanted: float) -> int:
    """Number of the model with these variances, as near as the grid has them."""
    models = grid(has_season=has_season)
    distance = sum(np.abs(getattr(models, name) - value) for name, value in wanted.items())
    return int(np.argmin(distance + models.season_sd * ("season_sd" not in wanted)))


def test_without_process_noise_a_period_is_expected_at_the_weighted_mean_of_those_before():
    # 10 and 20 with variances 1 and 4: weights 4/5 and 1/5, so 12; error of the mean 4/5, and 2 of the third
    found = one_step(
        values=np.array([10.0, 20.0, 15.0]), noise=np.array([1.0, 4.0, 2.0]), time=(0, 1, 2), unit=1.0,
        season=None,
    )  # fmt: skip
    still = model(sd=0, deff=1)
    assert found.mean[still, 2] == pytest.approx(12.0, abs=1e-6)
    assert found.sd[still, 2] ** 2 == pytest.approx(2.8, abs=1e-6)


def test_a_design_effect_widens_the_range_and_leaves_the_expectation():
    values, noise = np.array([10.0, 20.0, 15.0]), np.array([1.0, 4.0, 2.0])
    found = one_step(values=values, noise=noise, time=(0, 1, 2), unit=1.0, season=None)
    clustered = model(sd=0, deff=2.6)
    assert grid(has_season=False).deff[clustered] == 2.6
    assert found.mean[clustered, 2] == pytest.approx(12.0, abs=1e-6)
    assert found.sd[clustered, 2] ** 2 == pytest.approx(2.6 * 2.8, abs=1e-6)


def kalman(
    values: np.ndarray, noise: np.ndarray, sd: float, phi: float, time: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """The textbook recursion for a mean that nobody knows plus AR(1) plus noise: expectation and variance."""
    state, spread = np.zeros(2), np.diag([1e8, sd**2])
    expected, variance = [], []
    for t, value in enumerate(values):
        if t:
            decay = phi ** (time[t] - time[t - 1])
            step = np.diag([1.0, decay])
            state, spread = step @ state, step @ spread @ step
            spread[1, 1] += (1 - decay**2) * sd**2
        total = spread.sum() + noise[t]
        expected.append(state.sum())
        variance.append(total)
        gain = spread.sum(axis=1) / total
        state = state + gain * (value - state.sum())
        spread = spread - np.outer(gain, gain) * total
    return np.array(expected), np.array(variance)


def test_every_step_is_that_of_a_kalman_filter_also_over_a_gap():
    rng = np.random.default_rng(3)
    values, noise, time = rng.normal(0, 2, size=9), rng.uniform(0.5, 2, size=9), (0, 1, 2, 5, 6, 7, 8, 11, 12)
    found = one_step(values=values, noise=noise, time=time, unit=1.0, season=None)
    walking = model(sd=1.5, phi=0.7, deff=1)
    expected, variance = kalman(values - values[0], noise, 1.5, 0.7, time)
    assert found.mean[walking, 1:] - values[0] == pytest.approx(expected[1:], abs=1e-5)
    assert found.sd[walking, 1:] ** 2 == pytest.approx(variance[1:], rel=1e-5)


def test_a_season_is_expected_to_return():
    # every twelfth month 10 higher, hardly any noise: the third time models with a season expect it
    values = np.tile([10.0] + [0.0] * 11, 3)[:25]
    found = trend_marks(values=values, sizes=[100] * 25, variances=[100] * 25, season=12)
    assert found.latest.expected == pytest.approx(10.0, abs=1.5)
    assert found.latest.mark is Mark.NONE
    without = trend_marks(values=values, sizes=[100] * 25, variances=[100] * 25)
    assert without.latest.expected < 5.0


def test_models_are_weighed_by_how_well_they_foretold_the_past():
    """The weights are those of a normal density of the whole past, computed at once."""
    rng = np.random.default_rng(4)
    values, noise = rng.normal(size=6), np.full(6, 1.0)
    found = one_step(values=values, noise=noise, time=tuple(range(6)), unit=1.0, season=None)
    models, places = grid(has_season=False), [model(sd=0, deff=1), model(sd=2.3, phi=0.4, deff=1.6)]
    apart = np.abs(np.subtract.outer(np.arange(5), np.arange(5)))
    logs = []
    for place in places:
        covariance = models.sd[place] ** 2 * models.phi[place] ** apart + models.deff[place] * np.eye(5) + 1e8
        rest = values[:5] - values[0]
        logs.append(
            np.log(models.weight[place])
            - 0.5 * np.linalg.slogdet(covariance)[1]
            - 0.5 * rest @ np.linalg.solve(covariance, rest)
        )
    assert np.diff(found.log_weight[places, 5]) == pytest.approx(np.diff(logs), abs=1e-4)


# --- marks ---------------------------------------------------------------------------------------


def series(seed: int = 1, periods: int = 24, **more: object) -> dict[str, object]:
    rng = np.random.default_rng(seed)
    return {
        "values": rng.normal(30, 8, size=periods), "sizes": np.full(periods, 100.0),
        "variances": np.full(periods, 6400.0), **more,
    }  # fmt: skip


def with_last(value: float, **more: object) -> dict[str, object]:
    data = series(**more)
    data["values"][-1] = value
    return data


def test_a_jump_is_marked_and_words_follow_what_is_better():
    assert latest_mark(**with_last(70)).mark is Mark.BETTER
    assert latest_mark(**with_last(-10)).mark is Mark.WORSE
    assert latest_mark(**with_last(70), higher_is_better=False).mark is Mark.WORSE
    assert latest_mark(**with_last(31)).mark is Mark.NONE


def test_tail_innovation_and_range_say_the_same():
    for value in (31.0, 44.0, 47.0, 50.0, 5.0):
        found = latest_mark(**with_last(value))
        # a standard normal value has this tail
        assert 1 - erf(abs(found.innovation) / sqrt(2)) == pytest.approx(found.tail, abs=1e-9)
        assert (found.innovation > 0) == (value > found.expected)
        assert (found.tail < 0.05) == (not found.interval.contains(value)) == (found.mark in MARKED)


def test_the_end_of_the_range_leaves_two_and_a_half_percent_outside():
    found = latest_mark(**with_last(31))
    assert latest_mark(**with_last(found.interval.high)).tail == pytest.approx(0.05, abs=1e-6)
    assert latest_mark(**with_last(found.interval.low)).tail == pytest.approx(0.05, abs=1e-6)


def test_a_series_that_wanders_by_itself_needs_a_larger_jump():
    calm = with_last(54)
    restless = series(seed=2)
    restless["values"] = 30 + 16 * np.random.default_rng(2).normal(size=24)
    restless["values"][-1] = 54
    assert latest_mark(**calm).mark is Mark.BETTER
    assert latest_mark(**restless).mark is Mark.NONE


def test_one_spike_is_one_alert_which_calm_clears():
    data = series(periods=30)
    data["values"][15] = 90
    found = trend_marks(**data)
    (alert,) = found.alerts
    assert (alert.start, alert.direction, alert.cleared) == (15, 1, 20)
    assert found.periods[15].signal == 1


def test_an_alert_asks_for_more_than_a_mark_and_more_often_for_more():
    assert alert_level_for(4) == alert_level_for(12) == 0.0027
    assert 52 * alert_level_for(52) == pytest.approx(0.06)
    found = trend_marks(**with_last(52.0))
    assert found.latest.mark is Mark.BETTER
    assert found.alerts == ()


@pytest.mark.parametrize("periods", range(1, LEAST_PAST + 1))
def test_short_history_is_too_early_to_judge(periods):
    data = series(periods=periods)
    assert [one.mark for one in trend_marks(**data).periods] == [Mark.TOO_EARLY] * periods
    with pytest.raises(NotEstimable) as refusal:
        latest_mark(**data)
    assert refusal.value.reason is Reason.TOO_FEW_PERIODS
    assert refusal.value.detail == {"needed": LEAST_PAST + 1, "found": periods}


def test_a_period_without_answers_is_not_judged_and_its_value_is_not_read():
    data, other = series(), series()
    for one, value in ((data, 0.0), (other, 999.0)):
        one["values"][10], one["sizes"][10] = value, 0.0
    found = trend_marks(**data)
    assert found == trend_marks(**other)
    assert found.periods[10].mark is Mark.NOT_MEASURED
    assert found.periods[11].past == 10
    data["sizes"][-1] = 0
    with pytest.raises(NotEstimable) as refusal:
        latest_mark(**data)
    assert refusal.value.reason is Reason.NO_DATA


def test_while_all_answer_alike_nothing_is_known_of_the_noise():
    flat = {"values": [5.0] * 8, "sizes": [20] * 8, "variances": [0.0] * 8}
    assert {one.mark for one in trend_marks(**flat).periods} == {Mark.NOT_MEASURED}
    flat["variances"] = [0.0, 0.0, *[0.4] * 6]
    assert [one.mark for one in trend_marks(**flat).periods] == (
        [Mark.NOT_MEASURED] * 2 + [Mark.TOO_EARLY] * 3 + [Mark.NONE] * 3
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"values": [1.0, float("nan")]}, {"sizes": [1.0, -1.0]}, {"variances": [1.0, -1.0]}, {"sizes": [1.0]},
        {"mark_level": 0.0}, {"alert_level": 1.0}, {"level": 95},
    ],
)  # fmt: skip
def test_bad_input_is_named(wrong):
    good = {"values": [1.0, 2.0], "sizes": [1.0, 1.0], "variances": [1.0, 1.0]}
    with pytest.raises(InvalidInput):
        trend_marks(**{**good, **wrong})


def test_a_season_of_one_period_is_none():
    with pytest.raises(InvalidInput):
        trend_marks(**series(), season=1)


# --- properties ----------------------------------------------------------------------------------

any_series = st.lists(
    st.tuples(st.floats(-100, 100), st.integers(0, 300), st.floats(100, 9000)), min_size=5, max_size=20
)


def columns(rows: list[tuple[float, int, float]]) -> dict[str, np.ndarray]:
    values, sizes, variances = np.array(rows, dtype=float).T
    return {"values": values, "sizes": sizes, "variances": variances}


@given(rows=any_series, more=any_series, season=st.sampled_from([None, 4, 12]))
@quick
def test_nothing_looks_ahead(rows, more, season):
    before = trend_marks(**columns(rows), season=season)
    after = trend_marks(**columns(rows + more), season=season)
    for one, other in zip(before.periods, after.periods, strict=False):
        assert (one.mark, one.past, one.signal) == (other.mark, other.past, other.signal)
        if one.is_judged:
            assert other.tail == pytest.approx(one.tail, rel=1e-6, abs=1e-12)
            assert other.expected == pytest.approx(one.expected, rel=1e-6, abs=1e-6)
    standing = [alert.start for alert in before.alerts]
    assert [alert.start for alert in after.alerts][: len(standing)] == standing


@given(rows=any_series, factor=st.sampled_from([-3.0, -0.01, 0.5, 1000.0]), shift=st.floats(-50, 50))
@quick
def test_units_and_zero_point_change_no_mark(rows, factor, shift):
    data = columns(rows)
    first = trend_marks(**data)
    other = trend_marks(
        values=factor * data["values"] + shift,
        sizes=data["sizes"],
        variances=factor**2 * data["variances"],
        higher_is_better=factor > 0,
    )
    for one, two in zip(first.periods, other.periods, strict=True):
        if one.is_judged:
            assert two.tail == pytest.approx(one.tail, rel=1e-4, abs=1e-9)
            assert two.expected == pytest.approx(factor * one.expected + shift, rel=1e-4, abs=1e-4)


@given(rows=any_series, factor=st.sampled_from([0.01, 7.0]))
@quick
def test_exposure_may_be_counted_in_any_unit(rows, factor):
    data = columns(rows)
    first = trend_marks(**data)
    other = trend_marks(
        values=data["values"], sizes=factor * data["sizes"], variances=factor * data["variances"]
    )
    assert [one.mark for one in first.periods] == [one.mark for one in other.periods]


@given(rows=any_series)
@quick
def test_the_last_mark_alone_is_that_of_the_whole_series(rows):
    data = columns(rows)
    whole = trend_marks(**data).latest
    if whole.is_judged:
        assert latest_mark(**data) == whole
    else:
        with pytest.raises(NotEstimable):
            latest_mark(**data)


# --- quiet series --------------------------------------------------------------------------------

MONTHS = 30


def wandering(  # all in sampling standard deviations of a share of .7 among 60 answers
    rng: np.random.Generator, *, memory: float = 0.0, sd: float = 0.0, walk: float = 0.0, wave: float = 0.0
) -> np.ndarray:
    shocks, level = rng.normal(size=MONTHS), np.zeros(MONTHS)
    for t in range(MONTHS):
        level[t] = memory * level[t - 1] + sqrt(1 - memory**2) * shocks[t] if t else shocks[0]
    steps = np.cumsum(rng.normal(size=MONTHS))
    season = np.cos(2 * np.pi * (np.arange(MONTHS) / 12 + rng.uniform()))
    return sd * level + walk * steps + wave * season


def few(_rng: np.random.Generator) -> np.ndarray:
    return np.full(MONTHS, 8)


def changing(rng: np.random.Generator) -> np.ndarray:
    return np.maximum(8, np.exp(rng.normal(4, 0.7, size=MONTHS))).astype(int)


KINDS = {
    "sampling only": {},
    "clustered answers": {"cluster": 3.0},
    "white process noise": {"sd": 1.0},
    "autocorrelated": {"sd": 1.0, "memory": 0.7},
    "season": {"wave": 1.5},
    "level walk": {"walk": 0.4},
    "few answers": {"sizes": few},
    "changing answers": {"sizes": changing, "sd": 0.7},
    "short history": {"sd": 1.0, "memory": 0.5, "judged": range(3, 9)},
}


def drawn(
    rng: np.random.Generator, *, jump: float = 0.0, cluster: float = 1.0, sizes=None, judged=None, **way
):
    """Shares: binomial; with clusters beta-binomial, whose variance is `cluster` times as large."""
    n = sizes(rng) if sizes else np.full(MONTHS, 60)
    mood = wandering(rng, **way)
    mood[-1] += jump
    p = np.clip(0.7 + mood * sqrt(0.21 / np.median(n)), 0.02, 0.98)
    if cluster > 1:
        strength = (n - cluster) / (cluster - 1)
        p = rng.beta(p * strength, (1 - p) * strength)
    hits = rng.binomial(n, p)
    rough = (hits + 1) / (n + 2)
    return {"values": hits / n, "sizes": n, "variances": rough * (1 - rough)}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_quiet_months_are_marked_in_at_most_eight_of_a_hundred(kind):
    judged = KINDS[kind].get("judged", range(12, MONTHS))
    marked = alerts = 0
    for seed in range(120):
        found = trend_marks(**drawn(np.random.default_rng([8, seed]), **KINDS[kind]), season=12)
        marked += sum(found.periods[t].mark in MARKED for t in judged)
        alerts += sum(alert.start in judged for alert in found.alerts)
    months = 120 * len(judged)
    assert marked / months <= 0.08
    assert 12 * alerts / months <= 0.10


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "error"), [("sampling only", 1.0), ("white process noise", sqrt(2.0))])
def test_a_jump_is_marked_nearly_as_often_as_by_somebody_who_knows_the_variances(kind, error):
    """The oracle: known variances, mean of the 29 months before; power of a normal value beyond 1.96."""
    sd = error * sqrt(1 + 1 / (MONTHS - 1))
    marked = 0
    for seed in range(200):
        jump = -3.0 * sd  # downwards, where a share has room
        data = drawn(np.random.default_rng([9, seed]), jump=jump, **KINDS[kind])
        marked += latest_mark(**data, season=12).mark is Mark.WORSE
    oracle = 0.5 * (1 + erf((3.0 - 1.96) / sqrt(2)))
    assert marked / 200 >= 0.8 * oracle
