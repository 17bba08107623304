"""`manage.py start`: serves, works, and stops cleanly; a taken port is one line."""

import gzip
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

from cxprogram.management.commands import start
from tests.architecture.test_floors import ROOT

pytestmark = pytest.mark.drawn


@pytest.fixture
def environment(tmp_path):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CXPROGRAM_")}
    return {**clean, "CXPROGRAM_VAR": str(tmp_path / "var")}


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
