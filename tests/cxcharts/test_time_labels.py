"""Months and years under a time axis, in each language's order."""

from datetime import date

from cxcharts.frame.time_axis import _time_labels
from cxcharts.locale import CHINESE, ENGLISH, Period

MONTHS = [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]


def test_english_sets_the_year_below_the_month_where_it_changes():
    assert _time_labels(MONTHS, Period.MONTH, ENGLISH) == [["Nov", "2025"], ["Dec"], ["Jan", "2026"], ["Feb"]]


def test_chinese_sets_the_year_above_the_month_and_keeps_months_on_one_line():
    assert _time_labels(MONTHS, Period.MONTH, CHINESE) == [
        ["2025年", "11月"],
        ["", "12月"],
        ["2026年", "1月"],
        ["", "2月"],
    ]
