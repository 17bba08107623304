"""A list of customers, or a merge, is taken back: what was changed or used since stays and is named."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from common.errors import InvalidValues
from customer_voice import services
from customer_voice.choices import Consent
from customer_voice.models import (
    AccountReference,
    Contact,
    CustomerAccount,
    Feedback,
    FormerCustomer,
    FormerMerge,
    SurveyInvitation,
    TakenList,
)
from customer_voice.selectors.personal_data import contact_data
from customer_voice.services import Recipient, invite, rebuild_rollup
from tests.customer_voice.customers import account_of, answered, contact_of, points, points_counted_anew
from tests.customer_voice.test_customer_lists import taken
from tests.factories.surveys import opened_survey

pytestmark = pytest.mark.django_db


def undo(by, **options):
    return services.undo_list(by=by, taken=TakenList.objects.get(), **options)


def tags_of(account):
    return sorted(account.tags.values_list("name", flat=True))


# --- lists ----------------------------------------------------------------------------------------------


def test_a_list_of_accounts_is_taken_back_whole(ada):
    known = account_of(ada, "A-1", segment="SMB", tags=("old",), yearly_value=100, currency="EUR")
    taken(
        ada,
        "reference,name,segment,tags,value per year,currency\n"
        "A-1,Harbor,Enterprise,key; north,250,USD\nA-2,Osei,SMB,new,,\n",
    )
    assert set(CustomerAccount.objects.values_list("external_reference", flat=True)) == {"A-1", "A-2"}
    found = undo(ada)
    assert (found.removed, found.restored, found.stay) == (1, 1, 0)
    known.refresh_from_db()
    assert (known.name, known.segment, tags_of(known)) == ("Firm A-1", "SMB", ["old"])
    assert (known.yearly_value, known.currency) == (100, "EUR")
    assert list(CustomerAccount.objects.values_list("external_reference", flat=True)) == ["A-1"]
    assert not TakenList.objects.exists()
    assert not FormerCustomer.objects.exists()
    entry = AuditEvent.objects.filter(verb="customers.taken_back").get()
    assert entry.after == {"list": "accounts", "removed": 1, "restored": 1, "kept": 0}


def test_what_somebody_has_changed_since_stays_column_by_column_and_is_named(ada):
    known, used = account_of(ada, "A-1", segment="SMB"), account_of(ada, "A-5", segment="SMB")
    taken(ada, "reference,name,segment\nA-1,Harbor,Enterprise\nA-2,Osei,SMB\nA-3,Lund,SMB\nA-5,Five,SMB\n")
    known.refresh_from_db()
    services.change_account(by=ada, account=known, values={"segment": "Public"})
    edited = CustomerAccount.objects.get(external_reference="A-2")
    services.change_account(by=ada, account=edited, values={"name": "Osei & Partners"})
    answered(ada, "C-9", 9, account="A-3")
    plan = services.list_undo(TakenList.objects.get())
    assert (plan.removed, plan.restored, plan.stay) == (0, 2, 3)
    assert set(plan.named) == {"Harbor", "Osei & Partners", "Lund"}
    undo(ada, seen=plan.mark)
    known.refresh_from_db()
    used.refresh_from_db()
    assert (known.name, known.segment, used.name) == ("Firm A-1", "Public", "Firm A-5")
    assert CustomerAccount.objects.filter(external_reference__in=["A-2", "A-3"]).count() == 2


def test_dates_that_depend_on_one_another_go_back_together_or_not_at_all(ada):
    """The list moved start and end, somebody has corrected the end: the old start would lie after it."""
    known = account_of(ada, "A-1", started_on="2026-05-01")
    taken(ada, "reference,customer since,left on\nA-1,2020-01-01,2026-06-30\n")
    known.refresh_from_db()
    services.change_account(by=ada, account=known, values={"left_on": "2025-12-31"})
    with pytest.raises(InvalidValues, match="nothing left"):
        undo(ada)
    known.refresh_from_db()
    assert (str(known.started_on), str(known.left_on)) == ("2020-01-01", "2025-12-31")


def test_a_list_of_contacts_goes_with_the_accounts_that_it_named_first(ada):
    moved = contact_of(ada, "C-1", account=account_of(ada, "A-1"))
    taken(ada, "reference,name,account\nC-1,Jo,A-1\nC-2,Tom,A-7\nC-3,Ola,A-8\n", "contacts")
    answered(ada, "C-3", 9, account="A-1")  # somebody else speaks by it now
    found = undo(ada)
    assert (found.removed, found.restored, found.stay) == (2, 1, 2)
    moved.refresh_from_db()
    assert moved.name == "Person C-1"
    assert set(Contact.objects.values_list("external_reference", flat=True)) == {"C-1", "C-3"}
    references = set(CustomerAccount.objects.values_list("external_reference", flat=True))
    assert references == {"A-1", "A-8"}


def test_taking_a_list_back_switches_nobody_on_who_said_no(ada):
    contact = contact_of(ada, "C-1", email="jo@harbor.example", consent=Consent.GIVEN)
    taken(ada, "reference,email,segment,consent\nC-1,jo@harbor.example,SMB,withdrawn\n", "contacts")
    undo(ada)
    contact.refresh_from_db()
    assert (contact.segment, contact.consent) == ("", Consent.WITHDRAWN)


def test_an_erasure_reaches_what_is_kept_to_take_a_list_back(ada):
    contact = contact_of(ada, "C-1", name="Jo", email="jo@harbor.example")
    taken(ada, "reference,name\nC-1,Joanna\n", "contacts")
    assert contact_data(contact)["former"] == [{"name": "Jo"}]
    services.erase_customer(by=ada, customer="C-1")
    assert not FormerCustomer.objects.exists()
    with pytest.raises(InvalidValues, match="nothing left"):
        undo(ada)


def test_after_a_month_nothing_is_kept(ada):
    taken(ada, "reference,name\nA-1,Harbor\n")
    services.merge_accounts(by=ada, kept=account_of(ada, "A-5"), gone=account_of(ada, "A-6"))
    assert services.forget_former_customers(now=timezone.now() + timedelta(days=29)) == 0
    services.forget_former_customers(now=timezone.now() + timedelta(days=31))
    assert not TakenList.objects.exists()
    assert not FormerCustomer.objects.exists()
    assert not FormerMerge.objects.exists()


def test_something_else_than_was_seen_is_refused(ada):
    taken(ada, "reference,name\nA-1,Harbor\nA-2,Osei\n")
    seen = services.list_undo(TakenList.objects.get()).mark
    answered(ada, "C-1", 9, account="A-2")
    with pytest.raises(InvalidValues, match="changed since"):
        undo(ada, seen=seen)
    assert CustomerAccount.objects.count() == 2


# --- merges ---------------------------------------------------------------------------------------------


def test_merged_accounts_part_again_and_the_counts_stay_exact(ada):
    kept, gone = account_of(ada, "A-1"), account_of(ada, "A-2", segment="SMB", tags=("north",))
    person = contact_of(ada, "C-2", account=gone)
    for reference, account in (("C-1", "A-1"), ("C-2", "A-2"), ("C-3", "A-2")):
        answered(ada, reference, 9, account=account, days_ago=int(reference[-1]))
    rebuild_rollup(organization=ada.organization)
    services.merge_accounts(by=ada, kept=kept, gone=gone)
    answered(ada, "C-8", 3, account="A-1", days_ago=1)  # since: it stays where it is
    rebuild_rollup(organization=ada.organization)
    former = FormerMerge.objects.get()
    assert (str(former), services.merge_undo(former).returned) == ("Firm A-2", 4)  # answers, contact, tag
    back = services.undo_merge(by=ada, former=former)
    assert (back.external_reference, back.name, tags_of(back)) == ("A-2", "Firm A-2", ["north"])
    kept.refresh_from_db()
    person.refresh_from_db()
    assert (kept.segment, tags_of(kept), person.account) == ("", [], back)
    assert points() == {"A-1": 2, "A-2": 2}
    assert points() == points_counted_anew(ada.organization)
    assert not AccountReference.objects.exists()
    assert not FormerMerge.objects.exists()
    entry = AuditEvent.objects.filter(verb="customer_account.parted").get()
    assert entry.after == {"answers": 4}


def test_merged_contacts_part_again_with_their_answers_and_letters(ada):
    kept = contact_of(ada, "C-1", email="jo@harbor.example", consent=Consent.UNKNOWN)
    gone = contact_of(ada, "C-2", email="joanna@harbor.example", segment="SMB", consent=Consent.GIVEN)
    answered(ada, "C-2", 9, account="")
    survey = opened_survey(ada)
    invite(by=ada, survey=survey, people=[Recipient(email="joanna@harbor.example")])
    services.merge_contacts(by=ada, kept=kept, gone=gone)
    kept.refresh_from_db()
    assert (kept.segment, kept.consent) == ("SMB", Consent.GIVEN)
    back = services.undo_merge(by=ada, former=FormerMerge.objects.get())
    kept.refresh_from_db()
    assert (kept.segment, kept.consent, kept.email) == ("", Consent.UNKNOWN, "jo@harbor.example")
    assert (back.email, back.consent, back.segment) == ("joanna@harbor.example", Consent.GIVEN, "SMB")
    assert Feedback.objects.get().contact == back
    assert SurveyInvitation.objects.get().contact == back


def test_a_no_that_a_merge_brought_stays_with_both(ada):
    kept = contact_of(ada, "C-1", email="jo@harbor.example", consent=Consent.GIVEN)
    gone = contact_of(ada, "C-2", email="joanna@harbor.example", consent=Consent.WITHDRAWN)
    services.merge_contacts(by=ada, kept=kept, gone=gone)
    back = services.undo_merge(by=ada, former=FormerMerge.objects.get())
    kept.refresh_from_db()
    assert {kept.consent, back.consent} == {Consent.WITHDRAWN}


def test_what_somebody_has_changed_after_a_merge_is_not_overwritten(ada):
    kept, gone = account_of(ada, "A-1"), account_of(ada, "A-2", segment="SMB")
    services.merge_accounts(by=ada, kept=kept, gone=gone)
    kept.refresh_from_db()
    services.change_account(by=ada, account=kept, values={"segment": "Public"})
    services.undo_merge(by=ada, former=FormerMerge.objects.get())
    kept.refresh_from_db()
    assert kept.segment == "Public"


def test_two_merges_are_taken_back_in_either_order(ada):
    for first in ("A-2", "A-3"):
        Feedback.objects.all().delete()
        FormerMerge.objects.all().delete()
        AccountReference.objects.all().delete()
        CustomerAccount.objects.all().delete()
        one, two, three = account_of(ada, "A-1"), account_of(ada, "A-2"), account_of(ada, "A-3")
        answered(ada, "", 9, account="A-2")
        answered(ada, "", 9, account="A-3")
        services.merge_accounts(by=ada, kept=two, gone=three)  # A-3 into A-2
        two.refresh_from_db()
        services.merge_accounts(by=ada, kept=one, gone=two)  # and that into A-1
        by_name = {former.gone["external_reference"]: former for former in FormerMerge.objects.all()}
        for name in (first, "A-3" if first == "A-2" else "A-2"):
            services.undo_merge(by=ada, former=by_name[name])
        found = Feedback.objects.values_list("account__external_reference", flat=True)
        assert sorted(found) == ["A-2", "A-3"], first


def test_a_reference_that_another_record_has_taken_is_said(ada):
    kept, gone = account_of(ada, "A-1"), account_of(ada, "A-2")
    services.merge_accounts(by=ada, kept=kept, gone=gone)
    AccountReference.objects.all().delete()
    account_of(ada, "A-2")
    with pytest.raises(InvalidValues, match="Another record has the reference"):
        services.undo_merge(by=ada, former=FormerMerge.objects.get())


# --- pages ----------------------------------------------------------------------------------------------


def test_the_pages_lead_there_ask_first_and_say_what_became_of_it(client_of, ada, cleo, dora):
    taken(ada, "reference,name\nA-9,Listed\n")
    client, lists = client_of(ada), reverse("customer_voice:customer_file_new", args=["northwind"])
    here = reverse("customer_voice:customer_list_undo", args=["northwind", TakenList.objects.get().pk])
    assert here in client.get(lists).text
    page = client.get(here)
    assert "1 record that it added goes: nobody has changed or used it since." in page.text
    assert client_of(cleo).post(here).status_code == 403
    elsewhere = here.replace("northwind", dora.organization.slug)
    assert client_of(dora).get(elsewhere).status_code == 404
    assert "It is taken back." in client.post(here, follow=True).text
    assert not CustomerAccount.objects.exists()
    kept, gone = account_of(ada, "A-1"), account_of(ada, "A-2")
    services.merge_accounts(by=ada, kept=kept, gone=gone)
    there = reverse("customer_voice:customer_merge_undo", args=["northwind", FormerMerge.objects.get().pk])
    account = reverse("customer_voice:account_detail", args=["northwind", kept.pk])
    assert there in client.get(account).text
    assert there not in client_of(cleo).get(account).text
    assert "Take “Firm A-2” out of “Firm A-1” again?" in client.get(there).text
    wrong = client.post(there, {"seen": "9-9-9-9"})
    assert (wrong.status_code, "Something has changed since" in wrong.text) == (409, True)
    assert "It is taken back." in client.post(there, follow=True).text
    assert CustomerAccount.objects.count() == 2


# --- by the API -----------------------------------------------------------------------------------------

LISTS, MERGES = "/api/v1/o/northwind/customer-lists/", "/api/v1/o/northwind/customer-merges/"


def test_the_api_lists_what_can_be_taken_back_and_does_exactly_what_was_seen(ada, dora, api_of):
    api = api_of(ada)
    taken(ada, "reference,name\nA-1,Harbor\nA-2,Osei\n")
    (listed,) = api.get(LISTS).json()["results"]
    assert listed["kind"] == "accounts"
    here = f"{LISTS}{listed['id']}/undo/"
    told = api.get(here).json()
    assert (told["removed"], told["restored"], told["stay"], told["reason"]) == (2, 0, 0, "")
    answered(ada, "C-1", 9, account="A-2")
    assert api.post(here, {"seen": told["mark"]}, format="json").status_code == 422
    assert api.post(here, {"saw": "x"}, format="json").status_code in {400, 422}
    assert CustomerAccount.objects.count() == 2
    done = api.post(here, {}, format="json")
    assert (done.status_code, done.json()["removed"], done.json()["named"]) == (200, 1, ["Osei"])
    assert api.get(LISTS).json()["results"] == []
    assert api.post(here, {}, format="json").status_code == 404


def test_the_api_parts_what_was_merged(ada, api_of):
    api, kept, gone = api_of(ada), account_of(ada, "A-5"), account_of(ada, "A-6")
    answered(ada, "C-1", 9, account="A-6")
    services.merge_accounts(by=ada, kept=kept, gone=gone)
    (listed,) = api.get(MERGES).json()["results"]
    assert (listed["kind"], listed["kept"], listed["gone_reference"]) == ("accounts", kept.pk, "A-6")
    here = f"{MERGES}{listed['id']}/undo/"
    told = api.get(here).json()
    assert told["returned"] > 0
    assert api.post(here, {"seen": "0-0-0-0"}, format="json").status_code == 422
    assert CustomerAccount.objects.count() == 1
    done = api.post(here, {"seen": told["mark"]}, format="json")
    assert (done.status_code, done.json()["returned"]) == (200, told["returned"])
    assert Feedback.objects.get().account.external_reference == "A-6"
    assert api.get(MERGES).json()["results"] == []
