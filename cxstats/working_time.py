"""Time that counts between two moments: business hours of a week, days with hours of their own, a time zone.

What counts is what a clock on the wall shows: an hour that is put forward is never there, one that is put
back is there twice.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import accumulate, pairwise

from cxstats.errors import InvalidInput

DAY_MINUTES = 1440
_DAY, _SCAN = 86_400, 43_200  # seconds; no zone changes its clocks twice within twelve hours
_EPOCH = date(1970, 1, 1)

type Minutes = tuple[int, int]  # [from, to) in minutes after midnight; beyond 1440: of the next day
type Hours = tuple[Minutes, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    """Hours of the seven days, Monday first, from a day on."""

    first: date
    days: tuple[Hours, ...]

    def __post_init__(self) -> None:
        if len(self.days) != 7:
            raise InvalidInput("days", "the hours of seven days")
        for hours in self.days:
            check_hours(hours)


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """Weeks in order, the first of which holds for everything before, and days with hours of their own.

    A day of its own counts its hours and nothing else, so none at all where it has none; what began on the
    evening before ends at its midnight.
    """

    weeks: tuple[Week, ...]
    own: Mapping[date, Hours] = field(default_factory=dict)

    def __post_init__(self) -> None:
        firsts = [week.first for week in self.weeks]
        if not firsts or firsts != sorted(set(firsts)):
            raise InvalidInput("weeks", "at least one, each from a later day on")
        for hours in self.own.values():
            check_hours(hours)

    def hours_begun(self, day: date) -> Hours:
        """The hours that begin on this day."""
        if day in self.own:
            return self.own[day]
        place = bisect_right([week.first for week in self.weeks], day) - 1
        return self.weeks[max(place, 0)].days[day.weekday()]

    def minutes_of(self, day: date) -> list[Minutes]:
        """What counts of one day, within 0..1440."""
        begun = [(low, min(high, DAY_MINUTES)) for low, high in self.hours_begun(day)]
        if day in self.own:
            return begun
        before = self.hours_begun(day - timedelta(days=1))
        return [(0, high - DAY_MINUTES) for _low, high in before if high > DAY_MINUTES] + begun


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkingTime:
    """Spans in which time counts, in seconds since 1970, and how much counts `before` each of them."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    before: tuple[int, ...]

    def until(self, moment: datetime) -> float:
        """Seconds that count from the first span to this moment."""
        at = moment.timestamp()
        place = bisect_right(self.starts, at) - 1
        if place < 0:
            return 0.0
        return self.before[place] + min(at, self.ends[place]) - self.starts[place]

    def seconds(self, start: datetime, end: datetime) -> float:
        """Seconds that count between two moments."""
        return self.until(end) - self.until(start)

    def moment(self, counted: float) -> datetime:
        """The first moment at which so many seconds have counted: `until` turned around. Beyond all of them
        it is the end of the last span."""
        place = max(bisect_left(self.before, counted) - 1, 0)
        at = min(self.starts[place] + max(counted - self.before[place], 0.0), self.ends[place])
        return datetime.fromtimestamp(at, UTC)


def check_hours(hours: Sequence[Minutes]) -> None:
    """Raises InvalidInput unless each begins on its day, lasts at most a day, and begins after the last."""
    for low, high in hours:
        if not 0 <= low < DAY_MINUTES or not 0 < high - low <= DAY_MINUTES:
            raise InvalidInput("hours", "a beginning on the day and an end at most a day later")
    for (_low, high), (following, _high) in pairwise(hours):
        if following < high:
            raise InvalidInput("hours", "one after the other")


def working_time(schedule: Schedule, *, zone: tzinfo, first: date, last: date) -> WorkingTime:
    """Everything that counts on the days [first, last).

    Parameters
    ----------
    schedule : Schedule
        In minutes of the wall's clock.
    zone : tzinfo
        Of that clock.
    first, last : date
        Days there.

    Returns
    -------
    WorkingTime
        Spans in order that neither touch nor overlap; without hours there are none.

    Examples
    --------
    >>> week = Week(first=date(2026, 1, 1), days=(((540, 1020),),) * 5 + ((), ()))
    >>> found = working_time(Schedule(weeks=(week,)), zone=UTC, first=date(2026, 1, 1), last=date(2026, 2, 1))
    >>> friday, monday = datetime(2026, 1, 9, 16, tzinfo=UTC), datetime(2026, 1, 12, 10, tzinfo=UTC)
    >>> found.seconds(friday, monday) / 3600
    2.0
    """
    steady = _steady(zone, first, last)
    spans: list[list[int]] = []
    for low, high in sorted(_counted(schedule, steady, first, last)):
        if spans and low <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], high)
        else:
            spans.append([low, high])
    lengths = [high - low for low, high in spans]
    return WorkingTime(
        starts=tuple(low for low, _high in spans),
        ends=tuple(high for _low, high in spans),
        before=tuple(accumulate(lengths, initial=0))[:-1],
    )


def _counted(
    schedule: Schedule, steady: Sequence[tuple[int, int, int]], first: date, last: date
) -> Iterator[tuple[int, int]]:
    """Spans in seconds since 1970. What is on the wall's clock is looked up in each steady time near it."""
    begins = [low for low, _high, _offset in steady]
    for number in range((last - first).days):
        day = first + timedelta(days=number)
        midnight = (day - _EPOCH).days * _DAY
        for low, high in schedule.minutes_of(day):
            wall_low, wall_high = midnight + low * 60, midnight + high * 60
            place = max(bisect_right(begins, wall_low - 2 * _DAY) - 1, 0)
            while place < len(steady) and steady[place][0] < wall_high + 2 * _DAY:
                begin, end, offset = steady[place]
                span = max(wall_low - offset, begin), min(wall_high - offset, end)
                if span[0] < span[1]:
                    yield span
                place += 1


def _steady(zone: tzinfo, first: date, last: date) -> list[tuple[int, int, int]]:
    """(from, to, offset) of the times between two changes of the clocks, in seconds."""
    at = ((first - _EPOCH).days - 2) * _DAY
    stop = ((last - _EPOCH).days + 2) * _DAY
    found, begin, offset = [], at, _offset(zone, at)
    while at < stop:
        following = at + _SCAN
        if _offset(zone, following) != offset:
            low, high = at, following
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if _offset(zone, middle) == offset else (low, middle)
            found.append((begin, high, offset))
            begin, offset = high, _offset(zone, high)
        at = following
    return [*found, (begin, stop, offset)]


def _offset(zone: tzinfo, at: int) -> int:
    shift = datetime.fromtimestamp(at, UTC).astimezone(zone).utcoffset()
    return 0 if shift is None else int(shift.total_seconds())
