"""A small IMAP server of our own: one mailbox, over TLS, as much of the protocol as fetching asks for."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DATE = "%d-%b-%Y %H:%M:%S +0000"


@dataclass
class Post:
    """What the server holds: messages by their numbers, and how it behaves."""

    port: int = 0
    password: str = "right word"
    validity: int = 7
    folder: str = "INBOX"
    messages: dict[int, tuple[datetime, bytes]] = field(default_factory=dict)
    sizes: dict[int, int] = field(default_factory=dict)  # what it says instead of the true size
    breaks_off: bool = False
    nonsense: bytes = b""
    commands: list[str] = field(default_factory=list)
    certificate: str = ""

    def arrive(self, content: bytes, *, at: datetime | None = None) -> int:
        number = max(self.messages, default=0) + 1
        self.messages[number] = (at or datetime.now(tz=UTC), content)
        return number


class _Session(StreamRequestHandler):
    post: Post

    def handle(self) -> None:
        self._say(b"* OK ready")
        while line := self.rfile.readline(10_000):
            tag, _blank, rest = line.decode().strip().partition(" ")
            self.post.commands.append(rest.split(" ")[0])
            if self.post.nonsense:
                self._say(self.post.nonsense)
                return
            if not self._answer(tag, rest):
                return

    def _answer(self, tag: str, rest: str) -> bool:
        post, words = self.post, rest.split(" ")
        name = words[0].upper()
        if name == "CAPABILITY":
            self._say(b"* CAPABILITY IMAP4rev1")
        elif name == "LOGIN" and not rest.endswith(f'"{post.password}"'):
            self._say(f"{tag} NO [AUTHENTICATIONFAILED] no".encode())
            return True
        elif name == "EXAMINE":
            if f'"{post.folder}"' not in rest:
                self._say(f"{tag} NO no such mailbox".encode())
                return True
            self._say(f"* {len(post.messages)} EXISTS".encode())
            self._say(f"* OK [UIDVALIDITY {post.validity}] valid".encode())
        elif name == "UID" and words[1].upper() == "SEARCH":
            first = int(words[3].split(":")[0])
            found = [number for number in post.messages if number >= first] or list(post.messages)[-1:]
            self._say(("* SEARCH " + " ".join(map(str, found))).encode())
        elif name == "UID" and words[1].upper() == "FETCH":
            if post.breaks_off and "BODY" in rest:
                return False
            self._fetch(int(words[2]), "BODY" in rest)
        elif name == "LOGOUT":
            self._say(b"* BYE")
            self._say(f"{tag} OK bye".encode())
            return False
        self._say(f"{tag} OK done".encode())
        return True

    def _fetch(self, number: int, wants_body: bool) -> None:
        at, content = self.post.messages[number]
        if not wants_body:
            size = self.post.sizes.get(number, len(content))
            date = at.astimezone(UTC).strftime(DATE)
            said = f'* 1 FETCH (UID {number} RFC822.SIZE {size} INTERNALDATE "{date}")'
            self._say(said.encode())
            return
        self._say(f"* 1 FETCH (UID {number} BODY[] {{{len(content)}}}".encode())
        self.wfile.write(content)
        self._say(b")")

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


@contextmanager
def serving(folder: Path) -> Iterator[Post]:
    """The server, on this machine, at a port of its own; `certificate` is the path of what it shows."""
    post = Post()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    post.certificate = str(_certificate(folder))
    context.load_cert_chain(post.certificate)

    class Server(ThreadingTCPServer):
        daemon_threads = True

        def get_request(self):
            sock, address = super().get_request()
            return context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False), address

        def handle_error(self, request, client_address) -> None:
            """A client that goes is no error of the test."""

    handler = type("Session", (_Session,), {"post": post})
    with Server(("127.0.0.1", 0), handler) as server:
        post.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield post
        finally:
            server.shutdown()
            thread.join()


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(tz=UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return file
