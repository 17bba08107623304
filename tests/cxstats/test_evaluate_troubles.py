"""What goes wrong with a series in practice: thin weeks, outages, breaks, changed wording, ceilings."""

from dataclasses import replace

import numpy as np
import pytest

from cxstats.design import (
    DesignGrade,
    EstimandKind,
    EvaluationDesign,
    Light,
    MetricPanel,
    OtherInitiative,
    PanelCell,
    PeriodKind,
    UnitSelection,
    Verdict,
)
from cxstats.errors import Reason
from cxstats.evaluate import Thresholds, evaluate
from cxstats.evaluate.tables import tables
from cxstats.evaluate.thin import thin_joined
from cxstats.evaluate.unusual import outages
from cxstats.its.breaks import lasting_break
from tests.cxstats.simulated import groups, month, single
from tests.cxstats.simulated_troubles import reworded_alike, week, weeks


def seeded(seed=1):
    return np.random.default_rng(seed)


def run(case, **more):
    return evaluate(case.design, case.panel, rng=seeded(), **more)


def changed(case, change):
    cells = tuple(change(place, one) for place, one in enumerate(case.panel.cells))
    return replace(case, panel=replace(case.panel, cells=cells))


def light(found, key):
    return next(item.light for item in found.diagnostics if item.key == key)


def figures(found, key):
    return dict(next(item.figures for item in found.diagnostics if item.key == key))


def row(found, key):
    return next(item for item in found.sensitivity if item.key == key)


# Thin periods


def panel_of(rows, *, controls=(), start=4, **more):
    """Rows (unit, month, value, n) as a table; cells of variance 9."""
    cells = tuple(
        PanelCell(unit=unit, period=month(k), value=float(value), n=n, variance=9.0, **extra)
        for unit, k, value, n, extra in (one if len(one) == 5 else (*one, {}) for one in rows)
    )
    design = EvaluationDesign(
        metric="nps", kind=EstimandKind.NPS, period=PeriodKind.MONTH, start=month(start), **more
    )
    panel = MetricPanel(cells=cells, treated=(("a", None),), controls=controls)
    return tables(design=design, panel=panel), design


def joined(rows, **more):
    table, design = panel_of(rows, **more)
    return thin_joined(table=table, design=design, thresholds=Thresholds())


def test_a_thin_period_joins_the_next_one_by_hand():
    """2 answers at 40 and 8 at 20: 10 at 24, the variance of one answer stays 9."""
    table, thin = joined(
        [("a", 0, 10, 6), ("a", 1, 40, 2), ("a", 2, 20, 8), ("a", 3, 30, 9), ("a", 4, 5, 50)]
    )
    assert thin == 1
    assert table.values.tolist() == [[10, 24, 30, 5]]
    assert table.answers.tolist() == [[6, 10, 9, 50]]
    assert table.noise[0] == pytest.approx([9 / 6, 9 / 10, 9 / 9, 9 / 50])
    assert table.periods == (month(0), month(2), month(3), month(4))  # under the date with most answers


def test_what_is_left_at_the_end_of_a_side_joins_the_run_before_it():
    table, thin = joined(
        [("a", 0, 10, 6), ("a", 1, 40, 2), ("a", 4, 20, 3), ("a", 5, 20, 3), ("a", 6, 40, 2)]
    )
    assert thin == 4
    assert table.answers.tolist() == [[8, 8]]
    assert table.values.tolist() == [[pytest.approx(17.5), pytest.approx(25.0)]]


def test_nothing_joins_across_a_go_live_an_initiative_or_a_changed_question():
    rows = [("a", 0, 10, 6), ("a", 1, 10, 6), ("a", 3, 40, 2), ("a", 4, 20, 9), ("a", 5, 20, 9)]
    assert joined(rows)[0].answers.tolist() == [[6, 8, 9, 9]]
    other = OtherInitiative(name="other", start=month(3))
    assert joined(rows, other_initiatives=(other,))[1] == 0
    reworded = [(*one, {"definition": "b" if one[1] >= 3 else "a"}) for one in rows]
    assert joined(reworded)[1] == 0


