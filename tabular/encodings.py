"""How the letters of a text file are written down. Pure."""

import codecs
from collections.abc import Iterator
from enum import StrEnum
from hashlib import sha256
from typing import IO

from tabular.problems import Unreadable

BLOCK = 1024 * 1024
SAMPLE = 64 * 1024
_MARKS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class Code(StrEnum):
    UTF_8 = "utf-8"
    UTF_16 = "utf-16"
    CP1252 = "cp1252"
    GB18030 = "gb18030"


def codec_of(encoding: str) -> str:
    """Python's name for reading: a byte order mark is no letter of the first cell."""
    return "utf-8-sig" if encoding == Code.UTF_8 else encoding


def has_utf16_mark(head: bytes) -> bool:
    return any(head.startswith(mark) for mark, _name in _MARKS)


def check_encoding(file: IO[bytes], encoding: str) -> str:
    """Read all of it once; gives the digest. Raises Unreadable with the first line that fails."""
    digest = sha256()
    decoder = codecs.getincrementaldecoder(codec_of(encoding))()
    lines = 0
    for block in _blocks(file):
        digest.update(block)
        try:
            decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            line = lines + error.object[: error.start].count(b"\n") + 1
            guess = suggest_encoding(error.object) if encoding == Code.UTF_8 else None
            raise Unreadable(
                "wrong_encoding", where="encoding", line=line, encoding=encoding, guess=guess
            ) from error
        except UnicodeError as error:  # UTF-16 without its mark
            raise Unreadable("wrong_encoding", where="encoding", line=1, encoding=encoding) from error
        lines += block.count(b"\n")
    return digest.hexdigest()


def text_of(content: bytes) -> str:
    """A short text that is looked at before anything is done with it: the likeliest encoding will do."""
    if has_utf16_mark(content):
        return content.decode(Code.UTF_16, errors="replace")
    try:
        return content.decode(codec_of(Code.UTF_8))
    except UnicodeDecodeError:
        return content.decode(suggest_encoding(content) or Code.CP1252, errors="replace")


def digest_of(file: IO[bytes]) -> str:
    digest = sha256()
    for block in _blocks(file):
        digest.update(block)
    return digest.hexdigest()


def suggest_encoding(content: bytes) -> Code | None:
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
        return Code.GB18030
    try:
        content.decode("cp1252")
    except UnicodeDecodeError:
        return None
    return Code.CP1252


def _pairs(content: bytes) -> float:
    """Share of bytes above 127 that stand beside another one: near 1 in Chinese, small in Western text."""
    high = [index for index, byte in enumerate(content[:20_000]) if byte > 127]
    if not high:
        return 0.0
    known = set(high)
    return sum(index + 1 in known or index - 1 in known for index in high) / len(high)


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    """All blocks from the beginning, and one that is empty."""
    file.seek(0)
    while block := file.read(BLOCK):
        yield block
    yield b""
