"""Lists of who was given a credential: not longer than a comparison can need them, and protected without."""

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from employee_voice import selectors, services
from employee_voice.comparing import Kept, Lists, nearly_told_before
from employee_voice.errors import WaveNotInState
from employee_voice.models import Invitation
from employee_voice.results import EVERYBODY
from employee_voice.selectors.results import results_of
from tests.factories.employee_results import closed_wave, random_answers
from tests.factories.employee_voice import opened, plan_of, survey_of

pytestmark = pytest.mark.django_db


def wave_of(leader, survey, tree, *, people=12, seed=1):
    """The same people each time, or others."""
    answers = {name: random_answers(survey, 12, seed + place) for place, name in enumerate(("care", "field"))}
    given = {name: [f"{name}{seed}-{one}@x.example" for one in range(people)] for name in answers}
    return closed_wave(leader, answers, survey=survey, functions=tree, given=given)


def published(leader, survey, tree, **people):
    return services.publish_wave(by=leader, wave=wave_of(leader, survey, tree, **people))


def blunt(wave):
    return {one.key for one in results_of(wave).publication.functions if one.is_shown and one.is_blunt}


@pytest.fixture
def survey(ada):
    return survey_of(ada, bank="employee-voice")


def test_archiving_deletes_the_lists_and_says_so_in_the_trail(ada, tree, survey):
    published(ada, survey, tree)
    assert Invitation.objects.count() == 24
    services.archive_survey(by=ada, survey=survey)
    assert not Invitation.objects.exists()
    assert AuditEvent.objects.get(verb="employee_survey.archived").after == {
        "lists_deleted": 24,
        "digests_deleted": 24,
    }


def test_archiving_also_deletes_the_list_of_a_wave_that_never_opened(ada, tree, survey):
    wave = services.plan_wave(by=ada, survey=survey, plan=plan_of(ada))
    ada.function = tree["care"]
    ada.save()
    services.take_members(by=ada, wave=wave)
    services.archive_survey(by=ada, survey=survey)
    assert not Invitation.objects.exists()


def test_a_survey_is_not_archived_under_a_wave_that_runs(ada, tree, client_of):
    wave = opened(ada, {"Care": 5})
    with pytest.raises(WaveNotInState):
        services.archive_survey(by=ada, survey=wave.survey)
    wave.survey.refresh_from_db()
    assert not wave.survey.is_archived
    assert Invitation.objects.count() == 5
    address = reverse("employee_voice:survey_archive", args=["northwind", wave.survey_id])
    told = client_of(ada).post(address, follow=True).content.decode()
    assert "A wave of this survey is still running. Close it first." in told


def test_lists_are_deleted_by_hand_where_no_further_wave_is_planned(ada, ben, tree, survey, client_of):
    published(ada, survey, tree)
    address = reverse("employee_voice:lists_delete", args=["northwind", survey.pk])
    page = reverse("employee_voice:survey_edit", args=["northwind", survey.pk])
    assert address in client_of(ada).get(page).content.decode()
    following = services.plan_wave(by=ada, survey=survey, plan=plan_of(ada))
    assert address not in client_of(ada).get(page).content.decode()
    told = client_of(ada).post(address, follow=True).content.decode()
    assert "is planned, runs or is not published yet" in told
    assert Invitation.objects.count() == 24
    services.drop_wave(by=ada, wave=following)
    assert client_of(ben).post(address).status_code == 403
    assert "24 addresses were deleted." in client_of(ada).post(address, follow=True).content.decode()
    assert not Invitation.objects.exists()
    assert AuditEvent.objects.get(verb="employee_survey.lists_deleted").after == {
        "lists_deleted": 24,
        "digests_deleted": 24,
    }
    assert not selectors.editor_of(survey).can_delete_lists
    assert services.delete_lists(by=ada, survey=survey) == 0


def test_the_page_warns_before_archiving_and_names_how_many(ada, tree, survey, client_of):
    page = reverse("employee_voice:survey_edit", args=["northwind", survey.pk])
    assert "given a credential" not in client_of(ada).get(page).content.decode()
    published(ada, survey, tree)
    shown = " ".join(client_of(ada).get(page).content.decode().split())
    assert "given a credential (24 addresses) are deleted" in shown
    assert "Archive this survey and delete its lists of people?" in shown


def test_without_a_list_every_function_of_a_later_wave_is_told_bluntly(ada, tree, survey):
    """Other people altogether: with the list it would be exact."""
    other = services.copy_survey(by=ada, survey=survey, title="Copy")
    published(ada, survey, tree, seed=1)
    exact = published(ada, other, tree, seed=50)
    assert blunt(exact) == set()
    services.archive_survey(by=ada, survey=survey)
    third = services.copy_survey(by=ada, survey=other, title="Third")
    later = published(ada, third, tree, seed=90)
    shown = {one.key for one in results_of(later).publication.functions if one.is_shown}
    assert blunt(later) == shown >= {EVERYBODY}


def test_lists_that_a_next_wave_has_replaced_protect_nobody_any_more(ada, tree, survey):
    """The first of two waves of a survey is gone as always: only the last one counts."""
    published(ada, survey, tree, seed=1)
    published(ada, survey, tree, seed=50)
    other = services.copy_survey(by=ada, survey=survey, title="Copy")
    assert blunt(published(ada, other, tree, seed=90)) == set()


def test_one_list_that_is_gone_counts_for_every_function():
    parents = {EVERYBODY: None, "a": EVERYBODY}
    here = Lists(parents=parents, addresses={"a": {"x", "y", "z"}})
    gone = Lists(parents=parents, addresses={}, kept=Kept.NOTHING)
    asked = {"shown": ["a", EVERYBODY], "told": ["a"], "minimum": 5}
    assert nearly_told_before(now=here, then=gone, **asked) == {"a", EVERYBODY}
    assert nearly_told_before(now=gone, then=here, **asked) == {"a", EVERYBODY}
    assert nearly_told_before(now=here, then=here, **asked) == frozenset()
