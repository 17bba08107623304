from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.digests import canonical_json, digest_of

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.dictionaries(st.text(), values))
def test_order_of_keys_does_not_matter(content):
    assert digest_of(content) == digest_of(dict(reversed(content.items())))


def test_a_changed_letter_changes_the_digest():
    assert digest_of({"a": "b"}) != digest_of({"a": "c"})


def test_dates_and_amounts_have_one_form():
    assert (
        canonical_json({"day": date(2026, 3, 1), "cost": Decimal("10.50")})
        == '{"cost":"10.50","day":"2026-03-01"}'
    )


def test_what_is_not_a_number_is_refused():
    with pytest.raises(ValueError, match="JSON"):
        canonical_json({"a": float("nan")})
