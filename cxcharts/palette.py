"""Colors that survive color blindness, grey print and dark mode.

Eight hues after Okabe and Ito, darkened for text on white (contrast of 4.5 to 1 and more) and lightened
for dark pages. Color is never the only sign: lines also differ in dash, points in shape, so that grey
print and color-blind eyes keep them apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from zlib import crc32


@dataclass(frozen=True, kw_only=True, slots=True)
class Palette:
    """Colors of one theme. `hues` has eight entries; `hues[0]` is the accent."""

    hues: tuple[str, ...]
    ink: str  # figures and names that matter
    muted: str  # axis labels, notes
    faint: str  # gridlines
    line: str  # zero line, rules
    calm: str  # "cannot tell", context, comparison
    paper: str  # what lies behind (for halos and hollow marks)
    good: str
    bad: str
    heat: tuple[str, ...]  # five steps, from nothing to much


LIGHT = Palette(
    hues=("#0B63A8", "#C4500A", "#007F63", "#9C4A86", "#8F6700", "#1A7F9C", "#5B4B9A", "#6B4E3D"),
    ink="#1B2430",
    muted="#5A6675",
    faint="#E3E7EC",
    line="#8A95A3",
    calm="#8A95A3",
    paper="#FFFFFF",
    good="#0B63A8",
    bad="#C4500A",
    heat=("#F1F4F7", "#CFE1F0", "#94BFE0", "#4A90C4", "#0B5A99"),
)
DARK = Palette(
    hues=("#62B5F0", "#F4935A", "#45C9A4", "#E09ACB", "#E3B84C", "#A6D6F2", "#B3A5EC", "#CBAE9C"),
    ink="#E9EDF2",
    muted="#A3AEBB",
    faint="#323C49",
    line="#778392",
    calm="#8D99A8",
    paper="#182433",
    good="#62B5F0",
    bad="#F4935A",
    heat=("#233042", "#234A6B", "#2C6C9D", "#4795CF", "#8CCBF7"),
)
PRINT = Palette(
    hues=("#08528D", "#C4500A", "#00795F", "#9C4A86", "#8F6700", "#1A7F9C", "#5B4B9A", "#6B4E3D"),
    ink="#111111",
    muted="#4A4A4A",
    faint="#DDDDDD",
    line="#7A7A7A",
    calm="#858585",
    paper="#FFFFFF",
    good="#08528D",
    bad="#C4500A",
    heat=("#F2F2F2", "#D3E2EE", "#9CC0DD", "#4E8DBD", "#08528D"),
)

# The field's metrics keep their color wherever they appear.
KNOWN_SLOTS = {
    "nps": 0,
    "csat": 2,
    "ces": 1,
    "osat": 3,
    "ttr": 4,
    "enps": 6,
    "engagement": 5,
    "retention": 7,
}
SLOT_COUNT = 8
DASHES: tuple[tuple[int, ...], ...] = ((1, 0), (6, 3), (2, 2), (9, 3, 2, 3), (4, 2), (1, 3), (12, 4), (3, 1))
SHAPES = ("circle", "square", "diamond", "triangle-up", "triangle-down", "cross", "triangle-right", "stroke")


def slot(key: str) -> int:
    """Slot 0..7 of a metric key: the same key, the same color, forever."""
    stem = key.strip().lower()
    for name in (stem, stem.split("_")[0], stem.split("-")[0]):
        if name in KNOWN_SLOTS:
            return KNOWN_SLOTS[name]
    return crc32(stem.encode()) % SLOT_COUNT


def slots(keys: Iterable[str]) -> tuple[int, ...]:
    """Slots of several keys in one chart: each its own slot while there are enough, else the next free."""
    given = tuple(keys)
    taken: dict[str, int] = {}
    for key in sorted(set(given), key=lambda k: (k.lower() not in KNOWN_SLOTS, k)):
        wanted = slot(key)
        used = set(taken.values())
        free = [s for s in ((wanted + step) % SLOT_COUNT for step in range(SLOT_COUNT)) if s not in used]
        taken[key] = free[0] if free else wanted
    return tuple(taken[key] for key in given)
