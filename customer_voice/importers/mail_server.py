"""A mailbox on an IMAP server, read and never changed: new messages by their numbers, within limits.

The server is somebody else's: what it sends is held to limits of size and time, and whatever it answers
wrongly is one of our own errors. Messages are fetched without being marked as read.
"""

import imaplib
import re
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.outgoing import connect
from common.worded import worded
from customer_voice.errors import MailRefused
from customer_voice.feed_choices import MailSecurity

SECONDS = 20.0  # to wait for one answer of the server
MOST_MESSAGE_BYTES = 5 * 1024 * 1024
MOST_AT_ONCE = 200  # messages of one look; the next look goes on
MOST_SECONDS = 300.0  # of one look
_MOST_ANSWER_BYTES = MOST_MESSAGE_BYTES + 64 * 1024
_BYTES = re.compile(rb"RFC822\.SIZE (\d+)")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, kw_only=True, slots=True)
class MailPlace:
    """Where a mailbox is, and how to get in."""

    host: str
    port: int
    security: str
    username: str
    password: str
    folder: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrived:
    """One message: its number in the folder, when it arrived, and its bytes; None where it is too large."""

    uid: int
    at: datetime | None
    content: bytes | None


class OpenFolder:
    """A folder that is open for reading. `validity`: numbers of messages mean something only with it."""

    def __init__(self, server: imaplib.IMAP4, validity: int, messages: int) -> None:
        self._server, self.validity, self.messages = server, validity, messages

    def arrived_after(self, uid: int, *, since: datetime) -> Iterator[Arrived]:
        """Messages with higher numbers than this that arrived on the day before `since` or later, by their
        numbers, at most MOST_AT_ONCE, and as many as come within MOST_SECONDS. MailRefused.
        """
        ends = monotonic() + MOST_SECONDS
        day = since.astimezone(UTC) - timedelta(days=1)  # servers go by days of their own
        said = f"{day.day}-{_MONTHS[day.month - 1]}-{day.year}"
        answer = _said(self._server.uid("SEARCH", f"UID {uid + 1}:*", "SINCE", said))
        numbers = sorted({int(word) for line in answer if isinstance(line, bytes) for word in _words(line)})
        for number in [one for one in numbers if one > uid][:MOST_AT_ONCE]:
            if monotonic() > ends:
                return
            found = self._one(number)
            if found is not None:
                yield found

    def _one(self, number: int) -> Arrived | None:
        facts = b" ".join(
            line if isinstance(line, bytes) else line[0]
            for line in _said(self._server.uid("FETCH", str(number), "(UID RFC822.SIZE INTERNALDATE)"))
            if line
        )
        size = _BYTES.search(facts)
        if size is None:
            return None  # somebody has deleted it at this moment
        local = imaplib.Internaldate2tuple(facts)
        moment = None if local is None else datetime.fromtimestamp(time.mktime(local), tz=UTC)
        if int(size[1]) > MOST_MESSAGE_BYTES:
            return Arrived(uid=number, at=moment, content=None)
        parts = _said(self._server.uid("FETCH", str(number), "(UID BODY.PEEK[])"))
        content = next((part[1] for part in parts if isinstance(part, tuple)), None)
        return None if content is None else Arrived(uid=number, at=moment, content=content)


@contextmanager
def open_folder(place: MailPlace) -> Iterator[OpenFolder]:
    """The folder, open for reading and never written.

    Raises HostRefused, Unreachable, and MailRefused, whose code is `wrong_password` where the server does
    not let in, and `no_such_folder`.
    """
    try:
        server = _connected(place)
        try:
            yield _opened(server, place)
        finally:
            _leave(server)
    except (imaplib.IMAP4.error, OSError, EOFError, ValueError) as error:
        # its words may repeat what was sent
        text = _("The mail server answers in a way that cannot be read (%(kind)s).")
        raise MailRefused(worded(text, kind=type(error).__name__)) from error


def _connected(place: MailPlace) -> imaplib.IMAP4:
    if place.security == MailSecurity.TLS:
        return _Encrypted(place, tls_context())
    server = _Plain(place)
    try:
        server.starttls(tls_context())
    except imaplib.IMAP4.error as error:
        server.shutdown()
        text = _("The mail server does not offer STARTTLS here. Choose TLS from the start, or another port.")
        raise MailRefused(text, fields={"security": text}) from error
    return server


def tls_context() -> ssl.SSLContext:
    """Certificates are asked for as browsers do: of a known authority, for this very name."""
    return ssl.create_default_context()


def _opened(server: imaplib.IMAP4, place: MailPlace) -> OpenFolder:
    try:
        # the library quotes the password and not the name
        server.login(_in_quotes(place.username), place.password)
    except imaplib.IMAP4.abort:
        raise
    except (imaplib.IMAP4.error, UnicodeEncodeError) as error:
        text = _("The mail server does not accept this user name and password.")
        raise MailRefused(text, code="wrong_password", fields={"password": text}) from error
    kind, data = server.select(_quoted(place.folder), readonly=True)
    if kind != "OK":
        text = _("There is no folder of this name in the mailbox.")
        raise MailRefused(text, code="no_such_folder", fields={"folder": text})
    _name, validity = server.response("UIDVALIDITY")
    said = validity[0] if validity else None
    count = data[0] if data else None
    return OpenFolder(
        server,
        int(said) if isinstance(said, bytes) and said.isdigit() and len(said) < 19 else 0,
        int(count) if isinstance(count, bytes) and count.isdigit() and len(count) < 10 else 0,
    )


def _leave(server: imaplib.IMAP4) -> None:
    try:
        server.logout()
    except (imaplib.IMAP4.error, OSError, EOFError, ValueError):
        server.shutdown()


def _said(answer: tuple[str, list[Any]]) -> list[Any]:
    kind, data = answer
    if kind != "OK":
        raise MailRefused(_("The mail server refused to hand messages out."))
    return data


def _words(line: bytes) -> Iterator[bytes]:
    return (word for word in line.split() if word.isdigit() and len(word) < 11)


def _quoted(name: str) -> str:
    """A name of a folder as IMAP writes it: in quotes, other letters than ASCII in its own UTF-7."""
    return _in_quotes(_utf7(name))


def _in_quotes(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _utf7(name: str) -> str:
    found, wide = [], ""
    for sign in [*name, ""]:
        if sign and not (" " <= sign <= "~"):
            wide += sign
            continue
        if wide:
            coded = wide.encode("utf-7").decode().strip("+-").replace("/", ",")
            found.append(f"&{coded}-")
            wide = ""
        found.append("&-" if sign == "&" else sign)
    return "".join(found)


class _Limited:
    """What a server sends at once is held to a limit, before it is read."""

    def read(self, size: int) -> bytes:
        if size > _MOST_ANSWER_BYTES:
            raise imaplib.IMAP4.abort("larger than asked for")
        return bytes(super().read(size))  # type: ignore[misc]


class _Plain(_Limited, imaplib.IMAP4):
    def __init__(self, place: MailPlace) -> None:
        self._place = place
        super().__init__(place.host, place.port, timeout=SECONDS)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return connect(self._place.host, self._place.port, seconds=timeout or SECONDS)


class _Encrypted(_Limited, imaplib.IMAP4_SSL):
    def __init__(self, place: MailPlace, context: ssl.SSLContext) -> None:
        self._place = place
        super().__init__(place.host, place.port, ssl_context=context, timeout=SECONDS)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        sock = connect(self._place.host, self._place.port, seconds=timeout or SECONDS)
        wrapped: ssl.SSLSocket = self.ssl_context.wrap_socket(sock, server_hostname=self.host)
        return wrapped
