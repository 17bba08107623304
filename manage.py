#!/usr/bin/env python
"""Run an operator's command: `manage.py help` lists them."""

import contextlib
import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxprogram.settings")
    with contextlib.suppress(ImproperlyConfigured):  # said in words by the command itself
        # The embedded database lies here, and every command may open it; for this user alone.
        settings.VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    execute_from_command_line(sys.argv)
