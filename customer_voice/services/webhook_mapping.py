"""What the values of a webhook's calls mean, and what one call becomes by that."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext as _

from accounts.models import Organization
from customer_voice.errors import MappingRefused
from customer_voice.feed_choices import Meaning
from customer_voice.importers import figures_of, plain_words
from customer_voice.importers.json_places import (
    Absent,
    as_text,
    entries_of,
    is_place,
    list_in,
    numbered,
    value_at,
)
from customer_voice.models import MetricDefinition
from customer_voice.rules import RowKind
from customer_voice.services.feedback import MOST_AT_ONCE, SubmissionItem
from customer_voice.services.planning import metrics_in_use
from customer_voice.services.reversals import can_be_reversed, turned_text
from customer_voice.services.touchpoints import wrong_touchpoint
from customer_voice.services.webhook_cases import case_of, wrong_cases
from tabular.choices import DateFormat
from tabular.dates import parse_dates
from tabular.values import NUMBER

SCORE, TEXT = "score", "text"
MOST_VALUES = 20  # words of one condition
LONGEST_WORD = 200
FIXED = (Meaning.TOUCHPOINT.value, Meaning.CHANNEL.value)
OF_AN_ANSWER = (
    Meaning.TOUCHPOINT, Meaning.CUSTOMER, Meaning.ACCOUNT, Meaning.SEGMENT, Meaning.CHANNEL,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class When:
    """A condition: the value at a place is one of these words. Case and blanks make no difference."""

    place: str
    values: tuple[str, ...]

    def holds(self, body: Any, entry: Any) -> bool:
        try:
            said = plain_words(as_text(value_at(body, self.place, entry)))
        except Absent:
            return False
        return said in {plain_words(value) for value in self.values}


@dataclass(frozen=True, kw_only=True, slots=True)
class CallMapping:
    """Meaning -> place; key of a metric ("": words of none) -> `score` and `text` -> place.

    `cases`: keys of the metrics that the times of a case count for.
    `reversed`: keys of metrics whose lowest score the sender takes for the best; each figure is turned once.
    `only`: other calls are left out. `removes`: the answer of this ID goes, whatever `only` says. `zone`: of
    times without an offset; empty: that of the organization. `fixed`: touchpoint and channel where no value
    says them.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    zone: str = ""
    reversed: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    only: When | None = None
    removes: When | None = None

    @property
    def places(self) -> list[str]:
        own = [place for parts in self.answers.values() for place in parts.values()]
        return [*self.values.values(), *own]

    def as_json(self) -> dict[str, Any]:
        told = {**asdict(self), "reversed": list(self.reversed), "cases": list(self.cases)}
        for name in ("only", "removes"):
            if told[name]:
                told[name]["values"] = list(told[name]["values"])
        return {name: value for name, value in told.items() if value}

    @classmethod
    def of_json(cls, told: Any) -> "CallMapping":
        """Raises MappingRefused for anything that is no mapping."""
        try:
            if set(told) - set(cls.__dataclass_fields__):
                raise ValueError("unknown")
            found = cls(
                values={_word(key): _place(text) for key, text in told.get("values", {}).items()},
                answers={
                    _word(key): {_word(part): _place(text) for part, text in parts.items()}
                    for key, parts in told.get("answers", {}).items()
                },
                fixed={_word(key): _word(text) for key, text in told.get("fixed", {}).items()},
                zone=_word(told.get("zone", "")),
                reversed=_keys(told.get("reversed", [])),
                cases=_keys(told.get("cases", [])),
                only=_when(told.get("only")),
                removes=_when(told.get("removes")),
            )
            if set(found.values) - set(Meaning.values) or set(found.fixed) - set(FIXED):
                raise ValueError("unknown")
            if any(set(parts) - {SCORE, TEXT} or not parts for parts in found.answers.values()):
                raise ValueError("unknown")
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise MappingRefused(_("This does not say what the values of a call mean.")) from error
        return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Happening:
    """What a survey can follow: an event with its customer."""

    event_id: str
    at: datetime
    customer: str
    email: str
    name: str


