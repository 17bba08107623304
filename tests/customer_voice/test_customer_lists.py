"""Lists of accounts and contacts: read, looked at, taken in whole or not at all, and given out again."""

import io
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import AuditEvent
from common.downloads import csv_parts
from common.errors import InvalidValues
from common.spreadsheets import xlsx_bytes
from customer_voice import exports, services
from customer_voice.choices import Consent
from customer_voice.importers.customers import ListItem, customers_in_file
from customer_voice.models import Contact, CustomerAccount, CustomerFile, Feedback
from customer_voice.tasks import discard_forgotten_imports
from tests.customer_voice.customers import account_of, answered, contact_of
from tests.customer_voice.test_customers import unsubscribed

pytestmark = pytest.mark.django_db


def read(text, kind="accounts", **options):
    content = text if isinstance(text, bytes) else text.encode()
    return customers_in_file(io.BytesIO(content), kind=kind, zone=ZoneInfo("Europe/Berlin"), **options)


def kept(by, text, kind="accounts", filename="list.csv", **options):
    content = text if isinstance(text, bytes) else text.encode()
    return services.keep_customer_file(
        by=by, kind=kind, file=ContentFile(content), filename=filename, **options
    )


def report(by, text, kind="accounts"):
    return services.customer_file_report(by=by, file=kept(by, text, kind))


def taken(by, text, kind="accounts", **options):
    return services.take_customer_file(by=by, file=kept(by, text, kind), **options)


def items(*values):
    return [ListItem(line=position, values=one) for position, one in enumerate(values)]


# --- what a file says ---------------------------------------------------------------------------


def test_a_list_as_a_crm_exports_it_is_read_by_the_names_of_its_columns():
    text = (
        "Account ID;Account Name;Tier;Annual Revenue;Currency;Customer since;Renewal Date;Owner;Tags\n"
        "A-1;Häfen Süd;Enterprise;184000,50;eur;01.04.2019;31.03.2027;Kim;key, north\n"
        ";;;;;;;;\n"
        "A-2;Tanaka;;;;;;;\n"
    )
    found = read(text.encode("cp1252"))
    assert found.unread == ("Owner",)
    assert [(item.line, dict(item.values)) for item in found.items] == [
        (
            2,
            {
                "external_reference": "A-1",
                "name": "Häfen Süd",
                "segment": "Enterprise",
                "yearly_value": Decimal("184000.5"),
                "currency": "EUR",
                "started_on": date(2019, 4, 1),
                "renews_on": date(2027, 3, 31),
                "tags": ("key", " north"),
            },
        ),
        (4, {"external_reference": "A-2", "name": "Tanaka"}),
    ]
    assert not found.problems


def test_a_workbook_with_dates_is_read_as_it_is():
    content = xlsx_bytes("Accounts", ["Reference", "Name", "Left on"], [["A-1", "Harbor", "2026-02-28"]])
    (item,) = read(content).items
    assert item.values["left_on"] == date(2026, 2, 28)


def test_consent_is_read_in_the_words_that_people_write_and_a_guess_is_none():
    text = "email,consent\na@b.example,Yes\nc@d.example,opted-out\ne@f.example,maybe\ng@h.example,\n"
    found = read(text, "contacts")
    assert [item.values.get("consent") for item in found.items] == [
        Consent.GIVEN,
        Consent.WITHDRAWN,
        None,
        None,
    ]
    ((line, column, value),) = [(one.line, one.column, one.value) for one in found.problems]
    assert (line, column, value) == (4, "consent", "maybe")


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("segment,value\nx,5\n", "file"),
        ("reference,start date\nA-1,03/04/2026\nA-2,05/06/2026\n", "date_format"),
        ("reference,start date\nA-1,13/04/2026\nA-2,04/13/2026\n", "date_format"),
        ("", "file"),
    ],
)
def test_what_reads_in_two_ways_or_not_at_all_is_refused_before_anything_is_kept(ada, text, field):
    with pytest.raises(InvalidValues) as refusal:
        kept(ada, text)
    assert set(refusal.value.fields) == {field}
    assert not CustomerFile.objects.exists()


def test_dates_that_read_in_two_ways_are_read_as_chosen(ada):
    file = kept(ada, "reference,start date\nA-1,03/04/2026\nA-2,05/06/2026\n", date_format="month_first")
    services.take_customer_file(by=ada, file=file)
    assert set(CustomerAccount.objects.values_list("started_on", flat=True)) == {
        date(2026, 3, 4), date(2026, 5, 6),
    }  # fmt: skip


# --- what it would do ---------------------------------------------------------------------------


