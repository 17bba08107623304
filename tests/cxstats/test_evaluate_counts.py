"""Counts by exposure through the engine: against Poisson regression elsewhere, and with zeros."""

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm

from cxstats.design import (
    DesignGrade,
    Direction,
    EstimandKind,
    EvaluationDesign,
    Light,
    MetricPanel,
    PanelCell,
    PeriodKind,
    Verdict,
)
from cxstats.errors import InvalidInput, Reason
from cxstats.evaluate import evaluate, smallest_detectable_effect
from cxstats.evaluate.rates import on_log_scale
from cxstats.evaluate.tables import tables
from tests.cxstats.simulated_troubles import counted, week


def seeded(seed=1):
    return np.random.default_rng(seed)


def run(case):
    return evaluate(case.design, case.panel, rng=seeded())


def design(start, **more):
    return EvaluationDesign(
        metric="complaints",
        kind=EstimandKind.COUNT,
        period=PeriodKind.WEEK,
        start=week(start),
        direction=Direction.DOWN,
        **more,
    )


def cells(events, exposure=None, unit="a"):
    exposure = [1.0] * len(events) if exposure is None else exposure
    return tuple(
        PanelCell.count(unit=unit, period=week(k), events=int(n), exposure=float(e))
        for k, (n, e) in enumerate(zip(events, exposure, strict=True))
    )


def panel(*groups, controls=()):
    return MetricPanel(
        cells=tuple(one for group in groups for one in group), treated=(("a", None),), controls=controls
    )


def test_counts_without_other_scatter_come_out_as_poisson_regression_has_them():
    """Not to the digit: the engine allows for scatter beyond Poisson, of which there is hardly any here."""
    rng, t = seeded(4), np.arange(60)
    exposure = rng.uniform(0.5, 2.0, 60)
    events = rng.poisson(80 * exposure * np.exp(0.004 * t - 0.3 * (t >= 40)))
    found = evaluate(design(40), panel(cells(events, exposure)), rng=seeded())
    columns = np.column_stack([np.ones(60), t, t >= 40]).astype(float)
    peer = sm.GLM(events, columns, family=sm.families.Poisson(), offset=np.log(exposure)).fit()
    assert np.log(found.effect.value) == pytest.approx(peer.params[2], abs=0.3 * peer.bse[2])
    half = np.log(found.effect.interval.high / found.effect.interval.low) / 2
    assert 1.9 * peer.bse[2] < half < 3.2 * peer.bse[2]
    assert found.verdict is Verdict.SUPPORTED


def test_the_scale_of_exposure_is_the_scale_of_the_rates_and_nothing_else():
    case = counted()(seeded(3), 0.4)
    thousand = replace(
        case,
        panel=replace(
            case.panel,
            cells=tuple(replace(one, exposure=one.exposure * 1000) for one in case.panel.cells),
        ),
    )
    plain, scaled = run(case), run(thousand)
    assert scaled.effect.value == pytest.approx(plain.effect.value)
    assert scaled.baseline_value == pytest.approx(plain.baseline_value / 1000)
    assert [point.observed for point in scaled.series] == pytest.approx(
        [point.observed / 1000 for point in plain.series]
    )


def test_periods_are_shown_as_they_were_counted_zeros_too():
    events = [0, 2, 1, 0, 3] * 12
    found = evaluate(design(40), panel(cells(events, [2.0] * 60)), rng=seeded())
    assert [point.observed for point in found.series] == pytest.approx([n / 2 for n in events])
    assert found.baseline_value == pytest.approx(sum(events[:40]) / 80)
    assert found.after_value == pytest.approx(sum(events[40:]) / 40)
    assert found.effect.interval.contains(1.0)
    assert "rates_as_ratios" in found.notes


def test_a_side_with_next_to_no_events_is_refused():
    events = [3] * 40 + [0] * 19 + [4]
    found = evaluate(design(40), panel(cells(events)), rng=seeded())
    assert found.refusal is Reason.TOO_FEW_ANSWERS
    assert dict(found.refusal_detail) == {"needed": 5, "found": 4}


def test_values_are_the_working_response_by_hand():
    """Too short for a trend: expected is the mean of each side, half an event more on each."""
    table = tables(design=design(3), panel=panel(cells([4, 6, 2, 1, 0])))
    found = on_log_scale(table=table, season=None)
    before, after = 12.5 / 3, 1.5 / 2
    expected = np.array([before] * 3 + [after] * 2)
    events = np.array([4, 6, 2, 1, 0])
    assert found.values[0] == pytest.approx(np.log(expected) + (events - expected) / expected)
    assert found.noise[0] == pytest.approx(1 / expected)


@pytest.mark.parametrize(("controls", "units", "grade"), [(1, 1, DesignGrade.B), (5, 5, DesignGrade.B)])
def test_counts_are_compared_between_units(controls, units, grade):
    found = run(counted(controls=controls, units=units, mean=60.0)(seeded(5), 0.6))
    assert found.grade is grade
    assert found.effect.interval.contains(np.exp(-0.6))
    assert found.verdict is Verdict.SUPPORTED
    first = found.series[0]
    assert first.control is not None
    assert 30 < first.control < 120


def test_an_outage_of_counting_is_found_too():
    case = counted(sd=0.05, mean=100.0)(seeded(6), 0.4)
    broken = tuple(replace(one, n=900) if one.period == week(20) else one for one in case.panel.cells)
    found = run(replace(case, panel=replace(case.panel, cells=broken)))
    assert f"outage:{week(20).isoformat()}" in found.notes
    assert next(item.light for item in found.diagnostics if item.key == "unusual_periods") is Light.AMBER


@pytest.mark.parametrize("wrong", [{"exposure": 0.0}, {"exposure": -1.0}, {"n": -1}, {"n": 1.5}])
def test_counts_and_exposures_are_checked(wrong):
    case = counted()(seeded(3), 0.4)
    bad = (replace(case.panel.cells[0], **wrong), *case.panel.cells[1:])
    with pytest.raises(InvalidInput, match=r"panel\.cells"):
        run(replace(case, panel=replace(case.panel, cells=bad)))


def test_power_of_counts_before_the_vote_is_a_ratio():
    case = counted(sd=0.0, mean=50.0)(seeded(3), 0.0)
    found = smallest_detectable_effect(case.design, case.panel, planned_periods=26)
    assert found.grade is DesignGrade.C
    assert 0.6 < found.smallest_detectable_effect < 0.95
