"""Times in business hours: stored counts against a count minute by minute, and who recounts."""

import itertools
import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from math import floor, log
from zoneinfo import ZoneInfo

import pytest

from accounts.models import AuditEvent
from common.jobs import JobState
from customer_voice import selectors, services
from customer_voice.choices import BIN_BEYOND, Period
from customer_voice.errors import CalendarRefused, DefinitionRefused, ServiceLevelRefused
from customer_voice.models import (
    CalendarVersion,
    CustomerAccount,
    DurationPoint,
    MetricDefinition,
    ServiceLevel,
    WorkingSpan,
)
from customer_voice.selectors.calendars import calendar_lines, counting_version, days_ahead, level_series
from customer_voice.services import Hours
from tests.factories.customer_voice import MetricDefinitionFactory, TouchpointFactory

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = (((480, 720), (780, 1020)),) * 5 + ((), ())
# Baden-Württemberg has Epiphany, which most of Germany has not
EPIPHANY, NEW_YEAR, GOOD_FRIDAY = date(2026, 1, 6), date(2026, 1, 1), date(2026, 4, 3)


@pytest.fixture
def hotline(organization):
    return TouchpointFactory(organization=organization, key="hotline")


@pytest.fixture
def berlin(organization):
    organization.time_zone = "Europe/Berlin"
    organization.save()
    return organization


@pytest.fixture
def desk(berlin, ada):
    hours = Hours(
        name="Support desk",
        week=OFFICE,
        country="DE",
        subdivision="Baden-Württemberg",
        own_days=({"day": "2026-02-16", "name": "Carnival", "hours": [(480, 660)]},),
    )
    ada.refresh_from_db()
    return services.create_calendar(by=ada, hours=hours)


@pytest.fixture
def ttr(berlin, ada, desk):
    return services.define_metric(
        by=ada, values={"name": "Time to resolution", "kind": "ttr", "calendar": desk.key}
    )


def _is_open(moment: datetime) -> bool:
    """A minute of the desk, told without the code under test."""
    wall = moment.astimezone(BERLIN)
    minute = wall.hour * 60 + wall.minute
    if wall.date() in {EPIPHANY, NEW_YEAR, GOOD_FRIDAY, date(2026, 4, 6)}:
        return False
    if wall.date() == date(2026, 2, 16):
        return 480 <= minute < 660
    return wall.weekday() < 5 and (480 <= minute < 720 or 780 <= minute < 1020)


