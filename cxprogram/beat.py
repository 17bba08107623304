"""The clock of the worker: what is due is sent once, however many workers run."""

import os
import socket
from datetime import timedelta
from typing import Any

from celery.beat import Scheduler
from django.core.cache import cache
from redis.exceptions import RedisError

_LEASE = "cxprogram.beat.lease"
# How long a clock that was killed keeps the others from ticking. Work that was killed with it waits for that
# too: together no longer than the shortest interval of the schedule.
LEASE_SECONDS = 20
LOOK_AGAIN_SECONDS = 5.0


class OneClock(Scheduler):
    """Every worker brings a clock; the one with the lease ticks, and another takes over when it ends.

    It keeps no file. A clock that starts takes every entry as due: what an entry calls asks the database what
    is to be done, so that once too often does nothing, and a worker often started anew forgets nothing.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.name_of_this = f"{socket.gethostname()}-{os.getpid()}-{id(self)}"
        super().__init__(*args, **kwargs)

    def setup_schedule(self) -> None:
        super().setup_schedule()
        for entry in self.schedule.values():
            entry.last_run_at = entry.default_now() - timedelta(days=366)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        if not self._holds_the_lease():
            return LOOK_AGAIN_SECONDS
        return min(float(super().tick(*args, **kwargs)), LEASE_SECONDS / 3)

    def _holds_the_lease(self) -> bool:
        try:
            if cache.add(_LEASE, self.name_of_this, LEASE_SECONDS):
                return True
            return bool(cache.get(_LEASE) == self.name_of_this and cache.touch(_LEASE, LEASE_SECONDS))
        except RedisError:  # nothing could be sent either
            return False

    def close(self) -> None:
        if self._holds_the_lease():
            cache.delete(_LEASE)
        super().close()
