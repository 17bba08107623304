"""How long an assessment is said to take: one figure, wherever it stands."""

from pathlib import Path

import pytest
import yaml

import assessments
from assessments.content import minutes_to_answer

FOLDER = Path(assessments.__file__).parent / "frameworks"


def content(*levels: str, practices: int = 1, language: str = "en"):
    practice = {"question": {language: ""}, "levels": {n: {language: text} for n, text in enumerate(levels)}}
    return {"dimensions": [{"practices": [practice] * practices}]}


def test_the_quick_check_takes_the_five_minutes_that_it_promises():
    """About 1,000 words at 240 a minute, and twelve choices of five seconds: 4.2 and 1."""
    quick = yaml.safe_load((FOLDER / "quick-check-1.0.yaml").read_text(encoding="utf-8"))
    assert minutes_to_answer(quick) == 5
    assert "in five minutes" in quick["summary"]["en"]


def test_the_whole_framework_takes_longer():
    """About 4,840 words and thirty choices: 20.2 and 2.5."""
    whole = yaml.safe_load((FOLDER / "cx-maturity-1.0.yaml").read_text(encoding="utf-8"))
    assert minutes_to_answer(whole) == 23


@pytest.mark.parametrize(
    ("words", "practices", "minutes"),
    [(0, 1, 2), (240, 12, 13), (480, 12, 25), (120, 6, 4)],  # words for each practice
)
def test_reading_and_choosing_add_up(words, practices, minutes):
    assert minutes_to_answer(content("word " * words, practices=practices)) == minutes


def test_a_chinese_text_is_read_by_its_characters():
    assert minutes_to_answer(content("字" * 360, practices=10, language="zh-hans")) == 11


def test_the_longer_of_two_languages_counts_and_not_both():
    both = {"en": "word " * 240, "fr": "mot " * 480}
    practice = {"question": {"en": "", "fr": ""}, "levels": {1: both}}
    assert minutes_to_answer({"dimensions": [{"practices": [practice] * 3}]}) == 6
