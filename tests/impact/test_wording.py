"""Every key of the engine has its words, and no sentence claims more than its grade allows."""

import re
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from cxstats.design import (
    DesignGrade,
    Diagnostic,
    Direction,
    EstimandKind,
    Finding,
    Light,
    Lowering,
    Method,
    PeriodKind,
    Verdict,
)
from cxstats.errors import Reason
from cxstats.evaluate import facade, judgement
from cxstats.results import Estimate, Interval, Unit
from impact.panel import Place, StudySubject
from impact.wording import (
    change_our_mind,
    check_text,
    grade_meaning,
    grade_title,
    method_reason_text,
    method_text,
    money_range_text,
    note_text,
    reason_text,
    rounded_together,
    scenario_text,
    sensitivity_text,
    verdict_meaning,
    verdict_sentence,
    verdict_title,
    verdict_tone,
)
from impact.wording.checks import _METHOD_REASONS, _SENSITIVITY
from wording.figures import amount_text, range_text, value_text
from wording.formats import reader
from wording.refusals import refusal_text, refusal_with_figures

SUBJECT = StudySubject(
    reference="INI-1",
    title="Welcome call",
    metric_key="nps",
    metric_version=1,
    metric_name="NPS®",
    metric_wording="",
    metric_population="",
    kind=EstimandKind.NPS,
    scale_low=0,
    scale_high=10,
    period=PeriodKind.WEEK,
    segment="",
    direction=Direction.UP,
    go_live=date(2025, 3, 3),
    data_cutoff=date(2025, 10, 1),
    treated=(Place(key="onboarding", name="Onboarding"),),
    comparison=(),
    expected_effect=8.0,
    smallest_worthwhile_effect=3.0,
    decision_rule="",
    review_on=None,
    answers=1000,
)


def _finding(grade, verdict, value=8.4, low=3.1, high=13.7) -> Finding:
    interval = Interval(low=low, high=high)
    effect = Estimate(value=value, interval=interval, n=100, unit=Unit.POINTS, method="x")
    is_refused = verdict is Verdict.NOT_ESTIMABLE
    return Finding(
        grade=grade,
        verdict=verdict,
        method=Method.SEGMENTED_REGRESSION,
        method_reason="single_series",
        unit=Unit.POINTS,
        effect=None if is_refused else effect,
        interval_80=interval,
        p_value=0.01,
        baseline_value=20.0,
        after_value=28.4,
        smallest_detectable_effect=5.0,
        refusal=Reason.TOO_FEW_PERIODS if is_refused else None,
    )


EVERY_FINDING = [
    _finding(grade, verdict, value, low, high)
    for grade, verdict, (value, low, high) in product(
        DesignGrade, Verdict, [(8.4, 3.1, 13.7), (-8.4, -13.7, -3.1), (0.01, -2.0, 2.0)]
    )
]


@pytest.mark.parametrize("finding", EVERY_FINDING)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_grade_and_verdict_makes_a_whole_sentence(finding, language):
    with translation.override(language):
        sentence = verdict_sentence(SUBJECT, finding)
    assert sentence
    assert "%(" not in sentence
    assert "None" not in sentence


@pytest.mark.parametrize("finding", EVERY_FINDING)
def test_only_grades_a_and_b_name_a_likely_cause(finding):
    sentence = verdict_sentence(SUBJECT, finding)
    if "is the likely cause" in sentence:
        assert finding.grade in {DesignGrade.A, DesignGrade.B}
        assert finding.verdict in {Verdict.SUPPORTED, Verdict.CONTRADICTED}
    if finding.grade is DesignGrade.D:
        assert "most likely" not in sentence
    assert "caused" not in sentence


def test_supported_comparison_reads_as_a_person_would_say_it():
    sentence = verdict_sentence(SUBJECT, _finding(DesignGrade.B, Verdict.SUPPORTED))
    assert sentence == (
        "NPS® at Onboarding rose by 8.4 points (3.1 to 13.7) since Mar 3, 2025; “Welcome call” is the "
        "likely cause."
    )


def test_single_series_says_most_likely():
    assert "most likely through" in verdict_sentence(SUBJECT, _finding(DesignGrade.C, Verdict.SUPPORTED))


def test_description_says_changed():
    assert "changed by +8.4 points" in verdict_sentence(SUBJECT, _finding(DesignGrade.D, Verdict.SUGGESTIVE))


@pytest.mark.parametrize("reason", Reason)
def test_every_refusal_has_a_text(reason):
    assert refusal_text(reason)
    assert reason_text(reason.value)
    subject_sentence = verdict_sentence(
        SUBJECT, replace(_finding(DesignGrade.C, Verdict.NOT_ESTIMABLE), refusal=reason)
    )
    assert refusal_text(reason) in subject_sentence


