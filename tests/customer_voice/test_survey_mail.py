"""Asking by e-mail: the list, the letters, one base for the rate, and "no" that stays no."""

import re
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, Letter
from accounts.services import send_lot
from common.digests import digest_of_secret
from common.errors import InvalidValues
from common.jobs import JobState
from customer_voice import mail
from customer_voice.choices import Consent, InvitationState, MailingKind
from customer_voice.errors import SurveyNotInState
from customer_voice.importers.recipients import recipients_in_text
from customer_voice.models import (
    Contact,
    Feedback,
    NoMoreSurveys,
    RecipientList,
    Submission,
    SurveyInvitation,
    SurveyMailing,
    SurveyReply,
)
from customer_voice.selectors.mailings import mail_figures, state_of
from customer_voice.services import (
    Recipient,
    close_survey,
    erase_customer,
    forget_lists,
    invite,
    keep_list,
    keep_outcomes,
    mailings,
    mark_bounced,
    planned,
    remind,
    save_contact,
    send_survey_again,
    set_asking_rules,
    write_letters,
)
from customer_voice.services.mailings import secret_of
from tests.factories.customer_voice import ContactFactory
from tests.factories.surveys import opened_survey, sent, survey_of

pytestmark = pytest.mark.django_db


def people(*emails):
    return [Recipient(email=email, line=number) for number, email in enumerate(emails, start=2)]


def written(survey):
    """The worker writes what is queued."""
    for mailing in SurveyMailing.objects.filter(survey=survey, job_state=JobState.QUEUED):
        assert write_letters(mailing=mailing)
    return Letter.objects.order_by("pk")


def asked(by, survey, *emails):
    """On the list, written to, and handed over by the worker."""
    found = invite(by=by, survey=survey, people=people(*emails))
    written(survey)
    send_lot()
    return found


def of(survey, email):
    return SurveyInvitation.objects.get(survey=survey, email=email)


def link(survey, email, name="invited"):
    return reverse(f"ask:{name}", args=[survey.public_id, secret_of(of(survey, email))])


# --- who is asked ---------------------------------------------------------------------------------------


def test_fifty_rows_four_doubles_six_bounce_ten_answer_are_a_quarter_of_forty(ada, client_of):
    """Kind 3 of the field: asked 46, delivered 40, 25.0 %; reminders go to exactly the rest."""
    survey = opened_survey(ada)
    rows = [f"customer{number}@example.com" for number in range(46)]
    rows += [row.replace("customer", "Customer") for row in rows[:4]]
    found = asked(ada, survey, *rows)
    assert (found.asked, found.doubles) == (46, 4)
    for number in range(6):
        mark_bounced(by=ada, survey=survey, email=rows[number])
    for number in range(6, 16):
        assert Client().post(link(survey, rows[number]), sent(score="9", page=1)).status_code == 302
    for number in (16, 17):  # the first page, and no further
        assert Client().post(link(survey, rows[number]), sent(score="3")).status_code == 200
    figures = mail_figures(survey)
    assert (figures.asked, figures.delivered, figures.answered, figures.rate) == (46, 40, 10, 0.25)
    assert (figures.half, figures.rate_with_half) == (2, 0.30)
    assert figures.left == 30
    page = client_of(ada).get(reverse("customer_voice:survey_mail", args=["northwind", survey.pk])).text
    assert "asked 46, delivered 40, answered 10: 25.0% of the delivered" in " ".join(page.split())
    assert "30.0% with 2 people who began and have not sent." in " ".join(page.split())
    before = {letter.recipient for letter in Letter.objects.filter(job_state=JobState.QUEUED)}
    assert remind(by=ada, survey=survey) == 30
    reminded = written(survey).filter(job_state=JobState.QUEUED).values_list("recipient", flat=True)
    assert sorted({*reminded} - before) == sorted(rows[16:46])
    with pytest.raises(InvalidValues):
        remind(by=ada, survey=survey)


