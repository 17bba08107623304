"""The trail only grows: the database itself refuses UPDATE, DELETE and TRUNCATE of its rows.

One way around it, `erasing`, for a person's right to be forgotten and for deleting an organization. It is
open within one transaction only, and leaves a row of `Erasure` that says who, when, why and what.

SQLite rebuilds a table to change a column and forgets its triggers: a later migration of `AuditEvent` calls
`install` again (a test looks whether the triggers are there).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from accounts.models import Erasure

TABLE = "accounts_auditevent"
MESSAGE = "The audit trail is append-only."
_UNLESS_OPEN = "WHEN NOT EXISTS (SELECT 1 FROM accounts_erasure WHERE is_open = 1)"
_SQLITE = [
    f"CREATE TRIGGER {TABLE}_no_{event.lower()} BEFORE {event} ON {TABLE} {_UNLESS_OPEN} "
    f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    for event in ("UPDATE", "DELETE")
]
_POSTGRESQL = [
    f"""
    CREATE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF current_setting('cxprogram.erasure', true) = 'on' THEN
            IF TG_OP = 'UPDATE' THEN RETURN NEW; END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NULL;
        END IF;
        RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'restrict_violation';
    END $$
    """,
    f"CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE} "
    f"FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse()",
    f"CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE} "
    f"FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse()",
]
_REMOVE = {
    "sqlite": [f"DROP TRIGGER IF EXISTS {TABLE}_no_{event}" for event in ("update", "delete")],
    "postgresql": [
        f"DROP TRIGGER IF EXISTS {TABLE}_no_change ON {TABLE}",
        f"DROP TRIGGER IF EXISTS {TABLE}_no_truncate ON {TABLE}",
        f"DROP FUNCTION IF EXISTS {TABLE}_refuse()",
    ],
}


def install(schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put the triggers in place, whether or not they are there. For migrations."""
    remove(schema_editor)
    vendor = schema_editor.connection.vendor
    for statement in _SQLITE if vendor == "sqlite" else _POSTGRESQL:
        schema_editor.execute(statement)


def remove(schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in _REMOVE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


@contextmanager
def erasing(*, by_name: str, reason: str, subject: str) -> Iterator[Erasure]:
    """Within this block, in one transaction, rows of the trail can be changed and deleted; it is recorded."""
    with transaction.atomic(savepoint=False):
        record = Erasure.objects.create(by_name=by_name, reason=reason, subject=subject)
        _let_pass(True)
        try:
            yield record
        except BaseException:
            transaction.set_rollback(True)  # nothing half erased
            raise
        Erasure.objects.filter(pk=record.pk).update(is_open=False)
        _let_pass(False)


def _let_pass(is_open: bool) -> None:
    connection = connections["default"]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('cxprogram.erasure', %s, true)", ["on" if is_open else "off"])