def test_refusal_names_what_was_needed_and_found():
    assert "Needed: 5, found: 3." in refusal_with_figures(
        reader(), Reason.TOO_FEW_ANSWERS, {"needed": 5, "found": 3}
    )
    assert "found 60 before and 1 after" in refusal_with_figures(
        reader(), Reason.TOO_FEW_PERIODS, {"needed": 3, "before": 60, "after": 1}
    )


def test_refusal_of_a_changed_question_says_what_would_do():
    detail = {"unit": "care", "period": "2025-03-03", "one_wording": 2, "enough": 12}
    text = refusal_with_figures(reader(), Reason.DEFINITION_CHANGED, detail)
    assert "there are 2 periods with one question, and 12 would do" in text
    assert "changed on the same day" in text
    for found, said in (
        (0, "there are 0 periods"),
        (1, "there is 1 period with"),
        (12, "there are 12 periods"),
    ):
        assert said in refusal_with_figures(
            reader(), Reason.DEFINITION_CHANGED, {**detail, "one_wording": found}
        )
    older = {"unit": "care", "period": "2025-03-03"}
    assert refusal_with_figures(reader(), Reason.DEFINITION_CHANGED, older) == refusal_text(
        Reason.DEFINITION_CHANGED
    )


def test_refusal_for_few_periods_names_the_choice_by_score_too():
    reasons = (Reason.TOO_FEW_PERIODS.value, Reason.SELECTED_FOR_LOW_SCORES.value)
    refused = replace(
        _finding(DesignGrade.C, Verdict.NOT_ESTIMABLE), refusal=Reason.TOO_FEW_PERIODS, reasons=reasons
    )
    text = verdict_sentence(SUBJECT, refused)
    assert all(refusal_text(Reason(reason)) in text for reason in reasons)


@pytest.mark.parametrize(
    ("key", "figure", "words"),
    [
        ("mix_shift", "held", "at the same mix of segments"),
        ("definition", "alike", "at all touchpoints"),
        ("definition", "steps", "estimated and taken off"),
        ("low_counts", "joined", "counted together with the next"),
    ],
)
def test_a_check_that_calls_for_care_says_what_was_done(key, figure, words):
    assert words in check_text(Diagnostic(key=key, light=Light.AMBER, figures=((figure, 1.0),))).sentence
    assert words not in check_text(Diagnostic(key=key, light=Light.AMBER)).sentence


def _keys_in_source(pattern: str) -> set[str]:
    folder = Path(settings.BASE_DIR) / "cxstats" / "evaluate"
    text = "\n".join(file.read_text(encoding="utf-8") for file in folder.glob("*.py"))
    return set(re.findall(pattern, text))


@pytest.mark.parametrize("light", Light)
def test_every_check_has_a_text_for_every_light(light):
    keys = set(facade._KEYS) | _keys_in_source(r'Diagnostic\(\s*key="([a-z_]+)"') | set(judgement.DOUBTING)
    for key in keys:
        text = check_text(Diagnostic(key=key, light=light))
        assert text.title
        assert text.sentence
        assert text.word


def test_every_reason_of_a_verdict_has_a_text():
    keys = _keys_in_source(r'reasons\.append\(\s*"([a-z0-9_]+)"') | {
        "interval_80_excludes_zero",
        "check_failed",
    }
    for key in keys:
        assert reason_text(key)
    for key in facade._KEYS:
        assert reason_text(f"red_{key}")
        assert reason_text(f"amber_{key}")


def test_every_line_of_the_sensitivity_set_has_a_text():
    keys = _keys_in_source(r'\brow\("([a-z0-9_]+)"')
    keys |= _keys_in_source(r'\("([a-z0-9_]+)", (?:everything|away|spread\.\w+|None|lags)\b') - {
        "care"
    }  # of an example
    assert {"ols", "level_and_slope"} <= keys
    assert keys <= set(_SENSITIVITY)
    assert all(sensitivity_text(key) for key in keys)


def test_every_reason_for_a_method_has_a_text():
    found = _keys_in_source(r'Method\.[A-Z_]+, (?:"[a-z]+", )?"([a-z_]+)"(?!,)') - {"description"}
    assert len(found) > 4
    assert found <= set(_METHOD_REASONS)
    assert all(method_reason_text(key) for key in found)


def test_every_method_grade_and_verdict_has_its_words():
    assert all(method_text(method) for method in Method)
    every = list(product(DesignGrade, Method, [None, *Lowering]))
    assert all(grade_title(grade, way, lowering=low) for grade, way, low in every)
    assert all(grade_meaning(grade, way, lowering=low) for grade, way, low in every)
    for verdict in Verdict:
        assert verdict_title(verdict)
        assert verdict_meaning(verdict)
        assert verdict_tone(verdict) in {"good", "warn", "bad", "calm"}


