"""The day depends on where the organization is."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from common.clock import Clock
from tests.architecture.test_floors import OURS, ROOT

LATE = datetime(2026, 6, 30, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day"),
    [("UTC", date(2026, 6, 30)), ("Asia/Tokyo", date(2026, 7, 1)), ("America/New_York", date(2026, 6, 30))],
)
def test_today_is_the_organizations(monkeypatch, zone, day):
    monkeypatch.setattr(timezone, "now", lambda: LATE)
    assert Clock(ZoneInfo(zone)).today() == day


def test_a_day_starts_at_local_midnight_also_when_clocks_change():
    berlin = Clock(ZoneInfo("Europe/Berlin"))
    assert berlin.start_of(date(2026, 3, 29)).astimezone(UTC) == datetime(2026, 3, 28, 23, 0, tzinfo=UTC)
    assert berlin.start_of(date(2026, 3, 30)).astimezone(UTC) == datetime(2026, 3, 29, 22, 0, tzinfo=UTC)
    assert berlin.day_of(datetime(2026, 3, 29, 22, 0, tzinfo=UTC)) == date(2026, 3, 30)


def test_an_organization_has_the_clock_of_its_zone(organization):
    organization.time_zone = "Asia/Tokyo"
    assert organization.clock == Clock(ZoneInfo("Asia/Tokyo"))


AMBIENT = re.compile(r"\b(timezone\.local(date|time)|date\.today|datetime\.(now|today))\b")


def test_nobody_asks_the_surroundings_for_the_day():
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for label in [*OURS, "cxprogram"]
        for path in (ROOT / label).rglob("*.py")
        if "migrations" not in path.parts
        for line in path.read_text(encoding="utf-8").splitlines()
        if AMBIENT.search(line)
    ]
    assert not found


ENDS = [date(1, 1, 1), date(1, 1, 2), date(9999, 12, 31)]


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles", "Pacific/Kiritimati", "UTC"])
@pytest.mark.parametrize("day", ENDS)
def test_the_ends_of_the_calendar_are_moments_in_every_zone(zone, day):
    """East of Greenwich the first day begins before the first moment that can be told in UTC."""
    clock = Clock(ZoneInfo(zone))
    assert clock.start_of(day).astimezone(UTC).year == day.year
    assert clock.end_of(day).astimezone(UTC).year == day.year
    assert clock.start_of(day) < clock.end_of(day)


def test_only_the_two_days_at_each_end_are_moved():
    tokyo = Clock(ZoneInfo("Asia/Tokyo"))
    assert tokyo.start_of(date(1, 1, 3)).replace(tzinfo=None) == datetime(1, 1, 3)
    assert tokyo.start_of(date(1, 1, 1)) == tokyo.start_of(date(1, 1, 3))
    assert tokyo.start_of(date(9999, 12, 29)).replace(tzinfo=None) == datetime(9999, 12, 29)
    assert tokyo.start_of(date.max) == tokyo.start_of(date(9999, 12, 29))


def test_a_day_is_over_where_the_next_begins():
    berlin = Clock(ZoneInfo("Europe/Berlin"))
    assert berlin.end_of(date(2026, 3, 29)) == berlin.start_of(date(2026, 3, 30))
    assert berlin.end_of(date(2026, 3, 28)).astimezone(UTC) == datetime(2026, 3, 28, 23, 0, tzinfo=UTC)
