"""What a customer survey asks, as plain values: made from a metric, then changed question by question.

Every change returns a copy; `survey_content` checks it. No database, no request. The metric question has the
key `score`, its follow-ups `why` or `why-low`, `why-middle`, `why-high`: the words go with the score.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import count
from typing import Any

from customer_voice.choices import Band, FollowUp
from customer_voice.rules import ScoredRule
from customer_voice.survey_texts import metric_words, question_words, ready_made
from questionnaires.content import QuestionKind, Questionnaire
from questionnaires.importers import questionnaire_content
from questionnaires.stored import number_text, plain_questionnaire

SCORE, WHY = "score", "why"
WHYS = (WHY, *(f"{WHY}-{band.value}" for band in Band))
SECTION = "ask"
MOST_MORE = 10
MOST_WHY_CHARACTERS = 2000
THANKS, CONSENT = "thanks", "consent"
WORDS = (THANKS, *(f"{THANKS}-{band.value}" for band in Band), CONSENT)
"""What stands around the questions: thanks for everybody or by score, consent beside the button."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bands:
    """How a scale is parted for words and rules: up to `low`, from `high` on, between them the middle."""

    low: Decimal
    high: Decimal
    step: Decimal

    @property
    def has_middle(self) -> bool:
        return self.high - self.low > self.step

    def present(self) -> tuple[Band, ...]:
        return tuple(Band) if self.has_middle else (Band.LOW, Band.HIGH)

    def of(self, score: Decimal) -> Band:
        if score <= self.low:
            return Band.LOW
        return Band.HIGH if score >= self.high else Band.MIDDLE

    def rule(self, question: str, band: str) -> list[dict[str, Any]]:
        """The conditions under which an answer lies in a band; `low_middle`: below the high ones."""
        below, above = number(self.low + self.step), number(self.high - self.step)
        if band == Band.LOW:
            return [{"question": question, "below": below}]
        if band == Band.HIGH:
            return [{"question": question, "above": above}]
        if band == Band.MIDDLE:
            return [
                {"question": question, "above": number(self.low)},
                {"question": question, "below": number(self.high)},
            ]
        return [{"question": question, "below": number(self.high)}]


def bands_of(rule: ScoredRule) -> Bands:
    """As the metric's own boxes part its scale; where it has none, its middle and its upper quarter."""
    points = [Decimal(point) for point in rule.points]
    step, definition = rule.step, rule.definition
    middle = (points[0] + points[-1]) / 2
    top, bottom = definition.top_box_low, definition.bottom_box_high
    high = Decimal(top) if top is not None else points[0] + (points[-1] - points[0]) * 3 / 4
    low = (
        Decimal(bottom)
        if bottom is not None
        else max([one for one in points if one < middle], default=points[0])
    )
    high = min((one for one in points if one >= high), default=points[-1])
    low = min(low, high - step)
    return Bands(low=low, high=high, step=step)


def number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def survey_content(stored: Any) -> Questionnaire:
    """The content as checked objects, for all who only read them. Raises QuestionnaireInvalid.

    A page for customers needs it twice for an answer, and a survey is asked very often before it changes.
    """
    return _read(json.dumps(stored, ensure_ascii=False))


@lru_cache(maxsize=128)
def _read(stored: str) -> Questionnaire:
    return questionnaire_content(json.loads(stored))


def checked(stored: dict[str, Any]) -> dict[str, Any]:
    """The content as it is kept. Raises QuestionnaireInvalid."""
    return plain_questionnaire(questionnaire_content(stored))


# --- making ---------------------------------------------------------------------------------------------


def new_content(
    *, title: str, metric_key: str, wording: str, rule: ScoredRule, languages: tuple[str, ...], follow_up: str
) -> dict[str, Any]:
    """A survey of one metric question and its follow-up, ready-made words in every language that has them."""
    questions = [{**scale_question(SCORE, metric_key, wording, rule, languages), "required": True}]
    questions += follow_ups(follow_up, bands_of(rule), languages)
    return {
        "key": "survey",
        "version": "1",
        "default_language": languages[0],
        "languages": list(languages),
        "title": {languages[0]: title},
        "sections": [{"key": SECTION, "questions": questions}],
    }


