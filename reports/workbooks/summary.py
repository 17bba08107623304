"""The first sheet: what the product prints beside what the formulas give, ranges, and what they rest on."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from impact.wording import percent_text
from reports.workbooks.sheets import Cell, Sheet
from reports.workbooks.terms import rounded


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """`printed` on page and document; `stored` exactly, None where there is none; `cell` by formula, None
    where no formula may tell it. `ends`: of the range, from the draws."""

    label: str
    printed: str
    stored: float | None
    cell: Cell | None
    ends: tuple[float, float] | None = None
    style: str = "money"
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Notes:
    """One line of what the figures rest on."""

    label: str
    text: str
    is_link: bool = False
    is_figure: bool = False  # of the product's own writing, which may begin with a sign


def summary(
    sheet: Sheet, *, title: str, sentence: str, figures: Sequence[Figure], notes: Sequence[Notes]
) -> None:
    sheet.widths(38, 24, 20, 20, 16, 20, 20, 60)
    sheet.title(title)
    sheet.wide(sentence, columns=7, height=48)
    sheet.row += 1
    share = percent_text(0.9)
    sheet.head(
        _("Figure"),
        _("As printed"),
        _("Stored, exactly"),
        _("By formula"),
        _("Difference"),
        _("%(share)s range, low (stored)") % {"share": share},
        _("%(share)s range, high (stored)") % {"share": share},
        _("Why"),
    )
    for figure in figures:
        _line(sheet, figure)
    sheet.row += 1
    sheet.title(_("What the figures rest on"))
    for note in notes:
        sheet.text(0, note.label)
        if note.is_link:
            sheet.link(1, note.text)
        else:
            sheet.inner.merge_range(sheet.row, 1, sheet.row, 7, "", sheet.book.style("text"))
            sheet.inner.set_row(sheet.row, 15 * (1 + len(note.text) // 150))
            (sheet.printed if note.is_figure else sheet.text)(1, note.text)
        sheet.row += 1


def _line(sheet: Sheet, figure: Figure) -> None:
    sheet.text(0, figure.label, "strong")
    sheet.printed(1, figure.printed)
    stored = None if figure.stored is None else sheet.number(2, figure.stored, figure.style)
    if figure.cell is not None:
        found = sheet.formula(3, figure.cell, figure.style)
        if stored is not None and not isinstance(found.value, str):
            sheet.formula(4, rounded(found - stored), figure.style)
    for column, end in enumerate(figure.ends or (), start=5):
        sheet.number(column, end, figure.style)
    if figure.why:
        sheet.text(7, figure.why)
    sheet.row += 1
