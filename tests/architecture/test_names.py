"""Words and places: the field's terms, American spelling, nothing of one machine."""

import importlib
import re
import subprocess

import pytest

from tests.architecture.test_floors import OURS, ROOT

PACKAGES = sorted({*OURS, "cxprogram", "cxstats", "cxcharts"})
TEXTS = (".py", ".html", ".md", ".txt", ".toml", ".yaml", ".yml", ".js", ".css", ".json", ".cfg", ".ini")
BY_TOOLS = {"package-lock.json", "requirements.txt", "requirements-dev.txt"}
DOUBLED = "nps" + " score"  # the S is the score
BRITISH = re.compile("program" + r"mes?\b|" + "organi" + r"sations?\b", re.IGNORECASE)
MACHINE = re.compile(
    r"(?<![\w./<])/(?:" + "home|Users|root|work|mnt" + r")/[\w.-]+|"  # a folder of somebody's machine
    r"https?://[\w.-]*(?:" + "artifactory|nexus|jfrog|pypi|npmjs" + r")[\w.-]*|index" + "-url",
    re.IGNORECASE,
)


def _committed() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def _found(
    pattern: re.Pattern[str], endings: tuple[str, ...], *, skip: frozenset[str] = frozenset()
) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for name in _committed()
        if name.endswith(endings) and name not in skip
        for number, line in enumerate((ROOT / name).read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]


def test_nps_is_never_called_a_score_twice():
    pattern = re.compile(rf"\b{DOUBLED}s?\b", re.IGNORECASE)
    assert not _found(
        pattern, (".py", ".html", ".md", ".js"), skip=frozenset({"tests/cxstats/test_evaluate_routes.py"})
    )


def test_spelling_is_american():
    assert not _found(BRITISH, (".py", ".html"))


def test_no_file_names_a_machine():
    assert not _found(MACHINE, TEXTS, skip=frozenset(BY_TOOLS))


def test_lock_files_name_no_private_address():
    resolved = re.compile(r'"resolved": "https?://(?!registry\.npmjs\.org/)|^--(?:extra-)?index')
    assert not [
        f"{name}: {line.strip()}"
        for name in BY_TOOLS
        if (ROOT / name).is_file()
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
        if resolved.search(line)
    ]


def test_every_package_says_what_it_is():
    assert not [name for name in PACKAGES if not (importlib.import_module(name).__doc__ or "").strip()]
