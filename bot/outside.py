"""Calls to addresses that others have named (webhooks, pictures by address, Traffy Fondue), without being led astray
(SSRF).

A name is resolved once; every address it stands for must be one of the open Internet, and the connection goes to that
very address: a name that changes its meaning between looking and calling gains nothing. Redirects are not followed,
answers are bounded, nothing is kept of proxies or logins in the environment. Hosts inside the office's own network are
called only where the setting INTERNAL_HOSTS names them.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import urllib3
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

#: Seconds to connect, between two bytes of an answer, and for the whole call.
CONNECT, READ, WHOLE = 5.0, 10.0, 30.0
#: Bytes of an answer that are read of a call.
MOST = 2_000_000
#: IPv6 networks in which an IPv4 address of any network may be hidden (NAT64, 6to4, Teredo): never needed to reach one.
_TUNNELS = tuple(IPv6Network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Sequence[str]]


class Forbidden(Exception):
    """This address is not called. The text says why, without the address."""


class Unreachable(Exception):
    """Nobody answered, or not in time, or too much. `doubtful`: what was sent may have arrived all the same."""

    def __init__(self, text: str, *, doubtful: bool = True) -> None:
        super().__init__(text)
        self.doubtful = doubtful


@dataclass(frozen=True)
class Reply:
    """An answer: its status, headers (names in small letters) and body."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def ok(self) -> bool:
        """Whether it is a success."""
        return 200 <= self.status < 300


def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a name. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]).partition("%")[0] for each in found))


def is_open(address: Address) -> bool:
    """Whether an address belongs to the open Internet."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_open(address.ipv4_mapped)
        if any(address in net for net in _TUNNELS) or address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


class Outside:
    """The way out. `internal`: hosts (`name` or `name:port`) that may lie in the office's own network. Thread-safe."""

    def __init__(
        self, internal: Sequence[str] = (), *, names: Resolve = resolve, whole: float = WHOLE, read: float = READ
    ) -> None:
        """`read`: seconds between two bytes of an answer; `whole`: for all of it."""
        self._internal = frozenset(each.strip().lower() for each in internal if each.strip())
        self._resolve, self._whole, self._read = names, whole, read

    def send(
        self, method: str, url: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Call and read the answer. Raises Forbidden, Unreachable."""
        with self._call(method, url, body, headers or {}) as (response, until):
            parts = list(_pieces(response, until, MOST))
            names = {name.lower(): value for name, value in response.headers.items()}
            return Reply(response.status, names, b"".join(parts))

    def fetch(self, url: str, target: BinaryIO, most: int) -> int:
        """Write what lies there into `target`; the status, 200 where it was written. Raises Forbidden, Unreachable;
        TooMuch when it is larger than `most` bytes."""
        with self._call("GET", url, None, {"Accept": "image/*"}) as (response, until):
            if response.status == 200:
                target.writelines(_pieces(response, until, most))
            return int(response.status)

    @contextmanager
    def _call(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Iterator[tuple[BaseHTTPResponse, float]]:
        until = time.monotonic() + self._whole
        scheme, host, port, target = self._taken_apart(url)
        addresses = self.addresses(host, port)
        shown = f"[{host}]" if ":" in host else host
        said = {"Host": shown if port == _usual(scheme) else f"{shown}:{port}", "User-Agent": "Songsiang/1", **headers}
        pool = _pool(scheme, host, addresses, port, self._read)
        try:
            with _cut_off(pool, until):
                response = pool.urlopen(
                    method, target, body=body, headers=said, retries=False, redirect=False, preload_content=False
                )
                try:
                    _in_time(until)
                    yield response, until
                finally:
                    response.close()
        except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError) as trouble:
            raise Unreachable(type(trouble).__name__, doubtful=False) from trouble
        except (HTTPError, OSError) as trouble:
            raise Unreachable(type(trouble).__name__) from trouble
        finally:
            pool.close()

    def _taken_apart(self, url: str) -> tuple[str, str, int, str]:
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            raise Forbidden("no address") from None
        if parts.scheme not in ("http", "https") or not host or parts.username is not None or not url.isascii():
            raise Forbidden("no address of http or https")
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return parts.scheme, host, port if port is not None else _usual(parts.scheme), target

    def addresses(self, host: str, port: int) -> list[str]:
        """Where a host lies. Raises Forbidden where any of its addresses is none of the open Internet."""
        try:
            found = list(self._resolve(host, port))
        except (OSError, UnicodeError):
            raise Unreachable("the name is not known", doubtful=False) from None
        if not found:
            raise Unreachable("the name is not known", doubtful=False)
        if not self.is_internal(host, port) and not all(is_open(ip_address(each)) for each in found):
            raise Forbidden("it lies inside a network of its own (INTERNAL_HOSTS)")
        return found

    def is_internal(self, host: str, port: int) -> bool:
        """Whether the office has named this host as one of its own."""
        return host.lower() in self._internal or f"{host.lower()}:{port}" in self._internal


class TooMuch(Unreachable):
    """The answer is larger than we take."""


def _usual(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _pool(scheme: str, host: str, addresses: Sequence[str], port: int, read: float) -> Any:
    """A connection to the first of these addresses that is never anything else's; TLS proves the name."""
    timeout = urllib3.Timeout(connect=CONNECT, read=read)
    if scheme == "http":
        return HTTPConnectionPool(addresses[0], port, timeout=timeout, maxsize=1)
    return HTTPSConnectionPool(
        addresses[0],
        port,
        timeout=timeout,
        maxsize=1,
        cert_reqs="CERT_REQUIRED",
        server_hostname=host,
        assert_hostname=host,
    )


@contextmanager
def _cut_off(pool: Any, until: float) -> Iterator[None]:
    """Let the connection end at that time, whatever it is busy with: somebody who sends one byte now and then, of the
    handshake, a header or the body, is never silent for long enough to be given up. What was cut off looks like an end:
    ask `_in_time` after every read."""
    base, kept = pool.ConnectionCls, list[socket.socket]()

    def new(self: Any) -> socket.socket:
        line: socket.socket = base._new_conn(self)
        kept.append(line.dup())  # a second handle of the same line, which TLS does not take away
        return line

    def cut() -> None:
        for line in kept:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    pool.ConnectionCls = type("Watched", (base,), {"_new_conn": new})
    timer = threading.Timer(max(0.0, until - time.monotonic()), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        for line in kept:
            line.close()


def _in_time(until: float) -> None:
    """Raises Unreachable when the time of the whole call is over."""
    if time.monotonic() >= until:
        raise Unreachable("it took too long")


def _pieces(response: BaseHTTPResponse, until: float, most: int) -> Iterator[bytes]:
    size = 0
    for piece in response.stream(65_536, decode_content=False):
        size += len(piece)
        if size > most:
            raise TooMuch("too large")
        _in_time(until)
        yield piece
    _in_time(until)
