"""`manage.py start`: serves, works, and stops cleanly; a taken port is one line."""

import gzip
import io
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from django.core.management import CommandError, call_command

from cxprogram.management.commands import start
from tests.architecture.test_floors import ROOT

pytestmark = pytest.mark.drawn

# Hashed and compressed by whoever starts the product first, found by the next while no file has changed.
STATIC_ROOT = ROOT / "var" / "test-static"


@pytest.fixture
def environment(tmp_path):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CXPROGRAM_")}
    return {**clean, "CXPROGRAM_VAR": str(tmp_path / "var"), "CXPROGRAM_STATIC_ROOT": str(STATIC_ROOT)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_taken_port_is_reported_in_one_line(environment):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        run = subprocess.run(
            [sys.executable, "manage.py", "start", "--port", str(port)],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert run.returncode != 0
    assert f"Port {port}" in run.stderr
    assert f"PORT={port + 1}" in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1


def test_it_serves_and_stops_all_of_it_on_interrupt(environment):
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "start", "--port", str(port)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        output = ""
        for line in process.stdout:
            output += line
            if "Ctrl-C" in line:
                break
        assert f"http://127.0.0.1:{port}/" in output
        first = re.search(rf"http://127\.0\.0\.1:{port}/first/\?code=[\w-]+", output)[0]
        with urllib.request.urlopen(first, timeout=30) as answer:  # an empty installation is no dead end
            assert "Set up your organization" in answer.read().decode()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/", timeout=30) as answer:
            assert answer.status == 200
            assert "script-src 'self' 'nonce-" in answer.headers["Content-Security-Policy"]
            assert "unsafe-eval" not in answer.headers["Content-Security-Policy"]
        assert weight_of_all_files(f"http://127.0.0.1:{port}") < 120_000
        children = subprocess.run(
            ["ps", "--ppid", str(process.pid), "-o", "pid="], capture_output=True, text=True, check=True
        ).stdout.split()
        assert len(children) == 2  # web server and worker
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=40) == 0
        time.sleep(0.5)
        assert not [pid for pid in children if os.path.exists(f"/proc/{pid}")]
        with pytest.raises(urllib.error.URLError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/", timeout=2)
    finally:
        if process.poll() is None:
            process.kill()
        process.stdout.close()
        process.wait()


def weight_of_all_files(site: str) -> int:
    """Bytes on the way for a page and its styles and scripts; each kept for ever by its name."""
    page = urllib.request.Request(f"{site}/accounts/login/", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(page, timeout=30) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        content = answer.read()
    names = re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"', gzip.decompress(content).decode())
    assert len(names) > 5
    weight = len(content)
    for name in names:
        assert re.search(r"\.[0-9a-f]{12}\.", name), name
        file = urllib.request.Request(site + name, headers={"Accept-Encoding": "gzip, br"})
        with urllib.request.urlopen(file, timeout=30) as answer:
            assert "immutable" in answer.headers["Cache-Control"]
            assert answer.headers["Content-Encoding"] in {"gzip", "br"}, name
            weight += len(answer.read())
    return weight


def of_session(leader: int) -> list[str]:
    """What still runs; a dead one that nobody has buried yet does not."""
    listed = subprocess.run(["ps", "-s", str(leader), "-o", "stat="], capture_output=True, text=True)
    return [state for state in listed.stdout.split() if not state.startswith("Z")]


def test_a_worker_that_does_not_end_leaves_nothing_behind(monkeypatch):
    """Killing the worker alone would leave its clock and its pool, and the clock would go on sending."""
    monkeypatch.setattr(start, "STOP_SECONDS", 1)
    command = start.Command()
    command.processes = {}
    stubborn = "trap '' TERM; sleep 300 & echo started; wait; wait"
    command._start("worker", ["bash", "-c", stubborn])
    leader = command.processes["worker"].pid
    until = time.monotonic() + 20
    while len(of_session(leader)) < 2 and time.monotonic() < until:
        time.sleep(0.1)
    assert len(of_session(leader)) == 2
    command._stop_all()
    time.sleep(0.5)
    assert of_session(leader) == []


def run_start(environment, *options, **more):
    return subprocess.run(
        [sys.executable, "manage.py", "start", *options],
        cwd=ROOT,
        env={**environment, **more},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("only", ["web", "worker"])
def test_a_part_refuses_a_database_that_nobody_has_brought_to_this_version(environment, only):
    run = run_start(environment, "--only", only, "--port", str(free_port()))
    assert (run.returncode, run.stdout) == (1, "")
    line = "CommandError: The database is older than this version: run manage.py migrate first."
    assert run.stderr.strip() == line


@pytest.mark.parametrize("options", [(), ("--only", "worker")])
def test_a_database_that_cannot_be_opened_is_said_in_one_line(environment, tmp_path, options):
    (tmp_path / "var" / "cxprogram.sqlite3").mkdir(parents=True)  # where its file should be
    run = run_start(environment, *options, "--port", str(free_port()))
    assert run.returncode == 1
    assert run.stderr.strip() == ("The database cannot be used (CXPROGRAM_VAR): unable to open database file")


def test_a_command_on_a_database_without_tables_says_what_to_do_first(environment):
    values = ("--name", "A", "--slug", "a", "--email", "a@example.org", "--person", "A")
    run = subprocess.run(
        [sys.executable, "manage.py", "create_organization", *values],
        cwd=ROOT,
        env=environment,
        input="follow the customer\n",
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 1
    assert run.stderr.strip() == "The database is older than this version: run manage.py migrate first."


@pytest.mark.parametrize(
    ("command", "name", "value"),
    [
        (("start",), "CXPROGRAM_VAR", "/proc/nope"),
        (("check",), "CXPROGRAM_VAR", "/proc/nope"),
        (("check", "--deploy"), "CXPROGRAM_KEYS_DIR", "/proc/nope"),
        (("start", "--only", "worker"), "CXPROGRAM_KEYS_DIR", "/proc/nope"),
        (("migrate",), "CXPROGRAM_MODE", "test"),
        (("create_organization", "--name", "A"), "CXPROGRAM_UPLOAD_MAX_MB", "many"),
    ],
)
def test_a_setting_that_cannot_be_used_is_one_line_that_names_it(environment, command, name, value):
    run = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env={**environment, name: value},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith(f"{name} must be ")
    assert value in run.stderr
    assert len(run.stderr.splitlines()) == 1


def test_what_commands_there_are_is_told_whatever_the_settings_say(environment):
    run = subprocess.run(
        [sys.executable, "manage.py", "help"],
        cwd=ROOT,
        env={**environment, "CXPROGRAM_MODE": "test"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0
    assert "Available subcommands" in run.stdout


def test_a_start_that_fails_stops_what_it_has_started(monkeypatch):
    started = []

    def fail(self, host, port):
        started.append(self.processes["web server"].pid)
        raise RuntimeError("no greeting")

    monkeypatch.setattr(start.Command, "_prepare_database", lambda self, is_alone: None)
    monkeypatch.setattr(start.Command, "_web_command", lambda self, *_options: ["sleep", "300"])
    monkeypatch.setattr(start.Command, "_wait_until_ready", lambda self, *_place: None)
    monkeypatch.setattr(start.Command, "_greet", fail)
    monkeypatch.setattr(start.front_end, "collect", lambda on_start: None)
    monkeypatch.setattr(start.signal, "signal", lambda number, act: None)
    with pytest.raises(RuntimeError, match="no greeting"):
        call_command("start", only="web", port=free_port())
    assert of_session(started[0]) == []


@pytest.fixture
def watching(monkeypatch):
    """A command that watches a worker which falls at once, and does not wait."""
    monkeypatch.setattr(start.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(start.Command, "_worker_command", lambda self: ["bash", "-c", "exit 3"])
    command = start.Command(stdout=io.StringIO())
    command.processes, command.falls = {}, []
    command._start("worker", command._worker_command())
    yield command
    command._stop_all()


def test_a_worker_that_falls_is_started_again_and_one_that_falls_at_once_is_not_for_ever(watching):
    with pytest.raises(CommandError, match=r"The worker stopped by itself \(code 3\)\."):
        watching._watch(is_alone=True)
    assert watching.stdout.getvalue().count("It is started again.") == start.MOST_FALLS


def test_falls_of_long_ago_are_forgotten(watching, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(start.time, "monotonic", lambda: now[0])
    for _fall in range(3 * start.MOST_FALLS):
        assert watching._may_start_again()
        now[0] += start.WITHIN_SECONDS / start.MOST_FALLS
    assert [watching._may_start_again() for _fall in range(start.MOST_FALLS)][-1] is False


def test_a_part_of_production_leaves_a_fallen_worker_to_who_looks_after_it(watching):
    with pytest.raises(CommandError, match="stopped by itself"):
        watching._watch(is_alone=False)
    assert "started again" not in watching.stdout.getvalue()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems know no signal of a parent's death")
def test_a_start_that_is_killed_takes_its_children_along():
    code = (
        "import time; from cxprogram.management.commands.start import Command; c = Command();"
        "c.processes = {}; c._start('worker', ['sleep', '300']);"
        "print(c.processes['worker'].pid, flush=True); time.sleep(300)"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "cxprogram.settings"}
    prepared = f"import django; django.setup(); {code}"
    parent = subprocess.Popen(
        [sys.executable, "-c", prepared], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    child = int(parent.stdout.readline())
    assert of_session(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until = time.monotonic() + 20
    while of_session(child) and time.monotonic() < until:
        time.sleep(0.1)
    assert of_session(child) == []
