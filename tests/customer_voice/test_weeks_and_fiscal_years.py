"""Weeks from Sunday or Monday and fiscal years: made when figures are read, wherever they are shown."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from django.urls import reverse

from common.reckoning import CALENDAR, Reckoning
from customer_voice import services
from customer_voice.choices import Period, Span
from customer_voice.models import Feedback, MetricPoint
from customer_voice.selectors import metric_series, series_counts
from customer_voice.selectors.periods import periods_between, span_of, whole_periods
from cxcharts.locale import CHINESE, ENGLISH, period_text
from tests.factories.customer_voice import (
    CustomerAccountFactory,
    FeedbackFactory,
    MetricDefinitionFactory,
    TouchpointFactory,
)

pytestmark = pytest.mark.django_db

# Saturday 14 to Monday 16 March 2026, and the ends of January: scores by day
SAID = {"2026-01-31": 9, "2026-02-01": 3, "2026-03-14": 9, "2026-03-15": 9, "2026-03-16": 1}


@pytest.fixture
def heard(organization):
    metric = MetricDefinitionFactory(organization=organization, key="nps")
    place = TouchpointFactory(organization=organization, key="web")
    account = CustomerAccountFactory(organization=organization, external_reference="A-1")
    for day, score in SAID.items():
        FeedbackFactory(
            organization=organization,
            metric=metric,
            touchpoint=place,
            account=account,
            external_id=day,
            score=score,
            segment="small",
            occurred_at=datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=UTC),
        )
    services.rebuild_rollup(organization=organization)
    metric.refresh_from_db()
    return metric


def reckoned(organization, **values):
    for name, value in values.items():
        setattr(organization, name, value)
    organization.save()
    return organization


def counts(organization, metric, period, **asked):
    series = metric_series(organization, metric, period=period, **asked)
    return {str(point.start): point.n for point in series.points if point.n}


SUNDAYS = {"2026-01-25": 1, "2026-02-01": 1, "2026-03-08": 1, "2026-03-15": 2}
MONDAYS = {"2026-01-26": 2, "2026-03-09": 2, "2026-03-16": 1}


@pytest.mark.parametrize(("week_begins", "found"), [(0, MONDAYS), (6, SUNDAYS)])
def test_weeks_begin_where_the_organization_says_and_no_day_moves(organization, heard, week_begins, found):
    before = sorted(MetricPoint.objects.values_list("pk", "day", "n"))
    reckoned(organization, week_begins=week_begins)
    assert counts(organization, heard, Period.WEEK) == found
    account = Feedback.objects.first().account
    assert counts(organization, heard, Period.WEEK, account=account) == found
    # folded from the answers themselves
    assert counts(organization, heard, Period.WEEK, account=account, segment="small") == found
    series = metric_series(organization, heard, period=Period.WEEK)
    assert all(point.end - point.start == timedelta(days=7) for point in series.points)
    assert {point.start.weekday() for point in series.points} == {week_begins}
    assert sorted(MetricPoint.objects.values_list("pk", "day", "n")) == before


@pytest.mark.parametrize(
    ("year_begins", "found"),
    [
        (1, {"2026-01-01": 5}),
        (4, {"2026-01-01": 5}),
        (2, {"2025-11-01": 1, "2026-02-01": 4}),
        (3, {"2025-12-01": 2, "2026-03-01": 3}),
    ],
)
def test_quarters_are_those_of_the_fiscal_year(organization, heard, year_begins, found):
    reckoned(organization, year_begins=year_begins)
    assert counts(organization, heard, Period.QUARTER) == found
    account = Feedback.objects.first().account
    assert counts(organization, heard, Period.QUARTER, account=account, segment="small") == found


def test_rates_and_times_are_put_together_by_the_same_weeks_and_quarters(organization, ada, heard):
    times = MetricDefinitionFactory(organization=organization, key="ttr")
    place = heard and TouchpointFactory(organization=organization, key="web")
    for day in SAID:
        opened = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=UTC)
        FeedbackFactory(
            organization=organization,
            metric=times,
            touchpoint=place,
            external_id=f"t{day}",
            score=None,
            occurred_at=opened,
            resolved_at=opened + timedelta(hours=2),
        )
    services.rebuild_rollup(organization=organization)
    reckoned(organization, week_begins=6, year_begins=2)
    times.refresh_from_db()
    assert counts(organization, times, Period.WEEK) == SUNDAYS
    assert counts(organization, times, Period.QUARTER) == {"2025-11-01": 1, "2026-02-01": 4}


def test_a_fixed_plan_reads_by_its_own_weeks(organization, heard):
    reckoned(organization, week_begins=6)
    own = series_counts(organization, heard, period=Period.WEEK, reckoning=CALENDAR)
    assert {str(unit.start): unit.counts.n for unit in own.units} == MONDAYS
    todays = series_counts(organization, heard, period=Period.WEEK)
    assert {str(cell.period): cell.n for cell in todays.cells} == SUNDAYS


def test_page_file_and_api_show_the_weeks_and_name_the_fiscal_quarters(
    organization, ada, heard, client_of, api_of
):
    reckoned(organization, week_begins=6, year_begins=2)
    page = reverse("customer_voice:metric_detail", args=["northwind", "nps"])
    by_week = client_of(ada).get(page, {"period": "week", "start": "2026-01-01", "end": "2026-04-01"}).text
    assert "week of Mar 15, 2026" in by_week or "week of 15 Mar 2026" in by_week
    by_quarter = client_of(ada).get(page, {"period": "quarter", "start": "2025-11-01", "end": "2026-05-01"})
    assert "Q1 FY27" in by_quarter.text
    assert "Q4 FY26" in by_quarter.text
    assert "Q1 2026" not in by_quarter.text
    ada.user.language = "zh-hans"
    ada.user.save()
    chinese = client_of(ada).get(page, {"period": "quarter", "start": "2025-11-01", "end": "2026-05-01"}).text
    assert "2027财年第1季度" in chinese
    root = "/api/v1/o/northwind/metrics/nps/series/"
    found = api_of(ada).get(root, {"period": "week"}).json()["points"]
    assert {one["start"]: one["n"] for one in found if one["n"]} == SUNDAYS


TODAY = date(2026, 3, 31)


@pytest.mark.parametrize(
    ("begins", "span", "first", "after"),
    [
        (1, Span.THIS_YEAR, "2026-01-01", "2027-01-01"),
        (4, Span.THIS_YEAR, "2025-04-01", "2026-04-01"),
        (4, Span.LAST_YEAR, "2024-04-01", "2025-04-01"),
        (2, Span.THIS_QUARTER, "2026-02-01", "2026-05-01"),
        (2, Span.LAST_QUARTER, "2025-11-01", "2026-02-01"),
        (1, Span.LAST_QUARTER, "2025-10-01", "2026-01-01"),
    ],
)
def test_a_span_is_named_by_the_day_of_today(begins, span, first, after):
    found = span_of(span, TODAY, Reckoning(year_begins=begins))
    assert tuple(map(str, found)) == (first, after)


def test_this_fiscal_year_narrows_series_and_feedback_alike(organization, ada, heard, client_of, api_of):
    today = organization.clock.today()
    # the fiscal year begins this month, or with the answer of today it would be last year's
    reckoned(organization, year_begins=today.month)
    FeedbackFactory(
        organization=organization,
        metric=heard,
        touchpoint=TouchpointFactory(organization=organization, key="web"),
        external_id="today",
        score=9,
        occurred_at=organization.clock.now(),
    )
    services.rebuild_rollup(organization=organization)
    root = "/api/v1/o/northwind"
    points = api_of(ada).get(f"{root}/metrics/nps/series/", {"span": "this_fiscal_year"}).json()["points"]
    assert sum(point["n"] for point in points) == 1
    assert api_of(ada).get(f"{root}/feedback/", {"span": "this_fiscal_year"}).json()["count"] == 1
    assert api_of(ada).get(f"{root}/metrics/nps/series/", {"span": "ever"}).status_code == 422
    page = reverse("customer_voice:metric_detail", args=["northwind", "nps"])
    answer = client_of(ada).get(page, {"span": "this_fiscal_year"})
    assert answer.context["form"].chosen()["start"] == today.replace(day=1)


def test_periods_follow_one_another_without_a_gap():
    for reckoning in (CALENDAR, Reckoning(week_begins=6, year_begins=2)):
        for period in Period:
            spans = list(periods_between(date(2025, 12, 30), date(2027, 1, 2), period, reckoning))
            assert spans[0][0] <= date(2025, 12, 30) < spans[0][1]
            assert all(one[1] == other[0] for one, other in pairwise(spans))


def test_whole_periods_are_those_that_begin_within_and_are_over():
    days = [date(2025, 11, 28) + timedelta(days=step) for step in range(0, 480, 7)]
    days += [date(2026, 1, 1), date(2026, 2, 1), date(2026, 5, 1), date(2027, 1, 1)]
    for reckoning in (CALENDAR, Reckoning(week_begins=6, year_begins=2)):
        for period in Period:
            spans = list(periods_between(date(2025, 9, 1), date(2027, 6, 30), period, reckoning))
            for first in days[::5]:
                for end in days:
                    expected = sum(start >= first and after <= end for start, after in spans)
                    assert whole_periods(first, end, period, reckoning) == expected, (period, first, end)
    assert whole_periods(date.max, date.max, Period.WEEK, CALENDAR) == 0


def test_quarter_labels_in_both_languages():
    english, chinese = replace(ENGLISH, year_begins=4), replace(CHINESE, year_begins=4)
    assert period_text(date(2025, 4, 1), "quarter", english) == "Q1 FY26"
    assert period_text(date(2026, 1, 1), "quarter", english) == "Q4 FY26"
    assert period_text(date(2026, 4, 1), "quarter", chinese) == "2027财年第1季度"
    assert period_text(date(2026, 1, 1), "quarter", ENGLISH) == "Q1 2026"
    # a quarter of the calendar that is none of the fiscal year, as in an evaluation
    assert period_text(date(2026, 1, 1), "quarter", replace(ENGLISH, year_begins=2)) == "Q1 2026"
