"""The daily roll-up: recomputed, never patched, for exactly the days that changed.

One statement per table and batch of days (`runs`) on both databases: the database counts, nothing is fetched.
Who counts holds the organization's counts (`hold_counts`), and nobody else does: writers of answers note what
they changed (`recounts`) and wait for nobody.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import batched
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts.models import Organization
from common.named_locks import hold, is_free
from customer_voice.models import Feedback, MetricDefinition, RecountNote
from customer_voice.rules import RollupShape
from customer_voice.selectors.folding import ACCOUNT_KEYS, PLACE_KEYS, folded
from customer_voice.selectors.points import ACCOUNT_POINTS, POINTS
from customer_voice.services.keeping import keep_changed, keep_everything
from customer_voice.services.runs import (
    MOST_LISTED,
    MOST_WRITTEN,
    Cell,
    Run,
    joined,
    listed,
    runs_of,
    written,
)
from journeys.models import Touchpoint

# (metric id, touchpoint id, earliest and latest moment of answers that changed, both included)
type Span = tuple[int, int, datetime, datetime]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Cube:
    """One of the two tables of a shape, by what its cells are told apart, and which answers have no place."""

    points: Mapping[RollupShape, Any]
    keys: tuple[str, ...]
    is_of_accounts: bool

    def answers(self, feedback: "QuerySet[Feedback]") -> "QuerySet[Feedback]":
        return feedback.filter(account__isnull=False) if self.is_of_accounts else feedback


_PLACES = _Cube(points=POINTS, keys=PLACE_KEYS, is_of_accounts=False)
_ACCOUNTS = _Cube(points=ACCOUNT_POINTS, keys=ACCOUNT_KEYS, is_of_accounts=True)


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
    for shape, metrics in _by_shape(held).items():
        for cube in (_PLACES, _ACCOUNTS):
            _count(held, cube, shape, metrics, Feedback.objects.of(held))
        if shape is RollupShape.ANSWERS:
            keep_everything(held, metrics)
    _note_cutoff(held, None)


@transaction.atomic
def refresh_rollup(*, organization: Organization, cells: Iterable[Cell]) -> None:
    """Count these metrics, touchpoints and days anew, the days of the organization as it is now."""
    reached = set(cells)
    _refresh(hold_counts(organization), reached, reached)


@transaction.atomic
def recount(
    *, organization: Organization, spans: Iterable[Span], outside_accounts: Iterable[Span] = ()
) -> None:
    """Count the days anew that these spans reach: in the transaction that changed their answers, or later.

    `outside_accounts` are spans in which no changed answer is or was one of a customer account.
    """
    held = hold_counts(organization)
    of_accounts = cells_of(held, spans)
    _refresh(held, of_accounts | cells_of(held, outside_accounts), of_accounts)


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


def _refresh(held: Organization, touched: set[Cell], of_accounts: set[Cell]) -> None:
    """Count these cells anew in the first cube, and in the second one those in which accounts changed."""
    by_shape = _by_shape(held)
    for cube, reached in ((_PLACES, touched), (_ACCOUNTS, of_accounts)):
        for shape, metrics in by_shape.items():
            of_shape = {metric.pk for metric in metrics}
            _recount_cells(held, cube, shape, metrics, {cell for cell in reached if cell[0] in of_shape})
    keep_changed(held, by_shape.get(RollupShape.ANSWERS, ()), touched)
    _note_cutoff(held, {metric for metric, _touchpoint, _day in touched})


def _recount_cells(
    held: Organization,
    cube: _Cube,
    shape: RollupShape,
    metrics: Sequence[MetricDefinition],
    cells: set[Cell],
) -> None:
    """The points of these cells out, and in again as their answers are. Two statements for some runs."""
    runs, points = runs_of(cells), cube.points[shape]
    stored, answers = points.objects.of(held), Feedback.objects.of(held)
    for some in batched((run for run in runs if not run.is_long), MOST_LISTED, strict=False):
        stored.filter(listed(points, "day", some, held.pk)).delete()
        reached = joined(Feedback, "occurred_at", _moments(some, held), held.pk)
        _count(held, cube, shape, metrics, answers, reached)
    for some in batched((run for run in runs if run.is_long), MOST_WRITTEN, strict=False):
        stored.filter(written(points, "day", some)).delete()
        reaching = answers.filter(written(Feedback, "occurred_at", _moments(some, held)))
        _count(held, cube, shape, metrics, reaching)


def _by_shape(organization: Organization) -> dict[RollupShape, list[MetricDefinition]]:
    found: dict[RollupShape, list[MetricDefinition]] = {}
    for metric in MetricDefinition.objects.of(organization):
        found.setdefault(metric.calculation.shape, []).append(metric)
    return found


def _moments(runs: Iterable[Run], organization: Organization) -> list[Run]:
    zone = ZoneInfo(organization.time_zone)
    return [run._replace(first=_midnight(run.first, zone), after=_midnight(run.after, zone)) for run in runs]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)


def _count(
    organization: Organization,
    cube: _Cube,
    shape: RollupShape,
    metrics: Sequence[MetricDefinition],
    feedback: "QuerySet[Feedback]",
    reached: tuple[str, Sequence[Any]] | None = None,
) -> None:
    """Count these rows into a cube, or those of them that `reached` selects.

    INSERT ... SELECT: the ORM has no public call for it, nor one that gives a query with its parameters.
    Reading the counts and writing them back would move every cell of a rebuild through the application.
    """
    counts = folded(organization, cube.answers(feedback), shape, metrics, keys=cube.keys)
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in counts.columns)
    select, parameters = counts.rows.query.sql_with_params()
    if reached is not None:  # the SELECT reads feedback by its name, which then names these rows alone
        rows, values = reached
        select = f"WITH {quote(Feedback._meta.db_table)} AS ({rows}) {select}"
        parameters = (*values, *parameters)
    with connection.cursor() as cursor:
        table = quote(cube.points[shape]._meta.db_table)
        cursor.execute(f"INSERT INTO {table} ({names}) {select}", parameters)


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