def _minutes(opened: datetime, closed: datetime) -> int:
    whole = int((closed - opened).total_seconds() // 60)
    return sum(_is_open(opened + timedelta(minutes=minute)) for minute in range(whole))


def _store(metric, cases, **more):
    items = [
        {
            "external_id": f"case-{number}",
            "occurred_at": opened.isoformat(),
            "resolved_at": closed.isoformat() if closed else "",
            "touchpoint": "hotline",
            **more,
        }
        for number, (opened, closed) in enumerate(cases)
    ]
    return services.record_feedback(
        organization=metric.organization, metric=metric, source="desk", items=items
    )


def _bins(metric) -> Counter:
    found: Counter = Counter()
    for point in DurationPoint.objects.filter(metric=metric):
        found[point.duration_bin] += point.n
    return found


def _shares(metric):
    metric.refresh_from_db()  # up to when it was heard
    (found,) = level_series(metric.organization, selectors.metric_series(metric.organization, metric))
    return found.shares


def _recount_all() -> None:
    for version in CalendarVersion.objects.exclude(job_state=JobState.DONE).order_by("number"):
        services.recount_calendar(version_id=version.pk)
    for level in ServiceLevel.objects.exclude(job_state=JobState.DONE):
        services.recount_service_level(level_id=level.pk)


def _some_cases(count: int = 60):
    """Around New Year, Epiphany, carnival, the change of the clocks and Easter."""
    rng = random.Random(20261130)
    bases = [datetime(2025, 12, 31), datetime(2026, 1, 5), datetime(2026, 2, 14), datetime(2026, 3, 27),
             datetime(2026, 4, 2)]  # fmt: skip
    for number in range(count):
        opened = bases[number % 5].replace(tzinfo=UTC) + timedelta(minutes=rng.randrange(3 * 1440))
        yield opened, opened + timedelta(minutes=rng.randrange(1, 5 * 1440))


def test_stored_times_are_what_counting_every_minute_gives(ttr, hotline):
    cases = list(_some_cases())
    _store(ttr, cases, account="A1", segment="Home")
    by_hand = Counter(floor(50 * log(max(_minutes(*case) * 60, 1))) for case in cases)
    assert _bins(ttr) == by_hand
    account = CustomerAccount.objects.get(organization=ttr.organization)
    live = selectors.metric_series(
        ttr.organization, ttr, account=account, segment="Home", period=Period.QUARTER
    )
    folded: Counter = Counter()
    for binned, number in [pair for point in live.points for pair in point.counts.times]:
        folded[binned] += number
    assert folded == by_hand


def test_a_case_that_was_over_outside_of_the_hours_took_no_time_and_still_counts(ttr, hotline):
    saturday = datetime(2026, 1, 10, 12, tzinfo=UTC)
    _store(ttr, [(saturday, saturday + timedelta(hours=3))])
    assert _bins(ttr) == {0: 1}


def test_the_age_of_an_open_case_counts_business_hours(ttr, hotline):
    friday, monday = datetime(2026, 1, 9, 10, tzinfo=UTC), datetime(2026, 1, 12, 11, tzinfo=UTC)
    _store(ttr, [(friday, None), (monday - timedelta(hours=1), monday)])
    series = selectors.metric_series(ttr.organization, MetricDefinition.objects.get(pk=ttr.pk))
    # opened at 11:00 there: 11-12 and 13-17 on Friday, 8-12 on Monday
    assert series.points[-1].counts.open_seconds == ((9 * 3600.0, 1),)


def test_a_metric_says_which_version_of_which_calendar_counted_it(ttr):
    assert "Support desk, version 1" in selectors.definition_text(ttr)
    assert ttr.counted_by.number == 1
    assert next(str(note) for note in ttr.calculation.notes()).startswith("Only the hours of the calendar")


def test_another_way_to_count_is_another_version_with_a_series_of_its_own(ttr, ada, hotline):
    friday = datetime(2026, 1, 9, 10, tzinfo=UTC)
    _store(ttr, [(friday, friday + timedelta(days=3))])
    before = _bins(ttr)
    changed = services.define_metric(by=ada, metric=ttr, values={"calendar": ""})
    assert (changed.version, changed.series, changed.counted_by) == (2, 2, None)
    assert _bins(ttr) == before
    back = services.define_metric(by=ada, metric=changed, values={"calendar": ttr.calendar})
    assert (back.version, back.series, back.counted_by_id) == (2, 1, ttr.counted_by_id)


def test_a_metric_of_answers_has_no_calendar(ada, desk):
    metric = services.define_metric(
        by=ada,
        values={"name": "CSAT", "kind": "csat", "rule": "mean", "scale_low": 1, "scale_high": 5,
                "calendar": desk.key},
    )  # fmt: skip
    assert (metric.calendar, metric.counted_by) == ("", None)


def test_a_calendar_that_is_not_there_is_refused(ada, stranger_calendar):
    with pytest.raises(DefinitionRefused) as refusal:
        services.define_metric(by=ada, values={"name": "TTR", "kind": "ttr", "calendar": stranger_calendar})
    assert "calendar" in refusal.value.fields


@pytest.fixture
def stranger_calendar(dora):
    return services.create_calendar(by=dora, hours=Hours(name="Elsewhere", week=OFFICE)).key


def _written(calendar, **more):
    version = CalendarVersion.objects.filter(calendar=calendar).order_by("-number")[0]
    told = {
        "name": version.name,
        "week": OFFICE,
        "country": version.country,
        "subdivision": version.subdivision,
        "own_days": tuple(version.own_days),
    }
    return Hours(**{**told, **more})


def test_a_correction_counts_every_time_anew_when_its_job_has_run(ttr, desk, ada, hotline):
    monday = datetime(2026, 1, 12, 10, tzinfo=UTC)  # 11:00 there
    _store(ttr, [(monday, monday + timedelta(hours=8)), (monday, None)])
    assert _bins(ttr) == {floor(50 * log(5 * 3600)): 1, -100 - 11 * 60: 1}
    services.set_service_level(by=ada, metric=ttr, hours=5)
    _recount_all()
    longer = (((480, 1200),),) * 5 + ((), ())
    version = services.change_calendar(by=ada, calendar=desk, hours=_written(desk, week=longer), seen=1)
    assert (version.number, version.job_state) == (2, JobState.QUEUED)
    assert _bins(ttr) == {floor(50 * log(5 * 3600)): 1, -100 - 11 * 60: 1}
    assert counting_version(ttr.organization, desk.key).number == 1
    _recount_all()
    assert _bins(ttr) == {floor(50 * log(8 * 3600)): 1, -100 - 11 * 60: 1}
    ttr.refresh_from_db()
    assert ttr.counted_by == version
    share = level_series(ttr.organization, selectors.metric_series(ttr.organization, ttr))[0].shares[0]
    assert share.estimate is not None
    assert share.estimate.value == 0
    services.recount_calendar(version_id=version.pk)  # twice does no harm
    assert _bins(ttr)[floor(50 * log(8 * 3600))] == 1


def test_hours_that_hold_from_a_day_on_leave_earlier_figures(ttr, desk, ada, hotline):
    early, late = datetime(2026, 1, 12, 10, tzinfo=UTC), datetime(2026, 3, 9, 10, tzinfo=UTC)
    _store(ttr, [(early, early + timedelta(hours=8)), (late, late + timedelta(hours=8))])
    longer = (((480, 1200),),) * 5 + ((), ())
    first = date(2026, 3, 1)
    services.change_calendar(by=ada, calendar=desk, hours=_written(desk, week=longer, first=first))
    _recount_all()
    assert _bins(ttr) == {floor(50 * log(5 * 3600)): 1, floor(50 * log(8 * 3600)): 1}
    with pytest.raises(CalendarRefused) as refusal:
        services.change_calendar(by=ada, calendar=desk, hours=_written(desk, week=OFFICE, first=first))
    assert "first" in refusal.value.fields


def test_two_changes_are_counted_by_the_newer_one_whatever_runs_first(ttr, desk, ada, hotline):
    monday = datetime(2026, 1, 12, 10, tzinfo=UTC)
    _store(ttr, [(monday, monday + timedelta(hours=8))])
    one = services.change_calendar(
        by=ada, calendar=desk, hours=_written(desk, week=(((480, 1080),),) * 5 + ((), ()))
    )
    two = services.change_calendar(
        by=ada, calendar=desk, hours=_written(desk, week=(((480, 1140),),) * 5 + ((), ()))
    )
    services.recount_calendar(version_id=two.pk)
    services.recount_calendar(version_id=one.pk)
    ttr.refresh_from_db()
    assert ttr.counted_by == two
    assert _bins(ttr) == {floor(50 * log(8 * 3600)): 1}
    assert not WorkingSpan.objects.filter(version=one).exists()


def test_what_changes_nothing_makes_no_version_and_what_somebody_else_changed_is_told(desk, ada):
    same = services.change_calendar(by=ada, calendar=desk, hours=_written(desk))
    assert same.number == 1
    services.change_calendar(by=ada, calendar=desk, hours=_written(desk, name="Desk"), seen=1)
    with pytest.raises(CalendarRefused) as refusal:
        services.change_calendar(by=ada, calendar=desk, hours=_written(desk, name="Other"), seen=1)
    assert refusal.value.code == "calendar_changed"
    assert [
        event.verb for event in AuditEvent.objects.filter(verb__startswith="calendar").order_by("pk")
    ] == [
        "calendar.created",
        "calendar.changed",
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "  "}, "name"),
        ({"week": ((),) * 7}, "day_0"),
        ({"week": (((540, 600), (570, 700)),) + ((),) * 6}, "day_0"),
        ({"country": "XX"}, "country"),
        ({"subdivision": "Saxxony"}, "subdivision"),
        ({"country": "", "subdivision": "BW"}, "subdivision"),
        ({"own_days": ({"day": "2026-05-05"}, {"day": "2026-05-05"})}, "own_days"),
        ({"own_days": ({"day": "2026-05-05", "hours": [(600, 500)]},)}, "own_days"),
    ],
)
def test_hours_that_cannot_be_are_refused_with_their_field(desk, ada, wrong, field):
    with pytest.raises(CalendarRefused) as refusal:
        services.change_calendar(by=ada, calendar=desk, hours=_written(desk, **wrong))
    assert field in refusal.value.fields
    assert CalendarVersion.objects.filter(calendar=desk).count() == 1


