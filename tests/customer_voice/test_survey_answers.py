"""Customers answer: the public page, what is stored, and what downstream shows of it."""

import gzip
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customer_voice.choices import FollowUp
from customer_voice.models import Feedback, Submission, SurveyMark, SurveyReply
from customer_voice.selectors import metric_series
from customer_voice.services import (
    QuestionPlan,
    change_survey,
    close_survey,
    erase_answer,
    open_survey,
    replies,
    reword_survey,
    save_question,
)
from tests import caching
from tests.factories.customer_voice import MetricDefinitionFactory
from tests.factories.surveys import KEY, opened_survey, sent, survey_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor():
    return Client()


def address(survey, name="form"):
    return reverse(f"ask:{name}", args=[survey.public_id])


def post(visitor, survey, data, **more):
    return visitor.post(address(survey), data, **more)


# --- what is stored -------------------------------------------------------------------------------------


def test_a_score_and_its_reason_count_at_once_and_together(ada, visitor, django_capture_on_commit_callbacks):
    survey = opened_survey(ada)
    first = post(visitor, survey, sent(score="4"))
    assert first.status_code == 200
    assert "What went wrong?" in first.content.decode()
    assert Feedback.objects.count() == 0
    with django_capture_on_commit_callbacks() as waiting:
        done = post(visitor, survey, sent(page=1, score="4", why_low="Nobody came."))
    assert done.status_code == 302
    assert done["Location"] == f"/f/{survey.public_id}/thanks/low/?lang=en"
    [row] = Feedback.objects.all()
    assert (row.score, row.text, row.metric.key, row.touchpoint.key) == (4, "Nobody came.", "nps", "store")
    assert (row.submission.source.kind, row.submission.external_id, row.submission.language) == (
        "survey",
        KEY,
        "en",
    )
    series = metric_series(ada.organization, row.metric)
    assert [point.figure.n for point in series.points if point.figure.n] == [1]
    assert not waiting  # neither a worker nor a broker is asked


def test_the_same_form_sent_twice_counts_once_and_the_later_answer_counts_for_half_an_hour(ada, visitor):
    survey = opened_survey(ada, follow_up=FollowUp.ONE)
    post(visitor, survey, sent(score="9", why="Fine"))
    again = post(visitor, survey, sent(score="2"))
    assert again.status_code == 302
    assert [(row.score, row.text) for row in Feedback.objects.all()] == [(2, "")]
    assert not SurveyMark.objects.exists()
    assert SurveyReply.objects.count() == 1
    metric = survey.metrics.get().metric
    [point] = [one for one in metric_series(ada.organization, metric).points if one.figure.n]
    assert (point.figure.n, point.figure.value) == (1, -100)
    Submission.objects.update(received_at=timezone.now() - timedelta(minutes=31))
    late = post(visitor, survey, sent(score="10"))
    assert (late.status_code, "Your earlier answers count." in late.text) == (409, True)
    assert [row.score for row in Feedback.objects.all()] == [2]
    post(visitor, survey, sent(key="another-form-that-loaded", score="2"))
    assert sorted(row.score for row in Feedback.objects.all()) == [2, 2]


def test_a_correction_takes_back_what_it_no_longer_answers(ada, visitor):
    survey = survey_of(ada, follow_up=FollowUp.NONE)
    plan = QuestionPlan(kind="one_choice", text="Bought in a shop?", choices=("Yes", "No"))
    survey = save_question(by=ada, survey=survey, plan=plan)
    till = MetricDefinitionFactory(organization=ada.organization, key="csat_5")
    survey = save_question(
        by=ada, survey=survey, plan=QuestionPlan(kind="scale", metric=till, text="The till", rule="q-1:c-1")
    )
    survey = open_survey(by=ada, survey=survey)
    assert post(visitor, survey, sent(page=1, score="9", q_1="c-1", q_2="1")).status_code == 302
    assert metric_series(ada.organization, till).points
    assert post(visitor, survey, sent(score="9", q_1="c-2", q_2="1")).status_code == 302
    assert not Feedback.objects.filter(metric=till).exists()
    assert not [one for one in metric_series(ada.organization, till).points if one.figure.n]
    assert [mark.value for mark in SurveyMark.objects.filter(question="q-1")] == ["c-2"]


