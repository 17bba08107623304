"""Scales that run the other way in a source, and files in which words and scores disagree.

Nothing is turned but where the recipe says so, and what looks turned is told and never changed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from customer_voice.importers import plain_words
from customer_voice.models import MetricDefinition
from customer_voice.rules import Number, RowKind
from tabular.values import parse_numbers

FEWEST_AGAINST = 5  # rows whose words say the opposite of their score
TIMES_MORE = 3  # than rows in which both agree
MOST_NAMED = 5
LONGEST_SAID = 400  # letters; who writes more says several things

_FIGURE = re.compile(r"\s*[-+]?\d")
_TOKEN = re.compile(r"[^\W\d_]+")
_GOOD = (
    "amazing ausgezeichnet awesome begeistert brilliant delighted doskonały eccellente encantado "
    "excelente excellent excellente fantastic fantastico fantastisch fantástico formidable genial "
    "geweldig great génial happy hervorragend love loved ottimo outstanding parfait perfect perfecto "
    "perfekt perfetto ravi rewelacja super superb toll uitstekend wonderful wspaniały świetny"
)
_BAD = (
    "angry awful decepcionado deluso disappointed disappointing déçu enttäuscht fatalny furchtbar "
    "horrible katastrophe mauvais nul okropny orribile pessimo poor pésimo rubbish schlecht "
    "schrecklich slecht teleurgesteld terrible unacceptable unverschämt useless verschrikkelijk worst "
    "zły"
)
_NOT = "isn jamais kein keine ne never nicht nie niet no non not nothing nunca pas t wasn"
GOOD, BAD, NOT = (frozenset(words.split()) for words in (_GOOD, _BAD, _NOT))
GOOD_SIGNS = ("非常好", "很好", "太好了", "优秀", "完美", "很满意", "非常满意", "太棒", "最高", "素晴らしい")
BAD_SIGNS = ("很差", "太差", "糟糕", "差劲", "很失望", "非常失望", "不满意", "最悪", "ひどい")


@dataclass(kw_only=True, slots=True)
class Moods:
    """Rows whose words are clearly good or bad, by where their score lies on the scale."""

    agreeing: int = 0
    against: int = 0
    rows: list[int] = field(default_factory=list)  # the first ones that are against

    @property
    def suggests_reversal(self) -> bool:
        return self.against >= FEWEST_AGAINST and self.against >= TIMES_MORE * self.agreeing

    def add(self, other: "Moods") -> None:
        """What was seen elsewhere of the same metric."""
        self.agreeing += other.agreeing
        self.against += other.against
        self.rows = [*self.rows, *other.rows][:MOST_NAMED]

    def look(
        self,
        metric: MetricDefinition,
        numbers: Sequence[int],
        values: Sequence[Number | None],
        words: Sequence[str],
    ) -> None:
        ends = {value: _end_of(metric, value) for value in set(values) if value is not None}
        for number, value, text in zip(numbers, values, words, strict=True):
            end = ends[value] if text and value is not None else 0
            mood = mood_of(text) if end else 0
            if not mood:
                continue
            if mood == end:
                self.agreeing += 1
                continue
            self.against += 1
            if len(self.rows) < MOST_NAMED:
                self.rows.append(number)

    def as_json(self, metric: MetricDefinition) -> dict[str, Any]:
        return {
            "metric": metric.pk,
            "against": self.against,
            "agreeing": self.agreeing,
            "rows": list(self.rows),
        }


def mood_of(text: str) -> int:
    """1 where words are clearly good, -1 where they are clearly bad, 0 where neither or both, or where
    something is denied.
    """
    if len(text) > LONGEST_SAID:
        return 0
    said = set(_TOKEN.findall(text.casefold()))
    good = bool(said & GOOD) or any(sign in text for sign in GOOD_SIGNS)
    bad = bool(said & BAD) or any(sign in text for sign in BAD_SIGNS)
    if good == bad or said & NOT:
        return 0
    return 1 if good else -1


def _end_of(metric: MetricDefinition, value: Number) -> int:
    """1 in the better third of the scale, -1 in the worse one, 0 between."""
    low, high = metric.scale_low, metric.scale_high
    if low == high:
        return 0
    place = (Decimal(value) - low) / (high - low)
    end = 1 if place * 3 >= 2 else -1 if place * 3 <= 1 else 0
    return end if metric.higher_is_better else -end


def can_be_reversed(metric: MetricDefinition | None) -> bool:
    """Whether its rows are answers on a scale with two ends."""
    if metric is None or metric.calculation.row is not RowKind.ANSWER:
        return False
    return metric.scale_low < metric.scale_high


def turned(
    values: Sequence[Number | None],
    said: Sequence[str],
    metric: MetricDefinition,
    own: Mapping[str, str],
) -> list[Number | None]:
    """Answers of a source whose scale runs the other way, on the scale of the metric: once, on entry.

    Figures are turned; words alone ("very satisfied") and words that somebody gave a figure mean what
    they say."""
    ends = metric.scale_low + metric.scale_high
    return [
        value if value is None or not _FIGURE.match(text) or plain_words(text) in own else ends - value
        for value, text in zip(values, said, strict=True)
    ]


def turned_text(said: str, figures: str, metric: MetricDefinition) -> str:
    """The score of one call on the scale of the metric: `said` as it was sent, read as `figures`. Words mean
    what they say, and what is off the scale is refused as it was sent."""
    if not _FIGURE.match(said):
        return figures
    (value,), _bad = parse_numbers([figures])
    if value is None or metric.calculation.refusal(Decimal(value)) is not None:
        return figures
    return str(metric.scale_low + metric.scale_high - value)


def doubts_of(found: Sequence[tuple[MetricDefinition | None, Moods]]) -> list[dict[str, Any]]:
    """What an import keeps: the metrics in whose rows words and scores disagree."""
    return [
        moods.as_json(metric) for metric, moods in found if metric is not None and moods.suggests_reversal
    ]


def judged(
    plan: Any,
    metric: MetricDefinition,
    numbers: Sequence[int],
    values: list[Number | None],
    said: Sequence[str],
    words: Sequence[str],
) -> list[Number | None]:
    """The answers as they count, turned where the plan says so; whether words and scores agree is noted."""
    found = turned(values, said, metric, plan.words) if plan.is_reversed else values
    if plan.looks_at_moods and can_be_reversed(metric):
        plan.moods.look(metric, numbers, found, words)
    return found
