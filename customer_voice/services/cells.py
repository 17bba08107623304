"""The rules that one row of feedback must meet, checked a column at a time."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from customer_voice.choices import TIMES_OF_DATES, ImportField
from customer_voice.importers import (
    STAGED,
    State,
    figures_of,
    is_no_name,
    plain_words,
    read_in_two_ways,
)
from customer_voice.models import MetricDefinition
from customer_voice.rules import MetricRule, Number, RowKind
from customer_voice.services.amounts import counted
from customer_voice.services.asides import PLACED_BY, Aside, names_by_content, names_by_day, previews
from customer_voice.services.lengths import LONGEST
from customer_voice.services.plans import SAID, Plan, RowError
from customer_voice.services.reversals import judged
from customer_voice.services.touchpoints import ways_to_name
from customer_voice.services.waits import ensure_ends_named, state_of, waits_of
from tabular.cells import FORMULA, ErrorCell, as_shown
from tabular.dates import ClockChange, read_dates
from tabular.durations import parse_durations
from tabular.markup import words_of
from tabular.moments import zone_in_name
from tabular.split_moments import joined
from tabular.values import NUMBER, parse_numbers, parse_whole

OLDEST = datetime(1990, 1, 1, tzinfo=UTC)  # older dates are an unset clock or a spreadsheet's day zero
LONGEST_TEXT = 20_000
MOST_WORDS_SHOWN, LONGEST_WORDS_SHOWN = 40, 60


class Check:
    """One block of rows, column by column."""

    def __init__(self, plan: Plan, numbers: Sequence[int], cells: dict[str, Sequence[str]]) -> None:
        self.plan, self.numbers, self.cells = plan, numbers, cells
        self.errors: list[RowError] = []
        self.shows_error: set[tuple[int, str]] = set()  # position and field of cells that show an error
        self.aside: dict[int, Aside] = {}  # positions of rows that are no answers
        # positions of rows with a time that the clock skips or shows twice, and that time as it is written
        self.clock_changes: dict[int, tuple[ClockChange, str]] = {}
        self.lacking: set[int] = set()  # positions of finished figures without what they were counted on
        self._merged: list[str] | None = None

    def columns(self) -> list[list[Any]]:
        plan, count = self.plan, len(self.numbers)
        self.cells_with_errors()
        occurred = self.moments(plan.date_field, required=True)
        resolved = self.resolved(occurred)
        waits, counted_from, waits_from = waits_of(self, occurred, resolved)
        self.foreign()
        text = self.text()
        if plan.metric is None and plan.reads_words:
            self.aside.update((index, Aside.NO_ANSWER) for index, words in enumerate(text) if not words)
        found: dict[str, list[Any]] = {
            "row_number": list(self.numbers),
            "external_id": self.ids(occurred),
            "occurred_at": occurred,
            "touchpoint_id": self.touchpoints(),
            "score": self.scores(text),
            "exposure": self.exposures(),
            "resolved_at": resolved,
            "reopened_count": self.reopened(),
            "merged_into": self.merged(),
            "waits": waits,
            "counted_from": counted_from,
            "waits_from": waits_from,
            "text": text,
        }
        for name in (ImportField.CUSTOMER, ImportField.ACCOUNT, ImportField.SEGMENT, ImportField.CHANNEL):
            found[name] = self.named(name) if name in plan.mapping else [plan.fixed.get(name, "")] * count
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

    def find_previews(self) -> None:
        """Rows of tests and previews are no answers either."""
        if self.plan.reads_words:
            self.aside.update((index, Aside.PREVIEW) for index in previews(self.cells))

    def ids(self, occurred: Sequence[datetime | None]) -> list[str]:
        """Without IDs a row is known by all that is in it (alike, each is one); a daily figure by place."""
        if ImportField.EXTERNAL_ID in self.plan.mapping or not self.plan.reads_words:
            return self.words(ImportField.EXTERNAL_ID, required=True)
        if self.plan.metric is not None and self.plan.metric.calculation.row is RowKind.AMOUNT:
            places = [self.cells[self.plan.mapping[name]] for name in PLACED_BY if name in self.plan.mapping]
            return names_by_day(occurred, places, beside=self.plan.beside)
        return names_by_content(self.cells, beside=self.plan.beside, alike=self.plan.alike)

    def raw(self, name: str) -> Sequence[str] | None:
        column = self.plan.mapping.get(name)
        return None if column is None else self.cells[column]

    def refuse(self, index: int, name: ImportField, code: str, value: str = "", **params: int | str) -> None:
        if code == "missing" and (index, name) in self.shows_error:
            return  # it is not empty, and has its reason
        column = self.plan.column(name) or ("" if self.plan.reads_words else name.value)
        self.errors.append(
            RowError(
                row=self.numbers[index],
                column=column,
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

    def named(self, name: ImportField) -> list[str]:
        """Customers, accounts, segments, channels. In a file of people "N/A" is none of them, and spellings
        of a segment that differ in case or blanks are one."""
        values = self.words(name, required=False)
        if not self.plan.reads_words:
            return values
        table = {text: "" if is_no_name(text) else text for text in set(values)}
        if name == ImportField.SEGMENT:
            known = self.plan.spellings
            for text in dict.fromkeys(text for text in values if table[text]):
                table[text] = known.setdefault(plain_words(text), " ".join(text.split()))
        return [table[text] for text in values]

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
        clean = words_of if self.plan.reads_words else str.strip
        values = [clean(text) for text in raw]
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
        column, of_day = self.plan.column(name), self.raw(TIMES_OF_DATES.get(name, ""))
        columns = [column, self.plan.column(TIMES_OF_DATES.get(name, ""))]
        zones = (zone_in_name(one) or zone_in_name(self.plan.labels.get(one, "")) for one in columns)
        named = next((zone for zone in zones if zone is not None), None)
        raw = raw if of_day is None else joined(raw, of_day)
        said = named if self.plan.reads_words else None
        found = read_dates(raw, order=self.plan.date_format, zone=said or self.plan.zone)
        values, bad = found.moments, found.bad
        for index, change in found.clock_changes.items():
            self.clock_changes.setdefault(index, (change, raw[index].strip()))
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

    def resolved(self, opened: Sequence[datetime | None]) -> list[datetime | None]:
        """When each case was resolved (said as a moment, or by how long it took) or first answered."""
        if ImportField.DURATION in self.plan.mapping:
            resolved = self._resolved_after(opened)
        else:
            resolved = self.moments(ImportField.RESOLVED_AT, required=False)
            self.order(ImportField.RESOLVED_AT, opened, resolved)
        metric = self.plan.metric
        return (
            resolved
            if metric is None or not metric.calculation.counts_cases
            else self._ended(opened, resolved)
        )

    def _ended(
        self, opened: Sequence[datetime | None], resolved: list[datetime | None]
    ) -> list[datetime | None]:
        """A case that is open again is not resolved, whatever stands there; one that was closed without a
        reply was answered by that, and one that was never reopened was resolved once.
        """
        reopened = self.moments(ImportField.REOPENED_AT, required=False)
        self.order(ImportField.REOPENED_AT, opened, reopened)
        merged = self.merged()
        states = [state_of(self.plan, text) for text in self.raw(ImportField.STATUS) or [""] * len(resolved)]
        rule = self.plan.metric.calculation  # type: ignore[union-attr]
        closed = list(resolved)
        for index, (end, again, state) in enumerate(zip(resolved, reopened, states, strict=True)):
            if state is State.OPEN or (again is not None and end is not None and again >= end):
                closed[index] = None
            elif state is State.CLOSED and end is None and not merged[index] and self._says_ends():
                text = (self.raw(ImportField.STATUS) or [])[index]
                self.refuse(index, ImportField.STATUS, "closed_without_time", text)
        if rule.end_field == ImportField.RESOLVED_AT:
            return closed
        first = self.moments(rule.end_field, required=False)
        self.order(rule.end_field, opened, first)
        # what is open again was resolved once, while a reply is known to be one only where the case is over
        ends = resolved if rule.end_field == ImportField.FIRST_RESOLVED_AT else closed
        return [moment or end for moment, end in zip(first, ends, strict=True)]

    def _says_ends(self) -> bool:
        return bool({ImportField.RESOLVED_AT, ImportField.DURATION} & set(self.plan.mapping))

    def merged(self) -> list[str]:
        """The case that each went on in; one that names itself went on nowhere."""
        if ImportField.MERGED_INTO not in self.plan.mapping:
            return [""] * len(self.numbers)
        if self._merged is None:
            said = self.words(ImportField.MERGED_INTO, required=False)
            own = self.raw(ImportField.EXTERNAL_ID) or [""] * len(said)
            self._merged = [
                "" if is_no_name(text) or text == name.strip() else text
                for text, name in zip(said, own, strict=True)
            ]
        return self._merged

    def _resolved_after(self, opened: Sequence[datetime | None]) -> list[datetime | None]:
        raw = self.raw(ImportField.DURATION) or []
        lengths, bad, unclear = parse_durations(raw, self.plan.duration)
        for index in bad:
            if raw[index].strip().startswith("-"):
                self.refuse(index, ImportField.DURATION, "negative_time", raw[index])
            else:
                unit = self.plan.duration.value
                self.refuse(index, ImportField.DURATION, "not_a_duration", raw[index], unit=unit)
        for index, (first, second) in unclear.items():
            self.refuse(index, ImportField.DURATION, "two_readings", raw[index], first=first, second=second)
        found: list[datetime | None] = []
        for index, (start, length) in enumerate(zip(opened, lengths, strict=True)):
            end = None
            if start is not None and length is not None:
                end = start + length if length <= self.plan.now - start else None
                if end is None:
                    self.refuse(index, ImportField.DURATION, "in_the_future", raw[index])
            found.append(end)
        return found

    def order(
        self,
        name: ImportField,
        opened: Sequence[datetime | None],
        ended: Sequence[datetime | None],
    ) -> None:
        raw = self.raw(name)
        for index, (start, end) in enumerate(zip(opened, ended, strict=True)):
            if raw is not None and start is not None and end is not None and end < start:
                self.refuse(index, name, "resolved_before_opened", raw[index])

    def touchpoints(self) -> list[int | None]:
        plan, raw = self.plan, self.raw(ImportField.TOUCHPOINT)
        if raw is None:
            return [plan.touchpoint_id] * len(self.numbers)
        table = {text: self._touchpoint(text.strip()) for text in dict.fromkeys(raw)}
        if None in table.values():
            for index, text in enumerate(raw):
                if table[text] is None:
                    is_empty = not text.strip() or (plan.reads_words and is_no_name(text))
                    name = "" if is_empty else self._archived(text)
                    if name:
                        self.refuse(
                            index, ImportField.TOUCHPOINT, "archived_touchpoint", text, touchpoint=name
                        )
                    else:
                        code = "missing" if is_empty else "unknown_touchpoint"
                        self.refuse(index, ImportField.TOUCHPOINT, code, text)
        return [table[text] for text in raw]

    def _touchpoint(self, text: str) -> int | None:
        plan = self.plan
        text = " ".join(text.split())
        if not text or (plan.reads_words and is_no_name(text)):
            return plan.touchpoint_id
        for word in ways_to_name(text):
            if word in plan.touchpoints:
                return plan.touchpoints[word]
        if not plan.creates_touchpoints or len(text) > 120 or "\x00" in text or self._archived(text):
            return None
        if text.lower() not in plan.new_touchpoints:
            plan.new_touchpoints[text.lower()] = (-1 - len(plan.new_touchpoints), text)
        return plan.new_touchpoints[text.lower()][0]

    def _archived(self, text: str) -> str:
        """The name of the archived touchpoint that is meant, else empty. It is not added a second time."""
        words = ways_to_name(" ".join(text.split()))
        return next((self.plan.archived[word] for word in words if word in self.plan.archived), "")

    def foreign(self) -> None:
        """Values that mean nothing to the metric are refused: nobody should think that they count. Columns
        of a file may be those of another metric in it.
        """
        if self.plan.metric is None:
            return
        rule = self.plan.metric.calculation
        of_calls = frozenset() if self.plan.reads_words else rule.foreign_to_calls
        if not self.plan.reads_words and rule.counts_cases:
            ensure_ends_named(self, rule)
        for name in rule.foreign_fields | of_calls:
            for index, text in enumerate(self.raw(name) or []):
                if text.strip():
                    self.refuse(index, name, "foreign", text, metric=self.plan.metric.name)

    def scores(self, text: Sequence[str]) -> list[Number | None]:
        metric, raw = self.plan.metric, self.raw(ImportField.SCORE)
        if metric is None or raw is None or ImportField.SCORE in metric.calculation.foreign_fields:
            return [None] * len(self.numbers)
        rule, said = metric.calculation, raw
        raw = self._in_figures(raw, metric) if rule.row is not RowKind.AMOUNT else self._counted(raw, metric)
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
                elif value is None and index not in wrong and not text[index] and index not in self.lacking:
                    self._unanswered(index, rule)
        return judged(self.plan, metric, self.numbers, values, said, text)

    def _counted(self, raw: Sequence[str], metric: MetricDefinition) -> Sequence[str]:
        """Amounts as sums in the unit of the metric, where the file holds finished figures or other units."""
        if not self.plan.amounts and not self.plan.amount_unit:
            return raw
        bases = self.raw(ImportField.EXPOSURE) or [""] * len(raw)
        found, self.lacking = counted(raw, bases, metric, self.plan)
        for index in self.lacking:
            self.refuse(index, ImportField.EXPOSURE, "needs_exposure")
        return found

    def _in_figures(self, raw: Sequence[str], metric: MetricDefinition) -> Sequence[str]:
        """The scores with words read as the figures that they mean; what nobody can read stays as it is."""
        if not self.plan.reads_words or metric.calculation.row is not RowKind.ANSWER:
            return raw
        own = self.plan.words
        if (metric.scale_low, metric.scale_high) == (0, 100):
            raw = as_shown(raw)
        read = dict(figures_of(raw, metric, is_number=NUMBER))
        read |= {text: own[plain_words(text)] for text in set(raw) if own and plain_words(text) in own}
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
