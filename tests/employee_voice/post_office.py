"""A mail server of a few lines: it refuses addresses for good, and can fall silent in the middle of a lot."""

import socketserver
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class PostOffice(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self, is_refused: Callable[[str], bool]) -> None:
        super().__init__(("127.0.0.1", 0), _Line)
        self.is_refused = is_refused
        self.taken: Counter[str] = Counter()  # addresses whose letters came in whole
        self.marks: dict[str, set[str]] = {}  # Message-IDs by address: a mailbox shows one of each
        self.on_taken: Callable[[int], None] = lambda _number: None  # before the sender hears of it
        self.breaks_after: int | None = None  # so many letters; then every connection is cut


class _Line(socketserver.StreamRequestHandler):
    server: PostOffice

    def handle(self) -> None:
        recipient, office = "", self.server
        self.say("220 here")
        while line := self.rfile.readline():
            word = line.decode().strip()
            if office.breaks_after is not None and sum(office.taken.values()) >= office.breaks_after:
                return  # without a word
            if word.upper().startswith("RCPT TO:"):
                recipient = word[8:].strip("<> ").split(">")[0]
                self.say("550 No such user" if office.is_refused(recipient) else "250 ok")
            elif word.upper() == "DATA":
                self.say("354 go on")
                while (text := self.rfile.readline()) not in (b".\r\n", b""):
                    if text.lower().startswith(b"message-id:"):
                        office.marks.setdefault(recipient, set()).add(text[11:].strip().decode())
                office.taken[recipient] += 1
                office.on_taken(sum(office.taken.values()))
                self.say("250 taken")
            elif word.upper() == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def post_office(is_refused: Callable[[str], bool]) -> Iterator[PostOffice]:
    with PostOffice(is_refused) as office:
        threading.Thread(target=office.serve_forever, daemon=True).start()
        try:
            yield office
        finally:
            office.shutdown()
