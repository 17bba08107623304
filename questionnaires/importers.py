"""Questionnaire files and stored content -> frozen, checked content. Every refusal names the place.

The same reading serves files of the product, files of an organization and content kept in a database, so
nothing can be asked that was not checked. The format is described in docs/questionnaires.md.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from questionnaires.content import (
    SPECIAL,
    Choice,
    Comparison,
    Condition,
    Question,
    QuestionKind,
    Questionnaire,
    Scale,
    ScaleLook,
    Section,
    StepLabel,
)
from questionnaires.errors import QuestionnaireInvalid
from questionnaires.loading import join, load_yaml
from questionnaires.phrases import PHRASES
from questionnaires.reading import ContentReader, is_number, language_of
from questionnaires.stored import number_text
from questionnaires.translations import texts_of
from questionnaires.wording import Text

MOST_QUESTIONS = 200
MOST_CHOICES = 50
MOST_LANGUAGES = 60
MOST_STEPS = 1001
MOST_NUMBER = Decimal(1_000_000)
MOST_DECIMALS = 4
MOST_CHARACTERS_OF_ANSWER = 10_000
MOST_LINES = 20
STARS = (Decimal("0.5"), Decimal(1))
TOP = {"key", "version", "default_language", "title", "sections"}
QUESTION = {"key", "kind", "text"}
SPECIAL_KINDS = {QuestionKind.SCALE, QuestionKind.ONE_CHOICE, QuestionKind.SEVERAL_CHOICES}
ANYWHERE = frozenset({"help", "show_when"})
OF_KIND: Mapping[QuestionKind, frozenset[str]] = {
    QuestionKind.SCALE: frozenset({"required", "not_applicable", "do_not_know", "scale", "reverse"}),
    QuestionKind.ONE_CHOICE: frozenset({"required", "not_applicable", "do_not_know", "choices"}),
    QuestionKind.SEVERAL_CHOICES: frozenset(
        {"required", "not_applicable", "do_not_know", "choices", "least", "most"}
    ),
    QuestionKind.TEXT: frozenset({"required", "most_characters", "lines"}),
    QuestionKind.STATEMENT: frozenset(),
}


def read_questionnaire(text: str) -> Questionnaire:
    """The questionnaire of a YAML file. Raises QuestionnaireInvalid with every problem and its line."""
    loaded = load_yaml(text, QuestionnaireInvalid)
    return questionnaire_content(loaded.content, lines=loaded.lines)


def questionnaire_content(raw: Any, *, lines: Mapping[str, int] | None = None) -> Questionnaire:
    """The content as frozen objects. Raises QuestionnaireInvalid with every problem found."""
    raw_language = raw.get("default_language") if isinstance(raw, Mapping) else None
    reader = _Reader(language=language_of(raw_language) or "en", lines=lines)
    questionnaire = reader.questionnaire(raw)
    if reader.problems:
        raise QuestionnaireInvalid(reader.problems)
    return questionnaire


class _Reader(ContentReader):
    def questionnaire(self, raw: Any) -> Questionnaire:
        values = self.mapping(raw, "", TOP, frozenset({"languages", "intro", "phrases"}))
        if "default_language" in values and not language_of(values["default_language"]):
            self.refuse("default_language", _("a language code such as en or zh-hans"))
        questionnaire = Questionnaire(
            key=self.key(values, ""),
            version=self.version(values, ""),
            default_language=self.language,
            languages=self.languages(values),
            title=self.text(values, "", "title"),
            intro=self.text(values, "", "intro"),
            phrases=self.phrases(values),
            sections=tuple(
                self.section(item, f"sections[{place}]")
                for place, item in enumerate(self.listed(values, "sections"))
            ),
        )
        if not self.problems:
            self.whole(questionnaire)
        return questionnaire

    def languages(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        rows = self.listed(values, "languages")
        if len(rows) > MOST_LANGUAGES:
            self.refuse("languages", _("at most %(count)d languages") % {"count": MOST_LANGUAGES})
        found = [self.language]
        for place, item in enumerate(rows):
            code = language_of(item)
            if not code:
                self.refuse(f"languages[{place}]", _("a language code such as en or zh-hans"))
            elif code not in found:
                found.append(code)
        return tuple(found)

    def phrases(self, values: Mapping[str, Any]) -> tuple[tuple[str, Text], ...]:
        """Unlike other texts these may lack the default language: the product has its own."""
        raw = values.get("phrases", {})
        if not isinstance(raw, Mapping):
            self.refuse("phrases", _("texts by their names"))
            return ()
        found = []
        for name, text in sorted(raw.items(), key=lambda item: str(item[0])):
            path = f"phrases.{name}"
            if name not in PHRASES:
                self.refuse(path, _("one of: %(known)s") % {"known": ", ".join(sorted(PHRASES))})
                continue
            standard = PHRASES[name]
            words = self.words({**standard, **text} if isinstance(text, Mapping) else text, path)
            own = {code: word for code, word in words.items() if standard.get(code) != word}
            for code, word in own.items():
                if not _same_gaps(standard["en"], word):
                    self.refuse(
                        f"{path}.{code}",
                        _("the same placeholders as “%(text)s”") % {"text": standard["en"]},
                    )
            if own:
                found.append((str(name), own))
        return tuple(found)

    def section(self, raw: Any, path: str) -> Section:
        values = self.mapping(raw, path, {"key", "questions"}, frozenset({"title", "intro"}))
        rows = self.rows(values["questions"], f"{path}.questions") if "questions" in values else []
        return Section(
            key=self.key(values, path),
            title=self.text(values, path, "title"),
            intro=self.text(values, path, "intro"),
            questions=tuple(
                self.question(item, f"{path}.questions[{place}]") for place, item in enumerate(rows)
            ),
        )

    # --- one question -------------------------------------------------------------------------

    def question(self, raw: Any, path: str) -> Question:
        raw_kind = raw.get("kind") if isinstance(raw, Mapping) else None
        kind = next((kind for kind in QuestionKind if kind == raw_kind), None)
        everything = frozenset[str]().union(*OF_KIND.values())
        optional = ANYWHERE | (everything if kind is None else OF_KIND[kind])
        needed = {QuestionKind.SCALE: {"scale"}}.get(kind, set()) if kind else set()
        if kind in {QuestionKind.ONE_CHOICE, QuestionKind.SEVERAL_CHOICES}:
            needed = {"choices"}
        values = self.mapping(raw, path, QUESTION | needed, optional)
        if kind is None and "kind" in values:
            self.refuse(join(path, "kind"), _("one of: %(known)s") % {"known": ", ".join(QuestionKind)})
        question = Question(
            key=self.key(values, path),
            kind=kind or QuestionKind.STATEMENT,
            text=self.text(values, path, "text"),
            help=self.text(values, path, "help"),
            is_required=self.yes_or_no(values, path, "required"),
            is_reverse=self.yes_or_no(values, path, "reverse"),
            allows_not_applicable=self.yes_or_no(values, path, "not_applicable"),
            allows_do_not_know=self.yes_or_no(values, path, "do_not_know"),
            show_when=self.conditions(values, path),
        )
        match kind:
            case QuestionKind.SCALE:
                return replace(question, scale=self.scale(values.get("scale"), join(path, "scale")))
            case QuestionKind.ONE_CHOICE | QuestionKind.SEVERAL_CHOICES:
                return self.with_choices(question, values, path)
            case QuestionKind.TEXT:
                most = self.whole_number(values, path, "most_characters", 1, MOST_CHARACTERS_OF_ANSWER, 2000)
                return replace(
                    question,
                    most_characters=most,
                    lines=self.whole_number(values, path, "lines", 1, MOST_LINES, 3),
                )
        return question

    def with_choices(self, question: Question, values: Mapping[str, Any], path: str) -> Question:
        rows = self.rows(values["choices"], f"{path}.choices", least=2) if "choices" in values else []
        if len(rows) > MOST_CHOICES:
            self.refuse(f"{path}.choices", _("at most %(count)d choices") % {"count": MOST_CHOICES})
        choices = tuple(
            self.choice(item, f"{path}.choices[{place}]", question.kind) for place, item in enumerate(rows)
        )
        self.unique(
            [(f"{path}.choices[{place}].key", choice.key) for place, choice in enumerate(choices)], _("key")
        )
        least = self.whole_number(values, path, "least", 0, max(len(choices), 1), 0)
        most = None
        if "most" in values:
            most = self.whole_number(values, path, "most", max(least, 1), max(len(choices), 1), 1)
        return replace(question, choices=choices, least=least, most=most)

    def choice(self, raw: Any, path: str, kind: QuestionKind) -> Choice:
        optional = {"description"} | ({"exclusive"} if kind == QuestionKind.SEVERAL_CHOICES else set())
        values = self.mapping(raw, path, {"key", "label"}, frozenset(optional))
        key = self.key(values, path)
        if key in SPECIAL:
            self.refuse(join(path, "key"), _("another key; this one means that there is no answer"))
        return Choice(
            key=key,
            label=self.text(values, path, "label"),
            description=self.text(values, path, "description"),
            is_exclusive=self.yes_or_no(values, path, "exclusive"),
        )

    def scale(self, raw: Any, path: str) -> Scale:
        if raw is None:
            return Scale(lowest=Decimal(0), highest=Decimal(1))
        optional = frozenset({"step", "low_label", "high_label", "labels", "look"})
        values = self.mapping(raw, path, {"lowest", "highest"}, optional)
        look = next((look for look in ScaleLook if look == values.get("look", "numbers")), None)
        if look is None:
            self.refuse(join(path, "look"), _("one of: %(known)s") % {"known": ", ".join(ScaleLook)})
        scale = Scale(
            lowest=self.decimal(values, path, "lowest", Decimal(0)),
            highest=self.decimal(values, path, "highest", Decimal(1)),
            step=self.decimal(values, path, "step", Decimal(1)),
            low_label=self.text(values, path, "low_label"),
            high_label=self.text(values, path, "high_label"),
            look=look or ScaleLook.NUMBERS,
        )
        if not self.scale_is_sound(scale, path):
            return replace(scale, lowest=Decimal(0), highest=Decimal(1), step=Decimal(1))
        return replace(scale, labels=self.step_labels(values.get("labels", {}), scale, join(path, "labels")))

    def scale_is_sound(self, scale: Scale, path: str) -> bool:
        if scale.lowest >= scale.highest:
            self.refuse(join(path, "highest"), _("a number above the lowest"))
        elif scale.step <= 0 or (scale.highest - scale.lowest) % scale.step != 0:
            self.refuse(
                join(path, "step"), _("a number above 0 that leads from the lowest exactly to the highest")
            )
        elif scale.steps > MOST_STEPS:
            self.refuse(join(path, "step"), _("at most %(count)d steps") % {"count": MOST_STEPS})
        elif scale.look == ScaleLook.STARS and not (
            scale.step in STARS and scale.lowest >= 0 and scale.highest <= 10
        ):
            self.refuse(join(path, "look"), _("stars from 0 to at most 10, whole ones or halves"))
        else:
            return True
        return False

    def step_labels(self, raw: Any, scale: Scale, path: str) -> tuple[StepLabel, ...]:
        if not isinstance(raw, Mapping):
            self.refuse(path, _("texts by the number that they stand at"))
            return ()
        known = {number_text(value): value for value in scale.values()}
        found = []
        for name, text in raw.items():
            if str(name) not in known:
                self.refuse(join(path, str(name)), _("a number of this scale, in quotes"))
            else:
                found.append(StepLabel(value=known[str(name)], text=self.words(text, join(path, str(name)))))
        return tuple(sorted(found, key=lambda label: label.value))

    def conditions(self, values: Mapping[str, Any], path: str) -> tuple[Condition, ...]:
        path = join(path, "show_when")
        rows = self.rows(values.get("show_when", []), path, least=1 if "show_when" in values else 0)
        return tuple(
            condition
            for place, item in enumerate(rows)
            if (condition := self.condition(item, f"{path}[{place}]")) is not None
        )

    def condition(self, raw: Any, path: str) -> Condition | None:
        values = self.mapping(raw, path, {"question"}, frozenset(Comparison))
        given = [comparison for comparison in Comparison if comparison in values]
        if len(given) != 1:
            expected = _("exactly one of: %(known)s") % {"known": ", ".join(Comparison)}
            self.refuse(path, expected)
            return None
        [comparison] = given
        place = join(path, comparison)
        wanted = values[comparison]
        rows = self.rows(wanted, place) if comparison == Comparison.ONE_OF else [wanted]
        found: list[Decimal | str] = []
        for item in rows:
            if is_number(item) and abs(item) <= MOST_NUMBER:
                found.append(Decimal(str(item)))
            elif isinstance(item, str):
                found.append(item)
            else:
                self.refuse(place, _("a number, or the key of a choice"))
        if not found:
            return None
        return Condition(
            question=self.key(values, path, "question"), comparison=comparison, values=tuple(found)
        )

    # --- simple values ------------------------------------------------------------------------

    def yes_or_no(self, values: Mapping[str, Any], path: str, name: str) -> bool:
        value = values.get(name, False)
        if not isinstance(value, bool):
            self.refuse(join(path, name), _("true or false"))
            return False
        return value

    def whole_number(
        self, values: Mapping[str, Any], path: str, name: str, low: int, high: int, default: int
    ) -> int:
        value = values.get(name, default)
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        if name in values:
            expected = _("a whole number from %(low)d to %(high)d") % {"low": low, "high": high}
            self.refuse(join(path, name), expected)
        return default

    def decimal(self, values: Mapping[str, Any], path: str, name: str, default: Decimal) -> Decimal:
        """Exact: 0.1 of a file is a tenth, whatever binary numbers make of it."""
        value = values.get(name)
        if is_number(value):
            number = Decimal(str(value))
            exponent = number.normalize().as_tuple().exponent
            if abs(number) <= MOST_NUMBER and isinstance(exponent, int) and exponent >= -MOST_DECIMALS:
                return number
        if name in values:
            expected = _("a number with at most %(count)d decimals") % {"count": MOST_DECIMALS}
            self.refuse(join(path, name), expected)
        return default

    # --- rules that need more than one place ----------------------------------------------------

    def whole(self, questionnaire: Questionnaire) -> None:
        places = [
            (f"sections[{s}].questions[{q}]", question)
            for s, section in enumerate(questionnaire.sections)
            for q, question in enumerate(section.questions)
        ]
        self.unique(
            [(f"sections[{s}].key", one.key) for s, one in enumerate(questionnaire.sections)], _("key")
        )
        self.unique([(f"{path}.key", question.key) for path, question in places], _("key"))
        if len(places) > MOST_QUESTIONS:
            self.refuse("sections", _("at most %(count)d questions") % {"count": MOST_QUESTIONS})
        if not any(question.is_answerable for _path, question in places):
            self.refuse("sections", _("at least one question that can be answered"))
        for path, text in texts_of(questionnaire):
            for code in text:
                if code not in questionnaire.languages:
                    self.refuse(
                        join(path, code), _("a language that stands in “languages”, or leave this text out")
                    )
        earlier: dict[str, Question] = {}
        for path, question in places:
            for number, condition in enumerate(question.show_when):
                self.rule(condition, earlier, f"{path}.show_when[{number}]")
            earlier[question.key] = question

    def rule(self, condition: Condition, earlier: Mapping[str, Question], path: str) -> None:
        """Only earlier questions: so there is no circle, and back and forth on the pages stays one way."""
        asked = earlier.get(condition.question)
        if asked is None or not asked.is_answerable:
            self.refuse(f"{path}.question", _("the key of a question that is answered before this one"))
            return
        place = join(path, condition.comparison)
        if condition.comparison in {Comparison.BELOW, Comparison.ABOVE}:
            self.limit(condition, asked, place)
            return
        for value in condition.values:
            if asked.kind == QuestionKind.TEXT:
                self.refuse(
                    place, _("a question with a scale or with choices; a text is compared with nothing")
                )
            elif not _is_answer_of(asked, value):
                expected = _("an answer that “%(question)s” offers") % {"question": asked.key}
                self.refuse(place, expected)

    def limit(self, condition: Condition, asked: Question, place: str) -> None:
        """A limit that no answer, or every answer, lies beyond makes no rule."""
        [limit] = condition.values
        if asked.scale is None or not isinstance(limit, Decimal):
            self.refuse(place, _("a number, and a question with a scale"))
            return
        low, high = asked.scale.lowest, asked.scale.highest
        is_below = condition.comparison == Comparison.BELOW
        if not (low < limit <= high if is_below else low <= limit < high):
            values = {"low": number_text(low), "high": number_text(high)}
            self.refuse(
                place,
                _("a number above %(low)s and at most %(high)s") % values
                if is_below
                else _("a number from %(low)s and below %(high)s") % values,
            )


def _is_answer_of(question: Question, value: Decimal | str) -> bool:
    if isinstance(value, Decimal):
        return question.scale is not None and question.scale.has(value)
    return value in question.special or value in {choice.key for choice in question.choices}


def _same_gaps(text: str, other: str) -> bool:
    gaps = ("%(low)s", "%(high)s", "%(step)s", "%(limit)s", "%(page)s", "%(pages)s")
    return [text.count(gap) for gap in gaps] == [other.count(gap) for gap in gaps] and text.count(
        "%"
    ) == other.count("%")