@dataclass(kw_only=True, slots=True)
class Read:
    """What one call becomes. `wrong`: place, or what is missing -> why; then nothing of it is taken."""

    items: list[SubmissionItem] = field(default_factory=list)
    entries: list[int] = field(default_factory=list)  # of each item, which entry of the call's list it was
    removed: list[str] = field(default_factory=list)  # IDs, which go before `items` are stored
    names: dict[str, str] = field(default_factory=dict)  # reference of a customer -> name
    emails: dict[int, str] = field(default_factory=dict)  # position of an item without a reference
    untimed: set[int] = field(default_factory=set)  # positions of items that name no time: when they came
    happenings: list[Happening] = field(default_factory=list)
    left_out: int = 0
    withdrawn: int = 0  # of `removed`, those that were there
    wrong: dict[str, str] = field(default_factory=dict)


def checked(
    organization: Organization, mapping: CallMapping, *, follows_survey: bool = False
) -> dict[str, MetricDefinition]:
    """The metrics that a mapping names, once it is found to make feedback or events. MappingRefused."""
    metrics = metrics_in_use(organization, [*(key for key in mapping.answers if key), *mapping.cases])
    wrong: dict[str, str] = wrong_cases(mapping.values, mapping.cases, metrics)
    if not mapping.answers and not mapping.cases and not wrong and not follows_survey:
        wrong["answers"] = _("Say which value is a score or a comment.")
    for key, parts in mapping.answers.items():
        if key and metrics[key].calculation.row is not RowKind.ANSWER:
            wrong["answers"] = _("%(metric)s is not made of answers; import it from files or by the API.") % {
                "metric": metrics[key].name
            }
        elif not key and SCORE in parts:
            wrong["answers"] = _("A score needs the metric that it belongs to.")
    for key in mapping.reversed:
        if SCORE not in mapping.answers.get(key, {}):
            wrong["reversed"] = _("Choose the value with the score of “%(metric)s” first.") % {
                "metric": key[:60]
            }
        elif not can_be_reversed(metrics[key]):
            wrong["reversed"] = _("Only answers on a scale can run the other way.")
    fixed = mapping.fixed.get(Meaning.TOUCHPOINT.value, "")
    if fixed and (unfit := wrong_touchpoint(organization, fixed)):
        wrong["touchpoint"] = unfit
    elif (mapping.answers or mapping.cases) and not fixed and Meaning.TOUCHPOINT not in mapping.values:
        wrong["touchpoint"] = _("Choose the value that names the touchpoint, or one touchpoint for all.")
    if mapping.zone and mapping.zone not in available_timezones():
        wrong["zone"] = _("There is no time zone of this name.")
    if mapping.removes and Meaning.EXTERNAL_ID not in mapping.values:
        wrong["removes"] = _("To remove an answer its ID has to be known: choose the value that holds it.")
    try:
        conditions = [one.place for one in (mapping.only, mapping.removes) if one]
        list_in([*mapping.places, *conditions])
    except ValueError:
        wrong["answers"] = _("Values of two lists cannot be put together. Choose those of one list.")
    if wrong:
        raise MappingRefused(_("Some values cannot be used; nothing was stored."), fields=wrong)
    return metrics


