"""What was typed page by page and never sent: kept, named apart, and in a score only by the survey's rule."""

import hashlib
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customer_voice.choices import Consent, FollowUp, HalfUse
from customer_voice.models import (
    Contact,
    Feedback,
    HalfAnswer,
    NoMoreSurveys,
    Submission,
    SurveyMark,
    SurveyReply,
)
from customer_voice.selectors import metric_series
from customer_voice.selectors.survey_results import survey_results
from customer_voice.services import (
    QuestionPlan,
    Recipient,
    change_survey,
    close_survey,
    erase_answer,
    erase_customer,
    invite,
    keep_half,
    open_survey,
    replies,
    save_question,
    settle_half_answers,
    stop_surveys,
)
from customer_voice.services.mailings import secret_of
from customer_voice.survey_content import survey_content
from tests import caching
from tests.factories.customer_voice import ContactFactory, MetricDefinitionFactory
from tests.factories.surveys import KEY, opened_survey, sent, survey_of, take

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor():
    return Client()


def uses(survey, use):
    survey.half_answers = use
    survey.save()
    return survey


def post(visitor, survey, data):
    return visitor.post(reverse("ask:form", args=[survey.public_id]), data)


def invited(by, survey, email="ana@example.com"):
    invite(by=by, survey=survey, people=[Recipient(email=email)])
    row = survey.invitations.get(email=email)
    return row, reverse("ask:invited", args=[survey.public_id, secret_of(row)])


def later(**spent):
    return timezone.now() + timedelta(**spent)


def score(survey):
    return survey_results(survey, "en").questions[0]


def in_a_shop(by):
    """Bought in a shop? Only then: rate the till."""
    survey = survey_of(by, follow_up=FollowUp.NONE)
    plan = QuestionPlan(kind="one_choice", text="Bought in a shop?", choices=("Yes", "No"))
    survey = save_question(by=by, survey=survey, plan=plan)
    till = MetricDefinitionFactory(organization=by.organization, key="csat_5")
    plan = QuestionPlan(kind="scale", metric=till, text="The till", rule="q-1:c-1")
    survey = save_question(by=by, survey=survey, plan=plan)
    plan = QuestionPlan(kind="text", text="How was it?", rule="q-2:low")
    survey = save_question(by=by, survey=survey, plan=plan)
    return open_survey(by=by, survey=survey), till


# --- kept -----------------------------------------------------------------------------------------------


def test_each_page_is_kept_without_a_script_and_goes_when_it_is_sent(ada, visitor):
    survey = opened_survey(ada)
    page = post(visitor, survey, {**sent(score="3"), "way": "qr"})
    assert "What you enter is kept with each page" in page.text
    [half] = HalfAnswer.objects.all()
    assert (half.key, half.way, half.language, half.typed, half.answered) == (
        KEY, "qr", "en", {"score": ["3"]}, ["score"],
    )  # fmt: skip
    assert not Feedback.objects.exists()
    post(visitor, survey, {**sent(page=1, score="3", why_low="I waited"), "go": "back"})
    half.refresh_from_db()
    assert half.typed == {"score": ["3"], "why-low": ["I waited"]}
    assert post(visitor, survey, sent(page=1, score="3", why_low="I waited")).status_code == 302
    assert not HalfAnswer.objects.exists()
    assert SurveyReply.objects.get().is_half is False
    post(visitor, survey, sent(score="9"))  # back, and on again: it has been sent
    assert not HalfAnswer.objects.exists()


def test_an_answer_that_a_rule_hides_later_is_dropped_from_what_is_kept(ada, visitor):
    survey, _till = in_a_shop(ada)
    post(visitor, survey, sent(page=1, score="9", q_1="c-1", q_2="1"))
    assert HalfAnswer.objects.get().answered == ["score", "q-1", "q-2"]
    back = sent(page=1, score="9", q_1="c-2", q_2="1")
    post(visitor, survey, {**back, "go": "back"})
    half = HalfAnswer.objects.get()
    assert (half.answered, half.typed) == (["score", "q-1"], {"score": ["9"], "q-1": ["c-2"]})


