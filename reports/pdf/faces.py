"""The fonts of documents, made known to the engine that turns a drawing into pixels.

It reads TTF files of a folder, and packages bring them compressed for browsers, in parts by alphabet. Without
them a picture has the machine's fonts: on one with Chinese fonts, English quotation marks a whole sign wide.
"""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings

from cxcharts.render import register_fonts

FAMILY = "Source Sans 3"
_FILES = settings.BASE_DIR / "node_modules" / "@fontsource" / "source-sans-3" / "files"
_WEIGHTS = {400: "Regular", 600: "SemiBold"}
_FAMILY_NAME, _STYLE_NAME, _FULL_NAME, _TYPOGRAPHIC_FAMILY, _TYPOGRAPHIC_STYLE = 1, 2, 4, 16, 17
_WINDOWS, _UNICODE, _ENGLISH = 3, 1, 0x409


@cache
def know_fonts() -> TemporaryDirectory[str]:
    """Once a process; the folder stands as long as the process, because the engine reads it when it draws."""
    folder = TemporaryDirectory(prefix="cxprogram-fonts-")
    for weight, style in _WEIGHTS.items():
        _write(weight, style, Path(folder.name))
    register_fonts([folder.name])
    return folder


def _write(weight: int, style: str, folder: Path) -> None:
    """One file for all alphabets: of two of one family the engine would ask only the first. It gets the name
    that our drawings say; its own is that of its thinnest weight."""
    from fontTools.merge import Merger  # noqa: PLC0415  # heavy; comes with WeasyPrint, which reads fonts by it
    from fontTools.ttLib import TTFont  # noqa: PLC0415

    parts = []
    for subset in ("latin", "latin-ext"):
        with TTFont(_FILES / f"source-sans-3-{subset}-{weight}-normal.woff2") as font:
            font.flavor = None
            parts.append(str(folder / f"{subset}-{weight}.part"))
            font.save(parts[-1])
    merged = Merger().merge(parts)
    for part in parts:
        Path(part).unlink()
    names = merged["name"]
    for number in (_TYPOGRAPHIC_FAMILY, _TYPOGRAPHIC_STYLE):
        names.removeNames(nameID=number)
    told = {
        _FAMILY_NAME: FAMILY if style == "Regular" else f"{FAMILY} {style}",
        _STYLE_NAME: "Regular",
        _FULL_NAME: f"{FAMILY} {style}",
        _TYPOGRAPHIC_FAMILY: FAMILY,
        _TYPOGRAPHIC_STYLE: style,
    }
    for number, text in told.items():
        names.setName(text, number, _WINDOWS, _UNICODE, _ENGLISH)
    merged.save(folder / f"{FAMILY} {style}.ttf")