def test_a_side_with_too_few_answers_in_all_stays_as_it_is():
    assert joined([("a", 0, 10, 2), ("a", 1, 40, 2), ("a", 4, 20, 30)])[1] == 0


def test_either_side_can_be_thin_and_segments_join_too():
    rows = [("a", k, 10, 20) for k in range(6)] + [("b", k, 10 + k, 3 if k == 2 else 30) for k in range(6)]
    table, thin = joined(rows, controls=("b",))
    assert thin == 1
    assert table.answers.tolist() == [[20, 20, 40, 20, 20], [30, 30, 33, 30, 30]]
    assert table.values[1, 2] == pytest.approx((3 * 12 + 30 * 13) / 33)
    strata = [
        ("a", 0, 10, 3, {"strata": (("new", 2, 10.0, 9.0), ("old", 1, 10.0, 9.0))}),
        ("a", 1, 20, 7, {"strata": (("new", 6, 20.0, 9.0), ("old", 1, 40.0, 9.0))}),
    ]
    cell = joined(strata)[0].cells[0]
    assert cell.strata[0][:3] == ("new", 8, 17.5)
    assert cell.strata[1][:3] == ("old", 2, 25.0)


def test_thin_weeks_are_counted_named_and_never_shown_alone():
    case = weeks(thin=0.15)(seeded(3), 25.0)
    thin = [one.period for one in case.panel.cells if one.n < 5]
    assert len(thin) > 5
    found = run(case)
    assert found.refusal is None
    assert found.effect.interval.contains(25.0)
    assert f"thin_periods_joined:{len(thin)}" in found.notes
    assert figures(found, "low_counts")["joined"] == len(thin)
    assert all(point.n >= 5 for point in found.series)
    assert sum(point.n for point in found.series) == sum(one.n for one in case.panel.cells)


def test_a_refusal_shows_no_thin_period_either():
    case = changed(single(length=5, start=4)(seeded(2), 0.0), lambda place, one: replace(one, n=5 - place))
    found = run(case)
    assert found.refusal is not None
    assert [point.n for point in found.series if point.n < 5] == []


# A changed question


def test_between_groups_a_question_that_changed_long_before_shortens_the_baseline():
    """The answers before the change are as if they had never been asked."""
    case = changed(
        groups()(seeded(3), 15.0),
        lambda _at, one: replace(one, definition="a") if one.unit == "u03" and one.period < month(5) else one,
    )
    found = run(case)
    later = replace(case.panel, cells=tuple(one for one in case.panel.cells if one.period >= month(5)))
    assert f"baseline_since:{month(5).isoformat()}" in found.notes
    assert (found.grade, found.refusal) == (DesignGrade.B, None)
    assert found.effect == run(replace(case, panel=later)).effect
    assert light(found, "definition") is Light.GREEN


def test_between_groups_a_question_that_changes_long_after_ends_the_follow_up():
    case = changed(
        groups()(seeded(3), 15.0),
        lambda _at, one: (
            replace(one, definition="b") if one.unit == "u03" and one.period >= month(20) else one
        ),
    )
    found = run(case)
    earlier = replace(case.panel, cells=tuple(one for one in case.panel.cells if one.period < month(20)))
    assert f"follow_up_until:{month(20).isoformat()}" in found.notes
    assert found.effect == run(replace(case, panel=earlier)).effect


@pytest.mark.parametrize("at", [20, 44, 66])
def test_in_a_series_a_changed_question_gets_a_step_of_its_own(at):
    case = weeks(changes=((at, 40.0),), sd=1.0, answers=300.0)(seeded(4), 25.0)
    found = run(case)
    assert f"wording_step:{week(at).isoformat()}" in found.notes
    assert found.effect.interval.contains(25.0)
    assert found.verdict is Verdict.SUPPORTED
    assert found.effect.interval.half_width < 10
    assert light(found, "definition") is Light.AMBER
    assert figures(found, "overlap")["others"] == 0


