"""Numbers are read in the reader's format, or refused with both readings."""

from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.template.defaultfilters import floatformat
from django.utils import translation

from common.forms import LocalIntegerField, LocalNumberField
from cxcharts.locale import locale_for
from wording.formats import ReaderFormat, reader_format, reader_of
from wording.typed import AmbiguousNumber, UnreadableNumber, number_of, number_text

ENGLISH = ReaderFormat.of("en")  # guessed from the language
AMERICAN = ReaderFormat.of("en_US", is_chosen=True)
GERMAN = ReaderFormat.of("de_DE", is_chosen=True)


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("1250", ENGLISH, "1250"),
        ("10,000", ENGLISH, "10000"),
        ("10,000.5", ENGLISH, "10000.5"),
        ("10.000,5", ENGLISH, "10000.5"),  # one reading only
        ("10.000.000", ENGLISH, "10000000"),
        ("0.001", ENGLISH, "0.001"),  # no thousand begins with a zero
        ("0.5", ENGLISH, "0.5"),
        ("1.2340", ENGLISH, "1.2340"),
        ("-5", ENGLISH, "-5"),
        ("−5", ENGLISH, "-5"),
        (" 1 250 ", ENGLISH, "1250"),
        ("1\u202f250", ENGLISH, "1250"),
        ("1'250", ENGLISH, "1250"),
        ("１２５０", ENGLISH, "1250"),
        ("10.000", GERMAN, "10000"),
        ("0,5", GERMAN, "0.5"),
        ("10,000", GERMAN, "10.000"),
        ("10.000,5", GERMAN, "10000.5"),
        ("10.000", AMERICAN, "10.000"),
        ("10,000", AMERICAN, "10000"),
        ("0,5", None, "0.5"),
        ("0.5", None, "0.5"),
    ],
)
def test_number_is_read_as_its_reader_means_it(text, form, expected):
    assert number_of(text, form) == Decimal(expected)


@pytest.mark.parametrize(
    ("text", "form", "readings"),
    [
        ("10.000", ENGLISH, ("10000", "10")),
        ("0,5", ENGLISH, ("0.5", "5")),
        ("1.234", ENGLISH, ("1234", "1.2340")),
        ("10.000", None, ("10000", "10")),
        ("10,000", None, ("10000", "10")),
        ("0.5", GERMAN, ("0,5", "5")),
        ("0,5", AMERICAN, ("0.5", "5")),
    ],
)
def test_number_with_two_readings_is_refused_with_both(text, form, readings):
    with pytest.raises(AmbiguousNumber) as caught:
        number_of(text, form)
    assert caught.value.readings == readings


@pytest.mark.parametrize("reading", ["10000", "10", "0.5", "5", "1234", "1.2340"])
def test_what_is_offered_instead_is_accepted(reading):
    assert number_of(reading, ENGLISH) == Decimal(reading)


@pytest.mark.parametrize(
    "text", ["", "abc", "1e9", "NaN", "12,34,56", ".", "-", "1.2.3", "1,2.3,4", "9" * 41, "٣"]
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(UnreadableNumber):
        number_of(text, ENGLISH)


@pytest.mark.parametrize("number", ["0.0008", "1.234", "60000.00", "1234.5", "0", "-12.5", "1E+3", "0.1230"])
@pytest.mark.parametrize("form", [ENGLISH, AMERICAN, GERMAN, None])
def test_number_that_is_shown_is_read_back_as_the_same(number, form):
    assert number_of(number_text(Decimal(number), form), form) == Decimal(number)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_format_follows_the_language_and_is_not_taken_for_sure(language):
    with translation.override(language):
        assert reader_format() == ReaderFormat(decimal=".", group=",", is_chosen=False)


class CostForm(forms.Form):
    cost = LocalNumberField(min_value=0, max_digits=14, decimal_places=2)
    people = LocalIntegerField(min_value=0, required=False)


def test_field_names_both_readings_and_stores_nothing():
    form = CostForm({"cost": "10.000", "people": "10.000"})
    assert not form.is_valid()
    assert form.errors == {
        "cost": ["“10.000” can be read in two ways. Write 10000 or 10."],
        "people": ["“10.000” can be read in two ways. Write 10000 or 10."],
    }
    assert 'value="10.000"' in str(form["cost"])


def test_field_reads_groups_and_keeps_its_limits():
    form = CostForm({"cost": "1,250,000.50", "people": "1,200"})
    assert form.is_valid()
    assert form.cleaned_data == {"cost": Decimal("1250000.50"), "people": 1200}
    assert CostForm({"cost": "-1"}).errors["cost"]
    assert CostForm({"cost": "1.2345"}).errors["cost"]
    assert CostForm({"cost": "1", "people": "1.5"}).errors["people"] == ["Enter a whole number."]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("7.500", "“7.500” was read as 7500. Ensure this value is less than or equal to 100."),
        ("7500", "Ensure this value is less than or equal to 100."),
        ("-1.000", "“-1.000” was read as -1000. Ensure this value is greater than or equal to 0."),
        ("100,5", "Ensure this value is less than or equal to 100."),
    ],
)
def test_a_number_outside_the_limits_is_one_sentence_that_says_how_it_was_read(typed, said):
    """Django says a second thing of 7500: no more than 3 digits before the decimal point."""
    field = LocalNumberField(
        reader=lambda: GERMAN, min_value=0, max_value=100, max_digits=5, decimal_places=2
    )
    with pytest.raises(ValidationError) as refusal:
        field.clean(typed)
    assert refusal.value.messages == [said]
    assert field.clean("7,50") == Decimal("7.5")