def test_an_answer_that_was_erased_is_not_brought_back_by_its_form(ada, visitor):
    survey = opened_survey(ada, follow_up=FollowUp.NONE)
    post(visitor, survey, sent(score="3"))
    erase_answer(by=ada, answer=Feedback.objects.get(), removes_rows=True)
    assert post(visitor, survey, sent(score="3")).status_code == 409
    assert not Feedback.objects.exists()


def test_an_answer_that_a_rule_hides_later_counts_nowhere(ada, visitor):
    """In a shop, the till rated 1, then back: not in a shop. Two others rate it 5 and 4: n 2, mean 4.5."""
    survey = survey_of(ada, follow_up=FollowUp.NONE)
    plan = QuestionPlan(kind="one_choice", text="Bought in a shop?", choices=("Yes", "No"))
    survey = save_question(by=ada, survey=survey, plan=plan)
    till = MetricDefinitionFactory(organization=ada.organization, key="csat_5")
    survey = save_question(
        by=ada, survey=survey, plan=QuestionPlan(kind="scale", metric=till, text="The till", rule="q-1:c-1")
    )
    survey = open_survey(by=ada, survey=survey)
    hidden = sent(key="k" * 20, score="9", q_1="c-2", q_2="1")
    assert post(visitor, survey, hidden).status_code == 302
    for key, rating in (("m" * 20, "5"), ("n" * 20, "4")):
        assert (
            post(visitor, survey, sent(key=key, page=1, score="9", q_1="c-1", q_2=rating)).status_code == 302
        )
    ratings = list(Feedback.objects.filter(metric=till).values_list("score", flat=True))
    assert (len(ratings), sum(ratings) / len(ratings)) == (2, 4.5)
    marks = SurveyMark.objects.filter(question="q-1").order_by("value")
    assert [mark.value for mark in marks] == ["c-1", "c-1", "c-2"]


def test_choices_and_words_of_further_questions_are_kept_apart_from_the_score(ada, visitor):
    survey = survey_of(ada, follow_up=FollowUp.ONE)
    plan = QuestionPlan(kind="several_choices", text="What did you buy?", choices=("Phone", "Plan"))
    survey = save_question(by=ada, survey=survey, plan=plan)
    survey = save_question(by=ada, survey=survey, plan=QuestionPlan(kind="text", text="Anything else?"))
    survey = open_survey(by=ada, survey=survey)
    data = sent(score="10", why="Quick.", q_1=["c-1", "c-2"], q_2="Open on Sundays, please.")
    assert post(visitor, survey, data).status_code == 302
    rows = {row.metric_key: row for row in Feedback.objects.all()}
    assert rows["nps"].text == "Quick."
    assert rows[""].text == "Anything else?\nOpen on Sundays, please."
    assert rows[""].submission_id == rows["nps"].submission_id
    marks = sorted((mark.question, mark.value) for mark in SurveyMark.objects.all())
    assert marks == [("q-1", "c-1"), ("q-1", "c-2"), ("q-2", ""), ("why", "")]
    assert "Sundays" not in str(list(SurveyMark.objects.values())), "words are erased where feedback is"


def test_erasing_the_only_answer_takes_the_reply_along(ada, visitor):
    survey = opened_survey(ada, follow_up=FollowUp.NONE)
    post(visitor, survey, sent(score="3"))
    erase_answer(by=ada, answer=Feedback.objects.get(), removes_rows=True)
    assert not Submission.objects.exists()
    assert not SurveyReply.objects.exists()


