"""Everything a test needs beyond the cast, made with sensible defaults."""

from tests.factories.accounts import (
    BusinessFunctionFactory,
    MembershipFactory,
    OrganizationFactory,
    UserFactory,
)

__all__ = ["BusinessFunctionFactory", "MembershipFactory", "OrganizationFactory", "UserFactory"]
