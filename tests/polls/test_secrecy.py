"""Who voted what: an attacker with the files of the database, its log, the webhook store and the letters, but not the
keys, does not do better than chance. Nor does anybody find a choice in what is stored.

The attacker copies everything before and after every checkpoint and after closing, and knows which ballots came with
which checkpoint (it is on the board): chance is one among those.
"""

from __future__ import annotations

import json
import random
import re
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import sqrt
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from ballots import canonical, export
from bot.discretion import Discretion
from models import board, casting
from models.ballot_box import BallotEnvelope, PublishedBallot, SealedBallot
from models.board import BoardEntry
from models.database import Database
from models.incoming import DONE, Incoming
from models.people import Person
from models.poll_drafts import typed
from models.post import enqueue
from models.roll import RollRow
from models.voters import Voter, VoterAccount
from tests.polling import Polling

VOTERS, REVOTES = 500, 100
TITLES = ("สะพานไม้ท้ายหมู่บ้าน", "หอกระจายข่าวใหม่", "สนามเด็กเล่นริมคลอง")
#: What looks like a receipt, wherever it begins.
RECEIPT = re.compile(rb"(?=([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}))")


@dataclass
class Story:
    """What really happened, for the judge: by round the voters in the order of their last ballots there, and for each
    voter the hash of the last ballot."""

    order: list[list[int]] = field(default_factory=list)
    last: dict[int, str] = field(default_factory=dict)
    receipts: list[str] = field(default_factory=list)


@dataclass
class Loot:
    """What the attacker has copied."""

    files: dict[str, bytes] = field(default_factory=dict)
    rows: dict[str, list[bytes]] = field(default_factory=dict)


def copy_all(database: Database, name: str) -> Loot:
    """Everything of the database that lies on the disk, and its ballots in the order in which they lie."""
    loot = Loot()
    if database.file is not None:
        for path in database.file.parent.glob(database.file.name + "*"):
            loot.files[f"{name}/{path.name}"] = path.read_bytes()
        with sqlite3.connect(f"file:{database.file}?mode=ro", uri=True) as direct:
            loot.rows["table order"] = [row[0] for row in direct.execute("SELECT c FROM sealed_ballots")]
            loot.rows["published"] = [row[0] for row in direct.execute("SELECT c FROM published_ballots")]
        return loot
    url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as direct:
        direct.execute("CHECKPOINT")
        for table in ("sealed_ballots", "ballot_envelopes", "published_ballots", "poll_roll", "incoming", "outgoing"):
            where = direct.execute("SELECT pg_relation_filepath(%s)", [table]).fetchone()
            assert where is not None
            raw = direct.execute("SELECT pg_read_binary_file(%s)", [where[0]]).fetchone()
            assert raw is not None
            loot.files[f"{name}/{table}"] = bytes(raw[0])
        for way, order in (("xmin", "xmin::text::bigint, ctid"), ("ctid", "ctid")):
            rows = direct.execute(f"SELECT c FROM sealed_ballots ORDER BY {order}").fetchall()
            loot.rows[way] = [bytes(row[0]) for row in rows]
        wal = direct.execute("SELECT name FROM pg_ls_waldir() ORDER BY modification DESC LIMIT 1").fetchone()
        assert wal is not None
        log = direct.execute("SELECT pg_read_binary_file('pg_wal/' || %s)", [wal[0]]).fetchone()
        assert log is not None
        loot.files[f"{name}/wal"] = bytes(log[0]).rstrip(b"\0")
    return loot


def cast_as_the_chat_does(poll: Polling, voter: int, dice: random.Random, now: datetime) -> casting.Receipt:
    """A ballot with all that one leaves behind: the event, the answer with the receipt, the roll, at once."""
    manifest, discretion = poll.manifest, Discretion(poll.keys)
    sealed = casting.seal_choice(manifest, (dice.choice(manifest.options).id,))
    tap = {
        "type": "postback",
        "postback": {"data": f"m=vote.cast&p={manifest.poll}&t=abc"},
        "source": {"userId": f"U{voter}"},
    }
    with poll.database.begin() as session:
        event = Incoming(
            event_id=f"{voter}-{dice.random()}",
            chat_key=f"U{voter}",
            kind="postback",
            raw=json.dumps(discretion.event(tap, now)),
            received_at=now,
            state=DONE,
        )
        session.add(event)
        receipt = casting.cast(session, poll.keys, poll.id, poll.voters[voter], sealed, now)
        letter = [{"type": "text", "text": f"ใบรับ: {receipt.code}"}]
        enqueue(session, f"U{voter}", "answer", discretion.letter(letter, now), now)
    return receipt


