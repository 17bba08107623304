"""A survey with many replies is counted by the worker, and its page reads what was counted."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customer_voice import services
from customer_voice.choices import FollowUp
from customer_voice.models import SurveyReply, SurveyTally
from customer_voice.selectors.survey_results import survey_results
from customer_voice.selectors.surveys import survey_rows
from customer_voice.services import QuestionPlan, open_survey, save_question
from tests.factories.surveys import survey_of, take

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _three_are_many(monkeypatch):
    monkeypatch.setattr("customer_voice.services.survey_tallies.MANY_REPLIES", 3)


@pytest.fixture
def survey(ada):
    made = survey_of(ada, follow_up=FollowUp.ONE)
    plan = QuestionPlan(kind="several_choices", text="Where did you buy?", choices=("Shop", "Phone"))
    return open_survey(by=ada, survey=save_question(by=ada, survey=made, plan=plan))


def answered(survey, first, scores):
    for number, score in enumerate(scores, start=first):
        take(survey, key=f"form-key-number-{number}", score=str(score), q_1="c-1" if number % 2 else "c-2")


def told(survey):
    found = survey_results(survey, "en")
    questions = {
        one.key: (one.n, one.figure and round(one.figure.value, 6), [o.count for o in one.options])
        for one in found.questions
    }
    return found.replies, [(day.day, day.total) for day in found.days], questions


def tally(survey):
    return SurveyTally.objects.get(survey=survey)


def test_few_replies_are_counted_by_the_page(survey):
    answered(survey, 0, [9, 9, 3])
    assert services.tally_surveys(now=timezone.now()) == 0
    assert survey_results(survey, "en").counted_at is None


def test_the_page_says_what_was_counted_and_when(survey, ada, client_of):
    answered(survey, 0, [9, 10, 3, 7])
    live = told(survey)
    assert live[0] == 4
    assert live[2]["score"][:2] == (4, 25)
    assert live[2]["q-1"] == (4, None, [2, 2])
    assert services.tally_surveys(now=timezone.now()) == 1
    assert told(survey) == live
    page = client_of(ada).get(
        reverse("customer_voice:survey_detail", args=[survey.organization.slug, survey.pk])
    )
    assert "Counted at" in page.content.decode()
    answered(survey, 4, [0])
    assert told(survey) == live  # until it is counted anew
    assert survey_results(survey, "en").counted_at == tally(survey).counted_at


def test_it_is_counted_anew_where_replies_came_and_once_an_hour(survey):
    answered(survey, 0, [9, 10, 3, 7])
    now = timezone.now()
    assert services.tally_surveys(now=now) == 1
    answered(survey, 4, [0])
    assert services.tally_surveys(now=now + timedelta(seconds=30)) == 0
    assert services.tally_surveys(now=now + timedelta(minutes=2)) == 1
    assert told(survey)[0] == 5
    assert services.tally_surveys(now=timezone.now() + timedelta(minutes=30)) == 0
    SurveyReply.objects.order_by("pk").first().submission.delete()  # nothing newer says so
    assert services.tally_surveys(now=timezone.now() + timedelta(minutes=61)) == 1
    assert told(survey)[0] == 4


def test_counting_takes_a_twentieth_of_the_time(survey):
    answered(survey, 0, [9, 10, 3, 7])
    services.tally_surveys(now=timezone.now())
    SurveyTally.objects.update(seconds=30)
    answered(survey, 4, [0])
    assert services.tally_surveys(now=timezone.now() + timedelta(minutes=9)) == 0
    assert services.tally_surveys(now=timezone.now() + timedelta(minutes=11)) == 1


def test_a_page_reads_no_reply_of_a_survey_with_many(survey):
    answered(survey, 0, [9, 10, 3, 7])
    services.tally_surveys(now=timezone.now())
    with CaptureQueriesContext(
        connection,
    ) as asked:
        survey_results(survey, "en")
    tables = " ".join(query["sql"] for query in asked)
    assert "surveymark" not in tables
    assert "customer_voice_feedback" not in tables
    assert "customer_voice_surveyreply" not in tables


def test_the_list_reads_what_was_counted(survey, ada, client_of, django_assert_num_queries):
    answered(survey, 0, [9, 10, 3, 7])
    organization = survey.organization
    (row,) = survey_rows(organization)
    assert (row.replies, row.counted_at) == (4, None)
    services.tally_surveys(now=timezone.now())
    answered(survey, 4, [0])
    SurveyReply.objects.update(is_half=True)  # what is no longer read cannot change it
    with django_assert_num_queries(4):
        (row,) = survey_rows(organization)
    assert (row.replies, row.counted_at) == (4, tally(survey).counted_at)
    page = client_of(ada).get(reverse("customer_voice:survey_list", args=[organization.slug]))
    assert "counted on" in page.content.decode()
    SurveyTally.objects.all().delete()
    assert survey_rows(organization)[0].replies == 0  # begun and not sent is no reply
