"""Numbers, dates, line breaks, colors."""

from datetime import date
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxcharts.locale import CHINESE, ENGLISH, Period, ValueFormat, locale_for, period_text
from cxcharts.palette import DARK, LIGHT, PRINT, SLOT_COUNT, slot, slots
from cxcharts.text import spread, width_of, wrap


@pytest.mark.parametrize(
    ("fmt", "value", "signed", "english", "chinese"),
    [
        (ValueFormat(), 1234.4, False, "1,234", "1,234"),
        (ValueFormat(decimals=1), -0.04, True, "0.0", "0.0"),
        (ValueFormat(decimals=1), 9.84, True, "+9.8", "+9.8"),
        (ValueFormat(multiplier=100, suffix="%"), 0.455, False, "46%", "46%"),
        (ValueFormat(prefix="€", compact=True), -1_234_567, False, "−€1.23m", "−€123万"),
        (ValueFormat(prefix="€", compact=True), 412_000, True, "+€412k", "+€41.2万"),
        (ValueFormat(compact=True), 999_999, False, "1m", "100万"),
        (ValueFormat(compact=True), 250_000_000, False, "250m", "2.5亿"),
        (ValueFormat(compact=True), 0, True, "0", "0"),
    ],
)
def test_numbers_read_as_in_the_language(
    fmt: ValueFormat, value: float, signed: bool, english: str, chinese: str
) -> None:
    assert fmt.text(value, ENGLISH, signed=signed) == english
    assert fmt.text(value, CHINESE, signed=signed) == chinese


def test_axis_shows_the_decimals_of_its_step() -> None:
    share = ValueFormat(multiplier=100, suffix="%")
    assert share.axis_text(0.125, ENGLISH, step=0.025) == "12.5%"
    assert share.axis_text(0.1, ENGLISH, step=0.1) == "10%"


@pytest.mark.parametrize(
    ("period", "english", "chinese"),
    [
        (Period.DAY, "5 Mar 2026", "2026年3月5日"),
        (Period.WEEK, "5 Mar 2026", "2026年3月5日"),
        (Period.MONTH, "Mar 2026", "2026年3月"),
        (Period.QUARTER, "Q1 2026", "2026年第1季度"),
        (Period.YEAR, "2026", "2026年"),
    ],
)
def test_periods_read_as_in_the_language(period: Period, english: str, chinese: str) -> None:
    assert period_text(date(2026, 3, 5), period, ENGLISH) == english
    assert period_text(date(2026, 3, 5), period, CHINESE) == chinese


def test_language_codes_find_their_locale() -> None:
    assert locale_for("zh-hans") is locale_for("zh_CN") is CHINESE
    assert locale_for("en-gb") is locale_for("fr") is ENGLISH


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=("C",)), max_size=40), st.floats(min_value=30, max_value=300))
def test_wrapped_lines_fit_and_lose_nothing(text: str, room: float) -> None:
    lines = wrap(text, 12, room)
    assert all(width_of(line, 12) <= room or len(line) == 1 for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())  # white space of any kind may go


def test_chinese_wraps_by_characters_and_keeps_punctuation_on_the_line() -> None:
    assert wrap("客户旅程，归属", 10, 40) == ["客户旅程，", "归属"] or all(
        not line.startswith("，") for line in wrap("客户旅程，归属", 10, 50)
    )


def test_words_that_do_not_fit_end_in_an_ellipsis() -> None:
    assert wrap("one two three four five six", 12, 60, lines=1)[0].endswith("…")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 260), st.floats(12, 30)), min_size=1, max_size=6),
)
def test_labels_moved_apart_do_not_meet_and_stay_inside(items: list[tuple[float, float]]) -> None:
    centers, heights = [c for c, _ in items], [h for _, h in items]
    placed = spread(centers, heights, low=-10, high=272, gap=2)
    for i, j in combinations(range(len(items)), 2):
        assert abs(placed[i] - placed[j]) >= (heights[i] + heights[j]) / 2 + 2 - 1e-6
    assert all(
        p - h / 2 >= -10 - 1e-6 and p + h / 2 <= 272 + 1e-6 for p, h in zip(placed, heights, strict=True)
    )


def test_a_metric_keeps_its_color() -> None:
    assert slot("nps") == slot("NPS ") == 0
    assert slot("my-own-metric") == slot("my-own-metric")
    assert slots(["a", "nps"])[1] == slot("nps")


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=6), unique=True, min_size=2, max_size=SLOT_COUNT))
def test_series_of_one_chart_differ_in_color(keys: list[str]) -> None:
    assert len(set(slots(keys))) == len(keys)


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    a, b = sorted((luminance(one), luminance(other)), reverse=True)
    return (a + 0.05) / (b + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK, PRINT])
def test_text_and_marks_stand_out_from_the_paper(palette) -> None:
    assert contrast(palette.ink, palette.paper) >= 7
    assert contrast(palette.muted, palette.paper) >= 4.5
    assert all(contrast(hue, palette.paper) >= 4.5 for hue in (*palette.hues, palette.good, palette.bad))
    assert contrast(palette.calm, palette.paper) >= 3
