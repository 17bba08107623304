"""Why a file or a row of it cannot be used, in words. Stored are codes and facts, not the words."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tabular.choices import DateFormat, Encoding
from wording.joining import listed, sentences

_FILE: dict[str, Promise] = {
    "too_large": _(
        "The file has %(size)d MB; at most %(limit)d MB can be imported at once. Split it "
        "and import the parts."
    ),
    "empty": _("The file is empty."),
    "no_rows": _("The file has a header but no rows below it."),
    "too_many_rows": _("The file has more than %(limit)d rows."),
    "binary_file": _("This is not a table. A CSV file or a workbook (XLSX, XLS, ODS) is needed."),
    "utf16": _("The file is written in UTF-16. Choose “%(choice)s” and upload it again."),
    "broken_workbook": _(
        "This looks like an Excel workbook, but it cannot be opened. Save it again as XLSX or as “CSV UTF-8”."
    ),
    "locked_workbook": _("This Excel workbook is protected by a password. Save it without one."),
    "unpacks_too_large": _(
        "The workbook is larger than %(limit)d MB when unpacked. Save the sheet as “CSV UTF-8” instead."
    ),
    "workbook_beyond_limits": _(
        "The workbook needs more memory or time than is allowed. Save the sheet as “CSV UTF-8” instead."
    ),
    "too_many_cells": _("The sheet has more than %(limit)d cells. Save it as “CSV UTF-8” instead."),
    "too_much_text": _(
        "The sheet has more than %(limit)d characters. Split it, or save it as “CSV UTF-8” instead."
    ),
    "long_cell": _("A cell holds more than %(limit)d characters. Shorten it, then upload the file again."),
    "long_row": _("A row holds more than %(limit)d characters. Shorten it, then upload the file again."),
    "no_sheet": _("The workbook has no sheet “%(name)s”. Its sheets: %(sheets)s."),
    "no_sheets": _("The workbook has no sheet with cells."),
    "broken_quotes": _(
        "Near line %(line)d a quotation mark is opened and not closed (or a cell is far too long)."
    ),
    "one_column": _(
        "Only one column was found. The cells must be separated by a comma, semicolon, tab or vertical bar."
    ),
    "too_many_columns": _(
        "The file has %(count)d columns; at most %(limit)d can be imported. Keep only those that are needed."
    ),
    "long_header": _("The name of column %(number)d is longer than %(limit)d characters."),
    "no_such_line": _("Line %(line)d is empty, or the file has no such line."),
    "no_header": _("The first row holds values (“%(value)s”). It must name the columns."),
}
_WRONG_ENCODING = _("Line %(line)d is not written in %(encoding)s.")
_SUGGESTED = _("It looks like %(guess)s: choose that and upload the file again.")
_MIXED = _("Other lines are: the file mixes two encodings. Put it together again from its sources, as UTF-8.")
_NONE_SUGGESTED = _(
    "Which encoding it is cannot be told. Save it as “CSV UTF-8”, or choose the one that it has."
)

# Of rows; a domain adds its own and may say these in other words.
ROW_WORDS: dict[str | tuple[str, str], Promise] = {
    "wrong_width": _("The row has %(found)d cells, the header has %(width)d."),
    "cell_error": _("The cell shows the error %(error)s instead of a value."),
    "cell_formula": _(
        "The cell has a formula without its value. Open the file in a spreadsheet program, save it and "
        "import it again."
    ),
    "too_long": _("Longer than %(limit)d characters."),
    "not_text": _("Contains characters that are not text."),
    "not_a_date": _("Not a date in the form “%(format)s”."),
    "no_number": _("Not a number with at most four decimals; write it without thousands separators."),
}


def file_text(about: str, facts: Mapping[str, Any]) -> str:
    """In the language of the moment."""
    if about == "wrong_encoding":
        return _encoding_text(facts)
    shown = dict(facts)
    if "sheets" in shown:
        shown["sheets"] = listed(shown["sheets"])
    if about == "utf16":
        shown["choice"] = Encoding.AUTO.label
    return str(_FILE[about]) % shown


def row_facts(params: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a problem as its sentence shows them."""
    shown = dict(params)
    if "format" in shown:
        shown["format"] = DateFormat(shown["format"]).label
    return shown


def _encoding_text(facts: Mapping[str, Any]) -> str:
    message = str(_WRONG_ENCODING) % {"line": facts["line"], "encoding": Encoding(facts["encoding"]).label}
    guess = facts.get("guess")
    advice = str(_SUGGESTED) % {"guess": Encoding(guess).label} if guess else ""
    if facts.get("is_mixed") and not guess:
        advice = str(_MIXED)
    elif facts["encoding"] == Encoding.UTF_8 and not guess:
        advice = str(_NONE_SUGGESTED)
    return sentences([message, advice])
