"""Production refuses to start when anything required is missing; embedded needs nothing."""

import os
import subprocess
import sys

import pytest

from tests.architecture.test_floors import ROOT

COMPLETE = {
    "CXPROGRAM_MODE": "production",
    "CXPROGRAM_SECRET_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "CXPROGRAM_HOSTS": "cx.example.org",
    "CXPROGRAM_DATABASE_URL": "postgresql://user:p%40ss@127.0.0.1:5432/cx",
    "CXPROGRAM_REDIS_URL": "redis://127.0.0.1:6379/0",
    "CXPROGRAM_SMTP_HOST": "mail.example.org",
    "CXPROGRAM_MAIL_FROM": "cx@example.org",
}


def load_settings(environment: dict[str, str], tmp_path) -> subprocess.CompletedProcess[str]:
    return run_python(environment, tmp_path, "-c", "import cxprogram.settings")


def run_python(environment: dict[str, str], tmp_path, *arguments: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CXPROGRAM_")}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**clean, **environment, "CXPROGRAM_VAR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("missing", [name for name in COMPLETE if name != "CXPROGRAM_MODE"])
def test_production_names_what_is_missing(missing, tmp_path):
    run = load_settings({name: value for name, value in COMPLETE.items() if name != missing}, tmp_path)
    assert run.returncode != 0
    assert f"{missing} is required" in run.stderr


def test_production_with_everything_passes_the_deployment_check(tmp_path):
    run = run_python(COMPLETE, tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert run.returncode == 0, run.stderr


def test_embedded_needs_nothing_and_keeps_its_key(tmp_path):
    assert load_settings({}, tmp_path).returncode == 0
    key = (tmp_path / "secret_key").read_text()
    assert load_settings({}, tmp_path).returncode == 0
    assert (tmp_path / "secret_key").read_text() == key
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_a_wrong_mode_is_one_clear_line(tmp_path):
    run = load_settings({"CXPROGRAM_MODE": "staging"}, tmp_path)
    assert run.returncode != 0
    assert "CXPROGRAM_MODE must be one of embedded, production" in run.stderr
