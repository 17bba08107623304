"""Each door of the room: who gets which study, case and value model, and for whom there is nothing."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.choices import Action
from impact.access import case_for, studies_for, study_for, study_of, value_model_for
from impact.models import RoiCase, Study
from tests.factories.coalition import InitiativeFactory
from tests.factories.impact import value_model

pytestmark = pytest.mark.django_db


def an_initiative(by, number=1):
    return InitiativeFactory(organization=by.organization, owner=by, number=number)


def a_study(initiative, number=1) -> Study:
    return Study.objects.create(
        organization=initiative.organization,
        initiative=initiative,
        number=number,
        plan_digest="0" * 64,
        data_cutoff=date(2026, 1, 31),
    )


def a_case(study, number=1) -> RoiCase:
    return RoiCase.objects.create(
        organization=study.organization, study=study, number=number, inputs={}, result={}
    )


def test_a_study_is_found_by_its_key_among_others(ada):
    initiative = an_initiative(ada)
    studies = [a_study(initiative, number) for number in (1, 2, 3)]
    assert study_for(ada, studies[1].pk) == studies[1]


def test_a_study_is_found_by_its_number_in_its_own_initiative(ada):
    first, second = an_initiative(ada, 1), an_initiative(ada, 2)
    a_study(first, 1)
    wanted = a_study(second, 1)
    a_study(second, 2)
    assert study_of(ada, second, 1) == wanted
    with pytest.raises(Http404):
        study_of(ada, first, 2)


def test_a_case_is_found_by_its_key_among_others(ada):
    study = a_study(an_initiative(ada))
    cases = [a_case(study, number) for number in (1, 2, 3)]
    assert case_for(ada, cases[1].pk) == cases[1]


def test_a_value_model_is_found_by_the_number_of_its_initiative(ada):
    models = [value_model(an_initiative(ada, number), ada) for number in (1, 2)]
    assert [value_model_for(ada, number) for number in (1, 2)] == models


def test_an_initiative_without_a_value_model_has_none_to_find(ada):
    value_model(an_initiative(ada, 1), ada)
    an_initiative(ada, 2)
    with pytest.raises(Http404):
        value_model_for(ada, 2)


def test_for_a_stranger_there_is_neither_study_nor_case_nor_value_model(ada, dora):
    initiative = an_initiative(ada)
    study = a_study(initiative)
    case = a_case(study)
    value_model(initiative, ada)
    assert not studies_for(dora).exists()
    for find in (
        lambda: study_for(dora, study.pk),
        lambda: study_of(dora, initiative, 1),
        lambda: case_for(dora, case.pk),
        lambda: value_model_for(dora, 1),
    ):
        with pytest.raises(Http404):
            find()


@pytest.mark.parametrize(
    ("role", "may_run", "may_edit", "may_sign"),
    [
        ("administrator", False, False, False),
        ("cx_leader", True, True, False),
        ("coalition_member", False, False, False),
        ("executive", False, False, False),
        ("finance_reviewer", False, True, True),
        ("contributor", False, False, False),
        ("auditor", False, False, False),
    ],
)
def test_who_runs_studies_edits_value_and_signs_it(ada, role, may_run, may_edit, may_sign):
    initiative = an_initiative(ada)
    study = a_study(initiative)
    case = a_case(study)
    value_model(initiative, ada)
    ada.role = role
    doors = (
        (lambda: study_for(ada, study.pk, Action.RUN_STUDY), may_run),
        (lambda: studies_for(ada, Action.RUN_STUDY), may_run),
        (lambda: value_model_for(ada, 1, Action.EDIT_VALUE), may_edit),
        (lambda: case_for(ada, case.pk, Action.SIGN_OFF_VALUE), may_sign),
    )
    for open_door, may in doors:
        if may:
            open_door()
            continue
        with pytest.raises(PermissionDenied):
            open_door()
