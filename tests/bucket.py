"""A strict S3 on loopback: keeps objects of one bucket, and takes nothing whose SigV4 signature is not exactly right.

After “Signature Version 4” in Amazon's S3 API reference: canonical request, string to sign, derived key. What the
stand-in does not know (other operations, unsigned payloads, old dates) it refuses, so that nothing passes by luck.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import unquote, urlsplit

BUCKET, KEY_ID, KEY, REGION = "town-files", "AKIDTOWN", "secret/of+the=bucket", "th-central-1"
_AUTH = re.compile(r"AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})")
_RANGE = re.compile(r"bytes=(\d+)-(\d+)")


@dataclass
class Shelf:
    """What lies in the bucket, what was asked (method and path), why it refused; `ill` is a status it gives to all."""

    objects: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    ill: int = 0
    url: str = ""

    def settings(self, **changed: str) -> dict[str, str]:
        """The settings that open this bucket."""
        known = {"s3_endpoint": self.url, "s3_bucket": BUCKET, "s3_key_id": KEY_ID, "s3_secret": KEY}
        return known | {"s3_region": REGION} | changed


def _mac(key: bytes, words: str) -> bytes:
    return hmac.new(key, words.encode(), hashlib.sha256).digest()


def fault_of(method: str, target: str, headers: Mapping[str, str], body: bytes) -> str:
    """Why this request is not to be believed; "" when its signature is right."""
    found = _AUTH.fullmatch(headers.get("authorization", ""))
    if found is None:
        return "not signed"
    scope, names, signature = found[1].split("/"), found[2].split(";"), found[3]
    stamp, digest = headers.get("x-amz-date", ""), headers.get("x-amz-content-sha256", "")
    if scope != [KEY_ID, stamp[:8], REGION, "s3", "aws4_request"]:
        return "another key, day or region"
    if abs(datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) - datetime.now(UTC)) > timedelta(minutes=15):
        return "too old"
    if not {"host", "x-amz-date", "x-amz-content-sha256"} <= set(names) or names != sorted(names):
        return "signs too little"
    if digest != hashlib.sha256(body).hexdigest():
        return "other bytes than were signed"
    address = urlsplit(target)
    lines = [f"{name}:{' '.join(headers[name].split())}" for name in names]
    canonical = "\n".join([method, address.path, address.query, *lines, "", ";".join(names), digest])
    parts = ["AWS4-HMAC-SHA256", stamp, "/".join(scope[1:]), hashlib.sha256(canonical.encode()).hexdigest()]
    key = f"AWS4{KEY}".encode()
    for part in scope[1:]:
        key = _mac(key, part)
    return "" if hmac.compare_digest(_mac(key, "\n".join(parts)).hex(), signature) else "wrong signature"


class _Counter(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    shelf: Shelf

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        """Nothing is written to the test's output."""

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if status != 204:
            self.send_header("Content-Length", headers.get("size") or str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _error(self, status: int, code: str) -> None:
        self._answer(status, f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode())

    def _known(self) -> tuple[str, bytes] | None:
        """The object's name and the request's body, when it may be answered at all."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.shelf.asked.append(f"{self.command} {self.path}")
        fault = fault_of(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
        bucket, _, name = unquote(urlsplit(self.path).path).lstrip("/").partition("/")
        if fault:
            self.shelf.refused.append(fault)
            self._error(403, "SignatureDoesNotMatch")
        elif self.shelf.ill:
            self._error(self.shelf.ill, "ServiceUnavailable")
        elif bucket != BUCKET:
            self._error(404, "NoSuchBucket")
        elif urlsplit(self.path).query or not name:
            self._error(501, "NotImplemented")
        else:
            return name, body
        return None

    def do_PUT(self) -> None:
        """PutObject."""
        known = self._known()
        if known is not None:
            self.shelf.objects[known[0]] = known[1]
            self._answer(200, ETag=f'"{hashlib.md5(known[1], usedforsecurity=False).hexdigest()}"')

    def do_GET(self) -> None:
        """GetObject, whole or a range of it."""
        known = self._known()
        if known is None:
            return
        data = self.shelf.objects.get(known[0])
        if data is None:
            self._error(404, "NoSuchKey")
            return
        tag = {"ETag": f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'}
        tag["Last_Modified"] = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
        wanted = _RANGE.fullmatch(self.headers.get("Range") or "")
        if wanted is None:
            self._answer(200, data, **tag)
            return
        first, last = int(wanted[1]), min(int(wanted[2]), len(data) - 1)
        self._answer(206, data[first : last + 1], Content_Range=f"bytes {first}-{last}/{len(data)}", **tag)

    def do_HEAD(self) -> None:
        """HeadObject."""
        self.do_GET()

    def do_DELETE(self) -> None:
        """DeleteObject: one that is not there is no fault."""
        known = self._known()
        if known is not None:
            self.shelf.objects.pop(known[0], None)
            self._answer(204)


@contextmanager
def object_store() -> Iterator[Shelf]:
    """Run the stand-in; its bucket."""
    shelf = Shelf()
    counter = type("Counter", (_Counter,), {"shelf": shelf})
    with ThreadingHTTPServer(("127.0.0.1", 0), counter) as server:
        server.daemon_threads = True
        shelf.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield shelf
        server.shutdown()
        thread.join()
