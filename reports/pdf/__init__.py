"""HTML to PDF: tagged, with the evidence attached, and never a byte from outside our own assets."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from reports.pdf.parts import Attached, Evidence, ForbiddenResource, Rendered, UnreadableDocument

__all__ = [
    "Attached",
    "Evidence",
    "ForbiddenResource",
    "Rendered",
    "UnreadableDocument",
    "attached_evidence",
    "render_pdf",
    "render_sheets",
]


def render_pdf(
    html: str,
    *,
    evidence: Evidence,
    identifier: str,
    moment: datetime,
    pictures: Mapping[str, bytes] | None = None,
) -> Rendered:
    """A document of PDF/UA-1 and PDF/A-3a with the evidence attached. The same arguments make the same bytes.

    `identifier` is the content's digest, `moment` the date written into the file's metadata, `pictures` PNG
    by the name that the document says, as `asset:/<name>`. Raises ForbiddenResource when the document asks
    for anything that is not our own.
    """
    from reports.pdf.engine import typeset  # noqa: PLC0415  # heavy

    return typeset(html, pictures or {}, evidence=evidence, identifier=identifier, moment=moment)


def render_sheets(html: str, *, pictures: Mapping[str, bytes]) -> Rendered:
    """Without evidence and of PDF/UA-1 alone: sheets to be printed and forgotten. `pictures`: PNG by the
    name that the document says, as `asset:/<name>`. Raises ForbiddenResource.
    """
    from reports.pdf.engine import typeset_sheets  # noqa: PLC0415  # heavy

    return typeset_sheets(html, pictures)


def attached_evidence(path: Path) -> Attached:
    """The evidence that a document carries. Raises UnreadableDocument."""
    from reports.pdf.reading import attached_in  # noqa: PLC0415  # heavy

    return attached_in(path)
