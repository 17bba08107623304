"""Open cases are aged from the minute at which they were opened, not from noon of their day.

Figures are worked out by hand. 4 March 2026 in Berlin; the last case is resolved at 17:00, where data end.
Resolved after 1, 2, 4 and 8 hours; open since 14:00 and 15:30.

    after   at risk                      still open
    1 h     6                            5/6
    2 h     4 (2, 3 open, 4, 8)          5/6 x 3/4 = 0.625
    4 h     2 (4, 8)                     0.3125: the median is 4 h, 68.75 % are over within 4 h

Aged from noon both open ones would be 5 h old: 5 at risk after 2 h, 4 after 4 h, 0.5 still open from there to
8 h: a median of 6 h, and half of them over within 4 h.
"""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps

from customer_voice import selectors, services
from customer_voice.choices import Period
from customer_voice.models import (
    AccountDurationPoint,
    CustomerAccount,
    DurationPoint,
    MetricDefinition,
    MetricPoint,
)
from tests.factories.customer_voice import CustomerAccountFactory, FeedbackFactory

pytestmark = pytest.mark.django_db

upgrade = import_module("customer_voice.migrations.0026_open_cases_by_their_minute")
BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 3600.0
DAY = date(2026, 3, 4)


def at(hour: int, minute: int = 0, *, day: int = 4) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=BERLIN).astimezone(UTC)


@pytest.fixture
def desk(organization, ttr, touchpoints):
    organization.time_zone = "Europe/Berlin"
    organization.save()
    account = CustomerAccountFactory(organization=organization)

    def case(opened, closed=None, **more):
        values = {"score": None, "touchpoint": touchpoints[0], "account": account, **more}
        return FeedbackFactory(metric=ttr, occurred_at=opened, resolved_at=closed, **values)

    return case


@pytest.fixture
def worked(organization, ttr, desk):
    for hours in (1, 2, 4, 8):
        desk(at(9), at(9) + timedelta(hours=hours))
    desk(at(14))
    desk(at(15, 30))
    services.rebuild_rollup(organization=organization)
    return MetricDefinition.objects.get(pk=ttr.pk)


def point_of(metric, **options):
    (point,) = selectors.metric_series(metric.organization, metric, **options).points
    return point


def test_median_and_share_in_time_are_those_worked_out_by_hand(worked):
    point = point_of(worked)
    assert sorted(point.counts.open_seconds) == [(1.5 * HOUR, 1), (3 * HOUR, 1)]
    assert (point.n, point.figure.n_open) == (6, 2)
    assert point.value == pytest.approx(4 * HOUR, rel=0.01)
    within = worked.calculation.share_within(point.counts, 4 * HOUR)
    assert within.value == pytest.approx(0.6875)


def test_a_cut_of_an_account_ages_them_alike(worked):
    account = CustomerAccount.objects.get(organization=worked.organization)
    kept = point_of(worked, account=account)
    folded = point_of(worked, account=account, segment="")
    for point in (kept, folded):
        assert sorted(point.counts.open_seconds) == [(1.5 * HOUR, 1), (3 * HOUR, 1)]


def test_cases_that_are_no_longer_young_are_aged_by_their_hour(organization, ttr, desk):
    desk(at(9, day=25), at(10, day=25))
    for minute in (0, 20, 59):
        desk(at(8, minute, day=10))  # more than two weeks before the data end
        desk(at(8, minute, day=11))
    services.rebuild_rollup(organization=organization)
    points = selectors.metric_series(
        organization, MetricDefinition.objects.get(pk=ttr.pk), period=Period.DAY
    ).points
    assert points[0].counts.open_seconds == ((15 * 24 * HOUR + 1.5 * HOUR, 3),)
    young = [14 * 24 * HOUR + 2 * HOUR - 60 * minute for minute in (59, 20, 0)]
    assert sorted(age for age, _cases in points[1].counts.open_seconds) == young


def test_a_case_that_is_opened_when_the_data_end_is_a_second_old(organization, ttr, desk):
    desk(at(9), at(10))
    desk(at(10))
    services.rebuild_rollup(organization=organization)
    assert point_of(MetricDefinition.objects.get(pk=ttr.pk)).counts.open_seconds == ((1.0, 1),)


def _kept():
    places = DurationPoint.objects.order_by("duration_bin").values_list("duration_bin", "n", "day")
    accounts = AccountDurationPoint.objects.order_by("duration_bin").values_list("duration_bin", "n", "day")
    return list(places), list(accounts)


def test_an_older_database_is_counted_by_minutes_and_nothing_else_changes(worked, nps):
    FeedbackFactory(metric=nps, occurred_at=at(9), score=9)
    services.rebuild_rollup(organization=worked.organization)
    counted_by_now, answers = _kept(), list(MetricPoint.objects.values())
    before = MetricDefinition.objects.get(pk=worked.pk).counted_at
    upgrade.by_day(apps, None)
    # as an older version kept them: two open cases of one day
    assert [row for row in _kept()[0] if row[0] < 0] == [(-1, 2, DAY)]
    assert [row for row in _kept()[1] if row[0] < 0] == [(-1, 2, DAY)]
    # until they are counted anew they are aged from noon, as they were: a median of 6 hours
    assert point_of(worked).value == pytest.approx(6 * HOUR, rel=0.01)
    upgrade.by_minute(apps, None)
    assert _kept() == counted_by_now
    assert list(MetricPoint.objects.values()) == answers
    assert point_of(worked).value == pytest.approx(4 * HOUR, rel=0.01)
    # figures that were kept for the page are worked out anew
    assert MetricDefinition.objects.get(pk=worked.pk).counted_at > before
    upgrade.by_minute(apps, None)  # twice does no harm
    assert _kept() == counted_by_now


def test_merged_cases_and_other_metrics_are_no_open_cases_of_an_older_database(worked, desk):
    desk(at(11), merged_into="T1")
    upgrade.by_day(apps, None)
    upgrade.by_minute(apps, None)
    assert [row[:2] for row in _kept()[0] if row[0] < 0] == [(-100 - 930, 1), (-100 - 840, 1)]
    assert all(one < other for one, other in pairwise(row[0] for row in _kept()[0]))