def scale_question(
    key: str, metric_key: str, wording: str, rule: ScoredRule, languages: tuple[str, ...]
) -> dict[str, Any]:
    """The question of a metric: its wording and its scale."""
    text, low, high = metric_words(metric_key, wording, languages=languages)
    points = rule.points
    scale: dict[str, Any] = {"lowest": points[0], "highest": points[-1], "step": rule.step}
    scale = {name: number(Decimal(value)) for name, value in scale.items()}
    if (points[0], points[-1]) == (0, 1) and low and high:
        scale["labels"] = {"0": low, "1": high}
    else:
        scale |= {name: words for name, words in (("low_label", low), ("high_label", high)) if words}
    return {"key": key, "kind": "scale", "text": text, "scale": scale}


def follow_ups(follow_up: str, bands: Bands, languages: tuple[str, ...]) -> list[dict[str, Any]]:
    def asked(key: str, rule: list[dict[str, Any]]) -> dict[str, Any]:
        question: dict[str, Any] = {
            "key": key, "kind": "text", "text": question_words(key, languages) or {languages[0]: "?"},
            "most_characters": MOST_WHY_CHARACTERS, "lines": 4,
        }  # fmt: skip
        return {**question, "show_when": rule} if rule else question

    if follow_up == FollowUp.ONE:
        return [asked(WHY, [])]
    if follow_up == FollowUp.BY_SCORE:
        return [asked(f"{WHY}-{band.value}", bands.rule(SCORE, band)) for band in bands.present()]
    return []


# --- changing -------------------------------------------------------------------------------------------


