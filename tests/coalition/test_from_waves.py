"""A draft from what employees said: words without figures, and the figure beside it for who may see it."""

from html import unescape

import pytest
from django.urls import reverse

from accounts.choices import Role
from accounts.errors import RoleTooSmall
from accounts.models import Membership
from accounts.services import FunctionPlace, save_function
from coalition import services
from coalition.choices import InitiativeState
from coalition.models import Initiative
from coalition.selectors import figure_of_wave
from common.errors import InvalidValues
from employee_voice import services as employees
from employee_voice.models import Wave, WaveFunction
from tests.conftest import _member
from tests.factories.employee_results import closed_wave, random_answers
from tests.factories.employee_voice import functions_of, survey_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree(ada, ben):
    """Ben leads Service, with Care and Field in it."""
    found = functions_of(ada)
    save_function(by=ada, function=found["service"], name="Service", place=FunctionPlace(head=ben))
    found["service"].refresh_from_db()
    return found


@pytest.fixture
def survey(ada):
    return survey_of(ada, bank="employee-voice")


def published(ada, tree, survey, *, lean=0.3, before=None, people="old") -> Wave:
    answers = {
        "service": random_answers(survey, 8, 4),
        "care": random_answers(survey, 15, 5, lean=lean),
        "field": random_answers(survey, 12, 6),
        "finance": random_answers(survey, 3, 7),  # hidden
    }
    given = {
        name: [f"{name}{people}{n}@northwind.example" for n in range(len(answers[name]))] for name in answers
    }
    wave = closed_wave(ada, answers, survey=survey, functions=tree, before=before, given=given)
    employees.publish_wave(by=ada, wave=wave)
    return Wave.objects.select_related("survey__organization").get(pk=wave.pk)


@pytest.fixture
def wave(ada, tree, survey):
    return published(ada, tree, survey)


def key_of(wave, name) -> str:
    return str(WaveFunction.objects.get(wave=wave, name=name).pk)


def draft(by, wave, name="Care", driver="tools") -> Initiative:
    function = "all" if name == "all" else key_of(wave, name)
    made = services.draft_from_wave(by=by, wave=wave, function=function, driver=driver)
    return Initiative.objects.select_related("wave__survey__organization", "owner").get(pk=made.pk)


def test_a_head_drafts_for_her_line_and_the_leader_for_all(ada, ben, cleo, wave):
    made = draft(ben, wave)
    assert (made.state, made.owner, made.driver) == (InitiativeState.DRAFT, ben, "tools")
    assert made.title == "Improve “Tools” in Care"
    assert made.wave == wave
    assert str(made.wave_function_id) == key_of(wave, "Care")
    assert draft(ada, wave, "Field").title == "Improve “Tools” in Field"
    assert draft(ada, wave, "all").title == "Improve “Tools” in Northwind Telecom"
    for by, name in ((ben, "Finance"), (ben, "all"), (cleo, "Care")):
        with pytest.raises(RoleTooSmall):
            draft(by, wave, name)
    executive = _member(ada.organization, "Eve", Role.EXECUTIVE)
    with pytest.raises(RoleTooSmall):
        draft(executive, wave)


def test_clicking_twice_gives_the_same_draft(ada, ben, wave):
    first = draft(ben, wave)
    assert draft(ada, wave).pk == first.pk
    assert draft(ada, wave, driver="authority").pk != first.pk
    Initiative.objects.filter(pk=first.pk).update(state=InitiativeState.CANCELLED)
    assert draft(ben, wave).pk != first.pk


@pytest.mark.parametrize(("name", "driver"), [("Finance", "tools"), ("Care", "weather"), ("Care", "enps-x")])
def test_what_the_wave_does_not_tell_is_no_beginning(ada, wave, name, driver):
    with pytest.raises(InvalidValues):
        draft(ada, wave, name, driver)
    assert not Initiative.objects.exists()


def test_the_words_hold_no_figure_of_the_function(ben, wave):
    """An initiative is read by people who may not see the function."""
    made = draft(ben, wave)
    assert "wave 1" in made.problem
    assert "%" not in made.problem
    assert "favorable" not in made.problem


