"""What passes by the fields of an item is what they would have passed, and as they would have passed it."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from rest_framework import serializers

from customer_voice.api.plain_items import plain_answer, plain_item
from customer_voice.api.serializers import FeedbackCreate, FeedbackItem

TEXTS = st.one_of(
    st.sampled_from(
        ["a", "web", "2026-03-14", " a", "a ", "", "x" * 40, "x" * 41, "x" * 61, "x" * 121, "a\nb"]
    ),
    st.text(max_size=6),
)
VALUES = st.one_of(TEXTS, st.integers(-(10**8), 10**8), st.none(), st.booleans(), st.floats(0, 10))
NAMES = [
    "external_id", "touchpoint", "occurred_at", "score", "text", "customer", "account", "segment", "channel",
    "exposure", "resolved_at", "reopened_count", "unknown",
]  # fmt: skip
SCORES = st.one_of(VALUES, st.sampled_from(["9", "-3", "1234567", "٣", "9.5", "+9", "0"]))


def by_fields(data: object) -> dict[str, object] | None:
    item = FeedbackItem()
    try:
        return dict(serializers.Serializer.run_validation(item, data))
    except serializers.ValidationError:
        return None


@given(
    needed=st.fixed_dictionaries(
        {"external_id": TEXTS, "touchpoint": TEXTS, "occurred_at": TEXTS}, optional={"score": SCORES}
    ),
    more=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=4),
)
def test_what_is_plain_is_what_the_fields_give(needed, more):
    data = {**needed, **more}
    plain = plain_item(data)
    if plain is None:
        return
    expected = by_fields(data)
    assert expected is not None
    ours, theirs = plain.pop("score", None), expected.pop("score", None)
    assert plain == expected
    assert (ours is None) == (theirs is None)
    assert ours is None or Decimal(ours) == Decimal(str(theirs))


def test_the_usual_item_is_plain_and_an_unusual_one_is_not():
    usual = {
        "external_id": "1",
        "touchpoint": "web",
        "occurred_at": "2026-03-14",
        "score": 9,
        "text": "Ça va ?",
    }
    assert plain_item(usual) == {**usual, "score": "9"}
    for name, value in [
        ("score", True),
        ("score", 9.5),
        ("text", "x" * 20_001),
        ("unknown", "x"),
        ("customer", 1),
    ]:
        assert plain_item({**usual, name: value}) is None
    assert plain_item({"external_id": "1", "touchpoint": "web"}) is None
    assert plain_item(["external_id"]) is None


@given(
    needed=st.fixed_dictionaries({"external_id": TEXTS, "touchpoint": TEXTS, "occurred_at": TEXTS}),
    more=st.dictionaries(st.sampled_from(["score", "text", "segment", "waits"]), VALUES, max_size=2),
    named=st.dictionaries(
        st.sampled_from(["metric", "source"]),
        st.one_of(VALUES, st.sampled_from(["nps", "nps 2", "höhe", "a_b-C9", "x" * 60, "x" * 61])),
    ),
    options=st.dictionaries(st.sampled_from(["replaces_known", "is_reversed"]), st.booleans(), max_size=1),
)
def test_a_plain_answer_is_what_the_fields_of_one_give(needed, more, named, options):
    data = {**needed, **more, **named, **options}
    plain = plain_answer(data)
    if plain is None:
        return
    sent = FeedbackCreate(data=data)
    assert sent.is_valid(), sent.errors
    expected = dict(sent.validated_data)
    ours, theirs = plain.pop("score", None), expected.pop("score", None)
    assert plain == expected
    assert (ours is None) == (theirs is None)
    assert ours is None or Decimal(ours) == Decimal(str(theirs))


def test_the_usual_answer_is_plain_and_one_with_options_is_not():
    usual = {
        "external_id": "1",
        "touchpoint": "web",
        "occurred_at": "2026-03-14",
        "metric": "nps",
        "score": 9,
    }
    given = {**usual, "score": "9", "source": "api", "replaces_known": False, "is_reversed": False}
    assert plain_answer(usual) == given
    assert plain_answer({**usual, "source": "shop"}) == {**given, "source": "shop"}
    for more in (
        {"replaces_known": True},
        {"metric": ""},
        {"metric": "a b"},
        {"source": " "},
        {"unknown": "x"},
    ):
        assert plain_answer({**usual, **more}) is None
