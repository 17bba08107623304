"""Room that text needs, estimated without a font file so that layout is the same everywhere."""

import re
from collections.abc import Sequence
from typing import Any
from unicodedata import east_asian_width

_NARROW = frozenset("iljtfrI.,:;'|!()[]{}·’‘ \u00a0")
_WIDE = frozenset("mwMW@%—")


_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """Without signs that XML cannot hold; one of them in a label would end the drawing engine's process."""
    return _UNWRITABLE.sub("", text)


def cleaned(node: Any) -> Any:
    """A copy of nested lists and mappings with every string clean."""
    if isinstance(node, dict):
        return {clean(key): cleaned(value) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [cleaned(item) for item in node]
    return clean(node) if isinstance(node, str) else node


def width_of(text: str, size: float) -> float:
    """Width in pixels of one line at font size `size`; errs on the wide side."""
    units = 0.0
    for char in text:
        if east_asian_width(char) in "WF":
            units += 1.0
        elif char in _NARROW:
            units += 0.32
        elif char in _WIDE:
            units += 0.9
        elif char.isupper():
            units += 0.7
        else:
            units += 0.58
    return units * size


def pieces(text: str) -> list[str]:
    """Units that must not be broken: words with their space, single CJK characters with what follows them."""
    found: list[str] = []
    word = ""
    for char in text:
        if east_asian_width(char) in "WF":
            if char in "，。、；：！？）》」』%" and (word or found):
                if word:
                    word += char
                else:
                    found[-1] += char
                continue
            if word:
                found.append(word)
                word = ""
            found.append(char)
        elif char == " ":
            word += " "
            found.append(word)
            word = ""
        else:
            word += char
    if word:
        found.append(word)
    return found


def wrap(text: str, size: float, room: float, *, lines: int | None = None) -> list[str]:
    """Break `text` into lines of at most `room` pixels; words whole, Chinese by characters.

    No-break spaces hold a number and its unit together.
    A word longer than the room is broken. With `lines`, what is left over ends in an ellipsis.
    """
    result: list[str] = []
    line = ""
    for piece in pieces(" ".join(text.replace("\n", " ").split(" "))):
        if line and width_of((line + piece).rstrip(), size) > room:
            result.append(line.rstrip())
            line = ""
        while width_of(piece.rstrip(), size) > room and len(piece) > 1:
            cut = max((i for i in range(1, len(piece)) if width_of(piece[:i], size) <= room), default=1)
            result.append(piece[:cut])
            piece = piece[cut:]
        line += piece
    if line.strip():
        result.append(line.rstrip())
    if lines is not None and len(result) > lines:
        result = result[:lines]
        last = result[-1]
        while last and width_of(last + "…", size) > room:
            last = last[:-1]
        result[-1] = last.rstrip() + "…"
    return result or [""]


def spread(
    centers: Sequence[float], heights: Sequence[float], *, low: float, high: float, gap: float = 2
) -> list[float]:
    """Move labels apart along one axis: nearest to `centers`, no overlap, inside low..high if they fit."""
    order = sorted(range(len(centers)), key=lambda i: (centers[i], i))
    clusters: list[tuple[list[int], float, float]] = []  # members, top, height with gaps
    for i in order:
        members, tall = [i], float(heights[i])
        top = centers[i] - tall / 2
        while clusters and clusters[-1][1] + clusters[-1][2] + gap > top:
            before, _, above = clusters.pop()
            members, tall = [*before, *members], above + gap + tall
            offset, wanted = 0.0, 0.0
            for j in members:
                wanted += centers[j] - heights[j] / 2 - offset
                offset += heights[j] + gap
            top = wanted / len(members)
            top = max(low, min(top, high - tall)) if tall <= high - low else low
        top = max(low, min(top, high - tall)) if tall <= high - low else low
        clusters.append((members, top, tall))
    placed = [0.0] * len(centers)
    for members, top, _ in clusters:
        for j in members:
            placed[j] = top + heights[j] / 2
            top += heights[j] + gap
    return placed
