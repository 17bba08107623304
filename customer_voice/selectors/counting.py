"""Counts per period, read from the roll-up: one grouped query, whatever is asked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    Case,
    DateField,
    ExpressionWrapper,
    F,
    IntegerField,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Trunc

from accounts.models import Organization
from common.reckoning import MONDAY, Reckoning
from customer_voice.choices import BIN_OPEN, BIN_OPEN_AT, BIN_UNUSABLE, BIN_WAITING, Period
from customer_voice.models import Channel, CustomerAccount, Feedback, MetricDefinition
from customer_voice.rules import Counts, DayTotals, RollupShape, together
from customer_voice.rules.counts import seconds_of
from customer_voice.selectors.figures import ensure_comparable
from customer_voice.selectors.folding import ANSWER_COLUMNS, folded
from customer_voice.selectors.keeping import CountsByPeriod, are_kept, kept_sums
from customer_voice.selectors.periods import LAST_YEAR, next_start, period_start
from customer_voice.selectors.points import account_points_of, points_of
from cxstats.working_time import DAY_MINUTES
from journeys.models import Touchpoint

RECENT = timedelta(days=14)  # open cases this young are aged by their minute, older ones by their hour
_NOON = 12 * 60

type Counted = dict[tuple[Any, ...], Mapping[date, Counts]]  # values asked by -> period start -> counts


@dataclass(frozen=True, kw_only=True, slots=True)
class Cut:
    """Which answers are meant; None: all of them. "" is the segment of those who named none."""

    segment: str | None = None
    channel: Channel | None = None
    account: CustomerAccount | None = None

    @property
    def question(self) -> tuple[object, ...]:
        """Names the cut in a cache."""
        return self.segment, self.channel and self.channel.pk, self.account and self.account.pk


EVERYTHING = Cut()


def counted(
    organization: Organization,
    metric: MetricDefinition,
    *,
    versions: Sequence[MetricDefinition],
    by: tuple[str, ...],
    touchpoint: Touchpoint | None = None,
    touchpoints: set[int] | None = None,
    cut: Cut = EVERYTHING,
    period: Period,
    start: date | None,
    end: date | None,
    reckoning: Reckoning | None = None,
) -> Counted:
    """Values of `by` -> period start -> counts of all `versions` together, weeks and quarters as the
    organization reckons them or as is said. One query; two where the window begins or ends inside a period.

    Read from the cube of segments and channels, or from its sums that are kept by week and month; of an
    account, from the cube of accounts. An account in one segment or on one channel is folded from its
    answers, which an index finds.
    """
    for version in versions:
        ensure_comparable(metric, version)
    reckoning = reckoning or organization.reckoning
    places = Q()
    if touchpoint is not None:
        places &= Q(touchpoint=touchpoint)
    if touchpoints is not None:
        places &= Q(touchpoint__in=touchpoints)
    of_places: dict[str, Any] = {} if cut.segment is None else {"segment": cut.segment}
    if cut.channel is not None:
        of_places["channel"] = cut.channel
    kept_by_account = {*by} <= {"touchpoint_id", "account_id"}
    if cut.account is not None and (of_places or not kept_by_account):
        answers = Feedback.objects.of(organization).filter(places, account=cut.account, **of_places)
        first = partial(period_start, period=period, reckoning=reckoning)
        days = (start, end)
        return _folded_live(organization, metric, answers, versions=versions, by=by, first=first, days=days)
    if cut.account is not None:
        points = account_points_of(metric).objects.of(organization).filter(places, account=cut.account)
    else:
        points = points_of(metric).objects.of(organization).filter(places, **of_places)
        may_be_kept = not of_places and {*by} <= {"touchpoint_id"} and are_kept(versions, period, reckoning)
        if may_be_kept and (window := _window(metric, organization, period, start, end, reckoning)):
            return _kept(organization, metric, versions, by, places, points, period, window, reckoning)
    points = points.filter(metric__in=[version.pk for version in versions]).between(start, end)
    points = points.annotate(start=_start_of(period, reckoning)).order_by()
    found = _READERS[metric.calculation.shape](organization, metric, points, by)
    return _regrouped(found, period, reckoning)


type _Window = tuple[date | None, date | None, Q | None]


def _window(
    metric: MetricDefinition,
    organization: Organization,
    period: Period,
    start: date | None,
    end: date | None,
    reckoning: Reckoning,
) -> _Window | None:
    """The whole periods of a window as [first day, day after], and the days of those that it cuts.

    None where nothing of it is whole, or the calendar ends.
    """
    if (
        end is not None
        and metric.data_until is not None
        and organization.clock.day_of(metric.data_until) < end
    ):
        end = None  # nothing was heard from then on
    if any(day is not None and not date.min.year < day.year < LAST_YEAR for day in (start, end)):
        return None
    whole_start, whole_end, cut = start, end, Q()
    if start is not None and (begun := period_start(start, period, reckoning)) != start:
        whole_start = next_start(begun, period)
        cut |= Q(day__gte=start, day__lt=whole_start)
    if end is not None and (whole_end := period_start(end, period, reckoning)) != end:
        cut |= Q(day__gte=whole_end, day__lt=end)
    if whole_start is not None and whole_end is not None and whole_start >= whole_end:
        return None
    return whole_start, whole_end, cut or None


def _kept(
    organization: Organization,
    metric: MetricDefinition,
    versions: Sequence[MetricDefinition],
    by: tuple[str, ...],
    places: Q,
    points: "QuerySet[Any]",
    period: Period,
    window: _Window,
    reckoning: Reckoning,
) -> Counted:
    """From the kept sums; periods that the window cuts, from the points of their days in it."""
    start, end, cut = window
    found = kept_sums(
        organization,
        versions,
        by_touchpoint=bool(by),
        places=places,
        period=Period.WEEK if period == Period.WEEK else Period.MONTH,
        start=start,
        end=end,
        reckoning=reckoning,
    )
    if cut is not None:
        days = points.filter(cut, metric__in=[version.pk for version in versions])
        days = days.annotate(start=_start_of(period, reckoning)).order_by()
        for key, cells in _regrouped(_answers(organization, metric, days, by), period, reckoning).items():
            known = found.setdefault(key, CountsByPeriod({})).answers
            known.update({day: counts.answers for day, counts in cells.items()})
    return _quarters(found, reckoning) if period == Period.QUARTER else {**found}


def _start_of(period: Period, reckoning: Reckoning) -> Any:
    """The day that the database groups by. It knows weeks from Monday and quarters from January alone."""
    if period == Period.WEEK and reckoning.week_begins != MONDAY:
        later = timedelta(days=7 - reckoning.week_begins)
        shifted = ExpressionWrapper(F("day") + Value(later), output_field=DateField())
        return Trunc(shifted, "week", output_field=DateField())
    if period == Period.QUARTER and not reckoning.has_calendar_quarters:
        return Trunc("day", "month", output_field=DateField())
    return Trunc("day", period.value, output_field=DateField())


def _regrouped(found: Counted, period: Period, reckoning: Reckoning) -> Counted:
    """Put under the first day of each period what the database grouped otherwise."""
    if period == Period.WEEK and reckoning.week_begins != MONDAY:
        later = timedelta(days=7 - reckoning.week_begins)
        return {key: {day - later: counts for day, counts in cells.items()} for key, cells in found.items()}
    if period == Period.QUARTER and not reckoning.has_calendar_quarters:
        return _quarters(found, reckoning)
    return found


def _quarters(months: Mapping[tuple[Any, ...], Mapping[date, Counts]], reckoning: Reckoning) -> Counted:
    """The months of each quarter together."""
    parts: dict[tuple[Any, ...], dict[date, list[Counts]]] = {}
    for key, cells in months.items():
        for day, counts in sorted(cells.items()):
            parts.setdefault(key, {}).setdefault(reckoning.quarter_start(day), []).append(counts)
    return _together(parts)


def _together(parts: dict[tuple[Any, ...], dict[date, list[Counts]]]) -> Counted:
    return {
        key: {first: together(cells) for first, cells in sorted(found.items())}
        for key, found in parts.items()
    }


def _folded_live(
    organization: Organization,
    metric: MetricDefinition,
    answers: Any,
    *,
    versions: Sequence[MetricDefinition],
    by: tuple[str, ...],
    first: Callable[[date], date],
    days: tuple[date | None, date | None],
) -> Counted:
    """Counts of few answers, folded as the roll-up folds them, and put together by period here."""
    start, end = days
    clock = organization.clock
    if start is not None:
        answers = answers.filter(occurred_at__gte=clock.start_of(start))
    if end is not None:
        answers = answers.filter(occurred_at__lt=clock.start_of(end))
    shape = metric.calculation.shape
    counts = folded(organization, answers, shape, versions, keys=(*dict.fromkeys((*by, "day")),))
    parts: dict[tuple[Any, ...], dict[date, list[Counts]]] = {}
    for row in counts.rows:
        key = tuple(row[name] for name in by)
        parts.setdefault(key, {}).setdefault(first(row["day"]), []).append(
            _counts_of_row(organization, metric, shape, row)
        )
    return _together(parts)


def _counts_of_row(
    organization: Organization, metric: MetricDefinition, shape: RollupShape, row: dict[str, Any]
) -> Counts:
    if shape is RollupShape.ANSWERS:
        return Counts(answers=tuple(row[name] for name in ANSWER_COLUMNS))
    if shape is RollupShape.STEPS:
        empty = metric.calculation.empty.answers
        return Counts(answers=tuple(row["n"] if row["step"] == step else 0 for step in range(len(empty))))
    if shape is RollupShape.TOTALS:
        totals = DayTotals(day=row["day"], rows=row["n"], amount=row["amount"], exposure=row["exposures"])
        return Counts(days=(totals,))
    if _is_open(row["duration_bin"]):
        age = _age(row["day"], _minute_of(row["duration_bin"]), metric, organization)
        return Counts(open_seconds=((age, row["n"]),))
    if row["duration_bin"] == BIN_UNUSABLE:
        return Counts(unusable=row["n"])
    if row["duration_bin"] >= BIN_WAITING:
        return Counts(open_seconds=((seconds_of(row["duration_bin"] - BIN_WAITING), row["n"]),))
    return Counts(times=((row["duration_bin"], row["n"]),))


def _answers(
    organization: Organization, metric: MetricDefinition, points: "QuerySet[Any]", by: tuple[str, ...]
) -> Counted:
    found: dict[tuple[Any, ...], dict[date, Counts]] = {}
    rows = points.values_list(*by, "start").annotate(**{name: Sum(name) for name in ANSWER_COLUMNS})
    for row in rows.values_list(*by, "start", *ANSWER_COLUMNS):
        key, day, answers = row[: len(by)], row[len(by)], row[len(by) + 1 :]
        found.setdefault(key, {})[day] = Counts(answers=tuple(answers))
    return {**found}


def _steps(
    organization: Organization, metric: MetricDefinition, points: "QuerySet[Any]", by: tuple[str, ...]
) -> Counted:
    """Only the steps that were given are stored; the others are zero."""
    size = len(metric.calculation.empty.answers)
    rows = points.values_list(*by, "start", "step").annotate(answers=Sum("n"))
    given: dict[tuple[tuple[Any, ...], date], list[int]] = {}
    for row in rows:
        key, (day, step, answers) = row[: len(by)], row[len(by) :]
        given.setdefault((key, day), [0] * size)[step] = answers
    found: dict[tuple[Any, ...], dict[date, Counts]] = {}
    for (key, day), answers in given.items():
        found.setdefault(key, {})[day] = Counts(answers=tuple(answers))
    return {**found}


def _totals(
    organization: Organization, metric: MetricDefinition, points: "QuerySet[Any]", by: tuple[str, ...]
) -> Counted:
    """Totals of each day, which are the units of a rate's interval."""
    rows = (
        points.values_list(*by, "start", "day")
        .annotate(rows=Sum("n"), amounts=Sum("amount"), exposures=Sum("exposure"))
        .order_by("day")
    )
    days: dict[tuple[tuple[Any, ...], date], list[DayTotals]] = {}
    for row in rows:
        key, (start, day, number, amount, exposure) = row[: len(by)], row[len(by) :]
        days.setdefault((key, start), []).append(
            DayTotals(day=day, rows=number, amount=amount, exposure=exposure)
        )
    found: dict[tuple[Any, ...], dict[date, Counts]] = {}
    for (key, start), totals in days.items():
        found.setdefault(key, {})[start] = Counts(days=tuple(totals))
    return {**found}


