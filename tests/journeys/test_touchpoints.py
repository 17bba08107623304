"""The inventory: services, access, selectors, screens, API."""

import io
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse

from accounts.choices import Action
from accounts.models import AuditEvent
from common.errors import InvalidValues
from common.registry import ShareOfWhole, shares_of_whole
from journeys import selectors, services
from journeys.access import touchpoint_for
from journeys.importers import touchpoints_in_file
from journeys.models import Touchpoint
from tests.factories import BusinessFunctionFactory
from tests.factories.journeys import TouchpointFactory
from tests.interruption import left_behind

pytestmark = pytest.mark.django_db
BASE = "/api/v1/o/northwind/touchpoints"


def _url(name, *args):
    return reverse(f"journeys:{name}", args=["northwind", *args])


def _page(key):
    return reverse("overview:touchpoint_detail", args=["northwind", key])


def _verbs(organization):
    return list(AuditEvent.objects.of(organization).order_by("pk").values_list("verb", flat=True))


@pytest.fixture
def care(organization):
    return BusinessFunctionFactory(organization=organization, key="care", name="Care")


# --- services -----------------------------------------------------------------------------------


def test_a_key_is_made_from_the_name_and_never_changes(ada, care):
    touchpoint = services.save_touchpoint(by=ada, name="  First   bill ", owner_function=care)
    renamed = services.save_touchpoint(by=ada, name="First invoice", touchpoint=touchpoint)

    assert (renamed.name, renamed.key) == ("First invoice", "first-bill")
    assert renamed.owner_function is None
    assert _verbs(ada.organization) == ["touchpoint.added", "touchpoint.changed"]


@pytest.mark.parametrize(
    ("names", "keys"),
    [
        (["First bill", "First, bill"], ["first-bill", "first-bill-2"]),
        (["首张账单", "维修上门"], ["touchpoint", "touchpoint-2"]),
        (["New"], ["new-touchpoint"]),
    ],
)
def test_keys_are_unique_and_never_clash_with_a_page(ada, names, keys):
    assert [services.save_touchpoint(by=ada, name=name).key for name in names] == keys


def test_saving_what_did_not_change_leaves_no_trace(ada):
    touchpoint = services.save_touchpoint(by=ada, name="First bill")
    services.save_touchpoint(by=ada, name="First bill", touchpoint=touchpoint)

    assert _verbs(ada.organization) == ["touchpoint.added"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "taken"}, "name"),
        ({"name": "A", "channel": "smoke"}, "channel"),
        ({"name": "A", "phase": "limbo"}, "phase"),
    ],
)
def test_what_makes_no_sense_is_refused_by_field(ada, values, field):
    services.save_touchpoint(by=ada, name="Taken")
    with pytest.raises(InvalidValues) as caught:
        services.save_touchpoint(by=ada, **values)
    assert field in caught.value.fields


def test_a_function_of_another_organization_cannot_own_it(ada):
    with pytest.raises(InvalidValues) as caught:
        services.save_touchpoint(by=ada, name="A", owner_function=BusinessFunctionFactory())
    assert "owner_function" in caught.value.fields


def test_archiving_twice_is_recorded_once_and_can_be_undone(ada):
    touchpoint = services.save_touchpoint(by=ada, name="First bill")
    services.archive_touchpoint(by=ada, touchpoint=touchpoint)
    services.archive_touchpoint(by=ada, touchpoint=touchpoint)
    assert not selectors.touchpoints(ada.organization).exists()
    services.restore_touchpoint(by=ada, touchpoint=touchpoint)

    assert selectors.touchpoints(ada.organization).get() == touchpoint
    assert _verbs(ada.organization) == ["touchpoint.added", "touchpoint.archived", "touchpoint.restored"]


# --- access, selectors --------------------------------------------------------------------------


def test_strangers_get_404_and_lesser_roles_403(ada, cleo, dora):
    touchpoint = TouchpointFactory(organization=ada.organization)

    assert touchpoint_for(cleo, touchpoint.key) == touchpoint
    with pytest.raises(PermissionDenied):
        touchpoint_for(cleo, touchpoint.key, Action.EDIT_TOUCHPOINTS)
    with pytest.raises(Http404):
        touchpoint_for(dora, touchpoint.key)


