"""Production refuses to start when anything required is missing; embedded needs nothing."""

import os
import subprocess
import sys

import pytest

from cxprogram.secret import kept_key
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


SIGN = (
    "import django; django.setup(); from django.core import signing;"
    " print(signing.dumps('word', salt='test'))"
)
READ = (
    "import sys, django; django.setup(); from django.core import signing;"
    " print(signing.loads(sys.argv[1], salt='test'))"
)


def test_embedded_needs_nothing_and_keeps_its_key(tmp_path):
    environment = {"DJANGO_SETTINGS_MODULE": "cxprogram.settings"}
    signed = run_python(environment, tmp_path / "var", "-c", SIGN)
    assert signed.returncode == 0, signed.stderr
    key = (tmp_path / "var" / "secret_key").read_text()
    assert len(key) > 60
    read = run_python(environment, tmp_path / "var", "-c", READ, signed.stdout.strip())
    assert read.stdout.strip() == "word", read.stderr
    assert (tmp_path / "var" / "secret_key").read_text() == key
    assert [file.name for file in (tmp_path / "var").iterdir()] == ["secret_key"]


def test_processes_that_start_at_once_share_one_key(tmp_path):
    file = tmp_path / "var" / "secret_key"
    make = f"print(kept_key(Path({str(file)!r})))"
    code = f"from pathlib import Path; from cxprogram.secret import kept_key; {make}"
    started = [
        subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _ in range(6)
    ]
    keys = {process.communicate(timeout=60)[0].strip() for process in started}
    assert keys == {file.read_text()}
    assert [made.name for made in file.parent.iterdir()] == ["secret_key"]


def test_a_key_that_another_process_made_meanwhile_is_taken(tmp_path, monkeypatch):
    file = tmp_path / "secret_key"

    def somebody_was_faster(made, name):
        file.write_text("theirs")
        raise FileExistsError

    monkeypatch.setattr("os.link", somebody_was_faster)
    assert kept_key(file) == "theirs"
    assert [left.name for left in tmp_path.iterdir()] == ["secret_key"]


def test_a_wrong_mode_is_one_clear_line(tmp_path):
    run = load_settings({"CXPROGRAM_MODE": "staging"}, tmp_path)
    assert run.returncode != 0
    assert "CXPROGRAM_MODE must be one of embedded, production" in run.stderr


def printed(environment: dict[str, str], tmp_path, *names: str) -> list[str]:
    code = f"from cxprogram import settings as s; print(*(getattr(s, name) for name in {names!r}), sep='|')"
    run = run_python(environment, tmp_path, "-c", code)
    assert run.returncode == 0, run.stderr
    return run.stdout.strip().split("|")


@pytest.mark.parametrize(
    ("given", "broker"),
    [
        ({}, "redis://127.0.0.1:6379/1"),
        ({"CXPROGRAM_REDIS_URL": "redis://:secret@host:6379"}, "redis://:secret@host:6379/1"),
        ({"CXPROGRAM_REDIS_URL": "rediss://host/4?timeout=5"}, "rediss://host/5?timeout=5"),
        ({"CXPROGRAM_BROKER_URL": "redis://other:6379/0"}, "redis://other:6379/0"),
    ],
)
def test_the_queue_has_a_redis_database_of_its_own(given, broker, tmp_path):
    assert printed({**COMPLETE, **given}, tmp_path, "CELERY_BROKER_URL") == [broker]


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"CXPROGRAM_BROKER_URL": COMPLETE["CXPROGRAM_REDIS_URL"]}, "CXPROGRAM_BROKER_URL must name another"),
        ({"CXPROGRAM_REDIS_URL": "localhost:6379"}, "CXPROGRAM_REDIS_URL must read redis://"),
        ({"CXPROGRAM_REDIS_URL": "redis://host/cache"}, "CXPROGRAM_REDIS_URL must read redis://"),
        (
            {"CXPROGRAM_TASK_MAX_SECONDS": "3600"},
            "CXPROGRAM_TASK_MAX_SECONDS must be at least 60",
        ),
    ],
)
def test_an_impossible_queue_stops_the_start(given, refusal, tmp_path):
    run = load_settings({**COMPLETE, **given}, tmp_path)
    assert run.returncode != 0
    assert refusal in run.stderr


def test_a_task_is_stopped_before_redis_hands_its_message_out_again(tmp_path):
    soft, hard, options = printed(
        {**COMPLETE, "CXPROGRAM_TASK_MAX_SECONDS": "3500"},
        tmp_path,
        "CELERY_TASK_SOFT_TIME_LIMIT",
        "CELERY_TASK_TIME_LIMIT",
        "CELERY_BROKER_TRANSPORT_OPTIONS",
    )
    assert (soft, hard) == ("3500", "3560")
    assert options.startswith("{'visibility_timeout': 3600, 'socket_connect_timeout': 1, 'max_retries': 1,")


@pytest.mark.parametrize("environment", [COMPLETE, {}])
def test_reading_the_settings_makes_neither_folder_nor_file(environment, tmp_path):
    assert load_settings(environment, tmp_path / "var").returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_the_first_message_makes_the_folders_of_the_queue(tmp_path):
    code = (
        "from cxprogram.celery import app\n"
        "with app.connection_for_write() as connection: app.send_task('nothing', connection=connection)"
    )
    run = run_python({"DJANGO_SETTINGS_MODULE": "cxprogram.settings"}, tmp_path, "-c", code)
    assert run.returncode == 0, run.stderr
    assert len(list((tmp_path / "queue").glob("*.msg"))) == 1
