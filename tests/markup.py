"""Pages as markup: the Nu HTML checker (npm `vnu-jar`), classes without rules, texts as they are set."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from cxprogram.front_end import WHOLE_STYLES, styles_file
from cxprogram.styles import class_sets
from tests.architecture.test_floors import ROOT

CHECKER = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def need_the_checker() -> None:
    """Leaves the test out, and has it counted, where there is no Java or no checker."""
    if shutil.which("java") is None:
        pytest.skip("the HTML checker needs Java (Debian: default-jre-headless)")
    if not CHECKER.exists():
        pytest.skip("the HTML checker is not installed (npm ci)")


def unstyled_classes(folder: Path) -> list[str]:
    """Classes in the pages that Tabler has rules for which the style sheet that we send has not."""
    whole = class_sets((settings.PACKAGES_DIR / WHOLE_STYLES).read_text(encoding="utf-8"))
    sent = class_sets(styles_file().read_text(encoding="utf-8"))
    there = {
        name
        for file in folder.glob("*.html")
        for value in re.findall(r'\bclass="([^"]*)"', file.read_text(encoding="utf-8"))
        for name in value.split()
    }
    return sorted(".".join(sorted(names)) for names in whole - sent if names <= there)


def faults_in(folder: Path) -> list[str]:
    """Errors and warnings of every page in `folder`, one line each; what repeats is said once."""
    run = subprocess.run(
        ["java", "-Xmx512m", "-jar", str(CHECKER), "--format", "json", "--exit-zero-always", str(folder)],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    lines: dict[str, str] = {}
    for item in json.loads(run.stderr)["messages"]:
        if item["type"] != "error" and item.get("subType") != "warning":
            continue
        extract = " ".join(item.get("extract", "").split())
        page = Path(item["url"].removeprefix("file:")).stem
        lines.setdefault(f"{item['message']} … {extract}", page)
    return sorted(f"{page}: {line}" for line, page in lines.items())


# What begins and ends a run of text; other tags stand within one. Typed text and drawings are left out.
APART = re.compile(
    r"<(script|style|svg|textarea|pre|code)\b.*?</\1>"
    r"|</?(?!(?:a|abbr|b|cite|em|i|mark|q|s|small|span|strong|sub|sup|time|u)\b)[a-z][^>]*>",
    re.DOTALL,
)
BLANK_AT_FULL_WIDTH = re.compile(r"[。，：；、！？）] (?=[^ ·])|(?<=[^ ·]) （|（ | [，。：；、）]")


def running_text(page: str) -> str:
    """Texts as a browser sets them: line breaks of the template are blanks, each run on a line of its own."""
    page = re.sub(r"\s+", " ", APART.sub("\x00", page))
    runs = html.unescape(re.sub(r"<[^>]*>", "", page)).split("\x00")
    return "\n".join(run.strip() for run in runs)


def blanks_at_full_width(page: str) -> list[str]:
    text = running_text(page)
    return [
        f"…{text[max(0, found.start() - 30) : found.end() + 20]}…"
        for found in BLANK_AT_FULL_WIDTH.finditer(text)
    ]


def hidden_of(page: str, action: str) -> dict[str, str]:
    """What the first form of the page that is sent to this address carries beside what is typed."""
    for form in re.findall(r"<form\b.*?</form>", page, re.DOTALL):
        if re.search(rf'\baction="{re.escape(action)}"', form):
            found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form)
            return {name: html.unescape(value) for name, value in found}
    raise AssertionError(f"no form for {action}")
