"""The worker application: tasks of every app, and what runs by the clock."""

import os
import warnings

from celery import Celery
from celery.exceptions import SecurityWarning

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxprogram.settings")

# Containers and small servers run as root; messages are JSON only, so the warning has nothing to protect.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("cxprogram")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "discard-forgotten-imports": {
        "task": "customer_voice.tasks.discard_forgotten_imports",
        "schedule": 6 * 3600.0,
    },
    "restart-stale-imports": {"task": "customer_voice.tasks.restart_stale_imports", "schedule": 30.0},
    "restart-stale-studies": {"task": "impact.tasks.restart_stale_studies", "schedule": 30.0},
    "restart-stale-reports": {"task": "reports.tasks.restart_stale_reports", "schedule": 30.0},
}
