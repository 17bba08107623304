"""What a call of an incoming webhook holds, and storing it: answers, removals, names of customers, events."""

from dataclasses import replace
from typing import Any

from accounts.models import Organization
from common.parsers import read_json
from common.text import one_line
from customer_voice.feed_choices import Meaning
from customer_voice.models import Contact, Feedback, IncomingWebhook, WebhookCall
from customer_voice.services.feedback import Recorded, SubmissionItem, record_submissions
from customer_voice.services.survey_events import Happened, follow_event
from customer_voice.services.webhook_mapping import CallMapping, Read, read_call
from customer_voice.services.withdrawing import withdraw_submissions


def read_kept_call(hook: IncomingWebhook, mapping: CallMapping, metrics: Any, call: WebhookCall) -> Read:
    """A kept call by a mapping; what cannot be read of it is named in `wrong`."""
    return read_call(
        hook.organization,
        mapping,
        metrics,
        read_json(call.body),
        message_id=call.message_id,
        received_at=call.received_at,
    )


def store_call(hook: IncomingWebhook, read: Read) -> Recorded:
    """Everything of one call, in its transaction: removals, answers, names of customers, events.

    Removals go first, so what is sent again after its removal is new; `read_call` has left out what comes
    before one.
    """
    organization = hook.organization
    _name_customers_by_address(organization, read)
    recorded = Recorded(created=0, updated=0, unchanged=0)
    read.withdrawn = (
        withdraw_submissions(source=hook.source, external_ids=read.removed) if read.removed else 0
    )
    if read.items:
        _keep_what_is_not_named(hook, read)
        recorded = record_submissions(
            organization=organization,
            source=hook.source.name,
            submissions=read.items,
            replaces_known=True,
            is_told=False,
        )
    for reference, name in read.names.items():
        Contact.objects.of(organization).filter(external_reference=reference, name="", erased_at=None).update(
            name=one_line(name)[:150]
        )
    if hook.survey is not None:
        for one in read.happenings:
            happened = Happened(
                event_id=one.event_id, at=one.at, customer=one.customer, email=one.email, name=one.name
            )
            follow_event(survey=hook.survey, happened=happened)
    return recorded


def _keep_what_is_not_named(hook: IncomingWebhook, read: Read) -> None:
    """Time and touchpoint of an answer that is known stay where a call does not name them. One query."""
    bare = {
        number
        for number, item in enumerate(read.items)
        if number in read.untimed or Meaning.TOUCHPOINT.value not in item.values
    }
    if not bare:
        return
    ids = [read.items[number].values["external_id"] for number in bare]
    rows = Feedback.objects.filter(
        organization=hook.organization, submission__source=hook.source, submission__external_id__in=ids
    ).values_list("submission__external_id", "occurred_at", "touchpoint__key")
    known = {external_id: (moment, key) for external_id, moment, key in rows}
    for number in bare:
        item = read.items[number]
        if (there := known.get(item.values["external_id"])) is None:
            continue
        values = dict(item.values)
        if number in read.untimed:
            values["occurred_at"] = there[0].isoformat()
        values.setdefault(Meaning.TOUCHPOINT.value, there[1])
        read.items[number] = SubmissionItem(values=values, answers=item.answers)


def _name_customers_by_address(organization: Organization, read: Read) -> None:
    """Who sends an address without a reference is the one contact who has that address."""
    for position, email in read.emails.items():
        found = list(
            Contact.objects.of(organization)
            .filter(email__iexact=email, erased_at=None)
            .exclude(external_reference=None)
            .values_list("external_reference", flat=True)[:2]
        )
        if len(found) == 1:
            values = {**read.items[position].values, "customer": str(found[0])}
            read.items[position] = replace(read.items[position], values=values)
