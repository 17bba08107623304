"""The pages of accounts, contacts and lists: what they say, and that they call the same services."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import AuditEvent
from customer_voice import services
from customer_voice.models import Contact, CustomerAccount, CustomerFile, Feedback
from customer_voice.services import rebuild_rollup
from tests.customer_voice.customers import account_of, answered, contact_of, points
from tests.customer_voice.test_customers import unsubscribed

pytestmark = pytest.mark.django_db


def at(name, *args):
    return reverse(f"customer_voice:{name}", args=["northwind", *args])


def text(answer):
    return " ".join(answer.content.decode().split())


def rows(answer):
    return [str(row.record) for row in answer.context["table"].paginated_rows]


# --- the list -----------------------------------------------------------------------------------


def test_an_empty_list_teaches_the_next_step_to_those_who_may_take_it(client_of, ada, cleo):
    assert at("customer_file_new") in text(client_of(ada).get(at("account_list")))
    page = text(client_of(cleo).get(at("account_list")))
    assert "No customer account yet" in page
    assert at("customer_file_new") not in page


def test_the_list_is_searched_narrowed_and_sorted(client_of, ada):
    today = ada.organization.clock.today()
    account_of(
        ada, "A-1", name="Harbor", segment="Big", yearly_value=Decimal(5), currency="EUR", tags=("key",)
    )
    account_of(ada, "A-2", name="Tanaka", yearly_value=Decimal(100), currency="EUR", started_on=today)
    account_of(ada, "A-3", name="Osei")
    account_of(ada, "A-4", name="Gone", left_on=today)
    soon = account_of(ada, "A-5", name="Leaving", left_on=today + timedelta(days=1))
    services.archive_account(by=ada, account=account_of(ada, "A-6", name="Old"), is_archived=True)
    get = client_of(ada).get
    assert rows(get(at("account_list"))) == ["Harbor", "Leaving", "Osei", "Tanaka"]
    assert rows(get(at("account_list"), {"state": "left"})) == ["Gone"]
    assert rows(get(at("account_list"), {"state": "archived"})) == ["Old"]
    assert len(rows(get(at("account_list"), {"state": ""}))) == 6
    assert rows(get(at("account_list"), {"q": "a-1"})) == ["Harbor"]
    assert rows(get(at("account_list"), {"segment": "Big"})) == ["Harbor"]
    assert rows(get(at("account_list"), {"tag": "key"})) == ["Harbor"]
    assert rows(get(at("account_list"), {"sort": "-yearly_value"}))[:2] == ["Tanaka", "Harbor"]
    assert rows(get(at("account_list"), {"sort": "yearly_value"}))[:2] == ["Harbor", "Tanaka"]
    assert "EUR" in text(get(at("account_list")))
    assert str(soon) in rows(get(at("account_list"), {"sort": "-renews_on"}))


def test_the_list_says_how_many_customers_are_kept_or_why_it_does_not(client_of, ada):
    long_ago = ada.organization.clock.today() - timedelta(days=1000)
    for number in range(5):
        account_of(ada, f"A-{number}", started_on=long_ago)
    page = text(client_of(ada).get(at("account_list")))
    assert "5 of 5 customers of" in page
    for number in range(5, 9):
        account_of(ada, f"A-{number}")
    page = text(client_of(ada).get(at("account_list")))
    assert "4 of 9 accounts have no start date" in page
    assert "5 of 5" not in page


# --- one account --------------------------------------------------------------------------------


def test_the_page_of_an_account_says_who_answered_who_is_silent_and_what_it_cannot_tell(client_of, ada):
    account = account_of(ada, "A-1", name="Harbor", people_total=12)
    for number, given in enumerate((10, 9, 9, 8, 3)):
        contact_of(ada, f"C-{number}", account=account)
        answered(ada, f"C-{number}", given, text=f"Word {number}")
    for number in range(3):
        answered(ada, f"C-{number}", 4, touchpoint="phone")
    contact_of(ada, "C-9", name="Silent Sam", account=account)
    page = text(client_of(ada).get(at("account_detail", account.pk)))
    assert "5 of 12 people who can be asked have answered in the last 12 months. 1 contact is silent." in page
    assert "<strong>40.0</strong>" in page or "<strong>40</strong>" in page
    assert "5 of 12 people" in page
    assert "Too few people for a figure. They said: 4, 4, 4." in page
    assert "Silent Sam" in page
    answer = Feedback.objects.get(text="Word 3")
    assert at("feedback_detail", answer.pk) in page
    assert at("contact_detail", answer.contact_id) in page
    account.people_total = 2
    account.save()
    assert "More people have answered than" in text(client_of(ada).get(at("account_detail", account.pk)))


def test_pages_lead_to_each_other_by_account(client_of, ada):
    account = account_of(ada, "A-1", name="Harbor & Sons")
    for number in range(6):
        answered(ada, f"C-{number}", 9)
        answered(ada, f"D-{number}", 0, account="A-2")
    rebuild_rollup(organization=ada.organization)
    get = client_of(ada).get
    listed = get(at("feedback_list"), {"account": "harbor & sons"})
    assert [row.record.account for row in listed.context["table"].paginated_rows] == [account] * 6
    contact = Contact.objects.get(external_reference="C-1")
    assert len(list(get(at("feedback_list"), {"contact": contact.pk}).context["table"].paginated_rows)) == 1
    series = get(at("metric_detail", "nps"), {"account": "A-1"})
    assert (series.context["page"].series.n, series.context["page"].series.account) == (6, account)
    assert "account=A-1" in text(series)
    assert get(at("metric_detail", "nps"), {"account": "A-9"}).context["page"].series.n == 12
    detail = text(get(at("feedback_detail", Feedback.objects.first().pk)))
    assert at("account_detail", account.pk) in detail
    assert at("account_list") in text(get(at("metric_list")))


# --- forms --------------------------------------------------------------------------------------


def test_an_account_is_added_and_changed_by_hand_and_what_was_typed_stays(client_of, ada):
    client = client_of(ada)
    wrong = client.post(at("account_new"), {"name": "Harbor", "yearly_value": "12", "currency": ""})
    assert wrong.status_code == 422
    assert "Say in which currency the value is." in text(wrong)
    assert 'value="Harbor"' in text(wrong)
    typed = {
        "name": "Harbor", "yearly_value": "184000.5", "currency": "EUR", "tags": "key, north",
        "started_on": "2019-04-01", "people_total": "12",
    }  # fmt: skip
    assert client.post(at("account_new"), typed).status_code == 302
    account = CustomerAccount.objects.get()
    assert (account.yearly_value, account.people_total, account.tags.count()) == (Decimal("184000.5"), 12, 2)
    client.post(at("account_edit", account.pk), {**typed, "name": "Harbor Two", "tags": ""})
    account.refresh_from_db()
    assert (account.name, account.tags.count()) == ("Harbor Two", 0)
    client.post(at("account_archive", account.pk), {"to": "archive"})
    assert "Archived" in text(client.get(at("account_detail", account.pk)))
    client.post(at("account_archive", account.pk), {"to": "use"})
    account.refresh_from_db()
    assert account.archived_at is None


def test_a_contact_moves_or_its_past_is_corrected_with_the_number_named_before(client_of, ada):
    contact = contact_of(ada, "C-1", account=account_of(ada, "A-1"))
    account_of(ada, "A-2", name="Tanaka")
    for _number in range(2):
        answered(ada, "C-1", 9, account="A-1")
    rebuild_rollup(organization=ada.organization)
    client = client_of(ada)
    assert "If the account changes: 2 answers so far" in text(client.get(at("contact_edit", contact.pk)))
    none = client.post(at("contact_edit", contact.pk), {"name": "Jo", "account": "Nobody", "past": "keep"})
    assert (none.status_code, "No account has this reference" in text(none)) == (422, True)
    client.post(at("contact_edit", contact.pk), {"name": "Jo", "account": "tanaka", "past": "correct"})
    assert points() == {"A-2": 2}
    contact.refresh_from_db()
    assert contact.account.external_reference == "A-2"
    client.post(at("contact_edit", contact.pk), {"name": "Jo", "account": "A-1", "past": "keep"})
    assert points() == {"A-2": 2}


def test_a_new_contact_of_an_account_who_said_no_is_told(client_of, ada):
    unsubscribed(ada, "omar@harbor.example")
    account = account_of(ada, "A-1")
    client = client_of(ada)
    assert 'value="A-1"' in text(client.get(at("contact_new"), {"account": account.pk}))
    typed = {"name": "Omar", "email": "omar@harbor.example", "account": "A-1", "consent": "given"}
    page = text(client.post(at("contact_new"), typed, follow=True))
    assert "1 left out of surveys" in page
    assert "This person said no to surveys." in page
    contact = Contact.objects.get()
    assert "id_consent" not in text(client.get(at("contact_edit", contact.pk)))
    assert client.post(at("contact_new"), {"segment": "x"}).status_code == 422
    assert rows(client.get(at("contact_list"), {"account": "A-1", "q": "oma"})) == ["Omar"]


def test_a_merge_says_what_moves_before_it_is_done(client_of, ada):
    kept, gone = account_of(ada, "A-1", name="Harbor"), account_of(ada, "A-2", name="Harbour")
    answered(ada, "C-1", 9, account="A-2")
    client = client_of(ada)
    address = at("account_merge", kept.pk)
    assert client.get(address, {"other": "nobody"}).status_code == 422
    assert client.get(address, {"other": "A-1"}).status_code == 422
    shown = client.get(address, {"other": "harbour"})
    assert "1 answer moves." in text(shown)
    assert CustomerAccount.objects.count() == 2
    seen = shown.context["found"].mark
    answered(ada, "C-2", 9, account="A-2")
    assert client.post(address, {"other": "A-2", "seen": seen}).status_code == 422
    seen = services.account_merge(kept=kept, gone=gone).mark
    assert client.post(address, {"other": "A-2", "seen": seen}).status_code == 302
    assert CustomerAccount.objects.get() == kept
    person, double = contact_of(ada, "C-8"), contact_of(ada, "C-9", email="jo@harbor.example")
    found = client.get(at("contact_merge", person.pk), {"other": "jo@harbor.example"}).context["found"]
    client.post(at("contact_merge", person.pk), {"other": "C-9", "seen": found.mark})
    assert not Contact.objects.filter(pk=double.pk).exists()


def test_one_persons_data_are_handed_out_and_erased_by_those_who_may(client_of, ada, cleo):
    contact = contact_of(ada, "C-1", name="Jo Park", email="jo@harbor.example")
    answered(ada, "C-1", 9, text="Call Jo")
    client = client_of(ada)
    assert client_of(cleo).get(at("contact_export", contact.pk)).status_code == 403
    assert client_of(cleo).post(at("contact_erase", contact.pk), {"scores": "keep"}).status_code == 403
    file = client.get(at("contact_export", contact.pk))
    assert json.loads(file.content)["answers"][0]["text"] == "Call Jo"
    assert "attachment" in file["Content-Disposition"]
    assert AuditEvent.objects.filter(verb="contact.exported").count() == 1
    asked = client.get(at("contact_erase", contact.pk))
    assert "jo@harbor.example" in text(asked)
    assert client.post(at("contact_erase", contact.pk), {}).status_code == 422
    client.post(at("contact_erase", contact.pk), {"scores": "keep"})
    contact.refresh_from_db()
    assert (contact.name, Feedback.objects.get().score) == ("", 9)
    page = text(client.get(at("contact_detail", contact.pk)))
    assert "was erased on" in page
    assert client.post(at("contact_erase", contact.pk), {"scores": "keep"}).status_code == 422


# --- lists --------------------------------------------------------------------------------------


def upload_of(content, name="firms.csv"):
    return SimpleUploadedFile(name, content.encode())


def test_a_list_is_looked_at_and_then_taken_in(client_of, ada):
    unsubscribed(ada, "omar@harbor.example")
    client = client_of(ada)
    content = (
        "reference,name,email,consent,shoe size\nC-1,Omar,omar@harbor.example,given,42\nC-2,Kim,kim,given,\n"
    )
    sent = client.post(at("customer_file_new"), {"kind": "contacts", "file": upload_of(content)})
    file = CustomerFile.objects.get()
    assert sent["Location"] == at("customer_file", file.pk)
    page = text(client.get(sent["Location"]))
    assert "Columns not used: shoe size" in page
    assert "1 left out of surveys: this person said no to them." in page
    assert "Leave out the 1 wrong row and import the others" in page
    assert not Contact.objects.exists()
    refused = client.post(sent["Location"])
    assert (refused.status_code, Contact.objects.count()) == (409, 0)
    done = client.post(sent["Location"], {"leaves_out_wrong": "on"}, follow=True)
    assert "1 added, 0 changed, 0 unchanged." in text(done)
    assert "1 left out of surveys" in text(done)
    assert (Contact.objects.get().consent, CustomerFile.objects.count()) == ("withdrawn", 0)
    assert client.post(sent["Location"]).status_code == 404


def test_a_list_that_cannot_be_read_says_so_at_its_field_and_one_can_be_discarded(client_of, ada):
    client = client_of(ada)
    wrong = client.post(at("customer_file_new"), {"kind": "accounts", "file": upload_of("a,b\n1,2\n")})
    assert wrong.status_code == 422
    assert "The first row must name a column “reference” or “name”." in text(wrong)
    client.post(at("customer_file_new"), {"kind": "accounts", "file": upload_of("name,value\nHarbor,5\n")})
    client.post(at("customer_file_discard", CustomerFile.objects.get().pk))
    assert not CustomerFile.objects.exists()
    assert not CustomerAccount.objects.exists()


def test_lists_are_given_out_line_by_line_and_the_trail_says_so(client_of, ada, cleo):
    account_of(ada, "A-1", name="Harbor")
    contact_of(ada, "C-1", email="jo@harbor.example")
    for name, word in (("account_file", "Harbor"), ("contact_file", "jo@harbor.example")):
        answer = client_of(ada).get(at(name, "csv"))
        assert answer.streaming
        assert word in b"".join(answer.streaming_content).decode("utf-8-sig")
        assert client_of(cleo).get(at(name, "csv")).status_code == 403
    told = AuditEvent.objects.filter(verb="customers.exported").values_list("after__list", flat=True)
    assert set(told) == {"accounts", "contacts"}
    sample = client_of(cleo).get(at("customer_file_sample"), {"kind": "contacts"})
    assert "consent" in sample.content.decode()


def test_strangers_find_none_of_it(client_of, ada, dora):
    account, contact = account_of(ada), contact_of(ada)
    for name, pk in (
        ("account_detail", account.pk),
        ("contact_detail", contact.pk),
        ("account_edit", account.pk),
    ):
        assert client_of(dora).get(at(name, pk)).status_code == 404
        assert (
            client_of(dora).get(reverse(f"customer_voice:{name}", args=["elsewhere", pk])).status_code == 404
        )
