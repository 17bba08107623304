"""What goes wrong with surveys: a token used twice in the same instant, forms of yesterday, a mail server
that breaks off half way."""

import smtplib
from collections import Counter
from datetime import timedelta

import pytest
from django.core.mail import mailers
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Letter
from accounts.services import send_lot
from common.jobs import JobState
from customer_voice.models import Feedback, MetricPoint, Submission, SurveyInvitation, SurveyMailing
from customer_voice.services import (
    QuestionPlan,
    Recipient,
    invite,
    open_survey,
    reword_survey,
    save_question,
    write_letters,
)
from customer_voice.services.mailings import secret_of
from tests.factories.accounts import MembershipFactory
from tests.factories.surveys import opened_survey, sent, survey_of
from tests.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="in memory one writer shuts the others out")
def test_a_token_used_four_times_in_the_same_instant_gives_one_answer():
    leader = MembershipFactory(role=Role.CX_LEADER)
    survey = opened_survey(leader, follow_up="none")
    invite(by=leader, survey=survey, people=[Recipient(email="mei@yard.example", line=2)])
    secret = secret_of(SurveyInvitation.objects.get())
    address = reverse("ask:invited", args=[survey.public_id, secret])

    def answer(score):
        def act():
            return Client().post(address, sent(f"another-form-of-the-{score}", score=str(score))).status_code

        return act

    found = at_once(*(answer(score) for score in (1, 4, 7, 10)))
    assert set(found) <= {302, 409}
    assert 302 in found
    [row] = Feedback.objects.all()
    assert Submission.objects.count() == 1
    assert row.score in {1, 4, 7, 10}
    assert Client().post(address, sent("the-day-after-in-this-test", score="0")).status_code in {302, 409}
    assert (Feedback.objects.count(), MetricPoint.objects.get().n) == (1, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="in memory one writer shuts the others out")
def test_one_form_sent_four_times_in_the_same_instant_counts_once():
    leader = MembershipFactory(role=Role.CX_LEADER)
    survey = opened_survey(leader, follow_up="none")
    address = reverse("ask:form", args=[survey.public_id])

    def answer():
        return Client().post(address, sent(score="9")).status_code

    assert at_once(answer, answer, answer, answer) == [302] * 4
    assert (Feedback.objects.get().score, MetricPoint.objects.get().n) == (9, 1)


def two_questions(ada):
    survey = survey_of(ada, follow_up="none")
    plan = QuestionPlan(kind="one_choice", text="Which shop?", choices=("North", "South"))
    return open_survey(by=ada, survey=save_question(by=ada, survey=survey, plan=plan))


def test_an_answer_to_a_question_that_is_not_there_is_left_and_the_rest_counts(ada):
    survey = two_questions(ada)
    data = sent(score="8", q_1="c-1", q_7="c-3", why="of another version")
    assert Client().post(reverse("ask:form", args=[survey.public_id]), data).status_code == 302
    [row] = Feedback.objects.all()
    assert (row.score, row.text) == (8, "")
    reply = survey.replies.get()
    assert [mark.question for mark in reply.marks.all()] == ["q-1"]


def test_a_choice_that_is_not_there_asks_again_and_loses_nothing(ada):
    survey = two_questions(ada)
    answer = Client().post(reverse("ask:form", args=[survey.public_id]), sent(score="8", q_1="c-9"))
    assert answer.status_code in {200, 422}
    assert 'value="8"' in answer.text
    assert not Feedback.objects.exists()


def test_a_form_that_was_open_while_words_were_corrected_counts(ada):
    survey = two_questions(ada)
    client, address = Client(), reverse("ask:form", args=[survey.public_id])
    assert client.get(address).status_code == 200
    reword_survey(by=ada, survey=survey, texts={"title": {"en": "How did we do today?"}}, means_the_same=True)
    assert client.post(address, sent(score="8", q_1="c-2")).status_code == 302
    assert Feedback.objects.get().score == 8


class BreaksOff:
    """A mail server that takes letters, goes away half way without a word, and comes back."""

    def __init__(self, goes_after: int) -> None:
        self.goes_after, self.taken = goes_after, []

    def open(self) -> None:
        if self.goes_after == 0:
            raise ConnectionRefusedError("nobody there")

    def close(self) -> None:
        pass

    def send_messages(self, messages) -> int:
        if self.goes_after == 0:
            raise smtplib.SMTPServerDisconnected("connection lost")
        self.goes_after -= 1
        self.taken += [address for message in messages for address in message.to]
        return len(messages)


@pytest.mark.parametrize("count", [500, pytest.param(5_000, marks=[pytest.mark.slow, pytest.mark.drawn])])
def test_invitations_with_a_server_that_breaks_off_half_way_go_once_each(ada, monkeypatch, count):
    """Every letter goes once: those that were not taken wait, and go when the server is back."""
    server = BreaksOff(half := count // 2 + 50)
    monkeypatch.setattr(type(mailers), "__getitem__", lambda self, alias: server)
    survey = opened_survey(ada)
    people = [Recipient(email=f"c{number}@example.com", line=number + 2) for number in range(count)]
    assert invite(by=ada, survey=survey, people=people).asked == count
    [mailing] = SurveyMailing.objects.filter(survey=survey)
    assert write_letters(mailing=mailing)
    assert not write_letters(mailing=mailing) or Letter.objects.count() == count
    assert Letter.objects.count() == count
    send_lot(most=5_000, seconds=600)
    assert len(server.taken) == half
    states = Counter(Letter.objects.values_list("job_state", flat=True))
    assert (states[JobState.DONE], states[JobState.FAILED]) == (half, 0)
    for _try in range(3):  # still away: nothing is lost, and nobody is written to twice
        send_lot(most=5_000, seconds=600)
    assert len(server.taken) == half
    server.goes_after = 10_000
    rested = timezone.now() - timedelta(hours=2)
    Letter.objects.exclude(job_state=JobState.DONE).update(heartbeat_at=rested)
    for _round in range(2):
        send_lot(most=5_000, seconds=600)
    assert Counter(Counter(server.taken).values()) == {1: count}
    assert not Letter.objects.exclude(job_state=JobState.DONE).exists()
