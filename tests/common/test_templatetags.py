import pytest
from django.template import Context, Template
from django.utils import translation

from common.templatetags.cx import (
    asking,
    figure,
    figure_full,
    figure_short,
    icon,
    money,
    percent,
    shortened,
    signed,
)


@pytest.mark.parametrize(
    ("value", "shown"), [(3.24, "+3.2"), (-1.0, "−1.0"), (0.04, "0.0"), (-0.04, "0.0"), (None, "")]
)
def test_differences_carry_their_sign(value, shown):
    assert signed(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (0.0012, "0.0012"),
        (58000, "58,000"),
        (42.14, "42.1"),
        (-0.25, "−0.25"),
        (None, ""),
        (999.6, "1,000"),
    ],
)
def test_short_figures_have_three_digits(value, shown):
    assert figure_short(value) == shown


def test_zero_is_a_value_and_none_is_not():
    assert figure(0) == "0.0"
    assert figure(None) == ""
    assert percent(0) == "0%"
    assert money(0, "EUR") == "EUR\u00a00"


def test_figures_follow_the_reader():
    with translation.override("zh-hans"):
        assert figure(1234567.8) == "1,234,567.8"


def test_an_icon_without_label_is_hidden_from_readers():
    assert 'aria-hidden="true"' in icon("home")
    assert 'aria-label="Home &lt;b&gt;"' in icon("home", label="Home <b>")


def test_an_unknown_icon_is_an_error():
    with pytest.raises(FileNotFoundError):
        icon("no-such-icon")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (36000.0, "36,000"),
        (36540.75, "36,540.75"),
        (12.5, "12.5"),
        (0.0012, "0.0012"),
        (0, "0"),
        (-4.0, "−4"),
    ],
)
def test_a_given_figure_is_shown_whole_without_empty_decimals(value, shown):
    assert figure_full(value) == shown
    with translation.override("de"):
        assert figure_full(36540.75) == "36.540,75"


def test_a_query_string_asks_only_for_what_has_a_value():
    asked = asking(metric=7, touchpoint="welcome-call", segment="Small & new", start="", end=None)
    assert asked == "?metric=7&touchpoint=welcome-call&segment=Small%20%26%20new"
    assert asking(touchpoint=None) == ""


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [
        ("low 18,000, high 25,000", 23, "low 18,000, high 25,000"),
        ("low 18,000, high 25,000", 21, "low 18,000, high…"),
        ("low 18.000、high 25", 8, "low…"),
        ("three words here", 11, "three word…"),
        (12345678, 5, "…"),
    ],
)
def test_no_number_is_cut_in_two(text, most, shown):
    assert shortened(text, most) == shown


def test_what_stands_twice_is_written_once():
    template = Template("{% load cx %}{% once 'a' key %}{{ told|join:'' }}{{ told.pop }}{% endonce %}|" * 2)
    kept = {"told": ["x", "y", "z"], "key": 1, "once": {}}
    assert template.render(Context(kept)) == "xyzz|xyzz|"
    assert template.render(Context({**kept, "key": 2})) == "xyy|xyy|"
    assert template.render(Context({"told": ["x", "y"], "key": 1})) == "xyy|xx|"
