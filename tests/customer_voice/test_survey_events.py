"""A survey that follows events: one question, after a delay, once for each event, and never about what is
old.
"""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, Letter
from accounts.services import send_lot
from common.errors import InvalidValues
from customer_voice.choices import Consent, EventState
from customer_voice.models import Contact, Feedback, SurveyEvent, SurveyInvitation
from customer_voice.selectors.mailings import mail_figures
from customer_voice.services import (
    Happened,
    Recipient,
    cancel_event,
    close_survey,
    erase_customer,
    follow_event,
    invite,
    mark_bounced,
    open_survey,
    pause_events,
    remind,
    send_due_events,
    set_asking_rules,
    set_event_rule,
)
from customer_voice.services.mailings import secret_of
from tests.factories.customer_voice import ContactFactory
from tests.factories.surveys import opened_survey, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey(ada):
    """Asks 24 hours after an event, never about what is older than 7 days."""
    survey = opened_survey(ada, follow_up="none", languages=("en", "de"))
    set_event_rule(by=ada, survey=survey, delay_hours=24, age_days=7)
    return survey


def happened(event_id="T-1", email="ana@example.com", *, hours=0, **values):
    return Happened(event_id=event_id, at=timezone.now() - timedelta(hours=hours), email=email, **values)


def follow(survey, *args, **values):
    return follow_event(survey=survey, happened=happened(*args, **values))


def later(**spent):
    return timezone.now() + timedelta(**spent)


def states():
    return dict(SurveyEvent.objects.values_list("event_id", "state"))


def test_one_question_goes_out_after_the_delay_and_once(ada, survey):
    event, is_new = follow(survey)
    assert (is_new, event.state, event.due_at - event.happened_at) == (True, "waiting", timedelta(hours=24))
    assert send_due_events(now=later(hours=23)) == 0
    assert send_due_events(now=later(hours=25)) == 1
    assert send_due_events(now=later(hours=26)) == 0
    again, is_new = follow(survey, email="ANA@example.com")
    assert (again.pk, is_new, again.state) == (event.pk, False, "sent")
    assert send_due_events(now=later(hours=50)) == 0
    [letter] = Letter.objects.all()
    assert letter.recipient == "ana@example.com"
    row = SurveyInvitation.objects.get()
    assert (row.event, row.letters) == (event, 1)
    answer = Client().post(reverse("ask:invited", args=[survey.public_id, secret_of(row)]), sent(score="9"))
    assert answer.status_code == 302
    send_lot()
    figures = mail_figures(survey)
    assert (figures.asked, figures.delivered, figures.answered, figures.left) == (1, 1, 1, 0)


def test_a_ticket_that_closes_twice_while_it_waits_is_asked_about_once(survey):
    first, _new = follow(survey, hours=3)
    follow(survey, hours=1)
    assert SurveyEvent.objects.get().happened_at == first.happened_at
    assert send_due_events(now=later(hours=30)) == 1


def test_old_events_are_no_news(survey):
    for number in range(5):
        event, _new = follow(survey, f"old-{number}", f"c{number}@example.com", hours=7 * 24 + 1)
        assert event.state == EventState.TOO_OLD
    fresh, _new = follow(survey, "T-2", hours=7 * 24 - 1)
    assert fresh.state == EventState.WAITING
    assert send_due_events(now=later(minutes=1)) == 1
    assert Letter.objects.count() == 1


def test_the_quiet_period_holds_for_other_surveys_and_for_earlier_events(ada, survey):
    other = opened_survey(ada, name="Other")
    invite(by=ada, survey=other, people=[Recipient(email="bo@example.com")])
    follow(survey, "T-1", "ana@example.com", hours=2)
    follow(survey, "T-2", "ANA@example.com", hours=1)
    follow(survey, "T-3", "bo@example.com")
    assert send_due_events(now=later(hours=25)) == 1
    assert states() == {"T-1": "sent", "T-2": "quiet", "T-3": "quiet"}
    follow(survey, "T-4", "ana@example.com")
    send_due_events(now=later(hours=25))
    assert states()["T-4"] == "quiet"
    assert invite(by=ada, survey=other, people=[Recipient(email="ana@example.com")]).quiet == 1
    assert invite(by=ada, survey=survey, people=[Recipient(email="ana@example.com")]).quiet == 1
    set_asking_rules(by=ada, quiet_days=0)
    follow(survey, "T-5", "ana@example.com")
    follow(survey, "T-6", "ana@example.com")
    assert send_due_events(now=later(hours=25)) == 2
    assert SurveyInvitation.objects.filter(survey=survey, email="ana@example.com").count() == 3


