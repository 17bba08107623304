"""Lets the demo's past happen in the past: services ask Django for the time, and get that day."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, tzinfo
from typing import Self
from unittest import mock

from django.utils import timezone


@contextmanager
def on_day(day: date, hour: int = 10) -> Iterator[None]:
    """Within the block `timezone.now()` is this day at this hour (UTC)."""
    moment = datetime.combine(day, time(hour), tzinfo=UTC)

    class Then(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls.fromtimestamp(moment.timestamp(), tz)

    with mock.patch.object(timezone, "datetime", Then):
        yield