def test_the_figure_stands_beside_it_for_who_sees_the_function(ada, ben, cleo, wave, client_of):
    made = draft(ben, wave)
    admin = _member(ada.organization, "Adam", Role.ADMINISTRATOR)
    executive = _member(ada.organization, "Eve", Role.EXECUTIVE)
    seen = {member: figure_of_wave(member, made).is_seen for member in (ada, ben, cleo, admin, executive)}
    assert seen == {ada: True, ben: True, cleo: False, admin: False, executive: True}
    address = reverse("coalition:initiative_detail", args=["northwind", made.number])
    for member in (ada, ben, cleo):
        page = " ".join(unescape(client_of(member).get(address).content.decode()).split())
        assert "From the employee survey “Service teams”, wave 1" in page
        assert ("Wave 1:" in page) is seen[member]
        assert ("favorable (" in page) is seen[member]
        assert ("The figure is shown to those who lead this function" in page) is not seen[member]


def test_of_the_whole_organization_everyone_who_sees_results_sees_it(ada, cleo, wave):
    made = draft(ada, wave, "all")
    admin = _member(ada.organization, "Adam", Role.ADMINISTRATOR)
    assert figure_of_wave(cleo, made).is_seen
    assert not figure_of_wave(admin, made).is_seen


def test_the_next_wave_stands_beside_the_first_one(ada, ben, tree, survey, wave):
    made = draft(ben, wave)
    before = figure_of_wave(ben, made)
    assert (before.next_wave, before.after) == (None, None)
    second = published(ada, tree, survey, lean=0.8, before=wave, people="new")
    found = figure_of_wave(ben, made)
    assert found.next_wave == second
    assert found.after.figure.favourable.value > found.before.figure.favourable.value
    assert found.before.favourable == before.before.favourable


def test_an_initiative_from_elsewhere_has_nothing_beside_it(ada, django_assert_num_queries):
    other = Initiative(organization=ada.organization, title="x", owner=ada, number=1)
    with django_assert_num_queries(0):
        assert figure_of_wave(ada, other) is None


def test_the_page_of_results_offers_it(ada, ben, cleo, wave, client_of):
    care = WaveFunction.objects.get(wave=wave, name="Care")
    results = reverse("employee_voice:function_results", args=["northwind", wave.pk, care.pk])
    address = reverse("coalition:initiative_from_wave", args=["northwind"])
    page = client_of(ben).get(results)
    assert f'action="{address}"' in page.content.decode()
    whole = reverse("employee_voice:wave_results", args=["northwind", wave.pk])
    assert f'action="{address}"' not in client_of(ben).get(whole).content.decode()  # not his line
    weakest = page.context["page"].row.weakest.measure.key
    asked = {"wave": wave.pk, "function": care.pk, "driver": weakest}
    response = client_of(ben).post(address, asked)
    made = Initiative.objects.get()
    assert response.url == reverse("coalition:initiative_detail", args=["northwind", made.number])
    assert made.driver == weakest
    assert client_of(cleo).post(address, asked).status_code == 403
    assert client_of(ada).post(address, {**asked, "wave": "x"}).status_code == 404


def test_a_contributor_who_leads_the_line_plans_actions_and_drafts_nothing(ada, ben, wave, client_of):
    Membership.objects.filter(pk=ben.pk).update(role=Role.CONTRIBUTOR)
    care = WaveFunction.objects.get(wave=wave, name="Care")
    results = reverse("employee_voice:function_results", args=["northwind", wave.pk, care.pk])
    page = client_of(ben).get(results).content.decode()
    assert "Plan an action" in page
    assert "Draft an initiative" not in page


def test_a_stranger_s_wave_is_not_found(dora, wave, client_of):
    address = reverse("coalition:initiative_from_wave", args=["elsewhere"])
    asked = {"wave": wave.pk, "function": "all", "driver": "tools"}
    assert client_of(dora).post(address, asked).status_code == 404
