"""Messages to the worker. Whoever sends one has the row already: a queue that is away loses nothing."""

import logging
import time
from threading import Lock

from django.utils.module_loading import import_string
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

log = logging.getLogger("cxprogram.jobs")

ASK_AGAIN_SECONDS = 15.0  # while the queue does not answer, nobody of this process waits for it more often
LONG_SECONDS = 0.5  # a failure that took longer was waited for; one that came at once costs nothing


class _Silence:
    """Until when a queue that keeps people waiting is not asked; of all threads of this process."""

    lock = Lock()
    until = 0.0


def send(task: str, *arguments: int, about: str) -> bool:
    """Ask the worker for `task` (dotted path); False when the queue refuses, is away or does not answer.

    Waits about two seconds at most. `about` says in the log what has to wait.
    """
    if time.monotonic() < _Silence.until:
        log.warning("%s: the queue cannot be reached (it did not answer a moment ago)", about)
        return False
    begun = time.monotonic()
    try:
        import_string(task).delay(*arguments)  # a process that never ran a task knows none by name
    except (KombuError, RedisError, OSError) as error:
        if time.monotonic() - begun >= LONG_SECONDS:
            with _Silence.lock:
                _Silence.until = time.monotonic() + ASK_AGAIN_SECONDS
        log.warning("%s: the queue cannot be reached (%s)", about, error)
        return False
    return True
