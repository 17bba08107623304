"""An action changes hands: by who leads the line and by the CX leader, to somebody who sees its page."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.choices import Role
from accounts.errors import RoleTooSmall
from accounts.models import AuditEvent
from accounts.services import FunctionPlace, save_function
from common.errors import InvalidValues
from employee_voice import services
from employee_voice.models import WaveFunction
from tests.conftest import _member
from tests.factories.employee_results import closed_wave, random_answers
from tests.factories.employee_voice import survey_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def action(ada, ben, cleo, tree):
    """Of Care, in the line of Cleo; Ben owns it."""
    save_function(by=ada, function=tree["service"], name="Service", place=FunctionPlace(head=cleo))
    survey = survey_of(ada)
    wave = closed_wave(ada, {"care": random_answers(survey, 12, 1)}, survey=survey, functions=tree)
    wave = services.publish_wave(by=ada, wave=wave)
    care = WaveFunction.objects.get(wave=wave, name="Care")
    return services.plan_action(
        by=cleo,
        wave=wave,
        plan=services.ActionPlan(
            function=str(care.pk),
            driver="tools",
            text="One app",
            owner=ben,
            due_on=ada.organization.clock.today() + timedelta(days=9),
        ),
    )


@pytest.fixture
def fay(organization):
    return _member(organization, "Fay", Role.CONTRIBUTOR)


def test_the_head_and_the_leader_hand_it_over_and_its_owner_does_not(ada, ben, cleo, fay, action):
    services.hand_over_action(by=cleo, action=action, owner=fay)
    action.refresh_from_db()
    assert action.owner == fay
    services.hand_over_action(by=ada, action=action, owner=ben)
    with pytest.raises(RoleTooSmall):
        services.hand_over_action(by=ben, action=action, owner=fay)
    action.refresh_from_db()
    assert action.owner == ben
    told = AuditEvent.objects.filter(verb="function_action.changed").values_list("before", "after")
    assert sorted(told, key=str) == sorted(
        [({"owner": "Ben"}, {"owner": "Fay"}), ({"owner": "Fay"}, {"owner": "Ben"})], key=str
    )


def test_handing_it_to_its_owner_is_no_change(ada, ben, action):
    services.hand_over_action(by=ada, action=action, owner=ben)
    assert not AuditEvent.objects.filter(verb="function_action.changed").exists()


def test_nobody_owns_it_who_cannot_open_its_page(ada, dora, organization, action):
    auditor = _member(organization, "Anton", Role.AUDITOR)
    gone = _member(organization, "Gone", Role.CONTRIBUTOR)
    gone.is_active = False
    gone.save()
    for owner in (auditor, dora, gone):
        with pytest.raises(InvalidValues) as refused:
            services.hand_over_action(by=ada, action=action, owner=owner)
        assert set(refused.value.fields) == {"owner"}
    with pytest.raises(InvalidValues):
        services.plan_action(
            by=ada,
            wave=action.wave,
            plan=services.ActionPlan(
                function="all", driver="tools", text="x", owner=auditor, due_on=action.due_on
            ),
        )


def test_the_page_offers_it_to_who_may_and_lists_who_can_own_it(
    ada, ben, cleo, fay, organization, action, client_of
):
    _member(organization, "Anton", Role.AUDITOR)
    address = reverse("employee_voice:action_owner", args=["northwind", action.pk])
    results = reverse("employee_voice:wave_results", args=["northwind", action.wave_id])
    assert address in client_of(cleo).get(results).content.decode()
    assert address not in client_of(ben).get(results).content.decode()  # its owner sees it, and moves it
    assert "One app" in client_of(ben).get(results).content.decode()
    assert client_of(ben).get(address).status_code == 403
    page = client_of(cleo).get(address).content.decode()
    assert "Fay" in page
    assert "Anton" not in page
    assert client_of(cleo).post(address, {"owner": ""}).status_code == 422
    response = client_of(cleo).post(address, {"owner": fay.pk})
    function = reverse(
        "employee_voice:function_results", args=["northwind", action.wave_id, action.wave_function_id]
    )
    assert response.url == function + "#actions"
    action.refresh_from_db()
    assert action.owner == fay


def test_a_stranger_finds_no_action(dora, action, client_of):
    address = reverse("employee_voice:action_owner", args=["elsewhere", action.pk])
    assert client_of(dora).get(address).status_code == 404
