"""Question banks of the product, and lists of people from files. No rules of waves.

A bank is a questionnaire file (docs/questionnaires.md) named `<key>-<version>.yaml`. Beyond what every
questionnaire must be, its sections are those of `choices.SectionRole`, so that results know what each
question measures.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import COLUMNS_OF_PEOPLE
from employee_voice.choices import CHANGE_QUESTION, DRIVERS, ENPS_QUESTION, MOST_PEOPLE, SectionRole
from employee_voice.errors import BankInvalid, PeopleInvalid
from questionnaires.content import Question, QuestionKind, Questionnaire
from questionnaires.importers import read_questionnaire
from questionnaires.translations import missing_translations
from tabular.headers import guess_columns
from tabular.opening import Layout, Limits, inspect_table, open_table
from wording.joining import listed

FOLDER = Path(__file__).parent / "bank"
MOST_BYTES_OF_A_LIST = 20 * 2**20
COLUMNS = {name: COLUMNS_OF_PEOPLE[name] for name in ("email", "function")}


@cache
def banks() -> tuple[Questionnaire, ...]:
    """The question banks that come with the product, the full one first; read once per process."""
    found = [bank_content(file.read_text(encoding="utf-8")) for file in sorted(FOLDER.glob("*.yaml"))]
    return tuple(sorted(found, key=lambda bank: -len(bank.questions)))


def bank_content(text: str) -> Questionnaire:
    """A bank from its file. Raises QuestionnaireInvalid, BankInvalid."""
    bank = read_questionnaire(text)
    problems = list(_problems(bank))
    if problems:
        raise BankInvalid(" ".join(problems))
    return bank


def _problems(bank: Questionnaire) -> Iterator[str]:
    """What surveys rely on beyond the file format; for whoever writes a bank, in English."""
    for section in bank.sections:
        if section.key not in SectionRole.values:
            yield f"Section {section.key} is none of {', '.join(SectionRole.values)}."
        elif section.key in DRIVERS:
            yield from _driver_problems(section.key, section.questions)
    asked = {question.key: question for question in bank.questions}
    if ENPS_QUESTION in asked and not _is_scale(asked[ENPS_QUESTION], 0, 10):
        yield f"{ENPS_QUESTION} is a scale from 0 to 10."
    if CHANGE_QUESTION in asked and asked[CHANGE_QUESTION].kind != QuestionKind.ONE_CHOICE:
        yield f"{CHANGE_QUESTION} offers one choice."
    for language, missing in missing_translations(bank).items():
        if missing:
            yield f"{language} lacks {', '.join(one.place for one in missing)}."


def _driver_problems(key: str, questions: tuple[Question, ...]) -> Iterator[str]:
    for question in questions:
        if not _is_scale(question, 1, 5):
            yield f"{question.key} of {key} is a scale from 1 to 5."
    if all(question.is_reverse for question in questions):
        yield f"{key} has no item that is worded straight."


def _is_scale(question: Question, lowest: int, highest: int) -> bool:
    scale = question.scale
    return scale is not None and (scale.lowest == lowest and scale.highest == highest and scale.step == 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedPerson:
    """One row of a list as it was written; `line` counts as a spreadsheet does."""

    line: int
    email: str
    function: str


def people_in_file(file: IO[bytes]) -> list[ListedPerson]:
    """Addresses and functions of a CSV file or workbook; empty rows are left out. Raises FileRefused,
    PeopleInvalid.

    Other columns are refused: a list of an anonymous survey holds an address and a function, nothing else.
    """
    limits = Limits(most_bytes=MOST_BYTES_OF_A_LIST, most_columns=20, most_rows=MOST_PEOPLE)
    layout = inspect_table(file, layout=Layout(), limits=limits).layout
    with open_table(file, layout=layout, limits=limits) as table:
        columns = guess_columns(table.header, COLUMNS)
        if "email" not in columns or "function" not in columns:
            text = _("The first row must name the columns “email” and “function”. It says: %(names)s.")
            raise _wrong(text % {"names": _short(table.header)})
        others = [name for name in table.header if name not in columns.values()]
        if others:
            text = ngettext(
                "Remove the column “%(name)s”. A list of people to ask has an address and a function only.",
                "Remove the columns “%(name)s”. A list of people to ask has an address and a function only.",
                len(others),
            )
            raise _wrong(text % {"name": _short(others)})
        email, function = (table.header.index(columns[name]) for name in ("email", "function"))
        return [
            ListedPerson(line=number, email=_cell(cells, email), function=_cell(cells, function))
            for number, cells in table.rows
            if any(cell.strip() for cell in cells)
        ]


def people_in_text(text: str) -> list[ListedPerson]:
    """The same for a table that was pasted."""
    return people_in_file(io.BytesIO(text.encode("utf-8")))


def _short(names: Sequence[str]) -> str:
    return listed(name[:60] for name in names)


def _cell(cells: list[str], place: int) -> str:
    return " ".join(cells[place].split()) if place < len(cells) else ""


def _wrong(message: str) -> PeopleInvalid:
    return PeopleInvalid(message, fields={"file": message})
