"""What day it is for an organization. "Today" depends on where one stands, so nothing else may ask for it."""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils import timezone


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
        """The first moment of a calendar day in this zone; a period ends where the next day starts."""
        return datetime.combine(day, time.min, tzinfo=self.zone)
