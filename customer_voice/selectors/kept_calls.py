"""Bodies of webhook calls that are still kept, and whom they are about.

What is erased may be more than is about a person, what is given out may not: a reference such as "9" is also
a score somewhere. So there are two questions here.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from accounts.models import Organization
from customer_voice.feed_choices import Meaning
from customer_voice.importers.json_places import Absent, as_text, entries_of, list_in, lists_of, value_at
from customer_voice.models import Contact, ContactReference, Feedback, WebhookCall

type Call = tuple[str, datetime, Any]  # name of the webhook, when it came, what of it is about the person


def calls_about(organization: Organization, marks: Collection[str]) -> list[int]:
    """Calls that hold one of these texts as a value, whatever it means there. One query, which reads every
    kept body."""
    wanted = {mark.casefold() for mark in marks if mark}
    if not wanted:
        return []
    kept = WebhookCall.objects.of(organization).exclude(body="").values_list("pk", "message_id", "body")
    return [pk for pk, name, body in kept.iterator() if _is_about(name, body, wanted)]


def marks_of(contacts: Collection[int]) -> set[str]:
    """Texts by which a call is known to be about one of these contacts: references, former ones too, and
    addresses. Two queries.
    """
    found = set(ContactReference.objects.filter(contact__in=contacts).values_list("reference", flat=True))
    known = Contact.objects.filter(pk__in=contacts).values_list("external_reference", "email")
    for reference, email in known:
        found |= {reference or "", email}
    return found - {""}


def calls_of(contact: Contact) -> Iterator[Call]:
    """What kept calls say of one contact, the first one first: the whole body, or of a list its entries.

    A call is about whoever's address stands in it, and whose reference or answer it names where the mapping
    of the webhook says that references and IDs stand. Four queries.
    """
    email = contact.email.casefold()
    references = {mark.casefold() for mark in marks_of([contact.pk])} - {email}
    own = Feedback.objects.filter(organization=contact.organization_id, contact=contact)
    answers = set(own.values_list("submission__source", "submission__external_id"))
    kept = WebhookCall.objects.of(contact.organization).exclude(body="").select_related("webhook")
    for call in kept.order_by("received_at", "pk").iterator(chunk_size=200):
        try:
            body = json.loads(call.body)
        except (ValueError, RecursionError):
            continue
        values: Mapping[str, str] = call.webhook.mapping.get("values", {})
        ids = {known for source, known in answers if source == call.webhook.source_id}

        def is_about(
            whole: Any,
            entry: Any,
            values: Mapping[str, str] = values,
            ids: set[str] = ids,
            message: str = call.message_id,
        ) -> bool:
            if email and email in map(str.casefold, _texts(whole if entry is None else entry)):
                return True
            if _said(whole, entry, values, Meaning.CUSTOMER).casefold() in references:
                return True
            return (_said(whole, entry, values, Meaning.EXTERNAL_ID) or message) in ids

        for part in _parts(body, list(values.values()), is_about):
            yield call.webhook.name, call.received_at, part


def _parts(body: Any, places: list[str], is_about: Callable[[Any, Any], bool]) -> list[Any]:
    """The entries that are about somebody where others are about somebody else, else the whole body."""
    mapped = list_in(places)
    for place in [mapped] if mapped is not None else [place for place, _size in lists_of(body)]:
        try:
            entries = entries_of(body, place)
        except Absent:
            continue
        found = [entry for entry in entries if is_about(body, entry)]
        if mapped is not None or 0 < len(found) < len(entries):
            return found
    return [body] if is_about(body, None) else []


def _said(body: Any, entry: Any, values: Mapping[str, str], meaning: Meaning) -> str:
    place = values.get(meaning.value)
    try:
        return "" if place is None else as_text(value_at(body, place, entry)).strip()
    except Absent:
        return ""


def _is_about(message_id: str, body: str, wanted: set[str]) -> bool:
    own = message_id.casefold()
    if any(mark == own or mark.startswith(f"{own}-") for mark in wanted):
        return True
    try:
        return any(text.casefold() in wanted for text in _texts(json.loads(body)))
    except (ValueError, RecursionError):
        return False


def _texts(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
        else:
            yield as_text(one).strip()
