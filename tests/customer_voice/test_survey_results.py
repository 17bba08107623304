"""What came back: counted by day, way and question, in the file and in the API."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customer_voice.choices import FollowUp, SurveyWay
from customer_voice.models import Feedback
from customer_voice.selectors.survey_results import survey_results
from customer_voice.services import (
    QuestionPlan,
    Recipient,
    erase_answer,
    invite,
    open_survey,
    reword_survey,
    save_question,
)
from tests.factories.surveys import opened_survey, survey_of, take

pytestmark = pytest.mark.django_db


def shops(by, *choices):
    survey = survey_of(by, follow_up=FollowUp.ONE)
    plan = QuestionPlan(kind="several_choices", text="Where did you buy?", choices=choices)
    return open_survey(by=by, survey=save_question(by=by, survey=survey, plan=plan))


def result(survey, key):
    return next(one for one in survey_results(survey, "en").questions if one.key == key)


def url(name, survey, *more):
    return reverse(f"customer_voice:{name}", args=[survey.organization.slug, survey.pk, *more])


def test_the_metric_of_a_survey_is_worked_out_from_its_own_answers(ada):
    """Ten answers: 5 of 9-10, 2 of 0-6: +30."""
    survey = opened_survey(ada, follow_up="none")
    for number, score in enumerate((10, 9, 9, 10, 9, 8, 7, 7, 3, 6)):
        take(survey, key=f"form-key-number-{number}", score=str(score))
    other = opened_survey(ada, follow_up="none", name="Other")
    take(other, key="form-key-of-the-other", score="0")
    score = result(survey, "score")
    assert (score.n, score.figure.n, round(score.figure.value, 6)) == (10, 10, 30)
    assert [(one.label, one.count) for one in score.options if one.count] == [
        ("3", 1), ("6", 1), ("7", 2), ("8", 1), ("9", 3), ("10", 2),
    ]  # fmt: skip


def test_a_corrected_label_is_one_line_with_all_its_answers(ada):
    """Kind 2 of the field: "Adress" 6 of 15, corrected, then 2 of 5: one line, 8 of 20 = 40 %."""
    survey = shops(ada, "By Adress book", "In a shop")
    for number in range(15):
        choice = "c-1" if number < 6 else "c-2"
        take(survey, key=f"form-key-before-{number}", score="9", q_1=choice)
    survey = reword_survey(by=ada, survey=survey, texts={"q-1.choice.c-1": {"en": "By Address book"}})
    for number in range(5):
        choice = "c-1" if number < 2 else "c-2"
        take(survey, key=f"form-key-after-{number}", score="9", q_1=choice)
    asked = result(survey, "q-1")
    assert asked.n == 20
    assert [(one.label, one.count, one.share) for one in asked.options] == [
        ("By Address book", 8, 0.4),
        ("In a shop", 12, 0.6),
    ]


def test_days_and_ways_are_counted_and_words_only_as_a_number(ada, client_of):
    survey = opened_survey(ada, follow_up=FollowUp.ONE)
    take(survey, key="form-key-number-one", score="9", why="Lovely", way="qr")
    take(survey, key="form-key-number-two", score="3", way="embed")
    found = survey_results(survey, "en")
    assert found.ways == ((SurveyWay.QR, 1), (SurveyWay.EMBED, 1))
    [day] = found.days
    assert (day.day, day.total) == (ada.organization.clock.today(), 2)
    assert day.ways == ((SurveyWay.QR, 1), (SurveyWay.EMBED, 1))
    assert result(survey, "why").n == 1
    page = client_of(ada).get(url("survey_detail", survey)).content.decode()
    assert "2 people have answered." in page
    assert "Lovely" not in page
    link = f"{reverse('customer_voice:feedback_list', args=['northwind'])}?survey={survey.pk}&amp;words=on"
    assert link in page
    rows = client_of(ada).get(link.replace("&amp;", "&")).content.decode()
    assert "Lovely" in rows


def test_what_was_erased_is_in_no_figure(ada):
    survey = opened_survey(ada, follow_up="none")
    take(survey, key="form-key-number-one", score="9")
    take(survey, key="form-key-number-two", score="3")
    erase_answer(by=ada, answer=Feedback.objects.get(score=3), removes_rows=True)
    found = survey_results(survey, "en")
    assert (found.replies, result(survey, "score").n) == (1, 1)


def test_the_file_has_one_row_a_reply_and_names_nobody(ada, client_of):
    survey = shops(ada, "=Shop()", "Web")
    invite(by=ada, survey=survey, people=[Recipient(email="ana@example.com", name="Ana")])
    take(survey, key="form-key-number-one", score="9", q_1="c-1", why="Fine")
    answer = client_of(ada).get(url("survey_file", survey, "csv"))
    text = answer.getvalue().decode("utf-8-sig")
    head, row = text.strip().splitlines()
    assert head == (
        "id,day,way,language,version,sent,How likely are you to recommend us to a friend or colleague?,"
        "Where did you buy?,comment"
    )
    assert row.startswith("form-key-number-one,")
    assert row.endswith(",link,en,1,yes,9,'=Shop(),Fine")
    assert "example.com" not in text


def test_everybody_inside_reads_results_and_nobody_outside(ada, cleo, dora, client_of):
    survey = opened_survey(ada)
    assert client_of(cleo).get(url("survey_detail", survey)).status_code == 200
    assert client_of(dora).get(url("survey_detail", survey)).status_code == 404
    assert Client().get(url("survey_detail", survey)).status_code == 302


def test_surveys_are_read_by_the_api_and_a_bounce_is_marked_there(ada, cleo, api_of):
    survey = opened_survey(ada, languages=("en", "de"), follow_up="none")
    take(survey, key="form-key-number-one", score="9")
    invite(by=ada, survey=survey, people=[Recipient(email="ana@example.com")])
    survey.invitations.update(letters=1, handed_over_at=timezone.now())
    there = f"/api/v1/o/northwind/customer-surveys/{survey.pk}/"
    listed = api_of(cleo).get("/api/v1/o/northwind/customer-surveys/").json()["results"]
    assert [(one["name"], one["metric"], one["openness"]) for one in listed] == [
        ("After the visit", "nps", "open")
    ]
    one = api_of(cleo).get(there).json()
    assert (one["replies"], one["mail"]["asked"], one["mail"]["rate"]) == (1, 1, 0.0)
    assert api_of(cleo).post(f"{there}bounces/", {"email": "ana@example.com"}).status_code == 403
    marked = api_of(ada).post(f"{there}bounces/", {"email": "ANA@example.com"})
    assert (marked.status_code, marked.json()["state"]) == (200, "bounced")
    assert api_of(ada).post(f"{there}bounces/", {"email": "no@example.com"}).status_code == 422
    assert api_of(ada).get(there).json()["mail"]["delivered"] == 0