def questions_of(stored: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [question for section in stored["sections"] for question in section["questions"]]


def with_questions(stored: Mapping[str, Any], questions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    new = deepcopy(dict(stored))
    new["sections"] = [{"key": SECTION, "questions": [dict(question) for question in questions]}]
    return new


def more_questions(stored: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Those beyond the metric question and its follow-ups."""
    return [question for question in questions_of(stored) if question["key"] not in {SCORE, *WHYS}]


def free_key(stored: Mapping[str, Any]) -> str:
    taken = {question["key"] for question in questions_of(stored)}
    return next(f"q-{place}" for place in count(1) if f"q-{place}" not in taken)


def with_question(stored: Mapping[str, Any], question: Mapping[str, Any]) -> dict[str, Any]:
    """A copy with the question in the place of the one with its key, else at the end."""
    questions = questions_of(stored)
    places = [place for place, one in enumerate(questions) if one["key"] == question["key"]]
    if places:
        questions[places[0]] = dict(question)
    else:
        questions.append(dict(question))
    return with_questions(stored, questions)


def without_question(stored: Mapping[str, Any], key: str) -> dict[str, Any]:
    return with_questions(stored, [one for one in questions_of(stored) if one["key"] != key])


def moved(stored: Mapping[str, Any], key: str, *, is_up: bool) -> dict[str, Any]:
    """A copy in which one of the further questions changes places with its neighbor."""
    questions = questions_of(stored)
    more = {one["key"] for one in more_questions(stored)}
    place = next((place for place, one in enumerate(questions) if one["key"] == key), None)
    if place is not None and key in more:
        other = place - 1 if is_up else place + 1
        if 0 <= other < len(questions) and questions[other]["key"] in more:
            questions[place], questions[other] = questions[other], questions[place]
    return with_questions(stored, questions)


def with_languages(stored: Mapping[str, Any], languages: Sequence[str]) -> dict[str, Any]:
    """A copy in these languages, the default one first. Texts of languages that go are dropped; where the
    first language says a ready-made text, a new language says it too.
    """
    new = deepcopy(dict(stored))
    first = stored["default_language"]
    kept = (first, *(code for code in languages if code != first))
    added = tuple(code for code in kept if code not in stored["languages"])
    new["languages"] = list(kept)
    for _place, holder, name in _texts(new):
        text = {code: words for code, words in holder.get(name, {}).items() if code in kept}
        holder[name] = {**ready_made(text.get(first, ""), first, added), **text}
        if not holder[name]:
            del holder[name]
    return new


def with_texts(stored: Mapping[str, Any], texts: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """A copy with other words: `texts` by place and language. An empty text takes a translation out."""
    new = deepcopy(dict(stored))
    for place, holder, name in _texts(new):
        if place in texts:
            kept = {**holder.get(name, {}), **texts[place]}
            holder[name] = {code: text.strip() for code, text in kept.items() if text.strip()}
            is_needed = name in {"text", "label", "title"} or ".step." in place
            if not holder[name] and not is_needed:
                del holder[name]
    return new


def text_places(stored: Mapping[str, Any]) -> list[tuple[str, Mapping[str, str]]]:
    """(place, text by language) of every text that can be worded, in the order of the survey."""
    return [(place, holder.get(name, {})) for place, holder, name in _texts(deepcopy(dict(stored)))]


def _texts(stored: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], str]]:
    yield "title", stored, "title"
    yield "intro", stored, "intro"
    for question in questions_of(stored):
        key = question["key"]
        yield f"{key}.text", question, "text"
        yield f"{key}.help", question, "help"
        scale = question.get("scale")
        if scale is not None:
            if not scale.get("labels"):
                yield f"{key}.low", scale, "low_label"
                yield f"{key}.high", scale, "high_label"
            for value in list(scale.get("labels", {})):
                yield f"{key}.step.{value}", scale["labels"], value
        for choice in question.get("choices", []):
            yield f"{key}.choice.{choice['key']}", choice, "label"


# --- rules ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleOption:
    """One rule that a question can hang on: `question` is the earlier one, `value` a band or a choice."""

    question: str
    value: str
    text: str  # of the earlier question, in the survey's first language
    label: str  # what has to be answered: a choice, or the numbers

    @property
    def key(self) -> str:
        return f"{self.question}:{self.value}"


def rule_options(
    stored: Mapping[str, Any], bands: Mapping[str, Bands], *, before: str = ""
) -> list[RuleOption]:
    """The rules on offer for a question: bands of scores and choices of the questions `before` it."""
    language, found = stored["default_language"], []
    for question in questions_of(stored):
        if question["key"] == before:
            break
        text = question["text"].get(language, "")
        if question["kind"] == QuestionKind.SCALE and question["key"] in bands:
            for name, label in band_labels(question["scale"], bands[question["key"]]):
                found.append(RuleOption(question=question["key"], value=name, text=text, label=label))
        for choice in question.get("choices", []):
            label = choice["label"].get(language, "")
            found.append(RuleOption(question=question["key"], value=choice["key"], text=text, label=label))
    return found


def band_labels(scale: Mapping[str, Any], bands: Bands) -> list[tuple[str, str]]:
    """(name, "0–6") of each band, and of the lower ones together."""
    low, high, step = bands.low, bands.high, bands.step
    lowest, highest = Decimal(str(scale["lowest"])), Decimal(str(scale["highest"]))
    ends = {Band.LOW: (lowest, low), Band.MIDDLE: (low + step, high - step), Band.HIGH: (high, highest)}
    found = [(band.value, _span(*ends[band])) for band in bands.present()]
    if bands.has_middle:
        found.append(("low_middle", _span(lowest, high - step)))
    return found


def _span(low: Decimal, high: Decimal) -> str:
    return number_text(low) if low == high else f"{number_text(low)}–{number_text(high)}"


def rule_from(option: str, bands: Mapping[str, Bands]) -> list[dict[str, Any]]:
    """The conditions that an option stands for; none for no option."""
    question, _colon, value = option.partition(":")
    if not option:
        return []
    return (
        bands[question].rule(question, value)
        if question in bands
        else [{"question": question, "equals": value}]
    )


def option_of(question: Mapping[str, Any], options: Sequence[RuleOption], bands: Mapping[str, Bands]) -> str:
    """Which of the options a question's rule is; empty where it has none."""
    rule = question.get("show_when", [])
    return next((one.key for one in options if rule_from(one.key, bands) == rule), "")
