"""Mailboxes: new messages of a real IMAP server become comments, each once; what machines write does not."""

import ssl
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from django.utils import timezone, translation

from accounts.models import AuditEvent
from common.errors import InvalidValues
from common.jobs import JobState
from common.outgoing import HostRefused, Unreachable
from customer_voice.errors import MailRefused
from customer_voice.importers.letters import own_words, read_letter, words_of_html
from customer_voice.models import Feedback, Mailbox
from customer_voice.services import (
    MailboxPlan,
    change_mailbox,
    create_mailbox,
    erase_answer,
    fetch_mailbox,
    queue_mailboxes,
    switch_mailbox,
    try_mailbox,
)
from tests.factories.customer_voice import ContactFactory, TouchpointFactory
from tests.mail_server import serving

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(tmp_path, settings, monkeypatch):
    """A mail server whose certificate is trusted; the operator permits hosts of this machine."""
    settings.PRIVATE_HOSTS = True
    with serving(tmp_path) as server:

        def context() -> ssl.SSLContext:
            return ssl.create_default_context(cafile=server.certificate)

        monkeypatch.setattr("customer_voice.importers.mail_server.tls_context", context)
        yield server


@pytest.fixture
def plan(organization, post):
    return MailboxPlan(
        source="inbox",
        touchpoint=TouchpointFactory(organization=organization, key="mail"),
        host="localhost",
        port=post.port,
        security="tls",
        username="care@shop.example",
        password=post.password,
        channel="e-mail",
    )


@pytest.fixture
def box(ada, plan) -> Mailbox:
    return create_mailbox(by=ada, plan=plan)


def letter(
    text="It was slow.", *, name="<m1@example.com>", sender="ana@example.com", html="", **headers
) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "care@shop.example", "Hello"
    message["Date"] = "Mon, 30 Mar 2026 10:00:00 +0200"
    if name:
        message["Message-ID"] = name
    for key, value in headers.items():
        message[key.replace("_", "-")] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message.as_bytes()


def fetch(box: Mailbox) -> Mailbox:
    """One look, as the worker does it."""
    box.refresh_from_db()
    box.queue_again()
    box.save()
    fetch_mailbox(mailbox_id=box.pk)
    box.refresh_from_db()
    return box


def texts() -> list[str]:
    return list(Feedback.objects.order_by("pk").values_list("text", flat=True))


def test_new_messages_become_comments_and_come_in_once(organization, post, box):
    ContactFactory(organization=organization, external_reference="C-7", email="Ana@example.com")
    post.arrive(letter("Earlier.", name="<old@example.com>"), at=timezone.now() - timedelta(days=3))
    post.arrive(letter("The till was slow.\n\n-- \nAna\n"))
    box = fetch(box)
    assert (box.job_state, box.failure, box.taken, box.left_out) == (JobState.DONE, "", 1, {})
    answer = Feedback.objects.get()
    assert (answer.text, answer.score, answer.metric) == ("The till was slow.", None, None)
    assert answer.occurred_at == datetime(2026, 3, 30, 8, 0, tzinfo=UTC)
    assert (answer.submission.external_id, answer.submission.source.name) == ("m1@example.com", "inbox")
    assert (answer.touchpoint.key, answer.channel.name) == ("mail", "e-mail")
    assert answer.contact.external_reference == "C-7"
    assert "STORE" not in post.commands
    assert "SELECT" not in post.commands
    post.arrive(letter("Again the same message."))
    post.arrive(letter("Another.", name="<m2@example.com>", sender="nobody@example.com"))
    box = fetch(box)
    assert (box.taken, box.left_out, box.last_uid) == (2, {"known": 1}, 4)
    assert texts() == ["The till was slow.", "Another."]


def test_numbers_that_begin_anew_bring_nothing_twice(post, box):
    post.arrive(letter())
    fetch(box)
    post.validity, post.messages = 8, {}
    post.arrive(letter())
    post.arrive(letter("New.", name="<m2@example.com>"))
    box = fetch(box)
    assert (box.uid_validity, box.last_uid, box.taken) == (8, 2, 2)
    assert texts() == ["It was slow.", "New."]


def test_older_messages_come_in_where_that_was_asked_for(ada, post, plan):
    post.arrive(letter("Last week.", name="<a@x>"), at=timezone.now() - timedelta(days=6))
    post.arrive(letter("Last year.", name="<b@x>"), at=timezone.now() - timedelta(days=400))
    values = {name: getattr(plan, name) for name in MailboxPlan.__slots__}
    fetch(create_mailbox(by=ada, plan=MailboxPlan(**{**values, "days_back": 7})))
    assert texts() == ["Last week."]


