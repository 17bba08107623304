"""Runs of days, each of one metric at one touchpoint, as the database is asked for their rows.

What changed is often some hundred single days out of ten years. Written as conditions joined by OR, the
database reads everything of the metric and compares each row with each of them as soon as its statistics are
a minute old. So short runs are a list that is joined: for each of them one look into the index that begins
with metric, touchpoint and moment. Long runs stay conditions, since it may be better to read the whole table
for them, and only a condition tells the database how much they reach.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from django.db import connection, models
from django.db.models.expressions import RawSQL

# (metric id, touchpoint id, day in the organization's time zone)
type Cell = tuple[int, int, date]

MOST_LISTED = 1_000  # short runs of one statement
MOST_WRITTEN = 80  # long runs of one statement
LONG = timedelta(days=60)
MOST_OF_ONE = 400  # runs of one metric at one touchpoint; beyond, the smallest gaps are counted too


class Run(NamedTuple):
    """`first` to before `after`: days, or the moments at which they begin."""

    metric: int
    touchpoint: int
    first: Any
    after: Any

    @property
    def is_long(self) -> bool:
        return bool(self.after - self.first >= LONG)


def runs_of(cells: Iterable[Cell]) -> list[Run]:
    """Days as runs of neighbors; few enough of one touchpoint, so small gaps may be closed."""
    by_pair: dict[tuple[int, int], list[date]] = {}
    for metric, touchpoint, day in cells:
        by_pair.setdefault((metric, touchpoint), []).append(day)
    one_day = timedelta(days=1)
    found: list[Run] = []
    for (metric, touchpoint), days in sorted(by_pair.items()):
        days.sort()
        gaps = sorted((later - earlier for earlier, later in pairwise(days)), reverse=True)
        most = gaps[MOST_OF_ONE - 1] if len(gaps) >= MOST_OF_ONE else one_day
        first = previous = days[0]
        for day in days[1:]:
            if day - previous > max(most, one_day):
                found.append(Run(metric, touchpoint, first, previous + one_day))
                first = day
            previous = day
        found.append(Run(metric, touchpoint, first, previous + one_day))
    return found


def written(model: type[models.Model], column: str, runs: Iterable[Run]) -> RawSQL:
    """Whether the `column` of a row lies in one of the runs of its metric and touchpoint, as a condition.

    Written out: the ORM takes longer to write as many conditions than the days take to count.
    """
    one = "({0} = %s AND {1} = %s AND {2} >= %s AND {2} < %s)".format(*_names(column))
    values = _values(model, column, runs)
    return RawSQL(  # noqa: S611
        f"({' OR '.join([one] * (len(values) // 4))})", values, output_field=models.BooleanField()
    )


def listed(model: type[models.Model], column: str, runs: Sequence[Run], owner: int) -> RawSQL:
    """The same as a list that is joined: whether a row is one of those that the joined rows are."""
    sql, values = joined(model, column, runs, owner)
    is_reached = f"id IN (SELECT id FROM ({sql}) reached)"  # noqa: S608 - names of columns and tables of ours
    return RawSQL(is_reached, values, output_field=models.BooleanField())  # noqa: S611


def joined(model: type[models.Model], column: str, runs: Sequence[Run], owner: int) -> tuple[str, list[Any]]:
    """SELECT of the organization's rows in these runs: one look into the index for each run, run by run.

    OFFSET 0 keeps PostgreSQL from turning the join around, CROSS JOIN keeps SQLite from it.
    """
    organization, table = (connection.ops.quote_name(name) for name in ("organization_id", _table(model)))
    metric, touchpoint, moment = _names(column)
    reached = (
        f"{organization} = {owner:d} AND {metric} = runs.column1 AND {touchpoint} = runs.column2 "
        f"AND {moment} >= runs.column3 AND {moment} < runs.column4"
    )
    if connection.vendor == "postgresql":
        kind = model._meta.get_field(column).db_type(connection)
        columns = f"%s::bigint[], %s::bigint[], %s::{kind}[], %s::{kind}[]"
        list_of_runs = f"unnest({columns}) runs (column1, column2, column3, column4)"
        rows = f"LATERAL (SELECT * FROM {table} WHERE {reached} OFFSET 0) answers"  # noqa: S608
        return (
            f"SELECT answers.* FROM {list_of_runs} CROSS JOIN {rows}",  # noqa: S608
            [list(values) for values in zip(*runs, strict=True)],
        )
    list_of_runs = f"(VALUES {', '.join(['(%s, %s, %s, %s)'] * len(runs))}) runs"
    return (
        f"SELECT answers.* FROM {list_of_runs} CROSS JOIN main.{table} answers WHERE {reached}",  # noqa: S608
        _values(model, column, runs),
    )


def _table(model: type[models.Model]) -> str:
    return str(model._meta.db_table)


def _names(column: str) -> list[str]:
    return [connection.ops.quote_name(name) for name in ("metric_id", "touchpoint_id", column)]


def _values(model: type[models.Model], column: str, runs: Iterable[Run]) -> list[Any]:
    field: Any = model._meta.get_field(column)
    return [
        value
        for metric, touchpoint, first, after in runs
        for value in (
            metric,
            touchpoint,
            *(field.get_db_prep_value(moment, connection) for moment in (first, after)),
        )
    ]
