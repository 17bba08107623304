"""The cache of production: Redis, and this process's own memory for as long as Redis does not answer.

What stands in the cache is counted anew or asked for again: limits on guesses and calls, figures that are
quick to read. Sign-in, pages and API go on without it; limits then hold for each process by itself.
"""

import logging
import time
from collections.abc import Callable
from threading import Lock
from typing import Any

from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as NotReached
from redis.exceptions import ReadOnlyError, TimeoutError

logger = logging.getLogger(__name__)

ASK_AGAIN_SECONDS = 15.0  # while Redis is away, nobody waits for it more often than this
AWAY = (NotReached, TimeoutError, ReadOnlyError, OSError)
CONNECT_SECONDS, ANSWER_SECONDS = 1.0, 2.0


class RedisOrMemory(BaseCache):
    """Every call goes to Redis; when it fails, to the memory of this process. Said once in the log."""

    _lock = Lock()
    _away_until: dict[str, float] = {}  # by address, for all threads

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        options = {
            "socket_connect_timeout": CONNECT_SECONDS,
            "socket_timeout": ANSWER_SECONDS,
            **params.get("OPTIONS", {}),
        }
        self._server = str(server)
        self._redis = RedisCache(server, {**params, "OPTIONS": options})
        self._memory = LocMemCache(f"instead of {self._server}", {**params, "OPTIONS": {}})

    def _ask(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= self._away_until.get(self._server, 0.0):
            call: Callable[..., Any] = getattr(self._redis, name)
            try:
                found = call(*args, **kwargs)
            except AWAY as error:
                self._note_away(error)
            else:
                self._note_back()
                return found
        return getattr(self._memory, name)(*args, **kwargs)

    def _note_away(self, error: Exception) -> None:
        with self._lock:
            is_news = self._server not in self._away_until
            self._away_until[self._server] = time.monotonic() + ASK_AGAIN_SECONDS
        if is_news:
            logger.error("Redis does not answer (%s). Going on with this process's memory.", error)

    def _note_back(self) -> None:
        if self._server not in self._away_until:
            return
        with self._lock:
            was_away = self._away_until.pop(self._server, None) is not None
        if was_away:
            logger.warning("Redis answers again.")

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("add", *args, **kwargs)

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("set", *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("touch", *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("delete", *args, **kwargs)

    def get_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("get_many", *args, **kwargs)

    def set_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("set_many", *args, **kwargs)

    def delete_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("delete_many", *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("has_key", *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("incr", *args, **kwargs)

    def clear(self) -> Any:
        return self._ask("clear")

    def ping(self) -> bool:
        """Whether Redis answers at this moment, for the health page."""
        try:
            self._redis.get("health")
        except AWAY as error:
            self._note_away(error)
            return False
        self._note_back()
        return True
