"""Counting (นับคะแนน): the holders hand in the seal's key, ballots are opened and counted, the result is signed.

    hand_in   the right key; where ballots are published it goes onto the board; then the count
    draw      a decisive tie stopped the count: the lot of the frozen policy, onto the board; then the count again
    publish   the office's key signs results, paper and ballots; the poll is published

`poll.result` says where it stands: {"tie": …} while a lot is asked for, else the summary of the count. The files of the
count lie in `poll_files`. The private half of the seal is never stored but on a board whose ballots are published.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ForeignKey, LargeBinary, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ballots import board as chain
from ballots import canonical, entries, export, keys, opening, tables
from ballots import results as outcome
from ballots.choices import Choice, read_choice
from ballots.manifest import LotKind
from ballots.results import Counted
from ballots.tally.count import TieIn
from ballots.tally.ties import is_number
from models import audit, board, deciding, paper
from models.ballot_box import PublishedBallot
from models.base import Base
from models.key_room import KeyRoom
from models.poll_drafts import manifest_of, stamp
from models.poll_life import officers
from models.poll_rounds import append, read_column
from models.polls import NotAllowed, Poll, locked
from models.proposals import Proposal

B = TypeVar("B")


class PollFile(Base):
    """A file of a count that cannot be made again from the rest without a key: results.json, paper.jsonl, the tables
    for other people's software, and ballots.bin of a quiet poll, whose key is nowhere."""

    __tablename__ = "poll_files"

    poll_id: Mapped[int] = mapped_column(ForeignKey("polls.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


# -- the key -----------------------------------------------------------------------------------------------------------


def hand_in(
    session: Session,
    actor: audit.Actor | Any,
    keyroom: KeyRoom,
    poll_id: int,
    private: bytes,
    now: datetime,
) -> Poll:
    """The holders give the seal's private key (32 bytes): ballots are opened and counted.

    Raises NotAllowed: `state` (K_link still exists, or it is counted), `wrong_key`, `paper` (a batch is not confirmed).
    A decisive tie is no error: `poll.result` then asks for the lot. Where the key is not published (quiet polls, few
    ballots) it must come again after it.
    """
    poll = _countable(session, poll_id)
    if not keys.opens_seal(private, poll.seal_public or ""):
        audit.record(session, actor, "poll.wrong_key", f"poll:{poll.id}", None, None, now)
        raise NotAllowed("wrong_key")
    manifest = manifest_of(poll)
    told_already = bool(board.entries(session, poll.id, "key"))
    if not _closing(session, poll).withheld and not told_already:  # whoever has the key opens every ballot
        append(session, keyroom, poll, entries.Key(private.hex(), manifest.holders, stamp(now)))
    audit.record(session, actor, "poll.key_handed_in", f"poll:{poll.id}", None, None, now)
    return _count(session, actor, poll, private, now)


def recount(session: Session, actor: audit.Actor | Any, poll_id: int, now: datetime) -> Poll:
    """Count again with the key that stands on the board (after a draw). Raises NotAllowed: `state`,
    `no_key` (it is not on the board: hand it in again)."""
    poll = _countable(session, poll_id)
    found = board.entries(session, poll.id, "key")
    if not found:
        raise NotAllowed("no_key")
    body = chain.read_line(found[-1].line).body
    return _count(session, actor, poll, bytes.fromhex(body["seal"]), now)


def _countable(session: Session, poll_id: int) -> Poll:
    poll = locked(session, poll_id)
    if poll.state != "closed":
        raise NotAllowed("state")
    if any(batch.phase != "confirmed" for batch in paper.batches(session, poll_id)):
        raise NotAllowed("paper")
    return poll


# -- counting ----------------------------------------------------------------------------------------------------------


def _count(session: Session, actor: audit.Actor | Any, poll: Poll, private: bytes, now: datetime) -> Poll:
    manifest = manifest_of(poll)
    counted = opened(session, poll, private)
    drawn = _drawn(session, poll)
    try:
        data = outcome.results(manifest, _closing(session, poll), counted, drawn)
    except TieIn as tie:
        poll.result = {"tie": {"area": tie.area, "options": list(tie.options), "round": tie.round}}
        session.flush()
        audit.record(session, actor, "poll.tie", f"poll:{poll.id}", None, poll.result, now)
        return poll
    files = {export.RESULTS: outcome.to_bytes(data), export.PAPER: export.paper_jsonl(paper_lines(session, poll))}
    files |= tables.tables(manifest, counted, data)
    if data["withheld"] == "quiet":
        files[export.BALLOTS] = export.quiet_bin(manifest, counted.online)
    _keep(session, poll, files)
    poll.result = summary(data)
    session.flush()
    told = {"results": canonical.digest(files[export.RESULTS])}
    audit.record(session, actor, "poll.counted", f"poll:{poll.id}", None, told, now)
    return poll


def opened(session: Session, poll: Poll, private: bytes) -> Counted:
    """All ballots, opened and judged: online ones, and the confirmed paper ones."""
    manifest = manifest_of(poll)
    online, spoiled = opening.open_all(manifest, private, sealed(session, poll))
    counted = Counted(online=online, spoiled=spoiled)
    for batch in paper.batches(session, poll.id):
        typed = batch.first or {}
        counted.spoiled_paper += int(typed.get("spoiled", 0))
        for each in typed.get("ballots", []):
            counted.paper[batch.area, _plain(read_choice(manifest, each, batch.area))] += 1
    return counted


def sealed(session: Session, poll: Poll) -> list[tuple[str, bytes]]:
    """A closed poll's sealed ballots: (area, bytes), in the order of their hashes."""
    manifest = manifest_of(poll)
    found = select(PublishedBallot.c).where(PublishedBallot.poll_id == poll.id).order_by(PublishedBallot.hash)
    held = (read_column(manifest, column) for column in session.scalars(found))
    return [(each.area, each.sealed) for each in held]


def paper_lines(session: Session, poll: Poll) -> list[dict[str, Any]]:
    """The lines of paper.jsonl: every confirmed station."""
    return [paper.paper_line(batch) for batch in paper.batches(session, poll.id) if batch.phase == "confirmed"]


def summary(data: dict[str, Any]) -> dict[str, Any]:
    """What the chat and lists say of a count, from results.json: votes and winners of each contest, turnout."""
    voters = data["voters"]
    return {
        "total": voters["online"] + voters["paper"],
        **voters,
        "quorum_met": data["quorum"]["met"],
        "contests": [
            {"area": each["area"], "selected": each["selected"], "totals": _shown(each["totals"])}
            for each in data["contests"]
        ],
    }


def _shown(totals: dict[str, dict[str, int]]) -> dict[str, int]:
    """The measure that people are told: points or wins where the rule counts these, else votes."""
    return next((totals[name] for name in ("score", "wins", "votes") if name in totals), {})


def _plain(choice: Choice) -> tuple[Any, ...]:
    return tuple(sorted(choice.items())) if isinstance(choice, dict) else choice


def _closing(session: Session, poll: Poll) -> entries.Close:
    return _body(session, poll, "close", entries.Close)


def _drawn(session: Session, poll: Poll) -> entries.Tiebreak | None:
    return _body(session, poll, "tiebreak", entries.Tiebreak) if board.entries(session, poll.id, "tiebreak") else None


def _body(session: Session, poll: Poll, kind: str, of: type[B]) -> B:
    found = chain.read_line(board.entries(session, poll.id, kind)[-1].line).read()
    if not isinstance(found, of):
        raise TypeError(f"a {kind} entry that is none")
    return found


def _keep(session: Session, poll: Poll, files: dict[str, bytes]) -> None:
    session.execute(delete(PollFile).where(PollFile.poll_id == poll.id))
    session.add_all(PollFile(poll_id=poll.id, name=name, content=content) for name, content in files.items())
    session.flush()


# -- ties --------------------------------------------------------------------------------------------------------------


def draw(
    session: Session,
    actor: audit.Actor | Any,
    keyroom: KeyRoom,
    poll_id: int,
    now: datetime,
    *,
    value: str = "",
    order: Sequence[str] = (),
    witnesses: Sequence[str] = (),
) -> Poll:
    """The lot that the frozen policy names: the public random number (`value`), or all options as they were drawn by
    hand (`order`) before `witnesses`. Then `recount`, or in quiet mode `hand_in` again.

    Raises NotAllowed: `state`, `no_tie` (a lot is drawn when it is needed, never before), `lot` (not what the policy
    names; a number is its digits, ๐–๙ or 0–9, and nothing else), `lot_early` (before the day of the number).
    """
    poll = _countable(session, poll_id)
    if not (poll.result or {}).get("tie") or board.entries(session, poll.id, "tiebreak"):
        raise NotAllowed("no_tie")
    ties = manifest_of(poll).ties
    everything = sorted(option.id for option in manifest_of(poll).options)
    by_hand = ties.lot == LotKind.DRAW
    number = "".join(str(int(char)) if char.isdecimal() else char for char in value.strip())
    right = (sorted(order) == everything and bool(witnesses)) if by_hand else is_number(number) and not order
    if not right:
        raise NotAllowed("lot")
    if not by_hand and stamp(now)[:10] < ties.random_date:
        raise NotAllowed("lot_early")
    source = "" if by_hand else ties.random_source
    lot = entries.Tiebreak(ties.lot, "" if by_hand else number, tuple(order), source, tuple(witnesses), stamp(now))
    append(session, keyroom, poll, lot)
    told = {"value": lot.value, "order": list(order), "witnesses": list(witnesses)}
    audit.record(session, actor, "poll.lot", f"poll:{poll.id}", None, told, now)
    return poll


# -- the result --------------------------------------------------------------------------------------------------------


def publish(
    session: Session, actor: audit.Actor | Any, keyroom: KeyRoom, poll_id: int, auth: bytes, now: datetime
) -> Poll:
    """Sign the result with the office's key and let everybody see it. Raises NotAllowed: `state`, `not_counted`,
    `wrong_auth` (another key than the one that opened the poll)."""
    poll = _countable(session, poll_id)
    files = kept(session, poll)
    last = board.head(session, poll.id)
    if export.RESULTS not in files or last is None or not poll.result or "tie" in poll.result:
        raise NotAllowed("not_counted")
    if keys.verify_key(auth) != _body(session, poll, "open", entries.Open).auth:
        raise NotAllowed("wrong_auth")
    results, papers, ballots = (
        canonical.digest(files[name]) for name in (export.RESULTS, export.PAPER, export.BALLOTS)
    )
    signature = keys.sign(auth, chain.result_claim(poll.code, last.hash, results, papers, ballots))
    signed = entries.Result(results, papers, ballots, signature, officers(session, poll), stamp(now))
    append(session, keyroom, poll, signed)
    poll.move("published")
    poll.published_at = now
    _tell_proposers(session, poll, now)
    session.flush()
    audit.record(session, actor, "poll.published", f"poll:{poll.id}", None, {"results": results}, now)
    return poll


def witness(
    session: Session,
    actor: audit.Actor | Any,
    keyroom: KeyRoom,
    poll_id: int,
    seen: entries.Countersign,
    now: datetime,
) -> None:
    """An observer of the ประชาคม saw the closing or the count: onto the board. Raises NotAllowed("state")."""
    poll = locked(session, poll_id)
    if poll.state not in ("closing", "closed", "published"):
        raise NotAllowed("state")
    append(session, keyroom, poll, seen)
    audit.record(session, actor, "poll.witnessed", f"poll:{poll.id}", None, {"name": seen.name}, now)


def kept(session: Session, poll: Poll) -> dict[str, bytes]:
    """The files of the count: results.json, paper.jsonl, ballots.bin. Empty before the count."""
    rows = session.scalars(select(PollFile).where(PollFile.poll_id == poll.id)).all()
    files = {row.name: row.content for row in rows}
    if export.RESULTS in files and export.BALLOTS not in files:
        reason = str(canonical.loads(files[export.RESULTS])["withheld"])
        files[export.BALLOTS] = export.ballots_file(manifest_of(poll), reason, sealed(session, poll), Counted().online)
    return files


def download(session: Session, keyroom: KeyRoom, poll: Poll) -> dict[str, bytes]:
    """The files that anybody may have now: rules and board at any time, and with the result everything else.

    Raises NotAllowed("state") before opening. Nothing of a count that is not published is among them.
    """
    found = [chain.read_line(line) for line in board.lines(session, poll.id)]
    if not found:
        raise NotAllowed("state")
    manifest = manifest_of(poll)
    files = export.running(manifest, found, chain.head_of(poll.code, found[-1], keyroom.board(poll.code)))
    return files | kept(session, poll) if poll.state == "published" else files


def results_data(session: Session, poll: Poll) -> dict[str, Any] | None:
    """The data of results.json of a published poll; None before."""
    row = session.get(PollFile, (poll.id, export.RESULTS)) if poll.state == "published" else None
    data: dict[str, Any] | None = canonical.loads(row.content) if row is not None else None
    return data


def _tell_proposers(session: Session, poll: Poll, now: datetime) -> None:
    """Proposals that were options hear how the poll ended (models/proposals.py tells proposer and supporters)."""
    contests = (poll.result or {}).get("contests", [])
    for option in poll.options:
        if option.source != "proposal" or option.source_id is None:
            continue
        proposal = session.get(Proposal, option.source_id)
        if proposal is None:
            continue
        mine = next(
            (each for each in contests if option.code in each["totals"] or option.code in each["selected"]), None
        )
        won = mine is not None and option.code in mine["selected"]
        votes = mine["totals"].get(option.code, 0) if mine else 0
        words = f"“{poll.title}” {'ได้รับเลือก' if won else 'ไม่ได้รับเลือก'} ({votes:,} คะแนน)"
        deciding.polled(proposal, now, words, {"poll": poll.code, "won": won, "votes": votes})
