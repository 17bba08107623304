"""Two records of one customer become one, and one person's data are erased or handed out."""

import json
from dataclasses import replace

import pytest
from django.utils import timezone

from accounts.models import AuditEvent, Letter
from accounts.services import delete_organization
from common.digests import digest_of_secret
from common.errors import InvalidValues
from common.jobs import JobState
from customer_voice import services
from customer_voice.choices import Consent
from customer_voice.errors import NothingToErase
from customer_voice.models import (
    AccountReference,
    AccountTag,
    Contact,
    ContactReference,
    CustomerAccount,
    CustomerFile,
    Feedback,
    MetricPoint,
    NoMoreSurveys,
    SurveyInvitation,
)
from customer_voice.selectors.mailings import mail_figures
from customer_voice.selectors.personal_data import contact_data
from customer_voice.services import Recipient, invite, rebuild_rollup
from tests.customer_voice.customers import account_of, answered, contact_of, points, points_counted_anew
from tests.customer_voice.test_customer_lists import kept as kept_file
from tests.customer_voice.test_customers import unsubscribed
from tests.factories.surveys import opened_survey

pytestmark = pytest.mark.django_db


def send(by, *answers, **options):
    """Answers as another system sends them: (id, customer, account, score)."""
    found = [
        {
            "external_id": number,
            "customer": customer,
            "account": account,
            "score": str(score),
            "touchpoint": "web",
            "occurred_at": "2026-03-14T10:00:00Z",
        }
        for number, customer, account, score in answers
    ]
    metric = answered(by, "", 5, account="").metric
    return services.record_feedback(
        organization=by.organization, metric=metric, source="crm", by=by, items=found, **options
    )


# --- accounts -----------------------------------------------------------------------------------


def test_merged_accounts_are_one_in_every_figure_and_the_counts_stay_exact(ada):
    kept, gone, third = account_of(ada, "A-1"), account_of(ada, "A-2"), account_of(ada, "A-3")
    contact_of(ada, "C-2", account=gone)
    for reference, account in (("C-1", "A-1"), ("C-2", "A-2"), ("C-3", "A-2"), ("C-4", "A-3")):
        answered(ada, reference, 9, account=account, days_ago=int(reference[-1]))
    rebuild_rollup(organization=ada.organization)
    everything = sum(point.n for point in MetricPoint.objects.all())
    preview = services.account_merge(kept=kept, gone=gone)
    assert (preview.answers, preview.contacts) == (2, 1)
    found = services.merge_accounts(by=ada, kept=kept, gone=gone, seen=preview.mark)
    assert (found.answers, found.contacts) == (2, 1)
    assert points() == {"A-1": 3, "A-3": 1}
    assert points() == points_counted_anew(ada.organization)
    assert sum(point.n for point in MetricPoint.objects.all()) == everything
    assert Contact.objects.get(external_reference="C-2").account == kept
    assert set(CustomerAccount.objects.all()) == {kept, third}
    event = AuditEvent.objects.get(verb="customer_account.merged")
    assert event.after == {"answers": 2, "contacts": 1}


def test_what_the_kept_one_has_stays_and_what_it_lacks_comes_from_the_other(ada):
    kept = account_of(ada, "A-1", segment="Enterprise", tags=("key",))
    gone = account_of(
        ada, "A-2", segment="Small", yearly_value=5, currency="USD", people_total=3, tags=("key", "north"),
        left_on=ada.organization.clock.today(),
    )  # fmt: skip
    services.merge_accounts(by=ada, kept=kept, gone=gone)
    kept.refresh_from_db()
    assert (kept.name, kept.segment, kept.yearly_value, kept.currency, kept.people_total, kept.left_on) == (
        "Firm A-1", "Enterprise", 5, "USD", 3, None,
    )  # fmt: skip
    assert list(kept.tags.values_list("name", flat=True)) == ["key", "north"]


def test_a_reference_of_before_goes_on_meaning_the_one_that_was_kept(ada):
    kept, gone = account_of(ada, "A-1"), account_of(ada, "A-2")
    person, double = contact_of(ada, "C-1"), contact_of(ada, "C-2")
    send(ada, ("1", "C-2", "A-2", 9))
    services.merge_accounts(by=ada, kept=kept, gone=gone)
    services.merge_contacts(by=ada, kept=person, gone=double)
    again = send(ada, ("1", "C-2", "A-2", 9), ("2", "C-2", "A-2", 3))
    assert (again.created, again.updated, again.unchanged) == (1, 0, 1)
    answers = Feedback.objects.exclude(contact=None)
    assert set(answers.values_list("contact", "account")) == {(person.pk, kept.pk)}
    assert (CustomerAccount.objects.count(), Contact.objects.count()) == (1, 1)
    assert services.save_account(by=ada, external_reference="A-2", values={"name": "Harbor"}) == kept
    assert services.save_contact(by=ada, external_reference="C-2", values={"name": "Jo"}) == person
    third = account_of(ada, "A-3")
    services.merge_accounts(by=ada, kept=third, gone=CustomerAccount.objects.get(pk=kept.pk))
    assert set(AccountReference.objects.values_list("reference", "account")) == {
        ("A-1", third.pk), ("A-2", third.pk),
    }  # fmt: skip


