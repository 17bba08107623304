"""Survey letters that come back to a mailbox: whoever they were for is marked, and nobody else."""

import ssl
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, Letter
from accounts.services import send_lot
from customer_voice.choices import InvitationState
from customer_voice.importers.letters import read_letter
from customer_voice.importers.returned_letters import read_notice
from customer_voice.mail import LETTER_HEADER
from customer_voice.models import Feedback, SurveyInvitation, SurveyMailing
from customer_voice.selectors.mailings import mail_figures, state_of
from customer_voice.services import (
    MailboxPlan,
    Recipient,
    create_mailbox,
    fetch_mailbox,
    invite,
    mark_bounced,
    remind,
    write_letters,
)
from customer_voice.services.returned_letters import mark_returned
from tests.customer_voice import notices
from tests.customer_voice.notices import headers, postfix
from tests.factories.customer_voice import TouchpointFactory
from tests.factories.surveys import opened_survey
from tests.mail_server import serving

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey(ada):
    """Ana and Bo got a letter; Cy is on the list and got none yet."""
    made = opened_survey(ada)
    asked(ada, made, "ana@example.com", "bo@example.com")
    SurveyInvitation.objects.create(survey=made, email="cy@example.com", secret_digest="x")
    return made


def asked(by, survey, *emails):
    invite(by=by, survey=survey, people=[Recipient(email=email) for email in emails])
    written()


def written():
    for mailing in SurveyMailing.objects.filter(job_state="queued"):
        write_letters(mailing=mailing)
    send_lot()


def of(email):
    return SurveyInvitation.objects.select_related("letter").get(email=email)


def marked():
    rows = SurveyInvitation.objects.exclude(bounced_at=None).order_by("email")
    return dict(rows.values_list("email", "bounce_status"))


def come_back(organization, content, at=None):
    return mark_returned(organization=organization, content=content, at=at or timezone.now())


def message_id(row):
    """As the letter has it that leaves by the mail server."""
    return f"{row.letter.pk}.{row.letter.created_at:%Y%m%d%H%M%S%f}@northwind.example"


# --- what servers write -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("write", "status"),
    [
        (notices.postfix, "5.1.1"), (notices.exchange, "5.1.10"), (notices.gmail, "5.2.2"),
        (notices.sendmail, "5.7.1"), (notices.expired, "4.4.7"), (notices.exim, "5.1.1"),
        (notices.old_words, "5.0.0"),
        (lambda returned: postfix(returned, "4.2.2"), "4.2.2"),
        (lambda returned: notices.old_words(returned, "452"), "4.0.0"),
    ],
)  # fmt: skip
def test_notices_of_usual_servers_mark_the_person_of_the_letter(organization, survey, write, status):
    assert come_back(organization, write(headers(str(of("ana@example.com").pk))))
    assert marked() == {"ana@example.com": status}


@pytest.mark.parametrize("write", [notices.postfix, notices.exchange, notices.exim, notices.old_words])
def test_a_letter_is_known_by_its_message_id_where_our_header_was_taken_out(organization, survey, write):
    assert come_back(organization, write(headers(message_id=message_id(of("bo@example.com")))))
    assert marked().keys() == {"bo@example.com"}  # the letter says who, not the address in the notice


@pytest.mark.parametrize(
    "write", [notices.postfix, notices.exchange, notices.gmail, notices.sendmail, notices.exim]
)
def test_a_notice_that_gives_nothing_back_is_matched_by_its_address(organization, survey, write):
    assert come_back(organization, write(""))
    assert marked().keys() == {"ana@example.com"}


def test_the_mark_stands_in_every_letter_and_is_its_own(survey):
    found = {letter.recipient: letter.headers[LETTER_HEADER] for letter in Letter.objects.all()}
    assert found == {email: str(of(email).pk) for email in ("ana@example.com", "bo@example.com")}


# --- what counts and what does not ------------------------------------------------------------------------


