"""Asking by e-mail: the list, the letters, one base for the rate, and "no" that stays no."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, Letter
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
    SurveyInvitation,
    SurveyMailing,
    SurveyReply,
)
from customer_voice.selectors.mailings import mail_figures, state_of
from customer_voice.services import (
    Recipient,
    close_survey,
    erase_customer,
    invite,
    keep_refusals,
    mailings,
    mark_bounced,
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
    found = invite(by=by, survey=survey, people=people(*emails))
    written(survey)
    return found


def of(survey, email):
    return SurveyInvitation.objects.get(survey=survey, email=email)


def link(survey, email, name="invited"):
    return reverse(f"ask:{name}", args=[survey.public_id, secret_of(of(survey, email))])


# --- who is asked ---------------------------------------------------------------------------------------


def test_fifty_rows_four_doubles_six_bounce_ten_answer_are_a_quarter_of_forty(ada):
    """Kind 3 of the field: asked 46, delivered 40, 25.0 %; reminders go to exactly the rest."""
    survey = opened_survey(ada, follow_up="none")
    rows = [f"customer{number}@example.com" for number in range(46)]
    rows += [row.replace("customer", "Customer") for row in rows[:4]]
    found = asked(ada, survey, *rows)
    assert (found.asked, found.doubles) == (46, 4)
    for number in range(6):
        mark_bounced(by=ada, survey=survey, email=rows[number])
    for number in range(6, 16):
        assert Client().post(link(survey, rows[number]), sent(score="9")).status_code == 302
    figures = mail_figures(survey)
    assert (figures.asked, figures.delivered, figures.answered, figures.rate) == (46, 40, 10, 0.25)
    assert figures.left == 30
    before = Letter.objects.count()
    assert remind(by=ada, survey=survey) == 30
    assert written(survey).count() - before == 30
    with pytest.raises(InvalidValues):
        remind(by=ada, survey=survey)


def test_a_list_with_a_line_that_is_no_address_asks_nobody_and_names_it(ada):
    survey = opened_survey(ada)
    with pytest.raises(InvalidValues, match="3: not-an-address"):
        invite(by=ada, survey=survey, people=people("a@example.com", "not-an-address"))
    assert not SurveyInvitation.objects.exists()


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
    assert [(one.email, one.name) for one in recipients_in_text(text)] == wanted


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
        job_state=JobState.FAILED, created_at=now - timedelta(days=9)
    )
    assert mail_figures(survey).delivered == 1
    assert keep_refusals(now=now) == 1
    Letter.objects.all().delete()
    assert mail_figures(survey).delivered == 1
    assert keep_refusals(now=now) == 0


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
    assert (row.score, row.contact.external_reference) == (9, "C-7")
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
    save_contact(by=ada, external_reference="C-1", values={"consent": "given"})
    save_contact(by=ada, external_reference="C-2", values={"email": "OMAR@example.com", "consent": "given"})
    found = invite(by=ada, survey=other, people=people("OMAR@example.com", "new@example.com"))
    assert (found.asked, found.unsubscribed) == (1, 1)
    written(other)
    page = reverse("customer_voice:survey_mail", args=["northwind", other.pk])
    answer = client_of(ada).post(page, {"source": "contacts"}, follow=True)
    assert "2 left out" not in answer.content.decode()
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
    assert Client().post(here, sent(score="1")).status_code == 302
    assert not Feedback.objects.exists()
    assert mail_figures(survey).answered == 1


# --- the page -------------------------------------------------------------------------------------------


def test_the_page_asks_a_file_and_says_who_was_left_out(ada, client_of):
    survey, client = opened_survey(ada), client_of(ada)
    page = reverse("customer_voice:survey_mail", args=["northwind", survey.pk])
    file = SimpleUploadedFile("people.csv", b"email,name\na@example.com,Ana\nA@example.com,Ana\n")
    answer = client.post(page, {"source": "list", "file": file}, follow=True).content.decode()
    assert "1 person is asked. 1 duplicate left out." in answer
    refused = client.post(page, {"source": "list", "people": "nonsense"})
    assert refused.status_code == 422
    assert "nonsense" in refused.content.decode()
    assert client.post(page, {"source": "list"}).status_code == 422


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
