"""Closing a poll (ปิดลงคะแนน), step by step; each step is whole or not at all, and may be repeated after a crash.

1. `shut` (one transaction): no more ballots; the last round, however small; ballots and roll agree; the ballots lie
   without slots; the closing entry. 2. `sweep`: pages and log forget. 3. K_link is destroyed. 4. `unlink` (one
   transaction): the entry that says so. Only then the key holders may come (models/poll_count.py).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ballots import entries, merkle
from ballots.tally.count import withheld
from models import audit, roll
from models.ballot_box import PublishedBallot
from models.database import Database
from models.key_room import KeyRoom
from models.poll_drafts import manifest_of, stamp
from models.poll_life import count_roll, officers
from models.poll_rounds import Held, append, checkpoint, is_due, rewrite, sweep, turn_over
from models.polls import NotAllowed, Poll, locked
from models.turnout import hide_line, turnout, voted_by_area

#: What the house does by itself is written under this name.
HOUSE = audit.Actor(None, "", "", "worker")


def step(database: Database, keys: KeyRoom, now: datetime) -> int:
    """Do all that is due for all polls: checkpoints, closings, sweeping. Returns how many steps were made.

    Any number of processes may call it at any time, and any of them may die at any point. What goes wrong with one
    poll stops no other; it is raised when all have had their turn.
    """
    troubles: list[Exception] = []
    done = 0
    for poll_id in _due(database, now):
        try:
            with database.begin() as session:
                done += _shut_or_checkpoint(session, keys, poll_id, now)
        except Exception as trouble:  # noqa: BLE001 - a damaged poll must not keep the others open
            troubles.append(trouble)
    done += sweep(database)
    for poll_id in _to_unlink(database):
        done += _unlink(database, keys, poll_id, now)
    _destroy_cancelled(database, keys)
    if troubles:
        raise troubles[0]
    return done


def _due(database: Database, now: datetime) -> list[int]:
    """Open polls whose time is over, or whose checkpoint is due."""
    with database.read() as session:
        running = session.scalars(select(Poll).where(Poll.state == "open").order_by(Poll.id)).all()
        return [poll.id for poll in running if is_over(poll, now) or is_due(session, poll, now)]


def is_over(poll: Poll, now: datetime) -> bool:
    """Whether the poll's time is over."""
    return poll.closes_at is not None and now >= poll.closes_at


def _shut_or_checkpoint(session: Session, keys: KeyRoom, poll_id: int, now: datetime) -> bool:
    poll = session.get_one(Poll, poll_id)
    return shut(session, keys, poll_id, now) if is_over(poll, now) else checkpoint(session, keys, poll_id, now)


def shut(session: Session, keys: KeyRoom, poll_id: int, now: datetime) -> bool:
    """End the voting of a poll whose time is over. False when it has been done. Raises NotAllowed before its time."""
    poll = locked(session, poll_id)
    if poll.state != "open":
        return False
    if poll.closes_at is None or now < poll.closes_at:
        raise NotAllowed("earlier")
    held = turn_over(session, keys, poll, now)
    online = roll.count(session, poll.id, roll.RollRow.channel == "online")
    if online != len(held):
        raise RuntimeError(f"poll {poll.code}: {len(held)} ballots, {online} voters")
    rewrite(session, poll.id, [])
    _publish(session, poll, held)
    poll.move("closing")
    append(session, keys, poll, _closing(session, keys, poll, held, now))
    audit.record(session, HOUSE, "poll.shut", f"poll:{poll.id}", None, {"ballots": len(held)}, now)
    return True


def _publish(session: Session, poll: Poll, held: list[Held]) -> None:
    """The ballots without slots, in the order of their hashes."""
    manifest = manifest_of(poll)
    ordered = sorted(held, key=lambda each: each.hash)
    rows = [{"poll_id": poll.id, "hash": bytes.fromhex(each.hash), "c": each.column(manifest)} for each in ordered]
    if rows:
        session.connection().execute(insert(PublishedBallot), rows)


def _closing(session: Session, keys: KeyRoom, poll: Poll, held: list[Held], now: datetime) -> entries.Close:
    counts, manifest = count_roll(session, keys, poll), manifest_of(poll)
    voters = voted_by_area(session, poll.id)
    shown = hide_line(voters, manifest.small_cell)
    return entries.Close(
        count=len(held),
        root=merkle.root(sorted(each.hash for each in held)),
        online=len(held),
        paper=roll.count(session, poll.id, roll.RollRow.channel == "paper"),
        roll=counts.persons,
        roll_fingerprint=counts.fingerprint,
        households=counts.all_households,
        turnout={area: number for area, number in shown.items() if number is not None},
        officers=officers(session, poll),
        at=stamp(now),
        households_voted=turnout(session, poll.id, manifest.small_cell).households_voted,
        withheld=withheld(manifest, voters),
    )


def _to_unlink(database: Database) -> list[int]:
    """Polls that are shut and swept: K_link may go."""
    with database.read() as session:
        ready = (Poll.state == "closing", Poll.unswept.is_(False))
        return list(session.scalars(select(Poll.id).where(*ready).order_by(Poll.id)))


def _unlink(database: Database, keys: KeyRoom, poll_id: int, now: datetime) -> bool:
    """Destroy K_link, then say so on the board. A crash between the two is repeated: destroying is."""
    with database.read() as session:
        code = session.get_one(Poll, poll_id).code
    keys.destroy_link(code)
    with database.begin() as session:
        poll = locked(session, poll_id)
        if poll.state != "closing":
            return False
        poll.move("closed")
        poll.closed_at = now
        body = entries.LinkKeyDestroyed(manifest_of(poll).link_commit, officers(session, poll), stamp(now))
        append(session, keys, poll, body)
        audit.record(session, HOUSE, "poll.unlinked", f"poll:{poll.id}", None, None, now)
    return True


def _destroy_cancelled(database: Database, keys: KeyRoom) -> None:
    """A cancelled poll's K_link has no use any more."""
    with database.read() as session:
        codes = list(session.scalars(select(Poll.code).where(Poll.state == "cancelled")))
    for code in codes:
        if keys.has_link(code):
            keys.destroy_link(code)
