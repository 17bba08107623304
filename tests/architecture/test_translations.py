"""Both languages are complete: every text of the interface has its Chinese, with the same placeholders."""

import ast
import re
from collections import Counter

import polib
import pytest

from tests.architecture.test_floors import ROOT

CATALOG = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\([a-z_0-9]+\)[sdf]")


@pytest.fixture(scope="module")
def entries() -> list[polib.POEntry]:
    return [entry for entry in polib.pofile(str(CATALOG)) if not entry.obsolete]


def test_every_text_is_translated(entries):
    assert not [entry.msgid for entry in entries if not entry.translated() or "fuzzy" in entry.flags]


def test_placeholders_survive(entries):
    broken = []
    for entry in entries:
        if entry.msgid_plural:
            allowed = set(PLACEHOLDER.findall(entry.msgid)) | set(PLACEHOLDER.findall(entry.msgid_plural))
            needed = set(PLACEHOLDER.findall(entry.msgid_plural))
            found = set(PLACEHOLDER.findall(entry.msgstr_plural[0]))
            if not needed <= found <= allowed:
                broken.append(entry.msgid)
        elif Counter(PLACEHOLDER.findall(entry.msgid)) != Counter(PLACEHOLDER.findall(entry.msgstr)):
            broken.append(entry.msgid)
    assert not broken


def test_texts_of_templates_are_in_the_catalog(entries):
    """A new text without `make messages` would be shown in English to Chinese readers."""
    known = {entry.msgid for entry in entries}
    simple = re.compile(r"""\{%\s*translate\s+(?:"([^"]+)"|'([^']+)')\s*(?:as \w+\s*)?%\}""")
    missing = {
        text
        for path in (ROOT / "templates").rglob("*.html")
        for match in simple.finditer(path.read_text(encoding="utf-8"))
        if (text := (match.group(1) or match.group(2)).replace("%", "%%")) not in known
    }
    assert not missing


def test_no_text_hides_inside_a_formatted_string():
    """What is translated within an f-string is not collected, so it would stay English."""
    hidden = [
        f"{path.relative_to(ROOT)}:{part.lineno}"
        for app in ROOT.iterdir()
        if (app / "__init__.py").exists() and app.name != "tests"
        for path in app.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr)
        for part in ast.walk(node)
        if isinstance(part, ast.Call)
        and isinstance(part.func, ast.Name)
        and part.func.id in {"_", "gettext", "gettext_lazy", "ngettext", "pgettext"}
    ]
    assert hidden == []
