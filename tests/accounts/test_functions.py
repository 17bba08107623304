"""Business functions form a tree with heads."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts import selectors, services
from accounts.models import AuditEvent, BusinessFunction, Membership
from accounts.services import FunctionPlace
from common.errors import InvalidValues
from tests.factories import BusinessFunctionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree(ada):
    """Service > Care > Night shift; Finance beside it."""
    service = services.save_function(by=ada, name="Service")
    care = services.save_function(by=ada, name="Care", place=FunctionPlace(parent=service))
    night = services.save_function(by=ada, name="Night shift", place=FunctionPlace(parent=care))
    finance = services.save_function(by=ada, name="Finance")
    return {"service": service, "care": care, "night": night, "finance": finance}


def refused(call) -> list[str]:
    with pytest.raises(InvalidValues) as refusal:
        call()
    return sorted(refusal.value.fields)


def move(ada, function, parent, head=None):
    return services.save_function(
        by=ada, name=function.name, function=function, place=FunctionPlace(parent=parent, head=head)
    )


@pytest.mark.parametrize("parent", ["service", "care", "night"])
def test_a_function_is_never_part_of_itself_or_of_its_parts(ada, tree, parent):
    assert refused(lambda: move(ada, tree["service"], tree[parent])) == ["parent"]
    assert BusinessFunction.objects.get(key="service").parent is None


def test_a_function_moves_with_its_parts(ada, tree):
    move(ada, tree["care"], tree["finance"])
    assert BusinessFunction.objects.get(key="night-shift").parent == tree["care"]
    assert BusinessFunction.objects.get(key="care").parent == tree["finance"]


def test_a_move_looks_at_the_tree_as_it_is_and_not_as_the_page_showed_it(ada, tree):
    stale = BusinessFunction.objects.get(pk=tree["finance"].pk)
    move(ada, tree["finance"], tree["night"])
    assert refused(lambda: move(ada, tree["service"], stale)) == ["parent"]


def test_the_tree_has_at_most_eight_levels(ada):
    above = None
    for number in range(8):
        above = services.save_function(by=ada, name=f"Level {number}", place=FunctionPlace(parent=above))
    assert refused(
        lambda: services.save_function(by=ada, name="Level 9", place=FunctionPlace(parent=above))
    ) == ["parent"]
    other = services.save_function(by=ada, name="Other")
    services.save_function(by=ada, name="Its part", place=FunctionPlace(parent=other))
    seventh = BusinessFunction.objects.get(name="Level 6")
    assert refused(lambda: move(ada, other, seventh)) == ["parent"]
    sixth = BusinessFunction.objects.get(name="Level 5")
    assert move(ada, other, sixth).parent == sixth


def test_parent_and_head_are_of_the_organization_and_the_head_is_active(ada, ben, dora, tree):
    foreign = BusinessFunctionFactory()
    assert refused(lambda: move(ada, tree["care"], foreign, dora)) == ["head", "parent"]
    Membership.objects.filter(pk=ben.pk).update(is_active=False)
    ben.refresh_from_db()
    assert refused(lambda: move(ada, tree["care"], tree["service"], ben)) == ["head"]


def test_a_new_name_alone_keeps_parent_and_head(ada, ben, tree):
    move(ada, tree["care"], tree["service"], ben)
    services.save_function(by=ada, name="Customer care", function=tree["care"])
    care = BusinessFunction.objects.get(key="care")
    assert (care.name, care.parent, care.head) == ("Customer care", tree["service"], ben)


def test_the_trail_tells_parent_and_head_by_name(ada, ben, tree):
    move(ada, tree["care"], tree["finance"], ben)
    entry = AuditEvent.objects.filter(verb="function.saved").latest("pk")
    assert entry.before == {"name": "Care", "parent": "Service", "head": ""}
    assert entry.after == {"name": "Care", "parent": "Finance", "head": "Ben"}


def test_the_line_of_a_head_is_her_functions_and_all_their_parts(ada, ben, cleo, tree):
    move(ada, tree["care"], tree["service"], ben)
    line = selectors.functions_of_line(ben)
    assert line == {tree["care"].pk, tree["night"].pk}
    assert selectors.functions_of_line(cleo) == frozenset()
    ben.is_active = False
    assert selectors.functions_of_line(ben) == frozenset()


def test_a_function_with_parts_cannot_be_deleted_and_the_database_refuses_a_circle_of_one(ada, tree):
    with pytest.raises(Exception, match="protected"), transaction.atomic():
        tree["service"].delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        BusinessFunction.objects.filter(pk=tree["care"].pk).update(parent=tree["care"].pk)


def test_the_page_sets_parent_and_head_and_offers_no_stranger(ada, ben, dora, tree, client_of):
    client = client_of(ada)
    url = reverse("accounts:function_edit", args=["northwind", tree["finance"].pk])
    assert "Dora" not in client.get(url).content.decode()
    sent = {"name": "Finance", "parent": tree["service"].pk, "head": ben.pk}
    assert client.post(url, sent).status_code == 302
    finance = BusinessFunction.objects.get(key="finance")
    assert (finance.parent, finance.head) == (tree["service"], ben)
    assert client.post(url, {**sent, "head": dora.pk}).status_code == 422
    circle = reverse("accounts:function_edit", args=["northwind", tree["service"].pk])
    refusal = client.post(circle, {"name": "Service", "parent": tree["night"].pk, "head": ""})
    assert refusal.status_code == 422
    assert "cannot be part of itself" in refusal.content.decode()
    page = client.get(reverse("accounts:settings", args=["northwind"])).content.decode()
    assert "part of Service" in page
    assert "led by Ben" in page


def test_the_api_reads_and_writes_parent_and_head(ada, ben, dora, tree, api_of):
    api = api_of(ada)
    detail = reverse("api:function-detail", args=["northwind", tree["finance"].pk])
    assert api.patch(detail, {"parent": "service", "head": ben.pk}).json() == {
        "id": tree["finance"].pk,
        "key": "finance",
        "name": "Finance",
        "parent": "service",
        "head": ben.pk,
    }
    assert api.patch(detail, {"name": "Money"}).json()["parent"] == "service"
    assert api.patch(detail, {"parent": None}).json()["parent"] is None
    assert api.patch(detail, {"head": dora.pk}).status_code in {400, 422}
    made = api.post(
        reverse("api:function-list", args=["northwind"]), {"name": "Billing", "parent": "finance"}
    )
    assert (made.status_code, made.json()["parent"]) == (201, "finance")


def test_a_head_who_has_left_is_shown_as_gone(ada, ben, client_of):
    BusinessFunctionFactory(organization=ada.organization, name="Care", head=ben)
    page = client_of(ada).get(f"/o/{ada.organization.slug}/settings/").text
    assert "led by Ben" in page
    assert "no access" not in page
    ben.is_active = False
    ben.save()
    page = client_of(ada).get(f"/o/{ada.organization.slug}/settings/").text
    assert "no access" in page[page.index("led by Ben") :]