def test_names_of_calendars_are_there_once(desk, ada):
    with pytest.raises(CalendarRefused) as refusal:
        services.create_calendar(by=ada, hours=Hours(name="Support desk", week=OFFICE))
    assert "name" in refusal.value.fields


def test_other_clocks_count_other_hours(ttr, desk, ada, hotline):
    """Nine at night in Berlin is three in the afternoon in New York."""
    evening = datetime(2026, 1, 12, 20, tzinfo=UTC)
    _store(ttr, [(evening, evening + timedelta(hours=1))])
    assert _bins(ttr) == {0: 1}
    organization = ttr.organization
    organization.time_zone = "America/New_York"
    organization.save()
    services.follow_time_zone(organization=organization)
    services.follow_time_zone(organization=organization)
    assert CalendarVersion.objects.filter(calendar=desk).count() == 2
    _recount_all()
    assert _bins(ttr) == {floor(50 * log(3600)): 1}


def test_later_years_come_into_reach_and_leave_what_was_counted(desk):
    version = CalendarVersion.objects.get(calendar=desk)
    version.spans.filter(starts_at__gte=datetime(2026, 12, 31, 23, tzinfo=UTC)).delete()
    version.holidays = [one for one in version.holidays if one["day"] < "2027"]
    version.covers_until = date(2027, 1, 1)
    version.save()
    spans = list(version.spans.values_list("starts_at", "ends_at", "before").order_by("starts_at"))
    assert services.extend_calendars(today=date(2026, 11, 30)) == 1
    assert services.extend_calendars(today=date(2026, 11, 30)) == 0
    version.refresh_from_db()
    assert version.covers_until == date(2030, 1, 1)
    found = list(version.spans.values_list("starts_at", "ends_at", "before").order_by("starts_at"))
    assert found[: len(spans)] == spans
    assert all(
        later[2] == earlier[2] + (earlier[1] - earlier[0]).total_seconds()
        for earlier, later in itertools.pairwise(found)
    )
    epiphany = datetime(2027, 1, 6, tzinfo=UTC)
    assert not version.spans.filter(starts_at__range=(epiphany, epiphany + timedelta(days=1))).exists()


