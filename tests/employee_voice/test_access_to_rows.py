"""A row is found through its own wave and organization alone, whatever key is typed."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.http import Http404

from accounts.services import change_member, save_function
from employee_voice import services
from employee_voice.access import comment_for, group_for, invitation_for
from employee_voice.models import Comment, Invitation, KeyGroup, WaveFunction
from employee_voice.scope import tree_of
from employee_voice.selectors.duties import actions_due
from tests.factories.employee_results import closed_wave, random_answers
from tests.factories.employee_voice import opened, planned, survey_of

pytestmark = pytest.mark.django_db


def test_an_address_is_found_on_the_list_of_its_own_wave_alone(ada, tree):
    first, second = planned(ada, {"Care": 5}), planned(ada, {"Field": 5})
    here, there = (Invitation.objects.filter(wave=one).first() for one in (first, second))
    assert invitation_for(ada, first.pk, here.pk) == here
    for wave, key in ((first, there.pk), (second, here.pk), (first, uuid4())):
        with pytest.raises(Http404):
            invitation_for(ada, wave.pk, key)


def test_a_group_is_found_in_its_own_wave_alone(ada, tree):
    first = opened(ada, {"Care": 5, "Field": 5})
    second = opened(ada, {"Care": 5}, survey_of(ada, title="Another"))
    numbers = [
        list(KeyGroup.objects.filter(wave=one).values_list("number", flat=True)) for one in (first, second)
    ]
    assert [len(one) for one in numbers] == [2, 1]
    for number in set(numbers[0]) - set(numbers[1]):
        assert group_for(first, number).wave == first
        with pytest.raises(Http404):
            group_for(second, number)


def test_a_comment_is_found_in_its_own_wave_alone(ada, tree):
    waves = []
    for title in ("One", "Two"):
        survey = survey_of(ada, bank="employee-voice", title=title)
        answers = {"care": random_answers(survey, 15, 1)}
        comments = {"care": [("helps", f"said in {title}")]}
        wave = closed_wave(ada, answers, survey=survey, functions=tree, comments=comments)
        waves.append(services.publish_wave(by=ada, wave=wave))
    first, second = (Comment.objects.get(wave=wave) for wave in waves)
    assert comment_for(ada, tree_of(waves[0]), first.pk).text == "said in One"
    with pytest.raises(Http404):
        comment_for(ada, tree_of(waves[0]), second.pk)


def test_members_of_another_organization_are_asked_by_none_of_ours(ada, ben, dora, tree):
    foreign = save_function(by=dora, name="Elsewhere")
    change_member(by=dora, member=dora, role=dora.role, function=foreign, job_title="")
    change_member(by=ada, member=ben, role=ben.role, function=tree["care"], job_title="")
    wave = planned(ada, {})
    added, _without = services.take_members(by=ada, wave=wave)
    listed = set(Invitation.objects.filter(wave=wave).values_list("email", flat=True))
    assert added == len(listed)
    assert ben.user.email in listed
    assert dora.user.email not in listed


@pytest.mark.parametrize(("days", "is_due"), [(1, False), (0, True)])
def test_an_action_is_due_on_its_day(ada, ben, tree, days, is_due):
    survey = survey_of(ada)
    wave = closed_wave(ada, {"care": random_answers(survey, 12, 1)}, survey=survey, functions=tree)
    wave = services.publish_wave(by=ada, wave=wave)
    care, today = WaveFunction.objects.get(wave=wave, name="Care"), ada.organization.clock.today()
    plan = services.ActionPlan(
        function=str(care.pk), driver="tools", text="One app", owner=ben, due_on=today + timedelta(days=days)
    )
    action = services.plan_action(by=ada, wave=wave, plan=plan)
    assert actions_due(ben, today) == ([action] if is_due else [])
    assert actions_due(ada, today) == []
