"""A message of a mailbox as feedback: whether a person wrote it, what they wrote themselves, and when.

Quoted replies and signatures are cut line by line. The libraries for that search the whole text with patterns
that take minutes for 20,000 line breaks (decision 35); these rules read each line once. What they do not
know stays: too many words rather than too few. No query.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr
from hashlib import sha256
from html import unescape
from typing import Any

from common.text import legible, one_line
from customer_voice.feed_choices import LetterLeftOut

LONGEST_ID = 120
MOST_HTML = 300_000  # characters
MOST_LETTERS = 20_000  # characters of feedback
MOST_LINES = 2_000
MOST_PARTS = 100
_REPLY_MARK = re.compile(r"^\s*(>|\|)")
_LINE_ABOVE = re.compile(
    r"^\s*[-_]{2,}\s*(original message|forwarded message|ursprüngliche nachricht|weitergeleitete nachricht|"
    r"message d'origine|message transféré|mensaje original|messaggio originale|oorspronkelijk bericht|"
    r"wiadomość oryginalna|原始邮件|原邮件|转发邮件|元のメッセージ)\s*[-_]{2,}\s*$",
    re.IGNORECASE,
)
# "On Mon, 3 Nov 2025 at 10:00, Ana <ana@example.com> wrote:", on one line or two
_WROTE = re.compile(
    r"(\b(wrote|writes|schrieb|a écrit|escribió|escreveu|ha scritto|schreef|napisał|skrev)\b|写道|寫道)"
    r"[^:：]{0,120}[:：]\s*$",
    re.IGNORECASE,
)
_HEAD = re.compile(
    r"^\s*\*?(from|sent|to|cc|subject|date|von|gesendet|an|betreff|datum|de|envoyé|à|objet|para|asunto|enviado|"
    r"发件人|发送时间|收件人|主题|日期)\*?\s*[:：]",
    re.IGNORECASE,
)
_SENT_FROM = re.compile(
    r"^\s*(sent from my |sent with |get outlook for |von meinem .{1,40} gesendet|gesendet mit |"
    r"envoyé de mon |enviado desde mi |inviato da |发自我的|从我的.{1,20}发送)",
    re.IGNORECASE,
)
_AUTOMATIC = frozenset({"bulk", "auto_reply", "junk"})
_SKIPPED = frozenset({"script", "style", "head", "title", "blockquote", "template", "noscript", "object"})
_BLOCKS = frozenset(
    {
        "p",
        "div",
        "br",
        "li",
        "ul",
        "ol",
        "tr",
        "table",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "hr",
        "pre",
    }
)
_TAG_NAME = re.compile(r"/?[A-Za-z][A-Za-z0-9]*")
_EMPTY = frozenset({"br", "hr", "img", "meta", "link", "input"})
_QUOTES = (
    "gmail_quote",
    "gmail_signature",
    "moz-cite-prefix",
    "moz-signature",
    "yahoo_quoted",
    "divrplyfwdmsg",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterIn:
    """One message. `left_out` says why it is no feedback; then `text` is empty."""

    message_id: str
    at: datetime | None
    sender: str  # an address, in lower case
    text: str = ""
    left_out: LetterLeftOut | None = None


def read_letter(content: bytes, *, ours: frozenset[str]) -> LetterIn:
    """What a message says. `ours`: addresses that our own letters come from, in lower case. Never raises."""
    try:
        message = BytesParser(policy=policy.default).parsebytes(content)
        sender = parseaddr(_header(message, "From"))[1].strip().lower()
        found = LetterIn(message_id=_identity(message, content), at=_moment(message), sender=sender)
        why = _why_not(message, sender, ours)
        text = "" if why else own_words(_words(message))
    # the package promises to read anything, and meets what it cannot now and then
    except Exception:
        digest = f"message-{sha256(content).hexdigest()}"
        return LetterIn(message_id=digest, at=None, sender="", left_out=LetterLeftOut.UNREADABLE)
    why = why or (None if text else LetterLeftOut.EMPTY)
    return LetterIn(message_id=found.message_id, at=found.at, sender=sender, text=text, left_out=why)


def own_words(text: str) -> str:
    """What somebody wrote above quoted replies and signatures; an answer below a quotation stays too."""
    lines = legible(text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")[:MOST_LINES]
    kept: list[str] = []
    for number, line in enumerate(lines):
        if line.rstrip("\r") in {"-- ", "--"} or _SENT_FROM.match(line[:200]):
            break
        if _LINE_ABOVE.match(line[:200]) or _begins_heads(lines, number):
            break
        if _REPLY_MARK.match(line):
            continue
        if _announces_quote(lines, number):
            if kept and len(line) > 0 and number and _is_cut_in_two(lines, number - 1):
                kept.pop()
            continue
        kept.append(line.rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()[:MOST_LETTERS]


# --- small parts --------------------------------------------------------------------------------


def _why_not(message: EmailMessage, sender: str, ours: frozenset[str]) -> LetterLeftOut | None:
    """Whether a machine wrote it: RFC 3834 says how they say so, and many say so otherwise."""
    kind = message.get_content_type()
    if (
        kind == "multipart/report"
        or _header(message, "X-Failed-Recipients")
        or _header(message, "Return-Path").strip() == "<>"
    ):
        return LetterLeftOut.BOUNCE
    local = sender.partition("@")[0]
    if local in {"mailer-daemon", "postmaster"}:
        return LetterLeftOut.BOUNCE
    if sender in ours:
        return LetterLeftOut.OURS
    submitted = _header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    precedence = _header(message, "Precedence").strip().lower()
    if submitted not in {"", "no"} or precedence in _AUTOMATIC:
        return LetterLeftOut.AUTOMATIC
    if any(_header(message, name) for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponder")):
        return LetterLeftOut.AUTOMATIC
    suppress = _header(message, "X-Auto-Response-Suppress").strip().lower()
    if suppress and suppress != "none":
        return LetterLeftOut.AUTOMATIC
    if precedence == "list" or _header(message, "List-Id") or _header(message, "List-Unsubscribe"):
        return LetterLeftOut.LIST
    return None


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name) or "")
    except (ValueError, TypeError, IndexError, AttributeError):
        return ""


def _identity(message: EmailMessage, content: bytes) -> str:
    """By this it is known again: its Message-ID, else what is in it."""
    said = one_line(_header(message, "Message-ID")).strip("<> ")
    if not said:
        return f"message-{sha256(content).hexdigest()}"
    return said if len(said) <= LONGEST_ID else f"message-{sha256(said.encode()).hexdigest()}"


def _moment(message: EmailMessage) -> datetime | None:
    try:
        moment: Any = message["Date"].datetime
        return None if moment is None else moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (AttributeError, ValueError, TypeError, OverflowError):
        return None


def _words(message: EmailMessage) -> str:
    """The plain part, else the words of the HTML part; attachments are not opened."""
    plain, html = "", ""
    for number, part in enumerate(message.walk()):
        if number == MOST_PARTS:
            break
        if part.is_multipart() or part.get_content_disposition() == "attachment":
            continue
        if part.get_content_type() == "text/plain" and not plain:
            plain = _text(part)
        elif part.get_content_type() == "text/html" and not html:
            html = _text(part)
    return plain if plain.strip() else words_of_html(html)


def _text(part: Any) -> str:
    payload = part.get_payload(decode=True) or b""
    charset = part.get_content_charset() or "utf-8"
    try:
        return str(payload.decode(charset))
    except (LookupError, UnicodeDecodeError):
        return str(payload.decode("utf-8", "replace"))


def words_of_html(text: str) -> str:
    """The words of a page as lines; nothing of scripts, styles, quotations and signatures.

    Read once from the beginning to the end: parsers of whole pages, the framework's own among them, take
    minutes for tags that are opened and never closed.
    """
    found: list[str] = []
    skipped: list[str] = []  # the element that is passed over, and others of its kind inside it
    for name, piece in _pieces(text[:MOST_HTML]):
        if not name:
            if not skipped:
                found.append(re.sub(r"\s+", " ", unescape(piece)))
            continue
        tag, is_end = name.removeprefix("/"), name.startswith("/")
        if skipped:
            if tag == skipped[0]:
                skipped.pop() if is_end else skipped.append(tag)
            continue
        if not is_end and tag not in _EMPTY and (tag in _SKIPPED or _is_quote(piece)):
            skipped.append(tag)
        if tag in _BLOCKS:
            found.append("\n")
    return "\n".join(" ".join(line.split()) for line in "".join(found).split("\n"))


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Tags as (name, what stands in it), with "/" before the name of one that ends; words as ("", words)."""
    at = 0
    while (begin := text.find("<", at)) >= 0:
        yield "", text[at:begin]
        is_comment = text.startswith("<!--", begin)
        sign = text[begin + 1 : begin + 2]
        if not (sign.isalpha() or sign in {"/", "!", "?"}):
            yield "", "<"
            at = begin + 1
            continue
        end = text.find("-->" if is_comment else ">", begin + 1)
        if end < 0:  # it never ends, so nothing after it is said to anybody
            return
        inside = text[begin + 1 : end]
        name = _TAG_NAME.match(inside)
        if name and not is_comment:
            yield name[0].lower(), inside[:1000]
        at = end + (3 if is_comment else 1)
    yield "", text[at:]


def _is_quote(tag: str) -> bool:
    return any(mark in tag.lower() for mark in _QUOTES)


def _begins_heads(lines: list[str], number: int) -> bool:
    """Outlook puts From, Sent, To and Subject above what it quotes, without a mark."""
    block = lines[number : number + 4]
    return len(block) >= 3 and all(_HEAD.match(line[:200]) for line in block[:3])


def _announces_quote(lines: list[str], number: int) -> bool:
    """The line that says who wrote what is quoted below it, if it is quoted."""
    if not _WROTE.search(lines[number][-200:]):
        return False
    below = next((line for line in lines[number + 1 : number + 4] if line.strip()), None)
    return below is None or bool(_REPLY_MARK.match(below))


def _is_cut_in_two(lines: list[str], number: int) -> bool:
    """Whether "On ... <address>" stands on the line above its "wrote:"."""
    line = lines[number]
    is_begun = re.match(r"^\s*(On|Am|Le|El|Il|Op|W dniu|在)\b", line)
    return is_begun is not None and len(line) < 200 and bool(re.search(r"\d", line))
