"""Wiring only: settings, URLs, the worker, the home page and the start command. Owns no rule."""

from cxprogram.celery import app as celery_app

__all__ = ["celery_app"]
