"""Sentences that are said in the language of whoever reads them, also long after they were written down."""

import json
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils.functional import Promise, lazy
from django.utils.translation import get_language, override

if TYPE_CHECKING:
    _Text = models.TextField[str | Promise, str]
else:
    _Text = models.TextField


def _said(words: str | Promise, facts: dict[str, Any]) -> str:
    return str(words) % facts


def worded(words: Promise, **facts: Any) -> Promise:
    """`words` (a `gettext_lazy`) with its facts, put together each time that somebody reads it."""
    made: Promise = lazy(_said, str)(words, facts)  # type: ignore[assignment]
    return made


class KeptWords(str):
    """A sentence as a `WordsField` gives it: the text in the reader's language, and beside it all that is
    stored, so that a row that is saved again keeps its languages."""

    stored: str

    def __new__(cls, text: str, stored: str) -> "KeptWords":
        made = super().__new__(cls, text)
        made.stored = stored
        return made


class WordsField(_Text):
    """A finished sentence, kept in each language of the product where it was given as one to be translated
    (`gettext_lazy`, `worded`), and read in the language of the moment. A plain text is kept as it is.

    In the database it is a text: the sentence, or an object of JSON with one sentence a language.
    """

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, KeptWords):
            return value.stored
        return in_all_languages(value) if isinstance(value, Promise) else super().get_prep_value(value)

    def from_db_value(self, value: str | None, *_args: object) -> str | None:
        if value is None or not value.startswith("{"):
            return value
        try:
            texts = json.loads(value)
        except ValueError:
            return value  # somebody's sentence may begin with a brace
        codes = [code for code, _name in settings.LANGUAGES]
        if not isinstance(texts, dict) or set(texts) - set(codes) or not texts:
            return value
        text = (
            texts.get(get_language() or "") or texts.get(settings.LANGUAGE_CODE) or next(iter(texts.values()))
        )
        return KeptWords(text, value)


def in_all_languages(words: Promise) -> str:
    """The sentence as it is stored: one text where all languages say the same, else JSON."""
    texts = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            texts[code] = str(words)
    said = set(texts.values())
    return said.pop() if len(said) == 1 else json.dumps(texts, ensure_ascii=False)
