"""Checkpoints (ปิดรอบ): the envelopes of a round are opened, mixed, and laid on the board; then none of them is left.

All ballots of the poll are written anew in one transaction, under the slot names of the next round, in the order of
these names. So the database holds neither when a ballot came nor which one it replaced; what was replaced is erased.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.orm import Session

from ballots import board as chain
from ballots import outer, sealing
from ballots.manifest import Manifest
from models import board, roll
from models.ballot_box import BallotEnvelope, SealedBallot
from models.casting import next_round
from models.database import Database
from models.key_room import KeyRoom
from models.poll_drafts import manifest_of
from models.polls import Poll, locked

#: Milliseconds that emptying SQLite's log may wait for readers.
SWEEP_WAITS = 300


class Damaged(RuntimeError):
    """The box does not hold what the roll says. Nothing is published; people must look."""


@dataclass(frozen=True)
class Held:
    """A ballot in the box: the area it is counted in, and the sealed ballot."""

    area: str
    sealed: bytes

    @property
    def hash(self) -> str:
        """The ballot's public name."""
        return sealing.ballot_hash(self.sealed, self.area)

    def column(self, manifest: Manifest) -> bytes:
        """As it is stored: areas, where there are any, stand in front, in one length."""
        return (outer.pad_area(self.area) if manifest.areas else b"") + self.sealed


def read_column(manifest: Manifest, column: bytes) -> Held:
    """A stored ballot again."""
    if not manifest.areas:
        return Held("", column)
    return Held(outer.read_area(column[: outer.AREA]), column[outer.AREA :])


def waiting(session: Session, poll_id: int) -> int:
    """How many envelopes wait for the next checkpoint."""
    found = select(func.count()).select_from(BallotEnvelope).where(BallotEnvelope.poll_id == poll_id)
    return session.scalar(found) or 0


def is_due(session: Session, poll: Poll, now: datetime) -> bool:
    """Whether a checkpoint is to be made now: its time has come, and at least the least number of ballots wait."""
    due = next_round(poll)
    if not poll.is_open(now) or due is None or now < due:
        return False
    return waiting(session, poll.id) >= manifest_of(poll).min_batch


def checkpoint(session: Session, keys: KeyRoom, poll_id: int, now: datetime) -> bool:
    """Make the poll's checkpoint if one is due; one transaction. Returns whether it was."""
    poll = locked(session, poll_id)
    if not is_due(session, poll, now):
        return False
    cast = [inside for inside in _changes(session, poll, keys.link(poll.code)).values() if inside.sealed is not None]
    if len(cast) < manifest_of(poll).min_batch:  # some only take a ballot back: they hide nobody
        return False
    turn_over(session, keys, poll, now)
    return True


def turn_over(session: Session, keys: KeyRoom, poll: Poll, now: datetime) -> list[Held]:
    """End the round: returns all ballots that stand now. The poll is held alone by the caller. Raises Damaged."""
    manifest, link = manifest_of(poll), keys.link(poll.code)
    before = _standing(session, poll, manifest, link)
    changes = _changes(session, poll, link)
    after = dict(before)
    for roll_id, inside in changes.items():
        if inside.sealed is None:
            after.pop(roll_id, None)
        else:
            after[roll_id] = Held(inside.area, inside.sealed)
    after = _each_its_own(session, poll, manifest, before, after)
    if after.keys() != set(roll.roll_ids(session, poll.id, roll.RollRow.channel == "online")):
        raise Damaged(f"poll {poll.code}: the box and the roll differ")
    _write(session, poll, manifest, link, after)
    _announce(session, keys, poll, before, after, now)
    return list(after.values())


def _each_its_own(
    session: Session, poll: Poll, manifest: Manifest, before: Mapping[bytes, Held], after: Mapping[bytes, Held]
) -> dict[bytes, Held]:
    """Every ballot has a name that no other ballot of this poll has or had.

    A page that follows the rules never seals the same bytes twice. Somebody who sends bytes again, those of a ballot
    that was replaced or of another voter who helps, would otherwise put one name onto the board twice: the board would
    be unsound for ever, or the poll could never close. Such a ballot counts as the spoilt one that it is: noise lies in
    its place, which nobody can open. The first one stands.
    """
    taken = {held.hash for held in before.values()} | _replaced_so_far(session, poll)
    own: dict[bytes, Held] = {}
    for roll_id, held in sorted(after.items()):
        if before.get(roll_id) == held:
            own[roll_id] = held
            continue
        if held.hash in taken:
            held = Held(held.area, secrets.token_bytes(sealing.ciphertext_size(manifest)))  # noqa: PLW2901
        taken.add(held.hash)
        own[roll_id] = held
    return own


def _replaced_so_far(session: Session, poll: Poll) -> set[str]:
    """The names of the ballots that were replaced in earlier rounds, from the board."""
    rounds = board.entries(session, poll.id, "checkpoint")
    return {hashed for each in rounds for hashed in chain.read_line(each.line).body["superseded"]}


def _standing(session: Session, poll: Poll, manifest: Manifest, link: bytes) -> dict[bytes, Held]:
    """The ballots of the last checkpoint, by the roll's row, which only K_link tells."""
    ids = roll.roll_ids(session, poll.id, roll.RollRow.voted)
    places = {outer.slot_in(link, poll.code, poll.round, each): each for each in ids}
    rows = session.execute(select(SealedBallot.slot, SealedBallot.c).where(SealedBallot.poll_id == poll.id))
    try:
        return {places[slot]: read_column(manifest, c) for slot, c in rows}
    except KeyError:
        raise Damaged(f"poll {poll.code}: a ballot belongs to nobody on the roll") from None