@pytest.mark.parametrize(
    ("use", "data"),
    [
        (HalfUse.NONE, sent(score="3")),
        (HalfUse.APART, {**sent(score="3"), "website": "https://spam.example"}),
        (HalfUse.APART, sent(score="3", key="short")),
        (HalfUse.APART, sent(score="eleven")),
        (HalfUse.APART, sent()),
    ],
)
def test_nothing_is_kept_where_it_is_not_wanted_by_a_robot_or_without_an_answer(ada, visitor, use, data):
    survey = uses(opened_survey(ada), use)
    page = post(visitor, survey, data)
    assert not HalfAnswer.objects.exists()
    assert ("is kept with each page" in page.text) == (use != HalfUse.NONE)


def test_a_form_of_one_page_says_nothing_of_keeping(ada, visitor):
    survey = opened_survey(ada, follow_up=FollowUp.ONE)
    assert "is kept" not in visitor.get(reverse("ask:form", args=[survey.public_id])).text


def test_too_many_pages_in_a_minute_are_shown_and_not_kept(ada, visitor, monkeypatch):
    survey = opened_survey(ada)
    monkeypatch.setattr(replies, "MOST_A_MINUTE", 1)
    caching.begin_test()
    post(visitor, survey, sent(score="3"))
    assert post(visitor, survey, sent(score="3", key="k" * 20)).status_code == 200
    assert HalfAnswer.objects.count() == 1
    assert post(visitor, survey, sent(page=1, score="3")).status_code == 302  # what is sent has its own count


def test_a_personal_link_goes_on_where_its_person_stopped(ada, visitor):
    survey = opened_survey(ada)
    row, here = invited(ada, survey)
    visitor.post(here, sent(score="3"))
    assert HalfAnswer.objects.get().invitation == row
    page = visitor.get(here).text
    assert "You began earlier." in page
    assert 'value="3"' in page.split("checked")[0][-120:]
    visitor.post(here, sent(key="another-form-that-loaded", score="4"))
    assert HalfAnswer.objects.get().typed == {"score": ["4"]}
    other = Client().get(reverse("ask:form", args=[survey.public_id])).text
    assert "checked" not in other


# --- counted --------------------------------------------------------------------------------------------


def test_half_answers_are_named_apart_and_in_no_score(ada, visitor, client_of):
    survey = opened_survey(ada)
    take(survey, key="form-key-number-one", score="9")
    post(visitor, survey, sent(score="0"))
    assert settle_half_answers(now=later(days=2)) == 0
    found = survey_results(survey, "en")
    assert (found.replies, found.half, found.half_counted) == (1, 1, 0)
    assert (score(survey).n, score(survey).half, score(survey).figure.value) == (1, 1, 100)
    page = client_of(ada).get(reverse("customer_voice:survey_detail", args=["northwind", survey.pk])).text
    text = " ".join(page.split())
    assert "1 person has answered." in text
    assert "1 more person began and has not sent." in text
    assert "they are named apart, and in no score and no share." in text
    assert "1 more person answered this and has not sent the survey." in text


def test_a_score_counts_after_an_hour_of_silence_where_the_survey_says_so(ada, visitor, client_of):
    survey = uses(opened_survey(ada), HalfUse.SCORED)
    take(survey, key="form-key-number-one", score="9")
    post(visitor, survey, sent(score="0"))
    assert settle_half_answers(now=later(minutes=59)) == 0
    assert settle_half_answers(now=later(minutes=61)) == 1
    assert settle_half_answers(now=later(minutes=62)) == 0
    found = survey_results(survey, "en")
    assert (found.replies, found.half, found.half_counted) == (1, 1, 1)
    assert (score(survey).n, score(survey).half, score(survey).figure.value) == (2, 0, 0)
    metric = survey.metrics.get().metric
    assert sum(point.figure.n for point in metric_series(ada.organization, metric).points) == 2
    page = client_of(ada).get(reverse("customer_voice:survey_detail", args=["northwind", survey.pk])).text
    assert "In the score now: 1." in page
    answers = client_of(ada).get(reverse("customer_voice:survey_file", args=["northwind", survey.pk, "csv"]))
    rows = answers.getvalue().decode("utf-8-sig").splitlines()[1:]
    assert sorted(row.split(",")[5:7] for row in rows) == [["no", "0"], ["yes", "9"]]