def test_what_stands_in_a_version_gives_its_spans_again(desk):
    version = CalendarVersion.objects.get(calendar=desk)
    found = version.working_time
    stored = version.spans.order_by("starts_at").values_list("starts_at", "before")
    assert [(moment.timestamp(), before) for moment, before in stored] == list(
        zip(found.starts, found.before, strict=True)
    )
    assert version.time_zone == "Europe/Berlin"
    assert version.holidays_release


def test_the_page_of_calendars_says_what_counts_and_what_comes(ttr, desk, ada):
    (line,) = calendar_lines(ttr.organization)
    assert (line.counting.number, line.next, line.metrics) == (1, None, (ttr,))
    services.change_calendar(by=ada, calendar=desk, hours=_written(desk, name="Desk"))
    (line,) = calendar_lines(ttr.organization)
    assert (line.counting.number, line.next.number) == (1, 2)
    ahead = days_ahead(line.counting, date(2026, 1, 2))
    assert [one["day"] for one in ahead[:2]] == ["2026-01-06", "2026-02-16"]


# --- service levels -----------------------------------------------------------------------------


@pytest.fixture
def plain_ttr(organization, hotline):
    return MetricDefinitionFactory(organization=organization, key="ttr")


def _kaplan_meier_share(cases, limit):
    """1 - product over the times of ends of (1 - ends / at risk), by hand."""
    left = 1.0
    for time in sorted({seconds for seconds, ended in cases if ended and seconds <= limit}):
        at_risk = sum(seconds >= time for seconds, _ended in cases)
        ends = sum(seconds == time and ended for seconds, ended in cases)
        left *= 1 - ends / at_risk
    return 1 - left


