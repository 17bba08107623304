"""Business hours against a count minute by minute: what does the clock on the wall show, and is that open?"""

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxstats.errors import InvalidInput
from cxstats.working_time import Schedule, Week, working_time

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Asia/Shanghai",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "UTC",
)
NINE_TO_FIVE = ((540, 1020),)
OFFICE = (NINE_TO_FIVE,) * 5 + ((), ())


def _reckon(schedule, zone="UTC", first=date(2026, 1, 1), last=date(2027, 1, 1)):
    return working_time(schedule, zone=ZoneInfo(zone), first=first, last=last)


def _office(**more):
    return Schedule(weeks=(Week(first=date(2020, 1, 1), days=OFFICE),), **more)


def _is_open(week, own, moment, zone):
    """One minute, told without any of the code under test."""
    wall = moment.astimezone(ZoneInfo(zone))
    day, minute = wall.date(), wall.hour * 60 + wall.minute
    if day in own:
        return any(low <= minute < high for low, high in own[day])
    if any(low <= minute < high for low, high in week[day.weekday()]):
        return True
    before = day - timedelta(days=1)
    evening = own.get(before, week[before.weekday()])
    return any(low <= minute + 1440 < high for low, high in evening)


def _hours_of_a_day():
    """Up to three spans, one after the other, on the half hour; the last may go on after midnight."""
    marks = st.lists(st.integers(0, 60), min_size=0, max_size=6, unique=True).map(sorted)

    def spans(found):
        pairs = [(low * 30, high * 30) for low, high in zip(found[::2], found[1::2], strict=False)]
        return tuple((low, high) for low, high in pairs if low < 1440 and high - low <= 1440)

    return marks.map(spans)


# around changes of the clocks on either side of the year, and around an ordinary day
STARTS = (datetime(2025, 3, 28, tzinfo=UTC), datetime(2025, 10, 24, tzinfo=UTC),
          datetime(2025, 3, 7, tzinfo=UTC), datetime(2025, 10, 31, tzinfo=UTC),
          datetime(2025, 4, 4, tzinfo=UTC), datetime(2018, 11, 2, tzinfo=UTC),
          datetime(2018, 2, 16, tzinfo=UTC), datetime(2025, 6, 6, tzinfo=UTC))  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    days=st.lists(_hours_of_a_day(), min_size=7, max_size=7),
    off=st.dictionaries(st.integers(-1, 5), _hours_of_a_day(), max_size=2),
    zone=st.sampled_from(ZONES),
    base=st.sampled_from(STARTS),
    start=st.integers(0, 3000),
    length=st.integers(0, 4000),
)
def test_what_counts_is_what_counting_every_minute_gives(days, off, zone, base, start, length):
    opened = base + timedelta(minutes=start)
    closed = opened + timedelta(minutes=length)
    own = {base.date() + timedelta(days=place): hours for place, hours in off.items()}
    schedule = Schedule(weeks=(Week(first=date(2000, 1, 1), days=tuple(days)),), own=own)
    found = _reckon(schedule, zone, base.date() - timedelta(days=4), base.date() + timedelta(days=10))
    counted = sum(_is_open(days, own, opened + timedelta(minutes=minute), zone) for minute in range(length))
    assert found.seconds(opened, closed) == counted * 60
    spans = list(zip(found.starts, found.ends, strict=True))
    assert all(low < high for low, high in spans)
    assert all(high < low for (_a, high), (low, _b) in itertools.pairwise(spans))


@pytest.mark.parametrize(
    ("opened", "closed", "hours"),
    [
        ("2026-01-09 16:00", "2026-01-12 10:00", 2),  # Friday evening to Monday morning
        ("2026-01-09 18:00", "2026-01-12 08:00", 0),  # after hours to before hours
        ("2026-01-10 12:00", "2026-01-11 12:00", 0),  # within a weekend
        ("2026-01-12 08:00", "2026-01-12 20:00", 8),
        ("2026-01-12 09:30", "2026-01-12 09:45", 0.25),
        ("2026-01-05 00:00", "2026-02-02 00:00", 160),  # four weeks
    ],
)
def test_a_week_of_nine_to_five(opened, closed, hours):
    moments = [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (opened, closed)]
    assert _reckon(_office()).seconds(*moments) == hours * 3600


def test_a_case_opened_on_a_holiday_begins_to_count_on_the_day_after():
    found = _reckon(_office(own={date(2026, 1, 6): ()}))
    opened, closed = datetime(2026, 1, 6, 11, tzinfo=UTC), datetime(2026, 1, 7, 10, 30, tzinfo=UTC)
    assert found.seconds(opened, closed) == 1.5 * 3600


def test_a_day_of_its_own_has_its_own_hours():
    found = _reckon(_office(own={date(2026, 1, 10): ((600, 720),), date(2026, 12, 24): ((540, 780),)}))
    saturday, eve = datetime(2026, 1, 10, tzinfo=UTC), datetime(2026, 12, 24, tzinfo=UTC)
    assert found.seconds(saturday, saturday + timedelta(days=1)) == 2 * 3600
    assert found.seconds(eve, eve + timedelta(days=1)) == 4 * 3600


