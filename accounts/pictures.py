"""A logo as it comes from anywhere, as a picture of ours: decoded, measured, written anew.

What is stored is a PNG that was drawn here, whatever was sent: no script, no metadata, nothing that a viewer
would fetch. A drawing (SVG) that asks for more than it holds is refused, not cleaned: its author should know.
"""

import io
import re
from dataclasses import dataclass
from typing import NoReturn
from xml.etree import ElementTree as Tree

from django.utils.translation import gettext as _

from common.errors import InvalidValues
from cxcharts.render import picture_of

MOST_BYTES = 2 * 1024 * 1024
MOST_PIXELS = 4_000  # of a side, before anything is decoded
FEWEST_PIXELS = 16
MOST_ELEMENTS = 5_000  # of a drawing
WIDEST, HIGHEST = 1_200, 400  # as it is kept: a page is never wider at 300 points to the inch
PHONE_WIDEST, PHONE_HIGHEST = 480, 80  # on a phone with two pixels to the point
PHONE_BYTES = 6_000  # of a logo on a page that has to be light
FEWER_COLORS = 32
_PNG = b"\x89PNG\r\n\x1a\n"
_PIXELS = {None: 1.0, "px": 1.0, "pt": 4 / 3, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}  # of a unit
_FORBIDDEN = frozenset(
    {"script", "foreignobject", "iframe", "object", "embed", "audio", "video", "set", "animate", "handler"}
    | {"animatetransform", "animatemotion", "image", "feimage"}
)
_OUTSIDE = re.compile(r"url\(\s*[\"']?(?!#)|@import|javascript:|expression\(", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Logo:
    """A PNG of 16 to 1,200 by 16 to 400 pixels, transparent where the sent one was."""

    content: bytes
    width: int
    height: int


def refuse_large(size: int) -> None:
    """Before a file is read at all. Raises InvalidValues."""
    if size > MOST_BYTES:
        _refuse(
            _("This file has %(size)s MB. A logo may have at most %(most)s MB.")
            % {"size": round(size / 1024 / 1024) or 1, "most": MOST_BYTES // 1024 // 1024}
        )


def logo_of(content: bytes) -> Logo:
    """A PNG or SVG as the logo that is kept. Raises InvalidValues, which says what is wrong with it."""
    refuse_large(len(content))
    if content.startswith(_PNG):
        return _kept(content)
    if not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        _refuse(_("This is neither a PNG nor an SVG file. Choose one of these."))
    return _kept(_drawn(content))


def _refuse(message: str) -> NoReturn:
    raise InvalidValues(_("This logo cannot be used."), fields={"logo": message})


def _kept(png: bytes) -> Logo:
    """Decoded and written anew, no larger than it is ever shown."""
    from PIL import Image  # noqa: PLC0415  # heavy

    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
            if max(image.size) > MOST_PIXELS or min(image.size) < FEWEST_PIXELS:
                _refuse(
                    _(
                        "This picture has %(width)s by %(height)s pixels. A logo has between %(fewest)s and "
                        "%(most)s on each side."
                    )
                    % {
                        "width": image.width,
                        "height": image.height,
                        "fewest": FEWEST_PIXELS,
                        "most": MOST_PIXELS,
                    }
                )
            image.load()
            shown = image.convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        _refuse(_("This PNG file is damaged. Save the picture again, or choose another."))
    if shown.getbbox() is None:
        _refuse(_("This picture is empty: nothing of it would be seen."))
    shown = shown.crop(shown.getbbox())  # margins of nothing would stand between the logo and the name
    shown.thumbnail((WIDEST, HIGHEST))
    made = io.BytesIO()
    shown.save(made, "PNG", optimize=True)
    return Logo(content=made.getvalue(), width=shown.width, height=shown.height)


def light_logo(content: bytes) -> bytes:
    """A logo of ours as a PNG of at most 6,000 bytes, for pages that have to be light: as large as a phone
    shows it, with fewer colors and then smaller where that is too much.
    """
    from PIL import Image  # noqa: PLC0415  # heavy

    with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
        shown = image.convert("RGBA")
    size = (PHONE_WIDEST, PHONE_HIGHEST)
    while True:
        shown.thumbnail(size)
        for drawn in (shown, shown.quantize(FEWER_COLORS)):
            made = io.BytesIO()
            drawn.save(made, "PNG", optimize=True)
            if made.tell() <= PHONE_BYTES:
                return made.getvalue()
        size = (max(shown.width // 2, 1), max(shown.height // 2, 1))


# --- drawings ---------------------------------------------------------------------------------------------


def _drawn(content: bytes) -> bytes:
    """An SVG as PNG, drawn by the engine of our charts, which runs nothing and fetches nothing."""
    text = _text_of(content)
    root = _root_of(text)
    elements = list(root.iter())
    if len(elements) > MOST_ELEMENTS:
        _refuse(_("This drawing has too many parts for a logo. Save it as PNG."))
    for element in elements:
        _refuse_unsafe(element)
    _refuse_nested(elements)
    width, height = _size_of(root)
    scale = min(WIDEST / width, HIGHEST / height)
    if min(width, height) * scale < FEWEST_PIXELS:
        _refuse(_("This drawing is too long and thin for a logo."))
    try:
        return picture_of(text, scale=scale)
    except ValueError:
        _refuse(_("This SVG file cannot be drawn. Save it again as plain SVG, or as PNG."))  # or for too long


def _text_of(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        _refuse(_("This SVG file is not written in UTF-8. Save it again as plain SVG, or as PNG."))
    if re.search(r"<!\s*(DOCTYPE|ENTITY)|<\?xml-stylesheet", text, re.IGNORECASE):
        _refuse(
            _(
                "This SVG file has a document type, an entity or a style sheet of its own, which a "
                "logo does not "
                "need. Save it again as plain SVG, or as PNG."
            )
        )
    return text


def _root_of(text: str) -> Tree.Element:
    try:
        root = Tree.fromstring(text)  # noqa: S314  # no document type, hence no entities: refused before
    except (Tree.ParseError, ValueError, RecursionError):
        _refuse(_("This SVG file is damaged. Save it again as plain SVG, or as PNG."))
    if _name(root.tag) != "svg":
        _refuse(_("This is neither a PNG nor an SVG file. Choose one of these."))
    return root


def _refuse_unsafe(element: Tree.Element) -> None:
    name = _name(element.tag)
    if name in _FORBIDDEN:
        _refuse(
            _(
                "This SVG file holds “%(name)s”: scripts, animations and pictures inside are "
                "refused. Save it "
                "again as plain SVG, or as PNG."
            )
            % {"name": name[:40]}
        )
    if name == "text":
        _refuse(
            _(
                "This SVG file holds text, whose font is not in the file. Turn the text into "
                "outlines (paths), or "
                "save it as PNG."
            )
        )
    for attribute, value in element.attrib.items():
        key = _name(attribute)
        if key.startswith("on"):
            _refuse(
                _("This SVG file runs a script (“%(name)s”). Save it again as plain SVG, or as PNG.")
                % {"name": key[:40]}
            )
        if (key in {"href", "src"} and not value.strip().startswith("#")) or _OUTSIDE.search(value):
            _refuse_outside(value)
    if name == "style" and _OUTSIDE.search(element.text or ""):
        _refuse_outside(element.text or "")


def _refuse_nested(elements: list[Tree.Element]) -> None:
    """Copies of copies: a few lines of them would draw billions of parts."""
    copied = {element.get("id"): element for element in elements if element.get("id")}
    for element in elements:
        if _name(element.tag) != "use":
            continue
        wanted = next((value for key, value in element.attrib.items() if _name(key) == "href"), "")
        target = copied.get(wanted.strip().removeprefix("#"))
        if target is not None and any(_name(inner.tag) == "use" for inner in target.iter()):
            _refuse(_("This SVG file holds copies of copies. Save it again as plain SVG, or as PNG."))


def _refuse_outside(value: str) -> None:
    _refuse(
        _(
            "This SVG file asks for something outside itself: %(what)s. Put everything into the "
            "file, or save "
            "it as PNG."
        )
        % {"what": value.strip()[:60]}
    )


def _name(qualified: object) -> str:
    """Without its namespace, in small letters; comments and instructions have no name."""
    return qualified.rpartition("}")[2].lower() if isinstance(qualified, str) else ""


def _size_of(root: Tree.Element) -> tuple[float, float]:
    """Its width and height in pixels, as it says them. Raises InvalidValues where it says none."""
    said = [_length(root.get(key, "")) for key in ("width", "height")]
    box = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    if None in said and len(box) == 4:
        said = [_length(box[2]), _length(box[3])]
    width, height = said
    if width is None or height is None:
        _refuse(_("This SVG file does not say how large it is. Save it again with a width and a height."))
    return width, height


def _length(text: str) -> float | None:
    """Above zero and no drawing of the world; None for percents and nothing."""
    found = re.fullmatch(r"\s*([0-9]{1,6}(?:\.[0-9]{1,9})?)\s*(px|pt|mm|cm|in)?\s*", text)
    number = float(found[1]) * _PIXELS[found[2]] if found else 0.0
    return number if 0 < number <= 100_000 else None