def _changes(session: Session, poll: Poll, link: bytes) -> dict[bytes, outer.Inside]:
    """What the envelopes of this round hold, by the roll's row."""
    rows = session.scalars(select(BallotEnvelope.sealed).where(BallotEnvelope.poll_id == poll.id))
    try:
        opened = [outer.unwrap(link, poll.code, poll.round, sealed) for sealed in rows]
    except outer.Unreadable:
        raise Damaged(f"poll {poll.code}: an envelope cannot be opened") from None
    return {inside.roll_id: inside for inside in opened}


def _write(session: Session, poll: Poll, manifest: Manifest, link: bytes, after: Mapping[bytes, Held]) -> None:
    """All ballots anew, under the next round's slots, in their order; the envelopes go."""
    slots = {outer.slot_in(link, poll.code, poll.round + 1, roll_id): held for roll_id, held in after.items()}
    rows = [{"poll_id": poll.id, "slot": slot, "c": slots[slot].column(manifest)} for slot in sorted(slots)]
    rewrite(session, poll.id, rows)
    session.execute(delete(BallotEnvelope).where(BallotEnvelope.poll_id == poll.id))


def rewrite(session: Session, poll_id: int, rows: list[dict[str, Any]]) -> None:
    """Let these be the poll's sealed ballots. What was there is not only deleted but gone from the table's pages.

    SQLite overwrites what it deletes (secure_delete). PostgreSQL keeps deleted rows in their pages; TRUNCATE gives the
    table new files within the transaction, so the other polls' ballots are written anew too.
    """
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        session.execute(delete(SealedBallot).where(SealedBallot.poll_id == poll_id))
    else:
        others = select(SealedBallot.poll_id, SealedBallot.slot, SealedBallot.c).where(SealedBallot.poll_id != poll_id)
        kept = session.execute(others.order_by(SealedBallot.poll_id, SealedBallot.slot)).mappings()
        rows = sorted([*map(dict, kept), *rows], key=lambda row: (row["poll_id"], row["slot"]))
        connection.execute(text("TRUNCATE sealed_ballots"))
    if rows:
        connection.execute(insert(SealedBallot), rows)


def _announce(
    session: Session,
    keys: KeyRoom,
    poll: Poll,
    before: Mapping[bytes, Held],
    after: Mapping[bytes, Held],
    now: datetime,
) -> None:
    """The checkpoint's entry: what is new, what was replaced, and the root over all that stand."""
    was, stands = {held.hash for held in before.values()}, {held.hash for held in after.values()}
    body = chain.checkpoint_body(stands - was, was - stands, stands, f"{now:%Y-%m-%d}")
    append(session, keys, poll, body)
    poll.round += 1
    poll.round_at, poll.unswept = now, True
    session.flush()


def append(session: Session, keys: KeyRoom, poll: Poll, body: Any) -> board.BoardEntry:
    """Sign an entry and put it at the end of the poll's board. The poll is held alone by the caller."""
    last = board.head(session, poll.id)
    entry = chain.append(chain.read_line(last.line) if last else None, body, keys.board(poll.code))
    row = board.BoardEntry(poll_id=poll.id, seq=entry.seq, kind=entry.type, hash=entry.hash, line=entry.line())
    session.add(row)
    session.flush()
    return row


# -- sweeping ----------------------------------------------------------------------------------------------------------


def sweep(database: Database) -> bool:
    """After rounds: let what they removed go from the log too. Returns whether all there was to sweep is swept.

    On SQLite readers may be in the way for a moment; then the next call does it.
    """
    with database.read() as session:
        ids = list(session.scalars(select(Poll.id).where(Poll.unswept)))
    if not ids:
        return False
    clean = _empty_log(database) if database.dialect == "sqlite" else _vacuum(database)
    if clean:
        _swept(database, ids)
    return clean


def _empty_log(database: Database) -> bool:
    """Bring SQLite's log into the file, where what was deleted is overwritten, and empty it; False: readers are in the
    way. Outside of transactions, which SQLAlchemy would begin: by the driver itself."""
    with database.alone() as engine, contextlib.closing(engine.raw_connection()) as connection:
        driver: Any = connection.driver_connection
        wait = driver.execute("PRAGMA busy_timeout").fetchone()[0]
        driver.execute(f"PRAGMA busy_timeout={SWEEP_WAITS}")  # webhooks wait at the gate meanwhile
        try:
            busy, _log, _moved = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            driver.execute(f"PRAGMA busy_timeout={wait}")
    return not busy


def _vacuum(database: Database) -> bool:
    """Free PostgreSQL's tables of what was deleted. Its own log is not ours; what lies in it is closed without K_link
    (docs/voting.md)."""
    with contextlib.closing(database.engine.raw_connection()) as connection:
        driver: Any = connection.driver_connection
        driver.autocommit = True
        try:
            for table in ("ballot_envelopes", "poll_roll", "vote_codes", "voters", "voter_accounts"):
                driver.execute(f"VACUUM {table}")
        finally:
            driver.autocommit = False
    return True


def _swept(database: Database, ids: Iterable[int]) -> None:
    for poll_id in ids:
        with database.begin() as session:
            poll = session.get(Poll, poll_id, with_for_update=True)
            if poll is not None:
                poll.unswept = False
