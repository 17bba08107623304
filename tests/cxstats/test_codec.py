"""Frozen values become plain values, one text and one digest, and come back; stored ones keep theirs."""

import json
import math
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxstats.codec import (
    amount_text,
    canonical_text,
    decoded,
    digest_of,
    encoded,
    is_alike,
    marked,
    seed_of,
    version_of,
)
from cxstats.design import Diagnostic, EvaluationDesign, Finding, Light, MetricPanel, PanelCell
from cxstats.evaluate import Thresholds
from cxstats.roi import RoiCase, RoiResult
from tests.golden import STORED

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


class Color(Enum):
    RED = "red"


@dataclass(frozen=True, kw_only=True)
class Everything:
    day: date
    moment: datetime
    amount: Decimal
    color: Color
    share: float
    limit: float
    count: int
    is_known: bool
    name: str
    pairs: tuple[tuple[str, int], ...]
    either: float | str | None
    absent: date | None = None


ALL = Everything(
    day=date(2026, 3, 1),
    moment=datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
    amount=Decimal("10.50"),
    color=Color.RED,
    share=0.1,
    limit=-math.inf,
    count=3,
    is_known=True,
    name="Straße",
    pairs=(("a", 1), ("b", 2)),
    either="care",
)


def test_every_kind_of_value_has_one_written_form():
    assert canonical_text(encoded(ALL)) == (
        '{"absent":null,"amount":"10.50","color":"red","count":3,"day":"2026-03-01","either":"care",'
        '"is_known":true,"limit":"-Infinity","moment":"2026-03-01T09:30:00+00:00","name":"Straße",'
        '"pairs":[["a",1],["b",2]],"share":0.1}'
    )


def test_every_kind_of_value_comes_back():
    assert decoded(Everything, json.loads(canonical_text(encoded(ALL)))) == ALL


def test_what_has_no_fixed_form_is_not_stored():
    with pytest.raises(TypeError, match="set has no place"):
        encoded({1, 2})
    with pytest.raises(TypeError, match="has no place"):
        decoded(set, [1])


def test_negative_zero_has_one_written_form():
    assert json.dumps(encoded(-0.0)) == "0.0"


def test_field_that_an_older_result_lacks_keeps_its_default():
    content = encoded(Thresholds())
    content.pop("power")
    assert decoded(Thresholds, content) == Thresholds()


def test_result_without_a_needed_field_is_an_error_and_not_a_guess():
    content = encoded(Diagnostic(key="overlap", light=Light.GREEN))
    content.pop("key")
    with pytest.raises(KeyError):
        decoded(Diagnostic, content)


def test_an_amount_typed_and_the_same_one_read_back_have_one_text():
    assert amount_text(8, places=2) == amount_text(Decimal("8.0"), places=2) == "8.00"


@given(st.dictionaries(st.text(), values))
def test_order_of_keys_does_not_matter(content):
    assert canonical_text(content) == canonical_text(dict(reversed(content.items())))


def test_a_changed_letter_changes_the_digest():
    assert digest_of({"a": "b"}, version=1) != digest_of({"a": "c"}, version=1)


def test_dates_and_amounts_have_one_form():
    assert (
        canonical_text({"day": date(2026, 3, 1), "cost": Decimal("10.50")})
        == '{"cost":"10.50","day":"2026-03-01"}'
    )


def test_what_is_not_a_number_is_refused():
    with pytest.raises(ValueError, match="JSON"):
        canonical_text({"a": float("nan")})


def test_content_says_its_version_from_the_second_on():
    assert marked({"a": 1}, version=1) == {"a": 1}
    assert marked({"a": 1}, version=2) == {"content_version": 2, "a": 1}
    assert (version_of({"a": 1}), version_of({"content_version": 2}), version_of([1])) == (1, 2, 1)


def test_no_digest_is_made_of_content_of_another_version_than_stated():
    digest_of({"content_version": 2}, version=2)
    with pytest.raises(ValueError, match="version 1 is not of version 2"):
        digest_of({"a": 1}, version=2)
    with pytest.raises(ValueError, match="version 2 is not of version 1"):
        digest_of({"content_version": 2}, version=1)


