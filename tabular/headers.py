"""The row that names the columns: found and checked, and what the columns are by their names. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from tabular.moments import MARKED
from tabular.problems import Unreadable

LONGEST_NAME = 1_000
MOST_TITLE_ROWS = 20
LOOKED_AT = 10  # rows below the header that say how a row of the table looks
_LABELS = frozenset({"response", "responses", "answer", "antwort", "réponse", "respuesta", "resposta"})
# the ends of a scale; what stands in brackets; kinds and units of values
_DESCRIBES = re.compile(
    r"\d{1,2} ?(?:-|–|to|bis|\.\.) ?\d{1,3}|[(\[（].{1,60}[)\]）]|"
    r"(?:date|datum|datetime|time|zeit|uhrzeit|fecha|data|number|numeric|nummer|nr|zahl|integer|int|float|"
    r"decimal|string|text|boolean|id|utc|gmt|iso(?: ?8601)?|min|minutes|minuten|sec|seconds|sekunden|hours|"
    r"stunden|h|points|punkte|score|%|日期|时间|数字|数值|文本|编号|分钟|秒|小时|分)",
    re.IGNORECASE,
)
IMPORT_MARK = '{"ImportId"'
_VALUE = re.compile(
    r"[\s.,:;/+\-–年月日T]*(?:\d[\s.,:;/+\-–年月日T]*)+%?(?:[AP]M)?\s*(?:UTC|GMT|Z)?\s*(?:[+-]\d[\d:]*)?",
    re.IGNORECASE,
)

type Rows = Iterator[tuple[int, list[str]]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Top:
    """The header of a table: its row and cells, what a second row of heads says of each column, and the
    numbers of the rows that are such heads. `looked_at` are some rows below, which `below` gives as well.
    """

    number: int
    cells: list[str]
    labels: tuple[str, ...]
    heads: tuple[int, ...]
    looked_at: Sequence[Sequence[str]]
    below: Rows


def take_header(rows: Rows, *, finds_labels: bool = False, row: int = 0) -> Top:
    """The row that names the columns, and what stands below it.

    A title may stand above: the header is the first row without values that is about as full and as wide as
    the rows of the table; where there is none, the first row of at least two cells. `finds_labels`: rows of
    labels below the header, as survey tools write them, are no data (each row of data is then one with a
    value, such as a date). `row`: the line that somebody has chosen. Raises Unreadable for no row at all, or
    where that line is empty.
    """
    rows = rows if row == 0 else _from_line(rows, row)
    first = list(islice(rows, MOST_TITLE_ROWS + LOOKED_AT))
    if not first:
        raise Unreadable("no_such_line" if row else "empty", where="header_row" if row else "file", line=row)
    place = 0 if row else _place_of_header(first)
    below = first[place + 1 :]
    heads = _labels_below(first[place][1], below) if finds_labels else 0
    labels = [""] * len(first[place][1])
    for _number, cells in below[:heads]:
        for column, cell in enumerate(cells[: len(labels)]):
            text = cell.strip()
            if text and not text.startswith(IMPORT_MARK) and text not in labels[column]:
                labels[column] = f"{labels[column]} {text}".strip()
    return Top(
        number=first[place][0],
        cells=first[place][1],
        labels=tuple(labels),
        heads=tuple(number for number, _cells in below[:heads]),
        looked_at=[cells for _number, cells in below[heads:]],
        below=chain(below[heads:], rows),
    )


def _from_line(rows: Rows, row: int) -> Rows:
    """From this line on; nothing at all where it is empty."""
    for number, cells in rows:
        if number == row:
            return chain([(number, cells)], rows)
        if number > row:
            break
    return iter(())


def filled_cells(cells: Sequence[str]) -> int:
    """A row is as wide as what stands in it: only cells with something in them count."""
    return sum(bool(cell.strip()) for cell in cells)


def used_width(top: Top, *, counts_unnamed: bool) -> int:
    """Columns up to the last that has a name or a label; with `counts_unnamed`, or something in the
    rows looked at."""
    rows = (top.cells, top.labels, *(top.looked_at if counts_unnamed else ()))
    return max(_last_filled(cells[: len(top.cells)]) for cells in rows)


def _place_of_header(rows: Sequence[tuple[int, list[str]]]) -> int:
    counts = [filled_cells(cells) for _number, cells in rows]
    usual = _most_common(count for count in counts if count >= 2)
    width = _most_common(
        _last_filled(cells) for (_number, cells), count in zip(rows, counts, strict=True) if count >= 2
    )
    for place, (_number, cells) in enumerate(rows[: MOST_TITLE_ROWS + 1]):
        is_as_full = counts[place] >= 2 and 2 * counts[place] > usual
        if is_as_full and 2 * _last_filled(cells) >= width and not _holds_value(cells):
            below = rows[place + 1][1] if place + 1 < len(rows) else []
            return place + _is_title(cells, below, width=width)
    return next((place for place, count in enumerate(counts) if count >= 2), 0)


def _is_title(cells: Sequence[str], below: Sequence[str], *, width: int) -> bool:
    """Whether a row that is less wide than the table stands above one that names all its columns. Labels
    below a header leave the first columns empty."""
    return (
        _last_filled(cells) < width
        and bool(below)
        and bool(below[0].strip())
        and filled_cells(below) > filled_cells(cells)
        and not _holds_value(below)
    )


def _holds_value(cells: Sequence[str]) -> bool:
    return any(_is_value(cell.strip()) for cell in cells)


def _most_common(numbers: Iterable[int]) -> int:
    """Of several that are as common the largest; 0 of none."""
    times = Counter(numbers)
    return max(times, key=lambda number: (times[number], number), default=0)


def _last_filled(cells: Sequence[str]) -> int:
    return max((place for place, cell in enumerate(cells, start=1) if cell.strip()), default=0)


def _labels_below(header: Sequence[str], rows: Sequence[tuple[int, list[str]]]) -> int:
    """How many rows below the header are heads too: up to a row of import marks, or up to two of labels."""
    for count in (1, 2):
        if len(rows) >= count and any(cell.strip().startswith(IMPORT_MARK) for cell in rows[count - 1][1]):
            return count
    for count in (2, 1):
        data = [cells for _number, cells in rows[count : count + 3]]
        if data and all(_reads_as_label(header, cells, data) for _number, cells in rows[:count]):
            return count
    return 0


def _reads_as_label(header: Sequence[str], label: Sequence[str], data: Sequence[Sequence[str]]) -> bool:
    """Whether a row says of columns whose rows hold values what they are: in words that are no value of any
    column, such as its name again, a question, a unit, a zone in brackets, the ends of a scale."""
    if any(_is_value(cell.strip()) and not _DESCRIBES.fullmatch(cell.strip()) for cell in label):
        return False
    with_values = {
        column for cells in data for column, cell in enumerate(cells[: len(label)]) if _is_value(cell.strip())
    }
    reads_as_label = all(
        not (text := label[column].strip())
        or plain_name(text) in {plain_name(header[column] if column < len(header) else ""), *_LABELS}
        or " " in text
        or _DESCRIBES.fullmatch(text)
        for column in with_values
    )
    return bool(with_values) and bool(filled_cells(label)) and reads_as_label


def check_header(
    cells: Sequence[str],
    *,
    most: int,
    fewest: int = 2,
    unnamed: str,
    labels: Sequence[str] = (),
    may_hold_values: bool = False,
) -> tuple[str, ...]:
    """The names of the columns, each once: what is named again gets a number. A column without a name has
    its label for one, else `unnamed` with %(number)d.

    Raises Unreadable where there are too few or too many, or where one holds a value that may hold none.
    """
    names = [cell.strip() for cell in cells]
    if len(names) < fewest:
        raise Unreadable("one_column")
    if len(names) > most:
        raise Unreadable("too_many_columns", count=len(names), limit=most)
    long = next((number for number, name in enumerate(names, start=1) if len(name) > LONGEST_NAME), None)
    if long is not None:
        raise Unreadable("long_header", number=long, limit=LONGEST_NAME)
    value = next((name for name in names if _is_value(name)), None)
    if value is not None and not may_hold_values:
        raise Unreadable("no_header", value=value[:40])
    said = [*labels, *[""] * (len(names) - len(labels))]
    named = [
        name or said[number - 1][:LONGEST_NAME] or unnamed % {"number": number}
        for number, name in enumerate(names, start=1)
    ]
    return tuple(_each_once(named))


def _each_once(names: Sequence[str]) -> Iterator[str]:
    taken, times = set(names), Counter[str]()
    for name in names:
        times[name] += 1
        told, number = name, times[name]
        while number > 1 and (told := f"{name} ({number})") in taken:
            number += 1
        taken.add(told)
        yield told


def guess_columns(header: Sequence[str], words: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Field -> column name, for the columns whose names say what they are. No column twice.

    `words` are the names of each field in lower case, the likeliest first; the first field chooses first.
    """
    plain = {name: plain_name(name) for name in header}
    found: dict[str, str] = {}
    for field, names in words.items():
        for word in names:
            column = next((name for name, text in plain.items() if text == word), None)
            if column is not None and column not in found.values():
                found[field] = column
                break
    return found


def plain_name(name: str) -> str:
    """Response-ID, response_id and ResponseId are the same name; a zone or unit at the end is none."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", MARKED.sub("", name) or name)
    return re.sub(r"[\W_]+", " ", parted).strip().lower() or name.strip()


def _is_value(name: str) -> bool:
    """Whether a cell holds a number or a date."""
    return bool(_VALUE.fullmatch(name))
