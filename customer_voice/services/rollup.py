"""The daily roll-up: recomputed, never patched, for exactly the days that changed.

One statement per table and batch of days on both databases: the database counts, nothing is fetched. Who
counts holds the organization's counts (`hold_counts`), and nobody else does: writers of answers note what
they changed (`recounts`) and wait for nobody.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from itertools import batched, pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, models, transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.utils import timezone

from accounts.models import Organization
from common.named_locks import hold, is_free
from customer_voice.models import Feedback, MetricDefinition, RecountNote
from customer_voice.rules import RollupShape
from customer_voice.selectors.folding import ACCOUNT_KEYS, PLACE_KEYS, Folded, folded
from customer_voice.selectors.points import ACCOUNT_POINTS, POINTS
from journeys.models import Touchpoint

# (metric id, touchpoint id, day in the organization's time zone)
type Cell = tuple[int, int, date]
# (metric id, touchpoint id, earliest and latest moment of answers that changed, both included)
type Span = tuple[int, int, datetime, datetime]
type _Run = tuple[int, int, date, date]  # metric, touchpoint, first day, day after the last

MOST_RUNS = 80  # runs of days per statement
MOST_RUNS_OF_ONE = 60  # beyond, the smallest gaps are recomputed too


@transaction.atomic
def rebuild_rollup(*, organization: Organization) -> None:
    """Count everything anew from the feedback, in the organization's days as they are now.

    Days move when the time zone changes: call it then. One transaction, so a crash leaves the old counts and
    a second call does no harm. What is noted by now is counted with it.
    """
    held = hold_counts(organization)
    RecountNote.objects.of(held).delete()  # before anything is read: a later note stays and is counted later
    for points in (*POINTS.values(), *ACCOUNT_POINTS.values()):
        points.objects.of(held).delete()
    _count(held, Feedback.objects.of(held))
    _note_cutoff(held, None)


@transaction.atomic
def refresh_rollup(*, organization: Organization, cells: Iterable[Cell]) -> None:
    """Count these metrics, touchpoints and days anew, the days of the organization as it is now."""
    _refresh(hold_counts(organization), set(cells))


@transaction.atomic
def recount(*, organization: Organization, spans: Iterable[Span]) -> None:
    """Count the days anew that these spans reach: in the transaction that changed their answers, or later."""
    held = hold_counts(organization)
    _refresh(held, cells_of(held, spans))


def hold_counts(organization: Organization) -> Organization:
    """Hold the organization's counts to the end of the transaction; gives the organization as it is now.

    One count at a time: two that overlap would each miss what the other one counts and has not committed.
    The statements that follow see every answer that was committed before this returns.
    """
    hold(_counts(organization))
    return Organization.objects.get(pk=organization.pk)


def counts_are_free(organization: Organization) -> bool:
    """Hold the counts as `hold_counts` does, unless somebody else does at this moment; never waits."""
    return is_free(_counts(organization))


def cells_of(organization: Organization, spans: Iterable[Span]) -> set[Cell]:
    """The days in the organization's time zone that the spans reach."""
    found: set[Cell] = set()
    for metric, touchpoint, first, last in spans:
        day, end = organization.clock.day_of(first), organization.clock.day_of(last)
        while day <= end:
            found.add((metric, touchpoint, day))
            day += timedelta(days=1)
    return found


def _counts(organization: Organization) -> str:
    return f"customer_voice.counts:{organization.pk}"


def _refresh(held: Organization, touched: set[Cell]) -> None:
    zone = ZoneInfo(held.time_zone)
    known = {metric.pk: metric for metric in MetricDefinition.objects.of(held)}
    by_shape: dict[RollupShape, set[Cell]] = {}
    for cell in touched:
        if cell[0] in known:
            by_shape.setdefault(known[cell[0]].calculation.shape, set()).add(cell)
    for shape, cells in by_shape.items():
        for runs in batched(_runs(cells), MOST_RUNS, strict=False):
            for points in (POINTS[shape], ACCOUNT_POINTS[shape]):
                points.objects.of(held).filter(_within(points, "day", runs)).delete()
            moments = [
                (metric, touchpoint, _midnight(first, zone), _midnight(after, zone))
                for metric, touchpoint, first, after in runs
            ]
            answers = Feedback.objects.of(held).filter(_within(Feedback, "occurred_at", moments))
            _count(held, answers, shape)
    _note_cutoff(held, {metric for metric, _touchpoint, _day in touched})


