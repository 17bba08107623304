"""Accounts and contacts by the API: the same services as the pages, refusals by name."""

import pytest

from customer_voice.models import AccountTag, Contact, CustomerAccount, Feedback
from customer_voice.services import rebuild_rollup
from tests.customer_voice.customers import account_of, answered, contact_of, points
from tests.customer_voice.test_customers import unsubscribed

pytestmark = pytest.mark.django_db
BASE = "/api/v1/o/northwind"


def test_an_account_is_made_read_changed_and_found(api_of, ada):
    api = api_of(ada)
    given = {
        "external_reference": "A-1", "name": "Harbor", "yearly_value": "184000.50", "currency": "EUR",
        "started_on": "2019-04-01", "tags": ["key"], "people_total": 12,
    }  # fmt: skip
    made = api.post(f"{BASE}/customer-accounts/", given)
    assert made.status_code == 201
    assert {name: made.json()[name] for name in given} == given
    address = f"{BASE}/customer-accounts/{made.json()['id']}/"
    changed = api.patch(address, {"left_on": "2026-01-31", "tags": []}).json()
    assert (changed["left_on"], changed["tags"], changed["name"]) == ("2026-01-31", [], "Harbor")
    assert api.patch(address, {"left_on": None}).json()["left_on"] is None
    assert api.get(address).json()["yearly_value"] == "184000.50"
    found = api.get(f"{BASE}/customer-accounts/", {"external_reference": "A-1", "state": "current"}).json()
    assert [one["name"] for one in found["results"]] == ["Harbor"]
    assert api.get(f"{BASE}/customer-accounts/", {"q": "tanaka"}).json()["count"] == 0


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "x", "nickname": "y"}, "nickname"),
        ({"name": "x", "yearly_value": "5"}, "currency"),
        ({"name": "x", "currency": "XXX"}, "currency"),
        ({"name": "x", "started_on": "soon"}, "started_on"),
        ({"external_reference": "A-1"}, "external_reference"),
        ({}, "name"),
        ({"name": "", "segment": "x"}, "name"),
        ({"name": "x", "started_on": "2026-01-02", "left_on": "2026-01-01"}, "left_on"),
    ],
)
def test_a_wrong_account_is_refused_by_the_name_of_its_field(api_of, ada, values, field):
    account_of(ada, "A-1")
    answer = api_of(ada).post(f"{BASE}/customer-accounts/", values)
    assert (answer.status_code, set(answer.json()["errors"])) == (422, {field})
    assert CustomerAccount.objects.count() == 1


def test_a_lot_of_accounts_adds_and_changes_by_reference_and_leaves_what_it_does_not_name(api_of, ada):
    account_of(ada, "A-1", name="Harbor", segment="Enterprise", tags=("key",))
    items = [
        {"external_reference": "A-1", "name": "Harbor Two"},
        {"external_reference": "A-2", "segment": ""},
    ]
    answer = api_of(ada).post(f"{BASE}/customer-accounts/bulk/", {"items": items})
    assert answer.json() == {
        "created": 1, "updated": 1, "unchanged": 0, "left_out": 0, "accounts_created": 0,
    }  # fmt: skip
    account = CustomerAccount.objects.get(external_reference="A-1")
    assert (account.name, account.segment, AccountTag.objects.count()) == ("Harbor Two", "Enterprise", 1)
    again = api_of(ada).post(f"{BASE}/customer-accounts/bulk/", {"items": items}).json()
    assert again["unchanged"] == 2
    emptied = [{"external_reference": "A-1", "segment": "", "tags": []}]
    api_of(ada).post(f"{BASE}/customer-accounts/bulk/", {"items": emptied})
    account.refresh_from_db()
    assert (account.segment, AccountTag.objects.count()) == ("", 0)


