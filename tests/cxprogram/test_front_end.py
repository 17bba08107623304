"""What browsers get: the rules in use, named files, hashed and compressed; text compressed, files not."""

import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import FileResponse, HttpResponse
from django.test import RequestFactory

from common.middleware import CompressedTextMiddleware
from cxprogram import front_end
from cxprogram.styles import class_sets, used_rules
from tests.architecture.test_floors import ROOT
from tests.cxprogram.test_modes import COMPLETE, run_python

pytestmark = pytest.mark.drawn

SHEET = (
    "/*! Licensed */"
    ":root{--a:1px;--unread:2px;--of-b:3px}"
    ".used{margin:var(--a)}.unused{margin:0}"
    ".used,.unused{color:red}.used .unused{color:blue}.used:not(.unused){color:green}"
    ".b{--c:var(--of-b)}.b{padding:var(--c)}"
    ":is(.used,.unused) a{color:black}:is(.unused,.gone) a{color:white}"
    "@media print{.used{top:0}.unused{top:1px}}@media screen{.unused{top:0}}"
    "@keyframes turn{to{top:0}}@keyframes idle{to{top:1px}}.used{animation:turn 1s}"
    "a[href]{top:2px}"
)
KEPT = (
    "/*! Licensed */\n"
    ":root{--a:1px;--of-b:3px}"
    ".used{margin:var(--a)}"
    ".used{color:red}.used:not(.unused){color:green}"
    ".b{--c:var(--of-b)}.b{padding:var(--c)}"
    ":is(.used,.unused) a{color:black}"
    "@media print{.used{top:0}}"
    "@keyframes turn{to{top:0}}.used{animation:turn 1s}"
    "a[href]{top:2px}"
)


def test_a_style_sheet_keeps_what_pages_can_use_and_what_that_refers_to():
    assert used_rules(SHEET, words={"used", "b"}, properties=set()) == KEPT


def test_a_property_that_another_sheet_reads_stays():
    sheet = ":root{--mine:1px;--yours:2px}"
    assert used_rules(sheet, words=set(), properties={"--yours"}) == ":root{--yours:2px}"


def test_class_sets_are_the_classes_that_a_selector_asks_for_together():
    assert class_sets(".a.b .c:not(.d),.e{top:0}@media print{.f{top:0}}") == {
        frozenset({"a", "b", "c"}),
        frozenset({"e"}),
        frozenset({"f"}),
    }


def test_a_twelfth_of_tabler_is_sent():
    whole = (settings.PACKAGES_DIR / front_end.WHOLE_STYLES).stat().st_size
    assert whole > 600_000
    assert front_end.styles_file().stat().st_size < 100_000
    assert "Licensed under MIT" in front_end.styles_file().read_text(encoding="utf-8")[:400]


def test_every_file_that_a_template_names_is_found():
    named = {
        name
        for file in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r"{% static '([^']+)' %}", file.read_text(encoding="utf-8"))
    }
    assert "npm/tabler.css" in named
    assert [name for name in named if not finders.find(name)] == []


@pytest.mark.parametrize(
    "name",
    [
        "npm/@tabler/core/package.json",
        "npm/@tabler/core/dist/css/tabler.min.css",
        "rest_framework/css/bootstrap.min.css",
        "npm/../settings.py",
        "@fontsource/inter/files/inter-latin-400-normal.woff2",
    ],
)
def test_other_files_of_packages_are_not_served(name):
    assert not finders.find(name)


COLLECT_TWICE = """
import django
django.setup()
from cxprogram import front_end
for _ in range(2):
    front_end.collect(on_start=lambda: print("collecting"))
"""


@pytest.mark.parametrize("mode", [{}, COMPLETE])
def test_files_are_collected_once_with_hash_and_compressed(mode, tmp_path: Path):
    environment = {**mode, "DJANGO_SETTINGS_MODULE": "cxprogram.settings"}
    run = run_python(environment, tmp_path, "-c", COLLECT_TWICE)
    assert run.stdout.split() == ["collecting"], run.stderr
    sent = [file.name for file in (tmp_path / "static" / "npm").glob("tabler*")]
    assert sorted(re.sub(r"[0-9a-f]{12}", "HASH", name) for name in sent) == [
        "tabler.HASH.css",
        "tabler.HASH.css.br",
        "tabler.HASH.css.gz",
    ]


def answered(response: HttpResponse | FileResponse) -> str | None:
    request = RequestFactory().get("/", headers={"Accept-Encoding": "gzip, br"})
    encoding: str | None = CompressedTextMiddleware(lambda _request: response)(request).headers.get(
        "Content-Encoding"
    )
    return encoding


@pytest.mark.parametrize(
    ("kind", "encoding"),
    [
        ("text/html; charset=utf-8", "gzip"),
        ("application/json", "gzip"),
        ("application/problem+json", "gzip"),
        ("application/pdf", None),
        ("text/csv", None),
    ],
)
def test_pages_and_answers_of_the_api_are_compressed(kind, encoding):
    assert answered(HttpResponse("word " * 200, content_type=kind)) == encoding


def test_a_file_keeps_its_length(tmp_path):
    file = tmp_path / "page.html"
    file.write_text("word " * 200)
    with file.open("rb") as content:
        response = FileResponse(content, content_type="text/html")
        assert answered(response) is None
        assert response.headers["Content-Length"] == "1000"


def test_two_compressed_answers_differ_in_length():
    """What an attacker would have to see does not show: some random bytes come along."""
    lengths = set()
    for _once in range(12):
        response = HttpResponse("word " * 200, content_type="text/html")
        answered(response)
        lengths.add(len(response.content))
    assert len(lengths) > 1


def test_the_installer_and_the_start_of_ci_are_sound_shell():
    for script in ("scripts/install", "scripts/test", "scripts/check", ".ci/run"):
        run = subprocess.run(["bash", "-n", str(ROOT / script)], capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
