"""Chainable filters of touchpoints."""

from typing import Self

from django.db import models

from accounts.querysets import OrganizationQuerySet


class TouchpointQuerySet[Row: models.Model](OrganizationQuerySet[Row]):
    def current(self) -> Self:
        return self.filter(is_archived=False)

    def archived(self) -> Self:
        return self.filter(is_archived=True)

    def without_owner(self) -> Self:
        """Nobody answers for these."""
        return self.filter(owner_function=None)