def _times(
    organization: Organization, metric: MetricDefinition, points: "QuerySet[Any]", by: tuple[str, ...]
) -> Counted:
    # open cases need their day and minute, resolved ones do not: their age runs to the data's cut-off
    is_open = Q(duration_bin=BIN_OPEN) | Q(duration_bin__lte=BIN_OPEN_AT)
    opened = Case(When(is_open, then=F("day")), default=None, output_field=DateField())
    rows = (
        points.annotate(opened=opened, kept=_kept_bin(metric, organization))
        .values(*by, "start", "kept", "opened")
        .annotate(cases=Sum("n"))
        .order_by("start", "kept", "opened")
        .values_list(*by, "start", "kept", "opened", "cases")
    )
    parts: dict[tuple[Any, ...], dict[date, tuple[list[Any], list[Any], int]]] = {}
    for row in rows:
        key, (day, binned, since, cases) = row[: len(by)], row[len(by) :]
        times, ages, unusable = parts.setdefault(key, {}).get(day, ([], [], 0))
        if _is_open(binned):
            ages.append((_age(since, _minute_of(binned), metric, organization), cases))
        elif binned == BIN_UNUSABLE:
            unusable += cases
        elif binned >= BIN_WAITING:  # open, and its time stands still
            ages.append((seconds_of(binned - BIN_WAITING), cases))
        else:
            times.append((binned, cases))
        parts[key][day] = (times, ages, unusable)
    return {
        key: {
            day: Counts(times=tuple(times), open_seconds=tuple(ages), unusable=unusable)
            for day, (times, ages, unusable) in days.items()
        }
        for key, days in parts.items()
    }


