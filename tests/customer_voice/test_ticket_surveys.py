"""A resolved ticket starts the surveys that follow tickets: after the delay, once, and not where it is open
again by then.
"""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, Event, EventDelivery
from common.outbox import deliver
from customer_voice import services
from customer_voice.choices import EventState, TicketScope
from customer_voice.models import Contact, Feedback, ImportBatch, SurveyEvent, SurveyInvitation
from customer_voice.services import record_feedback, send_due_events, set_event_rule, stop_surveys
from tests.customer_voice.conftest import csv_bytes
from tests.factories.customer_voice import ContactFactory, MetricDefinitionFactory, TouchpointFactory
from tests.factories.surveys import opened_survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey(ada):
    """Asks 24 hours after a ticket was resolved, never about what is older than 7 days."""
    survey = opened_survey(ada, follow_up="none")
    set_event_rule(by=ada, survey=survey, delay_hours=24, age_days=7, tickets=TicketScope.ALL)
    return survey


@pytest.fixture
def ana(organization):
    return ContactFactory(
        organization=organization, external_reference="C-1", email="Ana@example.com", name="Ana"
    )


def ago(**spent):
    return timezone.now() - timedelta(**spent)


def told(moment):
    return moment.isoformat(timespec="seconds")


def send(metric, *tickets, source="desk", **options):
    """Tickets by API: ID, hours since it was resolved (none: open), more fields. Then the outbox is read."""
    items = []
    for known_as, hours, *more in tickets:
        item = {
            "external_id": known_as,
            "occurred_at": told(ago(days=3)),
            "touchpoint": "web",
            "customer": "C-1",
            "resolved_at": "" if hours is None else told(ago(hours=hours)),
        }
        items.append({**item, **(more[0] if more else {})})
    record_feedback(
        organization=metric.organization,
        metric=metric,
        source=source,
        items=items,
        replaces_known=True,
        **options,
    )
    read()


def read():
    deliver(EventDelivery, now=timezone.now())
    assert not EventDelivery.objects.filter(done_at=None).exists()


def later(**spent):
    return timezone.now() + timedelta(**spent)


def test_a_resolved_ticket_is_asked_about_once_after_the_delay(survey, ttr, touchpoints, ana):
    send(ttr, ("T-1", 2))
    event = SurveyEvent.objects.get()
    assert (event.state, event.email, event.contact, event.name) == ("waiting", "ana@example.com", ana, "Ana")
    assert event.due_at - event.happened_at == timedelta(hours=24)
    assert event.event_id == "desk: T-1"
    assert send_due_events(now=later(hours=21)) == 0
    assert send_due_events(now=later(hours=23)) == 1
    send(ttr, ("T-1", 2))
    send(ttr, ("T-1", 1))  # closed twice: resolved anew, and asked about already
    assert send_due_events(now=later(hours=30)) == 0
    assert SurveyInvitation.objects.count() == 1


def test_an_open_ticket_and_one_of_nobody_that_is_known_start_nothing(survey, ttr, touchpoints, ana):
    send(ttr, ("T-1", None), ("T-2", 2, {"customer": ""}))
    assert not SurveyEvent.objects.exists()


def test_a_ticket_that_is_reopened_before_it_is_due_is_called_off_and_asked_about_when_it_is_over(
    survey, ttr, touchpoints, ana
):
    send(ttr, ("T-1", 20))
    send(ttr, ("T-1", None))
    event = SurveyEvent.objects.get()
    assert (event.state, event.settled_at is not None) == (EventState.REOPENED, True)
    assert send_due_events(now=later(hours=30)) == 0
    send(ttr, ("T-1", 1))
    event.refresh_from_db()
    assert (event.state, event.settled_at) == (EventState.WAITING, None)
    assert send_due_events(now=later(hours=22)) == 0
    assert send_due_events(now=later(hours=24)) == 1


def test_the_ticket_itself_says_that_it_is_open_again_whoever_changed_it(survey, ttr, touchpoints, ana):
    send(ttr, ("T-1", 20), ("T-2", 20, {"customer": "C-2"}), ("T-3", 20, {"customer": "C-3"}))
    for number in (2, 3):
        contact = Contact.objects.filter(organization=ana.organization, external_reference=f"C-{number}")
        contact.update(email=f"c{number}@example.com")
    SurveyEvent.objects.filter(event_id="desk: T-2").update(email="c2@example.com", state="waiting")
    Feedback.objects.filter(submission__external_id="T-1").update(resolved_at=None)
    Feedback.objects.filter(submission__external_id="T-2").update(merged_into="T-9")
    assert send_due_events(now=later(hours=30)) == 0
    found = SurveyEvent.objects.exclude(event_id="desk: T-3").values_list("state", flat=True)
    assert set(found) == {EventState.REOPENED}


def test_a_ticket_that_was_taken_back_is_not_asked_about(survey, ttr, touchpoints, ana):
    send(ttr, ("T-1", 20))
    Feedback.objects.all().delete()
    assert send_due_events(now=later(hours=30)) == 0
    assert SurveyEvent.objects.get().state == EventState.REOPENED


def test_old_tickets_start_nothing(survey, ttr, touchpoints, ana):
    send(ttr, ("T-1", 8 * 24, {"occurred_at": told(ago(days=20))}))
    assert not SurveyEvent.objects.exists()


