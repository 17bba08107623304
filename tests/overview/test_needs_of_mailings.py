"""A round of survey letters that stopped: who started it owes the next step, if it can go on."""

import pytest
from django.urls import reverse

from accounts.choices import Role
from common.jobs import JobState
from customer_voice.models import SurveyMailing
from customer_voice.services import Recipient, close_survey, invite, send_survey_again
from overview.selectors import needs_of
from tests.factories.accounts import MembershipFactory
from tests.factories.surveys import opened_survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague(organization):
    return MembershipFactory(organization=organization, role=Role.CX_LEADER, user__name="Col")


@pytest.fixture
def stopped(ada):
    survey = opened_survey(ada)
    invite(by=ada, survey=survey, people=[Recipient(email="ana@example.com")])
    SurveyMailing.objects.update(job_state=JobState.FAILED, failure="Something went wrong.")
    return survey


def mail_needs(member):
    return [need for need in needs_of(member) if need.kind == "survey_mail_failed"]


def test_who_started_it_is_told_with_the_reason_and_the_page(ada, colleague, stopped):
    [need] = mail_needs(ada)
    assert (need.title, need.detail) == (
        "The e-mails of “After the visit” stopped", "Something went wrong.",
    )  # fmt: skip
    assert need.url == reverse("customer_voice:survey_mail", args=["northwind", stopped.pk])
    assert mail_needs(colleague) == []


def test_sending_the_rest_settles_it(ada, stopped):
    send_survey_again(by=ada, survey=stopped)
    assert mail_needs(ada) == []


def test_a_survey_that_is_closed_sends_nothing_so_nobody_owes_it(ada, stopped):
    close_survey(by=ada, survey=stopped)
    assert mail_needs(ada) == []


def test_an_older_round_that_stopped_is_over_once_a_later_one_went_well(ada, stopped):
    SurveyMailing.objects.create(survey=stopped, kind="remind", created_by=ada, job_state=JobState.DONE)
    assert mail_needs(ada) == []


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": Role.CONTRIBUTOR}])
def test_what_its_starter_can_no_longer_do_is_owed_by_who_may(ada, colleague, stopped, change):
    for name, value in change.items():
        setattr(ada, name, value)
    ada.save()
    assert [need.kind for need in mail_needs(colleague)] == ["survey_mail_failed"]


def test_another_organization_owes_nothing(dora, stopped):
    assert mail_needs(dora) == []