def test_letters_that_wait_in_the_queue_are_asked_and_not_delivered(ada):
    survey = opened_survey(ada)
    invite(by=ada, survey=survey, people=people("a@example.com", "b@example.com", "c@example.com"))
    written(survey)
    figures = mail_figures(survey)
    assert (figures.asked, figures.delivered, figures.in_queue, figures.rate) == (3, 0, 3, None)
    with pytest.raises(InvalidValues):
        remind(by=ada, survey=survey)  # nobody has got the first letter yet
    assert send_lot(most=2) == 2
    figures = mail_figures(survey)
    assert (figures.delivered, figures.in_queue, figures.left) == (2, 1, 2)
    states = [state_of(row) for row in SurveyInvitation.objects.all()]
    assert sorted(states) == [InvitationState.SENT, InvitationState.SENT, InvitationState.WAITING]


def test_whoever_has_answered_or_begun_was_reached_whatever_the_letter_says(ada):
    survey = opened_survey(ada)
    invite(by=ada, survey=survey, people=people("a@example.com", "b@example.com", "c@example.com"))
    written(survey)
    Client().post(link(survey, "a@example.com"), sent(score="9", page=1))
    Client().post(link(survey, "b@example.com"), sent(score="9"))
    figures = mail_figures(survey)
    assert (figures.delivered, figures.in_queue, figures.rate, figures.rate_with_half) == (2, 1, 0.5, 1.0)


@pytest.mark.parametrize("is_known", [True, False])
def test_a_reminder_opens_after_the_key_of_the_installation_was_changed(ada, settings, is_known):
    """The link of the first letter where the former key is known, else one that takes its place."""
    survey = opened_survey(ada)
    asked(ada, survey, "one@example.com")
    first = link(survey, "one@example.com")
    written(survey).update(job_state=JobState.DONE, sent_at=timezone.now())
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another key of the installation"
    settings.SECRET_KEY_FALLBACKS = [former] if is_known else []
    remind(by=ada, survey=survey)
    second = re.search(r"/f/[^\s]+/i/[0-9a-f]{40}/", written(survey).get(job_state=JobState.QUEUED).body)[0]
    assert (second == first) is is_known
    assert Client().get(second).status_code == 200
    assert Client().get(first).status_code == (200 if is_known else 404)


def test_a_letter_that_was_delivered_stays_so_while_its_reminder_waits_and_when_rows_are_forgotten(ada):
    survey = opened_survey(ada)
    asked(ada, survey, "a@example.com", "b@example.com")
    assert keep_outcomes(now=timezone.now()) == 2
    remind(by=ada, survey=survey)
    written(survey)
    assert mail_figures(survey).delivered == 2
    Letter.objects.filter(job_state=JobState.QUEUED).update(job_state=JobState.FAILED, failure="550")
    assert mail_figures(survey).delivered == 2
    Letter.objects.update(created_at=timezone.now() - timedelta(days=9))
    assert keep_outcomes(now=timezone.now()) == 0
    Letter.objects.all().delete()
    assert mail_figures(survey).delivered == 2


def test_a_reminder_that_takes_the_place_of_a_letter_keeps_that_it_was_delivered(ada):
    survey = opened_survey(ada)
    asked(ada, survey, "a@example.com")
    sent_at = Letter.objects.get().sent_at
    remind(by=ada, survey=survey)
    written(survey)
    assert of(survey, "a@example.com").handed_over_at == sent_at
    assert mail_figures(survey).delivered == 1


def test_lines_without_an_address_are_left_out_and_named_by_their_row(ada):
    survey = opened_survey(ada)
    lines = people("a@example.com", "not-an-address", "", "A@example.com")
    plan = planned(survey, lines)
    assert (plan.asked, plan.doubles, plan.without_address, plan.wrong) == (1, 1, 1, ((3, "not-an-address"),))
    assert plan.left_out == 3
    assert not SurveyInvitation.objects.exists()
    assert invite(by=ada, survey=survey, people=lines) == plan


def test_languages_that_the_survey_does_not_have_are_named_and_get_the_first_one(ada):
    survey = opened_survey(ada, languages=("en", "de", "zh-hant"))
    spoken = ["de-AT", "zh-TW", "sv", "Klingon", "sv", ""]
    lines = [
        Recipient(email=f"c{number}@example.com", language=language) for number, language in enumerate(spoken)
    ]
    found = invite(by=ada, survey=survey, people=lines)
    assert found.languages == {"Klingon": 1, "sv": 2}
    rows = dict(SurveyInvitation.objects.order_by("email").values_list("email", "language"))
    assert [*rows.values()] == ["de", "zh-hant", "en", "en", "en", ""]