def test_without_room_for_a_step_the_baseline_begins_with_the_change():
    case = weeks(changes=((2, 40.0),))(seeded(4), 25.0)
    assert f"baseline_since:{week(2).isoformat()}" in run(case).notes


@pytest.mark.parametrize(("at", "between", "enough"), [(50, 2, 12), (52, 0, 6), (54, 2, 6)])
def test_a_question_that_changes_with_the_go_live_is_refused_and_says_what_would_do(at, between, enough):
    found = run(weeks(changes=((at, 10.0),))(seeded(4), 20.0))
    assert found.refusal is Reason.DEFINITION_CHANGED
    detail = dict(found.refusal_detail)
    assert (detail["period"], detail["one_wording"], detail["enough"]) == (
        week(at).isoformat(),
        between,
        enough,
    )


@pytest.mark.parametrize("units", [1, 5])
@pytest.mark.parametrize("at", [10, 20])
def test_a_question_that_changed_alike_on_both_sides_cancels_out(units, at):
    case = reworded_alike(units=units, at=at, step=40.0)(seeded(6), 12.0)
    plain = changed(case, lambda _place, one: replace(one, definition="a"))
    found = run(case)
    assert found.effect == run(plain).effect
    assert light(found, "definition") is Light.AMBER
    assert figures(found, "definition")["alike"] == 1


def test_a_question_that_changed_on_one_side_alone_does_not_cancel():
    case = changed(
        reworded_alike(units=5, at=16)(seeded(6), 12.0),
        lambda _place, one: one if one.unit == "u0" else replace(one, definition="a"),
    )
    assert run(case).refusal is Reason.DEFINITION_CHANGED


# Outages


@pytest.mark.parametrize("height", [-100.0, 100.0])
@pytest.mark.parametrize("place", [0, 20, 51, 52, 77])
def test_an_outage_is_left_out_and_named_on_either_side(height, place):
    case = weeks(sd=2.0, answers=200.0)(seeded(8), 15.0)
    case = changed(case, lambda at, one: replace(one, value=20.0) if at == place else one)
    without = replace(case.panel, cells=tuple(one for at, one in enumerate(case.panel.cells) if at != place))
    found = run(changed(case, lambda at, one: replace(one, value=height) if at == place else one))
    assert f"outage:{week(place).isoformat()}" in found.notes
    assert found.effect == run(replace(case, panel=without)).effect
    assert light(found, "unusual_periods") is Light.AMBER
    point = next(one for one in found.series if one.period == week(place))
    assert (point.observed, point.expected) == (height, None)


def marked(values, *, start=12, **more):
    cells = tuple(
        PanelCell(unit="a", period=month(k), value=float(v), n=100, variance=100.0, **more)
        for k, v in enumerate(values)
    )
    design = EvaluationDesign(
        metric="nps", kind=EstimandKind.NPS, period=PeriodKind.MONTH, start=month(start)
    )
    table = tables(design=design, panel=MetricPanel(cells=cells, treated=(("a", None),)))
    found = outages(table=table, thresholds=Thresholds(), against_controls=False)
    return np.flatnonzero(found).tolist()


BASE = [0.0, 1.0, -1.0, 0.5, 0.0, -0.5, 1.0, 0.0, -1.0, 0.5, 0.0, 1.0]


def test_effects_shifts_trends_and_spells_are_no_outages():
    assert marked(BASE + [one + 60 for one in BASE]) == []  # the effect itself
    assert marked(BASE[:6] + [one + 60 for one in BASE[6:]] + BASE) == []  # a lasting shift
    assert marked([10.0 * k for k in range(24)]) == []  # a steep line, its ends included
    assert marked([*BASE[:9], 60.0, 61.0, 60.5, *BASE]) == []  # a spell of three
    assert marked(BASE + [60.0 * np.sin(k / 2) for k in range(12)]) == []  # a season
    assert marked(BASE + [60.0 * (1 - 0.5**k) for k in range(12)]) == []  # an effect that takes its time
    assert marked([*BASE[:5], 60.0, *BASE[6:], *BASE]) == [5]
    assert marked([*BASE[:5], -6.5, *BASE[6:], *BASE]) == [5]  # 6.5 of 1 sampling error, 6 is the limit
    assert marked([*BASE[:5], -5.5, *BASE[6:], *BASE]) == []


