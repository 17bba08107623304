"""What a respondent sees: the questions of a wave, all on one page in steps; and what the page's scripts
need.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import reverse
from django.utils.translation import gettext as _

from employee_voice.choices import STRAIGHT_LEAST
from employee_voice.content import fast_seconds, fixed_content, room_for, scale_questions
from employee_voice.credentials import sealing
from employee_voice.credentials.wire import to_text
from employee_voice.models import Wave
from questionnaires.answering import AnswerError, AnswerProblem
from questionnaires.content import Question, Questionnaire
from questionnaires.forms import LanguageLink, language_among, own_name
from questionnaires.presentation import QuestionView, Speech, question_view
from questionnaires.stored import plain_questionnaire
from questionnaires.wording import Said, direction_of

SCRIPTS = (
    *(
        f"employee_voice/{name}.js"
        for name in (
            "answering", "code", "contents", "credential", "kiosk", "requests", "seal", "slip", "steps",
            "wire",
        )
    ),
    *(f"npm/@cloudflare/blindrsa-ts/lib/src/{name}.js" for name in ("blindrsa", "util", "sjcl/index")),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class AskedQuestion:
    """`conditions`: JSON of its skip rule; `missing`: what is said where it is required and has no answer."""

    view: QuestionView
    conditions: str
    is_required: bool
    missing: Said


@dataclass(frozen=True, kw_only=True, slots=True)
class AskedSection:
    """`place`: which part of how many it is. One that a skip rule leaves out is passed: it never falls."""

    place: Said
    title: Said
    intro: Said
    questions: tuple[AskedQuestion, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class AskedPage:
    """Everything that a respondent's form shows, in one language."""

    language: str
    title: Said
    intro: Said
    sections: tuple[AskedSection, ...]
    languages: tuple[LanguageLink, ...]
    phrases: Mapping[str, Said]
    fast_seconds: int
    straight_names: str
    straight_least: int
    bytes: int  # that each answer is made long
    sealing_key: str

    @property
    def direction(self) -> str:
        return direction_of(self.language)

    @property
    def has_problems(self) -> bool:
        return any(one.view.error for section in self.sections for one in section.questions)


def asked_page(
    wave: Wave,
    language: str,
    typed: Mapping[str, Sequence[str]] | None = None,
    errors: Mapping[str, AnswerError] | None = None,
) -> AskedPage:
    """The page of an open wave. No query."""
    questionnaire = fixed_content(wave.content_digest, wave.content)
    key = to_text(sealing.spki(wave.sealing_public))
    return page_of(questionnaire, language, typed or {}, errors or {}, sealing_key=key)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlainPage:
    """A page before it is known which survey it is about."""

    language: str
    languages: tuple[LanguageLink, ...]

    @property
    def direction(self) -> str:
        return direction_of(self.language)


def plain_page(language: str) -> PlainPage:
    """In a language of the product."""
    chosen = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    links = [
        LanguageLink(code=code, name=own_name(code), is_current=code == chosen)
        for code, _name in settings.LANGUAGES
    ]
    return PlainPage(language=chosen, languages=tuple(links))