def test_whom_another_survey_asked_is_left_out_within_the_quiet_period(ada):
    first, second = opened_survey(ada), opened_survey(ada, name="Another")
    asked(ada, first, "a@example.com", "b@example.com")
    SurveyInvitation.objects.filter(email="b@example.com").update(
        added_at=timezone.now() - timedelta(days=31)
    )
    found = invite(by=ada, survey=second, people=people("A@example.com", "b@example.com"))
    assert (found.asked, found.quiet) == (1, 1)
    set_asking_rules(by=ada, quiet_days=40)
    third = opened_survey(ada, name="A third")
    assert invite(by=ada, survey=third, people=people("b@example.com")).quiet == 1
    set_asking_rules(by=ada, quiet_days=0)
    assert invite(by=ada, survey=third, people=people("b@example.com")).asked == 1


def test_another_organization_has_a_quiet_period_of_its_own(ada, dora):
    asked(ada, opened_survey(ada), "a@example.com")
    assert invite(by=dora, survey=opened_survey(dora), people=people("a@example.com")).quiet == 0


def test_somebody_on_the_list_is_not_asked_twice(ada):
    survey = opened_survey(ada)
    asked(ada, survey, "a@example.com")
    found = asked(ada, survey, "A@EXAMPLE.COM", "b@example.com")
    assert (found.asked, found.known) == (1, 1)
    assert Letter.objects.count() == 2


def test_only_an_open_survey_asks(ada):
    with pytest.raises(SurveyNotInState):
        invite(by=ada, survey=survey_of(ada), people=people("a@example.com"))
    survey = opened_survey(ada)
    invite(by=ada, survey=survey, people=people("a@example.com"))
    close_survey(by=ada, survey=survey)
    assert not written(survey).exists()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a@example.com\nb@example.com", [("a@example.com", ""), ("b@example.com", "")]),
        ("email\na@example.com", [("a@example.com", "")]),
        ("a@example.com, Ana\nBo; b@example.com", [("a@example.com", "Ana"), ("b@example.com", "Bo")]),
        ("Name;E-mail;Language\nAna;a@example.com;de\n", [("a@example.com", "Ana")]),
        ("", []),
    ],
)
def test_a_pasted_list_is_read_in_the_layouts_that_people_have(text, wanted):
    assert [(one.email, one.name) for one in recipients_in_text(text).rows] == wanted


# --- letters --------------------------------------------------------------------------------------------


def test_each_letter_has_its_own_link_a_way_out_and_the_persons_language(ada, settings):
    settings.SITE_URL = "https://listen.example"
    survey = opened_survey(ada, languages=("en", "de"))
    invite(
        by=ada,
        survey=survey,
        people=[Recipient(email="a@example.com", language="de"), Recipient(email="b@example.com")],
    )
    german, english = written(survey).order_by("recipient")
    assert german.subject == "Eine kurze Frage von Northwind Telecom"
    assert english.subject == "A short question from Northwind Telecom"
    stop = f"https://listen.example{link(survey, 'a@example.com', 'stop')}"
    assert f"https://listen.example{link(survey, 'a@example.com')}" in german.body
    assert stop in german.body
    assert german.headers["List-Unsubscribe"] == f"<{stop}>"
    assert german.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert secret_of(of(survey, "a@example.com")) not in str(list(SurveyInvitation.objects.values()))


def test_a_round_that_fails_says_so_and_goes_on_where_it_stopped(ada, client_of, monkeypatch):
    survey = opened_survey(ada)
    invite(by=ada, survey=survey, people=people("a@example.com", "b@example.com"))
    monkeypatch.setattr(mailings, "LETTERS_AT_ONCE", 1)
    draft, calls = mail.survey_letter, []

    def breaks(*args, **kwargs):
        calls.append(1)
        if len(calls) == 2:
            raise OSError("no template today")
        return draft(*args, **kwargs)

    monkeypatch.setattr(mailings, "survey_letter", breaks)
    mailing = SurveyMailing.objects.get()
    with pytest.raises(OSError, match="no template"):
        write_letters(mailing=mailing)
    page = client_of(ada).get(reverse("customer_voice:survey_mail", args=["northwind", survey.pk]))
    assert "The last mailing stopped." in page.content.decode()
    send_survey_again(by=ada, survey=survey)
    written(survey)
    assert sorted(Letter.objects.values_list("recipient", flat=True)) == ["a@example.com", "b@example.com"]


