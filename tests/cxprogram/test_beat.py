"""Every worker brings a clock, one of them ticks."""

import pytest
from redis.exceptions import RedisError

from cxprogram import beat
from cxprogram.beat import LEASE_SECONDS, LOOK_AGAIN_SECONDS, OneClock
from cxprogram.celery import app
from tests import caching


@pytest.fixture
def clock(monkeypatch):
    """`clock()` is the clock of one more worker; what it sends is in `clock.sent`."""
    caching.begin_test()
    made, sent = [], []
    monkeypatch.setattr(OneClock, "apply_async", lambda self, entry, **_: sent.append((self, entry.task)))

    def make() -> OneClock:
        one = OneClock(app=app, lazy=False)
        made.append(one)
        return one

    make.sent = sent
    yield make
    for one in made:
        one.close()


def test_only_one_of_two_clocks_sends(clock):
    first, second = clock(), clock()
    for _turn in range(20):
        first.tick()
        assert second.tick() == LOOK_AGAIN_SECONDS
    assert {who for who, _task in clock.sent} == {first}
    assert {task for _who, task in clock.sent} >= {item["task"] for item in app.conf.beat_schedule.values()}


def test_another_clock_takes_over_when_the_first_ends(clock):
    first, second = clock(), clock()
    first.tick()
    assert second.tick() == LOOK_AGAIN_SECONDS
    first.close()
    second.tick()
    assert {who for who, _task in clock.sent} == {first, second}


def test_a_clock_without_redis_waits(clock, monkeypatch):
    def down(*_args, **_kwargs):
        raise RedisError

    one = clock()
    monkeypatch.setattr(beat.cache, "add", down)
    assert one.tick() == LOOK_AGAIN_SECONDS
    assert not clock.sent
    monkeypatch.undo()


def test_the_lease_outlasts_the_wait_between_two_ticks(clock):
    one = clock()
    waits = [one.tick() for _turn in range(20)]
    assert max(waits) <= LEASE_SECONDS / 3
    assert LEASE_SECONDS > 2 * LOOK_AGAIN_SECONDS


def test_what_was_killed_with_the_clock_waits_no_longer_than_the_shortest_interval(clock, monkeypatch):
    """The clock of a worker that is killed ends by its lease alone; work is looked after every 30 seconds."""
    killed, second = clock(), clock()
    killed.tick()
    assert second.tick() == LOOK_AGAIN_SECONDS
    assert app.conf.beat_schedule["restart-stale-jobs"]["schedule"] == 30.0
    assert LEASE_SECONDS + LOOK_AGAIN_SECONDS < 30.0
    beat.cache.delete(beat._LEASE)  # as at its end
    for _turn in range(20):
        second.tick()
    assert "common.tasks.restart_stale_jobs" in {task for who, task in clock.sent if who is second}


def test_a_clock_that_starts_sends_everything_once(clock):
    one = clock()
    for _turn in range(50):
        one.tick()
    names = sorted(task for _who, task in clock.sent)
    assert names == sorted(item["task"] for item in app.conf.beat_schedule.values())


def test_a_clock_keeps_no_file(clock, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    one = clock()
    one.tick()
    one.sync()
    one.close()
    assert list(tmp_path.iterdir()) == []
