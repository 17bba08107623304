""" "No" stays no: taken back by the customer, or by an administrator with a reason; by nothing else."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import AuditEvent
from common.errors import InvalidValues
from customer_voice.choices import Consent
from customer_voice.importers.customers import ListItem
from customer_voice.models import Contact, NoMoreSurveys, SurveyInvitation
from customer_voice.services import (
    Recipient,
    erase_customer,
    invite,
    lift_no,
    merge_contacts,
    planned,
    record_feedback,
    save_contact,
    set_asking_rules,
    stop_surveys,
    take_list,
)
from customer_voice.services.mailings import secret_of
from tests.factories.accounts import MembershipFactory
from tests.factories.customer_voice import ContactFactory, MetricDefinitionFactory, TouchpointFactory
from tests.factories.surveys import opened_survey

pytestmark = pytest.mark.django_db
OMAR = "omar@example.com"
REASON = "Asked for it by phone on 3 May."


@pytest.fixture
def omar(ada):
    """Omar, who was asked, has unsubscribed; the row of the survey that asked him."""
    ContactFactory(organization=ada.organization, external_reference="C-1", email="Omar@example.com")
    survey = opened_survey(ada)
    invite(by=ada, survey=survey, people=[Recipient(email=OMAR)])
    set_asking_rules(by=ada, quiet_days=0)
    row = SurveyInvitation.objects.select_related("survey__organization").get()
    stop_surveys(invitation=row)
    return row


@pytest.fixture
def chief(organization):
    return MembershipFactory(organization=organization, role=Role.ADMINISTRATOR, user__name="Chief")


def would_be_asked(by, email=OMAR):
    survey = opened_survey(by, name=f"Survey {timezone.now().isoformat()}")
    return planned(survey, [Recipient(email=email)]).asked == 1


def test_nothing_but_the_two_ways_brings_somebody_back(ada, omar):
    for consent in ("given", "unknown"):
        kept = save_contact(by=ada, external_reference="C-1", values={"consent": consent})
        assert kept.consent == Contact.objects.get().consent == Consent.WITHDRAWN
    save_contact(by=ada, external_reference="C-2", values={"email": OMAR, "consent": "given"})
    save_contact(by=ada, external_reference="C-1", values={"name": "Omar"})
    TouchpointFactory(organization=ada.organization, key="web")
    item = {"external_id": "r1", "occurred_at": "2026-03-01T10:00", "touchpoint": "web", "score": "9"}
    record_feedback(
        organization=ada.organization,
        metric=MetricDefinitionFactory(organization=ada.organization, key="nps"),
        source="file",
        items=[{**item, "customer": "C-1"}],
    )
    assert not would_be_asked(ada)
    assert Contact.objects.get(external_reference="C-1").consent == Consent.WITHDRAWN


def test_a_record_that_said_no_outlives_its_erasure_and_a_new_one(ada):
    save_contact(by=ada, external_reference="C-7", values={"email": "Bo@example.com", "consent": "withdrawn"})
    assert NoMoreSurveys.objects.count() == 1
    erase_customer(by=ada, customer="C-7")
    save_contact(by=ada, external_reference="C-8", values={"email": "bo@example.com", "consent": "given"})
    assert not would_be_asked(ada, "bo@example.com")


def test_an_older_record_that_said_no_is_kept_when_it_is_erased(ada):
    ContactFactory(
        organization=ada.organization, external_reference="C-7", email="Bo@example.com",
        consent="withdrawn", consent_changed_at=timezone.now(),
    )  # fmt: skip
    erase_customer(by=ada, customer="C-7")
    assert not would_be_asked(ada, "bo@example.com")


def test_the_customer_takes_it_back_by_the_link_of_any_letter(ada, omar):
    out = reverse("ask:stop", args=[omar.survey.public_id, secret_of(omar)])
    page = Client().get(out)
    assert "You are unsubscribed" in page.text
    assert 'name="again"' in page.text
    assert not would_be_asked(ada)  # opening it does nothing
    done = Client().post(out, {"again": "yes"})
    assert "You will receive surveys of Northwind Telecom by e-mail again" in done.text
    assert would_be_asked(ada)
    assert Contact.objects.get().consent == Consent.GIVEN
    assert SurveyInvitation.objects.get().stopped_at is None
    event = AuditEvent.objects.get(verb="customer_survey.no_taken_back")
    assert (event.actor, OMAR in str(event.after)) == (None, False)
    Client().post(out, {"again": "yes"})
    assert AuditEvent.objects.filter(verb="customer_survey.no_taken_back").count() == 1
    again = Client().post(out, {"List-Unsubscribe": "One-Click"})
    assert "You are unsubscribed" in again.text
    assert not would_be_asked(ada)


def test_an_administrator_takes_it_back_with_a_reason_in_the_trail(ada, chief, omar, client_of):
    page = reverse("customer_voice:survey_unsubscribed", args=["northwind"])
    client = client_of(chief)
    shown = client.get(page)
    assert "1 address wants no more surveys." in " ".join(shown.text.split())
    assert OMAR not in shown.text
    refused = client.post(page, {"email": OMAR, "reason": "please"})
    assert (refused.status_code, "Say why" in refused.text, OMAR in refused.text) == (422, True, True)
    assert client.post(page, {"email": "no@example.com", "reason": REASON}).status_code == 422
    assert not would_be_asked(ada)
    assert client.post(page, {"email": "OMAR@example.com", "reason": REASON}).status_code == 302
    assert would_be_asked(ada)
    event = AuditEvent.objects.get(verb="customer_survey.no_lifted")
    assert (event.actor, event.after) == (chief.user, {"reason": REASON})


def test_a_cx_leader_and_another_organization_cannot(ada, dora, omar, client_of):
    page = reverse("customer_voice:survey_unsubscribed", args=["northwind"])
    assert client_of(ada).post(page, {"email": OMAR, "reason": REASON}).status_code == 403
    with pytest.raises(InvalidValues):
        lift_no(by=dora, email=OMAR, reason=REASON)
    assert not would_be_asked(ada)
    link = reverse("customer_voice:survey_unsubscribed", args=["northwind"])
    mail = reverse("customer_voice:survey_mail", args=["northwind", omar.survey_id])
    assert link not in client_of(ada).get(mail).text


def test_the_link_to_it_stands_where_an_administrator_asks(chief, omar, client_of):
    link = reverse("customer_voice:survey_unsubscribed", args=["northwind"])
    mail = reverse("customer_voice:survey_mail", args=["northwind", omar.survey_id])
    assert link in client_of(chief).get(mail).text


@pytest.mark.parametrize("reason", ["", "too short", "x" * 501])
def test_without_a_reason_it_stays(chief, omar, reason):
    with pytest.raises(InvalidValues) as refused:
        lift_no(by=chief, email=OMAR, reason=reason)
    assert list(refused.value.fields) == ["reason"]
    assert NoMoreSurveys.objects.exists()


def test_the_no_of_a_record_that_goes_in_a_merge_stays_with_its_address(ada):
    """Said on the record alone: nothing else knew of it."""
    kept = ContactFactory(organization=ada.organization, external_reference="K-1", email="kim@example.com")
    gone = ContactFactory(
        organization=ada.organization, external_reference="K-2", email="Kim@old.example.com",
        consent="withdrawn", consent_changed_at=timezone.now(),
    )  # fmt: skip
    merge_contacts(by=ada, kept=kept, gone=gone)
    for email in ("kim@old.example.com", "kim@example.com"):
        assert not would_be_asked(ada, email)


@pytest.mark.parametrize("spelled", ["kim@example.com", "Kim@Example.com"])
def test_a_list_brings_back_nobody_whose_other_record_says_no(ada, spelled):
    ContactFactory(
        organization=ada.organization, external_reference="K-1", email="KIM@example.com",
        consent="withdrawn", consent_changed_at=timezone.now(),
    )  # fmt: skip
    item = ListItem(line=2, values={"external_reference": "K-2", "email": spelled, "consent": "given"})
    assert take_list(by=ada, kind="contacts", items=[item]).left_out == 1
    assert not would_be_asked(ada, spelled.lower())


def test_a_no_that_a_list_brings_outlives_a_change_of_address(ada):
    values = {"external_reference": "K-1", "email": "a@example.com", "consent": "withdrawn"}
    item = ListItem(line=2, values=values)
    take_list(by=ada, kind="contacts", items=[item])
    save_contact(by=ada, external_reference="K-1", values={"email": "b@example.com"})
    assert not would_be_asked(ada, "a@example.com")
    assert not would_be_asked(ada, "b@example.com")
