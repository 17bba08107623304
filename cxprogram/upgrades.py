"""Whether the database has the tables of this version: asked before anything is served, and of `/health/`."""

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

OLDER = "The database is older than this version: run manage.py migrate first."


class _Found:
    """What this process knows: a database that has all of them keeps them."""

    is_whole = False


def is_whole(database: BaseDatabaseWrapper = connection) -> bool:
    """Whether nothing of this version's migrations is missing. A few queries, until the answer is yes; then
    none for as long as the process runs. Migrations of a later version are no fault."""
    if not _Found.is_whole:
        executor = MigrationExecutor(database)
        _Found.is_whole = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _Found.is_whole
