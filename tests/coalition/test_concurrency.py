"""Two people voting at the same instant."""

from threading import Barrier, Thread

import pytest
from django.db import OperationalError, connection

from accounts.choices import Role
from accounts.models import Membership
from coalition import services
from coalition.errors import VoteClosed
from coalition.models import Approval, Decision, Initiative
from tests.factories.accounts import MembershipFactory, OrganizationFactory
from tests.factories.coalition import seated, submitted

LOCKED = ("locked", "busy")


def vote_at_once(initiative, people):
    """Every person approves in a thread of their own; returns what each of them got."""
    digest, start, results = initiative.revisions.first().digest, Barrier(len(people)), {}

    def vote(pk):
        try:
            start.wait(timeout=20)
            for _attempt in range(2000):
                try:
                    services.cast_vote(
                        by=Membership.objects.select_related("organization", "user").get(pk=pk),
                        initiative=Initiative.objects.get(pk=initiative.pk),
                        choice="approve",
                        revision_digest=digest,
                    )
                    results[pk] = "recorded"
                    return
                except VoteClosed:
                    results[pk] = "closed"
                    return
                except OperationalError as error:
                    # An in-memory SQLite shared by threads answers "locked" at once instead of waiting.
                    if connection.vendor != "sqlite" or not any(word in str(error) for word in LOCKED):
                        raise
        finally:
            raw = connection.connection
            connection.close()
            if connection.vendor == "sqlite" and raw is not None:
                raw.close()  # Django keeps an in-memory one open

    threads = [Thread(target=vote, args=[person.pk]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


@pytest.mark.django_db(transaction=True)
def test_two_deciding_votes_at_once_make_one_decision():
    organization = OrganizationFactory()
    owner = MembershipFactory(organization=organization, role=Role.CX_LEADER)
    seats = seated(organization, 3)
    initiative = submitted(owner)
    services.cast_vote(
        by=seats[0].membership,
        initiative=initiative,
        choice="approve",
        revision_digest=initiative.revisions.first().digest,
    )
    results = vote_at_once(initiative, [seats[1].membership, seats[2].membership])
    assert sorted(results.values()) == ["closed", "recorded"]
    assert Decision.objects.count() == 1
    assert Approval.objects.count() == 2
    initiative.refresh_from_db()
    assert initiative.state == "approved"
    assert initiative.state_changes.filter(to_state="approved").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_early_votes_at_once_are_both_counted():
    organization = OrganizationFactory()
    owner = MembershipFactory(organization=organization, role=Role.CX_LEADER)
    seats = seated(organization, 5)
    initiative = submitted(owner)
    results = vote_at_once(initiative, [seats[0].membership, seats[1].membership])
    assert set(results.values()) == {"recorded"}
    assert Approval.objects.count() == 2
    assert not Decision.objects.exists()