def test_a_wrong_item_of_a_lot_is_named_by_its_position_and_nothing_is_stored(api_of, ada):
    items = [{"external_reference": "A-1"}, {"external_reference": "A-2", "yearly_value": "5"}]
    answer = api_of(ada).post(f"{BASE}/customer-accounts/bulk/", {"items": items})
    assert (answer.status_code, set(answer.json()["errors"])) == (422, {"1.currency"})
    shape = [{"name": "x"}, {"external_reference": "A-2", "people_total": "many", "colour": "red"}]
    answer = api_of(ada).post(f"{BASE}/customer-accounts/bulk/", {"items": shape})
    assert answer.status_code == 422
    assert {"0.external_reference", "1.colour"} <= set(answer.json()["errors"])
    assert not CustomerAccount.objects.exists()


def test_contacts_come_with_their_accounts_and_who_said_no_stays_out(api_of, ada):
    unsubscribed(ada, "omar@harbor.example")
    items = [
        {"external_reference": "C-1", "email": "omar@harbor.example", "consent": "given", "account": "A-1"},
        {"external_reference": "C-2", "email": "kim@harbor.example", "consent": "given", "account": "A-1"},
    ]
    answer = api_of(ada).post(f"{BASE}/contacts/bulk/", {"items": items})
    assert answer.json() == {
        "created": 2, "updated": 0, "unchanged": 0, "left_out": 1, "accounts_created": 1,
    }  # fmt: skip
    consents = dict(Contact.objects.values_list("external_reference", "consent"))
    assert consents == {"C-1": "withdrawn", "C-2": "given"}
    omar = Contact.objects.get(external_reference="C-1")
    assert (
        api_of(ada).patch(f"{BASE}/contacts/{omar.pk}/", {"consent": "given"}).json()["consent"]
        == "withdrawn"
    )
    found = api_of(ada).get(f"{BASE}/contacts/", {"account": "A-1", "consent": "given"}).json()
    assert [one["external_reference"] for one in found["results"]] == ["C-2"]


def test_a_contact_moves_or_its_past_is_corrected(api_of, ada):
    account_of(ada, "A-1")
    contact = contact_of(ada, account=account_of(ada, "A-2"))
    account_of(ada, "A-3")
    answered(ada, "C-1", 9, account="A-2")
    rebuild_rollup(organization=ada.organization)
    address = f"{BASE}/contacts/{contact.pk}/"
    assert api_of(ada).patch(address, {"account": "A-9"}).status_code == 422
    assert api_of(ada).patch(address, {"account": "A-1"}).json()["account"] == "A-1"
    assert points() == {"A-2": 1}
    api_of(ada).patch(address, {"account": "A-2"})
    api_of(ada).patch(address, {"account": "A-3", "corrects_past": True})
    assert points() == {"A-3": 1}
    assert Feedback.objects.get().account.external_reference == "A-3"
    assert api_of(ada).patch(address, {"account": None}).json()["account"] is None
    assert api_of(ada).post(f"{BASE}/contacts/", {"segment": "x"}).json()["errors"].keys() == {"name"}
    made = api_of(ada).post(f"{BASE}/contacts/", {"name": "Lee", "account": "A-1"}).json()
    assert (made["account"], made["external_reference"][:3]) == ("A-1", "CX-")


def test_strangers_find_nothing_and_lesser_roles_write_nothing(api_of, ada, cleo, dora):
    account, contact = account_of(ada), contact_of(ada)
    for path in (f"customer-accounts/{account.pk}", f"contacts/{contact.pk}"):
        assert api_of(cleo).get(f"{BASE}/{path}/").status_code == 200
        assert api_of(cleo).patch(f"{BASE}/{path}/", {"name": "x"}).status_code == 403
        assert api_of(dora).get(f"{BASE}/{path}/").status_code == 404
        assert api_of(dora).get(f"/api/v1/o/elsewhere/{path}/").status_code == 404
        assert api_of(dora).patch(f"/api/v1/o/elsewhere/{path}/", {"name": "x"}).status_code == 404
