"""Time in which a case waits for its customer: how it is written, and from where a time counts without it.

A case either says its stretches or how long they were together. The length is of hours as its metric counts
them: all of them, or those of its calendar.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cxstats.working_time import WorkingTime

type Stretch = tuple[datetime, datetime | None]  # [from, to); None: it waits still

_LENGTH = "PT"
_BETWEEN, _OPEN = "; ", ".."


class WaitedTooLong(ValueError):
    """A case cannot wait longer than it takes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Waits:
    """What is known of one case. `stretches` are in order and do not overlap; the last one may be open."""

    stretches: tuple[Stretch, ...] = ()
    length: timedelta | None = None

    @property
    def text(self) -> str:
        """The one way in which it is stored: ISO 8601 intervals in UTC, or a length in seconds."""
        if self.length is not None:
            return f"{_LENGTH}{round(self.length.total_seconds())}S"
        return _BETWEEN.join(
            f"{_written(begin)}/{_OPEN if end is None else _written(end)}" for begin, end in self.stretches
        )

    @classmethod
    def of_text(cls, text: str) -> "Waits":
        """What `text` has written; nothing of an empty one."""
        if text.startswith(_LENGTH):
            return cls(length=timedelta(seconds=int(text.removeprefix(_LENGTH).removesuffix("S"))))
        pairs = (one.split("/") for one in text.split(_BETWEEN) if one)
        return cls(stretches=tuple((_moment(begin), _end(end)) for begin, end in pairs))


def joined_stretches(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """In order, those that touch or overlap as one. Raises ValueError where one ends before it begins, or
    another begins after one that is said to go on."""
    found: list[Stretch] = []
    for begin, end in sorted(stretches, key=lambda one: one[0]):
        if end is not None and end < begin:
            raise ValueError(end)
        last = found[-1] if found else None
        if last is None:
            found.append((begin, end))
        elif last[1] is None:
            raise ValueError(begin)
        elif begin <= last[1]:
            found[-1] = (last[0], None if end is None else max(end, last[1]))
        else:
            found.append((begin, end))
    return tuple((begin, end) for begin, end in found if end is None or end > begin)


def counted_places(
    waits: Waits, *, opened: datetime, resolved: datetime | None, now: datetime, hours: WorkingTime | None
) -> tuple[datetime | None, datetime | None]:
    """(counted_from, waits_from): from which moment the time counts as if the case had never waited, None:
    from its opening; and since when it waits now, None: it does not.

    What lies before the opening or after the end is no waiting of the case. Raises WaitedTooLong.
    """
    end = resolved or now
    waited, waits_from = _counted(waits.stretches, opened, resolved, end, hours)
    if waits.length is not None:
        waited = waits.length.total_seconds()
        if waited > (end - opened).total_seconds() or waited > elapsed(opened, end, hours):
            raise WaitedTooLong(waited)
    if waited <= 0:
        return None, waits_from
    if hours is None:
        return opened + timedelta(seconds=waited), waits_from
    return hours.moment(hours.until(opened) + waited), waits_from


def elapsed(start: datetime, end: datetime, hours: WorkingTime | None) -> float:
    """Seconds that count between two moments."""
    return (end - start).total_seconds() if hours is None else hours.seconds(start, end)


def _counted(
    stretches: Sequence[Stretch],
    opened: datetime,
    resolved: datetime | None,
    end: datetime,
    hours: WorkingTime | None,
) -> tuple[float, datetime | None]:
    waited, waits_from = 0.0, None
    for begin, until in stretches:
        low = max(begin, opened)
        if until is None and resolved is None and low <= end:
            waits_from = low
            continue
        high = end if until is None else min(until, end)
        if high > low:
            waited += elapsed(low, high, hours)
    return waited, waits_from


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _end(text: str) -> datetime | None:
    return None if text == _OPEN else _moment(text)
