"""What the times of a case need beside its resolution: its other ends, and when or how long it waited."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from customer_voice.choices import ImportField
from customer_voice.importers import State, is_no_name, is_waiting, plain_words, state_said
from customer_voice.rules import MetricRule
from customer_voice.rules.duration import MedianTime
from customer_voice.rules.waiting import WaitedTooLong, Waits, joined_stretches
from customer_voice.services.plans import Plan
from tabular.durations import parse_durations
from tabular.stretches import read_stretches

_NAMED_TOGETHER = {
    ImportField.WAITS: {ImportField.WAITS, ImportField.WAITED},
    ImportField.RESOLVED_AT: {ImportField.RESOLVED_AT},
}

type Columns = tuple[list[str], list[datetime | None], list[datetime | None]]


class Checked(Protocol):
    """A block of rows that is being checked: `services.cells.Check`."""

    plan: Plan
    numbers: Sequence[int]

    def raw(self, name: str) -> Sequence[str] | None: ...

    def refuse(self, index: int, name: ImportField, code: str, value: str = "", **params: Any) -> None: ...


def waits_of(
    check: Checked, opened: Sequence[datetime | None], resolved: Sequence[datetime | None]
) -> Columns:
    """The stored columns `waits`, `counted_from` and `waits_from` of a block of rows; what is wrong is
    refused. Empty for metrics that count the whole time."""
    count = len(check.numbers)
    texts: list[str] = [""] * count
    places: list[tuple[datetime | None, datetime | None]] = [(None, None)] * count
    rule = None if check.plan.metric is None else check.plan.metric.calculation
    if isinstance(rule, MedianTime) and rule.leaves_out_waits:
        said = zip(_stretches(check), _lengths(check), opened, resolved, strict=True)
        for index, (stretches, length, start, end) in enumerate(said):
            if stretches is not None and length is not None:
                check.refuse(index, ImportField.WAITED, "waits_said_twice")
            waits = stretches or length
            if waits is None or start is None:
                continue
            try:
                places[index] = rule.places_of(waits, opened=start, resolved=end, now=check.plan.now)
                texts[index] = waits.text
            except WaitedTooLong:
                raw = (check.raw(ImportField.WAITED) or [""] * count)[index]
                check.refuse(index, ImportField.WAITED, "waited_too_long", raw)
    return texts, [one for one, _other in places], [other for _one, other in places]


def state_of(plan: Plan, status: str) -> State:
    """What a status says of its case; one that waits for the customer is open, also in words of its own."""
    return State.OPEN if plain_words(status) in plan.waiting else state_said(status)


def ensure_ends_named(check: Checked, rule: MetricRule) -> None:
    """The time of resolution alone says nothing of the first reply, nor of the first resolution; and what a
    case waited has a meaning beside its resolution alone."""
    named = set(check.plan.mapping)
    rows = range(len(check.numbers))
    if rule.leaves_out_waits:
        for field, others in _NAMED_TOGETHER.items():
            for index in rows if not others & named else ():
                check.refuse(index, field, "waits_not_named")
    elif rule.end_field not in named and rule.end_field != ImportField.RESOLVED_AT:
        for index, text in enumerate(check.raw(ImportField.RESOLVED_AT) or []):
            is_reply = rule.end_field == ImportField.FIRST_REPLY_AT
            code = "reply_not_named" if is_reply else "first_end_not_named"
            check.refuse(index, ImportField.RESOLVED_AT, code, text)


def _stretches(check: Checked) -> list[Waits | None]:
    plan = check.plan
    raw = [
        "" if is_no_name(cell) else cell for cell in check.raw(ImportField.WAITS) or [""] * len(check.numbers)
    ]

    def counts(status: str) -> bool:
        return is_waiting(status) or plain_words(status) in plan.waiting

    read = read_stretches(raw, order=plan.date_format, zone=plan.zone, counts=counts)
    for index in read.bad:
        check.refuse(index, ImportField.WAITS, "not_waits", raw[index])
    found: list[Waits | None] = []
    for index, stretches in enumerate(read.found):
        waits = None
        if stretches is not None:
            moments = [moment for one in stretches for moment in one if moment is not None]
            if any(moment > plan.now for moment in moments):
                check.refuse(index, ImportField.WAITS, "in_the_future", raw[index])
            else:
                try:
                    waits = Waits(stretches=joined_stretches(stretches))
                except ValueError:
                    check.refuse(index, ImportField.WAITS, "waits_out_of_order", raw[index])
        found.append(waits)
    return found


def _lengths(check: Checked) -> list[Waits | None]:
    raw = check.raw(ImportField.WAITED) or [""] * len(check.numbers)
    lengths, bad, unclear = parse_durations(raw, check.plan.duration)
    for index in bad:
        if raw[index].strip().startswith("-"):
            check.refuse(index, ImportField.WAITED, "negative_wait", raw[index])
        else:
            unit = check.plan.duration.value
            check.refuse(index, ImportField.WAITED, "not_a_duration", raw[index], unit=unit)
    for index, (first, second) in unclear.items():
        check.refuse(index, ImportField.WAITED, "two_readings", raw[index], first=first, second=second)
    return [Waits(length=length) if length else None for length in lengths]