def test_the_report_says_what_is_new_changed_unread_and_wrong_and_stores_nothing(ada):
    account_of(ada, "A-1", name="Harbor", segment="Enterprise")
    account_of(ada, "A-2", name="Tanaka")
    text = (
        "reference,name,segment,value,left on,shoe size\n"
        "A-1,Harbor Logistics,,100,,42\n"
        "A-2,Tanaka,,,,\n"
        "A-3,Osei,,,,\n"
        "A-4,Wrong,,1.000,,\n"
        "A-5,Wrong,,,31.02.2026,\n"
        ",,,5,,\n"
        "A-3,Again,,,,\n"
    )
    found = report(ada, text)
    plan = found.plan
    assert ([row.external_reference for row in plan.new], plan.unchanged) == (["A-3"], 1)
    assert plan.changes_by_field == {"name": 1, "yearly_value": 1, "currency": 1}
    assert plan.sample[0].values["name"] == ("Harbor", "Harbor Logistics")
    assert found.listed.unread == ("shoe size",)
    assert [(one.line, one.field, one.column) for one in found.problems] == [
        (5, "yearly_value", "value"),
        (6, "left_on", "left on"),
        (7, "external_reference", "reference"),
        (8, "external_reference", "reference"),
    ]
    assert found.wrong == 4
    assert CustomerAccount.objects.count() == 2
    assert CustomerAccount.objects.get(external_reference="A-1").name == "Harbor"


def test_a_wrong_row_keeps_all_of_them_out_until_somebody_says_otherwise(ada):
    text = "reference,name,value\nA-1,Harbor,x\nA-2,Tanaka,5\n"
    file = kept(ada, text)
    with pytest.raises(InvalidValues):
        services.take_customer_file(by=ada, file=file)
    assert (CustomerAccount.objects.count(), CustomerFile.objects.count()) == (0, 1)
    services.take_customer_file(by=ada, file=file, leaves_out_wrong=True)
    account = CustomerAccount.objects.get()
    assert (account.name, account.yearly_value, account.currency) == ("Tanaka", 5, "EUR")
    assert not CustomerFile.objects.exists()


def test_what_an_empty_cell_or_a_missing_column_says_is_nothing(ada):
    account_of(
        ada,
        "A-1",
        name="Harbor",
        segment="Enterprise",
        yearly_value=Decimal(7),
        currency="USD",
        tags=("key",),
    )
    taken(ada, "reference,segment,name,value\nA-1,,Harbor Two,9\n")
    account = CustomerAccount.objects.get()
    assert (account.name, account.segment, account.yearly_value, account.currency) == (
        "Harbor Two", "Enterprise", 9, "USD",
    )  # fmt: skip
    assert list(account.tags.values_list("name", flat=True)) == ["key"]


def test_the_same_list_again_changes_nothing_and_says_so(ada):
    text = "reference,name,tags,start date\nA-1,Harbor,key; north,2020-01-01\nA-2,Tanaka,,\n"
    taken(ada, text)
    again = taken(ada, text)
    assert (len(again.new), len(again.changed), again.unchanged) == (0, 0, 2)
    (event,) = AuditEvent.objects.filter(verb="customers.taken_in")
    assert event.after == {"list": "accounts", "created": 2, "updated": 0, "unchanged": 0, "left_out": 0}


def test_without_references_accounts_are_found_by_name_and_contacts_by_address(ada):
    account_of(ada, "A-1", name="Harbor")
    contact_of(ada, "C-1", email="Jo@harbor.example")
    taken(ada, "name,segment\nHARBOR,Enterprise\nNew,Small\n")
    taken(ada, "email,name\njo@Harbor.example,Jo Park\nkim@harbor.example,Kim\n", "contacts")
    assert CustomerAccount.objects.get(external_reference="A-1").segment == "Enterprise"
    assert CustomerAccount.objects.get(name="New").external_reference.startswith("CX-")
    assert Contact.objects.get(external_reference="C-1").name == "Jo Park"
    assert Contact.objects.count() == 2


def test_a_name_that_two_have_is_no_name_to_go_by(ada):
    account_of(ada, "A-1", name="Harbor")
    account_of(ada, "A-2", name="Harbor")
    found = report(ada, "name,segment\nHarbor,x\n")
    assert [(one.line, one.field) for one in found.problems] == [(2, "name")]
    people = report(ada, "email,company\njo@harbor.example,Harbor\n", "contacts")
    assert [(one.line, one.field) for one in people.problems] == [(2, "account")]


def test_contacts_bring_accounts_that_nobody_knew_and_move_without_their_past(ada):
    contact_of(ada, "C-1", account=account_of(ada, "A-1"))
    answered(ada, "C-1", 9)
    text = "reference,name,account\nC-1,Jo,A-7\nC-2,Kim,A-7\nC-3,Lee,Firm A-1\n"
    plan = taken(ada, text, "contacts")
    assert [account.external_reference for account in plan.accounts_new] == ["A-7"]
    placed = dict(Contact.objects.values_list("external_reference", "account__external_reference"))
    assert placed == {"C-1": "A-7", "C-2": "A-7", "C-3": "A-1"}
    assert Feedback.objects.get().account.external_reference == "A-1"


# --- "no" stays no (kind 4 of the field) --------------------------------------------------------


