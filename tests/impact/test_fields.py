"""What is asked about a value model, in which order, and how far it may go."""

from decimal import Decimal

import pytest

from impact.choices import HAIRCUTS
from impact.fields import COST, FRAME, PARAMETER
from impact.forms import CostForm, FactorForm, FrameForm, RangeForm

RANGE = ["low", "likely", "high", "source_kind", "source", "owner_name"]


def test_forms_ask_for_exactly_these_fields_in_this_order():
    preset = HAIRCUTS[0]
    assert list(FrameForm().fields) == [
        "kind", "horizon_years", "discount_rate_pct", "first_year_share", "is_hard", "inflation_pct",
    ]  # fmt: skip
    assert list(RangeForm(preset=preset).fields) == RANGE
    assert list(FactorForm(preset=preset).fields) == ["label", "unit", *RANGE]
    assert list(CostForm().fields) == ["label", "year", "low", "likely", "high", "actual", "source"]


def test_a_new_value_model_counts_three_years_and_the_full_first_one():
    form = FrameForm()
    assert (form.fields["horizon_years"].initial, form.fields["first_year_share"].initial) == (3, Decimal(1))


@pytest.mark.parametrize(
    ("name", "value", "refusal"),
    [
        ("horizon_years", 0, "Count 1 to 10 years."),
        ("horizon_years", 11, "Count 1 to 10 years."),
        ("horizon_years", 10, ""),
        ("discount_rate_pct", Decimal("100.01"), "A discount rate must be between 0 and 100%."),
        ("discount_rate_pct", Decimal(0), ""),
        ("first_year_share", Decimal("1.01"), "A share must be between 0 and 1."),
        ("kind", "guess", "Choose one of the answers."),
    ],
)
def test_frame_is_refused_beyond_its_limits(name, value, refusal):
    assert FRAME[name].refusal(value) == refusal


def test_lengths_are_those_of_the_columns():
    assert (PARAMETER["source"].column.max_length, COST["label"].column.max_length) == (200, 120)
    assert PARAMETER["source"].refusal("x" * 201) == (
        "Ensure this value has at most 200 characters (it has 201)."
    )
