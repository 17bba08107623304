"""Reading a CSV file as it comes: what it is, how it is written, and its rows one after the other."""

import codecs
import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from django.utils.translation import gettext as _

from customer_voice.choices import Encoding
from customer_voice.errors import FileRefused

BLOCK = 1024 * 1024
LARGEST_CELL = 1_000_000
MOST_COLUMNS = 500
LONGEST_NAME = 1_000
DELIMITERS = ",;\t|"
# first bytes -> what the file really is
_SIGNATURES = (
    (b"PK\x03\x04", "xlsx"),
    (b"\xd0\xcf\x11\xe0", "xls"),
    (b"%PDF", "pdf"),
    (b"\x1f\x8b", "gzip"),
    (b"\xff\xfe", "utf16"),
    (b"\xfe\xff", "utf16"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class FileFacts:
    """What one pass over the bytes found."""

    size: int
    digest: str
    delimiter: str
    header: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]


def inspect_upload(file: IO[bytes], *, encoding: str, most_bytes: int) -> FileFacts:
    """Read the file once: digest, encoding, header and five rows. Raises FileRefused in plain words."""
    file.seek(0, io.SEEK_END)
    size = file.tell()
    if size > most_bytes:
        raise _refused(
            "too_large",
            _(
                "The file has %(size)d MB; at most %(limit)d MB can be imported at once. Split it "
                "and import the parts."
            )
            % {"size": round(size / 2**20), "limit": most_bytes // 2**20},
        )
    file.seek(0)
    head = file.read(65536)
    if not head.strip():
        raise _refused("empty", _("The file is empty."))
    _refuse_other_kinds(head)
    file.seek(0)
    digest = _check_encoding(file, encoding)
    rows = read_rows(file, encoding=encoding)
    header = next(rows, None)
    if header is None:
        raise _refused("empty", _("The file is empty."))
    names = _checked_header(header[1])
    sample = tuple(tuple(cells) for _number, cells in _first(rows, 5))
    if not sample:
        raise _refused("no_rows", _("The file has a header but no rows below it."))
    return FileFacts(
        size=size, digest=digest, delimiter=_delimiter(head, encoding), header=names, sample=sample
    )


def read_rows(file: IO[bytes], *, encoding: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with their number as a spreadsheet counts them (header is 1); blank rows are passed over.

    Raises FileRefused where quotes are not closed or a cell is beyond all reason.
    """
    file.seek(0)
    head = file.read(65536)
    file.seek(0)
    text = io.TextIOWrapper(io.BufferedReader(_Open(file), BLOCK), encoding=_codec(encoding), newline="")
    csv.field_size_limit(LARGEST_CELL)
    reader = csv.reader(text, delimiter=_delimiter(head, encoding), strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            if cells:
                yield number, cells
    except csv.Error as error:
        raise _refused(
            "broken_quotes",
            _("Near line %(line)d a quotation mark is opened and not closed (or a cell is far too long).")
            % {"line": reader.line_num},
        ) from error
    finally:
        text.detach()


def suggest_encoding(content: bytes) -> Encoding | None:
    """The likeliest of the other encodings we read, for bytes that are not UTF-8."""
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError as error:
        # a multi-byte character may be cut at the end of the sample
        text = content[: error.start].decode("gb18030") if error.start > len(content) - 4 else ""
    foreign = [character for character in text if ord(character) > 127]
    chinese = sum("\u4e00" <= character <= "\u9fff" or "\u3000" <= character <= "\u303f" or
                  "\uff00" <= character <= "\uffef" for character in foreign)  # fmt: skip
    if foreign and chinese >= 0.8 * len(foreign) and _pairs(content) >= 0.8:
        return Encoding.GB18030
    try:
        content.decode("cp1252")
    except UnicodeDecodeError:
        return None
    return Encoding.CP1252


def _pairs(content: bytes) -> float:
    """Share of bytes above 127 that stand beside another one: near 1 in Chinese, small in Western text."""
    high = [index for index, byte in enumerate(content[:20_000]) if byte > 127]
    if not high:
        return 0.0
    known = set(high)
    return sum(index + 1 in known or index - 1 in known for index in high) / len(high)


def _first(rows: Iterator[Any], count: int) -> Iterator[Any]:
    for _index, row in zip(range(count), rows, strict=False):
        yield row


def _check_encoding(file: IO[bytes], encoding: str) -> str:
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder(_codec(encoding))()
    lines = 0
    while True:
        block = file.read(BLOCK)
        digest.update(block)
        try:
            decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            good = error.object[: error.start]
            line = lines + good.count(b"\n") + 1
            raise _wrong_encoding(line, encoding, error.object) from error
        if not block:
            return digest.hexdigest()
        lines += block.count(b"\n")


def _wrong_encoding(line: int, encoding: str, content: bytes) -> FileRefused:
    named = Encoding(encoding).label
    message = _("Line %(line)d is not written in %(encoding)s.") % {"line": line, "encoding": named}
    guess = suggest_encoding(content) if encoding == Encoding.UTF_8 else None
    if guess is not None:
        message += " " + _("It looks like %(guess)s: choose that and upload the file again.") % {
            "guess": guess.label
        }
    return _refused("wrong_encoding", message, field="encoding")


def _refuse_other_kinds(head: bytes) -> None:
    kind = next((name for signature, name in _SIGNATURES if head.startswith(signature)), None)
    if kind in {"xlsx", "xls"}:
        raise _refused(
            "excel_file",
            _(
                "This is an Excel workbook, whatever its name says. "
                "In Excel choose “Save as” and then “CSV UTF-8”."
            ),
        )
    if kind == "utf16":
        raise _refused(
            "wrong_encoding",
            _("The file is written in UTF-16. In Excel choose “Save as” and then “CSV UTF-8”."),
        )
    if kind is not None or b"\x00" in head:
        raise _refused("binary_file", _("This is not a text file. A CSV file is needed."))


def _checked_header(cells: list[str]) -> tuple[str, ...]:
    names = [cell.strip() for cell in cells]
    if len(names) < 2:
        raise _refused(
            "one_column",
            _(
                "Only one column was found. The cells must be separated by a comma, semicolon, tab or "
                "vertical bar."
            ),
        )
    if len(names) > MOST_COLUMNS:
        raise _refused(
            "too_many_columns",
            _(
                "The file has %(count)d columns; at most %(limit)d can be imported. Keep those with "
                "the ID, the date, the touchpoint, the score and the comment."
            )
            % {"count": len(names), "limit": MOST_COLUMNS},
        )
    long = next((number for number, name in enumerate(names, start=1) if len(name) > LONGEST_NAME), None)
    if long is not None:
        raise _refused(
            "long_header",
            _("The name of column %(number)d is longer than %(limit)d characters.")
            % {"number": long, "limit": LONGEST_NAME},
        )
    if any(_is_value(name) for name in names):
        raise _refused(
            "no_header",
            _("The first row holds values (“%(value)s”). It must name the columns.")
            % {"value": next(name for name in names if _is_value(name))[:40]},
        )
    named = [
        name or _("Column %(number)d") % {"number": number} for number, name in enumerate(names, start=1)
    ]
    twice = next((name for name, times in Counter(named).items() if times > 1), None)
    if twice is not None:
        raise _refused("repeated_header", _("Two columns are named “%(name)s”.") % {"name": twice[:60]})
    return tuple(named)


def _is_value(name: str) -> bool:
    """Whether a header cell looks like a number or a date."""
    stripped = name.replace(".", "").replace(",", "").replace("-", "").replace("/", "").replace(":", "")
    return stripped.replace(" ", "").replace("T", "").isdigit()


def _delimiter(head: bytes, encoding: str) -> str:
    line = head.decode(_codec(encoding), errors="replace").splitlines()[0] if head.strip() else ","
    return max(DELIMITERS, key=line.count)


def _codec(encoding: str) -> str:
    return "utf-8-sig" if encoding == Encoding.UTF_8 else encoding


def _refused(code: str, message: str, *, field: str = "file") -> FileRefused:
    return FileRefused(message, code=code, fields={field: message})


class _Open(io.RawIOBase):
    """The bytes of an uploaded file, left open when the text wrapper around it goes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        block = self._file.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)