def test_coverage_counts_what_nobody_owns_and_which_phases_are_empty(ada, care):
    TouchpointFactory(organization=ada.organization, phase="buy", owner_function=care)
    TouchpointFactory(organization=ada.organization, phase="buy", is_intended=False)
    TouchpointFactory(organization=ada.organization, phase="renew", is_archived=True)
    TouchpointFactory()

    found = selectors.coverage(ada.organization)

    assert (found.touchpoints, found.archived, found.without_owner, found.unintended) == (2, 1, 1, 1)
    assert "Buy" not in found.empty_phases
    assert "Renew or leave" in found.empty_phases


# --- screens ------------------------------------------------------------------------------------


def test_the_list_searches_filters_and_sorts(client_of, ada, care):
    for name, phase, owner in (("Alpha", "buy", care), ("Beta", "use", None), ("Gamma", "use", care)):
        services.save_touchpoint(by=ada, name=name, phase=phase, owner_function=owner)
    services.archive_touchpoint(by=ada, touchpoint=services.save_touchpoint(by=ada, name="Old one"))
    client = client_of(ada)

    def names(query=""):
        return [row.record.name for row in client.get(_url("touchpoint_list") + query).context["table"].rows]

    assert names() == ["Alpha", "Beta", "Gamma"]
    assert names("?q=bet") == ["Beta"]
    assert names("?owner=nobody") == ["Beta"]
    assert names("?owner=care&phase=use") == ["Gamma"]
    assert names("?archived=yes") == ["Old one"]
    assert len(names("?archived=all")) == 4
    assert names("?sort=-name") == ["Gamma", "Beta", "Alpha"]
    assert names("?phase=limbo&page=99") == ["Alpha", "Beta", "Gamma"]


def test_an_empty_list_teaches_the_first_step(client_of, ada, cleo):
    assert b"Add the first touchpoint" in client_of(ada).get(_url("touchpoint_list")).content
    assert b"Add the first touchpoint" not in client_of(cleo).get(_url("touchpoint_list")).content


def test_adding_changing_archiving_and_bringing_back(client_of, ada, care):
    client = client_of(ada)
    typed = {"name": "First bill", "phase": "onboard", "channel": "post", "owner_function": care.pk}
    assert client.post(_url("touchpoint_new"), typed).url == _page("first-bill")
    refused = client.post(_url("touchpoint_new"), typed)
    assert refused.status_code == 422
    assert b"There is already a touchpoint with this name" in refused.content
    another = client.post(_url("touchpoint_new"), {**typed, "name": "Second", "another": "yes"})
    assert another.url == _url("touchpoint_new")

    assert b'value="First bill"' in client.get(_url("touchpoint_edit", "first-bill")).content
    client.post(_url("touchpoint_edit", "first-bill"), {**typed, "name": "The bill"})
    assert (
        b"Archive \xe2\x80\x9cThe bill\xe2\x80\x9d?"
        in client.get(_url("touchpoint_archive", "first-bill")).content
    )
    client.post(_url("touchpoint_archive", "first-bill"))
    assert Touchpoint.objects.get(key="first-bill").is_archived
    client.post(_url("touchpoint_restore", "first-bill"))
    assert not Touchpoint.objects.get(key="first-bill").is_archived


def test_the_list_leads_to_the_page_and_escapes_what_was_typed(client_of, ada):
    touchpoint = services.save_touchpoint(by=ada, name="<b>Bill</b>")
    page = client_of(ada).get(_url("touchpoint_list")).content.decode()
    assert _page(touchpoint.key) in page
    assert "<b>Bill" not in page


def test_gates_of_the_screens(client_of, ada, cleo, dora):
    TouchpointFactory(organization=ada.organization, key="bill")

    assert client_of(cleo).get(_url("touchpoint_edit", "bill")).status_code == 403
    assert client_of(cleo).post(_url("touchpoint_archive", "bill")).status_code == 403
    assert client_of(dora).get(_url("touchpoint_edit", "bill")).status_code == 404


def test_the_list_costs_the_same_for_many_rows(client_of, ada, care, django_assert_max_num_queries):
    for _ in range(30):
        TouchpointFactory(organization=ada.organization, owner_function=care)
    client = client_of(ada)
    with django_assert_max_num_queries(11):
        assert client.get(_url("touchpoint_list")).status_code == 200


