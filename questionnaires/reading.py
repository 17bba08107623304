"""Reads plain values into content and names every problem with its place and what is expected there.

The base of the readers of questionnaires and of maturity frameworks.
"""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

from django.utils.translation import gettext as _

from questionnaires.loading import join
from questionnaires.wording import Text, language_code

MOST_TEXT_CHARACTERS = 4000
KEY = re.compile(r"[a-z][a-z0-9_-]{0,59}")
VERSION = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4}){0,2}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")


class ContentReader:
    """Reads on after a problem with a harmless stand-in, so that one look at the list mends a file.

    `language` is the one that every text has. `lines` (of `loading.load_yaml`) put the line before a place.
    """

    def __init__(self, *, language: str, lines: Mapping[str, int] | None = None) -> None:
        self.problems: list[tuple[str, str]] = []
        self.language = language
        self.lines = lines or {}

    def refuse(self, path: str, expected: str) -> None:
        self.problems.append((self.place(path), expected))

    def place(self, path: str) -> str:
        """The path; if lines are known, with the one where it stands or where what lacks it begins."""
        if not self.lines:
            return path or _("file")
        at = path
        while at and at not in self.lines:
            at = at[: max(at.rfind("."), at.rfind("["), 0)]
        line = self.lines.get(at, 1)
        if not path:
            return _("line %(line)d") % {"line": line}
        return _("line %(line)d (%(path)s)") % {"line": line, "path": path}

    def mapping(
        self, raw: Any, path: str, required: set[str], optional: frozenset[str] = frozenset()
    ) -> Mapping[str, Any]:
        if not isinstance(raw, Mapping):
            self.refuse(path, _("named values"))
            return {}
        values = {str(key): value for key, value in raw.items()}
        for name in sorted(required - values.keys()):
            self.refuse(join(path, name), _("a value; it is missing"))
        for name in sorted(values.keys() - required - optional):
            known = ", ".join(sorted(required | optional))
            self.refuse(join(path, name), _("one of: %(known)s") % {"known": known})
        return values

    def rows(self, raw: Any, path: str, *, least: int = 1) -> Sequence[Any]:
        if not isinstance(raw, (list, tuple)):
            self.refuse(path, _("a list"))
            return []
        if len(raw) < least:
            self.refuse(path, _("at least %(count)d entries") % {"count": least})
        return raw

    def listed(self, values: Mapping[str, Any], name: str, *, least: int = 1) -> Sequence[Any]:
        return self.rows(values[name], name, least=least) if name in values else []

    def key(self, values: Mapping[str, Any], path: str, name: str = "key") -> str:
        return self.pattern(
            values, path, name, KEY, _("lower-case letters, digits, - and _, starting with a letter")
        )

    def version(self, values: Mapping[str, Any], path: str) -> str:
        return self.pattern(values, path, "version", VERSION, _('a version in quotes, such as "1.0"'))

    def pattern(
        self, values: Mapping[str, Any], path: str, name: str, form: re.Pattern[str], expected: str
    ) -> str:
        value = values.get(name)
        if isinstance(value, str) and form.fullmatch(value):
            return value
        if name in values:
            self.refuse(join(path, name), expected)
        return ""

    def number(
        self, values: Mapping[str, Any], path: str, name: str, low: float, high: float = math.inf
    ) -> float:
        value = values.get(name)
        if is_number(value) and low <= value <= high:
            return float(value)
        if name in values:
            self.refuse(
                join(path, name),
                _("a number from %(low)g") % {"low": low}
                if math.isinf(high)
                else _("a number from %(low)g to %(high)g") % {"low": low, "high": high},
            )
        return low

    def text(self, values: Mapping[str, Any], path: str, name: str) -> Text:
        return self.words(values[name], join(path, name)) if name in values else {}

    def words(self, raw: Any, path: str) -> Text:
        """One text by language, the reader's own language among them."""
        if not isinstance(raw, Mapping):
            self.refuse(path, _("a text by language, such as {en: ...}"))
            return {}
        found: dict[str, str] = {}
        for code, value in raw.items():
            name = join(path, str(code))
            if not LANGUAGE.fullmatch(str(code).lower()):
                self.refuse(name, _("a language code such as en or zh-hans"))
            elif isinstance(value, bool):
                self.refuse(name, _("a text in quotes; without them yes, no, on and off are none"))
            elif not isinstance(value, str) or not value.strip():
                self.refuse(name, _("a text"))
            elif len(value) > MOST_TEXT_CHARACTERS:
                expected = _("at most %(count)d characters") % {"count": MOST_TEXT_CHARACTERS}
                self.refuse(name, expected)
            else:
                found[str(code).lower()] = value.strip()
        if self.language not in {str(code).lower() for code in raw}:
            self.refuse(join(path, self.language), self.needed_text())
        return found

    def needed_text(self) -> str:
        """What is expected where the text lacks the language that every text has."""
        return _("a text in the default language; it is missing")

    def unique(self, items: Sequence[tuple[str, str]], what: str) -> None:
        seen: set[str] = set()
        for path, key in items:
            if key and key in seen:
                self.refuse(
                    path, _("a unique %(what)s; “%(key)s” appears twice") % {"what": what, "key": key}
                )
            seen.add(key)


def is_number(value: Any) -> TypeGuard[int | float]:
    """A number and not yes or no, which Python counts among them."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def language_of(raw: Any) -> str:
    """A language code as it is kept; empty where the value is none."""
    code = language_code(raw) if isinstance(raw, str) else ""
    return code if LANGUAGE.fullmatch(code) else ""