def _kept_bin(metric: MetricDefinition, organization: Organization) -> Any:
    """The bin as it is stored; of open cases that are no longer young the middle of their hour, so that a
    period has 24 ages a day at most, however many are open.
    """
    until = metric.data_until
    if until is None:
        return F("duration_bin")
    hour = (Value(BIN_OPEN_AT) - F("duration_bin")) / 60  # of whole numbers: the rest is dropped
    old = Q(duration_bin__lte=BIN_OPEN_AT, day__lt=organization.clock.day_of(until - RECENT))
    if metric.calculation.leaves_out_waits:  # old by its day, and young by the time that counts
        old &= Q(duration_bin__gt=BIN_OPEN_AT - DAY_MINUTES)
    middle = Value(BIN_OPEN_AT - 30) - hour * 60
    return Case(When(old, then=middle), default=F("duration_bin"), output_field=IntegerField())


def _is_open(binned: int) -> bool:
    return binned == BIN_OPEN or binned <= BIN_OPEN_AT


def _minute_of(binned: int) -> int:
    """The minute of its day at which an open case was opened; noon where the day alone is known."""
    return _NOON if binned == BIN_OPEN else BIN_OPEN_AT - binned


def _age(opened: date, minute: int, metric: MetricDefinition, organization: Organization) -> float:
    """Seconds that count of a case opened at that minute of the day until the data ended; at least one."""
    days, minute = divmod(minute, DAY_MINUTES)
    at = time(minute // 60, minute % 60)
    moment = datetime.combine(opened + timedelta(days=days), at, tzinfo=ZoneInfo(organization.time_zone))
    until = metric.data_until or moment
    return max(metric.calculation.elapsed(moment.astimezone(UTC), until.astimezone(UTC)), 1.0)


_READERS: dict[
    RollupShape, Callable[[Organization, MetricDefinition, "QuerySet[Any]", tuple[str, ...]], Counted]
] = {
    RollupShape.ANSWERS: _answers,
    RollupShape.STEPS: _steps,
    RollupShape.TIMES: _times,
    RollupShape.TOTALS: _totals,
}