@pytest.mark.parametrize(
    ("why", "values"),
    [
        ("automatic", {"Auto_Submitted": "auto-replied"}),
        ("automatic", {"Precedence": "auto_reply"}),
        ("automatic", {"X_Autoreply": "yes"}),
        ("automatic", {"X_Auto_Response_Suppress": "All"}),
        ("bounce", {"sender": "MAILER-DAEMON@mx.example.com"}),
        ("bounce", {"Return_Path": "<>"}),
        ("ours", {"sender": "cxprogram <cx@localhost>"}),
        ("list", {"List_Id": "<news.example.com>"}),
        ("empty", {"text": "\n> only quoted\n"}),
    ],
)
def test_what_no_person_wrote_is_left_out_and_counted(post, box, why, values):
    post.arrive(letter(**values))
    box = fetch(box)
    assert (box.left_out, box.taken, texts()) == ({why: 1}, 0, [])


def test_what_says_that_it_is_not_automatic_comes_in(post, box):
    post.arrive(letter(Auto_Submitted="no", X_Auto_Response_Suppress="None"))
    assert fetch(box).taken == 1


def test_large_and_broken_messages_hold_nothing_up(post, box):
    post.sizes[post.arrive(letter(name="<big@x>"))] = 50_000_000
    post.arrive(b"\xff\xfe\x00" * 50)
    post.arrive(b"")
    post.arrive(b"From: a@b.c\nContent-Type: multipart/mixed\n\nno boundary")
    post.arrive(b"From: a@b.c\nContent-Type: text/plain; charset=klingon\nMessage-ID: <k@x>\n\nHello")
    post.arrive(letter("Fine.", name=f"<{'x' * 300}@example.com>"))
    box = fetch(box)
    assert (box.job_state, box.failure, box.last_uid) == (JobState.DONE, "", 6)
    assert box.left_out["too_large"] == 1
    assert texts()[-1] == "Fine."
    assert "Hello" in texts()
    assert sum(box.left_out.values()) + box.taken == 6


def test_an_erased_comment_stays_away(ada, post, box):
    post.arrive(letter())
    fetch(box)
    erase_answer(by=ada, answer=Feedback.objects.get(), removes_rows=True)
    post.validity += 1
    assert fetch(box).left_out == {"erased": 1}
    assert texts() == []


def test_a_wrong_password_is_tried_three_times_and_then_no_more(ada, post, box, plan):
    post.password = "another word"
    for number in (1, 2):
        box = fetch(box)
        assert (box.is_on, box.wrong_passwords, box.job_state) == (True, number, JobState.FAILED)
    box = fetch(box)
    assert (box.is_on, box.wrong_passwords) == (False, 3)
    assert "right word" not in box.failure
    entry = AuditEvent.objects.get(verb="feed.switched_off")
    assert (entry.actor, entry.subject_id) == (None, str(box.pk))
    assert queue_mailboxes(now=timezone.now() + timedelta(days=1)) == []
    box = switch_mailbox(by=ada, mailbox=box, is_on=True)
    post.password = "right word"
    post.arrive(letter())
    assert fetch(box).taken == 1


def test_failures_are_counted_and_looked_at_less_often(post, box):
    now = timezone.now()
    assert [one.pk for one in queue_mailboxes(now=now)] == [box.pk]
    assert queue_mailboxes(now=now) == []
    post.breaks_off = True
    post.arrive(letter())
    fetch_mailbox(mailbox_id=box.pk)
    box = fetch(box)
    assert (box.failures_in_row, box.job_state, box.last_uid) == (2, JobState.FAILED, 0)
    assert queue_mailboxes(now=timezone.now() + timedelta(minutes=14)) == []
    assert len(queue_mailboxes(now=timezone.now() + timedelta(minutes=16))) == 1
    post.breaks_off = False
    box = fetch(box)
    assert (box.failures_in_row, box.taken) == (0, 1)


