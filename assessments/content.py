"""What a maturity framework says, as frozen objects. Pure data: no database, no request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessments.choices import LEVELS
from questionnaires.wording import Text, said_in
from wording.joining import as_chinese_is_set

FALLBACK_LANGUAGE = "en"
_WORDS_A_MINUTE = 240  # silent reading of non-fiction: Brysbaert 2019, Journal of Memory and Language 109
_SECONDS_TO_CHOOSE = 5  # a practice, once it was read


def localized(text: Text, language: str | None) -> str:
    """The text in `language`, else what stands in for it, English where nothing is nearer."""
    said = said_in(text, language or FALLBACK_LANGUAGE, default=FALLBACK_LANGUAGE)
    return as_chinese_is_set(said.text) if said.language.startswith("zh") else said.text


def minutes_to_answer(content: Mapping[str, Any]) -> int:
    """How long one person answers a framework as it is stored, at least 2: reading and choosing.

    Question and levels of a practice are read, each in the language in which it is longest.
    """
    practices = [practice for dimension in content["dimensions"] for practice in dimension["practices"]]
    texts = [text for one in practices for text in (one["question"], *one["levels"].values())]
    words = sum(max(map(_words, text.values()), default=0.0) for text in texts)
    return max(2, round(words / _WORDS_A_MINUTE + len(practices) * _SECONDS_TO_CHOOSE / 60))


def _words(text: str) -> float:
    """Words between blanks; of a text without blanks, one for a character and a half."""
    return max(len(text.split()), sum("\u4e00" <= letter <= "\u9fff" for letter in text) / 1.5)


@dataclass(frozen=True, kw_only=True, slots=True)
class NextStep:
    """What to do next from a level; becomes the draft of an initiative."""

    title: Text
    description: Text


@dataclass(frozen=True, kw_only=True, slots=True)
class PrerequisiteRule:
    """The practice cannot truly stand at `level` unless `practice` stands at `requires_level`."""

    level: int
    practice: str
    requires_level: int
    reason: Text


@dataclass(frozen=True, kw_only=True, slots=True)
class Practice:
    """One practice. `levels[0]` describes level 1; `next_steps` are keyed by the level they start from."""

    key: str
    title: Text
    question: Text
    levels: tuple[Text, ...]
    evidence: Text
    next_steps: Mapping[int, NextStep]
    weight: float
    feasibility: float
    prerequisites: tuple[PrerequisiteRule, ...]

    def next_step(self, level: float) -> NextStep | None:
        """The step from this level (a mean is taken at its whole part), or the nearest one below it."""
        start = min(int(level + 1e-9), LEVELS[-1])
        for number in range(start, 0, -1):
            if number in self.next_steps:
                return self.next_steps[number]
        return next(iter(self.next_steps.values()), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Dimension:
    key: str
    name: Text
    why: Text
    weight: float
    practices: tuple[Practice, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LevelBand:
    """Half-open: low <= level < high."""

    key: str
    low: float
    high: float
    name: Text


@dataclass(frozen=True, kw_only=True, slots=True)
class Perspective:
    key: str
    name: Text


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionMapping:
    """Which practices of an earlier version mean the same: (key here, key there)."""

    version: str
    practices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Framework:
    """One version of a framework, in the order in which it is shown."""

    key: str
    version: str
    kind: str
    license: str
    name: Text
    summary: Text
    levels: tuple[Text, ...]
    bands: tuple[LevelBand, ...]
    perspectives: tuple[Perspective, ...]
    dimensions: tuple[Dimension, ...]
    mappings: tuple[VersionMapping, ...]

    @property
    def practices(self) -> tuple[Practice, ...]:
        return tuple(practice for dimension in self.dimensions for practice in dimension.practices)

    def practice(self, key: str) -> Practice:
        """The practice named `key`; KeyError if there is none."""
        for practice in self.practices:
            if practice.key == key:
                return practice
        raise KeyError(key)

    def dimension(self, key: str) -> Dimension:
        """The dimension named `key`; KeyError if there is none."""
        for dimension in self.dimensions:
            if dimension.key == key:
                return dimension
        raise KeyError(key)

    def dimension_of(self, practice: str) -> Dimension:
        """The dimension that holds the practice; KeyError if there is none."""
        for dimension in self.dimensions:
            if any(item.key == practice for item in dimension.practices):
                return dimension
        raise KeyError(practice)

    def band(self, key: str | None) -> LevelBand | None:
        return next((band for band in self.bands if band.key == key), None)

    def perspective_name(self, key: str) -> Text:
        return next((item.name for item in self.perspectives if item.key == key), {})