# --- what a database of before holds ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "place", "digest"),
    [
        ("revisions", 0, "cd9fd2caf06cced4a802430a92cc44d4ba29d3e183299b58fa92c46736fd709d"),
        ("revisions", 1, "3ce431b09fb243afb3acacafe0e6096371e8a4931a8fa2c47669e197445ea54d"),
        ("revisions", 2, "279a5cb717b205c61fc3d120af05d189658090b68f74e5ef88b119f91226aa99"),
        ("revisions", 3, "fb2c94be1694dc47594e6c073c47cdd457054610bc1a5c2a81ecf6f35e11540c"),
        ("revisions", 4, "c62b925f4eecebb640bce372ab490e36d43e96afee7cee495a29cd436aa20e69"),
        ("plans", 0, "6cdb9d015a36aefbaf0e57917bd30f369991be98dee4356efdae9fc0f4d47b56"),
        ("plans", 1, "5bf3a07e94f02a5f571acdc65a38a83cbf6d86f7def30ac01a25a10bada97a37"),
        ("plans", 2, "bddeb1c6929f5922365cd555e1b4092704e891a0d49f0b4496b988c3df16ddb0"),
    ],
)
def test_what_was_voted_on_keeps_its_digest(kind, place, digest):
    assert digest_of(STORED[kind][place]["content"], version=1) == digest


def test_inputs_of_a_study_and_a_value_keep_their_digests_and_seeds():
    study, case = STORED["study"]["inputs"], STORED["case"]["inputs"]
    assert digest_of(study, version=1) == "9bbeb863d2e2e109e70681281eea41d6eef8b15c35805c9dff89d3b80416f31a"
    assert digest_of(case, version=1) == "5929e632fba3da2225597c5fb00d14383fe316bb7cd94dcacded81d0b3b4be60"
    computed_from = [study["plan_digest"], study["design"], study["panel"]]
    assert seed_of(digest_of(computed_from, version=1)) == 519332038855048335


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (EvaluationDesign, STORED["study"]["inputs"]["design"]),
        (MetricPanel, STORED["study"]["inputs"]["panel"]),
        (Thresholds, STORED["study"]["inputs"]["thresholds"]),
        (Finding, STORED["study"]["finding"]),
        (RoiCase, STORED["case"]["inputs"]["case"]),
        (RoiResult, STORED["case"]["result"]["roi"]),
    ],
)
def test_what_was_stored_is_read_and_written_again_letter_by_letter(kind, content):
    assert canonical_text(encoded(decoded(kind, content))) == canonical_text(content)


@given(values)
def test_whatever_is_stored_is_like_itself(value):
    assert is_alike(value, json.loads(json.dumps(value)))


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        ({"a": [0.1 + 0.2]}, {"a": [0.3]}, True),
        (1e15 + 1.0, 1e15, True),
        (3.0, 3, True),
        (0.0, 1e-13, True),
        (0.3, 0.3 + 1e-8, False),
        (1e-9, 2e-9, False),
        (10**15, 10**15 + 1, False),
        (1, True, False),
        (0.0, False, False),
        (None, 0.0, False),
        ("1.0", 1.0, False),
        ("NaN", "NaN", True),
        ([1.0], [1.0, 1.0], False),
        ({"a": 1.0}, {"b": 1.0}, False),
        ({"a": 1.0}, [1.0], False),
    ],
)
def test_figures_are_alike_but_for_rounding_and_all_else_exactly(first, second, alike):
    assert is_alike(first, second) is alike
    assert is_alike(second, first) is alike


@pytest.mark.parametrize(("exposure", "written"), [(0.0, False), (2.0, True)])
def test_a_field_that_was_added_later_is_written_where_it_says_something(exposure, written):
    cell = PanelCell(unit="a", period=date(2026, 3, 1), value=1.0, n=2, variance=1.0, exposure=exposure)
    content = encoded(cell)
    assert ("exposure" in content) is written
    assert decoded(PanelCell, content) == cell
