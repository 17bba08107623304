"""The worker application: tasks of every app, and what runs by the clock."""

import os
import warnings
from pathlib import Path
from typing import Any

from celery import Celery
from celery.exceptions import SecurityWarning
from celery.signals import beat_init, celeryd_init
from django.utils.module_loading import import_string
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxprogram.settings")

# Containers and small servers run as root; messages are JSON only, so the warning has nothing to protect.
warnings.filterwarnings("ignore", category=SecurityWarning)

TRANSPORT_ALIASES["filesystem"] = "cxprogram.queue_folders:Transport"

app = Celery("cxprogram")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def _make_folders(sender: Celery, **kwargs: object) -> None:
    """The queue of the embedded mode is folders, which the transport expects to be there."""
    for name, folder in sender.conf.broker_transport_options.items():
        if name.endswith("_folder") or name.startswith("data_folder"):
            Path(folder).mkdir(parents=True, exist_ok=True)


app.on_after_configure.connect(_make_folders)


def _wait_for_answers(conf: Any, **kwargs: object) -> None:
    """A worker waits for Redis: a receipt that is given up stays open, and it would take no message more."""
    conf.broker_transport_options = {
        name: value for name, value in conf.broker_transport_options.items() if name != "socket_timeout"
    }


celeryd_init.connect(_wait_for_answers)


def _count_noted_days(**kwargs: object) -> None:
    """Where the clock is, noted days are counted. The models are there by now, as they are not above."""
    import_string("cxprogram.counting.start_counting")()


beat_init.connect(_count_noted_days)  # of a clock alone, and of one that a worker brings

app.conf.beat_schedule = {
    "discard-forgotten-imports": {
        "task": "customer_voice.tasks.discard_forgotten_imports",
        "schedule": 6 * 3600.0,
    },
    "discard-forgotten-changes-of-touchpoints": {
        "task": "journeys.tasks.discard_forgotten_changes",
        "schedule": 24 * 3600.0,
    },
    "keep-outcomes-of-survey-letters": {
        "task": "customer_voice.tasks.keep_outcomes",
        "schedule": 6 * 3600.0,
    },
    "extend-calendars": {"task": "customer_voice.tasks.extend_calendars", "schedule": 24 * 3600.0},
    "send-due-survey-events": {"task": "customer_voice.tasks.send_due_events", "schedule": 300.0},
    "tally-large-surveys": {"task": "customer_voice.tasks.tally_surveys", "schedule": 60.0},
    "look-at-feeds": {"task": "customer_voice.tasks.look_at_feeds", "schedule": 60.0},
    "forget-webhook-calls": {"task": "customer_voice.tasks.forget_calls", "schedule": 6 * 3600.0},
    "settle-half-answers": {"task": "customer_voice.tasks.settle_half_answers", "schedule": 900.0},
    "restart-stale-jobs": {"task": "common.tasks.restart_stale_jobs", "schedule": 30.0},
    "forget-letters": {"task": "accounts.tasks.forget_letters", "schedule": 6 * 3600.0},
    "send-reminders": {"task": "accounts.tasks.send_reminders", "schedule": 600.0},
    "open-due-reviews": {"task": "coalition.tasks.open_due_reviews", "schedule": 1800.0},
    "settle-ripe-votes": {"task": "coalition.tasks.settle_ripe_votes", "schedule": 300.0},
    "queue-scheduled-documents": {"task": "reports.tasks.queue_schedules", "schedule": 120.0},
    "drop-slips": {"task": "reports.tasks.forget_slips", "schedule": 600.0},
    "tend-employee-waves": {"task": "employee_voice.tasks.tend_waves", "schedule": 1800.0},
    "deliver-events": {"task": "accounts.tasks.deliver_events", "schedule": 30.0},
}