def test_whoever_a_list_of_the_same_survey_has_asked_is_left_out_too(ada, survey):
    invite(by=ada, survey=survey, people=[Recipient(email="ana@example.com")])
    follow(survey)
    assert send_due_events(now=later(hours=25)) == 0
    assert states() == {"T-1": "quiet"}


def test_whoever_unsubscribes_is_no_longer_waited_for(ada, survey):
    set_asking_rules(by=ada, quiet_days=0)
    follow(survey, "T-1")
    send_due_events(now=later(hours=25))
    follow(survey, "T-2")
    row = SurveyInvitation.objects.get()
    Client().post(reverse("ask:stop", args=[survey.public_id, secret_of(row)]))
    assert states() == {"T-1": "sent", "T-2": "unsubscribed"}
    assert follow(survey, "T-3")[0].state == EventState.UNSUBSCRIBED
    ContactFactory(organization=ada.organization, external_reference="C-7", email="Bo@example.com")
    follow_event(survey=survey, happened=happened("T-4", "", customer="C-7"))
    Contact.objects.update(consent=Consent.WITHDRAWN, consent_changed_at=timezone.now())
    send_due_events(now=later(hours=25))
    assert states()["T-4"] == EventState.UNSUBSCRIBED
    assert Letter.objects.count() == 1


def test_a_pause_holds_back_and_what_becomes_too_old_is_left_out(ada, survey):
    follow(survey, "T-1")
    pause_events(by=ada, survey=survey, is_paused=True)
    assert send_due_events(now=later(days=2)) == 0
    follow(survey, "T-2", "bo@example.com", hours=-0.5)  # clocks differ
    assert states() == {"T-1": "waiting", "T-2": "waiting"}
    pause_events(by=ada, survey=survey, is_paused=False)
    assert send_due_events(now=later(days=7, minutes=10)) == 1
    assert states() == {"T-1": "too_old", "T-2": "sent"}


def test_a_survey_that_is_closed_keeps_its_events_until_they_are_too_old(ada, survey):
    follow(survey)
    close_survey(by=ada, survey=survey)
    assert send_due_events(now=later(days=2)) == 0
    assert states() == {"T-1": "waiting"}
    open_survey(by=ada, survey=survey, accepts_missing=True)
    assert send_due_events(now=later(days=2)) == 1
    follow(survey, "T-2", "bo@example.com")
    close_survey(by=ada, survey=survey)
    send_due_events(now=later(days=8))
    assert states()["T-2"] == "too_old"


def test_a_customer_is_known_by_reference_and_asked_in_the_language_of_the_record(ada, survey):
    contact = ContactFactory(
        organization=ada.organization, external_reference="C-7", email="Ana@example.com", name="Ana",
        language="de-AT",
    )  # fmt: skip
    event, _new = follow_event(survey=survey, happened=happened("T-1", "", customer="C-7"))
    assert (event.email, event.name, event.language, event.contact) == (
        "ana@example.com", "Ana", "de", contact,
    )  # fmt: skip
    send_due_events(now=later(hours=25))
    assert Letter.objects.get().subject == "Eine kurze Frage von Northwind Telecom"
    row = SurveyInvitation.objects.get()
    Client().post(reverse("ask:invited", args=[survey.public_id, secret_of(row)]), sent(score="9"))
    assert Feedback.objects.get().contact == contact
    ContactFactory(organization=ada.organization, external_reference="C-8", email="")
    nowhere, _new = follow_event(survey=survey, happened=happened("T-2", "", customer="C-8"))
    assert nowhere.state == EventState.NO_ADDRESS


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"email": ""}, "customer"),
        ({"email": "", "customer": "C-unknown"}, "customer"),
        ({"email": "nonsense"}, "email"),
        ({"event_id": "  "}, "event"),
        ({"event_id": "x" * 121}, "event"),
        ({"hours": -2}, "happened_at"),
    ],
)
def test_what_cannot_be_followed_is_refused_by_field(survey, values, field):
    with pytest.raises(InvalidValues) as refused:
        follow(survey, **values)
    assert list(refused.value.fields) == [field]
    assert not SurveyEvent.objects.exists()


