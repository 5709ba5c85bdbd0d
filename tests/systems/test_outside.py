"""Calls to addresses that others have named: never into a network of its own, whatever the name says."""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.outside import Forbidden, Outside, TooMuch, Unreachable, is_open

PRIVATE = (
    *("127.0.0.1", "127.255.255.254", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
    *("100.64.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1"),
    *("::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "fec0::1"),
    *("64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1"),
)
PUBLIC = ("93.184.216.34", "8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8")


class Server:
    """A server on loopback that answers as it is told, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.status, self.headers, self.body = 200, {"Content-Type": "text/plain"}, b"here"
        self.port = 0


@contextmanager
def serving() -> Iterator[Server]:
    """Such a server, running."""
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            server.asked.append((self.command, self.path, dict(self.headers.items()), body))
            self.send_response(server.status)
            for name, value in server.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(server.body)))
            self.end_headers()
            self.wfile.write(server.body)

        do_POST = do_PATCH = do_GET  # noqa: N815 - the names are the library's

        def log_message(self, *_: Any) -> None:
            """Quietly."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        server.port = running.server_address[1]
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            running.shutdown()
            thread.join()


def names(*addresses: str) -> Any:
    return lambda _host, _port: list(addresses)


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_of_no_open_network(address: str) -> None:
    assert not is_open(ip_address(address))
    with pytest.raises(Forbidden):
        Outside(names=names(address)).addresses("example.org", 443)


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_open_network(address: str) -> None:
    assert is_open(ip_address(address))


@given(st.ip_addresses(v=4), st.sampled_from(["::ffff:{}", "64:ff9b::{}"]))
def test_an_ipv4_address_is_no_more_open_inside_an_ipv6_one(address: Any, form: str) -> None:
    wrapped = ip_address(form.format(address))
    assert is_open(address) or not is_open(wrapped)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://0x7f000001:{port}/",
        "http://2130706433:{port}/",
        "http://127.1:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://[::1]:{port}/",
        "http://0:{port}/",
    ],
)
def test_no_way_of_writing_it_leads_to_this_machine(url: str) -> None:
    with serving() as server:
        with pytest.raises((Forbidden, Unreachable)):
            Outside().send("GET", url.format(port=server.port))
        assert server.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "http:///x",
        "//example.org",
        "gopher://x",
        "http://a:b@example.org/",
        "http://example.org:99999/",
        "http://[::1",
        "http://exämple.org/",
        "",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_address_is_not_called(url: str) -> None:
    with pytest.raises((Forbidden, Unreachable)):
        Outside(names=names("8.8.8.8")).send("GET", url)


def test_one_closed_address_among_open_ones_closes_the_name() -> None:
    with pytest.raises(Forbidden):
        Outside(names=names("8.8.8.8", "10.0.0.1")).addresses("example.org", 443)


def test_a_name_that_changes_its_meaning_is_called_where_it_was_looked_at() -> None:
    """DNS rebinding: the name is asked once, and the connection goes to the address that was judged."""
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) > 1 else ["203.0.113.1"]

    with serving() as server:
        with pytest.raises((Forbidden, Unreachable)):
            Outside(names=rebinding, whole=5).send("GET", f"http://rebind.example:{server.port}/")
        assert asked == ["rebind.example"]
        assert server.asked == []


def test_a_host_that_the_office_named_is_reached_and_no_other() -> None:
    with serving() as server:
        way = Outside([f"own.example:{server.port}"], names=names("127.0.0.1"))
        reply = way.send("POST", f"http://own.example:{server.port}/a?b=1", body=b"x", headers={"X-A": "1"})
        assert (reply.status, reply.body) == (200, b"here")
        method, path, headers, body = server.asked[0]
        assert (method, path, body, headers["X-A"]) == ("POST", "/a?b=1", b"x", "1")
        assert headers["Host"] == f"own.example:{server.port}"
        with pytest.raises(Forbidden):
            way.send("GET", f"http://other.example:{server.port}/")
        with pytest.raises(Forbidden):
            way.addresses("own.example", server.port + 1)


def test_redirects_are_not_followed() -> None:
    with serving() as inside, serving() as server:
        server.status, server.headers = 302, {"Location": f"http://127.0.0.1:{inside.port}/secret"}
        way = Outside(["own.example"], names=names("127.0.0.1"))
        assert way.send("GET", f"http://own.example:{server.port}/").status == 302
        assert inside.asked == []


def test_what_is_too_large_is_not_taken() -> None:
    with serving() as server:
        server.body = b"x" * 5000
        way = Outside(["own.example"], names=names("127.0.0.1"))
        with pytest.raises(TooMuch):
            way.fetch(f"http://own.example:{server.port}/", io.BytesIO(), 4999)
        whole = io.BytesIO()
        assert way.fetch(f"http://own.example:{server.port}/", whole, 5000) == 200
        assert whole.getvalue() == server.body


def test_nobody_there_is_no_doubt() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(Unreachable) as trouble:
        Outside(["own.example"], names=names("127.0.0.1")).send("GET", f"http://own.example:{port}/")
    assert not trouble.value.doubtful


class _Drip(BaseHTTPRequestHandler):
    """Sends a header a byte at a time: never silent, never done; and in the end a right answer."""

    def do_GET(self) -> None:
        with suppress(OSError):  # the caller went away
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            for _ in range(60):
                time.sleep(0.1)
                self.wfile.write(b"x")
            self.wfile.write(b"\r\nContent-Length: 0\r\n\r\n")

    def log_message(self, *_: Any) -> None:
        """Quietly."""


def test_somebody_who_sends_a_byte_now_and_then_is_cut_off() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Drip) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        try:
            way = Outside(["own.example"], names=names("127.0.0.1"), whole=0.5, read=5)
            with pytest.raises(Unreachable) as trouble:
                way.send("GET", f"http://own.example:{running.server_address[1]}/")
            assert trouble.value.doubtful
        finally:
            running.shutdown()
            thread.join()
