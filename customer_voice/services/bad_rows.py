"""The rows of a file that could not be imported, as they were written, to correct and send again."""

from collections.abc import Iterator

from common.files import opened
from common.spreadsheets import marked
from customer_voice.models import ImportBatch
from customer_voice.services.asides import PROBLEM_COLUMN
from customer_voice.services.checking import layout_of, limits
from tabular.opening import open_table
from wording.joining import sentences


def bad_rows_of(batch: ImportBatch) -> Iterator[list[str]]:
    """The header and each row of which a reason is kept, with its reasons in a last column.

    Sent again it is read as the file that it comes from: the column of reasons is passed over. Raises
    FileGone when the file is no longer there.
    """
    reasons: dict[int, list[str]] = {}
    for error in batch.row_errors.all():
        where = f"{error.column}: " if error.column else ""
        reasons.setdefault(error.row_number, []).append(f"{where}{error.text}")
    last = max(reasons, default=0)
    with opened(batch.file) as file, open_table(file, layout=layout_of(batch), limits=limits()) as table:
        kept = [place for place, name in enumerate(table.header) if name != PROBLEM_COLUMN]
        yield [*(table.header[place] for place in kept), PROBLEM_COLUMN]
        for number, cells in table.rows:
            if number > last:
                break
            if number in reasons:
                row = [marked(cells[place]) if place < len(cells) else "" for place in kept]
                beyond = cells[len(table.header) :]
                yield [*row, sentences(reasons[number]), *map(marked, beyond)]
