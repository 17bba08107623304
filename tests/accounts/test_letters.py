"""Mail is a row first: nobody waits for a mail server or meets its errors; what failed is seen."""

import email.policy
import smtplib
from datetime import timedelta
from email.header import decode_header, make_header

import pytest
from django.core import mail
from django.core.mail import EmailMessage, EmailMultiAlternatives, mailers, send_mail
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.mail import send_invitation
from accounts.models import AuditEvent, EventDelivery, Letter
from accounts.services import letters
from accounts.services.letters import _message
from accounts.tasks import forget_letters, send_letter, send_letters
from common.errors import DomainError
from common.jobs import JobState, restart_stale_jobs
from tests.factories.accounts import EventDeliveryFactory, LetterFactory

pytestmark = pytest.mark.django_db

LOCAL = {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}


class Broken(BaseEmailBackend):
    error: Exception = ConnectionRefusedError("Connection refused")

    def send_messages(self, email_messages):
        raise self.error


@pytest.fixture
def postbox(settings):
    settings.MAILERS = {"default": {"BACKEND": "accounts.postbox.PostboxBackend"}, "outgoing": LOCAL}


@pytest.fixture
def broken(settings, monkeypatch):
    settings.MAILERS = {
        "default": {"BACKEND": "accounts.postbox.PostboxBackend"},
        "outgoing": {"BACKEND": "tests.accounts.test_letters.Broken"},
    }

    def with_error(error):
        monkeypatch.setattr(Broken, "error", error)

    return with_error


def waiting(**values) -> Letter:
    return LetterFactory(job_state=JobState.QUEUED, failure="", **values)


def test_mail_is_written_down_and_leaves_by_the_worker(postbox):
    message = EmailMultiAlternatives(
        "One\nsubject", "Customer comment", "cx@example.org", ["a@x.org", "b@x.org"]
    )
    message.attach_alternative("<p>Words</p>", "text/html")
    message.send()
    assert mail.outbox == []
    first, second = Letter.objects.order_by("pk")
    assert (first.recipient, second.recipient) == ("a@x.org", "b@x.org")
    send_letter(first.pk)
    send_letter(first.pk)
    (sent,) = mail.outbox
    assert (sent.to, sent.subject, sent.body) == (["a@x.org"], "One subject", "Customer comment")
    assert sent.alternatives[0].content == "<p>Words</p>"
    first.refresh_from_db()
    assert (first.job_state, first.body, first.html) == (JobState.DONE, "", "")
    assert first.sent_at is not None


def test_an_address_in_a_header_leaves_as_it_is_however_long():
    stop = f"<https://experience.northwind-telecom.example/f/{'a' * 16}/no/{'b' * 43}/>"
    letter = waiting(body="für Sie\n" + "wort " * 300, headers={"List-Unsubscribe": stop})
    sent = _message(letter).message(policy=email.policy.SMTP).as_bytes()
    assert f"\r\nList-Unsubscribe: {stop}\r\n".encode() in sent
    assert max(map(len, sent.split(b"\r\n"))) <= 998


def test_words_of_a_letter_cannot_be_turned_round(postbox):
    send_mail("Race\u202e\r\nBcc: x", "Vote on \u2067Race\u202e today", "cx@example.org", ["a@x.org"])
    letter = Letter.objects.get()
    assert (letter.subject, letter.body) == ("Race Bcc: x", "Vote on Race today")


def test_mail_of_a_change_that_is_undone_does_not_exist(postbox, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        send_mail("Subject", "Customer comment", None, ["a@x.org"])
    assert len(callbacks) == 1  # the message to the worker follows the commit


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError("Connection refused"),
        TimeoutError("timed out"),
        smtplib.SMTPServerDisconnected("Connection unexpectedly closed"),
        smtplib.SMTPResponseException(421, b"Try later"),
        smtplib.SMTPAuthenticationError(535, b"Bad credentials"),
        smtplib.SMTPRecipientsRefused({"a@x.org": (451, b"Greylisted")}),
    ],
)
def test_a_server_that_is_away_leaves_the_letter_waiting_with_the_reason(broken, error):
    broken(error)
    letter = waiting()
    assert not services.send_letter(letter=letter)
    letter.refresh_from_db()
    assert letter.job_state == JobState.RUNNING  # the periodic task takes it up again
    assert letter.failure.startswith("The mail server")
    assert letter.body


