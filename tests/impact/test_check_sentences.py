"""The sentence of a check says what its figures say, in every case in which the engine sets its light."""

import re

import numpy as np
import pytest
from django.utils import translation

from cxstats.design import Diagnostic, EstimandKind, Light, Method
from cxstats.evaluate import evaluate
from impact.wording import check_text
from impact.wording.outcomes import Context, is_without_claim, outcome_text
from tests.cxstats.simulated import chosen_worst, groups, single

_CLAIM = Context(method=Method.SEGMENTED_REGRESSION, is_claimed=True)
_NO_CLAIM = Context(method=Method.SEGMENTED_REGRESSION, is_claimed=False)


def _said(key, light, around=_CLAIM, **figures):
    return outcome_text(Diagnostic(key=key, light=light, figures=tuple(figures.items())), around)


def _findings():
    """Findings of every route, with an effect and with none."""
    cases = {
        "series": single(sd=2.0),
        "few answers": single(sd=9.0),
        "two sides": groups(treated=1, controls=1),
        "clusters": groups(treated=4, controls=4),
        "donors": groups(treated=1, controls=24),
        "chosen": chosen_worst(recent=3),
    }
    for name, make in cases.items():
        for effect in (0.0, 25.0):
            for seed in (1, 2, 3):
                case = make(np.random.default_rng(seed), effect)
                yield name, evaluate(case.design, case.panel, rng=np.random.default_rng(seed))


def _number(text):
    return int(text.replace(",", ""))


def test_invented_dates_are_counted_as_the_engine_counted_them(db):
    seen = set()
    for name, finding in _findings():
        if finding.effect is None:
            continue
        claimed = not finding.effect.interval.low <= 0 <= finding.effect.interval.high
        for check in finding.diagnostics:
            if check.key not in ("placebo_dates", "placebo_units") or check.light is Light.NOT_RUN:
                continue
            text = check_text(check, kind=EstimandKind.NPS, finding=finding)
            every, strong = map(_number, re.findall(r"\d[\d,]*", text.sentence)[:2])
            figures = dict(check.figures)
            rank = figures.get("rank_p", figures.get("p"))
            assert (strong + 1) / (every + 1) == pytest.approx(rank), name
            assert 0 <= strong <= every
            assert ("nothing is claimed" in text.sentence) is (not claimed), name
            if claimed:  # a green light beside a claim stands for few; an amber one for many
                assert (strong / every > 0.2) is (check.light is Light.AMBER) or check.key == "placebo_units"
            assert text.word == ("nothing claimed" if not claimed else text.word)
            assert (text.mark is Light.NOT_RUN) is (not claimed)
            seen.add((check.key, claimed))
    assert ("placebo_dates", False) in seen
    assert ("placebo_dates", True) in seen
    assert ("placebo_units", True) in seen


def test_half_of_all_invented_dates_are_not_hardly_any():
    text = _said("placebo_dates", Light.GREEN, _NO_CLAIM, rank_p=38 / 70, dates=69.0)
    assert text.startswith(
        "Of 69 invented dates before the go-live, 37 show a change as strong as the real one."
    )
    assert "nothing is claimed" in text
    with translation.override("zh-hans"):
        chinese = _said("placebo_dates", Light.GREEN, _NO_CLAIM, rank_p=38 / 70, dates=69.0)
    assert "69" in chinese
    assert "37" in chinese
    assert "Of" not in chinese
    assert "nothing" not in chinese


def test_one_invented_date_and_none():
    assert _said("placebo_dates", Light.GREEN, rank_p=0.5, dates=1.0) == (
        "Of 1 invented date before the go-live, 0 shows a change as strong as the real one."
    )
    assert "nothing is claimed" not in _said("placebo_dates", Light.AMBER, rank_p=30 / 70, dates=69.0)


def test_others_that_point_the_other_way_are_said_though_the_light_is_green():
    opposite = _said("methods_agree", Light.GREEN, _NO_CLAIM, lowest=-0.4, middle=0.1, highest=0.5)
    assert opposite.startswith("At least one other sound way of calculating points the other way.")
    assert "nothing is claimed" in opposite
    assert _said("methods_agree", Light.GREEN, lowest=0.1, middle=0.2, highest=0.5) == ""
    far = _said("methods_agree", Light.AMBER, lowest=0.1, middle=0.2, highest=9.0)
    assert "clearly different figure" in far


def test_carry_over_that_alternates_is_not_a_range_too_narrow():
    narrow = check_text(Diagnostic(key="autocorrelation", light=Light.AMBER, figures=(("residual", 0.4),)))
    wide = check_text(Diagnostic(key="autocorrelation", light=Light.AMBER, figures=(("residual", -0.4),)))
    assert "too narrow" in narrow.sentence
    assert "too wide" in wide.sentence


def test_the_mix_says_where_there_was_nothing_to_compare_with():
    alone = {"constant_mix": 2.0, "pooled": 0.0, "held": 1.0}
    assert "could not be estimated" in _said("mix_shift", Light.GREEN, **alone)
    assert _said("mix_shift", Light.GREEN, raw=2.0, moved=0.0, **alone) == ""


@pytest.mark.parametrize(
    ("key", "light", "figures", "words"),
    [
        ("overlap", Light.AMBER, {"others": 1.0, "units_left_out": 2.0}, "these were left out"),
        ("overlap", Light.AMBER, {"others": 1.0, "periods_left_out": 9.0}, "the periods with them"),
        ("regression_to_the_mean", Light.GREEN, {}, "Chance chose the touchpoints"),
        ("regression_to_the_mean", Light.GREEN, {"expected": 2.0}, "chosen by their scores"),
        ("regression_to_the_mean", Light.AMBER, {"statistic": 3.0}, "unusually good spell"),
        ("unusual_periods", Light.AMBER, {"outages": 1.0, "breaks": 0.0}, "must have failed"),
        ("unusual_periods", Light.AMBER, {"outages": 0.0, "breaks": 1.0}, "changed for good"),
        ("unusual_periods", Light.GREEN, {"outages": 0.0, "breaks": 0.0}, "no other lasting change"),
        ("reassignment", Light.GREEN, {"p": 0.6}, "in 60.0% of the cases"),
        ("reassignment", Light.GREEN, {"p": 0.0002}, "in less than 0.1% of the cases"),
    ],
)
def test_a_sentence_follows_the_figures(key, light, figures, words):
    assert words in _said(key, light, **figures)


def test_what_was_left_out_and_what_changed_are_not_said_of_each_other():
    failed = _said("unusual_periods", Light.AMBER, outages=1.0, breaks=0.0)
    changed = _said("unusual_periods", Light.AMBER, outages=0.0, breaks=1.0)
    assert "changed for good" not in failed
    assert "must have failed" not in changed
    staggered = Context(method=Method.STAGGERED_DIFFERENCE_IN_DIFFERENCES)
    assert "not looked for" in _said("unusual_periods", Light.GREEN, staggered, outages=0.0, breaks=0.0)


def test_events_are_not_called_answers_of_every_period():
    counts = Context(kind=EstimandKind.COUNT)
    assert "events" in _said("low_counts", Light.GREEN, counts, smallest=90.0)
    assert "few events" in _said("low_counts", Light.AMBER, counts, smallest=9.0)


def test_only_a_green_light_is_one_without_a_claim():
    amber = Diagnostic(key="placebo_dates", light=Light.AMBER, figures=(("rank_p", 0.5), ("dates", 9.0)))
    assert not is_without_claim(amber, _NO_CLAIM)
    green = Diagnostic(key="pre_trend", light=Light.GREEN)
    assert not is_without_claim(green, _NO_CLAIM)
