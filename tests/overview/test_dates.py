"""Whatever stands in home's list with a day is reminded of before: one declaration of kinds of days."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Membership
from common.dates import ahead_of, kinds_of_dates
from overview.selectors import KINDS, needs_of
from tests.architecture.world import build_world
from tests.factories.coalition import approved, seated, submitted
from tests.factories.impact import metric_of
from tests.overview.test_needs import DAYS

pytestmark = pytest.mark.django_db

# kinds of home's list whose day is that of something that has gone wrong already, or has none of its own
WITHOUT = {"review_answer", "schedule_failed", "schedule_stopped"}


def day(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def test_every_kind_that_a_calendar_day_brings_names_its_kind_of_day():
    with_a_day = {kind for found in DAYS.values() for kind in found}
    named = {kind.key: set(kind.dates) for kind in KINDS}
    assert {key for key in with_a_day if not named[key]} == set()


def test_every_kind_of_day_that_is_named_is_declared():
    known = {kind.key for kind in kinds_of_dates()}
    assert {name for kind in KINDS for name in kind.dates} <= known
    assert not any(kind.dates for kind in KINDS if kind.key in WITHOUT)


def test_whoever_home_shows_a_day_to_come_is_reminded_of_that_very_day():
    """Asked of everybody in a world in which most things wait."""
    world = build_world(1)
    organization = world.organization
    reminded = {
        (person, one.kind, one.on) for one in ahead_of(organization, day(0), day(30)) for person in one.people
    }
    kinds = {kind.key: kind for kind in KINDS}
    missing = []
    shown = 0
    for name, member in world.members.items():
        for need in needs_of(Membership.objects.select_related("organization", "user").get(pk=member.pk)):
            if need.due_on is None or not day(0) <= need.due_on <= day(30):
                continue
            shown += 1
            dates = kinds[need.kind].dates
            if not any((member.pk, kind, need.due_on) in reminded for kind in dates):
                missing.append((name, need.kind, need.due_on))
    assert shown > 5
    # an alternate is asked in the place of somebody who is reminded; a review under way is a vote by now
    assert not [one for one in missing if one[1] not in {"vote_as_alternate", "study", "review"}]


def ahead(organization: Any, kind: str) -> list[Any]:
    return [one for one in ahead_of(organization, day(0), day(30)) if one.kind == kind]


def test_a_vote_is_said_to_who_has_not_voted_and_to_nobody_once_it_is_over(ada, organization):
    seats = seated(organization, 3)
    initiative = submitted(ada)
    assert {person for one in ahead(organization, "vote") for person in one.people} == {
        seat.membership_id for seat in seats
    }
    initiative.rounds.update(due_on=day(-1))
    assert not ahead(organization, "vote")


def test_what_happened_long_ago_is_never_ahead(ada, organization):
    """As an import of old data leaves it."""
    seated(organization, 3)
    initiative = approved(ada)
    initiative.milestones.create(title="Train", due_on=day(-300))
    type(initiative).objects.filter(pk=initiative.pk).update(planned_go_live_on=day(-200))
    type(initiative.plan).objects.update(review_on=day(-100), metric=metric_of(organization, "nps"))
    assert not [one for one in ahead_of(organization, day(0), day(30)) if one.kind != "vote"]


def test_a_milestone_that_is_done_and_one_that_went_live_are_settled(ada, organization):
    seated(organization, 3)
    initiative = approved(ada)
    step = initiative.milestones.create(title="Train", due_on=day(3))
    assert len(ahead(organization, "milestone")) == len(ahead(organization, "go_live")) == 1
    initiative.milestones.filter(pk=step.pk).update(done_on=day(0))
    type(initiative).objects.filter(pk=initiative.pk).update(state="live", went_live_on=day(0))
    assert not ahead(organization, "milestone") + ahead(organization, "go_live")
