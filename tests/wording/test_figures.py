"""Units, ranges and levels as three readers write them: American, German English, Chinese."""

import pytest
from django.utils import translation

from cxstats.design import EstimandKind
from wording import figures, intervals, units
from wording.formats import reader_of

AMERICAN = reader_of("en", "US")
GERMAN = reader_of("en", "DE")
CHINESE = reader_of("zh-hans", "CN")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 min"),
        (3540, "59 min"),
        (3600, "1.0 h"),
        (18720, "5.2 h"),
        (259199, "72.0 h"),
        (259200, "3.0 days"),
        (345600, "4.0 days"),
    ],
)
def test_a_time_is_written_in_the_unit_that_means_something(seconds, text):
    assert units.duration(AMERICAN, seconds) == text


def test_numbers_of_rows_are_written_as_the_reader_writes_numbers():
    assert units.answers(AMERICAN, 1) == "1 answer"
    assert units.answers(AMERICAN, 22648) == "22,648 answers"
    assert units.answers(GERMAN, 22648) == "22.648 answers"
    assert units.cases(GERMAN, 1) == "1 case"
    assert units.cases(GERMAN, 1200) == "1.200 cases"
    assert units.days(AMERICAN, 1) == "1 day"
    assert units.days(AMERICAN, 365) == "365 days"


@pytest.mark.parametrize(("value", "text"), [(1.0, "1.0 year"), (1.04, "1.0 year"), (1.06, "1.1 years")])
def test_years_follow_the_figure_that_is_shown(value, text):
    assert units.years(AMERICAN, value) == text


def test_a_size_has_its_unit():
    assert units.points("1", 1) == "1 point"
    assert units.points("6", 6) == "6 points"
    assert units.percentage_points("1", 1) == "1 percentage point"
    assert units.percentage_points("4.2", 2) == "4.2 percentage points"
    assert units.on_scale("0.3", 1, 5) == "0.3 on the scale 1–5"
    assert units.of_the_time(AMERICAN, "12") == "12% of the time"


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (3.14, 13.7, "3.1 to 13.7"),
        (-13.7, -3.14, "3.1 to 13.7"),
        (-2.0, 5.0, "−2.0 to +5.0"),
        (0.0, 5.0, "0.0 to +5.0"),
        (float("-inf"), 5.0, "no limit can be given"),
    ],
)
def test_a_range_of_one_sign_goes_from_small_to_large(low, high, text):
    assert intervals.of_size(AMERICAN, low, high, 1) == text


def test_an_interval_says_how_sure_it_is():
    assert intervals.at_level(AMERICAN, "%(share)s interval") == "95% interval"
    assert intervals.at_level(AMERICAN, "%(share)s range", intervals.MONEY_LEVEL) == "90% range"


@pytest.mark.parametrize(
    ("kind", "low", "high", "text"),
    [
        (EstimandKind.LOG_DURATION, 0.8, 0.95, "5 to 20%"),
        (EstimandKind.COUNT, 0.8, 0.95, "5 to 20%"),
        (EstimandKind.SHARE, 0.031, 0.052, "3.1 to 5.2"),
        (EstimandKind.MEAN, 0.111, 0.309, "0.11 to 0.31"),
    ],
)
def test_a_range_is_in_the_unit_that_a_reader_sees(kind, low, high, text):
    assert figures.range_with_unit(AMERICAN, kind, low, high) == text


def test_a_typed_size_is_as_fine_as_it_was_typed():
    assert figures.typed_text(AMERICAN, EstimandKind.NPS, 1) == "1 point"
    assert figures.typed_text(AMERICAN, EstimandKind.SHARE, 5) == "5 percentage points"
    assert figures.typed_text(GERMAN, EstimandKind.MEAN, 0.25) == "0,25"
    assert figures.typed_text(AMERICAN, EstimandKind.LOG_DURATION, 12.5) == "12.5%"
    assert figures.typed_text(GERMAN, EstimandKind.NPS, 2.54) == "2,54 points"
    assert figures.typed_text(GERMAN, EstimandKind.SHARE, 10.5) == "10,5 percentage points"


@pytest.mark.parametrize(
    ("kind", "effect", "way"),
    [
        (EstimandKind.NPS, 0.04, 0),
        (EstimandKind.NPS, 0.06, 1),
        (EstimandKind.NPS, -0.06, -1),
        (EstimandKind.SHARE, 0.0004, 0),
        (EstimandKind.LOG_DURATION, 0.9, -1),
        (EstimandKind.LOG_DURATION, 1.004, 0),
    ],
)
def test_what_is_shown_as_zero_did_not_move(kind, effect, way):
    assert figures.moved(kind, effect) == way


def test_chinese_sets_its_own_units():
    with translation.override("zh-hans"):
        assert "22,648" in units.answers(CHINESE, 22648)
        assert " " not in units.answers(CHINESE, 22648)
