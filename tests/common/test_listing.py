"""Tables of a page: no address makes them longer, and none breaks them."""

import pytest
from django.urls import reverse

from tests.factories.customer_voice import FeedbackFactory
from tests.factories.journeys import TouchpointFactory

pytestmark = pytest.mark.django_db
ODD = ["-1", "0", "1", "100000", "9" * 400, "1e400", "x", "", "２"]


def lists(slug):
    names = (
        "coalition:initiative_list",
        "customer_voice:feedback_list",
        "customer_voice:account_list",
        "customer_voice:contact_list",
        "customer_voice:import_list",
        "journeys:touchpoint_list",
    )
    return [reverse(name, args=[slug]) for name in names]


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("name", ["per_page", "page"])
def test_no_page_breaks_on_an_odd_number(ada, client_of, name, value):
    client = client_of(ada)
    FeedbackFactory(organization=ada.organization)
    for address in lists(ada.organization.slug):
        assert client.get(address, {name: value}).status_code == 200, address


def test_an_address_makes_no_page_longer(ada, client_of):
    for number in range(30):
        TouchpointFactory(organization=ada.organization, key=f"place-{number}", name=f"Place {number}")
    client, address = client_of(ada), reverse("journeys:touchpoint_list", args=[ada.organization.slug])
    assert len(client.get(address, {"per_page": 500}).context["table"].page.object_list) == 25
    assert len(client.get(address, {"per_page": 1}).context["table"].page.object_list) == 25


@pytest.mark.parametrize(("wanted", "shown"), [("2", 2), ("99", 2), ("0", 1), ("-3", 1), ("x", 1), ("1", 1)])
def test_beyond_the_ends_stands_the_nearest_page(ada, client_of, wanted, shown):
    for number in range(30):
        TouchpointFactory(organization=ada.organization, key=f"place-{number}", name=f"Place {number}")
    address = reverse("journeys:touchpoint_list", args=[ada.organization.slug])
    assert client_of(ada).get(address, {"page": wanted}).context["table"].page.number == shown
