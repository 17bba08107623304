"""Contrast as WCAG has it, and shades that can be read."""

import pytest

from common.colors import DARK, READABLE, WHITE, contrast, is_color, mixed, readable_on


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.48),  # the gray that fails by a hair, as every checker has it
        ("#767676", "#ffffff", 4.54),
        ("#ff0000", "#ffffff", 4.00),
        ("#0000ff", "#ffffff", 8.59),
    ],
)
def test_contrast_is_that_of_wcag(one, other, ratio):
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(other, one) == contrast(one, other)


def test_what_can_be_read_stays_as_it_is():
    assert readable_on("#0b63a8", WHITE) == "#0b63a8"
    assert readable_on("#7cc0f5", DARK) == "#7cc0f5"


@pytest.mark.parametrize("color", ["#ffcc00", "#00ff00", "#7a1f5c", "#000000", "#ffffff", "#808080"])
def test_a_shade_of_every_color_can_be_read_on_both_grounds(color):
    for ground in (WHITE, DARK):
        shade = readable_on(color, ground)
        assert contrast(shade, ground) >= READABLE
    assert readable_on("#ffcc00", WHITE) < "#ffcc00"  # darker on white
    assert readable_on("#7a1f5c", DARK) > "#7a1f5c"  # lighter in the dark


def test_only_six_small_digits_are_a_color():
    assert is_color("#0b63a8")
    for text in ("0b63a8", "#0B63A8", "#0b63a", "#0b63a88", "red", "#0b63ag", "#0b63a8\n", ""):
        assert not is_color(text)


def test_mixing_goes_from_one_color_to_the_other():
    assert (mixed("#000000", "#ffffff", 0), mixed("#000000", "#ffffff", 1)) == ("#000000", "#ffffff")
    assert mixed("#000000", "#ffffff", 0.5) == "#808080"
