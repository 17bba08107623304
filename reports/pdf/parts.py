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
    """Evidence as it was found in a file: the code in its name, and the identifier that the file was made
    with (the first 32 digits of the content's digest; empty in documents of before that form)."""

    code: str
    content: bytes
    identifier: str


class UnreadableDocument(ValueError):
    """No document of ours, or one that cannot be read; the message goes on after the file's name."""


class ForbiddenResource(ValueError):
    """The document asked for something that is not our own asset."""
