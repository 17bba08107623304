"""Chainable filters of feedback and its roll-up."""

from datetime import date
from typing import Self

from django.db import models

from accounts.querysets import OrganizationQuerySet


class FeedbackQuerySet[Row: models.Model](OrganizationQuerySet[Row]):
    def with_words(self) -> Self:
        return self.exclude(text="")

    def newest_first(self) -> Self:
        return self.order_by("-occurred_at", "-pk")


class MetricPointQuerySet[Row: models.Model](OrganizationQuerySet[Row]):
    def between(self, start: date | None, end: date | None) -> Self:
        """Days in the half-open interval [start, end)."""
        points = self
        if start is not None:
            points = points.filter(day__gte=start)
        if end is not None:
            points = points.filter(day__lt=end)
        return points
