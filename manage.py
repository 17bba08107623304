#!/usr/bin/env python
"""Run an operator's command: `manage.py help` lists them."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import DatabaseError, OperationalError

from cxprogram import upgrades

# These tell about commands and read no setting.
ABOUT = {"help", "--help", "-h", "version", "--version"}
# What goes wrong in these while tables are made is no question of what to do first.
BRING_TABLES = {"migrate", "start"}


def main(arguments: list[str]) -> None:
    """What an operator can put right is one line; `--traceback` shows where it came from."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxprogram.settings")
    if not ABOUT.isdisjoint(arguments[1:]) or not arguments[1:]:
        execute_from_command_line(arguments)
        return
    try:
        # The embedded database lies here, and every command may open it; for this user alone.
        settings.VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        execute_from_command_line(arguments)
    except (ImproperlyConfigured, DatabaseError) as error:
        line = one_line_of(error, brings_tables=arguments[1] in BRING_TABLES)
        if not line or "--traceback" in arguments:
            raise
        sys.exit(line)


def one_line_of(error: Exception, *, brings_tables: bool) -> str:
    """A setting that cannot be used (its error names it), a database that is not there or is older than this
    version; nothing for what is a fault of ours."""
    if isinstance(error, ImproperlyConfigured):
        return str(error)
    try:
        if not upgrades.is_whole() and not brings_tables:
            return upgrades.OLDER
    except OperationalError as away:
        name = "CXPROGRAM_DATABASE_URL" if settings.DATABASES["default"].get("HOST") else "CXPROGRAM_VAR"
        return f"The database cannot be used ({name}): {' '.join(str(away).split())}"
    return ""


if __name__ == "__main__":
    main(sys.argv)
