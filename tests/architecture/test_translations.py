"""Both languages are complete: every text of the interface has its Chinese, with the same placeholders."""

import ast
import io
import os
import re
import subprocess
from collections import Counter
from shutil import which

import polib
import pytest
from babel.messages.extract import extract_python
from django.utils.translation.template import templatize

from tests.architecture.test_floors import ROOT

CATALOG = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\([a-z_0-9]+\)[sdf]")
CONTEXT = ((1, "c"), 2)
MARKS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), CONTEXT),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), (*CONTEXT, 3)),
}


@pytest.fixture(scope="module")
def entries() -> list[polib.POEntry]:
    return [entry for entry in polib.pofile(str(CATALOG)) if not entry.obsolete]


def test_every_text_is_translated(entries):
    assert not [entry.msgid for entry in entries if not entry.translated() or "fuzzy" in entry.flags]


def test_the_compiler_of_gettext_has_nothing_to_say_against_the_catalog():
    """A percent sign that stands for itself is one in both languages (`# xgettext:no-python-format`)."""
    compiler = which("msgfmt")
    if compiler is None:
        assert not os.environ.get("CXPROGRAM_REQUIRE_ALL"), "gettext is missing"
        pytest.skip("needs msgfmt of gettext")
    checked = subprocess.run(
        [compiler, "--check", "--output-file", os.devnull, str(CATALOG)], capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stderr


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


def said_in(python: str) -> set[tuple[str | None, str]]:
    """Context and text of every call of gettext and its kin, however many lines the text is written on."""
    found = extract_python(io.BytesIO(python.encode()), MARKS, [], {"encoding": "utf-8"})
    texts = set()
    for _line, mark, said, _comments in found:
        parts = said if isinstance(said, tuple) else (said,)
        context, text = parts[:2] if "pgettext" in mark else (None, parts[0])
        if text:
            texts.add((context, text))
    return texts


def as_python(template: str) -> str:
    """What Django makes of a template for its collector: translate and blocktranslate become calls."""
    return "\n".join(line.strip() for line in templatize(template).splitlines())


def test_every_text_in_templates_and_code_is_in_the_catalog(entries):
    """A new text without `make messages` would reach Chinese readers in English, on a page or in a letter."""
    known = {(entry.msgctxt, entry.msgid) for entry in entries}
    templates = [path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"}]
    modules = [
        path
        for app in ROOT.iterdir()
        if (app / "__init__.py").exists() and app.name not in {"tests", "scripts", "benchmarks"}
        for path in app.rglob("*.py")
    ]
    texts = [(path, as_python(path.read_text(encoding="utf-8"))) for path in templates]
    texts += [(path, path.read_text(encoding="utf-8")) for path in modules]
    missing = {
        f"{path.relative_to(ROOT)}: {text}"
        for path, python in texts
        for context, text in said_in(python)
        if (context, text) not in known
    }
    assert not missing


def test_the_collector_sees_blocks_plurals_and_contexts():
    template = """{% load i18n %}{% translate "Save" %}
      {% translate "From" context "a state" %}
      {% blocktranslate trimmed with of=many %}
        One line
        and {{ of }}, at 5%.
      {% endblocktranslate %}
      {% if x %}{% blocktranslate count n=n %}{{ n }} seat{% plural %}all{% endblocktranslate %}{% endif %}"""
    assert said_in(as_python(template)) == {
        (None, "Save"),
        ("a state", "From"),
        (None, "One line and %(of)s, at 5%%."),
        (None, "%(n)s seat"),
    }
    assert said_in('x = _("a "\n "b")\ny = npgettext("c", "one", "more", 2)') == {(None, "a b"), ("c", "one")}


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
