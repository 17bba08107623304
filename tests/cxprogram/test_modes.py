"""Production refuses to start when anything required is missing; embedded needs nothing."""

import os
import re
import runpy
import subprocess
import sys
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from cxprogram.management.commands.start import _site as site_of_start
from cxprogram.secret import kept_key
from tests.architecture.test_floors import ROOT

pytestmark = pytest.mark.drawn

COMPLETE = {
    "CXPROGRAM_MODE": "production",
    "CXPROGRAM_SECRET_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "CXPROGRAM_HOSTS": "cx.example.org",
    "CXPROGRAM_DATABASE_URL": "postgresql://user:p%40ss@127.0.0.1:5432/cx",
    "CXPROGRAM_REDIS_URL": "redis://127.0.0.1:6379/0",
    "CXPROGRAM_SMTP_HOST": "mail.example.org",
    "CXPROGRAM_MAIL_FROM": "cx@example.org",
}


def settings_of(environment: dict[str, str], tmp_path, monkeypatch) -> dict[str, Any]:
    """The settings that this environment gives, read once more in this process: no time for a new one."""
    for name in [name for name in os.environ if name.startswith(("CXPROGRAM_", "DJANGO_"))]:
        monkeypatch.delenv(name)
    for name, value in {**environment, "CXPROGRAM_VAR": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(ROOT / "cxprogram" / "settings.py"))


def load_settings(environment: dict[str, str], tmp_path) -> subprocess.CompletedProcess[str]:
    return run_python(environment, tmp_path, "-c", "import cxprogram.settings")


def run_python(environment: dict[str, str], tmp_path, *arguments: str) -> subprocess.CompletedProcess[str]:
    ours = ("CXPROGRAM_", "DJANGO_")  # a browser story in the same process sets one of Django's
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
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


@pytest.mark.parametrize("missing", [name for name in COMPLETE if name != "CXPROGRAM_MODE"])
def test_what_is_there_and_empty_is_missing(missing, tmp_path, monkeypatch):
    with pytest.raises(ImproperlyConfigured, match=f"^{missing} is required"):
        settings_of({**COMPLETE, missing: ""}, tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CXPROGRAM_SECRET_KEY", "k"),
        ("CXPROGRAM_SECRET_KEY", "ab" * 40),
        ("CXPROGRAM_SECRET_KEY", COMPLETE["CXPROGRAM_SECRET_KEY"][:49]),
        ("CXPROGRAM_HOSTS", "https://cx.example.org"),
        ("CXPROGRAM_HOSTS", "cx.example.org:8000"),
        ("CXPROGRAM_HOSTS", ".example.org"),
        ("CXPROGRAM_SITE_URL", "https://cx.example.org/program"),
        ("CXPROGRAM_SITE_URL", "https://cx.example.org/?a=1"),
        ("CXPROGRAM_SITE_URL", "ftp://cx.example.org"),
        ("CXPROGRAM_SITE_URL", "cx.example.org"),
        ("CXPROGRAM_SITE_URL", "https://.example.org"),
        ("CXPROGRAM_SITE_URL", "https://cx.example.org:port"),
        ("CXPROGRAM_DATABASE_URL", "postgresql://user@127.0.0.1:port/cx"),
        ("CXPROGRAM_DATABASE_URL", "postgresql://user@127.0.0.1:5432/"),
        ("CXPROGRAM_DATABASE_URL", "postgresql://user@[127.0.0.1/cx"),
        ("CXPROGRAM_DATABASE_URL", "sqlite:///cx.sqlite3"),
        ("CXPROGRAM_REDIS_URL", "redis://127.0.0.1:port/0"),
        ("CXPROGRAM_BROKER_URL", "amqp://127.0.0.1/0"),
        ("CXPROGRAM_MAIL_FROM", "nonsense"),
        ("CXPROGRAM_MAIL_FROM", "Experience <>"),
        ("CXPROGRAM_LOG_LEVEL", "LOUD"),
        ("CXPROGRAM_SECRET_KEY", "abcdefghi" * 6),
        ("CXPROGRAM_HOSTS", "*.example.org"),
        ("CXPROGRAM_HOSTS", "cx.example.org,cx_a!.org"),
        ("CXPROGRAM_HOSTS", "[cx.example.org"),
        ("CXPROGRAM_SITE_URL", "https://cx example.org"),
        ("CXPROGRAM_SITE_URL", "https://*.example.org"),
        ("CXPROGRAM_SITE_URL", "http://cx.example.org"),
        ("CXPROGRAM_MAIL_FROM", "cx@exam ple.org"),
        ("CXPROGRAM_MAIL_FROM", "Experience <cx @example.org>"),
        ("CXPROGRAM_DATABASE_URL", "postgresql://user@127.0.0.1:0/cx"),
        ("CXPROGRAM_BROKER_URL", "redis://localhost/0"),
        ("CXPROGRAM_BROKER_URL", "redis://:word@127.0.0.1:6379"),
        ("CXPROGRAM_BROKER_URL", "redis://127.0.0.1:6379/00"),
        ("CXPROGRAM_KEYS_DIR", "/dev/null/keys"),
        ("CXPROGRAM_STATIC_ROOT", str(ROOT / "manage.py")),
        ("CXPROGRAM_SMTP_HOST", "smtp://mail.example.org"),
        ("CXPROGRAM_SMTP_HOST", "mail.example.org:587"),
    ],
)
def test_production_refuses_what_cannot_work(name, value, tmp_path, monkeypatch):
    with pytest.raises(ImproperlyConfigured, match=f"^{name}"):
        settings_of({**COMPLETE, name: value}, tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("sender", "instead"),
    [
        ("cx@[127.0.0.1]", "Use the domain that your mail server sends for"),
        ("Experience <cx@[127.0.0.1]>", "Use the domain that your mail server sends for"),
        ("cx@bücher.example", "write xn--bcher-kva.example"),  # the code by RFC 3492
        ("Experience <cx@mail.bücher.example>", "write mail.xn--bcher-kva.example"),
    ],
)
def test_a_sender_that_servers_refuse_is_named_with_what_to_write(sender, instead, tmp_path, monkeypatch):
    with pytest.raises(ImproperlyConfigured, match=f"^CXPROGRAM_MAIL_FROM .*{re.escape(instead)}"):
        settings_of({**COMPLETE, "CXPROGRAM_MAIL_FROM": sender}, tmp_path, monkeypatch)
    coded = {**COMPLETE, "CXPROGRAM_MAIL_FROM": "Bücher <cx@xn--bcher-kva.example>"}
    assert settings_of(coded, tmp_path, monkeypatch)["DEFAULT_FROM_EMAIL"] == coded["CXPROGRAM_MAIL_FROM"]


