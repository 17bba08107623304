"""Real workbooks, made for a test."""

import datetime
import io
import zipfile
from collections.abc import Sequence
from typing import Any

import xlsxwriter


def workbook(
    *sheets: tuple[str, Sequence[Sequence[Any]]], hidden: Sequence[str] = (), **options: Any
) -> bytes:
    """XLSX with these sheets. A cell may be any value, or (formula, what it shows)."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, **options})
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    clock = book.add_format({"num_format": "hh:mm"})
    moment = book.add_format({"num_format": "dd.mm.yyyy hh:mm:ss"})
    for name, rows in sheets:
        sheet = book.add_worksheet(name)
        if name in hidden:
            sheet.hide()
        else:
            sheet.activate()  # the first sheet cannot be hidden while it is the active one
        for row, cells in enumerate(rows):
            for column, value in enumerate(cells):
                if value is None:
                    continue
                if isinstance(value, tuple):
                    sheet.write_formula(row, column, value[0], None, value[1])
                elif isinstance(value, datetime.datetime):
                    sheet.write_datetime(row, column, value, moment)
                elif isinstance(value, datetime.date):
                    sheet.write_datetime(row, column, value, day)
                elif isinstance(value, datetime.time):
                    sheet.write_datetime(row, column, value, clock)
                elif isinstance(value, str):
                    sheet.write_string(row, column, value)
                else:
                    sheet.write(row, column, value)
    book.close()
    return file.getvalue()


MANIFEST = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
ODS = "application/vnd.oasis.opendocument.spreadsheet"


def open_document(rows: str) -> bytes:
    """ODS with one sheet called Answers; `rows` is its XML."""
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="Answers">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", ODS)
        archive.writestr("META-INF/manifest.xml", MANIFEST)
        archive.writestr("content.xml", content)
    return file.getvalue()
