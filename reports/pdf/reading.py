"""The evidence inside a PDF, taken out again. It loads pikepdf, so `reports.pdf` imports it late."""

import re
from pathlib import Path

import pikepdf

from reports.pdf.parts import Attached, UnreadableDocument

_NAME = re.compile(r"evidence-(?P<code>[A-Z0-9]{4}(?:-[A-Z0-9]{4}){3})\.json")
_IDENTIFIER = re.compile(rb"[0-9a-f]{32}")
_MOST = 64 * 1024 * 1024  # bytes of a file; our documents have one or two hundred kilobytes
_OURS = "cxprogram"  # who made the document, by its metadata


def attached_in(path: Path) -> Attached:
    """See `reports.pdf.attached_evidence`."""
    try:
        with path.open("rb") as file:
            start = file.read(1024)
            size = path.stat().st_size
    except OSError as error:
        raise UnreadableDocument(f"cannot be read: {error.strerror or error}") from error
    if b"%PDF-" not in start:
        raise UnreadableDocument("is not a PDF")
    if size > _MOST:
        raise UnreadableDocument(f"has {size} bytes; documents have at most {_MOST}")
    try:
        with pikepdf.open(path, suppress_warnings=True) as pdf:
            return _evidence(pdf)
    except pikepdf.PasswordError as error:
        raise UnreadableDocument("is locked with a password; documents are not") from error
    except (pikepdf.PdfError, pikepdf.DataDecodingError) as error:
        raise UnreadableDocument("is broken: copy or download it again") from error


def _evidence(pdf: pikepdf.Pdf) -> Attached:
    found = [(match["code"], name) for name in pdf.attachments if (match := _NAME.fullmatch(name))]
    is_damaged = bool(pdf.get_warnings())
    if len(found) > 1:
        raise UnreadableDocument(
            f"has {len(found)} attachments that call themselves evidence; documents have one"
        )
    if not found:
        if is_damaged:
            raise UnreadableDocument("is broken: copy or download it again")
        if str(pdf.docinfo.get("/Creator", "")) == _OURS:
            raise UnreadableDocument(
                "has lost its attached evidence: it was printed to a new file or saved without attachments. "
                "Ask for the original"
            )
        raise UnreadableDocument("is not a document of cxprogram: no evidence is attached to it")
    ((code, name),) = found
    content = pdf.attachments[name].get_file().read_bytes()
    return Attached(code=code, content=content, identifier=_identifier(pdf))


def _identifier(pdf: pikepdf.Pdf) -> str:
    """The first identifier of the file, kept by whoever saves it again; empty where it is none of ours."""
    both = pdf.trailer.get("/ID")
    found = bytes(both[0]) if isinstance(both, pikepdf.Array) and len(both) else b""
    return found.decode() if _IDENTIFIER.fullmatch(found) else ""