def read_call(
    organization: Organization,
    mapping: CallMapping,
    metrics: Mapping[str, MetricDefinition],
    body: Any,
    *,
    message_id: str,
    received_at: datetime,
) -> Read:
    """What a call becomes: submissions as text, IDs to remove, events. No query.

    A value that the body does not have is not named in the submission, so that it stays as it is. A call
    without an ID of the answer has its own, with the number of the entry. The order of the entries holds: an
    answer whose removal comes later in the call is left out, one that comes after its removal is an item.
    """
    read = Read()
    try:
        entries = list(_entries(mapping, body))
    except Absent:
        read.wrong[list_in(mapping.places) or "/"] = _("There is no list at this place.")
        return read
    if len(entries) * max(len(mapping.answers) + len(mapping.cases), 1) > MOST_AT_ONCE:
        read.wrong["/"] = _("At most %(limit)d at once.") % {"limit": MOST_AT_ONCE}
        return read
    zone = ZoneInfo(mapping.zone or organization.time_zone)
    taken_away: dict[str, int] = {}  # ID -> how many items came before its last removal
    for number, entry in enumerate(entries):
        if entry is None and len(entries) > 1:  # erased since, or nothing was sent here
            read.left_out += 1
            continue
        is_removal = mapping.removes is not None and mapping.removes.holds(body, entry)
        if mapping.only is not None and not is_removal and not mapping.only.holds(body, entry):
            read.left_out += 1
            continue
        one = _Entry(mapping, body, entry, number)
        name = f"{message_id}-{number + 1}" if len(entries) > 1 else message_id
        external_id = one.said(Meaning.EXTERNAL_ID) or ("" if mapping.removes else name[:120])
        if not external_id:
            read.wrong[one.place(Meaning.EXTERNAL_ID)] = _("The ID of the answer is missing.")
        elif is_removal:
            read.removed.append(external_id)
            taken_away[external_id] = len(read.items)
        else:
            _take(read, one, metrics, external_id=external_id, zone=zone, received_at=received_at)
    _leave_out_what_goes(read, taken_away)
    read.wrong |= _repeated(mapping, read)
    return read


def place_of_error(mapping: CallMapping, read: Read, name: str) -> str:
    """Where in the call the value stands that a refusal of `record_submissions` is about. It counts items;
    the sender counts the entries of its list, of which some were left out."""
    position, _dot, rest = name.partition(".")
    parts = rest.split(".")
    item = int(position) if position.isdecimal() else 0
    key, part = (parts[0], parts[1]) if len(parts) > 1 else ("", parts[0])
    own = mapping.answers.get(key, {})
    if key in mapping.cases and part == Meaning.OCCURRED_AT:
        part = Meaning.OPENED_AT.value
    place = own.get(part) or mapping.values.get(part) or part or key
    return numbered(place, read.entries[item]) if item < len(read.entries) else place


# --- small parts --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Entry:
    """One answer in a call: the call itself, or an entry of its list."""

    mapping: CallMapping
    body: Any
    entry: Any
    number: int

    def at(self, place: str) -> str | None:
        """The text there; None where the body has no such place."""
        try:
            return as_text(value_at(self.body, place, self.entry)).strip()
        except Absent:
            return None

    def unfit(self) -> dict[str, str]:
        """Places at which a value is expected and an object or a list stands."""
        found = {}
        for place in self.mapping.places:
            try:
                value = value_at(self.body, place, self.entry)
            except Absent:
                continue
            if isinstance(value, (dict, list)) and value:
                found[numbered(place, self.number)] = _("This is an object or a list, and no single value.")
        return found

    def said(self, meaning: Meaning) -> str | None:
        place = self.mapping.values.get(meaning.value)
        return None if place is None else self.at(place)

    def place(self, meaning: Meaning) -> str:
        return _place_of(self.mapping, meaning, self.number)


def _place_of(mapping: CallMapping, meaning: Meaning, number: int) -> str:
    return numbered(mapping.values.get(meaning.value, meaning.value), number)


def _repeated(mapping: CallMapping, read: Read) -> dict[str, str]:
    """An ID that the call sends twice, without a removal between: which of the two holds nobody knows."""
    first: dict[str, str] = {}
    found: dict[str, str] = {}
    for item, entry in zip(read.items, read.entries, strict=True):
        place = _place_of(mapping, Meaning.EXTERNAL_ID, entry)
        known = first.setdefault(item.values["external_id"], place)
        if known != place:
            found[place] = _("Same ID as at %(place)s.") % {"place": known}
    return found


def _entries(mapping: CallMapping, body: Any) -> Iterator[Any]:
    conditions = [one.place for one in (mapping.only, mapping.removes) if one]
    where = list_in([*mapping.places, *conditions])
    if where is None:
        yield body
    else:
        yield from entries_of(body, where)


