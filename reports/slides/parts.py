"""What slides hold, as data: words, tables, and charts as series. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

MOST_ROWS = 9  # of a table on one slide; a longer one goes on with the next
CELL_LETTERS = 160  # of one cell: a title has at most 140


class PlotKind(StrEnum):
    LINES = "lines"  # over periods
    BARS = "bars"  # one bar a category, with its range as an error bar
    CASH = "cash"  # benefits and costs as columns, their cumulative sum as a line


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """Values by category, unrounded; None where there is none. `is_faint`: an end of a range."""

    name: str
    values: tuple[float | None, ...]
    is_faint: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Plot:
    """A chart that can be edited. `low` and `high`, as long as the categories, are the ends of the ranges of
    BARS. `number_format` as spreadsheets write it; `alternative` is read to who does not see it."""

    kind: PlotKind
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    number_format: str
    alternative: str
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """A table; every row has as many cells as there are columns. `shares` of the width, which add up to 1."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[float, ...]
    numbers: tuple[bool, ...]  # which columns are set to the right

    def __post_init__(self) -> None:
        wide = len(self.columns)
        if any(len(row) != wide for row in self.rows) or not len(self.shares) == len(self.numbers) == wide:
            raise ValueError("every row needs one cell per column, and every column its share")


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One slide: a title that says the finding, and words, a chart or a table. `notes` for who speaks."""

    title: str
    notes: str
    texts: tuple[str, ...] = ()
    plot: Plot | None = None
    grid: Grid | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Deck:
    """All slides; the first one has title, subtitle and sender. `accent` #rrggbb; `logo` PNG or None."""

    title: str
    subtitle: str
    sender: str
    foot: str
    address: str
    language: str
    accent: str
    moment: datetime
    notes: str
    logo: bytes | None = None
    pages: tuple[Page, ...] = field(default=())


class UnusableTemplate(ValueError):
    """The organization's template could not be used; the message is for people."""
