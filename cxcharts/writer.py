"""How one chart says its numbers: in labels, tooltips, table and text alternative alike."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from cxcharts.chart import Cell
from cxcharts.labels import Labels
from cxcharts.locale import MISSING, Locale, Period, ValueFormat, closed, period_text


@dataclass(frozen=True, kw_only=True, slots=True)
class Writer:
    """The format of a chart's values, its words and its reader. What is missing is a dash."""

    value: ValueFormat
    labels: Labels
    locale: Locale
    period: Period = Period.MONTH
    is_signed: bool = False

    def text(self, number: float | None) -> str:
        return MISSING if number is None else self.value.text(number, self.locale, signed=self.is_signed)

    def cell(self, number: float | None) -> Cell:
        return Cell(self.text(number), number)

    def in_column(self, numbers: Iterable[float | None]) -> "Writer":
        """The writer for a table: one format for all of these."""
        return replace(self, value=self.value.in_column(numbers))

    def count(self, n: int | None) -> str:
        return MISSING if n is None else self.locale.count(n)

    def count_cell(self, n: int | None) -> Cell:
        return Cell(self.count(n), n)

    def span(self, low: float | None, high: float | None) -> str:
        """Both ends; nothing where one of them is missing."""
        if low is None or high is None:
            return ""
        return self.labels.span.format(low=self.text(low), high=self.text(high))

    def in_brackets(self, low: float | None, high: float | None) -> str:
        span = self.span(low, high)
        return self.labels.brackets.format(text=span) if span else ""

    def with_range(self, text: str, low: float | None, high: float | None) -> str:
        """A written value and its range in brackets; the value alone where an end is not known."""
        span = self.span(low, high)
        return self.labels.closer.format(text=text, closer=span) if span else text

    def when(self, start: date) -> str:
        """The period that starts on this day."""
        return period_text(start, self.period, self.locale)

    def day(self, day: date) -> str:
        return period_text(day, Period.DAY, self.locale)

    def event(self, label: str, day: date) -> str:
        return self.labels.sentence_event.format(label=label, date=self.day(day))

    def alternative(self, title: str, subtitle: str, sentences: Iterable[str]) -> str:
        """The text that replaces the drawing: finding and measure first, as sentences of their own."""
        parts = [closed(title, self.locale), closed(subtitle, self.locale), *sentences]
        return self.labels.separator.join(part for part in parts if part)
