"""Answers of accounts and their people, as the tests of the customers' rooms need them."""

from datetime import timedelta

from django.utils import timezone

from customer_voice.models import AccountMetricPoint, CustomerAccount
from customer_voice.services import rebuild_rollup, save_account, save_contact
from tests.factories.customer_voice import FeedbackFactory, MetricDefinitionFactory, TouchpointFactory


def account_of(by, reference="A-1", **values) -> CustomerAccount:
    return save_account(by=by, external_reference=reference, values={"name": f"Firm {reference}", **values})


def contact_of(by, reference="C-1", **values):
    return save_contact(by=by, external_reference=reference, values={"name": f"Person {reference}", **values})


def answered(by, customer, score, *, account="A-1", days_ago=10, touchpoint="web", metric="nps", **values):
    """One answer that nobody has counted yet."""
    organization = by.organization
    return FeedbackFactory(
        metric=MetricDefinitionFactory(organization=organization, key=metric),
        touchpoint=TouchpointFactory(organization=organization, key=touchpoint),
        occurred_at=timezone.now() - timedelta(days=days_ago),
        score=score,
        customer=customer,
        account=account,
        **values,
    )


def points():
    """Answers by account in the roll-up: reference -> n."""
    found = dict[str, int]()
    for point in AccountMetricPoint.objects.select_related("account"):
        reference = point.account.external_reference
        found[reference] = found.get(reference, 0) + point.n
    return found


def points_counted_anew(organization):
    """The same after everything is counted from the answers: what the roll-up has to be."""
    rebuild_rollup(organization=organization)
    return points()