def test_every_note_and_scenario_reason_has_a_text():
    assert note_text("geometric_means")
    assert note_text("rates_as_ratios")
    assert "care" in note_text("unit_left_out:care")
    dated = _keys_in_source(r'f"([a-z_]+):\{[^"]*isoformat')
    assert len(dated) == 5
    assert all("Mar" in note_text(f"{key}:2025-03-03") for key in dated)
    assert all(note_text(f"{key}:3") for key in _keys_in_source(r'f"([a-z_]+):\{'))
    assert note_text("constant_mix")
    for verdict in (Verdict.INCONCLUSIVE, Verdict.CONTRADICTED, Verdict.NOT_ESTIMABLE):
        assert scenario_text(f"verdict_{verdict.value}")
    for key in ("no_evaluation", "grade_d", "no_measured_effect"):
        assert scenario_text(key)


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (EstimandKind.NPS, 8.4, "8.4 points"),
        (EstimandKind.NPS, -1.0, "1.0 point"),
        (EstimandKind.SHARE, 0.042, "4.2 percentage points"),
        (EstimandKind.MEAN, 0.314, "0.31"),
        (EstimandKind.LOG_DURATION, 0.88, "12%"),
        (EstimandKind.COUNT, 0.75, "25%"),
    ],
)
def test_sizes_carry_their_unit(kind, value, text):
    assert amount_text(reader(), kind, value) == text


def test_ranges_keep_their_signs_where_they_differ():
    assert range_text(reader(), EstimandKind.NPS, 3.1, 13.7) == "3.1 to 13.7"
    assert range_text(reader(), EstimandKind.NPS, -13.7, -3.1) == "3.1 to 13.7"
    assert range_text(reader(), EstimandKind.NPS, -2, 5) == "−2.0 to +5.0"
    assert range_text(reader(), EstimandKind.LOG_DURATION, 0.8, 0.95) == "5 to 20"
    assert range_text(reader(), EstimandKind.NPS, 3.1, 13.7, signed=True) == "+3.1 to +13.7"
    assert range_text(reader(), EstimandKind.NPS, -13.7, -3.1, signed=True) == "−13.7 to −3.1"


def test_levels_read_in_their_unit():
    assert value_text(reader(), EstimandKind.SHARE, 0.613) == "61.3%"
    assert value_text(reader(), EstimandKind.LOG_DURATION, 5.2 * 3600) == "5.2 h"
    assert value_text(reader(), EstimandKind.NPS, None) == "–"
    assert value_text(reader(), EstimandKind.NPS, 0.0) == "0.0"


@pytest.mark.parametrize("finding", EVERY_FINDING)
def test_something_could_always_change_our_mind(finding):
    assert change_our_mind(SUBJECT, finding)


def _checks(**lights: Light) -> tuple[Diagnostic, ...]:
    return tuple(Diagnostic(key=key, light=light) for key, light in lights.items())


def test_checks_that_were_not_made_are_named_and_not_counted_as_held():
    checks = _checks(
        pre_trend=Light.GREEN, low_counts=Light.GREEN, mix_shift=Light.NOT_RUN, placebo_dates=Light.NOT_RUN
    )
    assert verdict_meaning(Verdict.SUPPORTED, checks) == (
        "The range lies wholly on the expected side. Of 2 checks that could be made, 2 held. Could not be "
        "made: Same kind of customers; Invented go-live dates."
    )
    assert "every check held" not in verdict_meaning(Verdict.SUPPORTED).lower()


def test_all_checks_held_is_said_only_where_all_were_made_and_held():
    assert "All 2 checks held." in verdict_meaning(
        Verdict.SUPPORTED, _checks(pre_trend=Light.GREEN, low_counts=Light.GREEN)
    )
    noted = verdict_meaning(Verdict.SUPPORTED, _checks(pre_trend=Light.GREEN, low_counts=Light.AMBER))
    assert "Of 2 checks that could be made, 1 held. Take note of: Enough answers." in noted
    failed = verdict_meaning(Verdict.SUPPORTED, _checks(pre_trend=Light.RED, low_counts=Light.GREEN))
    assert "Failed: Same course before the go-live." in failed


