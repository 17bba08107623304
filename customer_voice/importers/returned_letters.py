"""What mail servers say of a letter that came back: delivery status notifications (RFC 3464) and plain ones.

Only a final failure counts: a delay is none, a delivery is none, and neither are receipts and automatic
replies. Nothing here knows surveys, and no query is made.
"""

import re
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.utils import getaddresses
from typing import Any

type _Part = Message[Any, Any]

MOST_RECIPIENTS = 20
MOST_PARTS = 50
MOST_TEXT = 200_000  # characters of a notice that are looked at
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_SAID = re.compile(r"(?:[45]\d\d[ -]#?|[#(]|Status: ?)([45]\.\d{1,3}\.\d{1,3})(?![\d.])", re.IGNORECASE)
_CODE = re.compile(r"(?<![\w.-])([45])\d\d(?:[ -]|$)", re.MULTILINE)
_MESSAGE_ID = re.compile(r"^[> \t]*Message-ID:\s*<([^<>\s]{1,300})>", re.MULTILINE | re.IGNORECASE)
_RECIPIENT = re.compile(r"^[ \t]*(?:Final|Original)-Recipient:\s*(.{1,400})$", re.MULTILINE | re.IGNORECASE)
_SENDERS = ("mailer-daemon", "postmaster", "mail-daemon", "maildelivery", "microsoftexchange")
_NO_REPORTS = frozenset({"disposition-notification", "feedback-report"})  # receipts, complaints


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """To which addresses (in small letters) a letter did not go, and why: 5.x.x for good, 4.x.x for now."""

    addresses: tuple[str, ...]
    status: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """A letter that came back. `mark` stood in the header that was asked for, `message_id` in its own;
    both are empty where the notice does not give the letter back.
    """

    failures: tuple[Failure, ...]
    mark: str = ""
    message_id: str = ""


def read_notice(content: bytes, *, header: str) -> Notice | None:
    """What a notice says, or None where the message is none of a final failure. Never raises.

    `header`: the name of a header of ours by which the letter that came back is known.
    """
    try:
        message = BytesParser(policy=policy.default).parsebytes(content)
        failures = _failures(message) if _is_notice(message) else ()
        if not failures:
            return None
        mark, message_id = _letter(message, header)
    # the package promises to read anything, and meets what it cannot now and then
    except Exception:
        return None
    return Notice(failures=failures, mark=mark, message_id=message_id)


def _is_notice(message: EmailMessage) -> bool:
    """Whether a mail server wrote it: a person's message that quotes one is none."""
    if message.get_content_type() == "multipart/report":
        return str(message.get_param("report-type") or "").lower() not in _NO_REPORTS
    submitted = _said(message, "Auto-Submitted").lower()
    if submitted.startswith("auto-replied") and not _said(message, "X-Failed-Recipients"):
        return False  # "out of office" comes from the empty path too
    local = next((one.lower() for _name, one in getaddresses([_said(message, "From")])), "")
    return bool(
        _said(message, "X-Failed-Recipients")
        or _said(message, "Return-Path").strip() == "<>"
        or local.startswith(_SENDERS)
    )


def _failures(message: EmailMessage) -> tuple[Failure, ...]:
    status = next((part for part in _parts(message) if part.get_content_type() == _DELIVERY), None)
    if status is not None:
        return _of_report(status)
    text = _text(message)
    named = _said(message, "X-Failed-Recipients") or ", ".join(
        said.rpartition(";")[2] for said in _RECIPIENT.findall(text)[:MOST_RECIPIENTS]
    )
    addresses = _addresses([named])
    # a sender that names who failed means for good, whatever else stands there
    found = _status(text, _SAID) or ("5.0.0" if _said(message, "X-Failed-Recipients") else "")
    if not addresses or not found:
        return ()
    return (Failure(addresses=addresses, status=found),)


_DELIVERY = "message/delivery-status"


def _of_report(status: _Part) -> tuple[Failure, ...]:
    """Blocks of fields: the first is about the letter, each other about one recipient (RFC 3464, 2.3)."""
    blocks: Any = status.get_payload()
    found = []
    for block in blocks[: MOST_RECIPIENTS + 1] if isinstance(blocks, list) else []:
        if _said(block, "Action").split(None, 1)[:1] not in (["failed"], ["Failed"]):
            continue
        names = ("Original-Recipient", "Final-Recipient")
        addresses = _addresses([_said(block, name).rpartition(";")[2] for name in names])
        status_code = _status(_said(block, "Status")) or _status(_said(block, "Diagnostic-Code"))
        if status_code and not status_code.startswith("2"):
            found.append(Failure(addresses=addresses, status=status_code))
    return tuple(found)


def _letter(message: EmailMessage, header: str) -> tuple[str, str]:
    """The mark and the Message-ID of the letter that came back; of a notice in plain words from its text."""
    for part in _parts(message):
        if part is message:
            continue
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner: Any = part.get_payload()
            letter = inner[0] if isinstance(inner, list) and inner else None
        elif kind in {"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"}:
            letter = BytesParser(policy=policy.default).parsebytes(_payload(part), headersonly=True)
        else:
            continue
        if letter is not None:
            return _said(letter, header).strip(), _said(letter, "Message-ID").strip().strip("<>")
    text = _text(message)
    mark = re.search(rf"^[> \t]*{re.escape(header)}:\s*(\S{{1,200}})", text, re.MULTILINE | re.IGNORECASE)
    known = _MESSAGE_ID.search(text)
    return (mark[1] if mark else ""), (known[1] if known else "")


def _parts(message: EmailMessage) -> list[_Part]:
    """The notice and its own parts, not those of the letter that came back."""
    if message.get_content_maintype() != "multipart":
        return [message]
    found: list[_Part] = [message]
    for part in message.iter_parts():
        found.append(part)
        if part.get_content_maintype() == "multipart":
            found += list(part.iter_parts())
        if len(found) > MOST_PARTS:
            break
    return found[:MOST_PARTS]


def _text(message: EmailMessage) -> str:
    found = []
    for part in _parts(message):
        if part.get_content_type() in {"text/plain", "text/html"}:
            found.append(_payload(part).decode(part.get_content_charset() or "utf-8", "replace"))
    return "\n".join(found)[:MOST_TEXT].replace("\r\n", "\n")


def _payload(part: _Part) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _status(text: str, form: re.Pattern[str] = _STATUS) -> str:
    """The first status of a text: 5.1.1 as it stands, 550 as 5.0.0. In words it stands beside such a number,
    in brackets or behind a sign: alone it may be the version of a program."""
    found = form.search(text)
    if found:
        return found[1]
    code = _CODE.search(text)
    return f"{code[1]}.0.0" if code else ""


def _addresses(texts: list[str]) -> tuple[str, ...]:
    found = (address.strip().strip("<>").lower() for _name, address in getaddresses(texts))
    return tuple(dict.fromkeys(one for one in found if "@" in one))[:MOST_RECIPIENTS]


def _said(message: _Part, name: str) -> str:
    try:
        return str(message.get(name) or "")
    except (ValueError, TypeError, IndexError, AttributeError):
        return ""
