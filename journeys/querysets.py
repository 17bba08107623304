"""Chainable filters of touchpoints."""

from typing import Any, Self

from django.db import models

from accounts.querysets import OrganizationQuerySet


class TouchpointQuerySet[Row: models.Model](OrganizationQuerySet[Row]):
    def get(self, *args: Any, **kwargs: Any) -> Row:
        """A key that was merged gives the touchpoint that it means now, where that one is in here."""
        try:
            return super().get(*args, **kwargs)
        except self.model.DoesNotExist:  # type: ignore[attr-defined]
            if args or set(kwargs) != {"key"} or kwargs["key"] is None:
                raise  # no key at all would mean: those into which nothing was merged
            return super().get(merged__key=kwargs["key"])

    def standing(self) -> Self:
        """Without those that were merged into others; archived ones are in it."""
        return self.filter(merged_into=None)

    def current(self) -> Self:
        return self.filter(is_archived=False)

    def archived(self) -> Self:
        return self.filter(is_archived=True)

    def without_owner(self) -> Self:
        """Nobody answers for these."""
        return self.filter(owner_function=None)
