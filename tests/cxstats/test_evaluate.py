"""The facade of the engine: grades, refusals, verdicts, digest, stories."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from cxstats import ENGINE_VERSION
from cxstats.design import (
    DesignGrade,
    Direction,
    EstimandKind,
    EvaluationDesign,
    Light,
    Method,
    MetricPanel,
    NegativeControl,
    PanelCell,
    PeriodKind,
    UnitSelection,
    Verdict,
)
from cxstats.errors import InvalidInput, Reason
from cxstats.evaluate import Shape, Thresholds, evaluate, planned_grade
from tests.cxstats.simulated import (
    ANSWER_SD,
    chosen_worst,
    groups,
    mix_shifts,
    month,
    overlapping,
    reworded,
    single,
)


def seeded(seed=1):
    return np.random.default_rng(seed)


def run(case, **more):
    return evaluate(case.design, case.panel, rng=seeded(), **more)


def test_large_effect_in_a_long_series_is_supported():
    found = run(single(sd=2.0)(seeded(2), 25.0))
    assert (found.grade, found.verdict, found.method) == (
        DesignGrade.C,
        Verdict.SUPPORTED,
        Method.SEGMENTED_REGRESSION,
    )
    assert found.effect.interval.contains(25.0)
    assert found.engine_version == ENGINE_VERSION
    assert len(found.series) == 36
    assert all(point.expected_low <= point.expected <= point.expected_high for point in found.series)
    assert dict(found.wording)["sentence"] == "rose_supported"
    assert [item.key for item in found.diagnostics][:9] == [
        "pre_trend",
        "placebo_dates",
        "autocorrelation",
        "mix_shift",
        "overlap",
        "regression_to_the_mean",
        "methods_agree",
        "low_counts",
        "definition",
    ]


def test_same_input_same_finding_and_order_of_cells_does_not_matter():
    case = single()(seeded(2), 5.0)
    turned = replace(case, panel=replace(case.panel, cells=case.panel.cells[::-1]))
    assert run(case) == run(case) == run(turned)
    moved = replace(case, design=replace(case.design, lag_periods=1))
    assert run(moved).input_digest != run(case).input_digest


def test_wrong_direction_is_contradicted_and_tiny_is_not_worth_having():
    case = single(sd=1.0, answers=2000)(seeded(2), -25.0)
    assert run(case).verdict is Verdict.CONTRADICTED
    case = single(sd=0.5, answers=20000)(seeded(2), 0.0)
    tiny = replace(case, design=replace(case.design, smallest_worthwhile_effect=30.0))
    assert run(tiny).verdict is Verdict.NO_EFFECT_WORTH_HAVING


def test_short_series_only_describes():
    found = run(single(length=14, start=8)(seeded(2), 60.0))
    assert (found.grade, found.method) == (DesignGrade.D, Method.BEFORE_AFTER)
    assert found.verdict is Verdict.SUGGESTIVE
    assert dict(found.wording)["verb"] == "changed"
    down = run(single(length=14, start=8)(seeded(2), -60.0))
    assert down.verdict is Verdict.INCONCLUSIVE
    assert "moved_against_expectation" in down.reasons


def test_clusters_reach_grade_b_and_chance_grade_a():
    found = run(groups()(seeded(2), 15.0))
    assert (found.grade, found.verdict) == (DesignGrade.B, Verdict.SUPPORTED)
    assert found.series[0].control is not None
    assert run(groups(chance=True)(seeded(2), 15.0)).grade is DesignGrade.A
    few = run(groups(treated=3, controls=3)(seeded(2), 40.0))
    assert few.method_reason == "control_series"
    shown = next(item for item in few.diagnostics if item.key == "reassignment")
    assert dict(shown.figures)["smallest_attainable_p"] == pytest.approx(2 / 20)


def test_one_treated_and_one_control_use_the_difference_series():
    found = run(groups(treated=1, controls=1, answers=400)(seeded(3), 30.0))
    assert (found.grade, found.method_reason) == (DesignGrade.B, "control_series")
    assert found.effect.interval.contains(30.0)


def test_staggered_starts_use_group_time_effects():
    found = run(groups(treated=12, controls=12, wave=2)(seeded(2), 12.0))
    assert found.method is Method.STAGGERED_DIFFERENCE_IN_DIFFERENCES
    assert found.effect.interval.contains(12.0)


def test_a_plan_changed_after_approval_loses_a_grade():
    case = single(sd=1.0)(seeded(2), 25.0)
    found = run(replace(case, design=replace(case.design, changed_after_approval=True)))
    assert found.grade is DesignGrade.D
    assert found.verdict is Verdict.SUGGESTIVE
    assert "changed_after_approval" in found.reasons


def test_changed_wording_is_refused_with_the_observed_points():
    found = run(reworded()(seeded(2), 5.0))
    assert (found.verdict, found.refusal) == (Verdict.NOT_ESTIMABLE, Reason.DEFINITION_CHANGED)
    assert found.effect is None
    assert len(found.series) == 36
    assert found.series[0].expected is None
    assert found.grade is DesignGrade.C


@pytest.mark.parametrize("effect", [0.0, 25.0])
def test_the_effect_at_constant_mix_is_the_headline_and_the_raw_change_its_companion(effect):
    """Who answers shifts by a quarter between segments 40 points apart: 10 points of the raw change."""
    found = run(mix_shifts()(seeded(7), effect))
    raw = next(item for item in found.sensitivity if item.key == "raw_change")
    assert raw.value - found.effect.value == pytest.approx(10.0, abs=2.0)
    assert found.effect.interval.contains(effect)
    assert (found.verdict is Verdict.SUPPORTED) is (effect > 0)
    assert {item.key: item.light for item in found.diagnostics}["mix_shift"] is Light.AMBER
    assert "constant_mix" in found.notes


def test_units_chosen_by_score_are_adjusted_or_refused():
    found = run(chosen_worst(recent=3)(seeded(2), 0.0))
    assert found.effect.method == "beyond_history"
    assert any(item.key == "baselines_held_equal" for item in found.sensitivity)
    raw = next(item for item in found.sensitivity if item.key == "not_adjusted_for_choice")
    assert raw.value > found.effect.value
    case = single()(seeded(2), 5.0)
    alone = run(replace(case, design=replace(case.design, selection=UnitSelection.WORST_SCORES)))
    assert alone.refusal is Reason.SELECTED_FOR_LOW_SCORES
    told = replace(case.design, selection=UnitSelection.WORST_SCORES, selection_periods=3)
    assert run(replace(case, design=told)).refusal is None


def test_overlap_is_separated_or_refused():
    apart = run(overlapping(other_start=12)(seeded(2), 15.0))
    assert {item.key: item.light for item in apart.diagnostics}["overlap"] is Light.AMBER
    same = run(overlapping(other_start=24)(seeded(2), 15.0))
    assert same.refusal is Reason.OVERLAPPING_INITIATIVES


def test_grade_is_planned_without_values():
    design = EvaluationDesign(
        metric="nps", kind=EstimandKind.NPS, period=PeriodKind.MONTH, start=date(2026, 1, 1)
    )
    plan = planned_grade(
        design=design, shape=Shape(treated_units=5, control_units=5, pre_periods=8, post_periods=6)
    )
    assert (plan.grade, plan.method) == (DesignGrade.B, Method.DIFFERENCE_IN_DIFFERENCES)


@pytest.mark.parametrize(
    "broken",
    [
        {"treated": ()},
        {"treated": (("all", None), ("all", None))},
        {"controls": ("all",)},
        {"cells": "twice"},
        {"cells": {"n": 0}},
        {"cells": {"n": -3}},
        {"cells": {"value": float("nan")}},
        {"cells": {"variance": -1.0}},
        {"cells": {"value": "high"}},
        {"cells": {"period": "2024-01"}},
    ],
)
def test_malformed_panels_are_named(broken):
    case = single()(seeded(2), 5.0)
    cells = case.panel.cells
    change = dict(broken)
    if change.get("cells") == "twice":
        change["cells"] = (*cells, cells[0])
    elif "cells" in change:
        change["cells"] = (replace(cells[0], **change["cells"]), *cells[1:])
    with pytest.raises(InvalidInput):
        evaluate(case.design, replace(case.panel, **change), rng=seeded())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"start": date(2030, 1, 1)}, Reason.NO_POST_PERIOD),
        ({"start": date(2010, 1, 1)}, Reason.NO_PRE_PERIOD),
        ({"start": date(2020, 3, 1)}, Reason.TOO_FEW_PERIODS),
        ({"lag_periods": 40}, Reason.RAMP_TOO_LONG),
        ({"seasonal": True, "baseline_periods": 12, "follow_up_periods": 6}, Reason.SEASON_NOT_COVERED),
    ],
)
def test_refusals_carry_reason_and_points(change, reason):
    case = single()(seeded(2), 5.0)
    found = run(replace(case, design=replace(case.design, **change)))
    assert found.refusal is reason
    assert found.reasons == (reason.value,)
    assert found.series


def test_no_cell_of_a_treated_unit():
    case = single()(seeded(2), 5.0)
    found = run(replace(case, panel=replace(case.panel, treated=(("other", None),))))
    assert found.refusal is Reason.NO_DATA


def test_few_answers_are_refused_and_gaps_too():
    case = single()(seeded(2), 5.0)
    thin = tuple(replace(cell, n=1) if i < 4 else cell for i, cell in enumerate(case.panel.cells[:28]))
    late = replace(case, design=replace(case.design, start=date(2020, 5, 1)))
    assert run(replace(late, panel=replace(case.panel, cells=thin))).refusal is Reason.TOO_FEW_ANSWERS
    holes = tuple(cell for i, cell in enumerate(case.panel.cells) if i % 2)
    assert run(replace(case, panel=replace(case.panel, cells=holes))).refusal is Reason.GAPS_IN_SERIES


def test_durations_are_read_as_ratios():
    rng = seeded(4)
    cells = tuple(
        PanelCell(
            unit="desk",
            period=month(k),
            value=float(8.0 - 0.5 * (k >= 24) + rng.normal() * 0.05),
            n=300,
            variance=0.8,
        )
        for k in range(36)
    )
    design = EvaluationDesign(
        metric="ttr",
        kind=EstimandKind.LOG_DURATION,
        period=PeriodKind.MONTH,
        start=month(24),
        direction=Direction.DOWN,
    )
    found = evaluate(design, MetricPanel(cells=cells, treated=(("desk", None),)), rng=rng)
    assert found.verdict is Verdict.SUPPORTED
    assert found.effect.interval.contains(np.exp(-0.5))
    assert found.baseline_value == pytest.approx(np.exp(8.0), rel=0.1)
    assert 0 < found.smallest_detectable_effect < 1


def test_thresholds_are_part_of_the_digest():
    case = single()(seeded(2), 5.0)
    assert run(case).input_digest != run(case, thresholds=Thresholds(maximum_phi=0.95)).input_digest
    assert ANSWER_SD > 0


def cases_until(cutoff_month, *, with_open, rng, n=200, days=60.0):
    """Months of cases that take 60 days in the middle, nothing changed; seen at the end of a month."""
    cells = []
    for k in range(cutoff_month + 1):
        opened = rng.uniform(0, 30, n) + 30 * k
        took = days * np.exp(rng.normal(0, 0.8, n))
        closed = opened + took <= 30 * (cutoff_month + 1)
        if not closed.any():
            continue
        logs = np.log(took[closed] * 86400)
        cells.append(
            PanelCell(
                unit="care",
                period=month(k),
                value=float(logs.mean()),
                n=int(closed.sum()),
                variance=float(logs.var(ddof=1)),
                open_cases=int(n - closed.sum()) if with_open else 0,
            )
        )
    design = EvaluationDesign(
        metric="ttr", kind=EstimandKind.LOG_DURATION, period=PeriodKind.MONTH, start=month(24)
    )
    return design, MetricPanel(cells=tuple(cells), treated=(("care", None),))


def test_young_cases_do_not_pass_for_an_improvement():
    """Resolved cases alone say "faster"; with the open ones counted, the young months are left out."""
    design, panel = cases_until(40, with_open=True, rng=seeded(5))
    resolved_alone = [cell.value for cell in panel.cells]
    assert np.exp(np.mean(resolved_alone[24:]) - np.mean(resolved_alone[:24])) < 0.8
    found = evaluate(design, panel, rng=seeded())
    assert found.effect.interval.contains(1.0)
    assert any(note.startswith("young_periods_left_out:") for note in found.notes)
    assert found.series[-1].period < month(38)


def test_many_open_cases_are_a_refusal():
    design, panel = cases_until(26, with_open=True, rng=seeded(5))
    found = evaluate(design, panel, rng=seeded())
    assert (found.verdict, found.refusal) == (Verdict.NOT_ESTIMABLE, Reason.CASES_STILL_OPEN)
    assert dict(found.refusal_detail)["share"] > 0.05
    # old cases that nobody ever closes, spread over all months
    design, panel = cases_until(60, with_open=False, rng=seeded(5))
    stuck = tuple(replace(cell, open_cases=0 if k % 4 else 60) for k, cell in enumerate(panel.cells))
    found = evaluate(design, replace(panel, cells=stuck), rng=seeded())
    assert found.refusal is Reason.CASES_STILL_OPEN


@pytest.mark.parametrize("wrong", [-1, 0.5, "1"])
def test_open_cases_are_counts(wrong):
    design, panel = cases_until(30, with_open=True, rng=seeded(5))
    cells = (replace(panel.cells[0], open_cases=wrong), *panel.cells[1:])
    with pytest.raises(InvalidInput, match="open_cases"):
        evaluate(design, replace(panel, cells=cells), rng=seeded())


def control_of(case, *, kind=EstimandKind.NPS):
    return NegativeControl(metric="waiting", kind=kind, panel=case.panel)


def test_a_metric_that_should_not_move_and_does_puts_the_claim_in_doubt():
    case = single(sd=2.0)(seeded(2), 25.0)
    alone = run(case)
    still = run(case, negative_control=control_of(single(sd=2.0)(seeded(9), 0.0)))
    moved = run(case, negative_control=control_of(single(sd=2.0)(seeded(9), 25.0)))
    lights = {
        name: {item.key: item for item in found.diagnostics}["negative_control"]
        for name, found in (("still", still), ("moved", moved))
    }
    assert (still.verdict, moved.verdict) == (Verdict.SUPPORTED, Verdict.SUGGESTIVE)
    assert (lights["still"].light, lights["moved"].light) == (Light.GREEN, Light.AMBER)
    assert dict(lights["moved"].figures)["low"] > 0
    assert "amber_negative_control" in moved.reasons
    assert (
        (alone.effect, alone.sensitivity)
        == (still.effect, still.sensitivity)
        == (moved.effect, moved.sensitivity)
    )
    assert len({alone.input_digest, still.input_digest, moved.input_digest}) == 3


def test_a_control_metric_of_times_is_read_as_a_ratio_and_may_be_refused():
    case = single(sd=2.0)(seeded(2), 25.0)
    design, panel = cases_until(40, with_open=False, rng=seeded(5), days=2.0)
    times = NegativeControl(metric="ttr", kind=EstimandKind.LOG_DURATION, panel=panel)
    moved = replace(case.design, start=design.start)
    cells = tuple(replace(cell, unit="all") for cell in panel.cells)
    times = replace(times, panel=MetricPanel(cells=cells, treated=(("all", None),)))
    found = evaluate(moved, case.panel, rng=seeded(), negative_control=times)
    check = {item.key: item for item in found.diagnostics}["negative_control"]
    assert check.light is Light.GREEN
    assert dict(check.figures)["low"] < 1 < dict(check.figures)["high"]
    short = replace(times, panel=replace(times.panel, cells=cells[:3]))
    found = evaluate(moved, case.panel, rng=seeded(), negative_control=short)
    assert {item.key: item for item in found.diagnostics}["negative_control"].light is Light.NOT_RUN
