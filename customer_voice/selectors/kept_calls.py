"""Bodies of webhook calls that are still kept, and whom they are about.

A reference such as "9" is also a score somewhere, and the ID of somebody else's order. So a short text counts
only where the mapping of the webhook, or a name that says so, holds that an ID stands there; an address and a
text that is too long for chance count wherever they stand.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Organization
from customer_voice.feed_choices import Meaning
from customer_voice.importers.json_places import Absent, as_text, entries_of, list_in, lists_of, value_at
from customer_voice.models import Contact, ContactReference, Feedback, WebhookCall

type Call = tuple[str, datetime, Any]  # name of the webhook, when it came, what of it is about the person

TOO_LONG_FOR_CHANCE = 8
_NAMES_AN_ID = re.compile(
    r"(?:^|[^a-z])(?:id|ids|ref|reference|key|nr|no|number|customer|client|contact|user|account|external_?id)s?$|"
    r"[a-z](?:Id|ID|Ref|Key|Number|No)$|编号|客户",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Whom:
    """By what calls about somebody are known, in plain letters: addresses, references, and answers by their
    source and ID."""

    addresses: frozenset[str] = frozenset()
    references: frozenset[str] = frozenset()
    answers: frozenset[tuple[int, str]] = frozenset()

    @property
    def is_nobody(self) -> bool:
        return not (self.addresses or self.references or self.answers)

    @property
    def long_texts(self) -> frozenset[str]:
        """What can only mean this person or this answer."""
        names = self.references | {name for _source, name in self.answers}
        return self.addresses | {name for name in names if len(name) >= TOO_LONG_FOR_CHANCE}


def whom(contacts: Collection[int], answers: Collection[Feedback] = ()) -> Whom:
    """These contacts, former references too, and these answers. Two queries."""
    former = ContactReference.objects.filter(contact__in=contacts).values_list("reference", flat=True)
    known = list(Contact.objects.filter(pk__in=contacts).values_list("external_reference", "email"))
    references = {*former, *(reference or "" for reference, _email in known)}
    given = {(one.submission.source_id, one.submission.external_id) for one in answers}
    return Whom(
        addresses=frozenset(email.casefold() for _reference, email in known if email),
        references=frozenset(reference.casefold() for reference in references if reference),
        answers=frozenset((source, name.casefold()) for source, name in given),
    )


def calls_of(contact: Contact) -> Iterator[Call]:
    """What kept calls say of one contact, the first one first: the whole body, or of a list its entries.

    A call is about whoever's address stands in it, and whose reference or answer it names where the mapping
    of the webhook says that references and IDs stand. Four queries.
    """
    own = Feedback.objects.filter(organization=contact.organization_id, contact=contact)
    known = whom([contact.pk], own.select_related("submission").only("submission"))
    for call, body in _kept(contact.organization):
        reader = _Reader(call, body, known)
        for part in reader.parts(by_names=False):
            yield call.webhook.name, call.received_at, part


def bodies_without(organization: Organization, about: Whom) -> Iterator[tuple[int, str]]:
    """Calls in which one of these stands, and what is left of their body: entries of a list that are about
    somebody else, at their places, or nothing. Reads every kept body.
    """
    if about.is_nobody:
        return
    for call, body in _kept(organization):
        reader = _Reader(call, body, about)
        if (left := reader.without()) is not None:
            yield call.pk, left


def _kept(organization: Organization) -> Iterator[tuple[WebhookCall, Any]]:
    kept = WebhookCall.objects.of(organization).exclude(body="").select_related("webhook")
    for call in kept.order_by("received_at", "pk").iterator(chunk_size=200):
        try:
            yield call, json.loads(call.body)
        except (ValueError, RecursionError):
            continue


class _Reader:
    """One kept call, and the person that it may be about."""

    def __init__(self, call: WebhookCall, body: Any, about: Whom) -> None:
        self.call, self.body, self.about = call, body, about
        self.values: Mapping[str, str] = call.webhook.mapping.get("values", {})
        source = call.webhook.source_id
        self.ids = {name for known, name in about.answers if known == source}

    def parts(self, *, by_names: bool) -> list[Any]:
        """What of it is about the person: the entries where others are about somebody else, else all."""
        place, numbers, _count = self._entries(by_names=by_names)
        if place is None:
            return [self.body] if self._is_about(None, "", by_names=by_names) else []
        entries = entries_of(self.body, place)
        return [entries[number] for number in numbers]

    def without(self) -> str | None:
        """The body without the person; None where it is not about her."""
        place, numbers, count = self._entries(by_names=True)
        if place is None:
            return "" if self._is_about(None, "", by_names=True) else None
        if len(numbers) == count > 0:
            return ""
        entries = entries_of(self.body, place)
        for number in numbers:  # the others keep their places, by which answers without an ID are known
            entries[number] = None
        if self._is_said_in(self.body, self.about.long_texts):
            return ""  # beside the list too
        return json.dumps(self.body, ensure_ascii=False) if numbers else None

    def _entries(self, *, by_names: bool) -> tuple[str | None, list[int], int]:
        """The list whose entries are answers of their own, which of them are about the person, and how many
        there are; no list where the call is one answer."""
        mapped = list_in(list(self.values.values()))
        for place in [mapped] if mapped is not None else [place for place, _size in lists_of(self.body)]:
            try:
                entries = entries_of(self.body, place)
            except Absent:
                continue
            found = [
                number
                for number, entry in enumerate(entries)
                if entry is not None
                and self._is_about(entry, f"-{number + 1}" if len(entries) > 1 else "", by_names=by_names)
            ]
            there = sum(entry is not None for entry in entries)
            if mapped is not None or (not self.values and 0 < len(found) < there):
                return place, found, there
        return None, [], 0

    def _is_about(self, entry: Any, number: str, *, by_names: bool) -> bool:
        """`number`: what follows the ID of the call in the ID of an answer that has none of its own."""
        within = self.body if entry is None else entry
        if self._is_said_in(within, self.about.long_texts if by_names else self.about.addresses):
            return True
        if self._said(entry, Meaning.CUSTOMER).casefold() in self.about.references:
            return True
        name = self._said(entry, Meaning.EXTERNAL_ID) or f"{self.call.message_id}{number}"
        if name.casefold() in self.ids:
            return True
        return by_names and not self.values and self._is_named_in(within)

    def _said(self, entry: Any, meaning: Meaning) -> str:
        place = self.values.get(meaning.value)
        try:
            return "" if place is None else as_text(value_at(self.body, place, entry)).strip()
        except Absent:
            return ""

    def _is_said_in(self, value: Any, texts: Collection[str]) -> bool:
        return bool(texts) and any(text.casefold() in texts for _key, text in _texts(value))

    def _is_named_in(self, value: Any) -> bool:
        """Nobody has said yet where IDs stand: at a key that is called so."""
        wanted = self.about.references | self.ids
        return any(
            text.casefold() in wanted and _NAMES_AN_ID.search(key) is not None for key, text in _texts(value)
        )


def _texts(value: Any) -> Iterator[tuple[str, str]]:
    """Every value as text, with the key that it stands at."""
    waiting = [("", value)]
    while waiting:
        key, one = waiting.pop()
        if isinstance(one, dict):
            waiting += [(str(name), inner) for name, inner in one.items()]
        elif isinstance(one, list):
            waiting += [(key, inner) for inner in one]
        else:
            yield key, as_text(one).strip()
