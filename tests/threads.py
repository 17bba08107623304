"""Doing things at the same instant, each in a thread and a database connection of its own."""

import random
import time
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from django.db import OperationalError, connection

from common.errors import DomainError

LOCKED = ("locked", "busy")


def at_once(*actions: Callable[[], Any]) -> list[Any]:
    """What each action returned, or the domain error that it raised; any other error is raised here."""
    start, results = Barrier(len(actions)), [RuntimeError("did not end")] * len(actions)

    def act(number: int) -> None:
        try:
            start.wait(timeout=20)
            results[number] = _insist(actions[number])
        except Exception as error:
            results[number] = error
        finally:
            raw = connection.connection
            connection.close()
            if connection.vendor == "sqlite" and raw is not None:
                raw.close()  # Django keeps an in-memory one open

    threads = [Thread(target=act, args=[number]) for number in range(len(actions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    for found in results:
        if isinstance(found, Exception) and not isinstance(found, DomainError):
            raise found
    return results


def _insist(action: Callable[[], Any]) -> Any:
    """An in-memory SQLite shared by threads answers "locked" at once instead of waiting: ask again."""
    until = time.monotonic() + 50  # a busy machine needs many attempts
    while time.monotonic() < until:
        try:
            return action()
        except OperationalError as error:
            if connection.vendor != "sqlite" or not any(word in str(error) for word in LOCKED):
                raise
            time.sleep(random.random() / 100)
    raise RuntimeError("locked for ever")