def test_the_check_before_a_deployment_fails_likewise(tmp_path):
    environment = {**COMPLETE, "CXPROGRAM_SECRET_KEY": "k"}
    run = run_python(environment, tmp_path, "manage.py", "check", "--deploy")
    assert run.returncode != 0
    assert "CXPROGRAM_SECRET_KEY" in run.stderr


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({}, "https://cx.example.org"),
        ({"CXPROGRAM_SITE_URL": "https://cx.example.org/"}, "https://cx.example.org"),
        (
            {"CXPROGRAM_SITE_URL": "http://localhost:8443", "CXPROGRAM_HOSTS": "a.org,localhost"},
            "http://localhost:8443",
        ),
        ({"CXPROGRAM_SITE_URL": "https://a.org", "CXPROGRAM_HOSTS": ".a.org"}, "https://a.org"),
        ({"CXPROGRAM_SITE_URL": "https://CX.a.org", "CXPROGRAM_HOSTS": "b.org,.a.org"}, "https://CX.a.org"),
        ({"CXPROGRAM_SITE_URL": "https://[::1]:8443", "CXPROGRAM_HOSTS": "[::1]"}, "https://[::1]:8443"),
    ],
)
def test_links_begin_with_a_scheme_and_a_host(given, address, tmp_path, monkeypatch):
    assert settings_of({**COMPLETE, **given}, tmp_path, monkeypatch)["SITE_URL"] == address


@pytest.mark.parametrize(
    ("address", "served"),
    [
        ("https://cx.example.com", "cx.example.org"),
        ("https://example.org", "cx.example.org"),
        ("https://badexample.org", ".example.org"),
        ("https://cx.example.org.evil.com", "cx.example.org,.example.org"),
        ("http://localhost:8443", "cx.example.org"),
    ],
)
def test_an_address_of_links_that_is_not_served_is_refused_with_both_values(
    address, served, tmp_path, monkeypatch
):
    given = {**COMPLETE, "CXPROGRAM_SITE_URL": address, "CXPROGRAM_HOSTS": served}
    with pytest.raises(ImproperlyConfigured, match=r"^CXPROGRAM_SITE_URL is ") as refusal:
        settings_of(given, tmp_path, monkeypatch)
    assert f"is {address}, " in str(refusal.value)
    assert f"CXPROGRAM_HOSTS ({served.replace(',', ', ')})" in str(refusal.value)


def test_the_embedded_mode_refuses_it_as_well_where_somebody_set_it(tmp_path, monkeypatch):
    given = {"CXPROGRAM_SITE_URL": "http://cx.local:8000"}
    with pytest.raises(ImproperlyConfigured, match=r"http://cx\.local:8000.*localhost, 127\.0\.0\.1"):
        settings_of(given, tmp_path, monkeypatch)
    settings_of({**given, "CXPROGRAM_HOSTS": "cx.local"}, tmp_path, monkeypatch)
    settings_of({"CXPROGRAM_HOSTS": "cx.local"}, tmp_path, monkeypatch)  # nobody said where links lead


