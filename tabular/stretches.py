"""From text to stretches of time, a column at a time: pairs of moments, or the history of a status. Pure.

"2026-03-02 10:00 – 2026-03-02 13:20; 2026-03-03 09:00 –" is two stretches, the second of which goes on.
"2026-03-02 10:00 Pending; 2026-03-02 13:20 Open" is one, where "Pending" is a status that counts.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from tabular.dates import DateOrder, read_dates

type Stretch = tuple[datetime, datetime | None]

MOST_ENTRIES = 500
_ENTRIES = re.compile(r"[;|\n\r；]+")
_ISO_PAIR = re.compile(r"(?P<begin>\d{4}-\d\d-\d\d[T ][^/]+)/(?P<end>\d{4}-\d\d-\d\d[T ][^/]+|\.\.|)")
_PAIR = re.compile(
    r"(?P<begin>.*\d.*?)\s*(?:\s[-–—~]|[–—→~～]|->|=>|至|\s(?:to|until|bis)\b)\s*(?P<end>.*)", re.IGNORECASE
)
_GOES_ON = frozenset({"", "..", "now", "today", "heute", "present", "今", "现在"})
_CLOCK = (
    r"(?:[T,]?\s*\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?(?:\s*[AaPp]\.?[Mm]\.?)?"
    r"(?:\s*(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?)?"
)
_DAY = r"(?:\d{1,4}[-./年]\d{1,2}[-./月]\d{1,4}日?|\d{1,2}\s+[^\W\d]{3,9}\.?\s+\d{2,4})"
_MOMENT_THEN = re.compile(rf"(?P<at>{_DAY}{_CLOCK})\s*(?:[:,=–—-]|->|→)?\s*(?P<status>[^\s\d].*)")
_THEN_MOMENT = re.compile(rf"(?P<status>[^\s\d].*?)\s*(?:[:,=@(–—-]|->|→)?\s*(?P<at>{_DAY}{_CLOCK})\)?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretches:
    """By position: what each cell says, None where it is empty. `bad`: cells that say no stretches."""

    found: list[list[Stretch] | None]
    bad: list[int]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Entry:
    begin: str
    end: str = ""
    status: str | None = None  # of a history; None: a pair


def read_stretches(
    column: Sequence[str], *, order: str, zone: tzinfo, counts: Callable[[str], bool]
) -> Stretches:
    """`counts`: whether a case in this status is meant; a history that begins or ends so is open there."""
    told = [_entries(cell) for cell in column]
    texts = list(
        dict.fromkeys(text for one in told for entry in one or () for text in (entry.begin, entry.end))
    )
    moments, wrong = _moments(texts, order, zone)
    found: list[list[Stretch] | None] = []
    bad = []
    for index, entries in enumerate(told):
        is_bad = entries is None or any(entry.begin in wrong or entry.end in wrong for entry in entries)
        if is_bad:
            bad.append(index)
        said = [] if is_bad or not entries else list(_stretches(entries, moments, counts))
        found.append(said if column[index].strip() and not is_bad else None)
    return Stretches(found=found, bad=bad)


def _moments(texts: Sequence[str], order: str, zone: tzinfo) -> tuple[dict[str, datetime | None], set[str]]:
    """By text, and those that are none. A history is written by a system: year first in any file."""
    dates = read_dates(texts, order=order, zone=zone)
    moments = dict(zip(texts, dates.moments, strict=True))
    rest = [texts[index] for index in dates.bad]
    year_first = read_dates(rest, order=DateOrder.ISO, zone=zone)
    moments |= dict(zip(rest, year_first.moments, strict=True))
    return moments, {rest[index] for index in year_first.bad}


def _entries(cell: str) -> list[_Entry] | None:
    """What stands in one cell; None where it cannot be told apart."""
    parts = [part.strip() for part in _ENTRIES.split(cell) if part.strip()]
    if len(parts) > MOST_ENTRIES:
        return None
    entries = [_entry(part) for part in parts]
    known = [entry for entry in entries if entry is not None]
    is_history = {entry.status is not None for entry in known}
    return known if len(known) == len(parts) and len(is_history) < 2 else None


def _entry(part: str) -> _Entry | None:
    pair = _ISO_PAIR.fullmatch(part)
    if pair is None:
        for form in (_MOMENT_THEN, _THEN_MOMENT):
            said = form.fullmatch(part)
            if said and not _is_end(said["status"]):
                return _Entry(begin=said["at"].strip(), status=said["status"].strip())
        pair = _PAIR.fullmatch(part)
    if pair is None:
        return None
    end = pair["end"].strip()
    return _Entry(begin=pair["begin"].strip(), end="" if end.casefold() in _GOES_ON else end)


def _is_end(text: str) -> bool:
    """Whether what stands behind a moment is the other end of a pair, not a status."""
    plain = text.strip().lstrip("-–—~→>").strip()
    words = re.sub(r"^(?:(?:to|until|bis)\b|至)\s*", "", plain, flags=re.IGNORECASE)
    return not words or words.casefold() in _GOES_ON or words[0].isdigit()


def _stretches(
    entries: Sequence[_Entry],
    moments: dict[str, datetime | None],
    counts: Callable[[str], bool],
) -> Iterator[Stretch]:
    if entries[0].status is None:
        for entry in entries:
            begin = moments[entry.begin]
            if begin is not None:
                yield begin, moments[entry.end] if entry.end else None
        return
    told = [(moments[entry.begin], entry.status or "") for entry in entries]
    known = [(at, status) for at, status in told if at is not None]
    if known and known[0][0] > known[-1][0]:
        known.reverse()  # newest first: of two in the same minute the one below came before
    history = sorted(known, key=lambda one: one[0])
    ends = [at for at, _status in history[1:]]
    for (at, status), end in zip(history, [*ends, None], strict=True):
        if counts(status):
            yield at, end
