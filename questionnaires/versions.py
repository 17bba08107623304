"""What changed between two versions of a questionnaire, and whether answers before and after still go
together.

Pure. Spelling and translations may be corrected in a published version: its answers stay one series. A
change of meaning needs a new version. Between the two lies other wording, on which only a person can judge.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from itertools import zip_longest

from questionnaires.content import Choice, Question, QuestionKind, Questionnaire, Scale, Section
from questionnaires.stored import number_text, rule_text
from questionnaires.wording import Text

LEAST_LETTERS = 5
"""A shorter word may be another word after one letter: now and not, can and ran."""

_WORD = re.compile(r"\w+")
_SPACELESS = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")


class Effect(IntEnum):
    """What a change does to answers that are there; the greatest of all changes decides."""

    CORRECTION = 1  # allowed in a published version
    JUDGMENT = 2  # a person says whether it means the same
    NEW_MEANING = 3  # never in a published version: copy it and change the copy


class ChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    CHANGED = "changed"
    SPELLING = "spelling"
    REWORDED = "reworded"
    SWAPPED = "swapped"  # it now says what another one said
    TRANSLATED = "translated"


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """`place` names things by their keys ("nps.scale.highest"), `before` and `after` as they read."""

    place: str
    kind: ChangeKind
    effect: Effect
    before: str = ""
    after: str = ""


def compare(before: Questionnaire, after: Questionnaire) -> tuple[Change, ...]:
    """Everything that differs, in the order of the later version. ValueError: two different questionnaires.

    The version itself is not compared: that it must be another one is what the effects say.
    """
    if before.key != after.key:
        raise ValueError(f"{before.key} and {after.key} are two questionnaires, not two versions")
    return tuple(_changes(before, after))


def effect_of(changes: Sequence[Change]) -> Effect | None:
    """The greatest effect; None when nothing changed."""
    return max((change.effect for change in changes), default=None)


def _changes(before: Questionnaire, after: Questionnaire) -> Iterator[Change]:
    language = after.default_language
    if before.default_language != language:
        yield _changed("default_language", before.default_language, language, Effect.JUDGMENT)
    for code in after.languages:
        if code not in before.languages:
            yield Change(place=code, kind=ChangeKind.ADDED, effect=Effect.CORRECTION, after=code)
    for code in before.languages:
        if code not in after.languages:
            yield Change(place=code, kind=ChangeKind.REMOVED, effect=Effect.CORRECTION, before=code)
    yield from _text("title", before.title, after.title, language)
    yield from _text("intro", before.intro, after.intro, language)
    old_phrases, new_phrases = dict(before.phrases), dict(after.phrases)
    for name in sorted({*old_phrases, *new_phrases}):
        yield from _text(f"phrases.{name}", old_phrases.get(name, {}), new_phrases.get(name, {}), language)
    yield from _sections(before, after, language)
    old = {question.key: question for question in before.questions}
    new = {question.key: question for question in after.questions}
    yield from _order([*old], [*new], "")
    for key, question in new.items():
        if key in old:
            yield from _question(old[key], question, language)


def _sections(before: Questionnaire, after: Questionnaire, language: str) -> Iterator[Change]:
    """Which questions stand together is part of how they are understood."""
    old, new = ({section.key: section for section in one.sections} for one in (before, after))
    yield from _order([*old], [*new], "section ")
    for key, section in new.items():
        earlier = old.get(key, Section(key=key, questions=()))
        yield from _text(f"section {key}.title", earlier.title, section.title, language)
        yield from _text(f"section {key}.intro", earlier.intro, section.intro, language)
    asked = {question.key for question in before.questions}
    for question in after.questions:
        if question.key not in asked:
            continue
        there, here = (one.section_of(question.key).key for one in (before, after))
        if there != here:
            yield Change(
                place=question.key,
                kind=ChangeKind.MOVED,
                effect=Effect.NEW_MEANING,
                before=there,
                after=here,
            )


def _order(before: list[str], after: list[str], prefix: str) -> Iterator[Change]:
    """What came, what went, and whether what stayed stands in another order."""
    for key in after:
        if key not in before:
            yield Change(place=prefix + key, kind=ChangeKind.ADDED, effect=Effect.NEW_MEANING, after=key)
    for key in before:
        if key not in after:
            yield Change(place=prefix + key, kind=ChangeKind.REMOVED, effect=Effect.NEW_MEANING, before=key)
    was, is_now = [key for key in before if key in after], [key for key in after if key in before]
    for old, new in zip(was, is_now, strict=True):
        if old != new:
            yield Change(
                place=prefix + new,
                kind=ChangeKind.MOVED,
                effect=Effect.NEW_MEANING,
                before=", ".join(was),
                after=", ".join(is_now),
            )
            return


def _question(before: Question, after: Question, language: str) -> Iterator[Change]:
    path = after.key
    yield from _text(f"{path}.text", before.text, after.text, language)
    yield from _text(f"{path}.help", before.help, after.help, language)
    if before.kind != after.kind:
        yield _changed(f"{path}.kind", before.kind, after.kind)
        return
    for name in (
        "is_required", "is_reverse", "allows_not_applicable", "allows_do_not_know", "least", "most"
    ):  # fmt: skip
        yield from _value(path, before, after, name)
    if before.show_when != after.show_when:
        yield _changed(f"{path}.show_when", rule_text(before.show_when), rule_text(after.show_when))
    if after.kind == QuestionKind.TEXT:
        yield from _text_limits(before, after)
    if before.scale is not None and after.scale is not None:
        yield from _scale(f"{path}.scale", before.scale, after.scale, language)
    yield from _choices(path, before, after, language)


def _text_limits(before: Question, after: Question) -> Iterator[Change]:
    """More room takes nothing from anybody; less would refuse what others could say."""
    if before.most_characters != after.most_characters:
        effect = Effect.CORRECTION if after.most_characters > before.most_characters else Effect.NEW_MEANING
        place = f"{after.key}.most_characters"
        yield _changed(place, str(before.most_characters), str(after.most_characters), effect)
    if before.lines != after.lines:
        yield _changed(f"{after.key}.lines", str(before.lines), str(after.lines), Effect.CORRECTION)


def _scale(path: str, before: Scale, after: Scale, language: str) -> Iterator[Change]:
    for name in ("lowest", "highest", "step"):
        yield from _value(path, before, after, name)
    yield from _value(path, before, after, "look", Effect.JUDGMENT)
    ends = [
        (f"{path}.low_label", before.low_label, after.low_label),
        (f"{path}.high_label", before.high_label, after.high_label),
    ]
    values = sorted({label.value for label in (*before.labels, *after.labels)})
    steps = [
        (f"{path}.labels.{number_text(value)}", before.label_of(value), after.label_of(value))
        for value in values
    ]
    yield from _texts_of_answers(ends, language)
    yield from _texts_of_answers(steps, language)


def _choices(path: str, before: Question, after: Question, language: str) -> Iterator[Change]:
    old, new = ({choice.key: choice for choice in one.choices} for one in (before, after))
    yield from _order([*old], [*new], f"{path}.choices.")
    both: list[tuple[str, Choice, Choice]] = [
        (f"{path}.choices.{key}", old[key], choice) for key, choice in new.items() if key in old
    ]
    yield from _texts_of_answers(
        [(f"{place}.label", one.label, other.label) for place, one, other in both], language
    )
    for place, one, other in both:
        yield from _text(f"{place}.description", one.description, other.description, language)
        yield from _value(place, one, other, "is_exclusive")


def _texts_of_answers(texts: list[tuple[str, Text, Text]], language: str) -> Iterator[Change]:
    """Texts of answers side by side: one that takes another's words turns the answers that are there
    around.
    """
    for place, before, after in texts:
        others = {
            code: {_folded(was.get(code, "")) for other, was, _now in texts if other != place} - {""}
            for code in after
        }
        swapped = [
            code for code, text in after.items() if text != before.get(code) and _folded(text) in others[code]
        ]
        if swapped:
            code = swapped[0]
            yield Change(
                place=place,
                kind=ChangeKind.SWAPPED,
                effect=Effect.NEW_MEANING,
                before=before.get(code, ""),
                after=after[code],
            )
        else:
            yield from _text(place, before, after, language)


def _text(place: str, before: Text, after: Text, language: str) -> Iterator[Change]:
    """One change for the default language, one for all translations together."""
    old, new = before.get(language, ""), after.get(language, "")
    if old != new:
        is_same = is_spelling(old, new)
        yield Change(
            place=place,
            kind=ChangeKind.SPELLING if is_same else ChangeKind.REWORDED,
            effect=Effect.CORRECTION if is_same else Effect.JUDGMENT,
            before=old,
            after=new,
        )
    codes = sorted(code for code in {*before, *after} - {language} if before.get(code) != after.get(code))
    if codes:
        yield Change(
            place=place,
            kind=ChangeKind.TRANSLATED,
            effect=Effect.CORRECTION,
            before=" · ".join(before[code] for code in codes if code in before),
            after=" · ".join(after[code] for code in codes if code in after),
        )


def _value(
    path: str, before: object, after: object, name: str, effect: Effect = Effect.NEW_MEANING
) -> Iterator[Change]:
    old, new = getattr(before, name), getattr(after, name)
    if old != new:
        yield _changed(f"{path}.{name.removeprefix('is_')}", str(old), str(new), effect)


def _changed(place: str, before: str, after: str, effect: Effect = Effect.NEW_MEANING) -> Change:
    return Change(place=place, kind=ChangeKind.CHANGED, effect=effect, before=before, after=after)


def is_spelling(before: str, after: str) -> bool:
    """Whether two texts differ in nothing but case, punctuation, spaces and slips in longer words.

    A slip is one letter more, less or other, or two that changed places, in a word of five letters or more.
    Figures, short words, and languages written without spaces are not judged: there one sign changes a
    meaning.
    """
    words = [_WORD.findall(_folded(text)) for text in (before, after)]
    if not words[0] or not words[1]:
        return words[0] == words[1]
    return all(
        one is not None and other is not None and (one == other or _is_slip(one, other))
        for one, other in zip_longest(*words)
    )


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _is_slip(one: str, other: str) -> bool:
    if min(len(one), len(other)) < LEAST_LETTERS or not (one + other).isalpha():
        return False
    if any(unicodedata.name(letter, "").startswith(_SPACELESS) for letter in one + other):
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, other_rest = one[start:], other[start:]
    return (
        rest[1:] == other_rest  # a letter less
        or rest == other_rest[1:]  # a letter more
        or rest[1:] == other_rest[1:]  # another letter
        or (rest[:2] == other_rest[1::-1] and rest[2:] == other_rest[2:])  # two that changed places
    )