# --- API ----------------------------------------------------------------------------------------


def test_touchpoints_by_api(api_of, ada, care):
    api = api_of(ada)
    made = api.post(f"{BASE}/", {"name": "First bill", "channel": "post", "owner_function": "care"})
    assert (made.status_code, made.data["key"], made.data["is_digital"]) == (201, "first-bill", False)
    changed = api.patch(f"{BASE}/first-bill/", {"phase": "renew"})
    assert (changed.data["phase"], changed.data["owner_function"]) == ("renew", "care")
    assert api.get(f"{BASE}/?owner=care").data["count"] == 1
    assert api.post(f"{BASE}/first-bill/archive/").data["is_archived"] is True
    assert api.get(f"{BASE}/").data["count"] == 0
    assert api.post(f"{BASE}/first-bill/restore/").data["is_archived"] is False
    assert api.get(f"{BASE}/first-bill/").data["name"] == "First bill"


def test_api_refusals_are_problem_details(api_of, ada, cleo, dora):
    api = api_of(ada)
    api.post(f"{BASE}/", {"name": "First bill"})
    foreign = BusinessFunctionFactory(organization=dora.organization, key="theirs")

    taken = api.post(f"{BASE}/", {"name": "first BILL"})
    assert (taken.status_code, taken.data["code"]) == (422, "invalid_values")
    assert "name" in taken.data["errors"]
    assert api.post(f"{BASE}/", {"name": "B", "owner_function": foreign.key}).status_code == 422
    assert api_of(cleo).post(f"{BASE}/", {"name": "C"}).status_code == 403
    assert api_of(cleo).get(f"{BASE}/").status_code == 200
    assert api_of(dora).get(f"{BASE}/first-bill/").status_code == 404
    assert api.get(f"{BASE}/nothing/").status_code == 404


@pytest.mark.parametrize("act", ["save", "archive"])
def test_what_breaks_off_leaves_the_inventory_as_it_was(ada, monkeypatch, act):
    touchpoint = TouchpointFactory(organization=ada.organization, name="First bill")
    use_case = {
        "save": partial(services.save_touchpoint, by=ada, name="Invoice", touchpoint=touchpoint),
        "archive": partial(services.archive_touchpoint, by=ada, touchpoint=touchpoint),
    }[act]
    assert left_behind(monkeypatch, "journeys.services.record_event", use_case, "journeys") == []


# --- contribution -------------------------------------------------------------------------------


def known_shares(organization):
    """A higher room that knows what the first two touchpoints contribute."""
    first, second = Touchpoint.objects.of(organization).order_by("pk")[:2]
    yield ShareOfWhole(touchpoint=first.pk, share=0.347, low=0.21, high=0.52, is_clear=True)
    yield ShareOfWhole(touchpoint=second.pk, share=0.04, low=0.0, high=0.13, is_clear=False)


def test_what_a_touchpoint_contributes_stands_in_list_and_file(client_of, ada, monkeypatch):
    for name in ("Bill", "Chat", "Visit"):
        TouchpointFactory(organization=ada.organization, key=name.lower(), name=name)
    client = client_of(ada)
    assert "Contribution to the whole" not in client.get(_url("touchpoint_list")).text
    monkeypatch.setattr(shares_of_whole, "_paths", [f"{__name__}.known_shares"])
    page = client.get(_url("touchpoint_list")).text
    assert "Contribution to the whole" in page
    assert page.count("35%") == 1
    assert page.count("21% to 52%") == 1
    assert page.count("0% to 13%") == 1
    assert page.count("Not distinguishable from zero") == 1
    file = client.get(_url("touchpoint_file", "csv"))
    head, *rows = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    assert head.endswith(",archived,contribution,contribution low,contribution high,contribution clear")
    assert [row.split(",")[-4:] for row in rows if row.startswith(("bill", "chat", "visit"))] == [
        ["0.347", "0.21", "0.52", "true"],
        ["0.04", "0.0", "0.13", "false"],
        ["", "", "", ""],
    ]


def test_a_file_taken_out_comes_back_without_a_word_about_the_contribution():
    listed = touchpoints_in_file(
        io.BytesIO(b"key,name,contribution,contribution low,contribution clear\nbill,Bill,0.347,0.2,true\n")
    )
    assert listed.unread == ()