def test_a_case_is_in_time_to_the_second(plain_ttr, ada):
    opened = datetime(2026, 1, 12, 8, tzinfo=UTC)
    seconds = [100, 28_700, 28_799, 28_800, 28_801, 28_900, 40_000]
    services.set_service_level(by=ada, metric=plain_ttr, hours=8, wanted_share=0.9)
    _store(plain_ttr, [(opened, opened + timedelta(seconds=one)) for one in seconds])
    before = selectors.metric_series(plain_ttr.organization, plain_ttr)
    assert level_series(plain_ttr.organization, before)[0].is_counted is False
    _recount_all()
    series = selectors.metric_series(plain_ttr.organization, plain_ttr)
    (found,) = level_series(plain_ttr.organization, series)
    assert found.shares[0].estimate.value == pytest.approx(4 / 7)
    assert found.shares[0].estimate.interval.low < 4 / 7 < found.shares[0].estimate.interval.high
    assert BIN_BEYOND + floor(50 * log(28_800)) in _bins(plain_ttr)
    # and no figure of the metric knows of it
    assert series.points[0].figure == before.points[0].figure
    services.remove_service_level(by=ada, metric=plain_ttr, seconds=28_800)
    assert level_series(plain_ttr.organization, series) == []
    assert (
        selectors.metric_series(plain_ttr.organization, plain_ttr).points[0].figure == before.points[0].figure
    )


def test_open_cases_are_neither_left_out_nor_taken_for_late(plain_ttr, ada):
    """Of four closed cases three were in time; two that are older than the limit and open were not."""
    monday = datetime(2026, 1, 12, 12, tzinfo=UTC)
    closed = [3600, 7200, 10_800, 100_000]
    end = monday + timedelta(days=3)
    cases = [(monday, monday + timedelta(seconds=one)) for one in closed]
    cases += [(monday, None), (monday, None), (end, None), (end - timedelta(hours=1), end)]
    _store(plain_ttr, cases)
    services.set_service_level(by=ada, metric=plain_ttr, hours=24)
    _recount_all()
    (share,) = _shares(plain_ttr)
    aged = (end - monday).total_seconds()
    by_hand = [*((one, True) for one in closed), (aged, False), (aged, False), (1.0, False), (3600, True)]
    assert share.estimate.value == pytest.approx(_kaplan_meier_share(by_hand, 86_400))
    assert (share.n, share.n_open) == (8, 3)
    assert share.estimate.value < 4 / 5  # the share of the closed cases alone


def test_without_a_case_that_was_followed_long_enough_there_is_no_share(plain_ttr, ada):
    monday = datetime(2026, 1, 12, 12, tzinfo=UTC)
    night = monday + timedelta(hours=14)
    _store(plain_ttr, [(monday, None), (night, night + timedelta(hours=2)), (monday, None)])
    services.set_service_level(by=ada, metric=plain_ttr, hours=24)
    _recount_all()
    (share,) = _shares(plain_ttr)
    assert (share.estimate, share.reason) == (None, "never_reached")


@pytest.mark.parametrize(
    ("hours", "share", "field"),
    [(0, None, "hours"), (0.01, None, "hours"), (9000, None, "hours"), (float("nan"), None, "hours"),
     (8, 0, "share"), (8, 1.01, "share"), (8.05, None, "hours")],
)  # fmt: skip
def test_levels_that_cannot_be_are_refused(plain_ttr, ada, hours, share, field):
    services.set_service_level(by=ada, metric=plain_ttr, hours=8)
    with pytest.raises(ServiceLevelRefused) as refusal:
        services.set_service_level(by=ada, metric=plain_ttr, hours=hours, wanted_share=share)
    assert field in refusal.value.fields


def test_a_metric_has_four_levels_and_each_once(plain_ttr, ada):
    for hours in (1, 4, 8, 24):
        services.set_service_level(by=ada, metric=plain_ttr, hours=hours)
    services.set_service_level(by=ada, metric=plain_ttr, hours=8, wanted_share=0.8)
    assert ServiceLevel.objects.get(seconds=28_800).wanted_share == 0.8
    with pytest.raises(ServiceLevelRefused):
        services.set_service_level(by=ada, metric=plain_ttr, hours=48)
    assert ServiceLevel.objects.count() == 4


def test_answers_have_no_service_level(organization, ada):
    with pytest.raises(ServiceLevelRefused):
        services.set_service_level(
            by=ada, metric=MetricDefinitionFactory(organization=organization, key="nps"), hours=8
        )
