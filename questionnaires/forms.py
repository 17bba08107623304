"""One page of a questionnaire as a form: what was typed, what is wrong with it, and where the way leads.

Works without scripts and without anything kept on the server: what was typed on other pages travels along in
hidden fields, or comes as `kept` from whoever stores partial answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from babel.core import Locale, UnknownLocaleError
from django import forms
from django.http import QueryDict

from questionnaires.answering import Answer, Evaluation, Typed, evaluate
from questionnaires.content import Questionnaire
from questionnaires.paging import Page, may_follow, page_after, page_before, page_with_problem, pages_of
from questionnaires.presentation import QuestionView, Speech, question_view
from questionnaires.wording import Said, direction_of, language_code, stand_ins

BACK, NEXT = "back", "next"
MOST_VALUES = 60  # of one question: more than it has boxes


class TypedValues(forms.Widget):
    """All values sent under one name; drawn by templates/questionnaires/, not by itself."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> tuple[str, ...]:
        return tuple(data.getlist(name)[:MOST_VALUES]) if isinstance(data, QueryDict) else ()


@dataclass(frozen=True, kw_only=True, slots=True)
class LanguageLink:
    code: str
    name: str  # in itself
    is_current: bool


class QuestionnaireForm(forms.Form):
    """The questions of one page. `cleaned_data` holds an `Answer` or None for each question shown on it.

    `shows_problems`: an unbound form that says what is wrong with what is `kept`.
    """

    template_name = "questionnaires/form.html"
    prefix = "q"

    def __init__(
        self,
        questionnaire: Questionnaire,
        *,
        language: str = "",
        page: int = 0,
        kept: Typed | None = None,
        data: QueryDict | None = None,
        shows_problems: bool = False,
        carries: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.questionnaire = questionnaire
        self.carries = carries
        self.shows_problems = shows_problems or data is not None
        self.speech = Speech.of(questionnaire, language_among(questionnaire, language))
        self.pages = pages_of(questionnaire)
        self.page = self.pages[min(max(page, 0), len(self.pages) - 1)]
        self.fields = {
            question.key: forms.Field(required=False, widget=TypedValues)
            for question in questionnaire.questions
            if question.is_answerable
        }
        self.typed: dict[str, Sequence[str]] = self._typed(kept or {}, data)
        self.evaluation: Evaluation = evaluate(questionnaire, self.typed)

    @classmethod
    def posted(
        cls, questionnaire: Questionnaire, data: QueryDict, *, language: str = "", **kwargs: Any
    ) -> Self:
        """The form as it was sent: page and language stand in it."""
        prefix = kwargs.get("prefix") or cls.prefix
        number = data.get(f"{prefix}-page", "")
        return cls(
            questionnaire,
            data=data,
            language=data.get(f"{prefix}-language", language),
            page=int(number) if number.isdecimal() and len(number) < 6 else 0,
            **kwargs,
        )

    def onward(self) -> Self | None:
        """The form to show next after this one was sent: another page, or this one again. None: all is done.

        Going back and another language check nothing and lose nothing. A problem on an earlier page (a rule
        shows what was not shown before) leads there.
        """
        wanted = self.data.get(self.add_prefix("to-language"))
        if wanted:
            return self.turned_to(self.page, language=wanted)
        if self.data.get("go") == BACK:
            return self.turned_to(page_before(self.pages, self.page.number, self.evaluation) or self.page)
        if not self.is_valid():
            return self
        following = page_after(self.pages, self.page.number, self.evaluation)
        if following is not None:
            return self.turned_to(following)
        problem = page_with_problem(self.pages, self.evaluation)
        return None if problem is None else self.turned_to(problem, shows_problems=True)

    def turned_to(self, page: Page, *, language: str = "", shows_problems: bool = False) -> Self:
        """The same answers with another page or in another language."""
        return type(self)(
            self.questionnaire,
            language=language or self.language,
            page=page.number,
            kept=self.typed,
            shows_problems=shows_problems,
            carries=self.carries,
            prefix=self.prefix,
        )

    @property
    def answers(self) -> Mapping[str, Answer]:
        """All answers so far, of every page; what a skip rule hides is not among them."""
        return self.evaluation.answers

    def clean(self) -> dict[str, Any]:
        shown = [question for question in self.page.questions if question.key in self.evaluation.visible]
        for question in shown:
            error = self.evaluation.errors.get(question.key)
            if error is not None:
                self.add_error(
                    question.key, forms.ValidationError(self.speech.problem(error).text, error.problem)
                )
        return {question.key: self.answers.get(question.key) for question in shown if question.is_answerable}

    def _typed(self, kept: Typed, data: QueryDict | None) -> dict[str, Sequence[str]]:
        """Of this page what was sent, even if nothing was; of other pages what was sent along, else kept."""
        here = {question.key for question in self.page.questions}
        found: dict[str, Sequence[str]] = {}
        for key, field in self.fields.items():
            name = self.add_prefix(key)
            if data is not None and (key in here or name in data):
                found[key] = field.widget.value_from_datadict(data, {}, name)
            elif key in kept:
                found[key] = tuple(kept[key])
        return found

    # --- what the template shows ----------------------------------------------------------------

    @property
    def language(self) -> str:
        return self.speech.language

    @property
    def direction(self) -> str:
        return direction_of(self.language)

    @property
    def title(self) -> Said:
        return self.speech.text(self.questionnaire.title)

    @property
    def intro(self) -> Said:
        """What stands before the first question."""
        return self.speech.text(self.questionnaire.intro if self.page.number == 0 else {})

    @property
    def section_title(self) -> Said:
        return self.speech.text(self.page.section.title)

    @property
    def section_intro(self) -> Said:
        return self.speech.text(self.page.section.intro if self.page.is_first_of_section else {})

    @property
    def phrases(self) -> dict[str, Said]:
        """The words on buttons and above problems, by name."""
        return {name: self.speech.phrase(name) for name in ("back", "next", "send", "progress", "problems")}

    @property
    def problems(self) -> list[QuestionView]:
        """The questions of this page with something wrong."""
        return [question for question in self.questions if question.error is not None]

    @cached_property
    def questions(self) -> list[QuestionView]:
        """The visible questions of this page."""
        errors = self.evaluation.errors if self.shows_problems else {}
        return [
            question_view(
                question,
                self.typed.get(question.key, ()),
                self.speech,
                name=self.add_prefix(question.key),
                id=self.add_prefix(question.key),
                error=errors.get(question.key),
            )
            for question in self.page.questions
            if question.key in self.evaluation.visible
        ]

    @property
    def carried(self) -> list[tuple[str, str]]:
        """(name, value) of hidden fields: this page and language, and what was typed elsewhere."""
        here = {question.key for question in self.page.questions}
        found = [
            (self.add_prefix("page"), str(self.page.number)),
            (self.add_prefix("language"), self.language),
        ]
        if self.carries:
            found += [
                (self.add_prefix(key), value)
                for key, values in self.typed.items()
                for value in values
                if key not in here
            ]
        return found

    @property
    def languages(self) -> list[LanguageLink]:
        return [
            LanguageLink(code=code, name=own_name(code), is_current=code == self.language)
            for code in self.questionnaire.languages
        ]

    @property
    def has_earlier(self) -> bool:
        return page_before(self.pages, self.page.number, self.evaluation) is not None

    @property
    def has_later(self) -> bool:
        """Whether another page may follow; whether it does can hang on what is answered here."""
        return may_follow(self.pages, self.page.number, self.evaluation)

    @property
    def progress(self) -> tuple[int, int]:
        """(pages behind, all pages): pages left out count as done when they are passed, so it never falls."""
        return self.page.number, len(self.pages)

    @property
    def place(self) -> Said:
        """The same in words: "Page 1 of 2"."""
        pages = {
            "page": self.speech.number(self.page.number + 1),
            "pages": self.speech.number(len(self.pages)),
        }
        return self.speech.phrase("page_of", **pages)


def language_among(questionnaire: Questionnaire, wanted: str) -> str:
    """The questionnaire's language nearest to what somebody reads; its default where none is near."""
    for code in stand_ins(language_code(wanted), questionnaire.default_language):
        if code in questionnaire.languages:
            return code
    return questionnaire.default_language


def own_name(language: str) -> str:
    """A language's name in itself; its code where the CLDR does not know it."""
    try:
        return Locale.parse(language, sep="-").get_display_name() or language
    except (UnknownLocaleError, ValueError):
        return language