def test_an_address_that_is_refused_for_good_fails_at_once(broken):
    broken(smtplib.SMTPRecipientsRefused({"a@x.org": (550, b"5.1.1 No such\r\nuser")}))
    letter = waiting()
    services.send_letter(letter=letter)
    letter.refresh_from_db()
    assert letter.job_state == JobState.FAILED
    assert letter.failure == "The mail server answered: 550 5.1.1 No such user"


@pytest.mark.parametrize(("attempts", "state"), [(58, JobState.RUNNING), (59, JobState.FAILED)])
def test_after_two_hours_it_is_given_up(broken, attempts, state):
    letter = waiting(attempts=attempts)
    services.send_letter(letter=letter)
    letter.refresh_from_db()
    assert letter.job_state == state


def test_a_letter_that_waited_leaves_when_the_server_is_back(postbox):
    letter = LetterFactory(
        job_state=JobState.RUNNING,
        attempts=3,
        failure="The mail server cannot be reached.",
        heartbeat_at=timezone.now() - timedelta(hours=1),
    )
    assert services.send_letter(letter=letter)
    letter.refresh_from_db()
    assert (letter.job_state, letter.failure) == (JobState.DONE, "")


def test_inviting_works_while_mail_is_down(broken, ada, client_of, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        answer = client_of(ada).post(
            reverse("accounts:invite", args=["northwind"]), {"email": "new@x.org", "role": "contributor"}
        )
    assert answer.status_code in {200, 302}
    assert Letter.objects.get().recipient == "new@x.org"


def test_a_reset_answers_alike_for_known_and_unknown_while_mail_is_down(broken, ben):
    answers = [
        Client().post(reverse("account_reset_password"), {"email": email})
        for email in (ben.user.email, "nobody@x.org")
    ]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [
        (302, reverse("account_reset_password_done"))
    ] * 2
    assert [letter.recipient for letter in Letter.objects.all()] == [ben.user.email]


def test_words_go_after_a_week_and_rows_after_a_month(postbox):
    ages = {}
    for days in (6, 8, 29, 31):
        letter = LetterFactory(created_at=timezone.now() - timedelta(days=days))
        ages[letter.pk] = days
    forget_letters()
    left = {ages[letter.pk]: bool(letter.body) for letter in Letter.objects.all()}
    assert left == {6: True, 8: False, 29: False}


# --- many letters -------------------------------------------------------------------------------


class Counting(BaseEmailBackend):
    """Writes down when it is opened and closed, and to whom it sent over which connection."""

    log: list[str] = []

    def open(self):
        if not getattr(self, "is_open", False):
            self.is_open = True
            self.log.append("open")

    def close(self):
        self.is_open = False
        self.log.append("close")

    def send_messages(self, email_messages):
        for message in email_messages:
            if message.to == ["bad@x.org"]:
                raise smtplib.SMTPRecipientsRefused({"bad@x.org": (550, b"No such user")})
            if message.to == ["later@x.org"]:
                raise smtplib.SMTPRecipientsRefused({"later@x.org": (451, b"Greylisted")})
            self.log.append(message.to[0])


@pytest.fixture
def lots(settings, monkeypatch):
    """The log of the server, and the messages that ask for the next lot."""
    settings.MAILERS = {
        "default": {"BACKEND": "accounts.postbox.PostboxBackend"},
        "outgoing": {"BACKEND": "tests.accounts.test_letters.Counting"},
    }
    monkeypatch.setattr(Counting, "log", [])
    asked = []
    monkeypatch.setattr("accounts.tasks.send_letters.delay", lambda: asked.append("lot"))
    return Counting.log, asked


def test_a_lot_goes_over_one_connection_and_asks_for_the_next_one(lots):
    log, asked = lots
    for name in "abc":
        waiting(recipient=f"{name}@x.org")
    assert services.send_lot(most=2) == 2
    assert log == ["open", "a@x.org", "b@x.org", "close"]
    assert asked == ["lot"]
    send_letters()
    assert log[4:] == ["open", "c@x.org", "close"]
    assert asked == ["lot"]
    assert set(Letter.objects.values_list("job_state", flat=True)) == {JobState.DONE}


def test_a_lot_ends_after_some_seconds_so_that_other_work_has_its_turn(lots):
    _log, asked = lots
    for name in "abc":
        waiting(recipient=f"{name}@x.org")
    assert services.send_lot(seconds=0) == 1
    assert asked == ["lot"]


def test_an_address_that_is_refused_does_not_stop_the_others(lots):
    log, asked = lots
    for name in ("bad", "later", "c"):
        waiting(recipient=f"{name}@x.org")
    assert services.send_lot() == 3
    assert log == ["open", "c@x.org", "close"]
    assert asked == []  # the one that is to be tried later rests first
    states = dict(Letter.objects.values_list("recipient", "job_state"))
    assert states == {"bad@x.org": "failed", "later@x.org": "running", "c@x.org": "done"}


def test_a_server_that_is_away_ends_the_lot_at_its_first_letter(broken, monkeypatch):
    asked = []
    monkeypatch.setattr("accounts.tasks.send_letters.delay", lambda: asked.append("lot"))
    for name in "abc":
        waiting(recipient=f"{name}@x.org")
    assert services.send_lot() == 1
    assert sorted(Letter.objects.values_list("attempts", flat=True)) == [0, 0, 1]
    assert asked == []


def test_many_letters_are_asked_for_once(lots, django_capture_on_commit_callbacks):
    _log, asked = lots
    with django_capture_on_commit_callbacks(execute=True):
        for name in "abc":
            values = {"sender": "", "subject": "Hello", "body": "Hello", "is_one_of_many": True}
            services.post(recipient=f"{name}@x.org", **values)
        services.send_lots()
    assert asked == ["lot"]


def test_letters_that_were_forgotten_are_asked_for_by_one_message(lots, settings):
    _log, asked = lots
    settings.STALE_AFTER_SECONDS = 100
    now = timezone.now()
    for _number in range(3):
        waiting(heartbeat_at=now - timedelta(seconds=101))
    assert restart_stale_jobs(now) == 1
    assert asked == ["lot"]


def test_letters_in_line_are_not_taken_for_forgotten_while_lots_go_out(lots, settings):
    _log, asked = lots
    settings.STALE_AFTER_SECONDS = 100
    now = timezone.now()
    for name in "ab":
        waiting(recipient=f"{name}@x.org", heartbeat_at=now - timedelta(seconds=60))
    letters.send_lot(most=1)
    assert asked == ["lot"]
    assert restart_stale_jobs(now + timedelta(seconds=60)) == 0


# --- the page ------------------------------------------------------------------------------------


def page(member, client_of):
    return client_of(member).get(reverse("accounts:work", args=["northwind"])).text


def test_the_page_shows_our_letters_only(ada, ben, dora, client_of):
    LetterFactory(recipient=ben.user.email, subject="To Ben")
    LetterFactory(recipient=dora.user.email, subject="To Dora")
    LetterFactory(recipient=ben.user.email, subject="Arrived", job_state=JobState.DONE, failure="")
    text = page(ada, client_of)
    assert "To Ben" in text
    assert "550 No such user" in text
    assert "To Dora" not in text
    assert "Arrived" not in text


def test_what_another_organization_writes_to_the_same_address_is_its_own(ada, dora, client_of):
    """Both invited her, or she is in both: its letters carry names, subjects and secret links of its own."""
    services.invite_person(by=ada, email="lee@example.org", role="contributor")
    theirs = LetterFactory(recipient="lee@example.org", subject="Theirs", organization=dora.organization)
    ours = LetterFactory(recipient="lee@example.org", subject="Ours to Lee", organization=ada.organization)
    text = page(ada, client_of)
    assert "Ours to Lee" in text
    assert "Theirs" not in text
    again = [
        reverse("accounts:letter_send_again", args=["northwind", letter.pk]) for letter in (theirs, ours)
    ]
    assert [client_of(ada).post(url).status_code for url in again] == [404, 302]


def test_a_letter_about_an_account_is_seen_where_its_person_works(ada, ben, client_of):
    services.invite_person(by=ada, email="lee@example.org", role="contributor")
    LetterFactory(recipient=ben.user.email, subject="To a member")
    LetterFactory(recipient="lee@example.org", subject="To somebody invited")
    text = page(ada, client_of)
    assert "To a member" in text
    assert "To somebody invited" not in text


def test_an_invitation_is_written_for_its_organization_and_says_so_to_nobody(postbox, ada):
    send_invitation(*services.invite_person(by=ada, email="lee@example.org", role="contributor"))
    letter = Letter.objects.get()
    assert letter.organization == ada.organization
    assert letter.headers == {}
    send_letter(letter.pk)
    assert [list(sent.extra_headers) for sent in mail.outbox] == [["Message-ID"]]


def test_a_letter_is_sent_again_from_the_page(postbox, ada, ben, client_of):
    letter = LetterFactory(recipient=ben.user.email, attempts=60)
    client_of(ada).post(reverse("accounts:letter_send_again", args=["northwind", letter.pk]))
    letter.refresh_from_db()
    assert (letter.job_state, letter.attempts, letter.failure) == (JobState.QUEUED, 0, "")
    assert AuditEvent.objects.filter(verb="letter.sent_again").count() == 1
    send_letter(letter.pk)
    assert mail.outbox[0].to == [ben.user.email]


@pytest.mark.parametrize(
    "values", [{"body": ""}, {"job_state": JobState.QUEUED}, {"job_state": JobState.DONE}]
)
def test_what_has_no_words_or_is_not_failed_is_not_sent_again(ada, values):
    with pytest.raises(DomainError):
        services.send_again(by=ada, letter=LetterFactory(**values))


def test_a_stuck_event_is_tried_again_from_the_page(ada, organization, client_of):
    delivery = EventDeliveryFactory(event__organization=organization)
    assert "tests.events.note" in page(ada, client_of)
    client_of(ada).post(reverse("accounts:event_try_again", args=["northwind", delivery.pk]))
    delivery = EventDelivery.objects.get()
    assert (delivery.attempts, delivery.stuck_at) == (0, None)


def test_a_quiet_page_says_so(ada, client_of):
    assert "Nothing is waiting." in page(ada, client_of)


def test_the_headers_of_a_letter_go_out_with_it(postbox):
    letter = services.post(
        sender="cx@example.org",
        recipient="a@x.org",
        subject="Please vote",
        body="Please vote on INI-1.",
        headers={"Auto-Submitted": "auto-generated"},
    )
    send_letter(letter.pk)
    assert mail.outbox[0].extra_headers["Auto-Submitted"] == "auto-generated"


def test_words_of_a_letter_that_still_waits_are_kept_however_long_it_waited(postbox):
    waiting(created_at=timezone.now() - timedelta(days=8))
    forget_letters()
    assert Letter.objects.get().body == "Please vote on INI-1."


def test_the_letter_that_was_asked_for_is_sent_again_and_no_other(ada):
    first, second = LetterFactory(attempts=60), LetterFactory(attempts=60)
    services.send_again(by=ada, letter=second)
    for letter in (first, second):
        letter.refresh_from_db()
    assert (first.job_state, second.job_state) == (JobState.FAILED, JobState.QUEUED)


def test_trying_a_stuck_event_again_is_in_the_trail(ada):
    delivery = EventDeliveryFactory(event__organization=ada.organization)
    services.try_again(by=ada, delivery=delivery)
    event = AuditEvent.objects.get(verb="event.tried_again")
    assert (event.actor, event.after) == (ada.user, {"reader": "tests.events.note"})


def test_trying_an_event_again_leaves_other_stuck_events_alone(ada):
    first, second = (EventDeliveryFactory(event__organization=ada.organization) for _ in "ab")
    services.try_again(by=ada, delivery=second)
    attempts = {delivery.pk: delivery.attempts for delivery in EventDelivery.objects.all()}
    assert attempts == {first.pk: 8, second.pk: 0}


def test_a_letter_has_one_mark_of_the_senders_domain_however_often_it_is_tried(db):
    letter = LetterFactory(sender="CX program <cx@acme.example>")
    first, again = (_message(letter).message()["Message-ID"] for _ in range(2))
    other = _message(LetterFactory(sender="CX program <cx@acme.example>")).message()["Message-ID"]
    assert first == again != other
    assert first.endswith("@acme.example>")


@pytest.mark.parametrize("code", [451, 550])
def test_the_log_names_the_letter_and_the_error_and_nobodys_address(broken, caplog, code):
    answer = b"5.1.1 <mia@example.org>: Recipient address rejected"
    broken(smtplib.SMTPRecipientsRefused({"mia@example.org": (code, answer)}))
    letter = waiting()
    services.send_letter(letter=letter)
    letter.refresh_from_db()
    assert "mia@example.org" in letter.failure  # whoever looks after mail reads it there
    assert "mia@example.org" not in caplog.text
    assert f"accounts.Letter {letter.pk}" in caplog.text
    assert "SMTPRecipientsRefused" in caplog.text


# --- many at once --------------------------------------------------------------------------------


@pytest.fixture
def messages_sent(lots, monkeypatch) -> list[str]:
    """The messages to the worker, one word each."""
    _log, asked = lots
    monkeypatch.setattr("accounts.tasks.send_letter.delay", lambda pk: asked.append("letter"))
    return asked


def test_a_list_of_people_is_invited_with_one_message_to_the_worker(
    messages_sent, ada, client_of, django_capture_on_commit_callbacks
):
    """A report that is asked for next waits behind one lot, not behind 45 letters."""
    lines = "\n".join(f"person{number}@northwind.example" for number in range(45))
    typed = {"people": lines, "role": "contributor", "function": "", "confirm": "on"}
    with django_capture_on_commit_callbacks(execute=True):
        client_of(ada).post(reverse("accounts:invite_many", args=["northwind"]), typed)
    assert Letter.objects.count() == 45
    assert messages_sent == ["lot"]


def test_one_letter_has_a_message_of_its_own_and_does_not_wait_behind_a_lot(
    messages_sent, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        mailers.default.send_messages([EmailMessage("Hello", "Hello", to=["a@x.org"])])
    assert messages_sent == ["letter"]


def test_several_letters_handed_over_together_are_asked_for_once(
    messages_sent, django_capture_on_commit_callbacks
):
    drafts = [EmailMessage("Hello", "Hello", to=[f"{name}@x.org"]) for name in "ab"]
    with django_capture_on_commit_callbacks(execute=True):
        assert mailers.default.send_messages(drafts) == 2
        mailers.default.send_messages(drafts[:1])  # what comes later is again on its own
    assert sorted(messages_sent) == ["letter", "lot"]


def test_the_queue_of_the_embedded_mode_is_looked_at_several_times_a_second(settings):
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("polling_interval", 0.1) <= 0.2


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("cxprogram <cx@example.org>", "Müller, Söhne & 公司"),
        ("cx@example.org", "Müller, Söhne & 公司"),
        ("Voice of customers <cx@example.org>", "Voice of customers"),
    ],
)
def test_a_letter_comes_in_the_name_of_its_organization(settings, organization, given, name):
    settings.DEFAULT_FROM_EMAIL = given
    organization.name = "Müller, Söhne & 公司"
    organization.save()
    sent = email.message_from_bytes(
        _message(waiting(organization=organization, sender="")).message().as_bytes(),
        policy=email.policy.default,
    )
    (address,) = sent["From"].addresses
    assert (address.display_name, address.addr_spec) == (name, "cx@example.org")


def test_a_letter_of_no_organization_comes_in_the_name_of_the_product(settings):
    settings.DEFAULT_FROM_EMAIL = "cxprogram <cx@example.org>"
    assert _message(waiting(organization=None, sender="")).from_email == "cxprogram <cx@example.org>"


def test_a_long_name_in_any_script_is_written_in_lines_that_mail_servers_take(settings, organization):
    settings.DEFAULT_FROM_EMAIL = "cxprogram <cx@example.org>"
    organization.name = "客户体验" * 30
    sent = _message(waiting(organization=organization, sender="", headers={"X-Long": "a" * 900})).message()
    lines = sent.as_bytes().splitlines()
    assert max(map(len, lines)) <= 998
    encoded = [line for line in lines if b"=?" in line]
    assert max(map(len, encoded)) <= 78
    assert b"X-Long: " + b"a" * 900 in lines
    raw = email.message_from_bytes(sent.as_bytes(), policy=email.policy.compat32)["From"]
    said = str(make_header(decode_header(raw)))  # as RFC 2047 reads it: no blank between encoded words
    assert said == f"{organization.name} <cx@example.org>"