def test_two_rounds_at_once_are_refused(ada):
    survey = opened_survey(ada)
    invite(by=ada, survey=survey, people=people("a@example.com"))
    with pytest.raises(SurveyNotInState):
        invite(by=ada, survey=survey, people=people("b@example.com"))
    assert SurveyMailing.objects.get().kind == MailingKind.INVITE
    assert SurveyInvitation.objects.count() == 1


def test_a_letter_refused_for_good_stays_out_of_the_base_when_its_row_is_forgotten(ada):
    survey = opened_survey(ada)
    asked(ada, survey, "a@example.com", "b@example.com")
    now = timezone.now()
    Letter.objects.filter(recipient="a@example.com").update(
        job_state=JobState.FAILED, sent_at=None, created_at=now - timedelta(days=9)
    )
    assert mail_figures(survey).delivered == 1
    assert keep_outcomes(now=now) == 2
    Letter.objects.all().delete()
    assert mail_figures(survey).delivered == 1
    assert keep_outcomes(now=now) == 0


# --- the personal link ----------------------------------------------------------------------------------


def test_a_personal_link_works_once_and_the_answer_is_its_contacts(ada):
    survey = opened_survey(ada, follow_up="none")
    ContactFactory(organization=ada.organization, external_reference="C-7", email="Ana@Example.com")
    asked(ada, survey, "ana@example.com")
    here = link(survey, "ana@example.com")
    assert Client().get(here + "?score=9").status_code == 200
    assert not SurveyReply.objects.exists()
    assert Client().post(here, sent(score="9")).status_code == 302
    assert Client().post(here, sent(key="another-form-that-loaded", score="1")).status_code == 302
    [row] = Feedback.objects.all()
    assert (row.score, row.contact.external_reference) == (1, "C-7")  # the later one counts for half an hour
    Submission.objects.update(received_at=timezone.now() - timedelta(minutes=31))
    late = Client().post(here, sent(score="5"))
    assert (late.status_code, "Your earlier answers count." in late.text) == (409, True)
    assert [row.score for row in Feedback.objects.all()] == [1]
    assert SurveyReply.objects.get().way == "email"
    assert "already answered" in Client().get(here).content.decode()


def test_a_link_with_another_secret_opens_nothing(ada):
    survey = opened_survey(ada)
    asked(ada, survey, "a@example.com")
    wrong = reverse("ask:invited", args=[survey.public_id, "0" * 40])
    assert Client().get(wrong).status_code == 404
    other = opened_survey(ada, name="Other")
    crossed = reverse("ask:invited", args=[other.public_id, secret_of(of(survey, "a@example.com"))])
    assert Client().get(crossed).status_code == 404


# --- "no" stays no --------------------------------------------------------------------------------------


def test_opening_the_way_out_asks_and_one_click_does_it(ada):
    survey = opened_survey(ada)
    asked(ada, survey, "omar@example.com")
    out = link(survey, "omar@example.com", "stop")
    assert "Unsubscribe" in Client().get(out).content.decode()
    assert not NoMoreSurveys.objects.exists()
    done = Client().post(out, {"List-Unsubscribe": "One-Click"})
    assert (done.status_code, "You are unsubscribed" in done.content.decode()) == (200, True)
    assert NoMoreSurveys.objects.count() == 1
    assert state_of(of(survey, "omar@example.com")) == InvitationState.STOPPED


def test_who_unsubscribed_comes_back_by_no_list_no_call_and_no_other_survey(ada, client_of):
    survey, other = opened_survey(ada), opened_survey(ada, name="Other")
    ContactFactory(
        organization=ada.organization, external_reference="C-1", email="Omar@example.com", consent="given",
        consent_changed_at=timezone.now(),
    )  # fmt: skip
    asked(ada, survey, "omar@example.com")
    Client().post(link(survey, "omar@example.com", "stop"))
    assert Contact.objects.get().consent == Consent.WITHDRAWN
    kept = save_contact(by=ada, external_reference="C-1", values={"consent": "given"})
    assert kept.consent == Consent.WITHDRAWN
    save_contact(by=ada, external_reference="C-2", values={"email": "OMAR@example.com", "consent": "given"})
    found = invite(by=ada, survey=other, people=people("OMAR@example.com", "new@example.com"))
    assert (found.asked, found.unsubscribed) == (1, 1)
    written(other)
    page = reverse("customer_voice:survey_mail", args=["northwind", other.pk])
    answer = client_of(ada).post(page, {"source": "contacts"}, follow=True)
    assert answer.status_code == 422  # C-2, which a call has made of the same person, is none to ask
    assert not SurveyInvitation.objects.filter(survey=other, email="omar@example.com").exists()
    mark_bounced(by=ada, survey=survey, email="omar@example.com")
    assert state_of(of(survey, "omar@example.com")) == InvitationState.STOPPED


