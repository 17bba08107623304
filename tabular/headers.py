"""The row that names the columns: found and checked, and what the columns are by their names. Pure."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from tabular.problems import Unreadable

LONGEST_NAME = 1_000
MOST_TITLE_ROWS = 20

type Rows = Iterator[tuple[int, list[str]]]


def take_header(rows: Rows, filled: Callable[[Sequence[str]], int]) -> tuple[list[str], Rows]:
    """The cells of the header and an iterator over the rows below it.

    A title may stand above the header: it is the first row of at least two cells, as `filled` counts them,
    among the first rows; where no row has two, the first row. Raises Unreadable for no row at all.
    """
    above: list[tuple[int, list[str]]] = []
    for number, cells in rows:
        if filled(cells) >= 2:
            return cells, rows
        above.append((number, cells))
        if len(above) == MOST_TITLE_ROWS:
            break
    if not above:
        raise Unreadable("empty")
    return above[0][1], chain(above[1:], rows)


def check_header(cells: Sequence[str], *, most: int, unnamed: str) -> tuple[str, ...]:
    """The names of the columns; `unnamed` with %(number)d is one for a column without a name.

    Raises Unreadable where there are too few or too many, where one is named twice or holds a value.
    """
    names = [cell.strip() for cell in cells]
    if len(names) < 2:
        raise Unreadable("one_column")
    if len(names) > most:
        raise Unreadable("too_many_columns", count=len(names), limit=most)
    long = next((number for number, name in enumerate(names, start=1) if len(name) > LONGEST_NAME), None)
    if long is not None:
        raise Unreadable("long_header", number=long, limit=LONGEST_NAME)
    value = next((name for name in names if _is_value(name)), None)
    if value is not None:
        raise Unreadable("no_header", value=value[:40])
    named = [name or unnamed % {"number": number} for number, name in enumerate(names, start=1)]
    twice = next((name for name, times in Counter(named).items() if times > 1), None)
    if twice is not None:
        raise Unreadable("repeated_header", name=twice[:60])
    return tuple(named)


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
    """Response-ID and response_id are the same name."""
    return re.sub(r"[\W_]+", " ", name).strip().lower()


def _is_value(name: str) -> bool:
    """Whether a header cell looks like a number or a date."""
    stripped = name.replace(".", "").replace(",", "").replace("-", "").replace("/", "").replace(":", "")
    return stripped.replace(" ", "").replace("T", "").isdigit()