def test_the_quiet_period_and_a_no_hold(survey, ttr, touchpoints, ana):
    send(ttr, ("T-1", 20), ("T-2", 19))
    assert send_due_events(now=later(hours=30)) == 1
    assert set(SurveyEvent.objects.values_list("state", flat=True)) == {"sent", "quiet"}
    stop_surveys(invitation=SurveyInvitation.objects.get())
    send(ttr, ("T-3", 1))
    assert SurveyEvent.objects.get(event_id="desk: T-3").state == EventState.UNSUBSCRIBED


def test_a_first_reply_solves_nothing(survey, organization, touchpoints, ana):
    frt = MetricDefinitionFactory(
        organization=organization, key="frt", kind="frt", rule="duration", name="First reply", scale_low=0,
        scale_high=0,
    )  # fmt: skip
    item = {
        "external_id": "T-1",
        "occurred_at": told(ago(days=1)),
        "touchpoint": "web",
        "customer": "C-1",
        "first_reply_at": told(ago(hours=1)),
    }
    record_feedback(organization=organization, metric=frt, source="desk", items=[item])
    read()
    assert Feedback.objects.get().resolved_at is not None
    assert not SurveyEvent.objects.exists()


def test_the_same_number_in_two_systems_is_two_tickets(ada, survey, ttr, touchpoints, ana):
    services.set_asking_rules(by=ada, quiet_days=0)
    send(ttr, ("7", 2))
    send(ttr, ("7", 2), source="shop")
    assert send_due_events(now=later(hours=30)) == 2


def test_a_survey_may_follow_the_tickets_of_its_own_touchpoint_alone(ada, survey, ttr, touchpoints, ana):
    set_event_rule(by=ada, survey=survey, delay_hours=24, age_days=7, tickets=TicketScope.TOUCHPOINT)
    TouchpointFactory(organization=ada.organization, key="far")
    send(ttr, ("T-1", 2, {"touchpoint": survey.touchpoint.key}), ("T-2", 2, {"touchpoint": "far"}))
    assert SurveyEvent.objects.get().event_id == "desk: T-1"


def test_where_no_survey_follows_tickets_nothing_is_told(ada, survey, ttr, touchpoints, ana):
    set_event_rule(by=ada, survey=survey, delay_hours=24, age_days=7)
    send(ttr, ("T-1", 2))
    assert not Event.objects.filter(kind="customer_voice.tickets_recorded").exists()
    assert not SurveyEvent.objects.exists()


# --- files ----------------------------------------------------------------------------------------------

HEADER = ("id", "opened", "solved", "touchpoint", "customer")
MAPPING = {
    "external_id": "id",
    "opened_at": "opened",
    "resolved_at": "solved",
    "touchpoint": "touchpoint",
    "customer": "customer",
}


@pytest.fixture
def ticket_file(check, ttr, touchpoints, ana):
    """A checked file of three tickets: one solved yesterday, one long ago, one open."""
    rows = [
        ["T-1", told(ago(days=2)), told(ago(hours=20)), "web", "C-1"],
        ["T-2", told(ago(days=90)), told(ago(days=80)), "web", "C-1"],
        ["T-3", told(ago(days=1)), "", "web", "C-1"],
    ]
    return check(csv_bytes(rows, HEADER), mapping=MAPPING, metric=ttr)


def bring(batch, **options):
    services.start_import(batch=batch, **options)
    services.run_import(batch_id=batch.pk)
    read()
    return ImportBatch.objects.get(pk=batch.pk)


def test_a_file_of_tickets_asks_nobody_by_itself(survey, ticket_file):
    assert ticket_file.tickets_recent == 1
    bring(ticket_file)
    assert Feedback.objects.count() == 3
    assert not SurveyEvent.objects.exists()


def test_a_file_asks_about_what_was_solved_lately_where_that_was_said(survey, ticket_file):
    bring(ticket_file, asks_about_tickets=True)
    event = SurveyEvent.objects.get()
    assert (event.event_id, event.state) == ("test: T-1", EventState.WAITING)


def test_whoever_imports_sees_how_many_would_be_asked_and_says_so(client_of, ada, survey, ticket_file):
    here = reverse("customer_voice:import_detail", args=["northwind", ticket_file.pk])
    page = client_of(ada).get(here).text
    assert "Ask the customer about 1 ticket that was resolved lately" in page
    start = reverse("customer_voice:import_start", args=["northwind", ticket_file.pk])
    client_of(ada).post(start, {"ask": "yes"})
    ticket_file.refresh_from_db()
    assert ticket_file.asks_about_tickets is True


def test_a_file_of_an_organization_without_such_surveys_offers_nothing(client_of, ada, ticket_file):
    assert ticket_file.tickets_recent == 0
    here = reverse("customer_voice:import_detail", args=["northwind", ticket_file.pk])
    assert "resolved lately" not in client_of(ada).get(here).text


def test_the_page_sets_which_tickets_are_followed_and_the_trail_says_so(client_of, ada, survey):
    here = reverse("customer_voice:survey_events", args=["northwind", survey.pk])
    assert "Tickets that come in here" in client_of(ada).get(here).text
    sent = {"delay_hours": "24", "age_days": "7", "tickets": "touchpoint"}
    assert client_of(ada).post(here, sent).status_code == 302
    assert survey.event_rule.__class__.objects.get(survey=survey).tickets == "touchpoint"
    entry = AuditEvent.objects.filter(verb="customer_survey.events_set").first()
    assert (entry.before["tickets"], entry.after["tickets"]) == ("all", "touchpoint")
