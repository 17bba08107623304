"""Sums by week and by month are those of the answers, whatever changes them, and pages read them."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from common.reckoning import Reckoning
from customer_voice import selectors, services
from customer_voice.choices import Period
from customer_voice.models import Feedback, MetricDefinition, MetricPoint, PeriodPoint
from customer_voice.selectors import metric_series
from customer_voice.selectors.comparing import Tally, compared_places
from customer_voice.selectors.keeping import first_of, period_number, unpacked
from tests.customer_voice.conftest import good_rows
from tests.factories.customer_voice import MetricDefinitionFactory, TouchpointFactory, many_feedback

pytestmark = pytest.mark.django_db

# day -> scores; a year and a gap, both sides of a month's and a week's end
SAID = {"2025-03-30": [9, 0], "2025-12-31": [10], "2026-01-01": [3, 3], "2026-01-04": [7], "2026-01-05": [1]}


@pytest.fixture
def place(organization):
    return TouchpointFactory(organization=organization, key="web")


@pytest.fixture
def nps(organization, place):
    metric = MetricDefinitionFactory(organization=organization, key="nps")
    for day, scores in SAID.items():
        say(metric, place, day, scores)
    services.rebuild_rollup(organization=organization)
    metric.refresh_from_db()
    return metric


def say(metric, place, day, scores, **values):
    noon = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=UTC)
    each = [
        {"score": score, "external_id": f"{place.key}-{day}-{number}-{len(values)}"}
        for number, score in enumerate(scores)
    ]
    many_feedback(metric=metric, touchpoint=place, each=each, occurred_at=noon, **values)


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def by_hand(start, metric, **where) -> Counter:
    """From the answers; noon is the same day in the organization's zone."""
    rows = Feedback.objects.filter(metric=metric, **where)
    return Counter(start(row.occurred_at.date()) for row in rows)


def found(organization, metric, period, **asked):
    series = metric_series(organization, metric, period=period, **asked)
    return {point.start: point.n for point in series.points if point.n}


