"""How the columns of one file become the answers to one metric."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from customer_voice.choices import ImportField
from customer_voice.models import MetricDefinition
from customer_voice.problems import problem_text
from customer_voice.rules import FileRow, Number
from customer_voice.services.reading import Condition
from customer_voice.services.reversals import Moods
from tabular.choices import DateFormat
from tabular.dates import ClockChange
from tabular.durations import DurationForm
from tabular.problems import RowProblem

# columns that make a figure
SAID = ("score", "exposure", "occurred_at", "resolved_at", "merged_into", "counted_from", "waits_from")


@dataclass(frozen=True, kw_only=True, slots=True)
class RowError(RowProblem):
    """One reason why one row of feedback cannot come in."""

    @property
    def message(self) -> str:
        """In the language of the moment; what is stored is `code`, `field` and `params`."""
        return problem_text(self.code, self.field, self.params)


@dataclass(kw_only=True, slots=True)
class Plan:
    """How the columns of one file become feedback. The check fills `new_touchpoints`, `left_out`,
    `clock_changes`."""

    header: tuple[str, ...]
    mapping: Mapping[str, str]  # field -> column name
    labels: Mapping[str, str] = default(default_factory=dict)  # column -> what a second row of heads says
    metric: MetricDefinition | None
    zone: tzinfo
    now: datetime
    date_format: DateFormat = DateFormat.ISO
    is_format_chosen: bool = True  # by somebody, so that a refusal may name it
    touchpoints: Mapping[str, int]  # key and lower-case name -> id, of those in use
    archived: Mapping[str, str] = default(default_factory=dict)  # the same of archived ones -> name
    touchpoint_id: int | None = None  # the same for every row
    beside: str = ""  # what goes for every row, in the IDs of rows that have none
    fixed: Mapping[str, str] = default(default_factory=dict)  # customer, account, segment, channel
    creates_touchpoints: bool = False
    new_touchpoints: dict[str, tuple[int, str]] = default(default_factory=dict)  # key -> placeholder, name
    left_out: Counter[str] = default(default_factory=Counter)  # what bad rows say, as its rule tallies them
    readable: int = 0  # bad rows that say it
    reads_words: bool = (
        False  # of people: labels, "N/A", times of a zone that the column names, rows without IDs
    )
    question_column: str = ""  # says which question a row answers: one plan for each metric
    questions: Mapping[str, str] = default(default_factory=dict)  # its words -> see `services.reading`
    question: str | None = None  # which of these the rows of this plan answer
    is_reversed: bool = False  # the lowest figure of the file is the best
    looks_at_moods: bool = False  # whether its words and scores agree
    moods: Moods = default(default_factory=Moods)
    words: Mapping[str, str] = default(default_factory=dict)  # own words of scores -> figures, or ""
    unwanted: Sequence[Condition] = ()  # rows that are left out
    duration: DurationForm = DurationForm.HOURS
    waiting: frozenset[str] = frozenset()  # plain words of statuses that wait, beside the usual ones
    amounts: str = ""  # see `choices.Amounts`
    amount_unit: str = ""  # of lengths of time among the amounts
    spellings: dict[str, str] = default(default_factory=dict)  # of segments: plain -> as it is written
    aside: Counter[str] = default(default_factory=Counter)  # rows that are no answers, by `Aside`
    words_read: dict[str, str] = default(default_factory=dict)  # score cells that hold words, and as what
    alike: Counter[str] = default(default_factory=Counter)  # rows without an ID that hold the same
    # times that the clock skips or shows twice, by `ClockChange`: how many rows, the first one and its time
    clock_changes: dict[str, dict[str, int | str]] = default(default_factory=dict)

    def tell_clock_changes(self, found: Mapping[int, tuple[ClockChange, str]]) -> None:
        """Count the rows of one block, by their number."""
        for number, (change, text) in sorted(found.items()):
            kept = self.clock_changes.setdefault(
                change.value, {"rows": 0, "row": number, "text": text.replace("\x00", "")[:60]}
            )
            kept["rows"] = int(kept["rows"]) + 1

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
            **self._ends(),
            ImportField.REOPENED_COUNT: "reopened_count",
            ImportField.MERGED_INTO: "merged_into",
            ImportField.TEXT: "text",
            ImportField.CUSTOMER: "customer",
            ImportField.ACCOUNT: "account",
            ImportField.SEGMENT: "segment",
            ImportField.CHANNEL: "channel",
        }
        found = [name for key, name in names.items() if key in self.mapping or name in self.fixed]
        if {ImportField.WAITED, ImportField.WAITS} & set(self.mapping):
            found += ["waits", "counted_from", "waits_from"]
        return ("occurred_at", "touchpoint_id", *dict.fromkeys(found))

    def _ends(self) -> dict[ImportField, str]:
        """The columns that say when a case ended: of a first reply its own alone, or an export without it
        would take replies for missing.
        """
        if self.metric is not None and self.metric.calculation.counts_cases:
            field = self.metric.calculation.end_field
            if field != ImportField.RESOLVED_AT:
                return {field: "resolved_at"}
        return {ImportField.RESOLVED_AT: "resolved_at", ImportField.DURATION: "resolved_at"}


def entry_of(
    plan: Plan,
    *,
    score: Number | None,
    exposure: Number | None,
    occurred_at: datetime | None,
    resolved_at: datetime | None,
    merged_into: str = "",
    counted_from: datetime | None = None,
    waits_from: datetime | None = None,
) -> Mapping[str, Number]:
    """What one row adds to the tally of its metric; nothing without a metric or a date, or where the case
    went on in another one.
    """
    if plan.metric is None or (merged_into and plan.metric.calculation.counts_cases):
        return {}
    moment = plan.now if occurred_at is None else occurred_at
    return plan.metric.calculation.entry(
        FileRow(
            score=score,
            exposure=exposure,
            occurred_at=moment,
            resolved_at=resolved_at,
            day=_day_of(moment, plan.zone),
            now=plan.now,
            counted_from=counted_from,
            waits_from=waits_from,
        )
    )


def _day_of(moment: datetime, zone: tzinfo) -> date:
    """The day there; of a moment at the end of the calendar, which no row keeps, its own."""
    try:
        return moment.astimezone(zone).date()
    except OverflowError:
        return moment.date()


def latest_allowed(now: datetime) -> datetime:
    """Clocks differ: a date is in the future when it is more than five minutes ahead of ours."""
    return now + timedelta(minutes=5)
