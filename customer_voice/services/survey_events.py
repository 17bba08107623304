"""A survey that follows an event: a ticket was resolved, a project ended. One question goes out after a
delay, once for each event, within the quiet period, and never about what is old.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.services import one_at_a_time, record_event, send_lots
from common.errors import InvalidValues
from common.text import one_line
from customer_voice import survey_content as plain
from customer_voice.choices import MOST_AGE_DAYS, MOST_DELAY_HOURS, EventState, SurveyOpenness, TicketScope
from customer_voice.models import Contact, CustomerSurvey, SurveyEvent, SurveyEventRule, SurveyInvitation
from customer_voice.selectors.customers import unsubscribed
from customer_voice.selectors.survey_events import still_resolved
from customer_voice.selectors.surveys import openness_of
from customer_voice.services.inviting import asked_lately, is_address
from customer_voice.services.mailings import quiet_days_of, secret_of, write_letter
from customer_voice.services.surveys import locked_survey
from questionnaires.forms import language_among
from questionnaires.reading import language_of

MOST_ID = 120
EVENTS_AT_ONCE = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Happened:
    """What happened to whom. The customer is known by `customer` (the reference of a contact), else by
    `email`.
    """

    event_id: str
    at: datetime
    customer: str = ""
    email: str = ""
    name: str = ""
    language: str = ""


@transaction.atomic
def set_event_rule(
    *,
    by: Membership,
    survey: CustomerSurvey,
    delay_hours: int,
    age_days: int,
    tickets: str = TicketScope.NONE,
) -> SurveyEventRule:
    """Have a survey follow events, or with another delay and age; `tickets`: which of those that come in here
    as well. What waits keeps its hour.

    Raises InvalidValues, SurveyNotInState.
    """
    survey = locked_survey(survey)
    wrong = {}
    if not 0 <= delay_hours <= MOST_DELAY_HOURS:
        wrong["delay_hours"] = _("A number of hours from 0 to %(most)d.") % {"most": MOST_DELAY_HOURS}
    if not 1 <= age_days <= MOST_AGE_DAYS:
        wrong["age_days"] = _("A number of days from 1 to %(most)d.") % {"most": MOST_AGE_DAYS}
    elif delay_hours > age_days * 24 and not wrong:
        wrong["age_days"] = _("The delay is longer than this, so every event would be too old.")
    if wrong:
        raise InvalidValues(_("Some values cannot be used; nothing was stored."), fields=wrong)
    rule = SurveyEventRule.objects.filter(survey=survey).first()
    after = {"delay_hours": delay_hours, "age_days": age_days, "tickets": str(tickets)}
    before = {} if rule is None else {name: getattr(rule, name) for name in after}
    if before == after and rule is not None:
        return rule
    rule, _is_new = SurveyEventRule.objects.update_or_create(survey=survey, defaults=after)
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="customer_survey.events_set",
        subject=survey,
        before=before,
        after=after,
    )
    return rule


@transaction.atomic
def put_event_rule(*, by: Membership, survey: CustomerSurvey, values: Mapping[str, Any]) -> SurveyEventRule:
    """The same for another system: what `values` does not name stays as it is, and it may pause as well.

    All of it or nothing. Raises InvalidValues, also where a new rule has no delay or age; SurveyNotInState.
    """
    survey = locked_survey(survey)
    known = SurveyEventRule.objects.filter(survey=survey).first()
    names = ("delay_hours", "age_days", "tickets")
    now = {} if known is None else {name: getattr(known, name) for name in names}
    asked = {"tickets": TicketScope.NONE, **now, **{name: values[name] for name in names if name in values}}
    missing = [name for name in names if name not in asked]
    if missing:
        message = _("This is needed.")
        raise InvalidValues(message, fields=dict.fromkeys(missing, message))
    set_event_rule(by=by, survey=survey, **asked)
    if "is_paused" in values:
        pause_events(by=by, survey=survey, is_paused=values["is_paused"])
    return _rule_of(survey)


@transaction.atomic
def pause_events(*, by: Membership, survey: CustomerSurvey, is_paused: bool) -> None:
    """Hold back what is due, or let it go out again; what has become too old meanwhile is left out. Twice
    does no harm. Raises InvalidValues where the survey follows no events.
    """
    survey = locked_survey(survey)
    rule = _rule_of(survey)
    if rule.is_paused == is_paused:
        return
    rule.is_paused = is_paused
    rule.save(update_fields=["is_paused"])
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="customer_survey.events_paused" if is_paused else "customer_survey.events_resumed",
        subject=survey,
    )


@transaction.atomic
def follow_event(*, survey: CustomerSurvey, happened: Happened) -> tuple[SurveyEvent, bool]:
    """Write down that something happened, and whether it is new; its question is sent when it is due.

    The same ID again changes nothing, however often it is sent. What is older than the survey's age is
    written down as left out. Raises InvalidValues by field, SurveyNotInState.
    """
    survey = locked_survey(survey)
    rule, event_id = _rule_of(survey), one_line(happened.event_id)
    if not 0 < len(event_id) <= MOST_ID:
        raise _wrong("event", _("An ID of at most %(most)d characters.") % {"most": MOST_ID})
    known = SurveyEvent.objects.filter(survey=survey, event_id=event_id).first()
    if known is not None:
        return known, False
    now = timezone.now()
    if happened.at > now + timedelta(hours=1):
        raise _wrong("happened_at", _("This lies in the future."))
    contact, email = _customer(survey, happened)
    event = SurveyEvent(
        survey=survey,
        event_id=event_id,
        email=email,
        name=one_line(happened.name)[:150] or (contact.name if contact else ""),
        language=language_of_survey(survey, happened.language or (contact.language if contact else "")),
        contact=contact,
        happened_at=happened.at,
        due_at=happened.at + timedelta(hours=rule.delay_hours),
    )
    event.state = event_state_at_first(event, rule, now)
    event.settled_at = None if event.state == EventState.WAITING else now
    event.save()
    return event, True


@transaction.atomic
def cancel_event(*, by: Membership, event: SurveyEvent) -> None:
    """Do not ask about one that waits. Twice does no harm; what was sent stays sent."""
    done = SurveyEvent.objects.filter(pk=event.pk, state=EventState.WAITING).update(
        state=EventState.CANCELED, settled_at=timezone.now()
    )
    if done:
        record_event(
            organization=by.organization,
            actor=by.user,
            verb="customer_survey.event_canceled",
            subject=event.survey,
        )


def send_due_events(*, now: datetime) -> int:
    """Ask about the events that are due, survey by survey; how many were asked. A survey that is paused, or
    not open at present, keeps them waiting.
    """
    surveys = SurveyEvent.objects.filter(
        state=EventState.WAITING, due_at__lte=now, survey__event_rule__is_paused=False
    )
    sent = 0
    for pk in list(surveys.order_by().values_list("survey", flat=True).distinct()):
        while found := _ask_some(pk, now):
            sent += sum(event.state == EventState.SENT for event in found)
    if sent:
        send_lots()
    return sent


@transaction.atomic
def _ask_some(pk: int, now: datetime) -> list[SurveyEvent]:
    """Settle some due events of one survey, each in one way or another; empty where none is left."""
    survey = CustomerSurvey.objects.select_related("organization").get(pk=pk)
    one_at_a_time(survey.organization)  # no list asks the same person meanwhile
    rule = SurveyEventRule.objects.filter(survey=survey).first()
    is_open = openness_of(survey, survey.organization.clock.today()) == SurveyOpenness.OPEN
    due = SurveyEvent.objects.select_for_update(of=("self",)).filter(
        survey=survey, state=EventState.WAITING, due_at__lte=now
    )
    if rule is None or rule.is_paused:
        return []
    oldest = now - timedelta(days=rule.age_days)
    if not is_open:
        due = due.filter(happened_at__lt=oldest)
    events = list(due.order_by("due_at", "pk")[:EVENTS_AT_ONCE])
    emails = [event.email for event in events if event.email]
    stopped, quiet = unsubscribed(survey.organization, emails), asked_lately(survey, emails, all_of_it=True)
    resolved = still_resolved([event.ticket for event in events if event.ticket is not None])
    is_quiet_kept = quiet_days_of(survey.organization) > 0
    for event in events:
        if event.ticket is not None and event.ticket not in resolved:
            event.state = EventState.REOPENED
        else:
            event.state = _state_when_due(event, oldest, stopped, quiet)
        event.settled_at = now
        if event.state == EventState.SENT:
            _ask(survey, event)
            if is_quiet_kept:
                quiet.add(event.email)  # two at once of one customer: the second is left out
        event.save(update_fields=["state", "settled_at"])
    return events


def _ask(survey: CustomerSurvey, event: SurveyEvent) -> None:
    row = SurveyInvitation(
        survey=survey,
        email=event.email,
        name=event.name,
        language=event.language,
        contact_id=event.contact_id,
        event=event,
    )
    secret_of(row)
    write_letter(survey, row, is_reminder=False)
    row.save()


def event_state_at_first(event: SurveyEvent, rule: SurveyEventRule, now: datetime) -> EventState:
    """Whether it is waited for, or why nobody is asked."""
    if event.happened_at < now - timedelta(days=rule.age_days):
        return EventState.TOO_OLD
    if not event.email:
        return EventState.NO_ADDRESS
    if unsubscribed(event.survey.organization, [event.email]):
        return EventState.UNSUBSCRIBED
    return EventState.WAITING


def _state_when_due(event: SurveyEvent, oldest: datetime, stopped: set[str], quiet: set[str]) -> EventState:
    if event.happened_at < oldest:
        return EventState.TOO_OLD
    if not event.email:
        return EventState.NO_ADDRESS
    if event.email in stopped:
        return EventState.UNSUBSCRIBED
    return EventState.QUIET if event.email in quiet else EventState.SENT


def _customer(survey: CustomerSurvey, happened: Happened) -> tuple[Contact | None, str]:
    """Who it is and the address in lower case; empty where the contact has none. Raises InvalidValues."""
    reference, email = happened.customer.strip(), happened.email.strip().lower()
    if email and not is_address(email):
        raise _wrong("email", _("This is not an e-mail address."))
    contacts = Contact.objects.of(survey.organization)
    if reference:
        contact = contacts.filter(external_reference=reference).first()
        if contact is None and not email:
            raise _wrong("customer", _("There is no such customer. Send an e-mail address as well."))
        return contact, email or (contact.email.strip().lower() if contact else "")
    if not email:
        raise _wrong("customer", _("Say which customer: a reference or an e-mail address."))
    with_address = list(contacts.filter(email__iexact=email)[:2])
    return (with_address[0] if len(with_address) == 1 else None), email


def language_of_survey(survey: CustomerSurvey, said: str) -> str:
    """The language of the survey for somebody who reads `said`; empty where that is not known."""
    return language_among(plain.survey_content(survey.content), language_of(said))[:12] if said else ""


def _rule_of(survey: CustomerSurvey) -> SurveyEventRule:
    rule = SurveyEventRule.objects.filter(survey=survey).first()
    if rule is None:
        raise InvalidValues(_("This survey follows no events. Set the delay on its page “Events” first."))
    return rule


def _wrong(field: str, text: str) -> InvalidValues:
    return InvalidValues(text, fields={field: text})