@pytest.mark.parametrize("typed", ["50 %", "50%", "50\u00a0%", "50\uff05", " 50,0 % "])
def test_a_percentage_is_read_as_the_pages_write_it(typed):
    share = LocalNumberField(reader=lambda: GERMAN, max_value=1, decimal_places=2, percent_as=Decimal("0.01"))
    assert share.clean(typed) == Decimal("0.5")
    assert share.clean("0,5") == Decimal("0.5")
    assert LocalNumberField(reader=lambda: GERMAN, percent_as=Decimal(1)).clean(typed) == 50
    assert LocalIntegerField(reader=lambda: GERMAN, percent_as=Decimal(1)).clean(typed) == 50
    with pytest.raises(ValidationError) as refusal:
        share.clean("150 %")
    assert refusal.value.messages == ["Ensure this value is less than or equal to 1."]


def test_a_percentage_where_none_is_meant_is_refused_by_its_sign():
    for field in (LocalNumberField(reader=lambda: GERMAN), LocalIntegerField(reader=lambda: GERMAN)):
        with pytest.raises(ValidationError) as refusal:
            field.clean("50 %")
        assert refusal.value.messages == ["Write the number without “%”."]
        with pytest.raises(ValidationError):
            field.clean("%")


def test_field_shows_a_stored_number_in_the_readers_format():
    field = LocalNumberField(reader=lambda: GERMAN)
    assert field.prepare_value(Decimal("1234.50")) == "1234,5"
    assert field.clean("1.234,5") == Decimal("1234.5")
    assert not field.has_changed(Decimal("1234.50"), "1234,5")
    assert field.has_changed(Decimal("1234.50"), "12345")
    with pytest.raises(ValidationError):
        LocalNumberField(reader=lambda: None).clean("10,000")


@pytest.mark.parametrize(
    ("share", "digits", "written"),
    [
        (4 / 32, 0, "13%"),
        (12 / 32, 0, "38%"),
        (20 / 32, 0, "63%"),
        (57 / 200, 0, "29%"),  # 28.499999999999996 to the machine
        (0.1249, 0, "12%"),
        (Decimal("0.0125"), 1, "1.3%"),
        (-4 / 32, 0, "−13%"),
        (0.0, 0, "0%"),
    ],
)
def test_a_half_is_rounded_up_as_by_hand(share, digits, written):
    assert reader_of("en").percent(share, digits) == written
    assert reader_of("en").percent(Decimal(str(share)), digits) == written


def test_pages_charts_and_django_round_a_half_alike():
    for number in (0.5, 1.5, 2.5, 12.5, 62.5):
        written = reader_of("en").number(number)
        assert written == floatformat(number, 0) == f"{locale_for('en').share(number / 100)}".rstrip("%")
    assert reader_of("en").signed(-0.25, 1) == "−0.3"
    assert reader_of("en").signed(-0.04, 1) == "0.0"
    assert reader_of("en").money(Decimal("2.665"), "EUR") == "EUR\u00a02.67"
