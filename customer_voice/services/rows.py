"""The rules that one row of feedback must meet, checked a column at a time."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from django.utils.text import slugify

from customer_voice.choices import ImportField
from customer_voice.importers import STAGED, figures_of, read_in_two_ways
from customer_voice.models import (
    Channel,
    Contact,
    CustomerAccount,
    Feedback,
    MetricDefinition,
    Submission,
)
from customer_voice.problems import problem_text
from customer_voice.rules import FileRow, MetricRule, Number, RowKind
from customer_voice.services.asides import Aside, names_by_content, previews
from tabular.cells import FORMULA, ErrorCell
from tabular.choices import DateFormat
from tabular.dates import parse_dates
from tabular.moments import zone_in_name
from tabular.problems import RowProblem
from tabular.values import NUMBER, parse_numbers, parse_whole

OLDEST = datetime(1990, 1, 1, tzinfo=UTC)  # older dates are an unset clock or a spreadsheet's day zero
LONGEST_TEXT = 20_000
_HELD_IN: tuple[tuple[str, Any], ...] = (
    ("external_id", Submission.external_id),
    ("customer", Contact.external_reference),
    ("account", CustomerAccount.external_reference),
    ("segment", Feedback.segment),
    ("channel", Channel.name),
)
MOST_WORDS_SHOWN, LONGEST_WORDS_SHOWN = 40, 60
SAID = ("score", "exposure", "occurred_at", "resolved_at")  # columns that make a figure
LONGEST: dict[str, int] = {name: column.field.max_length for name, column in _HELD_IN}


@dataclass(frozen=True, kw_only=True, slots=True)
class RowError(RowProblem):
    """One reason why one row of feedback cannot come in."""

    @property
    def message(self) -> str:
        """In the language of the moment; what is stored is `code`, `field` and `params`."""
        return problem_text(self.code, self.field, self.params)


@dataclass(kw_only=True, slots=True)
class Plan:
    """How the columns of one file become feedback. The check fills `new_touchpoints`, `left_out`."""

    header: tuple[str, ...]
    mapping: Mapping[str, str]  # field -> column name
    metric: MetricDefinition | None
    zone: tzinfo
    now: datetime
    date_format: DateFormat = DateFormat.ISO
    is_format_chosen: bool = True  # by somebody, so that a refusal may name it
    touchpoints: dict[str, int]  # key and lower-case name -> id
    touchpoint_id: int | None = None  # the same for every row
    fixed: Mapping[str, str] = default(default_factory=dict)  # customer, account, segment, channel
    creates_touchpoints: bool = False
    new_touchpoints: dict[str, tuple[int, str]] = default(default_factory=dict)  # key -> placeholder, name
    left_out: Counter[str] = default(default_factory=Counter)  # what bad rows say, as its rule tallies them
    readable: int = 0  # bad rows that say it
    reads_words: bool = (
        False  # of people: labels, "N/A", times of a zone that the column names, rows without IDs
    )
    aside: Counter[str] = default(default_factory=Counter)  # rows that are no answers, by `Aside`
    words_read: dict[str, str] = default(default_factory=dict)  # score cells that hold words, and as what
    alike: Counter[str] = default(default_factory=Counter)  # rows without an ID that hold the same

    def leave_out(self, **said: Any) -> None:
        """Tally a bad row for the report: the readable one that stays out shifts the figure."""
        entry = {} if self.metric is None else entry_of(self, **said)
        self.left_out.update(entry)
        self.readable += bool(entry)

    def column(self, name: str) -> str:
        """Header of the column that feeds a field; its own name where no file is behind it."""
        return self.mapping.get(name, "")

    @property
    def date_field(self) -> ImportField:
        """The moment that a row is dated by: when said, or when the case was opened."""
        preferred, other = (
            (ImportField.OCCURRED_AT, ImportField.OPENED_AT)
            if self.metric is None
            else self.metric.calculation.date_fields
        )
        return preferred if preferred in self.mapping else other

    def given(self) -> tuple[str, ...]:
        """Stored columns that the file gives a value for; an update leaves the others alone."""
        names = {
            ImportField.SCORE: "score",
            ImportField.EXPOSURE: "exposure",
            ImportField.RESOLVED_AT: "resolved_at",
            ImportField.REOPENED_COUNT: "reopened_count",
            ImportField.TEXT: "text",
            ImportField.CUSTOMER: "customer",
            ImportField.ACCOUNT: "account",
            ImportField.SEGMENT: "segment",
            ImportField.CHANNEL: "channel",
        }
        found = [name for key, name in names.items() if key in self.mapping or name in self.fixed]
        return ("occurred_at", "touchpoint_id", *found)


def check_rows(
    plan: Plan, numbers: Sequence[int], rows: Sequence[Sequence[str]]
) -> tuple[list[list[Any]], list[RowError]]:
    """Good rows as columns in the order of STAGED, and every reason why the others stay out."""
    width = len(plan.header)
    errors: list[RowError] = []
    if set(map(len, rows)) != {width}:
        for number, row in zip(numbers, rows, strict=True):
            if len(row) != width:
                errors.append(
                    RowError(
                        row=number,
                        column="",
                        code="wrong_width",
                        params={"found": len(row), "width": width},
                    )
                )
        kept = [(number, row) for number, row in zip(numbers, rows, strict=True) if len(row) == width]
        numbers, rows = [number for number, _row in kept], [row for _number, row in kept]
    if not rows:
        return [[] for _name in STAGED], errors
    check = _Check(plan, numbers, dict(zip(plan.header, zip(*rows, strict=True), strict=True)))
    columns = check.columns()
    check.set_aside()
    errors += check.errors
    if check.errors or check.aside:
        bad = {error.row for error in check.errors}
        check.tally(columns)
        keep = [
            index for index, number in enumerate(numbers) if number not in bad and index not in check.aside
        ]
        columns = [[column[index] for index in keep] for column in columns]
    return columns, errors


class _Check:
    """One block of rows, column by column."""

    def __init__(self, plan: Plan, numbers: Sequence[int], cells: dict[str, Sequence[str]]) -> None:
        self.plan, self.numbers, self.cells = plan, numbers, cells
        self.errors: list[RowError] = []
        self.shows_error: set[tuple[int, str]] = set()  # position and field of cells that show an error
        self.aside: dict[int, Aside] = {}  # positions of rows that are no answers

    def columns(self) -> list[list[Any]]:
        plan, count = self.plan, len(self.numbers)
        self.cells_with_errors()
        occurred = self.moments(plan.date_field, required=True)
        resolved = self.moments(ImportField.RESOLVED_AT, required=False)
        self.order(occurred, resolved)
        self.foreign()
        text = self.text()
        if plan.metric is None and plan.reads_words:
            self.aside.update((index, Aside.NO_ANSWER) for index, words in enumerate(text) if not words)
        found: dict[str, list[Any]] = {
            "row_number": list(self.numbers),
            "external_id": self.ids(),
            "occurred_at": occurred,
            "touchpoint_id": self.touchpoints(),
            "score": self.scores(text),
            "exposure": self.exposures(),
            "resolved_at": resolved,
            "reopened_count": self.reopened(),
            "text": text,
        }
        for name in (ImportField.CUSTOMER, ImportField.ACCOUNT, ImportField.SEGMENT, ImportField.CHANNEL):
            found[name] = (
                self.words(name, required=False)
                if name in plan.mapping
                else [plan.fixed.get(name, "")] * count
            )
        return [found[name] for name in STAGED]

    def tally(self, columns: Sequence[Sequence[Any]]) -> None:
        """What the rows with errors say all the same, where no error is in the columns that say it."""
        if self.plan.metric is None:
            return
        asked = self.plan.metric.calculation.read_fields
        bad = {error.row for error in self.errors}
        unread = {error.row for error in self.errors if error.field in asked}
        said = [columns[list(STAGED).index(name)] for name in SAID]
        for number, values in zip(self.numbers, zip(*said, strict=True), strict=True):
            if number in bad and number not in unread:
                self.plan.leave_out(**dict(zip(SAID, values, strict=True)))

    def set_aside(self) -> None:
        """Rows of tests and previews are no answers either. What is wrong in such a row concerns nobody."""
        if self.plan.reads_words:
            self.aside.update((index, Aside.PREVIEW) for index in previews(self.cells))
        if self.aside:
            self.plan.aside.update(kind.value for kind in self.aside.values())
            rows = {self.numbers[index] for index in self.aside}
            self.errors = [error for error in self.errors if error.row not in rows]

    def ids(self) -> list[str]:
        """Without a column of IDs a row is recognized by all that is in it; of rows alike each is one."""
        if ImportField.EXTERNAL_ID in self.plan.mapping or not self.plan.reads_words:
            return self.words(ImportField.EXTERNAL_ID, required=True)
        rows = list(zip(*self.cells.values(), strict=True))
        return names_by_content(rows, beside=str(self.plan.touchpoint_id or ""), alike=self.plan.alike)

    def raw(self, name: str) -> Sequence[str] | None:
        column = self.plan.mapping.get(name)
        return None if column is None else self.cells[column]

    def refuse(self, index: int, name: ImportField, code: str, value: str = "", **params: int | str) -> None:
        if code == "missing" and (index, name) in self.shows_error:
            return  # it is not empty, and has its reason
        self.errors.append(
            RowError(
                row=self.numbers[index],
                column=self.plan.column(name),
                code=code,
                field=name.value,
                params=params,
                value=value.replace("\x00", "")[:200],
            )
        )

    def cells_with_errors(self) -> None:
        """What a workbook could not calculate is refused, and read on as if the cell were empty."""
        for name, column in self.plan.mapping.items():
            cells = self.cells[column]
            if ErrorCell not in set(map(type, cells)):
                continue
            for index, cell in enumerate(cells):
                if isinstance(cell, ErrorCell):
                    code = "cell_formula" if cell == FORMULA else "cell_error"
                    self.refuse(index, ImportField(name), code, cell, error=str(cell))
                    self.shows_error.add((index, name))
            self.cells[column] = ["" if isinstance(cell, ErrorCell) else cell for cell in cells]

    def words(self, name: ImportField, *, required: bool) -> list[str]:
        values = [text.strip() for text in self.raw(name) or [""] * len(self.numbers)]
        limit = LONGEST[name]
        if required and not all(values):
            for index, text in enumerate(values):
                if not text:
                    self.refuse(index, name, "missing")
        if max(map(len, values)) > limit:
            for index, text in enumerate(values):
                if len(text) > limit:
                    self.refuse(index, name, "too_long", text, limit=limit)
        self._storable(name, values)
        return values

    def text(self) -> list[str]:
        raw = self.raw(ImportField.TEXT)
        if raw is None:
            return [""] * len(self.numbers)
        values = [text.strip() for text in raw]
        if max(map(len, values)) > LONGEST_TEXT:
            for index, text in enumerate(values):
                if len(text) > LONGEST_TEXT:
                    self.refuse(index, ImportField.TEXT, "too_long", text, limit=LONGEST_TEXT)
        self._storable(ImportField.TEXT, values)
        return values

    def _storable(self, name: ImportField, values: Sequence[str]) -> None:
        if any("\x00" in text for text in values):
            for index, text in enumerate(values):
                if "\x00" in text:
                    self.refuse(index, name, "not_text", text)

    def moments(self, name: ImportField, *, required: bool) -> list[datetime | None]:
        raw = self.raw(name)
        if raw is None:
            return [None] * len(self.numbers)
        said = zone_in_name(self.plan.column(name)) if self.plan.reads_words else None
        values, bad = parse_dates(raw, order=self.plan.date_format, zone=said or self.plan.zone)
        wrong = set(bad)
        for index in bad:
            form = {"format": self.plan.date_format.value} if self.plan.is_format_chosen else {}
            self.refuse(index, name, "not_a_date", raw[index], **form)
        known = [moment for moment in values if moment is not None]
        if required and len(known) + len(bad) < len(values):
            for index, moment in enumerate(values):
                if moment is None and index not in wrong:
                    self.refuse(index, name, "missing")
        if known and (max(known) > self.plan.now or min(known) < OLDEST):
            for index, moment in enumerate(values):
                if moment is not None and moment > self.plan.now:
                    self.refuse(index, name, "in_the_future", raw[index])
                elif moment is not None and moment < OLDEST:
                    self.refuse(index, name, "too_old", raw[index])
        return values

    def order(self, opened: Sequence[datetime | None], resolved: Sequence[datetime | None]) -> None:
        if ImportField.RESOLVED_AT not in self.plan.mapping:
            return
        for index, (start, end) in enumerate(zip(opened, resolved, strict=True)):
            if start is not None and end is not None and end < start:
                raw = self.raw(ImportField.RESOLVED_AT) or []
                self.refuse(index, ImportField.RESOLVED_AT, "resolved_before_opened", raw[index])

    def touchpoints(self) -> list[int | None]:
        plan, raw = self.plan, self.raw(ImportField.TOUCHPOINT)
        if raw is None:
            return [plan.touchpoint_id] * len(self.numbers)
        table = {text: self._touchpoint(text.strip()) for text in dict.fromkeys(raw)}
        if None in table.values():
            for index, text in enumerate(raw):
                if table[text] is None:
                    code = "unknown_touchpoint" if text.strip() else "missing"
                    self.refuse(index, ImportField.TOUCHPOINT, code, text)
        return [table[text] for text in raw]

    def _touchpoint(self, text: str) -> int | None:
        plan = self.plan
        if not text:
            return plan.touchpoint_id
        known = plan.touchpoints.get(text) or plan.touchpoints.get(text.lower())
        if known is not None:
            return known
        key = slugify(text)[:60] or slugify(text, allow_unicode=True)[:60]
        if key in plan.touchpoints:
            return plan.touchpoints[key]
        if not plan.creates_touchpoints or len(text) > 120 or "\x00" in text:
            return None
        if text.lower() not in plan.new_touchpoints:
            plan.new_touchpoints[text.lower()] = (-1 - len(plan.new_touchpoints), text)
        return plan.new_touchpoints[text.lower()][0]

    def foreign(self) -> None:
        """Values that mean nothing to the metric are refused: nobody should think that they count."""
        if self.plan.metric is None:
            return
        for name in self.plan.metric.calculation.foreign_fields:
            for index, text in enumerate(self.raw(name) or []):
                if text.strip():
                    self.refuse(index, name, "foreign", text, metric=self.plan.metric.name)

    def scores(self, text: Sequence[str]) -> list[Number | None]:
        metric, raw = self.plan.metric, self.raw(ImportField.SCORE)
        if metric is None or raw is None or ImportField.SCORE in metric.calculation.foreign_fields:
            return [None] * len(self.numbers)
        rule = metric.calculation
        raw = self._in_figures(raw, metric)
        values, bad = parse_numbers(raw, refuses_groups=rule.row is RowKind.AMOUNT)
        unclear = {} if rule.row is RowKind.AMOUNT else read_in_two_ways(raw, rule.refusal)
        wrong = {*bad, *unclear}
        for index in bad:
            self.refuse(index, ImportField.SCORE, rule.unreadable_code, raw[index])
        for index, (first, second) in unclear.items():
            values[index] = None
            self.refuse(index, ImportField.SCORE, "two_readings", raw[index], first=first, second=second)
        found = {value: rule.refusal(Decimal(value)) for value in set(values) if value is not None}
        refused = {value: why for value, why in found.items() if why is not None}
        if refused or None in values:
            for index, value in enumerate(values):
                why = None if value is None else refused.get(value)
                if why is not None:
                    self.refuse(index, ImportField.SCORE, why.code, raw[index], **why.params)
                    values[index] = None
                elif value is None and index not in wrong and not text[index]:
                    self._unanswered(index, rule)
        return values

    def _in_figures(self, raw: Sequence[str], metric: MetricDefinition) -> Sequence[str]:
        """The scores with words read as the figures that they mean; what nobody can read stays as it is."""
        if not self.plan.reads_words or metric.calculation.row is not RowKind.ANSWER:
            return raw
        read = figures_of(raw, metric, is_number=NUMBER)
        if not read:
            return raw
        for text, figures in read.items():
            if len(self.plan.words_read) < MOST_WORDS_SHOWN:
                self.plan.words_read.setdefault(text.strip()[:LONGEST_WORDS_SHOWN], figures)
        return [read.get(cell, cell) for cell in raw]

    def _unanswered(self, index: int, rule: MetricRule) -> None:
        """Neither a score nor words: in an export of answers that is somebody who gave none."""
        shows_error = (index, ImportField.SCORE) in self.shows_error
        if self.plan.reads_words and rule.row is RowKind.ANSWER and not shows_error:
            self.aside[index] = Aside.NO_ANSWER
        else:
            self.refuse(index, ImportField.SCORE, "missing")

    def exposures(self) -> list[Number | None]:
        metric, raw = self.plan.metric, self.raw(ImportField.EXPOSURE)
        if metric is None or raw is None or ImportField.EXPOSURE in metric.calculation.foreign_fields:
            return [None] * len(self.numbers)
        values, bad = parse_numbers(raw, refuses_groups=True)
        for index in bad:
            self.refuse(index, ImportField.EXPOSURE, "no_number", raw[index])
        for index, value in enumerate(values):
            if value is not None and value <= 0:
                self.refuse(index, ImportField.EXPOSURE, "not_above_0", raw[index])
                values[index] = None
        return values

    def reopened(self) -> list[int]:
        raw = self.raw(ImportField.REOPENED_COUNT)
        if raw is None:
            return [0] * len(self.numbers)
        values, bad = parse_whole(raw)
        for index, value in enumerate(values):
            if value is not None and not 0 <= value <= 32767:
                bad.append(index)
        for index in sorted(set(bad)):
            self.refuse(index, ImportField.REOPENED_COUNT, "not_a_number", raw[index])
        return [value if value is not None and 0 <= value <= 32767 else 0 for value in values]


def entry_of(
    plan: Plan,
    *,
    score: Number | None,
    exposure: Number | None,
    occurred_at: datetime | None,
    resolved_at: datetime | None,
) -> Mapping[str, Number]:
    """What one row adds to the tally of its metric; nothing without a metric or a date."""
    if plan.metric is None:
        return {}
    moment = plan.now if occurred_at is None else occurred_at
    return plan.metric.calculation.entry(
        FileRow(
            score=score,
            exposure=exposure,
            occurred_at=moment,
            resolved_at=resolved_at,
            day=moment.astimezone(plan.zone).date(),
            now=plan.now,
        )
    )


def latest_allowed(now: datetime) -> datetime:
    """Clocks differ: a date is in the future when it is more than five minutes ahead of ours."""
    return now + timedelta(minutes=5)