def play(database: Database, tmp_path: Path) -> tuple[Polling, Story, list[Loot]]:
    """500 people vote in three rounds, some of them twice; the attacker copies all along."""
    dice = random.Random(4)
    poll = Polling(database, tmp_path, options=[typed(t) for t in TITLES], voters=VOTERS, days=3).open()
    story, loot = Story(), list[Loot]()
    people = list(range(VOTERS))
    dice.shuffle(people)
    shares = [people[:200], people[200:350], people[350:]]
    for number, share in enumerate(shares):
        again = dice.sample(people[: 200 + 150 * number], REVOTES // 4) + dice.sample(share, REVOTES // 4)
        turns = [*share, *again]
        last = {voter: place for place, voter in enumerate(turns)}
        for voter in turns:
            poll.clock.forward(seconds=1)
            receipt = cast_as_the_chat_does(poll, voter, dice, poll.now)
            story.last[voter] = receipt.hash
            story.receipts.append(receipt.code)
        story.order.append(sorted(last, key=lambda voter: last[voter]))
        loot.append(copy_all(database, f"before {number}"))
        poll.later(hours=2) if number < 2 else poll.close()
        loot.append(copy_all(database, f"after {number}"))
    later = set[int]()
    for voters in reversed(story.order):  # the attacker sees who votes again, and when: only last ballots are wanted
        voters[:] = [voter for voter in voters if voter not in later]
        later |= set(voters)
    return poll, story, loot


def guesses(ballots: Sequence[str], batch: set[str], voters: Sequence[int]) -> dict[int, str]:
    """The nth to vote cast the nth ballot that came with this checkpoint."""
    mine = [hashed for hashed in ballots if hashed in batch]
    return dict(zip(voters, mine, strict=False))


def seen_in(raw: bytes, known: dict[bytes, str], *, last: bool) -> list[str]:
    """The ballots in the order in which their bytes lie in a file."""
    find: Callable[[bytes], int] = raw.rfind if last else raw.find
    places = [(find(c), hashed) for c, hashed in known.items()]
    return [hashed for place, hashed in sorted(places) if place >= 0]


def batches(poll: Polling) -> list[set[str]]:
    """The hashes that each checkpoint brought."""
    with poll.database.read() as session:
        lines = [entry.line for entry in board.entries(session, poll.id, "checkpoint")]
    return [set(canonical.loads(line)["body"]["added"]) for line in lines]


@pytest.mark.timeout(900)
def test_invariant_05_a_linking_attacker_does_no_better_than_chance(database: Database, tmp_path: Path) -> None:
    poll, story, loot = play(database, tmp_path)
    poll.hand_in()
    poll.publish()
    # What the world knows after closing: every ballot with its hash.
    rows = export.read_sealed(poll.manifest, poll.files()["ballots.bin"])
    known = {sealed: hashed for hashed, _, sealed in rows}
    assert len(known) == VOTERS
    came = batches(poll)
    assert len(came) == 3
    assert set(known.values()) == set(story.last.values())
    orders = {
        f"{way} of copy {number}": [known[c] for c in rows if c in known]
        for number, copied in enumerate(loot)
        for way, rows in copied.rows.items()
    }
    for copied in loot:
        for name, raw in copied.files.items():
            ways = (False,) if name.endswith("/wal") else (False, True)  # sixteen megabytes are read once
            orders |= {f"bytes of {name} {last}": seen_in(raw, known, last=last) for last in ways}
    chance = len(came) + 3 * sqrt(len(came))  # a random order hits once a round
    for name, order in orders.items():
        hits = 0
        for batch, voters in zip(came, story.order, strict=True):
            for guessed in (guesses(order, batch, voters), guesses(order[::-1], batch, voters)):
                hits = max(hits, sum(story.last[voter] == hashed for voter, hashed in guessed.items()))
        assert hits <= chance, f"{name}: {hits} of {VOTERS} ballots linked, chance is {chance:.1f}"
    assert len(orders) > 10
    in_order = [story.last[voter] for voters in story.order for voter in voters]  # a box that keeps the order tells all
    told = (guesses(in_order, batch, voters) for batch, voters in zip(came, story.order, strict=True))
    assert sum(story.last[voter] == hashed for each in told for voter, hashed in each.items()) == VOTERS
    no_file_tells(database, story, loot, list(known))


def no_file_tells(database: Database, story: Story, loot: list[Loot], ballots: Sequence[bytes]) -> None:
    """No file holds a receipt or a tap, nor a sealed ballot before its checkpoint, where its neighbours in time would
    tell whose it is; and when K_link is gone, nothing ties a ballot to anything."""
    receipts = set(story.receipts)
    assert all(RECEIPT.match(each.encode()) for each in receipts)
    for copied in loot:
        for name, raw in copied.files.items():
            written = {found.group(1).decode() for found in RECEIPT.finditer(raw)}  # one look for all of them
            assert not written & receipts, f"{name} holds a receipt"
            assert b"vote.cast" not in raw, f"{name} holds a tap"
    assert not [name for name, raw in loot[0].files.items() if any(c in raw for c in ballots)]
    with database.read() as session:
        assert session.query(BallotEnvelope).count() == session.query(SealedBallot).count() == 0


def test_invariant_06_replaced_ballots_are_erased(database: Database, tmp_path: Path) -> None:
    poll = Polling(database, tmp_path, voters=40).open()
    for voter in range(30):
        poll.cast(voter)
    poll.later(hours=2)
    with database.read() as session:
        before = {row.c for row in session.query(SealedBallot)}
    for voter in range(25):
        poll.cast(voter, ("o2",))
    poll.later(hours=2)
    with database.read() as session:
        gone = before - {row.c for row in session.query(SealedBallot)}
    assert len(gone) == 25
    later = copy_all(database, "later").files
    kept = {name: raw for name, raw in later.items() if not name.endswith("/wal")}  # its log is PostgreSQL's own
    assert not [name for name, raw in kept.items() if any(c in raw for c in gone)]


def test_invariant_06_no_choice_is_found_in_what_is_stored(database: Database, tmp_path: Path) -> None:
    """The same file holds the options' titles, of course; nothing that a ballot leaves behind does."""
    poll = Polling(database, tmp_path, options=[typed(t) for t in TITLES], voters=25).open()
    before = sum(copied.count(TITLES[1].encode()) for copied in copy_all(database, "a").files.values())
    for voter in range(25):
        cast_as_the_chat_does(poll, voter, random.Random(voter), poll.now)
    poll.later(hours=2)
    after = copy_all(database, "b").files
    if database.file is not None:  # pages of the options are copied into the log and back: count them in the file alone
        path = next(name for name in after if name.endswith(database.file.name))
        assert after[path].count(TITLES[1].encode()) <= before + 1
    mine = {name: raw for name, raw in after.items() if not name.endswith("/wal")}  # the log is of all the tests
    for name, raw in mine.items():
        for words in ('"choice"', '["o1"]', '["o2"]', '["o3"]'):
            assert words.encode() not in raw, f"{name} holds {words}"
    for key in (tmp_path / "keys").rglob("*.key"):
        assert key.stat().st_size == 32


def test_invariant_07_all_ballots_of_a_poll_have_one_length(database: Database, tmp_path: Path) -> None:
    poll = Polling(database, tmp_path, voters=24).open()
    for voter in range(24):
        poll.cast(voter, () if voter % 4 == 0 else (f"o{voter % 3 + 1}",))
    with database.read() as session:
        assert len({len(row.sealed) for row in session.query(BallotEnvelope)}) == 1
    poll.later(hours=2)
    with database.read() as session:
        assert len({len(row.c) for row in session.query(SealedBallot)}) == 1


def test_invariant_04_ballots_share_no_value_with_people(database: Database, tmp_path: Path) -> None:
    poll = Polling(database, tmp_path, voters=30).open()
    for voter in range(25):
        poll.cast(voter)
    poll.later(hours=2)
    for voter in range(3):
        poll.cast(voter, ("o3",))
    with database.begin() as session:
        session.add(Person(line_id="U" + "a" * 32, created_at=poll.now))
    ours = (BallotEnvelope, SealedBallot, PublishedBallot, BoardEntry)
    theirs = (RollRow, Voter, VoterAccount, Person)
    with database.read() as session:
        for ballots in ours:
            for people in theirs:
                for mine in ballots.__table__.columns:
                    for other in people.__table__.columns:
                        if mine.name == "poll_id" or (mine.name, other.name) == ("seq", "id"):
                            continue
                        found = session.execute(text(f"SELECT {mine.name} FROM {ballots.__tablename__}")).scalars()
                        known = session.execute(text(f"SELECT {other.name} FROM {people.__tablename__}")).scalars()
                        shared = {_plain(v) for v in found} & ({_plain(v) for v in known} - {None})
                        assert not {each for each in shared if not isinstance(each, int)}, (mine, other)


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


def test_invariant_04_ballots_have_no_time_and_no_number() -> None:
    for table in (BallotEnvelope, SealedBallot, PublishedBallot):
        made = table.metadata.tables[table.__tablename__]
        columns = {column.name: str(column.type) for column in table.__table__.columns}
        assert set(columns) - {"poll_id"} <= {"place", "sealed", "slot", "c", "hash"}
        assert all("BLOB" in kind for name, kind in columns.items() if name != "poll_id")
        assert made.dialect_options["sqlite"]["with_rowid"] is False
    assert not {"at", "time", "created_at", "voted_at"} & {column.name for column in RollRow.__table__.columns}
