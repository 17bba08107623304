"""What goes into a document and what comes out."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """The machine-readable content, attached inside the document."""

    name: str
    description: str
    content: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendered:
    content: bytes
    pages: int


class ForbiddenResource(ValueError):
    """The document asked for something that is not our own asset."""
