"""Whoever holds a credential can seal anything: no single answer keeps a wave from closing."""

import json

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from employee_voice.choices import WaveState
from employee_voice.credentials import contents
from employee_voice.models import Answer, Comment
from tests.factories.employee_voice import closed, opened, people_of

pytestmark = pytest.mark.django_db
TEXT = "change-first"
ANSWERS = {"tools-have": ["4"], "enps": ["9"], TEXT: ["Faster parts."]}
NO_TEXTS = ["a \ud800 b", "\udc00", "\ud83d", "a\0b", "x" * (contents.MOST_CHARACTERS + 1)]
SETTINGS = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def plain(answers, **others):
    return {"version": 1, "answers": answers, "was_fast": False, "was_straight": False, **others}


def spelled(found) -> bytes:
    return json.dumps(found).encode()


any_character = st.characters(codec=None, categories=None) | st.sampled_from(
    "\0\ud800\udfff\ud83d\ufeff\u202e"
)
any_text = st.text(any_character, max_size=30)
any_number = st.integers() | st.floats() | st.sampled_from([10**4000, -(10**4000), 1e308])
any_json = st.recursive(
    st.none() | st.booleans() | any_number | any_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_text, inner, max_size=4),
    max_leaves=12,
)
questions = st.sampled_from(["tools-have", "enps", "changed", TEXT]) | any_text
numbers = st.integers().map(str) | st.sampled_from(["٣", "-0", "4.0", "1e9", "9" * 29, "do_not_know", "NaN"])
typed = st.lists(any_text | numbers, max_size=3)
near_answers = st.builds(plain, st.dictionaries(questions, typed | any_json, max_size=5))
anything = st.one_of(
    near_answers.map(spelled),
    any_json.map(spelled),
    st.builds(plain, any_json, version=any_json, was_fast=any_json, other=any_json).map(spelled),
    st.binary(max_size=200),
)


@pytest.fixture
def wave(ada, tree, monkeypatch):
    monkeypatch.setattr(
        "employee_voice.services.closing.destroy_keys", lambda wave: None
    )  # for many closings
    return opened(ada, {"Care": 6})


@pytest.fixture
def people(wave):
    good, hostile = people_of(wave)[:2]
    good.answer(ANSWERS)
    return hostile, hostile.ask()


@SETTINGS
@given(text=anything)
@example(text=spelled(plain({TEXT: ["a \ud800 b"]})))
@example(text=spelled(plain({"\ud800": ["1"], TEXT: ["fine"]})))
@example(text=spelled(plain({"enps": ["9" * 30], "tools-have": [10**4000]})))
@example(text=b'{"version": 1, "answers": {"enps": [' + b"9" * 9000 + b"]}}")
@example(text=b"[" * 100_000)
@example(text=b'{"version": 1, "answers": ' + b'{"a":' * 40_000)
@example(text=b'{"version": NaN, "answers": {}, "was_fast": false, "was_straight": false}')
@example(text=b"\xed\xa0\x80")
def test_a_wave_closes_whatever_one_person_sealed(ada, wave, people, text):
    hostile, signature = people
    with transaction.atomic():
        hostile.hand_in(signature, hostile.sealed_text(text))
        done = closed(ada, wave)
        answers, comments = Answer.objects.count(), list(Comment.objects.values_list("text", flat=True))
        transaction.set_rollback(True)
    assert done.state == WaveState.CLOSED
    assert answers + done.unreadable == 2
    assert "Faster parts." in comments


@pytest.mark.parametrize("text", NO_TEXTS)
@pytest.mark.parametrize("question", [TEXT, "enps", "nothing"])
def test_an_answer_with_a_text_that_cannot_be_kept_is_unreadable(ada, wave, people, text, question):
    hostile, signature = people
    hostile.hand_in(signature, hostile.sealed_text(spelled(plain({question: [text]}))))
    done = closed(ada, wave)
    assert (done.state, done.unreadable, Answer.objects.count()) == (WaveState.CLOSED, 1, 1)


def test_texts_of_every_script_are_kept(ada, wave, people):
    hostile, signature = people
    text = "更快的零件 😀 قطع أسرع \U0010ffff \ue000"
    hostile.hand_in(signature, hostile.sealed({TEXT: [text]}))
    done = closed(ada, wave)
    assert (done.state, done.unreadable) == (WaveState.CLOSED, 0)
    kept = text.replace("\U0010ffff", "")  # no character, and nothing to see
    assert set(Comment.objects.values_list("text", flat=True)) == {"Faster parts.", kept}