def test_a_survey_without_a_rule_follows_nothing(ada):
    with pytest.raises(InvalidValues, match="follows no events"):
        follow(opened_survey(ada))


@pytest.mark.parametrize(
    ("delay", "age", "field"),
    [(-1, 7, "delay_hours"), (2161, 365, "delay_hours"), (0, 0, "age_days"), (0, 366, "age_days"),
     (49, 2, "age_days")],
)  # fmt: skip
def test_a_rule_that_cannot_be_is_refused(ada, delay, age, field):
    with pytest.raises(InvalidValues) as refused:
        set_event_rule(by=ada, survey=opened_survey(ada), delay_hours=delay, age_days=age)
    assert list(refused.value.fields) == [field]


def test_another_rule_leaves_the_hour_of_what_waits(ada, survey):
    event, _new = follow(survey)
    set_event_rule(by=ada, survey=survey, delay_hours=48, age_days=2)
    assert SurveyEvent.objects.get().due_at == event.due_at
    verbs = [one.verb for one in AuditEvent.objects.filter(verb="customer_survey.events_set")]
    assert len(verbs) == 2
    set_event_rule(by=ada, survey=survey, delay_hours=48, age_days=2)
    assert AuditEvent.objects.filter(verb="customer_survey.events_set").count() == 2


def test_one_that_waits_can_be_canceled_and_what_was_sent_cannot(ada, survey):
    event, _new = follow(survey)
    cancel_event(by=ada, event=event)
    cancel_event(by=ada, event=event)
    assert AuditEvent.objects.filter(verb="customer_survey.event_canceled").count() == 1
    assert send_due_events(now=later(hours=25)) == 0
    done, _new = follow(survey, "T-2")
    send_due_events(now=later(hours=25))
    cancel_event(by=ada, event=done)
    assert states() == {"T-1": "canceled", "T-2": "sent"}


def test_people_asked_after_events_are_on_no_list_and_not_reminded(ada, survey):
    set_asking_rules(by=ada, quiet_days=0)
    follow(survey)
    send_due_events(now=later(hours=25))
    send_lot()
    with pytest.raises(InvalidValues):
        remind(by=ada, survey=survey)
    found = invite(by=ada, survey=survey, people=[Recipient(email="ana@example.com")])
    assert (found.asked, found.known) == (1, 0)


def test_a_letter_that_came_back_is_the_last_one(ada, survey):
    set_asking_rules(by=ada, quiet_days=0)
    for event_id in ("T-1", "T-2"):
        follow(survey, event_id)
        send_due_events(now=later(hours=25))
    assert mark_bounced(by=ada, survey=survey, email="ana@example.com").event.event_id == "T-2"


def test_erasing_a_customer_empties_events_and_cancels_what_waits(ada, survey):
    ContactFactory(organization=ada.organization, external_reference="C-7", email="ana@example.com", name="A")
    follow_event(survey=survey, happened=happened("T-1", "", customer="C-7"))
    send_due_events(now=later(hours=25))
    follow_event(survey=survey, happened=happened("T-2", "", customer="C-7"))
    erase_customer(by=ada, customer="C-7")
    assert states() == {"T-1": "sent", "T-2": "canceled"}
    assert {*SurveyEvent.objects.values_list("email", "name", "contact")} == {("", "", None)}


# --- page and API ---------------------------------------------------------------------------------------


