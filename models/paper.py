"""Paper ballots (บัตรกระดาษ): envelopes counted, ballots typed twice by two people, the tally sheet's photo, confirmed.

Typing begins when online voting has ended, so that nobody knows a part of the result before. Phases after Decidim's
polling stations: counted → typed → checked → confirmed; a confirmed batch is frozen and goes onto the board.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ballots import canonical, choices, entries
from models import audit, roll
from models.base import Base
from models.key_room import KeyRoom
from models.poll_drafts import manifest_of, stamp
from models.poll_rounds import append
from models.polls import NotAllowed, Poll, locked
from models.staff import Staff

#: counted: how many envelopes there are. typed: one person has typed the ballots. checked: a second one has, and both
#: agree. confirmed: the photo of the tally sheet is there, and it is on the board.
PHASES = ("counted", "typed", "checked", "confirmed")


class PaperBatch(Base):
    """The paper ballots of one polling place. `first` and `second` hold the choices as the two typed them; blank and
    spoilt ones are counted in `invalid`. `sheet_sha256`: of the tally sheet's photo (hex)."""

    __tablename__ = "paper_batches"
    __table_args__ = (
        CheckConstraint(f"phase IN {PHASES!r}", name="phase"),
        CheckConstraint("entered_by <> checked_by", name="two_people"),
        CheckConstraint("envelopes >= 0", name="envelopes"),
        CheckConstraint("phase <> 'confirmed' OR (sheet_sha256 IS NOT NULL AND checked_by IS NOT NULL)", name="whole"),
    )

    poll_id: Mapped[int] = mapped_column(ForeignKey("polls.id"), primary_key=True)
    station: Mapped[str] = mapped_column(String(60), primary_key=True)
    area: Mapped[str] = mapped_column(String(20), default="", server_default="")
    phase: Mapped[str] = mapped_column(String(10), default="counted", server_default="counted")
    envelopes: Mapped[int]
    first: Mapped[dict[str, Any] | None]
    second: Mapped[dict[str, Any] | None]
    sheet_sha256: Mapped[str | None] = mapped_column(String(64))
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


@dataclass(frozen=True)
class Sheet:
    """One person's typing of a station: the choices of the valid ballots as `ballots.choices.plain` has them, in any
    order, and how many were spoilt."""

    ballots: tuple[Any, ...]
    spoiled: int = 0

    def plain(self) -> dict[str, Any]:
        """As it is stored: sorted, so that two typings of the same ballots are equal and no order is kept."""
        return {"ballots": sorted(self.ballots, key=canonical.dumps), "spoiled": self.spoiled}


def count_envelopes(
    session: Session,
    actor: audit.Actor | Any,
    poll_id: int,
    station: str,
    envelopes: int,
    now: datetime,
    area: str = "",
) -> PaperBatch:
    """How many paper ballots a polling place hands in; first step, once voting has ended. Raises NotAllowed: `state`,
    `area`, `envelopes` (more than were handed out), `station` (no name, or its ballots are typed already)."""
    poll = _ended(session, poll_id)
    if bool(area) != bool(manifest_of(poll).areas):
        raise NotAllowed("area")
    others = [batch.envelopes for batch in batches(session, poll_id) if batch.station != station]
    handed = roll.count(session, poll_id, roll.RollRow.channel == "paper")
    if envelopes < 0 or sum(others) + envelopes > handed:
        raise NotAllowed("envelopes")
    batch = session.get(PaperBatch, (poll_id, station), with_for_update=True)
    if not station.strip() or (batch is not None and batch.phase != "counted"):
        raise NotAllowed("station")
    if batch is None:
        batch = PaperBatch(poll_id=poll_id, station=station, area=area, envelopes=envelopes, phase="counted")
        session.add(batch)
    batch.envelopes, batch.area = envelopes, area
    _note(session, actor, batch, "counted", now)
    return batch


def type_first(
    session: Session, actor: audit.Actor | Any, poll_id: int, station: str, sheet: Sheet, now: datetime
) -> PaperBatch:
    """The first person's typing. May be typed anew until it is checked. Raises NotAllowed: `state`, `phase`, `nobody`,
    `envelopes` (ballots and spoilt ones are not as many as envelopes); choices.Refused for an impossible ballot."""
    batch = _batch(session, poll_id, station, "counted", "typed")
    _fits(session, batch, sheet)
    batch.first, batch.entered_by, batch.phase = sheet.plain(), _somebody(actor), "typed"
    batch.second = batch.checked_by = None
    _note(session, actor, batch, "typed", now)
    return batch


def type_second(
    session: Session, actor: audit.Actor | Any, poll_id: int, station: str, sheet: Sheet, now: datetime
) -> list[Difference]:
    """A second person's typing. Equal: the batch is checked. Else nothing moves, and where they differ is returned:
    both look at the paper and type again. Raises NotAllowed also for `same_person`."""
    batch = _batch(session, poll_id, station, "typed")
    _fits(session, batch, sheet)
    if _somebody(actor) == batch.entered_by:
        raise NotAllowed("same_person")
    batch.second, batch.checked_by = sheet.plain(), actor.staff_id
    differences = compare(batch.first or {}, batch.second)
    if not differences:
        batch.phase = "checked"
    told = {"station": station, "differences": len(differences)}
    session.flush()
    audit.record(session, actor, "poll.paper_checked", f"poll:{poll_id}", None, told, now)
    return differences


