"""One place writes dates and numbers: language and territory of the reader decide, nothing else."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import engines
from django.utils import timezone, translation

from common.charting import chart_locale
from cxcharts import scales
from cxcharts.labels import ENGLISH
from cxcharts.locale import Period, months_text, period_text
from wording.formats import (
    Territory,
    is_territory,
    likely_territory,
    reader,
    reader_format,
    reader_of,
    territory_names,
    writing_for,
)
from wording.typed import number_of

DAY = date(2026, 9, 5)
MOMENT = datetime(2026, 10, 19, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "territory", "day", "moment", "number", "share", "money"),
    [
        ("en", "DE", "5 Sep 2026", "19 Oct 2026, 14:05", "−12.345,7", "57\u00a0%", "−EUR\u00a012.346"),
        ("en", "US", "Sep 5, 2026", "Oct 19, 2026, 2:05\u00a0PM", "−12,345.7", "57%", "−EUR\u00a012,346"),
        ("en", "", "Sep 5, 2026", "Oct 19, 2026, 2:05\u00a0PM", "−12,345.7", "57%", "−EUR\u00a012,346"),
        ("en", "GB", "5 Sep 2026", "19 Oct 2026, 14:05", "−12,345.7", "57%", "−EUR\u00a012,346"),
        ("en", "CH", "5 Sep 2026", "19 Oct 2026, 14:05", "−12’345.7", "57%", "−EUR\u00a012’346"),
        # no English of its own: its numbers and clock, dates as English is written in the world
        ("en", "BR", "5 Sep 2026", "19 Oct 2026, 14:05", "−12.345,7", "57%", "−EUR\u00a012.346"),
        ("zh-hans", "CN", "2026年9月5日", "2026年10月19日 14:05", "−12,345.7", "57%", "−EUR\u00a012,346"),
        (
            "zh-hans",
            "DE",
            "2026年9月5日",
            "2026年10月19日 14:05",
            "−12.345,7",
            "57\u00a0%",
            "−EUR\u00a012.346",
        ),
        ("zh-hans", "US", "2026年9月5日", "2026年10月19日 14:05", "−12,345.7", "57%", "−EUR\u00a012,346"),
        ("en", "QQ", "Sep 5, 2026", "Oct 19, 2026, 2:05\u00a0PM", "−12,345.7", "57%", "−EUR\u00a012,346"),
    ],
)
def test_language_and_territory_are_two_settings(language, territory, day, moment, number, share, money):
    form = reader_of(language, territory)
    assert form.day(DAY) == day
    assert form.moment(MOMENT) == moment
    assert form.number(-12345.678, 1) == number
    assert form.percent(0.57) == share
    assert form.money(-12346, "EUR") == money


def test_cents_are_shown_where_there_are_some():
    form = reader_of("en", "DE")
    assert form.money(Decimal("1.50"), "EUR") == "EUR\u00a01,50"
    assert form.money(Decimal("-1012.5"), "EUR") == "−EUR\u00a01.012,50"
    assert form.money(Decimal("20000.00"), "EUR") == "EUR\u00a020.000"
    assert form.money(2.0, "") == "2"


def test_india_groups_by_two_after_the_first_three():
    assert reader_of("en", "IN").number(1234567.5, 1) == "12,34,567.5"
    assert chart_locale(reader_of("en", "IN")).count(1234567) == "12,34,567"


@pytest.mark.parametrize(
    ("number", "signed"), [(3.21, "+3,2"), (-3.21, "−3,2"), (0.04, "0,0"), (-0.04, "0,0"), (1234, "+1.234,0")]
)
def test_difference_has_its_sign_and_zero_has_none(number, signed):
    assert reader_of("en", "DE").signed(number) == signed


def test_shortest_has_every_decimal_and_no_empty_one():
    form = reader_of("en", "DE")
    assert [form.shortest(Decimal(text)) for text in ("8.00", "0.750", "1200", "0.0012")] == [
        "8", "0,75", "1.200", "0,0012",
    ]  # fmt: skip


def test_moment_is_told_in_the_present_time_zone():
    with timezone.override("Asia/Tokyo"):
        assert (
            reader_of("en", "DE").moment(datetime(2026, 10, 19, 16, 30, tzinfo=UTC)) == "20 Oct 2026, 01:30"
        )
        assert reader_of("en", "DE").day(datetime(2026, 10, 19, 16, 30, tzinfo=UTC)) == "20 Oct 2026"


@pytest.mark.parametrize(
    ("zone", "territory"),
    [("Europe/Berlin", "DE"), ("Asia/Kolkata", "IN"), ("US/Pacific", "US"), ("UTC", ""), ("Etc/GMT+5", "")],
)
def test_time_zone_says_which_format_is_likely(zone, territory):
    assert likely_territory(zone) == territory


def test_territories_are_those_of_the_cldr_in_the_readers_language():
    assert ("DE", "Germany") in territory_names("en")
    assert ("DE", "德国") in territory_names("zh-hans")
    assert not is_territory("ZZ")
    assert not is_territory("de")


PAGE = (
    '{{ day }} / {{ day|date:"DATE_FORMAT" }} / {{ moment|date:"DATETIME_FORMAT" }} / '
    '{{ day|date:"YEAR_MONTH_FORMAT" }} / {{ half }} / {{ half|figure:1 }} / {{ many|figure:0 }} / '
    '{{ half|percent }} / {{ rate|percents:1 }} / {{ many|money:"EUR" }} / {{ half|signed }} / '
    "{{ half|figure_short }}"
)


@pytest.mark.parametrize(
    ("territory", "expected"),
    [
        (
            "DE",
            "5 Sep 2026 / 5 Sep 2026 / 19 Oct 2026, 14:05 / Sep 2026 / 0,5 / 0,5 / 10.000 / 50\u00a0% / "
            "8,5\u00a0% / EUR\u00a010.000 / +0,5 / 0,5",
        ),
        (
            "US",
            "Sep 5, 2026 / Sep 5, 2026 / Oct 19, 2026, 2:05\u00a0PM / Sep 2026 / 0.5 / 0.5 / 10,000 / 50% / "
            "8.5% / EUR\u00a010,000 / +0.5 / 0.5",
        ),
    ],
)
def test_templates_write_as_the_reader_does_with_a_filter_and_without(territory, expected):
    values = {"day": DAY, "moment": MOMENT, "half": 0.5, "many": 10_000, "rate": Decimal("8.5")}
    with writing_for(Territory(code=territory)):
        assert engines["django"].from_string(PAGE).render(values) == expected


def test_format_ends_where_it_was_set_and_the_language_within_may_change():
    with writing_for(Territory(code="DE", is_chosen=True)):
        assert reader().day(DAY) == "5 Sep 2026"
        with translation.override("zh-hans"):
            assert reader().day(DAY) == "2026年9月5日"
            assert reader_format().decimal == ","
    assert reader().day(DAY) == "Sep 5, 2026"


@pytest.mark.parametrize(
    ("territory", "typed", "number"),
    [("DE", "10.000", "10000"), ("DE", "0,5", "0.5"), ("US", "10,000", "10000"), ("US", "0.5", "0.5")],
)
@pytest.mark.parametrize("is_chosen", [True, False])
def test_numbers_are_read_as_they_are_written(territory, typed, number, is_chosen):
    with writing_for(Territory(code=territory, is_chosen=is_chosen)):
        assert number_of(typed, reader_format()) == Decimal(number)


def test_charts_write_as_the_page_around_them():
    german, american = (chart_locale(reader_of("en", code)) for code in ("DE", "US"))
    assert period_text(DAY, Period.DAY, german) == "5 Sep 2026"
    assert period_text(DAY, Period.DAY, american) == "Sep 5, 2026"
    assert period_text(DAY, Period.MONTH, german) == "Sep 2026"
    assert months_text(date(2026, 1, 1), DAY, german) == "Jan–Sep 2026"
    assert scales.share(ENGLISH).value.text(0.57, german) == "57\u00a0%"
    assert scales.share(ENGLISH).value.text(0.57, american) == "57%"
    assert scales.money(prefix="EUR ").value.text(-1_250_000, german) == "−EUR 1,25m"
    assert scales.plain(decimals=1).value.text(12345.6, german) == "12.345,6"
    assert german.number["decimal"] == ","
    assert german.number["thousands"] == "."
