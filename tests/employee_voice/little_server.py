"""A wave in a hundred lines: the real scripts, and a record of all that was received.

It stands for the server while scripts are tested: it signs, counts, loses replies on demand and refuses.
"""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders

from employee_voice.credentials import blind, sealing
from employee_voice.credentials.key_list import ListedKey, keys_digest, sent_list
from employee_voice.credentials.wire import from_text
from tests.architecture.test_floors import ROOT
from tests.employee_voice import pages
from tests.employee_voice.respondent import sealing_key, signing_key

WAVE, GROUP = "w7Kq2", 2
SCRIPTS = ROOT / "employee_voice" / "static"
KINDS = {".js": "text/javascript", ".html": "text/html; charset=utf-8", ".json": "application/json"}


@dataclass
class Received:
    """One request as it came over the wire."""

    method: str
    path: str
    headers: dict[str, str]
    body: str

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass
class Wave:
    """What the server knows, and how it misbehaves: replies still to be lost, by the end of the path."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    signed_for: dict[str, str] = field(default_factory=dict)
    counted: dict[str, str] = field(default_factory=dict)
    lost: dict[str, int] = field(default_factory=dict)
    in_trouble: dict[str, int] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)
    keys: list[ListedKey] = field(
        default_factory=lambda: [
            ListedKey(number=1, people=12, public_pem=blind.public_pem(signing_key())),
            ListedKey(number=GROUP, people=7, public_pem=blind.public_pem(signing_key(1))),
        ]
    )
    sealing_public: str = field(default_factory=lambda: sealing.public_pem(sealing_key()))

    @property
    def digest(self) -> str:
        return keys_digest(self.keys, sealing_public=self.sealing_public)

    def link(self, secret: str = "s3cr3t-of-ada", *, digest: str = "") -> str:
        return f"{self.url}/e/{WAVE}/i/#i={secret}&g={GROUP}&k={digest or self.digest}"

    def of(self, end: str) -> list[Received]:
        return [request for request in self.received if request.path.endswith(end)]

    def sign(self, data: dict[str, Any]) -> tuple[int, Any]:
        if self.signed_for.setdefault(data["secret"], data["blinded"]) != data["blinded"]:
            return 409, {"code": "already_given"}
        assert data["group"] == GROUP
        return 200, {"signature": to_wire(blind.blind_sign(signing_key(1), from_text(data["blinded"])))}

    def answer(self, data: dict[str, Any]) -> tuple[int, Any]:
        prepared, signature = from_text(data["prepared"]), from_text(data["signature"])
        public = next(key.public_pem for key in self.keys if key.number == data["group"])
        if not blind.is_valid(public, prepared, signature):
            return 403, {"code": "not_signed"}
        if self.counted.setdefault(data["prepared"], data["sealed"]) != data["sealed"]:
            return 409, {"code": "already_counted"}
        return 200, {}


def to_wire(content: bytes) -> str:
    """Written here anew, so that the product's own spelling is not its own judge."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wave: Wave

    def log_message(self, *_arguments: object) -> None:
        """Nothing."""

    def do_GET(self) -> None:
        self._note("")
        path = self.path.partition("?")[0]
        if path.startswith("/static/"):
            self._send_file(path.removeprefix("/static/"))
        elif path.endswith("/keys"):
            self._reply("/keys", 200, sent_list(self.wave.keys, sealing_public=self.wave.sealing_public))
        else:
            text = pages.PAGES.get(path.rstrip("/").rpartition("/")[2])
            self._send(200 if text else 404, ".html", (text or "").encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        request = self._note(body)
        if self.path.endswith("/sign"):
            self._reply("/sign", *self.wave.sign(request.data))
        elif self.path.endswith("/slip-answer"):
            sealed = self.wave.counted.setdefault(request.data["code"], request.data["sealed"])
            is_same = sealed == request.data["sealed"]
            self._reply("/slip-answer", *((200, {}) if is_same else (422, {"code": "slip_unknown"})))
        elif self.path.endswith("/other/"):
            self._send(200, ".html", pages.PAGES["other"].encode())
        elif self.path.endswith("/answer"):
            self._reply("/answer", *self.wave.answer(request.data))
        else:
            self._send(200, ".html", pages.PAGES["done"].encode())

    def _note(self, body: str) -> Received:
        request = Received(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
        self.wave.received.append(request)
        return request

    def _reply(self, end: str, status: int, data: Any) -> None:
        if self.wave.lost.get(end, 0):
            self.wave.lost[end] -= 1
            self.close_connection = True  # the work is done, and nobody hears of it
            return
        if self.wave.in_trouble.get(end, 0):
            self.wave.in_trouble[end] -= 1
            status, data = 503, {}
        if code := self.wave.refusals.get(end):
            status, data = 409, {"code": code}
        self._send(status, ".json", json.dumps(data).encode())

    def _send_file(self, name: str) -> None:
        own = SCRIPTS / name
        file = own if own.is_file() else Path(str(finders.find(name) or ""))
        found = file.is_file()
        self._send(200 if found else 404, file.suffix or ".html", file.read_bytes() if found else b"")

    def _send(self, status: int, suffix: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", KINDS[suffix])
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Set-Cookie", "visited=yes")  # what a careless proxy might add
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def serving() -> Iterator[Wave]:
    wave = Wave()
    handler = type("Handler", (_Handler,), {"wave": wave})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        wave.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield wave
        server.shutdown()
