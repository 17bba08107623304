"""No column joins an employee to an answer: read from the models, so that a new column has to pass here.

What the database still tells by places and times of rows is attacked elsewhere; this keeps the tables clean.
"""

import pytest
from django.db import models

from accounts.models import Membership, User
from employee_voice.models import (
    Answer,
    Comment,
    Invitation,
    KeptList,
    KeyGroup,
    SealedAnswer,
    Slip,
    Wave,
    WaveFunction,
)

# Tables of answers with every column that they may have.
ANSWERS = {
    SealedAnswer: {"id", "wave", "group", "credential", "sealed"},
    Answer: {"id", "wave", "group", "scores", "was_fast", "was_straight"},
    Comment: {"id", "wave", "group", "question", "text", "state"},
    Slip: {"id", "wave", "group", "code_digest"},
}
TIMES = (models.DateField, models.TimeField, models.DurationField)  # a moment is a DateField to Django
ORDERS = (models.AutoField, models.BigAutoField, models.SmallAutoField)
ADDRESSES = (models.GenericIPAddressField, models.EmailField)
# Where a relation of an answer may lead, and no further: to all that was asked, never to who was.
SHARED = {Wave, KeyGroup}


def columns(model):
    return {field.name: field for field in model._meta.fields}


@pytest.mark.parametrize("model", ANSWERS)
def test_a_table_of_answers_has_these_columns_and_no_other(model):
    assert set(columns(model)) == ANSWERS[model]


@pytest.mark.parametrize("model", [*ANSWERS, Invitation, KeptList])
def test_no_row_has_a_time_an_order_or_an_address_of_a_machine(model):
    for name, field in columns(model).items():
        assert not isinstance(field, (*TIMES, *ORDERS)), name
        assert not isinstance(field, models.GenericIPAddressField), name
        assert "agent" not in name
    assert isinstance(model._meta.pk, models.UUIDField)
    assert (
        model._meta.pk.default.__name__ == "uuid4"
    )  # the fourth kind is drawn by chance, the first and sixth are times


@pytest.mark.parametrize("model", ANSWERS)
def test_an_answer_leads_to_its_wave_and_group_and_nowhere_else(model):
    relations = {field.related_model for field in model._meta.fields if field.is_relation}
    assert relations == SHARED
    assert not model._meta.many_to_many
    assert not [one for one in model._meta.related_objects if one.related_model not in ANSWERS]
    assert not any(isinstance(field, ADDRESSES) for field in model._meta.fields)


def test_a_group_leads_to_no_person_and_to_no_single_answer():
    group = {field.related_model for field in KeyGroup._meta.fields if field.is_relation}
    assert group == {Wave}
    assert KeyGroup._meta.get_field("people").get_internal_type() == "PositiveIntegerField"


def test_nothing_points_at_a_single_answer():
    for model in (Answer, Comment, SealedAnswer):
        assert not model._meta.related_objects


def test_comments_and_scores_of_a_person_share_nothing_but_the_group():
    both = set(columns(Answer)) & set(columns(Comment))
    assert both == {"id", "wave", "group"}  # the keys are drawn apart


def test_an_invitation_leads_to_no_account():
    """An address is on the list as it was written; who has an account is not looked up."""
    people = {Membership, User}
    assert not [field.name for field in Invitation._meta.fields if field.related_model in people]
    assert {field.name for field in WaveFunction._meta.fields if field.related_model in people} == {"head"}


def test_a_kept_list_leads_to_a_wave_and_a_function_and_to_nobody():
    assert set(columns(KeptList)) == {
        *("id", "wave", "wave_function", "addresses", "names", "people", "forgotten")
    }
    relations = {field.related_model for field in KeptList._meta.fields if field.is_relation}
    assert relations == {Wave, WaveFunction}  # not to the group whose answers it would stand beside
    assert not KeptList._meta.related_objects


def test_a_wave_has_no_time_finer_than_a_day():
    assert not [field.name for field in Wave._meta.fields if isinstance(field, models.DateTimeField)]
