"""Studies and cases that several tests look at."""

import pytest

from accounts.choices import Role
from impact.services import compute_roi_case
from tests.conftest import _member
from tests.factories.impact import finished_study, live_initiative, value_model


@pytest.fixture
def fay(organization):
    return _member(organization, "Fay", Role.FINANCE_REVIEWER)


@pytest.fixture
def worked(organization, ada):
    return live_initiative(organization, ada)


@pytest.fixture
def studied(worked, ada):
    return finished_study(worked, ada)


@pytest.fixture
def case(worked, studied, ada):
    value_model(worked.initiative, ada)
    return compute_roi_case(study=studied, by=ada)