@pytest.mark.parametrize("verdict", [Verdict.SUPPORTED, Verdict.CONTRADICTED])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_comparison_that_was_amended_is_not_described_as_one_series(verdict, language):
    finding = replace(_finding(DesignGrade.C, verdict), method=Method.DIFFERENCE_IN_DIFFERENCES)
    alone = _finding(DesignGrade.C, verdict)
    with translation.override(language):
        assert verdict_sentence(SUBJECT, finding) != verdict_sentence(SUBJECT, alone)
        assert grade_title(finding.grade, finding.method) != grade_title("C", Method.SEGMENTED_REGRESSION)
    sentence = verdict_sentence(SUBJECT, finding)
    assert "single series" not in sentence
    assert "the plan was changed after the approval" in sentence
    assert "is the likely cause" not in sentence
    assert "One long series" not in grade_title(finding.grade, finding.method)
    assert "series" not in grade_meaning(finding.grade, finding.method)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_random_assignment_that_was_amended_is_not_described_as_a_mere_comparison(language):
    method = Method.DIFFERENCE_IN_DIFFERENCES
    with translation.override(language):
        lowered = [words("B", method, lowering=Lowering.CHANGED) for words in (grade_title, grade_meaning)]
        plain = [words("B", method) for words in (grade_title, grade_meaning)]
        assert not set(lowered) & set(plain)
    assert grade_title("B", method, lowering=Lowering.CHANGED) == "Random assignment, plan changed afterwards"
    assert "was assigned at random" in grade_meaning("B", method, lowering=Lowering.CHANGED)
    assert grade_title("B", method) == "Compared with others"
    assert grade_title("A", method) == "Random assignment"


def test_series_that_was_amended_is_not_described_as_before_and_after():
    finding = _finding(DesignGrade.D, Verdict.SUGGESTIVE)  # a segmented regression
    sentence = verdict_sentence(SUBJECT, finding)
    assert "compares before with after" not in sentence
    assert "does not show that “Welcome call” made the difference" in sentence
    assert grade_title("D", finding.method) == "One long series, plan changed afterwards"
    assert grade_title("D", Method.BEFORE_AFTER) == "Before and after"
    assert grade_title("C", Method.SEGMENTED_REGRESSION) == "One long series"


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("no_segments", "The answers carry no segments."),
        ("one_segment", "All answers are of one segment"),
        ("too_thin", "The answers carry segments, but"),
    ],
)
def test_mix_check_that_was_not_made_says_which_reason_it_was(why, words):
    check = Diagnostic(key="mix_shift", light=Light.NOT_RUN, figures=((why, 1.0),))
    assert check_text(check).sentence.startswith(words)


def test_mix_check_says_that_small_segments_were_pooled():
    pooled = Diagnostic(key="mix_shift", light=Light.GREEN, figures=(("pooled", 2.0),))
    assert "Segments with few answers were counted together." in check_text(pooled).sentence
    none = Diagnostic(key="mix_shift", light=Light.GREEN, figures=(("pooled", 0.0),))
    assert "counted together" not in check_text(none).sentence


def test_the_drift_that_would_overturn_a_claim_is_said_in_the_units_of_the_metric():
    figures = (("slope", 0.1), ("widened", 1.0), ("breakdown_per_period", 0.84))
    check = Diagnostic(key="pre_trend", light=Light.AMBER, figures=figures)
    words = check_text(check, kind=EstimandKind.NPS, period=PeriodKind.WEEK).sentence
    assert "went on drifting apart in the same way" in words
    assert "drifted apart by more than 0.8 points a week" in words
    times = check_text(check, kind=EstimandKind.LOG_DURATION, period=PeriodKind.MONTH).sentence
    assert "more than 132" in times  # exp(0.84) is 2.32: 132 % a month
    older = Diagnostic(key="pre_trend", light=Light.GREEN, figures=(("slope", 0.1),))
    assert check_text(older, kind=EstimandKind.NPS, period=PeriodKind.WEEK) == check_text(older)


def test_no_range_of_eighty_percent_is_printed():
    assert "80" not in reason_text("interval_80_excludes_zero")
    assert "our times in five" not in reason_text("interval_80_excludes_zero")


@pytest.mark.parametrize(
    ("amounts", "shown"),
    [
        ((-99_478.9, 100_000.0, 521.1), (-99_479, 100_000, 521)),
        ((428_332.2, 299_123.0, 727_455.2), (428_000, 299_000, 727_000)),
        ((0.0, 0.0), (0, 0)),
        ((0.4, 1_234.0), (0, 1_230)),
    ],
)
def test_amounts_of_one_table_are_rounded_to_one_step(amounts, shown):
    assert rounded_together(amounts) == shown


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (-99_640, -12_340, "−EUR\u00a099,600 to −EUR\u00a012,300"),
        (-99_640, -99_560, "−EUR\u00a099,640 to −EUR\u00a099,560"),
        (-99_640.40, -99_640.15, "−EUR\u00a099,640.40 to −EUR\u00a099,640.15"),
        (-99_640, -99_640, "−EUR\u00a099,600 to −EUR\u00a099,600"),
    ],
)
def test_the_ends_of_a_range_of_money_are_told_apart(low, high, text):
    assert money_range_text(low, high, "EUR") == text
