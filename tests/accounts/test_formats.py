"""Language and format are two settings, of the organization and of each person."""

from decimal import Decimal

import pytest
from django.urls import reverse

from accounts import services
from accounts.models import AuditEvent
from accounts.reading import format_of, written_for, written_to
from common.errors import InvalidValues
from wording.formats import Territory, reader

SETTINGS = {"name": "Northwind", "currency": "EUR", "time_zone": "UTC", "language": "en"}


def settings_of(**changes):
    return {**SETTINGS, "discount_rate_pct": Decimal(8), **changes}


def test_format_of_the_time_zone_holds_until_somebody_chooses_one(ada, organization):
    organization.time_zone = "Europe/Berlin"
    assert format_of(ada) == Territory(code="DE", is_chosen=False)
    organization.territory = "CH"
    assert format_of(ada) == Territory(code="CH", is_chosen=True)
    ada.user.territory = "US"
    assert format_of(ada) == Territory(code="US", is_chosen=True)
    assert organization.format == Territory(code="CH", is_chosen=True)


def test_format_of_the_organization_is_in_the_trail_and_stays_when_not_given(ada, organization):
    services.update_organization(by=ada, **settings_of(territory="DE"))
    event = AuditEvent.objects.filter(verb="organization.changed").latest("pk")
    assert (event.before["territory"], event.after["territory"]) == ("", "DE")
    services.update_organization(by=ada, **settings_of(name="Other"))
    organization.refresh_from_db()
    assert organization.territory == "DE"


@pytest.mark.parametrize("territory", ["ZZ", "de", "Germany", "D"])
def test_territory_that_is_none_is_refused(ada, territory):
    with pytest.raises(InvalidValues) as refused:
        services.update_organization(by=ada, **settings_of(territory=territory))
    assert set(refused.value.fields) == {"territory"}
    with pytest.raises(InvalidValues) as refused:
        services.set_preferences(user=ada.user, name="Ada", language="", theme="auto", territory=territory)
    assert set(refused.value.fields) == {"territory"}


def test_preferences_page_sets_ones_own_format(ada, client_of):
    url = reverse("accounts:preferences", args=["northwind"])
    answer = client_of(ada).post(url, {"name": "Ada", "language": "", "territory": "DE", "theme": "auto"})
    assert answer.status_code == 302
    ada.user.refresh_from_db()
    assert ada.user.territory == "DE"
    services.set_preferences(user=ada.user, name="Ada", language="", theme="auto")
    ada.user.refresh_from_db()
    assert ada.user.territory == "DE"


@pytest.mark.parametrize(
    ("territory", "typed", "status", "stored"),
    [
        ("DE", "7,5", 302, "7.50"),
        ("US", "7.5", 302, "7.50"),
        ("US", "7,5", 422, "8"),
        ("DE", "7.5", 422, "8"),
    ],
)
def test_discount_rate_is_read_as_it_is_meant(ada, client_of, organization, territory, typed, status, stored):
    organization.territory = territory
    organization.save()
    values = {**SETTINGS, "territory": territory, "discount_rate_pct": typed, "confirms_finance": "on"}
    values |= {"week_begins": 0, "year_begins": 1}
    url = reverse("accounts:organization_edit", args=["northwind"])
    assert client_of(ada).post(url, values).status_code == status
    organization.refresh_from_db()
    assert organization.discount_rate_pct == Decimal(stored)


def test_api_reads_and_sets_the_territory_and_stays_plain(ada, api_of, organization):
    path = reverse("api:organization", args=["northwind"])
    answer = api_of(ada).patch(path, {"territory": "DE", "discount_rate_pct": "7.5"})
    assert answer.status_code == 200
    assert answer.json()["territory"] == "DE"
    assert answer.json()["discount_rate_pct"] == "7.50"
    assert api_of(ada).patch(path, {"territory": "ZZ"}).status_code == 422


def test_mail_is_written_in_the_recipients_format_and_records_in_the_organizations(ada, organization):
    organization.territory, ada.user.territory = "US", "DE"
    with written_to(ada) as language:
        assert (language, reader().number(10_000)) == ("en", "10.000")
    with written_for(organization):
        assert reader().number(10_000) == "10,000"


def test_format_of_one_request_is_not_that_of_the_next(ada, client_of, organization, client):
    organization.territory = "DE"
    organization.save()
    assert "8,0\u00a0%" in client_of(ada).get(reverse("accounts:settings", args=["northwind"])).text
    assert reader().number(10_000) == "10,000"


@pytest.mark.parametrize(("language", "name"), [("en", "English"), ("zh-hans", "Simplified Chinese")])
def test_settings_say_the_language_of_email_and_reports(client_of, ada, organization, language, name):
    organization.language = language
    organization.save()
    page = client_of(ada).get(reverse("accounts:settings", args=["northwind"])).text
    facts = " ".join(page[page.index("<dl") : page.index("</dl>")].split())
    assert f"<dt>Language of e-mail and reports</dt> <dd>{name}</dd>" in facts