def test_who_goes_on_after_the_score_has_counted_replaces_it(ada, visitor):
    survey = uses(opened_survey(ada), HalfUse.SCORED)
    post(visitor, survey, sent(score="0"))
    settle_half_answers(now=later(hours=2))
    Submission.objects.update(received_at=timezone.now() - timedelta(days=3))  # at any time
    assert post(visitor, survey, sent(page=1, score="10", why_high="Lovely")).status_code == 302
    [row] = Feedback.objects.all()
    assert (row.score, row.text) == (10, "Lovely")
    assert (SurveyReply.objects.get().is_half, HalfAnswer.objects.exists()) == (False, False)
    found = survey_results(survey, "en")
    assert (found.replies, found.half) == (1, 0)


def test_without_the_metric_question_nothing_counts(ada, visitor):
    survey = survey_of(ada, follow_up=FollowUp.NONE)
    plan = QuestionPlan(kind="one_choice", text="Where?", choices=("Here", "There"))
    survey = save_question(by=ada, survey=survey, plan=plan)
    plan = QuestionPlan(kind="text", text="Why?", rule="q-1:c-1")
    survey = uses(open_survey(by=ada, survey=save_question(by=ada, survey=survey, plan=plan)), HalfUse.SCORED)
    post(visitor, survey, sent(q_1="c-1"))  # the score is asked for again
    assert HalfAnswer.objects.get().answered == ["q-1"]
    assert settle_half_answers(now=later(days=1)) == 0
    assert not Feedback.objects.exists()


def test_whoever_said_no_counts_in_no_score(ada, visitor):
    survey = uses(opened_survey(ada), HalfUse.SCORED)
    for number, email in enumerate(("ana@example.com", "bo@example.com", "cy@example.com")):
        ContactFactory(organization=ada.organization, external_reference=f"C-{number}", email=email)
        invite(by=ada, survey=survey, people=[Recipient(email=email)])
        survey.mailings.update(job_state="done")
        row = survey.invitations.get(email=email)
        visitor.post(reverse("ask:invited", args=[survey.public_id, secret_of(row)]), sent(score="0"))
    stop_surveys(invitation=survey.invitations.get(email="ana@example.com"))
    Contact.objects.filter(email="bo@example.com").update(
        consent=Consent.WITHDRAWN, consent_changed_at=timezone.now()
    )
    _row, here = invited(ada, survey, "no-contact@example.com")
    visitor.post(here, sent(score="0"))
    stop_surveys(invitation=survey.invitations.get(email="no-contact@example.com"))
    assert settle_half_answers(now=later(hours=2)) == 1
    assert Feedback.objects.get().contact.email == "cy@example.com"
    assert survey.invitations.get(email="cy@example.com").is_answered is False


def test_a_no_by_another_survey_or_on_another_record_of_the_address_holds_for_what_was_not_sent(ada, visitor):
    """Whoever said no elsewhere is found by the address, as lists and merges find her."""
    survey = uses(opened_survey(ada), HalfUse.SCORED)
    for email in ("ana@example.com", "bo@example.com", "cy@example.com"):
        _row, here = invited(ada, survey, email)
        survey.mailings.update(job_state="done")
        visitor.post(here, sent(score="0"))
    NoMoreSurveys.objects.create(
        organization=ada.organization, digest=hashlib.sha256(b"ana@example.com").hexdigest()
    )
    ContactFactory(
        organization=ada.organization,
        email="Bo@example.com",
        consent=Consent.WITHDRAWN,
        consent_changed_at=timezone.now(),
    )
    assert settle_half_answers(now=later(hours=2)) == 1
    [reply] = SurveyReply.objects.filter(is_half=True)
    assert reply.half.invitation.email == "cy@example.com"


