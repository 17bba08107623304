"""Framework files: what is read, and how refusals name the place and what is expected there."""

from contextlib import suppress
from copy import deepcopy

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.content import localized
from assessments.errors import FrameworkInvalid
from assessments.importers import (
    builtin_files,
    canonical_content,
    framework_content,
    read_yaml,
)
from questionnaires.loading import MOST_CHARACTERS
from tests.factories.assessments import small_framework


def _problems(content) -> dict[str, str]:
    with pytest.raises(FrameworkInvalid) as caught:
        framework_content(content)
    return dict(caught.value.problems)


@pytest.mark.parametrize(("key", "version", "file"), list(builtin_files()), ids=lambda value: str(value))
def test_builtin_frameworks_are_valid_named_after_their_content_and_complete_in_both_languages(
    key, version, file
):
    framework = framework_content(read_yaml(file.read_text(encoding="utf-8")))

    assert (framework.key, framework.version) == (key, version)
    assert len(framework.practices) == {"quick": 12, "full": 30}[framework.kind]
    for practice in framework.practices:
        assert len(practice.levels) == 5
        for text in (practice.title, practice.question, practice.evidence, *practice.levels):
            assert set(text) == {"en", "zh-hans"}


def test_content_survives_its_way_through_yaml_and_the_stored_form():
    content = small_framework()

    from_file = framework_content(read_yaml(yaml.safe_dump(content, allow_unicode=True)))
    from_store = framework_content(canonical_content(content))

    assert from_file == from_store == framework_content(content)


def _changed(path, value):
    content = small_framework()
    place = content
    for step in path[:-1]:
        place = place[step]
    if value is KeyError:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return content


PRACTICE = ("dimensions", 0, "practices", 0)


@pytest.mark.parametrize(
    ("path", "value", "named", "expected"),
    [
        (("key",), "Big Letters", "key", "lower-case"),
        (("version",), 1.0, "version", "quotes"),
        (("kind",), "huge", "kind", "full, quick"),
        (("name",), KeyError, "name", "missing"),
        (("name",), "plain", "name", "by language"),
        (("name",), {"zh-hans": "名"}, "name.en", "English"),
        (("name",), {"en": "  "}, "name.en", "a text"),
        (("name",), {"en": "Name", "not a code!": "x"}, "name.not a code!", "language code"),
        (("surprise",), 1, "surprise", "one of"),
        (("levels", 5), KeyError, "levels.5", "missing"),
        (("levels", 6), {"en": "six"}, "levels.6", "1 to 5"),
        (("bands", 1, "low"), 1.7, "bands[1].low", "band before"),
        (("bands", 0, "key"), "band_2", "bands[1].key", "twice"),
        (("bands", 4, "high"), 5.0, "bands", "cover 1 to 5"),
        (("dimensions",), [], "dimensions", "at least 1"),
        (("dimensions",), {}, "dimensions", "a list"),
        (("dimensions", 0, "weight"), float("nan"), "dimensions[0].weight", "a number from 0"),
        (("dimensions", 0, "weight"), True, "dimensions[0].weight", "a number from 0"),
        (("dimensions", 1, "key"), "listen", "dimensions[1].key", "twice"),
        ((*PRACTICE, "key"), "answer", "dimensions[0].practices[1].key", "twice"),
        ((*PRACTICE, "feasibility"), 1.2, "dimensions[0].practices[0].feasibility", "from 0 to 1"),
        ((*PRACTICE, "weight"), -1, "dimensions[0].practices[0].weight", "from 0"),
        ((*PRACTICE, "levels", 3), KeyError, "dimensions[0].practices[0].levels.3", "missing"),
        ((*PRACTICE, "next_steps", 2), {}, "dimensions[0].practices[0].next_steps.2.title", "missing"),
        (
            ("dimensions", 1, "practices", 0, "prerequisites", 0, "practice"),
            "nowhere",
            "dimensions[1].practices[0].prerequisites[0].practice",
            "another practice",
        ),
        (
            ("dimensions", 1, "practices", 0, "prerequisites", 0, "level"),
            9,
            "dimensions[1].practices[0].prerequisites[0].level",
            "whole number",
        ),
        (
            ("mappings",),
            [{"version": "0.9", "practices": {"gone": "ask"}}],
            "mappings[0].practices.gone",
            "a practice",
        ),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else None,
)
def test_a_bad_value_is_refused_with_its_path_and_what_is_expected(path, value, named, expected):
    problems = _problems(_changed(path, value))

    assert named in problems
    assert expected in problems[named]


def test_all_problems_are_named_at_once_and_the_message_shows_the_first_five():
    content = small_framework(kind="huge", version=2)
    for practice in content["dimensions"][0]["practices"]:
        practice["weight"] = -1
        practice["feasibility"] = "easy"

    with pytest.raises(FrameworkInvalid) as caught:
        framework_content(content)

    assert len(caught.value.problems) == 6
    assert "and 1 more" in str(caught.value.message)


def test_weights_may_be_zero_but_not_all_of_them():
    fine = small_framework()
    fine["dimensions"][0]["practices"][1]["weight"] = 0
    framework_content(fine)
    for practice in fine["dimensions"][0]["practices"]:
        practice["weight"] = 0

    assert "above 0" in _problems(fine)["dimensions[0].practices"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("key: a\nkey: b\n", "line 2, column 1"),
        ("a: &x [1]\nb: *x\n", "line 2, column 4"),
        ("a: [1\n", "line 2"),
        ("a: !!python/object/apply:os.system [ls]\n", "line 1"),
        ("a: \x00", "file"),
    ],
)
def test_yaml_that_repeats_refers_or_breaks_is_refused_with_its_line(text, named):
    with pytest.raises(FrameworkInvalid) as caught:
        read_yaml(text)
    assert caught.value.problems[0][0].startswith(named)