def test_a_common_outage_of_both_sides_is_none_of_their_difference():
    case = groups(own=0.5, common=0.0, answers=400)(seeded(2), 10.0)
    hit = changed(
        case, lambda _at, one: replace(one, value=one.value - 90) if one.period == month(5) else one
    )
    assert figures(run(hit), "unusual_periods")["outages"] == 0
    one_sided = changed(
        case,
        lambda _at, one: (
            replace(one, value=one.value - 90) if one.period == month(5) and one.unit < "u10" else one
        ),
    )
    assert figures(run(one_sided), "unusual_periods")["outages"] == 1


# Breaks


def test_a_lasting_break_gets_a_step_of_its_own_and_is_named():
    case = weeks(break_at=26, break_by=40.0, answers=300.0, sd=1.0)(seeded(3), 15.0)
    found = run(case)
    assert f"level_break:{week(26).isoformat()}" in found.notes
    assert found.effect.interval.contains(15.0)
    assert found.verdict is Verdict.SUPPORTED
    assert light(found, "unusual_periods") is Light.AMBER
    assert row(found, "break_left_alone").interval.half_width > 2 * found.effect.interval.half_width


def test_no_break_is_seen_beside_the_go_live_nor_without_one():
    rng = seeded(1)
    time = np.arange(60.0)
    for at, expected in ((20, 20.0), (36, None), (44, None), (4, None), (60, None)):
        values = rng.normal(size=60) + 12.0 * (time >= at)
        found = lasting_break(values=values, time=time, start=40.0, noise_variance=np.ones(60), margin=6)
        if expected is None:
            assert found is None or abs(found - at) > 6
        else:
            assert found == expected


# Ceilings, seasons, reasons


def at_the_ceiling(unit, k, n=50):
    return PanelCell.nps(unit=unit, period=month(k), n=n, promoters=n, detractors=0)


def test_all_answers_ten_on_both_sides_is_an_answer():
    cells = tuple(at_the_ceiling("all", k) for k in range(36))
    design = EvaluationDesign(metric="nps", kind=EstimandKind.NPS, period=PeriodKind.MONTH, start=month(24))
    found = evaluate(design, MetricPanel(cells=cells, treated=(("all", None),)), rng=seeded())
    assert found.refusal is None
    assert found.effect.value == pytest.approx(0.0, abs=1e-9)
    assert found.effect.interval.high > 0
    assert found.verdict is Verdict.INCONCLUSIVE


def test_a_segment_at_the_ceiling_does_not_refuse_the_study():
    """Means of a segment that never vary: no line is lost but those that have nothing to say."""
    case = single(answers=400)(seeded(2), 30.0)
    flat = changed(
        case,
        lambda _place, one: replace(
            one, strata=(("a", one.n // 2, 10.0, 0.0), ("b", one.n - one.n // 2, 10.0, 0.0))
        ),
    )
    found = run(flat)
    assert found.refusal is None
    assert found.effect == run(case).effect
    assert figures(found, "mix_shift") == {"refused": 1.0}


def test_a_season_that_is_not_covered_refuses_a_description_too():
    case = single(length=14, start=8)(seeded(2), 0.0)
    assert run(case).grade is DesignGrade.D
    found = run(replace(case, design=replace(case.design, seasonal=True)))
    assert found.refusal is Reason.SEASON_NOT_COVERED


def test_few_periods_do_not_hide_the_choice_by_score():
    case = single(length=4, start=2)(seeded(2), 0.0)
    found = run(replace(case, design=replace(case.design, selection=UnitSelection.WORST_SCORES)))
    assert found.refusal is Reason.TOO_FEW_PERIODS
    assert found.reasons == ("too_few_periods", "selected_for_low_scores")
    assert run(case).reasons == ("too_few_periods",)
