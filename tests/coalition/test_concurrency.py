"""Two people deciding at the same instant."""

import pytest

from accounts.choices import Role
from accounts.models import Membership
from assessments.models import MaturityResult
from coalition import services
from coalition.errors import VoteClosed
from coalition.models import Approval, Coalition, Decision, Initiative
from tests.factories.accounts import MembershipFactory, OrganizationFactory
from tests.factories.assessments import make_result
from tests.factories.coalition import seated, submitted
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def vote_at_once(initiative, people):
    """Every person approves; returns what each of them got."""
    digest = initiative.revisions.first().digest

    def vote(pk):
        return lambda: services.cast_vote(
            by=Membership.objects.select_related("organization", "user").get(pk=pk),
            initiative=Initiative.objects.get(pk=initiative.pk),
            choice="approve",
            revision_digest=digest,
        )

    return at_once(*(vote(person.pk) for person in people))


def test_two_deciding_votes_at_once_make_one_decision():
    organization = OrganizationFactory()
    owner = MembershipFactory(organization=organization, role=Role.CX_LEADER)
    seats = seated(organization, 3, early_end="certain")
    initiative = submitted(owner)
    services.cast_vote(
        by=seats[0].membership,
        initiative=initiative,
        choice="approve",
        revision_digest=initiative.revisions.first().digest,
    )
    results = vote_at_once(initiative, [seats[1].membership, seats[2].membership])
    assert [isinstance(found, VoteClosed) for found in results].count(True) == 1
    assert Decision.objects.count() == 1
    assert Approval.objects.count() == 2
    initiative.refresh_from_db()
    assert initiative.state == "approved"
    assert initiative.state_changes.filter(to_state="approved").count() == 1


def test_two_early_votes_at_once_are_both_counted():
    organization = OrganizationFactory()
    owner = MembershipFactory(organization=organization, role=Role.CX_LEADER)
    seats = seated(organization, 5)
    initiative = submitted(owner)
    results = vote_at_once(initiative, [seats[0].membership, seats[1].membership])
    assert not any(isinstance(found, VoteClosed) for found in results)
    assert Approval.objects.count() == 2
    assert not Decision.objects.exists()


def test_double_click_on_an_opportunity_makes_one_draft():
    owner = MembershipFactory(role=Role.CX_LEADER)
    result = make_result(owner)

    def draft():
        return services.draft_from_opportunity(
            by=Membership.objects.select_related("organization", "user").get(pk=owner.pk),
            result=MaturityResult.objects.get(pk=result.pk),
            practice="ask",
        )

    first, second = at_once(draft, draft)
    assert first.pk == second.pk
    assert Initiative.objects.count() == 1


def test_a_coalition_founded_twice_at_once_is_there_once():
    leader = MembershipFactory(role=Role.CX_LEADER)

    def found():
        return services.save_charter(
            by=Membership.objects.select_related("organization", "user").get(pk=leader.pk),
            values=services.CharterValues(charter="We decide."),
        )

    at_once(found, found)
    assert Coalition.objects.count() == 1
