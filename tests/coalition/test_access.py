"""Each door of the coalition: who gets which row, who is refused, and for whom there is nothing."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.choices import Action
from coalition.access import coalition_for, decision_for, initiative_for, is_steward, milestone_for, seat_for
from coalition.models import Milestone
from tests.factories.coalition import CoalitionFactory, InitiativeFactory, SeatFactory, approved, seated

pytestmark = pytest.mark.django_db


def a_milestone(initiative, title) -> Milestone:
    return Milestone.objects.create(initiative=initiative, title=title, due_on=initiative.planned_go_live_on)


def test_an_initiative_is_found_by_its_number(ada):
    InitiativeFactory(organization=ada.organization, owner=ada, number=1)
    second = InitiativeFactory(organization=ada.organization, owner=ada, number=2)
    assert initiative_for(ada, 2, Action.VIEW) == second


def test_an_initiative_of_another_organization_is_not_found_by_its_number(ada, dora):
    InitiativeFactory(organization=ada.organization, owner=ada, number=1)
    with pytest.raises(Http404):
        initiative_for(dora, 1, Action.VIEW)


def test_the_owner_of_an_initiative_drafts_it_and_a_colleague_does_not(ben):
    initiative = InitiativeFactory(organization=ben.organization, owner=ben, number=1)
    colleague = SeatFactory(coalition__organization=ben.organization).membership
    assert initiative_for(ben, 1, Action.DRAFT_INITIATIVE) == initiative
    with pytest.raises(PermissionDenied):
        initiative_for(colleague, 1, Action.DRAFT_INITIATIVE)
    assert initiative_for(colleague, 1, Action.VOTE) == initiative


def test_whoever_seats_the_coalition_looks_after_every_initiative_and_nobody_else_does(ada, ben, cleo):
    initiative = InitiativeFactory(organization=ada.organization, owner=ben)
    assert [is_steward(member, initiative) for member in (ada, ben, cleo)] == [True, True, False]


def test_a_milestone_is_found_in_its_own_initiative_alone(ada):
    first, second = (
        InitiativeFactory(organization=ada.organization, owner=ada, number=number) for number in (1, 2)
    )
    steps = [a_milestone(first, "Script"), a_milestone(first, "Training")]
    assert milestone_for(ada, first.number, steps[1].pk, Action.VIEW) == steps[1]
    with pytest.raises(Http404):
        milestone_for(ada, second.number, steps[1].pk, Action.VIEW)


def test_a_seat_is_found_by_its_key(ada):
    seats = seated(ada.organization, 3)
    assert seat_for(ada, seats[1].pk, Action.EDIT_COALITION) == seats[1]


def test_a_seat_of_another_organization_is_not_found(ada, dora):
    seat = SeatFactory(coalition__organization=ada.organization)
    with pytest.raises(Http404):
        seat_for(dora, seat.pk, Action.VIEW)


def test_a_seat_that_is_absent_is_not_found(ada):
    with pytest.raises(Http404):
        seat_for(ada, 0, Action.VIEW)


def test_a_member_does_not_edit_seats(ben):
    seat = SeatFactory(coalition__organization=ben.organization)
    with pytest.raises(PermissionDenied):
        seat_for(ben, seat.pk, Action.EDIT_COALITION)


def test_a_decision_is_found_by_its_key_among_others(ada, seats):
    decisions = [approved(ada).decisions.get() for _number in range(3)]
    assert decision_for(ada, decisions[1].pk, Action.VIEW) == decisions[1]


def test_a_decision_of_another_organization_is_not_found(ada, dora, seats):
    with pytest.raises(Http404):
        decision_for(dora, approved(ada).decisions.get().pk, Action.VIEW)


def test_a_member_gets_the_coalition_of_the_own_organization(ada, dora):
    ours, theirs = (CoalitionFactory(organization=member.organization) for member in (ada, dora))
    assert [coalition_for(member, Action.VIEW) for member in (ada, dora)] == [ours, theirs]


def test_a_contributor_does_not_edit_the_charter(cleo):
    with pytest.raises(PermissionDenied):
        coalition_for(cleo, Action.EDIT_COALITION)