def test_trying_says_what_is_wrong(ada, post, plan, box, settings):
    post.arrive(letter())
    assert try_mailbox(mailbox=box) == 1
    box.folder = "Elsewhere"
    with pytest.raises(MailRefused) as refused:
        try_mailbox(mailbox=box)
    assert refused.value.code == "no_such_folder"
    box.folder, post.nonsense = "INBOX", b"* nonsense"
    with pytest.raises(MailRefused):
        try_mailbox(mailbox=box)
    settings.PRIVATE_HOSTS = False
    with pytest.raises(HostRefused):
        try_mailbox(mailbox=box)
    settings.PRIVATE_HOSTS = True
    box.host = "no-such-host.invalid"
    with pytest.raises(Unreachable):
        try_mailbox(mailbox=box)


def test_why_a_look_failed_is_read_in_the_language_of_the_reader(box):
    for host in ("no-such-host.invalid", "localhost"):  # where nobody is; where no such folder is
        Mailbox.objects.filter(pk=box.pk).update(host=host, folder="Elsewhere", job_state=JobState.QUEUED)
        fetch_mailbox(mailbox_id=box.pk)
        english = Mailbox.objects.get(pk=box.pk).failure
        with translation.override("zh-hans"):
            chinese = Mailbox.objects.get(pk=box.pk).failure
        assert english.isascii()
        assert not chinese.isascii()


def test_a_certificate_that_nobody_vouches_for_is_refused(box, monkeypatch):
    monkeypatch.setattr("customer_voice.importers.mail_server.tls_context", ssl.create_default_context)
    with pytest.raises(MailRefused):
        try_mailbox(mailbox=box)


def test_the_password_is_stored_sealed_and_told_to_nobody(ada, box, plan):
    assert plan.password not in str(Mailbox.objects.values())
    values = {name: getattr(plan, name) for name in MailboxPlan.__slots__}
    change_mailbox(
        by=ada, mailbox=box, plan=MailboxPlan(**{**values, "password": "new word", "folder": "Care"})
    )
    entry = AuditEvent.objects.get(verb="feed.changed")
    assert entry.after == {"folder": "Care", "password": True}
    assert "word" not in f"{entry.before}{entry.after}".replace("password", "")
    with pytest.raises(InvalidValues) as refused:
        change_mailbox(
            by=ada, mailbox=box, plan=MailboxPlan(**{**values, "password": "", "host": "evil.example"})
        )
    assert list(refused.value.fields) == ["password"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("host", "https://imap.example.org"), ("host", ""), ("host", "a" * 300), ("port", 0),
        ("port", 70_000),
        ("username", ""), ("password", ""), ("password", "a\r\nb"), ("folder", "x" * 300), ("days_back", -1),
        ("security", "none"), ("channel", "x" * 50),
    ],
)  # fmt: skip
def test_what_no_mailbox_has_is_refused(ada, plan, name, value):
    values = {one: getattr(plan, one) for one in MailboxPlan.__slots__}
    with pytest.raises(InvalidValues) as refused:
        create_mailbox(by=ada, plan=MailboxPlan(**{**values, name: value}))
    assert list(refused.value.fields) == [name]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Slow.\n\nOn Mon, Nov 3, 2025 at 10:00 AM Shop\n<s@x.example> wrote:\n> How was it?", "Slow."),
        ("很慢。\n\n在 2025年11月3日，Shop <s@x.example> 写道：\n> 你好", "很慢。"),
        ("Zu langsam.\n\nAm 03.11.2025 um 10:00 schrieb Shop <s@x.example>:\n> Hallo", "Zu langsam."),
        ("Bad.\n\nFrom: a\nSent: b\nTo: c\nSubject: d\n\nold", "Bad."),
        ("Bad.\n-----Original Message-----\nold", "Bad."),
        ("Good.\n\nSent from my phone", "Good."),
        ("> How was it?\nFine, thanks.", "Fine, thanks."),
        ("He wrote:\nI was late", "He wrote:\nI was late"),
        ("From: the heart", "From: the heart"),
        ("One -- two", "One -- two"),
    ],
)
def test_quotations_and_signatures_are_cut_and_own_words_stay(text, kept):
    assert own_words(text) == kept


def test_the_words_of_a_page_are_read_without_what_nobody_sees():
    page = (
        "<html><head><style>x{}</style></head><body><p>Hello <b>you</b></p><div>one<br>two</div>"
        "<script>if (1 < 2) x()</script><div class=gmail_quote>old<div>in</div>old</div>"
        "<blockquote>q</blockquote>3 &lt; 4</body></html>"
    )
    assert own_words(words_of_html(page)) == "Hello you\n\none\ntwo\n\n3 < 4"
    only_html = letter("", html="<p>Only here.</p>", name="<h@x>")
    assert read_letter(only_html, ours=frozenset()).text == "Only here."
