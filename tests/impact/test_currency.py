"""The currency of an organization stays once money was entered in it: nothing approved is relabeled."""

from decimal import Decimal

import pytest
from django.urls import reverse

from coalition.models import Initiative
from impact.models import RoiCase, ValueModel

pytestmark = pytest.mark.django_db

SETTINGS = {
    "name": "Northwind",
    "time_zone": "UTC",
    "language": "en",
    "discount_rate_pct": "8",
    "confirms_finance": "on",
    "week_begins": "0",
    "year_begins": "1",
}


def _post(client, organization, currency):
    url = reverse("accounts:organization_edit", args=[organization.slug])
    return client.post(url, SETTINGS | {"currency": currency})


def _free(case):
    """No figure anywhere."""
    RoiCase.objects.all().delete()
    ValueModel.objects.all().delete()
    Initiative.objects.update(one_off_cost=0, yearly_cost=0, expected_benefit=None)


def test_page_refuses_another_currency_and_says_what_carries_money(organization, client_of, ada, case):
    Initiative.objects.update(one_off_cost=Decimal(60_000))
    page = _post(client_of(ada), organization, "JPY")
    assert page.status_code == 422
    for words in (
        "The currency stays EUR: figures keep the currency they were entered in.",
        "1 initiative has costs or benefits in it.",
        "1 value model has its inputs in it.",
        "1 value was computed in it.",
    ):
        assert words in page.text
    organization.refresh_from_db()
    assert organization.currency == "EUR"


def test_other_settings_change_while_the_currency_stays(organization, client_of, ada, case):
    assert _post(client_of(ada), organization, "EUR").status_code == 302
    organization.refresh_from_db()
    assert (organization.name, organization.currency) == ("Northwind", "EUR")


@pytest.mark.parametrize("field", ["one_off_cost", "yearly_cost", "expected_benefit"])
def test_each_figure_of_an_initiative_keeps_the_currency(organization, client_of, ada, case, field):
    _free(case)
    Initiative.objects.update(**{field: Decimal("0.01")})
    assert "1 initiative has costs" in _post(client_of(ada), organization, "JPY").text


def test_without_money_or_with_money_of_others_the_currency_may_change(
    organization, client_of, ada, dora, case
):
    Initiative.objects.update(one_off_cost=1)
    stranger = dora.organization
    assert _post(client_of(dora), stranger, "JPY").status_code == 302
    stranger.refresh_from_db()
    assert stranger.currency == "JPY"
    _free(case)
    assert _post(client_of(ada), organization, "JPY").status_code == 302
    organization.refresh_from_db()
    assert organization.currency == "JPY"


def test_program_is_refused_with_the_same_words(organization, api_of, ada, case):
    path = reverse("api:organization", args=[organization.slug])
    answer = api_of(ada).patch(path, {"currency": "JPY"}, format="json")
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_values"
    assert "1 value was computed in it." in str(answer.json())
    assert api_of(ada).patch(path, {"name": "Northwind"}, format="json").status_code == 200
    organization.refresh_from_db()
    assert organization.currency == "EUR"
