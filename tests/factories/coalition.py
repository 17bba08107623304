"""A coalition with seats, and initiatives that are ready for a vote."""

from datetime import timedelta
from decimal import Decimal

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.choices import Role
from coalition import services
from coalition.choices import Choice, UnitSelection
from coalition.models import Coalition, EvaluationPlan, Initiative, InitiativeStateChange, Seat
from tests.factories.accounts import MembershipFactory, OrganizationFactory
from tests.factories.customer_voice import MetricDefinitionFactory
from tests.factories.journeys import TouchpointFactory


class CoalitionFactory(DjangoModelFactory):
    class Meta:
        model = Coalition
        django_get_or_create = ("organization",)

    organization = factory.SubFactory(OrganizationFactory)
    founded_on = factory.LazyFunction(timezone.localdate)


class SeatFactory(DjangoModelFactory):
    """A voting seat; its person is a coalition member unless given."""

    class Meta:
        model = Seat

    coalition = factory.SubFactory(CoalitionFactory)
    membership = factory.SubFactory(
        MembershipFactory,
        organization=factory.SelfAttribute("..coalition.organization"),
        role=Role.COALITION_MEMBER,
    )
    title = factory.Sequence(lambda number: f"Seat {number}")
    starts_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=100))


class InitiativeFactory(DjangoModelFactory):
    class Meta:
        model = Initiative
        skip_postgeneration_save = True

    organization = factory.SubFactory(OrganizationFactory)
    number = factory.Sequence(lambda number: number + 1)
    title = factory.Sequence(lambda number: f"Welcome call {number}")
    problem = "One new customer in five does not get started in the first week."
    proposal = "Call every new customer on the third day."
    owner = factory.SubFactory(MembershipFactory, organization=factory.SelfAttribute("..organization"))
    one_off_cost = Decimal("20000")
    yearly_cost = Decimal("48000")
    planned_go_live_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=14))

    @factory.post_generation
    def first_state(self, create, extracted, **kwargs):
        InitiativeStateChange.objects.create(initiative=self, to_state=self.state, by=self.owner)


class EvaluationPlanFactory(DjangoModelFactory):
    """A complete plan on NPS."""

    class Meta:
        model = EvaluationPlan

    initiative = factory.SubFactory(InitiativeFactory)
    metric = factory.SubFactory(
        MetricDefinitionFactory, organization=factory.SelfAttribute("..initiative.organization")
    )
    baseline_from = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=364))
    review_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=14 + 182))
    expected_effect = Decimal("8")
    smallest_worthwhile_effect = Decimal("4")
    selection = UnitSelection.PRACTICAL
    decision_rule = "Roll out everywhere if supported, stop if not worth having."


def ready_initiative(owner, **changes) -> Initiative:
    """A draft with everything that a vote needs."""
    organization = owner.organization
    initiative = InitiativeFactory(organization=organization, owner=owner, **changes)
    initiative.touchpoints.add(TouchpointFactory(organization=organization))
    EvaluationPlanFactory(initiative=initiative)
    return Initiative.objects.get(pk=initiative.pk)


def seated(organization, count: int = 3, **rules) -> list[Seat]:
    """A coalition of so many voting seats; `rules` are the charter's."""
    coalition = CoalitionFactory(organization=organization, **rules)
    return [SeatFactory(coalition=coalition) for _number in range(count)]


def submitted(owner, **changes) -> Initiative:
    """An initiative in the vote. Needs seats."""
    initiative = ready_initiative(owner, **changes)
    services.submit_initiative(by=owner, initiative=initiative)
    initiative.refresh_from_db()
    return initiative


def cast(initiative: Initiative, seat: Seat, choice: str = Choice.APPROVE, comment: str = "because"):
    """One vote on the open version."""
    digest = initiative.revisions.first().digest
    return services.cast_vote(
        by=seat.membership, initiative=initiative, choice=choice, comment=comment, revision_digest=digest
    )


def approved(owner, **changes) -> Initiative:
    """An initiative that its coalition approved. Needs seats."""
    initiative = submitted(owner, **changes)
    for seat in initiative.rounds.first().seats.all():
        if cast(initiative, seat).tally.outcome:
            break
    initiative.refresh_from_db()
    return initiative
