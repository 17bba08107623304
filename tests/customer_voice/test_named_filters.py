"""What a filter names and there is not is said, on pages, in files and by the API: nothing is listed."""

import pytest
from django.urls import reverse

from customer_voice.models import Channel, Contact
from tests.factories.customer_voice import (
    ContactFactory,
    CustomerAccountFactory,
    FeedbackFactory,
)

pytestmark = pytest.mark.django_db
NO_ACCOUNT, NO_CHANNEL = "There is no customer account with this", "There is no channel of this name"


@pytest.fixture(autouse=True)
def world(organization, elsewhere, nps):
    firm = CustomerAccountFactory(organization=organization, external_reference="A-1", name="Harbor")
    CustomerAccountFactory(organization=elsewhere, external_reference="B-1", name="Stranger")
    Channel.objects.create(organization=organization, name="web")
    ContactFactory(organization=organization, external_reference="C-1", name="Ines", account=firm)
    FeedbackFactory(metric=nps, account="A-1", score=9, text="quick and kind")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"account": "A-9"}, NO_ACCOUNT),
        ({"account": "B-1"}, NO_ACCOUNT),  # of another organization
        ({"channel": "telegraph"}, NO_CHANNEL),
    ],
)
def test_a_name_that_is_not_there_is_said_and_nothing_is_listed(
    client, ada, api_of, organization, asked, words
):
    client.force_login(ada.user)
    page = client.get(reverse("customer_voice:feedback_list", args=[organization.slug]), asked)
    assert words in page.text
    assert "quick and kind" not in page.text
    file = client.get(
        reverse("customer_voice:feedback_file", args=[organization.slug, "answers", "csv"]), asked
    )
    assert file.status_code == 422
    answer = api_of(ada).get(f"/api/v1/o/{organization.slug}/feedback/", asked)
    assert answer.status_code == 422
    assert words in str(answer.json())


@pytest.mark.parametrize("said", ["A-1", "a-1", "harbor"])
def test_an_account_by_reference_or_name_is_found_in_any_case(client, ada, api_of, organization, said):
    client.force_login(ada.user)
    page = client.get(reverse("customer_voice:feedback_list", args=[organization.slug]), {"account": said})
    assert "quick and kind" in page.text
    assert NO_ACCOUNT not in page.text
    assert api_of(ada).get(f"/api/v1/o/{organization.slug}/feedback/", {"account": said}).json()["count"] == 1


def test_contacts_of_an_account_that_is_not_there(client, ada, api_of, organization):
    client.force_login(ada.user)
    page = client.get(reverse("customer_voice:contact_list", args=[organization.slug]), {"account": "A-9"})
    assert NO_ACCOUNT in page.text
    assert "Ines" not in page.text
    answer = api_of(ada).get(f"/api/v1/o/{organization.slug}/contacts/", {"account": "A-9"})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("contact", "There is no contact of this number"),
        ("batch", "There is no import of this number"),
        ("survey", "There is no survey of this number"),
    ],
)
@pytest.mark.parametrize("whose", ["nobody", "elsewhere"])
def test_a_number_that_is_not_there_is_said_and_nothing_is_listed(
    client, ada, api_of, organization, elsewhere, name, words, whose
):
    number = 999_999
    if whose == "elsewhere" and name == "contact":
        number = ContactFactory(organization=elsewhere, external_reference="C-9").pk
    client.force_login(ada.user)
    page = client.get(reverse("customer_voice:feedback_list", args=[organization.slug]), {name: number})
    assert words in page.text
    assert "quick and kind" not in page.text
    answer = api_of(ada).get(f"/api/v1/o/{organization.slug}/feedback/", {name: number})
    assert answer.status_code == 422
    assert words in str(answer.json())


def test_a_number_that_is_there_narrows(client, ada, api_of, organization):
    contact = Contact.objects.get(external_reference="C-1")
    answer = api_of(ada).get(f"/api/v1/o/{organization.slug}/feedback/", {"contact": contact.pk})
    assert (answer.status_code, answer.json()["count"]) == (200, 0)


@pytest.mark.parametrize("kind", ["feedback", "contacts", "accounts"])
def test_more_words_than_are_looked_for_are_said(api_of, ada, organization, kind):
    address = f"/api/v1/o/{organization.slug}/{ {'accounts': 'customer-accounts'}.get(kind, kind) }/"
    assert api_of(ada).get(address, {"q": "a b c d e f g h"}).status_code == 200
    answer = api_of(ada).get(address, {"q": "a b c d e f g h i"})
    assert answer.status_code == 422
    assert "At most 8 words" in str(answer.json())