@pytest.mark.parametrize(
    ("served", "address"),
    [
        (["localhost", "127.0.0.1"], "http://127.0.0.1:8101"),
        (["*"], "http://127.0.0.1:8101"),
        (["cx.local", "localhost"], "http://cx.local:8101"),
        ([".a.org", "b.org"], "http://b.org:8101"),
        ([".a.org"], "http://127.0.0.1:8101"),
    ],
)
def test_links_of_the_embedded_mode_lead_to_a_host_that_is_served(served, address):
    assert site_of_start(8101, served) == address


def test_the_check_before_a_deployment_says_that_links_are_not_served(tmp_path):
    environment = {**COMPLETE, "CXPROGRAM_SITE_URL": "https://cx.example.com"}
    run = run_python(environment, tmp_path, "manage.py", "check", "--deploy")
    assert run.returncode != 0
    assert "CXPROGRAM_SITE_URL is https://cx.example.com" in run.stderr
    assert f"CXPROGRAM_HOSTS ({COMPLETE['CXPROGRAM_HOSTS']})" in run.stderr


def test_a_sender_may_have_a_name(tmp_path, monkeypatch):
    given = {**COMPLETE, "CXPROGRAM_MAIL_FROM": "Customer experience <cx@example.org>"}
    assert settings_of(given, tmp_path, monkeypatch)["DEFAULT_FROM_EMAIL"] == given["CXPROGRAM_MAIL_FROM"]


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
    assert options.startswith(
        "{'visibility_timeout': 3600, 'socket_connect_timeout': 1, 'socket_timeout': 2,"
    )


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


def test_the_protection_asked_for_in_the_database_address_is_kept(tmp_path, monkeypatch):
    url = f"{COMPLETE['CXPROGRAM_DATABASE_URL']}?sslmode=verify-full&sslrootcert=/etc/ssl/a%20b.pem"
    found = settings_of({**COMPLETE, "CXPROGRAM_DATABASE_URL": url}, tmp_path, monkeypatch)
    database = found["DATABASES"]["default"]
    assert database["OPTIONS"]["sslmode"] == "verify-full"
    assert database["OPTIONS"]["sslrootcert"] == "/etc/ssl/a b.pem"
    assert (database["NAME"], database["PASSWORD"]) == ("cx", "p@ss")


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ("sslmode=strict", "sslmode must be one of"),
        ("sslmode=", "sslmode must be one of"),
        ("pool=4", "'pool' is unknown"),
        ("sslmode=require&sslmode=disable", "given twice"),
    ],
)
def test_what_the_database_address_cannot_ask_for_is_refused(after, said, tmp_path, monkeypatch):
    url = f"{COMPLETE['CXPROGRAM_DATABASE_URL']}?{after}"
    with pytest.raises(ImproperlyConfigured, match=said):
        settings_of({**COMPLETE, "CXPROGRAM_DATABASE_URL": url}, tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CXPROGRAM_DATABASE_URL", "postgresql://u:Geheim123/x@host:5432/cx"),
        ("CXPROGRAM_DATABASE_URL", "postgresql://u:x?Geheim123@host:5432/cx"),
        ("CXPROGRAM_DATABASE_URL", "postgresql://u@host/cx?Geheim123@host:5432/cx"),
        ("CXPROGRAM_DATABASE_URL", "postgresql://u:[Geheim123@host/cx"),
        ("CXPROGRAM_REDIS_URL", "redis://:Geheim123/x@host:6379/0"),
        ("CXPROGRAM_BROKER_URL", "redis://:Geheim123#x@host:6379/0"),
    ],
)
def test_a_refusal_never_repeats_a_password(name, value, tmp_path):
    run = load_settings({**COMPLETE, name: value}, tmp_path)
    assert run.returncode != 0
    assert name in run.stderr
    assert "Geheim123" not in run.stderr


def test_the_level_of_the_log_may_be_written_small(tmp_path, monkeypatch):
    found = settings_of({**COMPLETE, "CXPROGRAM_LOG_LEVEL": "debug"}, tmp_path, monkeypatch)
    assert found["LOGGING"]["root"]["level"] == "DEBUG"


def test_a_place_for_files_that_is_a_file_is_refused(tmp_path, monkeypatch):
    (tmp_path / "var").write_text("")
    with pytest.raises(ImproperlyConfigured, match=r"^CXPROGRAM_VAR must be a folder"):
        settings_of(COMPLETE, tmp_path / "var" / "below", monkeypatch)


@pytest.mark.parametrize("name", ["CXPROGRAM_KEYS_DIR", "CXPROGRAM_STATIC_ROOT"])
def test_a_folder_that_nobody_can_make_is_refused_before_it_is_needed(name, tmp_path, monkeypatch):
    with pytest.raises(ImproperlyConfigured, match=rf"^{name} must be a folder.*/proc/nope"):
        settings_of({**COMPLETE, name: "/proc/nope"}, tmp_path, monkeypatch)
    assert list(tmp_path.iterdir()) == []  # what was tried is gone
