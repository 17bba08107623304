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


@dataclass(frozen=True, kw_only=True, slots=True)
class Attached:
    """Evidence as it was found in a file: the code in its name, and the file's first identifier."""

    code: str
    content: bytes
    identifier: bytes


class UnreadableDocument(ValueError):
    """No document of ours, or one that cannot be read; the message goes on after the file's name."""


class ForbiddenResource(ValueError):
    """The document asked for something that is not our own asset."""