def test_a_metric_that_was_defined_anew_still_takes_what_is_asked_by_the_old_one(ada, visitor):
    survey = opened_survey(ada, follow_up=FollowUp.NONE, metric="csat_5")
    old = survey.metrics.get().metric
    old.is_retired = True
    old.save()
    assert post(visitor, survey, sent(score="5")).status_code == 302
    assert Feedback.objects.get().metric == old


# --- the form -------------------------------------------------------------------------------------------


def test_only_the_score_is_needed_and_a_refusal_keeps_what_was_typed(ada, visitor):
    survey = opened_survey(ada, follow_up=FollowUp.ONE)
    refused = post(visitor, survey, sent(why="A long story & more"))
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Please answer this question." in page
    assert "A long story &amp; more" in page
    assert f'name="form-key" value="{KEY}"' in page
    assert post(visitor, survey, sent(score="0")).status_code == 302


def test_a_score_in_the_address_is_chosen_and_counts_only_when_sent(ada, visitor):
    survey = opened_survey(ada, follow_up=FollowUp.NONE)
    page = visitor.get(address(survey) + "?score=9").content.decode()
    assert 'value="9"' in page.split("checked")[0][-120:]
    assert page.count("checked") == 1
    assert not Feedback.objects.exists()
    assert "checked" not in visitor.get(address(survey) + "?score=eleven").content.decode()


@pytest.mark.parametrize(
    ("header", "query", "language", "direction"),
    [
        ("de-AT,de;q=0.9,en;q=0.5", "", "de", "ltr"),
        ("zh-CN,zh;q=0.9", "", "zh-hans", "ltr"),
        ("zh-TW", "", "zh-hant", "ltr"),
        ("ar-EG", "", "ar", "rtl"),
        ("sv,fi", "", "en", "ltr"),
        ("de", "?lang=ar", "ar", "rtl"),
        ("de", "?lang=xx", "en", "ltr"),
    ],
)
def test_the_page_speaks_the_customers_language(ada, visitor, header, query, language, direction):
    survey = opened_survey(ada, languages=("en", "de", "zh-hans", "zh-hant", "ar"))
    page = visitor.get(address(survey) + query, headers={"accept-language": header}).content.decode()
    assert f'<html lang="{language}" dir="{direction}"' in page


def test_another_language_keeps_what_was_typed_and_missing_words_are_marked(ada, visitor):
    survey = opened_survey(ada, languages=("en", "ar"), follow_up=FollowUp.ONE)
    data = {**sent(score="7", why="Half way"), "q-to-language": "ar"}
    page = post(visitor, survey, data).content.decode()
    assert '<html lang="ar" dir="rtl"' in page
    assert "Half way" in page
    assert page.count("checked") == 1
    assert '<span lang="en" dir="ltr">How did we do?</span>' in page


def test_thanks_depend_on_the_score_and_on_the_language(ada, visitor):
    survey = opened_survey(ada, languages=("en", "de"), follow_up=FollowUp.NONE)
    texts = {"thanks-low": {"en": "We are sorry.", "de": "Das tut uns leid."}, "thanks": {"en": "Nice!"}}
    reword_survey(by=ada, survey=survey, texts=texts)
    done = post(visitor, survey, sent(score="1", language="de"))
    assert "Das tut uns leid." in visitor.get(done["Location"]).content.decode()
    done = post(visitor, survey, sent(key="k" * 20, score="10"))
    assert "Nice!" in visitor.get(done["Location"]).content.decode()
    assert "Nice!" in visitor.get(address(survey, "thanks")).content.decode()


# --- what is not taken ----------------------------------------------------------------------------------


def test_robots_that_fill_in_everything_get_thanks_and_are_not_counted(ada, visitor):
    survey = opened_survey(ada, follow_up=FollowUp.NONE)
    done = post(visitor, survey, {**sent(score="9"), "website": "https://spam.example"})
    assert done.status_code == 302
    assert not Feedback.objects.exists()


