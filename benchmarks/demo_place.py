"""A var folder with the demo organization, made once per benchmark run."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def demo_place(server: str | None = None) -> Iterator[dict[str, str]]:
    """Environment in which `manage.py` finds a fresh demo; on SQLite, or in a database of its own."""
    name = f"cxprogram_bench_{uuid4().hex[:8]}"
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "CXPROGRAM_VAR": folder, "DJANGO_SETTINGS_MODULE": "cxprogram.settings"}
        environment.pop("CXPROGRAM_DATABASE_URL", None)
        admin = psycopg.connect(f"{server}/postgres", autocommit=True) if server else None
        if admin is not None:
            admin.execute(f"CREATE DATABASE {name}")
            environment["CXPROGRAM_DATABASE_URL"] = f"{server}/{name}"
        try:
            for command in (["migrate", "--verbosity", "0"], ["demo"]):
                subprocess.run(
                    [sys.executable, "manage.py", *command],
                    cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL,
                )  # fmt: skip
            yield environment
        finally:
            if admin is not None:
                admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
                admin.close()


def machine() -> str:
    return f"{sys.version.splitlines()[0]}, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
