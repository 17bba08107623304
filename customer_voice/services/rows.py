"""Rows of a file, or of a lot, checked: good ones as columns, and every reason why others stay out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from common.spreadsheets import as_it_was
from customer_voice.choices import ImportField
from customer_voice.importers import STAGED, plain_words
from customer_voice.services.asides import PROBLEM_COLUMN, Aside
from customer_voice.services.cells import Check
from customer_voice.services.plans import Plan, RowError
from customer_voice.services.reading import LEFT_OUT
from tabular.dates import ClockChange

type Columns = list[list[Any]]


def check_rows(
    plan: Plan, numbers: Sequence[int], rows: Sequence[Sequence[str]]
) -> tuple[Columns, list[RowError]]:
    """Good rows as columns in the order of STAGED, and every reason why the others stay out."""
    (columns,), errors = check_together([plan], numbers, rows)
    return columns, errors


def check_together(
    plans: Sequence[Plan], numbers: Sequence[int], rows: Sequence[Sequence[str]]
) -> tuple[list[Columns], list[RowError]]:
    """The same rows read for several metrics: good answers of each plan as columns, and every reason once.

    A row with an error stays out of all of them. It is no answer where none of the plans has one in it. Rows
    that are set aside are counted by the first plan.
    """
    first = plans[0]
    numbers, rows, errors = _of_full_width(first, numbers, rows)
    if not rows:
        return [[[] for _name in STAGED] for _plan in plans], errors
    if PROBLEM_COLUMN in first.header:
        rows = [[as_it_was(cell) for cell in row] for row in rows]
    cells = dict(zip(first.header, zip(*rows, strict=True), strict=True))
    kept, found = _wanted(first, numbers, cells)
    errors += found
    checks = [_checked(plan, numbers, cells, kept) for plan in plans]
    held: Counter[int] = Counter()
    silent: Counter[int] = Counter()
    for check, _columns in checks:
        held.update(check.numbers)
        silent.update(check.numbers[index] for index in check.aside)
    unanswered = {number for number, times in silent.items() if times == held[number]}
    first.aside.update(_kinds(checks, unanswered))
    for check, _columns in checks:
        check.errors = [error for error in check.errors if error.row not in unanswered]
    bad = {error.row for check, _columns in checks for error in check.errors}
    first.tell_clock_changes(_clock_changes(checks, bad))
    answers = []
    for check, columns in checks:
        if bad or check.aside:
            check.tally(columns)
        answers.append(_good(check, columns, bad))
    return answers, [*errors, *_each_once(error for check, _columns in checks for error in check.errors)]


def _of_full_width(
    plan: Plan, numbers: Sequence[int], rows: Sequence[Sequence[str]]
) -> tuple[Sequence[int], Sequence[Sequence[str]], list[RowError]]:
    width = len(plan.header)
    if set(map(len, rows)) == {width}:
        return numbers, rows, []
    errors, kept = [], []
    for number, row in zip(numbers, rows, strict=True):
        if len(row) == width:
            kept.append((number, row))
        else:
            facts = {"found": len(row), "width": width}
            errors.append(RowError(row=number, column="", code="wrong_width", params=facts))
    return [number for number, _row in kept], [row for _number, row in kept], errors


def _wanted(
    plan: Plan, numbers: Sequence[int], cells: Mapping[str, Sequence[str]]
) -> tuple[list[int] | None, list[RowError]]:
    """Positions of the rows that are read at all, None for all of them; questions that nobody knows are
    refused."""
    out = {index for one in plan.unwanted for index in one.positions(cells[one.column])}
    errors = []
    for index, text in enumerate(cells[plan.question_column] if plan.question_column else ()):
        said = plan.questions.get(plain_words(text))
        if index not in out and said == LEFT_OUT:
            out.add(index)
        elif index not in out and said is None:
            errors.append(
                RowError(
                    row=numbers[index],
                    column=plan.question_column,
                    code="unknown_question",
                    field=ImportField.QUESTION.value,
                    value=text[:200],
                )
            )
    if not out and not errors:
        return None, []
    if out:
        plan.aside[Aside.LEFT_OUT.value] += len(out)
    bad = {error.row for error in errors}
    kept = [index for index, number in enumerate(numbers) if index not in out and number not in bad]
    return kept, errors


def _checked(
    plan: Plan, numbers: Sequence[int], cells: Mapping[str, Sequence[str]], kept: list[int] | None
) -> tuple[Check, Columns]:
    """The rows of this plan, column by column."""
    if plan.question is not None:
        words = cells[plan.question_column]
        places = range(len(numbers)) if kept is None else kept
        kept = [index for index in places if plan.questions.get(plain_words(words[index])) == plan.question]
    if kept is not None:
        numbers = [numbers[index] for index in kept]
        cells = {name: [column[index] for index in kept] for name, column in cells.items()}
    check = Check(plan, numbers, dict(cells))
    if not numbers:
        return check, [[] for _name in STAGED]
    columns = check.columns()
    check.find_previews()
    return check, columns


def _kinds(checks: Sequence[tuple[Check, Columns]], rows: set[int]) -> Counter[str]:
    """Why these rows are set aside, each once."""
    kinds: dict[int, str] = {}
    for check, _columns in checks:
        for index, kind in check.aside.items():
            if check.numbers[index] in rows:
                kinds.setdefault(check.numbers[index], kind.value)
    return Counter(kinds.values())


def _clock_changes(
    checks: Sequence[tuple[Check, Columns]], bad: set[int]
) -> dict[int, tuple[ClockChange, str]]:
    """Rows that come in with a time that the clock skips or shows twice, by their number; each once."""
    found: dict[int, tuple[ClockChange, str]] = {}
    for check, _columns in checks:
        for index, change in check.clock_changes.items():
            if check.numbers[index] not in bad and index not in check.aside:
                found.setdefault(check.numbers[index], change)
    return found


def _good(check: Check, columns: Columns, bad: set[int]) -> Columns:
    if not bad and not check.aside:
        return columns
    keep = [
        index for index, number in enumerate(check.numbers) if number not in bad and index not in check.aside
    ]
    return [[column[index] for index in keep] for column in columns]


def _each_once(errors: Any) -> list[RowError]:
    """Columns that several plans share have their errors once."""
    found: dict[tuple[int, str, str], RowError] = {}
    for error in errors:
        found.setdefault((error.row, error.column, error.code), error)
    return list(found.values())
