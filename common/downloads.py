"""Tables as downloads: CSV as it is read, whatever its length, or a workbook that says where it was cut."""

import csv
import io
import logging
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import batched, chain, islice
from typing import Any

from django.http import FileResponse, Http404, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _

from common.spreadsheets import fill_sheet, harmless, workbook
from wording.formats import reader

log = logging.getLogger("cxprogram.downloads")

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PRESENTATION = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
MOST_WORKBOOK_ROWS = 50_000  # a workbook is whole before it leaves, within one request
ROWS_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Download:
    """A table to take out. `rows` reads it anew; `count` is asked only where a workbook cannot hold all.

    `about`: lines that a workbook says of itself (what it holds, how it was narrowed).
    """

    name: str  # of the file, without its ending
    header: Sequence[str]
    rows: Callable[[], Iterable[Sequence[object]]]
    count: Callable[[], int]
    about: Sequence[str] = ()


def download(table: Download, ending: str, *, has_mark: bool = True) -> HttpResponseBase:
    """The file, as csv or xlsx; raises Http404 for another ending. What a spreadsheet would run stays text.

    `has_mark`: the byte order mark of a CSV by which spreadsheets see UTF-8; programs may not want it. The
    first rows leave before the last ones are read.
    """
    if ending == "csv":
        parts = csv_parts(table.header, table.rows(), has_mark=has_mark)
        broken = _("This file is incomplete: an error stopped it here. Download it again.")
        response: Any = StreamingHttpResponse(
            (part.encode() for part in _with_its_end(parts, broken)),
            content_type="text/csv; charset=utf-8",
        )
        response["Content-Disposition"] = f'attachment; filename="{table.name}.csv"'
    elif ending == "xlsx":
        file = _workbook(table)
        response = FileResponse(
            file, as_attachment=True, filename=f"{table.name}.xlsx", content_type=WORKBOOK
        )
    else:
        raise Http404
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response  # type: ignore[no-any-return]


def csv_parts(
    header: Sequence[str], rows: Iterable[Sequence[object]], *, has_mark: bool = True
) -> Iterator[str]:
    """A CSV some hundred rows at a time, the header with the first."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    if has_mark:
        text.write("\ufeff")
    writer.writerow(header)
    for lot in batched(rows, ROWS_AT_ONCE, strict=False):
        writer.writerows([*map(harmless, row)] for row in lot)
        yield text.getvalue()
        text.seek(0)
        text.truncate()
    yield text.getvalue()


def _with_its_end(parts: Iterator[str], broken: str) -> Iterator[str]:
    """The parts; where reading fails half way, a last line says so. The server would end the answer as if
    nothing were missing: its status has long been sent.
    """
    try:
        yield from parts
    except Exception:  # whatever it is: the file must not look whole
        log.exception("a download stopped half way")
        yield f"\r\n{broken}\r\n"


def _workbook(table: Download) -> Any:
    """A temporary file, which is gone when it has been sent."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  # closed by the response
    with workbook(file) as book:
        sheet = book.add_worksheet(_("Rows"))
        rows = iter(table.rows())
        lines = chain([table.header], islice(rows, MOST_WORKBOOK_ROWS))
        written, letters_cut = fill_sheet(sheet, lines)
        about = [*table.about]
        if next(rows, None) is not None:
            cut = _(
                "Cut here: %(written)s of %(all)s rows. A workbook holds no more; the CSV file holds all of "
                "them."
            ) % {"written": reader().number(written - 1), "all": reader().number(table.count())}
            fill_sheet(sheet, [[cut]], first=written)
            about.append(cut)
        if letters_cut:
            about.append(
                _("Texts too long for a cell, cut at their end: %(count)s. The CSV file holds them whole.")
                % {"count": reader().number(letters_cut)}
            )
        fill_sheet(book.add_worksheet(_("About this file")), ([line] for line in about))
    file.seek(0)
    return file


def filters_said(form: Any) -> list[str]:
    """What a form of filters was filled in with, a line each, as the page says it. The form is valid."""
    lines = []
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name)
        if value in (None, "", False):
            continue
        label = str(field.label)
        if value is True:
            lines.append(label)
        else:
            said = reader().day(value) if isinstance(value, date) else str(_choice_said(field, value))
            lines.append(_("%(label)s: %(value)s") % {"label": label, "value": said})
    return lines


def _choice_said(field: Any, value: Any) -> Any:
    choices = getattr(field, "choices", None) if isinstance(value, str) else None
    return dict(choices).get(value, value) if choices else value