def test_a_delay_a_delivery_a_receipt_and_an_absence_are_no_failures(organization, survey):
    mark = headers(str(of("ana@example.com").pk))
    fields = "Final-Recipient: rfc822; ana@example.com"
    away, late = "I am away until 550 people ask for me.", "Delivery is late (exim 4.94.2)."
    harmless = [
        postfix(mark, "4.4.1", "delayed"),
        notices.report(per_recipient=f"{fields}\nAction: delivered\nStatus: 2.0.0", returned=mark),
        notices.report(per_recipient=f"{fields}\nAction: relayed\nStatus: 2.1.9", returned=mark),
        notices.report(report_type="disposition-notification", returned=mark),
        notices.report(report_type="feedback-report", returned=mark),
        notices.plain(f"{away}\n{fields}\n{mark}", sender="ana@example.com",
                      extra="Auto-Submitted: auto-replied\n"),
        notices.plain(f"{late}\n{fields}\n\n{mark}"),
        # numbers that look like codes: in the mark of a letter, in the version of a program
        notices.plain(f"{late}\n{fields}\n\n{headers('0a1be450-c550-4d51-8111-1a1a450-1')}"),
    ]  # fmt: skip
    assert [come_back(organization, content) for content in harmless] == [False] * len(harmless)
    assert marked() == {}


def test_a_person_who_quotes_a_notice_marks_nobody(organization, survey):
    notice = notices.exim(headers(str(of("ana@example.com").pk))).decode()
    quoted = f"From: eve@example.com\nSubject: Fwd\nContent-Type: text/plain\n\nLook:\n\n{notice}"
    assert not come_back(organization, quoted.encode())
    assert marked() == {}


def test_a_notice_marks_nobody_who_got_no_letter(organization, ada, dora, survey):
    other = opened_survey(dora)
    asked(dora, other, "zoe@example.com")
    for forged in (
        postfix("", address="cy@example.com"),  # on the list, not written to yet
        postfix(headers(str(of("cy@example.com").pk))),
        postfix("", address="nobody@example.com"),
        postfix("", address="zoe@example.com"),  # of another organization
        postfix(headers(str(of("zoe@example.com").pk))),
        postfix(headers(message_id=message_id(of("zoe@example.com")))),
        postfix(headers("00000000-0000-4000-8000-000000000000")),
        postfix(headers("not-a-number")),
        postfix(headers(message_id=f"{of('ana@example.com').letter.pk}.20260101000000000000@x.example")),
        postfix(headers(message_id=f"{of('ana@example.com').letter.pk}.99999999999999999999@x.example")),
    ):
        assert not come_back(organization, forged)
    assert marked() == {}


def test_a_notice_about_another_letter_to_the_same_person_is_not_ours(organization, survey):
    assert not come_back(organization, postfix(headers(message_id="offer-7@shop.example")))
    assert marked() == {}


def test_an_address_alone_counts_for_a_few_days_after_the_letter_and_never_before(organization, survey):
    now = timezone.now()
    assert not come_back(organization, postfix(""), at=now - timedelta(hours=1))
    assert not come_back(organization, postfix(""), at=now + timedelta(days=8))
    assert come_back(organization, postfix(""), at=now + timedelta(days=6))
    SurveyInvitation.objects.update(bounced_at=None)
    Letter.objects.all().delete()  # their rows are forgotten; the mark in the letter is known for good
    ana = of("ana@example.com")
    SurveyInvitation.objects.filter(pk=ana.pk).update(handed_over_at=now)
    assert come_back(organization, postfix(headers(str(ana.pk))), at=now + timedelta(days=60))


def test_the_last_letter_to_an_address_is_meant(organization, ada, survey):
    SurveyInvitation.objects.update(
        added_at=timezone.now() - timedelta(days=40), invited_at=timezone.now() - timedelta(days=2)
    )
    second = opened_survey(ada, name="Another")
    asked(ada, second, "ana@example.com")
    come_back(organization, postfix(""))
    assert SurveyInvitation.objects.exclude(bounced_at=None).get().survey == second


def test_the_same_notice_twice_changes_nothing_and_for_good_goes_before_for_now(organization, survey):
    mark = headers(str(of("ana@example.com").pk))
    come_back(organization, notices.expired(mark))
    first = of("ana@example.com").bounced_at
    come_back(organization, notices.expired(mark))
    assert (of("ana@example.com").bounced_at, AuditEvent.objects.filter(verb=BOUNCED).count()) == (first, 1)
    come_back(organization, postfix(mark))
    come_back(organization, notices.expired(mark))
    assert (marked(), AuditEvent.objects.filter(verb=BOUNCED).count()) == ({"ana@example.com": "5.1.1"}, 1)


BOUNCED = "customer_survey.bounced"


def test_whoever_answered_was_reached_and_a_mark_by_hand_stays(organization, ada, survey):
    SurveyInvitation.objects.filter(email="ana@example.com").update(is_answered=True)
    assert come_back(organization, postfix(headers(str(of("ana@example.com").pk))))
    assert marked() == {}
    mark_bounced(by=ada, survey=survey, email="bo@example.com")
    come_back(organization, postfix(headers(str(of("bo@example.com").pk))))
    assert marked() == {"bo@example.com": ""}


