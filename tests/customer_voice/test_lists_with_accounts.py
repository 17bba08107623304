"""Lists of people to ask that name customer accounts: nothing that is known is replaced unseen."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from customer_voice.errors import SurveyListChanged
from customer_voice.importers.recipients import recipients_in_file, recipients_in_text
from customer_voice.models import (
    AccountReference,
    Contact,
    CustomerAccount,
    Feedback,
    RecipientList,
    SurveyInvitation,
    TakenList,
)
from customer_voice.services import (
    Recipient,
    invite,
    invite_list,
    keep_list,
    list_undo,
    people_of,
    planned,
    undo_list,
)
from customer_voice.services.mailings import secret_of
from tests.factories.customer_voice import ContactFactory, CustomerAccountFactory, FeedbackFactory
from tests.factories.surveys import opened_survey, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey(ada):
    return opened_survey(ada)


def firm(by, reference, name="", **values):
    return CustomerAccountFactory(
        organization=by.organization, external_reference=reference, name=name, **values
    )


def person(by, reference, email, **values):
    return ContactFactory(organization=by.organization, external_reference=reference, email=email, **values)


def listed(*rows):
    """(address, account, segment), from line 2 on."""
    return [
        Recipient(email=email, account=account, segment="".join(more), line=line)
        for line, (email, account, *more) in enumerate(rows, start=2)
    ]


def account_of(email):
    return Contact.objects.select_related("account").get(email=email).account


# --- reading ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "account"),
    [
        ("email,name,account,segment", "account"),
        ("E-Mail,Name,Company Name,Tier", "Company Name"),
        ("Email Address,Full Name,Account ID,Segment", "Account ID"),
        ("mail,contact,customer,segment", "customer"),  # beside a person the customer is a firm
        ("E-Mail,Name,Firma,Kundensegment", "Firma"),
        ("邮箱,姓名,公司名称,客群", "公司名称"),
        ("邮箱,联系人,客户,客户群", "客户"),
        ("e-mail,name,Organization,segment", "Organization"),
    ],
)
def test_the_account_is_known_by_the_usual_headers(header, account):
    read = recipients_in_file(io.BytesIO(f"{header}\na@example.com,Ana,Acme  Ltd,Gold\n".encode()))
    [row] = read.rows
    assert (row.email, row.name, row.account, row.segment) == ("a@example.com", "Ana", "Acme Ltd", "Gold")
    assert (read.columns["account"], read.unread) == (account, ())


def test_a_customer_without_another_name_is_the_person_and_a_segment_alone_is_not_read():
    read = recipients_in_text("email;customer;segment\na@example.com;Ana;Gold")
    [row] = read.rows
    assert (row.name, row.account, row.segment, read.unread) == ("Ana", "", "", ("segment",))


def test_a_workbook_is_read_like_a_file():
    book = openpyxl.Workbook()
    for row in (["Email", "Company", "Segment"], ["a@example.com", "Acme", "Gold"]):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    [row] = recipients_in_file(file).rows
    assert (row.email, row.account, row.segment) == ("a@example.com", "Acme", "Gold")


# --- who becomes what -------------------------------------------------------------------------------------


def test_new_people_become_contacts_of_known_and_new_accounts(ada, survey):
    acme = firm(ada, "A-1", "Acme Ltd")
    rows = listed(
        ("a@example.com", "A-1"), ("b@example.com", "ACME  ltd"), ("c@example.com", "Bolt"),
        ("d@example.com", "bolt"), ("e@example.com", ""), ("f@example.com", "n/a"),
    )  # fmt: skip
    plan = planned(survey, rows)
    assert (plan.placed.added, plan.placed.accounts_new, plan.placed.unplaced) == (4, ("Bolt",), ())
    assert not Contact.objects.exists()
    assert not CustomerAccount.objects.exclude(pk=acme.pk).exists()
    found = invite(by=ada, survey=survey, people=rows)
    assert (found.asked, found.placed) == (6, plan.placed)
    assert [account_of(f"{name}@example.com").name for name in "abcd"] == [
        "Acme Ltd", "Acme Ltd", "Bolt", "Bolt",
    ]  # fmt: skip
    assert CustomerAccount.objects.get(name="Bolt").external_reference == "Bolt"
    assert Contact.objects.count() == 4
    by_email = dict(SurveyInvitation.objects.values_list("email", "contact__account__name"))
    assert by_email == {
        "a@example.com": "Acme Ltd", "b@example.com": "Acme Ltd", "c@example.com": "Bolt",
        "d@example.com": "Bolt", "e@example.com": None, "f@example.com": None,
    }  # fmt: skip


def test_a_reference_goes_before_a_name_and_one_from_before_a_merge_is_known(ada, survey):
    first, second = firm(ada, "A-1", "B-2"), firm(ada, "B-2", "Other")
    AccountReference.objects.create(organization=ada.organization, account=second, reference="OLD")
    invite(by=ada, survey=survey, people=listed(("a@example.com", "B-2"), ("b@example.com", "OLD")))
    assert {account_of("a@example.com"), account_of("b@example.com")} == {second}
    assert not first.contacts.exists()


def test_a_contact_without_an_account_joins_and_keeps_what_is_known(ada, survey):
    acme = firm(ada, "A-1", "Acme", segment="Gold")
    person(ada, "C-1", "A@example.com", name="Ana B.", segment="", language="de")
    person(ada, "C-2", "b@example.com", name="Bo", segment="Silver", account=acme)
    rows = [
        Recipient(email="a@example.com", name="Anna", language="fr", account="acme", segment="GOLD", line=2),
        Recipient(email="b@example.com", name="Bob", account="A-1", segment="Gold", line=3),
    ]
    found = invite(by=ada, survey=survey, people=rows)
    assert (found.placed.joined, found.placed.same, found.placed.added) == (1, 1, 0)
    first, second = Contact.objects.order_by("external_reference")
    assert (first.name, first.language, first.account, first.segment) == ("Ana B.", "de", acme, "Gold")
    assert (second.name, second.account, second.segment) == ("Bo", acme, "Silver")
    assert Contact.objects.count() == 2


def test_a_contact_of_the_account_gets_the_segment_that_nobody_has_said(ada, survey):
    acme = firm(ada, "A-1", "Acme")
    person(ada, "C-1", "a@example.com", account=acme)
    invite(by=ada, survey=survey, people=listed(("a@example.com", "A-1", "Gold")))
    assert Contact.objects.get().segment == "Gold"


def test_a_contact_of_another_account_moves_only_where_somebody_wants_it(ada, survey):
    old, other = firm(ada, "A-1", "Acme"), opened_survey(ada, name="Another")
    person(ada, "C-1", "a@example.com", account=old)
    person(ada, "C-2", "b@example.com", account=old)
    plan = planned(survey, listed(("a@example.com", "New firm")))
    assert [(one.email, one.before, one.after) for one in plan.placed.moves] == [
        ("a@example.com", "Acme", "New firm")
    ]
    assert plan.placed.accounts_new == ()
    invite(by=ada, survey=survey, people=listed(("a@example.com", "New firm", "Gold")))
    assert (account_of("a@example.com"), CustomerAccount.objects.count()) == (old, 1)
    assert Contact.objects.get(email="a@example.com").segment == ""
    assert SurveyInvitation.objects.get().contact.external_reference == "C-1"
    found = invite(by=ada, survey=other, people=listed(("b@example.com", "New firm")), moves=True)
    assert found.placed.accounts_new == ("New firm",)
    assert account_of("b@example.com").external_reference == "New firm"


def test_what_can_mean_two_is_asked_and_put_nowhere(ada, survey):
    firm(ada, "A-1", "Acme")
    firm(ada, "A-2", "acme")
    one, two = firm(ada, "B-1", "Bolt"), firm(ada, "B-2", "Bond")
    person(ada, "C-1", "b@example.com", account=one)
    inside = person(ada, "C-2", "B@example.com", account=two)
    person(ada, "C-3", "c@example.com")
    person(ada, "C-4", "C@example.com")
    rows = listed(
        ("a@example.com", "ACME"), ("b@example.com", "Bond"), ("c@example.com", "Bond"),
        ("d@example.com", "x" * 121),
    )  # fmt: skip
    found = invite(by=ada, survey=survey, people=rows)
    assert (found.asked, found.placed.same, found.placed.added) == (4, 1, 0)
    assert [(one.line, one.reason[:16]) for one in found.placed.unplaced] == [
        (2, "Several accounts"), (4, "Several contacts"), (5, "The reference of"),
    ]  # fmt: skip
    contacts = dict(SurveyInvitation.objects.values_list("email", "contact"))
    assert contacts == {
        "a@example.com": None, "b@example.com": inside.pk, "c@example.com": None, "d@example.com": None,
    }  # fmt: skip
    assert (Contact.objects.count(), CustomerAccount.objects.count()) == (4, 4)


def test_whoever_is_left_out_becomes_nothing(ada, survey):
    person(ada, "C-1", "no@example.com", consent="withdrawn", consent_changed_at=timezone.now())
    invite(by=ada, survey=survey, people=listed(("known@example.com", "")))
    rows = listed(("no@example.com", "Acme"), ("known@example.com", "Acme"), ("wrong", "Acme"))
    found = invite(by=ada, survey=survey, people=rows)
    assert (found.asked, found.placed.added, found.placed.joined) == (0, 0, 0)
    assert (Contact.objects.count(), CustomerAccount.objects.count()) == (1, 0)


def test_another_organization_knows_nothing_of_it(ada, dora, survey):
    firm(dora, "A-1", "Acme")
    person(dora, "C-1", "a@example.com")
    invite(by=ada, survey=survey, people=listed(("a@example.com", "Acme")))
    assert Contact.objects.get(organization=ada.organization).account.organization == ada.organization
    assert Contact.objects.get(external_reference="C-1").account is None


def test_an_erased_account_is_not_found_again_and_the_trail_names_nobody(ada, survey):
    CustomerAccountFactory(
        organization=ada.organization, external_reference=None, name="", erased_at=timezone.now()
    )
    invite(by=ada, survey=survey, people=listed(("a@example.com", "Acme")))
    assert account_of("a@example.com").erased_at is None
    told = AuditEvent.objects.get(verb="customers.taken_in")
    assert told.after == {"list": "contacts", "created": 1, "updated": 0}
    assert "example.com" not in str(AuditEvent.objects.values_list("after", flat=True))


def test_three_hundred_people_take_as_many_queries_as_three(ada, django_assert_max_num_queries):
    few = [(f"a{number}@example.com", f"Firm {number}") for number in range(3)]
    many = [(f"b{number}@example.com", f"Firm {number}") for number in range(300)]
    one, two = opened_survey(ada, name="First"), opened_survey(ada, name="Second")
    with django_assert_max_num_queries(40) as first:
        invite(by=ada, survey=one, people=listed(*few))
    with django_assert_max_num_queries(len(first) + 2):
        invite(by=ada, survey=two, people=listed(*many))
    assert Contact.objects.count() == 303


# --- the page ---------------------------------------------------------------------------------------------


def uploaded(client, survey, content):
    page = reverse("customer_voice:survey_mail", args=["northwind", survey.pk])
    file = SimpleUploadedFile("people.csv", content.encode())
    return client.post(page, {"source": "list", "file": file}, follow=True)


def test_the_page_says_what_happens_to_accounts_before_it_does(ada, survey, client_of):
    acme = firm(ada, "A-1", "Acme")
    firm(ada, "B-1", "Bolt")
    firm(ada, "B-2", "bolt")
    person(ada, "C-1", "b@example.com", account=acme)
    person(ada, "C-2", "c@example.com")
    client = client_of(ada)
    content = (
        "email,name,Company,Tier\na@example.com,Ana,Zeta,Gold\nb@example.com,Bo,Zeta,\nc@example.com,Cy,acme,\n"
        "d@example.com,Di,Bolt,\n"
    )
    asks = uploaded(client, survey, content)
    text = " ".join(asks.text.split())
    assert "Read from the column “Company”, the segment from “Tier”." in text
    assert '<dt>Become contacts of their account</dt> <dd class="number">1</dd>' in text
    assert '<dt>Contacts without an account, who join it</dt> <dd class="number">1</dd>' in text
    assert '<dt>New accounts</dt> <dd class="number">1</dd>' in text
    assert "<li><bdi>Zeta</bdi></li>" in text
    assert "<bdi>b@example.com</bdi>: now <bdi>Acme</bdi>, in the list <bdi>Zeta</bdi>" in text
    assert "Row 5: <bdi>Bolt</bdi>. Several accounts have this name." in text
    assert Contact.objects.count() == 2
    here, seen = asks.redirect_chain[0][0], asks.context["plan"].mark
    done = client.post(here, {"asked": "4", "seen": seen, "moves": "yes"}, follow=True)
    assert "4 people are asked. 2 people were put into an account." in done.text
    assert account_of("b@example.com").name == "Zeta"
    assert account_of("c@example.com") == acme


def test_accounts_can_be_left_alone(ada, survey, client_of):
    asks = uploaded(client_of(ada), survey, "email,account\na@example.com,Acme\n")
    values = {"asked": "1", "seen": asks.context["plan"].mark, "leaves": "yes"}
    assert "1 person is asked." in client_of(ada).post(asks.redirect_chain[0][0], values, follow=True).text
    assert (Contact.objects.exists(), CustomerAccount.objects.exists()) == (False, False)


def test_nothing_is_done_to_contacts_that_was_not_seen(ada, survey, client_of):
    asks = uploaded(client_of(ada), survey, "email,account\na@example.com,Acme\n")
    here, seen = asks.redirect_chain[0][0], asks.context["plan"].mark
    old = firm(ada, "B-1", "Bolt")
    person(ada, "C-1", "a@example.com", account=old)
    again = client_of(ada).post(here, {"asked": "1", "seen": seen, "moves": "yes"})
    assert (again.status_code, "change contacts in another way" in again.text) == (409, True)
    assert (account_of("a@example.com"), SurveyInvitation.objects.exists()) == (old, False)
    with pytest.raises(SurveyListChanged):
        invite_list(by=ada, kept=RecipientList.objects.get(), expected=1)


def test_a_list_that_an_older_version_kept_is_still_read(ada, survey):
    kept = keep_list(by=ada, survey=survey, people=listed(("a@example.com", "Acme", "Gold")))
    assert people_of(kept) == listed(("a@example.com", "Acme", "Gold"))
    kept.people = [[2, "a@example.com", "Ana", "de"]]
    kept.save()
    assert people_of(kept) == [Recipient(line=2, email="a@example.com", name="Ana", language="de")]
    assert invite_list(by=ada, kept=kept, expected=1).placed is None


def test_the_answer_stands_on_the_page_of_the_account(ada, survey, client_of):
    firm(ada, "A-1", "Acme")
    rows = [Recipient(email="li@example.com", name="Li Na", language="zh-CN", account="Acme", line=2)]
    invite(by=ada, survey=survey, people=rows)
    here = reverse("ask:invited", args=[survey.public_id, secret_of(SurveyInvitation.objects.get())])
    assert Client().post(here, sent(score="3", why_low="等了半个小时", page=1)).status_code == 302
    answer = Feedback.objects.get()
    assert (answer.account.name, answer.contact.name, answer.contact.language) == ("Acme", "Li Na", "zh-cn")
    page = client_of(ada).get(reverse("customer_voice:account_detail", args=["northwind", answer.account_id]))
    assert ("Li Na" in page.text, "等了半个小时" in page.text) == (True, True)


# --- the API ----------------------------------------------------------------------------------------------


def test_a_list_by_api_is_looked_at_and_sent(ada, survey, api_of):
    old = firm(ada, "A-1", "Acme")
    person(ada, "C-1", "b@example.com", account=old)
    path = f"/api/v1/o/northwind/customer-surveys/{survey.pk}/invitations/"
    people = [
        {"email": "a@example.com", "name": "Ana", "account": "Acme"},
        {"email": "b@example.com", "account": "Bolt"},
        {"email": "no"},
    ]
    api = api_of(ada)
    looked = api.post(path, {"people": people, "only_looks": True}).json()
    assert (looked["asked"], looked["wrong"], looked["placed"]["added"]) == (2, [2], 1)
    moves = [{"email": "b@example.com", "before": "Acme", "after": "Bolt"}]
    assert looked["placed"]["moves"] == moves
    assert not SurveyInvitation.objects.exists()
    other = api.post(path, {"people": people[:1], "seen": looked["mark"]})
    assert (other.status_code, other.json()["code"]) == (409, "survey_list_changed")
    done = api.post(path, {"people": people, "seen": looked["mark"], "moves": True})
    assert (done.status_code, done.json()["asked"]) == (200, 2)
    assert (account_of("a@example.com"), account_of("b@example.com").name) == (old, "Bolt")
    refused = api.post(path, {"people": [{"email": "a@example.com", "company": "Acme"}]})
    assert refused.status_code in (400, 422)
    assert api.post(path, {"people": []}).status_code in (400, 422)


def test_no_more_people_by_one_call_than_a_call_takes(ada, survey, api_of):
    path = f"/api/v1/o/northwind/customer-surveys/{survey.pk}/invitations/"
    people = [{"email": f"a{number}@example.com"} for number in range(5_001)]
    assert "At most 5000" in api_of(ada).post(path, {"people": people, "only_looks": True}).text


# --- taken back -------------------------------------------------------------------------------------------


def test_contacts_that_a_list_has_made_can_be_taken_back(ada, survey):
    firm(ada, "A-1", "Acme")
    person(ada, "p-1", "known@example.com", segment="")
    invite(
        by=ada,
        survey=survey,
        people=listed(
            ("new@example.com", "Acme", "Gold"),
            ("known@example.com", "Acme", "Gold"),
            ("b@example.com", "Brandnew"),
        ),
    )
    assert Contact.objects.count() == 3
    assert CustomerAccount.objects.count() == 2
    taken = TakenList.objects.get()
    assert (taken.kind, taken.filename) == ("contacts", f"people asked by “{survey.name}”")
    told = list_undo(taken)
    assert (told.removed, told.restored, told.stay) == (3, 1, 0)
    undo_list(by=ada, taken=taken, seen=told.mark)
    [left] = Contact.objects.all()
    assert (left.email, left.account, left.segment) == ("known@example.com", None, "")
    assert CustomerAccount.objects.get().name == "Acme"
    # whoever was asked stays asked
    assert SurveyInvitation.objects.filter(survey=survey).count() == 3
    assert SurveyInvitation.objects.filter(contact=None).count() == 2


def test_contacts_of_a_list_who_answered_or_were_asked_again_stay(ada, survey):
    invite(by=ada, survey=survey, people=listed(("a@example.com", "Acme"), ("b@example.com", "Acme")))
    a, b = Contact.objects.order_by("email")
    FeedbackFactory(organization=ada.organization, contact=a, account=a.account)
    other = opened_survey(ada, name="Another")
    SurveyInvitation.objects.create(survey=other, email=b.email, contact=b, secret_digest="x" * 64)
    told = list_undo(TakenList.objects.get())
    assert (told.removed, told.stay, told.reason) == (0, 3, "There is nothing left to undo.")


def test_a_list_that_names_no_account_leaves_nothing_to_take_back(ada, survey):
    invite(by=ada, survey=survey, people=listed(("a@example.com", "")))
    assert not TakenList.objects.exists()
