"""A queue that refuses, is away or never answers delays the work; nobody who sends waits for it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from celery.signals import celeryd_init
from kombu.exceptions import OperationalError
from redis.exceptions import TimeoutError

from common import messages
from tests.architecture.test_floors import ROOT
from tests.silence import silent_server

TASK = "accounts.tasks.deliver_events"


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch):
    monkeypatch.setattr(messages._Silence, "until", 0.0)


@pytest.fixture
def silent_port() -> Iterator[int]:
    with silent_server() as port:
        yield port


SEND = """
import time
import django
django.setup()
from common.messages import send
from django.core.cache import cache
import accounts.tasks
for _ in range(2):
    begun = time.monotonic()
    print(send("accounts.tasks.deliver_events", about="events wait"), time.monotonic() - begun)
begun = time.monotonic()
print(cache.get("a"), time.monotonic() - begun)
"""


def test_a_redis_that_never_answers_holds_a_sender_for_two_seconds_and_only_once(silent_port, tmp_path):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CXPROGRAM_")}
    done = subprocess.run(
        [sys.executable, "-c", SEND],
        cwd=ROOT,
        env={
            **clean,
            "CXPROGRAM_VAR": str(tmp_path),
            "CXPROGRAM_REDIS_URL": f"redis://127.0.0.1:{silent_port}/0",
            "DJANGO_SETTINGS_MODULE": "cxprogram.settings",
        },
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    first, second, cached = (line.split() for line in done.stdout.splitlines())
    assert (first[0], second[0], cached[0]) == ("False", "False", "None")
    assert 1.9 < float(first[1]) < 5
    assert float(second[1]) < 0.5
    assert float(cached[1]) < 5
    assert "events wait: the queue cannot be reached" in done.stderr


@pytest.mark.parametrize("error", [OperationalError("a"), TimeoutError("b"), ConnectionRefusedError("c")])
def test_a_queue_that_fails_at_once_is_asked_by_the_next_sender_too(monkeypatch, error):
    asked = []

    def away():
        asked.append(1)
        raise error

    monkeypatch.setattr(f"{TASK}.delay", away)
    assert [messages.send(TASK, about="events wait") for _ in range(3)] == [False, False, False]
    assert len(asked) == 3


def test_a_queue_that_kept_somebody_waiting_is_asked_again_after_a_while(monkeypatch):
    now, asked = [1000.0], []
    monkeypatch.setattr(messages.time, "monotonic", lambda: now[0])

    def slow():
        asked.append(now[0])
        now[0] += 2.0
        raise OperationalError("Timeout reading from socket")

    monkeypatch.setattr(f"{TASK}.delay", slow)
    assert not messages.send(TASK, about="events wait")
    now[0] = 1016.9  # 14.9 seconds after it gave up
    assert not messages.send(TASK, about="events wait")
    assert asked == [1000.0]
    now[0] = 1017.1
    monkeypatch.setattr(f"{TASK}.delay", lambda: asked.append(now[0]))
    assert messages.send(TASK, about="events wait")
    assert asked == [1000.0, 1017.1]


def test_other_errors_are_no_silence(monkeypatch):
    def broken():
        raise ValueError("a fault of ours")

    monkeypatch.setattr(f"{TASK}.delay", broken)
    with pytest.raises(ValueError, match="a fault of ours"):
        messages.send(TASK, about="events wait")


def test_a_worker_waits_for_redis_as_long_as_it_takes():
    conf = SimpleNamespace(broker_transport_options={"socket_timeout": 2, "visibility_timeout": 3600})
    celeryd_init.send(sender="celery@here", instance=None, conf=conf, options={})
    assert conf.broker_transport_options == {"visibility_timeout": 3600}
