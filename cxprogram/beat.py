"""The clock of the worker: what is due is sent once, however many workers run."""

import os
import socket
from typing import Any

from celery.beat import PersistentScheduler
from django.core.cache import cache
from redis.exceptions import RedisError

_LEASE = "cxprogram.beat.lease"
LEASE_SECONDS = 90  # longer than the longest wait between two ticks, the shortest interval of the schedule
LOOK_AGAIN_SECONDS = 10.0


class OneClock(PersistentScheduler):
    """Every worker brings a clock; the one with the lease ticks, and another takes over when it ends."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.name_of_this = f"{socket.gethostname()}-{os.getpid()}-{id(self)}"
        super().__init__(*args, **kwargs)

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
