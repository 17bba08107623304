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
        """The driver with the lowest score, or of blunt ones with the fewest favourable answers; none where
        only one of several is told.
        """
        told = [
            line
            for line in self.drivers
            if line.band and line.measure.key != SectionRole.ENGAGEMENT and line.figure is not None
        ]
        asked = [line for line in self.drivers if line.measure.key != SectionRole.ENGAGEMENT]
        if len(told) == 1 < len(asked):
            return None
        return min(told, key=lambda line: _height(line.figure), default=None)


def _height(figure: Figure | None) -> tuple[float, float]:
    if figure is None or figure.favourable is None:
        return (0.0, 0.0)
    score = figure.score.value if figure.score else 0.0
    return (figure.favourable.value, score) if figure.score is None else (score, figure.favourable.value)


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
    has_hidden: bool = False