def test_what_cannot_be_merged_is_refused_and_so_is_what_was_not_seen(ada, dora):
    kept, gone = account_of(ada, "A-1"), account_of(ada, "A-2")
    for other in (kept, account_of(dora, "A-9")):
        with pytest.raises(InvalidValues):
            services.merge_accounts(by=ada, kept=kept, gone=other)
    mark = services.account_merge(kept=kept, gone=gone).mark
    answered(ada, "C-1", 9, account="A-2")
    with pytest.raises(InvalidValues):
        services.merge_accounts(by=ada, kept=kept, gone=gone, seen=mark)
    assert CustomerAccount.objects.filter(organization=ada.organization).count() == 2


def test_an_organization_goes_with_tags_names_of_before_and_lists(ada, dora):
    for by in (ada, dora):
        kept = account_of(by, "A-1", tags=("key",))
        services.merge_accounts(by=by, kept=kept, gone=account_of(by, "A-2"))
        person = contact_of(by, "C-1", account=kept)
        services.merge_contacts(by=by, kept=person, gone=contact_of(by, "C-2"))
        kept_file(by, "reference,name\nA-5,x\n")
    delete_organization(organization=ada.organization, by_name="Ada", reason="moved")
    for model in (AccountTag, AccountReference, ContactReference, CustomerFile, CustomerAccount, Contact):
        assert model.objects.get().organization == dora.organization


# --- contacts -----------------------------------------------------------------------------------


def test_merged_contacts_keep_the_account_of_each_answer(ada):
    kept, gone = contact_of(ada, "C-1", account=account_of(ada, "A-1")), contact_of(ada, "C-2")
    answered(ada, "C-1", 9, account="A-1")
    answered(ada, "C-2", 3, account="A-2")
    rebuild_rollup(organization=ada.organization)
    before = points()
    preview = services.contact_merge(kept=kept, gone=gone)
    assert (preview.answers, preview.says_no) == (1, False)
    services.merge_contacts(by=ada, kept=kept, gone=gone, seen=preview.mark)
    assert set(Feedback.objects.values_list("contact", "account__external_reference")) == {
        (kept.pk, "A-1"), (kept.pk, "A-2"),
    }  # fmt: skip
    assert points() == before == points_counted_anew(ada.organization)


def test_a_no_of_the_double_s_record_holds_for_its_address_when_the_record_is_gone(ada):
    double = contact_of(ada, "C-2", email="omar@harbor.example", consent=Consent.WITHDRAWN)
    services.merge_contacts(by=ada, kept=contact_of(ada, "C-1", email="park@harbor.example"), gone=double)
    people = [Recipient(email="omar@harbor.example"), Recipient(email="new@harbor.example")]
    told = invite(by=ada, survey=opened_survey(ada), people=people)
    assert (told.unsubscribed, SurveyInvitation.objects.get().email) == (1, "new@harbor.example")


def test_who_has_said_no_keeps_the_moment_of_it_when_a_double_comes_to_her(ada):
    kept = contact_of(ada, "C-1", email="ana@harbor.example", consent=Consent.WITHDRAWN)
    said_at = kept.consent_changed_at
    assert said_at is not None
    services.merge_contacts(by=ada, kept=kept, gone=contact_of(ada, "C-2"))
    kept.refresh_from_db()
    assert (kept.consent, kept.consent_changed_at) == (Consent.WITHDRAWN, said_at)


def test_no_holds_for_the_merged_one_under_every_address(ada):
    unsubscribed(ada, "omar@harbor.example")
    double = contact_of(ada, "C-2", email="omar@harbor.example")
    kept = contact_of(ada, "C-1", email="omar.park@harbor.example", consent="given")
    assert services.contact_merge(kept=kept, gone=double).says_no
    services.merge_contacts(by=ada, kept=kept, gone=double)
    kept.refresh_from_db()
    assert kept.consent == Consent.WITHDRAWN
    survey = opened_survey(ada, name="Other")
    people = [Recipient(email="omar@harbor.example"), Recipient(email="omar.park@harbor.example")]
    assert invite(by=ada, survey=survey, people=people).unsubscribed == 2
    again = services.change_contact(by=ada, contact=kept, values={"consent": "given"}).contact
    assert again.consent == Consent.WITHDRAWN