def test_who_unsubscribes_between_the_list_and_the_letter_gets_none(ada):
    survey, other = opened_survey(ada), opened_survey(ada, name="Other")
    set_asking_rules(by=ada, quiet_days=0)
    asked(ada, survey, "omar@example.com")
    invite(by=ada, survey=other, people=people("omar@example.com"))
    Client().post(link(survey, "omar@example.com", "stop"))
    written(other)
    assert Letter.objects.count() == 1


def test_erasing_a_customer_empties_the_invitation_and_keeps_the_link_used(ada):
    survey = opened_survey(ada, follow_up="none")
    ContactFactory(organization=ada.organization, external_reference="C-7", email="ana@example.com")
    asked(ada, survey, "ana@example.com")
    here = link(survey, "ana@example.com")
    Client().post(here, sent(score="9"))
    erase_customer(by=ada, customer="C-7", removes_rows=True)
    [row] = SurveyInvitation.objects.all()
    assert (row.email, row.name, row.contact, row.reply) == ("", "", None, None)
    assert Client().post(here, sent(score="1")).status_code == 409
    assert not Feedback.objects.exists()
    assert mail_figures(survey).answered == 1


# --- the page -------------------------------------------------------------------------------------------


def test_the_page_says_what_a_list_brings_and_sends_nothing_before_it_is_confirmed(ada, client_of):
    survey, client = opened_survey(ada), client_of(ada)
    page = reverse("customer_voice:survey_mail", args=["northwind", survey.pk])
    content = (
        b"email,name,language,Plan\na@example.com,Ana,sv,Gold\nA@example.com,Ana,,\nno,Bo,,\n,Cy,,\n"
        b"d@example.com,Di,,\n"
    )
    file = SimpleUploadedFile("people.csv", content)
    asks = client.post(page, {"source": "list", "file": file}, follow=True)
    text = " ".join(asks.text.split())
    assert "Ask 2 people?" in text
    assert "Nothing has been sent yet." in text
    assert '<dt>Duplicates</dt> <dd class="number">1</dd>' in text
    assert '<dt>No e-mail address</dt> <dd class="number">1</dd>' in text
    assert "<li> Row 4: <bdi>no</bdi> </li>" in text
    assert "Columns that are not read: Plan." in text
    assert "These people get it in English, its first language." in text
    assert '<dt><bdi>sv</bdi></dt> <dd class="number">1</dd>' in text
    assert not SurveyInvitation.objects.exists()
    assert not SurveyMailing.objects.exists()
    here = asks.redirect_chain[0][0]
    done = client.post(here, {"asked": "2"}, follow=True)
    assert "2 people are asked. 3 left out." in done.text
    assert SurveyInvitation.objects.count() == 2
    assert not RecipientList.objects.exists()
    assert client.post(here, {"asked": "2"}).status_code == 404  # once


def test_a_list_that_would_reach_others_than_were_confirmed_is_shown_again(ada, client_of):
    survey, other = opened_survey(ada), opened_survey(ada, name="Other")
    kept = keep_list(by=ada, survey=survey, people=people("a@example.com", "b@example.com"))
    asked(ada, other, "b@example.com")
    here = reverse("customer_voice:survey_invite", args=["northwind", survey.pk, kept.pk])
    again = client_of(ada).post(here, {"asked": "2"})
    assert (again.status_code, "nobody was asked" in again.text, "Ask 1 person?" in again.text) == (
        409, True, True,
    )  # fmt: skip
    assert not SurveyInvitation.objects.filter(survey=survey).exists()
    assert client_of(ada).post(here, {"asked": "1"}).status_code == 302
    assert SurveyInvitation.objects.filter(survey=survey).count() == 1


