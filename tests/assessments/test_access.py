"""Who gets which round, seat and result."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.choices import Action, Role
from assessments.access import (
    assessment_for,
    framework_for,
    result_for,
    result_of_round_for,
    results_for,
    seat_for,
)
from tests.factories import MembershipFactory
from tests.factories.assessments import make_assessment, make_framework, make_result, make_submitted

pytestmark = pytest.mark.django_db


def test_a_stranger_gets_404_for_everything(ada, dora):
    result = make_result(ada)
    own = make_framework(ada.organization, key="own")

    for refused in (
        lambda: assessment_for(dora, result.assessment_id, Action.VIEW),
        lambda: seat_for(dora, result.assessment_id),
        lambda: result_for(dora, result.pk),
        lambda: result_of_round_for(dora, result.assessment_id),
        lambda: framework_for(dora, own.pk),
    ):
        with pytest.raises(Http404):
            refused()
    assert not results_for(dora).exists()


def test_a_lesser_role_is_refused_in_its_own_organization(ada, cleo):
    assessment = make_assessment(ada)
    auditor = MembershipFactory(organization=ada.organization, role=Role.AUDITOR)

    assert assessment_for(cleo, assessment.pk, Action.VIEW) == assessment
    with pytest.raises(PermissionDenied):
        assessment_for(cleo, assessment.pk, Action.RUN_ASSESSMENT)
    with pytest.raises(PermissionDenied):
        seat_for(auditor, assessment.pk)


def test_everybody_gets_only_their_own_seat(ada, ben, cleo):
    assessment = make_assessment(ada)
    mine = make_submitted(ada, assessment)
    yours = make_submitted(ben, assessment)

    assert seat_for(ada, assessment.pk) == mine
    assert seat_for(ben, assessment.pk) == yours
    with pytest.raises(PermissionDenied):
        seat_for(cleo, assessment.pk)


def test_a_result_that_does_not_exist_yet_is_404(ada):
    assessment = make_assessment(ada)
    with pytest.raises(Http404):
        result_of_round_for(ada, assessment.pk)
    with pytest.raises(Http404):
        result_of_round_for(ada, make_result(ada).assessment_id, sequence=9)


@pytest.mark.parametrize("role", ["executive", "finance_reviewer", "contributor", "auditor", "administrator"])
def test_only_who_runs_assessments_gets_results_to_run(ada, role):
    result = make_result(ada)
    member = MembershipFactory(organization=ada.organization, role=role)
    with pytest.raises(PermissionDenied):
        results_for(member, Action.RUN_ASSESSMENT)
    with pytest.raises(PermissionDenied):
        result_for(member, result.pk, Action.RUN_ASSESSMENT)


def test_an_auditor_reads_a_result_and_a_framework(ada):
    """Answering assessments is not needed for reading them."""
    result = make_result(ada)
    auditor = MembershipFactory(organization=ada.organization, role=Role.AUDITOR)
    assert result_for(auditor, result.pk) == result
    assert result_of_round_for(auditor, result.assessment_id) == result
    assert framework_for(auditor, result.assessment.framework_id) == result.assessment.framework


def test_a_result_is_found_by_its_key_among_others(ada):
    results = [make_result(ada) for _number in range(3)]
    assert result_for(ada, results[1].pk) == results[1]
