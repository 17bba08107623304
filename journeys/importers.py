"""Lists of touchpoints from files. No rule: what a cell means is asked by who plans the change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from common.errors import InvalidValues
from common.spreadsheets import as_it_was
from journeys.choices import COLUMNS, MOST_ROWS, NOT_READ
from tabular.headers import guess_columns, plain_name
from tabular.opening import Layout, Limits, inspect_table, open_table
from wording.joining import listed

MOST_BYTES = 4 * 2**20
_LIMITS = Limits(most_bytes=MOST_BYTES, most_columns=60, fewest_columns=1, most_rows=MOST_ROWS)


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedTouchpoints:
    """A file as it was written: field -> name of its column, the cells of each row by field with its line as
    a spreadsheet counts, and columns that nothing reads."""

    columns: Mapping[str, str]
    rows: tuple[tuple[int, Mapping[str, str]], ...]
    unread: tuple[str, ...]


def touchpoints_in_file(file: IO[bytes]) -> ListedTouchpoints:
    """Every row with something in it. Raises FileRefused; InvalidValues where no column names touchpoints."""
    layout = inspect_table(file, layout=Layout(), limits=_LIMITS).layout
    with open_table(file, layout=layout, limits=_LIMITS) as table:
        columns = guess_columns(table.header, COLUMNS)
        if not {"name", "key"} & set(columns):
            message = _("No column is called “name” or “key”. The first row says: %(names)s.")
            text = message % {"names": listed(name[:60] for name in table.header)}
            raise InvalidValues(text, fields={"file": text})
        places = {field: table.header.index(name) for field, name in columns.items()}
        rows = tuple(
            (number, {field: _cell(cells, place) for field, place in places.items()})
            for number, cells in table.rows
            if any(cell.strip() for cell in cells)
        )
    known = {*columns.values()}
    unread = tuple(
        name[:60] for name in table.header if name not in known and plain_name(name) not in NOT_READ
    )
    return ListedTouchpoints(columns=columns, rows=rows, unread=unread)


def _cell(cells: list[str], place: int) -> str:
    return as_it_was(cells[place].strip()) if place < len(cells) else ""
