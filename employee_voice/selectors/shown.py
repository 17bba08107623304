"""The shapes of what a reader is shown of a published wave."""

from dataclasses import dataclass

from cxstats.anonymity import Telling
from cxstats.engagement import DriverScores, Figure, FunctionResult, Measure
from employee_voice.choices import SectionRole
from employee_voice.models import Wave


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """Widths in percent of the unfavourable, neutral and favourable part of an exact figure."""

    unfavourable: float
    neutral: float
    favourable: float

    @property
    def favourable_from(self) -> float:
        return self.unfavourable + self.neutral


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One measure of one function, in the reader's words. `why` says why there is nothing else; `band` (0
    without a figure, 1-5) is the tint of the heat map; `text` the share of favourable answers, of eNPS the
    score.
    """

    measure: Measure
    figure: Figure | None
    name: str
    why: str = ""
    text: str = "–"
    favourable: str = ""
    neutral: str = ""
    unfavourable: str = ""
    score: str = ""
    range: str = ""
    answers: str = ""
    change: str = ""
    band: int = 0
    bar: Bar | None = None
    items: tuple["Line", ...] = ()

    @property
    def is_blunt(self) -> bool:
        return self.figure is not None and self.figure.how is Telling.BLUNT

    @property
    def is_hidden(self) -> bool:
        """There is a figure that is not told; where nobody answered there is none."""
        return self.figure is not None and self.figure.how is Telling.HIDDEN


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One function. `why`: there are no figures. `depth` is its level below the organization."""

    key: str
    name: str
    depth: int
    result: FunctionResult
    why: str
    participation: str
    drivers: tuple[Line, ...]  # and engagement
    enps: Line | None
    own: tuple[Line, ...]  # questions of one's own
    roughly: str = ""  # why all of it is told roughly

    @property
    def is_shown(self) -> bool:
        return self.result.is_shown

    @property
    def cells(self) -> tuple[Line, ...]:
        return (*self.drivers, *([self.enps] if self.enps else []))

    @property
    def one_why(self) -> str:
        """Why every cell of a function that is shown is empty, to be said once; "" where that differs."""
        whys = {line.why for line in self.cells}
        return whys.pop() if len(whys) == 1 else ""

    @property
    def told(self) -> tuple[Line, ...]:
        """Every figure of the function, items after their drivers."""
        if not self.is_shown:
            return ()
        return (*(line for cell in self.cells for line in (cell, *cell.items)), *self.own)

    def driver(self, key: str) -> Line | None:
        return next((line for line in self.drivers if line.measure.key == key), None)

    @property
    def weakest(self) -> Line | None:
        """The driver that is lower than every other, whatever the rough figures stand for; none where one is
        hidden, or where two may be equal.
        """
        asked = [line for line in self.drivers if line.measure.key != SectionRole.ENGAGEMENT]
        ranges = [_favourable(line.figure) for line in asked]
        if not asked or any(one is None for one in ranges):
            return None
        known = [one for one in ranges if one is not None]
        if all(line.figure is not None and line.figure.score is not None for line in asked):
            known = [(line.figure.score.value,) * 2 for line in asked if line.figure and line.figure.score]
        lowest = min(range(len(known)), key=lambda place: known[place])
        low, high = known[lowest]
        room = _CLOSE if low < high else -_CLOSE  # a range does not reach its upper end, an exact figure does
        others = [one for place, (one, _end) in enumerate(known) if place != lowest]
        return asked[lowest] if all(high <= one + room for one in others) else None


_CLOSE = 1e-9


def _favourable(figure: Figure | None) -> tuple[float, float] | None:
    """From where to where the share of favourable answers may lie; none where it is not told."""
    share = figure.favourable if figure is not None else None
    if share is None:
        return None
    low, high = share.value - share.step / 2, share.value + share.step / 2
    if share.is_open:
        return (0.0, high) if share.value < 0.5 else (low, 1.0)
    return low, high


@dataclass(frozen=True, kw_only=True, slots=True)
class Rough:
    """Functions that are told roughly for one reason."""

    names: tuple[str, ...]
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Ordered:
    """Words beside a name: reliability, what goes with engagement, what was chosen."""

    name: str
    text: str
    range: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultsPage:
    """The page of the organization, or of one function: `row`, and those below it (`rows`)."""

    wave: Wave
    before: Wave | None
    headline: str
    row: Row
    rows: tuple[Row, ...]  # of the heat map: the organization or function first
    compared: bool
    driver_scores: DriverScores
    reliability: tuple[Ordered, ...] = ()
    omega: tuple[Ordered, ...] = ()
    goes_with: tuple[Ordered, ...] = ()
    goes_with_refusal: str = ""
    quality: tuple[Ordered, ...] = ()
    felt: tuple[Ordered, ...] = ()
    roughly: tuple[Rough, ...] = ()
    has_blunt: bool = False
    has_ranges: bool = False  # intervals, which exact figures alone have
    has_hidden: bool = False
