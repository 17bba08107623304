"""Touchpoints that two people change at once."""

import pytest

from accounts.models import AuditEvent
from journeys.models import Touchpoint
from journeys.services import archive_touchpoint, save_touchpoint
from tests.factories.journeys import TouchpointFactory

pytestmark = pytest.mark.django_db


def again(row):
    return Touchpoint.objects.get(pk=row.pk)


def values_of(row, **changes):
    names = ("name", "channel", "phase", "purpose", "is_intended", "owner_function")
    return {**{name: getattr(row, name) for name in names}, **changes}


@pytest.fixture
def bill(organization):
    return TouchpointFactory(organization=organization, name="First bill", purpose="", phase="use")


def test_two_parts_changed_at_once_are_both_kept(ada, bill):
    first, second = again(bill), again(bill)
    save_touchpoint(by=ada, touchpoint=first, **values_of(first, purpose="Pay"))
    save_touchpoint(by=ada, touchpoint=second, **values_of(second, phase="buy"))
    assert (again(bill).purpose, again(bill).phase) == ("Pay", "buy")
    event = AuditEvent.objects.filter(verb="touchpoint.changed").latest("pk")
    assert (event.before["purpose"], event.after["purpose"]) == ("Pay", "Pay")


def test_one_that_was_archived_meanwhile_stays_archived(ada, bill):
    seen = again(bill)
    archive_touchpoint(by=ada, touchpoint=bill)
    save_touchpoint(by=ada, touchpoint=seen, **values_of(seen, purpose="Pay"))
    assert again(bill).is_archived
    assert again(bill).purpose == "Pay"


def test_archiving_twice_is_one_entry(ada, bill):
    for seen in (again(bill), again(bill)):
        archive_touchpoint(by=ada, touchpoint=seen)
    assert AuditEvent.objects.filter(verb="touchpoint.archived").count() == 1


def test_the_api_refuses_what_nothing_reads(ada, bill, api_of):
    answer = api_of(ada).patch(
        f"/api/v1/o/northwind/touchpoints/{bill.key}/", {"purpose": "Pay", "owner": "service"}
    )
    assert answer.status_code == 422
    (said,) = answer.json()["errors"]["owner"]
    assert said.startswith("Unknown field. Known here: channel, ")
    assert again(bill).purpose == ""
