"""Words on slides: their size, their direction, and nothing that a file of slides cannot hold."""

import re
import unicodedata
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.text import PP_ALIGN
from pptx.util import Pt

TITLE, PROSE, TABLE, SMALL = 28, 16, 12, 9  # points
_SMALLEST = 0.55  # of the size that a text would have
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


_read_color: Any = RGBColor.from_string


def color_of(text: str) -> RGBColor:
    color: RGBColor = _read_color(text.removeprefix("#").upper())
    return color


def plain(text: str) -> str:
    """Without what no part of the file can hold; on one line."""
    return _UNWRITABLE.sub("", text).replace("\n", " ")


def fitted(text: str, size: int, letters: int) -> int:
    """The size in points at which a text stays in its room, which so many letters fill at `size`. Chinese
    characters count twice."""
    wide = sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
    return size if wide <= letters else max(int(size * (letters / wide) ** 0.5), int(size * _SMALLEST))


def write(
    frame: Any, text: str, *, size: int, is_bold: bool = False, adds: bool = False, is_left: bool = False
) -> list[Any]:
    """A paragraph, in the direction of its first letter; its runs. `adds`: below what is there."""
    paragraph = frame.add_paragraph() if adds else frame.paragraphs[0]
    if not adds:
        for other in frame.paragraphs[1:]:
            other._p.getparent().remove(other._p)
        for run in list(paragraph.runs):
            run._r.getparent().remove(run._r)
    frame.word_wrap = True
    run = paragraph.add_run()
    run.text = plain(text)
    run.font.size = Pt(size)
    run.font.bold = is_bold or None
    if adds:
        paragraph.space_before = Pt(6)
    if is_right_to_left(text):
        paragraph._p.get_or_add_pPr().set("rtl", "1")
        paragraph.alignment = PP_ALIGN.RIGHT
    elif is_left:
        paragraph.alignment = PP_ALIGN.LEFT
    return [run]


def is_right_to_left(text: str) -> bool:
    """By the first letter that has a direction."""
    found = (unicodedata.bidirectional(sign) for sign in text)
    first = next((one for one in found if one in {"L", "R", "AL"}), "L")
    return first != "L"
