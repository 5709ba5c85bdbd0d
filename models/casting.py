"""Casting a ballot (หย่อนบัตร): one person, one ballot, the last one counts. Nothing is written that joins the two.

One transaction strikes the roll and puts the sealed ballot, in an envelope that only K_link opens, where the same
person's next ballot of this round will find it. Serialised per person by the roll's row; shared with all others by the
poll's lock, so that a ballot is either in the last checkpoint or refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Insert, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ballots import choices, outer, sealing
from ballots.manifest import Manifest
from models import audit, board
from models import vote_notices as notices
from models.ballot_box import BallotEnvelope
from models.key_room import KeyRoom, NoKey
from models.locks import hold_household, share_poll
from models.poll_drafts import Rules, manifest_of
from models.polls import NotAllowed, Poll
from models.roll import RollRow, locked_row, row_of

#: Hours between checkpoints where the rules name none.
USUAL_HOURS = Rules().checkpoint_hours


@dataclass(frozen=True)
class Receipt:
    """What a voter may keep: the receipt, the ballot's full hash, whether an earlier ballot was replaced, the board's
    last hash, and when at the earliest the ballot will stand on the board (None: at closing).

    Show it to the voter and keep it nowhere: beside a name it would be the very link that does not exist.
    """

    code: str
    hash: str
    replaced: bool
    head: str
    next_round: datetime | None


def seal_choice(manifest: Manifest, chosen: Any, area: str = "", mark: str = "") -> bytes:
    """Seal on the server what the voter chose, for pages and chats that cannot. Raises ballots.choices.Refused.

    `mark`: the voter's own four digits, or "".
    """
    return sealing.seal(manifest, choices.make_choice(manifest, chosen, area), mark)


def cast(
    session: Session,
    keys: KeyRoom,
    poll_id: int,
    voter_id: int,
    sealed: bytes,
    now: datetime,
    *,
    tell: int | None = None,
) -> Receipt:
    """Take a sealed ballot of this voter, in the caller's transaction. `tell`: the person (people.id) who hears in LINE
    when an earlier ballot was replaced, so that a false replacement is noticed; None where the answer itself says so.

    Raises NotAllowed with a reason: `closed`, `not_on_roll`, `paper`, `done` (no second ballot in this poll),
    `household`, `size`.
    """
    poll, manifest = _open_poll(session, poll_id, now)
    if len(sealed) != sealing.ciphertext_size(manifest):
        raise NotAllowed("size")
    row = row_of(session, poll_id, voter_id, lock=True)
    if row is None:
        raise NotAllowed("not_on_roll")
    if row.channel == "paper":
        raise NotAllowed("paper")
    if row.voted and not manifest.revote:
        raise NotAllowed("done")
    replaced = row.voted
    if not replaced:
        _within_quota(session, manifest, row)
        row.voted, row.channel = True, "online"
    area = ballot_area(manifest, row)
    _put(session, keys, poll, outer.Inside(row.roll_id, area, sealed), len(sealed))
    if replaced and tell is not None:
        notices.note(session, poll_id, tell, "replaced", now)
    hashed = sealing.ballot_hash(sealed, area)
    head = board.head_hash(session, poll_id)
    return Receipt(sealing.receipt(hashed), hashed, replaced, head, next_round(poll))


def strike_paper(
    session: Session, actor: audit.Actor | Any, keys: KeyRoom, poll_id: int, roll_id: bytes, now: datetime
) -> bool:
    """A paper ballot is handed out: this place has voted. Returns whether an online ballot is taken back for it.

    The online ballot goes with the next checkpoint, among others. Raises NotAllowed: `closed`, `not_on_roll`, `done`.
    """
    poll, manifest = _open_poll(session, poll_id, now)
    row = locked_row(session, poll_id, roll_id)
    if row is None:
        raise NotAllowed("not_on_roll")
    if row.channel == "paper":
        raise NotAllowed("done")
    taken_back = row.voted
    if taken_back:
        size = sealing.ciphertext_size(manifest)
        _put(session, keys, poll, outer.Inside(row.roll_id, ballot_area(manifest, row), None), size)
    else:
        _within_quota(session, manifest, row)
    row.voted, row.channel = True, "paper"
    session.flush()
    audit.record(session, actor, "poll.paper_handed", f"poll:{poll_id}", None, {"online_taken_back": taken_back}, now)
    return taken_back


def current_receipt(session: Session, keys: KeyRoom, poll: Poll, row: RollRow) -> str | None:
    """The receipt of this person's ballot that waits for its checkpoint; None when there is none. Only K_link can find
    it: for the voter's own question, never to be kept."""
    try:
        link = keys.link(poll.code)
    except NoKey:
        return None
    place = outer.place(link, poll.code, poll.round, row.roll_id)
    envelope = session.get(BallotEnvelope, (poll.id, place))
    if envelope is None:
        return None
    inside = outer.unwrap(link, poll.code, poll.round, envelope.sealed)
    return sealing.receipt(sealing.ballot_hash(inside.sealed, inside.area)) if inside.sealed is not None else None


