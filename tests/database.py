"""The tests' database, migrated once for each state of the migrations and copied after that.

Making it by all migrations takes longer than most rooms' tests. What they leave is kept under a digest of
all that they are made of: for SQLite as a file in `var/`, on PostgreSQL as a database to copy from.
Django's `migrate` is left out on a copy: to find that there is nothing to do takes it five seconds a process.
"""

import fcntl
import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.core import management
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).resolve().parent.parent
# What migrations are made of, beside themselves: packages with migrations of their own, and what ours import.
BESIDE = (
    "requirements.txt",
    "accounts/append_only.py",
    "accounts/constraints.py",
    "common/made_at_once.py",
    "customer_voice/columns.py",
)
OUR_MIGRATIONS = ("*/migrations/*.py", "customer_voice/rules/*.py")
KEPT_FILES = ROOT / "var" / "test-databases"
KEPT = 3  # files of earlier states of the migrations


def state_of_migrations() -> str:
    """A digest of every file that decides what an empty database becomes."""
    found = [ROOT / name for name in BESIDE]
    found += [path for pattern in OUR_MIGRATIONS for path in ROOT.glob(pattern)]
    whole = hashlib.sha256()
    for path in sorted(found):
        whole.update(f"{path.relative_to(ROOT)}\n{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()[:16]


@contextmanager
def migrated_once(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Within, the tests' database is made: as a copy where one is kept, and else kept for the next."""
    folder = KEPT_FILES
    folder.mkdir(parents=True, exist_ok=True)
    way = {"sqlite": _in_memory, "postgresql": _on_server}[connection.vendor]
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of several processes one migrates, the others wait and copy
        with way(connection, folder):
            yield


@contextmanager
def emptied(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Within, the tests' database has no table, so that a test brings it to an older state; then it is as it
    was made. To migrate there and back from the newest state would be ten times the work.
    """
    is_file = connection.vendor == "sqlite"
    replace = _replace_in_memory if is_file else _replace_on_server
    replace(connection, ":memory:" if is_file else "template0")
    try:
        yield
    finally:
        replace(connection, str(_kept_file()) if is_file else _kept_database())


def the_long_way(loader: MigrationLoader) -> MigrationLoader:
    """With every migration by itself, as an older database has them, and none that stands for others."""
    loader.replace_migrations = False
    loader.build_graph()
    for key, migration in loader.disk_migrations.items():
        if migration.replaces and key in loader.graph.nodes:
            loader.graph.remove_replacement_node(key, migration.replaces)
    return loader


def _replace_in_memory(connection: BaseDatabaseWrapper, path: str) -> None:
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as source:
        source.backup(connection.connection)


def _replace_on_server(connection: BaseDatabaseWrapper, pattern: str) -> None:
    name, quoted = connection.settings_dict["NAME"], connection.ops.quote_name
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE {quoted(name)} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {quoted(name)} TEMPLATE {quoted(pattern)}")


@contextmanager
def _migrated_already() -> Iterator[None]:
    """Within, Django makes the tests' database without the command that would migrate it."""
    run = management.call_command

    def all_but_migrate(name: str, *args: Any, **options: Any) -> Any:
        return None if name == "migrate" else run(name, *args, **options)

    with patch.object(management, "call_command", all_but_migrate):
        yield


def _kept_file() -> Path:
    return KEPT_FILES / f"{state_of_migrations()}.sqlite3"


def _kept_database() -> str:
    return f"cxprogram_migrated_{state_of_migrations()}"


@contextmanager
def _in_memory(connection: BaseDatabaseWrapper, folder: Path) -> Iterator[None]:
    path = _kept_file()
    name = connection.creation._get_test_db_name()
    with closing(sqlite3.connect(name, uri=True)) as memory:  # it lives while somebody has it open
        if path.exists():
            with closing(sqlite3.connect(path)) as kept:
                kept.backup(memory)
            path.touch()
            with _migrated_already():
                yield
            return
        yield
        written = path.with_suffix(".part")
        written.unlink(missing_ok=True)
        with closing(sqlite3.connect(written)) as kept:
            memory.backup(kept)
        written.replace(path)
        for old in sorted(folder.glob("*.sqlite3"), key=lambda one: one.stat().st_mtime)[:-KEPT]:
            old.unlink()


@contextmanager
def _on_server(connection: BaseDatabaseWrapper, _folder: Path) -> Iterator[None]:
    pattern = _kept_database()
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [pattern])
        is_kept = cursor.fetchone() is not None
    if is_kept:
        connection.settings_dict["TEST"]["TEMPLATE"] = pattern
        with _migrated_already():
            yield
        return
    yield
    made = connection.settings_dict["NAME"]
    connection.close()
    with connection._nodb_cursor() as cursor:
        quoted = connection.ops.quote_name
        cursor.execute(f"CREATE DATABASE {quoted(pattern)} TEMPLATE {quoted(made)}")
