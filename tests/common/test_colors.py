"""Contrast as WCAG has it, and shades that can be read."""

import pytest

from common.colors import DARK, READABLE, WHITE, contrast, is_color, mixed, readable_on, seen_on


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


def test_a_button_is_seen_in_the_dark_and_its_white_text_is_read():
    """Every color that can be read on white, on a grid through all of them."""
    channels = range(0, 256, 15)
    shades = [
        f"#{red:02x}{green:02x}{blue:02x}" for red in channels for green in channels for blue in channels
    ]
    taken = [shade for shade in shades if contrast(shade, WHITE) >= READABLE]
    assert len(taken) > 1_000
    for shade in taken:
        button = seen_on(shade, DARK)
        assert contrast(button, DARK) >= 3
        assert contrast(button, WHITE) >= 4.5
    assert seen_on("#2275bb", DARK) == "#2275bb"
    assert seen_on("#000000", DARK) > "#000000"