def test_consent_of_the_double_counts_where_the_kept_one_was_never_asked(ada):
    kept, gone = contact_of(ada, "C-1"), contact_of(ada, "C-2", consent="given")
    services.merge_contacts(by=ada, kept=kept, gone=gone)
    kept.refresh_from_db()
    assert (kept.consent, kept.consent_changed_at) == (Consent.GIVEN, gone.consent_changed_at)


# --- one person's data --------------------------------------------------------------------------


def asked_and_answered(ada):
    """A contact with everything: answers, a letter, a name of before, a list that waits."""
    contact = contact_of(
        ada, "C-1", name="Jo Park", email="Jo@harbor.example", account=account_of(ada, "A-1")
    )
    services.merge_contacts(by=ada, kept=contact, gone=contact_of(ada, "C-2"))
    answered(ada, "C-1", 9, text="Call me, Jo Park")
    answered(ada, "C-1", 4, days_ago=50)
    answered(ada, "C-3", 4, text="Kim here")
    survey = opened_survey(ada)
    invite(by=ada, survey=survey, people=[Recipient(email="jo@harbor.example", name="Jo Park")])
    letter = Letter.objects.create(
        organization=ada.organization, sender="", recipient="jo@harbor.example", subject="How did we do?"
    )
    survey.invitations.update(letter=letter, letters=1, invited_at=timezone.now())
    kept_file(ada, "email,name\njo@harbor.example,Jo Park\n", "contacts")
    rebuild_rollup(organization=ada.organization)
    return Contact.objects.get(external_reference="C-1"), survey


def test_nothing_of_an_erased_person_is_left_and_every_figure_stays(ada):
    contact, survey = asked_and_answered(ada)
    NoMoreSurveys.objects.create(organization=ada.organization, digest=digest_of_secret("jo@harbor.example"))
    counted, by_account, figures = sum(p.n for p in MetricPoint.objects.all()), points(), mail_figures(survey)
    erased = services.erase_contact(by=ada, contact=contact)
    assert (erased.rows, erased.removed) == (2, 0)
    contact.refresh_from_db()
    assert (contact.name, contact.email, contact.external_reference, contact.account) == ("", "", None, None)
    assert contact.erased_at is not None
    assert list(Feedback.objects.exclude(text="").values_list("text", flat=True)) == ["Kim here"]
    assert not Feedback.objects.filter(contact=contact).exists()
    assert SurveyInvitation.objects.get().email == ""
    assert not ContactReference.objects.exists()
    assert not Letter.objects.filter(recipient__icontains="jo@").exists()
    assert not CustomerFile.objects.exists()
    assert (sum(p.n for p in MetricPoint.objects.all()), points()) == (counted, by_account)
    assert points() == points_counted_anew(ada.organization)
    assert mail_figures(survey) == replace(figures, left=0)  # nobody is there to be reminded
    event = AuditEvent.objects.get(verb="feedback.erased")
    assert event.after == {"by": "customer", "answers": 2, "removed": 0, "contacts": 1}
    told = json.dumps([[e.subject, e.before, e.after] for e in AuditEvent.objects.all()], default=str).lower()
    assert "park" not in told
    assert "jo@" not in told
    assert NoMoreSurveys.objects.count() == 1  # who said no stays out, whoever brings the address back
    with pytest.raises(NothingToErase):
        services.erase_contact(by=ada, contact=contact)


def test_a_refused_letter_stays_out_of_the_base_when_its_person_is_erased(ada):
    contact, survey = asked_and_answered(ada)
    Letter.objects.update(job_state=JobState.FAILED)
    figures = mail_figures(survey)
    assert figures.delivered == 0
    services.erase_contact(by=ada, contact=contact)
    assert mail_figures(survey) == figures


def test_scores_go_too_where_one_says_so(ada):
    contact, _survey = asked_and_answered(ada)
    assert points() == {"A-1": 3}
    services.erase_contact(by=ada, contact=contact, removes_rows=True)
    assert points() == {"A-1": 1}
    assert points() == points_counted_anew(ada.organization)


def test_a_reference_of_before_a_merge_erases_the_same_person(ada):
    asked_and_answered(ada)
    assert services.erase_customer(by=ada, customer="C-2").rows == 2
    assert Contact.objects.exclude(erased_at=None).count() == 1


def test_the_data_of_one_person_hold_all_of_it_and_nobody_elses(ada):
    contact, _survey = asked_and_answered(ada)
    found = contact_data(contact)
    assert found["contact"]["former_references"] == ["C-2"]
    assert found["contact"]["account"] == {"reference": "A-1", "name": "Firm A-1"}
    assert [(one["score"], one["text"]) for one in found["answers"]] == [("4", ""), ("9", "Call me, Jo Park")]
    assert [(one["survey"], one["state"]) for one in found["invitations"]] == [("After the visit", "waiting")]
    assert not found["contact"]["has_unsubscribed"]
    assert "Kim" not in json.dumps(found, default=str)
