"""The touchpoints of a metric side by side on its page: how many moved, and the rows that are shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256

from django.core.cache import cache
from django.utils import timezone

from accounts.models import Organization
from customer_voice.choices import ChangeReading, Period
from customer_voice.models import Channel, CustomerAccount, MetricDefinition
from customer_voice.selectors.counting import Cut
from customer_voice.selectors.figures import ChangeFigure
from customer_voice.selectors.overview import (
    KEPT_SECONDS,
    Comparison,
    recent_start,
    touchpoint_comparisons,
    without_counts,
)
from customer_voice.selectors.series import SeriesPoint
from journeys.models import Touchpoint

MOST_SHOWN = 10  # touchpoints on a page that nobody asked for all of them
KEPT_WHILE_COUNTING_SECONDS = 60  # answers that keep coming in do not have all of them compared each second


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """How many touchpoints were tested, and at how many of them it moved."""

    moved: int = 0
    tested: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparedPlaces:
    """`number` touchpoints compared; `rows` are those shown: of many, where it moved, then by name.

    `against`: the earlier period that all of them are held against, where it is one. `made_at`: when they
    were compared, where answers were counted since then; at most a minute ago.
    """

    rows: tuple[Comparison, ...]
    number: int
    usual: Tally
    earlier: Tally
    against: SeriesPoint | None = None
    made_at: datetime | None = None


def compared_places(
    organization: Organization,
    metric: MetricDefinition,
    *,
    versions: Sequence[MetricDefinition] | None = None,
    segment: str | None = None,
    channel: Channel | None = None,
    account: CustomerAccount | None = None,
    period: Period = Period.MONTH,
    start: date | None = None,
    end: date | None = None,
    shows_all: bool = False,
) -> ComparedPlaces:
    """Queries: as `touchpoint_comparisons`; one where more than `MOST_SHOWN` were compared before.

    Many are kept until the metric is counted again or the day ends; while answers keep coming in, for a
    minute.
    """
    start = start or recent_start(organization, metric, period, end)
    cut = Cut(segment=segment, channel=channel, account=account)
    asked = (metric.pk, metric.higher_is_better, cut.question, period.value, start, end)
    of_today = (organization.reckoning, organization.clock.today(), shows_all)
    name = f"customer_voice.compared.{sha256(repr((asked, of_today)).encode()).hexdigest()}"
    found: tuple[datetime | None, datetime, ComparedPlaces] | None = cache.get(name)
    if found is not None and metric.counted_at is not None:
        counted_at, made_at, kept = found
        if counted_at == metric.counted_at:
            return _named(organization, metric, kept)
        if (timezone.now() - made_at).total_seconds() < KEPT_WHILE_COUNTING_SECONDS:
            return replace(_named(organization, metric, kept), made_at=made_at)
    rows = touchpoint_comparisons(
        organization,
        metric,
        versions=versions,
        segment=segment,
        channel=channel,
        account=account,
        period=period,
        start=start,
        end=end,
    )
    fresh = _compared(rows, shows_all=shows_all)
    if fresh.number > MOST_SHOWN:
        slim = replace(fresh, rows=tuple(map(without_counts, fresh.rows)))
        cache.set(name, (metric.counted_at, timezone.now(), slim), KEPT_SECONDS)
    return fresh


def _compared(rows: Sequence[Comparison], *, shows_all: bool) -> ComparedPlaces:
    against = {
        (row.earlier.start, row.earlier.end): row.earlier
        for row in rows
        if row.earlier and row.long_change and _is_tested(row.long_change)
    }
    is_whole = shows_all or len(rows) <= MOST_SHOWN
    shown = rows if is_whole else sorted(rows, key=lambda row: not _moved(row))[:MOST_SHOWN]
    return ComparedPlaces(
        rows=tuple(shown),
        number=len(rows),
        usual=_tally(row.change for row in rows if row.latest is not None),
        earlier=_tally(row.long_change for row in rows),
        against=next(iter(against.values())) if len(against) == 1 else None,
    )


def _tally(changes: Iterable[ChangeFigure | None]) -> Tally:
    found = [one for one in changes if one is not None]
    moved = sum(one.is_change for one in found)
    return Tally(moved=moved, tested=sum(map(_is_tested, found)))


def _is_tested(found: ChangeFigure) -> bool:
    return found.is_change or found.reading == ChangeReading.UNCLEAR


def _moved(row: Comparison) -> bool:
    return any(one is not None and one.is_change for one in (row.change, row.long_change))


def _named(organization: Organization, metric: MetricDefinition, kept: ComparedPlaces) -> ComparedPlaces:
    """With metric and touchpoints as they are now, whatever they were when they were compared. One query."""
    keys = [row.touchpoint.pk for row in kept.rows if row.touchpoint]
    names = Touchpoint.objects.of(organization).in_bulk(keys)
    rows = [
        replace(row, series=replace(row.series, metric=metric, touchpoint=names[row.touchpoint.pk]))
        for row in kept.rows
        if row.touchpoint and row.touchpoint.pk in names
    ]
    return replace(kept, rows=tuple(rows))
