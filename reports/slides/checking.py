"""A template of slides as it comes from anywhere, looked at before anything of it is used. Pure.

Nothing is unpacked to the disk, nothing is run; what would be asked for from outside, or run where
somebody opens the slides, is refused. `reports.slides.engine` reads what passed.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn
from xml.etree import ElementTree as Tree

from django.utils.translation import gettext as _

from reports.slides.parts import UnusableTemplate

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 100 * 1024 * 1024
MOST_XML = 20 * 1024 * 1024  # of all parts: read into memory it takes forty times as much
MOST_PARTS = 2_000
LARGEST_XML = 5 * 1024 * 1024
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
_LAYOUT = re.compile(r"ppt/slideLayouts/[^/]+\.xml")
_MACROS = re.compile(r"vba(Project|Data)", re.IGNORECASE)
_FOREIGN = re.compile(r"activeX/|embeddings/|\.(exe|dll|js|vbs|bat|ps1)$", re.IGNORECASE)
_OF_CHART = re.compile(r"ppt/charts/[^/]+\.xml")
_FIGURES = re.compile(r"ppt/embeddings/[^/]+\.xlsx", re.IGNORECASE)  # a chart's own sheet; no macros in .xlsx
_OF_SLIDES = ("/slide", "/notesSlide", "/comments")  # relations to what the template's own slides bring
_NS = "{http://schemas.openxmlformats.org/presentationml/2006/main}"


@dataclass(frozen=True, kw_only=True, slots=True)
class TemplateFacts:
    """How many layouts there are, and how many of them have a title."""

    layouts: int
    titled: int


def refuse_large(size: int) -> None:
    """Before a file is read at all. Raises UnusableTemplate."""
    if size > MOST_BYTES:
        _refuse(
            _("This file has %(size)s MB. A template may have at most %(most)s MB.")
            % {"size": round(size / 1024 / 1024), "most": MOST_BYTES // 1024 // 1024}
        )


def check_template(content: bytes) -> TemplateFacts:
    """Raises UnusableTemplate, which says what is wrong and what to do."""
    refuse_large(len(content))
    if content.startswith(_OLE):
        _refuse(
            _("This file is locked with a password or of an old format. Save it as .pptx without a password.")
        )
    if not content.startswith(_ZIP):
        _refuse(_("This is no PowerPoint file. Choose a .pptx file."))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _checked(archive)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError, ValueError) as error:
        if isinstance(error, UnusableTemplate):
            raise
        _refuse(_("This PowerPoint file is damaged. Save it again, or choose another."))


def _refuse(message: str) -> NoReturn:
    raise UnusableTemplate(message)


def _checked(archive: zipfile.ZipFile) -> TemplateFacts:
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    texts = sum(part.file_size for part in parts if part.filename.lower().endswith((".xml", ".rels")))
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or texts > MOST_XML:
        _refuse(
            _("This file would unpack to more than %(most)s MB or too many parts. Make it smaller.")
            % {"most": MOST_UNPACKED // 1024 // 1024}
        )
    names = [part.filename for part in parts]
    if len(set(names)) != len(names) or any(
        name.startswith("/") or "\\" in name or ".." in name.split("/") for name in names
    ):
        _refuse(_("This PowerPoint file is damaged. Save it again, or choose another."))
    kinds = _read(archive, "[Content_Types].xml") if "[Content_Types].xml" in names else b""
    if b"macroEnabled" in kinds or any(map(_MACROS.search, names)):
        _refuse(_("This file has macros. Save it as .pptx, which has none."))
    if _SLIDES.encode() not in kinds:
        _refuse(_("This is no PowerPoint file. Choose a .pptx file; save a .potx file as .pptx first."))
    _refuse_foreign(list(_kept(archive, set(names))))
    layouts = [name for name in names if _LAYOUT.fullmatch(name)]
    titled = sum(_has_title(_parsed(archive, name)) for name in layouts)
    if not titled:
        _refuse(
            _("This file has no layout with a title. Add one in the slide master, then save it again.")
            if layouts
            else _("This file has no slide layouts. Start from a presentation with a slide master.")
        )
    return TemplateFacts(layouts=len(layouts), titled=titled)


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """A part, whatever the archive says of its size."""
    with archive.open(name) as file:
        content = file.read(LARGEST_XML + 1)
    if len(content) > LARGEST_XML:
        _refuse(_("This PowerPoint file is damaged. Save it again, or choose another."))
    return content


def _parsed(archive: zipfile.ZipFile, name: str) -> Tree.Element:
    content = _read(archive, name)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"\x00" in content:
        _refuse(_("This PowerPoint file is damaged. Save it again, or choose another."))
    try:
        return Tree.fromstring(content)  # noqa: S314  # no document type, hence no entities
    except Tree.ParseError:
        _refuse(_("This PowerPoint file is damaged. Save it again, or choose another."))


def _has_title(layout: Tree.Element) -> bool:
    return any(place.get("type") in {"title", "ctrTitle"} for place in layout.iter(f"{_NS}ph"))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Relation:
    """One part of the file asks for another, or for something outside."""

    source: str
    target: str
    is_outside: bool


def _refuse_foreign(relations: list[_Relation]) -> None:
    """What a viewer would fetch when it opens the slides, and what other programs would open, of all that is
    left once the template's own slides are gone. Links may lead anywhere; a chart has its own figures."""
    for one in relations:
        if one.is_outside:
            text = _(
                "This file asks for something outside itself: %(what)s. Put it into the file, then save it "
                "again."
            )
            _refuse(text % {"what": one.target[:80]})
        is_figures = _OF_CHART.fullmatch(one.source) and _FIGURES.fullmatch(one.target)
        if _FOREIGN.search(one.target) and not is_figures:
            _refuse(_("This file holds objects of other programs. Remove them, then save it again."))


def _kept(archive: zipfile.ZipFile, names: set[str]) -> Iterator[_Relation]:
    """Relations of every part that is reached without the template's own slides: they are not drawn, and
    nothing that only they ask for is written."""
    waiting, seen = [""], {""}
    while waiting:
        source = waiting.pop()
        folder, name = posixpath.split(source)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        if relations not in names:
            continue
        for one in _parsed(archive, relations):
            kind, target = str(one.get("Type")), str(one.get("Target"))
            if kind.endswith(_OF_SLIDES):
                continue
            if one.get("TargetMode") == "External":
                if not kind.endswith("/hyperlink"):
                    yield _Relation(source=source, target=target, is_outside=True)
                continue
            part = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            yield _Relation(source=source, target=part, is_outside=False)
            if part in names and part not in seen:
                seen.add(part)
                waiting.append(part)