def test_the_page_shows_what_waits_pauses_and_cancels(ada, survey, client_of):
    client = client_of(ada)
    page = reverse("customer_voice:survey_events", args=["northwind", survey.pk])
    follow(survey)
    follow(survey, "T-old", "bo@example.com", hours=24 * 8)
    text = " ".join(client.get(page).text.split())
    assert "1 e-mail is waiting to be sent." in text
    assert "ana@example.com" in text
    assert '<dt>Left out: too old</dt> <dd class="number">1</dd>' in text
    pause = reverse("customer_voice:survey_events_pause", args=["northwind", survey.pk])
    assert "nothing goes out" in client.post(pause, {"to": "pause"}, follow=True).text
    assert survey.event_rule.__class__.objects.get().is_paused
    client.post(pause, {"to": "resume"})
    assert not survey.event_rule.__class__.objects.get().is_paused
    event = SurveyEvent.objects.get(event_id="T-1")
    drop = reverse("customer_voice:survey_event_cancel", args=["northwind", survey.pk, event.pk])
    assert "0 e-mails are waiting" in " ".join(client.post(drop, follow=True).text.split())
    other = opened_survey(ada, name="Other")
    wrong = reverse("customer_voice:survey_event_cancel", args=["northwind", other.pk, event.pk])
    assert client.post(wrong).status_code == 404


def test_a_survey_begins_to_follow_events_on_its_page(ada, client_of):
    survey, client = opened_survey(ada), client_of(ada)
    page = reverse("customer_voice:survey_events", args=["northwind", survey.pk])
    assert "follows no events yet" in client.get(page).text
    refused = client.post(page, {"delay_hours": "49", "age_days": "2", "tickets": "none"})
    assert (refused.status_code, "every event would be too old" in refused.text) == (422, True)
    assert client.post(page, {"delay_hours": "4", "age_days": "2", "tickets": "none"}).status_code == 302
    survey.refresh_from_db()
    assert (survey.event_rule.delay_hours, survey.event_rule.age_days) == (4, 2)
    pause = reverse("customer_voice:survey_events_pause", args=["northwind", opened_survey(ada, name="B").pk])
    assert "follows no events" in client.post(pause, {"to": "pause"}, follow=True).text


def test_the_api_takes_an_event_once_and_lists_what_waits(ada, cleo, dora, survey, api_of):
    there = f"/api/v1/o/northwind/customer-surveys/{survey.pk}/events/"
    body = {"event": "T-1", "email": "Ana@example.com", "happened_at": timezone.now().isoformat()}
    first = api_of(ada).post(there, body)
    assert (first.status_code, first.json()["state"], first.json()["email"]) == (
        201, "waiting", "ana@example.com",
    )  # fmt: skip
    again = api_of(ada).post(there, {**body, "happened_at": later(minutes=1).isoformat()})
    assert (again.status_code, again.json()) == (200, first.json())
    assert (
        api_of(ada).post(there, {**body, "event": "T-2", "customer": "C-9", "email": ""}).status_code == 422
    )
    assert api_of(ada).post(there, {**body, "when": "now"}).status_code == 422
    assert api_of(ada).post(there, {"event": "T-3", "email": "a@example.com"}).status_code == 422
    listed = api_of(ada).get(f"{there}?state=waiting").json()["results"]
    assert [one["event"] for one in listed] == ["T-1"]
    assert api_of(ada).get(f"{there}?state=sent").json()["results"] == []
    assert api_of(ada).get(f"{there}?state=nonsense").status_code == 422
    assert api_of(cleo).get(there).status_code == 403
    assert api_of(cleo).post(there, body).status_code == 403
    assert api_of(dora).get(there).status_code == 404


def test_the_api_says_how_a_survey_follows_events_and_changes_what_is_named(ada, api_of):
    api, survey = api_of(ada), opened_survey(ada, name="By API")
    here = f"/api/v1/o/northwind/customer-surveys/{survey.pk}/event-rule/"
    assert api.get(here).status_code == 404
    refused = api.put(here, {"delay_hours": 4, "is_paused": True}, format="json")
    assert refused.status_code == 422
    assert "age_days" in str(refused.json())
    assert api.get(here).status_code == 404  # nothing by halves
    made = api.put(here, {"delay_hours": 4, "age_days": 7, "tickets": "all"}, format="json")
    rule = {"delay_hours": 4, "age_days": 7, "tickets": "all", "is_paused": False}
    assert (made.status_code, made.json()) == (200, rule)
    assert api.put(here, {"is_paused": True}, format="json").json() == {**rule, "is_paused": True}
    assert api.get(here).json() == {**rule, "is_paused": True}
    too_long = api.put(here, {"delay_hours": 200, "is_paused": False}, format="json")
    assert too_long.status_code == 422
    assert api.get(here).json() == {**rule, "is_paused": True}