@dataclass(frozen=True)
class Difference:
    """A kind of ballot of which the two typed different numbers (`choice` None: spoilt ones)."""

    choice: Any
    first: int
    second: int


def compare(first: dict[str, Any], second: dict[str, Any]) -> list[Difference]:
    """Where two typings differ."""
    found = []
    if first.get("spoiled") != second.get("spoiled"):
        found.append(Difference(None, int(first.get("spoiled", 0)), int(second.get("spoiled", 0))))
    ours, theirs = (Counter(map(canonical.dumps, typed.get("ballots", []))) for typed in (first, second))
    unequal = (raw for raw in sorted(ours.keys() | theirs.keys()) if ours[raw] != theirs[raw])
    return found + [Difference(canonical.loads(raw), ours[raw], theirs[raw]) for raw in unequal]


def attach_sheet(
    session: Session, actor: audit.Actor | Any, poll_id: int, station: str, sha256: str, now: datetime
) -> PaperBatch:
    """The photograph of the signed tally sheet, by its SHA-256 (hex). Raises NotAllowed: `phase`, `photo`."""
    batch = _batch(session, poll_id, station, "counted", "typed", "checked")
    if not canonical.is_hex(sha256, 32):
        raise NotAllowed("photo")
    batch.sheet_sha256 = sha256
    _note(session, actor, batch, "photo", now)
    return batch


def confirm(
    session: Session, actor: audit.Actor | Any, keys: KeyRoom, poll_id: int, station: str, now: datetime
) -> PaperBatch:
    """The batch is right: it goes onto the board and is frozen. Raises NotAllowed: `state`, `phase`, `photo`."""
    poll = _ended(session, poll_id)
    batch = _batch(session, poll_id, station, "checked")
    if batch.sheet_sha256 is None:
        raise NotAllowed("photo")
    batch.phase = "confirmed"
    session.flush()
    append(session, keys, poll, _entry(session, batch, now))
    _note(session, actor, batch, "confirmed", now)
    return batch


def batches(session: Session, poll_id: int) -> list[PaperBatch]:
    """The poll's batches by station."""
    found = select(PaperBatch).where(PaperBatch.poll_id == poll_id).order_by(PaperBatch.station)
    return list(session.scalars(found))


def _entry(session: Session, batch: PaperBatch, now: datetime) -> entries.PaperBatch:
    first = batch.first or {}
    names = [session.get_one(Staff, each).name for each in (batch.entered_by, batch.checked_by) if each is not None]
    return entries.PaperBatch(
        batch=batch.station,
        station=batch.station,
        area=batch.area,
        envelopes=batch.envelopes,
        count=len(first["ballots"]),
        spoiled=first["spoiled"],
        sheet=batch.sheet_sha256 or "",
        ballots=canonical.fingerprint(paper_line(batch)),
        entered_by=names[0],
        checked_by=names[1],
        at=stamp(now),
    )


def paper_line(batch: PaperBatch) -> dict[str, Any]:
    """The batch's line of paper.jsonl."""
    typed = (batch.first or {}).get("ballots", [])
    return {"batch": batch.station, "area": batch.area, "ballots": sorted(typed, key=canonical.dumps)}


def _ended(session: Session, poll_id: int) -> Poll:
    poll = locked(session, poll_id)
    if poll.state not in ("closing", "closed") or poll.result is not None:  # a tie tells enough
        raise NotAllowed("state")
    return poll


def _batch(session: Session, poll_id: int, station: str, *phases: str) -> PaperBatch:
    _ended(session, poll_id)
    batch = session.get(PaperBatch, (poll_id, station), with_for_update=True, populate_existing=True)
    if batch is None or batch.phase not in phases:
        raise NotAllowed("phase")
    return batch


def _fits(session: Session, batch: PaperBatch, sheet: Sheet) -> None:
    manifest = manifest_of(session.get_one(Poll, batch.poll_id))
    for choice in sheet.ballots:
        choices.read_choice(manifest, choice, batch.area)
    if sheet.spoiled < 0 or len(sheet.ballots) + sheet.spoiled != batch.envelopes:
        raise NotAllowed("envelopes")


def _somebody(actor: audit.Actor | Any) -> int:
    if actor.staff_id is None:
        raise NotAllowed("nobody")
    found: int = actor.staff_id
    return found


def _note(session: Session, actor: audit.Actor | Any, batch: PaperBatch, what: str, now: datetime) -> None:
    session.flush()
    told = {"station": batch.station, "envelopes": batch.envelopes}
    audit.record(session, actor, f"poll.paper_{what}", f"poll:{batch.poll_id}", None, told, now)