def _within(model: type[models.Model], column: str, runs: Iterable[tuple[int, int, Any, Any]]) -> RawSQL:
    """Whether the `column` of a row lies in one of the runs [from, to) of its metric and touchpoint.

    Written out: the ORM takes longer to write as many conditions than the days take to count. And no list to
    join, of which the database could not know that it reaches a few days out of ten years.
    """
    quote, field = connection.ops.quote_name, model._meta.get_field(column)
    names = [quote(name) for name in ("metric_id", "touchpoint_id", column)]
    one = "({0} = %s AND {1} = %s AND {2} >= %s AND {2} < %s)".format(*names)
    listed = [
        value
        for metric, touchpoint, first, after in runs
        for value in (metric, touchpoint, *_prepared(field, first, after))
    ]
    return RawSQL(  # noqa: S611
        f"({' OR '.join([one] * (len(listed) // 4))})", listed, output_field=models.BooleanField()
    )


def _prepared(field: Any, *values: Any) -> list[Any]:
    return [field.get_db_prep_value(value, connection) for value in values]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)


def _runs(cells: set[Cell]) -> list[_Run]:
    """Touched days as runs of neighbors; few enough to write down, so small gaps may be closed."""
    by_pair: dict[tuple[int, int], list[date]] = {}
    for metric, touchpoint, day in cells:
        by_pair.setdefault((metric, touchpoint), []).append(day)
    found: list[_Run] = []
    for (metric, touchpoint), days in sorted(by_pair.items()):
        days.sort()
        gaps = sorted((later - earlier for earlier, later in pairwise(days)), reverse=True)
        most = gaps[MOST_RUNS_OF_ONE - 1] if len(gaps) >= MOST_RUNS_OF_ONE else timedelta(days=1)
        first = previous = days[0]
        for day in days[1:]:
            if day - previous > max(most, timedelta(days=1)):
                found.append((metric, touchpoint, first, previous + timedelta(days=1)))
                first = day
            previous = day
        found.append((metric, touchpoint, first, previous + timedelta(days=1)))
    return found


def _count(
    organization: Organization, feedback: "QuerySet[Feedback]", only: RollupShape | None = None
) -> None:
    """Count these rows into both cubes, each metric in its shape, or those of one shape alone. Two statements
    for each shape in use."""
    by_shape: dict[RollupShape, list[MetricDefinition]] = {}
    for metric in MetricDefinition.objects.of(organization):
        by_shape.setdefault(metric.calculation.shape, []).append(metric)
    of_accounts = feedback.filter(account__isnull=False)
    for shape, metrics in by_shape.items():
        if only not in (None, shape):
            continue
        _insert_select(POINTS[shape], folded(organization, feedback, shape, metrics, keys=PLACE_KEYS))
        _insert_select(
            ACCOUNT_POINTS[shape], folded(organization, of_accounts, shape, metrics, keys=ACCOUNT_KEYS)
        )


def _insert_select(model: type[models.Model], counts: Folded) -> None:
    """INSERT ... SELECT: the ORM has no public call for it, nor one that gives a query with its parameters.

    Reading the counts and writing them back would move every cell of a rebuild through the application.
    """
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in counts.columns)
    select, parameters = counts.rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {quote(model._meta.db_table)} ({names}) {select}", parameters)


def _note_cutoff(organization: Organization, metrics: set[int] | None) -> None:
    """Write down up to when each series has been heard, and that its figures are new, in all its versions.

    Ages of open cases are counted to `data_until`; `counted_at` is the key under which durations are cached.
    """
    definitions = list(MetricDefinition.objects.of(organization))
    touched = {(one.key, one.series) for one in definitions if metrics is None or one.pk in metrics}
    counted = [one for one in definitions if (one.key, one.series) in touched]
    latest: dict[tuple[str, int], datetime] = {}
    for definition in counted:
        name = (definition.key, definition.series)
        heard = [*_latest_moments(organization, definition), *([latest[name]] if name in latest else [])]
        if heard:
            latest[name] = max(heard)
    now = timezone.now()
    for definition in counted:
        definition.data_until, definition.counted_at = latest.get((definition.key, definition.series)), now
    MetricDefinition.objects.bulk_update(counted, ["data_until", "counted_at"])


def _latest_moments(organization: Organization, metric: MetricDefinition) -> list[datetime]:
    """When an answer was last given, and a case last resolved: two queries that read the ends of indexes."""
    answers = Feedback.objects.of(organization).filter(metric=metric)
    of_place = answers.filter(touchpoint=OuterRef("pk")).order_by("-occurred_at").values("occurred_at")[:1]
    said = Touchpoint.objects.of(organization).annotate(said=Subquery(of_place)).filter(said__isnull=False)
    resolved = answers.filter(resolved_at__isnull=False).order_by("-resolved_at")
    return [
        *said.order_by("-said").values_list("said", flat=True)[:1],
        *resolved.values_list("resolved_at", flat=True)[:1],
    ]
