"""A small S3 server of our own: one bucket, as much of the protocol as storing files asks for.

It believes every signature. What a client sends is kept as it is, chunked bodies taken apart.
"""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

BUCKET = "files-of-this-test"


@dataclass
class Bucket:
    """What the server holds, by key, and how it behaves."""

    port: int = 0
    objects: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)
    is_broken: bool = False  # answers 503 to everything
    refuses: bool = False  # answers 403 to everything
    page: int = 2  # keys in one answer of a list
    requests: list[str] = field(default_factory=list)

    def put(self, key: str, content: bytes, *, at: datetime | None = None) -> None:
        self.objects[key] = (content, at or datetime.now(tz=UTC))


@contextmanager
def running_bucket() -> Iterator[Bucket]:
    bucket = Bucket()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"bucket": bucket}))
    bucket.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield bucket
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    bucket: Bucket
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve()

    def do_HEAD(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def log_message(self, *_args: object) -> None:
        pass

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        _empty, bucket, *steps = unquote(parts.path).split("/", 2)
        key = steps[0] if steps else ""
        body = self._body()
        self.bucket.requests.append(f"{self.command} {key or '/'}")
        if self.bucket.is_broken or self.bucket.refuses:
            status = 503 if self.bucket.is_broken else 403
            return self._answer(status, _error("SlowDown" if status == 503 else "AccessDenied"))
        if bucket != BUCKET:
            return self._answer(404, _error("NoSuchBucket"))
        if not key:
            asked = {
                name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()
            }
            return self._answer(200, self._listed(asked) if self.command == "GET" else b"")
        if self.command == "PUT":
            return self._put(key, body)
        if self.command == "DELETE":
            self.bucket.objects.pop(key, None)
            return self._answer(204)
        return self._get(key)

    def _put(self, key: str, body: bytes) -> None:
        source = unquote(self.headers.get("x-amz-copy-source", "")).removeprefix("/").partition("/")[2]
        if source:
            body = self.bucket.objects[source][0]
        self.bucket.put(key, body)
        etag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
        copied = f"<CopyObjectResult><ETag>{etag}</ETag></CopyObjectResult>".encode()
        self._answer(200, copied if source else b"", {"ETag": etag})

    def _get(self, key: str) -> None:
        found = self.bucket.objects.get(key)
        if found is None:
            return self._answer(404, _error("NoSuchKey"))
        content, at = found
        headers = {
            "ETag": f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"',
            "Last-Modified": format_datetime(at.astimezone(UTC), usegmt=True),
            "Accept-Ranges": "bytes",
        }
        span = self.headers.get("Range", "")
        if span.startswith("bytes="):
            first, _dash, last = span.removeprefix("bytes=").partition("-")
            start, end = int(first), int(last or len(content) - 1)
            part = content[start : end + 1]
            headers["Content-Range"] = f"bytes {start}-{start + len(part) - 1}/{len(content)}"
            return self._answer(206, part, headers)
        return self._answer(200, content, headers)

    def _listed(self, asked: dict[str, str]) -> bytes:
        prefix, delimiter = asked.get("prefix", ""), asked.get("delimiter", "")
        after = asked.get("continuation-token") or asked.get("marker") or asked.get("start-after", "")
        entries: dict[str, str] = {}
        for key in sorted(one for one in self.bucket.objects if one.startswith(prefix)):
            rest = key.removeprefix(prefix)
            folder = (
                prefix + rest.partition(delimiter)[0] + delimiter if delimiter and delimiter in rest else ""
            )
            entries.setdefault(folder or key, "folder" if folder else "file")
        wanted = [name for name in entries if name > after]
        shown, more = wanted[: self.bucket.page], len(wanted) > self.bucket.page
        lines = [f"<IsTruncated>{'true' if more else 'false'}</IsTruncated>"]
        if more:
            lines += [
                f"<{name}>{escape(shown[-1])}</{name}>" for name in ("NextContinuationToken", "NextMarker")
            ]
        for name in shown:
            if entries[name] == "folder":
                lines.append(f"<CommonPrefixes><Prefix>{escape(name)}</Prefix></CommonPrefixes>")
            else:
                content, at = self.bucket.objects[name]
                stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
                lines.append(
                    f"<Contents><Key>{escape(name)}</Key><LastModified>{stamp}</LastModified>"
                    f"<Size>{len(content)}</Size></Contents>"
                )
        return f"<ListBucketResult><Name>{BUCKET}</Name>{''.join(lines)}</ListBucketResult>".encode()

    def _body(self) -> bytes:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "aws-chunked" not in self.headers.get("Content-Encoding", ""):
            return body
        found, rest = b"", body
        while rest:
            head, _line, rest = rest.partition(b"\r\n")
            size = int(head.partition(b";")[0] or b"0", 16)
            if size == 0:
                break
            found, rest = found + rest[:size], rest[size + 2 :]
        return found

    def _answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _error(code: str) -> bytes:
    return f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode()
