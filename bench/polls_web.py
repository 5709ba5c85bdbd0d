"""Ballots a second through the ballot page's server, end to end: `python -m bench polls_web [-- --voters 3000]`.

Every ballot is one request over HTTP, as a browser sends it: cookie, token, the sealed envelope; and the receipt's page
back. Two processes over PostgreSQL with fsync on, and one over SQLite. The client works on the same processors. Printed
too: the whole way of a voter (link, entering, the ballot's page, casting), four requests each.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import insert

from ballots import sealing
from ballots.manifest import Kind as BallotKind
from bench.load import closed
from bench.towns import Bench, Kind, bench
from models import ballot_links
from models.ballot_links import BallotLink
from models.database import Database
from models.people import Person
from models.poll_drafts import manifest_of
from models.polls import Poll
from models.roll import RollRow, new_roll_id
from models.voters import CONSENT, VoteConsent, Voter
from tests.web.office import Office
from tests.web.voting import Booth, declared, opened

SECRET, VISITOR, CONNECTIONS = "k" * 40, "bench", 16
KINDS = (
    Kind("PostgreSQL, 2 processes", ("gunicorn", "--config", "gunicorn.conf.py"), "postgresql", 2),
    Kind("SQLite, 1 process", ("gunicorn", "--config", "gunicorn.conf.py"), "sqlite", 1),
)


def main() -> None:
    """Measure both databases and print."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--voters", type=int, default=3000)
    voters = reader.parse_args().voters
    with bench() as place:
        for kind in KINDS:
            _measure(place, kind, voters)


def _measure(place: Bench, kind: Kind, voters: int) -> None:
    with place.running(kind) as (server, database):
        booth = _poll(database, place.folder)
        pages = _voters(booth, "page", voters)
        sealed = _sealed(booth, voters)
        cast = [_post("/vote/cast", {"sealed": each.hex()}, token) for each, token in zip(sealed, pages, strict=True)]
        closed(server.port, cast[:50], 4, 30)  # templates are compiled, keys read
        before = server.cpu()
        result = closed(server.port, cast[50:], CONNECTIONS, 60)
        share = (server.cpu() - before) / result.seconds
        print(
            f"{kind.name}: {result.rate:,.0f} ballots/s, p50 {1000 * result.percentile(50):.0f} ms, "
            f"p99 {1000 * result.percentile(99):.0f} ms; the server took {100 * share:.0f} % of one processor; "
            f"answers {dict(result.statuses)}"
        )
        _whole_way(booth, server.port, min(voters, 400))


def _whole_way(booth: Booth, port: int, voters: int) -> None:
    """Link, entering, the page of the ballot, casting: four requests a voter, by stages."""
    links, pages = _voters(booth, "link", voters), _voters(booth, "page", voters)
    seconds = 0.0
    stages: tuple[Sequence[bytes], ...] = (
        [_get(f"/vote/{token}") for token in links],
        [_post("/vote/enter", {"token": token}) for token in links],
        [_get("/vote/ballot", token) for token in pages],
        [_post("/vote/cast", {"sealed": s.hex()}, t) for s, t in zip(_sealed(booth, voters), pages, strict=True)],
    )
    for stage in stages:
        seconds += closed(port, stage, CONNECTIONS, 60).seconds
    print(f"  the whole way (4 requests): {voters / seconds:,.0f} voters/s")


# -- requests as browsers send them ------------------------------------------------------------------------------------


def _get(path: str, token: str = "") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {_cookies(token)}\r\n\r\n".encode()


def _post(path: str, fields: dict[str, str], token: str = "") -> bytes:
    csrf = hmac.new(SECRET.encode(), f"csrf:{VISITOR}".encode(), hashlib.sha256).hexdigest()
    body = urlencode({"csrf_token": csrf} | fields).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {_cookies(token)}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _cookies(token: str) -> str:
    return f"songsiang_visitor={VISITOR}" + (f"; songsiang_ballot={token}" if token else "")


# -- a poll and its voters ---------------------------------------------------------------------------------------------


def _poll(database: Database, folder: Path) -> Booth:
    office = Office(database, data_dir=folder)
    office.now = datetime.now(UTC)
    return opened(office, replace(declared(BallotKind.BUDGET_APPROVAL), chat=False))


def _voters(booth: Booth, purpose: str, count: int) -> list[str]:
    """So many voters on the roll who have agreed, each with a fresh token; the tokens."""
    now, tokens = booth.office.now, [f"{purpose}-{new_roll_id().hex()}" for _ in range(count)]
    until = now + (ballot_links.PAGE_LIVES if purpose == "page" else ballot_links.LINK_LIVES)
    with booth.office.database.begin() as session:
        person = Person(name="ผู้ทดลอง", created_at=now)
        voters = [Voter() for _ in tokens]
        session.add_all([person, *voters])
        session.flush()
        connection, poll = session.connection(), booth.poll_id
        rows: list[Callable[[int, str], dict[str, object]]] = [
            lambda key, _token: {"voter_id": key, "version": CONSENT, "given_at": now},
            lambda key, _token: {
                "poll_id": poll,
                "roll_id": new_roll_id(),
                "voter_id": key,
                "area": "3",
                "level": "declared",
                "voted": False,
            },
            lambda key, token: {
                "token_hash": ballot_links.hashed(token),
                "purpose": purpose,
                "poll_id": poll,
                "voter_id": key,
                "person_id": person.id,
                "expires_at": until,
            },
        ]
        for table, make in zip((VoteConsent, RollRow, BallotLink), rows, strict=True):
            connection.execute(insert(table), [make(v.id, t) for v, t in zip(voters, tokens, strict=True)])
    return tokens


def _sealed(booth: Booth, count: int) -> list[bytes]:
    with booth.office.database.read() as session:
        manifest = manifest_of(session.get_one(Poll, booth.poll_id))
    return [sealing.seal(manifest, ("o1", "o4") if n % 3 else ("o2",)) for n in range(count)]


if __name__ == "__main__":
    main()