def page_of(
    questionnaire: Questionnaire,
    language: str,
    typed: Mapping[str, Sequence[str]],
    errors: Mapping[str, AnswerError],
    *,
    sealing_key: str = "",
) -> AskedPage:
    """The page of any questionnaire: a preview has no key."""
    chosen = language_among(questionnaire, language)
    speech, sections = Speech.of(questionnaire, chosen), len(questionnaire.sections)
    rules = {
        question["key"]: json.dumps(question.get("show_when", []), ensure_ascii=False)
        for section in plain_questionnaire(questionnaire)["sections"]
        for question in section["questions"]
    }
    return AskedPage(
        language=chosen,
        title=speech.text(questionnaire.title),
        intro=speech.text(questionnaire.intro),
        sections=tuple(
            AskedSection(
                place=speech.phrase("page_of", page=speech.number(number), pages=speech.number(sections)),
                title=speech.text(section.title),
                intro=speech.text(section.intro),
                questions=tuple(
                    _asked(question, speech, typed, errors, rules) for question in section.questions
                ),
            )
            for number, section in enumerate(questionnaire.sections, start=1)
        ),
        languages=tuple(
            LanguageLink(code=code, name=own_name(code), is_current=code == chosen)
            for code in questionnaire.languages
        ),
        phrases={name: speech.phrase(name) for name in ("back", "next", "send", "problems", "progress")},
        fast_seconds=fast_seconds(questionnaire),
        straight_names=" ".join(question.key for question in scale_questions(questionnaire)),
        straight_least=STRAIGHT_LEAST,
        bytes=room_for(questionnaire),
        sealing_key=sealing_key,
    )


def _asked(
    question: Question,
    speech: Speech,
    typed: Mapping[str, Sequence[str]],
    errors: Mapping[str, AnswerError],
    rules: Mapping[str, str],
) -> AskedQuestion:
    missing = AnswerError(question=question.key, problem=AnswerProblem.MISSING)
    view = question_view(
        question,
        typed.get(question.key, ()),
        speech,
        name=question.key,
        id=f"q-{question.key}",
        error=errors.get(question.key),
    )
    return AskedQuestion(
        # "No answer" stands below each scale and choice: the word beside them all is only more to read
        view=replace(view, optional=None) if view.special else view,
        conditions=rules[question.key],
        is_required=question.is_required,
        missing=speech.problem(missing),
    )


def words_for_scripts() -> dict[str, str]:
    """What the invitation's page says, by the code of its script or of a refusal (`errors`)."""
    return {
        "no-link": _("Open the link in your letter again: this page needs all of it."),
        "wrong-keys": _(
            "The keys of this survey are not those named in your letter. Nothing was sent. Please tell your "
            "works council or IT."
        ),
        "wrong-signature": _(
            "The answer sheet that came is not genuine. Nothing was sent. Please tell your works council or "
            "IT."
        ),
        "offline": _("The connection is interrupted. Your answers are still here."),
        "wave-not-open": _(
            "This survey has closed. Your answers were not sent, and nothing of them was kept."
        ),
        "invitation-unknown": _("This link is not complete or belongs to no invitation of this survey."),
        "invitation-used": _(
            "This link has been used already. It lets one person answer once, in the tab in which it was "
            "opened; once that is closed, nobody can tell whether it was used to answer."
        ),
        "group-unknown": _("This link has been altered."),
        "credential-invalid": _("This answer is not signed for this survey, so it cannot be counted."),
        "slip-unknown": _(
            "This code has been used already, or the slips were printed again. Your answers were not counted."
        ),
        "already-answered": _("An answer has been counted with this link already."),
        "request-unreadable": _(
            "Your browser sent something that cannot be read. Reload the page and try again."
        ),
        "unknown": _("Something went wrong. Nothing was sent."),
    }


def slip_link() -> str:
    """The address that is printed on slips: the same for all, short enough to be typed. A scanned slip has
    its code behind the #, which browsers keep for themselves (`code.js`)."""
    return settings.SITE_URL.rstrip("/") + reverse("slip")


@cache
def script_digests() -> tuple[tuple[str, str], ...]:
    """(name, SHA-256) of the scripts of respondents' pages as they are served; read once per process."""
    return tuple((name, hashlib.sha256(_served(name)).hexdigest()) for name in SCRIPTS)


def _served(name: str) -> bytes:
    stored = getattr(staticfiles_storage, "stored_name", str)(name)
    if staticfiles_storage.exists(stored):
        with staticfiles_storage.open(stored) as file:
            content: bytes = file.read()
            return content
    path = finders.find(name)
    if not isinstance(path, str):
        raise FileNotFoundError(name)
    with open(path, "rb") as source:
        return source.read()