def test_weeks_and_months_are_kept_and_read(organization, nps, django_assert_num_queries):
    assert nps.kept_weeks_begin == 0
    assert PeriodPoint.objects.count() == 2
    MetricPoint.objects.all().delete()  # nothing else is asked
    assert found(organization, nps, Period.WEEK) == by_hand(monday, nps)
    assert found(organization, nps, Period.MONTH) == by_hand(lambda day: day.replace(day=1), nps)
    quarters = by_hand(lambda day: day.replace(day=1, month=(day.month - 1) // 3 * 3 + 1), nps)
    assert found(organization, nps, Period.QUARTER) == quarters
    with django_assert_num_queries(1):
        metric_series(organization, nps, versions=[nps], period=Period.WEEK)
    january = metric_series(organization, nps, period=Period.MONTH, start=date(2026, 1, 1)).points[0]
    assert january.counts.answers == (0, 1, 0, 2, 0, 0, 0, 1, 0, 0, 0)


def test_a_window_that_cuts_a_period_is_exact(organization, nps, place):
    for start, end in (
        (date(2026, 1, 1), date(2026, 1, 5)),
        (date(2025, 4, 1), date(2026, 1, 4)),
        (date(2025, 12, 31), date(2026, 1, 2)),
        (date(2025, 3, 31), None),
        (date(2026, 1, 1), None),  # answers on the very day that cuts a week
    ):
        days = {"occurred_at__date__gte": start, **({"occurred_at__date__lt": end} if end else {})}
        for period, first in ((Period.WEEK, monday), (Period.MONTH, lambda day: day.replace(day=1))):
            asked = {"start": start, "end": end, "touchpoint": place}
            assert found(organization, nps, period, **asked) == by_hand(first, nps, **days), (start, period)


def test_what_changes_changes_the_kept_sums(organization, nps, place):
    phone = TouchpointFactory(organization=organization, key="phone")
    say(nps, phone, "2026-02-02", [5, 5], segment="new")
    Feedback.objects.filter(occurred_at__date=date(2026, 1, 1)).delete()
    services.refresh_rollup(
        organization=organization,
        cells=[(nps.pk, phone.pk, date(2026, 2, 2)), (nps.pk, place.pk, date(2026, 1, 1))],
    )
    nps.refresh_from_db()
    assert not list(services.differing_cells(organization))
    assert found(organization, nps, Period.WEEK) == by_hand(monday, nps)
    Feedback.objects.filter(touchpoint=phone).delete()
    services.refresh_rollup(organization=organization, cells=[(nps.pk, phone.pk, date(2026, 2, 2))])
    assert not PeriodPoint.objects.filter(touchpoint=phone).exists()


def test_a_wrong_sum_is_found(organization, nps, place):
    PeriodPoint.objects.filter(period="month").update(first=date(2025, 4, 1))
    wrong = {one.cube for one in services.differing_cells(organization)}
    assert wrong == {"month"}


def test_an_import_keeps_its_sums(bring_in, organization, touchpoints):
    bring_in(
        (
            "\n".join(
                ["id,date,touchpoint,score,comment,segment"]
                + [",".join(map(str, row)) for row in good_rows(60)]
            )
        ).encode()
    )
    metric = MetricDefinition.objects.get(key="nps")
    assert metric.kept_weeks_begin == 0
    assert not list(services.differing_cells(organization))
    assert found(organization, metric, Period.WEEK) == by_hand(monday, metric)


def test_weeks_of_another_beginning_are_read_from_the_days_until_they_are_kept(organization, nps, place):
    organization.week_begins = 6
    organization.save()
    sundays = by_hand(lambda day: day - timedelta(days=(day.weekday() + 1) % 7), nps)
    assert found(organization, nps, Period.WEEK) == sundays
    say(nps, place, "2026-01-06", [8])
    services.refresh_rollup(organization=organization, cells=[(nps.pk, place.pk, date(2026, 1, 6))])
    nps.refresh_from_db()
    assert nps.kept_weeks_begin == 6
    sundays = by_hand(lambda day: day - timedelta(days=(day.weekday() + 1) % 7), nps)
    assert found(organization, nps, Period.WEEK) == sundays
    fixed = selectors.series_counts(organization, nps, period=Period.WEEK, reckoning=Reckoning())
    assert {unit.start for unit in fixed.units} == set(by_hand(monday, nps))


def test_what_was_never_kept_is_read_from_the_days(organization, nps):
    """As after an upgrade, until the next count."""
    PeriodPoint.objects.all().delete()
    MetricDefinition.objects.update(kept_weeks_begin=None)
    nps.refresh_from_db()
    assert found(organization, nps, Period.WEEK) == by_hand(monday, nps)


def test_an_earlier_version_is_kept_along_though_it_is_never_counted_again(organization, nps, place):
    later = MetricDefinitionFactory(organization=organization, key="nps", version=2, series=1)
    MetricDefinition.objects.update(kept_weeks_begin=None)
    PeriodPoint.objects.all().delete()
    say(later, place, "2026-01-06", [8])
    services.refresh_rollup(organization=organization, cells=[(later.pk, place.pk, date(2026, 1, 6))])
    assert set(MetricDefinition.objects.values_list("kept_weeks_begin", flat=True)) == {0}
    MetricPoint.objects.all().delete()
    later.refresh_from_db()
    both = by_hand(monday, nps) + by_hand(monday, later)
    assert found(organization, later, Period.WEEK) == both


@pytest.mark.parametrize("begins", [0, 6])
def test_periods_in_a_row_have_numbers_in_a_row(begins):
    for day in (date(2026, 1, 4), date(2026, 1, 5), date(2024, 2, 29)):
        number = period_number(day, Period.WEEK, begins)
        first = first_of(number, Period.WEEK, begins)
        assert first.weekday() == begins
        assert first <= day < first + timedelta(days=7)
        assert first_of(number + 1, Period.WEEK, begins) == first + timedelta(days=7)
        month = period_number(day, Period.MONTH, begins)
        assert first_of(month, Period.MONTH, begins) == day.replace(day=1)
    assert first_of(period_number(date(2025, 12, 31), Period.MONTH, 0) + 1, Period.MONTH, 0) == date(
        2026, 1, 1
    )


def test_cells_are_stored_with_the_low_byte_first():
    assert unpacked(bytes([1, 1, 0, 0] + [0] * 40)).tolist() == [[257] + [0] * 10]


# --- many touchpoints on a page ---------------------------------------------------------------------------


@pytest.fixture
def many(organization, monkeypatch):
    """Three places side by side, of which a page shows two; the last by name moved."""
    monkeypatch.setattr("customer_voice.selectors.comparing.MOST_SHOWN", 2)
    metric = MetricDefinitionFactory(organization=organization, key="nps")
    usual = [9, 9, 3, 3, 7, 9, 3, 7] * 3
    for name, last in (("a", usual), ("b", usual), ("c", [10] * 30)):
        place = TouchpointFactory(organization=organization, key=name, name=name)
        for month in range(1, 10):
            say(metric, place, f"2025-{month:02d}-15", usual)
        say(metric, place, "2025-10-15", last)
        say(metric, place, "2025-11-01", [9] * 6)
    services.rebuild_rollup(organization=organization)
    metric.refresh_from_db()
    return metric


def test_of_many_touchpoints_those_come_first_where_it_moved(organization, many):
    page = compared_places(organization, many)
    rows = selectors.touchpoint_comparisons(organization, many)
    moved = [row for row in rows if row.change and row.change.is_change]
    assert (page.number, len(page.rows)) == (3, 2)
    assert page.usual == Tally(moved=1, tested=3)
    assert [str(row.touchpoint) for row in moved] == ["c"]
    assert [str(row.touchpoint) for row in page.rows] == ["c", "a"]
    assert len(compared_places(organization, many, shows_all=True).rows) == 3


def test_many_are_compared_once_a_count(organization, many, django_assert_num_queries, monkeypatch):
    first = compared_places(organization, many)
    with django_assert_num_queries(1):
        again = compared_places(organization, many)
    assert again.made_at is None
    assert [(str(row.touchpoint), row.latest.value) for row in again.rows] == [
        (str(row.touchpoint), row.latest.value) for row in first.rows
    ]
    assert again.usual == first.usual
    services.rebuild_rollup(organization=organization)  # an answer came
    many.refresh_from_db()
    kept = compared_places(organization, many)
    assert kept.made_at is not None
    later = timezone.now() + timedelta(seconds=61)
    monkeypatch.setattr("customer_voice.selectors.comparing.timezone.now", lambda: later)
    assert compared_places(organization, many).made_at is None


def test_the_page_shows_some_and_leads_to_all(organization, many, ada, client_of):
    address = reverse("customer_voice:metric_detail", args=[organization.slug, "nps"])
    page = client_of(ada).get(address)
    assert "2 of 3 touchpoints" in page.content.decode()
    assert len(page.context["page"].touchpoints) == 2
    whole = client_of(ada).get(address, {"places": "all"})
    assert "Show all touchpoints" not in whole.content.decode()
    assert len(whole.context["page"].touchpoints) == 3
