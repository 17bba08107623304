"""A few rows into or out of a table by one statement, without making models of them.

An answer by API is a handful of rows; to build, check and compile each by the ORM took longer than all else.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, models


def insert_rows(
    model: type[models.Model], rows: Sequence[Mapping[str, Any]], *, gives: Sequence[str] = ()
) -> list[tuple[Any, ...]]:
    """Add rows, given as column -> value, all of the same columns; others keep the default of the database.

    With `gives`, rows that are there already are passed over, and these columns come back of the others.
    """
    quote = connection.ops.quote_name
    known: dict[str | None, Any] = {field.column: field for field in model._meta.concrete_fields}
    columns = {name: known[name] for name in rows[0]}
    marks = f"({', '.join(['%s'] * len(columns))})"
    sql = (
        f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(map(quote, columns))}) "  # noqa: S608
        f"VALUES {', '.join([marks] * len(rows))}"
    )
    if gives:
        sql += f" ON CONFLICT DO NOTHING RETURNING {', '.join(map(quote, gives))}"
    parameters = [
        field.get_db_prep_save(row[name], connection=connection)
        for row in rows
        for name, field in columns.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall()) if gives else []


def rows_where(
    model: type[models.Model], gives: Sequence[str], conditions: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    """These columns of the rows that meet the conditions: column -> value, or a set of values."""
    if any(values == set() for values in conditions.values()):
        return []  # a list of nothing is no SQL
    quote = connection.ops.quote_name
    known: dict[str | None, Any] = {field.column: field for field in model._meta.concrete_fields}
    wanted, parameters = [], []
    for name, value in conditions.items():
        values = sorted(value) if isinstance(value, set | frozenset) else [value]
        wanted.append(f"{quote(name)} IN ({', '.join(['%s'] * len(values))})")
        parameters += [known[name].get_db_prep_value(one, connection) for one in values]
    sql = (
        f"SELECT {', '.join(map(quote, gives))} FROM {quote(model._meta.db_table)} "  # noqa: S608
        f"WHERE {' AND '.join(wanted)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
