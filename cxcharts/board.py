"""A journey map as one picture: head, curve, the table of steps, and what is said below. SVG with real text.

Nothing is cut: a cell is as high as its text, and a word that is longer than its column is broken.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from cxcharts.palette import PRINT
from cxcharts.render import checked
from cxcharts.text import clean, wrap

FONT = "'Source Sans 3', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', Arial, sans-serif"
LABELS, COLUMN = 132.0, 150.0  # pixels
MARGIN, PADDING, SIZE = 28.0, 6.0, 11.5
SLACK = 1.08  # where the first font is missing, the next one may run wider
HEAD = "#e3edf6"
_OPENING = re.compile(r'<svg([^>]*?)width="([\d.]+)" height="([\d.]+)"')


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """One paragraph of a cell."""

    text: str
    is_strong: bool = False
    is_quiet: bool = False


type Cell = tuple[Words, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Band:
    """A table of columns: the stages above them as (name, columns), the steps, and the rows as (label,
    cells)."""

    corner: tuple[str, str]  # what stages and steps are called
    stages: tuple[tuple[str, int], ...]
    names: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A chart with its title; `svg` is a drawing of `cxcharts.render`."""

    title: str
    subtitle: str
    svg: str
    alternative: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Board:
    title: str
    line: str  # below the title
    sentence: str
    description: str  # for who does not see it
    bands: tuple[Band, ...]
    curve: Figure | None = None
    flow: Figure | None = None
    notes: tuple[str, ...] = ()


def room_of(bands: Sequence[Band]) -> float:
    """Pixels between the margins: of the widest band, and wide enough for a chart."""
    most = max((len(band.names) for band in bands), default=0)
    return max(940.0, LABELS + COLUMN * most)


def draw_board(board: Board) -> str:
    """The picture as SVG: same input, same bytes; no reference to anything outside."""
    room = room_of(board.bands)
    width = room + 2 * MARGIN
    ink = _Ink()
    top = ink.block(board.title, MARGIN, MARGIN, room, size=26, weight=600)
    top = ink.block(board.line, MARGIN, top + 2, room, size=12, color=PRINT.muted)
    top = ink.block(board.sentence, MARGIN, top + 6, room, size=15, weight=600) + 12
    if board.curve is not None:
        top = ink.figure(board.curve, top, room) + 16
    for band in board.bands:
        top = _band(ink, band, top) + 18
    if board.flow is not None:
        top = ink.figure(board.flow, top, room) + 10
    for note in board.notes:
        top = ink.block(note, MARGIN, top + 3, room, size=12, color=PRINT.muted)
    height = top + MARGIN
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" font-family="{FONT}" role="img">'
        f"<title>{_said(board.title)}</title><desc>{_said(board.description)}</desc>"
        f'<rect width="{width:g}" height="{height:g}" fill="{PRINT.paper}"/>'
    )
    return checked(head + "".join(ink.parts) + "</svg>")


def _said(text: str) -> str:
    return escape(clean(text))


class _Ink:
    """What is drawn so far."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def rect(self, left: float, top: float, width: float, height: float, fill: str = "none") -> None:
        self.parts.append(
            f'<rect x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}" fill="{fill}" '
            'stroke="#c9d1da" stroke-width="0.6"/>'
        )

    def block(
        self,
        text: str,
        left: float,
        top: float,
        room: float,
        *,
        size: float = SIZE,
        weight: int = 400,
        color: str = PRINT.ink,
    ) -> float:
        """A paragraph; returns where it ends."""
        for line in _lines(text, size, room):
            top += size * 1.3
            bold = f' font-weight="{weight}"' if weight != 400 else ""
            self.parts.append(
                f'<text x="{left:g}" y="{top - size * 0.3:g}" font-size="{size:g}"{bold} fill="{color}">'
                f"{escape(line)}</text>"
            )
        return top

    def figure(self, figure: Figure, top: float, room: float) -> float:
        top = self.block(figure.title, MARGIN, top, room, size=14, weight=600)
        top = self.block(figure.subtitle, MARGIN, top, room, size=12, color=PRINT.muted) + 4
        opening = _OPENING.match(figure.svg)
        if opening is None:
            raise ValueError("a chart begins with its width and height")
        wide, tall = float(opening[2]), float(opening[3])
        share = min(1.0, room / wide)
        placed = (
            f'<svg{opening[1]}x="{MARGIN:g}" y="{top:g}" width="{wide * share:g}" height="{tall * share:g}"'
        )
        self.parts.append(
            f"<g><title>{_said(figure.alternative)}</title>{placed}{figure.svg[opening.end() :]}</g>"
        )
        return top + tall * share

    def cell(self, cell: Sequence[Words], left: float, top: float, width: float, *, base: int = 400) -> None:
        for words in cell:
            top = self.block(
                words.text,
                left + PADDING,
                top,
                width - 2 * PADDING,
                weight=600 if words.is_strong else base,
                color=PRINT.muted if words.is_quiet else PRINT.ink,
            )


def _lines(text: str, size: float, room: float) -> list[str]:
    return [
        line
        for part in clean(text).split("\n")
        if part.strip()
        for line in wrap(part.strip(), size * SLACK, room)
    ]


def _height(cell: Sequence[Words], width: float) -> float:
    count = sum(len(_lines(words.text, SIZE, width - 2 * PADDING)) for words in cell)
    return count * SIZE * 1.3


def _band(ink: _Ink, band: Band, top: float) -> float:
    stages = [(Words(text=name), COLUMN * count) for name, count in band.stages]
    top = _row(ink, band.corner[0], [((words,), width) for words, width in stages], top, fill=HEAD, base=600)
    names = [((Words(text=name),), COLUMN) for name in band.names]
    top = _row(ink, band.corner[1], names, top, base=600)
    for label, cells in band.rows:
        top = _row(ink, label, [(cell, COLUMN) for cell in cells], top)
    return top


def _row(
    ink: _Ink,
    label: str,
    cells: Sequence[tuple[Cell, float]],
    top: float,
    *,
    fill: str = "none",
    base: int = 400,
) -> float:
    """One row, as high as its highest cell."""
    first = (Words(text=label, is_strong=True, is_quiet=True),)
    height = max(_height(cell, width) for cell, width in [(first, LABELS), *cells]) + 2 * PADDING
    ink.rect(MARGIN, top, LABELS, height)
    ink.cell(first, MARGIN, top + PADDING - 1, LABELS)
    left = MARGIN + LABELS
    for cell, width in cells:
        ink.rect(left, top, width, height, fill)
        ink.cell(cell, left, top + PADDING - 1, width, base=base)
        left += width
    return top + height
