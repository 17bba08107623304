"""Locks by a name of our own, for the length of a transaction, where no row stands for what is held.

PostgreSQL has them (advisory locks). SQLite lets one transaction write at a time, so there is nothing to do.
"""

from hashlib import blake2b

from django.db import connection


def hold(name: str) -> None:
    """Wait until nobody else holds it, in whatever way, and hold it alone. Needs a transaction."""
    _ask("pg_advisory_xact_lock", name)


def share(name: str) -> None:
    """Hold it together with others who share it; whoever wants it alone waits. Needs a transaction."""
    _ask("pg_advisory_xact_lock_shared", name)


def is_free(name: str) -> bool:
    """Hold it alone if nobody holds it at this moment; False, without waiting, if somebody does."""
    return _ask("pg_try_advisory_xact_lock", name) is not False


def _ask(function: str, name: str) -> object:
    if connection.vendor != "postgresql":
        return None
    number = int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), signed=True)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [number])
        return cursor.fetchone()[0]
