"""The trail only grows: the database itself refuses UPDATE, DELETE and TRUNCATE of its rows.

One way around it, `erasing`, for a person's right to be forgotten and for deleting an organization. It is
open within one transaction only, and leaves a row of `Erasure` that says who, when, why and what. That row
is the key: the triggers let a change pass only where it is open, on PostgreSQL only in the transaction that
wrote it. It cannot be deleted, and of its columns only `is_open` changes, once, from true to false.

SQLite rebuilds a table to change a column and forgets its triggers: a later migration of `AuditEvent` calls
`install` again, one of `Erasure` `install_on_record` (a test looks whether the triggers are there).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from accounts.models import Erasure

TABLE = "accounts_auditevent"
MESSAGE = "The audit trail is append-only."
RECORD = "accounts_erasure"
RECORD_MESSAGE = "The record of erasures is append-only."
_UNLESS_OPEN = "WHEN NOT EXISTS (SELECT 1 FROM accounts_erasure WHERE is_open = 1)"
_KEPT = ("id", "at", "by_name", "reason", "subject", "transaction_id")
_CLOSES = "OLD.is_open = 1 AND NEW.is_open = 0 AND " + " AND ".join(
    f"OLD.{one} IS NEW.{one}" for one in _KEPT
)

# Each trigger by its table: how it is made, and how it is taken away.
_SQLITE = [
    f"CREATE TRIGGER {TABLE}_no_{event.lower()} BEFORE {event} ON {TABLE} {_UNLESS_OPEN} "
    f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    for event in ("UPDATE", "DELETE")
]
_SQLITE_RECORD = [
    f"CREATE TRIGGER {RECORD}_no_update BEFORE UPDATE ON {RECORD} WHEN NOT ({_CLOSES}) "
    f"BEGIN SELECT RAISE(ABORT, '{RECORD_MESSAGE}'); END",
    f"CREATE TRIGGER {RECORD}_no_delete BEFORE DELETE ON {RECORD} "
    f"BEGIN SELECT RAISE(ABORT, '{RECORD_MESSAGE}'); END",
]
# Tables are named with their schema: a temporary table of the same name would be found first otherwise.
_POSTGRESQL = [
    """
    CREATE FUNCTION accounts_auditevent_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE may_pass boolean;
    BEGIN
        EXECUTE 'SELECT EXISTS (SELECT 1 FROM ' || pg_catalog.quote_ident(TG_TABLE_SCHEMA)
            || '.accounts_erasure WHERE is_open AND transaction_id = $1)'
            INTO may_pass USING pg_catalog.pg_current_xact_id()::pg_catalog.text;
        IF may_pass THEN
            IF TG_OP = 'UPDATE' THEN RETURN NEW; END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NULL;
        END IF;
        RAISE EXCEPTION 'The audit trail is append-only.' USING ERRCODE = 'restrict_violation';
    END $$
    """,
    f"CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE} "
    f"FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse()",
    f"CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE} "
    f"FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse()",
]
_POSTGRESQL_RECORD = [
    f"""
    CREATE FUNCTION {RECORD}_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            NEW.transaction_id := pg_catalog.pg_current_xact_id()::pg_catalog.text;
            RETURN NEW;
        END IF;
        IF TG_OP = 'UPDATE' THEN
            IF OLD.is_open AND NOT NEW.is_open
                AND pg_catalog.to_jsonb(OLD) - 'is_open' = pg_catalog.to_jsonb(NEW) - 'is_open'
            THEN RETURN NEW; END IF;
        END IF;
        RAISE EXCEPTION '{RECORD_MESSAGE}' USING ERRCODE = 'restrict_violation';
    END $$
    """,
    f"CREATE TRIGGER {RECORD}_marked BEFORE INSERT OR UPDATE OR DELETE ON {RECORD} "
    f"FOR EACH ROW EXECUTE FUNCTION {RECORD}_guard()",
    f"CREATE TRIGGER {RECORD}_no_truncate BEFORE TRUNCATE ON {RECORD} "
    f"FOR EACH STATEMENT EXECUTE FUNCTION {RECORD}_guard()",
]
_REMOVE = {
    "sqlite": [f"DROP TRIGGER IF EXISTS {TABLE}_no_{event}" for event in ("update", "delete")],
    "postgresql": [
        f"DROP TRIGGER IF EXISTS {TABLE}_no_change ON {TABLE}",
        f"DROP TRIGGER IF EXISTS {TABLE}_no_truncate ON {TABLE}",
        f"DROP FUNCTION IF EXISTS {TABLE}_refuse()",
    ],
}
_REMOVE_RECORD = {
    "sqlite": [f"DROP TRIGGER IF EXISTS {RECORD}_no_{event}" for event in ("update", "delete")],
    "postgresql": [
        f"DROP TRIGGER IF EXISTS {RECORD}_marked ON {RECORD}",
        f"DROP TRIGGER IF EXISTS {RECORD}_no_truncate ON {RECORD}",
        f"DROP FUNCTION IF EXISTS {RECORD}_guard()",
    ],
}


def making(vendor: str) -> list[str]:
    """The statements that put every trigger in place, where none is."""
    return [*_SQLITE, *_SQLITE_RECORD] if vendor == "sqlite" else [*_POSTGRESQL, *_POSTGRESQL_RECORD]


def removing(vendor: str) -> list[str]:
    """The statements that take every trigger away."""
    return [*_REMOVE[vendor], *_REMOVE_RECORD[vendor]]


def install(schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put the trail's triggers in place, whether or not they are there. For migrations."""
    remove(schema_editor)
    vendor = schema_editor.connection.vendor
    for statement in _SQLITE if vendor == "sqlite" else _POSTGRESQL:
        schema_editor.execute(statement)


def remove(schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in _REMOVE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def install_on_record(schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The same for the record of erasures."""
    remove_from_record(schema_editor)
    vendor = schema_editor.connection.vendor
    for statement in _SQLITE_RECORD if vendor == "sqlite" else _POSTGRESQL_RECORD:
        schema_editor.execute(statement)


def remove_from_record(schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in _REMOVE_RECORD[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


@contextmanager
def erasing(*, by_name: str, reason: str, subject: str) -> Iterator[Erasure]:
    """Within this block, in one transaction, rows of the trail can be changed and deleted; it is recorded."""
    with transaction.atomic(savepoint=False):
        record = Erasure.objects.create(by_name=by_name, reason=reason, subject=subject)
        try:
            yield record
        except BaseException:
            transaction.set_rollback(True)  # nothing half erased
            raise
        Erasure.objects.filter(pk=record.pk).update(is_open=False)