def test_a_night_shift_belongs_to_the_evening_and_ends_at_the_midnight_of_a_holiday():
    nights = Schedule(
        weeks=(Week(first=date(2020, 1, 1), days=(((1320, 1800),),) * 7),), own={date(2026, 1, 7): ()}
    )
    found = _reckon(nights)
    tuesday = datetime(2026, 1, 6, 12, tzinfo=UTC)
    assert found.seconds(tuesday - timedelta(days=1), tuesday) == 8 * 3600
    # the holiday takes the hours after midnight, and the shift that would begin on its own evening
    assert found.seconds(tuesday, tuesday + timedelta(days=1)) == 2 * 3600
    assert found.seconds(tuesday + timedelta(days=1), tuesday + timedelta(days=2)) == 0
    assert found.seconds(tuesday + timedelta(days=2), tuesday + timedelta(days=3)) == 8 * 3600


@pytest.mark.parametrize(("night", "hours"), [("2026-03-28", 7), ("2026-10-24", 9), ("2026-06-06", 8)])
def test_a_night_in_which_clocks_change_is_as_long_as_it_was(night, hours):
    nights = Schedule(weeks=(Week(first=date(2020, 1, 1), days=(((1320, 1800),),) * 7),))
    found = _reckon(nights, "Europe/Berlin")
    noon = datetime.fromisoformat(night).replace(hour=12, tzinfo=ZoneInfo("Europe/Berlin"))
    assert found.seconds(noon, noon.astimezone(UTC) + timedelta(days=1)) == hours * 3600


def test_other_hours_hold_from_their_day_on_and_change_nothing_before():
    longer = (((480, 1200),),) * 5 + ((), ())
    schedule = Schedule(
        weeks=(
            Week(first=date(2020, 1, 1), days=OFFICE),
            Week(first=date(2026, 2, 4), days=longer),
        )
    )
    found = _reckon(schedule)
    tuesday = datetime(2026, 2, 3, tzinfo=UTC)
    assert found.seconds(tuesday, tuesday + timedelta(days=1)) == 8 * 3600
    assert found.seconds(tuesday + timedelta(days=1), tuesday + timedelta(days=2)) == 12 * 3600


def test_hours_without_end_are_one_span_and_none_count_nothing():
    always = Schedule(weeks=(Week(first=date(2020, 1, 1), days=(((0, 1440),),) * 7),))
    found = _reckon(always, "Europe/Berlin")
    assert len(found.starts) == 1
    opened = datetime(2026, 3, 1, 3, 4, 5, 600_000, tzinfo=UTC)
    assert found.seconds(opened, opened + timedelta(days=60, seconds=0.4)) == pytest.approx(60 * 86400 + 0.4)
    never = _reckon(Schedule(weeks=(Week(first=date(2020, 1, 1), days=((),) * 7),)))
    assert never.seconds(opened, opened + timedelta(days=60)) == 0


@pytest.mark.parametrize(
    "hours", [((600, 600),), ((600, 500),), ((-1, 60),), ((1440, 1500),), ((0, 1441),), ((0, 61), (60, 90))]
)
def test_hours_that_cannot_be_are_refused(hours):
    with pytest.raises(InvalidInput):
        Week(first=date(2026, 1, 1), days=(hours,) + ((),) * 6)


def test_weeks_follow_each_other():
    week = Week(first=date(2026, 1, 1), days=OFFICE)
    for weeks in ((), (week, week), (Week(first=date(2026, 2, 1), days=OFFICE), week)):
        with pytest.raises(InvalidInput):
            Schedule(weeks=weeks)
    with pytest.raises(InvalidInput):
        Week(first=date(2026, 1, 1), days=OFFICE[:6])


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 364 * 1440), st.integers(1, 30_000), st.sampled_from(ZONES), st.booleans())
def test_the_moment_at_which_so_much_has_counted_is_the_first_one(start, more, zone, has_hours):
    found = _reckon(
        _office()
        if has_hours
        else Schedule(weeks=(Week(first=date(2020, 1, 1), days=((),) * 6 + (NINE_TO_FIVE,)),)),
        zone,
    )
    counted = found.until(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=start)) + 60 * more
    if counted > found.before[-1]:
        return
    moment = found.moment(counted)
    assert found.until(moment) == pytest.approx(counted, abs=1e-3)
    assert found.until(moment - timedelta(seconds=1)) == pytest.approx(counted - 1, abs=1e-3)


def test_the_moment_of_all_that_counts_is_the_end_of_the_last_span_and_of_nothing_the_first_beginning():
    found = _reckon(_office())
    first, last = datetime(2026, 1, 1, 9, tzinfo=UTC), datetime(2026, 12, 31, 17, tzinfo=UTC)
    assert found.moment(0) == first
    assert found.moment(1e12) == last
    assert found.moment(8 * 3600) == datetime(2026, 1, 1, 17, tzinfo=UTC)
    assert found.moment(8 * 3600 + 60) == datetime(2026, 1, 2, 9, 1, tzinfo=UTC)