def test_a_survey_that_closed_since_still_counts_what_was_typed_while_it_was_open(ada, visitor):
    survey = uses(opened_survey(ada), HalfUse.SCORED)
    post(visitor, survey, sent(score="5"))
    closed = close_survey(by=ada, survey=survey)
    assert post(visitor, survey, sent(score="6")).status_code == 409
    assert HalfAnswer.objects.get().typed == {"score": ["5"]}
    late = {"typed": {"score": ["6"]}, "language": "en", "way": "link", "key": "k" * 20}
    assert keep_half(survey=closed, questionnaire=survey_content(closed.content), **late) is None
    assert settle_half_answers(now=later(hours=2)) == 1
    assert Feedback.objects.get().score == 5


def test_choices_of_half_answers_are_in_no_share(ada, visitor):
    survey, till = in_a_shop(ada)
    uses(survey, HalfUse.SCORED)
    post(visitor, survey, sent(page=1, score="9", q_1="c-1", q_2="1"))
    settle_half_answers(now=later(hours=2))
    found = {one.key: one for one in survey_results(survey, "en").questions}
    assert SurveyMark.objects.filter(question="q-1").exists()
    assert (found["q-1"].n, found["q-1"].half) == (0, 1)
    assert (found["q-2"].n, found["q-2"].half) == (1, 0)
    assert Feedback.objects.get(metric=till).score == 1


# --- forgotten ------------------------------------------------------------------------------------------


def test_what_was_typed_is_emptied_after_a_month_and_still_named(ada, visitor):
    survey = opened_survey(ada)
    post(visitor, survey, sent(score="0"))
    settle_half_answers(now=later(days=29))
    assert HalfAnswer.objects.get().typed
    settle_half_answers(now=later(days=31))
    assert HalfAnswer.objects.get().typed == {}
    assert (survey_results(survey, "en").half, score(survey).half) == (1, 1)


def test_the_file_has_what_was_begun_and_says_that_it_was_not_sent(ada, visitor, client_of):
    survey, _till = in_a_shop(ada)
    post(visitor, survey, sent(page=1, score="9", q_1="c-1", q_2="1"))
    answers = client_of(ada).get(reverse("customer_voice:survey_file", args=["northwind", survey.pk, "csv"]))
    [row] = answers.getvalue().decode("utf-8-sig").splitlines()[1:]
    assert row.split(",")[5:] == ["no", "9", "Yes", "1", ""]


def test_erasing_a_customer_takes_what_was_begun_along(ada, visitor):
    survey = uses(opened_survey(ada), HalfUse.SCORED)
    ContactFactory(organization=ada.organization, external_reference="C-7", email="ana@example.com")
    _row, here = invited(ada, survey)
    visitor.post(here, sent(score="0"))
    erase_customer(by=ada, customer="C-7")
    assert not HalfAnswer.objects.exists()
    post(visitor, survey, sent(score="1"))
    settle_half_answers(now=later(hours=2))
    erase_answer(by=ada, answer=Feedback.objects.get(), removes_rows=True)
    assert not HalfAnswer.objects.exists()
    assert settle_half_answers(now=later(hours=2)) == 0


def test_the_rule_is_set_with_the_survey_and_copied(ada):
    survey = opened_survey(ada)
    assert survey.half_answers == HalfUse.APART
    values = {"name": "x", "touchpoint": survey.touchpoint}
    survey = change_survey(by=ada, survey=survey, half_answers=HalfUse.SCORED, **values)
    assert change_survey(by=ada, survey=survey, **values).half_answers == HalfUse.SCORED
