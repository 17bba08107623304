"""Which question a cell of a series stands for, where versions that ask differently are read as one.

A bridged version goes on in its series, but whether the new words alone moved the figures is for a study to
find out: it needs to know, cell by cell, what was asked.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from customer_voice.choices import MEASUREMENT
from customer_voice.models import MetricDefinition
from customer_voice.rules import Counts, together
from customer_voice.selectors.counting import Counted

type Cell = tuple[int, date]  # touchpoint id, first day of the period
type Asked = Mapping[str, int]  # key of the question -> answers to it

FEW = 10  # a cell of fewer answers may miss one of two questions by chance


def questions_of(versions: Sequence[MetricDefinition]) -> dict[int, str]:
    """Id of a version -> key of what it asks: that of the first version that measured the same. No query.

    The first version of a series has the key of the series, so that a series that never changed has one key.
    """
    first: dict[tuple[object, ...], int] = {}
    found = {}
    for version in sorted(versions, key=lambda one: one.version):
        measured = tuple(getattr(version, name) for name in MEASUREMENT)
        found[version.pk] = f"{version.key}/{first.setdefault(measured, version.version)}"
    return found


def by_place(
    found: Counted, versions: Sequence[MetricDefinition]
) -> tuple[dict[Cell, list[tuple[str, Counts]]], dict[Cell, str]]:
    """Counts by (touchpoint, segment, version) as those of each segment, whatever was asked, in every cell;
    and the question of every cell. No query."""
    questions = questions_of(versions)
    parts: dict[Cell, dict[str, list[Counts]]] = {}
    asked: dict[Cell, Counter[str]] = {}
    for (touchpoint, segment, version), cells in found.items():
        for day, counts in cells.items():
            parts.setdefault((touchpoint, day), {}).setdefault(segment, []).append(counts)
            asked.setdefault((touchpoint, day), Counter())[questions[version]] += counts.n
    whole = {
        cell: [(segment, together(counts)) for segment, counts in segments.items()]
        for cell, segments in parts.items()
    }
    return whole, asked_in(asked)


def asked_in(cells: Mapping[Cell, Asked]) -> dict[Cell, str]:
    """The one question that each cell counts for.

    A cell with answers to several counts for the one that most answers in all such cells of its period had,
    so that a change in the middle of a period is one change at all touchpoints. A few late answers to an
    earlier question do not bring it back.
    """
    changing: dict[date, Counter[str]] = {}
    touchpoints: dict[int, list[date]] = {}
    for touchpoint, day in sorted(cells):
        asked = cells[touchpoint, day]
        touchpoints.setdefault(touchpoint, []).append(day)
        if len(asked) > 1:
            changing.setdefault(day, Counter()).update(asked)
    found: dict[Cell, str] = {}
    for touchpoint, days in touchpoints.items():
        row = [cells[touchpoint, day] for day in days]
        for day, question in zip(days, _along(row, [changing.get(day) for day in days]), strict=True):
            found[touchpoint, day] = question
    return found


def _along(row: Sequence[Asked], changing: Sequence[Counter[str] | None]) -> list[str]:
    """The questions of one touchpoint's cells in order of time; `changing` counts the answers in all cells of
    the period that have several."""
    following = [_most(asked) for asked in row[1:]] + [None]
    left: set[str] = set()
    current = None
    found = []
    for asked, period, later in zip(row, changing, following, strict=True):
        is_clear = len(asked) == 1 and sum(asked.values()) >= FEW
        question = _most(asked)
        if period is not None and not is_clear:
            between = set(asked) if len(asked) > 1 else {current, later} & period.keys()
            if len(between) > 1:
                question = _most({one: period[one] for one in between if one is not None})
        is_late = len(asked) > 1 or (not is_clear and later != question)
        if current is not None and question in left and is_late:
            question = current
        if current is not None and question != current:
            left.add(current)
        left.discard(question)
        current = question
        found.append(question)
    return found


def _most(asked: Asked) -> str:
    """The question with most answers; of two with as many the later one in the alphabet, always the same."""
    return max(asked, key=lambda question: (asked[question], question))
