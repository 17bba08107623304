"""What the coalition's tests share."""

import pytest

from accounts.choices import Role
from tests.factories.accounts import MembershipFactory
from tests.factories.coalition import SeatFactory, seated


@pytest.fixture
def seats(organization, ben):
    """Three voting seats; Ben holds the first and is the chair."""
    others = seated(organization, 2)
    first = SeatFactory(coalition=others[0].coalition, membership=ben, title="Head of service", is_chair=True)
    return [first, *others]


@pytest.fixture
def fay(organization):
    """A finance reviewer: votes, drafts nothing."""
    return MembershipFactory(organization=organization, role=Role.FINANCE_REVIEWER, user__name="Fay")