def ballot_area(manifest: Manifest, row: RollRow) -> str:
    """The area that is named on this row's ballot: none where the manifest names no areas."""
    return row.area if manifest.areas else ""


def next_round(poll: Poll) -> datetime | None:
    """When the next checkpoint may be, if enough ballots have come in by then; None: only the one at closing.

    In the last stretch before closing there is none, so that the ballots of the last hours hide among more.
    """
    if poll.closes_at is None:
        return None
    every = timedelta(hours=int(poll.draft.get("checkpoint_hours", USUAL_HOURS)))
    due = (poll.round_at or poll.opens_at or poll.closes_at) + every
    return due if due + every <= poll.closes_at else None


def open_manifest(session: Session, poll_id: int, now: datetime) -> Manifest:
    """The manifest of a poll that takes ballots now, for showing its ballot. Raises NotAllowed."""
    poll = session.get(Poll, poll_id)
    if poll is None or not poll.is_open(now):
        raise NotAllowed("closed")
    return manifest_of(poll)


def _open_poll(session: Session, poll_id: int, now: datetime) -> tuple[Poll, Manifest]:
    share_poll(session, poll_id)
    poll = session.get(Poll, poll_id, populate_existing=True)
    if poll is None or not poll.is_open(now):
        raise NotAllowed("closed")
    return poll, manifest_of(poll)


def _within_quota(session: Session, manifest: Manifest, row: RollRow) -> None:
    """Raise NotAllowed when enough of this household have voted; its others wait until the transaction ends."""
    if not manifest.household_quota or row.household is None:
        return
    house = (RollRow.poll_id == row.poll_id, RollRow.household == row.household)
    hold_household(session, row.poll_id, row.household)
    voted = session.scalar(select(func.count()).select_from(RollRow).where(*house, RollRow.voted)) or 0
    if voted >= manifest.household_quota:
        raise NotAllowed("household")


def _put(session: Session, keys: KeyRoom, poll: Poll, inside: outer.Inside, size: int) -> None:
    """The envelope into its place; an earlier one of this round in the same place is overwritten."""
    try:
        link = keys.link(poll.code)
    except NoKey:
        raise NotAllowed("closed", f"poll {poll.code} has no K_link") from None
    values = {
        "poll_id": poll.id,
        "place": outer.place(link, poll.code, poll.round, inside.roll_id),
        "sealed": outer.wrap(link, poll.code, poll.round, inside, size),
    }
    connection = session.connection()
    session.flush()
    connection.execute(_UPSERT[connection.dialect.name], values)


def _upsert(build: Any) -> Insert:
    insert = build(BallotEnvelope.__table__)
    statement: Insert = insert.on_conflict_do_update(
        index_elements=["poll_id", "place"], set_={"sealed": insert.excluded.sealed}
    )
    return statement


_UPSERT = {"sqlite": _upsert(sqlite.insert), "postgresql": _upsert(postgresql.insert)}
