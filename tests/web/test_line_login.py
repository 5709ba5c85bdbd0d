"""Promises of LINE Login, against a small stand-in for LINE that checks what is asked of it."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from sqlalchemy import select

from models.database import Database
from models.people import Person
from models.staff import Staff
from tests.web.links import is_in
from tests.web.office import NAMES, START, Browser, Office

CHANNEL, SECRET = "1650000000", "s" * 32
EK = "U" + "1" * 32


@dataclass
class Line:
    """LINE's side: `granted` are codes with the challenge they are bound to and the claims of their token."""

    address: str = ""
    granted: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    key: str = SECRET
    header: dict[str, str] = field(default_factory=lambda: {"alg": "HS256"})

    def grant(self, asked: dict[str, str], line_id: str, **changed: Any) -> str:
        """The person agrees on LINE's page; the code their browser brings back."""
        claims = {
            "iss": "https://access.line.me",
            "aud": asked["client_id"],
            "sub": line_id,
            "nonce": asked["nonce"],
            "exp": int(START.timestamp()) + 3600,
        }
        code = f"code-{len(self.granted)}"
        self.granted[code] = (asked["code_challenge"], claims | changed)
        return code

    def trade(self, given: dict[str, str]) -> dict[str, str] | None:
        """The token for a code, once, if everything fits."""
        challenge, claims = self.granted.pop(given.get("code", ""), ("", {}))
        hashed = base64.urlsafe_b64encode(hashlib.sha256(given.get("code_verifier", "").encode()).digest())
        fits = (
            given.get("grant_type") == "authorization_code"
            and (given.get("client_id"), given.get("client_secret")) == (CHANNEL, SECRET)
            and hashed.rstrip(b"=").decode() == challenge
        )
        token = jwt.encode(self.header, claims, OctKey.import_key(self.key), algorithms=[self.header["alg"]])
        return {"id_token": token} if fits else None


@pytest.fixture
def line() -> Iterator[Line]:
    """LINE's token endpoint on loopback."""
    stand_in = Line()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            said = stand_in.trade({name: values[0] for name, values in parse_qs(body).items()})
            self.send_response(200 if said and self.path == "/oauth2/v2.1/token" else 400)
            self.end_headers()
            self.wfile.write(json.dumps(said or {"error": "invalid_grant"}).encode())

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    stand_in.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield stand_in
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def office(quick_database: Database, line: Line) -> Office:
    """An office with a LINE Login channel, whose crew is linked to a LINE account."""
    opened = Office(
        quick_database,
        line_login_channel_id=CHANNEL,
        line_login_channel_secret=SECRET,
        line_login_url=line.address,
        line_api_url=line.address,
    )
    with quick_database.begin() as session:
        person = Person(line_id=EK, name="ช่างเอก", created_at=START)
        session.add(person)
        session.scalars(select(Staff).where(Staff.name == NAMES["crew"])).one().person = person
    return opened


def begin(browser: Browser) -> dict[str, str]:
    """Press “LINE Login”; what LINE is asked."""
    address = urlsplit(str(browser.get("/console/line/").location))
    assert address.path == "/oauth2/v2.1/authorize"
    return {name: values[0] for name, values in parse_qs(address.query).items()}


def finish(browser: Browser, code: str, state: str) -> int:
    """LINE sends the browser back, and the button is pressed."""
    assert browser.get(f"/console/line/back?code={code}&state={state}").status_code == 200
    return browser.post("/console/line/finish", code=code, state=state).status_code


def test_linked_staff_sign_in(office: Office, line: Line) -> None:
    browser = Browser(office)
    asked = begin(browser)
    assert asked["redirect_uri"] == office.settings.public_url + "/console/line/back"
    assert asked["code_challenge_method"] == "S256"
    assert finish(browser, line.grant(asked, EK), asked["state"]) == 303
    assert is_in(browser)


def test_whoever_is_not_staff_stays_outside(office: Office, line: Line) -> None:
    browser = Browser(office)
    asked = begin(browser)
    assert finish(browser, line.grant(asked, "U" + "9" * 32), asked["state"]) == 422
    assert not is_in(browser)


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "another channel"},
        {"iss": "https://evil.example"},
        {"nonce": "another"},
        {"exp": int(START.timestamp()) - 3600},
        {"exp": None},
        {"sub": None},
    ],
    ids=repr,
)
def test_a_token_that_does_not_fit_is_refused(office: Office, line: Line, changed: dict[str, Any]) -> None:
    browser = Browser(office)
    asked = begin(browser)
    assert finish(browser, line.grant(asked, EK, **changed), asked["state"]) == 422
    assert not is_in(browser)


def test_a_token_with_another_signature_is_refused(office: Office, line: Line) -> None:
    line.key = "x" * 32
    browser = Browser(office)
    asked = begin(browser)
    assert finish(browser, line.grant(asked, EK), asked["state"]) == 422


def test_only_hs256_is_taken(office: Office, line: Line) -> None:
    line.header = {"alg": "HS512"}
    line.key = SECRET
    browser = Browser(office)
    asked = begin(browser)
    assert finish(browser, line.grant(asked, EK), asked["state"]) == 422


def test_another_browsers_answer_is_worth_nothing(office: Office, line: Line) -> None:
    thief, victim = Browser(office), Browser(office)
    asked = begin(thief)
    code = line.grant(asked, EK)
    begin(victim)
    assert finish(victim, code, asked["state"]) == 422  # another state: nobody is signed in as somebody else
    assert finish(Browser(office), code, asked["state"]) == 422  # no cookie at all


def test_an_answer_works_once_and_soon(office: Office, line: Line) -> None:
    browser = Browser(office)
    asked = begin(browser)
    code = line.grant(asked, EK)
    assert finish(browser, code, asked["state"]) == 303
    assert finish(browser, code, asked["state"]) == 422


def test_when_line_does_not_answer_the_page_says_so(office: Office, line: Line) -> None:
    browser = Browser(office)
    asked = begin(browser)
    assert browser.post("/console/line/finish", code="never granted", state=asked["state"]).status_code == 422


def test_without_a_channel_there_is_no_such_way(quick_database: Database) -> None:
    plain = Browser(Office(quick_database))
    assert plain.get("/console/line/").status_code == 404
    assert "LINE Login" not in plain.get("/console/sign-in").text