def test_too_many_in_a_minute_are_asked_to_wait_with_what_they_typed(ada, visitor, monkeypatch):
    survey = opened_survey(ada, follow_up=FollowUp.ONE)
    monkeypatch.setattr(replies, "MOST_A_MINUTE", 1)
    caching.begin_test()
    assert post(visitor, survey, sent(score="9")).status_code == 302
    waiting = post(visitor, survey, sent(key="k" * 20, score="3", why="Not lost"))
    assert waiting.status_code == 429
    assert "Not lost" in waiting.content.decode()
    assert Feedback.objects.count() == 1


@pytest.mark.parametrize("key", ["", "short", "x" * 41, "with blanks in it, yes"])
def test_a_form_without_its_hidden_name_is_shown_again(ada, visitor, key):
    survey = opened_survey(ada, follow_up=FollowUp.ONE)
    shown = post(visitor, survey, sent(key=key, score="9", why="Kept"))
    assert shown.status_code == 422
    assert "Kept" in shown.content.decode()
    assert not Feedback.objects.exists()


def test_closed_not_yet_open_draft_and_unknown_surveys_say_so(ada, visitor):
    draft = survey_of(ada)
    assert visitor.get(address(draft)).status_code == 404
    unknown = visitor.get("/f/no-such-survey/", headers={"accept-language": "de"})
    assert unknown.status_code == 404
    assert "Hier ist keine Umfrage" in unknown.content.decode()
    survey = open_survey(by=ada, survey=draft)
    tomorrow = ada.organization.clock.today() + timedelta(days=1)
    change_survey(by=ada, survey=survey, name="x", touchpoint=survey.touchpoint, first_day=tomorrow)
    assert "This survey has not opened yet" in visitor.get(address(survey)).content.decode()
    survey.refresh_from_db()
    close_survey(by=ada, survey=survey)
    assert "This survey has closed" in visitor.get(address(survey)).content.decode()
    late = post(visitor, survey, sent(score="9"))
    assert late.status_code == 409
    assert "Your answers were not counted." in late.content.decode()
    assert not Feedback.objects.exists()


def test_text_that_no_database_holds_is_refused(ada, visitor):
    survey = opened_survey(ada, follow_up=FollowUp.ONE)
    assert post(visitor, survey, sent(score="9", why="a\x00b")).status_code == 400


# --- what the page is made of ---------------------------------------------------------------------------


def test_the_page_is_light_has_no_script_sets_no_cookie_and_names_nobody(ada, visitor, client_of):
    survey = opened_survey(ada, languages=("en", "zh-hans", "ar", "de", "ja"))
    for browser in (visitor, client_of(ada)):
        answer = browser.get(address(survey))
        page = answer.content.decode()
        assert not answer.cookies
        assert "Cookie" not in answer.get("Vary", "")
        assert "<script" not in page
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        for secret in ("Northwind", "Ada", "After the visit", "northwind", "store"):
            assert secret not in page
        css = questionnaire_css().read_bytes()
        assert len(gzip.compress(answer.content)) + len(gzip.compress(css)) < 50_000


def questionnaire_css():
    return Path(finders.find("questionnaires/questionnaires.css"))


def test_only_the_sites_of_a_survey_may_frame_it(ada, visitor):
    survey = opened_survey(ada)
    change_survey(
        by=ada, survey=survey, name="x", touchpoint=survey.touchpoint, embed_hosts=["shop.example.com"]
    )
    answer = visitor.get(address(survey))
    assert "frame-ancestors 'self' shop.example.com" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer


def test_a_reply_remembers_which_version_was_read_by_which_way_on_which_day(ada, visitor):
    survey = opened_survey(ada, follow_up=FollowUp.NONE)
    post(visitor, survey, {**sent(score="9"), "way": "qr"})
    reword_survey(by=ada, survey=survey, texts={"title": {"en": "How did we do"}})
    post(visitor, survey, {**sent(key="k" * 20, score="8"), "way": "email"})
    found = [(one.version.number, one.way, one.day) for one in SurveyReply.objects.all()]
    today = ada.organization.clock.day_of(timezone.now())
    assert found == [(1, "qr", today), (2, "link", today)]