def test_who_said_no_stays_out_whatever_a_list_says_and_is_counted(ada):
    unsubscribed(ada, "omar@harbor.example")
    contact_of(ada, "C-2", email="kim@harbor.example", consent="withdrawn")
    contact_of(ada, "C-3", email="lee@harbor.example")
    text = (
        "reference,email,name,consent\n"
        "C-1,OMAR@harbor.example,Omar,given\n"
        "C-2,kim@harbor.example,Kim,unknown\n"
        "C-3,lee@harbor.example,Lee,given\n"
    )
    assert report(ada, text, "contacts").plan.left_out == 2
    assert taken(ada, text, "contacts").left_out == 2
    consents = dict(Contact.objects.values_list("external_reference", "consent"))
    assert consents == {"C-1": "withdrawn", "C-2": "withdrawn", "C-3": "given"}
    assert set(Contact.objects.values_list("name", flat=True)) == {"Omar", "Kim", "Lee"}
    assert not Contact.objects.filter(consent_changed_at=None).exists()


def test_another_address_does_not_bring_back_whose_record_says_no(ada):
    unsubscribed(ada, "omar@harbor.example")
    contact_of(ada, "C-1", email="omar@harbor.example")
    plan = services.take_list(
        by=ada,
        kind="contacts",
        items=items({"external_reference": "C-1", "email": "new@harbor.example", "consent": "given"}),
    )
    assert (plan.left_out, Contact.objects.get().consent) == (1, Consent.WITHDRAWN)


# --- by hand of a program -----------------------------------------------------------------------


def test_a_lot_is_all_or_nothing_and_names_what_is_wrong_by_position(ada):
    with pytest.raises(InvalidValues) as refusal:
        services.take_list(
            by=ada,
            kind="accounts",
            items=items(
                {"external_reference": "A-1", "name": "Harbor"},
                {"external_reference": "A-2", "yearly_value": Decimal(5)},
                {"external_reference": "A-1"},
            ),
        )
    assert set(refusal.value.fields) == {"1.currency", "2.external_reference"}
    assert not CustomerAccount.objects.exists()


def test_what_was_seen_is_what_happens_or_nothing_does(ada):
    file = kept(ada, "reference,name\nA-1,Harbor\n")
    mark = services.customer_file_report(by=ada, file=file).mark
    account_of(ada, "A-1", name="Harbor")
    with pytest.raises(InvalidValues):
        services.take_customer_file(by=ada, file=file, seen=mark)
    services.take_customer_file(by=ada, file=file, seen=services.customer_file_report(by=ada, file=file).mark)


def test_an_import_that_named_an_account_first_no_longer_takes_it_away(ada, upload):
    batch = upload(b"id,date,touchpoint,score\nr1,2026-03-01,web,9\n")
    CustomerAccount.objects.create(organization=ada.organization, external_reference="A-1", came_with=batch)
    plan = services.take_list(by=ada, kind="accounts", items=items({"external_reference": "A-1"}))
    assert (plan.unchanged, CustomerAccount.objects.get().came_with) == (1, None)


def test_lists_that_nobody_took_in_are_gone_after_a_week(ada):
    old, new = kept(ada, "reference,name\nA-1,x\n"), kept(ada, "reference,name\nA-2,x\n")
    CustomerFile.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=8))
    discard_forgotten_imports()
    assert CustomerFile.objects.get() == new
    services.discard_customer_file(file=new)
    services.discard_customer_file(file=new)
    assert not CustomerFile.objects.exists()


# --- out again ----------------------------------------------------------------------------------


def written(table):
    return "".join(csv_parts(table.header, table.rows()))


def test_what_is_given_out_comes_in_again_as_it_was(ada, dora):
    account_of(
        ada, "A-1", name="=Harbor, \"Süd\"", segment="+1", yearly_value=Decimal("12.50"), currency="EUR",
        started_on=date(2020, 1, 1), people_total=4, tags=("key", "-x"),
    )  # fmt: skip
    account = CustomerAccount.objects.get()
    contact_of(ada, "C-1", name="@Jo", email="jo@harbor.example", account=account, consent="given")
    text = written(exports.accounts_download(CustomerAccount.objects.all()))
    assert "'=Harbor" in text
    people = written(exports.contacts_download(Contact.objects.select_related("account")))
    for kind, content in (("accounts", text), ("contacts", people)):
        plan = taken(ada, content, kind)
        assert (len(plan.new), len(plan.changed), plan.unchanged) == (0, 0, 1), kind
    taken(dora, text)
    taken(dora, people, "contacts")
    there = CustomerAccount.objects.get(organization=dora.organization)
    assert (there.name, there.segment, there.yearly_value, there.people_total) == (
        '=Harbor, "Süd"', "+1", Decimal("12.50"), 4,
    )  # fmt: skip
    assert sorted(there.tags.values_list("name", flat=True)) == ["-x", "key"]
    assert Contact.objects.get(organization=dora.organization).account == there


@pytest.mark.parametrize("kind", ["accounts", "contacts"])
def test_the_sample_comes_in_as_it_is(ada, kind):
    found = report(ada, exports.customer_sample_csv(kind), kind)
    assert (found.wrong, len(found.plan.new), found.listed.unread) == (0, 2, ())