def test_returned_letters_leave_the_base_and_get_no_reminder(organization, ada, survey, client_of):
    come_back(organization, postfix(headers(str(of("ana@example.com").pk))))
    figures = mail_figures(survey)
    assert (figures.asked, figures.delivered, figures.not_delivered) == (2, 1, 1)
    assert state_of(of("ana@example.com")) == InvitationState.BOUNCED
    page = client_of(ada).get(reverse("customer_voice:survey_mail", args=["northwind", survey.pk])).text
    assert "Not delivered (for good, 5.1.1)" in " ".join(page.split())
    assert remind(by=ada, survey=survey) == 1
    written()
    assert of("bo@example.com").letters == 2
    come_back(organization, notices.expired(headers(str(of("bo@example.com").pk))))
    page = client_of(ada).get(reverse("customer_voice:survey_mail", args=["northwind", survey.pk])).text
    assert "Not delivered (for now, 4.4.7)" in " ".join(page.split())


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\x00\xff", b"From: MAILER-DAEMON\n\n", b"Content-Type: multipart/report\n\n--x",
        notices.report(per_recipient=""), notices.report(per_recipient="Action: failed"),
        notices.report(per_recipient="Action: failed\nStatus: 5.1.1", returned="\x00"),
        notices.report()[:420],
        notices.plain("550 " * 50_000), notices.plain("Final-Recipient: " + "a@b;" * 50_000),
    ],
)  # fmt: skip
def test_what_is_broken_marks_nobody(organization, survey, content):
    come_back(organization, content)
    assert marked() == {}


def test_a_report_that_quotes_another_report_is_read_on_its_outside():
    inner = postfix(headers("11111111-1111-4111-8111-111111111111"), address="bo@example.com").decode()
    notice = read_notice(notices.report(returned=inner), header=LETTER_HEADER)
    assert (notice.mark, notice.message_id) == ("", "notice-1@mx.example.net")
    assert [one.addresses for one in notice.failures] == [("ana@example.com",)]


# --- the mailbox ------------------------------------------------------------------------------------------


@pytest.fixture
def post(tmp_path, settings, monkeypatch):
    settings.PRIVATE_HOSTS = True
    with serving(tmp_path) as server:
        monkeypatch.setattr(
            "customer_voice.importers.mail_server.tls_context",
            lambda: ssl.create_default_context(cafile=server.certificate),
        )
        yield server


def box_of(by, post, **values):
    return create_mailbox(
        by=by,
        plan=MailboxPlan(
            source="returned",
            touchpoint=TouchpointFactory(organization=by.organization, key="mail"),
            host="localhost",
            port=post.port,
            security="tls",
            username="care@shop.example",
            password=post.password,
            **values,
        ),
    )


def fetched(box):
    box.queue_again()
    box.save()
    fetch_mailbox(mailbox_id=box.pk)
    box.refresh_from_db()
    return box


def test_a_mailbox_takes_returned_letters_and_never_as_feedback(ada, survey, post):
    box = box_of(ada, post, takes_bounces=True)
    mark = headers(str(of("ana@example.com").pk))
    ours = f"{mark}\nMessage-ID: <ours@x.example>\nList-Unsubscribe: <https://x.example/>\n\nHow did we do?\n"
    for content in (postfix(mark), postfix(mark), postfix("", address="nobody@example.com"), ours.encode()):
        post.arrive(content)
    box = fetched(box)
    assert (box.taken, box.left_out["returned"], box.left_out["bounce"]) == (0, 2, 1)
    assert (marked(), Feedback.objects.exists()) == ({"ana@example.com": "5.1.1"}, False)
    before = Letter.objects.count()
    assert fetched(box).left_out["returned"] == 2
    assert Letter.objects.count() == before  # nothing is answered, so nothing can go round


def test_another_mailbox_leaves_notices_out_as_before(ada, survey, post):
    box = box_of(ada, post)
    post.arrive(postfix(headers(str(of("ana@example.com").pk))))
    assert fetched(box).left_out == {"bounce": 1}
    assert marked() == {}


def test_a_notice_that_only_names_who_failed_is_no_feedback():
    content = notices.plain(
        "550 5.1.1 no", sender="delivery@x.example", extra="X-Failed-Recipients: a@b.example\n"
    )
    content = content.replace(b"Return-Path: <>\n", b"")
    assert read_letter(content, ours=frozenset()).left_out == "bounce"
    assert read_notice(content, header=LETTER_HEADER).failures[0].addresses == ("a@b.example",)
