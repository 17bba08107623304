"""Series and counts: half-open periods, gaps shown, nothing called a change that chance explains."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from common.reckoning import CALENDAR
from customer_voice import pages, selectors, services
from customer_voice.charts import difference_text, measure, period_said
from customer_voice.choices import ChangeReading, Period
from customer_voice.models import Feedback
from customer_voice.selectors import Tally
from customer_voice.selectors.figures import ChangeFigure
from customer_voice.sentences import comparing_sentence
from cxstats.results import Estimate, Interval, Unit
from cxstats.voc import nps as nps_of
from tests import caching
from tests.factories.customer_voice import (
    FeedbackFactory,
    MetricDefinitionFactory,
    TouchpointFactory,
    many_feedback,
)


def answers(metric, touchpoint, day: str, scores: list[int], segment: str = "") -> None:
    noon = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    each = [
        {"score": score, "occurred_at": noon + timedelta(minutes=number)}
        for number, score in enumerate(scores)
    ]
    many_feedback(metric=metric, touchpoint=touchpoint, each=each, segment=segment)


def calm_months(metric, touchpoint, scores: list[int], *, before: str = "2026-02", months: int = 6) -> None:
    """The same answers in every month that lies before one: a series that hardly wanders."""
    year, month = map(int, before.split("-"))
    for _number in range(months):
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
        answers(metric, touchpoint, f"{year}-{month:02d}-10", scores)


def counted(metric):
    services.rebuild_rollup(organization=metric.organization)
    metric.refresh_from_db()
    return metric


def test_periods_are_half_open_and_weeks_begin_on_monday():
    assert selectors.period_start(date(2027, 1, 3), Period.WEEK, CALENDAR) == date(2026, 12, 28)
    assert selectors.period_start(date(2026, 12, 31), Period.QUARTER, CALENDAR) == date(2026, 10, 1)
    assert selectors.next_start(date(2026, 12, 1), Period.MONTH) == date(2027, 1, 1)
    assert selectors.next_start(date(2026, 10, 1), Period.QUARTER) == date(2027, 1, 1)
    assert selectors.periods_back(date(2026, 3, 14), Period.MONTH, 3, CALENDAR) == date(2026, 1, 1)
    last = selectors.periods_between(date(9998, 12, 1), date.max, Period.MONTH, CALENDAR)
    assert [end for _start, end in last] == [date(9999, 1, 1)]
    spans = list(selectors.periods_between(date(2026, 2, 27), date(2026, 3, 2), Period.WEEK, CALENDAR))
    assert spans == [(date(2026, 2, 23), date(2026, 3, 2)), (date(2026, 3, 2), date(2026, 3, 9))]


@pytest.mark.parametrize("period", list(Period))
def test_a_series_has_every_period_and_the_figures_of_the_core(organization, nps, touchpoints, period):
    answers(nps, touchpoints[0], "2026-01-05", [10, 9, 9, 8, 3, 10])
    answers(nps, touchpoints[1], "2026-04-20", [0, 0, 10])
    series = selectors.metric_series(organization, counted(nps), period=period)
    assert series.unit is Unit.POINTS
    first, last = series.points[0], series.points[-1]
    expected = nps_of(promoters=4, detractors=1, n=6)
    assert first.value == pytest.approx(expected.value)
    assert (first.low, first.high) == pytest.approx((expected.interval.low, expected.interval.high))
    assert (first.n, first.is_small, last.n, last.is_small) == (6, False, 3, True)
    assert all(one.end == two.start for one, two in zip(series.points, series.points[1:], strict=False))
    assert all(point.value is None and point.n == 0 for point in series.points[1:-1])
    assert series.n == 9


def test_the_window_excludes_its_end(organization, nps, touchpoints):
    for day in ("2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01"):
        answers(nps, touchpoints[0], day, [9])
    series = selectors.metric_series(
        organization, counted(nps), period=Period.MONTH, start=date(2026, 2, 1), end=date(2026, 3, 1)
    )
    assert [(point.start, point.n) for point in series.points] == [(date(2026, 2, 1), 2)]


def test_a_series_can_be_of_one_touchpoint_and_segment(organization, nps, touchpoints):
    web, phone = touchpoints
    answers(nps, web, "2026-01-05", [10] * 5, "a")
    answers(nps, web, "2026-01-05", [0] * 5, "b")
    answers(nps, phone, "2026-01-05", [0] * 7, "a")
    counted(nps)
    series = selectors.metric_series(organization, nps, touchpoint=web, segment="a")
    assert [(point.n, point.value) for point in series.points] == [(5, 100.0)]
    assert selectors.segments_of(organization, nps) == ["a", "b"]


def test_a_running_period_is_not_compared(organization, nps, touchpoints):
    calm_months(nps, touchpoints[0], [10] * 40, months=5)
    answers(nps, touchpoints[0], "2026-02-28", [10] * 40)
    answers(nps, touchpoints[0], "2026-03-10", [0] * 40)
    found = selectors.compare(selectors.metric_series(organization, counted(nps)))
    assert (found.latest.start, found.previous.start) == (date(2026, 2, 1), date(2026, 1, 1))
    assert found.change.reading == ChangeReading.UNCLEAR


def test_a_mark_needs_a_test_and_more_series_need_more_evidence(organization, nps, touchpoints):
    calm_months(nps, touchpoints[0], [9] * 30 + [3] * 30)
    answers(nps, touchpoints[0], "2026-02-28", [9] * 43 + [3] * 17)
    series = selectors.metric_series(organization, counted(nps))
    assert selectors.compare(series).change.reading == ChangeReading.BETTER
    assert selectors.compare(series, families=10).change.reading == ChangeReading.UNCLEAR


@pytest.mark.parametrize("families", [1, 10])
def test_one_mark_has_one_range_however_many_metrics_stand_beside_it(
    organization, nps, touchpoints, families
):
    calm_months(nps, touchpoints[0], [9] * 30 + [3] * 30)
    answers(nps, touchpoints[0], "2026-02-28", [9] * 43 + [3] * 17)
    series = selectors.metric_series(organization, counted(nps))
    estimate = selectors.compare(series, families=families).change.estimate
    assert estimate.interval.level == 0.95
    # 43.3 points above six months of 0. Sampling alone: 12.8 * sqrt(7 / 6) = 13.8, so 27 to either side at
    # 95 %; more for what six months cannot tell of how the series wanders, and less than half as much again
    assert estimate.value == pytest.approx(43.3, abs=1.0)
    assert 27 < estimate.value - estimate.interval.low < 40
    assert 27 < estimate.interval.high - estimate.value < 40


def test_a_step_between_two_months_is_no_mark_where_the_series_always_steps(organization, nps, touchpoints):
    """By sampling noise alone every one of these months differs from the one before."""
    for number in range(8):
        scores = [9] * 43 + [3] * 17 if number % 2 else [9] * 30 + [3] * 30
        answers(nps, touchpoints[0], f"2026-{number + 1:02d}-28", scores)
    series = selectors.metric_series(organization, counted(nps))
    assert selectors.compare(series).change.reading == ChangeReading.UNCLEAR
    neighbors = selectors.change(nps, series.points[-2].counts, series.points[-1].counts)
    assert neighbors.reading == ChangeReading.BETTER


def test_with_fewer_than_three_earlier_months_it_is_too_early_to_say(organization, nps, touchpoints):
    calm_months(nps, touchpoints[0], [0] * 40, months=2)
    answers(nps, touchpoints[0], "2026-02-28", [10] * 40)
    counted(nps)
    found = selectors.compare(selectors.metric_series(organization, nps))
    assert found.change.reading == ChangeReading.TOO_EARLY
    page = pages.metric_page(organization, nps)
    assert page.line.short.text == "too early to say"
    assert page.figure.sentence == (
        "NPS® was 100 in Feb 2026 (84 to 100, 40 answers). With so few earlier periods it is too early to "
        "say how much it usually moves."
    )


def test_months_before_the_window_shown_count_for_its_mark(organization, nps, touchpoints):
    """The window is a choice of the reader; what is usual is not."""
    calm_months(nps, touchpoints[0], [9] * 30 + [3] * 30)
    answers(nps, touchpoints[0], "2026-02-28", [9] * 43 + [3] * 17)
    counted(nps)
    whole = selectors.metric_comparison(organization, nps)
    part = selectors.metric_comparison(organization, nps, start=date(2026, 2, 1))
    assert (len(whole.series.points), len(part.series.points)) == (7, 1)
    assert part.change == whole.change
    (row,) = selectors.touchpoint_comparisons(organization, nps, start=date(2026, 2, 1))
    assert row.change == whole.change
    assert selectors.touchpoint_comparisons(organization, nps, start=date(2026, 3, 1)) == []


def test_too_few_answers_are_never_compared(organization, nps, touchpoints):
    january, february, _march = selectors.metric_series(
        organization, _thin_and_thick(nps, touchpoints[0])
    ).points
    assert selectors.change(nps, january.counts, february.counts).reading == ChangeReading.TOO_FEW


def _thin_and_thick(metric, touchpoint):
    for month, scores in (("01", [0] * 4), ("02", [10] * 40), ("03", [10] * 40)):
        answers(metric, touchpoint, f"2026-{month}-28", scores)
    return counted(metric)


def test_for_times_shorter_is_better_and_open_cases_count(organization, ttr, touchpoints):
    opened = datetime(2026, 1, 5, 12, tzinfo=UTC)
    for days, hours in ((-123, 40), (-92, 40), (-62, 40), (-31, 40), (0, 40), (31, 10)):
        moments = [opened + timedelta(days=days, minutes=number) for number in range(30)]
        each = [
            {"occurred_at": at, "resolved_at": at + timedelta(hours=hours + number / 10)}
            for number, at in enumerate(moments)
        ]
        many_feedback(metric=ttr, touchpoint=touchpoints[0], each=each, score=None)
    FeedbackFactory(
        metric=ttr, touchpoint=touchpoints[0], score=None, occurred_at=datetime(2026, 2, 28, 23, tzinfo=UTC)
    )
    series = selectors.metric_series(organization, counted(ttr))
    *_before, january, february = series.points
    assert january.value == pytest.approx(41.45 * 3600, rel=0.01)
    assert (february.n, february.figure.n_open) == (31, 1)
    found = selectors.compare(series).change
    assert found.reading == ChangeReading.BETTER
    # 10 to 12.9 hours beside 40 to 42.9: a little over a quarter as long
    assert found.estimate.unit is Unit.RATIO
    assert found.estimate.value == pytest.approx(11.45 / 41.45, rel=0.02)


def test_counts_for_studies_hold_value_variance_and_strata(organization, nps, touchpoints):
    web, phone = touchpoints
    answers(nps, web, "2026-01-05", [10, 10, 0, 8], "a")
    answers(nps, web, "2026-01-06", [9, 5], "b")
    answers(nps, phone, "2026-01-05", [9])
    found = selectors.series_counts(organization, counted(nps), period=Period.WEEK)
    cell = next(cell for cell in found.cells if cell.unit == "web")
    assert (cell.period, cell.n, cell.value, cell.definition) == (
        date(2026, 1, 5),
        6,
        pytest.approx(100 / 6),
        "nps/1",
    )
    assert [(stratum, n, value) for stratum, n, value, _variance in cell.strata] == [
        ("a", 4, 25.0),
        ("b", 2, 0.0),
    ]
    assert cell.variance > 0
    only = selectors.series_counts(organization, nps, touchpoints=[phone])
    assert {cell.unit for cell in only.cells} == {"phone"}


def test_means_shares_and_net_effort_have_their_own_units(organization, touchpoints):
    expected = {
        "osat": (Unit.SCORE, 3.0), "csat_5": (Unit.SHARE, 0.4), "ces_net_5": (Unit.POINTS, 0.0),
    }  # fmt: skip
    for key, (unit, value) in expected.items():
        metric = MetricDefinitionFactory(organization=organization, key=key)
        answers(metric, touchpoints[0], "2026-01-05", [1, 2, 3, 4, 5])
        series = selectors.metric_series(organization, counted(metric))
        assert (series.unit, series.points[0].value) == (unit, pytest.approx(value))


def test_the_overview_says_in_words_what_changed(organization, nps, touchpoints):
    csat = MetricDefinitionFactory(organization=organization, key="csat_5")
    calm_months(nps, touchpoints[0], [9] * 30 + [3] * 30, months=4)
    answers(nps, touchpoints[0], "2026-02-28", [9] * 55 + [3] * 5)
    calm_months(csat, touchpoints[0], [5] * 20 + [1] * 20, months=4)
    answers(csat, touchpoints[0], "2026-02-28", [5] * 20 + [1] * 20)
    counted(nps)
    page = pages.overview_page(organization)
    assert page.sentence == (
        "NPS® was better than usual in Feb 2026: 83. 1 other metric moved no more than usual."
    )
    assert {line.name: [one.words for one in line.changes] for line in page.heard} == {
        "NPS®": ["better than usual"],
        "CSAT, 5-point": [],
    }


def test_an_organization_sees_nothing_of_another(organization, elsewhere, nps, touchpoints):
    answers(nps, touchpoints[0], "2026-01-05", [9] * 9)
    other = MetricDefinitionFactory(organization=elsewhere, key="nps")
    TouchpointFactory(organization=elsewhere, key="web")
    counted(nps)
    assert selectors.metric_series(elsewhere, other).points == ()
    assert pages.overview_page(elsewhere).heard == []


@pytest.mark.parametrize("key", ["nps", "ttr"])
def test_a_page_costs_the_same_number_of_queries_at_any_volume(
    organization, touchpoints, key, django_assert_num_queries
):
    metric = MetricDefinitionFactory(organization=organization, key=key)
    for lot in range(2):
        for number in range(40):
            at = datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(
                days=number * (2 + lot)
            )  # two whole months at least
            FeedbackFactory(
                metric=metric,
                touchpoint=touchpoints[number % 2],
                occurred_at=at,
                score=None if key == "ttr" else number % 11,
                resolved_at=at + timedelta(hours=number) if key == "ttr" else None,
            )
        counted(metric)
        with django_assert_num_queries(11 if key == "ttr" else 8):
            pages.metric_page(organization, metric)
        caching.begin_test()
        with django_assert_num_queries(2):
            pages.overview_page(organization)


def test_times_are_remembered_until_they_are_counted_again(
    organization, ttr, touchpoints, django_assert_num_queries
):
    opened = datetime(2026, 1, 5, 12, tzinfo=UTC)
    for number in range(6):
        FeedbackFactory(
            metric=ttr,
            touchpoint=touchpoints[0],
            score=None,
            occurred_at=opened,
            resolved_at=opened + timedelta(hours=1 + number),
        )
    first = selectors.metric_comparison(organization, counted(ttr))
    assert first.series.n == 6
    with django_assert_num_queries(0):
        assert selectors.metric_comparison(organization, ttr) == first
    services.record_feedback(
        organization=organization,
        metric=ttr,
        source="new",
        items=[{"external_id": "x", "touchpoint": "web", "occurred_at": "2026-01-05T12:00:00Z"}],
    )
    ttr.refresh_from_db()
    assert selectors.metric_comparison(organization, ttr).series.n == 7


# --- the longer view ----------------------------------------------------------------------------


def a_year(metric, touchpoint, before: list[int], after: list[int]) -> None:
    """Sixteen months up to February 2026: `before` up to August, `after` since."""
    for number in range(16):
        year, month = divmod(2024 * 12 + 10 + number, 12)
        answers(metric, touchpoint, f"{year}-{month + 1:02d}-28", before if number < 10 else after)


def test_a_change_too_small_for_two_months_shows_against_a_year_ago(organization, nps, touchpoints):
    a_year(nps, touchpoints[0], [9] * 40 + [3] * 60, [9] * 51 + [3] * 49)
    found = selectors.compare(selectors.metric_series(organization, counted(nps)))
    assert found.change.reading == ChangeReading.UNCLEAR
    assert (found.recent.start, found.recent.end) == (date(2025, 12, 1), date(2026, 3, 1))
    assert (found.earlier.start, found.earlier.end) == (date(2024, 12, 1), date(2025, 3, 1))
    assert (found.recent.n, found.earlier.n) == (300, 300)
    assert (found.recent.value, found.earlier.value) == pytest.approx((2.0, -20.0))
    assert found.is_year_ago
    assert found.long_change.reading == ChangeReading.BETTER
    page = pages.metric_page(organization, nps)
    assert page.figure.sentence == (
        "NPS® is better than in Dec 2024–Feb 2025: −20 then, 2 in Dec 2025–Feb 2026, "
        "+22.0\u00a0points (+6.1 to +37.5). In Feb 2026 it moved no more than it usually does."
    )
    assert page.figure.chart.title == "NPS®: −20 in Dec 2024–Feb 2025, 2 in Dec 2025–Feb 2026"


def test_what_is_unusual_and_what_differs_from_a_year_ago_are_counted_apart():
    """As the two columns of marks below it have them."""
    none = Tally()
    assert comparing_sentence(Tally(moved=1, tested=3), Tally(moved=2, tested=4), "Feb 2025") == (
        "It moved more than usual at 1 of 3 touchpoints. "
        "Compared with Feb 2025, it differs at 2 of 4 touchpoints."
    )
    assert comparing_sentence(Tally(tested=2), none, "") == (
        "It moved no more than usual at any of the 2 touchpoints."
    )
    assert comparing_sentence(none, Tally(moved=2, tested=2), "") == (
        "Compared with an earlier period, it differs at 2 of 2 touchpoints."
    )
    assert comparing_sentence(none, none, "") == ""


def test_chance_is_said_once_and_calmly(organization, nps, touchpoints):
    a_year(nps, touchpoints[0], [9] * 50 + [3] * 50, [9] * 50 + [3] * 50)
    counted(nps)
    page = pages.metric_page(organization, nps)
    assert page.figure.sentence == (
        "NPS® was 0 in Feb 2026 (−19 to 19, 100 answers). In Feb 2026 it moved no more than it usually does, "
        "and its difference from Dec 2024–Feb 2025 is no larger than chance explains."
    )
    assert page.touchpoints_sentence == (
        "It moved no more than usual at the one touchpoint. Compared with Dec 2024–Feb 2025, it differs no "
        "more than chance explains at the one touchpoint."
    )
    assert page.line.changes == ()


def test_with_less_than_a_year_the_first_months_are_the_longer_view(organization, nps, touchpoints):
    for number, month in enumerate(("2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02")):
        answers(nps, touchpoints[0], f"{month}-28", [9] * (20 + 10 * (number > 2)) + [3] * 30)
    found = selectors.compare(selectors.metric_series(organization, counted(nps)))
    assert (found.earlier.start, found.recent.start) == (date(2025, 9, 1), date(2025, 12, 1))
    assert not found.is_year_ago


def test_five_months_are_too_few_for_a_longer_view(organization, nps, touchpoints):
    for month in ("2025-10", "2025-11", "2025-12", "2026-01", "2026-02"):
        answers(nps, touchpoints[0], f"{month}-28", [9] * 30 + [3] * 30)
    found = selectors.compare(selectors.metric_series(organization, counted(nps)))
    assert (found.recent, found.earlier, found.long_change, found.is_year_ago) == (None, None, None, False)


def test_a_running_month_is_not_in_the_longer_view(organization, nps, touchpoints):
    a_year(nps, touchpoints[0], [9] * 10, [9] * 10)
    answers(nps, touchpoints[0], "2026-03-10", [0] * 50)
    found = selectors.compare(selectors.metric_series(organization, counted(nps)))
    assert (found.recent.start, found.recent.end, found.recent.n) == (date(2025, 12, 1), date(2026, 3, 1), 30)


def test_behind_a_figure_stand_its_answers(organization, nps, ttr, touchpoints):
    answers(nps, touchpoints[0], "2026-01-28", [0, 6, 7, 8, 9, 10, 10])
    series = selectors.metric_series(organization, counted(nps))
    groups = selectors.answer_groups(
        nps, selectors.point_counts(organization, series, series.points[0], [series.metric])
    )
    assert [(group.label, group.count, group.box) for group in groups if group.count] == [
        ("0", 1, "bottom"),
        ("6", 1, "bottom"),
        ("7", 1, "middle"),
        ("8", 1, "middle"),
        ("9", 1, "top"),
        ("10", 2, "top"),
    ]
    assert len(groups) == 11


def test_times_are_counted_in_spans_with_the_open_ones_apart(organization, ttr, touchpoints):
    at = datetime(2026, 1, 28, 12, tzinfo=UTC)
    for number, hours in enumerate((0.5, 2, 5, 30, 100, 200, None)):
        FeedbackFactory(
            metric=ttr,
            touchpoint=touchpoints[0],
            score=None,
            occurred_at=at + timedelta(minutes=number),
            resolved_at=None if hours is None else at + timedelta(minutes=number, hours=hours),
        )
    series = selectors.metric_series(organization, counted(ttr))
    counts = selectors.point_counts(organization, series, series.points[0], [series.metric])
    assert [(group.label, group.count) for group in selectors.answer_groups(ttr, counts)] == [
        ("under 1 h", 1),
        ("1–4 h", 1),
        ("4–24 h", 1),
        ("1–3 days", 1),
        ("3–7 days", 1),
        ("over 7 days", 1),
        ("still open", 1),
    ]


def test_a_metric_is_known_at_a_touchpoint_by_its_series(organization, nps, touchpoints):
    web, phone = touchpoints
    answers(nps, web, "2026-01-28", [9] * 5)
    counted(nps)
    nps.is_retired = True
    nps.save()
    MetricDefinitionFactory(organization=organization, key="nps", version=2)  # a series of its own, not heard
    assert selectors.metrics_at(organization, web) == []
    newer = MetricDefinitionFactory(organization=organization, key="nps", version=3, series=1)
    assert selectors.metrics_at(organization, web) == [newer]
    assert selectors.metrics_at(organization, phone) == []


@pytest.mark.parametrize(
    ("before", "after", "last", "longer", "alone"),
    [
        (
            [9] * 80 + [3] * 20, [9] * 50 + [3] * 50, [9] * 20 + [3] * 80,
            "NPS® is worse than in Dec 2024–Feb 2025: 60 then, −20 in Dec 2025–Feb 2026, −80.0\u00a0points "
            "(−93.4 to −65.0). ",
            "Feb 2026 alone is worse than usual too: −60, −",
        ),
        (  # the pooled three months: (2 * 100 * 40 - 20 * 80) / 220
            [9] * 50 + [3] * 50, [9] * 70 + [3] * 30, [9] * 2 + [3] * 18,
            "NPS® is better than in Dec 2024–Feb 2025: 0 then, 29 in Dec 2025–Feb 2026, +29.1\u00a0points (",
            "But Feb 2026 alone is worse than usual: −80, −",
        ),
    ],
)  # fmt: skip
def test_two_changes_are_both_said_and_set_against_each_other(
    organization, nps, touchpoints, before, after, last, longer, alone
):
    a_year(nps, touchpoints[0], before, after)
    Feedback.objects.filter(occurred_at__gte=datetime(2026, 2, 1, tzinfo=UTC)).delete()
    answers(nps, touchpoints[0], "2026-02-28", last)
    counted(nps)
    sentence = pages.metric_page(organization, nps).figure.sentence
    assert sentence.startswith(longer)
    assert f" {alone}" in sentence
    assert sentence.endswith(" from what was expected.")


def test_a_change_of_times_says_by_which_mean_it_is_so_many_times(ttr):
    """Beside medians a bare ratio would be taken for theirs: 7.1 hours is not 0.82 of 8.3."""
    found = ChangeFigure(
        reading=ChangeReading.BETTER,
        estimate=Estimate(
            value=0.82, interval=Interval(low=0.75, high=0.9), n=400, unit=Unit.RATIO, method="x"
        ),
    )
    assert (
        difference_text(measure(ttr, ()), found) == "0.82 times as long by the geometric mean (0.75 to 0.90)"
    )


@pytest.mark.parametrize(
    ("until", "said"),
    [
        (date(2026, 3, 15), "Mar 2026, data until Mar 15"),
        (date(2026, 4, 20), "Mar 2026, not complete"),  # the page's window cuts it
        (None, "Mar 2026, not complete"),
    ],
)
def test_a_period_says_until_when_there_are_data(nps, until, said):
    point = SimpleNamespace(start=date(2026, 3, 1), end=date(2026, 4, 1), is_partial=True)
    series = SimpleNamespace(metric=nps, period=Period.MONTH, data_until=until)
    assert period_said(point, series) == said
    point.is_partial = False
    assert period_said(point, series) == "Mar 2026"
