"""Texts in several languages: which one a reader gets, and in which language it then stands. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

type Text = Mapping[str, str]
"""One text in several languages, by language code in lower case, such as zh-hans."""

RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})
RIGHT_TO_LEFT_SCRIPTS = frozenset({"arab", "hebr", "nkoo", "syrc", "thaa"})
CHINESE = "zh-hans"
TRADITIONAL_CHINESE = {"zh-tw": "zh-hant", "zh-hk": "zh-hant", "zh-mo": "zh-hant"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A text as a reader gets it. `language` is its own, which a screen reader must be told."""

    text: str
    language: str

    def __bool__(self) -> bool:
        return bool(self.text)

    @property
    def direction(self) -> Literal["ltr", "rtl"]:
        return direction_of(self.language)


def language_code(raw: str) -> str:
    """`zh_Hans` and `zh-HANS` are the same language."""
    return raw.lower().replace("_", "-")


def direction_of(language: str) -> Literal["ltr", "rtl"]:
    """Which way a language is written; a script in its code decides (`az-arab`, `ar-latn`)."""
    base, *rest = language_code(language).split("-")
    scripts = [part for part in rest if len(part) == 4 and part.isalpha()]
    if scripts:
        return "rtl" if scripts[0] in RIGHT_TO_LEFT_SCRIPTS else "ltr"
    return "rtl" if base in RIGHT_TO_LEFT else "ltr"


def stand_ins(language: str, default: str) -> Iterator[str]:
    """The languages in which a text is looked for, best first.

    The wanted one, its forms without region and script, for Chinese the simplified script, then the default.
    """
    wanted = language_code(language)
    yield wanted
    if wanted in TRADITIONAL_CHINESE:
        yield TRADITIONAL_CHINESE[wanted]
    parts = wanted.split("-")
    for length in range(len(parts) - 1, 0, -1):
        yield "-".join(parts[:length])
    if parts[0] == "zh":
        yield CHINESE
    yield default


def said_in(text: Text, language: str, *, default: str) -> Said:
    """The text in `language`, else what stands in for it, else in any language, else nothing."""
    for code in stand_ins(language, default):
        if text.get(code):
            return Said(text=text[code], language=code)
    for code, value in text.items():
        if value:
            return Said(text=value, language=code)
    return Said(text="", language=default)