def _take(
    read: Read,
    one: _Entry,
    metrics: Mapping[str, MetricDefinition],
    *,
    external_id: str,
    zone: ZoneInfo,
    received_at: datetime,
) -> None:
    said_at = one.said(Meaning.OCCURRED_AT)
    moment, wrong = _moment(said_at, zone, received_at)
    if wrong:
        read.wrong[one.place(Meaning.OCCURRED_AT)] = wrong
    read.wrong |= one.unfit()
    customer, email = one.said(Meaning.CUSTOMER) or "", one.said(Meaning.EMAIL) or ""
    name = one.said(Meaning.NAME) or ""
    if customer or email:
        read.happenings.append(
            Happening(event_id=external_id, at=moment, customer=customer, email=email, name=name)
        )
    case = case_of(
        one.mapping.cases, metrics, said=one.said, moment=lambda text: _moment(text, zone, received_at)
    )
    read.wrong |= {one.place(meaning): why for meaning, why in case.wrong.items()}
    answers = {**dict(_answers(one, metrics)), **case.answers}
    if not answers:
        read.left_out += bool(one.mapping.answers or one.mapping.cases)
        return
    values = {"external_id": external_id, "occurred_at": moment.isoformat(), **one.mapping.fixed}
    for meaning in OF_AN_ANSWER:
        text = one.said(meaning)
        if text is not None and (text or meaning.value not in values):
            values[meaning.value] = text
    if customer and name:
        read.names[customer] = name
    elif email and not customer:
        read.emails[len(read.items)] = email
    if not said_at and case.answers.keys() == answers.keys():
        values["occurred_at"] = case.opened_at
    elif not said_at:
        read.untimed.add(len(read.items))
    read.items.append(SubmissionItem(values=values, answers=answers))
    read.entries.append(one.number)


def _leave_out_what_goes(read: Read, taken_away: Mapping[str, int]) -> None:
    """Items before the removal of their ID: the same call takes them back."""
    kept = [
        number
        for number, item in enumerate(read.items)
        if number >= taken_away.get(item.values["external_id"], 0)
    ]
    read.left_out += len(read.items) - len(kept)
    place = {number: now for now, number in enumerate(kept)}
    read.items = [read.items[number] for number in kept]
    read.entries = [read.entries[number] for number in kept]
    read.emails = {place[number]: email for number, email in read.emails.items() if number in place}
    read.untimed = {place[number] for number in read.untimed if number in place}


def _answers(one: _Entry, metrics: Mapping[str, MetricDefinition]) -> Iterator[tuple[str, dict[str, str]]]:
    """The answers that were given: with a score, or with words."""
    for key, parts in one.mapping.answers.items():
        own = {part: text for part, place in parts.items() if (text := one.at(place)) is not None}
        if (said := own.get(SCORE)) and key in metrics:
            own[SCORE] = figures_of([said], metrics[key], is_number=NUMBER).get(said, said)
            if key in one.mapping.reversed:
                own[SCORE] = turned_text(said, own[SCORE], metrics[key])
        if any(own.values()):
            yield key, own


def _moment(text: str | None, zone: ZoneInfo, received_at: datetime) -> tuple[datetime, str]:
    if not text:
        return received_at, ""
    (moment,), bad = parse_dates([text], order=DateFormat.ISO, zone=zone)
    if bad or moment is None:
        return received_at, _("This is not a time that reads one way, such as 2026-03-04T10:15:00+01:00.")
    return moment, ""


def _when(told: Any) -> When | None:
    if not told:
        return None
    values = tuple(_word(value) for value in told["values"])
    if (
        set(told) != {"place", "values"}
        or not 0 < len(values) <= MOST_VALUES
        or isinstance(told["values"], str)
    ):
        raise ValueError("unknown")
    return When(place=_place(told["place"]), values=values)


def _keys(told: Any) -> tuple[str, ...]:
    if not isinstance(told, list):
        raise TypeError("no list")
    return tuple(dict.fromkeys(map(_word, told)))


def _word(text: Any) -> str:
    if not isinstance(text, str) or len(text) > LONGEST_WORD:
        raise TypeError("no text")
    return text


def _place(text: Any) -> str:
    if not isinstance(text, str) or not is_place(text):
        raise ValueError("no place")
    return text
