"""A button pressed on a page that somebody else's decision has made old writes over none."""

import pytest
from django.urls import reverse

from accounts.choices import Role
from accounts.models import AuditEvent
from employee_voice import services
from employee_voice.models import Comment, FunctionAction
from employee_voice.results import EVERYBODY
from tests.conftest import _member
from tests.factories.employee_results import closed_wave, random_answers
from tests.factories.employee_voice import survey_of
from tests.markup import hidden_of


@pytest.fixture
def wave(ada, tree):
    survey = survey_of(ada, bank="employee-voice")
    answers = {"care": random_answers(survey, 15, 1), "field": random_answers(survey, 15, 2)}
    comments = {"care": [("helps", "Paula helps"), ("helps", "Quiet rooms help")]}
    return services.publish_wave(
        by=ada, wave=closed_wave(ada, answers, survey=survey, functions=tree, comments=comments)
    )


@pytest.fixture
def bea(organization):
    return _member(organization, "Bea", Role.CX_LEADER)


def decide_at(wave, text):
    comment = Comment.objects.get(text=text)
    return reverse("employee_voice:comment_decide", args=["northwind", wave.pk, comment.pk])


def shown_to(client, wave, text):
    page = client.get(reverse("employee_voice:comment_list", args=["northwind", wave.pk])).text
    return hidden_of(page, decide_at(wave, text))


def test_a_comment_that_was_held_back_meanwhile_stays_held_back(client_of, ada, bea, wave):
    mine = shown_to(client_of(ada), wave, "Paula helps")
    theirs = shown_to(client_of(bea), wave, "Paula helps")
    address = decide_at(wave, "Paula helps")
    client_of(bea).post(address, {**theirs, "state": "held_back"})
    services.decide_comment(by=ada, comment=Comment.objects.get(text="Quiet rooms help"), state="held_back")
    answer = client_of(ada).post(address, {**mine, "state": "released"}, follow=True)
    assert "Bea decided otherwise after this page was opened: it is “Held back” now." in answer.text
    assert Comment.objects.get(text="Paula helps").state == "held_back"
    assert not AuditEvent.objects.filter(after__comment="released").exists()
    again = hidden_of(answer.text, address)
    client_of(ada).post(address, {**again, "state": "released"})
    assert Comment.objects.get(text="Paula helps").state == "released"


def test_two_who_decide_alike_are_told_nothing(client_of, ada, bea, wave):
    mine = shown_to(client_of(ada), wave, "Paula helps")
    address = decide_at(wave, "Paula helps")
    client_of(bea).post(address, {**mine, "state": "held_back"})
    answer = client_of(ada).post(address, {**mine, "state": "held_back"}, follow=True)
    assert "decided otherwise" not in answer.text
    assert AuditEvent.objects.filter(verb="wave.comment_decided").count() == 1


def test_an_action_that_was_dropped_meanwhile_is_not_done(client_of, ada, bea, wave):
    plan = services.ActionPlan(
        function=EVERYBODY,
        driver="tools",
        text="New tickets",
        owner=ada,
        due_on=ada.organization.clock.today(),
    )
    action = services.plan_action(by=ada, wave=wave, plan=plan)
    address = reverse("employee_voice:action_move", args=["northwind", action.pk])
    page = client_of(ada).get(reverse("employee_voice:wave_results", args=["northwind", wave.pk])).text
    seen = hidden_of(page, address)
    client_of(bea).post(address, {**seen, "state": "dropped"})
    answer = client_of(ada).post(address, {**seen, "state": "done"}, follow=True)
    assert "Bea decided otherwise after this page was opened: it is “Dropped” now." in answer.text
    assert FunctionAction.objects.get().state == "dropped"
