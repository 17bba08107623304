"""Chainable filters of touchpoints."""

from typing import Self

from accounts.querysets import OrganizationQuerySet


class TouchpointQuerySet(OrganizationQuerySet):
    def current(self) -> Self:
        return self.filter(is_archived=False)

    def archived(self) -> Self:
        return self.filter(is_archived=True)

    def without_owner(self) -> Self:
        """Nobody answers for these."""
        return self.filter(owner_function=None)
