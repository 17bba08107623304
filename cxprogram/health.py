"""How the service is, part by part. Cheap enough to be asked every few seconds; says nothing secret.

Without its database, the tables of this version or a place for files nothing can be answered: `down`.
Without cache, broker, worker, counts or mail pages and API go on, limits hold by process, long work and
letters wait in their rows, figures lag behind their answers: `degraded`.
"""

import logging
import os
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.core.cache import caches
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import Error as DatabaseError
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from accounts.models import Letter
from common.caches import ANSWER_SECONDS, AWAY, CONNECT_SECONDS
from common.jobs import UNFINISHED, JobState, job_models
from customer_voice.services import is_counting_late
from cxprogram.upgrades import OLDER, is_whole

logger = logging.getLogger(__name__)

NEEDED = ("database", "migrations", "storage")  # without one of these the service answers 503
DATABASE_SECONDS = 2  # for the answer to this page's questions; everybody else may ask longer
WAITING_TOO_LONG = 3  # times the span after which a silent job is taken up again


def parts() -> dict[str, bool | None]:
    """Each part and whether it works at this moment; None where only the database, which is away or
    lacks tables, knows."""
    found: dict[str, bool | None] = {}
    checks: dict[str, Callable[[], bool | None]] = {
        "database": _database,
        "migrations": lambda: _within_limit(_migrations) if found["database"] else None,
        "cache": _cache,
        "broker": _broker,
        "worker": lambda: _within_limit(_worker) if found["migrations"] else None,
        "counts": lambda: _within_limit(_counts) if found["migrations"] else None,
        "mail": lambda: _within_limit(_mail) if found["migrations"] else None,
        "storage": _storage,
    }
    for name, check in checks.items():
        found[name] = _tried(name, check)
    return found


def status_of(found: dict[str, bool | None]) -> str:
    """`ok`, `degraded` or `down`."""
    if all(found.values()):
        return "ok"
    return "degraded" if all(found[name] for name in NEEDED) else "down"


def _tried(name: str, check: Callable[[], bool | None]) -> bool | None:
    try:
        return check()
    except (DatabaseError, OSError, *AWAY) as error:
        logger.error("Health: %s does not work (%s).", name, type(error).__name__)
        return False


def _database() -> bool:
    if connection.vendor != "postgresql":
        return _answers(connection)
    # By a connection of its own: to make one is the only question to a server that the client can bound.
    own = connection.copy()
    options = own.settings_dict["OPTIONS"]
    limit = f"-c statement_timeout={DATABASE_SECONDS * 1000}"
    own.settings_dict["OPTIONS"] = {
        **options,
        "connect_timeout": DATABASE_SECONDS,
        "options": f"{options.get('options', '')} {limit}",
    }
    try:
        return _answers(own)
    finally:
        own.close()


def _answers(database: BaseDatabaseWrapper) -> bool:
    with database.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


def _migrations() -> bool:
    whole = is_whole()
    if not whole:
        logger.error("Health: %s", OLDER)
    return whole


def _within_limit(check: Callable[[], bool]) -> bool:
    """The answer of `check`; on PostgreSQL a question that waits (for a lock) fails after a moment."""
    if connection.vendor != "postgresql":
        return check()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{DATABASE_SECONDS}s"])
        return check()


def _cache() -> bool:
    ping: Callable[[], bool] | None = getattr(caches["default"], "ping", None)
    return True if ping is None else ping()  # the memory of this process is always there


def _broker() -> bool:
    """Redis answers, or the folders of the queue can be written."""
    if settings.CELERY_BROKER_URL.startswith("filesystem"):
        return os.access(str(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_out"]), os.W_OK | os.X_OK)
    client: Any = redis.Redis.from_url(
        settings.CELERY_BROKER_URL, socket_connect_timeout=CONNECT_SECONDS, socket_timeout=ANSWER_SECONDS
    )
    with client:
        return bool(client.ping())


def _worker() -> bool:
    """Nothing waits longer than a live worker lets it wait: the clock takes silent work up again. What waits
    behind long work that goes on waits for a worker that works."""
    now, span = timezone.now(), timedelta(seconds=settings.STALE_AFTER_SECONDS)
    waiting = {"job_state__in": UNFINISHED, "heartbeat_at__lt": now - WAITING_TOO_LONG * span}
    going_on = {"job_state": JobState.RUNNING, "heartbeat_at__gte": now - span}
    return not _any_job(waiting) or _any_job(going_on)


def _any_job(filters: dict[str, Any]) -> bool:
    return any(kind._default_manager.filter(**filters).exists() for kind in job_models())


def _counts() -> bool:
    """No answers wait for more than a minute to be counted: figures are those of what is stored."""
    return not is_counting_late(timezone.now())


def _mail() -> bool:
    """No letter of the last day waits because the mail server does not take it. An address that it refuses is
    told to whoever wrote there; the server works."""
    now = timezone.now()
    recent = Letter.objects.filter(created_at__gt=now - timedelta(days=1))
    return not recent.held_up_by_server(now).exists()


def _storage() -> bool:
    if not isinstance(default_storage, FileSystemStorage):
        return _store_answers()
    Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=settings.MEDIA_ROOT) as file:
        return file.write(b"1") == 1


def _store_answers() -> bool:
    """Whether the object store says if it has a file. Its errors are of whatever package speaks to it."""
    try:
        default_storage.exists("health")
    except Exception as error:
        raise OSError("object store") from error
    return True
