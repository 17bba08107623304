"""Which errors of the database mean that it is away or busy: the next attempt may succeed."""

from django.db import InterfaceError, OperationalError

RETRY_SECONDS = 30
# Of SQLite every error of an operation has one class, a missing table too: that is a fault and stays one.
PASSING_IN_SQLITE = frozenset(
    {"SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_FULL"}
)


def is_outage(error: BaseException | None) -> bool:
    """Whether the database could not be reached, gave up or was too busy to answer."""
    if not isinstance(error, (OperationalError, InterfaceError)):
        return False
    cause = error.__cause__
    if cause is None or type(cause).__module__ != "sqlite3":
        return True
    name = str(getattr(cause, "sqlite_errorname", ""))
    return any(name.startswith(passing) for passing in PASSING_IN_SQLITE)