def test_a_file_that_is_too_long_is_not_even_parsed():
    with pytest.raises(FrameworkInvalid):
        read_yaml("#" * (MOST_CHARACTERS + 1))


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@given(junk=JUNK)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_junk_is_refused_in_words_and_never_crashes(junk):
    assert _problems(junk)


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_junk_in_any_one_place_is_read_or_refused_and_never_crashes(data):
    content = deepcopy(small_framework())
    place = content
    while True:
        steps = list(place) if isinstance(place, dict) else list(range(len(place)))
        step = data.draw(st.sampled_from(steps))
        if isinstance(place[step], (dict, list)) and place[step] and data.draw(st.booleans()):
            place = place[step]
            continue
        place[step] = data.draw(JUNK)
        break
    with suppress(FrameworkInvalid):
        assert framework_content(content).practices


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "one"), ("zh-hans", "一"), ("zh-cn", "一"), ("en-us", "one"), ("de", "one"), (None, "one")],
)
def test_a_text_falls_back_to_english(language, expected):
    assert localized({"en": "one", "zh-hans": "一"}, language) == expected


def test_the_next_step_starts_from_the_level_reached():
    practice = framework_content(small_framework()).practice("ask")

    assert [practice.next_step(level).title["en"] for level in (1.0, 2.6, 4.9, 5.0)] == [
        "Step 1 of ask",
        "Step 2 of ask",
        "Step 4 of ask",
        "Step 4 of ask",
    ]


@pytest.mark.parametrize(
    "value",
    [
        ":".join(["1"] * 300_000),  # counting to base 60 would take minutes
        "1:30:00",
        "1:" * 400 + "1.5",
        "0x" + "f" * 4000,
        "9" * 5000,
        "!!int many",
        "!!float ''",
        "!!bool perhaps",
        ".inf",
        "-.inf",
        ".nan",
        "1.5e+999",
        "!!timestamp soon",
        "2001-99-99",
        '"\\0"',
        '"\\ud800"',
        "{" * 5000,
    ],
)
def test_a_value_that_yaml_cannot_hold_is_refused_in_no_time(value):
    with pytest.raises(FrameworkInvalid):
        read_yaml(f"key: {value}\n")


def test_numbers_of_every_usual_form_are_read():
    assert read_yaml("{a: 1, b: 2.5, c: -3, d: 1e3, e: 0x1f, f: .5}") == {
        "a": 1, "b": 2.5, "c": -3, "d": "1e3", "e": 31, "f": 0.5
    }  # fmt: skip
