"""Enumerations and choices in words, as each language sets them."""

import pytest
from django.utils.translation import override

from wording.joining import all_of, bracketed, one_of


@pytest.mark.parametrize(
    ("language", "count", "all_", "one"),
    [
        ("en", 0, "", ""),
        ("en", 1, "A", "A"),
        ("en", 2, "A and B", "A or B"),
        ("en", 3, "A, B and C", "A, B or C"),
        ("zh-hans", 1, "A", "A"),
        ("zh-hans", 2, "A和B", "A或B"),
        ("zh-hans", 3, "A、B和C", "A、B或C"),
    ],
)
def test_parts_are_joined_as_the_language_sets_them(language, count, all_, one):
    names = list("ABC")[:count]
    with override(language):
        assert (all_of(names), one_of(names)) == (all_, one)


@pytest.mark.parametrize(("language", "text"), [("en", "Cost (2026)"), ("zh-hans", "Cost（2026）")])
def test_brackets_are_those_of_the_language(language, text):
    with override(language):
        assert bracketed("Cost", 2026) == text
