"""A workbook as another engine computes it: `formulas` reads formulas and never the values beside them."""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl

# Compiling the package says something about a literal of its own; the tests' warnings are errors.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import formulas
    from formulas.functions import get_functions

    get_functions()


@dataclass(frozen=True, kw_only=True, slots=True)
class Workbook:
    """`computed` by the other engine and `cached` in the file, by (sheet, cell)."""

    computed: dict[tuple[str, str], Any]
    cached: dict[tuple[str, str], Any]
    formulas: dict[tuple[str, str], str]

    def beside(self, sheet: str, label: str, column: str) -> Any:
        """The computed value in the line of the sheet that begins with the label."""
        return self.computed[sheet, f"{column}{self.line(sheet, label)}"]

    def line(self, sheet: str, label: str) -> int:
        found = [
            int(cell[1:])
            for (name, cell), value in self.cached.items()
            if name == sheet and cell[0] == "A" and cell[1:].isdigit() and value == label
        ]
        assert found, (sheet, label)
        return found[-1]


def recomputed(path: Path, changes: dict[tuple[str, str], float] | None = None) -> Workbook:
    """All cells of a workbook, computed anew; `changes` are typed into cells first."""
    texts = openpyxl.load_workbook(path)
    for (sheet, cell), value in (changes or {}).items():
        assert not str(texts[sheet][cell].value).startswith("="), "a formula is not typed over"
        texts[sheet][cell].value = value
    if changes:
        path = path.with_name(f"changed-{path.name}")
        texts.save(path)
    stored = openpyxl.load_workbook(path, data_only=True)
    found = formulas.ExcelModel().loads(str(path)).finish().calculate()
    by_name = {sheet.upper(): sheet for sheet in texts.sheetnames}
    computed = {}
    for key, cells in found.items():
        name, _, place = key.rpartition("'!")
        sheet = by_name.get(name.rpartition("]")[2])
        if sheet is not None and ":" not in place:
            computed[sheet, place] = cells.value[0][0]
    return Workbook(
        computed=computed,
        cached={
            (sheet.title, cell.coordinate): cell.value
            for sheet in stored
            for line in sheet.iter_rows()
            for cell in line
            if cell.value is not None
        },
        formulas={
            (sheet.title, cell.coordinate): cell.value
            for sheet in texts
            for line in sheet.iter_rows()
            for cell in line
            if cell.data_type == "f"
        },
    )
