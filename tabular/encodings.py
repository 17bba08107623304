"""How the letters of a text file are written down. Pure."""

import codecs
import re
from collections.abc import Iterator
from enum import StrEnum
from hashlib import sha256
from typing import IO

from tabular.problems import Unreadable

BLOCK = 1024 * 1024
SAMPLE = 64 * 1024
FEWEST_CHINESE = 4  # characters: fewer may be one word of another script
# What bytes of other code pages look like in Windows-1252. Marks that do stand within Western words (l’été,
# col·lega) are not among them.
_SIGN_IN_WORD = re.compile(r"(?<=[^\W\d_])[¹²³¼½¾£¥¢¤¦§¨©«»¬®¯°±´µ¶¸¿¡×÷†‡‰‹›„ˆ˜™](?=[^\W\d_])")
_FOREIGN_RUN = re.compile(r"[À-ÖØ-öø-ÿ]{4,}")  # Cyrillic, Greek, Hebrew, Arabic
_NEVER_TOGETHER = (
    (frozenset("ø"), frozenset("ìùïšží")),  # Czech, Slovak
    (frozenset("õ"), frozenset("û")),  # Hungarian
    (frozenset("þð"), frozenset("çãü")),  # Romanian, Turkish
)
_MARKS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class Code(StrEnum):
    UTF_8 = "utf-8"
    UTF_16 = "utf-16"
    CP1252 = "cp1252"
    GB18030 = "gb18030"
    # no byte of these tells which of them it is: they are chosen, never guessed
    BIG5 = "cp950"
    SHIFT_JIS = "cp932"
    KOREAN = "cp949"
    CP1250 = "cp1250"
    CP1251 = "cp1251"
    CP1253 = "cp1253"
    CP1254 = "cp1254"
    CP1255 = "cp1255"
    CP1256 = "cp1256"


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
            is_utf8_wanted = encoding == Code.UTF_8
            raise Unreadable(
                "wrong_encoding",
                where="encoding",
                line=line,
                encoding=encoding,
                guess=suggest_encoding(error.object) if is_utf8_wanted else None,
                is_mixed=is_utf8_wanted and is_mixed(error.object),
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


def is_mixed(content: bytes) -> bool:
    """Whether some lines with letters beyond ASCII are UTF-8 and others are not."""
    return 0 < _share_of_utf8_lines(content) < 1


def suggest_encoding(content: bytes) -> Code | None:
    """The likeliest of the other encodings we read, for bytes that are not UTF-8; None where another one that
    we do not read is as likely, or where the file mixes two: a wrong advice turns names into nonsense."""
    written_in_utf8 = _share_of_utf8_lines(content)
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError as error:
        # a multi-byte character may be cut at the end of the sample
        text = content[: error.start].decode("gb18030") if error.start > len(content) - 4 else ""
    foreign = [character for character in text if ord(character) > 127]
    chinese = sum("\u4e00" <= character <= "\u9fff" or "\u3000" <= character <= "\u303f" or
                  "\uff00" <= character <= "\uffef" for character in foreign)  # fmt: skip
    if foreign and chinese >= 0.8 * len(foreign) and _pairs(content) >= 0.8 and _is_common_chinese(text):
        # a short Chinese line may be UTF-8 by chance; one line in ten is none
        return Code.GB18030 if written_in_utf8 < 0.1 else None
    try:
        western = content.decode("cp1252")
    except UnicodeDecodeError:
        return None
    return Code.CP1252 if not written_in_utf8 and _reads_western(western) else None


def _is_common_chinese(text: str) -> bool:
    """Whether most characters are of the first level of GB 2312, and some of its second half, as those of any
    Chinese text. Greek and Cyrillic words read as Chinese are full of rare ones; Korean ones never reach the
    second half."""
    leads = [character.encode("gb18030")[0] for character in text if "\u4e00" <= character <= "\u9fff"]
    common = sum(0xB0 <= lead <= 0xD7 for lead in leads)
    if len(leads) < FEWEST_CHINESE:
        return False
    return common >= 0.6 * len(leads) and sum(0xC9 <= lead <= 0xD7 for lead in leads) >= 0.1 * len(leads)


def _share_of_utf8_lines(content: bytes) -> float:
    """Of the lines with bytes above 127 the share that are UTF-8, 0-1; 0 without such lines."""
    lines = [line for line in content.splitlines() if not line.isascii()]
    return sum(_is_utf8(line) for line in lines) / len(lines) if lines else 0.0


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _reads_western(text: str) -> bool:
    """Whether this reads as words of Western Europe, and not as those of another code page: those have signs
    within words ("z³oty"), words of foreign letters alone, or letters that no Western language mixes."""
    foreign = sum(letter > "\x7f" for letter in text)
    odd = len(_SIGN_IN_WORD.findall(text)) + sum(map(len, _FOREIGN_RUN.findall(text)))
    letters = set(text.lower())
    strangers = any(one & letters and other & letters for one, other in _NEVER_TOGETHER)
    return odd <= 0.05 * foreign and not strangers


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
