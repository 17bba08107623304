"""Production on one machine: a database and a queue of its own, a mail server, a proxy that ends TLS."""

import fcntl
import http.client
import os
import socketserver
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from tempfile import gettempdir
from urllib.parse import urlsplit

import psycopg
import redis
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.architecture.test_floors import ROOT
from tests.cxprogram.test_start import STATIC_ROOT, free_port

PATIENCE_SECONDS = 120
CACHE_DATABASE, BROKER_DATABASE = 14, 15
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "upgrade"}


@dataclass
class Mailbox:
    """Everything that was sent."""

    letters: list[EmailMessage] = field(default_factory=list)

    def wait_for(self, address: str) -> EmailMessage:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            for letter in self.letters:
                if address in str(letter["To"]):
                    return letter
            time.sleep(0.1)
        raise AssertionError(f"no mail to {address}; {len(self.letters)} to others")


class _MailHandler(socketserver.StreamRequestHandler):
    """As much of SMTP as a client needs that only wants to hand over its letter."""

    def handle(self) -> None:
        self.wfile.write(b"220 ready\r\n")
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                content = b"".join(iter(self.rfile.readline, b".\r\n"))
                letter = message_from_bytes(content.replace(b"\r\n.", b"\r\n"), policy=policy.default)
                self.server.mailbox.letters.append(letter)
            self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
            if verb == b"QUIT":
                return


class _ProxyHandler(BaseHTTPRequestHandler):
    """Passes everything on to the web server, and says that it came by TLS."""

    protocol_version = "HTTP/1.1"

    def pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        headers |= {"X-Forwarded-Proto": "https", "X-Forwarded-For": self.client_address[0]}
        inner = http.client.HTTPConnection("127.0.0.1", self.server.port_behind, timeout=PATIENCE_SECONDS)
        try:
            inner.request(self.command, self.path, body=body, headers=headers)
            answer = inner.getresponse()
            content = answer.read()
        finally:
            inner.close()
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP | {"content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = pass_on  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: the browser tells what went wrong."""


class _Proxy(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that hangs up is no error."""


class _MailServer(socketserver.ThreadingTCPServer):
    daemon_threads = True


@dataclass
class Production:
    """The running product: where it is, what it sent, what its processes said."""

    url: str
    port_behind: int
    mailbox: Mailbox
    folder: Path
    environment: dict[str, str]

    def manage(self, *arguments: str, typed: str = "") -> str:
        run = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS * 2,
        )
        assert run.returncode == 0, f"{arguments}: {run.stderr}"
        return run.stdout

    def said(self) -> str:
        return "\n".join(file.read_text(encoding="utf-8") for file in sorted(self.folder.glob("*.log")))


@contextmanager
def production(folder: Path, database_url: str, redis_url: str) -> Iterator[Production]:
    """Everything prepared, nothing started. One at a time: all share a database and two queues."""
    with ExitStack() as stack:
        turn = stack.enter_context((Path(gettempdir()) / "cxprogram-production-tests.lock").open("w"))
        fcntl.flock(turn, fcntl.LOCK_EX)  # until it is closed
        database = stack.enter_context(_database(database_url))
        queues = redis_url.rsplit("/", 1)[0]
        for number in (CACHE_DATABASE, BROKER_DATABASE):
            with redis.Redis.from_url(f"{queues}/{number}") as store:
                store.flushdb()
        mailbox = Mailbox()
        mail_server = stack.enter_context(_MailServer(("127.0.0.1", 0), _MailHandler))
        mail_server.mailbox = mailbox
        proxy = stack.enter_context(_Proxy(("127.0.0.1", 0), _ProxyHandler))
        proxy.port_behind = free_port()
        proxy.socket = _with_tls(proxy.socket, folder)
        for server in (mail_server, proxy):
            threading.Thread(target=server.serve_forever, daemon=True).start()
            stack.callback(server.shutdown)
        url = f"https://localhost:{proxy.server_address[1]}"
        clean = {name: value for name, value in os.environ.items() if not name.startswith("CXPROGRAM_")}
        yield Production(
            url=url,
            port_behind=proxy.port_behind,
            mailbox=mailbox,
            folder=folder,
            environment={
                **clean,
                "CXPROGRAM_MODE": "production",
                "CXPROGRAM_SECRET_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                "CXPROGRAM_HOSTS": "localhost",
                "CXPROGRAM_SITE_URL": url,
                "CXPROGRAM_DATABASE_URL": database,
                "CXPROGRAM_REDIS_URL": f"{queues}/{CACHE_DATABASE}",
                "CXPROGRAM_SMTP_HOST": "127.0.0.1",
                "CXPROGRAM_SMTP_PORT": str(mail_server.server_address[1]),
                "CXPROGRAM_SMTP_TLS": "false",
                "CXPROGRAM_MAIL_FROM": "cx@example.org",
                "CXPROGRAM_VAR": str(folder / "var"),
                "CXPROGRAM_STATIC_ROOT": str(STATIC_ROOT),
            },
        )


@contextmanager
def both_services(place: Production) -> Iterator[None]:
    """Web and worker as the operations guide starts them, until the end of the block."""
    web = ("--only", "web", "--host", "127.0.0.1", "--port", str(place.port_behind), "--workers", "1")
    running = []
    try:
        for name, options in (("worker", ("--only", "worker")), ("web", web)):
            with (place.folder / f"{name}.log").open("wb") as log:
                command = [sys.executable, "manage.py", "start", *options]
                running.append(
                    subprocess.Popen(command, cwd=ROOT, env=place.environment, stdout=log, stderr=log)
                )
        _wait_until_it_answers(place, running)
        yield
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(timeout=PATIENCE_SECONDS)


def _wait_until_it_answers(place: Production, running: list[subprocess.Popen]) -> None:
    headers = {"Host": "localhost", "X-Forwarded-Proto": "https"}
    request = urllib.request.Request(f"http://127.0.0.1:{place.port_behind}/health/", headers=headers)
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            urllib.request.urlopen(request, timeout=5).close()
            return
        except OSError:
            dead = [process.returncode for process in running if process.poll() is not None]
            assert not dead, f"ended with {dead}:\n{place.said()}"
            assert time.monotonic() < until, f"does not answer:\n{place.said()}"
            time.sleep(0.2)


@contextmanager
def _database(url: str) -> Iterator[str]:
    """A database beside the one of the tests, gone afterwards."""
    name = f"{urlsplit(url).path.strip('/')}_production"
    server, drop = url.rsplit("/", 1)[0], f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(drop)
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{server}/{name}"
        finally:
            connection.execute(drop)


def _with_tls(socket: object, folder: Path) -> ssl.SSLSocket:
    """A certificate for an hour, signed by itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "localhost.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context.wrap_socket(socket, server_side=True, do_handshake_on_connect=False)
