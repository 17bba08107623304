"""Seats, charter and steps that two people change at once."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from accounts.choices import Role
from accounts.errors import NoAccess
from accounts.models import AuditEvent, Membership
from accounts.services.functions import FunctionPlace, save_function
from coalition import services
from coalition.fields import SEAT, InitiativeValues
from coalition.models import Coalition, Initiative, Seat
from coalition.services import CharterValues
from common.errors import InvalidValues
from common.rows import Gone
from tests.factories.accounts import BusinessFunctionFactory
from tests.factories.coalition import InitiativeFactory
from tests.factories.journeys import TouchpointFactory
from tests.markup import hidden_of
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def again(row):
    return type(row).objects.get(pk=row.pk)


def test_a_seat_that_ended_meanwhile_stays_ended(ada, seats):
    seen = again(seats[1])
    values = SEAT.values_of(seen, title="Head of care")
    services.end_seat(by=ada, seat=seats[1])
    services.change_seat(by=ada, seat=seen, values=values)
    now = again(seats[1])
    assert (now.ends_on, now.title) == (timezone.localdate(), "Head of care")


def test_a_seat_that_ended_on_its_first_day_can_still_be_named(ada, seats):
    today = timezone.localdate()
    Seat.objects.filter(pk=seats[1].pk).update(starts_on=today)
    services.end_seat(by=ada, seat=again(seats[1]))
    ended = again(seats[1])
    assert (ended.starts_on, ended.ends_on) == (today, today)
    services.change_seat(by=ada, seat=ended, values=SEAT.values_of(ended, title="Head of care"))
    assert again(seats[1]).title == "Head of care"
    earlier = today - timedelta(days=1)
    with pytest.raises(InvalidValues):
        services.change_seat(by=ada, seat=again(seats[1]), values=SEAT.values_of(ended, ends_on=earlier))


def test_a_vote_that_was_taken_meanwhile_stays_taken(ada, seats):
    first, second = again(seats[1]), again(seats[1])
    point = TouchpointFactory(organization=ada.organization)
    without, with_title = SEAT.values_of(first, has_vote=False), SEAT.values_of(second, title="Head of care")
    services.change_seat(by=ada, seat=first, values=replace(without, touchpoints=(point,)))
    services.change_seat(by=ada, seat=second, values=with_title)
    now = again(seats[1])
    assert (now.has_vote, now.title, list(now.touchpoints.all())) == (False, "Head of care", [point])
    event = AuditEvent.objects.filter(verb="seat.changed").latest("pk")
    assert (event.before["has_vote"], event.after["has_vote"]) == (False, False)


def charter_of(coalition, **changes):
    kept = {name: getattr(coalition, name) for name in CharterValues.__dataclass_fields__}
    return CharterValues(**{**kept, **changes})


def test_two_parts_of_the_charter_changed_at_once_are_both_kept(ada, seats):
    first, second = again(seats[0].coalition), again(seats[0].coalition)
    quorum = charter_of(first, quorum_share=Decimal("0.80"))
    services.save_charter(by=ada, values=quorum, coalition=first)
    services.save_charter(by=ada, values=charter_of(second, charter="We decide."), coalition=second)
    now = Coalition.objects.get()
    assert (now.quorum_share, now.charter) == (Decimal("0.80"), "We decide.")


def test_the_page_of_the_charter_keeps_what_it_left_as_it_was(ada, seats, client_of):
    client, address = client_of(ada), "/o/northwind/decide/coalition/charter/"
    page = client.get(address)
    seen = page.text.split('name="seen" value="')[1].split('"')[0]
    coalition = Coalition.objects.get()
    services.save_charter(
        by=ada, values=charter_of(coalition, quorum_share=Decimal("0.80")), coalition=coalition
    )
    sent = {
        "charter": "We decide.",
        "quorum_pct": str(int(coalition.quorum_share * 100)),
        "majority_pct": str(int(coalition.majority_share * 100)),
        "voting_days": str(coalition.voting_days),
        "early_end": coalition.early_end,
        "seen": seen,
    }
    assert client.post(address, sent).status_code == 302
    now = Coalition.objects.get()
    assert (now.quorum_share, now.charter) == (Decimal("0.80"), "We decide.")
    refused = client.post(address, {**sent, "quorum_pct": "70"})
    assert refused.status_code == 422
    assert "Stored now: 80" in refused.text
    assert 'value="70"' in refused.text


def test_who_was_removed_meanwhile_has_no_vote(ada, ben, seats, organization):
    initiative = InitiativeFactory(organization=organization, owner=ada)
    by = Membership.objects.select_related("organization", "user").get(pk=ben.pk)
    Membership.objects.filter(pk=ben.pk).update(is_active=False)
    with pytest.raises(NoAccess):
        services.withdraw_initiative(by=by, initiative=initiative)


def test_two_parts_of_a_step_changed_at_once_are_both_kept(ada, organization):
    initiative = InitiativeFactory(organization=organization, owner=ada)
    day = timezone.localdate() + timedelta(days=30)
    step = services.add_milestone(by=ada, initiative=initiative, title="Pilot", due_on=day)
    first, second = again(step), again(step)
    later = day + timedelta(days=7)
    services.change_milestone(by=ada, milestone=first, title="Pilot", due_on=later)
    services.change_milestone(by=ada, milestone=second, title="First pilot", due_on=day)
    now = again(step)
    assert (now.title, now.due_on) == ("First pilot", later)
    services.finish_milestone(by=ada, milestone=first)
    services.finish_milestone(by=ada, milestone=second)
    assert AuditEvent.objects.filter(verb="milestone.done").count() == 1
    services.remove_milestone(by=ada, milestone=first)
    with pytest.raises(Gone):
        services.remove_milestone(by=ada, milestone=second)
    assert AuditEvent.objects.filter(verb="milestone.removed").count() == 1


TOKEN = {"once": "a-random-word-of-one-page", "one_off_cost": "0", "yearly_cost": "0"}


def test_a_double_click_makes_one_initiative_and_leads_to_it_twice(ada, client_of):
    client = client_of(ada)
    sent = {"title": "Shorter first bill", "owner": ada.pk, **TOKEN}
    first, second = (client.post("/o/northwind/decide/new/", sent) for _ in "ab")
    assert first.status_code == second.status_code == 302, first.content
    assert first.url == second.url
    assert Initiative.objects.count() == 1
    other = client.post("/o/northwind/decide/new/", {**sent, "title": "Another"})
    assert other.url != first.url
    assert Initiative.objects.count() == 2


def test_what_was_refused_is_corrected_and_sent_with_the_same_token(ada, client_of):
    client = client_of(ada)
    assert client.post("/o/northwind/decide/new/", {"title": "", "owner": ada.pk, **TOKEN}).status_code == 422
    sent = {"title": "Shorter first bill", "owner": ada.pk, **TOKEN}
    assert client.post("/o/northwind/decide/new/", sent).status_code == 302
    assert Initiative.objects.count() == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")
@pytest.mark.django_db(transaction=True)
def test_ending_a_seat_and_naming_it_at_the_same_instant_leaves_it_ended(ada, seats):
    def rename():
        seat = again(seats[1])
        services.change_seat(by=ada, seat=seat, values=SEAT.values_of(seat, title="Head of care"))

    at_once(lambda: services.end_seat(by=ada, seat=again(seats[1])), rename, rename)
    assert again(seats[1]).ends_on == timezone.localdate()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")
@pytest.mark.django_db(transaction=True)
def test_three_clicks_at_the_same_instant_make_one_initiative(ada, client_of):
    clients = [client_of(ada) for _ in range(3)]
    sent = {"title": "Shorter first bill", "owner": ada.pk, **TOKEN}
    answers = at_once(*[lambda one=one: one.post("/o/northwind/decide/new/", sent) for one in clients])
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.url for answer in answers}) == 1
    assert Initiative.objects.count() == 1


# --- who or what a change names, gone since it was read ----------------------------------------------------


def removed(member: Membership) -> Membership:
    """As a request that read the person before has them: still there."""
    seen = again(member)
    Membership.objects.filter(pk=member.pk).update(is_active=False)
    return seen


def test_a_person_removed_meanwhile_gets_no_seat_and_speaks_for_none(ada, seats, fay):
    gone = removed(fay)
    values = SEAT.values_of(None, membership=gone, title="Finance")
    with pytest.raises(InvalidValues) as refusal:
        services.add_seat(by=ada, coalition=seats[0].coalition, values=values)
    assert set(refusal.value.fields) == {"membership"}
    with pytest.raises(InvalidValues) as refusal:
        services.change_seat(by=ada, seat=seats[1], values=SEAT.values_of(seats[1], alternate=gone))
    assert set(refusal.value.fields) == {"alternate"}


def test_a_person_who_may_no_longer_vote_gets_no_vote(ada, seats, fay):
    seen = again(fay)
    Membership.objects.filter(pk=fay.pk).update(role=Role.AUDITOR)
    values = SEAT.values_of(None, membership=seen, title="Finance", has_vote=True)
    with pytest.raises(InvalidValues) as refusal:
        services.add_seat(by=ada, coalition=seats[0].coalition, values=values)
    assert set(refusal.value.fields) == {"membership"}


def test_a_person_removed_meanwhile_gets_no_initiative(ada, ben):
    gone = removed(ben)
    with pytest.raises(InvalidValues) as refusal:
        services.create_initiative(by=ada, values=InitiativeValues(title="Call", owner=gone))
    assert set(refusal.value.fields) == {"owner"}


def test_who_was_removed_meanwhile_drafts_nothing(ada):
    gone = removed(ada)
    with pytest.raises(NoAccess):
        services.create_initiative(by=gone, values=InitiativeValues(title="Call", owner=gone))
    assert not Initiative.objects.exists()


def test_a_touchpoint_archived_meanwhile_is_chosen_by_nothing(ada, seats):
    point = TouchpointFactory(organization=ada.organization)
    seen = again(point)
    type(point).objects.filter(pk=point.pk).update(is_archived=True)
    with pytest.raises(InvalidValues) as refusal:
        services.create_initiative(
            by=ada, values=InitiativeValues(title="Call", owner=ada, touchpoints=(seen,))
        )
    assert set(refusal.value.fields) == {"touchpoints"}
    with pytest.raises(InvalidValues) as refusal:
        services.change_seat(by=ada, seat=seats[1], values=SEAT.values_of(seats[1], touchpoints=(seen,)))
    assert set(refusal.value.fields) == {"touchpoints"}


def test_a_person_removed_meanwhile_heads_no_function(ada, ben):
    gone = removed(ben)
    function = BusinessFunctionFactory(organization=ada.organization)
    with pytest.raises(InvalidValues) as refusal:
        save_function(
            by=ada, name=function.name, function=function, place=FunctionPlace(parent=None, head=gone)
        )
    assert set(refusal.value.fields) == {"head"}


def test_what_went_live_meanwhile_is_not_cancelled_as_if_it_had_not(client_of, ada, ben, organization):
    initiative = InitiativeFactory(organization=organization, owner=ada, state="in_progress")
    address = f"/o/northwind/decide/{initiative.number}/"
    seen = hidden_of(client_of(ada).get(address).text, f"{address}move/")
    services.record_go_live(by=ben, initiative=initiative, on=timezone.localdate())
    answer = client_of(ada).post(f"{address}move/", {**seen, "to": "cancelled", "note": "No budget"})
    assert answer.status_code == 409
    assert "Ben decided otherwise after this page was opened: it is “Live” now." in answer.text
    assert again(initiative).state == "live"
    assert "No budget" in answer.text
    seen = hidden_of(answer.text, f"{address}move/")
    client_of(ada).post(f"{address}move/", {**seen, "to": "cancelled", "note": "No budget"})
    assert again(initiative).state == "cancelled"


def test_a_step_keeps_the_day_on_which_somebody_else_recorded_that_it_was_done(client_of, ada, organization):
    today = timezone.localdate()
    initiative = InitiativeFactory(organization=organization, owner=ada)
    step = services.add_milestone(by=ada, initiative=initiative, title="Pilot", due_on=today)
    services.finish_milestone(by=ada, milestone=step, done_on=today - timedelta(days=3))
    client_of(ada).post(f"/o/northwind/decide/{initiative.number}/milestones/{step.pk}/done/")
    assert again(step).done_on == today - timedelta(days=3)
