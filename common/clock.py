"""What day it is for an organization. "Today" depends on where one stands, so nothing else may ask for it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

# Somebody may ask for the first or the last day that a calendar has. Its midnight east of Greenwich is before
# the first moment of all, and its end west of it after the last: no computer can write these down. Nothing
# happened on these days, so the nearest that every zone has stands for them.
FIRST_DAY, LAST_DAY = date.min + timedelta(days=2), date.max - timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Clock:
    """The present moment, and its day, in one time zone. Reach it as `organization.clock`.

    Pages, API calls, tasks and commands all ask the clock of the organization they work for, so that a
    rule about days says the same in each of them.
    """

    zone: ZoneInfo

    def now(self) -> datetime:
        """The present moment, aware; the same everywhere."""
        return timezone.now()

    def today(self) -> date:
        """The calendar day on which the organization is now."""
        return self.day_of(self.now())

    def day_of(self, moment: datetime) -> date:
        """The calendar day of an aware moment in this zone."""
        return moment.astimezone(self.zone).date()

    def start_of(self, day: date) -> datetime:
        """The first moment of a calendar day in this zone; a period ends where the next day starts. Of a day
        beyond `FIRST_DAY` and `LAST_DAY` that of the nearest: every moment can be told in every zone."""
        return self._midnight(min(max(day, FIRST_DAY), LAST_DAY))

    def end_of(self, day: date) -> datetime:
        """The moment at which a calendar day is over in this zone: the first of the next day."""
        return self._midnight(min(max(day, FIRST_DAY), LAST_DAY) + timedelta(days=1))

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time.min, tzinfo=self.zone)