def test_a_list_is_dropped_or_forgotten_after_a_day_and_goes_with_an_erasure(ada, client_of):
    survey = opened_survey(ada)
    kept = keep_list(by=ada, survey=survey, people=people("a@example.com"))
    drop = reverse("customer_voice:survey_invite_drop", args=["northwind", survey.pk, kept.pk])
    assert "Nobody was asked." in client_of(ada).post(drop, follow=True).text
    assert not RecipientList.objects.exists()
    keep_list(by=ada, survey=survey, people=people("a@example.com"))
    now = timezone.now()
    forget_lists(now=now + timedelta(hours=23))
    assert RecipientList.objects.exists()
    forget_lists(now=now + timedelta(hours=25))
    assert not RecipientList.objects.exists()
    keep_list(by=ada, survey=survey, people=people("a@example.com"))
    ContactFactory(organization=ada.organization, external_reference="C-7", email="a@example.com")
    erase_customer(by=ada, customer="C-7")
    assert not RecipientList.objects.exists()


def test_a_list_of_another_survey_or_organization_is_not_found(ada, dora, client_of):
    kept = keep_list(by=ada, survey=opened_survey(ada), people=people("a@example.com"))
    other = opened_survey(ada, name="Other")
    wrong = reverse("customer_voice:survey_invite", args=["northwind", other.pk, kept.pk])
    assert client_of(ada).get(wrong).status_code == 404
    right = reverse("customer_voice:survey_invite", args=["northwind", kept.survey_id, kept.pk])
    assert client_of(dora).get(right).status_code == 404


def test_what_cannot_be_read_is_refused_with_what_was_typed(ada, client_of):
    survey, client = opened_survey(ada), client_of(ada)
    page = reverse("customer_voice:survey_mail", args=["northwind", survey.pk])
    assert client.post(page, {"source": "list"}).status_code == 422
    refused = client.post(page, {"source": "list", "people": "Name;Phone\nAna;1"})
    assert (refused.status_code, "Name;Phone" in refused.text) == (422, True)


def test_lists_letters_and_rules_stand_in_the_trail_without_addresses(ada):
    survey = opened_survey(ada)
    asked(ada, survey, "a@example.com")
    mark_bounced(by=ada, survey=survey, email="a@example.com")
    set_asking_rules(by=ada, quiet_days=10)
    entries = AuditEvent.objects.filter(verb__startswith="customer_survey")[:3]
    assert [one.verb for one in entries] == [
        "customer_survey.rules_changed", "customer_survey.bounced", "customer_survey.invited",
    ]  # fmt: skip
    assert "example.com" not in str([(one.before, one.after) for one in entries])


# --- an older database ----------------------------------------------------------------------------------


def test_an_upgrade_notes_what_was_handed_over_keeps_no_half_answers_and_writes_every_no_down(ada):
    migration = import_module("customer_voice.migrations.0020_letters_that_were_handed_over")
    survey = opened_survey(ada)
    asked(ada, survey, "sent@example.com", "forgotten@example.com", "reminded@example.com")
    sent_at = of(survey, "sent@example.com").letter.sent_at
    Letter.objects.filter(recipient="forgotten@example.com").delete()
    Letter.objects.filter(recipient="reminded@example.com").update(job_state=JobState.QUEUED)
    survey.invitations.filter(email="reminded@example.com").update(letters=2)
    survey.mailings.all().delete()
    invite(by=ada, survey=survey, people=people("waits@example.com", "listed@example.com"))
    written(survey)
    survey.invitations.filter(email="listed@example.com").update(letters=0, letter=None)
    ContactFactory(
        organization=ada.organization, external_reference="C-1", email="Bo@example.com",
        consent="withdrawn", consent_changed_at=timezone.now(),
    )  # fmt: skip
    migration.note_what_was(apps, None)
    migration.note_what_was(apps, None)
    handed = dict(survey.invitations.values_list("email", "handed_over_at"))
    invited = dict(survey.invitations.values_list("email", "invited_at"))
    assert handed == {
        "sent@example.com": sent_at,
        "forgotten@example.com": invited["forgotten@example.com"],
        "reminded@example.com": invited["reminded@example.com"],
        "waits@example.com": None,
        "listed@example.com": None,
    }
    figures = mail_figures(survey)
    assert (figures.asked, figures.delivered, figures.in_queue) == (4, 3, 1)
    survey.refresh_from_db()
    assert survey.half_answers == "none"
    assert NoMoreSurveys.objects.get().digest == digest_of_secret("bo@example.com")
